/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A membership is disabled and enabled, apart from the user's others. */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

static int set(struct tx *tx, uint32_t uid, const char *customer, uint64_t disabled_usec,
               const char *reason, bool by_operator)
{
        int r = store_changed(
                store_run(tx->store,
                          "UPDATE membership SET disabled_usec = $1, disabled_reason = $2,"
                          " disabled_by_operator = $3 WHERE uid = $4 AND customer = $5",
                          SQL_VALUES(sql_u64(disabled_usec), sql_text(reason), sql_int(by_operator),
                                     sql_int(uid), sql_text(customer))),
                BO_ERR_NO_SUCH_CUSTOMER);

        return r != 0 ? r : nss_touch_user(tx, uid); /* his groups there */
}

int member_disable(struct tx *tx, uint32_t uid, const char *customer, const char *reason,
                   bool by_operator)
{
        return set(tx, uid, customer, tx->now_usec, reason, by_operator);
}

int member_enable(struct tx *tx, uint32_t uid, const char *customer)
{
        return set(tx, uid, customer, 0, "", false);
}
