/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail: read, and its chain of hashes checked. */
#include "libbo/page.h"

static const struct field audit_fields[] = {
        {"Sequence", FIELD_U64, offsetof(struct bo_audit_row, sequence), 0},
        {"Time", FIELD_U64, offsetof(struct bo_audit_row, time_usec), 0},
        {"Event", FIELD_STRING, offsetof(struct bo_audit_row, event), 0},
        {"Actor", FIELD_U32, offsetof(struct bo_audit_row, actor), 0},
        {"Subject", FIELD_U32, offsetof(struct bo_audit_row, subject), 0},
        {"Customer", FIELD_STRING, offsetof(struct bo_audit_row, customer), 0},
        {"Detail", FIELD_STRING, offsetof(struct bo_audit_row, detail), 0},
};

static const struct record audit_record = {audit_fields, ELEMENTS(audit_fields),
                                           sizeof(struct bo_audit_row)};

IS_PAGE(struct bo_audit_page);

static int filter_append(sd_bus_message *call, uint32_t subject, const char *event)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r >= 0 && subject != 0)
                r = sd_bus_message_append(call, "{sv}", "Subject", "u", subject);
        if (r >= 0)
                r = option_string(call, "Event", event);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int bo_audit_list(bo *client, uint32_t subject, const char *event, const char *cursor,
                  uint32_t limit, struct bo_audit_page **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListAudit", false);

        if (r >= 0)
                r = filter_append(call, subject, event);
        if (r >= 0)
                r = call_page(client, call, &audit_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_audit_page *bo_audit_page_free(struct bo_audit_page *page)
{
        return page_free(&audit_record, page);
}

int bo_audit_verify(bo *client, uint64_t after, uint64_t *ret_to, uint64_t *ret_end)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        uint64_t to, end;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "VerifyAudit", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "t", after);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = sd_bus_message_read(reply, "tt", &to, &end);
        if (r <= 0)
                return call_malformed(r);
        if (to < end && to <= after) /* who asked on would never come to the end */
                return call_malformed(0);
        *ret_to = to;
        *ret_end = end;
        return 0;
}

static const struct field exported_fields[] = {
        {"Sequence", FIELD_U64, offsetof(struct bo_audit_exported, sequence), 0},
        {"Time", FIELD_U64, offsetof(struct bo_audit_exported, time_usec), 0},
        {"Event", FIELD_STRING, offsetof(struct bo_audit_exported, event), 0},
        {"Actor", FIELD_U32, offsetof(struct bo_audit_exported, actor), 0},
        {"Subject", FIELD_U32, offsetof(struct bo_audit_exported, subject), 0},
        {"Customer", FIELD_STRING, offsetof(struct bo_audit_exported, customer), 0},
        {"Detail", FIELD_STRING, offsetof(struct bo_audit_exported, detail), 0},
        {"Hash", FIELD_STRING, offsetof(struct bo_audit_exported, hash), 0},
};

static const struct record exported_record = {exported_fields, ELEMENTS(exported_fields),
                                              sizeof(struct bo_audit_exported)};

IS_PAGE(struct bo_audit_export);

static int span_append(sd_bus_message *call, uint64_t since_usec, uint64_t until_usec)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r >= 0 && since_usec > 0)
                r = sd_bus_message_append(call, "{sv}", "Since", "t", since_usec);
        if (r >= 0 && until_usec < UINT64_MAX)
                r = sd_bus_message_append(call, "{sv}", "Until", "t", until_usec);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int bo_audit_export(bo *client, uint64_t since_usec, uint64_t until_usec, const char *cursor,
                    uint32_t limit, struct bo_audit_export **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ExportAudit", false);

        if (r >= 0)
                r = span_append(call, since_usec, until_usec);
        if (r >= 0)
                r = call_page(client, call, &exported_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_audit_export *bo_audit_export_free(struct bo_audit_export *page)
{
        return page_free(&exported_record, page);
}
