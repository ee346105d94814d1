/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that the actor may know of one user (R10, R16). */
#include "bo-accountd/ops/user_view.h"
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/store/recovery.h"

#include <errno.h>
#include <string.h>

void user_view_clear(struct user_view *view)
{
        free(view->roles);
        free(view->customers);
        free(view->places);
        free(view->invitations);
        explicit_bzero(view, sizeof(*view));
}

static bool is_first_of_customer(const struct user_view *view, size_t i)
{
        return i == 0 || strcmp(view->roles[i].customer, view->roles[i - 1].customer) != 0;
}

int user_load_customers(struct op *op, struct user_view *view)
{
        view->customers = calloc(view->n_roles ? view->n_roles : 1, sizeof(*view->customers));
        if (!view->customers)
                return -ENOMEM;
        for (size_t i = 0; i < view->n_roles; i++) {
                int r;

                if (!is_first_of_customer(view, i))
                        continue;
                r = customer_load(op->store, view->roles[i].customer,
                                  &view->customers[view->n_customers]);
                if (r != 0)
                        return r;
                view->n_customers++;
        }
        return 0;
}

static bool is_self(const struct op *op, const struct user_view *view)
{
        return view->account.uid == op->actor_uid;
}

int user_hide_foreign(struct op *op, struct tx *tx, struct user_view *view, bool by_operator)
{
        bool all = by_operator || is_self(op, view), shown = true;
        char last[CUSTOMER_ID_SIZE] = "";
        size_t kept = 0;

        for (size_t i = 0; i < view->n_roles; i++) {
                const struct member_role *row = &view->roles[i];
                int r = 0;

                if (!all && strcmp(row->customer, last) != 0)
                        r = authorise(op, tx, ACCESS_READ_USER, &view->account, row->customer);
                if (r < 0)
                        return r;
                if (!all && strcmp(row->customer, last) != 0)
                        shown = r == 0;
                memcpy(last, row->customer, sizeof(last));
                if (shown && (!is_self(op, view) || row->active))
                        view->roles[kept++] = *row;
        }
        view->n_roles = kept;
        return 0;
}

/* As of the membership: who was a user before, and since when, is nobody's business. */
static void hide_past(struct user_view *view, const struct member_role *at)
{
        view->created_usec = at->created_usec;
        if (view->activated_usec != 0 && view->activated_usec < at->joined_usec)
                view->activated_usec = at->joined_usec;
        if (view->account.last_login_usec < at->joined_usec)
                view->account.last_login_usec = 0; /* as somebody else's user */
        if (view->key.created_usec != 0 && view->key.created_usec < at->joined_usec)
                view->key.created_usec = at->joined_usec;
        if (view->key.used_usec < at->joined_usec)
                view->key.used_usec = 0;
}

void user_judge(const struct op *op, struct user_view *view, const char *customer, bool by_operator)
{
        bool all = by_operator || is_self(op, view);
        const struct member_role *at = NULL;

        for (size_t i = 0; i < view->n_roles && (customer || !all); i++) {
                const struct member_role *row = &view->roles[i];

                if ((!customer || strcmp(row->customer, customer) == 0) &&
                    (!at || (at->disabled && !row->disabled)))
                        at = row;
        }
        view->created_usec = view->account.created_usec;
        view->activated_usec = view->account.activated_usec;
        if (at)
                account_state_at(&view->state, &view->account, at->disabled);
        if (at && !all)
                hide_past(view, at);
        user_reason(view, at, by_operator);
}

/* To be seen by who sees that customer of his. Who has not been activated acts for nobody, as an
 * invitation does. */
static int load_acting(struct op *op, struct user_view *view)
{
        char acting[CUSTOMER_ID_SIZE] = "";
        int r = view->account.activated_usec != 0 ? acting_customer(op, &view->account, acting) : 0;

        for (size_t i = 0; r == 0 && i < view->n_roles; i++)
                if (strcmp(view->roles[i].customer, acting) == 0)
                        memcpy(view->acting, acting, sizeof(view->acting));
        return r;
}

/* Where he may act, at the customers whose rows are shown. */
static int load_places(struct op *op, struct user_view *view)
{
        size_t kept = 0;
        int r = member_locations(op->store, view->account.uid, &view->places, &view->n_places);

        for (size_t i = 0; r == 0 && i < view->n_places; i++)
                for (size_t j = 0; j < view->n_customers; j++)
                        if (strcmp(view->places[i].customer, view->customers[j].id) == 0)
                                view->places[kept++] = view->places[i];
        view->n_places = kept;
        return r;
}

/* What is stored of the secret is nobody's. */
static int load_key(struct op *op, struct user_view *view)
{
        int r = api_key_of_user(op->store, view->account.uid, &view->key);

        explicit_bzero(view->key.hash, sizeof(view->key.hash));
        return r == BO_ERR_NO_SUCH_KEY ? 0 : r;
}

int op_user_view(struct op *op, uint32_t uid, struct user_view *ret_view)
{
        struct user_view *view = ret_view;
        _cleanup_(tx_end) struct tx tx = {0};
        bool by_operator = actor_is_operator(op);
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_READ_USER, uid, NULL, &view->account);
        if (r == 0)
                r = account_state(op, &tx, &view->account, &view->state);
        if (r == 0 && op->settings->recovery_codes)
                r = recovery_left(op->store, uid, &view->recovery_left);
        if (r == 0)
                r = load_key(op, view);
        if (r == 0)
                r = member_roles(op->store, uid, &view->roles, &view->n_roles);
        if (r == 0)
                r = user_hide_foreign(op, &tx, view, by_operator);
        if (r == 0)
                r = load_acting(op, view);
        if (r != 0)
                return r;
        user_judge(op, view, NULL, by_operator);
        if (is_self(op, view))
                r = invitation_offers(&tx, &view->account, 0, &view->invitations,
                                      &view->n_invitations);
        if (r == 0)
                r = user_load_customers(op, view);
        return r == 0 ? load_places(op, view) : r;
}
