/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of a dictionary a{sv} whose values have contents of their own. */
#include "bo-accountd/bus/entry.h"

int entry_open(sd_bus_message *reply, const char *key, const char *type)
{
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", key);
        return r < 0 ? r : sd_bus_message_open_container(reply, 'v', type);
}

int entry_close(sd_bus_message *reply)
{
        int r = sd_bus_message_close_container(reply);

        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int entry_append_strings(sd_bus_message *reply, const char *key, const char *const *texts, size_t n)
{
        int r = entry_open(reply, key, "as");

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(reply, "s", texts[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : entry_close(reply);
}
