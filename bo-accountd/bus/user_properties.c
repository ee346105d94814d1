/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of one user, as a table (R16: everything but secrets). */
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/policy/mailbox.h"
#include "bo-accountd/store/invitation.h"

#include <string.h>

#define USER_TEXT(name, value)                                                                     \
        static int name(sd_bus_message *reply, const void *object)                                 \
        {                                                                                          \
                const struct user_view *view = object;                                             \
                                                                                                   \
                return sd_bus_message_append(reply, "s", value);                                   \
        }
#define USER_NUMBER(name, type, value)                                                             \
        static int name(sd_bus_message *reply, const void *object)                                 \
        {                                                                                          \
                const struct user_view *view = object;                                             \
                                                                                                   \
                return sd_bus_message_append(reply, type, value);                                  \
        }

USER_NUMBER(uid, "u", view->account.uid)
USER_TEXT(username, view->account.name)
USER_TEXT(email, view->account.email)
USER_TEXT(full_name, view->account.full_name)
USER_NUMBER(verified, "b", (int)view->account.verified)
USER_NUMBER(generated, "b", (int)view->account.generated)
USER_TEXT(kind, view->account.is_api ? "api" : "adm")
USER_TEXT(status, status_name(view->state.status))
USER_TEXT(status_reason, view->reason)
USER_NUMBER(otp_enabled, "b", (int)view->account.otp_on)
USER_NUMBER(recovery_left, "u", view->recovery_left)
USER_TEXT(key_prefix, view->key.prefix)
USER_NUMBER(key_created, "t", view->key.created_usec)
USER_NUMBER(key_used, "t", view->key.used_usec)
USER_TEXT(home, view->account.home)
USER_TEXT(shell, view->account.shell)
USER_NUMBER(created, "t", view->created_usec)
USER_NUMBER(activated, "t", view->activated_usec)
USER_NUMBER(last_login, "t", view->account.last_login_usec)
USER_NUMBER(password_changed, "t", view->account.password_changed_usec)
USER_NUMBER(password_expires, "t", view->state.password_expires_usec)
USER_NUMBER(locked_until, "t", view->state.locked_until_usec)

static int roles(sd_bus_message *reply, const void *object)
{
        return user_append_roles(reply, object);
}

static int customers(sd_bus_message *reply, const void *object)
{
        const struct user_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (size_t i = 0; r >= 0 && i < view->n_customers; i++)
                r = sd_bus_message_append(reply, "(ss)", view->customers[i].id,
                                          view->customers[i].alias);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int locations(sd_bus_message *reply, const void *object)
{
        const struct user_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (size_t i = 0; r >= 0 && i < view->n_places; i++)
                if (view->places[i].location[0])
                        r = sd_bus_message_append(reply, "(ss)", view->places[i].customer,
                                                  view->places[i].location);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* The rows are in the order of customers. */
static int restricted(sd_bus_message *reply, const void *object)
{
        const struct user_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < view->n_places; i++)
                if (i == 0 || strcmp(view->places[i].customer, view->places[i - 1].customer) != 0)
                        r = sd_bus_message_append(reply, "s", view->places[i].customer);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int invitations(sd_bus_message *reply, const void *object)
{
        const struct user_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (size_t i = 0; r >= 0 && i < view->n_invitations; i++)
                r = sd_bus_message_append(reply, "(ss)", view->invitations[i].customer,
                                          view->invitations[i].alias);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* R22, R87: of persons alone. */
static int warnings(sd_bus_message *reply, const void *object)
{
        const struct account *account = &((const struct user_view *)object)->account;
        bool group = account->verified && !account->is_api && mailbox_is_group(account->email);

        return group ? sd_bus_message_append(reply, "as", 1, "group-mailbox")
                     : sd_bus_message_append(reply, "as", 0);
}

static int acting(sd_bus_message *reply, const void *object)
{
        return sd_bus_message_append(reply, "s", ((const struct user_view *)object)->acting);
}

static const struct property table[] = {
        {"Uid", "u", uid},
        {"Username", "s", username},
        {"Email", "s", email},
        {"FullName", "s", full_name},
        {"Verified", "b", verified},
        {"Generated", "b", generated},
        {"Warnings", "as", warnings},
        {"Kind", "s", kind},
        {"Status", "s", status},
        {"StatusReason", "s", status_reason},
        {"Roles", "a(ss)", roles},
        {"Customers", "a(ss)", customers},
        {"ActingCustomer", "s", acting},
        {"Locations", "a(ss)", locations},
        {"Restricted", "as", restricted},
        {"Invitations", "a(ss)", invitations},
        {"OtpEnabled", "b", otp_enabled},
        {"RecoveryCodesLeft", "u", recovery_left},
        {"ApiKeyPrefix", "s", key_prefix},
        {"ApiKeyCreated", "t", key_created},
        {"ApiKeyUsed", "t", key_used},
        {"Home", "s", home},
        {"Shell", "s", shell},
        {"Created", "t", created},
        {"Activated", "t", activated},
        {"LastLogin", "t", last_login},
        {"PasswordChanged", "t", password_changed},
        {"PasswordExpires", "t", password_expires},
        {"LockedUntil", "t", locked_until},
};

struct user_properties_call {
        struct properties_call properties;
        uint32_t uid;
        struct user_view view;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_properties_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        return r == 0 ? properties_parse(request, message, table, ELEMENTS(table),
                                         &call->properties)
                      : r;
}

static int run(struct op *op, void *userdata)
{
        struct user_properties_call *call = userdata;

        return op_user_view(op, call->uid, &call->view);
}

static int reply(void *userdata, sd_bus_message *message)
{
        const struct user_properties_call *call = userdata;

        return properties_append(message, &call->properties, &call->view);
}

static void clear(void *userdata)
{
        struct user_properties_call *call = userdata;

        user_view_clear(&call->view);
}

static const struct method method = {
        "Properties", QUEUE_OTHER, false, sizeof(struct user_properties_call),
        parse,        run,         reply, clear};

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return properties_wanted(message, BUS_NAME ".User")
                       ? request_start(userdata, message, &method)
                       : 0;
}

int user_properties_add(struct connection *connection)
{
        return sd_bus_add_fallback(connection->bus, NULL, BUS_ROOT "/user", on_message, connection);
}
