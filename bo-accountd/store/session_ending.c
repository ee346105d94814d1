/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose sessions have to end: kept until that has been done. */
#include "bo-accountd/store/session.h"
#include "bo-accountd/store/store_private.h"
#include "common/clock.h"

/* Longer than bo-sessiond needs; where it is away, nobody is kept out for longer. */
#define FIRM_FOR (10 * USEC_PER_SEC)

/* What calls an ending off; the higher one prevails. */
enum firm {
        BY_LOGIN = 0,
        WHEN_ENABLED = 1, /* then by a login */
        BY_NOTHING = 2,
};

/* An invitation has none, and is nobody whom bo-sessiond knows. What is firm stays so. */
static int must_end(struct tx *tx, uint32_t uid, enum firm firm)
{
        tx->endings = true;
        return store_done(store_run(
                tx->store,
                "INSERT INTO session_ending (uid, since_usec, firm)"
                " SELECT uid, CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM account"
                " WHERE uid = $3 AND invites_uid = 0"
                " ON CONFLICT (uid) DO UPDATE SET since_usec = excluded.since_usec,"
                " firm = CASE WHEN session_ending.firm > excluded.firm THEN session_ending.firm"
                " ELSE excluded.firm END",
                SQL_VALUES(sql_u64(tx->now_usec), sql_int(firm), sql_int(uid))));
}

int session_must_end(struct tx *tx, uint32_t uid)
{
        return must_end(tx, uid, BY_LOGIN);
}

int session_must_end_while_disabled(struct tx *tx, uint32_t uid)
{
        return must_end(tx, uid, WHEN_ENABLED);
}

int session_must_end_firmly(struct tx *tx, uint32_t uid)
{
        return must_end(tx, uid, BY_NOTHING);
}

int session_may_end_softly(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(tx->store,
                                    "UPDATE session_ending SET firm = 0 WHERE uid = $1 AND firm = 1"
                                    " AND NOT EXISTS (SELECT 1 FROM membership m"
                                    " WHERE m.uid = $1 AND m.disabled_usec > 0)",
                                    SQL_VALUES(sql_int(uid))));
}

int session_ends_now(struct tx *tx, uint32_t uid, bool *ret_ends)
{
        uint64_t since_usec = tx->now_usec > FIRM_FOR ? tx->now_usec - FIRM_FOR : 0;
        int64_t n = 0;
        int r = store_query_int(tx->store, &n,
                                "SELECT COUNT(*) FROM session_ending"
                                " WHERE uid = $1 AND firm > 0 AND since_usec > $2",
                                SQL_VALUES(sql_int(uid), sql_u64(since_usec)));

        if (r == 0)
                *ret_ends = n > 0;
        return r;
}

int session_may_stay(struct tx *tx, uint32_t uid)
{
        int r = store_run(tx->store, "DELETE FROM session_ending WHERE uid = $1 AND firm = 0",
                          SQL_VALUES(sql_int(uid)));

        tx->endings |= r > 0;
        return store_done(r);
}

/* The newest first: what bo-sessiond refuses stays for ever, and must not fill the room. */
int session_endings(struct store *store, struct session_ending *endings, size_t room, size_t *ret_n)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        size_t n = 0;
        int r = store_query(store, &rows,
                            "SELECT uid, since_usec FROM session_ending WHERE since_usec >= 0"
                            " ORDER BY since_usec DESC, uid DESC LIMIT $1",
                            SQL_VALUES(sql_int((int64_t)room)));

        while (r == 0 && (r = sql_next(rows)) > 0 && n < room) {
                endings[n++] = (struct session_ending){.uid = sql_get_u32(rows, 0),
                                                       .since_usec = sql_get_u64(rows, 1)};
                r = 0;
        }
        if (r < 0)
                return r;
        *ret_n = n;
        return 0;
}

int session_endings_count(struct store *store, uint64_t before_usec, uint64_t *ret_n)
{
        int64_t n;
        int r = store_query_int(store, &n,
                                "SELECT COUNT(*) FROM session_ending WHERE since_usec < $1",
                                SQL_VALUES(sql_u64(before_usec)));

        if (r == 0)
                *ret_n = (uint64_t)n;
        return r;
}

static int close_those_of(struct tx *tx, uint32_t uid, uint64_t since_usec)
{
        return store_done(
                store_run(tx->store,
                          "UPDATE session SET closed_usec = $1"
                          " WHERE uid = $2 AND closed_usec = 0 AND opened_usec <= $3",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid), sql_u64(since_usec))));
}

int session_ended(struct tx *tx, uint32_t uid, uint64_t since_usec)
{
        int r = close_those_of(tx, uid, since_usec);

        if (r < 0)
                return r;
        r = store_run(tx->store, "DELETE FROM session_ending WHERE uid = $1 AND since_usec = $2",
                      SQL_VALUES(sql_int(uid), sql_u64(since_usec)));
        return store_changed(r, -ENODATA);
}
