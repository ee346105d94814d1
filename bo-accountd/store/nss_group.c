/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups for the NSS snapshot, each with its members unless there are too many to be told. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

struct members {
        char **names;
        size_t n, capacity;
};

static void members_done(struct members *members)
{
        while (members->n > 0)
                free(members->names[--members->n]);
        free(members->names);
        *members = (struct members){0};
}

static int members_add(struct members *members, const char *name)
{
        if (members->n == members->capacity) {
                size_t capacity = members->capacity ? 2 * members->capacity : 16;
                char **bigger = reallocarray(members->names, capacity, sizeof(*bigger));

                if (!bigger)
                        return -ENOMEM;
                members->names = bigger;
                members->capacity = capacity;
        }
        members->names[members->n] = strdup(name);
        return members->names[members->n++] ? 0 : -ENOMEM;
}

static int query_customer(struct store *store, struct sql_rows **ret_rows, const char *customer,
                          uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT name FROM membership WHERE customer = $1"
                           " AND disabled_usec = 0 AND invited = 0 ORDER BY name LIMIT $2",
                           SQL_VALUES(sql_text(customer), sql_int((int64_t)limit + 1)));
}

static int query_role(struct store *store, struct sql_rows **ret_rows, const char *role,
                      uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT DISTINCT r.name FROM membership_role r JOIN membership m"
                           " ON m.uid = r.uid AND m.customer = r.customer WHERE r.role = $1"
                           " AND m.disabled_usec = 0 AND m.invited = 0"
                           " ORDER BY r.name LIMIT $2",
                           SQL_VALUES(sql_text(role), sql_int((int64_t)limit + 1)));
}

/* @customer is empty for the group of a role. */
static int members_load(struct store *store, const char *name, const char *customer, uint32_t max,
                        struct members *ret_members)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        const char *role = strncmp(name, "bo-", 3) == 0 ? name + 3 : name;
        int r = *customer ? query_customer(store, &rows, customer, max)
                          : query_role(store, &rows, role, max);

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = members_add(ret_members, sql_get_text(rows, 0));
        if (ret_members->n > max)
                members_done(ret_members);
        return r;
}

static int query_groups(struct store *store, struct sql_rows **ret_rows, uint64_t since)
{
        if (since == 0)
                return store_query(store, ret_rows,
                                   "SELECT g.gid, g.name, COALESCE(c.id, '') FROM unix_group g"
                                   " LEFT JOIN customer c ON c.gid = g.gid ORDER BY g.gid",
                                   SQL_NONE);
        return store_query(store, ret_rows,
                           "SELECT g.gid, g.name, COALESCE(c.id, '') FROM unix_group g"
                           " LEFT JOIN customer c ON c.gid = g.gid WHERE g.gid IN"
                           " (SELECT id FROM nss_note WHERE kind = 1 AND generation > $1)"
                           " ORDER BY g.gid",
                           SQL_VALUES(sql_u64(since)));
}

int nss_each_group(struct store *store, uint64_t since, uint32_t members_max,
                   int (*each)(void *userdata, const struct nss_group *group), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = query_groups(store, &rows, since);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                _cleanup_(members_done) struct members members = {0};
                struct nss_group group = {
                        .gid = sql_get_u32(rows, 0),
                        .name = sql_get_text(rows, 1),
                };

                r = members_load(store, group.name, sql_get_text(rows, 2), members_max, &members);
                if (r < 0)
                        return r;
                group.members = (const char *const *)members.names;
                group.n_members = members.n;
                r = each(userdata, &group);
        }
        return r;
}
