/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key that is coming comes in force; what older ones sealed is sealed with the present one. */
#include "bo-accountd/factor/seal.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/sealing_key.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/mail.h"

#include <errno.h>
#include <string.h>

#define BATCH 64 /* in one transaction: others want to write too */

static int put_in_force(struct op *op, const struct keys *key)
{
        _cleanup_(tx_end) struct tx tx = {0};
        bool is_new = false;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = sealing_key_put_in_force(&tx, key, &is_new);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0 && is_new)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "sealing-key-in-force", .detail = key->id},
                        "The sealing key %s is in force.", key->id);
        op_keep_told(op);
        return r;
}

/* After the store: nothing is lost by a file that says "coming" of a key that is in force. The next
 * hour tries again. */
static bool note_in_file(const struct op *op, const struct keys *key)
{
        int r = key->kind == KEY_COMING && !op->keys_from_credential
                        ? keys_put_in_force(op->key_file)
                        : 0;

        if (r < 0)
                log_event(
                        LOG_ERR,
                        &(struct log_event){.event = "sealing-key-unreadable",
                                            .detail = strerror(-r)},
                        "The key file cannot be written: %s. It says of the key %s that it is not "
                        "in force.",
                        strerror(-r), key->id);
        return r == 0;
}

static int note_one_retired(struct op *op, const struct keys *key)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char detail[KEY_ID_SIZE + 4];
        int r = op_begin_write(op, &tx);

        snprintf(detail, sizeof(detail), "key=%s", key->id);
        if (r == 0)
                r = sealing_key_drop_unconfirmed(&tx, key);
        if (r == 0)
                r = sealing_key_retire(&tx, key->id);
        if (r == 0)
                r = audit_append(&tx, &(struct audit_entry){.event = "sealing-key-retired",
                                                            .actor_uid = AUDIT_NOBODY,
                                                            .subject_uid = AUDIT_NOBODY,
                                                            .detail = detail});
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "sealing-key-retired", .detail = key->id},
                        "The sealing key %s was retired in the key file.", key->id);
        op_keep_told(op);
        return r;
}

/* Those that were retired in the file alone, which is how it is done with a credential. */
static int note_retired(struct op *op)
{
        int r = 0;

        for (const struct keys *key = keys_newest(op->keys); r == 0 && key; key = key->older) {
                struct sealing_key known = {0};

                if (key->kind != KEY_RETIRED)
                        continue;
                r = sealing_key_load(op->store, key->id, &known);
                if (r == -ENODATA)
                        r = 0; /* a database of before it */
                else if (r == 0 && known.retired_usec == 0)
                        r = note_one_retired(op, key);
        }
        return r;
}

struct batch {
        struct op *op;
        uint64_t owner; /* bits of the kind */
        size_t n;
        struct {
                int64_t id;
                size_t size;
                unsigned char sealed[MAIL_SEALED_MAX];
        } rows[BATCH];
};

/* What no key opens stays as it is: whoever needs it is told then. */
static int seal_anew(void *userdata, const struct sealed_row *row)
{
        struct batch *batch = userdata;
        _cleanup_(secret_freep) struct secret *plain = NULL;
        uint64_t owner = batch->owner | (uint64_t)row->id;
        int r = row->size <= MAIL_SEALED_MAX
                        ? seal_open(&plain, row->sealed, row->size, owner, batch->op->keys)
                        : -EBADMSG;

        if (r == -EBADMSG)
                return 0;
        if (r == 0)
                r = seal_close(batch->rows[batch->n].sealed, plain->bytes, plain->size, owner,
                               batch->op->keys);
        if (r == 0) {
                batch->rows[batch->n].id = row->id;
                batch->rows[batch->n++].size = row->size;
        }
        return r;
}

static int move(struct tx *tx, const struct batch *batch,
                int (*move_row)(struct tx *tx, const struct sealed_row *row))
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < batch->n; i++)
                r = move_row(tx, &(struct sealed_row){.id = batch->rows[i].id,
                                                      .size = batch->rows[i].size,
                                                      .sealed = batch->rows[i].sealed});
        return r;
}

/* One transaction; *ret_n is how many moved. */
static int move_some(struct op *op, const struct keys *key, struct batch *batch, size_t *ret_n)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        *batch = (struct batch){.op = op};
        if (r == 0)
                r = sealing_key_codes(&tx, key, BATCH, seal_anew, batch);
        if (r == 0)
                r = move(&tx, batch, sealing_key_move_code);
        *ret_n = batch->n;
        batch->n = 0;
        batch->owner = SEAL_OWNER_MAIL;
        if (r == 0)
                r = sealing_key_mails(&tx, key, BATCH, seal_anew, batch);
        if (r == 0)
                r = move(&tx, batch, sealing_key_move_mail);
        *ret_n += batch->n;
        return r == 0 && *ret_n > 0 ? tx_commit(&tx) : r;
}

static int seal_all_anew(struct op *op)
{
        struct batch *batch = calloc(1, sizeof(*batch));
        int r = batch ? 0 : -ENOMEM;

        KEYS_EACH (key, op->keys) {
                size_t n = 0;

                if (r == 0 && key != op->keys)
                        r = move_some(op, key, batch, &n);
                op->again |= n > 0;
        }
        free(batch);
        return r;
}

/*
 * A key comes in force when nobody is left who does not know it (op->keys_settled): what a job
 * stores with it can be read by every other. Jobs that are running then go on with the one before.
 */
int op_keys_tend(struct op *op)
{
        const struct keys *newest = keys_newest(op->keys);
        int r = 0;

        if (newest != op->keys && !op->keys_settled)
                return 0;
        r = put_in_force(op, newest);
        if (r == 0)
                r = note_retired(op);
        if (newest == op->keys)
                return r == 0 ? seal_all_anew(op) : r;
        op->keys_changed = r == 0 && note_in_file(op, newest);
        return r;
}
