/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R79, R80, R83: account types as the site configures them. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "tests/unit/settings_world.h"

static int load(struct settings_world *world, const char *text)
{
        settings_world_write(world, "account-types.conf", text);
        return settings_world_load(world);
}

static void type_says_what_its_section_says(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(load(world, "[AccountType plain]\n"
                                     "[AccountType full]\nDescription=All of it\nSecondaries=yes\n"
                                     "Subscriptions=basic\textra basic\nSubscriptionChange=on\n"
                                     "SeparatelyBilled=choice\nRequiredBilling=Company City\n"
                                     "RequiredWhenSeparatelyBilled= Vat InvoiceEmail\n"),
                         0);

        const struct account_type *plain = settings_account_type(world->settings, "plain");
        const struct account_type *full = settings_account_type(world->settings, "full");

        assert_string_equal(plain->description, "");
        assert_false(plain->secondaries);
        assert_false(plain->subscription_change);
        assert_int_equal(plain->n_subscriptions, 0);
        assert_int_equal(plain->billing.required, 0);
        assert_int_equal(plain->billing.billed, BILLED_TOGETHER);
        assert_string_equal(full->description, "All of it");
        assert_true(full->secondaries);
        assert_true(full->subscription_change);
        assert_int_equal(full->n_subscriptions, 2);
        assert_true(account_type_offers(full, "extra"));
        assert_false(account_type_offers(full, "ext"));
        assert_int_equal(full->billing.billed, BILLED_BY_CHOICE);
        assert_int_equal(full->billing.required,
                         PROFILE_BIT(PROFILE_COMPANY) | PROFILE_BIT(PROFILE_CITY));
        assert_int_equal(full->billing.required_if_separately,
                         PROFILE_BIT(PROFILE_VAT) | PROFILE_BIT(PROFILE_INVOICE_EMAIL));
        assert_null(settings_account_type(world->settings, "Plain"));
        assert_null(settings_account_type(world->settings, ""));
}

static void mistakes_are_named(void **state)
{
        static const struct {
                const char *text, *complaint;
        } rows[] = {
                {"[AccountType x]\nSecondarys=yes\n",
                 "account-types.conf:2: Secondarys= is not known; did you mean Secondaries=?\n"},
                {"[AccountType x]\nSecondaries=some\n",
                 "account-types.conf:2: Secondaries=some is not valid; it takes yes or no\n"},
                {"[AccountType x]\nSeparatelyBilled=perhaps\n",
                 "account-types.conf:2: SeparatelyBilled=perhaps is not valid; it takes yes, no or "
                 "choice\n"},
                {"[AccountType x]\nRequiredBilling=Compny Phone xyzzy-plugh\n",
                 "account-types.conf:2: 'Compny' is no billing field; did you mean Company\n"
                 "account-types.conf:2: 'Phone' is no billing field; account-types.conf(5) lists "
                 "them\n"
                 "account-types.conf:2: 'xyzzy-plugh' is no billing field; account-types.conf(5) "
                 "lists "
                 "them\n"},
                {"[AccountType x]\nSubscriptions=Gold\n",
                 "account-types.conf:2: 'Gold' is no name of a subscription; it takes 1 to 32 of "
                 "a-z, 0-9 and '-', a letter first\n"},
                {"[AccountType x]\n[AccountType x]\n",
                 "account-types.conf:2: [AccountType x] stands here a second time; join the two\n"},
                {"[Type x]\n",
                 "account-types.conf:1: [Type x] is not known; write [AccountType NAME]\n"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct settings_world *world = *state;

                assert_int_equal(load(world, rows[i].text), -EINVAL);
                assert_string_equal(world->complaints, rows[i].complaint);
        }
}

static void shipped_types_can_be_used(void **unused)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        size_t with_secondaries = 0;

        assert_int_equal(settings_load(&settings, SHIPPED_CONF, NULL, NULL), 0);
        assert_int_equal(settings->n_account_types, 4);
        for (size_t i = 0; i < settings->n_account_types; i++) {
                const struct account_type *type = &settings->account_types[i];

                assert_string_not_equal(type->description, "");
                assert_true(type->n_subscriptions > 0);
                assert_true(type->billing.required != 0);
                with_secondaries += type->secondaries;
        }
        assert_int_equal(with_secondaries, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(type_says_what_its_section_says,
                                                settings_world_setup, settings_world_teardown),
                cmocka_unit_test_setup_teardown(mistakes_are_named, settings_world_setup,
                                                settings_world_teardown),
                cmocka_unit_test(shipped_types_can_be_used),
        };

        return cmocka_run_group_tests_name("account types (R79, R80, R83)", tests, NULL, NULL);
}
