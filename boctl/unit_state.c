/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a unit is, asked of systemd over its bus (org.freedesktop.systemd1(5)). */
#include "boctl/unit_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "common/cleanup.h"
#include "common/clock.h"

#define SYSTEMD       "org.freedesktop.systemd1"
#define WAITS_AT_MOST (5 * USEC_PER_SEC)

static int word_get(sd_bus *bus, const char *path, const char *interface, const char *property,
                    char out[UNIT_WORD_SIZE])
{
        _cleanup_(freep) char *word = NULL;
        int r = sd_bus_get_property_string(bus, SYSTEMD, path, interface, property, NULL, &word);

        snprintf(out, UNIT_WORD_SIZE, "%s", r >= 0 ? word : "");
        return r;
}

static int state_read(sd_bus *bus, const char *path, const char *unit, struct unit_state *state)
{
        static const char interface[] = SYSTEMD ".Unit";
        const char *own = strstr(unit, ".socket") ? SYSTEMD ".Socket" : SYSTEMD ".Service";
        int reload = 0, r = word_get(bus, path, interface, "LoadState", state->load);

        if (r >= 0)
                r = word_get(bus, path, interface, "ActiveState", state->active);
        if (r >= 0)
                r = word_get(bus, path, interface, "UnitFileState", state->file);
        if (r >= 0)
                r = sd_bus_get_property_trivial(bus, SYSTEMD, path, interface, "NeedDaemonReload",
                                                NULL, 'b', &reload);
        state->reload_needed = reload;
        if (r < 0)
                return r;
        (void)word_get(bus, path, own, "Result",
                       state->result); /* a unit without a file has none */
        if (strcmp(own, SYSTEMD ".Service") == 0)
                (void)sd_bus_get_property_trivial(bus, SYSTEMD, path, own, "MainPID", NULL, 'u',
                                                  &state->main_pid); /* likewise */
        return 0;
}

int unit_state_get(const char *unit, struct unit_state *ret_state)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct unit_state state = {0};
        const char *path;
        int r;

        if (sd_booted() <= 0)
                return -ENOENT;
        r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_set_method_call_timeout(bus, WAITS_AT_MOST);
        if (r >= 0)
                r = sd_bus_call_method(bus, SYSTEMD, "/org/freedesktop/systemd1",
                                       SYSTEMD ".Manager", "LoadUnit", NULL, &reply, "s", unit);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = state_read(bus, path, unit, &state);
        if (r < 0)
                return r;
        *ret_state = state;
        return 0;
}
