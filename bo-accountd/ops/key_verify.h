/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key that a program was shown by its own client: whose it is, and what he may do (R70, R76). */
#pragma once

#include "bo-accountd/ops/holding.h"
#include "bo-accountd/store/api_key.h"
#include "common/secret.h"

struct key_verify {
        struct secret *key;
        const char *service, *permission; /* permission: that is demanded besides; "": none */
        char rhost[46];                   /* numeric; "": not known */
        struct account account;           /* results */
        struct holding holding;
        struct customer customer; /* of the holding; id "": none */
        char prefix[API_KEY_PREFIX_SIZE];
};

/*
 * Lets the owner of a key in, as auth and account of that PAM service would: BO_ERR_NOT_ALLOWED
 * (who asks is not root, nor named by Callers=), BO_ERR_WRONG_SERVICE, BO_ERR_THROTTLED,
 * BO_ERR_WRONG_CREDENTIALS, what his status, the place, the address and the permissions come to.
 */
int op_key_verify(struct op *op, struct key_verify *call);
void key_verify_clear(struct key_verify *call);
