/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What NSS must be told anew: notes of users and groups, each with the generation of its change. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

/* More than changes between two bases, few enough for no login to wait long. */
#define FORGET_MAX 4096

enum {
        NOTE_USER = 0,
        NOTE_GROUP = 1,
};

/* One generation a transaction: what belongs together is published together. */
static int begin_generation(struct tx *tx)
{
        int64_t generation;
        int r;

        if (tx->nss_generation > 0)
                return 0;
        r = store_query_int(tx->store, &generation,
                            "UPDATE counter SET value = value + 1"
                            " WHERE name = 'nss-generation' RETURNING value",
                            SQL_NONE);
        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        tx->nss_generation = (uint64_t)generation;
        return 0;
}

static int note(struct tx *tx, int kind, uint32_t id)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO nss_note (kind, id, generation) VALUES ($1, $2, $3)"
                          " ON CONFLICT (kind, id) DO UPDATE SET generation = excluded.generation",
                          SQL_VALUES(sql_int(kind), sql_int(id), sql_u64(tx->nss_generation))));
}

static int note_customer_groups(struct tx *tx, uint32_t uid)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO nss_note (kind, id, generation)"
                          " SELECT 1, c.gid, CAST($1 AS BIGINT) FROM membership m"
                          " JOIN customer c ON c.id = m.customer WHERE m.uid = $2"
                          " ON CONFLICT (kind, id) DO UPDATE SET generation = excluded.generation",
                          SQL_VALUES(sql_u64(tx->nss_generation), sql_int(uid))));
}

static int note_role_groups(struct tx *tx, uint32_t uid)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO nss_note (kind, id, generation)"
                          " SELECT DISTINCT 1, g.gid, CAST($1 AS BIGINT) FROM membership_role r"
                          " JOIN unix_group g ON g.name = 'bo-' || r.role WHERE r.uid = $2"
                          " ON CONFLICT (kind, id) DO UPDATE SET generation = excluded.generation",
                          SQL_VALUES(sql_u64(tx->nss_generation), sql_int(uid))));
}

static int note_location_groups(struct tx *tx, uint32_t uid)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO nss_note (kind, id, generation)"
                          " SELECT DISTINCT 1, l.gid, CAST($1 AS BIGINT) FROM membership_location m"
                          " JOIN location l ON l.id = m.location WHERE m.uid = $2 AND l.gid > 0"
                          " ON CONFLICT (kind, id) DO UPDATE SET generation = excluded.generation",
                          SQL_VALUES(sql_u64(tx->nss_generation), sql_int(uid))));
}

int nss_touch_user(struct tx *tx, uint32_t uid)
{
        int r = begin_generation(tx);

        if (r == 0)
                r = note(tx, NOTE_USER, uid);
        if (r == 0)
                r = note_customer_groups(tx, uid);
        if (r == 0)
                r = note_role_groups(tx, uid);
        return r < 0 ? r : note_location_groups(tx, uid);
}

int nss_touch_group(struct tx *tx, uint32_t gid)
{
        int r = begin_generation(tx);

        return r < 0 ? r : note(tx, NOTE_GROUP, gid);
}

int nss_state(struct store *store, struct nss_state *ret_state)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT (SELECT value FROM counter WHERE name = 'nss-generation'),"
                            " (SELECT value FROM counter WHERE name = 'nss-base'),"
                            " (SELECT COUNT(*) FROM (SELECT 1 FROM nss_note WHERE generation >"
                            " (SELECT value FROM counter WHERE name = 'nss-base')"
                            " LIMIT 65536) n), (SELECT customer FROM nss_host WHERE id = 0)",
                            SQL_NONE);

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -EIO;
        *ret_state = (struct nss_state){
                .generation = sql_get_u64(rows, 0),
                .base = sql_get_u64(rows, 1),
                .pending = sql_get_u64(rows, 2),
        };
        sql_copy_text(rows, 3, ret_state->host, sizeof(ret_state->host));
        return 0;
}

/* What remains for the next time is older than the base and counts no more. */
static int forget_notes(struct tx *tx, uint64_t generation)
{
        return store_done(store_run(tx->store,
                                    "DELETE FROM nss_note WHERE (kind, id) IN (SELECT kind, id"
                                    " FROM nss_note WHERE generation <= $1 LIMIT $2)",
                                    SQL_VALUES(sql_u64(generation), sql_int(FORGET_MAX))));
}

static int set_host(struct tx *tx, const char *host)
{
        return store_changed(store_run(tx->store, "UPDATE nss_host SET customer = $1 WHERE id = 0",
                                       SQL_VALUES(sql_text(host))),
                             -EIO);
}

int nss_base_written(struct tx *tx, uint64_t generation, const char *host)
{
        int r = store_run(tx->store, "UPDATE counter SET value = $1 WHERE name = 'nss-base'",
                          SQL_VALUES(sql_u64(generation)));

        r = store_changed(r, -EIO);
        if (r == 0)
                r = set_host(tx, host);
        return r < 0 ? r : forget_notes(tx, generation);
}
