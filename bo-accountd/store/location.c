/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations: made, loaded, changed; each with a number that keeps those of a customer together. */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/location_private.h"
#include "common/fold.h"

uint64_t location_first(uint32_t customer_gid)
{
        return (uint64_t)customer_gid << 32;
}

uint64_t location_last(uint32_t customer_gid)
{
        return location_first(customer_gid) | UINT32_MAX;
}

void location_read(struct sql_rows *rows, struct location *ret_location)
{
        sql_copy_text(rows, 0, ret_location->id, sizeof(ret_location->id));
        sql_copy_text(rows, 1, ret_location->customer, sizeof(ret_location->customer));
        sql_copy_text(rows, 2, ret_location->name, sizeof(ret_location->name));
        sql_copy_text(rows, 3, ret_location->website, sizeof(ret_location->website));
        ret_location->created_usec = sql_get_u64(rows, 4);
        ret_location->gid = sql_get_u32(rows, 5);
        ret_location->number = sql_get_u64(rows, 6);
}

static void fold(char out[LOCATION_FOLDED_SIZE], const char *name, const char *website)
{
        char both[LOCATION_FOLDED_SIZE];

        snprintf(both, sizeof(both), "%s\n%s", name, website);
        fold_case(out, LOCATION_FOLDED_SIZE, both);
}

/* The one after the last of the customer's; nobody else writes meanwhile. */
static int next_number(struct tx *tx, uint32_t customer_gid, uint64_t *ret_number)
{
        int64_t number = 0;
        int r = store_query_int(tx->store, &number,
                                "SELECT number FROM location WHERE number >= $1 AND number <= $2"
                                " ORDER BY number DESC LIMIT 1",
                                SQL_VALUES(sql_u64(location_first(customer_gid)),
                                           sql_u64(location_last(customer_gid))));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_number = r == 0 ? (uint64_t)number + 1 : location_first(customer_gid) + 1;
        return 0;
}

static int insert(struct tx *tx, const struct location *location, uint64_t number,
                  const char *folded)
{
        int r = store_run(
                tx->store,
                "INSERT INTO location (id, customer, name, website, folded, created_usec, gid,"
                " number) VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (id) DO NOTHING",
                SQL_VALUES(sql_text(location->id), sql_text(location->customer),
                           sql_text(location->name), sql_text(location->website), sql_text(folded),
                           sql_u64(tx->now_usec), sql_u64(number)));

        return store_changed(r, BO_ERR_LOCATION_EXISTS);
}

int location_insert(struct tx *tx, const struct location *location)
{
        char folded[LOCATION_FOLDED_SIZE];
        struct customer customer;
        uint64_t number = 0;
        int r = customer_load(tx->store, location->customer, &customer);

        if (r == 0)
                r = next_number(tx, customer.gid, &number);
        if (r != 0)
                return r;
        fold(folded, location->name, location->website);
        r = insert(tx, location, number, folded);
        return r != 0 ? r : location_index_put(tx, number, folded);
}

int location_load(struct store *store, const char *id, struct location *ret_location)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT " LOCATION_COLUMNS " FROM location l WHERE l.id = $1",
                            SQL_VALUES(sql_text(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_LOCATION;
        location_read(rows, ret_location);
        return 0;
}

static int query_all(struct store *store, struct sql_rows **ret_rows, const char *after,
                     uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT " LOCATION_COLUMNS " FROM location l WHERE l.id > $1"
                           " ORDER BY l.id LIMIT $2",
                           SQL_VALUES(sql_text(after), sql_int(limit)));
}

static int query_of_customer(struct store *store, struct sql_rows **ret_rows, const char *customer,
                             const char *after, uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT " LOCATION_COLUMNS " FROM location l"
                           " WHERE l.customer = $1 AND l.id > $2 ORDER BY l.id LIMIT $3",
                           SQL_VALUES(sql_text(customer), sql_text(after), sql_int(limit)));
}

int location_walk(struct store *store, const char *customer, const char *after, uint32_t limit,
                  int (*each)(void *userdata, const struct location *location), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = customer ? query_of_customer(store, &rows, customer, after, limit)
                         : query_all(store, &rows, after, limit);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct location location;

                location_read(rows, &location);
                r = each(userdata, &location);
        }
        return r;
}

static int update(struct tx *tx, const char *id, const char *name, const char *website,
                  const char *folded)
{
        int r = store_run(
                tx->store, "UPDATE location SET name = $1, website = $2, folded = $3 WHERE id = $4",
                SQL_VALUES(sql_text(name), sql_text(website), sql_text(folded), sql_text(id)));

        return store_changed(r, BO_ERR_NO_SUCH_LOCATION);
}

int location_set_details(struct tx *tx, const char *id, const char *name, const char *website)
{
        char folded[LOCATION_FOLDED_SIZE];
        struct location location;
        int r = location_load(tx->store, id, &location);

        if (r != 0)
                return r;
        fold(folded, name, website);
        r = update(tx, id, name, website, folded);
        return r != 0 ? r : location_index_change(tx, location.number, folded);
}

static int set_gid(struct tx *tx, const char *id, uint32_t gid)
{
        return store_done(store_run(tx->store, "UPDATE location SET gid = $1 WHERE id = $2",
                                    SQL_VALUES(sql_int(gid), sql_text(id))));
}

int location_ensure_group(struct tx *tx, const char *id, uint32_t gid_first, uint32_t gid_last)
{
        char group[GROUP_NAME_SIZE];
        struct location location;
        uint32_t gid;
        int r = location_load(tx->store, id, &location);

        if (r != 0 || location.gid != 0)
                return r;
        if (snprintf(group, sizeof(group), "bo-l-%s", id) >= (int)sizeof(group))
                return -EINVAL;
        r = group_ensure(tx, group, gid_first, gid_last, &gid);
        return r != 0 ? r : set_gid(tx, id, gid);
}
