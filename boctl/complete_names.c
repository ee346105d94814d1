/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be named: from the table where it is written there, else from the daemon. */
#include "boctl/complete.h"

#include <string.h>

DEFINE_CLEANUP(struct bo_user *, bo_user_free)
DEFINE_CLEANUP(struct bo_user_page *, bo_user_page_free)
DEFINE_CLEANUP(struct bo_customer_page *, bo_customer_page_free)
DEFINE_CLEANUP(struct bo_location_page *, bo_location_page_free)
DEFINE_CLEANUP(struct bo_approval_page *, bo_approval_page_free)
DEFINE_CLEANUP(struct bo_account_type_list *, bo_account_type_list_free)
DEFINE_CLEANUP(struct bo_role_list *, bo_role_list_free)
DEFINE_CLEANUP(struct bo_permission_list *, bo_permission_list_free)
DEFINE_CLEANUP(struct bo_throttle_list *, bo_throttle_list_free)

/* Who may not see all has the customer that he acts for; else the one of --customer. */
static const char *customer_of(struct completion *c, struct bo_user **ret_self)
{
        const char *customer = c->request.value[OPTION_CUSTOMER];

        if (customer && *customer)
                return customer;
        if (geteuid() == 0 || bo_user_get(c->request.bo, geteuid(), ret_self) != 0)
                return NULL;
        customer = (*ret_self)->acting_customer;
        return customer && *customer ? customer : NULL;
}

/* All, or those of that customer where all are not for the caller. */
static void users(struct completion *c)
{
        _cleanup_(bo_user_page_freep) struct bo_user_page *page = NULL;
        _cleanup_(bo_user_freep) struct bo_user *self = NULL;
        struct bo_user_filter filter = {
                .customer = c->request.value[OPTION_CUSTOMER],
                .search = *c->current ? c->current : NULL,
                .sort = "name",
        };
        int r = bo_user_list(c->request.bo, &filter, NULL, COMPLETE_MOST, &page);

        if (r > 0 && (filter.customer = customer_of(c, &self)))
                r = bo_user_list(c->request.bo, &filter, NULL, COMPLETE_MOST, &page);
        for (size_t i = 0; r == 0 && i < page->n_items; i++)
                complete_put(c, page->items[i].username, page->items[i].full_name);
        if (r > 0 && self)
                complete_put(c, self->username, self->full_name);
}

static void customers(struct completion *c)
{
        _cleanup_(bo_customer_page_freep) struct bo_customer_page *page = NULL;
        int r = bo_customer_list(c->request.bo, NULL, COMPLETE_MOST, &page);

        for (size_t i = 0; r == 0 && i < page->n_items; i++)
                complete_put(c, page->items[i].id, page->items[i].alias);
}

static void locations(struct completion *c)
{
        _cleanup_(bo_location_page_freep) struct bo_location_page *page = NULL;
        _cleanup_(bo_user_freep) struct bo_user *self = NULL;
        int r = bo_location_search(c->request.bo, customer_of(c, &self), NULL, NULL, COMPLETE_MOST,
                                   &page);

        for (size_t i = 0; r == 0 && i < page->n_items; i++)
                complete_put(c, page->items[i].id, page->items[i].name);
}

static void approvals(struct completion *c)
{
        _cleanup_(bo_approval_page_freep) struct bo_approval_page *page = NULL;
        _cleanup_(bo_user_freep) struct bo_user *self = NULL;
        int r = bo_approval_list(c->request.bo, customer_of(c, &self), NULL, NULL, COMPLETE_MOST,
                                 &page);

        for (size_t i = 0; r == 0 && i < page->n_items; i++) {
                char id[24], about[128];

                snprintf(id, sizeof(id), "%llu", (unsigned long long)page->items[i].id);
                snprintf(about, sizeof(about), "%s, %s", page->items[i].address,
                         page->items[i].status);
                complete_put(c, id, about);
        }
}

static void roles(struct completion *c)
{
        _cleanup_(bo_role_list_freep) struct bo_role_list *list = NULL;
        int r = bo_role_list(c->request.bo, &list);

        for (size_t i = 0; r == 0 && i < list->n_items; i++)
                complete_put(c, list->items[i].name, list->items[i].description);
}

static void permissions(struct completion *c)
{
        _cleanup_(bo_permission_list_freep) struct bo_permission_list *list = NULL;
        int r = bo_permission_list(c->request.bo, &list);

        for (size_t i = 0; r == 0 && i < list->n_items; i++)
                complete_put(c, list->items[i].name, list->items[i].description);
}

static void types(struct completion *c)
{
        _cleanup_(bo_account_type_list_freep) struct bo_account_type_list *list = NULL;
        int r = bo_account_type_list(c->request.bo, &list);

        for (size_t i = 0; r == 0 && i < list->n_items; i++)
                complete_put(c, list->items[i].name, list->items[i].description);
}

/* Of the type that is named, else of each. */
static void subscriptions(struct completion *c)
{
        _cleanup_(bo_account_type_list_freep) struct bo_account_type_list *list = NULL;
        const char *type = c->request.value[OPTION_TYPE];
        int r = bo_account_type_list(c->request.bo, &list);

        for (size_t i = 0; r == 0 && i < list->n_items; i++)
                for (size_t j = 0; j < list->items[i].n_subscriptions; j++)
                        if (!type || strcmp(type, list->items[i].name) == 0)
                                complete_put(c, list->items[i].subscriptions[j],
                                             list->items[i].name);
}

static void sources(struct completion *c)
{
        _cleanup_(bo_throttle_list_freep) struct bo_throttle_list *list = NULL;
        int r = bo_throttle_list(c->request.bo, &list);

        for (size_t i = 0; r == 0 && i < list->n_items; i++)
                complete_put(c, list->items[i].source, NULL);
}

bool complete_names(struct completion *c, const char *kind)
{
        static const struct {
                const char *kind;
                void (*names)(struct completion *c);
        } kinds[] = {
                {"APPROVAL", approvals},         {"CUSTOMER", customers}, {"LOCATION", locations},
                {"PERMISSION", permissions},     {"ROLE", roles},         {"SOURCE", sources},
                {"SUBSCRIPTION", subscriptions}, {"TYPE", types},         {"USER", users},
        };

        for (size_t i = 0; i < ELEMENTS(kinds); i++) {
                if (strcmp(kind, kinds[i].kind) != 0)
                        continue;
                /* What is of another host is not asked for. */
                if (!(c->request.given & OPTION_BIT(REMOTE)) &&
                    bo_open(&c->request.bo, c->request.value[OPTION_SOCKET]) == 0)
                        kinds[i].names(c);
                return true;
        }
        return false;
}
