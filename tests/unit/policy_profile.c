/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R79 to R82, R85, R87: the fields of a customer, which must be there, and where invoices go. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/country.h"
#include "bo-accountd/policy/profile.h"
#include "bo-accountd/policy/secondary.h"

static void each_field_has_one_form(void **unused)
{
        static const struct {
                enum profile_field field;
                const char *country, *text, *form; /* NULL: refused */
        } rows[] = {
                {PROFILE_COMPANY, "", "  Bakkerij Smit & Zn., \xe2\x82\xac  ",
                 "Bakkerij Smit & Zn., \xe2\x82\xac"},
                {PROFILE_COMPANY, "", "a\033[2Jb", NULL},
                {PROFILE_COMPANY, "",
                 "a\xe2\x80\xae"
                 "b",
                 NULL},
                {PROFILE_COMPANY, "", "\xff", NULL},
                {PROFILE_COMPANY, "", "", ""},
                {PROFILE_COMPANY, "", "  ", ""},
                {PROFILE_INVOICE_EMAIL, "", "Invoices@Shop.example", "invoices@shop.example"},
                {PROFILE_INVOICE_EMAIL, "", "info@shop.example", "info@shop.example"}, /* R87 */
                {PROFILE_INVOICE_EMAIL, "", "shop", NULL},
                {PROFILE_CONTACT_EMAIL, "", "a b@shop.example", NULL},
                {PROFILE_PHONE, "", "+31 (20) 123-45.67", "+31201234567"},
                {PROFILE_PHONE, "", "112", "112"},
                {PROFILE_PHONE, "", "12", NULL},
                {PROFILE_PHONE, "", "1234567890123456", NULL},
                {PROFILE_PHONE, "", "12+34", NULL},
                {PROFILE_PHONE, "", "+", NULL},
                {PROFILE_WEBSITE, "", "https://shop.example/nl?a=b", "https://shop.example/nl?a=b"},
                {PROFILE_WEBSITE, "", "http://shop.example", "http://shop.example"},
                {PROFILE_WEBSITE, "", "shop.example", NULL},
                {PROFILE_WEBSITE, "", "javascript:alert(1)", NULL},
                {PROFILE_WEBSITE, "", "https://", NULL},
                {PROFILE_WEBSITE, "", "https://shop/", NULL},
                {PROFILE_WEBSITE, "", "https://shop.example/\"onclick", NULL},
                {PROFILE_WEBSITE, "", "https://shop.example/ x", NULL},
                {PROFILE_COUNTRY, "", "nl", "NL"},
                {PROFILE_COUNTRY, "", "EL", NULL}, /* of VAT numbers alone */
                {PROFILE_COUNTRY, "", "NLD", NULL},
                {PROFILE_COUNTRY, "", "Nederland", NULL},
                {PROFILE_POSTCODE, "NL", "1012js", "1012 JS"},
                {PROFILE_POSTCODE, "NL", "1012 JS", "1012 JS"},
                {PROFILE_POSTCODE, "NL", "0123 AB", NULL},
                {PROFILE_POSTCODE, "NL", "1012 SS", NULL},
                {PROFILE_POSTCODE, "NL", "1012", NULL},
                {PROFILE_POSTCODE, "NL", "10123 A", NULL},
                {PROFILE_POSTCODE, "GB", "sw1a 1aa", "SW1A 1AA"},
                {PROFILE_POSTCODE, "", "1012", "1012"},
                {PROFILE_POSTCODE, "DE", "10115;", NULL},
                {PROFILE_POSTCODE, "DE", "12345678901234567", NULL},
                {PROFILE_KVK, "", "1234 5678", "12345678"},
                {PROFILE_OIN, "", "00000001822477348000", "00000001822477348000"},
                {PROFILE_VAT, "", "nl123456782b01", "NL123456782B01"},
                {PROFILE_VAT, "", "nl123456783b01", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct profile profile = {0};
                enum profile_field field;
                char why[NUMBER_WHY] = "";
                bool good;

                ROW(rows[i].text);
                strcpy(profile.text[PROFILE_COUNTRY], rows[i].country);
                strcpy(profile.text[rows[i].field], rows[i].text);
                good = profile_check(&profile, PROFILE_BIT(rows[i].field), &field, why);
                assert_int_equal(good, rows[i].form != NULL);
                if (good)
                        assert_string_equal(profile.text[rows[i].field], rows[i].form);
                else
                        assert_int_equal(field, rows[i].field);
                assert_int_equal(why[0] == '\0', good);
        }
}

static void a_long_line_is_refused_at_its_limit(void **unused)
{
        struct profile profile = {0};
        enum profile_field field;
        char why[NUMBER_WHY];

        memset(profile.text[PROFILE_CITY], 'x', 128);
        assert_true(profile_check(&profile, PROFILE_BIT(PROFILE_CITY), &field, why));
        profile.text[PROFILE_CITY][128] = 'x';
        assert_false(profile_check(&profile, PROFILE_BIT(PROFILE_CITY), &field, why));
        memset(profile.text[PROFILE_PHONE], '1', PROFILE_TEXT_SIZE - 1);
        assert_false(profile_check(&profile, PROFILE_BIT(PROFILE_PHONE), &field, why));
}

/* Whatever the order in which they are given. */
static void postcode_is_checked_when_the_country_changes(void **unused)
{
        struct profile profile = {0};
        enum profile_field field;
        char why[NUMBER_WHY];

        strcpy(profile.text[PROFILE_POSTCODE], "10115");
        strcpy(profile.text[PROFILE_COUNTRY], "nl");
        assert_false(profile_check(&profile, PROFILE_BIT(PROFILE_COUNTRY), &field, why));
        assert_int_equal(field, PROFILE_POSTCODE);
        strcpy(profile.text[PROFILE_POSTCODE], "1012js");
        assert_true(profile_check(&profile,
                                  PROFILE_BIT(PROFILE_COUNTRY) | PROFILE_BIT(PROFILE_POSTCODE),
                                  &field, why));
        assert_string_equal(profile.text[PROFILE_POSTCODE], "1012 JS");
}

static void R80_what_is_required_depends_on_type_and_separate_billing(void **unused)
{
        static const struct {
                enum billed billed;
                bool chosen, separate;
        } rows[] = {
                {BILLED_TOGETHER, false, false},  {BILLED_TOGETHER, true, false},
                {BILLED_SEPARATELY, false, true}, {BILLED_SEPARATELY, true, true},
                {BILLED_BY_CHOICE, false, false}, {BILLED_BY_CHOICE, true, true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const struct billing_rule rule = {
                        .required = PROFILE_BIT(PROFILE_COMPANY) | PROFILE_BIT(PROFILE_CITY),
                        .required_if_separately = PROFILE_BIT(PROFILE_VAT),
                        .billed = rows[i].billed,
                };
                struct profile profile = {.separately_billed = rows[i].chosen};
                uint32_t more = rows[i].separate ? PROFILE_BIT(PROFILE_VAT) : 0;

                assert_int_equal(billing_is_separate(&rule, rows[i].chosen), rows[i].separate);
                assert_int_equal(billing_missing(&rule, &profile), rule.required | more);
                strcpy(profile.text[PROFILE_COMPANY], "Shop");
                assert_int_equal(billing_missing(&rule, &profile),
                                 PROFILE_BIT(PROFILE_CITY) | more);
                strcpy(profile.text[PROFILE_CITY], "Delft");
                strcpy(profile.text[PROFILE_VAT], "NL123456782B01");
                assert_int_equal(billing_missing(&rule, &profile), 0);
        }
}

static void R82_invoices_go_to_the_first_of_oin_kvk_and_vat(void **unused)
{
        static const struct {
                const char *oin, *kvk, *vat, *recipient;
        } rows[] = {
                {"00000001822477348000", "12345678", "NL123456782B01", "0190:00000001822477348000"},
                {"", "12345678", "NL123456782B01", "0106:12345678"},
                {"", "", "NL123456782B01", "9944:NL123456782B01"},
                {"", "", "BE0403019261", "9925:BE0403019261"},
                {"", "", "DE136695976", "9930:DE136695976"},
                {"", "", "FR40303265045", "9957:FR40303265045"},
                {"", "", "SE123456789701", ""}, /* Peppol has no scheme for it */
                {"00000001822477348000", "", "SE123456789701", "0190:00000001822477348000"},
                {"", "", "", ""},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct profile profile = {0};
                char out[PEPPOL_SIZE];

                strcpy(profile.text[PROFILE_OIN], rows[i].oin);
                strcpy(profile.text[PROFILE_KVK], rows[i].kvk);
                strcpy(profile.text[PROFILE_VAT], rows[i].vat);
                profile_peppol(&profile, out);
                assert_string_equal(out, rows[i].recipient);
        }
}

static void fields_are_found_by_their_names(void **unused)
{
        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++)
                assert_int_equal(profile_find(profile_name(field)), field);
        assert_int_equal(profile_find("company"), PROFILE_FIELDS);
        assert_int_equal(profile_find(""), PROFILE_FIELDS);
}

static void countries_are_those_of_the_standard(void **unused)
{
        static const char *const known[] = {"AD", "GR", "NL", "SS", "ZW"}, *const unknown[] = {
                                                                                   "EL", "XI", "EU",
                                                                                   "AN", "D ", "N",
                                                                                   "",   "NLD"};

        for (size_t i = 0; i < ELEMENTS(known); i++)
                assert_true(country_is_known(known[i]));
        for (size_t i = 0; i < ELEMENTS(unknown); i++)
                assert_false(country_is_known(unknown[i]));
}

static void R85_secondary_holds_nothing_of_account_users_and_alias(void **unused)
{
        static const struct {
                const char *permission;
                bool may;
        } rows[] = {
                {"account.edit", false},         {"account.billing", false},
                {"account.subscription", false}, {"account.anything", false},
                {"users.manage", false},         {"users.view", false},
                {"customer.alias", false},       {"customers.details", true},
                {"endpoints.delete", true},      {"participants.update", true},
                {"transactions.view", true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (secondary_may_hold(rows[i].permission) != rows[i].may)
                        fail_msg("%s", rows[i].permission);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_field_has_one_form),
                cmocka_unit_test(a_long_line_is_refused_at_its_limit),
                cmocka_unit_test(postcode_is_checked_when_the_country_changes),
                cmocka_unit_test(R80_what_is_required_depends_on_type_and_separate_billing),
                cmocka_unit_test(R82_invoices_go_to_the_first_of_oin_kvk_and_vat),
                cmocka_unit_test(fields_are_found_by_their_names),
                cmocka_unit_test(countries_are_those_of_the_standard),
                cmocka_unit_test(R85_secondary_holds_nothing_of_account_users_and_alias),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
