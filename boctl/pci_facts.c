/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a report on requirement 8 goes by: settings, counts, findings, operators. */
#include "boctl/pci.h"
#include "boctl/when.h"
#include "common/clock.h"

#include <errno.h>
#include <grp.h>
#include <string.h>

#define LOOKS_MOST 1000 /* each counts some thousand users (docs/metrics.md) */

DEFINE_CLEANUP(struct bo_user *, bo_user_free)
DEFINE_CLEANUP(struct bo_findings *, bo_findings_free)

/* Until all users have been counted once. */
static int metrics_get(bo *client, struct pci_facts *facts)
{
        int r = 0;

        for (int i = 0; r == 0 && i < LOOKS_MOST; i++) {
                facts->metrics = bo_metrics_free(facts->metrics);
                r = bo_metrics_get(client, &facts->metrics);
                if (r == 0 && pci_metric(facts, "bo_users_counted_timestamp_seconds", "") > 0)
                        break;
        }
        return r;
}

static int findings_get(bo *client, struct pci_facts *facts)
{
        _cleanup_(bo_findings_freep) struct bo_findings *findings = NULL;
        int r = bo_check(client, &findings);

        for (size_t i = 0; r == 0 && i < findings->n_items; i++)
                check_take(&facts->check, &findings->items[i]);
        return r;
}

static int operator_look(bo *client, const char *name, struct pci_facts *facts)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        uint32_t uid = 0;
        int r = bo_user_find(client, name, &uid);

        if (r == 0)
                r = bo_user_get(client, uid, &user);
        if (r < 0)
                return r;
        if (r > 0)
                facts->operators_foreign++;
        else if (user->otp_enabled)
                facts->operators_with++;
        else
                facts->operators_without++;
        return 0;
}

static int operators_get(bo *client, struct pci_facts *facts)
{
        const struct group *group = getgrnam(pci_setting(facts, "Accounts", "OperatorGroup"));
        int r = 0;

        for (char **name = group ? group->gr_mem : NULL; r == 0 && name && *name; name++)
                r = operator_look(client, *name, facts);
        return r;
}

int pci_facts_get(struct request *request, struct pci_facts *facts)
{
        _cleanup_(bo_string_freep) char *state = NULL;
        bo *client = request->bo;
        int r = bo_service_info(client, &facts->version, &state);

        if (r == 0)
                r = bo_settings_get(client, &facts->settings);
        if (r == 0)
                r = metrics_get(client, facts);
        if (r == 0)
                r = bo_role_list(client, &facts->roles);
        if (r == 0)
                r = findings_get(client, facts);
        if (r == 0)
                r = operators_get(client, facts);
        facts->host_seen = !request->value[OPTION_SOCKET];
        if (r == 0 && facts->host_seen) { /* else it is another daemon than that of this host */
                check_uid_range(&facts->check, facts->settings);
                check_pam(&facts->check);
                check_nss(&facts->check);
                check_uids(&facts->check);
                check_sshd(&facts->check);
        }
        if (gethostname(facts->host, sizeof(facts->host) - 1) < 0)
                strcpy(facts->host, "?");
        when(facts->time, sizeof(facts->time), clock_realtime_usec());
        return r == 0 && facts->check.failed ? -ENOMEM : r;
}

void pci_facts_clear(struct pci_facts *facts)
{
        facts->settings = bo_settings_free(facts->settings);
        facts->metrics = bo_metrics_free(facts->metrics);
        facts->roles = bo_role_list_free(facts->roles);
        bo_string_free(facts->version);
        check_clear(&facts->check);
}
