/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Second factors; that a code is good once is decided by one conditional update. */
#include "bo-accountd/store/otp.h"
#include "bo-accountd/store/store_private.h"

int otp_load(struct store *store, uint32_t uid, struct otp *ret_otp)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct otp otp;
        int r = store_query(store, &rows,
                            "SELECT sealed, confirmed, last_step, clock_epoch FROM otp"
                            " WHERE uid = $1",
                            SQL_VALUES(sql_int(uid)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_OTP_NOT_BEGUN;
        r = sql_copy_blob(rows, 0, otp.sealed, sizeof(otp.sealed));
        if (r < 0)
                return r;
        otp.confirmed = sql_get_int(rows, 1) != 0;
        otp.last_step = sql_get_u64(rows, 2);
        otp.clock_epoch = sql_get_int(rows, 3);
        *ret_otp = otp;
        return 0;
}

int otp_begin(struct tx *tx, uint32_t uid, const unsigned char sealed[TOTP_SEALED_BYTES])
{
        int r = store_run(tx->store,
                          "INSERT INTO otp (uid, sealed, confirmed, last_step, clock_epoch, key_id)"
                          " VALUES ($1, $2, 0, 0, $3, $4) ON CONFLICT (uid) DO UPDATE"
                          " SET sealed = excluded.sealed, last_step = 0,"
                          " clock_epoch = excluded.clock_epoch, key_id = excluded.key_id"
                          " WHERE otp.confirmed = 0",
                          SQL_VALUES(sql_int(uid), sql_blob(sealed, TOTP_SEALED_BYTES),
                                     sql_int(tx->clock_epoch), sql_text(tx->store->keys->id)));

        return r == -ENOENT ? BO_ERR_NO_SUCH_USER : store_changed(r, BO_ERR_OTP_ALREADY_ON);
}

int otp_confirm(struct tx *tx, uint32_t uid, const unsigned char sealed[TOTP_SEALED_BYTES],
                uint64_t step)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE otp SET confirmed = 1, last_step = $1, clock_epoch = $2"
                          " WHERE uid = $3 AND sealed = $4 AND confirmed = 0",
                          SQL_VALUES(sql_u64(step), sql_int(tx->clock_epoch), sql_int(uid),
                                     sql_blob(sealed, TOTP_SEALED_BYTES))),
                BO_ERR_OTP_NOT_BEGUN);
}

int otp_accept_step(struct tx *tx, uint32_t uid, uint64_t step)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE otp SET last_step = $1"
                                       " WHERE uid = $2 AND confirmed = 1 AND last_step < $1",
                                       SQL_VALUES(sql_u64(step), sql_int(uid))),
                             BO_ERR_WRONG_CREDENTIALS);
}

int otp_delete(struct tx *tx, uint32_t uid)
{
        return store_done(
                store_run(tx->store, "DELETE FROM otp WHERE uid = $1", SQL_VALUES(sql_int(uid))));
}
