/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The API key of a user: made, shown once, deleted (R72, R77, R78). */
#include "libbo/internal.h"

int bo_key_create(bo *client, uint32_t uid, const char *password, const char *code, char **ret_key)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new_user(client, &call, uid, "CreateApiKey", true);

        if (r >= 0)
                r = append_bytes(call, password ? password : "");
        if (r >= 0)
                r = append_bytes(call, code ? code : "");
        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        return r != 0 ? r : read_secret(reply, ret_key);
}

int bo_key_delete(bo *client, uint32_t uid)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "DeleteApiKey", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}
