/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: a user's own address. */
#include "libbo/internal.h"

int bo_email_request(bo *client, uint32_t uid, const char *email, const char *password,
                     const char *code)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "RequestEmailChange", true);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", email);
        if (r >= 0)
                r = append_bytes(call, password);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0)
                r = option_secret(call, "Code", code);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_email_confirm(bo *client, uint32_t uid, const char *token)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "ConfirmEmailChange", true);

        if (r >= 0)
                r = append_bytes(call, token);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}
