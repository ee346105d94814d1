/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As what a login attempt is counted. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/source.h"

#include <string.h>

struct row {
        struct source_facts facts;
        const char *first, *second; /* NULL: there is none */
};

static void source_is_what_a_stranger_cannot_change_at_will(void **unused)
{
        static const struct row rows[] = {
                {{.rhost = "192.0.2.7", .service = "sshd", .tty = "x"}, "192.0.2.7"},
                {{.rhost = "192.0.2.7", .service = "web", .tty = "x", .uid = 33},
                 "192.0.2.7 uid=33"},
                {{.rhost = "2001:db8:aaaa:bbbb:3:4:5:6",
                  .service = "web",
                  .tty = "",
                  .uid = UINT32_MAX - 1},
                 "2001:db8:aaaa:bbbb::/64 uid=4294967294",
                 "2001:db8:aaaa::/48 uid=4294967294"},
                {{.rhost = "::ffff:192.0.2.7", .service = "sshd", .tty = ""}, "192.0.2.7"},
                {{.rhost = "2001:db8:1:2:3:4:5:6", .service = "sshd", .tty = ""},
                 "2001:db8:1:2::/64",
                 "2001:db8:1::/48"},
                {{.rhost = "2001:db8:1:2::", .service = "imap", .tty = ""},
                 "2001:db8:1:2::/64",
                 "2001:db8:1::/48"},
                {{.rhost = "::1", .service = "sshd", .tty = ""}, "::/64", "::/48"},
                {{.rhost = "", .service = "login", .tty = "tty1"}, "service=login tty=tty1"},
                {{.rhost = "", .service = "nginx", .tty = ""}, "service=nginx"},
                {{.rhost = "", .service = "su", .tty = "pts/3", .caller = 70001}, "uid=70001"},
                {{.rhost = "", .service = "su", .tty = "pts/3", .uid = 70002}, "uid=70002"},
                {{.rhost = "", .service = "vlock", .tty = "other", .uid = 70002}, "uid=70002"},
                /* No name is ever taken for an address. */
                {{.rhost = "host.example", .service = "ftp", .tty = ""}, "service=ftp"},
                {{.rhost = "192.0.2.0/24", .service = "ftp", .tty = ""}, "service=ftp"},
                {{.rhost = "",
                  .service = "a-service-of-a-name-as-long-as-anybody-ever-saw-one-be",
                  .tty = "/dev/a-terminal-of-a-long-name"},
                 "service=a-service-of-a-name- tty=/dev/a-terminal-"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const struct row *row = &rows[i];
                struct source source;

                source_find(&source, &row->facts);
                if (source.n != 1U + (row->second != NULL) ||
                    strcmp(source.text[0], row->first) != 0 ||
                    (row->second && strcmp(source.text[1], row->second) != 0))
                        fail_msg("row %zu: %u %s %s", i, source.n, source.text[0], source.text[1]);
        }
}

static void exempt_ranges_have_no_bucket(void **unused)
{
        static const struct {
                const char *rhost;
                bool exempt;
        } rows[] = {
                {"192.0.2.7", true},   {"::ffff:192.0.2.7", true}, {"192.0.3.7", false},
                {"2001:db8::1", true}, {"2001:db9::1", false},     {"::c000:207", false},
                {"", false},           {"ffff::192.0.2.7", false},
        };
        struct network exempt[2];

        assert_int_equal(network_parse(&exempt[0], "192.0.2.0/24"), 0);
        assert_int_equal(network_parse(&exempt[1], "2001:db8::/32"), 0);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const struct source_facts facts = {
                        .rhost = rows[i].rhost,
                        .service = "sshd",
                        .tty = "",
                        .exempt = exempt,
                        .n_exempt = ELEMENTS(exempt),
                };
                struct source source;

                source_find(&source, &facts);
                if ((source.n == 0) != rows[i].exempt)
                        fail_msg("%s", rows[i].rhost);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(source_is_what_a_stranger_cannot_change_at_will),
                cmocka_unit_test(exempt_ranges_have_no_bucket),
        };

        return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
