/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is an active member where, and the customer that a user has chosen to act for (R50). */
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
