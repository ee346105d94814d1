/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads for everything that can wait: SQL, hashing, files. The main thread hands jobs over and
 * gets them back. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/job.h"

#include <stdint.h>

/* Hashing apart from the rest, so that a login storm never delays a look-up. */
enum queue {
        QUEUE_HASH, /* each Argon2id holds its memory and a core: bounded by password_bound_hashes()
                     */
        QUEUE_OTHER,
        QUEUE_COUNT,
};

struct workers_config {
        const char *store_path;
        const struct keys *keys;
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

/* Readable when jobs are finished; then workers_reap() calls their done(). */
int workers_fd(const struct workers *workers);
void workers_reap(struct workers *workers);

/* How many were taken and are not done yet. */
uint32_t workers_pending(const struct workers *workers);
