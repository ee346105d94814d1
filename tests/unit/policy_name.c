/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R25: what a user, a customer, a home and a full name may be called. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "bo-accountd/policy/name.h"

#define A63  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A128 A63 "a" A63 "a"

#define SHORTER "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 62 */

static void good_names_are_folded_to_lower_case(void **unused)
{
        static const struct {
                const char *typed, *folded;
        } rows[] = {
                {"alice", "alice"},
                {"Alice", "alice"},
                {"_x", "_x"},
                {"a.b-c_9", "a.b-c_9"},
                {"abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz012345"},
                {"Alice@Shop.Example", "alice@shop.example"},
                {"alice+till.2@pay-desk.shop.example", "alice+till.2@pay-desk.shop.example"},
                {"9lives@shop.example", "9lives@shop.example"},
                {"a@xn--fiqs8s.example", "a@xn--fiqs8s.example"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char folded[NAME_MAX_BYTES + 1] = "x";

                assert_int_equal(name_fold(folded, rows[i].typed), 0);
                assert_string_equal(folded, rows[i].folded);
        }
}

static void names_that_could_do_harm_are_refused(void **unused)
{
        static const char *const names[] = {
                "",
                " ",
                "alice ",
                " alice",
                "0",
                "70001",
                "9lives",
                "0x1",
                "-alice",
                ".alice",
                "alice:x",
                "a/b",
                "../x",
                ".",
                "..",
                "al\nice",
                "al\tice",
                "al\033[2Jice",
                "al\177",
                "alice$",
                "al ice",
                "j\xc3\xbcrgen",
                "abcdefghijklmnopqrstuvwxyz0123456",
                /* what sshd hands to PAM for names that NSS does not know */
                "\b\n\r\177INCORRECT",
                "@",
                "@shop.example",
                "alice@",
                "alice@shop",
                "alice@@shop.example",
                "alice@shop..example",
                "alice@.shop.example",
                "alice@shop.example.",
                "alice@-shop.example",
                "alice@shop-.example",
                "alice@sho_p.example",
                "alice@10.0.0.1",
                "alice@[10.0.0.1]",
                "alice@shop.42",
                "-alice@shop.example",
                ".alice@shop.example",
                "alice.@shop.example",
                "al..ice@shop.example",
                "\"alice\"@shop.example",
                "al ice@shop.example",
                "a/../b@shop.example",
                "a:b@shop.example",
                "a$(id)@shop.example",
                "a`id`@shop.example",
                "a;b@shop.example",
                "o'brien@shop.example",
                "a|b@shop.example",
                "a%h@shop.example",
                "alice@shop.example\n",
                "alice@shop.example@shop.example",
                "j\xc3\xbcrgen@shop.example",
                "alice@sh\xc3\xb6p.example",
        };

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                char folded[NAME_MAX_BYTES + 1] = "x";

                if (name_fold(folded, names[i]) != -EINVAL)
                        fail_msg("'%s' was accepted", names[i]);
                assert_string_equal(folded, "");
        }
}

static void lengths_of_RFC_5321_and_1035_are_the_limits(void **unused)
{
        char folded[NAME_MAX_BYTES + 1];

        assert_int_equal(name_fold(folded, A63 "a@shop.example"), 0);
        assert_int_equal(name_fold(folded, A63 "aa@shop.example"), -EINVAL);
        assert_int_equal(name_fold(folded, "a@" A63 ".example"), 0);
        assert_int_equal(name_fold(folded, "a@" A63 "a.example"), -EINVAL);
        /* 62 + 1 + 3 * 64 - 1 = 254, and one more */
        assert_int_equal(name_fold(folded, SHORTER "@" A63 "." A63 "." A63), 0);
        assert_int_equal(strlen(folded), 254);
        assert_int_equal(name_fold(folded, A63 "@" A63 "." A63 "." A63), -EINVAL);
        assert_int_equal(name_fold(folded, A128 A128 A128), -EINVAL);
}

static void customer_ids_are_short_and_plain(void **unused)
{
        static const char *const good[] = {"a", "acme", "acme-2", "a--b",
                                           "abcdefghijklmnopqrstuvwxyz012345"};
        static const char *const bad[] = {
                "",    "A",   "9a",  "-a",    "a-",       "a_b",
                "a.b", "a/b", "a b", "acm\n", "\xc3\xa9", "abcdefghijklmnopqrstuvwxyz0123456"};

        for (size_t i = 0; i < ELEMENTS(good); i++)
                assert_true(name_is_customer_id(good[i]));
        for (size_t i = 0; i < ELEMENTS(bad); i++)
                if (name_is_customer_id(bad[i]))
                        fail_msg("'%s' was accepted", bad[i]);
}

static void homes_and_shells_are_straight_absolute_paths(void **unused)
{
        static const char *const good[] = {"/",
                                           "/bin/bash",
                                           "/home/alice@shop.example",
                                           "/srv/h\xc3\xb6me",
                                           "/home/.x",
                                           "/home/..x",
                                           "/a/b."};
        static const char *const bad[] = {
                "",         "bin/sh", "~",       "//",       "/home/",
                "/home//a", "/./a",   "/../a",   "/home/..", "/home/.",
                "/a:b",     "/a\nb",  "/a\033b", "/a\x80",   "/a\xe2\x80\xaez"};

        for (size_t i = 0; i < ELEMENTS(good); i++)
                assert_true(name_is_path(good[i]));
        for (size_t i = 0; i < ELEMENTS(bad); i++)
                if (name_is_path(bad[i]))
                        fail_msg("'%s' was accepted", bad[i]);
        assert_false(name_is_path("/" A63 "/" A63 "/" A63 "/" A63));    /* 256 bytes */
        assert_true(name_is_path("/" A63 "/" A63 "/" A63 "/" SHORTER)); /* 255 */
}

static void full_names_are_text_without_what_parts_fields(void **unused)
{
        static const char *const good[] = {"Alice", "J\xc3\xbcrgen d'Or (till 2)", A63 A63 "aa"};
        static const char *const bad[] = {
                "",      "a:b",   "a,b",        "a\nb",           "a\033b",
                "a\x7f", "a\xc3", "a\xc2\x80z", "a\xe2\x80\xaez", A63 A63 "aaa"};

        for (size_t i = 0; i < ELEMENTS(good); i++)
                assert_true(name_is_gecos(good[i]));
        for (size_t i = 0; i < ELEMENTS(bad); i++)
                if (name_is_gecos(bad[i]))
                        fail_msg("'%s' was accepted", bad[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_names_are_folded_to_lower_case),
                cmocka_unit_test(names_that_could_do_harm_are_refused),
                cmocka_unit_test(lengths_of_RFC_5321_and_1035_are_the_limits),
                cmocka_unit_test(customer_ids_are_short_and_plain),
                cmocka_unit_test(homes_and_shells_are_straight_absolute_paths),
                cmocka_unit_test(full_names_are_text_without_what_parts_fields),
        };

        return cmocka_run_group_tests_name("name (R25)", tests, NULL, NULL);
}
