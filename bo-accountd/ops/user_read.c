/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds, shows and lists users; what the actor may not see does not exist for him (R10, R15, R16).
 */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/store/recovery.h"
#include "common/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* Whoever may ask for nobody at all learns no more of a user who does not exist than of one who
 * does. */
static int no_such_user(struct op *op, struct tx *tx)
{
        int r = authorise(op, tx, ACCESS_READ_SHARED, NULL, NULL);

        return r != 0 ? r : BO_ERR_NO_SUCH_USER;
}

int op_target(struct op *op, struct tx *tx, enum access_verb verb, uint32_t uid,
              const char *customer, struct account *ret_account)
{
        int r = account_by_uid(tx->store, uid, ret_account);

        if (r == BO_ERR_NO_SUCH_USER)
                return no_such_user(op, tx);
        return r != 0 ? r : authorise(op, tx, verb, ret_account, customer);
}

int op_authorised(struct op *op, enum access_verb verb, uint32_t uid, struct account *ret_account)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? op_target(op, &tx, verb, uid, NULL, ret_account) : r;
}

/* By this name the actor may see an invitation alone: to him it is a user as any other (R49). */
static int find_invitation(struct op *op, struct tx *tx, const char *name,
                           struct account *ret_account)
{
        uint32_t uid = 0;
        int r = invitation_seen_by(tx->store, name, op->actor_uid, &uid);

        if (r == 0 && uid != 0)
                r = account_by_uid(tx->store, uid, ret_account);
        return r == 0 && uid == 0 ? BO_ERR_NO_SUCH_USER : r;
}

static int find_by_name(struct op *op, struct tx *tx, const char *name, struct account *ret_account)
{
        int r = account_by_name(tx->store, name, ret_account);

        if (r == 0)
                r = authorise(op, tx, ACCESS_READ_USER, ret_account, NULL);
        if (r != BO_ERR_NO_SUCH_USER)
                return r;
        r = find_invitation(op, tx, name, ret_account);
        return r == 0 ? authorise(op, tx, ACCESS_READ_USER, ret_account, NULL) : r;
}

int user_readable(struct op *op, struct tx *tx, struct user_find *call)
{
        char folded[NAME_MAX_BYTES + 1];
        struct account account;
        int r = call->name ? name_fold(folded, call->name) : 0;

        if (r < 0)
                return no_such_user(op, tx);
        if (call->name)
                r = find_by_name(op, tx, folded, &account);
        else
                r = account_by_uid(op->store, call->uid, &account);
        if (r == 0 && !call->name)
                r = authorise(op, tx, ACCESS_READ_USER, &account, NULL);
        if (r == BO_ERR_NO_SUCH_USER)
                r = no_such_user(op, tx);
        if (r == 0)
                call->uid = account.uid;
        return r;
}

int op_user_find(struct op *op, struct user_find *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? user_readable(op, &tx, call) : r;
}

void user_view_clear(struct user_view *view)
{
        free(view->roles);
        free(view->customers);
        free(view->places);
        free(view->invitations);
        explicit_bzero(view, sizeof(*view));
}

static void time_text(char *out, size_t size, uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;

        if (!localtime_r(&seconds, &parts) || strftime(out, size, "%Y-%m-%d %H:%M", &parts) == 0)
                out[0] = '\0';
}

/* Why he is deactivated: by the operator, or by whoever did it at the customer in question. */
static const char *deactivated_reason(const struct user_view *view, const struct member_role *at)
{
        const struct account *account = &view->account;

        if (account->deactivated_usec != 0 || !at)
                return account->deactivated_reason;
        return at->disabled_reason;
}

/* That it is an invitation is the operator's to know. */
static void not_activated_reason(struct user_view *view, bool by_operator)
{
        const struct account *account = &view->account;

        if (!by_operator || account->invites_uid == 0)
                snprintf(view->reason, sizeof(view->reason),
                         "the activation token has not been used yet");
        else if (account->invites_uid == account->uid)
                snprintf(view->reason, sizeof(view->reason),
                         "an invitation that nobody can accept: the address is dead");
        else
                snprintf(view->reason, sizeof(view->reason),
                         "an invitation that uid %u has not accepted yet", account->invites_uid);
}

