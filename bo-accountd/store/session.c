/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of users, and whose have to end. */
#include "bo-accountd/store/session.h"
#include "bo-accountd/store/store_private.h"

int session_must_end(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(tx->store,
                                    "INSERT INTO session_ending (uid, since_usec) VALUES ($1, $2)"
                                    " ON CONFLICT (uid) DO UPDATE SET since_usec = $2",
                                    SQL_VALUES(sql_int(uid), sql_u64(tx->now_usec))));
}
