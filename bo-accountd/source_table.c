/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many failed attempts each source has made of late: in memory, of one size whatever comes. */
#include "bo-accountd/source_table.h"

#include "bo-accountd/source_places.h"
#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PROVEN_USEC USEC_PER_DAY
#define PROVEN_PART 3 /* of what it may fail does not make a proven source a suspect one */

struct source_table {
        pthread_mutex_t lock;
        uint64_t wall_usec, now_usec;
        uint64_t crowd_told_usec; /* as told_usec, for newcomers who find no room */
        struct source_places places;
};

int source_table_new(struct source_table **ret_table)
{
        struct source_table *table = calloc(1, sizeof(*table));

        if (!table)
                return -ENOMEM;
        pthread_mutex_init(&table->lock, NULL);
        crypto_shorthash_keygen(table->places.key);
        table->wall_usec = clock_realtime_usec();
        *ret_table = table;
        return 0;
}

struct source_table *source_table_free(struct source_table *table)
{
        if (table)
                pthread_mutex_destroy(&table->lock);
        free(table);
        return NULL;
}

uint64_t source_table_hash(const struct source_table *table, const char *text)
{
        return source_places_hash(&table->places, text);
}

struct throttle_rule source_rule(const struct throttle_rule *rule, unsigned bucket)
{
        return bucket == 0 ? *rule
                           : (struct throttle_rule){.room = rule->room * SOURCE_WIDE,
                                                    .drain_usec = rule->drain_usec / SOURCE_WIDE};
}

/* Only what goes forward counts; read under the lock, so that threads do not overtake each other.
 */
static uint64_t advance(struct source_table *table)
{
        uint64_t wall_usec = clock_realtime_usec();

        if (wall_usec > table->wall_usec)
                table->now_usec += wall_usec - table->wall_usec;
        table->wall_usec = wall_usec;
        return table->now_usec;
}

static bool tell_once(struct source_table *table, const struct source_seat *seat,
                      const struct throttle_rule *rule)
{
        uint64_t *told_usec = seat->own ? &seat->entry->told_usec : &table->crowd_told_usec;

        if (table->now_usec < *told_usec)
                return false;
        *told_usec = table->now_usec + rule->room * rule->drain_usec;
        return true;
}

/* Where its buckets are, and how long the first full one has to wait. */
static struct source_wait look(struct source_table *table, const struct source *source,
                               const struct throttle_rule *rule,
                               struct source_seat seats[SOURCE_BUCKETS])
{
        struct source_wait wait = {0};

        for (unsigned i = 0; i < source->n && wait.usec == 0; i++) {
                struct throttle_rule own = source_rule(rule, i);

                seats[i] = source_seat_find(&table->places, source, i, table->now_usec);
                wait.usec = throttle_wait_usec(&own, seats[i].entry->drained_usec, table->now_usec);
                wait.bucket = i;
        }
        return wait;
}

static struct source_wait ask(struct source_table *table, const struct source *source,
                              const struct throttle_rule *rule,
                              struct source_seat seats[SOURCE_BUCKETS])
{
        struct source_wait wait;

        advance(table);
        wait = look(table, source, rule, seats);
        wait.tell = wait.usec > 0 && tell_once(table, &seats[wait.bucket], rule);
        return wait;
}

struct source_wait source_table_ask(struct source_table *table, const struct source *source,
                                    const struct throttle_rule *rule)
{
        struct source_seat seats[SOURCE_BUCKETS];
        struct source_wait wait;

        pthread_mutex_lock(&table->lock);
        wait = ask(table, source, rule, seats);
        pthread_mutex_unlock(&table->lock);
        return wait;
}

struct source_wait source_table_look(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule)
{
        struct source_seat seats[SOURCE_BUCKETS];
        struct source_wait wait;

        pthread_mutex_lock(&table->lock);
        advance(table);
        wait = look(table, source, rule, seats);
        pthread_mutex_unlock(&table->lock);
        return wait;
}

struct source_wait source_table_take(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule)
{
        struct source_seat seats[SOURCE_BUCKETS];
        struct source_wait wait;

        pthread_mutex_lock(&table->lock);
        wait = ask(table, source, rule, seats);
        for (unsigned i = 0; wait.usec == 0 && i < source->n; i++) {
                struct throttle_rule own = source_rule(rule, i);

                /* looked for anew: the bucket before it may have taken the very place */
                seats[i] = source_seat_find(&table->places, source, i, table->now_usec);
                source_seat_take(&seats[i], source->text[i]);
                (void)throttle_take(&own, &seats[i].entry->drained_usec, table->now_usec);
                seats[i].entry->in_flight++;
        }
        pthread_mutex_unlock(&table->lock);
        return wait;
}

