/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second factor of a user: set up by himself, reset by the operator (R54, R56, R62). */

#include <errno.h>
#include <stdio.h>

#include "libbo/internal.h"

int bo_otp_begin(bo *client, uint32_t uid, char **ret_uri, char **ret_secret)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_string_freep) char *uri = NULL, *secret = NULL;
        int r = call_new_user(client, &call, uid, "BeginOtp", false);

        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        if (r != 0)
                return r;
        r = read_secret(reply, &uri);
        if (r >= 0)
                r = read_secret(reply, &secret);
        if (r < 0)
                return r;
        *ret_uri = TAKE_PTR(uri);
        *ret_secret = TAKE_PTR(secret);
        return 0;
}

int bo_otp_confirm(bo *client, uint32_t uid, const char *code, const char *password)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "ConfirmOtp", true);

        if (r >= 0)
                r = append_bytes(call, code);
        if (r >= 0)
                r = append_bytes(call, password);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

/* One a line. */
static int codes_read(sd_bus_message *reply, char **ret_codes)
{
        _cleanup_(bo_string_freep) char *codes = NULL;
        const char *code;
        size_t used = 0;
        int r = sd_bus_message_sensitive(reply);

        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read_basic(reply, 's', &code)) > 0) {
                _cleanup_(bo_string_freep) char *before = TAKE_PTR(codes);

                /* Not realloc(): it would leave a copy behind. */
                if (asprintf(&codes, "%s%s\n", before ? before : "", code) < 0) {
                        codes = NULL;
                        return -ENOMEM;
                }
                used++;
        }
        if (r < 0 || used == 0)
                return call_malformed(r);
        *ret_codes = text_cleaned(codes);
        return *ret_codes ? 0 : -ENOMEM;
}

int bo_otp_create_recovery(bo *client, uint32_t uid, const char *code, const char *password,
                           char **ret_codes)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new_user(client, &call, uid, "CreateRecoveryCodes", true);

        if (r >= 0)
                r = append_bytes(call, code);
        if (r >= 0)
                r = append_bytes(call, password);
        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        return r != 0 ? r : codes_read(reply, ret_codes);
}

int bo_otp_reset(bo *client, uint32_t uid, const char *reason)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "ResetOtp", false);

        return r < 0 ? r : call_send_options(client, call, "Reason", reason, NULL);
}
