/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl invitation: which customers invite the caller, and his answer (R49). */
#include "boctl/table.h"
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

int verb_invitation_list(struct request *request)
{
        static const struct column columns[] = {{"customer", "Customer", CELL_TEXT},
                                                {"alias", "Alias", CELL_TEXT}};
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(table_freep) struct table *table = NULL;
        int r = user_get(request, NULL, "show", &user);

        if (r != EXIT_DONE)
                return r;
        table = table_new(request, "invitations", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < user->n_invitations; i++) {
                table_row(table);
                table_text(table, 0, user->invitations[i].customer);
                table_text(table, 1, user->invitations[i].name);
        }
        return table_end(table);
}

int verb_invitation_accept(struct request *request)
{
        const char *customer = request->args[0];
        int r = bo_invitation_accept(request->bo, geteuid(), customer);

        if (r != 0)
                return fail_call(request, r, "Cannot accept the invitation of %s", customer);
        tell(request, "You are a member of %s now.", customer);
        return EXIT_DONE;
}

int verb_invitation_decline(struct request *request)
{
        const char *customer = request->args[0];
        int r = bo_invitation_decline(request->bo, geteuid(), customer);

        if (r != 0)
                return fail_call(request, r, "Cannot decline the invitation of %s", customer);
        tell(request, "The invitation of %s is declined.", customer);
        return EXIT_DONE;
}
