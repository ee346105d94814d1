/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl can: may a user do something, here, now? */
#include <string.h>

#include "boctl/table.h"

/* What a person is told of a reason; one that is not known here is told as it is. */
static const char *reason_text(const char *reason)
{
        static const struct {
                const char *word, *text;
        } rows[] = {
                {"inactive", "deactivated, not activated, or closed for not having been used"},
                {"not-a-member", "no active member of that customer"},
                {"no-role", "none of the roles held at that customer has it"},
                {"location-needed", "restricted to locations, and --location names none"},
                {"wrong-location", "restricted to other locations"},
                {"second-factor-off", "works only with the second factor on: boctl otp enable"},
                {"address-not-approved", "works only from an approved address"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (strcmp(rows[i].word, reason) == 0)
                        return rows[i].text;
        return "refused";
}

static int answer_json(const struct request *request, bool allowed, const char *reason)
{
        static const struct column columns[] = {{"permission", "", CELL_TEXT},
                                                {"allowed", "", CELL_BOOL},
                                                {"reason", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "check", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, request->args[0]);
        table_bool(table, 1, allowed);
        table_text(table, 2, reason);
        return table_end(table);
}

int verb_can(struct request *request)
{
        const struct bo_permission_context context = {
                .customer = request->value[OPTION_CUSTOMER],
                .location = request->value[OPTION_LOCATION],
        };
        _cleanup_(bo_string_freep) char *reason = NULL;
        bool allowed = false;
        int r;

        if (request->n_locations > 1)
                return fail_usage("'can' takes one --location.");
        r = bo_check_permission(request->bo, request->value[OPTION_USER], request->args[0],
                                &context, &allowed, &reason);

        if (r == BO_ERR_NO_SUCH_USER && !request->value[OPTION_USER])
                return fail("You are no user of bo: --user names whom to ask about.");
        if (r != 0)
                return fail_call(request, r, "Cannot tell");
        if (request->json) {
                r = answer_json(request, allowed, reason);
                if (r != EXIT_DONE)
                        return r;
        } else if (allowed) {
                tell(request, "yes");
        } else {
                tell(request, "no: %s (%s)", reason_text(reason), reason);
        }
        return allowed ? EXIT_DONE : EXIT_REFUSED;
}
