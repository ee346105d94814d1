/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users as rows, read from the store; parsed and put elsewhere. */
#include "bo-accountd/ops/bulk_user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void bulk_user_free(struct bulk_user *user)
{
        if (!user)
                return;
        bulk_members_clear(&user->members);
        free(user->former_text);
        free(user);
}

void bulk_user_freep(struct bulk_user **user)
{
        bulk_user_free(*user);
}

static int add_former(void *userdata, const char *name)
{
        struct bulk_user *user = userdata;
        char *copy;

        if (user->n_former == BULK_FORMER_MOST)
                return -E2BIG;
        if (asprintf(&copy, "%s%s%s", user->former_text ? user->former_text : "",
                     user->former_text ? " " : "", name) < 0)
                return -ENOMEM;
        free(user->former_text);
        user->former_text = copy;
        user->n_former++;
        return 0;
}

static void print_former(FILE *stream, const struct bulk_user *user)
{
        if (user->former[0])
                for (size_t i = 0; i < user->n_former; i++)
                        (void)fprintf(stream, "%s%s", i ? " " : "", user->former[i]);
        else if (user->former_text)
                (void)fputs(user->former_text, stream);
        bulk_cell(stream, "");
}

/* In the order of bulk_user_fields. */
static void print(FILE *stream, const struct bulk_user *user)
{
        const struct account *account = &user->account;
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
        bulk_members_print(stream, &user->members);
        print_former(stream, user);
}

static int load(struct op *op, const struct account *account, const char *customer,
                struct bulk_user *user)
{
        int r;

        user->account = *account;
        r = bulk_members_load(op, account->uid, customer, &user->members);
        return r == 0 && !customer ? account_former_names(op->store, account->uid, add_former, user)
                                   : r;
}

int bulk_user_compare(struct op *op, struct bulk_row *row, const struct account *account,
                      const struct bulk_user *wanted)
{
        _cleanup_(bulk_user_freep) struct bulk_user *is = calloc(1, sizeof(*is));
        _cleanup_(bulk_cells_clear) struct bulk_cells there = {0}, wants = {0};
        int r = is ? load(op, account, NULL, is) : -ENOMEM;

        if (r == 0)
                r = bulk_cells_begin(&there);
        if (r == 0)
                r = bulk_cells_begin(&wants);
        if (r != 0)
                return r;
        print(there.stream, is);
        print(wants.stream, wanted);
        r = bulk_cells_end(&there);
        if (r == 0)
                r = bulk_cells_end(&wants);
        return r == 0 ? bulk_compare(op, row, &there, &wants) : r;
}

struct reading {
        struct account *accounts;
        size_t n;
        char next[NAME_MAX_BYTES + 1];
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
        _cleanup_(bulk_user_freep) struct bulk_user *user = calloc(1, sizeof(*user));
        struct reading reading = {.accounts = accounts};
        int r = accounts && user ? read_accounts(op, call, &reading) : -ENOMEM;

        for (size_t i = 0; r == 0 && i < reading.n; i++) {
                r = load(op, &accounts[i], call->customer, user);
                if (r == 0)
                        print(call->stream, user);
                bulk_members_clear(&user->members);
                free(TAKE_PTR(user->former_text));
                user->n_former = 0;
        }
        call->n_rows = reading.n;
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
};
