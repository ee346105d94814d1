/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of new users, which are the same for one that is created and many that are imported. */
#include "bo-accountd/ops/user_new.h"
#include "bo-accountd/ops/new_name.h"

#include <string.h>

#define UID_TRIES 1000

static int check_texts(struct op *op, const struct user_create *call, const struct account *account)
{
        if (!name_is_path(account->home))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Home: \"%s\" is not an absolute path without ':'.",
                                 call->home ? call->home : "");
        if (!name_is_path(account->shell))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Shell: \"%s\" is not an absolute path without ':'.",
                                 call->shell ? call->shell : "");
        if (account->full_name[0] && !name_is_gecos(account->full_name))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "FullName: at most 128 bytes, no ':' ',' or control character.");
        return 0;
}

static int fill_name(struct op *op, const struct user_create *call, struct account *account)
{
        account->is_api = call->is_api;
        account->generated = !call->name;
        if (account->generated)
                return new_name_generate(op, account->name);
        if (name_fold(account->name, call->name) < 0)
                return op_refuse(
                        op, BO_ERR_BAD_NAME,
                        "Name: neither a user name (a-z, 0-9, '_', '.', '-', at most 32) nor a "
                        "plain e-mail address.");
        account->verified = name_is_email(account->name);
        if (account->verified)
                memcpy(account->email, account->name, sizeof(account->email));
        /* A program has no person behind it: its address may be anybody's (R87). */
        return account->verified && !account->is_api ? new_name_check_mailbox(op, account->name)
                                                     : 0;
}

int user_new_fill(struct op *op, const struct user_create *call, struct account *account)
{
        const struct settings *settings = op->settings;

        int r = fill_name(op, call, account);

        if (r != 0)
                return r;

        int home = call->home ? snprintf(account->home, sizeof(account->home), "%s", call->home)
                              : snprintf(account->home, sizeof(account->home), "%s/%s",
                                         settings->home_prefix, account->name);
        int shell = snprintf(account->shell, sizeof(account->shell), "%s",
                             call->shell ? call->shell : settings->shell);
        int full = snprintf(account->full_name, sizeof(account->full_name), "%s",
                            call->full_name ? call->full_name : "");

        if (home >= (int)sizeof(account->home) || shell >= (int)sizeof(account->shell) ||
            full >= (int)sizeof(account->full_name))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Home and Shell take at most 255 bytes, FullName 128.");
        return check_texts(op, call, account);
}

int user_new_check_member(struct op *op, const struct new_member *member)
{
        struct customer customer;

        if (member->n_roles > 0 && !member->customer)
                return op_refuse(op, BO_ERR_BAD_OPTION,
                                 "Roles: needs Customer, the one they are held in.");
        if (member->restricted && !member->customer)
                return op_refuse(op, BO_ERR_BAD_OPTION,
                                 "Locations: needs Customer, the one they belong to.");
        for (size_t i = 0; i < member->n_roles; i++)
                if (!settings_role(op->settings, member->roles[i]))
                        return op_refuse(op, BO_ERR_NO_SUCH_ROLE, "There is no role \"%.64s\".",
                                         member->roles[i]);
        if (!member->customer)
                return 0;

        int r = customer_load(op->store, member->customer, &customer);

        return r == BO_ERR_NO_SUCH_CUSTOMER
                       ? op_refuse(op, r, "There is no customer \"%.64s\".", member->customer)
                       : r;
}

int user_new_find_uid(struct op *op, struct tx *tx, int (*knows)(void *userdata, uint32_t uid),
                      void *userdata)
{
        for (int i = 0; i < UID_TRIES; i++) {
                uint32_t uid = 0;
                int known, r = account_next_uid(op->store, op->settings->uid_first,
                                                op->settings->uid_last, &uid);

                if (r != 0)
                        return r;
                known = knows(userdata, uid);
                if (known <= 0)
                        return known;
                r = account_skip_uid(tx, uid);
                if (r != 0)
                        return r;
        }
        return BO_ERR_UIDS_EXHAUSTED;
}

int user_new_join(struct op *op, struct tx *tx, uint32_t uid, const struct new_member *member)
{
        int r = role_groups_ensure(op, tx, member->roles, member->n_roles);

        if (r == 0)
                r = member_join(tx, uid, member->customer, member->roles, member->n_roles);
        return r == 0 && member->restricted
                       ? member_restrict_checked(op, tx, uid, member->customer, member->locations,
                                                 member->n_locations)
                       : r;
}

int user_new_record(struct op *op, struct tx *tx, const struct account *account,
                    const char *customer, const char *more)
{
        char detail[160];
        const struct audit_entry entry = {
                .event = "user-created",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .customer = customer,
                .detail = detail,
        };

        snprintf(detail, sizeof(detail), "kind=%s verified=%s%s", account->is_api ? "api" : "adm",
                 account->verified ? "yes" : "no", more);
        return audit_append(tx, &entry);
}
