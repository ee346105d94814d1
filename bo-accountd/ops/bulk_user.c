/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users as rows: read from the store, and put into it by the rules of new users. */
#include "bo-accountd/ops/bulk_user.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/secondary.h"
#include "bo-accountd/ops/user_new.h"
#include "bo-accountd/policy/mailbox.h"
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/uid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a row says of a user, or the store. */
struct bulk_user {
        struct account account;
        bool uid_given;
        struct bulk_members members;
        char *former_text, *former[BULK_FORMER_MOST];
        size_t n_former;
};

static void bulk_user_free(struct bulk_user *user)
{
        if (!user)
                return;
        bulk_members_clear(&user->members);
        free(user->former_text);
        free(user);
}

static void bulk_user_freep(struct bulk_user **user)
{
        bulk_user_free(*user);
}

static int parse_kind(struct op *op, struct bulk_row *row, bool *ret_api)
{
        const char *kind = bulk_text(row, BULK_USER_KIND);

        *ret_api = strcmp(kind, "api") == 0;
        return *ret_api || !kind[0] || strcmp(kind, "adm") == 0
                       ? 0
                       : op_refuse(op, BO_ERR_BAD_VALUE, "\"adm\" or \"api\", not \"%.32s\".",
                                   kind);
}

/* R17: bo's own range alone. */
static int parse_uid(struct op *op, struct bulk_row *row, struct bulk_user *user)
{
        const struct settings *settings = op->settings;
        const char *text = bulk_text(row, BULK_USER_UID);
        unsigned long long uid;
        char *rest;

        if (!text[0]) {
                row->text[BULK_USER_UID] = NULL; /* bo decides */
                return 0;
        }
        uid = strtoull(text, &rest, 10);
        if (text[0] < '1' || text[0] > '9' || *rest || strlen(text) > 10 ||
            uid < settings->uid_first || uid > settings->uid_last)
                return op_refuse(op, BO_ERR_BAD_VALUE, "a number of UidRange=%u-%u, not \"%.16s\".",
                                 settings->uid_first, settings->uid_last, text);
        user->account.uid = (uint32_t)uid;
        user->uid_given = true;
        return 0;
}

static int parse_disabled(struct op *op, struct bulk_row *row, struct account *account)
{
        const char *reason;
        bool disabled = false;
        int r = bulk_bool(op, row, BULK_USER_DISABLED, &disabled);

        if (r != 0)
                return r;
        account->deactivated_usec = disabled;
        account->deactivated_by_operator = disabled;
        reason = bulk_text(row, BULK_USER_DISABLED_REASON);
        if (reason[0] && !disabled)
                return op_refuse(op, BO_ERR_BAD_VALUE, "goes with disabled=yes alone.");
        if (reason[0] && !name_is_gecos(reason))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "at most 128 bytes, no ':' ',' or control character.");
        snprintf(account->deactivated_reason, sizeof(account->deactivated_reason), "%s", reason);
        return 0;
}

static int compare_names(const void *a, const void *b)
{
        char *const *one = a, *const *two = b;

        return strcmp(*one, *two);
}

static int parse_former(struct op *op, struct bulk_row *row, struct bulk_user *user)
{
        char folded[NAME_MAX_BYTES + 1];
        int r;

        user->former_text = strdup(bulk_text(row, BULK_USER_FORMER_NAMES));
        if (!user->former_text)
                return -ENOMEM;
        r = bulk_words(op, user->former_text, user->former, BULK_FORMER_MOST, &user->n_former);
        for (size_t i = 0; r == 0 && i < user->n_former; i++) {
                if (name_fold(folded, user->former[i]) < 0)
                        return op_refuse(op, BO_ERR_BAD_NAME, "\"%.64s\" cannot be a name.",
                                         user->former[i]);
                strcpy(user->former[i], folded); /* as long: letters are lowered alone */
        }
        qsort(user->former, user->n_former, sizeof(user->former[0]), compare_names);
        return r;
}

