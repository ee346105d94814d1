/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a user has the status that he has, for people (R18). */
#include "bo-accountd/ops/user_view.h"
#include "common/clock.h"

#include <time.h>

static void time_text(char *out, size_t size, uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;

        if (!localtime_r(&seconds, &parts) || strftime(out, size, "%Y-%m-%d %H:%M", &parts) == 0)
                out[0] = '\0';
}

/* Why he is deactivated: by the operator, or by whoever did it at the customer in question. */
static const char *deactivated_reason(const struct user_view *view, const struct member_role *at)
{
        const struct account *account = &view->account;

        if (account->deactivated_usec != 0 || !at)
                return account->deactivated_reason;
        return at->disabled_reason;
}

/* That it is an invitation is the operator's to know. */
static void not_activated_reason(struct user_view *view, bool by_operator)
{
        const struct account *account = &view->account;

        if (!by_operator || account->invites_uid == 0)
                snprintf(view->reason, sizeof(view->reason),
                         "the activation token has not been used yet");
        else if (account->invites_uid == account->uid)
                snprintf(view->reason, sizeof(view->reason),
                         "an invitation that nobody can accept: the address is dead");
        else
                snprintf(view->reason, sizeof(view->reason),
                         "an invitation that uid %u has not accepted yet", account->invites_uid);
}

void user_reason(struct user_view *view, const struct member_role *at, bool by_operator)
{
        char when[32];

        switch (view->state.status) {
        case STATUS_DEACTIVATED:
                snprintf(view->reason, sizeof(view->reason), "%s", deactivated_reason(view, at));
                break;
        case STATUS_ACTIVATION_SENT:
                not_activated_reason(view, by_operator);
                break;
        case STATUS_LOCKED_INACTIVITY:
                snprintf(view->reason, sizeof(view->reason),
                         "not used for too long; a reset link from an administrator opens it");
                break;
        case STATUS_LOCKED_ATTEMPTS:
                time_text(when, sizeof(when), view->state.locked_until_usec);
                snprintf(view->reason, sizeof(view->reason), "too many failed attempts; opens %s",
                         when);
                break;
        case STATUS_PASSWORD_EXPIRED:
                snprintf(view->reason, sizeof(view->reason),
                         "the next login demands a new password");
                break;
        case STATUS_ACTIVE:
                view->reason[0] = '\0';
                break;
        }
}
