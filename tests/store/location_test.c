/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R26 to R30: locations, the search among them with and without an index, and who is restricted. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/location.h"
#include "bo-accountd/store/store_private.h"

static void make_location(struct store *store, const char *customer, const char *id,
                          const char *name, const char *website)
{
        struct location location = {0};
        struct tx tx = {0};

        snprintf(location.id, sizeof(location.id), "%s", id);
        snprintf(location.customer, sizeof(location.customer), "%s", customer);
        snprintf(location.name, sizeof(location.name), "%s", name);
        snprintf(location.website, sizeof(location.website), "%s", website);
        begin(&tx, store);
        assert_done(location_insert(&tx, &location));
        commit(&tx);
}

/* From here on the store does as with an engine that has no index of parts of words. */
static void without_trigrams(struct store *store)
{
        static struct sql_driver plain;
        struct tx tx = {0};

        begin(&tx, store); /* so that the writer has a connection */
        tx_end(&tx);
        plain = *store->sql->driver;
        plain.trigrams = false;
        store->reader->driver = store->writer->sql->driver = &plain;
}

struct ids {
        char text[512];
        uint64_t next;
};

static int note(void *userdata, const struct location *location)
{
        struct ids *ids = userdata;

        strcat(ids->text, location->id);
        strcat(ids->text, " ");
        return 0;
}

/* What one page holds. */
static const char *search(struct store *store, struct ids *ids, struct location_filter filter)
{
        *ids = (struct ids){0};
        if (filter.limit == 0)
                filter.limit = 10;
        assert_done(location_search(store, &filter, note, ids, &ids->next));
        return ids->text;
}

static void shops(struct fixture *fixture)
{
        struct store *store = fixture->store;

        make_customer(store, "shop");
        make_customer(store, "cafe");
        make_location(store, "shop", "shop-ams", "Shop Amsterdam", "www.shop.example/ams");
        make_location(store, "cafe", "cafe-ams", "Café Amsterdam", "https://cafe.example");
        make_location(store, "shop", "shop-utr", "Shop Utrecht", "");
        make_location(store, "shop", "shop-web", "Webshop \"100%\"", "www.shop.example");
}

static void a_location_comes_back(void **state)
{
        struct fixture *fixture = *state;
        struct location found;
        struct tx tx = {0};

        shops(fixture);
        reopen(fixture);
        assert_done(location_load(fixture->store, "shop-ams", &found));
        assert_string_equal(found.customer, "shop");
        assert_string_equal(found.name, "Shop Amsterdam");
        assert_string_equal(found.website, "www.shop.example/ams");
        assert_int_equal(found.created_usec, NOON);
        assert_int_equal(found.gid, 0);
        assert_int_equal(location_load(fixture->store, "shop", &found), BO_ERR_NO_SUCH_LOCATION);

        begin(&tx, fixture->store);
        strcpy(found.id, "shop-ams");
        strcpy(found.customer, "cafe");
        assert_int_equal(location_insert(&tx, &found), BO_ERR_LOCATION_EXISTS);
        strcpy(found.id, "new");
        strcpy(found.customer, "nobody");
        assert_int_equal(location_insert(&tx, &found), BO_ERR_NO_SUCH_CUSTOMER);
        tx_end(&tx);
}

/* The same answers with an index and without. */
static void search_shops(struct store *store)
{
        struct ids ids;

        assert_string_equal(search(store, &ids, (struct location_filter){0}),
                            "shop-ams shop-utr shop-web cafe-ams ");
        assert_int_equal(ids.next, 0);
        assert_string_equal(search(store, &ids, (struct location_filter){.customer = "shop"}),
                            "shop-ams shop-utr shop-web ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "AMSTERDAM"}),
                            "shop-ams cafe-ams ");
        assert_string_equal(
                search(store, &ids, (struct location_filter){.customer = "cafe", .text = "amster"}),
                "cafe-ams ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "CAFÉ"}),
                            "cafe-ams ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "shop.ex"}),
                            "shop-ams shop-web ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "\"100%\""}),
                            "shop-web ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "é a"}),
                            "cafe-ams ");
        /* shorter than what an index holds */
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "Ut"}),
                            "shop-utr ");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "É"}),
                            "cafe-ams ");
        /* no pattern, no operator, no other column */
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "S_op"}), "");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "Shop%"}), "");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "shop OR cafe"}),
                            "");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "shop-ams"}), "");
        assert_string_equal(search(store, &ids, (struct location_filter){.text = "am*"}), "");
        assert_int_equal(location_search(store, &(struct location_filter){.customer = "nobody"},
                                         note, &ids, &ids.next),
                         BO_ERR_NO_SUCH_CUSTOMER);
}

static void R28_locations_are_found_by_parts_of_name_and_website(void **state)
{
        struct fixture *fixture = *state;

        shops(fixture);
        search_shops(fixture->store);
}

