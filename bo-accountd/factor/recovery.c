/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recovery codes: 50 random bits that stand in for a one-time code, once (R62). */
#include "bo-accountd/factor/recovery.h"

#include <sodium.h>
#include <string.h>

#define SYMBOLS (RECOVERY_SYMBOLS + 1) /* with the check character */
#define MARK    'R'

_Static_assert(TYPED_TEXT_SIZE(SYMBOLS) == RECOVERY_TEXT_SIZE, "three groups of four");
_Static_assert(SYMBOLS <= TYPED_SYMBOLS_MOST, "a reader has room for them");

void recovery_generate(struct recovery_code *ret_code, char text[RECOVERY_TEXT_SIZE])
{
        unsigned char symbols[SYMBOLS];

        randombytes_buf(symbols, sizeof(symbols));
        for (size_t i = 0; i < RECOVERY_SYMBOLS; i++)
                symbols[i] &= 31;
        memcpy(ret_code->symbols, symbols, sizeof(ret_code->symbols));
        typed_write(text, MARK, symbols, SYMBOLS);
        sodium_memzero(symbols, sizeof(symbols));
}

enum token_form recovery_parse(struct recovery_code *ret_code, const char *text, size_t size)
{
        unsigned char symbols[SYMBOLS];
        enum token_form form = typed_read(symbols, SYMBOLS, MARK, text, size);

        if (form == TOKEN_FORM_GOOD)
                memcpy(ret_code->symbols, symbols, sizeof(ret_code->symbols));
        sodium_memzero(symbols, sizeof(symbols));
        return form;
}

size_t recovery_tail(const char *text, size_t size)
{
        const size_t length = RECOVERY_TEXT_SIZE - 1;
        const char *tail = size < length ? "" : text + size - length;
        struct recovery_code code;

        if (size < length || tail[4] != '-' || tail[9] != '-' ||
            recovery_parse(&code, tail, length) != TOKEN_FORM_GOOD)
                return 0;
        sodium_memzero(&code, sizeof(code));
        return length;
}

/* The uid is part of it: a row that is moved to another user is no code of his. */
void recovery_hash(unsigned char out[KEYED_HASH_BYTES], const struct recovery_code *code,
                   uint32_t uid, const struct keys *keys)
{
        unsigned char bytes[4 + RECOVERY_SYMBOLS];

        for (int i = 0; i < 4; i++)
                bytes[i] = uid >> (8 * i) & 0xff;
        memcpy(bytes + 4, code->symbols, sizeof(code->symbols));
        keys_hash(out, keys->recovery, bytes, sizeof(bytes));
        sodium_memzero(bytes, sizeof(bytes));
}
