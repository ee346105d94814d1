/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: users created, found and listed; the daemon itself. */
#include <errno.h>
#include <string.h>

#include "libbo/page.h"
#include "libbo/user.h"

/* Reads the object path of a user, whose last part is his uid. */
static int read_user_path(sd_bus_message *reply, uint32_t *ret_uid)
{
        const char *path;
        char *end;
        unsigned long long uid;
        int r = sd_bus_message_read(reply, "o", &path);

        if (r <= 0)
                return call_malformed(r);
        if (strncmp(path, BO_USER_PATH, strlen(BO_USER_PATH)) != 0)
                return -EBADMSG;
        path += strlen(BO_USER_PATH);
        uid = strtoull(path, &end, 10);
        if (*path < '0' || *path > '9' || *end || uid > UINT32_MAX)
                return -EBADMSG;
        *ret_uid = (uint32_t)uid;
        return 0;
}

static int strings_append(sd_bus_message *call, const char *key, const char *const *strings)
{
        int r;

        if (!strings)
                return 0;
        r = sd_bus_message_open_container(call, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", key);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'v', "as");
        if (r >= 0)
                r = append_strings(call, strings);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int new_user_append(sd_bus_message *call, const struct bo_user_new *user)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r >= 0)
                r = option_string(call, "Name", user->name);
        if (r >= 0)
                r = option_string(call, "Kind", user->kind);
        if (r >= 0)
                r = option_string(call, "FullName", user->full_name);
        if (r >= 0)
                r = option_string(call, "Customer", user->customer);
        if (r >= 0)
                r = strings_append(call, "Roles", user->roles);
        if (r >= 0)
                r = strings_append(call, "Locations", user->locations);
        if (r >= 0)
                r = option_string(call, "Home", user->home);
        if (r >= 0)
                r = option_string(call, "Shell", user->shell);
        if (r >= 0)
                r = option_secret(call, "InitialPassword", user->initial_password);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int bo_user_create(bo *client, const struct bo_user_new *user, uint32_t *ret_uid,
                   char **ret_username, char **ret_link)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_string_freep) char *username = NULL, *link = NULL;
        uint32_t uid;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "CreateUser", true);

        if (r >= 0)
                r = new_user_append(call, user);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = read_user_path(reply, &uid);
        if (r >= 0)
                r = read_secret(reply, &username);
        if (r >= 0)
                r = read_secret(reply, &link);
        if (r < 0)
                return r;
        *ret_uid = uid;
        *ret_username = TAKE_PTR(username);
        *ret_link = TAKE_PTR(link);
        return 0;
}

int bo_user_find(bo *client, const char *name, uint32_t *ret_uid)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "GetUser", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", name);
        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : read_user_path(reply, ret_uid);
}

int bo_reset_request(bo *client, const char *username, const char *rhost)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "RequestPasswordReset", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", username);
        return r < 0 ? r : call_send_options(client, call, "Rhost", rhost, NULL);
}

int bo_user_find_uid(bo *client, uint32_t uid)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "GetUserByUid", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "u", uid);
        return r < 0 ? r : call_send(client, call, NULL);
}

static int filter_append(sd_bus_message *call, const struct bo_user_filter *filter)
{
        const struct text_option options[] = {{"Status", filter->status},
                                              {"Kind", filter->kind},
                                              {"Role", filter->role},
                                              {"Search", filter->search},
                                              {"Sort", filter->sort}};
        int r = sd_bus_message_append(call, "s", filter->customer ? filter->customer : "");

        return r < 0 ? r : append_options(call, options, ELEMENTS(options));
}

IS_PAGE(struct bo_user_page);

int bo_user_list(bo *client, const struct bo_user_filter *filter, const char *cursor,
                 uint32_t limit, struct bo_user_page **ret_page)
{
        static const struct bo_user_filter none;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListUsers", false);

        if (r >= 0)
                r = filter_append(call, filter ? filter : &none);
        if (r >= 0)
                r = call_page(client, call, &user_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_user_page *bo_user_page_free(struct bo_user_page *page)
{
        return page_free(&user_record, page);
}
