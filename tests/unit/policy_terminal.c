/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R27: what may be bound to a location. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/terminal.h"

#include <errno.h>

#define LONG64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void R27_each_kind_takes_its_values(void **unused)
{
        static const struct {
                enum terminal_kind kind;
                const char *host, *value, *stored;
        } rows[] = {
                {TERMINAL_HOST, NULL, "till-3", "till-3"},
                {TERMINAL_HOST, "", "Till3.shop.example", "Till3.shop.example"},
                {TERMINAL_HOST, NULL, LONG64, LONG64},
                {TERMINAL_HOST, NULL, LONG64 "a", NULL},
                {TERMINAL_HOST, NULL, "", NULL},
                {TERMINAL_HOST, NULL, "-till", NULL},
                {TERMINAL_HOST, NULL, "till 3", NULL},
                {TERMINAL_HOST, NULL, "till/3", NULL},
                {TERMINAL_HOST, "till-3", "till-3", NULL},
                {TERMINAL_TTY, "till-3", "tty1", "tty1"},
                {TERMINAL_TTY, "till-3", "/dev/ttyS0", "ttyS0"},
                {TERMINAL_TTY, "till-3", ":0", ":0"},
                {TERMINAL_TTY, "till-3", "pts/0", NULL}, /* whose number anybody gets */
                {TERMINAL_TTY, "till-3", "/dev/pts/7", NULL},
                {TERMINAL_TTY, "till-3", "ssh", NULL}, /* sshd's word for every line */
                {TERMINAL_TTY, "till-3", "../tty1", NULL},
                {TERMINAL_TTY, "till-3", "/tty1", NULL},
                {TERMINAL_TTY, "till-3", "", NULL},
                {TERMINAL_TTY, "", "tty1", NULL},
                {TERMINAL_TTY, NULL, "tty1", NULL},
                {TERMINAL_TTY, "a b", "tty1", NULL},
                {TERMINAL_SERVICE, "till-3", "refunds", "refunds"},
                {TERMINAL_SERVICE, "till-3", "Refunds", NULL},
                {TERMINAL_SERVICE, "till-3", "", NULL},
                {TERMINAL_SERVICE, NULL, "refunds", NULL},
                {TERMINAL_NETWORK, NULL, "192.0.2.0/24", "192.0.2.0/24"},
                {TERMINAL_NETWORK, NULL, "::ffff:192.0.2.0/120", "192.0.2.0/24"},
                {TERMINAL_NETWORK, NULL, "2001:DB8::/32", "2001:db8::/32"},
                {TERMINAL_NETWORK, NULL, "192.0.2.1/24", NULL},
                {TERMINAL_NETWORK, NULL, "fe80::1%eth0", NULL},
                {TERMINAL_NETWORK, NULL, "shop.example", NULL},
                {TERMINAL_NETWORK, "till-3", "192.0.2.0/24", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct terminal terminal;
                char why[256] = "";
                int r = terminal_make(&terminal, rows[i].kind, rows[i].host, rows[i].value, why,
                                      sizeof(why));

                ROW(rows[i].value);
                assert_int_equal(r, rows[i].stored ? 0 : -EINVAL);
                if (r == 0)
                        assert_string_equal(terminal.value, rows[i].stored);
                else
                        assert_true(strstr(why, "Value: ") == why || strstr(why, "Host: ") == why);
        }
}

static void R27_a_range_that_was_meant_is_offered(void **unused)
{
        struct terminal terminal;
        char why[256];

        assert_int_equal(
                terminal_make(&terminal, TERMINAL_NETWORK, NULL, "192.0.2.7/24", why, sizeof(why)),
                -EINVAL);
        assert_non_null(strstr(why, "the range is 192.0.2.0/24"));
}

static void kinds_have_names(void **unused)
{
        enum terminal_kind kind;

        for (int i = TERMINAL_NETWORK; i <= TERMINAL_HOST; i++) {
                assert_int_equal(
                        terminal_kind_from_name(terminal_kind_name((enum terminal_kind)i), &kind),
                        0);
                assert_int_equal(kind, i);
        }
        assert_int_equal(terminal_kind_from_name("phone", &kind), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R27_each_kind_takes_its_values),
                cmocka_unit_test(R27_a_range_that_was_meant_is_offered),
                cmocka_unit_test(kinds_have_names),
        };

        return cmocka_run_group_tests_name("terminal (R27)", tests, NULL, NULL);
}
