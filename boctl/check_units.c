/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The units of bo: there, enabled, running; and the socket that everybody connects to. */
#include "boctl/check.h"
#include "boctl/unit_state.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PART "units"

/* What it means that a unit does not run. */
static const struct unit {
        const char *name, *package, *means;
        bool optional;  /* a package of its own, which may be absent */
        bool on_demand; /* the socket starts it */
} units[] = {
        {"bo-accountd.socket", "bo-accountd", "no user of bo can log in", false, false},
        {"bo-accountd.service", "bo-accountd",
         "no user of bo can log in, unless the socket can start it", false, true},
        {"bo-sessiond.service", "bo-accountd", "the sessions of users who are disabled do not end",
         false, false},
        {"bo-maild.service", "bo-maild", "no mail is delivered", true, false},
};

/* It has no other state to speak of. */
static void find_not_loaded(struct check *check, const struct unit *unit, const char *load)
{
        char remedy[256];

        if (strcmp(load, "not-found") == 0) {
                snprintf(remedy, sizeof(remedy), "`apt-get install --reinstall %s`", unit->package);
                if (!unit->optional)
                        check_find(check, CHECK_FAULT, PART, remedy, "%s is not there: %s.",
                                   unit->name, unit->means);
        } else if (strcmp(load, "masked") == 0) {
                snprintf(remedy, sizeof(remedy),
                         "`systemctl unmask %s && systemctl enable %s && systemctl start %s`",
                         unit->name, unit->name, unit->name);
                check_find(check, CHECK_FAULT, PART, remedy, "%s is masked: %s.", unit->name,
                           unit->means);
        } else {
                snprintf(remedy, sizeof(remedy),
                         "`systemctl status %s` tells what is wrong with it.", unit->name);
                check_find(check, CHECK_FAULT, PART, remedy, "systemd cannot read %s (%s): %s.",
                           unit->name, load, unit->means);
        }
}

/* Findings about the unit @name, of which @state is known. */
void check_unit_state(struct check *check, const char *name, const struct unit_state *state)
{
        const struct unit *unit = units;
        char remedy[256];

        while (strcmp(unit->name, name) != 0)
                unit++;
        if (strcmp(state->load, "loaded") != 0) {
                find_not_loaded(check, unit, state->load);
                return;
        }
        if (strcmp(state->active, "failed") == 0 || strcmp(state->active, "activating") == 0) {
                snprintf(remedy, sizeof(remedy),
                         "`journalctl -u %s` tells why; then `systemctl restart %s`.", name, name);
                check_find(check, CHECK_FAULT, PART, remedy,
                           "%s has failed or does not get up (%s): %s.", name, state->result,
                           unit->means);
        } else if (strcmp(state->active, "active") != 0 &&
                   strcmp(state->active, "reloading") != 0) {
                snprintf(remedy, sizeof(remedy), "`systemctl start %s`", name);
                check_find(check, unit->on_demand ? CHECK_WARNING : CHECK_FAULT, PART, remedy,
                           "%s is stopped: %s.", name, unit->means);
        }
        if (strcmp(state->file, "disabled") == 0) {
                snprintf(remedy, sizeof(remedy), "`systemctl enable %s`", name);
                check_find(check, unit->on_demand ? CHECK_WARNING : CHECK_FAULT, PART, remedy,
                           "%s is disabled: after the next start of the host %s.", name,
                           unit->means);
        }
        if (state->reload_needed)
                check_find(check, CHECK_WARNING, PART, "`systemctl daemon-reload`",
                           "The file of %s has changed since systemd read it.", name);
}

/* Someone has deleted it, or has let nobody in. */
static void socket_check(struct check *check)
{
        static const char again[] =
                "`systemctl stop bo-accountd.service bo-accountd.socket && systemctl start "
                "bo-accountd.socket bo-accountd.service bo-sessiond.service`";
        struct stat facts;

        if (stat(BO_SOCKET, &facts) < 0)
                check_find(check, CHECK_FAULT, PART, again, "%s: %s: no user of bo can log in.",
                           BO_SOCKET, strerror(errno));
        else if (!S_ISSOCK(facts.st_mode) || (facts.st_mode & 0666) != 0666)
                check_find(check, CHECK_FAULT, PART, again,
                           "%s is no socket that everybody may connect to (mode %o).", BO_SOCKET,
                           facts.st_mode & 07777);
}

/* One that is on its way up or down, as behind a restart, is given five seconds. */
static int settled_state(const char *name, struct unit_state *state)
{
        static const struct timespec pause = {.tv_nsec = 100000000};

        for (int i = 0;; i++) {
                int r = unit_state_get(name, state);

                if (r < 0 || i == 50 || strcmp(state->result, "success") != 0 ||
                    (strcmp(state->active, "activating") != 0 &&
                     strcmp(state->active, "deactivating") != 0))
                        return r;
                nanosleep(&pause, NULL);
        }
}

void check_units(struct check *check)
{
        struct unit_state state;
        bool listens = false;

        check_part(check, PART);
        for (size_t i = 0; i < ELEMENTS(units); i++) {
                int r = settled_state(units[i].name, &state);

                if (r < 0) {
                        check_find(check, CHECK_SKIPPED, PART, "", "%s (%s).",
                                   r == -ENOENT ? "systemd does not run here"
                                                : "systemd gives no answer",
                                   strerror(-r));
                        return;
                }
                check_unit_state(check, units[i].name, &state);
                listens |= i == 0 && strcmp(state.active, "active") == 0;
        }
        if (listens)
                socket_check(check);
}
