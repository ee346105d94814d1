/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads for everything that can wait: SQL, hashing, files. The main thread hands jobs over and
 * gets them back. */
#pragma once

#include "bo-accountd/factor/keys.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

/* Hashing apart from the rest, so that a login storm never delays a look-up. */
enum queue {
        QUEUE_HASH, /* each Argon2id holds its memory and a core: bounded by password_bound_hashes()
                     */
        QUEUE_OTHER,
        QUEUE_COUNT,
};

/* Of a source. Each kind takes turns of its own, so that a flood from however many new sources
 * keeps nobody waiting for long who is known. */
enum standing {
        STANDING_KNOWN,   /* somebody logged in from there of late, or it is exempt */
        STANDING_NEW,     /* nothing is known, and it has nothing else waiting */
        STANDING_SUSPECT, /* it has failed of late */
        STANDING_COUNT,
};

struct job {
        /* In a worker. @store is NULL if it cannot be opened; @store_error tells why (< 0). Returns
         * what it got from the store: an I/O error makes the worker open its connection anew.
         */
        int (*run)(struct job *job, struct store *store, int store_error);
        /* On the main thread, exactly once for each job that workers_submit() took. */
        void (*done)(struct job *job);
        struct job *next;
        /* For whom, as numbers that no stranger can foretell: in the queue for hashes services take
         * turns, and within a service its sources. */
        uint32_t service, source;
        enum standing standing;
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
