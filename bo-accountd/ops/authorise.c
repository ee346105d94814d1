/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathers who the actor is and what he may see, and asks the one rule (R8 to R16). */
#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/customer.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#define ACTOR_GROUPS_MOST 256

static bool uid_is_operator(const struct op *op, uid_t uid)
{
        struct passwd passwd, *found = NULL;
        struct group group, *operators = NULL;
        char passwd_text[4096], group_text[16384];
        gid_t gids[ACTOR_GROUPS_MOST];
        int n = ACTOR_GROUPS_MOST;

        if (uid == 0)
                return true;
        if (getpwuid_r(uid, &passwd, passwd_text, sizeof(passwd_text), &found) != 0 || !found)
                return false;
        if (getgrnam_r(op->settings->operator_group, &group, group_text, sizeof(group_text),
                       &operators) != 0 ||
            !operators)
                return false;
        if (getgrouplist(passwd.pw_name, passwd.pw_gid, gids, &n) < 0)
                return false;
        for (int i = 0; i < n; i++)
                if (gids[i] == group.gr_gid)
                        return true;
        return false;
}

bool actor_is_operator(const struct op *op)
{
        return uid_is_operator(op, op->actor_uid);
}

struct standing {
        struct member_role *rows;
        size_t n;
};

static void standing_clear(struct standing *standing)
{
        free(standing->rows);
}

static bool standing_grants(const struct op *op, const struct standing *actor, const char *customer,
                            const char *permission)
{
        for (size_t i = 0; i < actor->n; i++) {
                const struct role *role = settings_role(op->settings, actor->rows[i].role);

                if (role && actor->rows[i].active &&
                    strcmp(actor->rows[i].customer, customer) == 0 && role_grants(role, permission))
                        return true;
        }
        return false;
}

static bool standing_has(const struct standing *standing, const char *customer)
{
        for (size_t i = 0; i < standing->n; i++)
                if (standing->rows[i].active && strcmp(standing->rows[i].customer, customer) == 0)
                        return true;
        return false;
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
        bool manages = standing_grants(op, actor, customer, "users.manage");

        if (!standing_has(actor, customer))
                return;
        facts->shares_customer = true;
        facts->may_manage |= manages;
        facts->may_view |= manages || standing_grants(op, actor, customer, "users.view");
        facts->permitted |= permission && standing_grants(op, actor, customer, permission);
}

/* With a target only customers of the target count, and of those only @customer if it is given. */
static void weigh_target(const struct op *op, const struct standing *actor,
                         const struct standing *target, const char *customer,
                         struct access_facts *facts)
{
        facts->whole_target = target->n > 0;
        for (size_t i = 0; i < target->n; i++) {
                const char *shared = target->rows[i].customer;

                facts->whole_target &= standing_grants(op, actor, shared, "users.manage");
                if (!customer || strcmp(customer, shared) == 0)
                        weigh_customer(op, actor, shared, NULL, facts);
        }
}

/* An actor who could not log in now has no say either, whatever his roles. */
static int weigh_actor(struct op *op, struct tx *tx, const struct request_facts *request,
                       struct access_facts *facts)
{
        const struct account *target = request->target;
        _cleanup_(standing_clear) struct standing actor = {0};
        _cleanup_(standing_clear) struct standing other = {0};
        struct account_state state;
        struct account account;
        int r = account_by_uid(tx->store, op->actor_uid, &account);

        if (r == BO_ERR_NO_SUCH_USER)
                return 0;
        if (r == 0)
                r = account_state(op, tx, &account, &state);
        if (r == 0)
                r = member_roles(tx->store, op->actor_uid, &actor.rows, &actor.n);
        if (r == 0 && target)
                r = member_roles(tx->store, target->uid, &other.rows, &other.n);
        if (r != 0)
                return r;

        facts->actor_is_bo_user = true;
        facts->actor_is_api = account.is_api;
        facts->actor_is_active =
                !state.facts.deactivated && state.facts.activated && !state.facts.idle;
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
        struct access_facts facts = {
                .actor_is_operator = actor_is_operator(op),
                .actor_is_target = target && target->uid == op->actor_uid,
                .target_exists = true,
                .target_is_api = target && target->is_api,
        };
        int r;

        if (target && !facts.actor_is_operator)
                facts.target_is_reserved =
                        target->deactivated_by_operator || uid_is_operator(op, target->uid);
        r = weigh_actor(op, tx, request, &facts);

        return r != 0 ? r : access_verdict(verb, &facts);
}

int authorise(struct op *op, struct tx *tx, enum access_verb verb, const struct account *target,
              const char *customer)
{
        return verdict(op, tx, verb,
                       &(struct request_facts){.target = target, .customer = customer});
}

int authorise_permission(struct op *op, struct tx *tx, const char *customer, const char *permission)
{
        return verdict(op, tx, ACCESS_BY_PERMISSION,
                       &(struct request_facts){.customer = customer, .permission = permission});
}
