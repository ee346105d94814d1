/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: create, find and list. The contract is in the XML beside this file. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <string.h>

static int kind_from_name(struct request *request, const char *name, bool *ret_api)
{
        *ret_api = strcmp(name, "api") == 0;
        if (*ret_api || strcmp(name, "adm") == 0)
                return 0;
        return op_refuse(&request->op, BO_ERR_BAD_VALUE, "Kind: \"adm\" or \"api\", not \"%.32s\".",
                         name);
}

static int create_user_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_create *call = userdata;
        const char *kind = "adm";
        const struct option options[] = {
                {"Name", 's', &call->name},
                {"Kind", 's', &kind},
                {"FullName", 's', &call->full_name},
                {"Customer", 's', &call->customer},
                {"Roles", 'S', call->roles, &call->n_roles, ROLES_MOST},
                {"Home", 's', &call->home},
                {"Shell", 's', &call->shell},
        };
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0 && !call->name)
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION, "Name is required.");
        return r == 0 ? kind_from_name(request, kind, &call->is_api) : r;
}

static int create_user_run(struct op *op, void *call)
{
        return op_user_create(op, call);
}

static int create_user_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_create *call = userdata;
        char path[64];

        path_of_user(path, call->uid);
        return sd_bus_message_append(reply, "oss", path, call->username, call->link);
}

static int get_user_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_find *call = userdata;

        (void)request; /* nothing to refuse here */
        return sd_bus_message_read(message, "s", &call->name) < 0 ? -EINVAL : 0;
}

static int get_user_by_uid_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_find *call = userdata;

        (void)request;
        return sd_bus_message_read(message, "u", &call->uid) < 0 ? -EINVAL : 0;
}

static int get_user_run(struct op *op, void *call)
{
        return op_user_find(op, call);
}

static int get_user_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_find *call = userdata;
        char path[64];

        path_of_user(path, call->uid);
        return sd_bus_message_append(reply, "o", path);
}

struct list_filter {
        const char *status, *kind, *role, *search, *sort, *customer, *cursor;
};

static int list_filter_apply(struct request *request, struct user_list *call,
                             const struct list_filter *filter)
{
        enum account_status status;
        char folded[NAME_MAX_BYTES + 1];
        bool api;
        int r = 0;

        call->status = call->kind = -1;
        if (filter->status && status_from_name(filter->status, &status) < 0)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "There is no status \"%.32s\".",
                                 filter->status);
        if (filter->status)
                call->status = (int)status;
        if (filter->kind) {
                r = kind_from_name(request, filter->kind, &api);
                call->kind = api;
        }
        if (strcmp(filter->sort, "name") != 0 && strcmp(filter->sort, "-name") != 0)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "Sort: \"name\" or \"-name\".");
        call->descending = filter->sort[0] == '-';
        if (filter->cursor[0] && name_fold(folded, filter->cursor) < 0)
                return BO_ERR_BAD_CURSOR;
        call->after = filter->cursor;
        call->customer = filter->customer[0] ? filter->customer : NULL;
        call->role = filter->role;
        call->search = filter->search;
        return r;
}

static int list_users_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_list *call = userdata;
        struct list_filter filter = {.sort = "name"};
        const struct option options[] = {
                {"Status", 's', &filter.status}, {"Kind", 's', &filter.kind},
                {"Role", 's', &filter.role},     {"Search", 's', &filter.search},
                {"Sort", 's', &filter.sort},
        };
        int r = sd_bus_message_read(message, "s", &filter.customer);

        if (r >= 0)
                r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = sd_bus_message_read(message, "su", &filter.cursor, &call->limit) < 0 ? -EINVAL
                                                                                         : 0;
        if (r == 0)
                r = limit_check(request, &call->limit);
        return r == 0 ? list_filter_apply(request, call, &filter) : r;
}

static int list_users_run(struct op *op, void *call)
{
        return op_user_list(op, call);
}

int user_append_roles(sd_bus_message *reply, const struct user_view *view)
{
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (size_t i = 0; r >= 0 && i < view->n_roles; i++)
                if (view->roles[i].role[0])
                        r = sd_bus_message_append(reply, "(ss)", view->roles[i].customer,
                                                  view->roles[i].role);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_row(sd_bus_message *reply, const struct user_view *view)
{
        const struct account *account = &view->account;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "Uid", "u",
                                          account->uid, "Username", "s", account->name, "Email",
                                          "s", account->email, "FullName", "s", account->full_name,
                                          "Kind", "s", account->is_api ? "api" : "adm", "Status",
                                          "s", status_name(view->state.status), "LastLogin", "t",
                                          account->last_login_usec);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "Roles");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "a(ss)");
        if (r >= 0)
                r = user_append_roles(reply, view);
        for (int i = 0; r >= 0 && i < 3; i++) /* variant, entry, dictionary */
                r = sd_bus_message_close_container(reply);
        return r;
}

