/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OTP secrets sealed for the store, so that a stolen database alone makes no codes. */
#include "bo-accountd/factor/totp.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define OWNER_BYTES 8
#define PLAIN_BYTES (OWNER_BYTES + TOTP_SECRET_BYTES)

_Static_assert(TOTP_SEALED_BYTES ==
                       crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + PLAIN_BYTES,
               "nonce, then the box");

/* Little endian, and wider than a uid of today. */
static void put_owner(char out[OWNER_BYTES], uint32_t uid)
{
        for (int i = 0; i < OWNER_BYTES; i++)
                out[i] = (char)((uint64_t)uid >> (8 * i) & 0xff);
}

int totp_seal(unsigned char out[TOTP_SEALED_BYTES], const struct secret *secret, uint32_t uid,
              const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *plain = NULL;

        if (secret->size != TOTP_SECRET_BYTES)
                return -EINVAL;
        plain = secret_new(PLAIN_BYTES);
        if (!plain)
                return -ENOMEM;
        put_owner(plain->bytes, uid);
        memcpy(plain->bytes + OWNER_BYTES, secret->bytes, secret->size);

        randombytes_buf(out, crypto_secretbox_NONCEBYTES);
        /* Cannot fail. */
        crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES,
                              (const unsigned char *)plain->bytes, plain->size, out,
                              (const unsigned char *)keys->seal->bytes);
        return 0;
}

int totp_open(struct secret **ret_secret, const void *sealed, size_t size, uint32_t uid,
              const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *plain = NULL;
        const unsigned char *nonce = sealed;
        char owner[OWNER_BYTES];

        if (size != TOTP_SEALED_BYTES)
                return -EBADMSG;
        plain = secret_new(PLAIN_BYTES);
        if (!plain)
                return -ENOMEM;
        if (crypto_secretbox_open_easy((unsigned char *)plain->bytes,
                                       nonce + crypto_secretbox_NONCEBYTES,
                                       size - crypto_secretbox_NONCEBYTES, nonce,
                                       (const unsigned char *)keys->seal->bytes) < 0)
                return -EBADMSG;
        put_owner(owner, uid);
        if (memcmp(plain->bytes, owner, OWNER_BYTES) != 0)
                return -EBADMSG;

        struct secret *secret = secret_copy(plain->bytes + OWNER_BYTES, TOTP_SECRET_BYTES);

        if (!secret)
                return -ENOMEM;
        *ret_secret = secret;
        return 0;
}
