/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R6, R9, R19, R20, R58, R59, R71: roles, what they permit, and the marks of permissions. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "tests/unit/settings_world.h"

static int load(struct settings_world *world, const char *text)
{
        settings_world_write(world, "roles.conf", text);
        return settings_world_load(world);
}

static void role_permits_what_it_lists_and_nothing_else(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(load(world, "[Role clerk]\nDescription=Works\n"
                                     "Permissions= users.view\ttransactions.view  users.view\n"
                                     "[Role guest]\n"),
                         0);

        const struct role *clerk = settings_role(world->settings, "clerk");
        const struct role *guest = settings_role(world->settings, "guest");

        assert_string_equal(clerk->description, "Works");
        assert_int_equal(clerk->n_permissions, 2);
        assert_true(role_grants(clerk, "users.view"));
        assert_true(role_grants(clerk, "transactions.view"));
        assert_false(role_grants(clerk, "users.manage"));
        assert_false(role_grants(clerk, "users"));
        assert_false(role_grants(clerk, "users.*"));
        assert_false(role_grants(clerk, ""));
        assert_string_equal(guest->description, "");
        assert_false(role_grants(guest, "users.view"));
        assert_null(settings_role(world->settings, "Clerk"));
        assert_null(settings_role(world->settings, ""));
}

static void role_demands_the_factor_if_it_says_so(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(load(world, "[Role clerk]\nPermissions=a.b\n"
                                     "[Role cashier]\nSecondFactor=yes\nPermissions=a.b\n"
                                     "[Role guest]\nSecondFactor=no\n"),
                         0);
        assert_false(settings_role(world->settings, "clerk")->second_factor);
        assert_true(settings_role(world->settings, "cashier")->second_factor);
        assert_true(role_grants(settings_role(world->settings, "cashier"), "a.b"));
        assert_false(settings_role(world->settings, "guest")->second_factor);
}

static void permission_has_the_marks_of_its_section_and_none_without(void **state)
{
        struct settings_world *world = *state;
        const struct permission *found;

        assert_int_equal(load(world, "[Role clerk]\nPermissions=card.credit card.view\n"
                                     "[Permission card.credit]\nDescription=Pays back\n"
                                     "SecondFactor=yes\n"
                                     "[Permission card.dump]\nApprovedAddress=yes\n"
                                     "[Role guest]\nPermissions=card.view card.see\n"),
                         0);
        found = settings_permission(world->settings, "card.credit");
        assert_string_equal(found->description, "Pays back");
        assert_true(found->second_factor);
        assert_false(found->approved_address);
        assert_true(settings_permission(world->settings, "card.dump")->approved_address);
        found = settings_permission(world->settings, "card.view");
        assert_string_equal(found->description, "");
        assert_false(found->second_factor || found->approved_address);
        assert_int_equal(world->settings->n_permissions, 4);
        assert_null(settings_permission(world->settings, "card"));
        assert_null(settings_permission(world->settings, ""));
}

/* R85: nothing is promised to secondary users that they never get. */
static void role_of_secondaries_lists_nothing_that_they_never_get(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(load(world, "[Role helper]\nSecondary=yes\nPermissions=a.b\n"
                                     "[Role clerk]\nPermissions=account.edit\n"),
                         0);
        assert_true(settings_role(world->settings, "helper")->secondary);
        assert_false(settings_role(world->settings, "clerk")->secondary);
        assert_int_equal(load(world, "[Role helper]\nPermissions=a.b users.view account.edit\n"
                                     "Secondary=yes\n"),
                         -EINVAL);
        assert_string_equal(
                world->complaints,
                "roles.conf: [Role helper] has Secondary=yes, and secondary users never "
                "get users.view; remove it from Permissions=\n"
                "roles.conf: [Role helper] has Secondary=yes, and secondary users never "
                "get account.edit; remove it from Permissions=\n");
}

