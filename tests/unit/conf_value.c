/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of settings: what is read, and what is refused rather than guessed. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "common/conf.h"
#include "common/conf_value.h"

struct value_row {
        const char *text;
        bool good;
        uint64_t value;
};

static void check_rows(const struct value_row *rows, size_t count,
                       int (*parse)(const char *text, uint64_t *ret))
{
        for (size_t i = 0; i < count; i++) {
                uint64_t value = 77;
                int r = parse(rows[i].text, &value);

                if (r != (rows[i].good ? 0 : -EINVAL) ||
                    value != (rows[i].good ? rows[i].value : 77))
                        fail_msg("'%s': %d, %llu", rows[i].text, r, (unsigned long long)value);
        }
}

static void times_need_units_and_add_up(void **unused)
{
        static const struct value_row rows[] = {
                {"30min", true, 30 * USEC_PER_MIN},
                {"90d", true, 90 * USEC_PER_DAY},
                {"24h", true, USEC_PER_DAY},
                {"1h 30min", true, 90 * USEC_PER_MIN},
                {"1h30min", true, 90 * USEC_PER_MIN},
                {"2 weeks", true, 14 * USEC_PER_DAY},
                {"1day 1 h 1m 1s", true, 90061 * USEC_PER_SEC},
                {"0s", true, 0},
                {"90", false},
                {"", false},
                {"d", false},
                {"90 d x", false},
                {"-1d", false},
                {"1.5h", false},
                {"1D", false},
                {"1month", false},
                {"1h 30", false},
                {" 1h", false},
                {"99999999999999999999s", false},
                {"18446744073709551615s", false},
                {"213503982d 213503982d", false},
        };

        check_rows(rows, ELEMENTS(rows), conf_duration);
}

static void sizes_are_powers_of_1024(void **unused)
{
        static const struct value_row rows[] = {
                {"64M", true, UINT64_C(64) << 20},
                {"1K", true, 1024},
                {"4G", true, UINT64_C(4) << 30},
                {"65536", true, 65536},
                {"", false},
                {"M", false},
                {"64m", false},
                {"64MB", false},
                {"64 M", false},
                {"-1M", false},
                {"18446744073709551615K", false},
        };

        check_rows(rows, ELEMENTS(rows), conf_size);
}

static void numbers_are_digits_alone(void **unused)
{
        static const struct value_row rows[] = {
                {"0", true, 0},
                {"007", true, 7},
                {"18446744073709551615", true, UINT64_MAX},
                {"18446744073709551616", false},
                {"", false},
                {"-1", false},
                {"+1", false},
                {"0x10", false},
                {"1 ", false},
                {" 1", false},
                {"1.0", false},
                {"six", false},
        };

        check_rows(rows, ELEMENTS(rows), conf_number);
}

static void ranges_run_upwards(void **unused)
{
        static const struct {
                const char *text;
                bool good;
                uint32_t first, last;
        } rows[] = {
                {"70000-99999", true, 70000, 99999},
                {"5-5", true, 5, 5},
                {"0-4294967295", true, 0, UINT32_MAX},
                {"2-1", false},
                {"1-", false},
                {"-1", false},
                {"1", false},
                {"1-4294967296", false},
                {"1 - 2", false},
                {"1-2-3", false},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint32_t first = 0, last = 0;

                assert_int_equal(conf_range(rows[i].text, &first, &last),
                                 rows[i].good ? 0 : -EINVAL);
                assert_int_equal(first, rows[i].first);
                assert_int_equal(last, rows[i].last);
        }
}

static void yes_and_no_have_four_words_each(void **unused)
{
        static const char *const good[] = {"no", "yes", "False", "TRUE", "off", "on", "0", "1"};
        static const char *const bad[] = {"", "y", "n", "2", "yes ", "ja"};

        for (size_t i = 0; i < ELEMENTS(good); i++) {
                bool yes = i % 2 == 0;

                assert_int_equal(conf_boolean(good[i], &yes), 0);
                assert_int_equal(yes, i % 2);
        }
        for (size_t i = 0; i < ELEMENTS(bad); i++) {
                bool yes = false;

                assert_int_equal(conf_boolean(bad[i], &yes), -EINVAL);
        }
}

static void nearest_word_is_found_and_no_far_one(void **unused)
{
        static const char *const words[] = {"LockoutAttempts", "LockoutDuration", "PasswordWarn",
                                            "Shell"};
        static const struct {
                const char *typed, *meant;
        } rows[] = {
                {"LockoutAttempt", "LockoutAttempts"},
                {"lockoutattempts", "LockoutAttempts"},
                {"LockAttempts", "LockoutAttempts"},
                {"LockoutDurration", "LockoutDuration"},
                {"PaswordWarm", "PasswordWarn"},
                {"Shel", "Shell"},
                {"Colour", NULL},
                {"", NULL},
                {"x", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct conf_nearest nearest = {.word = rows[i].typed};

                for (size_t j = 0; j < ELEMENTS(words); j++)
                        conf_nearest_offer(&nearest, words[j]);
                if (rows[i].meant)
                        assert_string_equal(nearest.best, rows[i].meant);
                else
                        assert_null(nearest.best);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(times_need_units_and_add_up),
                cmocka_unit_test(sizes_are_powers_of_1024),
                cmocka_unit_test(numbers_are_digits_alone),
                cmocka_unit_test(ranges_run_upwards),
                cmocka_unit_test(yes_and_no_have_four_words_each),
                cmocka_unit_test(nearest_word_is_found_and_no_far_one),
        };

        return cmocka_run_group_tests_name("values of settings", tests, NULL, NULL);
}
