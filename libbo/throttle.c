/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources that are turned away. */
#include "libbo/page.h"

static const struct field throttled_fields[] = {
        {"Source", FIELD_STRING, offsetof(struct bo_throttled, source), 0},
        {"Next", FIELD_U64, offsetof(struct bo_throttled, next_usec), 0},
        {"Forgotten", FIELD_U64, offsetof(struct bo_throttled, forgotten_usec), 0},
};
static const struct record throttled_record = {throttled_fields, ELEMENTS(throttled_fields),
                                               sizeof(struct bo_throttled)};

IS_LIST(struct bo_throttle_list);

int bo_throttle_list(bo *client, struct bo_throttle_list **ret_list)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *list = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListThrottled", false);

        if (r >= 0)
                r = call_list(client, call, &throttled_record, &list);
        if (r == 0)
                *ret_list = list;
        return r;
}

struct bo_throttle_list *bo_throttle_list_free(struct bo_throttle_list *list)
{
        return page_free(&throttled_record, list);
}

int bo_throttle_clear(bo *client, const char *source, uint32_t *ret_n)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ClearThrottle", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", source);
        if (r >= 0)
                r = call_send_options(client, call, NULL, NULL, &reply);
        if (r != 0)
                return r;
        r = sd_bus_message_read(reply, "u", ret_n);
        return r <= 0 ? call_malformed(r) : 0;
}
