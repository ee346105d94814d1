/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header fields: encoded, folded, never two of them; and what the answers of a server mean. */
#include "tests/unit/unit.h"

#include "bo-maild/header.h"
#include "bo-maild/verdict.h"

#include <errno.h>

static void expect(const char *text, const char *expected)
{
        char header[HEADER_SIZE];

        assert_int_equal(header_text(header, "Subject", text), 0);
        assert_string_equal(header, expected);
}

static void plain_text_stays_as_it_is(void **state)
{
        expect("Set a new password", "Subject: Set a new password");
        expect("", "Subject:");
        expect("  two   blanks ", "Subject: two blanks");
}

static void other_letters_are_encoded(void **state)
{
        expect("Z\xc3\xbcrich", "Subject: =?UTF-8?B?WsO8cmljaA==?=");
}

static void what_looks_encoded_is_encoded_again(void **state)
{
        expect("=?UTF-8?B?WA==?=", "Subject: =?UTF-8?B?PT9VVEYtOD9CP1dBPT0/PQ==?=");
}

static void line_breaks_make_no_second_header(void **state)
{
        static const char *const evil[] = {
                "x\r\nBcc: all@shop.example",
                "x\nBcc: y",
                "x\rBcc: y",
                "x\r\n\r\nbody",
                "x\x0b\x0c\x1b[2Jy",
                "x\xc2\x85y",
                "x\xe2\x80\xa8y",
                "x\xe2\x80\xaey",
                "\xc0\x8a\xff",
        };
        char header[HEADER_SIZE];

        for (size_t i = 0; i < ELEMENTS(evil); i++) {
                assert_int_equal(header_text(header, "Subject", evil[i]), 0);
                for (const char *c = header; *c; c++)
                        assert_in_range((unsigned char)*c, ' ', '~');
                assert_int_equal(header_mailbox(header, "To", evil[i], "a@shop.example"), 0);
                for (const char *c = header; *c; c++)
                        assert_in_range((unsigned char)*c, ' ', '~');
        }
}

/* Every line is short, every fold begins with one blank and is not empty. */
static void check_folds(const char *header)
{
        for (const char *line = header; line;) {
                const char *end = strstr(line, "\r\n");
                size_t length = end ? (size_t)(end - line) : strlen(line);

                assert_in_range(length, 2, 76);
                assert_int_equal(strcspn(line, "\r\n"), length);
                line = end ? end + 2 : NULL;
                if (line) {
                        assert_int_equal(line[0], ' ');
                        assert_int_not_equal(line[1], ' ');
                }
        }
}

static void long_text_is_folded(void **state)
{
        char words[600] = "", one[400], letters[401] = "", header[HEADER_SIZE];

        for (int i = 0; i < 90; i++)
                strcat(words, "words ");
        memset(one, 'x', sizeof(one) - 1);
        one[sizeof(one) - 1] = '\0';
        for (int i = 0; i < 200; i++)
                strcat(letters, "\xc3\xa4");
        for (int i = 0; i < 3; i++) {
                assert_int_equal(header_text(header, "Subject",
                                             i == 0   ? words
                                             : i == 1 ? one
                                                      : letters),
                                 0);
                check_folds(header);
                assert_non_null(strstr(header, "\r\n "));
        }
}

static void encoded_words_hold_whole_letters(void **state)
{
        char text[64] = "";

        for (int i = 0; i < 11; i++)
                strcat(text, "\xe2\x82\xac");
        expect(text, "Subject: =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n"
                     " =?UTF-8?B?4oKs?=");
}

static void too_long_a_header_is_refused(void **state)
{
        char text[HEADER_SIZE - 1], header[HEADER_SIZE];

        memset(text, 'x', sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        assert_int_equal(header_text(header, "Subject", text), -EMSGSIZE);
}

static void addresses_that_end_before_they_should_are_refused(void **state)
{
        static const char *const bad[] = {
                "",        "x",           "@x",   "x@",    "a@b>",    "a@b\r\nDATA", "a b@c",
                "a@b,c@d", "a@b> SIZE=1", "<a@b", "a;b@c", "\"a\"@b", "a@b\xc3\xa4",
        };
        char header[HEADER_SIZE];

        for (size_t i = 0; i < ELEMENTS(bad); i++)
                assert_int_equal(header_mailbox(header, "To", NULL, bad[i]), -EINVAL);
        assert_int_equal(header_mailbox(header, "To", NULL, "a.b+c@shop.example"), 0);
        assert_string_equal(header, "To: a.b+c@shop.example");
        assert_int_equal(header_mailbox(header, "To", "Ann, the \"boss\"", "a@shop.example"), 0);
        assert_string_equal(header, "To: =?UTF-8?B?QW5uLCB0aGUgImJvc3Mi?= <a@shop.example>");
}

static void verdicts(void **state)
{
        static const struct {
                enum smtp_stage stage;
                const char *reply;
                enum verdict verdict;
                bool of_server;
        } rows[] = {
                {STAGE_RECIPIENT, "550 5.1.1 unknown", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "550 unknown", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "550", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "551 5.1.6 moved", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "553 bad name", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "556 5.1.10 takes no mail", VERDICT_GIVE_UP, false},
                {STAGE_RECIPIENT, "550 5.7.1 no relaying", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "550 5.2.2 full", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "530 5.7.0 authenticate", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "552 full", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "554 no", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "450 4.2.1 grey", VERDICT_RETRY, false},
                {STAGE_RECIPIENT, "421 going down", VERDICT_RETRY, true},
                {STAGE_RECIPIENT, "", VERDICT_RETRY, true},
                {STAGE_CONNECTING, "", VERDICT_RETRY, true},
                {STAGE_CONNECTING, "535 5.7.8 wrong", VERDICT_RETRY, true},
                {STAGE_CONNECTING, "550 no", VERDICT_RETRY, true},
                {STAGE_SENDER, "550 5.1.8 bad sender", VERDICT_RETRY, true},
                {STAGE_DATA, "550 5.1.1", VERDICT_RETRY, false},
                {STAGE_DATA, "554 5.7.1", VERDICT_RETRY, false},
                {STAGE_DATA, "", VERDICT_RETRY, true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                ROW(rows[i].reply);
                assert_int_equal(verdict_of_failure(rows[i].stage, rows[i].reply), rows[i].verdict);
                assert_int_equal(verdict_is_of_server(rows[i].stage, rows[i].reply),
                                 rows[i].of_server);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_text_stays_as_it_is),
                cmocka_unit_test(other_letters_are_encoded),
                cmocka_unit_test(what_looks_encoded_is_encoded_again),
                cmocka_unit_test(line_breaks_make_no_second_header),
                cmocka_unit_test(long_text_is_folded),
                cmocka_unit_test(encoded_words_hold_whole_letters),
                cmocka_unit_test(too_long_a_header_is_refused),
                cmocka_unit_test(addresses_that_end_before_they_should_are_refused),
                cmocka_unit_test(verdicts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
