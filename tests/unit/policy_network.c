/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R27, R66: numeric addresses and ranges, compared in binary. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/network.h"

#include <errno.h>

static void ranges_have_one_text(void **unused)
{
        static const struct {
                const char *text, *canonical;
                int result;
        } rows[] = {
                {"192.0.2.7", "192.0.2.7", 0},
                {"192.0.2.7/32", "192.0.2.7", 0},
                {"192.0.2.0/24", "192.0.2.0/24", 0},
                {"0.0.0.0/0", "0.0.0.0/0", 0},
                {"2001:DB8:0:0::0/32", "2001:db8::/32", 0},
                {"2001:db8::1", "2001:db8::1", 0},
                {"2001:db8::1/128", "2001:db8::1", 0},
                {"::/0", "::/0", 0},
                {"::1", "::1", 0},
                {"fe80::1", "fe80::1", 0},
                /* IPv4 in the clothes of IPv6 */
                {"::ffff:192.0.2.7", "192.0.2.7", 0},
                {"::FFFF:c000:0207", "192.0.2.7", 0},
                {"::ffff:192.0.2.0/120", "192.0.2.0/24", 0},
                {"::ffff:0:0/96", "0.0.0.0/0", 0},
                /* bits behind the prefix: the range is offered */
                {"192.0.2.7/24", "192.0.2.0/24", -EDOM},
                {"10.1.0.0/8", "10.0.0.0/8", -EDOM},
                {"192.0.2.129/25", "192.0.2.128/25", -EDOM},
                {"2001:db8::1/64", "2001:db8::/64", -EDOM},
                {"::ffff:192.0.2.7/120", "192.0.2.0/24", -EDOM},
                {"1.2.3.4/0", "0.0.0.0/0", -EDOM},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char text[NETWORK_TEXT_SIZE];
                struct network network;

                ROW(rows[i].text);
                assert_int_equal(network_parse(&network, rows[i].text), rows[i].result);
                network_text(text, &network);
                assert_string_equal(text, rows[i].canonical);
                assert_int_equal(network_parse(&network, text), 0);
        }
}

static void what_is_no_numeric_range_is_refused(void **unused)
{
        static const char *const rows[] = {
                "",
                " ",
                "/",
                "/24",
                "localhost",
                "shop.example/24",
                "192.0.2",
                "192.0.2.0.1",
                "192.0.2.256",
                "192.0.2.010",
                "0x7f.0.0.1",
                "2130706433",
                " 192.0.2.1",
                "192.0.2.1 ",
                "192.0.2.0/",
                "192.0.2.0/33",
                "192.0.2.0/024",
                "192.0.2.0/+24",
                "192.0.2.0/-1",
                "192.0.2.0/24/24",
                "192.0.2.0/255.255.255.0",
                "192.0.2.0/1e1",
                "192.0.2.0/4294967320",
                "2001:db8::/129",
                "2001:db8:::1",
                "[2001:db8::1]",
                "fe80::1%eth0",
                "fe80::%1/64",
                "1:2:3:4:5:6:7:8:9",
                "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct network network;

                ROW(rows[i]);
                assert_int_equal(network_parse(&network, rows[i]), -EINVAL);
        }
}

static struct network parse(const char *text)
{
        struct network network;

        assert_int_equal(network_parse(&network, text), 0);
        return network;
}

