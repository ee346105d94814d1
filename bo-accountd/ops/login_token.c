/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token at the password prompt: the user sets a password of his own (R24, R37, R39, R40, R60). */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/new_password.h"
#include "bo-accountd/ops/token_find.h"

#include <string.h>

/* One that answers a request for an address is followed by a question, where that can be put. */
static int approval_token_is_good(struct tx *tx, const struct login *login,
                                  const struct token_row *row)
{
        bool asks = login->service.offer && login->service.class == SERVICE_INTERACTIVE;
        struct approval approval;

        return asks ? approval_of_token(tx, &login->subject.account, row, &approval)
                    : BO_ERR_WRONG_CREDENTIALS;
}

/* Good for this user and now? Says nothing to the outside but yes or no. */
static int token_is_good(struct tx *tx, const struct login *login, const struct token_row *row)
{
        const struct account *account = &login->subject.account;
        bool in_time = false;
        int r;

        if (!login->subject.known ||
            !service_admits(login->service.class, account->is_api, SERVICE_CREDENTIAL_PASSWORD))
                return BO_ERR_WRONG_CREDENTIALS;
        if (row->purpose == TOKEN_APPROVAL)
                return approval_token_is_good(tx, login, row);
        if (row->uid != account->uid)
                return invitation_of_token(tx, account, row); /* R49 */
        if (!token_opens(row->purpose) || row->used_usec != 0 ||
            row->credential_epoch != account->credential_epoch ||
            (row->purpose == TOKEN_ACTIVATION) != (account->activated_usec == 0))
                return BO_ERR_WRONG_CREDENTIALS;
        r = token_in_time(tx, row, &in_time);
        if (r != 0)
                return r;
        return in_time ? 0 : BO_ERR_WRONG_CREDENTIALS;
}

static int find(struct op *op, struct login *login, const struct token *token,
                struct token_row *ret_row)
{
        _cleanup_(tx_end) struct tx tx = {0};
        unsigned char hash[KEYED_HASH_BYTES];
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = token_find(op, token, hash, ret_row);
        return r == 0 ? token_is_good(&tx, login, ret_row) : r;
}

/*
 * What completing the link opens: the attempt lock always, the inactivity lock only by an
 * administrator's (R37, R40). His ends what whoever knew the old password has made with it since
 * the link was issued, too (R78).
 */
static int open_locks(struct op *op, struct login *login, struct tx *tx)
{
        int r = lockout_clear(tx, login->subject.key);

        if (r == 0 && login->token.by_admin)
                r = account_admin_reset(tx, login->subject.account.uid);
        if (r == 0 && login->token.by_admin)
                r = key_end_all(op, tx, &login->subject.account, "reset by an administrator");
        return r;
}

static int conclude(struct op *op, struct login *login, struct tx *tx, int *outcome)
{
        struct account_state state;
        int r = account_by_uid(tx->store, login->subject.account.uid, &login->subject.account);

        if (r == 0)
                r = account_state(op, tx, &login->subject.account, &state);
        if (r != 0)
                return r;
        *outcome = login_bar(&state);
        if (*outcome != 0)
                return login_record_failure(op, login, tx, *outcome);
        r = login_factor(op, login, &login->factor);
        if (r != 0 || login->factor == SERVICE_FACTOR_SET_UP)
                return r;
        return login_record_success(op, login, tx,
                                    login->recovered    ? "token+recovery"
                                    : login->code_given ? "token+otp"
                                                        : "token");
}

/* Judged again: an hour may have passed at the prompt, or another was there first. */
static int use_if_still_good(struct op *op, struct tx *tx, struct login *login)
{
        struct account *account = &login->subject.account;
        int r = account_by_uid(op->store, account->uid, account);

        if (r == 0)
                r = token_is_good(tx, login, &login->token);
        if (r == 0 && login->by_invitation && account->activated_usec != 0)
                r = BO_ERR_WRONG_CREDENTIALS; /* activated meanwhile: it sets nobody's password */
        if (r == 0 && account->otp_on && !login->code_given)
                r = BO_ERR_WRONG_CREDENTIALS; /* the factor was turned on meanwhile (R60) */
        if (r == 0 && !login->by_invitation)  /* an invitation is closed when it is accepted */
                r = token_use(tx, login->token.hash);
        return r;
}

