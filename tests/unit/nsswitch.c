/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon asks NSS for: everybody but bo itself. */
#include "bo-accountd/nsswitch.h"
#include "tests/unit/unit.h"

#include <nss.h>

static void bo_is_left_out_with_what_belongs_to_it(void **state)
{
        static const struct {
                const char *services, *expected;
        } cases[] = {
                {" files systemd bo\n", "files systemd"},
                {"bo files", "files"},
                {"files bo [NOTFOUND=return SUCCESS=return] systemd", "files systemd"},
                {"files [NOTFOUND=continue] bo sss", "files [NOTFOUND=continue] sss"},
                {"files[!UNAVAIL=return]bo", "files [!UNAVAIL=return]"},
                {"files bobo nobo", "files bobo nobo"},
                {" bo\n", "files"},
                {"", "files"},
                {"files # bo was here", "files"},
        };
        char out[64];

        (void)state;
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                nsswitch_without(out, sizeof(out), cases[i].services, "bo");
                assert_string_equal(out, cases[i].expected);
                assert_int_equal(__nss_configure_lookup("passwd", out), 0);
        }
}

static void a_line_that_is_too_long_is_cut_at_a_word(void **state)
{
        char out[12];

        (void)state;
        nsswitch_without(out, sizeof(out), "files systemd sss", "bo");
        assert_string_equal(out, "files sss");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bo_is_left_out_with_what_belongs_to_it),
                cmocka_unit_test(a_line_that_is_too_long_is_cut_at_a_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
