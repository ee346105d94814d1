/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logins, sessions, lists and NSS find their rows by an index, whatever the number of users. */
#include "bo-accountd/store/acting.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/location.h"
#include "bo-accountd/store/session.h"
#include "bo-accountd/store/throttle.h"
#include "tests/store/plan.h"

static void a_login_finds_all_by_index(void **state)
{
        struct fixture *fixture = *state;
        static const unsigned char sealed[TOTP_SEALED_BYTES] = {1}, hash[KEYED_HASH_BYTES] = {1};
        uint32_t uid = make_user(fixture->store, "alice");
        struct lockout_state lockout;
        struct account account;
        struct token_row token;
        struct tx tx = {0};
        struct otp otp;
        _cleanup_(freep) struct member_role *roles = NULL;
        size_t n_roles = 0;
        uint32_t left;
        unsigned ended;
        uint64_t high;

        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(account_by_name(fixture->store, "alice", &account));
        assert_done(account_by_uid(fixture->store, uid, &account));
        assert_done(lockout_load(fixture->store, "u:70000", &lockout));
        assert_done(lockout_save(&tx, "u:70000", &(struct lockout_state){1, 0}));
        assert_done(lockout_save(&tx, "n:00", &(struct lockout_state){1, 0}));
        assert_done(lockout_clear(&tx, "u:70000"));
        assert_done(lockout_sweep(&tx, NOON + 1));
        assert_done(otp_begin(&tx, uid, sealed));
        assert_done(otp_confirm(&tx, uid, sealed, 1));
        assert_done(otp_accept_step(&tx, uid, 2));
        assert_done(otp_load(fixture->store, uid, &otp));
        assert_done(recovery_insert(&tx, uid, hash));
        assert_done(recovery_use(&tx, uid, hash));
        assert_done(recovery_left(fixture->store, uid, &left));
        assert_done(recovery_delete(&tx, uid));
        assert_done(member_roles(fixture->store, uid, &roles, &n_roles));
        assert_done(token_insert(&tx, &(struct token_row){.uid = uid, .hash = {1}}));
        assert_done(token_load(fixture->store, hash, &token));
        assert_done(token_use(&tx, hash));
        assert_done(token_end_all(&tx, uid, &ended));
        assert_done(token_sweep(&tx, NOON));
        assert_done(throttle_save(&tx, "a:1", NOON));
        assert_done(throttle_load(fixture->store, "a:1", &high));
        assert_done(throttle_sweep(&tx, NOON + 1));
        assert_done(account_logged_in(&tx, uid));
        assert_done(account_rehash(&tx, uid, "", "h"));
        assert_done(account_set_password(&tx, uid, "h", false));
        assert_done(account_trim_history(&tx, uid, 5, NOON));
        assert_done(tx_high_since(&tx, 1, &high));
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "login-succeeded"}));
        commit(&tx);
        check_heard(fixture, 30);
}

static int ignore_nss_user(void *userdata, const struct nss_user *user)
{
        assert_true(!userdata && user);
        return 0;
}

static int ignore_nss_group(void *userdata, const struct nss_group *group)
{
        assert_true(!userdata && group);
        return 0;
}

/* Of a delta: its cost grows with what changed. */
static void what_changed_for_nss_is_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        static const char *const hosts[] = {"", "shop"};
        uint32_t uid;
        bool active;
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        uid = make_user(fixture->store, "alice");
        give_roles(fixture->store, uid, "shop", "admin", "encoder");
        begin(&tx, fixture->store);
        assert_done(location_insert(
                &tx, &(struct location){.id = "north", .customer = "shop", .name = "North"}));
        assert_done(location_ensure_group(&tx, "north", GID_FIRST, GID_LAST));
        commit(&tx);
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(member_act_for(&tx, uid, "shop"));
        assert_done(member_is_active(fixture->store, uid, "shop", &active));
        commit(&tx);
        for (size_t i = 0; i < ELEMENTS(hosts); i++) {
                assert_done(nss_each_user(fixture->store, 1, hosts[i], ignore_nss_user, NULL));
                assert_done(nss_each_group(fixture->store, 1, hosts[i], 9, ignore_nss_group, NULL));
        }
        check_heard(fixture, 15);
}

static void creating_a_user_finds_all_by_index(void **state)
{
        struct fixture *fixture = *state;
        struct member_role *rows = NULL;
        struct nss_state nss;
        uint32_t uid, *quiet = NULL;
        struct tx tx = {0};
        size_t n;

        start_listening(fixture);
        make_customer(fixture->store, "shop");
        uid = make_user(fixture->store, "alice");
        give_roles(fixture->store, uid, "shop", "admin", "encoder");
        assert_done(member_roles(fixture->store, uid, &rows, &n));
        assert_done(nss_state(fixture->store, &nss));
        begin(&tx, fixture->store);
        assert_done(nss_base_written(&tx, nss.generation, ""));
        commit(&tx);
        assert_done(account_quiet(fixture->store, NOON, 9, &quiet, &n));
        free(quiet);
        assert_done(account_aging(fixture->store, NOON, 9, &quiet, &n));
        free(quiet);
        assert_done(account_api_aged(fixture->store, NOON, 9, &quiet, &n));
        free(quiet);
        begin(&tx, fixture->store);
        assert_done(account_expiry_told(&tx, uid));
        commit(&tx);
        free(rows);
        check_heard(fixture, 16);
}

