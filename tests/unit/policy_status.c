/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R18: the status, derived in its order of precedence. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "bo-accountd/policy/status.h"

/* The order of R18, written again: the first fact that holds decides. */
static enum account_status expected(unsigned bits)
{
        static const enum account_status order[] = {
                STATUS_DEACTIVATED,     STATUS_ACTIVATION_SENT,  STATUS_LOCKED_INACTIVITY,
                STATUS_LOCKED_ATTEMPTS, STATUS_PASSWORD_EXPIRED,
        };

        for (size_t i = 0; i < ELEMENTS(order); i++)
                if (bits & 1U << i)
                        return order[i];
        return STATUS_ACTIVE;
}

static void first_fact_in_the_order_of_R18_decides_in_all_32_cases(void **unused)
{
        for (unsigned bits = 0; bits < 32; bits++) {
                const struct status_facts facts = {
                        .deactivated = bits & 1,
                        .activated = !(bits & 2),
                        .idle = bits & 4,
                        .locked = bits & 8,
                        .password_expired = bits & 16,
                };

                assert_int_equal(status_derive(&facts), expected(bits));
        }
}

static void names_are_those_of_R18_and_read_back(void **unused)
{
        static const char *const names[] = {"deactivated",       "activation-sent",
                                            "locked-inactivity", "locked-attempts",
                                            "password-expired",  "active"};

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                enum account_status status = STATUS_ACTIVE;

                assert_string_equal(status_name((enum account_status)i), names[i]);
                assert_int_equal(status_from_name(names[i], &status), 0);
                assert_int_equal(status, i);
        }
        assert_null(status_name((enum account_status)ELEMENTS(names)));
}

static void unknown_name_is_refused_and_writes_nothing(void **unused)
{
        static const char *const names[] = {"", "Active", "active ", "locked"};

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                enum account_status status = STATUS_LOCKED_ATTEMPTS;

                assert_int_equal(status_from_name(names[i], &status), -EINVAL);
                assert_int_equal(status, STATUS_LOCKED_ATTEMPTS);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(first_fact_in_the_order_of_R18_decides_in_all_32_cases),
                cmocka_unit_test(names_are_those_of_R18_and_read_back),
                cmocka_unit_test(unknown_name_is_refused_and_writes_nothing),
        };

        return cmocka_run_group_tests_name("status (R18)", tests, NULL, NULL);
}
