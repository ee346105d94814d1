/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users for the NSS snapshot: four streams in the order of uids, merged, never all in memory. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

/* Everybody, and those that were noted after generation $1. */
#define NOTED "(SELECT id FROM nss_note WHERE kind = 0 AND generation > $1)"

/* A membership that grants something: no other is seen in a group. */
#define ACTIVE "m.disabled_usec = 0 AND m.invited = 0"

static const struct {
        const char *all, *noted;
} streams[] = {
        {"SELECT uid, name, full_name, home, shell FROM account"
         " WHERE invites_uid = 0 ORDER BY uid",
         "SELECT uid, name, full_name, home, shell FROM account WHERE uid IN " NOTED
         " AND invites_uid = 0 ORDER BY uid"},
        {"SELECT m.uid, c.gid FROM membership m JOIN customer c ON c.id = m.customer"
         " WHERE " ACTIVE " ORDER BY m.uid",
         "SELECT m.uid, c.gid FROM membership m JOIN customer c ON c.id = m.customer"
         " WHERE " ACTIVE " AND m.uid IN " NOTED " ORDER BY m.uid"},
        {"SELECT r.uid, g.gid FROM membership_role r JOIN membership m"
         " ON m.uid = r.uid AND m.customer = r.customer JOIN unix_group g"
         " ON g.name = 'bo-' || r.role WHERE " ACTIVE " ORDER BY r.uid",
         "SELECT r.uid, g.gid FROM membership_role r JOIN membership m"
         " ON m.uid = r.uid AND m.customer = r.customer JOIN unix_group g"
         " ON g.name = 'bo-' || r.role WHERE " ACTIVE " AND r.uid IN " NOTED " ORDER BY r.uid"},
        {"SELECT uid, name FROM name WHERE retired_usec > 0 ORDER BY uid",
         "SELECT uid, name FROM name WHERE retired_usec > 0 AND uid IN " NOTED " ORDER BY uid"},
};

enum {
        ACCOUNTS,
        CUSTOMER_GROUPS,
        ROLE_GROUPS,
        RETIRED_NAMES,
        N_STREAMS,
};

/* Where the four are, and what was gathered for one user; the lists grow and are used again. */
struct merge {
        struct sql_rows *rows[N_STREAMS];
        bool at_row[N_STREAMS];
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

static bool is_at(const struct merge *merge, int stream, uint32_t uid)
{
        return merge->at_row[stream] && sql_get_u32(merge->rows[stream], 0) == uid;
}

static int grow(void *list, size_t n, size_t *capacity, size_t size)
{
        void **items = list;
        size_t bigger = *capacity ? 2 * *capacity : 16;
        void *moved;

        if (n < *capacity)
                return 0;
        moved = reallocarray(*items, bigger, size);
        if (!moved)
                return -ENOMEM;
        *items = moved;
        *capacity = bigger;
        return 0;
}

static int add_gid(struct merge *merge, uint32_t gid)
{
        int r;

        for (size_t i = 0; i < merge->n_gids; i++)
                if (merge->gids[i] == gid)
                        return 0; /* one role at several customers */
        r = grow(&merge->gids, merge->n_gids, &merge->gids_capacity, sizeof(*merge->gids));
        if (r == 0)
                merge->gids[merge->n_gids++] = gid;
        return r;
}

/* What belongs to nobody that is told is passed over. */
static int reach(struct merge *merge, int stream, uint32_t uid)
{
        int r = 0;

        while (r == 0 && merge->at_row[stream] && sql_get_u32(merge->rows[stream], 0) < uid)
                r = advance(merge, stream);
        return r;
}

static int gather_gids(struct merge *merge, int stream, uint32_t uid)
{
        int r = reach(merge, stream, uid);

        while (r == 0 && is_at(merge, stream, uid)) {
                r = add_gid(merge, sql_get_u32(merge->rows[stream], 1));
                if (r == 0)
                        r = advance(merge, stream);
        }
        return r;
}

static int add_name(struct merge *merge, const char *name)
{
        int r = grow(&merge->names, merge->n_names, &merge->names_capacity, sizeof(*merge->names));
        char *copy = r == 0 ? strdup(name) : NULL;

        if (!copy)
                return -ENOMEM;
        merge->names[merge->n_names++] = copy;
        return 0;
}

static int gather_names(struct merge *merge, uint32_t uid)
{
        int r = reach(merge, RETIRED_NAMES, uid);

        while (r == 0 && is_at(merge, RETIRED_NAMES, uid)) {
                r = add_name(merge, sql_get_text(merge->rows[RETIRED_NAMES], 1));
                if (r == 0)
                        r = advance(merge, RETIRED_NAMES);
        }
        return r;
}

static void forget(struct merge *merge)
{
        while (merge->n_names > 0)
                free(merge->names[--merge->n_names]);
        merge->n_gids = 0;
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
        int r = gather_gids(merge, CUSTOMER_GROUPS, uid);

        if (r == 0)
                r = gather_gids(merge, ROLE_GROUPS, uid);
        return r < 0 ? r : gather_names(merge, uid);
}

static int tell(const struct merge *merge, uint32_t uid,
                int (*each)(void *userdata, const struct nss_user *user), void *userdata)
{
        struct sql_rows *account = merge->rows[ACCOUNTS];
        struct nss_user user = {
                .uid = uid,
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

int nss_each_user(struct store *store, uint64_t since,
                  int (*each)(void *userdata, const struct nss_user *user), void *userdata)
{
        _cleanup_(merge_done) struct merge merge = {0};
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
