/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invitations: made like a new user, offered to who has the address, accepted or declined (R49). */
#pragma once

#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/token.h"

#define INVITATIONS_MOST 16 /* of one user that are shown or looked through at a time */

/*
 * The name of @account, which is to be created, is or was in use: 0 and account->invites_uid if an
 * invitation stands for it, so that the actor learns nothing; BO_ERR_NAME_TAKEN if he may know it.
 */
int invitation_due(struct op *op, struct tx *tx, const struct user_create *call,
                   struct account *account);
/* Who invites, for the person: the alias is what the customer likes to be called, the id is its own
 * alone. @alias is "" or the id where there is none. */
#define INVITER_SIZE (129 + CUSTOMER_ID_SIZE + 3)
void invitation_inviter(char out[INVITER_SIZE], const char *id, const char *alias);
/* The part of its record that is not the customer's to see. */
int invitation_record(struct op *op, struct tx *tx, const struct account *invitation,
                      const char *customer);

/* Will its link be mailed to the user whom it invites? To him alone, at his present address. */
int invitation_reaches(struct op *op, struct tx *tx, const struct account *invitation,
                       bool *ret_reaches);
int invitation_mail(struct op *op, struct tx *tx, const struct account *invitation,
                    const struct mail_fields *fields);

/* Is it the token of an open invitation of @account? 0 or BO_ERR_WRONG_CREDENTIALS. Who has not
 * been activated can use one that was mailed to him alone: others may hold the rest. */
int invitation_of_token(struct tx *tx, const struct account *account, const struct token_row *row);

/* The open ones of @account that were mailed to him, after the uid @after: others need the token.
 * *ret_rows is malloc'd. */
int invitation_offers(struct tx *tx, const struct account *account, uint32_t after,
                      struct invitation **ret_rows, size_t *ret_n);

/* In the open transaction: makes @account a member where the invitation @uid says. BO_ERR_* with a
 * message: NO_SUCH_INVITATION, NEVER_RESTRICTED (R33). */
int invitation_join(struct op *op, struct tx *tx, uint32_t uid, const struct account *account,
                    char ret_customer[CUSTOMER_ID_SIZE]);
/* After the commit. */
void invitation_joined(struct op *op, const struct account *account, const char *customer);

/* May the user become a member of one customer more? Who is restricted to locations may not. */
int member_may_join(struct op *op, struct tx *tx, const struct account *account);
