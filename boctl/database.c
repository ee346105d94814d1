/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl database accept. */
#include "boctl/boctl.h"

int verb_database_accept(struct request *request)
{
        int r = bo_database_accept(request->bo);

        if (r != 0)
                return fail_call(request, r, "Cannot accept the database");
        tell(request, "The database that is there is the right one.");
        return EXIT_DONE;
}
