/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys of users: made and shown once, deleted, ended by what takes an account back (R72, R77,
 * R78). */
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/verify_code.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>
#include <string.h>

#define PREFIX_TRIES 3 /* 40 random bits: a second one is hardly ever needed */

static int record(struct op *op, struct tx *tx, const struct account *account, const char *event,
                  const char *detail)
{
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .detail = detail,
        };

        return audit_append(tx, &entry);
}

int key_insert_new(struct op *op, struct tx *tx, const struct account *account, int64_t approval,
                   struct secret **ret_text, char ret_prefix[API_KEY_PREFIX_SIZE])
{
        _cleanup_(secret_freep) struct secret *text = secret_new(API_KEY_CHARACTERS);
        struct api_key_row row = {
                .uid = account->uid, .approval = approval, .created_by = op->actor_uid};
        struct api_key key;
        int r = text ? -EEXIST : -ENOMEM;

        for (int i = 0; r == -EEXIST && i < PREFIX_TRIES; i++) {
                api_key_generate(&key, text->bytes);
                memcpy(row.prefix, key.prefix, sizeof(row.prefix));
                api_key_hash(row.hash, &key, row.uid, row.approval, op->keys);
                explicit_bzero(&key, sizeof(key));
                r = api_key_insert(tx, &row);
        }
        if (r != 0)
                return r;
        memcpy(ret_prefix, row.prefix, sizeof(row.prefix));
        *ret_text = TAKE_PTR(text);
        return 0;
}

/* A program that has a key and no password yet can be used from now on. */
static int activate(struct op *op, struct tx *tx, const struct account *account)
{
        struct account fresh;
        struct account_state before, after;
        int r = account_state(op, tx, account, &before);

        if (r == 0)
                r = account_activate_api(tx, account->uid);
        if (r == 0)
                r = account_by_uid(op->store, account->uid, &fresh);
        if (r == 0)
                r = account_state(op, tx, &fresh, &after);
        if (r == 0)
                op_signal_status(op, &fresh, before.status, after.status, "API key made");
        return r;
}

static int insert(struct op *op, struct tx *tx, const struct account *account,
                  struct secret **ret_text)
{
        char prefix[API_KEY_PREFIX_SIZE], detail[32];
        int r = key_insert_new(op, tx, account, 0, ret_text, prefix);

        if (r != 0)
                return r;
        snprintf(detail, sizeof(detail), "prefix=%s", prefix);
        r = record(op, tx, account, "api-key-created", detail);
        if (r == 0 && account->is_api && account->activated_usec == 0)
                r = activate(op, tx, account);
        if (r == 0 && !account->is_api)
                r = mail_queue(op, tx, account, MAIL_API_KEY, NULL);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "api-key-created",
                                            .user = account->name,
                                            .detail = detail},
                        "An API key of %s was made by uid %u.", account->name, op->actor_uid);
        return r;
}

/* After the password, in one transaction: whatever changed during the hash counts. */
static int make(struct op *op, struct user_key *call, int64_t epoch)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int outcome = 0, r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_API_KEY, call->uid, NULL, &account);
        if (r == 0 && account.credential_epoch != epoch)
                r = op_refuse(op, BO_ERR_WRONG_STATE, "The password was changed meanwhile.");
        if (r == 0 && account.otp_on && !account.is_api)
                outcome = verify_code(op, &tx, call->uid, call->code);
        if (r != 0 || outcome < 0)
                return r != 0 ? r : outcome;
        r = outcome == 0 ? insert(op, &tx, &account, &call->text)
                         : record(op, &tx, &account, "api-key-refused", NULL);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        if (outcome == 0)
                op_signal(op, OP_USER_CHANGED, &account);
        else
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "api-key-refused", .user = account.name},
                        "An API key of %s was not made: the code was wrong.", account.name);
        op_keep_told(op);
        return outcome;
}

/* Before anything is hashed. */
static int check(struct op *op, const struct user_key *call, const struct account *account)
{
        struct api_key_row row;
        int r = api_key_of_user(op->store, account->uid, &row);

        if (r != BO_ERR_NO_SUCH_KEY)
                return r == 0 ? BO_ERR_KEY_EXISTS : r;
        return !account->is_api && account->otp_on && call->code->size == 0
                       ? op_refuse(op, BO_ERR_BAD_OPTION,
                                   "The one-time code is required: your second factor is on.")
                       : 0;
}

int op_user_create_key(struct op *op, struct user_key *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_API_KEY, call->uid, &account);

        if (r == 0)
                r = check(op, call, &account);
        if (r == 0 && !account.is_api)
                r = op_own_password(op, &account, call->password);
        if (r == 0)
                r = make(op, call, account.credential_epoch);
        return r == BO_ERR_WRONG_CREDENTIALS ? op_refuse(op, r, "Password or code is wrong.") : r;
}

int op_user_delete_key(struct op *op, uint32_t uid)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct api_key_row row;
        struct account account;
        char detail[32];
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_API_KEY, uid, NULL, &account);
        if (r == 0)
                r = api_key_of_user(op->store, uid, &row);
        if (r == 0)
                r = api_key_delete(&tx, uid);
        if (r != 0)
                return r;
        snprintf(detail, sizeof(detail), "prefix=%s", row.prefix);
        r = record(op, &tx, &account, "api-key-deleted", detail);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){
                        .event = "api-key-deleted", .user = account.name, .detail = detail},
                "The API key of %s was deleted by uid %u.", account.name, op->actor_uid);
        return 0;
}

int key_end_all(struct op *op, struct tx *tx, const struct account *account, const char *why)
{
        char detail[64];
        unsigned n = 0;
        int r = api_key_delete_all(tx, account->uid, &n);

        if (r != 0 || n == 0)
                return r;
        snprintf(detail, sizeof(detail), "by=%s", why);
        op_note(op, LOG_NOTICE,
                &(struct log_event){
                        .event = "api-key-deleted", .user = account->name, .detail = detail},
                "The API keys of %s (%u) went with it: %s.", account->name, n, why);
        return record(op, tx, account, "api-key-deleted", detail);
}
