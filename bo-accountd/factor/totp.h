/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One-time codes by RFC 6238 (SHA-1, 30 s, 6 digits), proven by liboath. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/factor/seal.h"
#include "common/secret.h"

#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET_BYTES 20
#define TOTP_STEP_SEC     30
#define TOTP_DIGITS       6
#define TOTP_WINDOW_STEPS 1 /* either way */

/* A new random secret. */
int totp_generate(struct secret **ret_secret);

/*
 * Which time step @code (@size bytes, any content) belongs to. 1 and *ret_step if it fits now or
 * one step either way and is newer than @last_step; 0 if not (also: wrong length, not digits); < 0
 * errno. @last_step: the step of the last code that was accepted, 0 if none. The caller stores the
 * step by compare-and-set, so that one code is good for one login (RFC 6238 5.2).
 */
int totp_verify(const struct secret *secret, const char *code, size_t size, uint64_t now_usec,
                uint64_t last_step, uint64_t *ret_step);

/* otpauth:// URI for a QR code, as short as it can be, and the secret in base32 without padding.
 * @issuer and @account are UTF-8. */
int totp_uri(const struct secret *secret, const char *issuer, const char *account,
             struct secret **ret_uri);
int totp_base32(const struct secret *secret, struct secret **ret_base32);

/* Sealed for the store; -EINVAL for a secret of another length. */
#define TOTP_SEALED_BYTES (SEAL_BYTES + TOTP_SECRET_BYTES)
int totp_seal(unsigned char out[TOTP_SEALED_BYTES], const struct secret *secret, uint32_t uid,
              const struct keys *keys);

/* -EBADMSG: changed, of another user, or sealed with another key. */
int totp_open(struct secret **ret_secret, const void *sealed, size_t size, uint32_t uid,
              const struct keys *keys);
