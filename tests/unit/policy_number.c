/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R80: form and check digits of KVK, OIN and VAT numbers. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/number.h"

#include <stdio.h>

static bool eats_kvk(const char *text, char out[NUMBER_SIZE])
{
        char why[NUMBER_WHY];

        return number_kvk(out, text, why);
}

static void R80_kvk_number_has_eight_digits(void **unused)
{
        static const struct {
                const char *text, *form; /* NULL: refused */
        } rows[] = {
                {"12345678", "12345678"},
                {"01234567", "01234567"},
                {" 12 34 56 78", "12345678"},
                {"1234.5678", "12345678"},
                {"1234567", NULL},
                {"123456789", NULL},
                {"00000000", NULL},
                {"1234567A", NULL},
                {"123456780000", NULL},
                {"", NULL},
                {"1234567\n", NULL},
                {"\xd9\xa1\xd9\xa2", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char out[NUMBER_SIZE];
                bool good = eats_kvk(rows[i].text, out);

                ROW(rows[i].text);
                assert_int_equal(good, rows[i].form != NULL);
                if (good)
                        assert_string_equal(out, rows[i].form);
        }
}

static void R80_oin_names_a_register_and_a_number_of_it(void **unused)
{
        static const struct {
                const char *text;
                bool good;
        } rows[] = {
                {"00000001822477348000", true},   /* Logius, by its RSIN */
                {"00000001 822477348 000", true}, /* as people write it */
                {"00000001822477349000", false},  /* the test of eleven */
                {"00000001822477348001", false},
                {"00000002822477349000", true},
                {"00000003123456780000", true},
                {"00000003123456781000", false}, /* a KVK number has eight digits */
                {"00000003000000000000", false},
                {"00000004194049711000", true}, /* a part of Logius */
                {"00000004194049711123", false},
                {"00000006123456789000", true},
                {"00000012123456789000", true}, /* a register that may come */
                {"00000000123456789000", false},
                {"00000099123456789000", false}, /* for tests */
                {"10000001822477348000", false},
                {"0000000182247734800", false},
                {"000000018224773480000", false},
                {"0000000182247734800A", false},
                {"", false},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char out[NUMBER_SIZE], why[NUMBER_WHY] = "";

                ROW(rows[i].text);
                assert_int_equal(number_oin(out, rows[i].text, why), rows[i].good);
                assert_int_equal(why[0] == '\0', rows[i].good);
        }
}

/* Each with a number that is in use or published as an example. */
static void R80_vat_numbers_of_every_country_pass(void **unused)
{
        static const char *const numbers[] = {
                "ATU13585627",    "BE0403019261",   "BE0428759497",  "BG175074752",
                "CY10259033P",    "CZ25123891",     "DE136695976",   "DK13585628",
                "EE100931558",    "EL094259216",    "ESB64717838",   "ESX5910266W",
                "ES54362315K",    "FI20774740",     "FR40303265045", "FR23334175221",
                "HR33392005961",  "HU12892312",     "IE6433435F",    "IE6433435OA",
                "IE8D79739I",     "IT00743110157",  "LT119511515",   "LT100001919017",
                "LU15027442",     "LV40003521600",  "MT11679112",    "NL004495445B01",
                "NL123456782B01", "NL000099998B57", "PL8567346215",  "PT501964843",
                "RO18547290",     "SE123456789701", "SI50223054",    "SK2022749619",
                "XI123456789",    "XIGD123",
        };

        for (size_t i = 0; i < ELEMENTS(numbers); i++) {
                char out[NUMBER_SIZE], why[NUMBER_WHY] = "";

                ROW(numbers[i]);
                if (!number_vat(out, numbers[i], why))
                        fail_msg("%s %s", numbers[i], why);
                assert_string_equal(out, numbers[i]);
        }
}

/* Every other digit at a place is refused. */
static void R80_vat_number_with_a_typing_error_is_refused(void **unused)
{
        static const struct {
                const char *number;
                size_t at;
        } rows[] = {
                {"ATU13585627", 4},    {"BE0403019261", 6},   {"BG175074752", 5},
                {"CY10259033P", 4},    {"CZ25123891", 5},     {"DE136695976", 6},
                {"DK13585628", 6},     {"EE100931558", 6},    {"EL094259216", 6},
                {"ESB64717838", 6},    {"ESX5910266W", 6},    {"ES54362315K", 6},
                {"FI20774740", 6},     {"FR40303265045", 7},  {"HR33392005961", 6},
                {"HU12892312", 6},     {"IE6433435F", 5},     {"IE6433435OA", 5},
                {"IT00743110157", 7},  {"LT119511515", 5},    {"LT100001919017", 6},
                {"LU15027442", 5},     {"LV40003521600", 7},  {"MT11679112", 5},
                {"NL004495445B01", 7}, {"NL000099998B57", 7}, {"PL8567346215", 6},
                {"PT501964843", 6},    {"RO18547290", 6},     {"SE123456789701", 6},
                {"SI50223054", 5},     {"SK2022749619", 7},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char number[NUMBER_SIZE], out[NUMBER_SIZE], why[NUMBER_WHY] = "";
                int passed = 0;

                strcpy(number, rows[i].number);
                for (char digit = '0'; digit <= '9'; digit++) {
                        number[rows[i].at] = digit;
                        passed += number_vat(out, number, why);
                }
                ROW(rows[i].number);
                assert_in_range(passed, 1, 2); /* some remainders share a check digit */
                assert_string_equal(why, "has a typing error: its check digits do not fit the "
                                         "rest of it");
        }
}

static void R80_form_of_a_vat_number_is_told(void **unused)
{
        static const struct {
                const char *text, *why;
        } rows[] = {
                {"123456782B01", "must begin with the two letters of a country of the EU"},
                {"GR094259216", "must begin with the two letters of a country of the EU (Greece: "
                                "EL)"},
                {"US123456789", "must begin with"},
                {"", "must begin with"},
                {"NL", "must begin with"},
                {"NL123456782B", "must be NL and then #########B##, where # is a digit"},
                {"NL123456782B001", "must be NL and then #########B##"},
                {"NL123456782C01", "must be NL and then #########B##"},
                {"NL123456782B00", "has a typing error"},
                {"NL000000000B01", "has a typing error"},
                {"BE2403019261",
                 "must be BE and then 0######### or 1#########, where # is a digit"},
                {"RO1", "must be RO and then 2 to 10 digits"},
                {"LT119511525", "has a typing error"},
                {"NL12345678\xc3\xa9", "must begin with"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char out[NUMBER_SIZE], why[NUMBER_WHY] = "";

                ROW(rows[i].text);
                assert_false(number_vat(out, rows[i].text, why));
                if (strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
                        fail_msg("%s: %s", rows[i].text, why);
        }
}

static void R80_number_is_kept_in_its_one_form(void **unused)
{
        char out[NUMBER_SIZE], why[NUMBER_WHY];

        assert_true(number_vat(out, "nl 1234.56.782.b01", why));
        assert_string_equal(out, "NL123456782B01");
        assert_true(number_vat(out, "be 0403.019.261", why));
        assert_string_equal(out, "BE0403019261");
        assert_false(number_vat(out, "NL123456782B01NL123456782B01NL123456782B01", why));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R80_kvk_number_has_eight_digits),
                cmocka_unit_test(R80_oin_names_a_register_and_a_number_of_it),
                cmocka_unit_test(R80_vat_numbers_of_every_country_pass),
                cmocka_unit_test(R80_vat_number_with_a_typing_error_is_refused),
                cmocka_unit_test(R80_form_of_a_vat_number_is_told),
                cmocka_unit_test(R80_number_is_kept_in_its_one_form),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
