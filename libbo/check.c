/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is not as it should be, as the daemon sees it. */
#include <errno.h>
#include <string.h>

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

struct bo_check_step *bo_check_step_free(struct bo_check_step *step)
{
        if (!step)
                return NULL;
        records_free(&finding_record, step->items, step->n_items);
        free(step->next);
        free(step);
        return NULL;
}

DEFINE_CLEANUP(struct bo_check_step *, bo_check_step_free)

static int step_read(sd_bus_message *reply, struct bo_check_step **ret_step)
{
        _cleanup_(bo_check_step_freep) struct bo_check_step *step = calloc(1, sizeof(*step));
        const char *next;
        void *items = NULL;
        int r = step ? records_read(reply, &finding_record, &items, &step->n_items) : -ENOMEM;

        if (r < 0)
                return r;
        step->items = items;
        r = sd_bus_message_read(reply, "stt", &next, &step->done, &step->total);
        if (r <= 0)
                return call_malformed(r);
        step->next = strdup(next); /* not cleaned: it goes back to the daemon, not to a terminal */
        if (!step->next)
                return -ENOMEM;
        *ret_step = TAKE_PTR(step);
        return 0;
}

int bo_check_store(bo *client, const char *cursor, struct bo_check_step **ret_step)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "CheckStore", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "sa{sv}", cursor ? cursor : "", 0);
        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : step_read(reply, ret_step);
}
