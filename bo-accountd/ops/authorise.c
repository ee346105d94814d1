/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathers who the actor is and what he may see, and asks the one rule (R8 to R16). */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/permission.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#define ACTOR_GROUPS_MOST 256

/* Of a user of this host, or of bo, whom the daemon's NSS does not know (bo-accountd/nsswitch.h).
 */
static bool find_user(const struct op *op, uid_t uid, char name[NAME_MAX_BYTES + 1], gid_t *ret_gid)
{
        struct passwd passwd, *found = NULL;
        struct account account;
        char text[4096];

        *ret_gid = uid; /* of bo's: the private group */
        if (account_by_uid(op->store, uid, &account) == 0) {
                memcpy(name, account.name, sizeof(account.name));
                return true;
        }
        if (getpwuid_r(uid, &passwd, text, sizeof(text), &found) != 0 || !found ||
            strlen(passwd.pw_name) > NAME_MAX_BYTES)
                return false;
        strcpy(name, passwd.pw_name);
        *ret_gid = passwd.pw_gid;
        return true;
}

static bool uid_is_in(const struct op *op, uid_t uid, const char *name)
{
        struct group group, *wanted = NULL;
        char user[NAME_MAX_BYTES + 1], text[16384];
        gid_t gids[ACTOR_GROUPS_MOST], gid;
        int n = ACTOR_GROUPS_MOST;

        if (!find_user(op, uid, user, &gid))
                return false;
        if (getgrnam_r(name, &group, text, sizeof(text), &wanted) != 0 || !wanted)
                return false;
        if (getgrouplist(user, gid, gids, &n) < 0)
                return false;
        for (int i = 0; i < n; i++)
                if (gids[i] == group.gr_gid)
                        return true;
        return false;
}

static bool uid_is_operator(const struct op *op, uid_t uid)
{
        return uid == 0 || uid_is_in(op, uid, op->settings->operator_group);
}

/* Asked for several times in some operations, and by NSS, which may be slow: remembered. */
bool actor_is_operator(struct op *op)
{
        if (!op->operator_asked)
                op->operator_is = uid_is_operator(op, op->actor_uid);
        op->operator_asked = true;
        return op->operator_is;
}

/* By PermissionGroup=, for programs that ask about everybody and run nothing. */
bool actor_may_ask(struct op *op)
{
        const char *group = op->settings->permission_group;

        if (!op->asker_asked)
                op->asker_is =
                        actor_is_operator(op) || (group[0] && uid_is_in(op, op->actor_uid, group));
        op->asker_asked = true;
        return op->asker_is;
}

bool actor_is_in_group(const struct op *op, const char *group)
{
        return uid_is_in(op, op->actor_uid, group);
}

/* What the request is about. */
struct request_facts {
        const struct account *target;
        const char *customer, *permission;
};

/* What the actor holds in one customer. */
static void weigh_customer(const struct op *op, const struct standing *actor, const char *customer,
                           const char *permission, struct access_facts *facts)
{
        bool manages = standing_permits(op, actor, customer, "users.manage");

        if (!standing_has(actor, customer))
                return;
        facts->shares_customer = true;
        facts->may_manage |= manages;
        facts->may_view |= manages || standing_permits(op, actor, customer, "users.view");
        facts->permitted |= permission && standing_permits(op, actor, customer, permission);
}

/*
 * With a target only customers of the target count, and of those only @customer if it is given. Who
 * was there before and accepted invitations alone is no customer's: they have no say in his
 * identity.
 */
static void weigh_target(const struct op *op, const struct standing *actor,
                         const struct standing *target, const char *customer,
                         struct access_facts *facts)
{
        bool guest = true;

        facts->whole_target = true;
        for (size_t i = 0; i < target->n; i++) {
                const char *shared = target->rows[i].customer;

                guest &= member_came_invited(&target->rows[i]);
                facts->whole_target &= standing_permits(op, actor, shared, "users.manage");
                if (!customer || strcmp(customer, shared) == 0)
                        weigh_customer(op, actor, shared, NULL, facts);
        }
        facts->whole_target &= !guest; /* nor who is a member of none */
}

