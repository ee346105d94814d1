/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of users in the order of names, a page at a time (R15). */
#include "bo-accountd/store/account_columns.h"
#include "bo-accountd/store/account_search.h"

#include "common/fold.h"

#include <string.h>

/* How many rows one statement looks at for a search, if no index serves it. */
#define SLICE_ROWS 300

/* Above every name: the bounds of a page are always there, so that the index is used. */
#define ABOVE_ALL "\x7f"

/* Each source has the order in an index: after (or before) the name $1, at most $2 rows. */
#define FROM_ACCOUNT "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.invites_uid = 0 AND a.name "
#define FROM_MEMBERS                                                                               \
        "SELECT " ACCOUNT_COLUMNS " FROM membership m JOIN account a ON a.uid = m.uid"             \
        " WHERE m.name "
#define FROM_ROLES                                                                                 \
        "SELECT " ACCOUNT_COLUMNS " FROM membership_role m JOIN account a ON a.uid = m.uid"        \
        " WHERE m.name "

/* Invitations show the name of the user whom they invite, and come right behind it: '!' is behind
 * them and before whatever else begins with that name. */
#define UP   "> $1 || '!'"
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
        [SOURCE_ROLE] =
                ORDERED(FROM_ROLES, " AND m.role = $2 AND a.invites_uid = 0", "m.name", "$3"),
        [SOURCE_CUSTOMER_ROLE] =
                ORDERED(FROM_ROLES, " AND m.customer = $2 AND m.role = $3", "m.name", "$4"),
};

/* A list as it goes on: from the row after @last. */
struct walk {
        const struct account_filter *filter;
        int (*each)(void *userdata, const struct account *account);
        void *userdata;
        enum source source;
        char search[ACCOUNT_SEARCH_SIZE]; /* folded */
        char last[NAME_MAX_BYTES + 1];
        uint32_t told, looked_at;
        bool ended; /* by who is told */
        bool all;   /* there is nobody behind @last */
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

static bool is_wanted(const struct walk *walk, const struct account *account)
{
        const struct account_filter *filter = walk->filter;

        if (account->invites_uid != 0 && !given(filter->customer))
                return false; /* an invitation is seen where it was made, and nowhere else (R49) */
        if (filter->kind >= 0 && account->is_api != (filter->kind == 1))
                return false;
        return !walk->search[0] || account_contains(account, walk->search);
}

/* No more than what is asked for, unless rows are passed over. */
static uint32_t slice_rows(const struct walk *walk)
{
        bool passes_over = walk->search[0] || walk->source == SOURCE_ROLE ||
                           (walk->filter->kind >= 0 && walk->source != SOURCE_API);
        uint32_t rows = walk->filter->limit - walk->told;

        if (passes_over && rows < SLICE_ROWS)
                rows = SLICE_ROWS;
        return rows < ACCOUNT_LOOKS_MOST ? rows : ACCOUNT_LOOKS_MOST;
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

static bool is_full(const struct walk *walk)
{
        return walk->ended || walk->told == walk->filter->limit;
}

static int tell(struct walk *walk, const struct account *account)
{
        int r = walk->each(walk->userdata, account);

        walk->told++;
        walk->ended = r == 1;
        return r == 1 ? 0 : r;
}

/* Rows of one slice, until the page is full. */
static int walk_slice(struct store *store, struct walk *walk)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct walk from = *walk; /* its text is a parameter until the rows are finished */
        uint32_t limit = slice_rows(walk), n = 0;
        int r = query_slice(store, &rows, &from, limit);

        while (r == 0 && !is_full(walk) && (r = sql_next(rows)) > 0) {
                struct account account;

                n++;
                r = 0;
                account_read(rows, &account);
                if (strcmp(account.name, walk->last) == 0)
                        continue; /* the role at another customer */
                memcpy(walk->last, account.name, sizeof(walk->last));
                if (is_wanted(walk, &account))
                        r = tell(walk, &account);
        }
        walk->looked_at += n;
        walk->all = r == 0 && n < limit && !is_full(walk);
        return r;
}

static int holds_role(struct store *store, uint32_t uid, const char *role)
{
        int64_t n = 0;
        int r = store_query_int(store, &n,
                                "SELECT COUNT(*) FROM membership_role WHERE uid = $1 AND role = $2",
                                SQL_VALUES(sql_int(uid), sql_text(role)));

        return r != 0 ? r : n > 0;
}

static int match_row(struct store *store, struct walk *walk, const struct account_match *match)
{
        struct account account;
        int r = account_by_uid(store, match->uid, &account);

        if (r == BO_ERR_NO_SUCH_USER)
                return 0; /* an invitation that is over */
        if (r == 0 && (account.invites_uid != 0 || !is_wanted(walk, &account)))
                return 0;
        if (r == 0 && given(walk->filter->role)) {
                r = holds_role(store, match->uid, walk->filter->role);
                if (r <= 0)
                        return r;
                r = 0;
        }
        return r == 0 ? tell(walk, &account) : r;
}

/* Those whom the index has, which are few, in the order of names. */
static int walk_matches(struct store *store, struct walk *walk, const struct account_match *matches,
                        size_t n)
{
        bool descending = walk->filter->descending;
        int r = 0;

        for (size_t i = 0; i < n && r == 0 && !is_full(walk); i++) {
                const struct account_match *match = &matches[descending ? n - 1 - i : i];
                int order = strcmp(match->name, walk->last);

                if (descending ? order >= 0 : order <= 0)
                        continue;
                memcpy(walk->last, match->name, sizeof(walk->last));
                r = match_row(store, walk, match);
        }
        walk->all = r == 0 && !is_full(walk);
        return r;
}

/* The members of one customer are walked through: how many others have such a name must not show in
 * the time it takes. */
static int walk_indexed(struct store *store, struct walk *walk, bool *ret_done)
{
        _cleanup_(freep) struct account_match *matches = NULL;
        size_t n = 0;
        int r;

        *ret_done = false;
        if (!walk->search[0] || given(walk->filter->customer))
                return 0;
        r = account_search(store, walk->search, &matches, &n);
        if (r == -EOPNOTSUPP || r == -E2BIG)
                return 0;
        *ret_done = true;
        return r == 0 ? walk_matches(store, walk, matches, n) : r;
}

static int walk_begin(struct walk *walk)
{
        const struct account_filter *filter = walk->filter;
        const char *first = filter->descending ? ABOVE_ALL : "";
        const char *after = given(filter->after) ? filter->after : first;

        if (strlen(after) >= sizeof(walk->last))
                return -EINVAL;
        strcpy(walk->last, after);
        if (given(filter->search))
                fold_case(walk->search, sizeof(walk->search), filter->search);
        walk->all = given(filter->search) && strlen(filter->search) >= sizeof(walk->search);
        walk->source = source_of(filter);
        return 0;
}

int account_list(struct store *store, const struct account_filter *filter,
                 int (*each)(void *userdata, const struct account *account), void *userdata,
                 char ret_next[NAME_MAX_BYTES + 1])
{
        struct walk walk = {.filter = filter, .each = each, .userdata = userdata};
        int r = walk_begin(&walk);
        bool done = walk.all; /* nobody has a text as long as that */

        if (r == 0 && !done && !is_full(&walk))
                r = walk_indexed(store, &walk, &done);
        while (r == 0 && !done) {
                if (!is_full(&walk))
                        r = walk_slice(store, &walk);
                done = walk.all || is_full(&walk) || walk.looked_at >= ACCOUNT_LOOKS_MOST;
        }
        if (r == 0 && ret_next)
                strcpy(ret_next, walk.all ? "" : walk.last);
        return r;
}
