/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests a password: charged in a committed transaction first, the same work for every name (R38).
 */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/ops/verify_code.h"
#include "bo-accountd/store/lockout.h"

/* Whose password is tested, and where its failures are counted. */
struct subject {
        bool known;
        struct account account; /* if known: as it was when last read */
        char key[LOCKOUT_SUBJECT_SIZE];
        struct lockout_state lock; /* after the charge */
};

/* Finds @name; an unknown or malformed one, or that of somebody who is nobody on this host, gets a
 * lock of its own, so that it behaves like a known one. */
int subject_find(struct op *op, const char *name, struct subject *ret_subject);

/* Makes the subject an unknown name: sshd's dummy password must not count against a user. */
void subject_disown(struct op *op, const char *name, struct subject *subject);

/* How long the subject is still locked; 0: not. */
int subject_wait_usec(struct op *op, struct tx *tx, const struct subject *subject,
                      uint64_t *ret_wait_usec);

/*
 * Charges a failure, commits, then tests. 0 right (the charge stands until the caller clears it);
 * BO_ERR_WRONG_CREDENTIALS; BO_ERR_LOCKED_ATTEMPTS: locked before, nothing charged and nothing
 * tested, though the same time was spent.
 */
int verify_password(struct op *op, struct subject *subject, const struct secret *password);

/* Is there a password that could be right? */
bool subject_testable(const struct subject *subject);

/* Did the last charge lock the subject? */
bool subject_locked_now(const struct op *op, const struct subject *subject);

/* UserStatusChanged of a subject that this attempt has locked. The lock of a second factor is no
 * status. */
int subject_signal_lock(struct op *op, struct tx *tx, const struct subject *subject);

/* If it did: a mail to the user, who may not know who tries. Once a lock, since nothing is charged
 * while it lasts. */
int subject_tell_lock(struct op *op, struct tx *tx, const struct subject *subject);

/* "for 30 minutes", rounded up. */
void verify_wait_text(char *out, size_t size, uint64_t wait_usec);
