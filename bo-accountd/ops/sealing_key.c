/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of the ring: another one, how much hangs on each, and the end of those that are done. */
#include "bo-accountd/ops/sealing_key.h"

#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/audit.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int record(struct op *op, struct tx *tx, const char *event, const char *id)
{
        char detail[KEY_ID_SIZE + 4];

        snprintf(detail, sizeof(detail), "key=%s", id);
        return audit_append(tx, &(struct audit_entry){.event = event,
                                                      .actor_uid = op->actor_uid,
                                                      .subject_uid = AUDIT_NOBODY,
                                                      .detail = detail});
}

static int refuse_credential(struct op *op)
{
        return op_refuse(op, BO_ERR_WRONG_STATE,
                         "The key is a credential of systemd, which bo-accountd cannot write: see "
                         "`bo-accountd --add-key` and --retire-key in bo-accountd(8).");
}

/* It is not the store that fails: who is told so looks at the wrong file. */
static int refuse_file(struct op *op, const char *what, int error)
{
        return op_refuse(op, BO_ERR_UNAVAILABLE, "%s: the key file %s: %s.", what, op->key_file,
                         error == -EINVAL   ? "it is damaged"
                         : error == -ESTALE ? "it is not the one in use"
                         : error == -EPERM  ? "others than its owner may read it"
                                            : strerror(-error));
}

static int refuse_add(struct op *op, int error)
{
        if (error == -EALREADY)
                return op_refuse(op, BO_ERR_BUSY, "A new key is on its way already.");
        if (error == -EOVERFLOW)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "There are as many keys as there can be. `boctl sealing-key "
                                 "status` tells what hangs on them; retire some.");
        if (error == -ENOBUFS)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "The key file is full of retired keys, which the audit trail "
                                 "needs.");
        return refuse_file(op, "No new key is in force", error);
}

/*
 * The key is on the disk before anything is done with it. It comes in force by op_keys_tend(), once
 * every job that does not know it has ended; who is killed before that finds it in the file.
 */
int op_key_rotate(struct op *op, const char *present, char ret_id[KEY_ID_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_write(op, &tx);

        if (r != 0)
                return r;
        if (op->keys_from_credential)
                return refuse_credential(op);
        if (present && *present && strcmp(present, op->keys->id) != 0)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "The present sealing key is %s: somebody has rotated already.",
                                 op->keys->id);
        r = keys_add(op->key_file, op->keys->id, ret_id);
        op->keys_changed = true; /* whatever became of it: the file tells */
        if (r < 0)
                return refuse_add(op, r);
        r = record(op, &tx, "sealing-key-added", ret_id);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "sealing-key-added", .detail = ret_id},
                        "uid %u made a new sealing key, %s.", op->actor_uid, ret_id);
        return r;
}

static const char *state_of(const struct op *op, const struct keys *key)
{
        return key == op->keys            ? "present"
               : key->kind == KEY_RETIRED ? "retired"
               : key == op->keys->newer   ? "coming"
                                          : "older";
}

static int view(struct op *op, struct tx *tx, const struct keys *key, struct key_view *ret_view)
{
        struct sealing_key known = {0};
        int r = sealing_key_load(op->store, key->id, &known);

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_view = (struct key_view){
                .state = state_of(op, key),
                .since_usec = known.since_usec,
                .retired_usec = known.retired_usec,
        };
        memcpy(ret_view->id, key->id, sizeof(ret_view->id));
        return sealing_key_uses(tx, key, &ret_view->uses);
}

int op_key_status(struct op *op, struct key_views *ret_views)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        for (const struct keys *key = keys_newest(op->keys); r == 0 && key; key = key->older)
                r = view(op, &tx, key, &ret_views->all[ret_views->n++]);
        return r;
}

static bool is_wanted(const char *wanted, const char *id)
{
        if (!wanted || !*wanted)
                return true;
        while (*wanted) {
                size_t length = strcspn(wanted, " ");

                if (length == strlen(id) && strncmp(wanted, id, length) == 0)
                        return true;
                wanted += length + strspn(wanted + length, " ");
        }
        return false;
}

static int retire_in_store(struct op *op, struct tx *tx, const char *wanted,
                           struct key_retiring *retired)
{
        int r = 0;

        KEYS_EACH (key, op->keys) {
                struct sealing_uses uses = {0};

                if (key == op->keys || retired->n == ELEMENTS(retired->ids) ||
                    !is_wanted(wanted, key->id))
                        continue;
                r = sealing_key_uses(tx, key, &uses);
                if (r == 0 && sealing_uses_lost(&uses) > 0)
                        continue;
                if (r == 0)
                        r = sealing_key_drop_unconfirmed(tx, key);
                if (r == 0)
                        r = sealing_key_retire(tx, key->id);
                if (r == 0)
                        r = record(op, tx, "sealing-key-retired", key->id);
                if (r != 0)
                        break;
                memcpy(retired->ids[retired->n++], key->id, KEY_ID_SIZE);
        }
        return r;
}

/* The key goes last: who is killed before has it still, and does it again. The mark beside the
 * database may be sealed with it, and is written with the present one first. */
static int retire_in_file(struct op *op, const struct key_retiring *retired)
{
        int r = store_mark(op->store);

        for (size_t i = 0; r == 0 && i < retired->n; i++) {
                r = keys_retire(op->key_file, retired->ids[i]);
                if (r < 0)
                        r = refuse_file(op, "Retired in the database alone, so do it again", r);
                else
                        op_note(op, LOG_NOTICE,
                                &(struct log_event){.event = "sealing-key-retired",
                                                    .detail = retired->ids[i]},
                                "uid %u retired the sealing key %s.", op->actor_uid,
                                retired->ids[i]);
        }
        op->keys_changed = true;
        op_keep_told(op); /* those are gone, whatever becomes of the rest */
        return r;
}

/* Somebody who still works with an older ring may be about to store something under one of them. */
static int may_retire(struct op *op)
{
        if (op->keys_from_credential)
                return refuse_credential(op);
        if (!op->keys_settled || op->keys->newer)
                return op_refuse(op, BO_ERR_BUSY,
                                 "A rotation is under way. Try again in a moment.");
        return 0;
}

int op_key_retire(struct op *op, const char *wanted, struct key_retiring *ret_retired)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = may_retire(op);
        if (r == 0)
                r = retire_in_store(op, &tx, wanted, ret_retired);
        if (r == 0 && ret_retired->n > 0)
                r = tx_commit(&tx);
        return r == 0 && ret_retired->n > 0 ? retire_in_file(op, ret_retired) : r;
}
