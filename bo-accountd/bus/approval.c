/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Approval interface: one request for an address, and the answers to it. */
#include "bo-accountd/bus/approval.h"
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PREFIX BUS_ROOT "/approval/_"

void path_of_approval(char out[64], uint64_t id)
{
        snprintf(out, 64, PREFIX "%" PRIu64, id);
}

static int path_approval(const char *path, uint64_t *ret_id)
{
        const size_t size = sizeof(PREFIX) - 1;

        return strncmp(path, PREFIX, size) == 0 && row_number_read(path + size, ret_id)
                       ? 0
                       : BO_ERR_NO_SUCH_APPROVAL;
}

#define APPROVAL_PROPERTY(name, type, value)                                                       \
        static int name(sd_bus_message *reply, const void *object)                                 \
        {                                                                                          \
                const struct approval_view *view = object;                                         \
                                                                                                   \
                return sd_bus_message_append(reply, type, value);                                  \
        }

APPROVAL_PROPERTY(id, "t", view->approval.id)
APPROVAL_PROPERTY(customer, "s", view->approval.customer)
APPROVAL_PROPERTY(comment, "s", view->approval.comment)
APPROVAL_PROPERTY(requester, "s", view->requester)
APPROVAL_PROPERTY(status, "s", approval_status_name(view->approval.status))
APPROVAL_PROPERTY(requested, "t", view->approval.requested_usec)
APPROVAL_PROPERTY(expires, "t", view->approval.expires_usec)
APPROVAL_PROPERTY(decided, "t", view->approval.decided_usec)
APPROVAL_PROPERTY(decided_by, "s", view->decided_by)
APPROVAL_PROPERTY(revoked, "t", view->approval.revoked_usec)
APPROVAL_PROPERTY(revoked_by, "s", view->revoked_by)
APPROVAL_PROPERTY(reason, "s", view->approval.reason)
APPROVAL_PROPERTY(token_taken, "t", view->approval.taken_usec)
APPROVAL_PROPERTY(token_used, "t", view->used_usec)

static int address(sd_bus_message *reply, const void *object)
{
        const struct approval_view *view = object;
        char text[NETWORK_TEXT_SIZE];

        network_text(text, &view->approval.network);
        return sd_bus_message_append(reply, "s", text);
}

static const struct property table[] = {
        {"Id", "t", id},
        {"Customer", "s", customer},
        {"Address", "s", address},
        {"Comment", "s", comment},
        {"Requester", "s", requester},
        {"Status", "s", status},
        {"Requested", "t", requested},
        {"Expires", "t", expires},
        {"Decided", "t", decided},
        {"DecidedBy", "s", decided_by},
        {"Revoked", "t", revoked},
        {"RevokedBy", "s", revoked_by},
        {"Reason", "s", reason},
        {"TokenTaken", "t", token_taken},
        {"TokenUsed", "t", token_used},
};

int approval_append(sd_bus_message *reply, const struct approval_view *view)
{
        const struct properties_call all = {.table = table, .n = ELEMENTS(table)};

        return properties_append(reply, &all, view);
}

struct approval_call {
        struct properties_call properties;
        uint64_t id;
        const char *reason;
        struct approval_view view;
        struct secret *token;
};

static int properties_of_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct approval_call *call = userdata;
        int r = path_approval(sd_bus_message_get_path(message), &call->id);

        return r == 0 ? properties_parse(request, message, table, ELEMENTS(table),
                                         &call->properties)
                      : r;
}

static int properties_of_run(struct op *op, void *userdata)
{
        struct approval_call *call = userdata;

        return op_approval_view(op, call->id, &call->view);
}

static int properties_of_reply(void *userdata, sd_bus_message *message)
{
        const struct approval_call *call = userdata;

        return properties_append(message, &call->properties, &call->view);
}

static const struct method properties_method = {"Properties",
                                                QUEUE_OTHER,
                                                false,
                                                sizeof(struct approval_call),
                                                properties_of_parse,
                                                properties_of_run,
                                                properties_of_reply,
                                                NULL};

