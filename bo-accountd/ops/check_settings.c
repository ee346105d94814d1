/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: settings that name what is not there, and a clock that was set back. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/policy/caller.h"
#include "bo-accountd/store/customer.h"
#include "common/clock.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#define ROLES_LOOKED_AT 200
#define ROLES_NAMED     3
#define CLOCK_IS_BACK   USEC_PER_MIN /* less is a clock being disciplined (tx.c) */

/* Then nobody exists on this host: a slip in a setting, not what anybody wants. */
static int check_customer(struct op *op, struct findings *findings)
{
        const char *host = op->settings->customer;
        struct customer customer;
        int r = host[0] ? customer_load(op->store, host, &customer) : 0;

        if (r != BO_ERR_NO_SUCH_CUSTOMER)
                return r;
        finding_add(
                findings, FINDING_FAULT, "customer",
                "Correct Customer= in /etc/bo/accountd.conf (`boctl customer list` has the ids), "
                "then `systemctl reload bo-accountd`.",
                "Customer=%s in accountd.conf names no customer: no user of bo exists on this "
                "host.",
                host);
        return 0;
}

/* Whether there is none of that name; not known (NSS failed) is no finding. */
static bool is_nobody(const char *name)
{
        struct passwd passwd, *found = NULL;
        char text[4096];

        return getpwnam_r(name, &passwd, text, sizeof(text), &found) == 0 && !found;
}

static bool is_no_group(const char *name)
{
        struct group group, *found = NULL;
        char text[16384];

        return getgrnam_r(name, &group, text, sizeof(text), &found) == 0 && !found;
}

static bool is_missing(const struct caller *caller)
{
        switch (caller->kind) {
        case CALLER_USER:
                return is_nobody(caller->name);
        case CALLER_GROUP:
                return is_no_group(caller->name);
        case CALLER_UID:
                return false; /* a number needs no name */
        }
        return false;
}

/* Whoever gets that name later on would hold logins for everybody. */
static void check_callers(const struct op *op, struct findings *findings)
{
        for (size_t i = 0; i < op->settings->n_services; i++) {
                const struct service_settings *service = &op->settings->services[i];
                const char *list = service->callers;
                struct caller caller;

                while (list && caller_next(&list, &caller) > 0)
                        if (is_missing(&caller))
                                finding_add(findings, FINDING_WARNING, "callers",
                                            "Correct Callers= there, then `systemctl reload "
                                            "bo-accountd`.",
                                            "Callers= in [Service %s] of accountd.conf names the "
                                            "%s %s, which is not on this host.",
                                            service->name,
                                            caller.kind == CALLER_GROUP ? "group" : "user",
                                            caller.name);
        }
}

static void tell_roles(struct findings *findings, const char *names, size_t n)
{
        if (n > 0)
                finding_add(findings, FINDING_WARNING, "roles",
                            "Describe them in /etc/bo/roles.conf and `systemctl reload "
                            "bo-accountd`, or give their holders others: `boctl user list "
                            "--role ROLE`, `boctl user roles`.",
                            "Users hold roles that roles.conf does not know, and that grant "
                            "nothing: %s%s.",
                            names, n > ROLES_NAMED ? " and others" : "");
}

/* Who holds it has no permission by it. */
static int check_roles(struct op *op, struct findings *findings)
{
        char role[ROLE_NAME_SIZE] = "", after[ROLE_NAME_SIZE];
        char names[ROLES_NAMED * (ROLE_NAME_SIZE + 2)] = "";
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < ROLES_LOOKED_AT; i++) {
                size_t used = strlen(names);

                memcpy(after, role, sizeof(after));
                r = role_in_use(op->store, after, role);
                if (r != 0 || settings_role(op->settings, role))
                        continue;
                if (n++ < ROLES_NAMED)
                        snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
                                 role);
        }
        tell_roles(findings, names, n);
        return r == -ENODATA ? 0 : r;
}

int check_settings(struct op *op, struct findings *findings)
{
        int r = check_customer(op, findings);

        check_callers(op, findings);
        return r == 0 ? check_roles(op, findings) : r;
}

int check_clock(struct tx *tx, struct findings *findings)
{
        uint64_t latest_usec;
        int r = tx_high_since(tx, 0, &latest_usec);

        if (r == 0 && latest_usec > tx->now_usec + CLOCK_IS_BACK)
                finding_add(findings, FINDING_WARNING, "clock",
                            "`timedatectl` shows the time. If it is right now: `boctl clock "
                            "accept`.",
                            "The clock was set back by %" PRIu64
                            " minutes: what had ended while it was ahead counts as ended.",
                            (latest_usec - tx->now_usec) / USEC_PER_MIN);
        return r;
}
