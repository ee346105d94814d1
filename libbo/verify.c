/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verifier: whose key a program was shown (R70, R76). */
#include "libbo/internal.h"

#include <errno.h>

#include "libbo/record.h"

static const struct field fields[] = {
        {"Username", FIELD_STRING, offsetof(struct bo_key_owner, username), 0},
        {"Uid", FIELD_U32, offsetof(struct bo_key_owner, uid), 0},
        {"Kind", FIELD_STRING, offsetof(struct bo_key_owner, kind), 0},
        {"Customer", FIELD_STRING, offsetof(struct bo_key_owner, customer), 0},
        {"CustomerAlias", FIELD_STRING, offsetof(struct bo_key_owner, customer_alias), 0},
        {"Roles", FIELD_STRINGS, offsetof(struct bo_key_owner, roles),
         offsetof(struct bo_key_owner, n_roles)},
        {"Permissions", FIELD_STRINGS, offsetof(struct bo_key_owner, permissions),
         offsetof(struct bo_key_owner, n_permissions)},
        {"KeyPrefix", FIELD_STRING, offsetof(struct bo_key_owner, key_prefix), 0},
};

static const struct record owner_record = {fields, ELEMENTS(fields), sizeof(struct bo_key_owner)};

struct bo_key_owner *bo_key_owner_free(struct bo_key_owner *owner)
{
        if (owner)
                record_clear(&owner_record, owner);
        free(owner);
        return NULL;
}

DEFINE_CLEANUP(struct bo_key_owner *, bo_key_owner_free)

/* An answer without a user is none, whatever else it says. */
static int answer_read(sd_bus_message *reply, struct bo_key_owner **ret_owner)
{
        _cleanup_(bo_key_owner_freep) struct bo_key_owner *owner = calloc(1, sizeof(*owner));
        int r = owner ? record_read(reply, &owner_record, owner) : -ENOMEM;

        if (r < 0)
                return r;
        if (!owner->username || !owner->username[0] || owner->uid == 0)
                return -EBADMSG;
        *ret_owner = TAKE_PTR(owner);
        return 0;
}

int bo_verify_key(bo *client, const char *key, const char *service, const char *address,
                  const char *permission, struct bo_key_owner **ret_owner)
{
        const struct text_option options[] = {{"Permission", permission}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "VerifyKey", true);

        if (r >= 0)
                r = append_bytes(call, key);
        if (r >= 0)
                r = sd_bus_message_append(call, "ss", service, address ? address : "");
        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : answer_read(reply, ret_owner);
}