static void a_range_holds_what_begins_with_its_prefix(void **unused)
{
        static const struct {
                const char *outer, *inner;
                bool holds;
        } rows[] = {
                {"192.0.2.0/24", "192.0.2.0", true},
                {"192.0.2.0/24", "192.0.2.255", true},
                {"192.0.2.0/24", "192.0.1.255", false},
                {"192.0.2.0/24", "192.0.3.0", false},
                {"192.0.2.0/24", "192.0.2.128/25", true},
                {"192.0.2.128/25", "192.0.2.0/24", false},
                {"192.0.2.128/25", "192.0.2.127", false},
                {"192.0.2.128/25", "192.0.2.128", true},
                {"192.0.2.7", "192.0.2.7", true},
                {"192.0.2.7", "192.0.2.6", false},
                {"192.0.2.6/31", "192.0.2.7", true},
                {"192.0.2.6/31", "192.0.2.8", false},
                {"0.0.0.0/0", "255.255.255.255", true},
                {"0.0.0.0/0", "::ffff:10.0.0.1", true},
                /* never across families */
                {"0.0.0.0/0", "::1", false},
                {"::/0", "10.0.0.1", false},
                {"::/0", "::ffff:10.0.0.1", false},
                {"::/0", "2001:db8::1", true},
                {"2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true},
                {"2001:db8::/32", "2001:db9::", false},
                {"2001:db8::/33", "2001:db8:8000::", false},
                {"2001:db8::1", "2001:db8::1", true},
                {"2001:db8::/127", "2001:db8::1", true},
                {"2001:db8::/127", "2001:db8::2", false},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct network outer = parse(rows[i].outer), inner = parse(rows[i].inner);

                ROW(rows[i].outer);
                assert_int_equal(network_contains(&outer, &inner), rows[i].holds);
        }
}

static void the_narrowest_range_that_holds_both(void **unused)
{
        static const struct {
                const char *one, *other, *common;
        } rows[] = {
                {"192.0.2.1", "192.0.2.2", "192.0.2.0/30"},
                {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
                {"192.0.2.0/24", "192.0.2.9", "192.0.2.0/24"},
                {"10.0.0.1", "192.0.2.9", "0.0.0.0/0"},
                {"2001:db8::1", "2001:db8:8000::", "2001:db8::/32"},
                {"::", "8000::", "::/0"},
                {"10.0.0.1", "::1", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct network one = parse(rows[i].one), other = parse(rows[i].other), common;
                char text[NETWORK_TEXT_SIZE];

                ROW(rows[i].one);
                assert_int_equal(network_common(&common, &one, &other), rows[i].common != NULL);
                if (!rows[i].common)
                        continue;
                network_text(text, &common);
                assert_string_equal(text, rows[i].common);
        }
}

/* The order that a look-up of the narrowest range builds on. */
static void a_range_sorts_before_all_that_it_holds(void **unused)
{
        static const char *const sorted[] = {
                "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24",   "10.0.0.0",      "10.0.0.1",
                "10.0.1.0",  "10.255.0.0", "11.0.0.0",      "192.0.2.0/24",  "::/0",
                "::",        "::1",        "2001:db8::/32", "2001:db8::/48", "2001:db8::1",
        };
        unsigned char before[NETWORK_KEY_SIZE] = {0};

        for (size_t i = 0; i < ELEMENTS(sorted); i++) {
                struct network network = parse(sorted[i]), again;
                unsigned char key[NETWORK_KEY_SIZE];

                ROW(sorted[i]);
                network_key(key, &network);
                assert_true(memcmp(before, key, sizeof(key)) < 0);
                memcpy(before, key, sizeof(key));
                assert_true(network_from_key(&again, key, sizeof(key)));
                assert_memory_equal(&again, &network, sizeof(again));
        }
}

static void a_damaged_key_is_no_range(void **unused)
{
        static const unsigned char good[NETWORK_KEY_SIZE] = {4, 10}, family[NETWORK_KEY_SIZE] = {5},
                                   prefix[NETWORK_KEY_SIZE] = {4, [NETWORK_KEY_SIZE - 1] = 33};
        struct network network;

        assert_true(network_from_key(&network, good, sizeof(good)));
        assert_false(network_from_key(&network, good, sizeof(good) - 1));
        assert_false(network_from_key(&network, family, sizeof(family)));
        assert_false(network_from_key(&network, prefix, sizeof(prefix)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ranges_have_one_text),
                cmocka_unit_test(what_is_no_numeric_range_is_refused),
                cmocka_unit_test(a_range_holds_what_begins_with_its_prefix),
                cmocka_unit_test(the_narrowest_range_that_holds_both),
                cmocka_unit_test(a_range_sorts_before_all_that_it_holds),
                cmocka_unit_test(a_damaged_key_is_no_range),
        };

        return cmocka_run_group_tests_name("network (R27, R66)", tests, NULL, NULL);
}
