/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl approval approve, reject, revoke, token: what becomes of a request for an address. */
#include "boctl/approval.h"

#include <inttypes.h>

#include "boctl/secret.h"
#include "boctl/table.h"

/* By number, or with --token by the one from the mail, which is never on the command line. */
static int answer(struct request *request, bool approve, uint64_t *ret_id)
{
        const char *reason = request->value[OPTION_REASON];
        bool by_token = request->given & OPTION_BIT(TOKEN);
        _cleanup_(secret_wipe) struct secret_line token;
        int r;

        if (by_token == (request->n_args > 0))
                return fail_usage("Give either the number of a request or --token.");
        r = by_token ? secret_ask(&token, "Token from the mail: ", false)
                     : approval_id(request->args[0], ret_id);
        if (r != EXIT_DONE)
                return r;
        r = by_token  ? bo_approval_answer(request->bo, token.text, approve, reason, ret_id)
            : approve ? bo_approval_approve(request->bo, *ret_id)
                      : bo_approval_reject(request->bo, *ret_id, reason);
        return r == 0 ? EXIT_DONE
                      : fail_call(request, r, "The request was not %s",
                                  approve ? "approved" : "rejected");
}

/* Also what a token was about is told: the mail may be old. */
static int tell_outcome(struct request *request, uint64_t id)
{
        _cleanup_(bo_approval_freep) struct bo_approval *approval = NULL;
        int r = bo_approval_get(request->bo, id, &approval);

        if (r != 0)
                return fail_call(request, r, "It is done, but cannot be shown");
        tell(request, "%s of %s is %s (request %" PRIu64 ").", approval->address,
             approval->customer, approval->status, id);
        return EXIT_DONE;
}

int verb_approval_approve(struct request *request)
{
        uint64_t id = 0;
        int r = answer(request, true, &id);

        return r == EXIT_DONE ? tell_outcome(request, id) : r;
}

int verb_approval_reject(struct request *request)
{
        uint64_t id = 0;
        int r = answer(request, false, &id);

        return r == EXIT_DONE ? tell_outcome(request, id) : r;
}

int verb_approval_revoke(struct request *request)
{
        uint64_t id;
        int r = approval_id(request->args[0], &id);

        if (r != EXIT_DONE)
                return r;
        r = bo_approval_revoke(request->bo, id, request->value[OPTION_REASON]);
        return r == 0 ? tell_outcome(request, id)
                      : fail_call(request, r, "Request %" PRIu64 " was not revoked", id);
}

static int token_tell(const struct request *request, const struct bo_approval *approval,
                      const char *token)
{
        static const struct column columns[] = {
                {"id", "", CELL_NUMBER}, {"address", "", CELL_TEXT}, {"token", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table = NULL;

        if (!request->json) {
                printf("Token: %s\n"
                       "It works for you, from %s, while you act for %s. It is not shown again;\n"
                       "`boctl approval revoke %" PRIu64 "` ends it.\n",
                       token, approval->address, approval->customer, approval->id);
                return EXIT_DONE;
        }
        table = table_new(request, "tokens", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_number(table, 0, approval->id);
        table_text(table, 1, approval->address);
        table_text(table, 2, token);
        return table_end(table);
}

/* The request is looked at first: nothing must fail between the token and its being shown. */
int verb_approval_token(struct request *request)
{
        _cleanup_(bo_approval_freep) struct bo_approval *approval = NULL;
        _cleanup_(bo_string_freep) char *token = NULL;
        uint64_t id;
        int r = approval_id(request->args[0], &id);

        if (r != EXIT_DONE)
                return r;
        r = bo_approval_get(request->bo, id, &approval);
        if (r == 0)
                r = bo_approval_take_token(request->bo, id, &token);
        return r == 0 ? token_tell(request, approval, token)
                      : fail_call(request, r, "There is no token of request %" PRIu64 " for you",
                                  id);
}
