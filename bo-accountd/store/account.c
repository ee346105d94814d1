/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One user, found by uid or name. */
#include "bo-accountd/store/account_columns.h"

#include <string.h>

void account_read(struct sql_rows *rows, struct account *ret_account)
{
        struct account *account = ret_account;

        account->uid = sql_get_u32(rows, 0);
        sql_copy_text(rows, 1, account->name, sizeof(account->name));
        sql_copy_text(rows, 2, account->email, sizeof(account->email));
        sql_copy_text(rows, 3, account->full_name, sizeof(account->full_name));
        sql_copy_text(rows, 4, account->home, sizeof(account->home));
        sql_copy_text(rows, 5, account->shell, sizeof(account->shell));
        account->is_api = sql_get_int(rows, 6) != 0;
        account->verified = sql_get_int(rows, 7) != 0;
        account->created_usec = sql_get_u64(rows, 8);
        account->activated_usec = sql_get_u64(rows, 9);
        account->deactivated_usec = sql_get_u64(rows, 10);
        sql_copy_text(rows, 11, account->deactivated_reason, sizeof(account->deactivated_reason));
        sql_copy_text(rows, 12, account->password_hash, sizeof(account->password_hash));
        account->password_changed_usec = sql_get_u64(rows, 13);
        account->must_change = sql_get_int(rows, 14) != 0;
        account->credential_epoch = sql_get_int(rows, 15);
        account->last_login_usec = sql_get_u64(rows, 16);
        account->admin_reset_usec = sql_get_u64(rows, 17);
        account->idle_marked_usec = sql_get_u64(rows, 18);
        account->active_epoch = sql_get_int(rows, 19);
        account->otp_on = sql_get_int(rows, 20) != 0;
        account->deactivated_by_operator = sql_get_int(rows, 21) != 0;
        account->generated = sql_get_int(rows, 22) != 0;
        sql_copy_text(rows, 23, account->acting_customer, sizeof(account->acting_customer));
        account->invites_uid = sql_get_u32(rows, 24);
        account->shut_out = sql_get_int(rows, 25) != 0;
        /* To whoever may see it an invitation is called as a new user would be. */
        if (account->invites_uid != 0)
                memcpy(account->name, account->email, sizeof(account->name));
}

static int read_only_row(struct sql_rows *rows, struct account *ret_account)
{
        int r = sql_next(rows);

        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_USER;
        account_read(rows, ret_account);
        return 0;
}

int account_by_uid(struct store *store, uint32_t uid, struct account *ret_account)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT " ACCOUNT_COLUMNS " FROM account a"
                            " WHERE a.uid = $1 AND a.invites_closed_usec = 0",
                            SQL_VALUES(sql_int(uid)));

        return r < 0 ? r : read_only_row(rows, ret_account);
}

int account_by_name(struct store *store, const char *name, struct account *ret_account)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.name = $1",
                            SQL_VALUES(sql_text(name)));

        return r < 0 ? r : read_only_row(rows, ret_account);
}