static void mistakes_are_named(void **state)
{
        static const struct {
                const char *text, *complaint;
        } rows[] = {
                {"[Role x]\nPermision=a.b\n",
                 "roles.conf:2: Permision= is not known; did you mean Permissions=?\n"},
                {"[Role x]\nPermissions=users.* a..b .a a. A.b ok.yes plain\n",
                 "roles.conf:2: 'users.*' is no permission; write it as users.view\n"
                 "roles.conf:2: 'a..b' is no permission; write it as users.view\n"
                 "roles.conf:2: '.a' is no permission; write it as users.view\n"
                 "roles.conf:2: 'a.' is no permission; write it as users.view\n"
                 "roles.conf:2: 'A.b' is no permission; write it as users.view\n"
                 "roles.conf:2: 'plain' is no permission; write it as users.view\n"},
                {"[Role x]\n[Role y]\n[Role x]\nPermissions=a.b\n",
                 "roles.conf:3: [Role x] stands here a second time; join the two\n"},
                {"[Role x]\nPermissions=a.b\nPermissions=a.c\nDescription=a\nDescription=b\n",
                 "roles.conf:3: Permissions= was set already in [Role x]; keep one of them\n"
                 "roles.conf:5: Description= was set already in [Role x]; keep one of them\n"},
                {"[Role x]\nSecondFactr=yes\n",
                 "roles.conf:2: SecondFactr= is not known; did you mean SecondFactor=?\n"},
                {"[Role x]\nNothingLikeIt=1\n",
                 "roles.conf:2: NothingLikeIt= is not known; there are Description=, Permissions=, "
                 "SecondFactor= and Secondary=\n"},
                {"[Role x]\nSecondFactor=maybe\n",
                 "roles.conf:2: SecondFactor=maybe is not valid; it takes yes or no\n"},
                {"[Role x]\nSecondFactor=no\nSecondFactor=yes\n[Role y]\nSecondFactor=yes\n",
                 "roles.conf:3: SecondFactor= was set already in [Role x]; keep one of them\n"},
                {"[Role X]\n[Role c-shop]\n[Role l-north]\n[Role ledger]\n",
                 "roles.conf:1: [Role X] has no valid name; it takes 1 to 32 of a-z, 0-9 and '-', "
                 "a "
                 "letter first, not c- or l-\n"
                 "roles.conf:2: [Role c-shop] has no valid name; it takes 1 to 32 of a-z, 0-9 and "
                 "'-', a letter first, not c- or l-\n"
                 "roles.conf:3: [Role l-north] has no valid name; it takes 1 to 32 of a-z, 0-9 and "
                 "'-', a letter first, not c- or l-\n"},
                {"[Roles]\nPermissions=a.b\n",
                 "roles.conf:1: [Roles] is not known; write [Role NAME] or [Permission NAME]\n"},
                {"Permissions=a.b\n",
                 "roles.conf:1: Permissions= stands before any heading; write [Role NAME] or "
                 "[Permission NAME] in the line above\n"},
                {"[Permission a.b]\nSecondFactr=yes\nPermissions=a.c\n",
                 "roles.conf:2: SecondFactr= is not known; did you mean SecondFactor=?\n"
                 "roles.conf:3: Permissions= is not known; there are Description=, SecondFactor= "
                 "and ApprovedAddress=\n"},
                {"[Permission a.b]\nApprovedAdress=yes\nSecondFactor=perhaps\n",
                 "roles.conf:2: ApprovedAdress= is not known; did you mean ApprovedAddress=?\n"
                 "roles.conf:3: SecondFactor=perhaps is not valid; it takes yes or no\n"},
                {"[Permission users]\n[Permission users.*]\n",
                 "roles.conf:1: [Permission users] has no valid name; it takes parts of a-z, 0-9 "
                 "and '-' with dots between them, as users.view\n"
                 "roles.conf:2: [Permission users.*] has no valid name; it takes parts of a-z, 0-9 "
                 "and '-' with dots between them, as users.view\n"},
                {"[Permission a.b]\n[Role a]\n[Permission a.b]\n",
                 "roles.conf:3: [Permission a.b] stands here a second time; join the two\n"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct settings_world *world = *state;

                assert_int_equal(load(world, rows[i].text), -EINVAL);
                assert_string_equal(world->complaints, rows[i].complaint);
        }
}

static void shipped_roles_permit_what_the_rules_say(void **unused)
{
        static const struct {
                const char *role, *permission;
                bool granted;
        } rows[] = {
                {"merchant-administrator", "users.manage", true}, /* R9 */
                {"merchant-administrator", "users.view", true},
                {"merchant-administrator", "customer.alias", true}, /* R51 */
                {"admin", "transactions.refund", true},             /* R6 */
                {"admin", "transactions.cancel", true},
                {"admin", "users.manage", false},
                {"encoder", "transactions.view", true}, /* R6 */
                {"encoder", "transactions.refund", false},
                {"encoder", "transactions.cancel", false},
                {"encoder", "transactions.credit", false},
                {"viewer", "transactions.view", true},
                {"viewer", "transactions.refund", false},
                {"viewer", "users.view", false},
                {"security-manager", "settings.program", true}, /* R64 */
                {"security-manager", "settings.api", true},     /* R65 */
                {"security-manager", "api.request", true},      /* R66 */
                {"security-manager", "api.approve", false},     /* R67 */
                {"business-owner", "api.approve", true},        /* R67 */
                {"business-owner", "api.request", false},
                {"business-owner", "settings.api", false}, /* R65 */
                {"primary", "users.manage", true},         /* R83 */
                {"primary", "account.edit", true},         /* R79 */
                {"primary", "account.billing", true},      /* R80 */
                {"secondary", "endpoints.read", true},     /* R84 */
                {"secondary", "endpoints.update", true},
                {"secondary", "endpoints.delete", true},
                {"secondary", "endpoints.profiles.delete", true},
                {"secondary", "participants.delete", true},
                {"secondary", "account.edit", false}, /* R85 */
                {"secondary", "account.billing", false},
                {"secondary", "account.subscription", false},
                {"secondary", "users.manage", false},
        };
        _cleanup_(settings_freep) struct settings *settings = NULL;

        assert_int_equal(settings_load(&settings, SHIPPED_CONF, NULL, NULL), 0);
        assert_int_equal(settings->n_roles, 8);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const struct role *role = settings_role(settings, rows[i].role);

                assert_non_null(role);
                assert_string_not_equal(role->description, "");
                if (role_grants(role, rows[i].permission) != rows[i].granted)
                        fail_msg("%s, %s", rows[i].role, rows[i].permission);
        }
}

