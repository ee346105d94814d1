/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creates a user: name and uid are checked against every source of the system first (R17, R21,
 * R43). */
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/new_password.h"
#include "bo-accountd/ops/secondary.h"
#include "bo-accountd/ops/user_new.h"

#include <string.h>

/* R17: no uid is used twice, so one customer must not be able to use them up for all. */
static int check_room(struct op *op, const struct user_create *call)
{
        uint32_t most = op->settings->customer_users_max, n = 0;
        int r;

        if (actor_is_operator(op) || !call->member.customer)
                return 0;
        r = customer_members(op->store, call->member.customer, most, &n);
        return r == 0 && n >= most
                       ? op_refuse(op, BO_ERR_UIDS_EXHAUSTED,
                                   "The customer has %u users, as many as its own administrators "
                                   "may create; the operator can create more (CustomerUsersMax=).",
                                   n)
                       : r;
}

static int knows_id(void *userdata, uint32_t uid)
{
        (void)userdata; /* there is nothing to know but what NSS says */
        return nss_knows_id(uid);
}

static int insert(struct op *op, struct tx *tx, struct user_create *call, struct account *account)
{
        const struct settings *settings = op->settings;
        const char *customer = call->member.customer;
        int r = user_new_find_uid(op, tx, knows_id, NULL);

        if (r == 0)
                r = (account->invites_uid != 0 ? invitation_insert : account_insert)(
                        tx, account, settings->uid_first, settings->uid_last, &account->uid);
        if (r == 0 && customer)
                r = user_new_join(op, tx, account->uid, &call->member);
        if (r == 0)
                r = account_by_uid(op->store, account->uid, account);
        if (r == 0 && !account->is_api)
                r = link_issue(op, tx, account, call->link);
        if (r == 0)
                r = user_new_record(op, tx, account, customer,
                                    call->initial ? " initial-password=yes" : "");
        return r == 0 && account->invites_uid != 0 ? invitation_record(op, tx, account, customer)
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

        return r == 0 ? authorise(op, &tx, ACCESS_CREATE_USER, NULL, call->member.customer) : r;
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
        int r = user_new_fill(op, call, &account);

        if (r == 0)
                r = hash_initial(op, call, &account);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = authorise(op, &tx, ACCESS_CREATE_USER, NULL, call->member.customer);
        if (r == 0)
                r = check_reach(op, call, &account);
        if (r == 0)
                r = user_new_check_member(op, &call->member);
        if (r == 0)
                r = check_room(op, call);
        if (r == 0)
                r = secondary_check_new(op, &call->member, &account, call->initial != NULL);
        if (r == 0)
                r = new_name_check(op, account.name);
        if (r == BO_ERR_NAME_TAKEN)
                r = invitation_due(op, &tx, call, &account);
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
                                    .customer = call->member.customer,
                                    .detail = account.is_api ? "api" : "adm"},
                "%s was %s with uid %u by uid %u.", account.name,
                account.invites_uid != 0 ? "invited" : "created", account.uid, op->actor_uid);
        return 0;
}

void user_create_clear(struct user_create *call)
{
        call->initial = secret_free(call->initial);
}
