/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is counted of sources, in a table of one size, whatever comes; by a clock of this test's
 * own. */
#include "tests/unit/unit.h"

#include "bo-accountd/source_table.h"
#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define DRAIN_USEC (20 * USEC_PER_SEC)

static const struct throttle_rule rule = {.room = 30, .drain_usec = DRAIN_USEC};

/* Instead of common/clock.c: the table asks it for the wall clock. */
static atomic_ullong wall_usec;

uint64_t clock_realtime_usec(void)
{
        return wall_usec;
}

static struct source remote(const char *rhost)
{
        const struct source_facts facts = {.rhost = rhost, .service = "sshd", .tty = ""};
        struct source source;

        source_find(&source, &facts);
        return source;
}

static struct source ipv4(uint32_t address)
{
        char text[20];

        snprintf(text, sizeof(text), "%u.%u.%u.%u", address >> 24, (address >> 16) & 255,
                 (address >> 8) & 255, address & 255);
        return remote(text);
}

static uint64_t take(struct source_table *table, const struct source *source)
{
        return source_table_take(table, source, &rule).usec;
}

/* How many more it may make now. */
static unsigned room_of(struct source_table *table, const struct source *source)
{
        unsigned n = 0;

        while (n < 1000 && take(table, source) == 0)
                n++;
        return n;
}

static int setup(void **state)
{
        struct source_table *table = NULL;

        wall_usec = 1000 * USEC_PER_DAY;
        if (source_table_new(&table) < 0)
                return -1;
        *state = table;
        return 0;
}

static int teardown(void **state)
{
        source_table_free(*state);
        return 0;
}

static void thirty_at_once_then_one_in_twenty_seconds(void **state)
{
        struct source source = remote("192.0.2.7"), other = remote("192.0.2.8");

        assert_int_equal(room_of(*state, &source), 30);
        assert_int_equal(take(*state, &source), DRAIN_USEC);
        wall_usec += DRAIN_USEC - 1;
        assert_int_equal(take(*state, &source), 1);
        wall_usec += 1;
        assert_int_equal(room_of(*state, &source), 1);
        wall_usec += 30 * DRAIN_USEC;
        assert_int_equal(room_of(*state, &source), 30);
        assert_int_equal(room_of(*state, &other), 30);
}

static void success_gives_back(void **state)
{
        struct source source = remote("192.0.2.7");

        for (int i = 0; i < 100; i++) {
                assert_int_equal(take(*state, &source), 0);
                assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_NEW);
                source_table_settle(*state, &source, &rule, SOURCE_END_NOTHING);
        }
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_NEW);
        assert_int_equal(take(*state, &source), 0);
        source_table_settle(*state, &source, &rule, SOURCE_END_FAILURE);
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_FAILED);
        assert_int_equal(room_of(*state, &source), 29);
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_FULL);
}

static void fail_at(struct source_table *table, const struct source *source, int times)
{
        for (int i = 0; i < times; i++) {
                assert_int_equal(take(table, source), 0);
                source_table_settle(table, source, &rule, SOURCE_END_FAILURE);
        }
}

static void login_makes_a_source_known_for_a_day_if_few_fail(void **state)
{
        struct source source = remote("192.0.2.7"), six = remote("2001:db8:1:1::1");
        struct source neighbour = remote("2001:db8:1:2::1");

        fail_at(*state, &source, 2);
        assert_int_equal(take(*state, &source), 0);
        source_table_settle(*state, &source, &rule, SOURCE_END_SUCCESS);
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_PROVEN);
        fail_at(*state, &source, 8);
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_PROVEN);
        fail_at(*state, &source, 1);
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_FAILED);
        wall_usec += USEC_PER_DAY - 1;
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_PROVEN);
        wall_usec += 1;
        assert_int_equal(source_table_state(*state, &source, &rule), SOURCE_NEW);

        fail_at(*state, &six, 1);
        assert_int_equal(source_table_state(*state, &neighbour, &rule), SOURCE_FAILED);
        assert_int_equal(take(*state, &neighbour), 0);
        source_table_settle(*state, &neighbour, &rule, SOURCE_END_SUCCESS);
        assert_int_equal(source_table_state(*state, &neighbour, &rule), SOURCE_PROVEN);
}

static void flood_makes_no_known_source_forgotten_while_there_is_room(void **state)
{
        for (uint32_t i = 0; i < 100; i++) {
                struct source known = ipv4(0x0b000000 + i);

                assert_int_equal(take(*state, &known), 0);
                source_table_settle(*state, &known, &rule, SOURCE_END_SUCCESS);
        }
        for (uint32_t i = 0; i < 200; i++) {
                struct source stranger = ipv4(0x0a000000 + i);

                fail_at(*state, &stranger, 30);
        }
        for (uint32_t i = 0; i < 100; i++) {
                struct source known = ipv4(0x0b000000 + i);

                assert_int_equal(source_table_state(*state, &known, &rule), SOURCE_PROVEN);
        }
}

