/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps the NSS snapshot in step with the store: a delta for each change, a new base when it grows.
 */
#include "bo-accountd/publish.h"

#include "bo-accountd/nss/snapshot.h"
#include "bo-accountd/store/group.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

/* What nobody waits for takes at most a tenth and a quarter of the time: while many users come, one
 * of a million would else follow the other, and each is as long as there are users. */
#define LAZY_REST 9
#define BASE_REST 3

/*
 * A base is built under rebase_lock alone, which no change waits for unless there is no sound base;
 * `lock` is for what is published and the publishing of it, and is taken last.
 */
struct publisher {
        pthread_mutex_t rebase_lock;
        pthread_mutex_t lock;
        char *directory;
        char host[CUSTOMER_ID_SIZE];      /* the customer that this host is bound to, or "" */
        char base_host[CUSTOMER_ID_SIZE]; /* for which the base was written */
        uint64_t generation;              /* that is visible */
        uint64_t base;
        bool base_is_known; /* and can be brought up to date by a delta */
        bool wants_rebase, rebasing;
        bool late;                               /* something waits for its time */
        uint64_t lazy_from_usec, base_from_usec; /* monotonic: not before */
};

/* A finished base that waits to be published. */
struct new_base {
        struct snapshot_writer *writer;
        uint64_t generation;
        char host[CUSTOMER_ID_SIZE];
};

int publisher_new(struct publisher **ret_publisher, const char *directory)
{
        _cleanup_(freep) struct publisher *publisher = calloc(1, sizeof(*publisher));

        if (!publisher)
                return -ENOMEM;
        publisher->directory = strdup(directory);
        if (!publisher->directory)
                return -ENOMEM;
        pthread_mutex_init(&publisher->rebase_lock, NULL);
        pthread_mutex_init(&publisher->lock, NULL);
        *ret_publisher = TAKE_PTR(publisher);
        return 0;
}

struct publisher *publisher_free(struct publisher *publisher)
{
        if (!publisher)
                return NULL;
        pthread_mutex_destroy(&publisher->lock);
        pthread_mutex_destroy(&publisher->rebase_lock);
        free(publisher->directory);
        free(publisher);
        return NULL;
}

void publisher_bind(struct publisher *publisher, const char *customer)
{
        pthread_mutex_lock(&publisher->lock);
        snprintf(publisher->host, sizeof(publisher->host), "%s", customer);
        pthread_mutex_unlock(&publisher->lock);
}

/* A row that readers would not believe is left out, not the whole snapshot. */
static int added(int r, const char *what, uint32_t id)
{
        if (r != -EINVAL)
                return r;
        log_line(LOG_WARNING, "%s %u has a name or text that NSS cannot serve; left out.", what,
                 id);
        return 0;
}

struct feed {
        struct snapshot_writer *writer;
        const char *host;
        bool delta;
};

/* A name that a reader would not believe is in no base. */
static int feed_gone(const struct feed *feed, const char *name, uint32_t id)
{
        int r = feed->delta ? snapshot_add_gone(feed->writer, name, id) : 0;

        return r == -EINVAL ? 0 : r;
}

static int feed_user(void *userdata, const struct nss_user *user)
{
        struct feed *feed = userdata;
        const struct snapshot_user record = {
                .name = user->name,
                .gecos = user->gecos,
                .home = user->home,
                .shell = user->shell,
                .uid = user->uid,
                .gids = user->gids,
                .n_gids = user->n_gids,
        };

        for (size_t i = 0; i < user->n_retired_names; i++) {
                int r = feed_gone(feed, user->retired_names[i], 0);

                if (r < 0)
                        return r;
        }
        if (user->absent)
                return feed_gone(feed, user->name, user->uid);
        return added(snapshot_add_user(feed->writer, &record), "user", user->uid);
}

static int feed_group(void *userdata, const struct nss_group *group)
{
        struct feed *feed = userdata;
        const struct snapshot_group record = {
                .name = group->name,
                .gid = group->gid,
                .members = group->members,
                .n_members = group->n_members,
        };

        return added(snapshot_add_group(feed->writer, &record), "group", group->gid);
}

static int feed_all(struct feed *feed, struct store *store, uint64_t since, uint32_t members_max)
{
        int r = nss_each_user(store, since, feed->host, feed_user, feed);

        return r == 0 ? nss_each_group(store, since, feed->host, members_max, feed_group, feed) : r;
}

