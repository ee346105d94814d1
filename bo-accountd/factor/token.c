/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation and reset tokens: 128 random bits that a person can type. */
#include "bo-accountd/factor/token.h"

#include <sodium.h>
#include <string.h>

#define GROUP       4
#define DATA        26               /* characters: 130 bits, the first two of them 0 */
#define SYMBOLS     (DATA + 1)       /* with the check character */
#define CHARACTERS  (SYMBOLS + 1)    /* with the mark */
#define TYPED_MAX   (CHARACTERS * 4) /* with generous separators */
#define NOT_OF_BASE 32

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Multiplies by the generator of GF(32), modulo x^5 + x^2 + 1. */
static unsigned times_x(unsigned value)
{
        return (value << 1 ^ (value & 16 ? 0x25U : 0)) & 31;
}

/* Horner's rule: the weight of each place is another power of x. 0 for a sound token. */
static unsigned checksum(const unsigned char *symbols, size_t count)
{
        unsigned sum = 0;

        for (size_t i = 0; i < count; i++)
                sum = times_x(sum) ^ symbols[i];
        return sum;
}

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
        symbols[DATA] = (unsigned char)times_x(checksum(symbols, DATA));

        *text++ = 'T';
        for (size_t i = 0; i < SYMBOLS; i++) {
                if ((i + 1) % GROUP == 0)
                        *text++ = '-';
                *text++ = alphabet[symbols[i]];
        }
        *text = '\0';
        sodium_memzero(symbols, sizeof(symbols));
}

/* 0..31; NOT_OF_BASE for U, which no token has; -1 for what is neither letter nor digit. */
static int symbol_of(char typed)
{
        if (typed >= 'a' && typed <= 'z')
                typed = (char)(typed - 'a' + 'A');
        if (typed == 'O')
                typed = '0';
        if (typed == 'I' || typed == 'L')
                typed = '1';
        if (typed == 'U')
                return NOT_OF_BASE;

        const char *found = typed != '\0' ? strchr(alphabet, typed) : NULL;

        return found ? (int)(found - alphabet) : -1;
}

/* What was typed, with the separators taken out. */
struct typed {
        unsigned char symbols[CHARACTERS];
        size_t count;
        bool grouped; /* separators only where groups part, and at the ends */
};

static bool read_typed(struct typed *typed, const char *text, size_t size)
{
        *typed = (struct typed){.grouped = true};
        if (size > TYPED_MAX)
                return false;
        for (size_t i = 0; i < size; i++) {
                if (text[i] == ' ' || text[i] == '-') {
                        typed->grouped = typed->grouped && typed->count % GROUP == 0;
                        continue;
                }

                int symbol = symbol_of(text[i]);

                if (symbol < 0 || typed->count == CHARACTERS)
                        return false;
                typed->symbols[typed->count++] = (unsigned char)symbol;
        }
        return typed->count == CHARACTERS && alphabet[typed->symbols[0] & 31] == 'T';
}

static bool is_sound(const unsigned char symbols[SYMBOLS])
{
        for (size_t i = 0; i < SYMBOLS; i++)
                if (symbols[i] >= NOT_OF_BASE)
                        return false;
        return symbols[0] < 8 && checksum(symbols, SYMBOLS) == 0; /* 130 bits hold 128 */
}

enum token_form token_parse(struct token *ret_token, const char *text, size_t size)
{
        struct typed typed;
        enum token_form form = TOKEN_FORM_NONE;

        if (read_typed(&typed, text, size)) {
                form = is_sound(typed.symbols + 1) ? TOKEN_FORM_GOOD
                       : typed.grouped             ? TOKEN_FORM_TYPO
                                                   : TOKEN_FORM_NONE;
                if (form == TOKEN_FORM_GOOD)
                        bytes_of_symbols(ret_token->bytes, typed.symbols + 1);
        }
        sodium_memzero(&typed, sizeof(typed));
        return form;
}

void token_hash(unsigned char out[KEYED_HASH_BYTES], const struct token *token,
                const struct keys *keys)
{
        keys_hash(out, keys->token, token->bytes, sizeof(token->bytes));
}
