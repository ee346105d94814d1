/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store must hold but a thief of it not read: sealed with the key (crypto_secretbox). */
#pragma once

#include "bo-accountd/factor/keys.h"

#include <stddef.h>
#include <stdint.h>

#define SEAL_BYTES (24 + 16 + 8) /* nonce, box, owner: how much longer it gets */

/*
 * Whose it is goes into the box, so that rows cannot be exchanged. Kinds of owners keep to numbers
 * of their own: uids are below SEAL_OWNER_MAIL, mails are counted from there.
 */
#define SEAL_OWNER_MAIL   (UINT64_C(1) << 63)
#define SEAL_OWNER_MARK   UINT64_MAX       /* the mark beside the database */
#define SEAL_OWNER_BACKUP (UINT64_MAX - 1) /* the end of a backup */

/* Writes @size + SEAL_BYTES bytes. */
int seal_close(unsigned char *out, const void *plain, size_t size, uint64_t owner,
               const struct keys *keys);

/* -EBADMSG: changed, another owner's, or sealed with no key of the ring. */
int seal_open(struct secret **ret_plain, const void *sealed, size_t size, uint64_t owner,
              const struct keys *keys);
