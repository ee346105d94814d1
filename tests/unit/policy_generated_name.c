/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R23: the names that bo makes. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/generated_name.h"
#include "bo-accountd/policy/name.h"

/* What the draws answer, one after the other; each is asked for a number below its bound. */
static uint32_t answers[GENERATED_NAME_SIZE];
static uint32_t bounds[GENERATED_NAME_SIZE];
static size_t drawn;

static uint32_t draw(uint32_t below)
{
        assert_in_range(drawn, 0, GENERATED_NAME_SIZE - 1);
        bounds[drawn] = below;
        return answers[drawn++] % below;
}

static void R23_draws_choose_syllables_and_then_digits(void **unused)
{
        static const struct {
                uint32_t draws[GENERATED_NAME_SIZE - 1];
                const char *name;
        } rows[] = {
                {{0}, "babababa2222"},
                {{11, 4, 11, 4, 11, 4, 11, 4, 7, 7, 7, 7}, "tutututu9999"},
                {{11, 0, 0, 3, 5, 1, 6, 2, 2, 5, 0, 7}, "tabokemi4729"},
                {{1, 0, 2, 1, 3, 2, 4, 3, 3, 4, 5, 6}, "dafegiho5678"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char name[GENERATED_NAME_SIZE];

                drawn = 0;
                memcpy(answers, rows[i].draws, sizeof(rows[i].draws));
                generated_name(name, draw);
                assert_string_equal(name, rows[i].name);
        }
}

/* 35 bits and more: who knows of 10000 such names meets one in three million guesses. */
static void R23_names_are_too_many_to_be_found_by_trying(void **unused)
{
        char name[GENERATED_NAME_SIZE];
        uint64_t names = 1;

        drawn = 0;
        generated_name(name, draw);
        assert_int_equal(drawn, GENERATED_NAME_SIZE - 1);
        for (size_t i = 0; i < drawn; i++)
                names *= bounds[i];
        assert_true(names >= UINT64_C(1) << 35);
}

static void R23_every_letter_and_digit_is_unlike_the_others(void **unused)
{
        char name[GENERATED_NAME_SIZE], folded[NAME_MAX_BYTES + 1];

        for (uint32_t i = 0; i < 12; i++) {
                drawn = 0;
                for (size_t place = 0; place < ELEMENTS(answers); place++)
                        answers[place] = i;
                generated_name(name, draw);
                assert_null(strpbrk(name, "01lqcjvwxyz"));
                assert_int_equal(strspn(name, "abdefghikmnoprstu"), 8);
                assert_int_equal(strspn(name + 8, "23456789"), 4);
                assert_int_equal(name_fold(folded, name), 0);
                assert_string_equal(folded, name);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R23_draws_choose_syllables_and_then_digits),
                cmocka_unit_test(R23_names_are_too_many_to_be_found_by_trying),
                cmocka_unit_test(R23_every_letter_and_digit_is_unlike_the_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
