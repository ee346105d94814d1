/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verified user asks for another address, with password and code: a token is mailed to it (R14,
 * R21). */
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

int user_email_record(struct op *op, struct tx *tx, uint32_t uid, const char *event,
                      const char *detail)
{
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
                .detail = detail,
        };

        return audit_append(tx, &entry);
}

/* A requested address is told to nobody: it may be mistyped, and somebody else's. */
void user_email_note(struct op *op, const char *event, const struct account *account)
{
        bool refused = strcmp(event, "email-refused") == 0;

        op_note(op, refused ? LOG_NOTICE : LOG_INFO,
                &(struct log_event){.event = event, .user = account->name},
                refused ? "%s asked for another address, and was refused."
                        : "%s asked for another address.",
                account->name);
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
        const char *event;
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
        event = outcome == 0 ? "email-requested" : "email-refused";
        if (outcome == 0)
                r = mail_token(op, &tx, &account, folded);
        if (r == 0)
                r = user_email_record(op, &tx, call->uid, event, NULL);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        user_email_note(op, event, &account);
        op_keep_told(op);
        return outcome;
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