static void reason_text(struct user_view *view, const struct member_role *at, bool by_operator)
{
        char when[32];

        switch (view->state.status) {
        case STATUS_DEACTIVATED:
                snprintf(view->reason, sizeof(view->reason), "%s", deactivated_reason(view, at));
                break;
        case STATUS_ACTIVATION_SENT:
                not_activated_reason(view, by_operator);
                break;
        case STATUS_LOCKED_INACTIVITY:
                snprintf(view->reason, sizeof(view->reason),
                         "not used for too long; a reset link from an administrator opens it");
                break;
        case STATUS_LOCKED_ATTEMPTS:
                time_text(when, sizeof(when), view->state.locked_until_usec);
                snprintf(view->reason, sizeof(view->reason), "too many failed attempts; opens %s",
                         when);
                break;
        case STATUS_PASSWORD_EXPIRED:
                snprintf(view->reason, sizeof(view->reason),
                         "the next login demands a new password");
                break;
        case STATUS_ACTIVE:
                view->reason[0] = '\0';
                break;
        }
}

static bool is_first_of_customer(const struct user_view *view, size_t i)
{
        return i == 0 || strcmp(view->roles[i].customer, view->roles[i - 1].customer) != 0;
}

static int load_customers(struct op *op, struct user_view *view)
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

/*
 * What somebody else may see of a user's memberships are those that he has a right to see; the
 * operator sees all, the user himself those that he has (R10).
 */
static int hide_foreign(struct op *op, struct tx *tx, struct user_view *view, bool by_operator)
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
}

/*
 * The status at the one customer that is asked for; without one that at the customers whose members
 * the actor may see, of which an active one counts; to himself and the operator, that of the
 * identity (R18).
 */
static void judge(const struct op *op, struct user_view *view, const char *customer,
                  bool by_operator)
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
        reason_text(view, at, by_operator);
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
                r = member_roles(op->store, uid, &view->roles, &view->n_roles);
        if (r == 0)
                r = hide_foreign(op, &tx, view, by_operator);
        if (r == 0)
                r = load_acting(op, view);
        if (r != 0)
                return r;
        judge(op, view, NULL, by_operator);
        if (is_self(op, view))
                r = invitation_offers(&tx, &view->account, 0, &view->invitations,
                                      &view->n_invitations);
        if (r == 0)
                r = load_customers(op, view);
        return r == 0 ? load_places(op, view) : r;
}

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
        judge(op, view, call->customer, listing->by_operator);
        *ret_wanted = call->status < 0 || (int)view->state.status == call->status;
        if (*ret_wanted)
                r = hide_foreign(op, listing->tx, view, listing->by_operator);
        return r == 0 && *ret_wanted ? load_customers(op, view) : r;
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

/*
 * At a customer, what stands for an invitation looks like the address that it is for, of which
 * there is one at most: the cursor tells the address, and goes on behind whatever begins with it
 * (R49).
 */
static void list_begin(const struct user_list *call, char after[NAME_MAX_BYTES + 2])
{
        bool behind = call->customer && !call->descending && call->after && call->after[0];

        (void)snprintf(after, NAME_MAX_BYTES + 2, "%s%s", call->after ? call->after : "",
                       behind ? "!" : ""); /* below all that names are made of; checked when used */
}

int op_user_list(struct op *op, struct user_list *call)
{
        char after[NAME_MAX_BYTES + 2];
        _cleanup_(tx_end) struct tx tx = {0};
        struct listing listing = {
                .op = op, .tx = &tx, .call = call, .by_operator = actor_is_operator(op)};
        const struct account_filter filter = {
                .customer = call->customer,
                .role = call->role,
                .search = call->search,
                .kind = call->kind,
                .descending = call->descending,
                .after = after,
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
        list_begin(call, after);
        r = account_list(op->store, &filter, list_row, &listing, call->next);
        if (r == 0 && call->customer)
                call->next[strcspn(call->next, " ")] = '\0';
        return r;
}

void user_list_clear(struct user_list *call)
{
        for (size_t i = 0; i < call->n; i++)
                user_view_clear(&call->users[i]);
        free(call->users);
}