static unsigned flags_of(const struct publish_options *options)
{
        return options->enumerate ? SNAPSHOT_ENUMERATE : 0;
}

/* All rows of one file are read in one transaction, so they are one state of the store. */
static int begin_reading(struct tx *tx, struct store *store, struct nss_state *ret_state)
{
        int r = tx_begin_read(tx, store, clock_realtime_usec());

        return r == 0 ? nss_state(store, ret_state) : r;
}

/* Everything since the base into a delta that is published with it; @base NULL: the one there is.
 */
static int write_delta(struct publisher *publisher, struct store *store,
                       const struct new_base *base, uint64_t generation,
                       const struct publish_options *options)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *writer = NULL;
        struct feed feed = {.host = base ? base->host : publisher->base_host, .delta = true};
        int r = base ? snapshot_delta_begin_on(&writer, base->writer, generation, flags_of(options))
                     : snapshot_delta_begin(&writer, publisher->directory, generation,
                                            flags_of(options));

        if (r < 0)
                return r;
        feed.writer = writer;
        r = feed_all(&feed, store, base ? base->generation : publisher->base,
                     options->group_members_max);
        return r == 0 ? snapshot_commit(writer) : r;
}

/* Can it be brought up to date by a delta, and was it written for what this host is bound to? */
static bool base_serves(const struct publisher *publisher)
{
        return publisher->base_is_known && strcmp(publisher->base_host, publisher->host) == 0;
}

/* With `lock` held, so that no older state comes after a newer one. */
static int publish_locked(struct publisher *publisher, struct store *store,
                          const struct new_base *base, const struct publish_options *options)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct nss_state state;
        int r = begin_reading(&tx, store, &state);

        if (r == 0 && !base && !base_serves(publisher))
                r = -EBADMSG;
        if (r != 0 || (!base && state.generation == publisher->generation))
                return r;
        r = write_delta(publisher, store, base, state.generation, options);
        if (r != 0)
                return r;
        publisher->generation = state.generation;
        publisher->base = base ? base->generation : publisher->base;
        publisher->base_is_known = true;
        if (base)
                memcpy(publisher->base_host, base->host, sizeof(publisher->base_host));
        publisher->wants_rebase = !base && state.pending > SNAPSHOT_DELTA_MAX;
        return 0;
}

static int publish(struct publisher *publisher, struct store *store, const struct new_base *base,
                   const struct publish_options *options)
{
        pthread_mutex_lock(&publisher->lock);

        int r = publish_locked(publisher, store, base, options);

        pthread_mutex_unlock(&publisher->lock);
        return r;
}

/* Down to the disk, but not published. The transaction is over before the disk is waited for. */
static int build_base(struct publisher *publisher, struct store *store,
                      const struct publish_options *options, struct new_base *base)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct nss_state state;
        int r = begin_reading(&tx, store, &state);

        if (r == 0)
                r = snapshot_base_begin(&base->writer, publisher->directory, state.generation,
                                        flags_of(options));
        if (r != 0)
                return r;
        base->generation = state.generation;
        r = feed_all(&(struct feed){.writer = base->writer, .host = base->host}, store, 0,
                     options->group_members_max);
        tx_end(&tx);
        return r == 0 ? snapshot_base_finish(base->writer) : r;
}

/* Notes are kept until then: a crash before costs another base, not a change. */
static int tell_base_written(struct store *store, const struct new_base *base)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = tx_begin_write(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = nss_base_written(&tx, base->generation, base->host);
        return r == 0 ? tx_commit(&tx) : r;
}

static void rebase_begins(struct publisher *publisher, struct new_base *base)
{
        pthread_mutex_lock(&publisher->lock);
        publisher->rebasing = true;
        memcpy(base->host, publisher->host, sizeof(base->host));
        pthread_mutex_unlock(&publisher->lock);
}

static void rebase_ends(struct publisher *publisher)
{
        pthread_mutex_lock(&publisher->lock);
        publisher->rebasing = false;
        pthread_mutex_unlock(&publisher->lock);
}

/* With rebase_lock held: nobody else forgets the notes since the base. */
static int write_base(struct publisher *publisher, struct store *store,
                      const struct publish_options *options)
{
        struct new_base base = {0};

        rebase_begins(publisher, &base);

        int r = build_base(publisher, store, options, &base);

        if (r == 0)
                r = publish(publisher, store, &base, options);
        snapshot_writer_free(base.writer);
        if (r == 0)
                r = tell_base_written(store, &base);
        rebase_ends(publisher);
        return r;
}

