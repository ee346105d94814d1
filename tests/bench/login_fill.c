/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a store with any number of users who can log in, by the store's own schema, in seconds. */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bo-accountd/factor/password.h"
#include "bo-accountd/factor/totp.h"
#include "bo-accountd/store/store.h"
#include "common/clock.h"
#include "tests/bench/login_bench.h"

struct fill {
        sqlite3 *database;
        struct keys *keys;
        struct secret *otp;
        char hash[PASSWORD_HASH_SIZE];
        uint32_t n_users, n_customers;
};

static int make_secrets(struct fill *fill, const struct password_cost *cost)
{
        _cleanup_(secret_freep) struct secret *password =
                secret_copy(LOGIN_PASSWORD, strlen(LOGIN_PASSWORD));

        fill->otp = secret_copy(LOGIN_OTP_SECRET, LOGIN_OTP_BYTES);
        if (!password || !fill->otp)
                return -ENOMEM;
        return password_hash(fill->hash, password, fill->keys, cost);
}

/* Migrations are the store's: an empty one is opened, and closed again. */
static int make_store(struct fill *fill, const char *state)
{
        char path[512];
        struct store *store = NULL;
        int r;

        if (mkdir(state, 0711) < 0)
                return -errno;
        (void)snprintf(path, sizeof(path), "%s/key", state);
        r = keys_load(&fill->keys, NULL, path, true);
        if (r < 0)
                return r;
        (void)snprintf(path, sizeof(path), "%s/accounts.db", state);
        r = store_open(&store, path, fill->keys);
        if (r != 0)
                return r;
        store_close(store);
        return sqlite3_open_v2(path, &fill->database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
                       ? 0
                       : -EIO;
}

static int run(struct fill *fill, const char *text)
{
        char *why = NULL;

        if (sqlite3_exec(fill->database, text, NULL, NULL, &why) == SQLITE_OK)
                return 0;
        (void)fprintf(stderr, "%s: %s\n", text, why ? why : "?");
        sqlite3_free(why);
        return -EIO;
}

static int prepare(struct fill *fill, sqlite3_stmt **ret_statement, const char *text)
{
        return sqlite3_prepare_v2(fill->database, text, -1, ret_statement, NULL) == SQLITE_OK
                       ? 0
                       : -EIO;
}

static int step(sqlite3_stmt *statement)
{
        int code = sqlite3_step(statement);

        sqlite3_reset(statement);
        return code == SQLITE_DONE ? 0 : -EIO;
}

static int add_accounts(struct fill *fill)
{
        sqlite3_stmt *statement = NULL;
        int r = prepare(fill, &statement,
                        "INSERT INTO account (uid, name, email, full_name, home, shell, is_api,"
                        " verified, created_usec, activated_usec, deactivated_usec,"
                        " deactivated_reason, password_hash, password_changed_usec, must_change,"
                        " credential_epoch, last_login_usec, admin_reset_usec, idle_marked_usec,"
                        " active_epoch) VALUES (?1, ?2, ?2, 'Jan Jansen', '/home/' || ?2,"
                        " '/bin/bash', 0, 1, ?3, ?3, 0, '', ?4, ?3, 0, 1, ?3, 0, 0, 1)");

        for (uint32_t i = 0; i < fill->n_users && r == 0; i++) {
                char name[LOGIN_NAME_BYTES];

                bench_user(name, i);
                sqlite3_bind_int64(statement, 1, LOGIN_FIRST_UID + i);
                sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
                sqlite3_bind_int64(statement, 3, (int64_t)clock_realtime_usec());
                sqlite3_bind_text(statement, 4, fill->hash, -1, SQLITE_STATIC);
                r = step(statement);
        }
        sqlite3_finalize(statement);
        return r;
}

static int add_factors(struct fill *fill)
{
        sqlite3_stmt *statement = NULL;
        int r = prepare(fill, &statement,
                        "INSERT INTO otp (uid, sealed, confirmed, last_step, clock_epoch)"
                        " VALUES (?1, ?2, 1, 0, 1)");

        for (uint32_t i = 0; i < fill->n_users && r == 0; i++) {
                unsigned char sealed[TOTP_SEALED_BYTES];

                r = totp_seal(sealed, fill->otp, LOGIN_FIRST_UID + i, fill->keys);
                sqlite3_bind_int64(statement, 1, LOGIN_FIRST_UID + i);
                sqlite3_bind_blob(statement, 2, sealed, sizeof(sealed), SQLITE_STATIC);
                if (r == 0)
                        r = step(statement);
        }
        sqlite3_finalize(statement);
        return r;
}

/*
 * The users take turns in the customers, each with one role. The first at each is its
 * administrator; a few of the others are programs, disabled, or not activated yet.
 */
static int add_customers(struct fill *fill)
{
        char text[4096];

        if (fill->n_customers == 0)
                return 0;
        (void)snprintf(text, sizeof(text),
                       "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                       " WHERE i + 1 < %u)"
                       " INSERT INTO unix_group SELECT %u + i, printf('bo-c-shop%%05d', i) FROM n;"
                       "INSERT INTO unix_group VALUES (%u, 'bo-viewer'),"
                       " (%u, 'bo-merchant-administrator');"
                       "INSERT INTO customer (id, alias, created_usec, gid)"
                       " SELECT substr(name, 6), 'Shop', 1, gid FROM unix_group"
                       " WHERE name LIKE 'bo-c-%%';"
                       "UPDATE counter SET value = %u WHERE name = 'gid';"
                       "INSERT INTO membership (uid, customer, name, created_usec)"
                       " SELECT uid, printf('shop%%05d', (uid - %u) %% %u), name, 1 FROM account"
                       " ORDER BY name;"
                       "INSERT INTO membership_role (uid, customer, role, name)"
                       " SELECT uid, customer, CASE WHEN uid < %u THEN 'merchant-administrator'"
                       " ELSE 'viewer' END, name FROM membership ORDER BY customer, name;"
                       "UPDATE account SET is_api = 1 WHERE uid %% 83 = 0 AND uid >= %u;"
                       "UPDATE account SET deactivated_usec = 1 WHERE uid %% 97 = 0 AND uid >= %u;"
                       "UPDATE account SET activated_usec = 0 WHERE uid %% 1009 = 0 AND uid >= %u;",
                       fill->n_customers, LOGIN_FIRST_GID, LOGIN_FIRST_GID + fill->n_customers,
                       LOGIN_FIRST_GID + fill->n_customers + 1,
                       LOGIN_FIRST_GID + fill->n_customers + 1, LOGIN_FIRST_UID, fill->n_customers,
                       LOGIN_FIRST_UID + fill->n_customers, LOGIN_FIRST_UID + fill->n_customers,
                       LOGIN_FIRST_UID + fill->n_customers, LOGIN_FIRST_UID + fill->n_customers);
        return run(fill, text);
}

