/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox: mails that wait to be delivered. */
#pragma once

#include "bo-accountd/store/account.h"

#define MAIL_KIND_SIZE    24
#define MAIL_SEALED_MAX   2048
#define MAIL_PROBLEM_SIZE 256

struct mail_row {
        int64_t id;
        char kind[MAIL_KIND_SIZE];
        uint32_t uid;
        char recipient[NAME_MAX_BYTES + 1];
        unsigned char sealed[MAIL_SEALED_MAX];
        size_t sealed_size;
        uint64_t queued_usec, due_usec;
        uint32_t attempts;
        uint64_t failed_usec; /* 0: still to be delivered */
        char problem[MAIL_PROBLEM_SIZE];
};

/* A number for the mail that mail_insert() will be given: what is sealed is bound to it. */
int mail_take_id(struct tx *tx, int64_t *ret_id);

/* Due at once. Uses id, kind, uid, recipient and sealed. */
int mail_insert(struct tx *tx, const struct mail_row *mail);

/* Those that are due, the longest waiting first. */
int mail_due(struct store *store, uint64_t now_usec, uint32_t limit,
             int (*each)(void *userdata, const struct mail_row *mail), void *userdata);

/* All that are there, delivered ones are not: by id, after @after. */
int mail_list(struct store *store, int64_t after, uint32_t limit,
              int (*each)(void *userdata, const struct mail_row *mail), void *userdata);

struct mail_counts {
        uint64_t given_up, late;
};

/* How many were given up, and how many wait since before @before_usec. */
int mail_count(struct store *store, uint64_t before_usec, struct mail_counts *ret_counts);

/* When the next one will be due; 0: none waits. */
int mail_next_due(struct store *store, uint64_t *ret_usec);

/* -ENODATA if it is not waiting (any more). */
int mail_load(struct store *store, int64_t id, struct mail_row *ret_mail);

int mail_delivered(struct tx *tx, int64_t id);
int mail_retry(struct tx *tx, int64_t id, uint64_t due_usec, const char *problem);
int mail_give_up(struct tx *tx, int64_t id, const char *problem);

/* Forgets those that were given up before @before_usec. */
int mail_sweep(struct tx *tx, uint64_t before_usec);
