/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R9, R20, R26, R34, R58, R59, R71: what stands in the way of a permission, and what is told. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/permission.h"

#define HOLDS    .active = true, .member = true, .granted = true
#define BOUND    .bound = true
#define THERE    .bound = true, .located = true, .at_home = true
#define GUARDED  .needs_factor = true
#define GUARDED2 .needs_address = true

static void first_obstacle_is_told(void **unused)
{
        static const struct {
                struct permission_facts facts;
                const char *reason;
        } rows[] = {
                {{HOLDS}, ""},
                {{.active = false}, "inactive"},
                {{.member = true, .granted = true}, "inactive"},
                {{.active = true}, "not-a-member"},
                {{.active = true, .granted = true}, "not-a-member"},
                {{.active = true, .member = true}, "no-role"},
                {{.active = true, .member = true, GUARDED, .factor_on = true, THERE}, "no-role"},
                {{HOLDS, BOUND}, "location-needed"},
                {{HOLDS, BOUND, .at_home = true}, "location-needed"},
                {{HOLDS, BOUND, .located = true}, "wrong-location"},
                {{HOLDS, THERE}, ""},
                {{HOLDS, .located = true}, ""},
                {{HOLDS, GUARDED}, "second-factor-off"},
                {{HOLDS, GUARDED, .factor_on = true}, ""},
                {{HOLDS, BOUND, GUARDED}, "location-needed"},
                {{HOLDS, GUARDED2}, "address-not-approved"},
                {{HOLDS, GUARDED2, .address_approved = true}, ""},
                {{HOLDS, GUARDED, GUARDED2}, "second-factor-off"},
                {{HOLDS, GUARDED, GUARDED2, .factor_on = true}, "address-not-approved"},
                {{HOLDS, THERE, GUARDED, GUARDED2, .factor_on = true, .address_approved = true},
                 ""},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (strcmp(permission_reason(permission_verdict(&rows[i].facts)), rows[i].reason) !=
                    0)
                        fail_msg("row %zu", i);
}

/* Written from the rules, without a look at how permission.c goes about it. */
static void nothing_is_granted_unless_everything_that_is_asked_for_is_there(void **unused)
{
        for (unsigned bits = 0; bits < 1024; bits++) {
                const struct permission_facts facts = {
                        .active = bits & 1,
                        .member = bits & 2,
                        .granted = bits & 4,
                        .bound = bits & 8,
                        .located = bits & 16,
                        .at_home = bits & 32,
                        .needs_factor = bits & 64,
                        .factor_on = bits & 128,
                        .needs_address = bits & 256,
                        .address_approved = bits & 512,
                };
                bool wanted = (bits & 7) == 7 &&
                              (!facts.bound || (facts.located && facts.at_home)) &&
                              (!facts.needs_factor || facts.factor_on) &&
                              (!facts.needs_address || facts.address_approved);

                assert_int_equal(permission_verdict(&facts) == PERMISSION_GRANTED, wanted);
        }
}

static void unknown_verdict_has_the_reason_of_a_refusal(void **unused)
{
        assert_string_not_equal(permission_reason((enum permission_verdict)99), "");
}

static void names_have_at_least_two_parts(void **unused)
{
        static const char *const good[] = {"users.view", "a.b", "endpoints.profiles.read",
                                           "2fa.x-y"};
        static const char *const bad[] = {"",    "users", ".a",    "a.",    "a..b",    "A.b",
                                          "a.*", "a.b c", "a.b\n", "a_b.c", "a.b/../c"};
        char most[PERMISSION_NAME_SIZE + 1];

        for (size_t i = 0; i < ELEMENTS(good); i++)
                assert_true(permission_is_name(good[i]));
        for (size_t i = 0; i < ELEMENTS(bad); i++)
                assert_false(permission_is_name(bad[i]));
        memset(most, 'a', sizeof(most));
        most[1] = '.';
        most[PERMISSION_NAME_SIZE - 1] = '\0';
        assert_true(permission_is_name(most));
        most[PERMISSION_NAME_SIZE - 1] = 'a';
        most[PERMISSION_NAME_SIZE] = '\0';
        assert_false(permission_is_name(most));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(first_obstacle_is_told),
                cmocka_unit_test(nothing_is_granted_unless_everything_that_is_asked_for_is_there),
                cmocka_unit_test(unknown_verdict_has_the_reason_of_a_refusal),
                cmocka_unit_test(names_have_at_least_two_parts),
        };

        return cmocka_run_group_tests_name("permission (R9, R20, R26, R34, R58, R59, R71)", tests,
                                           NULL, NULL);
}
