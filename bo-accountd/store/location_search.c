/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations by a part of name or website (R28): by an index of runs of three characters where the
 * engine has one and the text is as long, else in bounded slices. */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/location_private.h"
#include "bo-accountd/store/trigram.h"
#include "common/fold.h"

#include <string.h>

#define SLICE_ROWS 512

int location_index_put(struct tx *tx, uint64_t number, const char *folded)
{
        if (!tx->store->sql->driver->trigrams)
                return 0;
        return store_done(store_run(tx->store,
                                    "INSERT INTO location_text (rowid, folded) VALUES ($1, $2)",
                                    SQL_VALUES(sql_u64(number), sql_text(folded))));
}

int location_index_change(struct tx *tx, uint64_t number, const char *folded)
{
        if (!tx->store->sql->driver->trigrams)
                return 0;
        return store_done(store_run(tx->store,
                                    "UPDATE location_text SET folded = $1 WHERE rowid = $2",
                                    SQL_VALUES(sql_text(folded), sql_u64(number))));
}

/* A search as it goes on: from the row after @last. */
struct walk {
        const struct location_filter *filter;
        char text[LOCATION_FOLDED_SIZE];
        char match[TRIGRAM_MATCH_SIZE(LOCATION_FOLDED_SIZE)];
        uint64_t last, end;
        uint32_t told, looked_at;
        bool indexed;
};

static int query_indexed(struct store *store, struct sql_rows **ret_rows, const struct walk *walk,
                         uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT " LOCATION_COLUMNS " FROM location_text part"
                           " JOIN location l ON l.number = part.rowid"
                           " WHERE location_text MATCH $1 AND part.rowid > $2 AND part.rowid <= $3"
                           " ORDER BY part.rowid LIMIT $4",
                           SQL_VALUES(sql_text(walk->match), sql_u64(walk->last),
                                      sql_u64(walk->end), sql_int(limit)));
}

static int query_slice(struct store *store, struct sql_rows **ret_rows, const struct walk *walk,
                       uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT " LOCATION_COLUMNS " FROM location l"
                           " WHERE l.number > $1 AND l.number <= $2 ORDER BY l.number LIMIT $3",
                           SQL_VALUES(sql_u64(walk->last), sql_u64(walk->end), sql_int(limit)));
}

/* Of one member they are few: sorting them costs nothing. */
static int query_member(struct store *store, struct sql_rows **ret_rows, const struct walk *walk,
                        uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT " LOCATION_COLUMNS " FROM membership_location m"
                           " JOIN location l ON l.id = m.location"
                           " WHERE m.uid = $1 AND m.customer = $2 AND l.number > $3"
                           " ORDER BY l.number LIMIT $4",
                           SQL_VALUES(sql_int(walk->filter->member_uid),
                                      sql_text(walk->filter->customer), sql_u64(walk->last),
                                      sql_int(limit)));
}

/* No more than what is asked for, and one to tell whether there are more; unless rows are passed
 * over: also of those that an index finds, which hold the parts of the text, but maybe not it. */
static uint32_t slice_rows(const struct walk *walk)
{
        uint32_t missing = walk->filter->limit - walk->told + 1;

        return walk->text[0] && missing < SLICE_ROWS ? SLICE_ROWS : missing;
}

static int query(struct store *store, struct sql_rows **ret_rows, const struct walk *walk,
                 uint32_t limit)
{
        if (walk->filter->member_uid != 0)
                return query_member(store, ret_rows, walk, limit);
        return walk->indexed ? query_indexed(store, ret_rows, walk, limit)
                             : query_slice(store, ret_rows, walk, limit);
}

/* *ret_more: the slice was not the last. Once the page is full, one row more tells it. */
static int walk_slice(struct store *store, struct walk *walk, bool *ret_more,
                      int (*each)(void *userdata, const struct location *location), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        uint32_t limit = slice_rows(walk), n = 0;
        struct walk from = *walk; /* its texts are parameters until the rows are finished */
        int r = query(store, &rows, &from, limit);

        *ret_more = true;
        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct location location;

                if (walk->told == walk->filter->limit)
                        return 0;
                r = 0;
                n++;
                location_read(rows, &location);
                walk->last = location.number;
                if (!strstr(sql_get_text(rows, LOCATION_COLUMN_FOLDED), walk->text))
                        continue;
                walk->told++;
                r = each(userdata, &location);
        }
        walk->looked_at += n;
        *ret_more = n == limit;
        return r;
}

static int walk_begin(struct store *store, struct walk *walk)
{
        const struct location_filter *filter = walk->filter;
        struct customer customer;
        int r;

        walk->last = filter->after;
        walk->end = INT64_MAX;
        fold_case(walk->text, sizeof(walk->text), filter->text ? filter->text : "");
        walk->indexed = trigram_usable(store, walk->text);
        if (walk->indexed)
                trigram_match(walk->match, sizeof(walk->match), walk->text);
        if (!filter->customer || !*filter->customer)
                return 0;
        r = customer_load(store, filter->customer, &customer);
        if (r != 0)
                return r;
        walk->end = location_last(customer.gid);
        if (walk->last < location_first(customer.gid))
                walk->last = location_first(customer.gid);
        return 0;
}

int location_search(struct store *store, const struct location_filter *filter,
                    int (*each)(void *userdata, const struct location *location), void *userdata,
                    uint64_t *ret_next)
{
        struct walk walk = {.filter = filter};
        bool more = true;
        int r = store_ready(store);

        if (r == 0)
                r = walk_begin(store, &walk);
        while (r == 0 && more && walk.told < filter->limit && walk.looked_at < LOCATION_LOOKS_MOST)
                r = walk_slice(store, &walk, &more, each, userdata);
        if (r == 0)
                *ret_next = more ? walk.last : 0;
        return r;
}
