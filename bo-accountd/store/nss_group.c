/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups for the NSS snapshot, each with its members unless there are too many to be told. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/list.h"
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
        int r = list_grow(&members->names, members->n, &members->capacity, sizeof(*members->names));

        if (r < 0)
                return r;
        members->names[members->n] = strdup(name);
        return members->names[members->n++] ? 0 : -ENOMEM;
}

enum group_kind {
        ROLE,
        CUSTOMER,
        LOCATION,
};

/* What a group stands for; its id is a part of its name. */
struct meaning {
        enum group_kind kind;
        const char *id;
};

static struct meaning meaning_of(const char *name)
{
        if (strncmp(name, "bo-c-", 5) == 0)
                return (struct meaning){CUSTOMER, name + 5};
        if (strncmp(name, "bo-l-", 5) == 0)
                return (struct meaning){LOCATION, name + 5};
        return (struct meaning){ROLE, strncmp(name, "bo-", 3) == 0 ? name + 3 : name};
}

/* Membership m is active, and the one that the user acts for, as member_acting() has it: no other
 * active one comes before it. Most users have one alone, which costs one look. */
#define ACTIVE "m.disabled_usec = 0 AND m.invited = 0"
#define ACTING                                                                                     \
        ACTIVE                                                                                     \
        " AND NOT EXISTS (SELECT 1 FROM membership o WHERE o.uid = m.uid"                          \
        " AND o.customer <> m.customer AND o.disabled_usec = 0 AND o.invited = 0"                  \
        " AND CASE (SELECT a.acting_customer FROM account a WHERE a.uid = o.uid)"                  \
        " WHEN m.customer THEN 0 WHEN o.customer THEN 1"                                           \
        " ELSE CASE WHEN o.customer < m.customer THEN 1 ELSE 0 END END = 1)"

/* On a host that is bound, $2 is its customer and everybody acts for it; else $2 is "". */
static const struct {
        const char *held; /* how many could be members at all; a sum in the order of an index */
        const char *free, *bound;
} queries[] = {
        [ROLE] = {"SELECT COUNT(*) FROM (SELECT 1 FROM membership_role WHERE role = $1 LIMIT $2) n",
                  "SELECT r.name FROM membership_role r"
                  " JOIN membership m ON m.uid = r.uid AND m.customer = r.customer"
                  " WHERE r.role = $1 AND $2 = '' AND " ACTING " ORDER BY r.name",
                  "SELECT r.name FROM membership_role r"
                  " JOIN membership m ON m.uid = r.uid AND m.customer = r.customer"
                  " WHERE r.role = $1 AND r.customer = $2 AND " ACTIVE " ORDER BY r.name"},
        [CUSTOMER] =
                {"SELECT COUNT(*) FROM"
                 " (SELECT 1 FROM membership WHERE customer = $1 LIMIT $2) n",
                 "SELECT m.name FROM membership m WHERE m.customer = $1 AND $2 = '' AND " ACTING
                 " ORDER BY m.name",
                 "SELECT m.name FROM membership m"
                 " WHERE m.customer = $1 AND m.customer = $2 AND " ACTIVE " ORDER BY m.name"},
        [LOCATION] = {"SELECT COUNT(*) FROM"
                      " (SELECT 1 FROM membership_location WHERE location = $1 LIMIT $2) n",
                      "SELECT m.name FROM membership_location l"
                      " JOIN membership m ON m.uid = l.uid AND m.customer = l.customer"
                      " WHERE l.location = $1 AND $2 = ''"
                      " AND m.restricted = 1 AND " ACTING " ORDER BY l.uid",
                      "SELECT m.name FROM membership_location l"
                      " JOIN membership m ON m.uid = l.uid AND m.customer = l.customer"
                      " WHERE l.location = $1 AND l.customer = $2 AND m.restricted = 1"
                      " AND " ACTIVE " ORDER BY l.uid"},
};

static int count_role_at(struct store *store, const char *role, const char *host, int64_t most,
                         int64_t *ret_n)
{
        return store_query_int(store, ret_n,
                               "SELECT COUNT(*) FROM (SELECT 1 FROM membership_role"
                               " WHERE role = $1 AND customer = $2 LIMIT $3) n",
                               SQL_VALUES(sql_text(role), sql_text(host), sql_int(most)));
}

/* Large groups have no members to be told: they cost nothing either. */
static int is_small(struct store *store, const struct meaning *meaning, const char *host,
                    uint32_t max, bool *ret)
{
        int64_t n = 0, most = (int64_t)max + 1;
        int r = host[0] && meaning->kind == ROLE
                        ? count_role_at(store, meaning->id, host, most, &n)
                        : store_query_int(store, &n, queries[meaning->kind].held,
                                          SQL_VALUES(sql_text(meaning->id), sql_int(most)));

        if (r == 0)
                *ret = n <= max;
        return r;
}

static int members_load(struct store *store, const struct meaning *meaning, const char *host,
                        uint32_t max, struct members *ret_members)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        bool small = false;
        int r = is_small(store, meaning, host, max, &small);

        if (r == 0 && small)
                r = store_query(store, &rows,
                                host[0] ? queries[meaning->kind].bound
                                        : queries[meaning->kind].free,
                                SQL_VALUES(sql_text(meaning->id), sql_text(host)));
        while (r == 0 && rows && (r = sql_next(rows)) > 0)
                r = members_add(ret_members, sql_get_text(rows, 0));
        return r;
}

/* A host that is bound shows no group of another customer. */
static int is_shown(struct store *store, const struct meaning *meaning, const char *host,
                    bool *ret_shown)
{
        int64_t n = 0;
        int r = 0;

        *ret_shown = !host[0] || meaning->kind == ROLE || strcmp(meaning->id, host) == 0;
        if (!host[0] || meaning->kind != LOCATION)
                return 0;
        r = store_query_int(store, &n,
                            "SELECT COUNT(*) FROM location WHERE id = $1 AND customer = $2",
                            SQL_VALUES(sql_text(meaning->id), sql_text(host)));
        *ret_shown = n > 0;
        return r;
}

static int query_groups(struct store *store, struct sql_rows **ret_rows, uint64_t since)
{
        if (since == 0)
                return store_query(store, ret_rows, "SELECT gid, name FROM unix_group ORDER BY gid",
                                   SQL_NONE);
        return store_query(store, ret_rows,
                           "SELECT gid, name FROM unix_group WHERE gid IN"
                           " (SELECT id FROM nss_note WHERE kind = 1 AND generation > $1)"
                           " ORDER BY gid",
                           SQL_VALUES(sql_u64(since)));
}

static int tell(struct store *store, struct sql_rows *rows, const char *host, uint32_t members_max,
                int (*each)(void *userdata, const struct nss_group *group), void *userdata)
{
        _cleanup_(members_done) struct members members = {0};
        struct nss_group group = {.gid = sql_get_u32(rows, 0), .name = sql_get_text(rows, 1)};
        const struct meaning meaning = meaning_of(group.name);
        bool shown;
        int r = is_shown(store, &meaning, host, &shown);

        if (r == 0 && !shown)
                return 0;
        if (r == 0)
                r = members_load(store, &meaning, host, members_max, &members);
        if (r != 0)
                return r;
        group.members = (const char *const *)members.names;
        group.n_members = members.n;
        return each(userdata, &group);
}

int nss_each_group(struct store *store, uint64_t since, const char *host, uint32_t members_max,
                   int (*each)(void *userdata, const struct nss_group *group), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = query_groups(store, &rows, since);

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = tell(store, rows, host, members_max, each, userdata);
        return r;
}
