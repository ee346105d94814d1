/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capitals made small for a search. */
#include "tests/unit/unit.h"

#include "common/fold.h"

static void capitals_of_three_alphabets_become_small(void **unused)
{
        static const struct {
                const char *text, *small;
        } rows[] = {
                {"", ""},
                {"Shop 24", "shop 24"},
                {"CAFÉ ÖRESUND", "café öresund"},
                {"Žižkov, Łódź", "žižkov, łódź"},
                {"ΑΘΉΝΑ", "αθήνα"},
                {"МОСКВА Ёлка", "москва ёлка"},
                {"ŸŽ ẞ×÷", "ÿž ẞ×÷"}, /* what has no small letter stays */
                {"東京 SHOP", "東京 shop"},
                {"A\xff\xc3", "a\xff\xc3"}, /* no UTF-8 */
                {"🛒 Kiosk", "🛒 kiosk"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char out[64];

                fold_case(out, sizeof(out), rows[i].text);
                assert_string_equal(out, rows[i].small);
        }
}

static void a_text_too_long_is_cut_between_characters(void **unused)
{
        char out[8];

        fold_case(out, sizeof(out), "ÉÉÉÉÉÉ");
        assert_string_equal(out, "éé");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(capitals_of_three_alphabets_become_small),
                cmocka_unit_test(a_text_too_long_is_cut_between_characters),
        };

        return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
