/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R8, R54, R57: whom a PAM service lets in, and how it asks for the second factor. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/service.h"

static void api_users_stay_out_of_interactive_services_and_people_out_of_api(void **unused)
{
        static const struct {
                enum service_class class;
                bool is_api, admitted;
        } rows[] = {
                {SERVICE_INTERACTIVE, false, true},    {SERVICE_INTERACTIVE, true, false},
                {SERVICE_BATCH, false, true},          {SERVICE_BATCH, true, true},
                {SERVICE_API, false, false},           {SERVICE_API, true, true},
                {(enum service_class)9, false, false}, {(enum service_class)9, true, false},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(service_admits(rows[i].class, rows[i].is_api), rows[i].admitted);
}

static void interactive_service_asks_as_it_is_set(void **unused)
{
        static const struct {
                enum service_otp otp;
                enum service_factor without, with;
        } rows[] = {
                {SERVICE_OTP_PROMPT, SERVICE_FACTOR_NONE, SERVICE_FACTOR_ASK},
                {SERVICE_OTP_APPEND, SERVICE_FACTOR_NONE, SERVICE_FACTOR_APPENDED},
                {SERVICE_OTP_OFF, SERVICE_FACTOR_NONE, SERVICE_FACTOR_NONE},
                {SERVICE_OTP_REQUIRE, SERVICE_FACTOR_SET_UP, SERVICE_FACTOR_ASK},
                {(enum service_otp)9, SERVICE_FACTOR_SET_UP, SERVICE_FACTOR_ASK},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                assert_int_equal(service_factor_wanted(rows[i].otp, SERVICE_INTERACTIVE, false),
                                 rows[i].without);
                assert_int_equal(service_factor_wanted(rows[i].otp, SERVICE_INTERACTIVE, true),
                                 rows[i].with);
        }
}

static void batch_and_api_never_ask(void **unused)
{
        for (enum service_otp otp = SERVICE_OTP_PROMPT; otp <= SERVICE_OTP_REQUIRE; otp++)
                for (int on = 0; on <= 1; on++) {
                        assert_int_equal(service_factor_wanted(otp, SERVICE_BATCH, on),
                                         SERVICE_FACTOR_NONE);
                        assert_int_equal(service_factor_wanted(otp, SERVICE_API, on),
                                         SERVICE_FACTOR_NONE);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(api_users_stay_out_of_interactive_services_and_people_out_of_api),
                cmocka_unit_test(interactive_service_asks_as_it_is_set),
                cmocka_unit_test(batch_and_api_never_ask),
        };

        return cmocka_run_group_tests_name("service (R8, R54, R57)", tests, NULL, NULL);
}