static int store(struct op *op, struct login *login, const char *hash)
{
        bool activation = login->token.purpose == TOKEN_ACTIVATION;
        struct account_state before, after;
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = use_if_still_good(op, &tx, login);
        if (r == BO_ERR_WRONG_CREDENTIALS)
                return login_end(login, r);
        if (r == 0)
                r = account_state(op, &tx, &login->subject.account, &before);
        /* The module runs as root, the token is the user's. */
        op->actor_uid = login->subject.account.uid;
        if (r == 0)
                r = new_password_store(op, &tx, &login->subject.account, hash,
                                       activation ? "by activation" : "by reset");
        if (r == 0)
                r = open_locks(op, login, &tx);
        if (r == 0)
                r = account_by_uid(op->store, login->subject.account.uid, &login->subject.account);
        if (r == 0)
                r = login_join(op, login, &tx);
        if (r == 0)
                r = conclude(op, login, &tx, &outcome);
        if (r == 0)
                r = account_state(op, &tx, &login->subject.account, &after);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        login_joined(op, login);
        op_signal(op, OP_USER_CHANGED, &login->subject.account);
        op_signal_status(op, &login->subject.account, before.status, after.status,
                         activation ? "activated" : "password reset");
        if (outcome != 0)
                return login_fail(login, outcome, "The password was set. %s",
                                  bo_error_text(outcome));
        return login_auth_proven(op, login);
}

/* R60: a reset asks for the code if the second factor is on. */
static int answer_code(struct op *op, struct login *login, const struct secret *answer)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome, r;

        if (login_mistyped_code(op, login, answer))
                return 0;
        r = op_begin_write(op, &tx);
        if (r != 0)
                return r;
        outcome = verify_code(op, &tx, login->subject.account.uid, answer);
        if (outcome < 0)
                return outcome;
        if (outcome > 0)
                r = login_record_failure(op, login, &tx, outcome);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail(login, outcome, "%s", bo_error_text(outcome));
        login->code_given = outcome == 0;
        login->recovered = login->code_given && verify_is_recovery(op, answer);
        return outcome > 0 ? login_end(login, outcome) : login_initial_password(login);
}

bool login_is_mistyped_token(const struct op *op, const struct secret *answer)
{
        struct token token;
        enum token_form form =
                link_parse(&token, op->settings->link_template, answer->bytes, answer->size);

        explicit_bzero(&token, sizeof(token));
        return form == TOKEN_FORM_TYPO;
}

int login_token(struct op *op, struct login *login, const struct secret *answer)
{
        struct token token;
        enum token_form form =
                link_parse(&token, op->settings->link_template, answer->bytes, answer->size);
        int r = form == TOKEN_FORM_GOOD ? find(op, login, &token, &login->token)
                                        : BO_ERR_WRONG_CREDENTIALS;

        explicit_bzero(&token, sizeof(token));
        if (r != 0)
                return r;

        login->tries = 0;
        login->by_invitation = login->token.uid != login->subject.account.uid;
        if (login->by_invitation && login->subject.account.activated_usec != 0)
                return login_ask(login, LOGIN_SECRET, login->next,
                                 login->factor != SERVICE_FACTOR_ASK,
                                 "This is an invitation. Accept it with your password.\n"
                                 "Password: ");
        login->by_approval = login->token.purpose == TOKEN_APPROVAL;
        if (login->by_approval)
                return login_ask(login, LOGIN_SECRET, login->next,
                                 login->factor != SERVICE_FACTOR_ASK,
                                 "This answers a request for an API address. Log in with your "
                                 "password first.\nPassword: ");
        login->store = store;
        if (login->subject.account.otp_on)
                return login_ask(login, LOGIN_VISIBLE, answer_code, false, "One-time code: ");
        return login_initial_password(login);
}
