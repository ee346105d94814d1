/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions: who may see which, whose have to end, and those that nobody closed. */
#include "bo-accountd/ops/ops.h"
#include "common/clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define SESSION_REMAINS_FOR (90 * USEC_PER_DAY) /* after its end */
#define BATCH               500                 /* rows in one transaction: others want to write */
#define SWEEP_TURNS_MOST    100

static int copy_row(void *userdata, const struct session *row)
{
        struct session_listing *call = userdata;

        if (row->opened_usec < call->since_usec)
                return 1; /* and so were those behind it */
        call->rows[call->n++] = *row;
        return 0;
}

/* A customer sees the sessions of a guest since he accepted: of others' users it sees none (R10).
 */
static int find_since(struct op *op, struct tx *tx, uint32_t uid, uint64_t *ret_usec)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        struct account account;
        size_t n = 0;
        int r = account_by_uid(tx->store, uid, &account);

        if (r == 0)
                r = member_roles(tx->store, uid, &rows, &n);
        *ret_usec = UINT64_MAX;
        for (size_t i = 0; r == 0 && i < n; i++) {
                uint64_t usec = member_came_invited(&rows[i]) ? rows[i].joined_usec : 0;

                if (usec >= *ret_usec)
                        continue;
                r = authorise(op, tx, ACCESS_READ_USER, &account, rows[i].customer);
                if (r == 0)
                        *ret_usec = usec;
                else if (r > 0)
                        r = 0;
        }
        return r;
}

/* Whoever names nobody sees all if he may, else his own. */
static int list_scope(struct op *op, struct tx *tx, struct session_listing *call,
                      struct session_filter *filter)
{
        int r = call->name || call->of_uid ? 1 : authorise(op, tx, ACCESS_OPERATE, NULL, NULL);
        struct user_find find = {.name = call->name, .uid = call->uid};

        if (r <= 0)
                return r;
        if (!call->name && !call->of_uid)
                find.uid = op->actor_uid;
        r = user_readable(op, tx, &find);
        filter->of_user = true;
        filter->uid = find.uid;
        return r == 0 && find.uid != op->actor_uid && !actor_is_operator(op)
                       ? find_since(op, tx, find.uid, &call->since_usec)
                       : r;
}

int op_session_list(struct op *op, struct session_listing *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct session_filter filter = {
                .before = (int64_t)call->before, .open = call->open, .limit = call->limit};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = list_scope(op, &tx, call, &filter);
        if (r != 0)
                return r;
        call->rows = calloc(call->limit, sizeof(*call->rows));
        if (!call->rows)
                return -ENOMEM;
        r = session_list(op->store, &filter, copy_row, call);
        return r < 0 ? r : 0;
}

void session_listing_clear(struct session_listing *call)
{
        free(call->rows);
}

/* bo-sessiond alone, which is root: no operator, and nobody on the system bus. */
static int helper_may(const struct op *op)
{
        return op->actor_uid == 0 ? 0 : BO_ERR_NOT_ALLOWED;
}

int op_session_endings(struct op *op, struct session_endings *call)
{
        int r = helper_may(op);

        return r == 0 ? session_endings(op->store, call->rows, ELEMENTS(call->rows), &call->n) : r;
}

int op_session_ended(struct op *op, const struct session_ending *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct audit_entry entry = {
                .event = "sessions-ended",
                .actor_uid = AUDIT_NOBODY,
                .subject_uid = call->uid,
        };
        struct account account;
        int r = helper_may(op);

        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = session_ended(&tx, call->uid, call->since_usec);
        if (r == 0)
                r = audit_append(&tx, &entry);
        else if (r == -ENODATA)
                return 0; /* told already, or to be told again: recorded then */
        if (r == 0)
                r = account_by_uid(op->store, call->uid, &account);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = entry.event, .user = account.name},
                        "The sessions of %s have ended.", account.name);
        return r;
}

struct gone {
        const char *boot;
        int64_t last, ids[BATCH];
        size_t n, looked_at;
};

/* Its host went down, or its process has ended without a word: killed, or the program forgot. */
static bool is_gone(const struct gone *gone, const struct session *session)
{
        if (strcmp(session->boot, gone->boot) != 0)
                return true;
        return session->leader > 1 && kill((pid_t)session->leader, 0) < 0 && errno == ESRCH;
}

static int look_at(void *userdata, const struct session *session)
{
        struct gone *gone = userdata;

        gone->last = session->id;
        gone->looked_at++;
        if (is_gone(gone, session))
                gone->ids[gone->n++] = session->id;
        return 0;
}

static int close_gone(struct op *op, const struct gone *gone)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = gone->n > 0 ? op_begin_write(op, &tx) : 0;

        for (size_t i = 0; r == 0 && i < gone->n; i++) {
                r = session_close(&tx, gone->ids[i]);
                if (r == -ENODATA)
                        r = 0; /* closed meanwhile */
        }
        return r == 0 && gone->n > 0 ? tx_commit(&tx) : r;
}

static int close_all_gone(struct op *op)
{
        struct gone gone = {.boot = op->boot, .looked_at = BATCH};
        int r = 0;

        while (r == 0 && gone.looked_at == BATCH) {
                gone.n = gone.looked_at = 0;
                r = session_each_open(op->store, gone.last, BATCH, look_at, &gone);
                if (r == 0)
                        r = close_gone(op, &gone);
        }
        return r;
}

static int sweep_batch(struct op *op, uint32_t *ret_n)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        *ret_n = 0;
        if (r == 0 && tx.now_usec > SESSION_REMAINS_FOR)
                r = session_sweep(&tx, tx.now_usec - SESSION_REMAINS_FOR, BATCH, ret_n);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_session_tend(struct op *op)
{
        uint32_t n = BATCH;
        int r = close_all_gone(op);

        for (int turn = 0; r == 0 && n == BATCH && turn < SWEEP_TURNS_MOST; turn++)
                r = sweep_batch(op, &n);
        return r;
}