static int fill_store(struct fill *fill)
{
        int r = run(fill, "PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN");

        if (r == 0)
                r = add_accounts(fill);
        if (r == 0)
                r = add_factors(fill);
        if (r == 0)
                r = add_customers(fill);
        if (r == 0)
                r = run(fill, "INSERT INTO name (name, uid, retired_usec) SELECT name, uid, 0"
                              " FROM account ORDER BY name;"
                              "UPDATE counter SET value = (SELECT MAX(uid) FROM account)"
                              " WHERE name = 'uid';"
                              "INSERT INTO account_text (rowid, folded) SELECT uid,"
                              " name || char(10) || char(10) || lower(full_name) FROM account;"
                              "UPDATE counter SET value = 1 WHERE name = 'nss-generation';"
                              "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
        return r;
}

int main(int argc, char **argv)
{
        struct fill fill = {0};
        struct password_cost cost = {0};
        int r;

        if (argc != 6) {
                (void)fprintf(stderr,
                              "Usage: %s STATE-DIR USERS HASH-BYTES HASH-PASSES CUSTOMERS\n",
                              argv[0]);
                return 2;
        }
        fill.n_users = (uint32_t)strtoul(argv[2], NULL, 10);
        cost.memory_bytes = strtoull(argv[3], NULL, 10);
        cost.passes = strtoull(argv[4], NULL, 10);
        fill.n_customers = (uint32_t)strtoul(argv[5], NULL, 10);
        r = make_store(&fill, argv[1]);
        if (r == 0)
                r = make_secrets(&fill, &cost);
        if (r == 0)
                r = fill_store(&fill);
        sqlite3_close(fill.database);
        secret_free(fill.otp);
        keys_free(fill.keys);
        if (r != 0)
                (void)fprintf(stderr, "%s: %s\n", argv[0], strerror(r < 0 ? -r : EIO));
        return r != 0;
}
