/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is not as it should be, as the daemon sees it. */
#include "libbo/page.h"

static const struct field finding_fields[] = {
        {"Severity", FIELD_STRING, offsetof(struct bo_finding, severity), 0},
        {"Part", FIELD_STRING, offsetof(struct bo_finding, part), 0},
        {"Text", FIELD_STRING, offsetof(struct bo_finding, text), 0},
        {"Remedy", FIELD_STRING, offsetof(struct bo_finding, remedy), 0},
};

static const struct record finding_record = {finding_fields, ELEMENTS(finding_fields),
                                             sizeof(struct bo_finding)};

IS_LIST(struct bo_findings);

int bo_check(bo *client, struct bo_findings **ret_findings)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *findings = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "Check", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = call_list(client, call, &finding_record, &findings);
        if (r == 0)
                *ret_findings = findings;
        return r;
}

struct bo_findings *bo_findings_free(struct bo_findings *findings)
{
        return page_free(&finding_record, findings);
}
