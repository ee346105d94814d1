/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail shows whatever was done to it outside of bo (PCI DSS v4.0.1 10.3). */
#include "tests/store/fixture.h"

static void append(struct store *store, const char *event, uint32_t subject_uid)
{
        struct tx tx = {0};

        begin(&tx, store);
        assert_done(audit_append(&tx, &(struct audit_entry){.event = event,
                                                            .actor_uid = 0,
                                                            .subject_uid = subject_uid,
                                                            .customer = "shop",
                                                            .detail = "service=sshd"}));
        commit(&tx);
}

static void append_five(struct store *store)
{
        append(store, "user-created", 70000);
        append(store, "login-succeeded", 70000);
        append(store, "login-failed", 70001);
        append(store, "login-failed", 70000);
        append(store, "login-succeeded", 70001);
}

static void expect_whole(struct fixture *fixture, uint64_t expected)
{
        uint64_t rows = 99, bad = 99;

        assert_done(audit_verify(fixture->store, &rows, &bad));
        assert_int_equal(rows, expected);
        assert_int_equal(bad, 0);
}

static void expect_broken(struct fixture *fixture, uint64_t expected_bad)
{
        uint64_t rows = 99, bad = 99;

        assert_int_equal(audit_verify(fixture->store, &rows, &bad), BO_ERR_AUDIT_BROKEN);
        assert_int_equal(bad, expected_bad);
}

static void a_trail_of_bo_alone_is_whole(void **state)
{
        struct fixture *fixture = *state;

        expect_whole(fixture, 0);
        append_five(fixture->store);
        reopen(fixture);
        append(fixture->store, "login-succeeded", 70000);
        expect_whole(fixture, 6);
}

static void a_rolled_back_entry_leaves_no_gap(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        append_five(fixture->store);
        begin(&tx, fixture->store);
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "x"}));
        tx_end(&tx);
        append(fixture->store, "login-succeeded", 70000);
        expect_whole(fixture, 6);
}

static int is_question_marks(void *userdata, const struct audit_row *row)
{
        (void)userdata; /* one row */
        assert_string_equal(row->customer, "?hop");
        assert_string_equal(row->detail, "a?b?c?d");
        return 0;
}

/* Half a letter would make each page that the row is on unreadable, and it never goes away. */
static void no_row_has_what_is_no_text(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "x",
                                                            .customer = "\xffhop",
                                                            .detail = "a\nb\u202ec\xc3"
                                                                      "d"}));
        commit(&tx);
        assert_done(audit_list(fixture->store, 0, AUDIT_NOBODY, NULL, 9, is_question_marks, NULL));
        expect_whole(fixture, 1);
}

static void every_changed_field_shows(void **state)
{
        struct fixture *fixture = *state;
        static const char *const changes[][2] = {
                {"time_usec = time_usec + 1", "time_usec = time_usec - 1"},
                {"event = 'nothing'", "event = 'login-failed'"},
                {"actor_uid = 1", "actor_uid = 0"},
                {"subject_uid = 2", "subject_uid = 70001"},
                {"customer = 'cafe'", "customer = 'shop'"},
                {"detail = ''", "detail = 'service=sshd'"},
                /* The same letters, cut elsewhere. */
                {"customer = 'shops', detail = 'ervice=sshd'",
                 "customer = 'shop', detail = 'service=sshd'"},
                {"hash = x'00'", NULL},
        };

        append_five(fixture->store);
        for (size_t i = 0; i < ELEMENTS(changes); i++) {
                char sql[160];

                snprintf(sql, sizeof(sql), "UPDATE audit SET %s WHERE sequence = 3", changes[i][0]);
                run_sql(fixture, sql);
                expect_broken(fixture, 3);
                if (!changes[i][1])
                        break;
                snprintf(sql, sizeof(sql), "UPDATE audit SET %s WHERE sequence = 3", changes[i][1]);
                run_sql(fixture, sql);
                expect_whole(fixture, 5);
        }
}

static void a_removed_row_shows(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        run_sql(fixture, "DELETE FROM audit WHERE sequence = 2");
        expect_broken(fixture, 2);
        run_sql(fixture, "UPDATE audit SET sequence = sequence - 1 WHERE sequence = 3");
        expect_broken(fixture, 2);
}