/* Which of the fields that user_new_fill() judges a refusal is about. */
static const char *field_of(const struct op *op)
{
        return strncmp(op->message, "Home", 4) == 0       ? "home"
               : strncmp(op->message, "Shell", 5) == 0    ? "shell"
               : strncmp(op->message, "FullName", 8) == 0 ? "full_name"
                                                          : "name";
}

/* Empty: bo decides. */
static const char *or_none(struct bulk_row *row, size_t index)
{
        const char *text = bulk_text(row, index);

        if (!text[0])
                row->text[index] = NULL;
        return row->text[index];
}

static int parse_names(struct op *op, struct bulk_row *row, struct bulk_user *user)
{
        struct user_create call = {0};
        bool generated = false;
        int r = parse_kind(op, row, &call.is_api);

        if (r == 0)
                r = bulk_bool(op, row, BULK_USER_GENERATED, &generated);
        if (r != 0)
                return r;
        call.full_name = bulk_text(row, BULK_USER_FULL_NAME);
        call.home = or_none(row, BULK_USER_HOME);
        call.shell = or_none(row, BULK_USER_SHELL);
        call.name = bulk_text(row, BULK_USER_NAME);
        if (!call.name[0])
                return op_refuse(op, BO_ERR_BAD_NAME,
                                 "is empty. An import makes no names: begun again, it would make "
                                 "another one.");
        r = user_new_fill(op, &call, &user->account);
        if (r > 0)
                row->field = field_of(op);
        user->account.generated = generated && !user->account.verified;
        return r;
}

