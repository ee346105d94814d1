/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the other sources of the system know of the names and uids of users to come (R17, R21). */
#include "bo-accountd/ops/bulk_nss.h"
#include "bo-accountd/ops/bulk_user.h"
#include "bo-accountd/ops/new_name.h"
#include "common/clock.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define SILENT_MOST                                                                                \
        3        /* answers that are none, then nobody is asked any more: each may take long       \
                  */
#define AHEAD 16 /* uids that are asked about behind one that was not foreseen */

enum answer { NOT_ASKED, FREE, FOREIGN, SILENT };

/* Of one row: the name, unless it is used here already, and the uid it will get. */
struct wanted {
        char name[NAME_MAX_BYTES + 1];
        uint32_t uid; /* 0: none, or not known */
        enum answer answer;
};

struct known_uid {
        uint32_t uid;
        enum answer answer;
};

struct bulk_nss {
        struct wanted *rows;
        void *uids;    /* struct known_uid by uid */
        uint32_t next; /* the uid that was not foreseen; 0: none */
        unsigned n_silent;
};

static enum answer ask(struct bulk_nss *nss, int known)
{
        nss->n_silent += known < 0;
        return known < 0 ? SILENT : known > 0 ? FOREIGN : FREE;
}

static int compare(const void *a, const void *b)
{
        const struct known_uid *one = a, *two = b;

        return (one->uid > two->uid) - (one->uid < two->uid);
}

static int ask_uid(struct bulk_nss *nss, uint32_t uid)
{
        struct known_uid key = {.uid = uid}, *fresh;

        if (uid == 0 || tfind(&key, &nss->uids, compare))
                return 0;
        fresh = malloc(sizeof(*fresh));
        if (!fresh)
                return -ENOMEM;
        fresh->uid = uid;
        fresh->answer = nss->n_silent < SILENT_MOST ? ask(nss, nss_knows_id(uid)) : SILENT;
        if (tsearch(fresh, &nss->uids, compare))
                return 0;
        free(fresh);
        return -ENOMEM;
}

static int ask_row(struct bulk_nss *nss, struct wanted *row)
{
        if (row->name[0] && row->answer == NOT_ASKED)
                row->answer =
                        nss->n_silent < SILENT_MOST ? ask(nss, nss_knows_name(row->name)) : SILENT;
        return ask_uid(nss, row->uid);
}

/* Somebody else has created users meanwhile, or the system has one of those that were foreseen. */
static int ask_next(struct bulk_nss *nss)
{
        uint32_t next = nss->next;
        int r = 0;

        for (uint32_t i = 0; r == 0 && next > 0 && i < AHEAD; i++)
                r = ask_uid(nss, next + i);
        nss->next = 0;
        return r;
}

int bulk_nss_ask(struct bulk_import *call, uint64_t until_usec)
{
        struct bulk_nss *nss = call->nss;
        int r = ask_next(nss);

        while (r == 0 && call->n_asked < call->n_rows) {
                r = ask_row(nss, &nss->rows[call->n_asked++]);
                if (clock_monotonic_usec() >= until_usec)
                        break;
        }
        return r;
}

/* What a row that is well formed will want; of others nobody is asked. */
static int foresee_row(struct op *op, struct bulk_import *call, size_t index, uint32_t *next)
{
        struct wanted *row = &call->nss->rows[index];
        unsigned long uid = strtoul(bulk_given(call, index, BULK_USER_UID), NULL, 10);
        int used;

        if (name_fold(row->name, bulk_given(call, index, BULK_USER_NAME)) < 0) {
                row->name[0] = '\0';
                return 0;
        }
        used = account_name_used(op->store, row->name);
        if (used != 0) {
                row->name[0] = '\0';
                return used < 0 ? used : 0;
        }
        if (uid == 0)
                row->uid = *next > 0 && *next <= op->settings->uid_last ? (*next)++ : 0;
        else if (uid >= op->settings->uid_first && uid <= op->settings->uid_last)
                row->uid = (uint32_t)uid;
        if (*next > 0 && row->uid >= *next)
                *next = row->uid + 1;
        return 0;
}

int bulk_nss_foresee(struct op *op, struct bulk_import *call)
{
        uint32_t next = 0;
        int r = account_next_uid(op->store, op->settings->uid_first, op->settings->uid_last, &next);

        if (r < 0)
                return r;
        call->nss = calloc(1, sizeof(*call->nss));
        if (!call->nss)
                return -ENOMEM;
        call->nss->rows = calloc(call->n_rows + 1, sizeof(*call->nss->rows));
        r = call->nss->rows ? 0 : -ENOMEM;
        for (size_t i = 0; r == 0 && i < call->n_rows; i++)
                r = foresee_row(op, call, i, &next);
        return r;
}

static int outcome(const struct bulk_import *call, enum answer answer)
{
        switch (answer) {
        case FREE:
                return 0;
        case FOREIGN:
                return 1;
        case SILENT:
                return -EHOSTUNREACH;
        case NOT_ASKED:
                return call->dry_run ? 0 : -EAGAIN; /* it would be asked, and another one taken */
        }
        return -EINVAL;
}

int bulk_nss_knows_name(const struct bulk_row *row)
{
        return outcome(row->import, row->import->nss->rows[row->index].answer);
}

int bulk_nss_knows_id(struct bulk_import *call, uint32_t uid)
{
        const struct known_uid key = {.uid = uid}, *const *found =
                                                           tfind(&key, &call->nss->uids, compare);

        if (!found)
                call->nss->next = uid;
        return outcome(call, found ? (*found)->answer : NOT_ASKED);
}

void bulk_nss_forget(struct bulk_import *call)
{
        if (!call->nss)
                return;
        tdestroy(call->nss->uids, free);
        free(call->nss->rows);
        free(call->nss);
}
