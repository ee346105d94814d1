/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation and reset tokens: 128 random bits that a person can type. */
#include "bo-accountd/factor/token.h"

#include <sodium.h>
#include <string.h>

#define DATA    26         /* characters: 130 bits, the first two of them 0 */
#define SYMBOLS (DATA + 1) /* with the check character */
#define MARK    'T'

_Static_assert(TYPED_TEXT_SIZE(SYMBOLS) == TOKEN_TEXT_SIZE, "seven groups of four");
_Static_assert(SYMBOLS <= TYPED_SYMBOLS_MOST, "a reader has room for them");

/* 5 bits each, the last one of @bytes last. */
static void symbols_of_bytes(unsigned char symbols[DATA], const unsigned char bytes[TOKEN_BYTES])
{
        unsigned pending = 0, bits = DATA * 5 - TOKEN_BYTES * 8;
        size_t next = 0;

        for (size_t i = 0; i < DATA; i++) {
                if (bits < 5) {
                        pending = (pending << 8 | bytes[next++]) & 0xfff;
                        bits += 8;
                }
                bits -= 5;
                symbols[i] = pending >> bits & 31;
        }
}

static void bytes_of_symbols(unsigned char bytes[TOKEN_BYTES], const unsigned char symbols[DATA])
{
        unsigned pending = symbols[0], bits = 3;
        size_t next = 0;

        for (size_t i = 1; i < DATA; i++) {
                pending = (pending << 5 | symbols[i]) & 0xfff;
                bits += 5;
                if (bits >= 8) {
                        bits -= 8;
                        bytes[next++] = pending >> bits & 0xff;
                }
        }
}

void token_generate(struct token *ret_token, char text[TOKEN_TEXT_SIZE])
{
        unsigned char symbols[SYMBOLS];

        randombytes_buf(ret_token->bytes, sizeof(ret_token->bytes));
        symbols_of_bytes(symbols, ret_token->bytes);
        typed_write(text, MARK, symbols, SYMBOLS);
        sodium_memzero(symbols, sizeof(symbols));
}

enum token_form token_parse(struct token *ret_token, const char *text, size_t size)
{
        unsigned char symbols[SYMBOLS];
        enum token_form form = typed_read(symbols, SYMBOLS, MARK, text, size);

        if (form == TOKEN_FORM_GOOD && symbols[0] >= 8) /* 130 bits hold 128 */
                form = TOKEN_FORM_TYPO;
        if (form == TOKEN_FORM_GOOD)
                bytes_of_symbols(ret_token->bytes, symbols);
        sodium_memzero(symbols, sizeof(symbols));
        return form;
}

void token_hash(unsigned char out[KEYED_HASH_BYTES], const struct token *token,
                const struct keys *keys)
{
        keys_hash(out, keys->token, token->bytes, sizeof(token->bytes));
}
