/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R74, R46, R47: what a new password must have, and with which old ones it is compared. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/password_rule.h"

static const struct password_rule pci = {.min_length = 12,
                                         .letters_and_digits = true,
                                         .history = 5,
                                         .reuse_window_usec = 24 * USEC_PER_HOUR};
static const struct password_rule nist = {.min_length = 15, .history = 5};

static void each_flaw_is_found_and_named(void **unused)
{
        static const struct {
                const char *password;
                enum password_flaw flaw;
        } rows[] = {
                {"", PASSWORD_FLAW_EMPTY},
                {"correcthors3", PASSWORD_FLAW_NONE},
                {"correcthor3", PASSWORD_FLAW_SHORT},
                {"correcthorse", PASSWORD_FLAW_NO_DIGIT},
                {"123456789012", PASSWORD_FLAW_NO_LETTER},
                {"!!!!!!!!!!!!", PASSWORD_FLAW_NO_LETTER},
                {"correct horse 3", PASSWORD_FLAW_NONE},
                {"correct\thorse 3", PASSWORD_FLAW_CONTROL},
                {"correct\177horse 3", PASSWORD_FLAW_CONTROL},
                {"correct\xc2\x9bhorse 3", PASSWORD_FLAW_CONTROL},
                {"correct\xffhorse 3", PASSWORD_FLAW_CONTROL},
                {"correct horse 3\xc3", PASSWORD_FLAW_CONTROL},
                /* Characters count, not bytes: eleven and twelve of two bytes each. */
                {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                 "1",
                 PASSWORD_FLAW_SHORT},
                {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                 "\xc3\xa4"
                 "1",
                 PASSWORD_FLAW_NONE},
                {"xx ALICE xx 12", PASSWORD_FLAW_HAS_NAME},
                {"xx alic xx 123", PASSWORD_FLAW_NONE},
                {"alice", PASSWORD_FLAW_SHORT},
                {"12345678alice", PASSWORD_FLAW_HAS_NAME},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(password_rule_check(&pci, rows[i].password,
                                                     strlen(rows[i].password),
                                                     "alice@shop.example"),
                                 rows[i].flaw);
}

static void zero_byte_does_not_end_the_password(void **unused)
{
        static const char password[] = "correct horse 3\0x";

        assert_int_equal(password_rule_check(&pci, password, sizeof(password) - 1, "alice"),
                         PASSWORD_FLAW_CONTROL);
}

static void longest_password_is_512_bytes(void **unused)
{
        char password[PASSWORD_MAX_BYTES + 1];

        memset(password, 'x', sizeof(password));
        password[0] = '1';
        assert_int_equal(password_rule_check(&pci, password, PASSWORD_MAX_BYTES, "alice"),
                         PASSWORD_FLAW_NONE);
        assert_int_equal(password_rule_check(&pci, password, PASSWORD_MAX_BYTES + 1, "alice"),
                         PASSWORD_FLAW_LONG);
}

static void names_below_four_letters_forbid_nothing(void **unused)
{
        static const struct {
                const char *name, *password;
                enum password_flaw flaw;
        } rows[] = {
                {"bob", "a bob in the sea 1", PASSWORD_FLAW_NONE},
                {"bobo", "a bobo in the sea 1", PASSWORD_FLAW_HAS_NAME},
                {"bob@a.nl", "a bob in the sea 1", PASSWORD_FLAW_NONE},
                {"bob@a.nl", "my Bob@a.NL password 1", PASSWORD_FLAW_HAS_NAME},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(password_rule_check(&pci, rows[i].password,
                                                     strlen(rows[i].password), rows[i].name),
                                 rows[i].flaw);
}

static void nist_asks_for_length_alone(void **unused)
{
        assert_int_equal(password_rule_check(&nist, "fourteen chars", 14, "alice"),
                         PASSWORD_FLAW_SHORT);
        assert_int_equal(password_rule_check(&nist, "fifteen letters", 15, "alice"),
                         PASSWORD_FLAW_NONE);
}

static void every_flaw_has_a_sentence_that_fits(void **unused)
{
        char text[128];

        password_flaw_text(PASSWORD_FLAW_SHORT, &pci, text, sizeof(text));
        assert_string_equal(text, "It must have at least 12 characters.");
        for (enum password_flaw flaw = PASSWORD_FLAW_EMPTY; flaw <= PASSWORD_FLAW_HAS_NAME;
             flaw++) {
                password_flaw_text(flaw, &pci, text, sizeof(text));
                assert_in_range(strlen(text), 10, sizeof(text) - 2);
                assert_int_equal(text[strlen(text) - 1], '.');
        }
        password_flaw_text(PASSWORD_FLAW_NONE, &pci, text, sizeof(text));
        assert_string_equal(text, "");
}

static void last_five_and_the_last_24_hours_are_compared(void **unused)
{
        const uint64_t now = 1000 * USEC_PER_DAY, day = 24 * USEC_PER_HOUR;
        const struct {
                size_t index;
                uint64_t replaced_usec;
                bool compares;
        } rows[] = {
                {0, 0, true},               /* the present one */
                {4, now - 900 * day, true}, /* the fifth, however old */
                {5, now - 900 * day, false},
                {5, now - day, false}, /* the window ends exactly then */
                {5, now - day + 1, true},
                {99, now, true},
                {99, now + day, true}, /* the clock was set back */
                {99, 0, true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(
                        password_rule_compares(&pci, rows[i].index, rows[i].replaced_usec, now),
                        rows[i].compares);
        assert_false(password_rule_compares(&nist, 5, now, now)); /* window off */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_flaw_is_found_and_named),
                cmocka_unit_test(zero_byte_does_not_end_the_password),
                cmocka_unit_test(longest_password_is_512_bytes),
                cmocka_unit_test(names_below_four_letters_forbid_nothing),
                cmocka_unit_test(nist_asks_for_length_alone),
                cmocka_unit_test(every_flaw_has_a_sentence_that_fits),
                cmocka_unit_test(last_five_and_the_last_24_hours_are_compared),
        };

        return cmocka_run_group_tests_name("password rule (R46, R47, R74)", tests, NULL, NULL);
}