/* Only newcomers find no room then. */
static void flood_from_everywhere_keeps_no_known_source_out(void **state)
{
        struct source newcomer = remote("192.0.2.7");

        for (uint32_t i = 0; i < 100; i++) {
                struct source known = ipv4(0x0b000000 + i);

                assert_int_equal(take(*state, &known), 0);
                source_table_settle(*state, &known, &rule, SOURCE_END_SUCCESS);
        }
        for (uint32_t i = 0; i < 20000; i++) {
                struct source stranger = ipv4(0x0a000000 + i);

                (void)room_of(*state, &stranger);
        }
        for (uint32_t i = 0; i < 100; i++) {
                struct source known = ipv4(0x0b000000 + i);

                assert_int_equal(source_table_state(*state, &known, &rule), SOURCE_PROVEN);
                assert_int_equal(room_of(*state, &known), 30);
        }
        assert_int_equal(room_of(*state, &newcomer), 0);
}

static void who_may_log_in_takes_half_of_the_places_at_most(void **state)
{
        for (uint32_t i = 0; i < 20000; i++) {
                struct source own = ipv4(0x0b000000 + i);

                if (take(*state, &own) == 0)
                        source_table_settle(*state, &own, &rule, SOURCE_END_SUCCESS);
                wall_usec++;
        }
        for (uint32_t i = 0; i < 100; i++) {
                struct source newcomer = ipv4(0x0a000000 + i);

                assert_int_equal(room_of(*state, &newcomer), 30);
        }
}

static void all_of_a_64_share_and_four_of_them_use_up_their_48(void **state)
{
        struct source one = remote("2001:db8:1:1::1"), same = remote("2001:db8:1:1:ffff::2");
        struct source elsewhere = remote("2001:db8:2:1::1");
        unsigned total = 0;

        assert_int_equal(room_of(*state, &one), 30);
        assert_int_equal(room_of(*state, &same), 0);
        for (unsigned i = 2; i < 40; i++) {
                char text[40];

                snprintf(text, sizeof(text), "2001:db8:1:%x::1", i);

                struct source next = remote(text);

                total += room_of(*state, &next);
        }
        assert_int_equal(total, 90);
        assert_int_equal(room_of(*state, &elsewhere), 30);
}

/* Also where both find the same place, as one of 512 does. */
static void both_buckets_of_a_source_count_from_its_first_attempt(void **state)
{
        static const struct throttle_rule one = {.room = 1, .drain_usec = DRAIN_USEC};

        for (unsigned i = 0; i < 5000; i++) {
                char text[32];
                struct source source;

                snprintf(text, sizeof(text), "2001:db8:%x::1", i);
                source = remote(text);
                assert_int_equal(source_table_take(*state, &source, &one).usec, 0);
                assert_int_equal(source_table_ask(*state, &source, &one).usec, DRAIN_USEC);
                wall_usec += 2 * DRAIN_USEC;
        }
}

static void clock_set_back_neither_opens_nor_lengthens(void **state)
{
        struct source source = remote("192.0.2.7");

        assert_int_equal(room_of(*state, &source), 30);
        wall_usec -= 500 * USEC_PER_DAY;
        assert_int_equal(take(*state, &source), DRAIN_USEC);
        wall_usec += DRAIN_USEC - 1;
        assert_int_equal(take(*state, &source), 1);
        wall_usec += 1;
        assert_int_equal(room_of(*state, &source), 1);
}

static void flood_of_invented_sources_makes_no_hot_one_forgotten(void **state)
{
        struct source hot = remote("192.0.2.7");

        assert_int_equal(room_of(*state, &hot), 30);
        for (uint32_t i = 0; i < 200000; i++) {
                struct source invented = ipv4(0x0a000000 + i);

                (void)take(*state, &invented);
                if (i % 1000 == 0)
                        assert_true(take(*state, &hot) > 0);
        }
        assert_true(take(*state, &hot) > 0);
}

/* More attempts of one kind than the whole table could hold apart: whatever was evicted meanwhile,
 * a source that comes back has no more left than it had. */
