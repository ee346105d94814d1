/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in a directory of its own, keys for it, and what every suite does with it. */
#pragma once

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bo-accountd/store/account.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/otp.h"
#include "bo-accountd/store/recovery.h"
#include "bo-accountd/store/store.h"
#include "bo-accountd/store/token.h"
#include "common/clock.h"
#include "libbo/bo.h"

#include <errno.h>
#include <string.h>

#define UID_FIRST 70000
#define UID_LAST  99999
#define GID_FIRST 66000
#define GID_LAST  69999

/* When the tests take place. */
#define NOON UINT64_C(1700000000000000)

/* How a suite gets behind the store's back, for one engine. */
struct engine {
        const char *name;
        void (*run)(const char *where, const char *sql);
        int64_t (*number)(const char *where, const char *sql);
};

extern const struct engine *engine; /* the one under test */

struct fixture {
        char dir[64];
        char where[96];
        struct keys *keys;
        struct store *store;
};

int fixture_up(void **state);
int fixture_down(void **state);

#define STORE_TEST(name)  cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
#define assert_done(call) assert_int_equal(call, 0)

/* Behind the store's back. */
void run_sql(struct fixture *fixture, const char *sql);
int64_t number_of(struct fixture *fixture, const char *sql);

/* Closes and opens again. */
void reopen(struct fixture *fixture);
struct store *another_connection(struct fixture *fixture);

void begin(struct tx *tx, struct store *store);
void commit(struct tx *tx);

/* In a transaction of their own, at NOON. */
uint32_t make_user(struct store *store, const char *name);
uint32_t make_api_user(struct store *store, const char *name);
void make_customer(struct store *store, const char *id);
void give_roles(struct store *store, uint32_t uid, const char *customer, const char *role,
                const char *other_role);
uint32_t add_user(struct tx *tx, const char *name);

/* Runs @body in a child process; the number of the line that was wrong, or 0. */
int in_child(int (*body)(struct fixture *fixture), struct fixture *fixture);
#define CHECK(condition)                                                                           \
        do {                                                                                       \
                if (!(condition))                                                                  \
                        return __LINE__;                                                           \
        } while (0)

/* Runs @body in @n threads that start at once; what they returned, added up. */
int in_threads(int n, int (*body)(struct fixture *fixture, int number), struct fixture *fixture);

int run_account_tests(void);
int run_approval_tests(void);
int run_approval_find_tests(void);
int run_api_key_tests(void);
int run_async_tests(void);
int run_audit_tests(void);
int run_clock_tests(void);
int run_concurrency_tests(void);
int run_customer_tests(void);
int run_damage_tests(void);
int run_factor_tests(void);
int run_generation_tests(void);
int run_sealing_key_tests(void);
int run_idle_tests(void);
int run_list_tests(void);
int run_invitation_tests(void);
int run_location_tests(void);
int run_mail_tests(void);
int run_name_tests(void);
int run_uid_tests(void);
int run_nss_tests(void);
int run_password_tests(void);
int run_plan_tests(void);
int run_plan_customer_tests(void);
int run_profile_tests(void);
int run_schema_tests(void);
int run_terminal_tests(void);
int run_throttle_tests(void);
int run_session_tests(void);
