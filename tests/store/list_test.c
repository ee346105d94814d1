/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of users: pages that join without a gap, filters, both directions (R15). */
#include "tests/store/fixture.h"

struct page {
        size_t n;
        char names[64][40];
};

static int note(void *userdata, const struct account *account)
{
        struct page *page = userdata;

        assert_true(page->n < ELEMENTS(page->names));
        assert_true(strlen(account->name) < sizeof(page->names[0]));
        strcpy(page->names[page->n++], account->name);
        return 0;
}

static void expect(struct store *store, const struct account_filter *filter, const char *expected)
{
        struct page page = {0};
        char found[1024] = "";

        assert_done(account_list(store, filter, note, &page, NULL));
        for (size_t i = 0; i < page.n; i++) {
                strcat(found, i > 0 ? " " : "");
                strcat(found, page.names[i]);
        }
        assert_string_equal(found, expected);
}

/* ann, ben (API), cid, dan; shop: ann admin+encoder, cid encoder, dan none; cafe: ann encoder. */
static void populate(struct store *store)
{
        uint32_t dan = make_user(store, "dan"), ann = make_user(store, "ann");
        uint32_t cid = make_user(store, "cid");

        make_api_user(store, "ben");
        make_customer(store, "shop");
        make_customer(store, "cafe");
        give_roles(store, ann, "shop", "admin", "encoder");
        give_roles(store, ann, "cafe", "encoder", NULL);
        give_roles(store, cid, "shop", "encoder", NULL);
        give_roles(store, dan, "shop", NULL, NULL);
}

static void everybody_in_the_order_of_names(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9}, "ann ben cid dan");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .descending = true},
               "dan cid ben ann");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 0}, "");
}

static void filters_add_up(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = fixture->store;

        populate(store);
        expect(store, &(struct account_filter){.kind = 1, .limit = 9}, "ben");
        expect(store, &(struct account_filter){.kind = 1, .limit = 9, .descending = true}, "ben");
        expect(store, &(struct account_filter){.kind = 0, .limit = 2}, "ann cid");
        expect(store, &(struct account_filter){.kind = -1, .limit = 9, .customer = "shop"},
               "ann cid dan");
        expect(store, &(struct account_filter){.kind = 1, .limit = 9, .customer = "shop"}, "");
        expect(store, &(struct account_filter){.kind = -1, .limit = 9, .customer = "nil"}, "");
        expect(store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .customer = "shop", .role = "encoder"},
               "ann cid");
        expect(store,
               &(struct account_filter){.kind = -1,
                                        .limit = 9,
                                        .customer = "shop",
                                        .role = "encoder",
                                        .descending = true},
               "cid ann");
        expect(store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .customer = "cafe", .role = "admin"},
               "");
}

static void a_role_at_two_customers_is_one_row(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .role = "encoder"},
               "ann cid");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 2, .role = "encoder"},
               "ann cid");
        expect(fixture->store,
               &(struct account_filter){.kind = -1, .limit = 1, .role = "encoder", .after = "ann"},
               "cid");
        expect(fixture->store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .role = "encoder", .descending = true},
               "cid ann");
}

static void a_search_ignores_case_and_looks_at_the_full_name(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        struct account found;

        populate(fixture->store);
        assert_done(account_by_name(fixture->store, "cid", &found));
        begin(&tx, fixture->store);
        assert_done(account_set_full_name(&tx, found.uid, "Cid Campeador 100%"));
        commit(&tx);
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .search = "AN"},
               "ann dan");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .search = "camp"},
               "cid");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .search = "0%"},
               "cid");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .search = "_"}, "");
        expect(fixture->store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .customer = "cafe", .search = "dan"},
               "");
}

static void walk_in_pages(struct store *store, bool descending, size_t expected)
{
        char last[40] = "";
        size_t total = 0;

        for (;;) {
                struct page page = {0};
                struct account_filter filter = {
                        .kind = -1, .limit = 7, .descending = descending, .after = last};

                assert_done(account_list(store, &filter, note, &page, NULL));
                for (size_t i = 0; i < page.n; i++) {
                        if (*last)
                                assert_true(descending ? strcmp(page.names[i], last) < 0
                                                       : strcmp(page.names[i], last) > 0);
                        strcpy(last, page.names[i]);
                }
                total += page.n;
                if (page.n < 7)
                        break;
        }
        assert_int_equal(total, expected);
}

static void pages_join_without_gap_or_overlap(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (int i = 0; i < 50; i++) {
                char name[40];

                snprintf(name, sizeof(name), "user%d@shop.example", i * 37 % 50);
                add_user(&tx, name);
        }
        commit(&tx);
        walk_in_pages(fixture->store, false, 50);
        walk_in_pages(fixture->store, true, 50);
}

/* A search goes on over many slices of the walk. */
static void a_search_finds_the_last_of_many(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (int i = 0; i < 2500; i++) {
                char name[40];

                snprintf(name, sizeof(name), "user%04d", i);
                add_user(&tx, name);
        }
        commit(&tx);
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 2, .search = "r249"},
               "user2490 user2491");
        expect(fixture->store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .search = "r000", .after = "user0005"},
               "user0006 user0007 user0008 user0009");
}

