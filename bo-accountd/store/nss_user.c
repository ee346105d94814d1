/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users for the NSS snapshot: five streams in the order of uids, merged, never all in memory. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/list.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

/* Everybody, and those that were noted after generation $1. */
#define NOTED "(SELECT id FROM nss_note WHERE kind = 0 AND generation > $1)"

static const struct {
        const char *all, *noted;
} streams[] = {
        /* An invitation is nobody (R49). */
        {"SELECT uid, name, full_name, home, shell, acting_customer FROM account"
         " WHERE invites_uid = 0 ORDER BY uid",
         "SELECT uid, name, full_name, home, shell, acting_customer FROM account"
         " WHERE invites_uid = 0 AND uid IN " NOTED " ORDER BY uid"},
        {"SELECT m.uid, m.customer, c.gid, m.restricted FROM membership m"
         " JOIN customer c ON c.id = m.customer WHERE m.disabled_usec = 0 AND m.invited = 0"
         " ORDER BY m.uid, m.customer",
         "SELECT m.uid, m.customer, c.gid, m.restricted FROM membership m"
         " JOIN customer c ON c.id = m.customer WHERE m.disabled_usec = 0 AND m.invited = 0"
         " AND m.uid IN " NOTED " ORDER BY m.uid, m.customer"},
        {"SELECT r.uid, r.customer, g.gid FROM membership_role r JOIN unix_group g"
         " ON g.name = 'bo-' || r.role ORDER BY r.uid",
         "SELECT r.uid, r.customer, g.gid FROM membership_role r JOIN unix_group g"
         " ON g.name = 'bo-' || r.role WHERE r.uid IN " NOTED " ORDER BY r.uid"},
        {"SELECT m.uid, m.customer, l.gid FROM membership_location m JOIN location l"
         " ON l.id = m.location WHERE l.gid > 0 ORDER BY m.uid",
         "SELECT m.uid, m.customer, l.gid FROM membership_location m JOIN location l"
         " ON l.id = m.location WHERE l.gid > 0 AND m.uid IN " NOTED " ORDER BY m.uid"},
        {"SELECT uid, name FROM name WHERE retired_usec > 0 ORDER BY uid",
         "SELECT uid, name FROM name WHERE retired_usec > 0 AND uid IN " NOTED " ORDER BY uid"},
};

enum {
        ACCOUNTS,
        MEMBERSHIPS,
        ROLE_GROUPS,
        LOCATION_GROUPS,
        RETIRED_NAMES,
        N_STREAMS,
};

/* Where the five are, and what was gathered for one user; the lists grow and are used again. */
struct merge {
        struct sql_rows *rows[N_STREAMS];
        bool at_row[N_STREAMS];
        const char *host;                /* the customer that this host is bound to, or "" */
        char customer[CUSTOMER_ID_SIZE]; /* that the user acts for, or "" */
        bool restricted;                 /* there */
        uint32_t *gids;
        size_t n_gids, gids_capacity;
        char **names;
        size_t n_names, names_capacity;
};

static int advance(struct merge *merge, int stream)
{
        int r = sql_next(merge->rows[stream]);

        merge->at_row[stream] = r > 0;
        return r < 0 ? r : 0;
}

/* 1 at a row of @uid; rows of those who are nobody here are passed over. */
static int seek(struct merge *merge, int stream, uint32_t uid)
{
        int r = 0;

        while (r == 0 && merge->at_row[stream] && sql_get_u32(merge->rows[stream], 0) < uid)
                r = advance(merge, stream);
        if (r < 0)
                return r;
        return merge->at_row[stream] && sql_get_u32(merge->rows[stream], 0) == uid;
}

static int add_gid(struct merge *merge, uint32_t gid)
{
        int r = list_grow(&merge->gids, merge->n_gids, &merge->gids_capacity, sizeof(*merge->gids));

        if (r == 0)
                merge->gids[merge->n_gids++] = gid;
        return r;
}

/* The rule of member_acting(): the first in the order of ids, unless the one he chose follows; on a
 * host that is bound, that one or none. */
static bool takes_over(const struct merge *merge, const char *customer, const char *chosen)
{
        if (merge->host[0])
                return strcmp(customer, merge->host) == 0;
        return !merge->customer[0] || strcmp(customer, chosen) == 0;
}

