/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox for who delivers it, and for the operator. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/mail.h"
#include "common/secret.h"

#define MAIL_TAKE_MOST       64
#define MAIL_TAKE_NORMAL     16
#define MAIL_MESSAGE_ID_SIZE 40

/* What mail_queue() sealed: @each gets every name and value, until it returns something else than
 * 0. */
int mail_fields_each(const struct secret *fields,
                     int (*each)(void *userdata, const char *name, const char *value),
                     void *userdata);

struct mail_taken {
        int64_t id;
        char kind[MAIL_KIND_SIZE];
        char recipient[NAME_MAX_BYTES + 1];
        char message_id[MAIL_MESSAGE_ID_SIZE]; /* without the '@' and what follows */
        uint64_t queued_usec;
        uint32_t attempts;
        struct secret *fields;
};

struct mail_taking {
        uint32_t limit;
        struct mail_taken *mails; /* results */
        size_t n;
        uint64_t wait_usec; /* until the next one is due; 0: none waits, or there are some */
};
void mail_taking_clear(struct mail_taking *call);
int op_mail_take(struct op *op, struct mail_taking *call);

/* What became of a mail; of one that does not wait any more: nothing is done, and 0 returned. */
int op_mail_delivered(struct op *op, uint64_t id);
int op_mail_retry(struct op *op, uint64_t id, const char *problem);
int op_mail_give_up(struct op *op, uint64_t id, const char *problem);

struct mail_item {
        uint64_t id;
        char kind[MAIL_KIND_SIZE];
        char recipient[NAME_MAX_BYTES + 1];
        uint32_t uid;
        uint64_t queued_usec, due_usec, given_up_usec;
        uint32_t attempts;
        char problem[MAIL_PROBLEM_SIZE];
};

struct mail_listing {
        uint64_t after;
        uint32_t limit;
        struct mail_item *mails; /* results */
        size_t n;
};
int op_mail_list(struct op *op, struct mail_listing *call);

/* Notes that mail was taken at the time of @op; op_mail_watch() only that the daemon began to wait
 * for that. */
void mail_watch_taken(const struct op *op);
void op_mail_watch(const struct op *op);

/* When that was, the later of the two; 0: neither yet. */
uint64_t mail_watch_since_usec(void);
