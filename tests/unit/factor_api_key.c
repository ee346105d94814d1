/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R76: the text of an API key: found by one expression, no slip taken for another. */
#include "tests/unit/unit.h"

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/factor/token.h"
#include "tests/unit/factor_world.h"

#include <regex.h>
#include <stdio.h>

#define SAMPLES 200

/* As documented in factor/api_key.h, in the words of POSIX. */
#define EXPRESSION "^bo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}$"

static enum token_form parse(struct api_key *key, const char *text)
{
        return api_key_parse(key, text, strlen(text));
}

static void R76_one_expression_finds_every_key_and_it_reads_back(void **unused)
{
        regex_t expression;

        assert_int_equal(regcomp(&expression, EXPRESSION, REG_EXTENDED | REG_NOSUB), 0);
        for (int i = 0; i < SAMPLES; i++) {
                char text[API_KEY_TEXT_SIZE];
                struct api_key key, read;

                api_key_generate(&key, text);
                assert_int_equal(strlen(text), API_KEY_CHARACTERS);
                assert_int_equal(regexec(&expression, text, 0, NULL, 0), 0);
                assert_int_equal(parse(&read, text), TOKEN_FORM_GOOD);
                assert_string_equal(read.prefix, key.prefix);
                assert_memory_equal(read.secret, key.secret, sizeof(key.secret));
                assert_memory_equal(text + 3, key.prefix, 8);
        }
        regfree(&expression);
}

/* What others compute with zlib: the texts were made apart from this program. */
static void R76_the_check_is_the_crc_that_scanners_know(void **unused)
{
        struct api_key key;

        assert_int_equal(parse(&key, "bo_0123abcd_0123456789abcdefghjkmnpqrstvwxyz"
                                     "cfg0n1"),
                         TOKEN_FORM_GOOD);
        assert_string_equal(key.prefix, "0123abcd");
        assert_memory_equal(key.secret, "0123456789abcdefghjkmnpqrstvwxyz", 32);
}

/* Each character takes on each of the 32: 160 bits of secret, 40 of prefix. */
static void all_bits_are_random(void **unused)
{
        bool seen[40][32] = {0};

        for (int i = 0; i < 1000; i++) {
                char text[API_KEY_TEXT_SIZE], both[40];
                struct api_key key;

                api_key_generate(&key, text);
                memcpy(both, key.prefix, 8);
                memcpy(both + 8, key.secret, 32);
                for (size_t j = 0; j < sizeof(both); j++)
                        seen[j][strchr(API_KEY_ALPHABET, both[j]) - API_KEY_ALPHABET] = true;
        }
        for (size_t j = 0; j < 40; j++)
                for (size_t k = 0; k < 32; k++)
                        assert_true(seen[j][k]);
}

static void every_single_wrong_character_is_a_slip(void **unused)
{
        char text[API_KEY_TEXT_SIZE];
        struct api_key key, untouched;

        api_key_generate(&key, text);
        memset(&key, 0x5a, sizeof(key));
        untouched = key;
        for (size_t at = 0; at < API_KEY_CHARACTERS; at++) {
                char right = text[at];

                for (const char *c = API_KEY_ALPHABET "AZilou_-! "; *c; c++) {
                        if (*c == right)
                                continue;
                        text[at] = *c;
                        assert_int_not_equal(parse(&key, text), TOKEN_FORM_GOOD);
                }
                text[at] = right;
        }
        assert_memory_equal(&key, &untouched, sizeof(key));
}

static void what_is_cut_off_wrapped_or_in_capitals_still_looks_like_a_key(void **unused)
{
        char text[2 * API_KEY_TEXT_SIZE];
        struct api_key key;

        api_key_generate(&key, text);
        strcat(text, "0");
        assert_int_equal(parse(&key, text), TOKEN_FORM_TYPO);
        text[API_KEY_CHARACTERS - 1] = '\0';
        assert_int_equal(parse(&key, text), TOKEN_FORM_TYPO);
        text[0] = 'B';
        assert_int_equal(parse(&key, text), TOKEN_FORM_TYPO);
}

static void passwords_and_tokens_are_no_keys(void **unused)
{
        static const char *const others[] = {
                "",
                "bo_",
                "bo_password_is_what_this_is",
                "bo_01234567_but the rest of it is a sentence of mine",
                "to_01234567_0123456789abcdefghjkmnpqrstvwxyz012345",
                "bo-01234567-0123456789abcdefghjkmnpqrstvwxyz012345",
                "bo_0123456_0123456789abcdefghjkmnpqrstvwxyz0123456",
        };
        char text[TOKEN_TEXT_SIZE];
        struct token token;
        struct api_key key;

        for (size_t i = 0; i < ELEMENTS(others); i++)
                if (parse(&key, others[i]) != TOKEN_FORM_NONE)
                        fail_msg("'%s' was taken for a key", others[i]);
        token_generate(&token, text);
        assert_int_equal(parse(&key, text), TOKEN_FORM_NONE);
}

/* R78: what is stored is of no use for another user, as another thing, or under another key file.
 */
static void the_hash_is_of_user_approval_prefix_and_secret(void **state)
{
        const struct factor_world *world = *state;
        unsigned char hash[KEYED_HASH_BYTES], other[KEYED_HASH_BYTES];
        char text[API_KEY_TEXT_SIZE];
        struct api_key key;

        api_key_generate(&key, text);
        api_key_hash(hash, &key, 70000, 0, world->keys);
        api_key_hash(other, &key, 70000, 0, world->keys);
        assert_memory_equal(hash, other, sizeof(hash));
        api_key_hash(other, &key, 70001, 0, world->keys);
        assert_memory_not_equal(hash, other, sizeof(hash));
        api_key_hash(other, &key, 70000, 1, world->keys);
        assert_memory_not_equal(hash, other, sizeof(hash));
        key.prefix[0] = key.prefix[0] == '0' ? '1' : '0';
        api_key_hash(other, &key, 70000, 0, world->keys);
        assert_memory_not_equal(hash, other, sizeof(hash));
        key.prefix[0] = text[3];
        key.secret[31] = key.secret[31] == '0' ? '1' : '0';
        api_key_hash(other, &key, 70000, 0, world->keys);
        assert_memory_not_equal(hash, other, sizeof(hash));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R76_one_expression_finds_every_key_and_it_reads_back),
                cmocka_unit_test(R76_the_check_is_the_crc_that_scanners_know),
                cmocka_unit_test(all_bits_are_random),
                cmocka_unit_test(every_single_wrong_character_is_a_slip),
                cmocka_unit_test(what_is_cut_off_wrapped_or_in_capitals_still_looks_like_a_key),
                cmocka_unit_test(passwords_and_tokens_are_no_keys),
                cmocka_unit_test_setup_teardown(the_hash_is_of_user_approval_prefix_and_secret,
                                                factor_world_setup, factor_world_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
