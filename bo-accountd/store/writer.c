/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes to which file: found by path, shared, closed with the last one. */
#include "bo-accountd/store/writer.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WRITER_WAIT_SEC 2

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct writer *registry;
static pid_t registry_pid; /* a forked child must not use a connection of its parent */

static struct writer *writer_new(const char *path)
{
        struct writer *writer = calloc(1, sizeof(*writer) + strlen(path) + 1);

        if (!writer)
                return NULL;
        strcpy(writer->path, path);
        pthread_mutex_init(&writer->lock, NULL);
        writer->next = registry;
        registry = writer;
        return writer;
}

int writer_ref(struct writer **ret_writer, const char *path)
{
        struct writer *writer;

        pthread_mutex_lock(&registry_lock);
        if (registry_pid != getpid())
                registry = NULL;
        registry_pid = getpid();
        for (writer = registry; writer && strcmp(writer->path, path) != 0; writer = writer->next)
                ;
        if (!writer)
                writer = writer_new(path);
        if (writer)
                writer->references++;
        pthread_mutex_unlock(&registry_lock);
        *ret_writer = writer;
        return writer ? 0 : -ENOMEM;
}

struct writer *writer_unref(struct writer *writer)
{
        struct writer **link = &registry;

        if (!writer)
                return NULL;
        pthread_mutex_lock(&registry_lock);
        if (--writer->references == 0) {
                while (*link && *link != writer)
                        link = &(*link)->next;
                if (*link)
                        *link = writer->next;
                sql_close(writer->sql);
                pthread_mutex_destroy(&writer->lock);
                free(writer);
        }
        pthread_mutex_unlock(&registry_lock);
        return NULL;
}

int writer_lock(struct writer *writer)
{
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += WRITER_WAIT_SEC;
        return pthread_mutex_clocklock(&writer->lock, CLOCK_MONOTONIC, &until) == 0 ? 0 : -EBUSY;
}

void writer_unlock(struct writer *writer)
{
        pthread_mutex_unlock(&writer->lock);
}
