/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys and address tokens: what a program shows instead of a password (R66, R76 to R78). */
#include "bo-accountd/factor/api_key.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define PREFIX_CHARS (API_KEY_PREFIX_SIZE - 1)
#define HEAD         "bo_"
#define PREFIX_AT    (sizeof(HEAD) - 1)
#define DASH_AT      (PREFIX_AT + PREFIX_CHARS)
#define SECRET_AT    (DASH_AT + 1)
#define CHECK_AT     (SECRET_AT + API_KEY_SECRET_CHARS)
#define CHECK_CHARS  6

/* A key that lost or got some characters on its way is still no password. */
#define LOOKS_LEAST (API_KEY_CHARACTERS - 10)
#define LOOKS_MOST  (API_KEY_CHARACTERS + 10)

_Static_assert(CHECK_AT + CHECK_CHARS == API_KEY_CHARACTERS, "the parts are the whole");

static const char alphabet[] = API_KEY_ALPHABET;

_Static_assert(sizeof(alphabet) == 32 + 1, "five bits a character");

/* ISO 3309, reflected, bit by bit: 44 bytes are not worth a table. */
static uint32_t crc32_of(const char *text, size_t size)
{
        uint32_t crc = 0xffffffff;

        for (size_t i = 0; i < size; i++) {
                crc ^= (unsigned char)text[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
        }
        return ~crc;
}

static void write_check(char check[CHECK_CHARS], const char *text)
{
        uint32_t crc = crc32_of(text, CHECK_AT);

        for (int i = 0; i < CHECK_CHARS; i++)
                check[i] = alphabet[crc >> 5 * (CHECK_CHARS - 1 - i) & 31];
}

static void write_random(char *out, size_t n)
{
        unsigned char bytes[API_KEY_SECRET_CHARS];

        randombytes_buf(bytes, n);
        for (size_t i = 0; i < n; i++)
                out[i] = alphabet[bytes[i] & 31];
        sodium_memzero(bytes, sizeof(bytes));
}

void api_key_generate(struct api_key *ret_key, char text[API_KEY_TEXT_SIZE])
{
        write_random(ret_key->prefix, PREFIX_CHARS);
        ret_key->prefix[PREFIX_CHARS] = '\0';
        write_random(ret_key->secret, sizeof(ret_key->secret));
        memcpy(text, HEAD, PREFIX_AT);
        memcpy(text + PREFIX_AT, ret_key->prefix, PREFIX_CHARS);
        text[DASH_AT] = '_';
        memcpy(text + SECRET_AT, ret_key->secret, sizeof(ret_key->secret));
        write_check(text + CHECK_AT, text);
        text[API_KEY_CHARACTERS] = '\0';
}

static bool is_letter_or_digit(char byte)
{
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z');
}

/* Like a key that somebody typed, wrapped or cut off. */
static bool looks_like_one(const char *text, size_t size)
{
        if (size < LOOKS_LEAST || size > LOOKS_MOST || (text[0] | 0x20) != 'b' ||
            (text[1] | 0x20) != 'o' || text[2] != '_' || text[DASH_AT] != '_')
                return false;
        for (size_t i = PREFIX_AT; i < size; i++)
                if (i != DASH_AT && !is_letter_or_digit(text[i]))
                        return false;
        return true;
}

static bool is_exact(const char *text, size_t size)
{
        char check[CHECK_CHARS];
        bool same;

        if (size != API_KEY_CHARACTERS || memcmp(text, HEAD, PREFIX_AT) != 0)
                return false;
        for (size_t i = PREFIX_AT; i < size; i++)
                if (i != DASH_AT && !memchr(alphabet, text[i], sizeof(alphabet) - 1))
                        return false;
        write_check(check, text);
        same = sodium_memcmp(check, text + CHECK_AT, sizeof(check)) == 0;
        sodium_memzero(check, sizeof(check));
        return same;
}

enum token_form api_key_parse(struct api_key *ret_key, const char *text, size_t size)
{
        if (!looks_like_one(text, size))
                return TOKEN_FORM_NONE;
        if (!is_exact(text, size))
                return TOKEN_FORM_TYPO;
        memcpy(ret_key->prefix, text + PREFIX_AT, PREFIX_CHARS);
        ret_key->prefix[PREFIX_CHARS] = '\0';
        memcpy(ret_key->secret, text + SECRET_AT, sizeof(ret_key->secret));
        return TOKEN_FORM_GOOD;
}

void api_key_hash(unsigned char out[KEYED_HASH_BYTES], const struct api_key *key, uint32_t uid,
                  int64_t approval, const struct keys *keys)
{
        unsigned char bytes[4 + 8 + PREFIX_CHARS + API_KEY_SECRET_CHARS];

        for (int i = 0; i < 4; i++)
                bytes[i] = uid >> 8 * i & 0xff;
        for (int i = 0; i < 8; i++)
                bytes[4 + i] = (uint64_t)approval >> 8 * i & 0xff;
        memcpy(bytes + 12, key->prefix, PREFIX_CHARS);
        memcpy(bytes + 12 + PREFIX_CHARS, key->secret, sizeof(key->secret));
        /* Longer than what tokens hash under the same key, so never the same. */
        keys_hash(out, keys->token, bytes, sizeof(bytes));
        sodium_memzero(bytes, sizeof(bytes));
}
