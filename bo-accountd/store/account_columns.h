/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a row of users is read. */
#pragma once

#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store_private.h"

/* Of account a. */
#define ACCOUNT_COLUMNS                                                                            \
        "a.uid, a.name, a.email, a.full_name, a.home, a.shell, a.is_api, a.verified,"              \
        " a.created_usec, a.activated_usec, a.deactivated_usec, a.deactivated_reason,"             \
        " a.password_hash, a.password_changed_usec, a.must_change, a.credential_epoch,"            \
        " a.last_login_usec, a.admin_reset_usec, a.idle_marked_usec, a.active_epoch,"              \
        " CASE WHEN EXISTS (SELECT 1 FROM otp o WHERE o.uid = a.uid AND o.confirmed = 1)"          \
        " THEN 1 ELSE 0 END, a.deactivated_by_operator, a.generated, a.acting_customer,"           \
        " a.invites_uid,"                                                                          \
        " CASE WHEN EXISTS (SELECT 1 FROM membership s WHERE s.uid = a.uid"                        \
        " AND s.joined_usec = s.created_usec)"                                                     \
        " AND NOT EXISTS (SELECT 1 FROM membership s WHERE s.uid = a.uid"                          \
        " AND s.disabled_usec = 0) THEN 1 ELSE 0 END"

void account_read(struct sql_rows *rows, struct account *ret_account);
