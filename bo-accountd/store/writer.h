/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one connection of this process that writes to a store, which all its workers take in turns.
 */
#pragma once

#include "bo-accountd/store/sql.h"

#include <pthread.h>
#include <stdatomic.h>

/*
 * An engine lets one transaction write at a time. With one connection for all of them, its cache
 * knows every change: no page is read twice because somebody else wrote it. Who waits, waits here,
 * where he is woken, not in the engine, which polls.
 */
struct writer {
        struct sql *sql;   /* NULL until the first writer, or after damage; locked */
        atomic_bool stale; /* to be opened anew */
        atomic_bool seen;  /* the file was there, and of this program's version */

        /* Asynchronous commits, counted, and up to which of them all is on the disk; locked. */
        uint64_t async, durable;

        /* The registry's own. */
        struct writer *next;
        unsigned references;
        pthread_mutex_t lock;
        char path[];
};

/* The writer of @path, the same for everyone in this process who asks for the same path. */
int writer_ref(struct writer **ret_writer, const char *path);
struct writer *writer_unref(struct writer *writer);

/* -EBUSY after two seconds. */
int writer_lock(struct writer *writer);
void writer_unlock(struct writer *writer);