static void add_many(struct fixture *fixture, int n)
{
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (int i = 0; i < n; i++) {
                char name[40];

                snprintf(name, sizeof(name), "user%04d", i);
                add_user(&tx, name);
        }
        commit(&tx);
}

/* No index has two characters: each page looks at so many rows, and the next goes on there. */
static void a_page_ends_early_and_the_next_goes_on(void **state)
{
        struct fixture *fixture = *state;
        char next[NAME_MAX_BYTES + 1] = "", after[NAME_MAX_BYTES + 1] = "";
        struct page page = {0};
        int pages = 0;

        add_many(fixture, 2500);
        do {
                struct account_filter filter = {
                        .kind = -1, .limit = 9, .search = "99", .role = NULL, .after = after};

                assert_done(account_list(fixture->store, &filter, note, &page, next));
                assert_true(strcmp(next, after) > 0 || !*next);
                strcpy(after, next);
                pages++;
        } while (*next && pages < 50);
        assert_int_equal(page.n, 25 + 18); /* ..99, and .990 to .998 */
        assert_true(pages < 50);
}

static void a_page_without_anybody_is_bounded_too(void **state)
{
        struct fixture *fixture = *state;
        const struct account_filter filter = {.kind = -1, .limit = 9, .search = "zz"};
        char next[NAME_MAX_BYTES + 1] = "";
        struct page page = {0};

        add_many(fixture, ACCOUNT_LOOKS_MOST + 10);
        assert_done(account_list(fixture->store, &filter, note, &page, next));
        assert_int_equal(page.n, 0);
        assert_string_not_equal(next, "");
}

/* What few match, and those whom a longer text names, are found at once, by one page. */
static void an_index_finds_a_few_among_many(void **state)
{
        struct fixture *fixture = *state;
        const struct account_filter few = {
                .kind = -1, .limit = 9, .search = "R249", .descending = true};
        const struct account_filter none = {.kind = -1, .limit = 9, .search = "user9"};
        char next[NAME_MAX_BYTES + 1] = "x";
        struct page page = {0};

        add_many(fixture, 2500);
        assert_done(account_list(fixture->store, &none, note, &page, next));
        assert_int_equal(page.n, 0);
        assert_string_equal(next, "");
        assert_done(account_list(fixture->store, &few, note, &page, next));
        assert_int_equal(page.n, 9);
        assert_string_equal(page.names[0], "user2499");
        assert_string_equal(next, "user2491");
}

static void an_index_follows_names_and_full_names(void **state)
{
        struct fixture *fixture = *state;
        struct account found;
        struct tx tx = {0};

        populate(fixture->store);
        assert_done(account_by_name(fixture->store, "cid", &found));
        begin(&tx, fixture->store);
        assert_done(account_set_full_name(&tx, found.uid, "\xc3\x89lodie Curie"));
        assert_done(account_rename(&tx, found.uid, "marie@shop.example"));
        commit(&tx);
        expect(fixture->store,
               &(struct account_filter){.kind = -1, .limit = 9, .search = "\xc3\xa9LOD"},
               "marie@shop.example");
        expect(fixture->store,
               &(struct account_filter){
                       .kind = -1, .limit = 9, .search = "rie@", .role = "encoder"},
               "marie@shop.example");
        expect(fixture->store,
               &(struct account_filter){.kind = -1, .limit = 9, .search = "rie@", .role = "admin"},
               "");
        expect(fixture->store, &(struct account_filter){.kind = -1, .limit = 9, .search = "cid"},
               "");
}

static int list_within(void *userdata, const struct account *account)
{
        struct store *store = userdata;
        struct page page = {0};
        struct account_filter filter = {.kind = -1, .limit = 9};

        assert_non_null(account);
        assert_done(account_list(store, &filter, note, &page, NULL));
        assert_int_equal(page.n, 4);
        return 0;
}

static void a_list_within_a_list_disturbs_neither(void **state)
{
        struct fixture *fixture = *state;
        struct account_filter filter = {.kind = -1, .limit = 9};

        populate(fixture->store);
        assert_done(account_list(fixture->store, &filter, list_within, fixture->store, NULL));
}

static int stop(void *userdata, const struct account *account)
{
        (*(int *)userdata)++;
        assert_non_null(account);
        return -ECANCELED;
}

static void a_callback_stops_the_list(void **state)
{
        struct fixture *fixture = *state;
        struct account_filter filter = {.kind = -1, .limit = 9};
        int told = 0;

        populate(fixture->store);
        assert_int_equal(account_list(fixture->store, &filter, stop, &told, NULL), -ECANCELED);
        assert_int_equal(told, 1);
}

int run_list_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(everybody_in_the_order_of_names),
                STORE_TEST(filters_add_up),
                STORE_TEST(a_role_at_two_customers_is_one_row),
                STORE_TEST(a_search_ignores_case_and_looks_at_the_full_name),
                STORE_TEST(pages_join_without_gap_or_overlap),
                STORE_TEST(a_page_ends_early_and_the_next_goes_on),
                STORE_TEST(a_page_without_anybody_is_bounded_too),
                STORE_TEST(an_index_finds_a_few_among_many),
                STORE_TEST(an_index_follows_names_and_full_names),
                STORE_TEST(a_search_finds_the_last_of_many),
                STORE_TEST(a_list_within_a_list_disturbs_neither),
                STORE_TEST(a_callback_stops_the_list),
        };

        return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