/* An actor who could not log in now has no say either, whatever his roles. */
static int weigh_actor(struct op *op, struct tx *tx, const struct request_facts *request,
                       struct access_facts *facts)
{
        const struct account *target = request->target;
        _cleanup_(standing_clear) struct standing actor = {0};
        _cleanup_(standing_clear) struct standing other = {0};
        struct account account;
        bool here = false;
        int r = account_by_uid(tx->store, op->actor_uid, &account);

        if (r == 0)
                r = acting_here(op, &account, &here);
        if (r == BO_ERR_NO_SUCH_USER)
                return 0;
        if (r == 0)
                r = standing_load(op, tx, &account, &actor);
        if (r == 0 && target)
                r = member_roles(tx->store, target->uid, &other.rows, &other.n);
        if (r != 0)
                return r;

        facts->actor_is_bo_user = true;
        facts->actor_is_api = account.is_api;
        facts->actor_is_active = actor.active && here; /* on a bound host his group as well */
        if (target)
                weigh_target(op, &actor, &other, request->customer, facts);
        else if (request->customer)
                weigh_customer(op, &actor, request->customer, request->permission, facts);
        return 0;
}

static int verdict(struct op *op, struct tx *tx, enum access_verb verb,
                   const struct request_facts *request)
{
        const struct account *target = request->target;
        bool asks = verb == ACCESS_ASK_PERMISSION;
        struct access_facts facts = {
                .actor_is_operator = actor_is_operator(op),
                .actor_is_target = target && target->uid == op->actor_uid,
                .actor_may_ask = asks && actor_may_ask(op),
                .target_exists = target ? target->uid != 0 : !asks,
                .target_is_api = target && target->is_api,
                .link_is_mailed = target && link_is_mailed(op, target),
        };
        int r;

        r = weigh_actor(op, tx, request, &facts);
        /* Of whom the actor does not see nothing more is asked: it would show in the time. */
        if (r == 0 && target && facts.shares_customer && !facts.actor_is_operator && !asks)
                facts.target_is_reserved =
                        target->deactivated_by_operator || uid_is_operator(op, target->uid);
        return r != 0 ? r : access_verdict(verb, &facts);
}

int authorise(struct op *op, struct tx *tx, enum access_verb verb, const struct account *target,
              const char *customer)
{
        return verdict(op, tx, verb,
                       &(struct request_facts){.target = target, .customer = customer});
}

int authorise_ask(struct op *op, struct tx *tx, const struct account *target, const char *customer)
{
        const struct access_facts about_himself = {
                .actor_is_bo_user = true,
                .actor_is_target = true,
                .target_exists = true,
        };

        /* Without a question to NSS: it is asked before each act of a program. */
        if (target && target->uid == op->actor_uid)
                return access_verdict(ACCESS_ASK_PERMISSION, &about_himself);
        return verdict(op, tx, ACCESS_ASK_PERMISSION,
                       &(struct request_facts){.target = target, .customer = customer});
}

int authorise_permission(struct op *op, struct tx *tx, const char *customer, const char *permission)
{
        return verdict(op, tx, ACCESS_BY_PERMISSION,
                       &(struct request_facts){.customer = customer, .permission = permission});
}

int op_begin_operate_read(struct op *op, struct tx *tx)
{
        int r = op_begin_read(op, tx);

        return r == 0 ? authorise(op, tx, ACCESS_OPERATE, NULL, NULL) : r;
}

int op_begin_operate_write(struct op *op, struct tx *tx)
{
        int r = op_begin_write(op, tx);

        return r == 0 ? authorise(op, tx, ACCESS_OPERATE, NULL, NULL) : r;
}

int op_may_operate(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};

        return op_begin_operate_read(op, &tx);
}
