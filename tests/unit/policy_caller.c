/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callers= of a service: which words name somebody, and whom. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/caller.h"

#include <errno.h>
#include <string.h>

static void words_name_users_uids_and_groups(void **unused)
{
        static const struct {
                enum caller_kind kind;
                uint32_t uid;
                const char *name;
        } rows[] = {
                {CALLER_USER, 0, "www-data"}, {CALLER_UID, 33, ""},      {CALLER_GROUP, 0, "web"},
                {CALLER_USER, 0, "_chrony"},  {CALLER_UID, 70001, ""},   {CALLER_UID, 0, ""},
                {CALLER_UID, 4294967294, ""}, {CALLER_USER, 0, "a.b-C"},
        };
        const char *list = "  www-data 33\t@web _chrony  70001 0 4294967294 a.b-C ";
        struct caller caller;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                assert_int_equal(caller_next(&list, &caller), 1);
                assert_int_equal(caller.kind, rows[i].kind);
                assert_int_equal(caller.uid, rows[i].uid);
                assert_string_equal(caller.name, rows[i].name);
        }
        assert_int_equal(caller_next(&list, &caller), 0);
}

static void words_that_name_nobody_are_refused(void **unused)
{
        static const char *const bad[] = {
                "www-data,postgres",
                "@",
                "@@web",
                "-1",
                "+33",
                "033",
                "65535",
                "4294967295",
                "33x",
                "0x21",
                "12345678901",
                "alice@shop.example",
                "-web",
                ".web",
                "web\nx",
                "@33",
                "www data!",
                "d\xc3\xb6ner",
                "*",
                "@a/b",
        };
        char longest[NAME_MAX_BYTES + 2];

        for (size_t i = 0; i < ELEMENTS(bad); i++)
                assert_false(caller_list_is_valid(bad[i]));
        memset(longest, 'a', sizeof(longest));
        longest[NAME_MAX_BYTES] = '\0';
        assert_true(caller_list_is_valid(longest));
        longest[NAME_MAX_BYTES] = 'a';
        longest[NAME_MAX_BYTES + 1] = '\0';
        assert_false(caller_list_is_valid(longest));
        assert_true(caller_list_is_valid(""));
        assert_true(caller_list_is_valid(" \t"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_name_users_uids_and_groups),
                cmocka_unit_test(words_that_name_nobody_are_refused),
        };

        return cmocka_run_group_tests_name("callers of a service", tests, NULL, NULL);
}
