/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps the NSS snapshot in step with the store. */
#pragma once

#include "bo-accountd/store/store.h"
#include "common/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

struct publisher;

int publisher_new(struct publisher **ret_publisher, const char *directory);
struct publisher *publisher_free(struct publisher *publisher);

/*
 * This host is bound to @customer ("": to none): only its active members are shown. What is
 * published follows with the next publisher_catch_up() or publisher_update(), which then writes a
 * base. Not part of the options: a request that began before must not undo it.
 */
void publisher_bind(struct publisher *publisher, const char *customer);

struct publish_options {
        bool enumerate;
        uint32_t group_members_max;
};

/*
 * Publishes what is committed, from any worker; returns when the store's present generation is
 * visible. Several that wait are served by one write. The cost grows with what changed since the
 * base, not with the users.
 */
int publisher_update(struct publisher *publisher, struct store *store,
                     const struct publish_options *options);

/* The same for changes that nobody waits for: it does nothing while the time for it has not come.
 */
int publisher_update_lazily(struct publisher *publisher, struct store *store,
                            const struct publish_options *options);

/* Is the delta so large that the base should be written anew? Asked after publisher_update(). */
bool publisher_wants_rebase(struct publisher *publisher);

/* Does something wait for its time? Then ask again later. */
bool publisher_is_late(struct publisher *publisher);

/*
 * Writes a new base with everything, from any worker, if the delta is still that large and nobody
 * else is at it. Takes as long as there are users, but publisher_update() goes on meanwhile: what
 * it publishes is part of what comes with the new base.
 */
int publisher_rebase(struct publisher *publisher, struct store *store,
                     const struct publish_options *options);

/* At start, also beside publisher_update(): does nothing if the published generation is the
 * store's, else what is needed. */
int publisher_catch_up(struct publisher *publisher, struct store *store,
                       const struct publish_options *options);