static void an_inserted_row_shows(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        run_sql(fixture, "INSERT INTO audit SELECT 6, time_usec, event, actor_uid, subject_uid,"
                         " customer, detail, hash FROM audit WHERE sequence = 5");
        expect_broken(fixture, 6);
}

static void exchanged_rows_show(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        run_sql(fixture, "UPDATE audit SET sequence = 99 WHERE sequence = 3");
        run_sql(fixture, "UPDATE audit SET sequence = 3 WHERE sequence = 4");
        run_sql(fixture, "UPDATE audit SET sequence = 4 WHERE sequence = 99");
        expect_broken(fixture, 3);
}

static void a_tail_cut_off_shows(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        run_sql(fixture, "DELETE FROM audit WHERE sequence > 3");
        expect_broken(fixture, 4);
}

static void a_tail_cut_off_with_a_forged_head_shows_and_is_not_sealed(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        append_five(fixture->store);
        run_sql(fixture, "DELETE FROM audit WHERE sequence > 3");
        run_sql(fixture, "UPDATE audit_head SET sequence = 3,"
                         " hash = (SELECT hash FROM audit WHERE sequence = 3)");
        expect_broken(fixture, 4);
        begin(&tx, fixture->store);
        assert_int_equal(audit_append(&tx, &(struct audit_entry){.event = "x"}), -EIO);
        tx_end(&tx);
}

static void a_trail_removed_altogether_shows(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        run_sql(fixture, "DELETE FROM audit");
        expect_broken(fixture, 1);
        run_sql(fixture, "DELETE FROM audit_head");
        expect_broken(fixture, 1);
        reopen(fixture);
        expect_broken(fixture, 1);
}

struct list {
        char text[64];
};

static int note(void *userdata, const struct audit_row *row)
{
        char number[8];

        snprintf(number, sizeof(number), "%u ", (unsigned)row->sequence);
        strcat(((struct list *)userdata)->text, number);
        assert_int_equal(row->time_usec, NOON);
        assert_int_equal(row->actor_uid, 0);
        assert_string_equal(row->customer, "shop");
        assert_string_equal(row->detail, "service=sshd");
        return 0;
}

static void expect_list(struct fixture *fixture, uint64_t before, uint32_t subject_uid,
                        const char *event, uint32_t limit, const char *expected)
{
        struct list list = {0};

        assert_done(audit_list(fixture->store, before, subject_uid, event, limit, note, &list));
        assert_string_equal(list.text, expected);
}

static void entries_are_listed_newest_first_and_filtered(void **state)
{
        struct fixture *fixture = *state;

        append_five(fixture->store);
        expect_list(fixture, 0, AUDIT_NOBODY, NULL, 9, "5 4 3 2 1 ");
        expect_list(fixture, 0, AUDIT_NOBODY, NULL, 2, "5 4 ");
        expect_list(fixture, 4, AUDIT_NOBODY, NULL, 2, "3 2 ");
        expect_list(fixture, 0, 70000, NULL, 9, "4 2 1 ");
        expect_list(fixture, 0, AUDIT_NOBODY, "login-failed", 9, "4 3 ");
        expect_list(fixture, 0, 70001, "login-failed", 9, "3 ");
        expect_list(fixture, 3, 70001, "login-failed", 9, "");
}

int run_audit_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_trail_of_bo_alone_is_whole),
                STORE_TEST(a_rolled_back_entry_leaves_no_gap),
                STORE_TEST(no_row_has_what_is_no_text),
                STORE_TEST(every_changed_field_shows),
                STORE_TEST(a_removed_row_shows),
                STORE_TEST(an_inserted_row_shows),
                STORE_TEST(exchanged_rows_show),
                STORE_TEST(a_tail_cut_off_shows),
                STORE_TEST(a_tail_cut_off_with_a_forged_head_shows_and_is_not_sealed),
                STORE_TEST(a_trail_removed_altogether_shows),
                STORE_TEST(entries_are_listed_newest_first_and_filtered),
        };

        return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
