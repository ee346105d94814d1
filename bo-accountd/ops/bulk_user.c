/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users as rows, read from the store; parsed and put elsewhere. */
#include "bo-accountd/ops/bulk_user.h"
#include "bo-accountd/ops/bulk_nss.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void bulk_user_clear(struct bulk_user *user)
{
        bulk_members_clear(&user->members);
        free(user->former);
        free(user->former_text);
}

/* All but the last two, in the order of bulk_user_fields. */
static void print_account(FILE *stream, const struct account *account)
{
        char uid[16] = "";

        if (account->uid)
                snprintf(uid, sizeof(uid), "%u", account->uid);
        bulk_cell(stream, account->name);
        bulk_cell(stream, account->is_api ? "api" : "adm");
        bulk_cell(stream, account->generated ? "yes" : "no");
        bulk_cell(stream, account->full_name);
        bulk_cell(stream, uid);
        bulk_cell(stream, account->home);
        bulk_cell(stream, account->shell);
        bulk_cell(stream, account->deactivated_usec ? "yes" : "no");
        bulk_cell(stream, account->deactivated_reason);
}

static void print(FILE *stream, const struct bulk_user *user)
{
        print_account(stream, &user->account);
        bulk_members_print(stream, &user->members);
        for (size_t i = 0; i < user->n_former; i++)
                (void)fprintf(stream, "%s%s", i ? " " : "", user->former[i]);
        bulk_cell(stream, "");
}

struct former {
        FILE *stream;
        bool begun;
};

static int print_former(void *userdata, const char *name)
{
        struct former *former = userdata;

        /* Of memory, as bulk_cell() */
        (void)fprintf(former->stream, "%s%s", former->begun ? " " : "", name);
        former->begun = true;
        return 0;
}

static int print_stored(struct op *op, FILE *stream, const struct account *account,
                        const char *customer)
{
        int r;

        print_account(stream, account);
        r = bulk_members_print_stored(op, stream, account->uid, customer);
        if (r == 0 && !customer)
                r = account_former_names(op->store, account->uid, print_former,
                                         &(struct former){.stream = stream});
        bulk_cell(stream, "");
        return r;
}

int bulk_user_compare(struct op *op, struct bulk_row *row, const struct account *account,
                      const struct bulk_user *wanted)
{
        _cleanup_(bulk_cells_clear) struct bulk_cells there = {0}, wants = {0};
        int r = bulk_cells_begin(&there);

        if (r == 0)
                r = bulk_cells_begin(&wants);
        if (r == 0)
                r = print_stored(op, there.stream, account, NULL);
        if (r != 0)
                return r;
        print(wants.stream, wanted);
        r = bulk_cells_end(&there);
        if (r == 0)
                r = bulk_cells_end(&wants);
        return r == 0 ? bulk_compare(op, row, &there, &wants) : r;
}

struct reading {
        struct account *accounts;
        size_t n;
};

static int read_one(void *userdata, const struct account *account)
{
        struct reading *reading = userdata;

        if (account->invites_uid == 0) /* what only stands for an invitation is nobody */
                reading->accounts[reading->n++] = *account;
        return 0;
}

static bool read_uid(const char *text, uint32_t *ret_uid)
{
        char *rest;
        unsigned long uid = strtoul(text, &rest, 10);

        *ret_uid = (uint32_t)uid;
        return text[0] >= '1' && text[0] <= '9' && !*rest && strlen(text) <= 10 &&
               uid <= UINT32_MAX;
}

static int read_accounts(struct op *op, struct bulk_export *call, struct reading *reading)
{
        struct account_filter filter = {.customer = call->customer,
                                        .kind = -1,
                                        .after = call->cursor,
                                        .limit = call->limit};
        uint32_t after = 0;
        int r;

        if (call->customer)
                return account_list(op->store, &filter, read_one, reading, call->next);
        if (call->cursor[0] && !read_uid(call->cursor, &after))
                return BO_ERR_BAD_CURSOR;
        r = account_walk(op->store, after, call->limit, read_one, reading);

        if (r == 0 && reading->n == call->limit)
                snprintf(call->next, sizeof(call->next), "%u",
                         reading->accounts[reading->n - 1].uid);
        return r;
}

static int read_page(struct op *op, struct bulk_export *call)
{
        _cleanup_(freep) struct account *accounts = calloc(call->limit, sizeof(*accounts));
        struct reading reading = {.accounts = accounts};
        int r = accounts ? read_accounts(op, call, &reading) : -ENOMEM;

        for (; r == 0 && call->n_rows < reading.n; call->n_rows++) {
                /* One of a customer's is short: the page is never full of them. */
                if (call->n_rows > 0 && !call->customer && bulk_page_is_full(call)) {
                        snprintf(call->next, sizeof(call->next), "%u",
                                 accounts[call->n_rows - 1].uid);
                        break;
                }
                r = print_stored(op, call->stream, &accounts[call->n_rows], call->customer);
        }
        return r;
}

static const char *const fields[] = {
        [BULK_USER_NAME] = "name",
        [BULK_USER_KIND] = "kind",
        [BULK_USER_GENERATED] = "generated",
        [BULK_USER_FULL_NAME] = "full_name",
        [BULK_USER_UID] = "uid",
        [BULK_USER_HOME] = "home",
        [BULK_USER_SHELL] = "shell",
        [BULK_USER_DISABLED] = "disabled",
        [BULK_USER_DISABLED_REASON] = "disabled_reason",
        [BULK_USER_MEMBERSHIPS] = "memberships",
        [BULK_USER_FORMER_NAMES] = "former_names",
};

const struct bulk_kind bulk_users = {
        .name = "users",
        .fields = fields,
        .n_fields = ELEMENTS(fields),
        .read = read_page,
        .put = bulk_user_put,
        .finish = bulk_user_finish,
        .shown_by_nss = true,
        .foresee = bulk_nss_foresee,
        .ask = bulk_nss_ask,
        .forget = bulk_nss_forget,
};
