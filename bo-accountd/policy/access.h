/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this actor do this verb to this target? One function for the whole of bo (R8 to R16). */
#pragma once

#include <stdbool.h>

enum access_verb {
        ACCESS_READ_SHARED,   /* what every user may see: roles (R19) */
        ACCESS_READ_USER,     /* details of one user (R16) */
        ACCESS_LIST_USERS,    /* of the customer of the request; of all: the operator (R15) */
        ACCESS_READ_CUSTOMER, /* the customer of the request */
        ACCESS_OPERATE,       /* operator only: customers, audit, clock, reset of a factor (R62) */
        ACCESS_ADMINISTER,    /* a membership of another: roles (R13) */
        ACCESS_CREATE_USER,   /* in the customer of the request */
        /* What all customers of another share (R13, R35). */
        ACCESS_ADMINISTER_IDENTITY,
        /* A link for another: where it is mailed to him, one of his customers is enough (R36). */
        ACCESS_ISSUE_LINK,
        ACCESS_SET_API_PASSWORD, /* R7 */
        ACCESS_API_KEY,          /* of a person himself; of a program as its password (R7, R72) */
        ACCESS_PERSONAL,         /* own data: password, factor, profile (R14) */
        ACCESS_ASK_PERMISSION,   /* what the permissions of a user are */
        ACCESS_BY_PERMISSION,    /* something of the customer of the request, by a permission there
                                  */
};

/*
 * Gathered by the caller from the store and from the kernel. "The customer" is that of the request;
 * for a request without one, any that actor and target have in common.
 */
struct access_facts {
        bool actor_is_operator; /* root or the operator group */
        bool actor_may_ask;     /* for the permissions of everybody: PermissionGroup= */
        bool actor_is_bo_user;
        bool actor_is_api;
        bool actor_is_active; /* activated, not deactivated, not idle; a lock by failed attempts
                                 takes nothing from who is in already: strangers can bring it about
                               */
        bool actor_is_target;
        bool target_exists; /* user or customer; always true for verbs without a target */
        bool target_is_api;
        bool link_is_mailed;     /* one for the target goes to his own mailbox */
        bool target_is_reserved; /* an operator himself, or deactivated by one */
        bool shares_customer;    /* actor and target user are members of the customer;
                                    without a target user: the actor is */
        bool may_view;           /* actor holds users.view or users.manage in such a customer */
        bool may_manage;         /* actor holds users.manage in such a customer */
        bool permitted;          /* actor holds the permission of the request there */
        bool whole_target; /* actor holds users.manage in every customer of the target, who did not
                              come to all of them by invitation: for what belongs to the identity,
                              not to a membership */
};

/*
 * 0, or the BO_ERR_* to answer. Fails closed: an unknown verb, and an actor that is neither
 * operator nor bo user, or is a bo user that is not active (an operator as well), is
 * BO_ERR_NOT_ALLOWED; API users get BO_ERR_API_USER for everything (R8), but may ask what they may
 * do themselves, as whoever is not active. What the actor may not see
 * does not exist for him: BO_ERR_NO_SUCH_USER or BO_ERR_NO_SUCH_CUSTOMER, whether it exists or not.
 */
int access_verdict(enum access_verb verb, const struct access_facts *facts);
