/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the bucket of a source is kept, and whose place a newcomer gets. */
#include "bo-accountd/source_places.h"

#include <string.h>

uint64_t source_places_hash(const struct source_places *places, const char *text)
{
        uint64_t hash;

        _Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash-2-4");
        crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text, strlen(text),
                         places->key);
        return hash;
}

static uint64_t later(uint64_t usec, uint64_t now_usec)
{
        return usec > now_usec ? usec : 0;
}

/*
 * Those from where somebody logged in of late keep their place, and the room that is left to them,
 * in whatever flood of newcomers: half of a set, so that who may log in somewhere cannot take all
 * the places.
 */
static bool is_kept(const struct source_set *set, const struct source_entry *entry,
                    uint64_t now_usec)
{
        unsigned n = 0;

        if (entry->proven_usec <= now_usec)
                return false;
        for (int i = 0; i < SOURCE_WAYS; i++)
                n += set->ways[i].proven_usec > entry->proven_usec;
        return n < SOURCE_WAYS / 2;
}

/* Whose place is the less worth keeping: of who failed least, then of whom nobody is known to come
 * from. */
static bool yields_to(const struct source_set *set, const struct source_entry *one,
                      const struct source_entry *other, uint64_t now_usec)
{
        uint64_t mine_usec = later(one->drained_usec, now_usec);
        uint64_t its_usec = later(other->drained_usec, now_usec);
        bool mine_kept = is_kept(set, one, now_usec), its_kept = is_kept(set, other, now_usec);

        if (mine_kept != its_kept)
                return its_kept;
        return mine_usec != its_usec ? mine_usec < its_usec : one->proven_usec < other->proven_usec;
}

struct source_seat source_seat_find(struct source_places *places, const struct source *source,
                                    unsigned bucket, uint64_t now_usec)
{
        const char *text = source->text[bucket];
        struct source_seat seat = {.hash = source_places_hash(places, text)};
        struct source_set *set = source->local ? &places->local[seat.hash % SOURCE_LOCAL_SETS]
                                               : &places->remote[seat.hash % SOURCE_REMOTE_SETS];

        for (int i = 0; i < SOURCE_WAYS && !seat.own; i++) {
                struct source_entry *entry = &set->ways[i];

                seat.own = entry->hash == seat.hash && strcmp(entry->text, text) == 0;
                if (seat.own || !seat.entry || yields_to(set, entry, seat.entry, now_usec))
                        seat.entry = entry;
        }
        return seat;
}

void source_seat_take(const struct source_seat *seat, const char *text)
{
        if (seat->own)
                return;
        seat->entry->hash = seat->hash;
        seat->entry->told_usec = 0;
        seat->entry->in_flight = 0;
        seat->entry->proven_usec = 0;
        memset(seat->entry->text, 0, SOURCE_TEXT_SIZE);
        memcpy(seat->entry->text, text, strnlen(text, SOURCE_TEXT_SIZE - 1));
}

struct source_set *source_set_at(struct source_places *places, size_t i)
{
        return i < SOURCE_REMOTE_SETS ? &places->remote[i] : &places->local[i - SOURCE_REMOTE_SETS];
}