/* R58, R59, R71, and no other. */
static void shipped_permissions_are_described_and_marked_as_the_rules_say(void **unused)
{
        static const char *const with_factor[] = {"transactions.credit", "pan.decrypt"};
        _cleanup_(settings_freep) struct settings *settings = NULL;
        size_t factors = 0, addresses = 0;

        assert_int_equal(settings_load(&settings, SHIPPED_CONF, NULL, NULL), 0);
        for (size_t i = 0; i < settings->n_permissions; i++) {
                assert_string_not_equal(settings->permissions[i].description, "");
                factors += settings->permissions[i].second_factor;
                addresses += settings->permissions[i].approved_address;
        }
        for (size_t i = 0; i < ELEMENTS(with_factor); i++)
                assert_true(settings_permission(settings, with_factor[i])->second_factor);
        assert_true(settings_permission(settings, "customers.details")->approved_address);
        assert_int_equal(factors, ELEMENTS(with_factor));
        assert_int_equal(addresses, 1);
}

/* R65: API settings are for one role alone. */
static void only_the_security_manager_sees_api_settings(void **unused)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        size_t holders = 0;

        assert_int_equal(settings_load(&settings, SHIPPED_CONF, NULL, NULL), 0);
        for (size_t i = 0; i < settings->n_roles; i++)
                holders += role_grants(&settings->roles[i], "settings.api");
        assert_int_equal(holders, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(role_permits_what_it_lists_and_nothing_else,
                                                settings_world_setup, settings_world_teardown),
                cmocka_unit_test_setup_teardown(role_demands_the_factor_if_it_says_so,
                                                settings_world_setup, settings_world_teardown),
                cmocka_unit_test_setup_teardown(
                        permission_has_the_marks_of_its_section_and_none_without,
                        settings_world_setup, settings_world_teardown),
                cmocka_unit_test_setup_teardown(
                        role_of_secondaries_lists_nothing_that_they_never_get, settings_world_setup,
                        settings_world_teardown),
                cmocka_unit_test_setup_teardown(mistakes_are_named, settings_world_setup,
                                                settings_world_teardown),
                cmocka_unit_test(shipped_roles_permit_what_the_rules_say),
                cmocka_unit_test(shipped_permissions_are_described_and_marked_as_the_rules_say),
                cmocka_unit_test(only_the_security_manager_sees_api_settings),
        };

        return cmocka_run_group_tests_name("roles (R6, R9, R19, R20, R64 to R67, R84, R85)", tests,
                                           NULL, NULL);
}
