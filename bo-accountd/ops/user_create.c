/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creates a user: name and uid are checked against every source of the system first (R17, R21,
 * R43). */
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/new_password.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/secondary.h"

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

static int fill(struct op *op, const struct user_create *call, struct account *account)
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

static int check_membership(struct op *op, const struct user_create *call)
{
        struct customer customer;

        if (call->n_roles > 0 && !call->customer)
                return op_refuse(op, BO_ERR_BAD_OPTION,
                                 "Roles: needs Customer, the one they are held in.");
        if (call->restricted && !call->customer)
                return op_refuse(op, BO_ERR_BAD_OPTION,
                                 "Locations: needs Customer, the one they belong to.");
        for (size_t i = 0; i < call->n_roles; i++)
                if (!settings_role(op->settings, call->roles[i]))
                        return op_refuse(op, BO_ERR_NO_SUCH_ROLE, "There is no role \"%.64s\".",
                                         call->roles[i]);
        if (!call->customer)
                return 0;

        int r = customer_load(op->store, call->customer, &customer);

        return r == BO_ERR_NO_SUCH_CUSTOMER
                       ? op_refuse(op, r, "There is no customer \"%.64s\".", call->customer)
                       : r;
}

/* R17: no uid is used twice, so one customer must not be able to use them up for all. */
static int check_room(struct op *op, const struct user_create *call)
{
        uint32_t most = op->settings->customer_users_max, n = 0;
        int r;

        if (actor_is_operator(op) || !call->customer)
                return 0;
        r = customer_members(op->store, call->customer, most, &n);
        return r == 0 && n >= most
                       ? op_refuse(op, BO_ERR_UIDS_EXHAUSTED,
                                   "The customer has %u users, as many as its own administrators "
                                   "may create; the operator can create more (CustomerUsersMax=).",
                                   n)
                       : r;
}

/* A uid that NSS does not know yet; those that it knows are marked as used. */
static int find_uid(struct op *op, struct tx *tx)
{
        for (int i = 0; i < UID_TRIES; i++) {
                uint32_t uid = 0;
                int known, r = account_next_uid(op->store, op->settings->uid_first,
                                                op->settings->uid_last, &uid);

                if (r != 0)
                        return r;
                known = nss_knows_id(uid);
                if (known <= 0)
                        return known;
                r = account_skip_uid(tx, uid);
                if (r != 0)
                        return r;
        }
        return BO_ERR_UIDS_EXHAUSTED;
}

static int insert(struct op *op, struct tx *tx, struct user_create *call, struct account *account)
{
        char detail[160];
        struct audit_entry entry = {
                .event = "user-created",
                .actor_uid = op->actor_uid,
                .customer = call->customer,
                .detail = detail,
        };
        int r = find_uid(op, tx);

        if (r == 0)
                r = (account->invites_uid != 0 ? invitation_insert : account_insert)(
                        tx, account, op->settings->uid_first, op->settings->uid_last,
                        &account->uid);
        if (r == 0 && call->customer)
                r = member_set_roles(tx, account->uid, call->customer, call->roles, call->n_roles);
        if (r == 0 && call->restricted)
                r = member_restrict_checked(op, tx, account->uid, call->customer, call->locations,
                                            call->n_locations);
        if (r == 0)
                r = account_by_uid(op->store, account->uid, account);
        if (r == 0 && !account->is_api)
                r = link_issue(op, tx, account, call->link);
        if (r != 0)
                return r;
        entry.subject_uid = account->uid;
        snprintf(detail, sizeof(detail), "kind=%s verified=%s%s", account->is_api ? "api" : "adm",
                 account->verified ? "yes" : "no", call->initial ? " initial-password=yes" : "");
        r = audit_append(tx, &entry);
        return r == 0 && account->invites_uid != 0
                       ? invitation_record(op, tx, account, call->customer)
                       : r;
}

/*
 * A merchant's administrator creates persons by their mailbox, or lets bo name them. A chosen name
 * becomes a name of the system (a group as well), a home is made by root, a shell is run: these the
 * operator decides.
 */
static int check_reach(struct op *op, const struct user_create *call, const struct account *account)
{
        if (actor_is_operator(op))
                return 0;
        if (call->home || call->shell)
                return op_refuse(op, BO_ERR_NOT_ALLOWED,
                                 "Home and Shell are chosen by the operator.");
        if (!account->verified && !account->generated)
                return op_refuse(op, BO_ERR_NOT_ALLOWED,
                                 "A name that is no e-mail address is chosen by the operator.");
        /* One that is in use would be told from one that is not: nobody can invite a program. */
        if (account->is_api && !account->generated)
                return op_refuse(op, BO_ERR_NOT_ALLOWED,
                                 "The name of a program is chosen by the operator: leave Name out, "
                                 "and bo makes one.");
        return 0;
}

static int may_create(struct op *op, const struct user_create *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? authorise(op, &tx, ACCESS_CREATE_USER, NULL, call->customer) : r;
}

/* R86: known to an administrator, so it opens nothing but the way to one of the user's own. */
static int hash_initial(struct op *op, const struct user_create *call, struct account *account)
{
        char why[OP_MESSAGE_SIZE] = "";
        int r = call->initial ? may_create(op, call) : 0;

        if (!call->initial || r != 0)
                return r; /* nobody who may not create has something hashed */
        r = new_password_check(op, account, call->initial, NULL, why, sizeof(why));
        if (r > 0)
                return op_refuse(op, r, "%s", why);
        if (r == 0)
                r = password_hash(account->password_hash, call->initial, op->keys,
                                  &op->settings->cost);
        account->password_changed_usec = op->clock_usec;
        account->must_change = true;
        return r;
}

int op_user_create(struct op *op, struct user_create *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account = {0};
        int r = fill(op, call, &account);

        if (r == 0)
                r = hash_initial(op, call, &account);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = authorise(op, &tx, ACCESS_CREATE_USER, NULL, call->customer);
        if (r == 0)
                r = check_reach(op, call, &account);
        if (r == 0)
                r = check_membership(op, call);
        if (r == 0)
                r = check_room(op, call);
        if (r == 0)
                r = secondary_check_new(op, call, &account);
        if (r == 0)
                r = new_name_check(op, account.name);
        if (r == BO_ERR_NAME_TAKEN)
                r = invitation_due(op, &tx, call, &account);
        if (r == 0)
                r = role_groups_ensure(op, &tx, call->roles, call->n_roles);
        if (r == 0)
                r = insert(op, &tx, call, &account);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;

        call->uid = account.uid;
        memcpy(call->username, account.name, sizeof(call->username));
        op_publish(op);
        op_signal(op, OP_USER_ADDED, &account);
        op_note(op, LOG_INFO,
                &(struct log_event){.event = account.invites_uid != 0 ? "user-invited"
                                                                      : "user-created",
                                    .user = account.name,
                                    .customer = call->customer,
                                    .detail = account.is_api ? "api" : "adm"},
                "%s was %s with uid %u by uid %u.", account.name,
                account.invites_uid != 0 ? "invited" : "created", account.uid, op->actor_uid);
        return 0;
}

void user_create_clear(struct user_create *call)
{
        call->initial = secret_free(call->initial);
}
