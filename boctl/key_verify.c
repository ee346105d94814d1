/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl key verify: whose key is this? As a program that was shown it would be told (R76). */
#include "boctl/secret.h"
#include "boctl/table.h"

DEFINE_CLEANUP(struct bo_key_owner *, bo_key_owner_free)

static int show(const struct request *request, const struct bo_key_owner *owner)
{
        static const struct column columns[] = {
                {"username", "Name", CELL_TEXT},
                {"uid", "Uid", CELL_NUMBER},
                {"kind", "Kind", CELL_TEXT},
                {"customer", "Customer", CELL_TEXT},
                {"customer_alias", "Alias", CELL_TEXT},
                {"roles", "Roles", CELL_LIST},
                {"permissions", "Permissions", CELL_LIST},
                {"key_prefix", "Key prefix", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "owner", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, owner->username);
        table_number(table, 1, owner->uid);
        table_text(table, 2, owner->kind);
        table_text(table, 3, owner->customer);
        table_text(table, 4, owner->customer_alias);
        table_list(table, 5, owner->roles, owner->n_roles);
        table_list(table, 6, owner->permissions, owner->n_permissions);
        table_text(table, 7, owner->key_prefix);
        return table_record(table);
}

int verb_key_verify(struct request *request)
{
        const char *service = request->value[OPTION_SERVICE];
        _cleanup_(bo_key_owner_freep) struct bo_key_owner *owner = NULL;
        _cleanup_(secret_wipe) struct secret_line key;
        int r;

        if (!service)
                return fail_usage("'key verify' needs --service NAME.");
        r = secret_ask(&key, "API key: ", false);
        if (r != EXIT_DONE)
                return r;
        r = bo_verify_key(request->bo, key.text, service, request->value[OPTION_ADDRESS],
                          request->value[OPTION_PERMISSION], &owner);
        if (r != 0)
                return fail_call(request, r, "The key is not good at %s", service);
        return show(request, owner);
}
