/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: the verbs of one user. Its properties are in user_properties.c. */
#include "bo-accountd/bus/user.h"
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/recovery.h"

#include <errno.h>
#include <string.h>

/* What the verbs need: the user of the path, and whatever the method brings. */
struct user_call {
        uint32_t uid;
        const char *text;
        struct secret *one, *two;
        struct user_roles roles;
        struct user_status status;
        struct user_otp otp;
        struct recovery_set recovery;
        char link[TOKEN_LINK_SIZE];
};

static int parse_none(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_text(struct request *request, struct user_call *call, sd_bus_message *message,
                      const char *key)
{
        const struct option options[] = {{key, 's', &call->text}};
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        return r == 0 ? options_read(request, message, options, ELEMENTS(options)) : r;
}

static int parse_reason(struct request *request, void *call, sd_bus_message *message)
{
        return parse_text(request, call, message, "Reason");
}

static int parse_status(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        const struct option options[] = {{"Customer", 's', &call->status.customer},
                                         {"Reason", 's', &call->status.reason}};
        bool disables = strcmp(sd_bus_message_get_member(message), "Disable") == 0;
        int r = path_uid(sd_bus_message_get_path(message), &call->status.uid);

        return r == 0 ? options_read(request, message, options, disables ? 2 : 1) : r;
}

static int parse_full_name(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = parse_text(request, call, message, "FullName");

        if (r == 0 && !call->text)
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION, "FullName is required.");
        return r;
}

static int parse_word(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->text) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_secret(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->one);
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_secrets(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->one);
        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->two);
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_roles(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->roles.uid);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->roles.customer) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = strings_read(request, message, call->roles.roles, ROLES_MOST,
                                 &call->roles.n_roles);
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static void clear(void *userdata)
{
        struct user_call *call = userdata;

        secret_free(call->one);
        secret_free(call->two);
        secret_free(call->otp.uri);
        secret_free(call->otp.base32);
        recovery_set_clear(&call->recovery);
}

static int enable_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_enable(op, &call->status);
}

static int disable_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_disable(op, &call->status);
}

static int set_roles_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        return op_user_set_roles(op, &call->roles);
}

static int issue_reset_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        return op_user_issue_reset(op, call->uid, call->link);
}

static int link_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_call *call = userdata;

        return sd_bus_message_append(reply, "s", call->link);
}

static int resend_activation_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        return op_user_resend_activation(op, call->uid, call->link);
}

static int revoke_tokens_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_revoke_tokens(op, call->uid);
}

static int become_verified_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        return op_user_upgrade(op, call->uid, call->text, call->link);
}

static int change_password_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_change_password(op, call->uid, call->one, call->two);
}

static int set_api_password_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_set_api_password(op, call->uid, call->one);
}

static int set_profile_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_set_profile(op, call->uid, call->text);
}

static int switch_run(struct op *op, void *userdata)
{
        const struct user_call *call = userdata;

        return op_user_switch(op, call->uid, call->text);
}

static int begin_otp_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        call->otp.uid = call->uid;
        return op_user_begin_otp(op, &call->otp);
}

static int begin_otp_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_call *call = userdata;

        return sd_bus_message_append(reply, "ss", call->otp.uri->bytes, call->otp.base32->bytes);
}

static int confirm_otp_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        call->otp.uid = call->uid;
        call->otp.code = call->one;
        call->otp.password = call->two;
        return op_user_confirm_otp(op, &call->otp);
}

static int create_recovery_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        call->otp.uid = call->uid;
        call->otp.code = call->one;
        call->otp.password = call->two;
        call->otp.recovery = &call->recovery;
        return op_user_create_recovery(op, &call->otp);
}

/* One string for each line of the set. */
static int create_recovery_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_call *call = userdata;
        const char *line = call->recovery.text->bytes;
        char code[RECOVERY_TEXT_SIZE];
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < RECOVERY_CODES; i++, line += RECOVERY_TEXT_SIZE) {
                memcpy(code, line, sizeof(code) - 1);
                code[sizeof(code) - 1] = '\0';
                r = sd_bus_message_append(reply, "s", code);
        }
        explicit_bzero(code, sizeof(code));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reset_otp_run(struct op *op, void *userdata)
{
        struct user_call *call = userdata;

        call->otp.uid = call->uid;
        call->otp.reason = call->text;
        return op_user_reset_otp(op, &call->otp);
}

#define CALL sizeof(struct user_call)

static const struct method methods[] = {
        {"Enable", QUEUE_OTHER, false, CALL, parse_status, enable_run, NULL, clear},
        {"Disable", QUEUE_OTHER, false, CALL, parse_status, disable_run, NULL, clear},
        {"SetRoles", QUEUE_OTHER, false, CALL, parse_roles, set_roles_run, NULL, clear},
        {"IssueReset", QUEUE_OTHER, true, CALL, parse_none, issue_reset_run, link_reply, clear},
        {"ResendActivation", QUEUE_OTHER, true, CALL, parse_none, resend_activation_run, link_reply,
         clear},
        {"RevokeTokens", QUEUE_OTHER, false, CALL, parse_none, revoke_tokens_run, NULL, clear},
        {"BecomeVerified", QUEUE_OTHER, true, CALL, parse_word, become_verified_run, link_reply,
         clear},
        {"ChangePassword", QUEUE_HASH, true, CALL, parse_secrets, change_password_run, NULL, clear},
        {"SetApiPassword", QUEUE_HASH, true, CALL, parse_secret, set_api_password_run, NULL, clear},
        {"SetProfile", QUEUE_OTHER, false, CALL, parse_full_name, set_profile_run, NULL, clear},
        {"SwitchCustomer", QUEUE_OTHER, false, CALL, parse_word, switch_run, NULL, clear},
        {"BeginOtp", QUEUE_OTHER, true, CALL, parse_none, begin_otp_run, begin_otp_reply, clear},
        {"ConfirmOtp", QUEUE_HASH, true, CALL, parse_secrets, confirm_otp_run, NULL, clear},
        {"CreateRecoveryCodes", QUEUE_HASH, true, CALL, parse_secrets, create_recovery_run,
         create_recovery_reply, clear},
        {"ResetOtp", QUEUE_OTHER, false, CALL, parse_reason, reset_otp_run, NULL, clear},
};

