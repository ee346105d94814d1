/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invitations of people who have a login already (R49). */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/store/customer.h"

/*
 * To who made it an invitation is an account that has not been activated: it has a uid of its own,
 * roles, locations, a status. NSS and logins do not see it. account.invites_uid is the user whom it
 * invites; its own uid if nobody can accept it, since the address is dead (R43) or a program's.
 */
#define INVITES_NOBODY UINT32_MAX /* for invitation_insert() */

/* As account_insert(), but @account->name may be or have been in use, and is not taken into use.
 * @account->invites_uid tells whom it invites. NSS is told nothing. */
int invitation_insert(struct tx *tx, const struct account *account, uint32_t uid_first,
                      uint32_t uid_last, uint32_t *ret_uid);

/* Does the list of @customer hold the address: a member's, or an invitation's? 1, 0 or < 0. */
int invitation_listed(struct store *store, const char *address, const char *customer);

/* The first invitation of the address in a customer that @member_uid is an active member of; 0 if
 * there is none. */
int invitation_seen_by(struct store *store, const char *address, uint32_t member_uid,
                       uint32_t *ret_uid);

struct invitation {
        uint32_t uid; /* its own */
        char customer[CUSTOMER_ID_SIZE];
        char alias[129]; /* of the customer, or its id */
        unsigned char token[KEYED_HASH_BYTES];
};

/*
 * Those of @account with an open token that was mailed to his present address, in the order of
 * uids, after the uid @after. The caller judges the time of the token. *ret_rows is malloc'd.
 */
int invitation_list(struct tx *tx, const struct account *account, uint32_t after, uint32_t limit,
                    struct invitation **ret_rows, size_t *ret_n);

/* The customer of an invitation, unless it was disabled there. BO_ERR_NO_SUCH_INVITATION. */
int invitation_customer(struct store *store, uint32_t uid, char ret_customer[CUSTOMER_ID_SIZE]);

/*
 * Membership, roles and locations become those of @account, and the invitation is closed for ever.
 * NSS is noted. BO_ERR_NO_SUCH_INVITATION if it is closed already, or he is a member there.
 */
int invitation_accept(struct tx *tx, uint32_t uid, const struct account *account,
                      const char *customer);

/* Closes the open invitation of @account by @customer, if there is one: he became a member. */
int invitation_close_of(struct tx *tx, const struct account *account, const char *customer);
