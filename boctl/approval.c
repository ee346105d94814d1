/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl approval request, list, show: addresses from which a customer's interface may be used. */
#include "boctl/approval.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "boctl/listing.h"
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)
DEFINE_CLEANUP(struct bo_approval_page *, bo_approval_page_free)

int approval_id(const char *text, uint64_t *ret_id)
{
        char *end;
        unsigned long long value;

        errno = 0;
        value = strtoull(text, &end, 10);
        if (errno || *text < '0' || *text > '9' || *end)
                return fail_usage("A request has a number, as `boctl approval list` shows it, not "
                                  "'%s'.",
                                  text);
        *ret_id = value;
        return EXIT_DONE;
}

/* --customer, or the one that the caller acts for. */
static int customer_of(struct request *request, struct bo_user **ret_user, const char **ret_id)
{
        int r;

        *ret_id = request->value[OPTION_CUSTOMER];
        if (*ret_id)
                return EXIT_DONE;
        r = user_get(request, NULL, "look at", ret_user);
        if (r != EXIT_DONE)
                return r;
        *ret_id = (*ret_user)->acting_customer;
        return **ret_id ? EXIT_DONE : fail_usage("--customer is required: you act for none.");
}

int verb_approval_request(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        const char *address = request->args[0], *customer;
        uint64_t id;
        int r = customer_of(request, &user, &customer);

        if (r != EXIT_DONE)
                return r;
        r = bo_approval_request(request->bo, customer, address, request->value[OPTION_COMMENT],
                                &id);
        if (r != 0)
                return fail_call(request, r, "Cannot ask for %s", address);
        tell(request, "Asked for %s at %s: request %" PRIu64 ". Another member has to approve it.",
             address, customer, id);
        return EXIT_DONE;
}

static int approvals_fetch(struct listing *listing)
{
        _cleanup_(bo_approval_page_freep) struct bo_approval_page *page = NULL;
        const struct request *request = listing->request;
        int r = bo_approval_list(request->bo, listing->filter, request->value[OPTION_STATUS],
                                 listing->cursor, listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++) {
                const struct bo_approval *approval = &page->items[i];

                table_number(listing->table, 0, approval->id);
                table_text(listing->table, 1, approval->customer);
                table_text(listing->table, 2, approval->address);
                table_text(listing->table, 3, approval->status);
                table_text(listing->table, 4, approval->requester);
                table_time(listing->table, 5, approval->requested_usec);
                table_text(listing->table, 6, approval->comment);
        }
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

/* Root and local operators have no account to act with: they see those of all customers. */
static int customer_to_list(struct request *request, struct bo_user **ret_user, const char **ret_id)
{
        *ret_id = request->value[OPTION_CUSTOMER];
        if (!*ret_id && bo_user_get(request->bo, geteuid(), ret_user) == 0)
                *ret_id = (*ret_user)->acting_customer;
        if (!*ret_id)
                *ret_id = "";
        return EXIT_DONE;
}

int verb_approval_list(struct request *request)
{
        static const struct column columns[] = {
                {"id", "ID", CELL_NUMBER},
                {"customer", "CUSTOMER", CELL_TEXT},
                {"address", "ADDRESS", CELL_TEXT},
                {"status", "STATUS", CELL_TEXT},
                {"requester", "ASKED BY", CELL_TEXT},
                {"requested", "ON", CELL_TIME},
                {"comment", "COMMENT", CELL_TEXT},
        };
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        const char *customer;
        int r = customer_to_list(request, &user, &customer);

        return r != EXIT_DONE ? r
                              : listing_show(&(struct listing){
                                        .request = request,
                                        .name = "approvals",
                                        .problem = "Cannot list the requests for addresses",
                                        .columns = columns,
                                        .n_columns = ELEMENTS(columns),
                                        .filter = customer,
                                        .fetch = approvals_fetch});
}

static int show(const struct request *request, const struct bo_approval *approval)
{
        static const struct column columns[] = {
                {"id", "Id", CELL_NUMBER},
                {"customer", "Customer", CELL_TEXT},
                {"address", "Address", CELL_TEXT},
                {"status", "Status", CELL_TEXT},
                {"requester", "Asked by", CELL_TEXT},
                {"requested", "Asked on", CELL_TIME},
                {"comment", "Comment", CELL_TEXT},
                {"expires", "Answer until", CELL_TIME},
                {"decided", "Answered on", CELL_TIME},
                {"decided_by", "Answered by", CELL_TEXT},
                {"revoked", "Revoked on", CELL_TIME},
                {"revoked_by", "Revoked by", CELL_TEXT},
                {"reason", "Reason", CELL_TEXT},
                {"token_taken", "Token shown", CELL_TIME},
                {"token_used", "Token used", CELL_TIME},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "approval", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_number(table, 0, approval->id);
        table_text(table, 1, approval->customer);
        table_text(table, 2, approval->address);
        table_text(table, 3, approval->status);
        table_text(table, 4, approval->requester);
        table_time(table, 5, approval->requested_usec);
        table_text(table, 6, approval->comment);
        table_time(table, 7, approval->expires_usec);
        table_time(table, 8, approval->decided_usec);
        table_text(table, 9, approval->decided_by);
        table_time(table, 10, approval->revoked_usec);
        table_text(table, 11, approval->revoked_by);
        table_text(table, 12, approval->reason);
        table_time(table, 13, approval->token_taken_usec);
        table_time(table, 14, approval->token_used_usec);
        return table_record(table);
}

int verb_approval_show(struct request *request)
{
        _cleanup_(bo_approval_freep) struct bo_approval *approval = NULL;
        uint64_t id = 0;
        int r = approval_id(request->args[0], &id);

        if (r != EXIT_DONE)
                return r;
        r = bo_approval_get(request->bo, id, &approval);
        return r == 0 ? show(request, approval)
                      : fail_call(request, r, "Cannot show request %" PRIu64, id);
}