static int list_users_reply(void *userdata, sd_bus_message *reply)
{
        const struct user_list *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++)
                r = append_row(reply, &call->users[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_append(reply, "s", call->next);
}

static void list_users_clear(void *call)
{
        user_list_clear(call);
}

struct customer_create {
        const char *id, *alias;
};

static int create_customer_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_create *call = userdata;
        const struct option options[] = {{"Id", 's', &call->id}, {"Alias", 's', &call->alias}};
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0 && !call->id)
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION, "Id is required.");
        if (!call->alias)
                call->alias = "";
        return r;
}

static int create_customer_run(struct op *op, void *userdata)
{
        const struct customer_create *call = userdata;

        return op_customer_create(op, call->id, call->alias);
}

static int create_customer_reply(void *userdata, sd_bus_message *reply)
{
        const struct customer_create *call = userdata;
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BUS_ROOT "/customer", call->id, &path);

        return r < 0 ? r : sd_bus_message_append(reply, "o", path);
}

static int list_customers_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_list *call = userdata;
        int r = options_read(request, message, NULL, 0);

        if (r == 0)
                r = sd_bus_message_read(message, "su", &call->after, &call->limit) < 0 ? -EINVAL
                                                                                       : 0;
        if (r == 0 && call->after[0] && !name_is_customer_id(call->after))
                r = BO_ERR_BAD_CURSOR;
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_customers_run(struct op *op, void *call)
{
        return op_customer_list(op, call);
}

static int list_customers_reply(void *userdata, sd_bus_message *reply)
{
        const struct customer_list *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct customer *customer = &call->customers[i];

                r = sd_bus_message_append(reply, "a{sv}", 3, "Id", "s", customer->id, "Alias", "s",
                                          customer->alias, "Created", "t", customer->created_usec);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r
                     : sd_bus_message_append(reply, "s",
                                             call->more ? call->customers[call->n - 1].id : "");
}

static void list_customers_clear(void *userdata)
{
        struct customer_list *call = userdata;

        free(call->customers);
}

/* The settings of the request live as long as it does. */
struct roles_call {
        const struct settings *settings;
};

static int list_roles_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct roles_call *call = userdata;

        (void)message; /* no arguments */
        call->settings = request->op.settings;
        return 0;
}

static int list_roles_run(struct op *op, void *call)
{
        (void)call; /* the roles are in the settings; only the right to see them is asked for */
        return op_read_shared(op);
}

static int append_role(sd_bus_message *reply, const struct role *role)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}", "Name", "s", role->name, "Description",
                                          "s", role->description ? role->description : "");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "Permissions");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "as");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < role->n_permissions; i++)
                r = sd_bus_message_append(reply, "s", role->permissions[i]);
        for (int i = 0; r >= 0 && i < 4; i++) /* array, variant, entry, dictionary */
                r = sd_bus_message_close_container(reply);
        return r;
}

