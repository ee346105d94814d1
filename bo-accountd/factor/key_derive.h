/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a key of the ring is turned into (libsodium crypto_kdf). */
#pragma once

#include "bo-accountd/factor/keys.h"

/* Part of the stored format: a number is never given to another purpose. */
enum key_purpose {
        KEY_PEPPER = 1,
        KEY_TOKEN = 2,
        KEY_NAME = 3,
        KEY_SEAL = 4,
        KEY_AUDIT = 5,
        KEY_CURSOR = 6,
        KEY_RECOVERY = 7,
        KEY_ID = 8,
};

/* NULL: no memory. */
struct secret *key_derive(const unsigned char master[KEY_BYTES], enum key_purpose purpose);

/* By which it is known; it tells nothing of the key. */
void key_derive_id(char out[KEY_ID_SIZE], const unsigned char master[KEY_BYTES]);
