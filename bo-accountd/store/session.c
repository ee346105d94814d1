/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of users: opened, closed, listed, swept. */
#include "bo-accountd/store/session.h"
#include "bo-accountd/store/store_private.h"

#define SESSION_COLUMNS                                                                            \
        "SELECT s.id, s.uid, s.login, a.name, s.service, s.rhost, s.tty, s.factors, s.leader,"     \
        " s.boot, s.opened_usec, s.closed_usec FROM session s JOIN account a ON a.uid = s.uid "

int session_insert(struct tx *tx, struct session *session)
{
        int r = store_query_int(tx->store, &session->id,
                                "UPDATE counter SET value = value + 1"
                                " WHERE name = 'session' RETURNING value",
                                SQL_NONE);

        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        session->opened_usec = tx->now_usec;
        return store_done(store_run(
                tx->store,
                "INSERT INTO session (id, uid, login, service, rhost, tty, factors, leader, boot,"
                " opened_usec, closed_usec) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
                SQL_VALUES(sql_int(session->id), sql_int(session->uid), sql_int(session->login),
                           sql_text(session->service), sql_text(session->rhost),
                           sql_text(session->tty), sql_text(session->factors),
                           sql_int(session->leader), sql_text(session->boot),
                           sql_u64(session->opened_usec))));
}

static void read_row(struct sql_rows *rows, struct session *ret_session)
{
        *ret_session = (struct session){
                .id = sql_get_int(rows, 0),
                .uid = sql_get_u32(rows, 1),
                .login = sql_get_int(rows, 2) != 0,
                .leader = sql_get_u32(rows, 8),
                .opened_usec = sql_get_u64(rows, 10),
                .closed_usec = sql_get_u64(rows, 11),
        };
        sql_copy_text(rows, 3, ret_session->user, sizeof(ret_session->user));
        sql_copy_text(rows, 4, ret_session->service, sizeof(ret_session->service));
        sql_copy_text(rows, 5, ret_session->rhost, sizeof(ret_session->rhost));
        sql_copy_text(rows, 6, ret_session->tty, sizeof(ret_session->tty));
        sql_copy_text(rows, 7, ret_session->factors, sizeof(ret_session->factors));
        sql_copy_text(rows, 9, ret_session->boot, sizeof(ret_session->boot));
}

static int read_rows(struct sql_rows *rows, session_fn *each, void *userdata)
{
        struct session session;
        int r;

        while ((r = sql_next(rows)) > 0) {
                read_row(rows, &session);
                r = each(userdata, &session);
                if (r != 0)
                        return r;
        }
        return r;
}

static int open_of_leader(struct store *store, uint32_t uid, const char *service, const char *boot,
                          uint32_t leader, int64_t *ret_id)
{
        return store_query_int(
                store, ret_id,
                "SELECT id FROM session WHERE uid = $1 AND closed_usec = 0"
                " AND service = $2 AND boot = $3 AND leader = $4"
                " ORDER BY id DESC LIMIT 1",
                SQL_VALUES(sql_int(uid), sql_text(service), sql_text(boot), sql_int(leader)));
}

static int open_at_tty(struct store *store, uint32_t uid, const char *service, const char *boot,
                       const char *tty, int64_t *ret_id)
{
        return store_query_int(
                store, ret_id,
                "SELECT id FROM session WHERE uid = $1 AND closed_usec = 0 AND service = $2"
                " AND boot = $3 AND tty = $4 ORDER BY id DESC LIMIT 1",
                SQL_VALUES(sql_int(uid), sql_text(service), sql_text(boot), sql_text(tty)));
}

int session_find_open(struct store *store, uint32_t uid, const char *service, const char *boot,
                      uint32_t leader, const char *tty, int64_t *ret_id)
{
        int r = leader == 0 ? -ENODATA : open_of_leader(store, uid, service, boot, leader, ret_id);

        return r == -ENODATA && tty[0] ? open_at_tty(store, uid, service, boot, tty, ret_id) : r;
}

int session_close(struct tx *tx, int64_t id)
{
        int r = store_run(tx->store,
                          "UPDATE session SET closed_usec = $1 WHERE id = $2 AND closed_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_int(id)));

        return store_changed(r, -ENODATA);
}

int session_last_login(struct store *store, uint32_t uid, struct session *ret_session)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            SESSION_COLUMNS
                            "WHERE s.uid = $1 AND s.login = 1 ORDER BY s.id DESC LIMIT 1",
                            SQL_VALUES(sql_int(uid)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        read_row(rows, ret_session);
        return 0;
}

/* A text for each shape, so that each is read in the order of an index of its own. */
static int list_query(struct store *store, struct sql_rows **ret_rows,
                      const struct session_filter *filter)
{
        int64_t before = filter->before > 0 ? filter->before : INT64_MAX;

        if (filter->of_user && filter->open)
                return store_query(
                        store, ret_rows,
                        SESSION_COLUMNS "WHERE s.uid = $1 AND s.id < $2 AND s.closed_usec = 0"
                                        " ORDER BY s.id DESC LIMIT $3",
                        SQL_VALUES(sql_int(filter->uid), sql_int(before), sql_int(filter->limit)));
        if (filter->of_user)
                return store_query(
                        store, ret_rows,
                        SESSION_COLUMNS "WHERE s.uid = $1 AND s.id < $2"
                                        " ORDER BY s.id DESC LIMIT $3",
                        SQL_VALUES(sql_int(filter->uid), sql_int(before), sql_int(filter->limit)));
        if (filter->open)
                return store_query(store, ret_rows,
                                   SESSION_COLUMNS "WHERE s.id < $1 AND s.closed_usec = 0"
                                                   " ORDER BY s.id DESC LIMIT $2",
                                   SQL_VALUES(sql_int(before), sql_int(filter->limit)));
        return store_query(store, ret_rows,
                           SESSION_COLUMNS "WHERE s.id < $1 ORDER BY s.id DESC LIMIT $2",
                           SQL_VALUES(sql_int(before), sql_int(filter->limit)));
}

int session_list(struct store *store, const struct session_filter *filter, session_fn *each,
                 void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = list_query(store, &rows, filter);

        return r == 0 ? read_rows(rows, each, userdata) : r;
}

int session_each_open(struct store *store, int64_t after, uint32_t limit, session_fn *each,
                      void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            SESSION_COLUMNS "WHERE s.id > $1 AND s.closed_usec = 0"
                                            " ORDER BY s.id LIMIT $2",
                            SQL_VALUES(sql_int(after), sql_int(limit)));

        return r == 0 ? read_rows(rows, each, userdata) : r;
}

int session_sweep(struct tx *tx, uint64_t usec, uint32_t most, uint32_t *ret_n)
{
        int r = store_run(tx->store,
                          "DELETE FROM session WHERE id IN"
                          " (SELECT id FROM session WHERE id > 0 ORDER BY id LIMIT $1)"
                          " AND closed_usec > 0 AND closed_usec < $2",
                          SQL_VALUES(sql_int(most), sql_u64(usec)));

        if (r < 0)
                return r;
        *ret_n = (uint32_t)r;
        return 0;
}

int session_open_count(struct store *store, uint64_t *ret_n)
{
        int64_t n;
        int r = store_query_int(store, &n, "SELECT COUNT(*) FROM session WHERE closed_usec = 0",
                                SQL_NONE);

        if (r == 0)
                *ret_n = (uint64_t)n;
        return r;
}
