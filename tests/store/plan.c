/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to the engine, and asks it how it finds the rows of what it heard. */
#include "tests/store/plan.h"

#include <sqlite3.h>

#define STATEMENTS_MAX 256

/* What the store has run, heard from the engine itself. */
static struct {
        char *texts[STATEMENTS_MAX];
        size_t n;
        size_t runs; /* of all of them */
} heard;

static int hear(unsigned type, void *context, void *statement, void *text)
{
        assert_true(type == SQLITE_TRACE_STMT && !context);
        heard.runs++;
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
        heard.runs = 0;
}

void start_listening(struct fixture *fixture)
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

void check_heard(struct fixture *fixture, size_t n_expected)
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

void check_heard_for_one_member(struct fixture *fixture, size_t n_expected)
{
        for_one_member = true;
        check_heard(fixture, n_expected);
        for_one_member = false;
}

void check_heard_count(size_t n_expected)
{
        assert_int_equal(heard.n, n_expected);
        forget_heard();
}

void check_heard_runs(size_t n_most)
{
        assert_in_range(heard.runs, 1, n_most);
        forget_heard();
}
