/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verified user changes his address, with the token that was mailed to the new one (R14, R43). */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/token_find.h"
#include "bo-accountd/ops/verify.h"
#include "bo-accountd/store/token.h"

#include <string.h>

static int find(struct op *op, struct tx *tx, const struct account *account,
                const struct token *token, struct token_row *ret_row)
{
        unsigned char hash[KEYED_HASH_BYTES];
        bool in_time = false;
        int r;

        r = token_find(op, token, hash, ret_row);
        if (r == 0)
                r = token_in_time(tx, ret_row, &in_time);
        if (r != 0)
                return r;
        return in_time && ret_row->purpose == TOKEN_EMAIL && ret_row->uid == account->uid &&
                               ret_row->used_usec == 0 &&
                               ret_row->credential_epoch == account->credential_epoch
                       ? 0
                       : BO_ERR_WRONG_CREDENTIALS;
}

/* A wrong token counts like a wrong password. */
static int charge(struct op *op, struct tx *tx, const struct account *account)
{
        struct subject subject = {.known = true, .account = *account};
        const struct lockout_rule *rule = &op->settings->lockout;
        int r;

        lockout_subject_user(subject.key, account->uid);
        r = lockout_load(tx->store, subject.key, &subject.lock);
        if (r == 0) {
                subject.lock = lockout_charge(rule, &subject.lock, tx->now_usec);
                r = lockout_save(tx, subject.key, &subject.lock);
        }
        if (r == 0)
                r = user_email_record(op, tx, account->uid, "email-refused", "token");
        if (r == 0)
                r = subject_signal_lock(op, tx, &subject);
        if (r == 0)
                r = tx_commit(tx);
        if (r != 0)
                return r;
        user_email_note(op, "email-refused", account);
        op_keep_told(op);
        return op_refuse(op, BO_ERR_WRONG_CREDENTIALS, "This token is not good.");
}

/* Links that were mailed to the old address die with it; both addresses are told. */
static int change(struct op *op, struct tx *tx, const struct account *old,
                  const struct token_row *token, struct account *ret_account)
{
        char detail[NAME_MAX_BYTES + 16];
        const struct mail_fields to_old = {.to = old->email, .address = token->address};
        const struct mail_fields to_new = {.address = token->address};
        unsigned ended;
        int r = token_use(tx, token->hash);

        snprintf(detail, sizeof(detail), "old-name=%s", old->name);
        if (r == 0)
                r = token_end_all(tx, old->uid, &ended);
        if (r == 0)
                r = account_rename(tx, old->uid, token->address);
        if (r == 0)
                r = account_by_uid(tx->store, old->uid, ret_account);
        if (r == 0)
                r = mail_queue(op, tx, old, MAIL_EMAIL_CHANGED, &to_old);
        if (r == 0)
                r = mail_queue(op, tx, ret_account, MAIL_EMAIL_CHANGED, &to_new);
        return r == 0 ? user_email_record(op, tx, old->uid, "email-changed", detail) : r;
}

static int target(struct op *op, struct tx *tx, uint32_t uid, struct account *ret_account)
{
        struct subject subject = {.known = true};
        uint64_t wait_usec = 0;
        int r = op_target(op, tx, ACCESS_PERSONAL, uid, NULL, ret_account);

        lockout_subject_user(subject.key, uid);
        if (r == 0)
                r = subject_wait_usec(op, tx, &subject, &wait_usec);
        return r == 0 && wait_usec > 0 ? BO_ERR_LOCKED_ATTEMPTS : r;
}

/* @token is NULL for what has not the form of one. */
static int confirm(struct op *op, uint32_t uid, const struct token *token, struct account *ret_old,
                   struct account *ret_new)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct token_row row;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = target(op, &tx, uid, ret_old);
        if (r == 0 && !token)
                r = op_refuse(op, BO_ERR_BAD_VALUE, "This token has a typing error.");
        if (r != 0)
                return r;
        r = find(op, &tx, ret_old, token, &row);
        if (r == BO_ERR_WRONG_CREDENTIALS)
                return charge(op, &tx, ret_old);
        if (r == 0)
                r = new_name_check(op, row.address);
        if (r == 0)
                r = change(op, &tx, ret_old, &row, ret_new);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_user_confirm_email(struct op *op, const struct user_email *call)
{
        struct account old, account;
        struct token token;
        enum token_form form = link_parse(&token, op->settings->link_template, call->token->bytes,
                                          call->token->size);
        int r = confirm(op, call->uid, form == TOKEN_FORM_GOOD ? &token : NULL, &old, &account);

        explicit_bzero(&token, sizeof(token));
        if (r != 0)
                return r;
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){
                        .event = "email-changed", .user = account.name, .detail = old.name},
                "%s is now %s, by the user.", old.name, account.name);
        return 0;
}
