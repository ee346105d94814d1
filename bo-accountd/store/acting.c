/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes with the customer that a user acts for (R50): the choice, and what he has there. */
#include "bo-accountd/store/acting.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

int member_is_active(struct store *store, uint32_t uid, const char *customer, bool *ret_active)
{
        int64_t one;
        int r = store_query_int(store, &one,
                                "SELECT 1 FROM membership WHERE uid = $1 AND customer = $2"
                                " AND disabled_usec = 0 AND invited = 0",
                                SQL_VALUES(sql_int(uid), sql_text(customer)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_active = r == 0;
        return 0;
}

int member_act_for(struct tx *tx, uint32_t uid, const char *customer)
{
        int r = store_run(tx->store, "UPDATE account SET acting_customer = $1 WHERE uid = $2",
                          SQL_VALUES(sql_text(customer), sql_int(uid)));

        r = store_changed(r, BO_ERR_NO_SUCH_USER);
        return r != 0 ? r : nss_touch_user(tx, uid);
}

int member_each_location(struct store *store, uint32_t uid, const char *customer,
                         bool *ret_restricted, int (*each)(void *userdata, const char *location),
                         void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int64_t restricted = 0;
        int r = store_query_int(store, &restricted,
                                "SELECT restricted FROM membership"
                                " WHERE uid = $1 AND customer = $2",
                                SQL_VALUES(sql_int(uid), sql_text(customer)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_restricted = restricted != 0;
        if (restricted == 0)
                return 0;
        r = store_query(store, &rows,
                        "SELECT location FROM membership_location"
                        " WHERE uid = $1 AND customer = $2 ORDER BY location",
                        SQL_VALUES(sql_int(uid), sql_text(customer)));
        while (r == 0 && (r = sql_next(rows)) > 0)
                r = each(userdata, sql_get_text(rows, 0));
        return r;
}
