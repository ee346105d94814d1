/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of users in the order of names, a page at a time (R15). */
#include "bo-accountd/store/account_columns.h"

#include <string.h>

/* How many rows one statement looks at for a search, which no index serves. */
#define SLICE_ROWS 1000

/* Above every name: the bounds of a page are always there, so that the index is used. */
#define ABOVE_ALL "\x7f"

/* Each source has the order in an index: after (or before) the name $1, at most $2 rows. */
#define FROM_ACCOUNT                                                                               \
        "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.invites_closed_usec = 0 AND a.name "
#define FROM_MEMBERS                                                                               \
        "SELECT " ACCOUNT_COLUMNS " FROM membership m JOIN account a ON a.uid = m.uid"             \
        " WHERE m.name "
#define FROM_ROLES                                                                                 \
        "SELECT " ACCOUNT_COLUMNS " FROM membership_role m JOIN account a ON a.uid = m.uid"        \
        " WHERE m.name "

#define UP   "> $1"
#define DOWN "< $1"
#define ORDERED(from, filter, column, limit)                                                       \
        {                                                                                          \
                from UP filter " ORDER BY " column " LIMIT " limit,                                \
                        from DOWN filter " ORDER BY " column " DESC LIMIT " limit,                 \
        }

enum source {
        SOURCE_ALL,
        SOURCE_API,
        SOURCE_CUSTOMER,
        SOURCE_ROLE,
        SOURCE_CUSTOMER_ROLE,
};

static const struct {
        const char *ascending, *descending;
} texts[] = {
        [SOURCE_ALL] = ORDERED(FROM_ACCOUNT, "", "a.name", "$2"),
        [SOURCE_API] = ORDERED(FROM_ACCOUNT, " AND a.is_api = 1", "a.name", "$2"),
        [SOURCE_CUSTOMER] = ORDERED(FROM_MEMBERS, " AND m.customer = $2", "m.name", "$3"),
        [SOURCE_ROLE] = ORDERED(FROM_ROLES, " AND m.role = $2", "m.name", "$3"),
        [SOURCE_CUSTOMER_ROLE] =
                ORDERED(FROM_ROLES, " AND m.customer = $2 AND m.role = $3", "m.name", "$4"),
};

/* A list as it goes on: from the row after @last. */
struct walk {
        const struct account_filter *filter;
        enum source source;
        char last[NAME_MAX_BYTES + 1];
        uint32_t told;
};

static bool given(const char *text)
{
        return text && *text;
}

static enum source source_of(const struct account_filter *filter)
{
        if (given(filter->customer))
                return given(filter->role) ? SOURCE_CUSTOMER_ROLE : SOURCE_CUSTOMER;
        if (given(filter->role))
                return SOURCE_ROLE;
        return filter->kind == 1 ? SOURCE_API : SOURCE_ALL;
}

static bool contains(const char *text, const char *part)
{
        return strcasestr(text, part) != NULL;
}

static bool is_wanted(const struct account_filter *filter, const struct account *account)
{
        if (filter->kind >= 0 && account->is_api != (filter->kind == 1))
                return false;
        return !given(filter->search) || contains(account->name, filter->search) ||
               contains(account->email, filter->search) ||
               contains(account->full_name, filter->search);
}

/* No more than what is asked for, unless rows are passed over. */
static uint32_t slice_rows(const struct walk *walk)
{
        const struct account_filter *filter = walk->filter;
        bool passes_over = given(filter->search) || walk->source == SOURCE_ROLE ||
                           (filter->kind >= 0 && walk->source != SOURCE_API);
        uint32_t missing = filter->limit - walk->told;

        return passes_over && missing < SLICE_ROWS ? SLICE_ROWS : missing;
}

static int query_slice(struct store *store, struct sql_rows **ret_rows, const struct walk *walk,
                       uint32_t rows)
{
        const struct account_filter *filter = walk->filter;
        struct sql_value values[4] = {sql_text(walk->last)};
        size_t n = 1;

        if (given(filter->customer))
                values[n++] = sql_text(filter->customer);
        if (given(filter->role))
                values[n++] = sql_text(filter->role);
        values[n++] = sql_int(rows);
        return store_query(store, ret_rows,
                           filter->descending ? texts[walk->source].descending
                                              : texts[walk->source].ascending,
                           values, n);
}

/* Rows of one slice, until the page is full. *ret_looked_at: how many there were. */
static int walk_slice(struct store *store, struct walk *walk, uint32_t limit,
                      uint32_t *ret_looked_at,
                      int (*each)(void *userdata, const struct account *account), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct walk from = *walk; /* its text is a parameter until the rows are finished */
        int r = query_slice(store, &rows, &from, limit);

        *ret_looked_at = 0;
        while (r == 0 && walk->told < walk->filter->limit && (r = sql_next(rows)) > 0) {
                struct account account;

                (*ret_looked_at)++;
                r = 0;
                account_read(rows, &account);
                if (strcmp(account.name, walk->last) == 0)
                        continue; /* the role at another customer */
                strcpy(walk->last, account.name);
                if (!is_wanted(walk->filter, &account))
                        continue;
                walk->told++;
                r = each(userdata, &account);
        }
        return r;
}

int account_list(struct store *store, const struct account_filter *filter,
                 int (*each)(void *userdata, const struct account *account), void *userdata)
{
        struct walk walk = {.filter = filter, .source = source_of(filter)};
        const char *first = filter->descending ? ABOVE_ALL : "";
        const char *after = given(filter->after) ? filter->after : first;
        uint32_t limit, looked_at;
        int r;

        if (strlen(after) >= sizeof(walk.last))
                return -EINVAL;
        strcpy(walk.last, after);
        do {
                limit = slice_rows(&walk);
                r = walk_slice(store, &walk, limit, &looked_at, each, userdata);
        } while (r == 0 && walk.told < filter->limit && looked_at == limit);
        return r;
}
