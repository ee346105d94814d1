/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invitations at the login prompt: offered after password and code, one after the other (R49). */
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/login_private.h"

#include <string.h>

#define OFFERS_MOST 4 /* of one login: the others come with the next */

static int go_on(struct op *op, struct login *login, const struct secret *answer)
{
        (void)answer; /* a line was shown */
        return login_invitations(op, login);
}

static bool says(const struct secret *answer, const char *word)
{
        size_t size = answer->size;

        while (size > 0 && answer->bytes[size - 1] == ' ')
                size--;
        return size > 0 && size <= strlen(word) && strncasecmp(answer->bytes, word, size) == 0;
}

/* What was refused is told, and offered again another time. */
static int accept(struct op *op, struct login *login)
{
        int r = op_invitation_accept(op, login->subject.account.uid, login->invited_by.customer);

        if (r < 0)
                return r;
        if (r > 0)
                return login_tell(login, LOGIN_INFO, go_on, "%s",
                                  op->message[0] ? op->message : bo_error_text(r));
        return login_tell(login, LOGIN_INFO, go_on, "You are a member of %s now.",
                          login->invited_by.alias);
}

static int decline(struct op *op, struct login *login)
{
        int r = op_invitation_decline(op, login->subject.account.uid, login->invited_by.customer);

        if (r < 0)
                return r;
        return login_tell(login, LOGIN_INFO, go_on, "The invitation of %s is declined.",
                          login->invited_by.alias);
}

static int answer_offer(struct op *op, struct login *login, const struct secret *answer)
{
        /* The module runs as root, the user proved himself. */
        op->actor_uid = login->subject.account.uid;
        if (says(answer, "yes"))
                return accept(op, login);
        if (says(answer, "no"))
                return decline(op, login);
        return login_invitations(op, login); /* later */
}

static int next(struct op *op, struct login *login, bool *ret_more)
{
        _cleanup_(tx_end) struct tx tx = {0};
        _cleanup_(freep) struct invitation *rows = NULL;
        size_t n = 0;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = account_by_uid(op->store, login->subject.account.uid, &login->subject.account);
        if (r == 0)
                r = invitation_offers(&tx, &login->subject.account, login->invited_by.uid, &rows,
                                      &n);
        *ret_more = r == 0 && n > 0;
        if (*ret_more)
                login->invited_by = rows[0];
        return r;
}

/* A role that he has just accepted may demand the factor (R54). */
static int leave(struct op *op, struct login *login)
{
        enum service_factor factor = SERVICE_FACTOR_NONE;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = login_factor(op, login, &factor);
        tx_end(&tx);
        if (r != 0)
                return r;
        if (factor != SERVICE_FACTOR_SET_UP)
                return login_offer_change(op, login);
        login->factor = factor;
        return login_set_up_otp(op, login);
}

int login_invitations(struct op *op, struct login *login)
{
        char inviter[INVITER_SIZE];
        bool more = false;
        int r;

        if (login->note[0]) {
                r = login_tell(login, LOGIN_INFO, go_on, "%s", login->note);
                login->note[0] = '\0';
                return r;
        }
        if (!login->service.offer || login->service.class != SERVICE_INTERACTIVE ||
            login->n_offers++ == OFFERS_MOST)
                return leave(op, login);
        r = next(op, login, &more);
        if (r < 0)
                return r;
        if (!more)
                return leave(op, login);
        invitation_inviter(inviter, login->invited_by.customer, login->invited_by.alias);
        login_ask(login, LOGIN_VISIBLE, answer_offer, false,
                  "%s invites you to work for them. Accept? [yes/no/later] ", inviter);
        login->offer = true;
        return 0;
}

/* What became of the invitation of a token, for the person. */
static void note(struct login *login, int r, const struct op *op, const char *customer)
{
        if (r == 0)
                snprintf(login->note, sizeof(login->note), "You are a member of %s now.", customer);
        else
                snprintf(login->note, sizeof(login->note), "%s",
                         op->message[0] ? op->message : bo_error_text(r));
}

/* Would he be let in, but for the customers who have disabled him? */
static int may_answer(struct op *op, struct login *login, struct tx *tx, bool *ret_may)
{
        const struct account *account = &login->subject.account;
        struct account_state state;
        int r = account_state(op, tx, account, &state);

        *ret_may = r == 0 && account->deactivated_usec == 0 && state.facts.activated &&
                   !state.facts.idle && login->factor != SERVICE_FACTOR_SET_UP;
        return r;
}

/* In the transaction that judges the login. Who is shut out, since every customer of his disabled
 * him, may still work for another. */
int login_join(struct op *op, struct login *login, struct tx *tx)
{
        struct account *account = &login->subject.account;
        char customer[CUSTOMER_ID_SIZE] = "";
        bool may = false;
        int r = login->by_invitation ? may_answer(op, login, tx, &may) : 0;

        if (r != 0 || !may)
                return r;
        r = token_load(tx->store, login->token.hash, &login->token);
        if (r == 0)
                r = invitation_of_token(tx, account, &login->token);
        if (r == BO_ERR_WRONG_CREDENTIALS)
                r = BO_ERR_NO_SUCH_INVITATION; /* accepted or ended meanwhile */
        if (r == 0)
                r = invitation_join(op, tx, login->token.uid, account, customer);
        if (r < 0)
                return r;
        note(login, r, op, customer);
        login->joined = r == 0;
        memcpy(login->invited_by.customer, customer, sizeof(customer));
        return r == 0 ? account_by_uid(tx->store, account->uid, account) : 0;
}

void login_joined(struct op *op, struct login *login)
{
        if (login->joined)
                invitation_joined(op, &login->subject.account, login->invited_by.customer);
        login->joined = false;
}
