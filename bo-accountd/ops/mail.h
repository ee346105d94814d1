/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mails to users: queued in the transaction that causes them, delivered later by bo-maild. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "common/mail_kind.h"

/* What the template fills in besides the user; NULL: not of this kind. */
struct mail_fields {
        const char *to;   /* instead of the user's own address */
        const char *link; /* NULL without LinkTemplate= */
        const char *token, *expires;
        const char *days, *minutes, *reason, *address, *customer;
        const char *approval, *requester;          /* a request for an address: number, who asked */
        const char *approved, *rejected, *revoked; /* by whom it was */
        const char *key;                           /* the public part of one that goes on working */
};

/* Is there somebody who delivers, and an address to deliver to? */
bool mail_reaches(const struct op *op, const struct account *account);

/* Queues a mail to @account; nothing is queued, and 0 returned, for one who has no address or when
 * mail is off. */
int mail_queue(struct op *op, struct tx *tx, const struct account *account, enum mail_kind kind,
               const struct mail_fields *fields);
