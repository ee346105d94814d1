/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may have a backup, and that it is recorded. */
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int op_backup_allowed(struct op *op)
{
        return op_may_operate(op);
}

/* Before the first byte of it is handed out. */
int op_backup_made(struct op *op, uint64_t bytes)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char detail[48];
        const struct audit_entry entry = {
                .event = "backup-made",
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
                .detail = detail,
        };
        int r = op_begin_write(op, &tx);

        snprintf(detail, sizeof(detail), "bytes=%" PRIu64, bytes);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE, &(struct log_event){.event = entry.event, .detail = detail},
                        "A backup was made for uid %u.", op->actor_uid);
        return r;
}

/* -EIO makes the worker open its connection anew: what is damaged may be mended. */
int op_backup_failed(struct op *op, int error)
{
        if (error == -EIO)
                return op_refuse(op, BO_ERR_UNAVAILABLE,
                                 "The database is damaged: restore a backup that was made before.");
        if (error == -ENOSPC)
                return op_refuse(op, BO_ERR_UNAVAILABLE,
                                 "There is no room for a copy beside the database: it needs as "
                                 "much again, and 20 MiB that are left to logins.");
        return op_refuse(op, BO_ERR_UNAVAILABLE, "The copy beside the database failed: %s.",
                         strerror(-error));
}
