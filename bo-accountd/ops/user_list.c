/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists users, a page at a time (R15). */
#include "bo-accountd/ops/user_view.h"

#include <errno.h>

struct listing {
        struct op *op;
        struct tx *tx;
        struct user_list *call;
        bool by_operator;
        uint32_t looked_at;
};

/* Status is derived, so it is judged here; the page ends early rather than look at many. */
static int list_view(struct listing *listing, struct user_view *view, bool *ret_wanted)
{
        const struct user_list *call = listing->call;
        struct op *op = listing->op;
        int r = account_state(op, listing->tx, &view->account, &view->state);

        if (r == 0)
                r = member_roles(op->store, view->account.uid, &view->roles, &view->n_roles);
        if (r != 0)
                return r;
        user_judge(op, view, call->customer, listing->by_operator);
        *ret_wanted = call->status < 0 || (int)view->state.status == call->status;
        if (*ret_wanted)
                r = user_hide_foreign(op, listing->tx, view, listing->by_operator);
        return r == 0 && *ret_wanted ? user_load_customers(op, view) : r;
}

static int list_row(void *userdata, const struct account *account)
{
        struct listing *listing = userdata;
        struct user_list *call = listing->call;
        struct user_view view = {.account = *account};
        bool wanted = false;
        int r;

        listing->looked_at++;
        r = list_view(listing, &view, &wanted);
        if (r == 0 && wanted)
                call->users[call->n++] = view;
        else
                user_view_clear(&view);
        if (r != 0)
                return r;
        return call->n == call->limit || listing->looked_at == ACCOUNT_LOOKS_MOST;
}

static int list_check(struct op *op, struct tx *tx, const struct user_list *call)
{
        struct customer customer;
        int r = authorise(op, tx, ACCESS_LIST_USERS, NULL, call->customer);

        if (r == 0 && call->customer)
                r = customer_load(op->store, call->customer, &customer);
        if (r == 0 && call->role && !settings_role(op->settings, call->role))
                r = op_refuse(op, BO_ERR_NO_SUCH_ROLE, "There is no role \"%.64s\".", call->role);
        return r;
}

int op_user_list(struct op *op, struct user_list *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct listing listing = {
                .op = op, .tx = &tx, .call = call, .by_operator = actor_is_operator(op)};
        const struct account_filter filter = {
                .customer = call->customer,
                .role = call->role,
                .search = call->search,
                .kind = call->kind,
                .descending = call->descending,
                .after = call->after,
                .limit = call->status < 0 ? call->limit : ACCOUNT_LOOKS_MOST,
        };
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = list_check(op, &tx, call);
        if (r != 0)
                return r;
        call->users = calloc(call->limit, sizeof(*call->users));
        if (!call->users)
                return -ENOMEM;
        return account_list(op->store, &filter, list_row, &listing, call->next);
}

void user_list_clear(struct user_list *call)
{
        for (size_t i = 0; i < call->n; i++)
                user_view_clear(&call->users[i]);
        free(call->users);
}
