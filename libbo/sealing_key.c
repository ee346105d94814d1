/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys under what the daemon stores. */
#include "libbo/page.h"

#include <errno.h>
#include <string.h>

static const struct field key_fields[] = {
        {"Id", FIELD_STRING, offsetof(struct bo_sealing_key, id), 0},
        {"State", FIELD_STRING, offsetof(struct bo_sealing_key, state), 0},
        {"Since", FIELD_U64, offsetof(struct bo_sealing_key, since_usec), 0},
        {"Retired", FIELD_U64, offsetof(struct bo_sealing_key, retired_usec), 0},
        {"Passwords", FIELD_U64, offsetof(struct bo_sealing_key, passwords), 0},
        {"ApiKeys", FIELD_U64, offsetof(struct bo_sealing_key, api_keys), 0},
        {"RecoveryCodes", FIELD_U64, offsetof(struct bo_sealing_key, recovery_codes), 0},
        {"Tokens", FIELD_U64, offsetof(struct bo_sealing_key, tokens), 0},
        {"OneTimeCodes", FIELD_U64, offsetof(struct bo_sealing_key, one_time_codes), 0},
        {"Mails", FIELD_U64, offsetof(struct bo_sealing_key, mails), 0},
};

static const struct record key_record = {key_fields, ELEMENTS(key_fields),
                                         sizeof(struct bo_sealing_key)};

IS_LIST(struct bo_sealing_keys);

int bo_sealing_key_rotate(bo *client, const char *present, char **ret_id)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        const char *id = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "RotateKey", false);

        if (r >= 0)
                r = call_send_options(client, call, "Present", present, &reply);
        if (r == 0)
                r = sd_bus_message_read(reply, "s", &id) < 0 ? -EBADMSG : 0;
        if (r != 0)
                return r;
        *ret_id = strdup(id);
        return *ret_id ? 0 : -ENOMEM;
}

int bo_sealing_key_status(bo *client, struct bo_sealing_keys **ret_keys)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *keys = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "GetKeyStatus", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = call_list(client, call, &key_record, &keys);
        if (r == 0)
                *ret_keys = keys;
        return r;
}

struct bo_sealing_keys *bo_sealing_keys_free(struct bo_sealing_keys *keys)
{
        return page_free(&key_record, keys);
}

int bo_sealing_key_retire(bo *client, const char *keys, uint32_t *ret_retired)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "RetireKeys", false);

        if (r >= 0)
                r = call_send_options(client, call, "Keys", keys, &reply);
        if (r == 0)
                r = sd_bus_message_read(reply, "u", ret_retired) < 0 ? -EBADMSG : 0;
        return r;
}
