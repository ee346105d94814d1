/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the store, for the engine that the command line names. */
#include "tests/store/fixture.h"

#include <sqlite3.h>
#include <sys/wait.h>

static sqlite3_stmt *sqlite_start(sqlite3 **ret_handle, const char *where, const char *sql)
{
        sqlite3_stmt *statement = NULL;

        assert_int_equal(sqlite3_open(where, ret_handle), SQLITE_OK);
        sqlite3_busy_timeout(*ret_handle, 2000);
        if (sqlite3_prepare_v2(*ret_handle, sql, -1, &statement, NULL) != SQLITE_OK)
                fail_msg("%s: %s", sql, sqlite3_errmsg(*ret_handle));
        return statement;
}

static void sqlite_run(const char *where, const char *sql)
{
        sqlite3 *handle = NULL;
        sqlite3_stmt *statement = sqlite_start(&handle, where, sql);

        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
}

static int64_t sqlite_number(const char *where, const char *sql)
{
        sqlite3 *handle = NULL;
        sqlite3_stmt *statement = sqlite_start(&handle, where, sql);
        int64_t number;

        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        number = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
        return number;
}

static const struct engine engines[] = {
        {"sqlite", sqlite_run, sqlite_number},
};

const struct engine *engine;

/* In a process of its own: a test that failed within a transaction leaves its lock behind. */
static int run_suite(int (*run)(void))
{
        int status;
        pid_t pid;

        fflush(NULL);
        pid = fork();
        if (pid < 0)
                return 1;
        if (pid == 0)
                exit(run() != 0);
        if (waitpid(pid, &status, 0) != pid)
                return 1;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
        static int (*const suites[])(void) = {
                run_account_tests,     run_name_tests,        run_uid_tests,
                run_password_tests,    run_idle_tests,        run_list_tests,
                run_customer_tests,    run_invitation_tests,  run_nss_tests,
                run_factor_tests,      run_invitation_tests,  run_nss_tests,
                run_generation_tests,  run_sealing_key_tests, run_clock_tests,
                run_audit_tests,       run_schema_tests,      run_damage_tests,
                run_concurrency_tests, run_plan_tests,        run_plan_customer_tests,
                run_async_tests,       run_mail_tests,        run_session_tests,
                run_throttle_tests,    run_profile_tests,     run_location_tests,
                run_terminal_tests,    run_approval_tests,    run_approval_find_tests,
                run_api_key_tests,
        };
        int failed = 0;

        for (size_t i = 0; argc == 2 && i < ELEMENTS(engines); i++)
                if (strcmp(argv[1], engines[i].name) == 0)
                        engine = &engines[i];
        if (!engine) {
                fprintf(stderr, "usage: %s ENGINE\n", argv[0]);
                return 2;
        }
        for (size_t i = 0; i < ELEMENTS(suites); i++)
                failed += run_suite(suites[i]);
        return failed > 0;
}