static int parse(struct op *op, struct bulk_row *row, struct bulk_user *user)
{
        int r = parse_names(op, row, user);

        if (r == 0)
                r = parse_uid(op, row, user);
        if (r == 0)
                r = parse_disabled(op, row, &user->account);
        if (r == 0)
                r = parse_former(op, row, user);
        return r == 0 ? bulk_members_parse(op, bulk_text(row, BULK_USER_MEMBERSHIPS),
                                           &user->members)
                      : r;
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

static int compare(struct op *op, struct bulk_row *row, const struct account *account,
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

static int check_uid(struct op *op, struct bulk_row *row, const struct bulk_user *user)
{
        int known;

        (void)bulk_text(row, BULK_USER_UID); /* what is looked at */
        known = nss_knows_id(user->account.uid);
        return known > 0 ? op_refuse(op, BO_ERR_NAME_FOREIGN,
                                     "%u is a user or group of another source of this system.",
                                     user->account.uid)
                         : known;
}

static int take_uid(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        const struct settings *settings = op->settings;
        int r;

        (void)bulk_text(row, BULK_USER_UID); /* as above */
        if (!user->uid_given) {
                r = user_new_find_uid(op, tx);
                return r == 0 ? account_take_uid(tx, settings->uid_first, settings->uid_last,
                                                 &user->account.uid)
                              : r;
        }
        r = check_uid(op, row, user);
        if (r == 0)
                r = uid_claim(tx, user->account.uid, settings->uid_first);
        return r == BO_ERR_NAME_TAKEN
                       ? op_refuse(op, r,
                                   "%u was given already, to this user or another; a uid is never "
                                   "given twice. Leave it empty, and bo takes the next one.",
                                   user->account.uid)
                       : r;
}

static int put_member(struct op *op, struct tx *tx, const struct bulk_user *user, size_t index)
{
        const struct bulk_member *row = &user->members.rows[index];
        const struct new_member *member = &row->member;
        uint32_t uid = user->account.uid;
        int r = user_new_check_member(op, member);

        if (r == 0)
                r = secondary_check_new(op, member, &user->account, true);
        if (r == 0 && index > 0)
                r = member_roles_fit(op, uid, member->customer, member->roles, member->n_roles);
        if (r == 0)
                r = user_new_join(op, tx, uid, member);
        return r == 0 && row->disabled
                       ? member_disable(tx, uid, member->customer, row->reason, !row->by_customer)
                       : r;
}

static int put_rest(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        struct account *account = &user->account;
        int r = 0;

        (void)bulk_text(row, BULK_USER_FORMER_NAMES); /* as above */
        for (size_t i = 0; r == 0 && i < user->n_former; i++)
                r = account_put_former_name(tx, account->uid, user->former[i]);
        if (r == 0)
                (void)bulk_text(row, BULK_USER_MEMBERSHIPS); /* as above */
        for (size_t i = 0; r == 0 && i < user->members.n; i++)
                r = put_member(op, tx, user, i);
        if (r == 0 && account->deactivated_usec)
                r = account_deactivate(tx, account->uid, account->deactivated_reason, true);
        return r;
}

static int mail(struct op *op, struct tx *tx, const struct bulk_row *row, uint32_t uid)
{
        char link[TOKEN_LINK_SIZE] = "";
        struct account account;
        int r = row->import->mail ? account_by_uid(op->store, uid, &account) : 0;

        if (!row->import->mail || r != 0)
                return r;
        return !account.is_api && !account_is_deactivated(&account) && link_is_mailed(op, &account)
                       ? link_issue(op, tx, &account, link)
                       : 0;
}

static int create(struct op *op, struct tx *tx, struct bulk_row *row, struct bulk_user *user)
{
        struct account *account = &user->account;
        struct account fresh;
        const char *customer = user->members.n ? user->members.rows[0].member.customer : NULL;
        int r = take_uid(op, tx, row, user);

        if (r != 0)
                return r;
        fresh = *account;
        fresh.deactivated_usec = 0;           /* told below, as of an operator */
        (void)bulk_text(row, BULK_USER_NAME); /* as above */
        r = account_put(tx, &fresh, account->uid);
        if (r == 0)
                r = put_rest(op, tx, row, user);
        if (r == 0)
                r = user_new_record(op, tx, account, customer, " imported=yes");
        if (r == 0)
                r = mail(op, tx, row, account->uid);
        row->uid = account->uid;
        return r;
}

/* R22: the same guess as User.Warnings. */
static int warn_mailbox(struct bulk_row *row, const struct account *account)
{
        if (!account->verified || account->is_api || !mailbox_is_group(account->email))
                return 0;
        return bulk_warn(row->import, row->index, "name",
                         "%.128s looks like the mailbox of a group; a login is one person's.",
                         account->name);
}

static int put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        _cleanup_(bulk_user_freep) struct bulk_user *user = calloc(1, sizeof(*user));
        struct account account;
        int r = user ? parse(op, row, user) : -ENOMEM;

        if (r != 0)
                return r;
        (void)bulk_text(row, BULK_USER_NAME); /* what is looked at */
        r = account_by_name(op->store, user->account.name, &account);
        if (r == 0)
                return compare(op, row, &account, user);
        if (r != BO_ERR_NO_SUCH_USER)
                return r;
        r = new_name_check(op, user->account.name);
        if (r == 0)
                r = warn_mailbox(row, &user->account);
        return r == 0 ? create(op, tx, row, user) : r;
}

/* Into the index of parts of names, all at once: it is written in pieces, one for each part of a
 * transaction that may be undone. */
static int finish(struct op *op, struct tx *tx, struct bulk_import *call)
{
        int r = 0;

        for (size_t i = call->n_finished; r == 0 && !call->dry_run && i < call->created; i++) {
                struct account account;

                r = account_by_uid(op->store, call->uids[i], &account);
                if (r == 0)
                        r = account_index_put(tx, &account, account.uid);
                if (r == 0)
                        op_signal(op, OP_USER_ADDED, &account);
        }
        return r;
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
        .put = put,
        .finish = finish,
        .shown_by_nss = true,
};
