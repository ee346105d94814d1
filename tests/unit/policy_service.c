/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R8, R54, R57: whom a PAM service lets in, and how it asks for the second factor. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/service.h"

/* R8, R76: for each class and kind, by what it is let in: n nothing, p password, k API key. */
static void programs_stay_out_of_interactive_services_and_keys_open_api_alone(void **unused)
{
        static const struct {
                enum service_class class;
                bool is_api;
                const char *by;
        } rows[] = {
                {SERVICE_INTERACTIVE, false, "np"}, {SERVICE_INTERACTIVE, true, ""},
                {SERVICE_BATCH, false, "np"},       {SERVICE_BATCH, true, "np"},
                {SERVICE_API, false, "k"},          {SERVICE_API, true, "npk"},
                {(enum service_class)9, false, ""}, {(enum service_class)9, true, ""},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                for (int credential = 0; credential < 4; credential++)
                        assert_int_equal(service_admits(rows[i].class, rows[i].is_api,
                                                        (enum service_credential)credential),
                                         strchr(rows[i].by, "npk?"[credential]) != NULL);
}

static void interactive_service_asks_as_it_is_set_and_roles_demand(void **unused)
{
        static const struct {
                enum service_otp otp;
                enum service_factor without, with; /* the factor is not on, on */
                enum service_factor demanded;      /* not on, and a role demands it */
        } rows[] = {
                {SERVICE_OTP_PROMPT, SERVICE_FACTOR_NONE, SERVICE_FACTOR_ASK,
                 SERVICE_FACTOR_SET_UP},
                {SERVICE_OTP_APPEND, SERVICE_FACTOR_NONE, SERVICE_FACTOR_APPENDED,
                 SERVICE_FACTOR_SET_UP},
                {SERVICE_OTP_OFF, SERVICE_FACTOR_NONE, SERVICE_FACTOR_NONE, SERVICE_FACTOR_NONE},
                {SERVICE_OTP_REQUIRE, SERVICE_FACTOR_SET_UP, SERVICE_FACTOR_ASK,
                 SERVICE_FACTOR_SET_UP},
                {(enum service_otp)9, SERVICE_FACTOR_SET_UP, SERVICE_FACTOR_ASK,
                 SERVICE_FACTOR_SET_UP},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                enum service_class class = SERVICE_INTERACTIVE;

                assert_int_equal(service_factor_wanted(rows[i].otp, class, false, false),
                                 rows[i].without);
                assert_int_equal(service_factor_wanted(rows[i].otp, class, true, false),
                                 rows[i].with);
                assert_int_equal(service_factor_wanted(rows[i].otp, class, false, true),
                                 rows[i].demanded);
                assert_int_equal(service_factor_wanted(rows[i].otp, class, true, true),
                                 rows[i].with); /* a demand changes nothing once it is on */
        }
}

static void key_alone_is_not_enough_where_the_factor_is_demanded(void **unused)
{
        static const struct {
                enum service_otp otp;
                bool plain, demanded;
        } rows[] = {
                {SERVICE_OTP_PROMPT, false, true}, {SERVICE_OTP_APPEND, false, true},
                {SERVICE_OTP_OFF, false, false},   {SERVICE_OTP_REQUIRE, true, true},
                {(enum service_otp)9, true, true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                assert_int_equal(service_demands_factor(rows[i].otp, SERVICE_INTERACTIVE, false),
                                 rows[i].plain);
                assert_int_equal(service_demands_factor(rows[i].otp, SERVICE_INTERACTIVE, true),
                                 rows[i].demanded);
                assert_false(service_demands_factor(rows[i].otp, SERVICE_BATCH, true));
                assert_false(service_demands_factor(rows[i].otp, SERVICE_API, true));
        }
}

static void batch_and_api_never_ask(void **unused)
{
        for (enum service_otp otp = SERVICE_OTP_PROMPT; otp <= SERVICE_OTP_REQUIRE; otp++)
                for (int facts = 0; facts < 4; facts++) {
                        assert_int_equal(
                                service_factor_wanted(otp, SERVICE_BATCH, facts & 1, facts & 2),
                                SERVICE_FACTOR_NONE);
                        assert_int_equal(
                                service_factor_wanted(otp, SERVICE_API, facts & 1, facts & 2),
                                SERVICE_FACTOR_NONE);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(programs_stay_out_of_interactive_services_and_keys_open_api_alone),
                cmocka_unit_test(interactive_service_asks_as_it_is_set_and_roles_demand),
                cmocka_unit_test(key_alone_is_not_enough_where_the_factor_is_demanded),
                cmocka_unit_test(batch_and_api_never_ask),
        };

        return cmocka_run_group_tests_name("service (R8, R54, R57)", tests, NULL, NULL);
}
