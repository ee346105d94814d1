/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Approved addresses: asked for by one member of a customer, answered by another (R66 to R69). */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/approval.h"
#include "bo-accountd/store/token.h"
#include "common/secret.h"

#define APPROVALS_PENDING_MOST  20 /* of a customer */
#define APPROVALS_APPROVED_MOST 1000

struct approval_request {
        const char *customer, *address, *comment; /* comment: "" for none */
        uint64_t id;                              /* result */
};
int op_approval_request(struct op *op, struct approval_request *call);

/* One as it is told. Who decided is named if he is a member of the customer; else "operator". */
struct approval_view {
        struct approval approval;
        char requester[NAME_MAX_BYTES + 1];
        char decided_by[NAME_MAX_BYTES + 1], revoked_by[NAME_MAX_BYTES + 1]; /* "": nobody */
        uint64_t used_usec; /* the token was, last */
};
int op_approval_view(struct op *op, uint64_t id, struct approval_view *ret_view);

struct approval_listing {
        const char *customer; /* "": of all, for the operator */
        int status;           /* -1: any */
        uint64_t before;
        uint32_t limit;
        struct approval_view *rows; /* results */
        size_t n;
        uint64_t next;
};
int op_approval_list(struct op *op, struct approval_listing *call);

int op_approval_approve(struct op *op, uint64_t id);
int op_approval_reject(struct op *op, uint64_t id, const char *reason);
int op_approval_revoke(struct op *op, uint64_t id, const char *reason);

/* With the token that was mailed to the actor, who is logged in. */
struct approval_answer {
        const struct secret *token;
        bool yes;
        const char *reason; /* of a rejection; "" for none */
        uint64_t id;        /* result */
};
int op_approval_answer(struct op *op, struct approval_answer *call);

/* The requester's own token for the address, once (R69). */
int op_approval_take(struct op *op, uint64_t id, struct secret **ret_token);

/* What nobody answered in time is told to who asked (R68). */
int op_approval_tend(struct op *op);

/* Lines for the greeting of a session: what waits for him at @customer, for which he acts. */
#define APPROVAL_WAITING_SIZE 192
int approval_waiting(struct op *op, struct tx *tx, const struct account *account,
                     const char *customer, char out[APPROVAL_WAITING_SIZE]);

/* What the files of approvals share. */

/* Does he hold the permission at the customer as a member of it? The operator's power counts for
 * nothing here (R67). */
int approval_member_holds(struct op *op, struct tx *tx, uint32_t uid, const char *customer,
                          const char *permission, bool *ret_holds);

/* Loads one for @act of the actor, and judges. Who may not see it is answered as if it was not
 * there. */
int approval_authorise(struct op *op, struct tx *tx, enum approval_act act, uint64_t id,
                       struct approval *ret_approval);

/* In the open transaction: the mails with a token for each who may answer; the mails that tell of
 * what became of it. */
int approval_mail_request(struct op *op, struct tx *tx, const struct approval *approval);
int approval_mail_outcome(struct op *op, struct tx *tx, const struct approval *approval);

/* In the open transaction: it is recorded. After the commit: it is told. */
int approval_record(struct op *op, struct tx *tx, const char *event,
                    const struct approval *approval);
void approval_announce(struct op *op, const char *event, const struct approval *approval);

/* One that nobody answered in time is closed, in the open transaction. */
int approval_close_expired(struct op *op, struct tx *tx, uint64_t id,
                           struct approval *ret_approval);

/* The mailed token of @row: is it @account's, good now, and its request pending? 0 or
 * BO_ERR_WRONG_CREDENTIALS. */
int approval_of_token(struct tx *tx, const struct account *account, const struct token_row *row,
                      struct approval *ret_approval);
/* Uses it up and answers, for the actor. Judges anew. */
int approval_answer_by_token(struct op *op, const unsigned char hash[KEYED_HASH_BYTES], bool yes,
                             const char *reason, struct approval *ret_approval);
