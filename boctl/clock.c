/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl clock accept. */
#include "boctl/boctl.h"

int verb_clock_accept(struct request *request)
{
        int r = bo_clock_accept(request->bo);

        if (r != 0)
                return fail_call(request, r, "Cannot accept the clock");
        tell(request, "The present clock counts from now on.");
        return EXIT_DONE;
}
