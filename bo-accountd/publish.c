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

struct publisher {
        pthread_mutex_t lock;
        char *directory;
        uint64_t generation; /* that is visible */
        uint64_t base;
        bool wants_rebase;
};

int publisher_new(struct publisher **ret_publisher, const char *directory)
{
        _cleanup_(freep) struct publisher *publisher = calloc(1, sizeof(*publisher));

        if (!publisher)
                return -ENOMEM;
        publisher->directory = strdup(directory);
        if (!publisher->directory)
                return -ENOMEM;
        pthread_mutex_init(&publisher->lock, NULL);
        *ret_publisher = TAKE_PTR(publisher);
        return 0;
}

struct publisher *publisher_free(struct publisher *publisher)
{
        if (!publisher)
                return NULL;
        pthread_mutex_destroy(&publisher->lock);
        free(publisher->directory);
        free(publisher);
        return NULL;
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
        bool delta;
};

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

        for (size_t i = 0; feed->delta && i < user->n_retired_names; i++) {
                int r = snapshot_add_gone(feed->writer, user->retired_names[i], 0);

                if (r < 0 && r != -EINVAL)
                        return r;
        }
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
        int r = nss_each_user(store, since, feed_user, feed);

        if (r == 0)
                r = nss_each_group(store, since, members_max, feed_group, feed);
        return r == 0 ? snapshot_commit(feed->writer) : r;
}

static int begin(struct publisher *publisher, struct feed *feed, uint64_t generation,
                 const struct publish_options *options)
{
        unsigned flags = options->enumerate ? SNAPSHOT_ENUMERATE : 0;

        return feed->delta ? snapshot_delta_begin(&feed->writer, publisher->directory, generation,
                                                  flags)
                           : snapshot_base_begin(&feed->writer, publisher->directory, generation,
                                                 flags);
}

/* All rows of one write are read in one transaction, so they are one state of the store. */
static int write_snapshot(struct publisher *publisher, struct store *store, bool delta,
                          const struct publish_options *options)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct feed feed = {.delta = delta};
        struct nss_state state;
        int r = tx_begin_read(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = nss_state(store, &state);
        if (r != 0)
                return r;
        if (delta && state.generation == publisher->generation)
                return 0;
        r = begin(publisher, &feed, state.generation, options);
        if (r < 0)
                return r;

        r = feed_all(&feed, store, delta ? publisher->base : 0, options->group_members_max);
        snapshot_writer_free(feed.writer);
        if (r != 0)
                return r;
        publisher->generation = state.generation;
        if (!delta)
                publisher->base = state.generation;
        publisher->wants_rebase = delta && state.pending > SNAPSHOT_DELTA_MAX;
        return 0;
}

static int write_base(struct publisher *publisher, struct store *store,
                      const struct publish_options *options)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = write_snapshot(publisher, store, false, options);

        if (r != 0)
                return r;
        r = tx_begin_write(&tx, store, clock_realtime_usec());
        if (r == 0)
                r = nss_base_written(&tx, publisher->base);
        return r == 0 ? tx_commit(&tx) : r;
}

int publisher_update(struct publisher *publisher, struct store *store,
                     const struct publish_options *options)
{
        pthread_mutex_lock(&publisher->lock);

        int r = write_snapshot(publisher, store, true, options);

        if (r == -ENOENT || r == -EBADMSG)
                r = write_base(publisher, store, options);
        pthread_mutex_unlock(&publisher->lock);
        return r;
}

bool publisher_wants_rebase(struct publisher *publisher)
{
        pthread_mutex_lock(&publisher->lock);

        bool wants = publisher->wants_rebase;

        publisher->wants_rebase = false;
        pthread_mutex_unlock(&publisher->lock);
        return wants;
}

int publisher_rebase(struct publisher *publisher, struct store *store,
                     const struct publish_options *options)
{
        pthread_mutex_lock(&publisher->lock);

        int r = write_base(publisher, store, options);

        pthread_mutex_unlock(&publisher->lock);
        return r;
}

int publisher_catch_up(struct publisher *publisher, struct store *store,
                       const struct publish_options *options)
{
        struct nss_state state;
        uint64_t generation = 0, base = 0;
        int r = snapshot_generation(publisher->directory, &generation, &base);

        if (r < 0 && r != -ENOENT && r != -EBADMSG)
                return r;

        bool sound = r == 0;

        r = nss_state(store, &state);
        if (r != 0)
                return r;
        /* Notes are kept from state.base on: another base cannot be brought up to date by a delta.
         */
        if (!sound || base != state.base || generation > state.generation)
                return publisher_rebase(publisher, store, options);
        pthread_mutex_lock(&publisher->lock);
        publisher->generation = generation;
        publisher->base = base;
        pthread_mutex_unlock(&publisher->lock);
        return publisher_update(publisher, store, options);
}
