/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every statement finds its rows by an index: cost does not grow with the number of users. */
#include "bo-accountd/store/acting.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/location.h"
#include "tests/store/fixture.h"

#include "bo-accountd/store/customer_profile.h"
#include "bo-accountd/store/terminal.h"
#include "bo-accountd/store/throttle.h"

#include "bo-accountd/store/session.h"

#include <sqlite3.h>

#define STATEMENTS_MAX 256

/* What the store has run, heard from the engine itself. */
static struct {
        char *texts[STATEMENTS_MAX];
        size_t n;
} heard;

static int hear(unsigned type, void *context, void *statement, void *text)
{
        assert_true(type == SQLITE_TRACE_STMT && !context);
        for (size_t i = 0; i < heard.n; i++)
                if (strcmp(heard.texts[i], sqlite3_sql(statement)) == 0)
                        return 0;
        if (strncmp(text, "--", 2) == 0 || heard.n == STATEMENTS_MAX)
                return 0; /* part of another one; too many are noticed below */
        heard.texts[heard.n] = strdup(sqlite3_sql(statement));
        assert_non_null(heard.texts[heard.n++]);
        return 0;
}

static int listen_to(sqlite3 *handle, char **error, const struct sqlite3_api_routines *routines)
{
        assert_true(error && routines);
        return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, hear, NULL);
}

static void forget_heard(void)
{
        while (heard.n > 0)
                free(heard.texts[--heard.n]);
}

/* Fresh connections, reader and writer, whose statements are heard; what opening them took is none
 * of our business. */
static void start_listening(struct fixture *fixture)
{
        struct tx tx = {0};

        sqlite3_auto_extension((void (*)(void))listen_to);
        reopen(fixture);
        begin(&tx, fixture->store);
        tx_end(&tx);
        sqlite3_cancel_auto_extension((void (*)(void))listen_to);
        forget_heard();
}

/*
 * What a step reads from end to end, and may: a row made of constants, the newest clock epoch of a
 * few, a sum that has a LIMIT, an index of parts of words from where it is told to begin.
 */
static bool may_scan(const char *what)
{
        static const char *const allowed[] = {
                "CONSTANT", "clock_epoch", "n", "part", "location_text",
                /* of one row, by the engine itself */
                "main.account_text_config", "main.location_text_config"};
        size_t length = strcspn(what, " ");

        for (size_t i = 0; i < ELEMENTS(allowed); i++)
                if (strlen(allowed[i]) == length && strncmp(what, allowed[i], length) == 0)
                        return true;
        return false;
}

/* Where all members of a customer must not be walked through for one of them. */
static bool for_one_member;

static const char *check_step(const char *detail)
{
        if (for_one_member && strstr(detail, "membership_customer (customer=?)"))
                return "walks through a customer's members";
        if (strstr(detail, "TEMP B-TREE") && strstr(detail, "ORDER BY"))
                return "sorts";
        if (strncmp(detail, "SCAN ", 5) == 0 && !may_scan(detail + 5))
                return "scans";
        return NULL;
}

static void check_plan(sqlite3 *handle, const char *text)
{
        char explain[4096];
        sqlite3_stmt *statement = NULL;

        assert_true(snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", text) <
                    (int)sizeof(explain));
        assert_int_equal(sqlite3_prepare_v2(handle, explain, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
                const char *detail = (const char *)sqlite3_column_text(statement, 3);
                const char *wrong = check_step(detail);

                if (wrong)
                        fail_msg("%s: %s, in: %s", wrong, detail, text);
        }
        sqlite3_finalize(statement);
}

/* Of @n_expected statements at least: a test that heard none would prove nothing. */
static void check_heard(struct fixture *fixture, size_t n_expected)
{
        sqlite3 *handle = NULL;
        size_t checked = 0;

        assert_true(heard.n < STATEMENTS_MAX);
        assert_int_equal(sqlite3_open(fixture->where, &handle), SQLITE_OK);
        for (size_t i = 0; i < heard.n; i++) {
                if (strncmp(heard.texts[i], "BEGIN", 5) == 0 ||
                    strncmp(heard.texts[i], "COMMIT", 6) == 0)
                        continue;
                check_plan(handle, heard.texts[i]);
                checked++;
        }
        sqlite3_close(handle);
        forget_heard();
        assert_true(checked >= n_expected);
}

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
        begin(&tx, fixture->store);
        assert_done(account_expiry_told(&tx, uid));
        commit(&tx);
        free(rows);
        check_heard(fixture, 15);
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

static int ignore_location(void *userdata, const struct location *location)
{
        assert_true(!userdata && location);
        return 0;
}

static int ignore_terminal(void *userdata, const struct terminal *terminal)
{
        assert_true(!userdata && terminal);
        return 0;
}

static void use_location(struct fixture *fixture, struct tx *tx, uint32_t uid)
{
        static const char *const ids[] = {"ams"};
        struct location location = {.id = "ams", .customer = "shop", .name = "Amsterdam"};
        struct terminal host, network;
        char why[256], found[LOCATION_ID_SIZE];

        assert_done(terminal_make(&host, TERMINAL_HOST, NULL, "till-1", why, sizeof(why)));
        assert_done(
                terminal_make(&network, TERMINAL_NETWORK, NULL, "10.0.0.0/8", why, sizeof(why)));
        assert_done(location_insert(tx, &location));
        assert_done(location_set_details(tx, "ams", "Utrecht", ""));
        assert_done(location_ensure_group(tx, "ams", GID_FIRST, GID_LAST));
        assert_done(terminal_bind(tx, "ams", &host));
        assert_done(terminal_bind(tx, "ams", &network));
        assert_done(terminal_find(fixture->store, "shop", &host, found));
        assert_done(terminal_find(fixture->store, "shop", &network, found));
        assert_done(terminal_list(fixture->store, "ams", ignore_terminal, NULL));
        assert_done(terminal_unbind(tx, "ams", &host));
        assert_done(member_restrict(tx, uid, "shop", ids, 1));
}

static void locations_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        static const char *const customers[] = {NULL, "shop"}, *const texts[] = {"", "u", "utr"};
        uint32_t n, uid = make_user(fixture->store, "alice");
        struct member_location *rows = NULL;
        struct tx tx = {0};
        uint64_t next;
        size_t n_rows;
        bool may;

        make_customer(fixture->store, "shop");
        give_roles(fixture->store, uid, "shop", "admin", NULL);
        start_listening(fixture);
        begin(&tx, fixture->store);
        use_location(fixture, &tx, uid);
        commit(&tx);
        for (int i = 0; i < 6; i++) {
                const struct location_filter filter = {
                        .customer = customers[i & 1], .text = texts[i / 2], .limit = 5};

                assert_done(location_search(fixture->store, &filter, ignore_location, NULL, &next));
        }
        assert_done(member_may_at(fixture->store, uid, "shop", "ams", &may));
        assert_done(member_is_restricted(fixture->store, uid, "shop", &may));
        assert_done(member_locations(fixture->store, uid, &rows, &n_rows));
        assert_done(member_count(fixture->store, uid, &n));
        assert_done(customer_members(fixture->store, "shop", 1000, &n));
        free(rows);
        check_heard(fixture, 20);
}

