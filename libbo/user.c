/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: what administrators do to one user, and a user to himself. */
#include <errno.h>

#include "libbo/internal.h"
#include "libbo/user.h"

static const struct field user_fields[] = {
        {"Uid", FIELD_U32, offsetof(struct bo_user, uid), 0},
        {"Username", FIELD_STRING, offsetof(struct bo_user, username), 0},
        {"Email", FIELD_STRING, offsetof(struct bo_user, email), 0},
        {"FullName", FIELD_STRING, offsetof(struct bo_user, full_name), 0},
        {"Verified", FIELD_BOOL, offsetof(struct bo_user, verified), 0},
        {"Generated", FIELD_BOOL, offsetof(struct bo_user, generated), 0},
        {"Warnings", FIELD_STRINGS, offsetof(struct bo_user, warnings),
         offsetof(struct bo_user, n_warnings)},
        {"Kind", FIELD_STRING, offsetof(struct bo_user, kind), 0},
        {"Status", FIELD_STRING, offsetof(struct bo_user, status), 0},
        {"StatusReason", FIELD_STRING, offsetof(struct bo_user, status_reason), 0},
        {"Roles", FIELD_PAIRS, offsetof(struct bo_user, roles), offsetof(struct bo_user, n_roles)},
        {"Customers", FIELD_PAIRS, offsetof(struct bo_user, customers),
         offsetof(struct bo_user, n_customers)},
        {"ActingCustomer", FIELD_STRING, offsetof(struct bo_user, acting_customer), 0},
        {"Invitations", FIELD_PAIRS, offsetof(struct bo_user, invitations),
         offsetof(struct bo_user, n_invitations)},
        {"Locations", FIELD_PAIRS, offsetof(struct bo_user, locations),
         offsetof(struct bo_user, n_locations)},
        {"Restricted", FIELD_STRINGS, offsetof(struct bo_user, restricted),
         offsetof(struct bo_user, n_restricted)},
        {"OtpEnabled", FIELD_BOOL, offsetof(struct bo_user, otp_enabled), 0},
        {"RecoveryCodesLeft", FIELD_U32, offsetof(struct bo_user, recovery_codes_left), 0},
        {"ApiKeyPrefix", FIELD_STRING, offsetof(struct bo_user, api_key_prefix), 0},
        {"ApiKeyCreated", FIELD_U64, offsetof(struct bo_user, api_key_created_usec), 0},
        {"ApiKeyUsed", FIELD_U64, offsetof(struct bo_user, api_key_used_usec), 0},
        {"Home", FIELD_STRING, offsetof(struct bo_user, home), 0},
        {"Shell", FIELD_STRING, offsetof(struct bo_user, shell), 0},
        {"Created", FIELD_U64, offsetof(struct bo_user, created_usec), 0},
        {"Activated", FIELD_U64, offsetof(struct bo_user, activated_usec), 0},
        {"LastLogin", FIELD_U64, offsetof(struct bo_user, last_login_usec), 0},
        {"PasswordChanged", FIELD_U64, offsetof(struct bo_user, password_changed_usec), 0},
        {"PasswordExpires", FIELD_U64, offsetof(struct bo_user, password_expires_usec), 0},
        {"LockedUntil", FIELD_U64, offsetof(struct bo_user, locked_until_usec), 0},
};

const struct record user_record = {user_fields, ELEMENTS(user_fields), sizeof(struct bo_user)};

struct bo_user *bo_user_free(struct bo_user *user)
{
        if (user)
                record_clear(&user_record, user);
        free(user);
        return NULL;
}

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

int bo_user_get(bo *client, uint32_t uid, struct bo_user **ret_user)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_user_freep) struct bo_user *user = calloc(1, sizeof(*user));
        char path[sizeof(BO_USER_PATH "4294967295")];
        int r;

        if (!user)
                return -ENOMEM;
        user_path(path, sizeof(path), uid);
        r = call_new(client, &call, path, BO_PROPERTIES, "GetAll", false);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", BO_USER);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = record_read(reply, &user_record, user);
        if (r < 0)
                return r;
        /* Without these it would look like a user of whom nothing speaks. */
        if (!user->username || !user->kind || !user->status)
                return -EBADMSG;
        *ret_user = TAKE_PTR(user);
        return 0;
}

static int set_status(bo *client, uint32_t uid, const char *member, const char *customer,
                      const char *reason)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, member, false);

        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0)
                r = option_string(call, "Customer", customer);
        if (r >= 0)
                r = option_string(call, "Reason", reason);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_user_enable(bo *client, uint32_t uid, const char *customer)
{
        return set_status(client, uid, "Enable", customer, NULL);
}

int bo_user_disable(bo *client, uint32_t uid, const char *customer, const char *reason)
{
        return set_status(client, uid, "Disable", customer, reason);
}

int bo_user_set_roles(bo *client, uint32_t uid, const char *customer, const char *const *roles)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "SetRoles", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", customer);
        if (r >= 0)
                r = append_strings(call, roles);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

static int get_link(bo *client, uint32_t uid, const char *member, char **ret_link)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new_user(client, &call, uid, member, false);

        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        return r != 0 ? r : read_secret(reply, ret_link);
}

int bo_user_issue_reset(bo *client, uint32_t uid, char **ret_link)
{
        return get_link(client, uid, "IssueReset", ret_link);
}

int bo_user_resend_activation(bo *client, uint32_t uid, char **ret_link)
{
        return get_link(client, uid, "ResendActivation", ret_link);
}

int bo_user_revoke_tokens(bo *client, uint32_t uid)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "RevokeTokens", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_user_become_verified(bo *client, uint32_t uid, const char *email, char **ret_link)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new_user(client, &call, uid, "BecomeVerified", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", email);
        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        return r != 0 ? r : read_secret(reply, ret_link);
}

int bo_user_change_password(bo *client, uint32_t uid, const char *old_password,
                            const char *new_password)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "ChangePassword", true);

        if (r >= 0)
                r = append_bytes(call, old_password);
        if (r >= 0)
                r = append_bytes(call, new_password);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_user_set_api_password(bo *client, uint32_t uid, const char *new_password)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "SetApiPassword", true);

        if (r >= 0)
                r = append_bytes(call, new_password);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_user_set_profile(bo *client, uint32_t uid, const char *full_name)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "SetProfile", false);

        return r < 0 ? r : call_send_options(client, call, "FullName", full_name, NULL);
}

int bo_user_switch_customer(bo *client, uint32_t uid, const char *customer)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "SwitchCustomer", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", customer);
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}
