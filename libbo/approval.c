/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for addresses from which a customer's interface may be used, and the answers. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libbo/page.h"

#define BO_APPROVAL      "org.backoffice.Accounts1.Approval"
#define BO_APPROVAL_PATH BO_PATH "/approval/_"

static const struct field approval_fields[] = {
        {"Id", FIELD_U64, offsetof(struct bo_approval, id), 0},
        {"Customer", FIELD_STRING, offsetof(struct bo_approval, customer), 0},
        {"Address", FIELD_STRING, offsetof(struct bo_approval, address), 0},
        {"Comment", FIELD_STRING, offsetof(struct bo_approval, comment), 0},
        {"Requester", FIELD_STRING, offsetof(struct bo_approval, requester), 0},
        {"Status", FIELD_STRING, offsetof(struct bo_approval, status), 0},
        {"Requested", FIELD_U64, offsetof(struct bo_approval, requested_usec), 0},
        {"Expires", FIELD_U64, offsetof(struct bo_approval, expires_usec), 0},
        {"Decided", FIELD_U64, offsetof(struct bo_approval, decided_usec), 0},
        {"DecidedBy", FIELD_STRING, offsetof(struct bo_approval, decided_by), 0},
        {"Revoked", FIELD_U64, offsetof(struct bo_approval, revoked_usec), 0},
        {"RevokedBy", FIELD_STRING, offsetof(struct bo_approval, revoked_by), 0},
        {"Reason", FIELD_STRING, offsetof(struct bo_approval, reason), 0},
        {"TokenTaken", FIELD_U64, offsetof(struct bo_approval, token_taken_usec), 0},
        {"TokenUsed", FIELD_U64, offsetof(struct bo_approval, token_used_usec), 0},
};

static const struct record approval_record = {approval_fields, ELEMENTS(approval_fields),
                                              sizeof(struct bo_approval)};

IS_PAGE(struct bo_approval_page);

/* The number that a path of the daemon ends with. */
static int read_path(sd_bus_message *reply, uint64_t *ret_id)
{
        const char *path;
        uint64_t id;
        int r = sd_bus_message_read(reply, "o", &path);

        if (r < 0)
                return call_malformed(r);
        if (sscanf(path, BO_APPROVAL_PATH "%" SCNu64, &id) != 1)
                return call_malformed(-EBADMSG);
        *ret_id = id;
        return 0;
}

int bo_approval_request(bo *client, const char *customer, const char *address, const char *comment,
                        uint64_t *ret_id)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BO_PATH "/customer", customer, &path);

        if (r >= 0)
                r = call_new(client, &call, path, BO_CUSTOMER, "RequestAddress", false);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", address);
        if (r < 0)
                return errno_fold(r);
        r = call_send_options(client, call, "Comment", comment, &reply);
        return r == 0 ? read_path(reply, ret_id) : r;
}

int bo_approval_list(bo *client, const char *customer, const char *status, const char *cursor,
                     uint32_t limit, struct bo_approval_page **ret_page)
{
        const struct text_option options[] = {{"Status", status}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListApprovals", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", customer ? customer : "");
        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        if (r >= 0)
                r = call_page(client, call, &approval_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_approval_page *bo_approval_page_free(struct bo_approval_page *page)
{
        return page_free(&approval_record, page);
}

struct bo_approval *bo_approval_free(struct bo_approval *approval)
{
        if (approval)
                record_clear(&approval_record, approval);
        free(approval);
        return NULL;
}

DEFINE_CLEANUP(struct bo_approval *, bo_approval_free)

/* As call_new(), of a method of the request @id. */
static int call_new_approval(bo *client, sd_bus_message **ret_call, uint64_t id,
                             const char *interface, const char *member, bool sensitive)
{
        char path[sizeof(BO_APPROVAL_PATH "18446744073709551615")];

        snprintf(path, sizeof(path), BO_APPROVAL_PATH "%" PRIu64, id);
        return call_new(client, ret_call, path, interface, member, sensitive);
}

int bo_approval_get(bo *client, uint64_t id, struct bo_approval **ret_approval)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_approval_freep) struct bo_approval *approval = calloc(1, sizeof(*approval));
        int r;

        if (!approval)
                return -ENOMEM;
        r = call_new_approval(client, &call, id, BO_PROPERTIES, "GetAll", false);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", BO_APPROVAL);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        if (r == 0)
                r = record_read(reply, &approval_record, approval);
        if (r == 0)
                *ret_approval = TAKE_PTR(approval);
        return r;
}

static int call_reason(bo *client, uint64_t id, const char *member, const char *reason)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_approval(client, &call, id, BO_APPROVAL, member, false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", reason ? reason : "");
        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_approval_approve(bo *client, uint64_t id)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_approval(client, &call, id, BO_APPROVAL, "Approve", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_approval_reject(bo *client, uint64_t id, const char *reason)
{
        return call_reason(client, id, "Reject", reason);
}

int bo_approval_revoke(bo *client, uint64_t id, const char *reason)
{
        return call_reason(client, id, "Revoke", reason);
}

int bo_approval_answer(bo *client, const char *token, bool approve, const char *reason,
                       uint64_t *ret_id)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "AnswerApproval", true);

        if (r >= 0)
                r = append_bytes(call, token);
        if (r >= 0)
                r = sd_bus_message_append(call, "b", (int)approve);
        if (r < 0)
                return r;
        r = call_send_options(client, call, "Reason", reason, &reply);
        return r == 0 ? read_path(reply, ret_id) : r;
}

int bo_approval_take_token(bo *client, uint64_t id, char **ret_token)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new_approval(client, &call, id, BO_APPROVAL, "TakeToken", false);

        if (r < 0)
                return r;
        r = call_send_options(client, call, NULL, NULL, &reply);
        return r == 0 ? read_secret(reply, ret_token) : r;
}
