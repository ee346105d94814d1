/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attempt to deliver means: delivered, to be tried again, refused for good. */
#include "bo-maild/verdict.h"

#include "common/cleanup.h"

#include <string.h>

/* RFC 5321 4.2.3: no such mailbox, not local, bad name, takes no mail. 552 and 554 may mean a full
 * mailbox, too many recipients or a bad day (4.5.3.1.10). */
static bool is_no_recipient(const char *reply)
{
        static const char *const codes[] = {"550", "551", "553", "556"};

        for (size_t i = 0; i < ELEMENTS(codes); i++)
                if (strncmp(reply, codes[i], 3) == 0)
                        return true;
        return false;
}

/* RFC 3463: the enhanced code behind "550 " or "550-" is of @class. */
static bool is_enhanced(const char *reply, const char *class)
{
        return strlen(reply) > 4 && strncmp(reply + 4, class, strlen(class)) == 0;
}

enum verdict verdict_of_failure(enum smtp_stage stage, const char *reply)
{
        if (stage != STAGE_RECIPIENT || !is_no_recipient(reply))
                return VERDICT_RETRY;
        if (is_enhanced(reply, "5.7.") || is_enhanced(reply, "5.2.2"))
                return VERDICT_RETRY;
        return VERDICT_GIVE_UP;
}

bool verdict_is_of_server(enum smtp_stage stage, const char *reply)
{
        return stage == STAGE_CONNECTING || stage == STAGE_SENDER || !reply[0] ||
               strncmp(reply, "421", 3) == 0;
}
