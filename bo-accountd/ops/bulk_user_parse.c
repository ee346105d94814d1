/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a row says of a user, field by field. */
#include "bo-accountd/ops/bulk_user.h"
#include "bo-accountd/ops/user_new.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
        r = bulk_words(user->former_text, &user->former, &user->n_former);
        for (size_t i = 0; r == 0 && i < user->n_former; i++) {
                if (name_fold(folded, user->former[i]) < 0)
                        return op_refuse(op, BO_ERR_BAD_NAME, "\"%.64s\" cannot be a name.",
                                         user->former[i]);
                strcpy(user->former[i], folded); /* as long: letters are lowered alone */
        }
        if (r == 0)
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

int bulk_user_parse(struct op *op, struct bulk_row *row, struct bulk_user *user)
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