static void nobody_gets_more_attempts_by_making_the_table_overflow(void **state)
{
        for (uint32_t i = 0; i < 20000; i++) {
                struct source invented = ipv4(0x0a000000 + i % 5000);

                (void)take(*state, &invented);
                (void)take(*state, &invented);
        }
        for (uint32_t i = 0; i < 5000; i++) { /* each has had 8 */
                struct source invented = ipv4(0x0a000000 + i);

                assert_true(room_of(*state, &invented) <= 22);
        }
}

static void strangers_of_the_network_have_no_hand_in_terminals(void **state)
{
        const struct source_facts console = {.rhost = "", .service = "login", .tty = "tty1"};
        struct source source;

        for (uint32_t i = 0; i < 100000; i++) {
                struct source invented = ipv4(0x0a000000 + i);

                (void)room_of(*state, &invented);
        }
        source_find(&source, &console);
        assert_int_equal(room_of(*state, &source), 30);
}

static void source_is_told_of_once_in_a_window(void **state)
{
        struct source source = remote("192.0.2.7"), other = remote("192.0.2.8");
        unsigned told = 0;

        (void)room_of(*state, &other);
        assert_int_equal(source_table_list(*state, &rule, (struct source_row[1]){{""}}, 1), 1);
        for (int i = 0; i < 200; i++)
                told += source_table_take(*state, &source, &rule).tell;
        for (int i = 0; i < 200; i++)
                told += source_table_ask(*state, &source, &rule).tell;
        assert_int_equal(told, 1);
        wall_usec += 30 * DRAIN_USEC;
        for (int i = 0; i < 200; i++)
                told += source_table_take(*state, &source, &rule).tell;
        assert_int_equal(told, 2);
}

static bool is(void *userdata, const char *text)
{
        return strcmp(userdata, text) == 0;
}

static void list_has_those_who_wait_the_fullest_first(void **state)
{
        struct source full = remote("192.0.2.7"), later = remote("192.0.2.8");
        struct source some = remote("192.0.2.9");
        struct source_row rows[2];

        (void)room_of(*state, &full);
        wall_usec += USEC_PER_SEC;
        (void)room_of(*state, &later);
        assert_int_equal(take(*state, &some), 0);
        assert_int_equal(source_table_list(*state, &rule, rows, 2), 2);
        assert_string_equal(rows[0].text, "192.0.2.8");
        assert_int_equal(rows[0].wait_usec, DRAIN_USEC);
        assert_string_equal(rows[1].text, "192.0.2.7");
        assert_int_equal(rows[1].wait_usec, DRAIN_USEC - USEC_PER_SEC);
        assert_int_equal(source_table_list(*state, &rule, rows, 1), 1);
        assert_string_equal(rows[0].text, "192.0.2.8");

        assert_int_equal(source_table_clear(*state, is, (char[]){"192.0.2.8"}), 1);
        assert_int_equal(source_table_list(*state, &rule, rows, 2), 1);
        assert_int_equal(room_of(*state, &later), 30);
        assert_int_equal(room_of(*state, &full), 0);
}

struct race {
        struct source_table *table;
        atomic_uint taken;
};

static void *racer(void *userdata)
{
        struct race *race = userdata;
        struct source source = remote("192.0.2.7");

        for (int i = 0; i < 1000; i++)
                race->taken += take(race->table, &source) == 0;
        return NULL;
}

static void eight_threads_take_thirty_together(void **state)
{
        struct race race = {.table = *state};
        pthread_t threads[8];

        for (size_t i = 0; i < ELEMENTS(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, racer, &race), 0);
        for (size_t i = 0; i < ELEMENTS(threads); i++)
                pthread_join(threads[i], NULL);
        assert_int_equal(race.taken, 30);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(thirty_at_once_then_one_in_twenty_seconds),
                TEST(success_gives_back),
                TEST(login_makes_a_source_known_for_a_day_if_few_fail),
                TEST(flood_makes_no_known_source_forgotten_while_there_is_room),
                TEST(flood_from_everywhere_keeps_no_known_source_out),
                TEST(who_may_log_in_takes_half_of_the_places_at_most),
                TEST(all_of_a_64_share_and_four_of_them_use_up_their_48),
                TEST(both_buckets_of_a_source_count_from_its_first_attempt),
                TEST(clock_set_back_neither_opens_nor_lengthens),
                TEST(flood_of_invented_sources_makes_no_hot_one_forgotten),
                TEST(nobody_gets_more_attempts_by_making_the_table_overflow),
                TEST(strangers_of_the_network_have_no_hand_in_terminals),
                TEST(source_is_told_of_once_in_a_window),
                TEST(list_has_those_who_wait_the_fullest_first),
                TEST(eight_threads_take_thirty_together),
        };

        return cmocka_run_group_tests_name("source table", tests, NULL, NULL);
}