/* @chosen is gone with the next row of the accounts, not before. */
static int gather_customer(struct merge *merge, uint32_t uid, const char *chosen)
{
        struct sql_rows *rows = merge->rows[MEMBERSHIPS];
        uint32_t gid = 0;
        int r;

        while ((r = seek(merge, MEMBERSHIPS, uid)) > 0) {
                if (takes_over(merge, sql_get_text(rows, 1), chosen)) {
                        sql_copy_text(rows, 1, merge->customer, sizeof(merge->customer));
                        gid = sql_get_u32(rows, 2);
                        merge->restricted = sql_get_int(rows, 3) != 0;
                }
                r = advance(merge, MEMBERSHIPS);
                if (r < 0)
                        return r;
        }
        return r == 0 && gid > 0 ? add_gid(merge, gid) : r;
}

/* Groups of the customer that he acts for alone (R50). */
static int gather_gids(struct merge *merge, int stream, uint32_t uid)
{
        bool wanted = stream == ROLE_GROUPS || merge->restricted;
        struct sql_rows *rows = merge->rows[stream];
        int r;

        while ((r = seek(merge, stream, uid)) > 0) {
                r = wanted && strcmp(sql_get_text(rows, 1), merge->customer) == 0
                            ? add_gid(merge, sql_get_u32(rows, 2))
                            : 0;
                if (r == 0)
                        r = advance(merge, stream);
                if (r < 0)
                        return r;
        }
        return r;
}

static int add_name(struct merge *merge, const char *name)
{
        int r = list_grow(&merge->names, merge->n_names, &merge->names_capacity,
                          sizeof(*merge->names));
        char *copy = r == 0 ? strdup(name) : NULL;

        if (!copy)
                return -ENOMEM;
        merge->names[merge->n_names++] = copy;
        return 0;
}

static int gather_names(struct merge *merge, uint32_t uid)
{
        int r;

        while ((r = seek(merge, RETIRED_NAMES, uid)) > 0) {
                r = add_name(merge, sql_get_text(merge->rows[RETIRED_NAMES], 1));
                if (r == 0)
                        r = advance(merge, RETIRED_NAMES);
                if (r < 0)
                        return r;
        }
        return r;
}

static void forget(struct merge *merge)
{
        while (merge->n_names > 0)
                free(merge->names[--merge->n_names]);
        merge->n_gids = 0;
        merge->customer[0] = '\0';
        merge->restricted = false;
}

static void merge_done(struct merge *merge)
{
        forget(merge);
        for (int i = 0; i < N_STREAMS; i++)
                sql_finish(merge->rows[i]);
        free(merge->gids);
        free(merge->names);
}

static int start(struct merge *merge, struct store *store, uint64_t since)
{
        int r = 0;

        for (int i = 0; r == 0 && i < N_STREAMS; i++) {
                r = since == 0 ? store_query(store, &merge->rows[i], streams[i].all, SQL_NONE)
                               : store_query(store, &merge->rows[i], streams[i].noted,
                                             SQL_VALUES(sql_u64(since)));
                if (r == 0)
                        r = advance(merge, i);
        }
        return r;
}

static int gather(struct merge *merge, uint32_t uid)
{
        int r = gather_customer(merge, uid, sql_get_text(merge->rows[ACCOUNTS], 5));

        if (r == 0)
                r = gather_gids(merge, ROLE_GROUPS, uid);
        if (r == 0)
                r = gather_gids(merge, LOCATION_GROUPS, uid);
        return r < 0 ? r : gather_names(merge, uid);
}

static int tell(const struct merge *merge, uint32_t uid,
                int (*each)(void *userdata, const struct nss_user *user), void *userdata)
{
        struct sql_rows *account = merge->rows[ACCOUNTS];
        struct nss_user user = {
                .uid = uid,
                .absent = merge->host[0] && !merge->customer[0],
                .name = sql_get_text(account, 1),
                .gecos = sql_get_text(account, 2),
                .home = sql_get_text(account, 3),
                .shell = sql_get_text(account, 4),
                .retired_names = (const char *const *)merge->names,
                .n_retired_names = merge->n_names,
                .gids = merge->gids,
                .n_gids = merge->n_gids,
        };

        return each(userdata, &user);
}

int nss_each_user(struct store *store, uint64_t since, const char *host,
                  int (*each)(void *userdata, const struct nss_user *user), void *userdata)
{
        _cleanup_(merge_done) struct merge merge = {.host = host};
        int r = start(&merge, store, since);

        while (r == 0 && merge.at_row[ACCOUNTS]) {
                uint32_t uid = sql_get_u32(merge.rows[ACCOUNTS], 0);

                forget(&merge);
                r = gather(&merge, uid);
                if (r == 0)
                        r = tell(&merge, uid, each, userdata);
                if (r == 0)
                        r = advance(&merge, ACCOUNTS);
        }
        return r;
}