void source_table_settle(struct source_table *table, const struct source *source,
                         const struct throttle_rule *rule, enum source_end end)
{
        pthread_mutex_lock(&table->lock);
        advance(table);
        for (unsigned i = 0; i < source->n; i++) {
                struct throttle_rule own = source_rule(rule, i);
                struct source_seat seat =
                        source_seat_find(&table->places, source, i, table->now_usec);

                if (!seat.own)
                        continue; /* it made room for another, and left its count behind */
                seat.entry->in_flight -= seat.entry->in_flight > 0;
                if (end == SOURCE_END_SUCCESS)
                        seat.entry->proven_usec = table->now_usec + PROVEN_USEC;
                if (end != SOURCE_END_FAILURE)
                        throttle_give_back(&own, &seat.entry->drained_usec, table->now_usec);
        }
        pthread_mutex_unlock(&table->lock);
}

/* Without what is being tested just now, which may well be right. */
static uint64_t failed_usec(const struct source_table *table, const struct source_entry *entry,
                            uint64_t drain_usec)
{
        uint64_t since_usec = table->now_usec + entry->in_flight * drain_usec;

        return entry->drained_usec > since_usec ? entry->drained_usec - since_usec : 0;
}

static enum source_state state_of(const struct source_table *table, const struct source_seat *seat,
                                  const struct throttle_rule *rule)
{
        uint64_t usec;

        if (!seat->own)
                return SOURCE_NEW;
        usec = failed_usec(table, seat->entry, rule->drain_usec);
        if (seat->entry->proven_usec > table->now_usec)
                return usec * PROVEN_PART > rule->room * rule->drain_usec ? SOURCE_FAILED
                                                                          : SOURCE_PROVEN;
        return usec > 0 ? SOURCE_FAILED : SOURCE_NEW;
}

/* By its narrowest bucket, if all others may go on as well. */
enum source_state source_table_state(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule)
{
        struct source_seat seats[SOURCE_BUCKETS];
        enum source_state state = SOURCE_NEW;

        pthread_mutex_lock(&table->lock);
        advance(table);
        if (look(table, source, rule, seats).usec > 0)
                state = SOURCE_FULL;
        else if (source->n > 0)
                state = state_of(table, &seats[0], rule);
        /* New ones of a network that has failed are no better than it. */
        for (unsigned i = 1; state == SOURCE_NEW && i < source->n; i++) {
                struct throttle_rule own = source_rule(rule, i);

                if (state_of(table, &seats[i], &own) == SOURCE_FAILED)
                        state = SOURCE_FAILED;
        }
        pthread_mutex_unlock(&table->lock);
        return state;
}

/* Bucket names tell which rule is theirs: the wide one has its prefix in it. */
static unsigned bucket_of(const char *text)
{
        const char *slash = strchr(text, '/');

        return slash && strncmp(slash, "/48", 3) == 0 && (slash[3] == '\0' || slash[3] == ' ');
}

static void row_fill(struct source_row *row, const struct source_entry *entry,
                     const struct throttle_rule *rule, uint64_t now_usec)
{
        struct throttle_rule own = source_rule(rule, bucket_of(entry->text));

        memcpy(row->text, entry->text, sizeof(row->text));
        row->level_usec = entry->drained_usec > now_usec ? entry->drained_usec - now_usec : 0;
        row->wait_usec = throttle_wait_usec(&own, entry->drained_usec, now_usec);
}

/* Keeps the rows sorted; the one with the shortest wait falls out when there are too many. */
static size_t row_add(struct source_row *rows, size_t n, size_t room, const struct source_row *row)
{
        size_t at = n;

        while (at > 0 && rows[at - 1].level_usec < row->level_usec)
                at--;
        if (at == room)
                return n;
        if (n == room)
                n--;
        memmove(&rows[at + 1], &rows[at], (n - at) * sizeof(*rows));
        rows[at] = *row;
        return n + 1;
}

/* Set by set, so that a login never waits for more than one. */
size_t source_table_list(struct source_table *table, const struct throttle_rule *rule,
                         struct source_row *rows, size_t room)
{
        size_t n = 0;

        for (size_t i = 0; i < SOURCE_SETS; i++) {
                pthread_mutex_lock(&table->lock);
                uint64_t now_usec = advance(table);

                for (int way = 0; way < SOURCE_WAYS; way++) {
                        struct source_row row;

                        row_fill(&row, &source_set_at(&table->places, i)->ways[way], rule,
                                 now_usec);
                        if (row.wait_usec > 0)
                                n = row_add(rows, n, room, &row);
                }
                pthread_mutex_unlock(&table->lock);
        }
        return n;
}

size_t source_table_clear(struct source_table *table,
                          bool (*matches)(void *userdata, const char *text), void *userdata)
{
        size_t n = 0;

        for (size_t i = 0; i < SOURCE_SETS; i++) {
                pthread_mutex_lock(&table->lock);
                uint64_t now_usec = advance(table);

                for (int way = 0; way < SOURCE_WAYS; way++) {
                        struct source_entry *entry = &source_set_at(&table->places, i)->ways[way];

                        if (!entry->text[0] || !matches(userdata, entry->text))
                                continue;
                        n += entry->drained_usec > now_usec;
                        *entry = (struct source_entry){0};
                }
                pthread_mutex_unlock(&table->lock);
        }
        return n;
}
