/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which keys of the ring came in force, what hangs on each, and what moves to the present one. */
#pragma once

#include "bo-accountd/factor/totp.h"
#include "bo-accountd/store/store.h"

struct sealing_key {
        char id[KEY_ID_SIZE];
        uint64_t since_usec;
        uint64_t retired_usec; /* 0: not */
};

/* What hangs on a key, as numbers. */
struct sealing_uses {
        uint64_t passwords, api_keys, recovery_codes; /* until they are used, or made anew */
        uint64_t tokens;                              /* until they end */
        uint64_t codes, mails;                        /* until they are sealed anew */
};

/* What would be lost with it. Passwords are not: what tests them stays of a retired key, since new
 * ones are held against old ones; or who never logs in would keep each key for ever. */
static inline uint64_t sealing_uses_lost(const struct sealing_uses *uses)
{
        return uses->api_keys + uses->recovery_codes + uses->tokens + uses->codes + uses->mails;
}

/* -ENODATA: it never came in force here. */
int sealing_key_load(struct store *store, const char *id, struct sealing_key *ret_key);

/*
 * @key is in force from now on: audited by the first row of the trail that is chained with it, and
 * everything after it is. *ret_new tells whether it was not before.
 */
int sealing_key_put_in_force(struct tx *tx, const struct keys *key, bool *ret_new);

int sealing_key_retire(struct tx *tx, const char *id);

/* @key of the ring of @tx, whose oldest has what says nothing of its key. */
int sealing_key_uses(struct tx *tx, const struct keys *key, struct sealing_uses *ret_uses);

/*
 * Of a copy that is looked at: is there anything in it that needs more of a key than is left of it,
 * now that it is retired? Then -ENOKEY, and its id. Not links, mails and recovery codes, which a
 * restore makes void.
 */
int sealing_key_lost(struct store *copy, char ret_id[KEY_ID_SIZE]);

/* Confirmed second factors, and mails, that @key sealed; @limit of them. Changed by the calls
 * below, once it has returned: @each only notes. */
struct sealed_row {
        int64_t id; /* uid, or of the mail */
        size_t size;
        const void *sealed;
};
int sealing_key_codes(struct tx *tx, const struct keys *key, uint32_t limit,
                      int (*each)(void *userdata, const struct sealed_row *row), void *userdata);
int sealing_key_mails(struct tx *tx, const struct keys *key, uint32_t limit,
                      int (*each)(void *userdata, const struct sealed_row *row), void *userdata);
int sealing_key_move_code(struct tx *tx, const struct sealed_row *row);
int sealing_key_move_mail(struct tx *tx, const struct sealed_row *row);

/* A set-up that nobody ended, under @key: it can be begun anew. */
int sealing_key_drop_unconfirmed(struct tx *tx, const struct keys *key);
