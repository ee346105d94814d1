/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program gives as its password: a key, a slip, or something else. */
#include "tests/fuzz/fuzz.h"

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/factor/token.h"

static enum token_form try_text(const char *text, size_t size)
{
        struct api_key key, untouched;
        struct token token;

        memset(&key, 0x5a, sizeof(key));
        untouched = key;

        enum token_form form = api_key_parse(&key, text, size);

        if (form == TOKEN_FORM_GOOD) {
                MUST_HOLD(size == API_KEY_CHARACTERS);
                MUST_HOLD(memcmp(text, "bo_", 3) == 0 && text[11] == '_');
                MUST_HOLD(memcmp(text + 3, key.prefix, 8) == 0 && key.prefix[8] == '\0');
                MUST_HOLD(memcmp(text + 12, key.secret, sizeof(key.secret)) == 0);
        } else {
                MUST_HOLD(memcmp(&key, &untouched, sizeof(key)) == 0);
        }
        if (form != TOKEN_FORM_NONE)
                MUST_HOLD(token_parse(&token, text, size) == TOKEN_FORM_NONE);
        return form;
}

/* As if all keys but the right ones were missing: a check of six of these would be right by chance
 * once in 2^30, so it is one byte wrong, or whole. */
static void try_as_key(const uint8_t *data, size_t size)
{
        struct api_key key;
        char text[API_KEY_TEXT_SIZE];

        api_key_generate(&key, text);
        MUST_HOLD(try_text(text, API_KEY_CHARACTERS) == TOKEN_FORM_GOOD);
        if (size < 2)
                return;

        size_t at = data[0] % API_KEY_CHARACTERS;

        if (text[at] == (char)data[1])
                return;
        text[at] = (char)data[1];
        MUST_HOLD(try_text(text, API_KEY_CHARACTERS) != TOKEN_FORM_GOOD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);

        (void)try_text(text, size); /* reads no byte beyond, and holds what it must */
        free(text);
        try_as_key(data, size);
        return 0;
}
