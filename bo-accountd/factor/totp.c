/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One-time codes by RFC 6238, proven by liboath, and the URI that carries their secret to an app.
 */
#include "bo-accountd/factor/totp.h"

#include "common/clock.h"

#include <errno.h>
#include <oath.h>
#include <sodium.h>
#include <string.h>

#define STEP_USEC (TOTP_STEP_SEC * USEC_PER_SEC)

int totp_generate(struct secret **ret_secret)
{
        struct secret *secret = secret_new(TOTP_SECRET_BYTES);

        if (!secret)
                return -ENOMEM;
        randombytes_buf(secret->bytes, secret->size);
        *ret_secret = secret;
        return 0;
}

/* liboath takes the number of digits from the length of what was typed: so both are tested first.
 */
static bool is_code(const char *code, size_t size)
{
        if (size != TOTP_DIGITS)
                return false;
        for (size_t i = 0; i < size; i++)
                if (code[i] < '0' || code[i] > '9')
                        return false;
        return true;
}

static int code_of_step(char out[TOTP_DIGITS + 1], const struct secret *secret, uint64_t step)
{
        int r = oath_hotp_generate(secret->bytes, secret->size, step, TOTP_DIGITS, false,
                                   OATH_HOTP_DYNAMIC_TRUNCATION, out);

        return r == OATH_OK ? 0 : r == OATH_MALLOC_ERROR ? -ENOMEM : -EIO;
}

int totp_verify(const struct secret *secret, const char *code, size_t size, uint64_t now_usec,
                uint64_t last_step, uint64_t *ret_step)
{
        uint64_t now_step = now_usec / STEP_USEC;
        uint64_t first = now_step > TOTP_WINDOW_STEPS ? now_step - TOTP_WINDOW_STEPS : 0;
        uint64_t found = 0;

        if (!is_code(code, size))
                return 0;

        /* All steps, always. Of two with the same code the newer counts: else it could be replayed.
         */
        for (uint64_t step = first; step <= now_step + TOTP_WINDOW_STEPS; step++) {
                char expected[TOTP_DIGITS + 1];
                int r = code_of_step(expected, secret, step);

                if (r < 0)
                        return r;
                if (sodium_memcmp(expected, code, TOTP_DIGITS) == 0)
                        found = step;
                sodium_memzero(expected, sizeof(expected));
        }
        if (found <= last_step)
                return 0;
        *ret_step = found;
        return 1;
}

int totp_base32(const struct secret *secret, struct secret **ret_base32)
{
        char *text = NULL;
        size_t length = 0;
        int r = oath_base32_encode(secret->bytes, secret->size, &text, &length);

        if (r != OATH_OK)
                return r == OATH_MALLOC_ERROR ? -ENOMEM : -EIO;

        struct secret *base32 = secret_copy(text, strcspn(text, "="));

        sodium_memzero(text, length);
        free(text);
        if (!base32)
                return -ENOMEM;
        *ret_base32 = base32;
        return 0;
}

/* RFC 3986 2.3, and in a path '@' as well (3.3). '+' is encoded: some apps read it as a space. */
static bool stands_for_itself(char byte, bool in_path)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-._~", byte)) ||
               (in_path && byte == '@');
}

/* Appends to @out, of which there is enough: three bytes for one. */
static char *put_encoded(char *out, const char *text, bool in_path)
{
        static const char hex[] = "0123456789ABCDEF";

        for (; *text; text++) {
                unsigned char byte = (unsigned char)*text;

                if (stands_for_itself(*text, in_path)) {
                        *out++ = *text;
                } else {
                        *out++ = '%';
                        *out++ = hex[byte >> 4];
                        *out++ = hex[byte & 15];
                }
        }
        return out;
}

int totp_uri(const struct secret *secret, const char *issuer, const char *account,
             struct secret **ret_uri)
{
        static const char scheme[] = "otpauth://totp/", query[] = "?secret=", by[] = "&issuer=";
        _cleanup_(secret_freep) struct secret *base32 = NULL;
        _cleanup_(secret_freep) struct secret *uri = NULL;
        int r = totp_base32(secret, &base32);

        if (r < 0)
                return r;
        uri = secret_new(sizeof(scheme) + sizeof(query) + sizeof(by) + base32->size +
                         3 * (strlen(issuer) + strlen(account)));
        if (!uri)
                return -ENOMEM;

        char *end = stpcpy(uri->bytes, scheme);

        end = put_encoded(end, account, true);
        end = stpcpy(stpcpy(end, query), base32->bytes);
        end = put_encoded(stpcpy(end, by), issuer, false);
        uri->size = (size_t)(end - uri->bytes);
        *ret_uri = TAKE_PTR(uri);
        return 0;
}

int totp_seal(unsigned char out[TOTP_SEALED_BYTES], const struct secret *secret, uint32_t uid,
              const struct keys *keys)
{
        if (secret->size != TOTP_SECRET_BYTES)
                return -EINVAL;
        return seal_close(out, secret->bytes, secret->size, uid, keys);
}

int totp_open(struct secret **ret_secret, const void *sealed, size_t size, uint32_t uid,
              const struct keys *keys)
{
        if (size != TOTP_SEALED_BYTES)
                return -EBADMSG;
        return seal_open(ret_secret, sealed, size, uid, keys);
}
