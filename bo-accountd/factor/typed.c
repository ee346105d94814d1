/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random symbols that a person can type: written in groups, read back however typed. */
#include "bo-accountd/factor/typed.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define CHARACTERS_MOST (TYPED_SYMBOLS_MOST + 1) /* with the mark */
#define SEPARATORS_MOST 3                        /* for each character: generous */
#define NOT_OF_BASE     32

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Multiplies by the generator of GF(32), modulo x^5 + x^2 + 1. */
static unsigned times_x(unsigned value)
{
        return (value << 1 ^ (value & 16 ? 0x25U : 0)) & 31;
}

/* Horner's rule: the weight of each place is another power of x. 0 for sound symbols. */
static unsigned checksum(const unsigned char *symbols, size_t count)
{
        unsigned sum = 0;

        for (size_t i = 0; i < count; i++)
                sum = times_x(sum) ^ symbols[i];
        return sum;
}

void typed_write(char *text, char mark, unsigned char *symbols, size_t count)
{
        symbols[count - 1] = (unsigned char)times_x(checksum(symbols, count - 1));
        *text++ = mark;
        for (size_t i = 0; i < count; i++) {
                if ((i + 1) % TYPED_GROUP == 0)
                        *text++ = '-';
                *text++ = alphabet[symbols[i]];
        }
        *text = '\0';
}

/* 0..31; NOT_OF_BASE for U, which none has; -1 for what is neither letter nor digit. */
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
        unsigned char symbols[CHARACTERS_MOST];
        size_t count;
        bool grouped; /* separators only where groups part, and at the ends */
};

static bool read_characters(struct typed *typed, size_t characters, const char *text, size_t size)
{
        *typed = (struct typed){.grouped = true};
        if (size > characters * (1 + SEPARATORS_MOST))
                return false;
        for (size_t i = 0; i < size; i++) {
                if (text[i] == ' ' || text[i] == '-') {
                        typed->grouped = typed->grouped && typed->count % TYPED_GROUP == 0;
                        continue;
                }

                int symbol = symbol_of(text[i]);

                if (symbol < 0 || typed->count == characters)
                        return false;
                typed->symbols[typed->count++] = (unsigned char)symbol;
        }
        return typed->count == characters;
}

static bool is_sound(const unsigned char *symbols, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (symbols[i] >= NOT_OF_BASE)
                        return false;
        return checksum(symbols, count) == 0;
}

enum token_form typed_read(unsigned char *ret_symbols, size_t count, char mark, const char *text,
                           size_t size)
{
        struct typed typed;
        enum token_form form = TOKEN_FORM_NONE;

        if (read_characters(&typed, count + 1, text, size) &&
            alphabet[typed.symbols[0] & 31] == mark) {
                form = is_sound(typed.symbols + 1, count) ? TOKEN_FORM_GOOD
                       : typed.grouped                    ? TOKEN_FORM_TYPO
                                                          : TOKEN_FORM_NONE;
                if (form == TOKEN_FORM_GOOD)
                        memcpy(ret_symbols, typed.symbols + 1, count);
        }
        sodium_memzero(&typed, sizeof(typed));
        return form;
}