static bool has_no_sound_base(int r)
{
        return r == -ENOENT || r == -EBADMSG;
}

/* 0, or -ENOENT, -EBADMSG: what is published cannot be brought up to date by a delta. Notes are
 * kept from state.base on. */
static int take_over_locked(struct publisher *publisher, struct store *store)
{
        uint64_t generation = 0, base = 0;
        struct nss_state state;
        int r = snapshot_generation(publisher->directory, &generation, &base);

        publisher->base_is_known = false;
        if (r == 0)
                r = nss_state(store, &state);
        if (r != 0)
                return r;
        if (base != state.base || generation > state.generation ||
            strcmp(state.host, publisher->host) != 0)
                return -EBADMSG;
        publisher->generation = generation;
        publisher->base = base;
        publisher->base_is_known = true;
        memcpy(publisher->base_host, state.host, sizeof(publisher->base_host));
        return 0;
}

static int take_over(struct publisher *publisher, struct store *store)
{
        pthread_mutex_lock(&publisher->lock);

        int r = take_over_locked(publisher, store);

        pthread_mutex_unlock(&publisher->lock);
        return r;
}

int publisher_catch_up(struct publisher *publisher, struct store *store,
                       const struct publish_options *options)
{
        pthread_mutex_lock(&publisher->rebase_lock);

        int r = take_over(publisher, store);

        if (r == 0)
                r = publish(publisher, store, NULL, options);
        else if (has_no_sound_base(r))
                r = write_base(publisher, store, options);
        pthread_mutex_unlock(&publisher->rebase_lock);
        return r;
}

/* Those that find no sound base wait for one, and for the first of them to have written it. */
int publisher_update(struct publisher *publisher, struct store *store,
                     const struct publish_options *options)
{
        int r = publish(publisher, store, NULL, options);

        return has_no_sound_base(r) ? publisher_catch_up(publisher, store, options) : r;
}

/* After @begun_usec it rests so many times as long as it took. */
static void rest(struct publisher *publisher, uint64_t *from_usec, uint64_t begun_usec,
                 uint64_t times)
{
        uint64_t now_usec = clock_monotonic_usec();

        pthread_mutex_lock(&publisher->lock);
        *from_usec = now_usec + times * (now_usec - begun_usec);
        pthread_mutex_unlock(&publisher->lock);
}

int publisher_update_lazily(struct publisher *publisher, struct store *store,
                            const struct publish_options *options)
{
        uint64_t now_usec = clock_monotonic_usec();

        pthread_mutex_lock(&publisher->lock);

        bool late = publisher->late = now_usec < publisher->lazy_from_usec;

        pthread_mutex_unlock(&publisher->lock);
        if (late)
                return 0;

        int r = publisher_update(publisher, store, options);

        rest(publisher, &publisher->lazy_from_usec, now_usec, LAZY_REST);
        return r;
}

/* One that is at work need not be asked for again; if it fails, the next change asks. */
bool publisher_wants_rebase(struct publisher *publisher)
{
        pthread_mutex_lock(&publisher->lock);

        bool early = clock_monotonic_usec() < publisher->base_from_usec;
        bool wants = publisher->wants_rebase && !publisher->rebasing && !early;

        if (!early)
                publisher->wants_rebase = false;
        pthread_mutex_unlock(&publisher->lock);
        return wants;
}

bool publisher_is_late(struct publisher *publisher)
{
        pthread_mutex_lock(&publisher->lock);

        bool late = publisher->late || publisher->wants_rebase;

        pthread_mutex_unlock(&publisher->lock);
        return late;
}

int publisher_rebase(struct publisher *publisher, struct store *store,
                     const struct publish_options *options)
{
        uint64_t begun_usec = clock_monotonic_usec();
        struct nss_state state;

        if (pthread_mutex_trylock(&publisher->rebase_lock) != 0)
                return 0;

        int r = nss_state(store, &state);

        if (r == 0 && state.pending > SNAPSHOT_DELTA_MAX)
                r = write_base(publisher, store, options);
        rest(publisher, &publisher->base_from_usec, begun_usec, BASE_REST);
        pthread_mutex_unlock(&publisher->rebase_lock);
        return r;
}
