/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A row becomes a user, by the rules of new users. */
#include "bo-accountd/ops/bulk_nss.h"
#include "bo-accountd/ops/bulk_user.h"
#include "bo-accountd/ops/secondary.h"
#include "bo-accountd/ops/user_new.h"
#include "bo-accountd/policy/mailbox.h"
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/uid.h"

#include <errno.h>
#include <stdlib.h>

static int check_uid(struct op *op, struct bulk_row *row, const struct bulk_user *user)
{
        int known;

        (void)bulk_text(row, BULK_USER_UID); /* what is looked at */
        known = bulk_nss_knows_id(row->import, user->account.uid);
        return known > 0 ? op_refuse(op, BO_ERR_NAME_FOREIGN,
                                     "%u is a user or group of another source of this system.",
                                     user->account.uid)
                         : known;
}

static int knows_id(void *userdata, uint32_t uid)
{
        return bulk_nss_knows_id(userdata, uid);
}

static int take_uid(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        const struct settings *settings = op->settings;
        int r;

        (void)bulk_text(row, BULK_USER_UID); /* as above */
        if (!user->uid_given) {
                r = user_new_find_uid(op, tx, knows_id, row->import);
                return r == 0 ? account_take_uid(tx, settings->uid_first, settings->uid_last,
                                                 &user->account.uid)
                              : r;
        }
        r = check_uid(op, row, user);
        if (r == 0)
                r = uid_claim(tx, user->account.uid, settings->uid_first);
        return r == BO_ERR_NAME_TAKEN
                       ? op_refuse(op, r,
                                   "%u was given already, to this user or another; a uid is never "
                                   "given twice. Leave it empty, and bo takes the next one.",
                                   user->account.uid)
                       : r;
}

static int put_member(struct op *op, struct tx *tx, const struct bulk_user *user, size_t index)
{
        const struct bulk_member *row = &user->members.rows[index];
        const struct new_member *member = &row->member;
        uint32_t uid = user->account.uid;
        int r = user_new_check_member(op, member);

        if (r == 0)
                r = secondary_check_new(op, member, &user->account, true);
        if (r == 0 && index > 0)
                r = member_roles_fit(op, uid, member->customer, member->roles, member->n_roles);
        if (r == 0)
                r = user_new_join(op, tx, uid, member);
        return r == 0 && row->disabled
                       ? member_disable(tx, uid, member->customer, row->reason, !row->by_customer)
                       : r;
}

static int put_rest(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        struct account *account = &user->account;
        int r = 0;

        (void)bulk_text(row, BULK_USER_FORMER_NAMES); /* as above */
        for (size_t i = 0; r == 0 && i < user->n_former; i++)
                r = account_put_former_name(tx, account->uid, user->former[i]);
        if (r == 0)
                (void)bulk_text(row, BULK_USER_MEMBERSHIPS); /* as above */
        for (size_t i = 0; r == 0 && i < user->members.n; i++)
                r = put_member(op, tx, user, i);
        if (r == 0 && account->deactivated_usec)
                r = account_deactivate(tx, account->uid, account->deactivated_reason, true);
        return r;
}

static int mail(struct op *op, struct tx *tx, const struct bulk_row *row, uint32_t uid)
{
        char link[TOKEN_LINK_SIZE] = "";
        struct account account;
        int r = row->import->mail ? account_by_uid(op->store, uid, &account) : 0;

        if (!row->import->mail || r != 0)
                return r;
        return !account.is_api && !account_is_deactivated(&account) && link_is_mailed(op, &account)
                       ? link_issue(op, tx, &account, link)
                       : 0;
}

static int create(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        struct account *account = &user->account;
        struct account fresh;
        const char *customer = user->members.n ? user->members.rows[0].member.customer : NULL;
        int r = take_uid(op, tx, row, user);

        if (r != 0)
                return r;
        fresh = *account;
        fresh.deactivated_usec = 0;           /* told below, as of an operator */
        (void)bulk_text(row, BULK_USER_NAME); /* as above */
        r = account_put(tx, &fresh, account->uid);
        if (r == 0)
                r = put_rest(op, tx, row, user);
        if (r == 0)
                r = user_new_record(op, tx, account, customer, " imported=yes");
        if (r == 0)
                r = mail(op, tx, row, account->uid);
        row->uid = account->uid;
        return r;
}

/* R22: the same guess as User.Warnings. */
static int warn_mailbox(struct bulk_row *row, const struct account *account)
{
        if (!account->verified || account->is_api || !mailbox_is_group(account->email))
                return 0;
        return bulk_warn(row->import, row->index, "name",
                         "%.128s looks like the mailbox of a group; a login is one person's.",
                         account->name);
}

static int check_name(struct op *op, const struct bulk_row *row, const struct account *account)
{
        int used = account_name_used(op->store, account->name), known;

        if (used != 0)
                return used < 0 ? used : BO_ERR_NAME_TAKEN;
        known = bulk_nss_knows_name(row);
        return known > 0 ? BO_ERR_NAME_FOREIGN : known;
}

int bulk_user_put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        _cleanup_(bulk_user_clear) struct bulk_user user = {0};
        struct account account;
        int r = bulk_user_parse(op, row, &user);

        if (r != 0)
                return r;
        (void)bulk_text(row, BULK_USER_NAME); /* what is looked at */
        r = account_by_name(op->store, user.account.name, &account);
        if (r == 0)
                return bulk_user_compare(op, row, &account, &user);
        if (r != BO_ERR_NO_SUCH_USER)
                return r;
        r = check_name(op, row, &user.account);
        if (r == 0)
                r = warn_mailbox(row, &user.account);
        if (r == 0)
                r = create(op, tx, row, &user);
        return r == -EHOSTUNREACH
                       ? op_refuse(op, BO_ERR_UNAVAILABLE,
                                   "the other sources of this system do not answer whether there "
                                   "is one already. Import it again.")
                       : r;
}

/* Into the index of parts of names, all at once: it is written in pieces, one for each part of a
 * transaction that may be undone. */
int bulk_user_finish(struct op *op, struct tx *tx, struct bulk_import *call)
{
        int r = 0;

        for (size_t i = call->kept.created; r == 0 && i < call->created; i++) {
                struct account account;

                r = account_by_uid(op->store, call->uids[i], &account);
                if (r == 0)
                        r = account_index_put(tx, &account, account.uid);
                if (r == 0)
                        op_signal(op, OP_USER_ADDED, &account);
        }
        return r;
}