static int dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

#define OPEN   SD_BUS_VTABLE_UNPRIVILEGED /* who may is decided by authorise(), not by sd-bus */
#define SECRET (OPEN | SD_BUS_VTABLE_SENSITIVE)

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY_OF_STORE("Uid", "u"),
        PROPERTY_OF_STORE("Username", "s"),
        PROPERTY_OF_STORE("Email", "s"),
        PROPERTY_OF_STORE("FullName", "s"),
        PROPERTY_OF_STORE("Verified", "b"),
        PROPERTY_OF_STORE("Generated", "b"),
        PROPERTY_OF_STORE("Warnings", "as"),
        PROPERTY_OF_STORE("Kind", "s"),
        PROPERTY_OF_STORE("Status", "s"),
        PROPERTY_OF_STORE("StatusReason", "s"),
        PROPERTY_OF_STORE("Roles", "a(ss)"),
        PROPERTY_OF_STORE("Customers", "a(ss)"),
        PROPERTY_OF_STORE("ActingCustomer", "s"),
        PROPERTY_OF_STORE("Locations", "a(ss)"),
        PROPERTY_OF_STORE("Restricted", "as"),
        PROPERTY_OF_STORE("Invitations", "a(ss)"),
        PROPERTY_OF_STORE("OtpEnabled", "b"),
        PROPERTY_OF_STORE("RecoveryCodesLeft", "u"),
        PROPERTY_OF_STORE("ApiKeyPrefix", "s"),
        PROPERTY_OF_STORE("ApiKeyCreated", "t"),
        PROPERTY_OF_STORE("ApiKeyUsed", "t"),
        PROPERTY_OF_STORE("Home", "s"),
        PROPERTY_OF_STORE("Shell", "s"),
        PROPERTY_OF_STORE("Created", "t"),
        PROPERTY_OF_STORE("Activated", "t"),
        PROPERTY_OF_STORE("LastLogin", "t"),
        PROPERTY_OF_STORE("PasswordChanged", "t"),
        PROPERTY_OF_STORE("PasswordExpires", "t"),
        PROPERTY_OF_STORE("LockedUntil", "t"),
        SD_BUS_METHOD_WITH_ARGS("Enable", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT, dispatch,
                                OPEN),
        SD_BUS_METHOD_WITH_ARGS("Disable", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("SetRoles",
                                SD_BUS_ARGS("s", customer, "as", roles, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("SetLocations",
                                SD_BUS_ARGS("s", customer, "as", locations, "a{sv}", options),
                                SD_BUS_NO_RESULT, user_on_locations, OPEN),
        SD_BUS_METHOD_WITH_ARGS("IssueReset", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("s", link), dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("ResendActivation", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("s", link), dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("RevokeTokens", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("BecomeVerified", SD_BUS_ARGS("s", email, "a{sv}", options),
                                SD_BUS_RESULT("s", link), dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("ChangePassword",
                                SD_BUS_ARGS("ay", old, "ay", new, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("SetApiPassword", SD_BUS_ARGS("ay", new, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("RequestEmailChange",
                                SD_BUS_ARGS("s", email, "ay", password, "a{sv}", options),
                                SD_BUS_NO_RESULT, user_on_email, SECRET),
        SD_BUS_METHOD_WITH_ARGS("ConfirmEmailChange", SD_BUS_ARGS("ay", token, "a{sv}", options),
                                SD_BUS_NO_RESULT, user_on_email, SECRET),
        SD_BUS_METHOD_WITH_ARGS("AcceptMembership", SD_BUS_ARGS("s", customer, "a{sv}", options),
                                SD_BUS_NO_RESULT, user_on_invitation, OPEN),
        SD_BUS_METHOD_WITH_ARGS("DeclineMembership", SD_BUS_ARGS("s", customer, "a{sv}", options),
                                SD_BUS_NO_RESULT, user_on_invitation, OPEN),
        SD_BUS_METHOD_WITH_ARGS("SetProfile", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("SwitchCustomer", SD_BUS_ARGS("s", customer, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("BeginOtp", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("s", uri, "s", secret), dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("ConfirmOtp",
                                SD_BUS_ARGS("ay", code, "ay", password, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("CreateRecoveryCodes",
                                SD_BUS_ARGS("ay", code, "ay", password, "a{sv}", options),
                                SD_BUS_RESULT("as", codes), dispatch, SECRET),
        SD_BUS_METHOD_WITH_ARGS("CreateApiKey",
                                SD_BUS_ARGS("ay", password, "ay", code, "a{sv}", options),
                                SD_BUS_RESULT("s", key), user_on_key, SECRET),
        SD_BUS_METHOD_WITH_ARGS("DeleteApiKey", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                user_on_key, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ResetOtp", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        uint32_t uid;

        (void)bus, (void)interface, (void)error; /* sd-bus's signature */
        *ret_found = userdata;
        return path_uid(path, &uid) == 0; /* whether he exists is told to those who may know it */
}

int user_add(struct connection *connection)
{
        int r = user_properties_add(connection);

        return r < 0 ? r
                     : sd_bus_add_fallback_vtable(connection->bus, NULL, BUS_ROOT "/user",
                                                  BUS_NAME ".User", vtable, find, connection);
}