static void R28_an_engine_without_an_index_finds_the_same(void **state)
{
        struct fixture *fixture = *state;

        without_trigrams(fixture->store);
        shops(fixture);
        search_shops(fixture->store);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM location_text"), 0);
}

static void R28_what_was_renamed_is_found_by_its_new_name_alone(void **state)
{
        struct fixture *fixture = *state;
        struct ids ids;
        struct tx tx = {0};

        shops(fixture);
        begin(&tx, fixture->store);
        assert_done(location_set_details(&tx, "shop-ams", "Shop Rotterdam", ""));
        assert_int_equal(location_set_details(&tx, "nothing", "x", ""), BO_ERR_NO_SUCH_LOCATION);
        commit(&tx);
        assert_string_equal(
                search(fixture->store, &ids, (struct location_filter){.text = "amsterdam"}),
                "cafe-ams ");
        assert_string_equal(
                search(fixture->store, &ids, (struct location_filter){.text = "rotterdam"}),
                "shop-ams ");
        assert_string_equal(search(fixture->store, &ids, (struct location_filter){.text = "/ams"}),
                            "");
}

static int count(void *userdata, const struct location *location)
{
        uint32_t *n = userdata;

        assert_non_null(location);
        (*n)++;
        return 0;
}

/* Page after page until the end; how many rows and pages there were. */
static uint32_t walk(struct store *store, const char *text, uint32_t limit, uint32_t *ret_pages)
{
        struct location_filter filter = {.text = text, .limit = limit};
        uint32_t n = 0;

        *ret_pages = 0;
        do {
                uint32_t before = n;

                assert_done(location_search(store, &filter, count, &n, &filter.after));
                assert_true(n - before <= limit);
                (*ret_pages)++;
        } while (filter.after != 0);
        return n;
}

static void add_many(struct fixture *fixture, uint32_t n)
{
        struct location location = {.customer = "shop"};
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        begin(&tx, fixture->store);
        for (uint32_t i = 0; i < n; i++) {
                snprintf(location.id, sizeof(location.id), "s%u", i);
                snprintf(location.name, sizeof(location.name), "%s %u",
                         i % 100 == 99 ? "Kiosk" : "Shop", i);
                assert_done(location_insert(&tx, &location));
        }
        commit(&tx);
}

static void R28_pages_hold_each_location_once(void **state)
{
        struct fixture *fixture = *state;
        uint32_t pages;

        add_many(fixture, 1200);
        for (int plain = 0; plain < 2; plain++) {
                assert_int_equal(walk(fixture->store, "", 7, &pages), 1200);
                assert_int_equal(pages, 172);
                assert_int_equal(walk(fixture->store, "shop", 100, &pages), 1188);
                assert_int_equal(pages, 12);
                assert_int_equal(walk(fixture->store, "kiosk", 5, &pages), 12);
                assert_int_equal(walk(fixture->store, "ki", 5, &pages), 12);
                assert_int_equal(walk(fixture->store, "nowhere", 5, &pages), 0);
                without_trigrams(fixture->store);
        }
}

/* A page that finds nothing ends after a bounded number of rows, and tells where to go on. */
static void R28_a_search_without_index_is_bounded(void **state)
{
        struct fixture *fixture = *state;
        uint32_t pages;

        add_many(fixture, 2 * LOCATION_LOOKS_MOST + 5);
        assert_int_equal(walk(fixture->store, "zz", 5, &pages), 0);
        assert_int_equal(pages, 3);
        assert_int_equal(walk(fixture->store, "zzz", 5, &pages), 0);
        assert_int_equal(pages, 1);
}

static void restrict_to(struct fixture *fixture, uint32_t uid, const char *one, const char *two)
{
        const char *const ids[] = {one, two};
        struct tx tx = {0};
        size_t n = one ? two ? 2 : 1 : 0;

        begin(&tx, fixture->store);
        for (size_t i = 0; i < n; i++)
                assert_done(location_ensure_group(&tx, ids[i], GID_FIRST, GID_LAST));
        assert_done(member_restrict(&tx, uid, "shop", ids, n));
        commit(&tx);
}

static bool may_at(struct fixture *fixture, uint32_t uid, const char *customer,
                   const char *location)
{
        bool may = true;

        assert_done(member_may_at(fixture->store, uid, customer, location, &may));
        return may;
}

