/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R62: recovery codes, told apart from one-time codes and tokens by their form. */
#include "tests/unit/unit.h"

#include "bo-accountd/factor/recovery.h"
#include "bo-accountd/factor/token.h"
#include "tests/unit/factor_world.h"

#define SAMPLES 200

static const char base[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum token_form parse(struct recovery_code *code, const char *text)
{
        return recovery_parse(code, text, strlen(text));
}

static void text_has_three_groups_and_reads_back(void **unused)
{
        for (int i = 0; i < SAMPLES; i++) {
                char text[RECOVERY_TEXT_SIZE], lower[RECOVERY_TEXT_SIZE];
                struct recovery_code code, read;

                recovery_generate(&code, text);
                assert_int_equal(strlen(text), 14);
                assert_int_equal(text[0], 'R');
                for (size_t j = 0; j < 14; j++) {
                        assert_non_null(strchr(j % 5 == 4 ? "-" : base, text[j]));
                        lower[j] = (char)(text[j] >= 'A' ? text[j] + 'a' - 'A' : text[j]);
                }
                lower[14] = '\0';
                assert_int_equal(parse(&read, text), TOKEN_FORM_GOOD);
                assert_memory_equal(read.symbols, code.symbols, RECOVERY_SYMBOLS);
                assert_int_equal(parse(&read, lower), TOKEN_FORM_GOOD);
                assert_memory_equal(read.symbols, code.symbols, RECOVERY_SYMBOLS);
        }
}

static void all_50_bits_are_random(void **unused)
{
        unsigned char ones[RECOVERY_SYMBOLS] = {0}, zeros[RECOVERY_SYMBOLS] = {0};

        for (int i = 0; i < SAMPLES; i++) {
                char text[RECOVERY_TEXT_SIZE];
                struct recovery_code code;

                recovery_generate(&code, text);
                for (size_t j = 0; j < RECOVERY_SYMBOLS; j++) {
                        ones[j] |= code.symbols[j];
                        zeros[j] |= ~code.symbols[j] & 31;
                }
        }
        for (size_t j = 0; j < RECOVERY_SYMBOLS; j++) {
                assert_int_equal(ones[j], 31);
                assert_int_equal(zeros[j], 31);
        }
}

static void one_wrong_character_is_a_slip(void **unused)
{
        char text[RECOVERY_TEXT_SIZE];
        struct recovery_code code, read;

        recovery_generate(&code, text);
        for (size_t i = 1; i < 14; i++) {
                char good = text[i];

                for (size_t j = 0; good != '-' && j < 32; j++) {
                        text[i] = base[j];
                        assert_int_equal(parse(&read, text),
                                         base[j] == good ? TOKEN_FORM_GOOD : TOKEN_FORM_TYPO);
                }
                text[i] = good;
        }
}

static void codes_of_apps_tokens_and_passwords_are_none(void **unused)
{
        static const char *const rows[] = {
                "",
                "123456",
                "000000",
                "R",
                "R12345",
                "Rabbit holes are deep 1",
                "123456123456",
                "T000-0000-0000",
                "R000-0000-000",
                "R000-0000-00000",
                "R000.0000.0000",
        };
        char token[TOKEN_TEXT_SIZE];
        struct token made;
        struct recovery_code code;

        token_generate(&made, token);
        assert_int_equal(parse(&code, token), TOKEN_FORM_NONE);
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (parse(&code, rows[i]) != TOKEN_FORM_NONE)
                        fail_msg("%s", rows[i]);
}

static void tail_of_an_answer_is_one_with_its_dashes_alone(void **unused)
{
        char text[RECOVERY_TEXT_SIZE], answer[64], bare[16];
        struct recovery_code code;

        recovery_generate(&code, text);
        snprintf(bare, sizeof(bare), "%.4s%.4s%.4s", text, text + 5, text + 10);
        snprintf(answer, sizeof(answer), "pass word %s", text);
        assert_int_equal(recovery_tail(answer, strlen(answer)), 14);
        assert_int_equal(recovery_tail(text, 14), 14);
        assert_int_equal(recovery_tail(text + 1, 13), 0);
        snprintf(answer, sizeof(answer), "pass word %s", bare);
        assert_int_equal(recovery_tail(answer, strlen(answer)), 0);
        snprintf(answer, sizeof(answer), "%s123456", text);
        assert_int_equal(recovery_tail(answer, strlen(answer)), 0);
        assert_int_equal(recovery_tail("", 0), 0);
}

static void hash_is_keyed_and_the_users_own(void **state)
{
        const struct factor_world *world = *state;
        unsigned char one[KEYED_HASH_BYTES], same[KEYED_HASH_BYTES], other[KEYED_HASH_BYTES];
        struct recovery_code code = {{1, 2, 3}}, changed = {{1, 2, 4}};

        recovery_hash(one, &code, 70000, world->keys);
        recovery_hash(same, &code, 70000, world->keys);
        assert_memory_equal(one, same, sizeof(one));
        recovery_hash(other, &code, 70001, world->keys);
        assert_memory_not_equal(one, other, sizeof(one));
        recovery_hash(other, &code, 70000 + (1U << 24), world->keys);
        assert_memory_not_equal(one, other, sizeof(one));
        recovery_hash(other, &changed, 70000, world->keys);
        assert_memory_not_equal(one, other, sizeof(one));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_has_three_groups_and_reads_back),
                cmocka_unit_test(all_50_bits_are_random),
                cmocka_unit_test(one_wrong_character_is_a_slip),
                cmocka_unit_test(codes_of_apps_tokens_and_passwords_are_none),
                cmocka_unit_test(tail_of_an_answer_is_one_with_its_dashes_alone),
                cmocka_unit_test(hash_is_keyed_and_the_users_own),
        };

        return cmocka_run_group_tests_name("recovery codes (R62)", tests, factor_world_setup,
                                           factor_world_teardown);
}