static uint32_t invite(struct tx *tx, uint32_t whom, const char *address)
{
        static const char *const roles[] = {"admin"};
        static const char customer[] = "cafe";
        struct account account = {.invites_uid = whom, .verified = true};
        uint32_t uid = 0;

        snprintf(account.name, sizeof(account.name), "%s", address);
        snprintf(account.email, sizeof(account.email), "%s", address);
        assert_done(invitation_insert(tx, &account, UID_FIRST, UID_LAST, &uid));
        assert_done(member_set_roles(tx, uid, customer, roles, ELEMENTS(roles)));
        return uid;
}

static void invitations_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), bob = make_user(fixture->store, "bob");
        struct invitation *rows = NULL;
        struct account account;
        char customer[CUSTOMER_ID_SIZE];
        struct tx tx = {0};
        uint32_t uid;
        size_t n;

        make_customer(fixture->store, "cafe");
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(invitation_listed(fixture->store, "alice", "cafe"), 0);
        uid = invite(&tx, alice, "alice");
        assert_int_equal(invitation_listed(fixture->store, "alice", "cafe"), 1);
        assert_done(account_by_uid(fixture->store, alice, &account));
        assert_done(invitation_list(&tx, &account, 0, 9, &rows, &n));
        assert_done(invitation_customer(fixture->store, uid, customer));
        assert_done(invitation_accept(&tx, uid, &account, "cafe"));
        invite(&tx, bob, "bob");
        assert_done(account_by_uid(fixture->store, bob, &account));
        assert_done(invitation_close_of(&tx, &account, "cafe"));
        assert_int_equal(invitation_listed(fixture->store, "bob", "cafe"), 0);
        commit(&tx);
        free(rows);
        for_one_member = true;
        check_heard(fixture, 20);
        for_one_member = false;
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

static void a_customer_is_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        char email[NAME_MAX_BYTES + 1];
        struct profile profile;
        struct tx tx = {0};
        uint64_t since;

        make_customer(fixture->store, "shop");
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(customer_profile_load(fixture->store, "shop", &profile));
        assert_done(customer_profile_save(&tx, "shop", &profile));
        assert_done(customer_set_alias(&tx, "shop", "Shop"));
        assert_done(customer_set_type(&tx, "shop", "x", "y"));
        assert_int_equal(customer_role_held(fixture->store, "shop", "primary"), 0);
        assert_int_equal(customer_role_mailbox(fixture->store, "shop", "primary", email, &since),
                         BO_ERR_NO_SUCH_USER);
        commit(&tx);
        check_heard(fixture, 6);
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
        assert_int_equal(heard.n, 9);
        forget_heard();
}

int run_plan_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_login_finds_all_by_index),
                STORE_TEST(what_changed_for_nss_is_found_by_index),
                STORE_TEST(creating_a_user_finds_all_by_index),
                STORE_TEST(sessions_are_found_by_index),
                STORE_TEST(locations_are_found_by_index),
                STORE_TEST(invitations_are_found_by_index),
                STORE_TEST(lists_are_read_in_the_order_of_an_index),
                STORE_TEST(a_customer_is_found_by_index),
                STORE_TEST(a_login_is_recorded_in_few_statements),
        };

        return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
