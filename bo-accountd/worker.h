/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads for everything that can wait: SQL, hashing, files. The main thread hands jobs over and
 * gets them back. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/job.h"

#include <stdbool.h>
#include <stdint.h>

/* Hashing apart from the rest, so that a login storm never delays a look-up. */
enum queue {
        QUEUE_HASH, /* each Argon2id holds its memory and a core: bounded by password_bound_hashes()
                     */
        QUEUE_OTHER,
        QUEUE_COUNT,
};

/*
 * A ring of keys, and the one of them that is written with, shared by the jobs that began while it
 * was in force: a rotation puts another in its place, which costs those who read it no lock. Main
 * thread only.
 */
struct keys_ref {
        struct keys *keys;
        unsigned references;
};

int keys_ref_new(struct keys_ref **ret_ref, struct keys *keys); /* takes @keys, if it returns 0 */
struct keys_ref *keys_ref_take(struct keys_ref *ref);
struct keys_ref *keys_ref_drop(struct keys_ref *ref);

struct workers_config {
        const char *store_path;
        struct keys_ref *keys; /* NULL: there are none, and no store */
        uint32_t threads[QUEUE_COUNT];
        uint32_t capacity[QUEUE_COUNT]; /* jobs that wait; a job past that is refused */
};

struct workers;

int workers_start(struct workers **ret_workers, const struct workers_config *config);

/* Finishes every job that was taken (run, not done), ends the threads and frees. */
struct workers *workers_stop(struct workers *workers);

/* -EBUSY if the queue is full, or those of its kind have as much waiting as they may: in the queue
 * for hashes a source a quarter of it, new ones a half, those who failed a quarter, and each of
 * these an eighth. */
int workers_submit(struct workers *workers, enum queue queue, struct job *job);

/* What jobs get from now on, instead of those of the configuration. */
void workers_set_keys(struct workers *workers, struct keys_ref *keys);

/* Have all jobs ended that got others? */
bool workers_keys_settled(const struct workers *workers);

/* Readable when jobs are finished; then workers_reap() calls their done(). */
int workers_fd(const struct workers *workers);
void workers_reap(struct workers *workers);

/* How many were taken and are not done yet. */
uint32_t workers_pending(const struct workers *workers);
