/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A backup that is being made: a thread of its own copies, checks and seals; one at a time. */
#pragma once

#include "bo-accountd/backup_file.h"

#include <stdbool.h>
#include <stddef.h>

struct backup;

struct backup_view {
        const char *stage;    /* "copying", "checking", "sealing", "done" */
        uint64_t done, total; /* of the stage; of no unit */
        uint64_t size;        /* of the whole file; 0: not done */
        int result;           /* < 0: it failed */
        struct backup_facts facts;
};

/*
 * The file lies beside the database without a name, and is gone with the last reference. -EBUSY:
 * somebody else's is there.
 */
int backup_start(struct backup **ret_backup, const char *database, const struct keys *keys);

/* References are the main thread's. The last one ends what still goes on, without waiting for it:
 * until it has ended, backup_start() is -EBUSY. */
struct backup *backup_ref(struct backup *backup);
struct backup *backup_unref(struct backup *backup);

/* For who ends the process, when there are no references any more. */
void backup_await_end(void);

/* From any thread. */
void backup_look(struct backup *backup, struct backup_view *ret_view);

/* At most @size bytes from @offset, when it is done; 0: the end. -EAGAIN: it is not done. */
int backup_read(struct backup *backup, uint64_t offset, void *bytes, size_t size, size_t *ret_size);

/* Has the trail the row that it was made? No byte of it is handed out before. */
bool backup_is_recorded(struct backup *backup);
void backup_set_recorded(struct backup *backup);
