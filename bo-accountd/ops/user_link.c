/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation and reset tokens: made, mailed or handed over, revoked (R21, R23, R24, R35 to R37). */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/policy/throttle.h"
#include "bo-accountd/store/throttle.h"
#include "bo-accountd/store/token.h"
#include "common/clock.h"

#include <string.h>
#include <time.h>

_Static_assert(TOKEN_LINK_SIZE >= LINK_SIZE, "what is handed over is a link at most");

bool link_is_mailed(const struct op *op, const struct account *account)
{
        return account->verified && mail_reaches(op, account);
}

/* For people: the site's own time, with the name of its zone. */
void link_expires_text(char *out, size_t size, uint64_t expires_usec)
{
        time_t seconds = (time_t)(expires_usec / USEC_PER_SEC);
        struct tm local;

        if (!localtime_r(&seconds, &local) || strftime(out, size, "%Y-%m-%d %H:%M %Z", &local) == 0)
                out[0] = '\0';
}

static int mail_link(struct op *op, struct tx *tx, const struct account *account,
                     const struct token_row *row, const char *link, const char *text)
{
        char expires[64];
        const struct mail_fields fields = {
                .link = *op->settings->link_template ? link : NULL,
                .token = text,
                .expires = expires,
        };

        link_expires_text(expires, sizeof(expires), row->expires_usec);
        if (account->invites_uid != 0)
                return invitation_mail(op, tx, account, &fields);
        return mail_queue(op, tx, account,
                          row->purpose == TOKEN_ACTIVATION ? MAIL_ACTIVATION : MAIL_RESET, &fields);
}

/* A token of @account; @link gets what is to be handed over, nothing if it was mailed. */
static int make(struct op *op, struct tx *tx, const struct account *account, bool by_admin,
                char link[TOKEN_LINK_SIZE])
{
        bool activation = account->activated_usec == 0;
        char text[TOKEN_TEXT_SIZE];
        struct token_row row = {
                .purpose = activation ? TOKEN_ACTIVATION : TOKEN_RESET,
                .uid = account->uid,
                .by_admin = by_admin,
                .issuer_uid = op->actor_uid,
                .expires_usec = tx->now_usec + (activation ? op->settings->activation_usec
                                                           : op->settings->reset_usec),
        };
        struct token token;
        int r;

        token_generate(&token, text);
        token_hash(row.hash, &token, op->keys);
        link_write(link, op->settings->link_template, text);
        if (account->invites_uid != 0 && link_is_mailed(op, account))
                memcpy(row.address, account->email, sizeof(row.address));
        r = token_insert(tx, &row);
        if (r == 0 && link_is_mailed(op, account)) {
                r = mail_link(op, tx, account, &row, link, text);
                explicit_bzero(link, TOKEN_LINK_SIZE);
        }
        explicit_bzero(&token, sizeof(token));
        explicit_bzero(text, sizeof(text));
        return r;
}

int link_issue(struct op *op, struct tx *tx, const struct account *account,
               char link[TOKEN_LINK_SIZE])
{
        unsigned ended;
        int r = token_end_all(tx, account->uid, &ended);

        return r == 0 ? make(op, tx, account, true, link) : r;
}

int link_request(struct op *op, struct tx *tx, const struct account *account)
{
        char link[TOKEN_LINK_SIZE];

        return link_is_mailed(op, account) ? make(op, tx, account, false, link) : 0;
}

/* The user of a verb on links; API users have none. */
static int target(struct op *op, struct tx *tx, enum access_verb verb, uint32_t uid,
                  struct account *ret_account)
{
        int r = op_target(op, tx, verb, uid, NULL, ret_account);

        if (r == 0 && ret_account->is_api)
                r = op_refuse(op, BO_ERR_WRONG_STATE,
                              "%s is an API user: its password is set with `boctl user password`.",
                              ret_account->name);
        return r;
}

/* An administrator's mails to one person: six at once, then one in ten minutes. He chose the
 * address himself, maybe, and bo is nobody's tool to flood it. */
static const struct throttle_rule mail_rule = {.room = 6, .drain_usec = 10 * USEC_PER_MIN};

static int throttle(struct op *op, struct tx *tx, const struct account *account)
{
        char whom[16], subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
        int r;

        if (actor_is_operator(op) || !link_is_mailed(op, account))
                return 0;
        snprintf(whom, sizeof(whom), "%u", account->uid);
        throttle_subject(subject, 'l', whom, op->keys);
        r = throttle_load(tx->store, subject, &drained_usec);
        if (r != 0)
                return r;
        if (!throttle_take(&mail_rule, &drained_usec, tx->now_usec))
                return op_refuse(op, BO_ERR_BUSY,
                                 "%s was sent several links of late. Try again in ten minutes.",
                                 account->name);
        return throttle_save(tx, subject, drained_usec);
}

/* Makes the link and ends the transaction. */
static int issue(struct op *op, struct tx *tx, const struct account *account,
                 char link[TOKEN_LINK_SIZE])
{
        const struct audit_entry entry = {
                .event = account->activated_usec == 0 ? "activation-issued" : "reset-issued",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .detail = link_is_mailed(op, account) ? "mailed" : "handed over",
        };
        int r = throttle(op, tx, account);

        if (r == 0)
                r = key_end_all(op, tx, account, "reset by an administrator");
        if (r == 0)
                r = link_issue(op, tx, account, link);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                r = tx_commit(tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = entry.event,
                                            .user = account->name,
                                            .detail = entry.detail},
                        "A token for %s was issued by uid %u and %s.", account->name, op->actor_uid,
                        entry.detail);
        return r;
}

int op_user_issue_reset(struct op *op, uint32_t uid, char link[TOKEN_LINK_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = target(op, &tx, ACCESS_ISSUE_LINK, uid, &account);
        if (r == 0 && account.activated_usec == 0)
                r = account_drop_password(&tx, uid); /* who lost the initial one, too (R86) */
        return r == 0 ? issue(op, &tx, &account, link) : r;
}

int op_user_resend_activation(struct op *op, uint32_t uid, char link[TOKEN_LINK_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = target(op, &tx, ACCESS_ISSUE_LINK, uid, &account);
        if (r == 0 && account.activated_usec != 0)
                r = op_refuse(op, BO_ERR_WRONG_STATE,
                              "%s is active already: `boctl user reset` makes a reset link.",
                              account.name);
        return r == 0 ? issue(op, &tx, &account, link) : r;
}

int op_user_revoke_tokens(struct op *op, uint32_t uid)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        unsigned ended = 0;
        char detail[32];
        const struct audit_entry entry = {
                .event = "tokens-revoked",
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
                .detail = detail,
        };
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = target(op, &tx, ACCESS_ADMINISTER_IDENTITY, uid, &account);
        if (r == 0)
                r = token_end_all(&tx, uid, &ended);
        snprintf(detail, sizeof(detail), "open=%u", ended);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = entry.event, .user = account.name},
                        "The open tokens of %s (%u) were revoked by uid %u.", account.name, ended,
                        op->actor_uid);
        return r;
}