static int on_properties(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return properties_wanted(message, BUS_NAME ".Approval")
                       ? request_start(userdata, message, &properties_method)
                       : 0;
}

static int parse_plain(struct request *request, void *userdata, sd_bus_message *message)
{
        struct approval_call *call = userdata;
        int r = path_approval(sd_bus_message_get_path(message), &call->id);

        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_reason(struct request *request, void *userdata, sd_bus_message *message)
{
        struct approval_call *call = userdata;
        int r = path_approval(sd_bus_message_get_path(message), &call->id);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->reason) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int approve_run(struct op *op, void *userdata)
{
        const struct approval_call *call = userdata;

        return op_approval_approve(op, call->id);
}

static int reject_run(struct op *op, void *userdata)
{
        const struct approval_call *call = userdata;

        return op_approval_reject(op, call->id, call->reason);
}

static int revoke_run(struct op *op, void *userdata)
{
        const struct approval_call *call = userdata;

        return op_approval_revoke(op, call->id, call->reason);
}

static int take_run(struct op *op, void *userdata)
{
        struct approval_call *call = userdata;

        return op_approval_take(op, call->id, &call->token);
}

static int take_reply(void *userdata, sd_bus_message *reply)
{
        const struct approval_call *call = userdata;

        return sd_bus_message_append(reply, "s", call->token->bytes);
}

static void clear(void *userdata)
{
        struct approval_call *call = userdata;

        secret_free(call->token);
}

#define CALL sizeof(struct approval_call)

static const struct method methods[] = {
        {"Approve", QUEUE_OTHER, false, CALL, parse_plain, approve_run, NULL, NULL},
        {"Reject", QUEUE_OTHER, false, CALL, parse_reason, reject_run, NULL, NULL},
        {"Revoke", QUEUE_OTHER, false, CALL, parse_reason, revoke_run, NULL, NULL},
        {"TakeToken", QUEUE_OTHER, true, CALL, parse_plain, take_run, take_reply, clear},
};

static int dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

#define OPEN SD_BUS_VTABLE_UNPRIVILEGED /* who may is decided by authorise(), not by sd-bus */

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY_OF_STORE("Id", "t"),
        PROPERTY_OF_STORE("Customer", "s"),
        PROPERTY_OF_STORE("Address", "s"),
        PROPERTY_OF_STORE("Comment", "s"),
        PROPERTY_OF_STORE("Requester", "s"),
        PROPERTY_OF_STORE("Status", "s"),
        PROPERTY_OF_STORE("Requested", "t"),
        PROPERTY_OF_STORE("Expires", "t"),
        PROPERTY_OF_STORE("Decided", "t"),
        PROPERTY_OF_STORE("DecidedBy", "s"),
        PROPERTY_OF_STORE("Revoked", "t"),
        PROPERTY_OF_STORE("RevokedBy", "s"),
        PROPERTY_OF_STORE("Reason", "s"),
        PROPERTY_OF_STORE("TokenTaken", "t"),
        PROPERTY_OF_STORE("TokenUsed", "t"),
        SD_BUS_METHOD_WITH_ARGS("Approve", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Reject", SD_BUS_ARGS("s", reason, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Revoke", SD_BUS_ARGS("s", reason, "a{sv}", options),
                                SD_BUS_NO_RESULT, dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("TakeToken", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("s", token), dispatch,
                                OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        uint64_t number;

        (void)bus, (void)interface, (void)error; /* sd-bus's signature */
        *ret_found = userdata;
        return path_approval(path, &number) == 0; /* whether it exists is told to who may know it */
}

int approval_add(struct connection *connection)
{
        int r = sd_bus_add_fallback(connection->bus, NULL, BUS_ROOT "/approval", on_properties,
                                    connection);

        return r < 0 ? r
                     : sd_bus_add_fallback_vtable(connection->bus, NULL, BUS_ROOT "/approval",
                                                  BUS_NAME ".Approval", vtable, find, connection);
}
