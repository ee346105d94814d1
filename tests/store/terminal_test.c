/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R27, R31: terminals, bound to one location of a customer, and found by what a login shows. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/terminal.h"

static void make_location(struct store *store, const char *customer, const char *id)
{
        struct location location = {0};
        struct tx tx = {0};

        snprintf(location.id, sizeof(location.id), "%s", id);
        snprintf(location.customer, sizeof(location.customer), "%s", customer);
        begin(&tx, store);
        assert_done(location_insert(&tx, &location));
        commit(&tx);
}

static struct terminal make(enum terminal_kind kind, const char *host, const char *value)
{
        struct terminal terminal;
        char why[256];

        assert_done(terminal_make(&terminal, kind, host, value, why, sizeof(why)));
        return terminal;
}

static int bind(struct fixture *fixture, const char *location, enum terminal_kind kind,
                const char *host, const char *value)
{
        struct terminal terminal = make(kind, host, value);
        struct tx tx = {0};
        int r;

        begin(&tx, fixture->store);
        r = terminal_bind(&tx, location, &terminal);
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static void assert_at(struct fixture *fixture, const char *customer, enum terminal_kind kind,
                      const char *host, const char *value, const char *location)
{
        struct terminal terminal = make(kind, host, value);
        char found[LOCATION_ID_SIZE] = "?";

        assert_done(terminal_find(fixture->store, customer, &terminal, found));
        assert_string_equal(found, location);
}

static void two_shops(struct fixture *fixture)
{
        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        make_location(fixture->store, "shop", "ams");
        make_location(fixture->store, "shop", "utr");
        make_location(fixture->store, "cafe", "bar");
}

static void R27_each_kind_is_found_by_its_value(void **state)
{
        struct fixture *fixture = *state;

        two_shops(fixture);
        assert_done(bind(fixture, "ams", TERMINAL_HOST, NULL, "till-1"));
        assert_done(bind(fixture, "utr", TERMINAL_TTY, "till-1", "tty1"));
        assert_done(bind(fixture, "ams", TERMINAL_TTY, "till-2", "tty1"));
        assert_done(bind(fixture, "utr", TERMINAL_SERVICE, "till-1", "refunds"));
        assert_at(fixture, "shop", TERMINAL_HOST, NULL, "till-1", "ams");
        assert_at(fixture, "shop", TERMINAL_HOST, NULL, "till-2", "");
        assert_at(fixture, "shop", TERMINAL_TTY, "till-1", "tty1", "utr");
        assert_at(fixture, "shop", TERMINAL_TTY, "till-2", "tty1", "ams");
        assert_at(fixture, "shop", TERMINAL_TTY, "till-1", "tty2", "");
        assert_at(fixture, "shop", TERMINAL_SERVICE, "till-1", "refunds", "utr");
        assert_at(fixture, "shop", TERMINAL_SERVICE, "till-2", "refunds", "");
        assert_at(fixture, "shop", TERMINAL_SERVICE, "till-1", "tty1", "");
}

static void R27_the_narrowest_network_decides(void **state)
{
        struct fixture *fixture = *state;
        static const struct {
                const char *address, *location;
        } rows[] = {
                {"10.1.2.3", "utr"},
                {"10.1.2.4", "ams"},
                {"10.1.3.1", "utr"},
                {"10.2.0.1", "ams"},
                {"10.255.0.1", "ams"},
                {"9.255.255.255", ""},
                {"11.0.0.0", ""},
                {"192.0.2.1", ""},
                {"::ffff:10.1.3.1", "utr"},
                {"2001:db8::1", "ams"},
                {"2001:db8:1::1", "utr"},
                {"2001:db9::1", ""},
                {"::1", ""},
                {"::10.1.3.1", ""},
        };

        two_shops(fixture);
        assert_done(bind(fixture, "ams", TERMINAL_NETWORK, NULL, "10.0.0.0/8"));
        assert_done(bind(fixture, "utr", TERMINAL_NETWORK, NULL, "10.1.0.0/16"));
        assert_done(bind(fixture, "ams", TERMINAL_NETWORK, NULL, "10.1.2.0/24"));
        assert_done(bind(fixture, "utr", TERMINAL_NETWORK, NULL, "10.1.2.3"));
        assert_done(bind(fixture, "ams", TERMINAL_NETWORK, NULL, "2001:db8::/32"));
        assert_done(bind(fixture, "utr", TERMINAL_NETWORK, NULL, "2001:db8:1::/48"));
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_at(fixture, "shop", TERMINAL_NETWORK, NULL, rows[i].address,
                          rows[i].location);
}

/* Against trying each range: a look-up that jumps must not jump over one. */
static void R27_networks_are_found_whatever_lies_between(void **state)
{
        struct fixture *fixture = *state;
        struct network bound[64], address;
        char ids[ELEMENTS(bound)][8];
        struct terminal terminal = {.kind = TERMINAL_NETWORK};
        size_t n = 0;
        unsigned seed = 1;

        make_customer(fixture->store, "shop");
        for (size_t i = 0; i < ELEMENTS(bound); i++) {
                char id[8], text[NETWORK_TEXT_SIZE];

                seed = seed * 1103515245u + 12345u;
                snprintf(text, sizeof(text), "10.%u.%u.%u/%u", seed >> 28, seed >> 24 & 3,
                         seed >> 16 & 255, 8 + (seed >> 8) % 25);
                (void)network_parse(&bound[n], text); /* bits behind the prefix are cut off */
                network_text(text, &bound[n]);
                snprintf(id, sizeof(id), "l%zu", i);
                make_location(fixture->store, "shop", id);
                if (bind(fixture, id, TERMINAL_NETWORK, NULL, text) == 0)
                        snprintf(ids[n++], sizeof(ids[0]), "%s", id); /* else it is there already */
        }
        assert_true(n > 10);
        for (unsigned i = 0; i < 500; i++) {
                char text[32], found[LOCATION_ID_SIZE], want[LOCATION_ID_SIZE] = "";
                int best = -1;

                seed = seed * 1103515245u + 12345u;
                snprintf(text, sizeof(text), "10.%u.%u.%u", seed >> 28, seed >> 24 & 3,
                         seed >> 16 & 255);
                assert_done(network_parse(&address, text));
                for (size_t j = 0; j < n; j++)
                        if (network_contains(&bound[j], &address) && bound[j].prefix > best) {
                                best = bound[j].prefix;
                                snprintf(want, sizeof(want), "%s", ids[j]);
                        }
                terminal.network = address;
                assert_done(terminal_find(fixture->store, "shop", &terminal, found));
                assert_string_equal(found, want);
        }
}

static void R31_a_value_has_one_location_of_a_customer(void **state)
{
        struct fixture *fixture = *state;

        two_shops(fixture);
        assert_done(bind(fixture, "ams", TERMINAL_HOST, NULL, "till-1"));
        assert_int_equal(bind(fixture, "ams", TERMINAL_HOST, NULL, "till-1"),
                         BO_ERR_TERMINAL_TAKEN);
        assert_int_equal(bind(fixture, "utr", TERMINAL_HOST, NULL, "till-1"),
                         BO_ERR_TERMINAL_TAKEN);
        assert_int_equal(bind(fixture, "nothing", TERMINAL_HOST, NULL, "x"),
                         BO_ERR_NO_SUCH_LOCATION);
        /* Merchants share hosts and networks: what one binds is nothing to the other. */
        assert_at(fixture, "cafe", TERMINAL_HOST, NULL, "till-1", "");
        assert_done(bind(fixture, "bar", TERMINAL_HOST, NULL, "till-1"));
        assert_done(bind(fixture, "bar", TERMINAL_NETWORK, NULL, "10.0.0.0/8"));
        assert_at(fixture, "cafe", TERMINAL_HOST, NULL, "till-1", "bar");
        assert_at(fixture, "shop", TERMINAL_HOST, NULL, "till-1", "ams");
        assert_at(fixture, "shop", TERMINAL_NETWORK, NULL, "10.0.0.1", "");
}

static int note(void *userdata, const struct terminal *terminal)
{
        char *text = userdata;

        strcat(text, terminal_kind_name(terminal->kind));
        strcat(text, " ");
        strcat(text, terminal->host);
        strcat(text, " ");
        strcat(text, terminal->value);
        strcat(text, "\n");
        return 0;
}

static void R27_a_location_has_any_number_of_terminals(void **state)
{
        struct fixture *fixture = *state;
        struct terminal gone = make(TERMINAL_NETWORK, NULL, "9.0.0.0/8");
        char text[512] = "";
        struct tx tx = {0};

        two_shops(fixture);
        assert_done(bind(fixture, "ams", TERMINAL_HOST, NULL, "till-1"));
        assert_done(bind(fixture, "ams", TERMINAL_TTY, "till-2", "/dev/tty1"));
        assert_done(bind(fixture, "ams", TERMINAL_NETWORK, NULL, "10.0.0.0/8"));
        assert_done(bind(fixture, "ams", TERMINAL_NETWORK, NULL, "9.0.0.0/8"));
        assert_done(bind(fixture, "utr", TERMINAL_HOST, NULL, "till-2"));
        assert_done(terminal_list(fixture->store, "ams", note, text));
        assert_string_equal(text, "network  9.0.0.0/8\nnetwork  10.0.0.0/8\ntty till-2 tty1\n"
                                  "host  till-1\n");

        begin(&tx, fixture->store);
        assert_int_equal(terminal_unbind(&tx, "utr", &gone), BO_ERR_NO_SUCH_TERMINAL);
        assert_int_equal(terminal_unbind(&tx, "nothing", &gone), BO_ERR_NO_SUCH_LOCATION);
        assert_done(terminal_unbind(&tx, "ams", &gone));
        assert_int_equal(terminal_unbind(&tx, "ams", &gone), BO_ERR_NO_SUCH_TERMINAL);
        commit(&tx);
        assert_at(fixture, "shop", TERMINAL_NETWORK, NULL, "9.0.0.1", "");
        assert_done(bind(fixture, "utr", TERMINAL_NETWORK, NULL, "9.0.0.0/8"));
        assert_at(fixture, "shop", TERMINAL_NETWORK, NULL, "9.0.0.1", "utr");
}

int run_terminal_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(R27_each_kind_is_found_by_its_value),
                STORE_TEST(R27_the_narrowest_network_decides),
                STORE_TEST(R27_networks_are_found_whatever_lies_between),
                STORE_TEST(R31_a_value_has_one_location_of_a_customer),
                STORE_TEST(R27_a_location_has_any_number_of_terminals),
        };

        return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
