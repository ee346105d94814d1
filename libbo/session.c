/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of users on this host: who is in, and who was. */
#include "libbo/page.h"

static const struct field session_fields[] = {
        {"Id", FIELD_U64, offsetof(struct bo_session, id), 0},
        {"Uid", FIELD_U32, offsetof(struct bo_session, uid), 0},
        {"User", FIELD_STRING, offsetof(struct bo_session, user), 0},
        {"Service", FIELD_STRING, offsetof(struct bo_session, service), 0},
        {"Rhost", FIELD_STRING, offsetof(struct bo_session, rhost), 0},
        {"Tty", FIELD_STRING, offsetof(struct bo_session, tty), 0},
        {"Factors", FIELD_STRING, offsetof(struct bo_session, factors), 0},
        {"Leader", FIELD_U32, offsetof(struct bo_session, leader), 0},
        {"Opened", FIELD_U64, offsetof(struct bo_session, opened_usec), 0},
        {"Closed", FIELD_U64, offsetof(struct bo_session, closed_usec), 0},
};

static const struct record session_record = {session_fields, ELEMENTS(session_fields),
                                             sizeof(struct bo_session)};

IS_PAGE(struct bo_session_page);

static int filter_append(sd_bus_message *call, const char *user, bool open)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r >= 0)
                r = option_string(call, "User", user);
        if (r >= 0 && open)
                r = sd_bus_message_append(call, "{sv}", "Open", "b", 1);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int bo_session_list(bo *client, const char *user, bool open, const char *cursor, uint32_t limit,
                    struct bo_session_page **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListSessions", false);

        if (r >= 0)
                r = filter_append(call, user, open);
        if (r >= 0)
                r = call_page(client, call, &session_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_session_page *bo_session_page_free(struct bo_session_page *page)
{
        return page_free(&session_record, page);
}
