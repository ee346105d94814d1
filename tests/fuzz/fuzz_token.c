/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is typed at the password prompt: a token, a slip, or a password. */
#include "tests/fuzz/fuzz.h"

#include "bo-accountd/factor/link.h"
#include "bo-accountd/factor/recovery.h"
#include "bo-accountd/factor/token.h"

/* Reads it once more, in capitals and without separators: the same must come out. */
static void check_again(const struct token *token, const char *text, size_t size)
{
        char *bare = malloc(size + 1);
        struct token again;
        size_t used = 0;

        MUST_HOLD(bare);
        for (size_t i = 0; i < size; i++)
                if (text[i] != ' ' && text[i] != '-')
                        bare[used++] =
                                text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
        MUST_HOLD(used == 28);
        MUST_HOLD(token_parse(&again, bare, used) == TOKEN_FORM_GOOD);
        MUST_HOLD(memcmp(token->bytes, again.bytes, TOKEN_BYTES) == 0);
        free(bare);
}

static void try_text(const char *text, size_t size)
{
        struct token token, untouched;

        memset(&token, 0x5a, sizeof(token));
        untouched = token;

        enum token_form form = token_parse(&token, text, size);

        if (form == TOKEN_FORM_GOOD)
                check_again(&token, text, size);
        else
                MUST_HOLD(memcmp(&token, &untouched, sizeof(token)) == 0);
        if (form != TOKEN_FORM_NONE)
                MUST_HOLD(size >= 28 && strcspn(text, "Tt") < size);
}

/* Bare or in the address of a page, a token is the same one; what merely begins like the address is
 * no password. */
static void try_link(const char *text, size_t size)
{
        static const char page[] = "https://a.example/#{token}&x", head[] = "https://a.example/#";
        size_t length = sizeof(head) - 1 + size + 2;
        char *link = malloc(length);
        struct token token, linked;
        enum token_form form = token_parse(&token, text, size);

        MUST_HOLD(link);
        memcpy(link, head, sizeof(head) - 1);
        memcpy(link + sizeof(head) - 1, text, size);
        memcpy(link + length - 2, "&x", 2);
        MUST_HOLD(link_parse(&linked, "", link, length) == TOKEN_FORM_NONE);
        MUST_HOLD(link_parse(&linked, page, link, length) ==
                  (form == TOKEN_FORM_GOOD ? form : TOKEN_FORM_TYPO));
        if (form == TOKEN_FORM_GOOD)
                MUST_HOLD(memcmp(token.bytes, linked.bytes, TOKEN_BYTES) == 0);
        free(link);
        (void)link_parse(&linked, page, text, size); /* reads no byte beyond */
}

/* No code of an app, no token, and nothing of a password but its end, is a recovery code. */
static void try_recovery(const char *text, size_t size)
{
        struct recovery_code code;
        struct token token;
        enum token_form form = recovery_parse(&code, text, size);
        size_t tail = recovery_tail(text, size);

        if (form != TOKEN_FORM_NONE) {
                MUST_HOLD(size >= 12 && strcspn(text, "Rr") < size);
                MUST_HOLD(token_parse(&token, text, size) == TOKEN_FORM_NONE);
        }
        MUST_HOLD(tail == 0 || (tail == 14 && size >= 14 && text[size - 5] == '-'));
}

/* As if all keys but the right ones were missing: one in 128 of these is a good token. */
static void try_as_symbols(const uint8_t *data, size_t size)
{
        static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
        char *text = fuzz_string(data, size);

        for (size_t i = 0; i < size; i++)
                text[i] = i == 0 ? 't' : alphabet[data[i] & 31];
        try_text(text, size);
        try_link(text, size);
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);

        try_text(text, size);
        try_link(text, size);
        try_recovery(text, size);
        free(text);
        if (size == 28)
                try_as_symbols(data, size);
        return 0;
}
