/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A long-lived process sees each change at once. */
#include "tests/unit/nss_world.h"

#include <errno.h>

static void a_change_is_seen_by_the_next_lookup(void **state)
{
        (void)state;
        for (unsigned change = 0; change < 30; change++) {
                publish_change(change, 7);
                assert_int_equal(seen_change(), change);
        }
}

static void a_delta_goes_before_its_base(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        add_person(writer, "carol@shop.example", 70002, "Carol");
        add_person(writer, "alice@shop.example", ALICE, "Alice de Vries");
        publish(writer);
        assert_int_equal(ask_name(&reply, "carol@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, 70002), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, ALICE), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_gecos, "Alice de Vries");
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
}

static void a_delta_replaces_the_one_before(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        add_person(writer, "carol@shop.example", 70002, NULL);
        publish(writer);
        writer = begin_delta(3);
        publish(writer);
        assert_int_equal(ask_name(&reply, "carol@shop.example"), NSS_STATUS_NOTFOUND);
}

static void a_renamed_user_is_gone_under_the_old_name(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "Bob@shop.example", 0), 0);
        add_person(writer, "robert@shop.example", BOB, NULL);
        publish(writer);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_group(&reply, "bob@shop.example"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_name(&reply, "robert@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, BOB), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_name, "robert@shop.example");
}

/* Bob becomes Robert, and Alice takes Bob's old name: the old name is gone and there again. */
static void a_name_that_was_given_up_can_be_taken(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "bob@shop.example", 0), 0);
        assert_int_equal(snapshot_add_gone(writer, "alice@shop.example", 0), 0);
        add_person(writer, "robert@shop.example", BOB, NULL);
        add_person(writer, "bob@shop.example", ALICE, NULL);
        publish(writer);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(reply.pwd.pw_uid, ALICE);
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_NOTFOUND);
}

static void a_removed_group_is_gone(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "bo-l-1", SHOP), 0);
        publish(writer);
        assert_int_equal(ask_group(&reply, "bo-l-1"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_gid(&reply, SHOP), NSS_STATUS_NOTFOUND);
}

static void the_published_generation_is_told(void **state)
{
        uint64_t generation = 0, base = 0;

        (void)state;
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, &base), -ENOENT);
        publish_staff(41, 0);
        publish(begin_delta(43));
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, &base), 0);
        assert_int_equal(generation, 43);
        assert_int_equal(base, 41);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_change_is_seen_by_the_next_lookup),
                TEST(a_delta_goes_before_its_base),
                TEST(a_delta_replaces_the_one_before),
                TEST(a_renamed_user_is_gone_under_the_old_name),
                TEST(a_name_that_was_given_up_can_be_taken),
                TEST(a_removed_group_is_gone),
                TEST(the_published_generation_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