static int ignore_account(void *userdata, const struct account *account)
{
        assert_true(!userdata && account);
        return 0;
}

static int ignore_session(void *userdata, const struct session *session)
{
        assert_true(!userdata && session);
        return 0;
}

static void sessions_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        uint32_t n_swept, uid = make_user(fixture->store, "alice");
        struct session session = {.uid = uid, .login = true, .leader = 7, .service = "sshd"};
        struct session_ending ending;
        struct tx tx = {0};
        int64_t id;
        size_t n;

        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(session_insert(&tx, &session));
        assert_done(session_last_login(fixture->store, uid, &session));
        assert_done(session_find_open(fixture->store, uid, "sshd", "", 7, "", &id));
        assert_int_equal(session_find_open(fixture->store, uid, "sshd", "", 8, "x", &id), -ENODATA);
        assert_done(session_close(&tx, id));
        for (int i = 0; i < 4; i++) {
                const struct session_filter filter = {
                        .of_user = i & 1, .uid = uid, .open = i & 2, .limit = 5};

                assert_done(session_list(fixture->store, &filter, ignore_session, NULL));
        }
        assert_done(session_each_open(fixture->store, 0, 5, ignore_session, NULL));
        assert_done(session_sweep(&tx, NOON, 5, &n_swept));
        assert_done(session_must_end(&tx, uid));
        assert_done(session_endings(fixture->store, &ending, 1, &n));
        assert_done(session_ended(&tx, uid, ending.since_usec));
        commit(&tx);
        check_heard(fixture, 15);
}

static int ignore_audit(void *userdata, const struct audit_row *row)
{
        assert_true(!userdata && row);
        return 0;
}

static int ignore_customer(void *userdata, const struct customer *customer)
{
        assert_true(!userdata && customer);
        return 0;
}

static void lists_are_read_in_the_order_of_an_index(void **state)
{
        struct fixture *fixture = *state;
        static const char *const customers[] = {NULL, "shop"}, *const roles[] = {NULL, "admin"};

        start_listening(fixture);
        for (int i = 0; i < 16; i++) {
                struct account_filter filter = {.customer = customers[i & 1],
                                                .role = roles[i >> 1 & 1],
                                                .kind = i & 4 ? 1 : -1,
                                                .descending = (i & 8) != 0,
                                                .limit = 5};

                assert_done(account_list(fixture->store, &filter, ignore_account, NULL, NULL));
        }
        assert_done(audit_list(fixture->store, 0, AUDIT_NOBODY, NULL, 5, ignore_audit, NULL));
        assert_done(audit_list(fixture->store, 0, 70000, NULL, 5, ignore_audit, NULL));
        assert_done(audit_list(fixture->store, 0, AUDIT_NOBODY, "x", 5, ignore_audit, NULL));
        assert_done(customer_list(fixture->store, 0, "", 5, ignore_customer, NULL));
        assert_done(customer_list(fixture->store, 70000, "", 5, ignore_customer, NULL));
        check_heard(fixture, 15);
}

/* A login's last transaction: what the disk has to take is few pages. */
static void a_login_is_recorded_in_few_statements(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        start_listening(fixture);
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 1));
        assert_done(account_logged_in(&tx, uid));
        assert_done(lockout_clear(&tx, "u:70000"));
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "login-succeeded"}));
        commit(&tx);
        /* BEGIN, clock, login, lockout, head, row, head, clock, COMMIT */
        check_heard_count(9);
}

static void keys_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct api_key_row row = {.prefix = "00000000", .uid = uid};
        struct tx tx = {0};
        unsigned n;

        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(api_key_insert(&tx, &row));
        row = (struct api_key_row){.prefix = "11111111", .uid = uid, .approval = 1};
        assert_done(api_key_insert(&tx, &row));
        assert_done(api_key_load(fixture->store, "00000000", &row));
        assert_done(api_key_of_user(fixture->store, uid, &row));
        assert_done(api_key_of_approval(fixture->store, 1, &row));
        assert_done(api_key_used(&tx, "00000000"));
        assert_done(account_activate_api(&tx, uid));
        assert_done(api_key_delete(&tx, uid));
        assert_done(api_key_delete_token(&tx, 1));
        assert_done(api_key_delete_all(&tx, uid, &n));
        commit(&tx);
        check_heard(fixture, 10);
}

int run_plan_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_login_finds_all_by_index),
                STORE_TEST(what_changed_for_nss_is_found_by_index),
                STORE_TEST(creating_a_user_finds_all_by_index),
                STORE_TEST(sessions_are_found_by_index),
                STORE_TEST(keys_are_found_by_index),
                STORE_TEST(lists_are_read_in_the_order_of_an_index),
                STORE_TEST(a_login_is_recorded_in_few_statements),
        };

        return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
