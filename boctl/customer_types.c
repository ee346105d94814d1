/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl customer types: the account types that the site has configured (R79, R80, R83). */
#include "boctl/table.h"

static const struct column columns[] = {
        {"name", "TYPE", CELL_TEXT},
        {"subscriptions", "SUBSCRIPTIONS", CELL_LIST},
        {"subscription_change", "CHANGE", CELL_BOOL},
        {"secondaries", "SECONDARIES", CELL_BOOL},
        {"separately_billed", "BILLED SEPARATELY", CELL_TEXT},
};

/* JSON has room for all of it. */
static const struct column more_columns[] = {
        {"name", "", CELL_TEXT},
        {"subscriptions", "", CELL_LIST},
        {"subscription_change", "", CELL_BOOL},
        {"secondaries", "", CELL_BOOL},
        {"separately_billed", "", CELL_TEXT},
        {"description", "", CELL_TEXT},
        {"required_billing", "", CELL_LIST},
        {"required_when_separately_billed", "", CELL_LIST},
};

DEFINE_CLEANUP(struct bo_account_type_list *, bo_account_type_list_free)

static void type_cells(const struct request *request, struct table *table,
                       const struct bo_account_type *type)
{
        table_row(table);
        table_text(table, 0, type->name);
        table_list(table, 1, type->subscriptions, type->n_subscriptions);
        table_bool(table, 2, type->subscription_change);
        table_bool(table, 3, type->secondaries);
        table_text(table, 4, type->separately_billed);
        if (!request->json)
                return;
        table_text(table, 5, type->description);
        table_list(table, 6, type->required, type->n_required);
        table_list(table, 7, type->required_separately, type->n_required_separately);
}

static void names_put(const char *label, char **names, size_t n)
{
        if (n > 0)
                printf("  %s", label);
        for (size_t i = 0; i < n; i++)
                printf("%s%s", i ? ", " : " ", names[i]);
        if (n > 0)
                putchar('\n');
}

/* What does not fit beside it stands below the table. */
static void explain(const struct bo_account_type *type)
{
        printf("\n%s: %s\n", type->name, type->description);
        names_put("requires", type->required, type->n_required);
        names_put("if billed separately also", type->required_separately,
                  type->n_required_separately);
}

int verb_customer_types(struct request *request)
{
        _cleanup_(bo_account_type_list_freep) struct bo_account_type_list *types = NULL;
        _cleanup_(table_freep) struct table *table =
                request->json
                        ? table_new(request, "account_types", more_columns, ELEMENTS(more_columns))
                        : table_new(request, "account_types", columns, ELEMENTS(columns));
        int r = bo_account_type_list(request->bo, &types);

        if (r != 0)
                return fail_call(request, r, "Cannot list the account types");
        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < types->n_items; i++)
                type_cells(request, table, &types->items[i]);
        r = table_end(table);
        for (size_t i = 0; r == EXIT_DONE && !request->json && i < types->n_items; i++)
                explain(&types->items[i]);
        return r;
}
