/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: creating, finding and listing users. */
#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/manager.h"
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
                {"Customer", 's', &call->member.customer},
                {"Roles", 'S', call->member.roles, &call->member.n_roles, ROLES_MOST},
                {"Locations", 'S', call->member.locations, &call->member.n_locations,
                 LOCATIONS_MOST, &call->member.restricted},
                {"Home", 's', &call->home},
                {"Shell", 's', &call->shell},
                {"InitialPassword", 'Y', &call->initial},
        };
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0)
                r = kind_from_name(request, kind, &call->is_api);
        if (r == 0 && call->is_api && call->initial)
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION,
                              "InitialPassword is for persons; SetApiPassword for programs.");
        if (call->initial)
                request->queue = QUEUE_HASH;
        return r;
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

static void create_user_clear(void *call)
{
        user_create_clear(call);
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

        (void)request; /* nothing to refuse here */
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

/* A name; or, to the operator, what stands for an invitation: address, space, uid (R49). */
static bool is_cursor(const char *cursor)
{
        char name[NAME_MAX_BYTES + 1], folded[NAME_MAX_BYTES + 1];
        size_t length = strcspn(cursor, " ");

        if (strlen(cursor) > NAME_MAX_BYTES)
                return false;
        (void)snprintf(name, sizeof(name), "%.*s", (int)length, cursor); /* checked above */
        return name_fold(folded, name) == 0 &&
               strspn(cursor + length, " 0123456789") == strlen(cursor + length);
}

static int list_filter_apply(struct request *request, struct user_list *call,
                             const struct list_filter *filter)
{
        enum account_status status;
        bool api;
        int r = 0;

        call->status = call->kind = -1;
        if (filter->status && status_from_name(filter->status, &status) < 0)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "There is no status \"%.32s\": it is one of active, "
                                 "password-expired, locked-attempts, locked-inactivity, "
                                 "activation-sent, deactivated.",
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
        if (filter->cursor[0] && !is_cursor(filter->cursor))
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
                r = entry_open(reply, "Roles", "a(ss)");
        if (r >= 0)
                r = user_append_roles(reply, view);
        if (r >= 0)
                r = entry_close(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
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

static const struct method methods[] = {
        {"CreateUser", QUEUE_OTHER, true, sizeof(struct user_create), create_user_parse,
         create_user_run, create_user_reply, create_user_clear},
        {"GetUser", QUEUE_OTHER, false, sizeof(struct user_find), get_user_parse, get_user_run,
         get_user_reply, NULL},
        {"GetUserByUid", QUEUE_OTHER, false, sizeof(struct user_find), get_user_by_uid_parse,
         get_user_run, get_user_reply, NULL},
        {"ListUsers", QUEUE_OTHER, false, sizeof(struct user_list), list_users_parse,
         list_users_run, list_users_reply, list_users_clear},
};

int manager_on_users(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
