/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation, reset and other mailed tokens: hashed, bound to purpose, user and credential epoch,
 * good once. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/policy/name.h"
#include "bo-accountd/store/store.h"

enum token_purpose {
        TOKEN_ACTIVATION,
        TOKEN_RESET,
        TOKEN_EMAIL,    /* proves a new address; no way in */
        TOKEN_APPROVAL, /* answers a request for an address; no way in either */
};

/* Is it one by which a user sets a password and gets in? */
static inline bool token_opens(enum token_purpose purpose)
{
        return purpose == TOKEN_ACTIVATION || purpose == TOKEN_RESET;
}

struct token_row {
        unsigned char hash[KEYED_HASH_BYTES];
        enum token_purpose purpose;
        uint32_t uid;
        int64_t credential_epoch;
        uint64_t issued_usec;
        uint64_t expires_usec;
        int64_t clock_epoch;
        uint64_t used_usec; /* 0: not used */
        bool by_admin;      /* issued by an administrator, not asked for by the user (R37, R40) */
        uint32_t issuer_uid;
        char address[NAME_MAX_BYTES + 1]; /* TOKEN_EMAIL: the new one */
        uint64_t approval;                /* TOKEN_APPROVAL: its request */
};

/* Ends all open tokens of the user; *ret_ended tells how many there were. */
int token_end_all(struct tx *tx, uint32_t uid, unsigned *ret_ended);
/* Ends those of one purpose. */
int token_end_purpose(struct tx *tx, uint32_t uid, enum token_purpose purpose);
/* Ends those by which a request for an address could be answered: it has been. */
int token_end_of_approval(struct tx *tx, uint64_t approval);
/* Has its time not passed, by the latest that the clock has shown since? */
int token_in_time(struct tx *tx, const struct token_row *token, bool *ret_in_time);
/* issued_usec, clock_epoch, credential_epoch are filled in from @tx and the account; older tokens
 * stay as they are. BO_ERR_NO_SUCH_USER. */
int token_insert(struct tx *tx, const struct token_row *token);
/* BO_ERR_WRONG_CREDENTIALS if there is none; says nothing of validity (the caller judges). */
int token_load(struct store *store, const unsigned char hash[KEYED_HASH_BYTES],
               struct token_row *ret_token);
/* One conditional UPDATE: BO_ERR_WRONG_CREDENTIALS if it is used already, or there is none. */
int token_use(struct tx *tx, const unsigned char hash[KEYED_HASH_BYTES]);
/* Drops rows that expired before @before_usec; at most 4096 a call, so that no login waits long. */
int token_sweep(struct tx *tx, uint64_t before_usec);
