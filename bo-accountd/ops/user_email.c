/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verified user changes his address: asked for with password and code, done with a token that was
 * mailed to the new one (R14, R21, R43). */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/verify.h"
#include "bo-accountd/ops/verify_code.h"
#include "bo-accountd/policy/throttle.h"
#include "bo-accountd/store/throttle.h"
#include "bo-accountd/store/token.h"
#include "common/clock.h"

#include <string.h>

/* A mail to an address that somebody names: three an hour. */
static const struct throttle_rule mail_rule = {.room = 3, .drain_usec = 20 * USEC_PER_MIN};

static int record(struct op *op, struct tx *tx, uint32_t uid, const char *event, const char *detail)
{
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
                .detail = detail,
        };

        return audit_append(tx, &entry);
}

static int check_request(struct op *op, const struct user_email *call,
                         const struct account *account, char folded[NAME_MAX_BYTES + 1])
{
        if (!account->verified)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "You have no address to change: an administrator makes a verified "
                                 "user of you (boctl user upgrade).");
        if (!op->settings->mail)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "bo delivers no mail here, so a new address cannot be proven.");
        if (name_fold(folded, call->email) < 0 || !name_is_email(folded))
                return op_refuse(op, BO_ERR_BAD_NAME, "\"%.64s\" is not a plain e-mail address.",
                                 call->email);
        if (strcmp(folded, account->name) == 0)
                return op_refuse(op, BO_ERR_WRONG_STATE, "It is your address already.");
        if (account->otp_on && !call->code)
                return op_refuse(op, BO_ERR_BAD_OPTION,
                                 "Code is required: your second factor is on.");
        return new_name_check_mailbox(op, folded);
}

static int throttle(struct op *op, struct tx *tx, uint32_t uid)
{
        char whom[16], subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
        bool room;
        int r;

        snprintf(whom, sizeof(whom), "%u", uid);
        throttle_subject(subject, 'e', whom, op->keys);
        r = throttle_load(tx->store, subject, &drained_usec);
        if (r != 0)
                return r;
        room = throttle_take(&mail_rule, &drained_usec, tx->now_usec);
        if (!room)
                return op_refuse(op, BO_ERR_BUSY, "You have asked too often. Try in an hour.");
        return throttle_save(tx, subject, drained_usec);
}

/* The same whether the address can be had or not, but for the mail: who asks learns nothing. */
static int mail_token(struct op *op, struct tx *tx, const struct account *account,
                      const char *email)
{
        char text[TOKEN_TEXT_SIZE], expires[64];
        const struct mail_fields fields = {
                .to = email,
                .token = text, /* no link: LinkTemplate='s page is for passwords */
                .expires = expires,
                .address = email,
        };
        struct token_row row = {
                .purpose = TOKEN_EMAIL,
                .uid = account->uid,
                .issuer_uid = op->actor_uid,
                .expires_usec = tx->now_usec + op->settings->reset_usec,
        };
        struct token token;
        int r, usable = new_name_check(op, email);

        if (usable < 0)
                return usable;
        token_generate(&token, text);
        token_hash(row.hash, &token, op->keys);
        link_expires_text(expires, sizeof(expires), row.expires_usec);
        snprintf(row.address, sizeof(row.address), "%s", email);
        r = token_end_purpose(tx, account->uid, TOKEN_EMAIL);
        if (r == 0)
                r = token_insert(tx, &row);
        if (r == 0 && usable == 0)
                r = mail_queue(op, tx, account, MAIL_EMAIL_CONFIRM, &fields);
        explicit_bzero(&token, sizeof(token));
        explicit_bzero(text, sizeof(text));
        return r;
}

/* After the password, in one transaction: whatever changed during the hash counts. */
static int request(struct op *op, const struct user_email *call, int64_t epoch)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char folded[NAME_MAX_BYTES + 1];
        struct account account;
        int outcome = 0, r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, call->uid, NULL, &account);
        if (r == 0 && account.credential_epoch != epoch)
                r = op_refuse(op, BO_ERR_WRONG_STATE, "The password was changed meanwhile.");
        if (r == 0)
                r = check_request(op, call, &account, folded);
        if (r == 0 && account.otp_on)
                outcome = verify_code(op, &tx, call->uid, call->code);
        if (r == 0 && outcome == 0)
                outcome = throttle(op, &tx, call->uid);
        if (r != 0 || outcome < 0)
                return r != 0 ? r : outcome;
        if (outcome == 0)
                r = mail_token(op, &tx, &account, folded);
        if (r == 0)
                r = record(op, &tx, call->uid, outcome == 0 ? "email-requested" : "email-refused",
                           NULL);
        if (r == 0)
                r = tx_commit(&tx);
        return r != 0 ? r : outcome;
}

int op_user_request_email(struct op *op, const struct user_email *call)
{
        char folded[NAME_MAX_BYTES + 1];
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        if (r == 0)
                r = check_request(op, call, &account, folded);
        if (r == 0)
                r = op_own_password(op, &account, call->password);
        if (r == 0)
                r = request(op, call, account.credential_epoch);
        return r == BO_ERR_WRONG_CREDENTIALS ? op_refuse(op, r, "Password or code is wrong.") : r;
}

static int find(struct op *op, struct tx *tx, const struct account *account,
                const struct token *token, struct token_row *ret_row)
{
        unsigned char hash[KEYED_HASH_BYTES];
        bool in_time = false;
        int r;

        token_hash(hash, token, op->keys);
        r = token_load(tx->store, hash, ret_row);
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
static int charge(struct op *op, struct tx *tx, uint32_t uid)
{
        const struct lockout_rule *rule = &op->settings->lockout;
        char key[LOCKOUT_SUBJECT_SIZE];
        struct lockout_state lock;
        int r;

        lockout_subject_user(key, uid);
        r = lockout_load(tx->store, key, &lock);
        if (r == 0) {
                lock = lockout_charge(rule, &lock, tx->now_usec);
                r = lockout_save(tx, key, &lock);
        }
        if (r == 0)
                r = record(op, tx, uid, "email-refused", "token");
        if (r == 0)
                r = tx_commit(tx);
        return r != 0 ? r : op_refuse(op, BO_ERR_WRONG_CREDENTIALS, "This token is not good.");
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
        return r == 0 ? record(op, tx, old->uid, "email-changed", detail) : r;
}

int op_user_confirm_email(struct op *op, const struct user_email *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct subject subject = {.known = true};
        struct account account;
        struct token_row row;
        struct token token;
        uint64_t wait_usec = 0;
        enum token_form form = link_parse(&token, op->settings->link_template, call->token->bytes,
                                          call->token->size);
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, call->uid, NULL, &subject.account);
        if (r == 0 && form != TOKEN_FORM_GOOD)
                r = op_refuse(op, BO_ERR_BAD_VALUE, "This token has a typing error.");
        lockout_subject_user(subject.key, call->uid);
        if (r == 0)
                r = subject_wait_usec(op, &tx, &subject, &wait_usec);
        if (r == 0 && wait_usec > 0)
                r = BO_ERR_LOCKED_ATTEMPTS;
        if (r == 0) {
                r = find(op, &tx, &subject.account, &token, &row);
                if (r == BO_ERR_WRONG_CREDENTIALS)
                        return charge(op, &tx, call->uid);
        }
        if (r == 0)
                r = new_name_check(op, row.address);
        if (r == 0)
                r = change(op, &tx, &subject.account, &row, &account);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_NOTICE, &(struct log_event){.event = "email-changed", .user = account.name},
                "%s is now %s, by the user.", subject.account.name, account.name);
        return 0;
}
