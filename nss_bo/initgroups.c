/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* initgroups: the supplementary groups of a user, as they stand in the user's own record. */
#include <errno.h>
#include <stdlib.h>

#include "nss_bo/current.h"
#include "nss_bo/nss_bo.h"

/* The list that glibc and its modules grow in turn; see initgroups_dyn in glibc's nss_files. */
struct list {
        gid_t **groups;
        long *start;
        long *n_room;
        long limit; /* none if not positive */
};

/* 1 if there is room for one more, 0 if the limit is reached. */
static int list_grow(struct list *list)
{
        long n_room = *list->n_room < 8 ? 16 : 2 * *list->n_room;
        gid_t *groups;

        if (*list->start < *list->n_room)
                return 1;
        if (list->limit > 0 && n_room > list->limit)
                n_room = list->limit;
        if (n_room <= *list->start)
                return 0;
        groups = reallocarray(*list->groups, (size_t)n_room, sizeof(*groups));
        if (!groups)
                return -ENOMEM;
        *list->groups = groups;
        *list->n_room = n_room;
        return 1;
}

static int list_fill(struct list *list, const struct snapshot_record *record, gid_t primary)
{
        for (uint32_t i = 0; i < record->n; i++) {
                gid_t gid = snapshot_record_gid(record, i);
                int r;

                if (gid == primary || gid == (gid_t)-1)
                        continue;
                r = list_grow(list);
                if (r <= 0)
                        return r;
                (*list->groups)[(*list->start)++] = gid;
        }
        return 0;
}

NSS_EXPORT enum nss_status _nss_bo_initgroups_dyn(const char *user, gid_t group, long *start,
                                                  long *n_room, gid_t **groups, long limit,
                                                  int *errnop)
{
        struct list list = {.groups = groups, .start = start, .n_room = n_room, .limit = limit};
        enum nss_status status;
        struct snapshot_record record;
        struct hold hold;
        int r;

        r = hold_current(&hold);
        if (r < 0)
                return answer_status(r, errnop);
        r = snapshot_find_name(hold.snapshot, user, &record);
        if (r > 0 && !record.is_user)
                r = 0;
        status = answer_status(r, errnop);
        if (r > 0 && list_fill(&list, &record, group) < 0) {
                *errnop = ENOMEM;
                status = NSS_STATUS_TRYAGAIN;
        }
        hold_release(&hold);
        return status;
}
