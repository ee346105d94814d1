/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers, memberships and the roles in them. */
#pragma once

#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store.h"

#define ROLE_NAME_SIZE    33
#define ACCOUNT_TYPE_SIZE 33

struct customer {
        char id[CUSTOMER_ID_SIZE];
        char alias[129];
        uint64_t created_usec;
        uint32_t gid;
        char type[ACCOUNT_TYPE_SIZE];         /* of account-types.conf; "": none */
        char subscription[ACCOUNT_TYPE_SIZE]; /* one of the type's; "": none */
};

/* BO_ERR_CUSTOMER_EXISTS; BO_ERR_UIDS_EXHAUSTED (no group id left: its group bo-c-ID gets the next
 * one, see group_ensure()). */
int customer_insert(struct tx *tx, const char *id, const char *alias, uint32_t gid_first,
                    uint32_t gid_last);
/* BO_ERR_NO_SUCH_CUSTOMER */
int customer_load(struct store *store, const char *id, struct customer *ret_customer);
/* How many users it has, invited and disabled ones too; @most if there are more. */
int customer_members(struct store *store, const char *id, uint32_t most, uint32_t *ret_n);
/* In the order of ids, after @after; of @member_uid only, if not 0. */
int customer_list(struct store *store, uint32_t member_uid, const char *after, uint32_t limit,
                  int (*each)(void *userdata, const struct customer *customer), void *userdata);

/* One (customer, role) of a user; a membership without roles has role "". */
struct member_role {
        char customer[CUSTOMER_ID_SIZE];
        char role[ROLE_NAME_SIZE];
        bool active;   /* neither disabled there nor only invited: it grants something */
        bool disabled; /* there; then since when does not matter, but why */
        bool disabled_by_operator;
        char disabled_reason[ACCOUNT_TEXT_SIZE];
        uint64_t created_usec; /* of the membership */
        uint64_t joined_usec;  /* as a member: invitations are accepted later than made */
};
/* Was he a user before he was a member there, and accepted an invitation (R49)? */
static inline bool member_came_invited(const struct member_role *row)
{
        return row->joined_usec != row->created_usec;
}

/* All of them, ordered; *ret_rows is malloc'd. */
int member_roles(struct store *store, uint32_t uid, struct member_role **ret_rows, size_t *ret_n);
/* The first role behind @after that a user or an invitation has; -ENODATA: there is none. */
int role_in_use(struct store *store, const char *after, char ret_role[ROLE_NAME_SIZE]);
/* The customer that @account acts for (R50): the one he chose if he is an active member of it, else
 * the first active one by id; "" if there is none. */
int member_acting(struct store *store, const struct account *account,
                  char ret_customer[CUSTOMER_ID_SIZE]);
/*
 * Makes @uid a member if he is none, and replaces his roles there; NSS is noted. Role groups must
 * exist: see group_ensure(). BO_ERR_NO_SUCH_USER, BO_ERR_NO_SUCH_CUSTOMER; -EINVAL for a role that
 * is empty, too long, or begins with "c-" or "l-" (bo-c-ID is the group of a customer).
 */
int member_set_roles(struct tx *tx, uint32_t uid, const char *customer, const char *const *roles,
                     size_t n_roles);

/* The same for who exists and is no member there: there is nothing to be replaced. */
int member_join(struct tx *tx, uint32_t uid, const char *customer, const char *const *roles,
                size_t n_roles);

/* A membership that is disabled grants nothing; NSS is noted. BO_ERR_NO_SUCH_CUSTOMER if @uid is no
 * member. In member_status.c. */
int member_disable(struct tx *tx, uint32_t uid, const char *customer, const char *reason,
                   bool by_operator);
int member_enable(struct tx *tx, uint32_t uid, const char *customer);
