/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R24: tokens that a person types: read back however typed, and no slip taken for another. */
#include "tests/unit/unit.h"

#include "bo-accountd/factor/token.h"
#include "tests/unit/factor_world.h"

#define SAMPLES    50
#define CHARACTERS 28

static const char base[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum token_form parse(struct token *token, const char *text)
{
        return token_parse(token, text, strlen(text));
}

/* Without the dashes. */
static void make_bare(struct token *token, char bare[CHARACTERS + 1])
{
        char text[TOKEN_TEXT_SIZE];
        size_t used = 0;

        token_generate(token, text);
        for (size_t i = 0; text[i] != '\0'; i++)
                if (text[i] != '-')
                        bare[used++] = text[i];
        bare[used] = '\0';
        assert_int_equal(used, CHARACTERS);
}

static void text_has_seven_groups_of_crockford_and_reads_back(void **unused)
{
        for (int i = 0; i < SAMPLES; i++) {
                char text[TOKEN_TEXT_SIZE];
                struct token token, read;

                token_generate(&token, text);
                assert_int_equal(strlen(text), 34);
                assert_int_equal(text[0], 'T');
                for (size_t j = 0; j < 34; j++)
                        assert_non_null(strchr(j % 5 == 4 ? "-" : base, text[j]));
                assert_int_equal(parse(&read, text), TOKEN_FORM_GOOD);
                assert_memory_equal(read.bytes, token.bytes, TOKEN_BYTES);
        }
}

static void all_bits_of_a_token_are_random(void **unused)
{
        unsigned char ones[TOKEN_BYTES] = {0}, zeros[TOKEN_BYTES] = {0}, full[TOKEN_BYTES];

        memset(full, 0xff, sizeof(full));
        for (int i = 0; i < 200; i++) {
                char text[TOKEN_TEXT_SIZE];
                struct token token;

                token_generate(&token, text);
                for (size_t j = 0; j < TOKEN_BYTES; j++) {
                        ones[j] |= token.bytes[j];
                        zeros[j] |= (unsigned char)~token.bytes[j];
                }
        }
        assert_memory_equal(ones, full, TOKEN_BYTES);
        assert_memory_equal(zeros, full, TOKEN_BYTES);
}

/* The bits of a known token, worked out by hand: 26 times five bits of 0, 1, 2 ... 25. */
static void bits_stand_in_the_order_of_the_characters(void **unused)
{
        /* (00)000 00001|00010 000|11 00100 0|0101 0011|0 00111 01|...: two bits of 130 stay behind
         */
        static const unsigned char begin[] = {0x01, 0x10, 0xc8, 0x53, 0x1d};
        static const char data[] = "0123456789ABCDEFGHJKMNPQRS";
        struct token token = {0};
        int good = 0;

        for (size_t i = 0; i < 32; i++) {
                char text[CHARACTERS + 1];

                text[0] = 'T';
                memcpy(text + 1, data, 26);
                text[27] = base[i];
                text[28] = '\0';
                good += parse(&token, text) == TOKEN_FORM_GOOD;
        }
        assert_int_equal(good, 1); /* one check character of 32 fits */
        assert_memory_equal(token.bytes, begin, sizeof(begin));
}

/* Else one token had four texts. */
static void bits_beyond_128_are_a_slip(void **unused)
{
        char text[] = "T8000000000000000000000000000";
        struct token token;

        text[CHARACTERS] = '\0';
        for (size_t i = 0; i < 32; i++) {
                text[CHARACTERS - 1] = base[i];
                assert_int_equal(parse(&token, text), TOKEN_FORM_TYPO);
        }
}

static void case_spaces_dashes_and_look_alikes_do_not_matter(void **unused)
{
        for (int i = 0; i < SAMPLES; i++) {
                char bare[CHARACTERS + 1], typed[4 * CHARACTERS] = "";
                struct token token, read;
                size_t used = 0;

                make_bare(&token, bare);
                for (size_t j = 0; j < CHARACTERS; j++) {
                        char byte = bare[j];

                        byte = byte == '1' ? "IlLi"[j % 4] : byte == '0' ? "Oo"[j % 2] : byte;
                        typed[used++] = byte >= 'A' && j % 2 ? (char)(byte | 0x20) : byte;
                        if (j % 3 == 0)
                                typed[used++] = " -"[j % 2];
                }
                assert_int_equal(parse(&read, typed), TOKEN_FORM_GOOD);
                assert_memory_equal(read.bytes, token.bytes, TOKEN_BYTES);
        }
}

static void every_single_wrong_character_is_noticed(void **unused)
{
        for (int i = 0; i < SAMPLES; i++) {
                char bare[CHARACTERS + 1];
                struct token token, read;

                make_bare(&token, bare);
                for (size_t at = 1; at < CHARACTERS; at++) {
                        char right = bare[at];

                        for (size_t j = 0; j < 32; j++) {
                                bare[at] = base[j];
                                assert_int_equal(parse(&read, bare), base[j] == right
                                                                             ? TOKEN_FORM_GOOD
                                                                             : TOKEN_FORM_TYPO);
                        }
                        bare[at] = 'U'; /* of no token */
                        assert_int_equal(parse(&read, bare), TOKEN_FORM_TYPO);
                        bare[at] = right;
                }
        }
}

/* Of any two places, not only of neighbours. */
static void every_swap_of_two_characters_is_noticed(void **unused)
{
        for (int i = 0; i < SAMPLES; i++) {
                char bare[CHARACTERS + 1];
                struct token token, read;

                make_bare(&token, bare);
                for (size_t at = 0; at < CHARACTERS; at++)
                        for (size_t other = at + 1; other < CHARACTERS; other++) {
                                char one = bare[at], two = bare[other];

                                if (one == two)
                                        continue;
                                bare[at] = two;
                                bare[other] = one;
                                assert_int_not_equal(parse(&read, bare), TOKEN_FORM_GOOD);
                                bare[at] = one;
                                bare[other] = two;
                        }
        }
}

static void lost_and_doubled_characters_are_noticed(void **unused)
{
        char bare[CHARACTERS + 1], typed[CHARACTERS + 2];
        struct token token, read;

        make_bare(&token, bare);
        for (size_t at = 0; at < CHARACTERS; at++) {
                memcpy(typed, bare, at);
                strcpy(typed + at, bare + at + 1);
                assert_int_equal(parse(&read, typed), TOKEN_FORM_NONE);
                memcpy(typed, bare, at + 1);
                strcpy(typed + at + 1, bare + at);
                assert_int_equal(parse(&read, typed), TOKEN_FORM_NONE);
        }
}

static void passwords_are_no_tokens(void **unused)
{
        static const char *const passwords[] = {
                "",
                "T",
                "correct horse battery staple",
                "two horses, of which one is left",
                "to be or not to be that is the things", /* 28 letters of the base, in other groups
                                                          */
                "T000-0000-0000-0000-0000-0000-000!",
                "T000-0000-0000-0000-0000-0000-0000-0",
                "X000-0000-0000-0000-0000-0000-0000",
                "----------------------------",
                "T000\t0000000000000000000000000000",
                "T0000000000000000000000000000\xc3\xa4",
        };

        for (size_t i = 0; i < ELEMENTS(passwords); i++) {
                struct token token;

                if (parse(&token, passwords[i]) != TOKEN_FORM_NONE)
                        fail_msg("'%s' was taken for a token", passwords[i]);
        }
}

static void endless_separators_are_not_read(void **unused)
{
        char typed[512];
        struct token token;

        memset(typed, '-', sizeof(typed));
        assert_int_equal(token_parse(&token, typed, sizeof(typed)), TOKEN_FORM_NONE);
}

static void nothing_is_written_unless_the_token_is_good(void **unused)
{
        char bare[CHARACTERS + 1];
        struct token token, read, before;

        make_bare(&token, bare);
        memset(&read, 0x5a, sizeof(read));
        before = read;
        bare[5] = bare[5] == '7' ? '8' : '7';
        assert_int_equal(parse(&read, bare), TOKEN_FORM_TYPO);
        assert_memory_equal(&read, &before, sizeof(read));
}

static void store_holds_a_keyed_hash(void **state)
{
        struct factor_world *world = *state;
        struct token token = {.bytes = "sixteen bytes ok"}, other = {.bytes = "sixteen bytes no"};
        unsigned char one[KEYED_HASH_BYTES], two[KEYED_HASH_BYTES];
        struct keys keys = *world->keys;

        token_hash(one, &token, world->keys);
        token_hash(two, &other, world->keys);
        assert_memory_not_equal(one, two, KEYED_HASH_BYTES);
        keys.token = world->keys->name;
        token_hash(two, &token, &keys);
        assert_memory_not_equal(one, two, KEYED_HASH_BYTES);
        token_hash(two, &token, world->keys);
        assert_memory_equal(one, two, KEYED_HASH_BYTES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_has_seven_groups_of_crockford_and_reads_back),
                cmocka_unit_test(all_bits_of_a_token_are_random),
                cmocka_unit_test(bits_stand_in_the_order_of_the_characters),
                cmocka_unit_test(bits_beyond_128_are_a_slip),
                cmocka_unit_test(case_spaces_dashes_and_look_alikes_do_not_matter),
                cmocka_unit_test(every_single_wrong_character_is_noticed),
                cmocka_unit_test(every_swap_of_two_characters_is_noticed),
                cmocka_unit_test(lost_and_doubled_characters_are_noticed),
                cmocka_unit_test(passwords_are_no_tokens),
                cmocka_unit_test(endless_separators_are_not_read),
                cmocka_unit_test(nothing_is_written_unless_the_token_is_good),
                cmocka_unit_test(store_holds_a_keyed_hash),
        };

        return cmocka_run_group_tests_name("token (R24)", tests, factor_world_setup,
                                           factor_world_teardown);
}
