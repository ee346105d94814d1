/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailed token at the login prompt by which a request for an address is answered: after password
 * and code the question is put (R67). */
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/login_private.h"

#include <string.h>

static int go_on(struct op *op, struct login *login, const struct secret *answer)
{
        (void)answer; /* a line was shown */
        return login_invitations(op, login);
}

static bool says_yes(const struct secret *answer)
{
        size_t size = answer->size;

        while (size > 0 && answer->bytes[size - 1] == ' ')
                size--;
        return (size == 1 || size == 3) && strncasecmp(answer->bytes, "yes", size) == 0;
}

/* What was refused is told: another may have been quicker. */
static int approve(struct op *op, struct login *login)
{
        char address[NETWORK_TEXT_SIZE];
        struct approval approval;
        int r = approval_answer_by_token(op, login->token.hash, true, "", &approval);

        if (r < 0)
                return r;
        if (r == BO_ERR_WRONG_CREDENTIALS)
                return login_tell(login, LOGIN_INFO, go_on, "%s",
                                  bo_error_text(BO_ERR_APPROVAL_DECIDED));
        if (r > 0)
                return login_tell(login, LOGIN_INFO, go_on, "%s",
                                  op->message[0] ? op->message : bo_error_text(r));
        network_text(address, &approval.network);
        return login_tell(login, LOGIN_INFO, go_on, "%s is approved.", address);
}

static int answer_question(struct op *op, struct login *login, const struct secret *answer)
{
        /* The module runs as root, the user proved himself. */
        op->actor_uid = login->subject.account.uid;
        if (says_yes(answer))
                return approve(op, login);
        return login_tell(login, LOGIN_INFO, go_on,
                          "Nothing was changed. `boctl approval reject` rejects a request.");
}

/* As it is now: password and code took a while. */
static int look(struct op *op, struct login *login, struct tx *tx, struct approval *ret_approval,
                struct customer *ret_customer, struct account *ret_requester)
{
        int r = account_by_uid(tx->store, login->subject.account.uid, &login->subject.account);

        (void)op;
        if (r == 0)
                r = token_load(tx->store, login->token.hash, &login->token);
        if (r == 0)
                r = approval_of_token(tx, &login->subject.account, &login->token, ret_approval);
        if (r == 0)
                r = customer_load(tx->store, ret_approval->customer, ret_customer);
        return r == 0 ? account_by_uid(tx->store, ret_approval->requester_uid, ret_requester) : r;
}

int login_approval(struct op *op, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char address[NETWORK_TEXT_SIZE], customer[INVITER_SIZE];
        struct approval approval;
        struct customer of;
        struct account requester;
        int r = op_begin_read(op, &tx);

        if (r == 0 && login_place_outcome(op, login) != 0)
                return login_invitations(op, login); /* he is not let in from here (R26) */
        if (r == 0)
                r = look(op, login, &tx, &approval, &of, &requester);
        if (r < 0)
                return r;
        if (r > 0)
                return login_tell(login, LOGIN_INFO, go_on, "%s",
                                  bo_error_text(BO_ERR_APPROVAL_DECIDED));
        network_text(address, &approval.network);
        invitation_inviter(customer, of.id, of.alias);
        login_ask(login, LOGIN_VISIBLE, answer_question, false,
                  "Approve the API address %s of %s, asked for by %s? [y/N] ", address, customer,
                  requester.name);
        login->offer = true;
        return 0;
}
