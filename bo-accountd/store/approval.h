/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that a customer was asked for, the answers, and the look-up among the approved ones. */
#pragma once

#include "bo-accountd/policy/approval.h"
#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store.h"

#define APPROVAL_TEXT_SIZE 256 /* of a comment or reason */

struct approval {
        uint64_t id;
        char customer[CUSTOMER_ID_SIZE];
        struct network network;
        char comment[APPROVAL_TEXT_SIZE];
        uint32_t requester_uid;
        uint64_t requested_usec;
        uint64_t expires_usec;       /* when nobody has answered */
        enum approval_status status; /* now, by the latest that the clock has shown (R68) */
        uint64_t decided_usec;       /* approved or rejected; 0: never was */
        uint32_t decided_uid;
        uint64_t revoked_usec;
        uint32_t revoked_uid;
        char reason[APPROVAL_TEXT_SIZE]; /* of the rejection or revocation */
        uint64_t taken_usec;             /* the requester got his token; 0: not */
};

/*
 * Of @approval: customer, network, comment, requester_uid, expires_usec. BO_ERR_ADDRESS_LISTED: the
 * customer has the same range pending or approved (approval_listed() tells which one). Pending ones
 * that have expired are in the way until approval_set_expired().
 */
int approval_insert(struct tx *tx, const struct approval *approval, uint64_t *ret_id);
/* BO_ERR_NO_SUCH_APPROVAL */
int approval_load(struct tx *tx, uint64_t id, struct approval *ret_approval);
/* The one of the customer that is pending or approved for the very range; 0 if there is none. */
int approval_listed(struct store *store, const char *customer, const struct network *network,
                    uint64_t *ret_id);
/* How many of the customer are stored as @status, expired ones as pending until
 * approval_set_expired(); @most if there are more. */
int approval_count(struct store *store, const char *customer, enum approval_status status,
                   uint32_t most, uint32_t *ret_n);

/* One of the customer's that is stored as pending and has expired; 0 if there is none. */
int approval_find_expired(struct tx *tx, const char *customer, uint64_t *ret_id);
/* The pending one whose time passed first, by the clock of now; 0 if there is none. */
int approval_overdue(struct tx *tx, uint64_t *ret_id);

/*
 * Conditional updates: BO_ERR_APPROVAL_DECIDED if it is not pending (answer, expired), neither
 * pending nor approved (revoke); BO_ERR_TOKEN_TAKEN if it is not approved, or its token was taken.
 */
int approval_answer(struct tx *tx, uint64_t id, bool yes, uint32_t by, const char *reason);
int approval_revoke(struct tx *tx, uint64_t id, uint32_t by, const char *reason);
int approval_set_expired(struct tx *tx, uint64_t id);
int approval_take(struct tx *tx, uint64_t id);

/*
 * The approved range of @customer that holds @address, the narrowest; 0 if none does. By index: the
 * cost does not grow with their number.
 */
int approval_find_address(struct store *store, const char *customer, const struct network *address,
                          uint64_t *ret_id);

/* How many tokens wait for the user at the customer, of requests of his that were approved; @most
 * if more. */
int approval_untaken(struct store *store, uint32_t requester_uid, const char *customer,
                     uint32_t most, uint32_t *ret_n);

/* The newest first. A page may have fewer rows than the limit and not be the last. */
struct approval_filter {
        const char *customer; /* NULL or "": of all */
        int status;           /* -1: any */
        uint64_t before;      /* 0: from the newest */
        uint32_t limit;
};
/* *ret_next: where the next page begins; 0: there is none. */
int approval_list(struct tx *tx, const struct approval_filter *filter,
                  int (*each)(void *userdata, const struct approval *approval), void *userdata,
                  uint64_t *ret_next);