static void R26_a_restricted_member_acts_at_his_locations_alone(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        bool restricted = true;
        struct ids ids;

        shops(fixture);
        give_roles(fixture->store, uid, "shop", "encoder", NULL);
        assert_true(may_at(fixture, uid, "shop", "shop-ams"));
        assert_true(may_at(fixture, uid, "shop", ""));
        assert_false(may_at(fixture, uid, "cafe", "cafe-ams"));
        assert_done(member_is_restricted(fixture->store, uid, "shop", &restricted));
        assert_false(restricted);

        restrict_to(fixture, uid, "shop-utr", "shop-web");
        assert_true(may_at(fixture, uid, "shop", "shop-utr"));
        assert_true(may_at(fixture, uid, "shop", "shop-web"));
        assert_false(may_at(fixture, uid, "shop", "shop-ams"));
        assert_false(may_at(fixture, uid, "shop", ""));
        assert_false(may_at(fixture, uid, "cafe", "cafe-ams"));
        assert_done(member_is_restricted(fixture->store, uid, "shop", &restricted));
        assert_true(restricted);
        assert_string_equal(search(fixture->store, &ids,
                                   (struct location_filter){.customer = "shop", .member_uid = uid}),
                            "shop-utr shop-web ");
        assert_string_equal(search(fixture->store, &ids,
                                   (struct location_filter){.customer = "shop",
                                                            .member_uid = uid,
                                                            .text = "utrecht"}),
                            "shop-utr ");
        assert_string_equal(search(fixture->store, &ids,
                                   (struct location_filter){.customer = "shop",
                                                            .member_uid = uid,
                                                            .text = "amsterdam"}),
                            "");
}

static void R30_restricted_to_none_is_nowhere(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct member_location *rows = NULL;
        struct tx tx = {0};
        size_t n = 0;

        shops(fixture);
        give_roles(fixture->store, uid, "shop", "encoder", NULL);
        restrict_to(fixture, uid, NULL, NULL);
        assert_false(may_at(fixture, uid, "shop", "shop-ams"));
        assert_false(may_at(fixture, uid, "shop", ""));
        assert_done(member_locations(fixture->store, uid, &rows, &n));
        assert_int_equal(n, 1);
        assert_string_equal(rows[0].customer, "shop");
        assert_string_equal(rows[0].location, "");
        free(rows);

        begin(&tx, fixture->store);
        assert_done(member_unrestrict(&tx, uid, "shop"));
        commit(&tx);
        assert_true(may_at(fixture, uid, "shop", "shop-ams"));
        assert_done(member_locations(fixture->store, uid, &rows, &n));
        assert_int_equal(n, 0);
        free(rows);
}

static void R26_locations_are_those_of_the_membership(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice"), n = 0;
        static const char *const foreign[] = {"cafe-ams"};
        struct tx tx = {0};

        shops(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(member_restrict(&tx, uid, "shop", foreign, 1), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
        give_roles(fixture->store, uid, "shop", "encoder", NULL);
        begin(&tx, fixture->store);
        assert_int_equal(member_restrict(&tx, uid, "shop", foreign, 1), BO_ERR_NO_SUCH_LOCATION);
        tx_end(&tx);
        assert_true(may_at(fixture, uid, "shop", ""));
        assert_done(member_count(fixture->store, uid, &n));
        assert_int_equal(n, 1);
}

static void the_group_of_a_location_is_made_once_and_noted(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct location first, again;
        struct nss_state nss;
        struct tx tx = {0};

        shops(fixture);
        give_roles(fixture->store, uid, "shop", "encoder", NULL);
        restrict_to(fixture, uid, "shop-utr", NULL);
        assert_done(location_load(fixture->store, "shop-utr", &first));
        assert_true(first.gid >= GID_FIRST && first.gid <= GID_LAST);
        restrict_to(fixture, uid, "shop-utr", NULL);
        assert_done(location_load(fixture->store, "shop-utr", &again));
        assert_int_equal(again.gid, first.gid);

        /* Who leaves it is noted with it. */
        assert_done(nss_state(fixture->store, &nss));
        begin(&tx, fixture->store);
        assert_done(nss_base_written(&tx, nss.generation, ""));
        assert_done(member_unrestrict(&tx, uid, "shop"));
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM nss_note n JOIN location l ON"
                                            " l.gid = n.id WHERE n.kind = 1"),
                         1);
        begin(&tx, fixture->store);
        assert_int_equal(location_ensure_group(&tx, "nothing", GID_FIRST, GID_LAST),
                         BO_ERR_NO_SUCH_LOCATION);
        assert_int_equal(location_ensure_group(&tx, "shop-ams", GID_FIRST, GID_FIRST),
                         BO_ERR_UIDS_EXHAUSTED);
        tx_end(&tx);
}

int run_location_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_location_comes_back),
                STORE_TEST(R28_locations_are_found_by_parts_of_name_and_website),
                STORE_TEST(R28_an_engine_without_an_index_finds_the_same),
                STORE_TEST(R28_what_was_renamed_is_found_by_its_new_name_alone),
                STORE_TEST(R28_pages_hold_each_location_once),
                STORE_TEST(R28_a_search_without_index_is_bounded),
                STORE_TEST(R26_a_restricted_member_acts_at_his_locations_alone),
                STORE_TEST(R30_restricted_to_none_is_nowhere),
                STORE_TEST(R26_locations_are_those_of_the_membership),
                STORE_TEST(the_group_of_a_location_is_made_once_and_noted),
        };

        return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
