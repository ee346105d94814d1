/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of parts of users' names, addresses and full names, and who is found by it (R15). */
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/store_private.h"
#include "bo-accountd/store/trigram.h"

#include "common/fold.h"

#include <errno.h>
#include <string.h>

/* Name, address and full name, a line each; one that is the other stands here once. */
static void searchable(char out[ACCOUNT_SEARCH_SIZE], const struct account *account)
{
        char text[ACCOUNT_SEARCH_SIZE];

        (void)snprintf(text, sizeof(text), "%s\n%s\n%s", /* of its parts' sizes */
                       account->name,
                       strcmp(account->email, account->name) == 0 ? "" : account->email,
                       account->full_name);
        fold_case(out, ACCOUNT_SEARCH_SIZE, text);
}

bool account_contains(const struct account *account, const char *folded)
{
        char text[ACCOUNT_SEARCH_SIZE];

        searchable(text, account);
        return strstr(text, folded) != NULL;
}

static int put(struct store *store, const struct account *account, uint32_t uid)
{
        char text[ACCOUNT_SEARCH_SIZE];

        if (!store->sql->driver->trigrams)
                return 0;
        searchable(text, account);
        return store_done(store_run(store,
                                    "INSERT INTO account_text (rowid, folded) VALUES ($1, $2)",
                                    SQL_VALUES(sql_int(uid), sql_text(text))));
}

int account_index_put(struct tx *tx, const struct account *account, uint32_t uid)
{
        return put(tx->store, account, uid);
}

/* By its own statement: a migration knows the columns of its time. */
int account_index_found(struct store *store)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct account account = {0};
        int r = store_query(store, &rows, "SELECT uid, name, email, full_name FROM account",
                            SQL_NONE);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                sql_copy_text(rows, 1, account.name, sizeof(account.name));
                sql_copy_text(rows, 2, account.email, sizeof(account.email));
                sql_copy_text(rows, 3, account.full_name, sizeof(account.full_name));
                r = put(store, &account, sql_get_u32(rows, 0));
        }
        return r;
}

int account_index_change(struct tx *tx, uint32_t uid)
{
        char text[ACCOUNT_SEARCH_SIZE];
        struct account account;
        int r;

        if (!tx->store->sql->driver->trigrams)
                return 0;
        r = account_by_uid(tx->store, uid, &account);
        if (r != 0)
                return r;
        searchable(text, &account);
        return store_done(store_run(tx->store,
                                    "UPDATE account_text SET folded = $1 WHERE rowid = $2",
                                    SQL_VALUES(sql_text(text), sql_int(uid))));
}

static int by_name(const void *one, const void *other)
{
        const struct account_match *a = one, *b = other;

        return strcmp(a->name, b->name);
}

static int query(struct store *store, struct sql_rows **ret_rows, const char *folded)
{
        char match[TRIGRAM_MATCH_SIZE(ACCOUNT_SEARCH_SIZE)];

        trigram_match(match, sizeof(match), folded);
        return store_query(store, ret_rows,
                           "SELECT a.uid, a.name FROM account_text t"
                           " JOIN account a ON a.uid = t.rowid"
                           " WHERE account_text MATCH $1 LIMIT $2",
                           SQL_VALUES(sql_text(match), sql_int(ACCOUNT_MATCHES_MOST + 1)));
}

int account_search(struct store *store, const char *folded, struct account_match **ret_matches,
                   size_t *ret_n)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        _cleanup_(freep) struct account_match *matches = NULL;
        size_t n = 0;
        int r = 0;

        if (!trigram_usable(store, folded))
                return -EOPNOTSUPP;
        matches = calloc(ACCOUNT_MATCHES_MOST, sizeof(*matches));
        if (!matches)
                return -ENOMEM;
        r = query(store, &rows, folded);
        while (r == 0 && (r = sql_next(rows)) > 0) {
                if (n == ACCOUNT_MATCHES_MOST)
                        return -E2BIG;
                matches[n].uid = (uint32_t)sql_get_int(rows, 0);
                sql_copy_text(rows, 1, matches[n++].name, sizeof(matches->name));
                r = 0;
        }
        if (r < 0)
                return r;
        qsort(matches, n, sizeof(*matches), by_name);
        *ret_matches = TAKE_PTR(matches);
        *ret_n = n;
        return 0;
}
