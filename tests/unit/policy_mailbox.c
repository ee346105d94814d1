/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R22: which addresses look like the mailbox of a group. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/mailbox.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void R22_addresses_of_offices_are_seen(void **unused)
{
        static const char *const groups[] = {
                "info@shop.example",
                "info2@shop.example",
                "info+till@shop.example",
                "office@shop.example",
                "team@shop.example",
                "admin@shop.example",
                "support@shop.example",
                "sales@shop.example",
                "sales-nl@shop.example",
                "team.finance@shop.example",
                "noreply@shop.example",
                "no-reply@shop.example",
                "do_not_reply@shop.example",
                "customer.service@shop.example",
                "klantenservice@winkel.example",
                "verkoop@winkel.example",
                "buchhaltung@laden.example",
                "kontakt@laden.example",
                "postmaster@shop.example",
                "it@shop.example",
        };

        for (size_t i = 0; i < ELEMENTS(groups); i++)
                if (!mailbox_is_group(groups[i]))
                        fail_msg("%s was taken for a person's", groups[i]);
}

static void R22_addresses_of_persons_are_left_alone(void **unused)
{
        static const char *const persons[] = {
                "alice@shop.example",
                "alice.sales@shop.example", /* her family's name, perhaps */
                "infonia@shop.example",
                "teammate@shop.example",
                "ita@shop.example",
                "itallie@shop.example",
                "alice+info@shop.example",
                "alice@info.example",
                "12@shop.example",
                "_@shop.example",
                A64 "@shop.example",
                "",
        };

        for (size_t i = 0; i < ELEMENTS(persons); i++)
                if (mailbox_is_group(persons[i]))
                        fail_msg("%s was taken for a group's", persons[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R22_addresses_of_offices_are_seen),
                cmocka_unit_test(R22_addresses_of_persons_are_left_alone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
