/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Roles of a user in one customer (R9, R11, R13, R20). */
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/member.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/secondary.h"
#include "bo-accountd/store/group.h"

#include <string.h>

static int check(struct op *op, const struct user_roles *call)
{
        struct customer customer;
        int r = customer_load(op->store, call->customer, &customer);

        if (r == BO_ERR_NO_SUCH_CUSTOMER)
                return op_refuse(op, r, "There is no customer \"%.64s\".", call->customer);
        for (size_t i = 0; r == 0 && i < call->n_roles; i++)
                if (!settings_role(op->settings, call->roles[i]))
                        r = op_refuse(op, BO_ERR_NO_SUCH_ROLE, "There is no role \"%.64s\".",
                                      call->roles[i]);
        return r;
}

int role_groups_ensure(struct op *op, struct tx *tx, const char *const *roles, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                char name[GROUP_NAME_SIZE];
                uint32_t gid;
                int r;

                snprintf(name, sizeof(name), "bo-%s", roles[i]);
                r = group_ensure(tx, name, op->settings->gid_first, op->settings->gid_last, &gid);
                if (r != 0)
                        return r;
        }
        return 0;
}

/* The operator makes a user of another customer a member at once: who was invited has his answer.
 */
static int join(struct op *op, struct tx *tx, const struct account *account, const char *customer)
{
        struct membership membership;
        int r = membership_find(op, account->uid, customer, &membership);

        if (r != BO_ERR_NO_SUCH_CUSTOMER)
                return r;
        if (account->invites_uid != 0)
                return op_refuse(op, BO_ERR_WRONG_STATE, "An invitation is by one customer alone.");
        r = member_may_join(op, tx, account);
        return r == 0 ? invitation_close_of(tx, account, customer) : r;
}

static void list_roles(char *out, size_t size, const struct user_roles *call)
{
        out[0] = '\0';
        for (size_t i = 0; i < call->n_roles; i++) {
                size_t used = strlen(out);

                snprintf(out + used, size - used, "%s%s", i ? "," : "", call->roles[i]);
        }
}

static int record(struct op *op, struct tx *tx, const struct user_roles *call)
{
        char detail[256] = "roles=";
        size_t used = strlen(detail);
        const struct audit_entry entry = {
                .event = "roles-changed",
                .actor_uid = op->actor_uid,
                .subject_uid = call->uid,
                .customer = call->customer,
                .detail = detail,
        };

        list_roles(detail + used, sizeof(detail) - used, call);
        return audit_append(tx, &entry);
}

static void tell(struct op *op, const struct user_roles *call, const struct account *account)
{
        char roles[64];

        list_roles(roles, sizeof(roles), call);
        op_signal(op, OP_USER_CHANGED, account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "roles-changed",
                                    .user = account->name,
                                    .customer = call->customer,
                                    .detail = roles},
                "The roles of %s at %s were changed by uid %u: %s.", account->name, call->customer,
                op->actor_uid, roles[0] ? roles : "none");
}

int op_user_set_roles(struct op *op, struct user_roles *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER, call->uid, call->customer, &account);
        if (r == 0)
                r = check(op, call);
        if (r == 0)
                r = secondary_check_roles(op, &account, call);
        if (r == 0)
                r = join(op, &tx, &account, call->customer);
        if (r == 0)
                r = member_roles_fit(op, call->uid, call->customer, call->roles, call->n_roles);
        if (r == 0)
                r = role_groups_ensure(op, &tx, call->roles, call->n_roles);
        if (r == 0)
                r = member_set_roles(&tx, call->uid, call->customer, call->roles, call->n_roles);
        if (r == 0)
                r = record(op, &tx, call);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_publish(op);
        tell(op, call, &account);
        return 0;
}
