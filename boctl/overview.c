/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How bo is on one screen, asked for in a bounded number of bounded calls. */
#include "boctl/overview.h"

#include <string.h>

#define PAGE 1000 /* at most as many of each are counted */

DEFINE_CLEANUP(struct bo_findings *, bo_findings_free)
DEFINE_CLEANUP(struct bo_user_page *, bo_user_page_free)
DEFINE_CLEANUP(struct bo_session_page *, bo_session_page_free)
DEFINE_CLEANUP(struct bo_mail_page *, bo_mail_page_free)
DEFINE_CLEANUP(struct bo_throttle_list *, bo_throttle_list_free)
DEFINE_CLEANUP(struct bo_approval_page *, bo_approval_page_free)

static struct overview_count count_of(size_t n, const char *next)
{
        return (struct overview_count){.n = n, .more = next && *next};
}

static int users_count(bo *client, const char *status, struct overview_count *ret)
{
        _cleanup_(bo_user_page_freep) struct bo_user_page *page = NULL;
        const struct bo_user_filter filter = {.status = status};
        int r = bo_user_list(client, &filter, NULL, PAGE, &page);

        if (r == 0)
                *ret = count_of(page->n_items, page->next);
        return r;
}

static int sessions_count(bo *client, struct overview_count *ret)
{
        _cleanup_(bo_session_page_freep) struct bo_session_page *page = NULL;
        int r = bo_session_list(client, NULL, true, NULL, PAGE, &page);

        if (r == 0)
                *ret = count_of(page->n_items, page->next);
        return r;
}

static int mails_count(bo *client, struct overview *overview)
{
        _cleanup_(bo_mail_page_freep) struct bo_mail_page *page = NULL;
        int r = bo_mail_list(client, NULL, PAGE, &page);
        size_t given_up = 0;

        if (r != 0)
                return r;
        for (size_t i = 0; i < page->n_items; i++)
                given_up += page->items[i].given_up_usec != 0;
        overview->mails_given_up = count_of(given_up, page->next);
        overview->mails_waiting = count_of(page->n_items - given_up, page->next);
        return 0;
}

static int sources_count(bo *client, struct overview_count *ret)
{
        _cleanup_(bo_throttle_list_freep) struct bo_throttle_list *list = NULL;
        int r = bo_throttle_list(client, &list);

        if (r == 0)
                *ret = count_of(list->n_items, NULL);
        return r;
}

/* Not those of @requester: nobody answers what he asked for himself. */
static int approvals_count(bo *client, const char *customer, const char *requester,
                           struct overview_count *ret)
{
        _cleanup_(bo_approval_page_freep) struct bo_approval_page *page = NULL;
        int r = bo_approval_list(client, customer, "pending", NULL, PAGE, &page);
        size_t n = 0;

        if (r != 0)
                return r;
        for (size_t i = 0; i < page->n_items; i++)
                n += !requester || strcmp(page->items[i].requester, requester) != 0;
        *ret = count_of(n, page->next);
        return 0;
}

static int findings_count(bo *client, struct overview *overview)
{
        _cleanup_(bo_findings_freep) struct bo_findings *findings = NULL;
        int r = bo_check(client, &findings);

        for (size_t i = 0; r == 0 && i < findings->n_items; i++)
                if (strcmp(findings->items[i].severity, "warning") == 0)
                        overview->warnings++;
                else
                        overview->faults++;
        return r;
}

bool overview_get(const struct request *request, struct overview *ret_overview)
{
        struct overview overview = {0};
        int r = findings_count(request->bo, &overview); /* for operators alone, as all of it */

        for (size_t i = 0; r == 0 && i < OVERVIEW_STATUSES; i++)
                r = users_count(request->bo, overview_statuses[i], &overview.users[i]);
        if (r == 0)
                r = sessions_count(request->bo, &overview.sessions);
        if (r == 0)
                r = mails_count(request->bo, &overview);
        if (r == 0)
                r = sources_count(request->bo, &overview.sources);
        if (r == 0)
                r = approvals_count(request->bo, NULL, NULL, &overview.approvals);
        if (r == 0)
                *ret_overview = overview;
        else if (exit_code(r) != EXIT_NOT_ALLOWED && exit_code(r) != EXIT_NO_SUCH)
                (void)fail_call(request, r,
                                "Cannot tell how the service is"); /* the rest goes on */
        return r == 0;
}

bool overview_to_approve(const struct request *request, const struct bo_user *user,
                         struct overview_count *ret_count)
{
        const struct bo_permission_context context = {.customer = user->acting_customer};
        _cleanup_(bo_string_freep) char *reason = NULL;
        bool may = false;

        if (!user->acting_customer || !*user->acting_customer)
                return false;
        if (bo_check_permission(request->bo, NULL, "api.approve", &context, &may, &reason) != 0)
                return false;
        return may &&
               approvals_count(request->bo, user->acting_customer, user->username, ret_count) == 0;
}
