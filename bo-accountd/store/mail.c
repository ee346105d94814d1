/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox: mails that wait to be delivered. */
#include "bo-accountd/store/mail.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

#define SWEEP_MAX 4096

#define MAIL_COLUMNS                                                                               \
        "SELECT id, kind, uid, recipient, sealed, queued_usec, due_usec, attempts, failed_usec,"   \
        " problem FROM mail "

int mail_take_id(struct tx *tx, int64_t *ret_id)
{
        int r = store_query_int(tx->store, ret_id,
                                "UPDATE counter SET value = value + 1"
                                " WHERE name = 'mail' RETURNING value",
                                SQL_NONE);

        return r == -ENODATA ? -EIO : r;
}

int mail_insert(struct tx *tx, const struct mail_row *mail)
{
        return store_done(store_run(
                tx->store,
                "INSERT INTO mail (id, kind, uid, recipient, sealed, queued_usec, due_usec,"
                " attempts, failed_usec, problem, key_id)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '', $8)",
                SQL_VALUES(sql_int(mail->id), sql_text(mail->kind), sql_int(mail->uid),
                           sql_text(mail->recipient), sql_blob(mail->sealed, mail->sealed_size),
                           sql_u64(tx->now_usec), sql_u64(tx->now_usec),
                           sql_text(tx->store->keys->id))));
}

static int read_row(struct sql_rows *rows, struct mail_row *ret_mail)
{
        size_t size;
        const void *sealed = rows->sql->driver->get_bytes(rows, 4, &size);

        if (size > sizeof(ret_mail->sealed))
                return -EIO;
        *ret_mail = (struct mail_row){
                .id = sql_get_int(rows, 0),
                .uid = sql_get_u32(rows, 2),
                .sealed_size = size,
                .queued_usec = sql_get_u64(rows, 5),
                .due_usec = sql_get_u64(rows, 6),
                .attempts = sql_get_u32(rows, 7),
                .failed_usec = sql_get_u64(rows, 8),
        };
        if (size > 0)
                memcpy(ret_mail->sealed, sealed, size);
        sql_copy_text(rows, 1, ret_mail->kind, sizeof(ret_mail->kind));
        sql_copy_text(rows, 3, ret_mail->recipient, sizeof(ret_mail->recipient));
        sql_copy_text(rows, 9, ret_mail->problem, sizeof(ret_mail->problem));
        return 0;
}

static int read_rows(struct sql_rows *rows,
                     int (*each)(void *userdata, const struct mail_row *mail), void *userdata)
{
        struct mail_row mail;
        int r;

        while ((r = sql_next(rows)) > 0) {
                r = read_row(rows, &mail);
                if (r == 0)
                        r = each(userdata, &mail);
                if (r != 0)
                        break;
        }
        return r;
}

int mail_due(struct store *store, uint64_t now_usec, uint32_t limit,
             int (*each)(void *userdata, const struct mail_row *mail), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            MAIL_COLUMNS "WHERE failed_usec = 0 AND due_usec <= $1"
                                         " ORDER BY due_usec LIMIT $2",
                            SQL_VALUES(sql_u64(now_usec), sql_int(limit)));

        return r == 0 ? read_rows(rows, each, userdata) : r;
}

int mail_list(struct store *store, int64_t after, uint32_t limit,
              int (*each)(void *userdata, const struct mail_row *mail), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows, MAIL_COLUMNS "WHERE id > $1 ORDER BY id LIMIT $2",
                            SQL_VALUES(sql_int(after), sql_int(limit)));

        return r == 0 ? read_rows(rows, each, userdata) : r;
}

static int count_late(struct store *store, uint64_t before_usec, int64_t *ret_n)
{
        return store_query_int(store, ret_n,
                               "SELECT count(*) FROM mail WHERE failed_usec = 0"
                               " AND queued_usec < $1",
                               SQL_VALUES(sql_u64(before_usec)));
}

static int count_given_up(struct store *store, int64_t *ret_n)
{
        return store_query_int(store, ret_n, "SELECT count(*) FROM mail WHERE failed_usec > 0",
                               SQL_NONE);
}

int mail_count(struct store *store, uint64_t before_usec, struct mail_counts *ret_counts)
{
        int64_t late = 0, given_up = 0;
        int r = count_late(store, before_usec, &late);

        if (r == 0)
                r = count_given_up(store, &given_up);
        if (r == 0)
                *ret_counts = (struct mail_counts){(uint64_t)given_up, (uint64_t)late};
        return r;
}

int mail_next_due(struct store *store, uint64_t *ret_usec)
{
        int64_t due;
        int r = store_query_int(store, &due,
                                "SELECT due_usec FROM mail WHERE failed_usec = 0"
                                " ORDER BY due_usec LIMIT 1",
                                SQL_NONE);

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_usec = r < 0 ? 0 : (uint64_t)due;
        return 0;
}

int mail_load(struct store *store, int64_t id, struct mail_row *ret_mail)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows, MAIL_COLUMNS "WHERE id = $1 AND failed_usec = 0",
                            SQL_VALUES(sql_int(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        return read_row(rows, ret_mail);
}

int mail_delivered(struct tx *tx, int64_t id)
{
        return store_changed(
                store_run(tx->store, "DELETE FROM mail WHERE id = $1", SQL_VALUES(sql_int(id))),
                -ENODATA);
}

int mail_retry(struct tx *tx, int64_t id, uint64_t due_usec, const char *problem)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE mail SET attempts = attempts + 1, due_usec = $1,"
                          " problem = $2 WHERE id = $3 AND failed_usec = 0",
                          SQL_VALUES(sql_u64(due_usec), sql_text(problem), sql_int(id))),
                -ENODATA);
}

/* What was sealed is of no use any more. */
int mail_give_up(struct tx *tx, int64_t id, const char *problem)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE mail SET attempts = attempts + 1, failed_usec = $1,"
                          " problem = $2, sealed = $3 WHERE id = $4 AND failed_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_text(problem), sql_blob("", 0),
                                     sql_int(id))),
                -ENODATA);
}

int mail_sweep(struct tx *tx, uint64_t before_usec)
{
        return store_done(store_run(tx->store,
                                    "DELETE FROM mail WHERE id IN (SELECT id FROM mail"
                                    " WHERE failed_usec > 0 AND failed_usec < $1"
                                    " ORDER BY failed_usec LIMIT $2)",
                                    SQL_VALUES(sql_u64(before_usec), sql_int(SWEEP_MAX))));
}
