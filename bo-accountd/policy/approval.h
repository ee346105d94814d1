/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for approved addresses: which ranges, what became of one, who may do what (R66 to R69).
 */
#pragma once

#include "bo-accountd/policy/network.h"

#include <stdint.h>

/* The numbers are stored. */
enum approval_status {
        APPROVAL_PENDING,
        APPROVAL_APPROVED,
        APPROVAL_REJECTED,
        APPROVAL_REVOKED,
        APPROVAL_EXPIRED,
};
#define APPROVAL_STATUSES 5

const char *approval_status_name(enum approval_status status);
/* -EINVAL */
int approval_status_from_name(const char *name, enum approval_status *ret_status);

/* What a request that was stored as @stored is when the clock has shown @latest_usec: nobody's
 * answer is too late afterwards (R68). */
enum approval_status approval_status_at(enum approval_status stored, uint64_t expires_usec,
                                        uint64_t latest_usec);

/*
 * The range that may be asked for. On -EINVAL @why (of that size) says what is wrong: no numeric
 * address, bits behind the prefix (the range is named), wider than a /8 (IPv4) or /32 (IPv6), or
 * one that holds unspecified, multicast, broadcast or link-local addresses, which are nobody's.
 */
int approval_range(struct network *ret_network, const char *text, char *why, size_t why_size);

enum approval_act {
        APPROVAL_APPROVE,
        APPROVAL_REJECT,
        APPROVAL_REVOKE, /* a pending one as well: it is taken back */
        APPROVAL_TAKE,   /* the token, by the requester */
};

struct approval_facts {
        enum approval_status status;
        bool actor_is_requester;
        bool actor_is_operator;
        bool permitted;        /* he is a member with the permission to approve */
        bool requester_stands; /* who asked is active, and still may ask at the customer */
        bool taken;            /* the token was shown */
};

/*
 * 0 or a BO_ERR_*. NOT_YOURSELF: nobody answers his own request, whatever else he is (R67);
 * NOT_ALLOWED; APPROVAL_DECIDED: it is past that; WRONG_STATE: to approve, who asked may not ask
 * any more; to take, it is not approved; TOKEN_TAKEN.
 */
int approval_verdict(enum approval_act act, const struct approval_facts *facts);
