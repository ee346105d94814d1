/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R24, R36: a link is the site's address with the token in it, and may be pasted as a whole. */
#include "tests/unit/unit.h"

#include "bo-accountd/factor/link.h"

#include <string.h>

static const char page[] = "https://shop.example/activate?token={token}&lang=nl";

static enum token_form parse(struct token *token, const char *template, const char *text)
{
        return link_parse(token, template, text, strlen(text));
}

static void address_has_the_token_in_its_place(void **unused)
{
        char out[LINK_SIZE];

        link_write(out, page, "TOKEN");
        assert_string_equal(out, "https://shop.example/activate?token=TOKEN&lang=nl");
        link_write(out, "https://shop.example/#{token}", "TOKEN");
        assert_string_equal(out, "https://shop.example/#TOKEN");
        link_write(out, "", "TOKEN");
        assert_string_equal(out, "TOKEN");
}

static void longest_template_has_room(void **unused)
{
        char template[LINK_TEMPLATE_MAX + 1], text[TOKEN_TEXT_SIZE], out[LINK_SIZE];
        struct token token, read;

        memset(template, 'x', LINK_TEMPLATE_MAX);
        template[LINK_TEMPLATE_MAX] = '\0';
        memcpy(template, "https://shop.example/{token}", strlen("https://shop.example/{token}"));
        token_generate(&token, text);
        link_write(out, template, text);
        assert_int_equal(parse(&read, template, out), TOKEN_FORM_GOOD);
        assert_memory_equal(read.bytes, token.bytes, TOKEN_BYTES);
}

static void pasted_link_is_read_as_its_token(void **unused)
{
        char text[TOKEN_TEXT_SIZE], link[LINK_SIZE], padded[LINK_SIZE + 4];
        struct token token, read;

        token_generate(&token, text);
        link_write(link, page, text);
        snprintf(padded, sizeof(padded), " %s ", link);
        for (int i = 0; i < 3; i++) {
                read = (struct token){{0}};
                assert_int_equal(parse(&read, page, (char *[]){link, padded, text}[i]),
                                 TOKEN_FORM_GOOD);
                assert_memory_equal(read.bytes, token.bytes, TOKEN_BYTES);
        }
}

static void damaged_link_is_a_typing_error_never_a_password(void **unused)
{
        char text[TOKEN_TEXT_SIZE], link[LINK_SIZE];
        struct token token;

        token_generate(&token, text);
        link_write(link, page, text);
        link[strlen(link) - 1] = '\0';
        assert_int_equal(parse(&token, page, link), TOKEN_FORM_TYPO);
        assert_int_equal(parse(&token, page, "https://shop.example/activate?token="),
                         TOKEN_FORM_TYPO);
        assert_int_equal(parse(&token, page, "https://shop.example/activate?token=x&lang=nl"),
                         TOKEN_FORM_TYPO);
}

static void what_is_no_link_stays_a_password(void **unused)
{
        char text[TOKEN_TEXT_SIZE], link[LINK_SIZE];
        struct token token;

        token_generate(&token, text);
        link_write(link, page, text);
        assert_int_equal(parse(&token, "", link), TOKEN_FORM_NONE);
        assert_int_equal(parse(&token, "https://other.example/{token}", link), TOKEN_FORM_NONE);
        assert_int_equal(parse(&token, page, "correct horse battery 9"), TOKEN_FORM_NONE);
        assert_int_equal(parse(&token, page, ""), TOKEN_FORM_NONE);
        assert_int_equal(parse(&token, page, "   "), TOKEN_FORM_NONE);
        assert_int_equal(parse(&token, "", text), TOKEN_FORM_GOOD);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(address_has_the_token_in_its_place),
                cmocka_unit_test(longest_template_has_room),
                cmocka_unit_test(pasted_link_is_read_as_its_token),
                cmocka_unit_test(damaged_link_is_a_typing_error_never_a_password),
                cmocka_unit_test(what_is_no_link_stays_a_password),
        };

        return cmocka_run_group_tests_name("links (R24, R36)", tests, NULL, NULL);
}