static int list_roles_reply(void *userdata, sd_bus_message *reply)
{
        const struct roles_call *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->settings->n_roles; i++)
                r = append_role(reply, &call->settings->roles[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int list_audit_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct audit_listing *call = userdata;
        const struct option options[] = {{"Subject", 'u', &call->subject_uid},
                                         {"Event", 's', &call->event}};
        const char *cursor;
        char *end;
        int r;

        call->subject_uid = AUDIT_NOBODY;
        r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = sd_bus_message_read(message, "su", &cursor, &call->limit) < 0 ? -EINVAL : 0;
        if (r != 0)
                return r;
        errno = 0;
        call->before = cursor[0] ? strtoull(cursor, &end, 10) : 0;
        if (cursor[0] && (errno || *end || cursor[0] < '1' || cursor[0] > '9'))
                return BO_ERR_BAD_CURSOR;
        return limit_check(request, &call->limit);
}

static int list_audit_run(struct op *op, void *call)
{
        return op_audit_list(op, call);
}

static int list_audit_reply(void *userdata, sd_bus_message *reply)
{
        const struct audit_listing *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct audit_item *row = &call->rows[i];

                r = sd_bus_message_append(
                        reply, "a{sv}", 7, "Sequence", "t", row->sequence, "Time", "t",
                        row->time_usec, "Event", "s", row->event, "Actor", "u",
                        row->actor_uid == AUDIT_NOBODY ? 0 : row->actor_uid, "Subject", "u",
                        row->subject_uid == AUDIT_NOBODY ? 0 : row->subject_uid, "Customer", "s",
                        row->customer, "Detail", "s", row->detail);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->n == call->limit)
                snprintf(next, sizeof(next), "%llu",
                         (unsigned long long)call->rows[call->n - 1].sequence);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void list_audit_clear(void *call)
{
        audit_listing_clear(call);
}

struct verify_call {
        uint64_t rows;
};

static int verify_run(struct op *op, void *userdata)
{
        struct verify_call *call = userdata;

        return op_audit_verify(op, &call->rows);
}

static int verify_reply(void *userdata, sd_bus_message *reply)
{
        const struct verify_call *call = userdata;

        return sd_bus_message_append(reply, "t", call->rows);
}

static int accept_clock_parse(struct request *request, void *call, sd_bus_message *message)
{
        (void)call; /* no options yet */
        return options_read(request, message, NULL, 0);
}

static int accept_clock_run(struct op *op, void *call)
{
        (void)call;
        return op_accept_clock(op);
}

static const struct method methods[] = {
        {"CreateUser", QUEUE_OTHER, true, sizeof(struct user_create), create_user_parse,
         create_user_run, create_user_reply, NULL},
        {"GetUser", QUEUE_OTHER, false, sizeof(struct user_find), get_user_parse, get_user_run,
         get_user_reply, NULL},
        {"GetUserByUid", QUEUE_OTHER, false, sizeof(struct user_find), get_user_by_uid_parse,
         get_user_run, get_user_reply, NULL},
        {"ListUsers", QUEUE_OTHER, false, sizeof(struct user_list), list_users_parse,
         list_users_run, list_users_reply, list_users_clear},
        {"CreateCustomer", QUEUE_OTHER, false, sizeof(struct customer_create),
         create_customer_parse, create_customer_run, create_customer_reply, NULL},
        {"ListCustomers", QUEUE_OTHER, false, sizeof(struct customer_list), list_customers_parse,
         list_customers_run, list_customers_reply, list_customers_clear},
        {"ListRoles", QUEUE_OTHER, false, sizeof(struct roles_call), list_roles_parse,
         list_roles_run, list_roles_reply, NULL},
        {"ListAudit", QUEUE_OTHER, false, sizeof(struct audit_listing), list_audit_parse,
         list_audit_run, list_audit_reply, list_audit_clear},
        {"VerifyAudit", QUEUE_OTHER, false, sizeof(struct verify_call), NULL, verify_run,
         verify_reply, NULL},
        {"AcceptClock", QUEUE_OTHER, false, 0, accept_clock_parse, accept_clock_run, NULL, NULL},
};

static int dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)bus, (void)path, (void)interface, (void)property, (void)userdata, (void)error;
        return sd_bus_message_append(reply, "s", BO_VERSION);
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;
        int store_error = bus_daemon(connection->owner)->store_error;
        char text[128] = "ok";

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        if (store_error < 0)
                snprintf(text, sizeof(text), "unavailable: %s", strerror(-store_error));
        return sd_bus_message_append(reply, "s", text);
}

#define OPEN SD_BUS_VTABLE_UNPRIVILEGED /* who may is decided by authorise(), not by sd-bus */

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("CreateUser", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("o", user, "s", username, "s", link), dispatch,
                                OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("GetUser", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", user),
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("GetUserByUid", SD_BUS_ARGS("u", uid), SD_BUS_RESULT("o", user),
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "ListUsers", SD_BUS_ARGS("s", customer, "a{sv}", filter, "s", cursor, "u", limit),
                SD_BUS_RESULT("aa{sv}", users, "s", next), dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("CreateCustomer", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("o", customer), dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListCustomers",
                                SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", customers, "s", next), dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListRoles", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", roles),
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListAudit", SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("VerifyAudit", SD_BUS_NO_ARGS, SD_BUS_RESULT("t", rows), dispatch,
                                OPEN),
        SD_BUS_METHOD_WITH_ARGS("AcceptClock", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_state, 0, 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserAdded", SD_BUS_ARGS("o", user, "s", username), 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserChanged", SD_BUS_ARGS("o", user), 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserStatusChanged",
                                SD_BUS_ARGS("s", user, "s", old, "s", new, "s", reason), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LoginFailed",
                                SD_BUS_ARGS("s", user, "s", service, "s", rhost, "s", outcome), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LoginSucceeded",
                                SD_BUS_ARGS("s", user, "s", service, "s", rhost, "s", factors), 0),
        SD_BUS_VTABLE_END,
};

int manager_add(struct connection *connection)
{
        return sd_bus_add_object_vtable(connection->bus, NULL, BUS_ROOT, BUS_NAME ".Manager",
                                        vtable, connection);
}
