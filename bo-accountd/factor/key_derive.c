/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a key of the ring is turned into (libsodium crypto_kdf). */
#include "bo-accountd/factor/key_derive.h"

#include <sodium.h>
#include <stdint.h>

_Static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "a key of the ring is one of crypto_kdf");
_Static_assert(KEY_ID_CHARS == crypto_kdf_BYTES_MIN, "the first half of the shortest is the id");

static const char key_context[crypto_kdf_CONTEXTBYTES] = {'b', 'o', '-', 'k', 'e', 'y', 's', '1'};

struct secret *key_derive(const unsigned char master[KEY_BYTES], enum key_purpose purpose)
{
        struct secret *key = secret_new(crypto_kdf_KEYBYTES);

        /* Fails only for a length out of its range. */
        if (key && crypto_kdf_derive_from_key((unsigned char *)key->bytes, key->size,
                                              (uint64_t)purpose, key_context, master) < 0)
                return secret_free(key);
        return key;
}

void key_derive_id(char out[KEY_ID_SIZE], const unsigned char master[KEY_BYTES])
{
        unsigned char bytes[crypto_kdf_BYTES_MIN];

        /* As above. */
        (void)crypto_kdf_derive_from_key(bytes, sizeof(bytes), KEY_ID, key_context, master);
        sodium_bin2hex(out, KEY_ID_SIZE, bytes, KEY_ID_CHARS / 2);
}
