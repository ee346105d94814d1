/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: the caller's answer to an invitation. */
#include "libbo/internal.h"

static int answer(bo *client, uint32_t uid, const char *member, const char *customer)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, member, false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", customer);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_invitation_accept(bo *client, uint32_t uid, const char *customer)
{
        return answer(client, uid, "AcceptMembership", customer);
}

int bo_invitation_decline(bo *client, uint32_t uid, const char *customer)
{
        return answer(client, uid, "DeclineMembership", customer);
}
