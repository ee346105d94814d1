/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The making of an invitation, which nothing tells from that of a new user (R43, R49). */
#include "bo-accountd/ops/invitation.h"

#include <string.h>

int invitation_due(struct op *op, struct tx *tx, const struct user_create *call,
                   struct account *account)
{
        struct account owner;
        int r;

        if (!call->member.customer || account->is_api || !account->verified)
                return BO_ERR_NAME_TAKEN;
        r = invitation_listed(tx->store, account->name, call->member.customer);
        if (r != 0)
                return r < 0 ? r : BO_ERR_NAME_TAKEN;
        r = account_by_name(tx->store, account->name, &owner);
        if (r < 0)
                return r;
        if (r == 0 && owner.uid == op->actor_uid)
                return BO_ERR_NOT_YOURSELF;
        if (r == 0 && !owner.is_api)
                account->invites_uid = owner.uid;
        else if (actor_is_operator(op))
                return BO_ERR_NAME_TAKEN;
        else
                account->invites_uid = INVITES_NOBODY; /* dead, or a program's (R43) */
        return 0;
}

void invitation_inviter(char out[INVITER_SIZE], const char *id, const char *alias)
{
        if (!alias[0] || strcmp(alias, id) == 0)
                snprintf(out, INVITER_SIZE, "%s", id);
        else
                snprintf(out, INVITER_SIZE, "%s (%s)", alias, id);
}

int invitation_record(struct op *op, struct tx *tx, const struct account *invitation,
                      const char *customer)
{
        char detail[CUSTOMER_ID_SIZE + 48];
        const struct audit_entry entry = {
                .event = "user-invited",
                .actor_uid = op->actor_uid,
                .subject_uid = invitation->invites_uid,
                .detail = detail,
        };

        snprintf(detail, sizeof(detail), "customer=%s invitation=%u%s", customer, invitation->uid,
                 invitation->uid == invitation->invites_uid ? " of nobody" : "");
        return audit_append(tx, &entry);
}

/* Whom it invites, if his address is still the one that was named. */
static int invited(struct tx *tx, const struct account *invitation, struct account *ret_account)
{
        int r = account_by_uid(tx->store, invitation->invites_uid, ret_account);

        if (r == 0 &&
            (ret_account->invites_uid != 0 || strcmp(ret_account->name, invitation->email) != 0))
                return BO_ERR_NO_SUCH_USER;
        return r;
}

/* A link would open nothing to who was deactivated by the operator. */
int invitation_reaches(struct op *op, struct tx *tx, const struct account *invitation,
                       bool *ret_reaches)
{
        struct account account;
        int r = invited(tx, invitation, &account);

        *ret_reaches = r == 0 && account.deactivated_usec == 0 && mail_reaches(op, &account);
        return r < 0 ? r : 0;
}

int invitation_mail(struct op *op, struct tx *tx, const struct account *invitation,
                    const struct mail_fields *fields)
{
        struct mail_fields all = *fields;
        char id[CUSTOMER_ID_SIZE] = "", inviter[INVITER_SIZE];
        struct customer customer;
        bool reaches = false;
        int r = invitation_reaches(op, tx, invitation, &reaches);

        if (r != 0 || !reaches)
                return r;
        r = invitation_customer(tx->store, invitation->uid, id);
        if (r == BO_ERR_NO_SUCH_INVITATION)
                return 0; /* disabled there: the link opens nothing */
        if (r == 0)
                r = customer_load(tx->store, id, &customer);
        if (r != 0)
                return r;
        invitation_inviter(inviter, customer.id, customer.alias);
        all.customer = inviter;
        return mail_queue(op, tx, invitation, MAIL_INVITATION, &all);
}

static bool fits(const struct account *invitation, const struct account *account)
{
        return invitation->invites_uid == account->uid && invitation->uid != account->uid &&
               strcmp(invitation->email, account->name) == 0 && !account_is_deactivated(invitation);
}

int invitation_of_token(struct tx *tx, const struct account *account, const struct token_row *row)
{
        struct account invitation;
        bool in_time = false;
        int r = account_by_uid(tx->store, row->uid, &invitation);

        if (r == BO_ERR_NO_SUCH_USER)
                return BO_ERR_WRONG_CREDENTIALS;
        if (r == 0)
                r = token_in_time(tx, row, &in_time);
        if (r != 0)
                return r;
        if (!in_time || row->used_usec != 0 || row->purpose != TOKEN_ACTIVATION ||
            row->credential_epoch != invitation.credential_epoch || !fits(&invitation, account))
                return BO_ERR_WRONG_CREDENTIALS;
        if (account->activated_usec == 0 && strcmp(row->address, account->name) != 0)
                return BO_ERR_WRONG_CREDENTIALS;
        return 0;
}
