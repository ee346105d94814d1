/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside: UTF-8 as RFC 3629 has it, harmless for terminals, addresses in one form. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>

#include "common/text.h"

static void each_first_and_last_character_of_a_length_is_read(void **unused)
{
        static const struct {
                const char *bytes;
                int length;
                uint32_t code;
        } rows[] = {
                {"a", 1, 'a'},
                {"\x7f", 1, 0x7f},
                {"\xc2\x80", 2, 0x80},
                {"\xdf\xbf", 2, 0x7ff},
                {"\xe0\xa0\x80", 3, 0x800},
                {"\xed\x9f\xbf", 3, 0xd7ff},
                {"\xee\x80\x80", 3, 0xe000},
                {"\xef\xbf\xbf", 3, 0xffff},
                {"\xf0\x90\x80\x80", 4, 0x10000},
                {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint32_t code = 0;

                assert_int_equal(text_decode(rows[i].bytes, strlen(rows[i].bytes), &code),
                                 rows[i].length);
                assert_int_equal(code, rows[i].code);
                assert_int_equal(text_decode(rows[i].bytes, strlen(rows[i].bytes) - 1, &code), -1);
        }
}

static void malformed_bytes_are_refused(void **unused)
{
        static const char *const rows[] = {
                "\x80",
                "\xbf",
                "\xc0\x80",
                "\xc1\xbf",
                "\xc3",
                "\xc3(",
                "\xe0\x9f\xbf",
                "\xed\xa0\x80",
                "\xed\xbf\xbf",
                "\xe2\x28\xa1",
                "\xf0\x8f\xbf\xbf",
                "\xf4\x90\x80\x80",
                "\xf5\x80\x80\x80",
                "\xff",
                "\xfe",
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint32_t code = 7;

                assert_int_equal(text_decode(rows[i], strlen(rows[i]), &code), -1);
                assert_int_equal(code, 7);
        }
}

static void cleaned_text_moves_no_cursor_and_reorders_nothing(void **unused)
{
        static const struct {
                const char *text, *clean;
        } rows[] = {
                {"plain", "plain"},
                {"J\xc3\xbcrgen", "J\xc3\xbcrgen"},
                {"a\033[2Jb", "a?[2Jb"},
                {"a\r\nb\tc", "a??b?c"},
                {"a\x7f"
                 "b\xc2\x9b"
                 "c",
                 "a?b?c"},
                {"a\xe2\x80\xae"
                 "b",
                 "a?b"},
                {"a\xff\xfe"
                 "b",
                 "a??b"},
                {"a\xc3", "a?"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char clean[64];

                text_clean(clean, sizeof(clean), rows[i].text, false);
                assert_string_equal(clean, rows[i].clean);
        }
}

static void cleaned_text_is_cut_between_characters(void **unused)
{
        char clean[4];

        text_clean(clean, sizeof(clean), "ab\xc3\xbc", false);
        assert_string_equal(clean, "ab");
        text_clean(clean, sizeof(clean), "a\xc3\xbc", false);
        assert_string_equal(clean, "a\xc3\xbc");
}

static void addresses_have_one_form_and_names_have_none(void **unused)
{
        static const struct {
                const char *text, *address;
        } rows[] = {
                {"192.0.2.7", "192.0.2.7"},
                {"::ffff:192.0.2.7", "192.0.2.7"},
                {"2001:DB8:0:0::7", "2001:db8::7"},
                {"fe80::1%eth0", "fe80::1"},
                {"FE80::1%lo", "fe80::1"},
                {"192.0.2.7%eth0", ""},
                {"2001:db8::7%eth0", ""},
                {"::ffff:192.0.2.7%lo", ""},
                {"::1%lo", ""},
                {"::FFFF:C000:207", "192.0.2.7"},
                {"::192.0.2.7", "::192.0.2.7"},
                {"192.0.2.7/32", ""},
                {"[2001:db8::7]", ""},
                {"192.0.2.7:443", ""},
                {"127.1", ""},
                {"2130706433", ""},
                {"0x7f000001", ""},
                {"0x7f.0.0.1", ""},
                {"0177.0.0.1", ""},
                {"192.0.02.7", ""},
                {" 192.0.2.7", ""},
                {"192.0.2.7\n", ""},
                {"192.0.2.7.", ""},
                {"2001:db8:0000:0000:0000:0000:0000:00000007", ""},
                {"shop.example", ""},
                {"192.0.2", ""},
                {"192.0.2.7 ", ""},
                {"", ""},
                {"%", ""},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char address[INET6_ADDRSTRLEN] = "x";

                assert_int_equal(text_address(address, sizeof(address), rows[i].text),
                                 rows[i].address[0] != '\0');
                assert_string_equal(address, rows[i].address);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_first_and_last_character_of_a_length_is_read),
                cmocka_unit_test(malformed_bytes_are_refused),
                cmocka_unit_test(cleaned_text_moves_no_cursor_and_reorders_nothing),
                cmocka_unit_test(cleaned_text_is_cut_between_characters),
                cmocka_unit_test(addresses_have_one_form_and_names_have_none),
        };

        return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
