/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a worker is given to do, and for whom. */
#pragma once

#include <stdint.h>

struct keys_ref;
struct store;

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
        uint64_t queued_usec;  /* of the monotonic clock */
        struct keys_ref *keys; /* those in force when it was submitted; worker.c's */
        /* For whom, as numbers that no stranger can foretell: in the queue for hashes services take
         * turns, and within a service its sources. */
        uint32_t service, source;
        enum standing standing;
};
