/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every operation gets, and what it leaves behind for the main thread. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/policy/access.h"
#include "bo-accountd/policy/status.h"
#include "bo-accountd/publish.h"
#include "bo-accountd/settings.h"
#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store.h"
#include "common/log.h"
#include "libbo/bo.h"

#include <sys/types.h>

struct source_table;

#define OP_MESSAGE_SIZE 256
#define OP_TOLD_MOST    500 /* by one pass of a chore: it waits in memory, and then for the bus */

/* A D-Bus signal to be sent once the operation has been committed. */
enum op_signal_kind {
        OP_USER_ADDED,
        OP_USER_CHANGED,
        OP_USER_STATUS_CHANGED,
        OP_LOGIN_FAILED,
        OP_LOGIN_SUCCEEDED,
        OP_SESSION_OPENED,
        OP_SESSION_CLOSED,
        OP_CUSTOMER_ADDED, /* one: its id */
        OP_CUSTOMER_CHANGED,
        OP_LOCATION_ADDED, /* one: id of its customer; two: its own */
        OP_LOCATION_CHANGED,
        OP_APPROVAL_REQUESTED, /* id, customer, address */
        OP_APPROVAL_DECIDED,   /* id, customer, address, status */
        OP_DATABASE_OLDER,     /* one: reason; id: rows of the audit trail that are lost */
};

struct op_signal {
        enum op_signal_kind kind;
        uint32_t uid;
        uint64_t id; /* of a session or approval */
        char user[NAME_MAX_BYTES + 1];
        char one[64], two[64],
                three[ACCOUNT_TEXT_SIZE]; /* old, new, reason; service, rhost, outcome */
};

/* A line for the journal, to be written once the operation has been committed. */
struct op_note {
        int priority;
        const char *event; /* a constant of the program */
        char user[NAME_MAX_BYTES + 1];
        char customer[64];
        char service[64];
        char rhost[46];
        char detail[160];
        char text[OP_MESSAGE_SIZE + 128];
};

#define RESET_SOURCE_SIZE 64

/* A reset that somebody asked for: looked into after the answer, which so takes the same time for
 * everybody. */
struct reset_wish {
        bool wished;
        char name[NAME_MAX_BYTES + 1];  /* folded, or what cannot be a name */
        char source[RESET_SOURCE_SIZE]; /* for the throttle and the audit trail */
        uint32_t actor_uid; /* AUDIT_NOBODY at a prompt: anybody can type a name there */
};

/*
 * One operation, run by one worker from start to end. It returns 0, a BO_ERR_* or a negative errno,
 * and may say more in message.
 */
struct op {
        const struct settings *settings;
        struct source_table *sources;
        const struct keys *keys;
        struct publisher *publisher;
        struct store *store;
        const char *boot; /* of the host, an id */
        uid_t actor_uid;  /* from the kernel or the bus daemon */
        uint64_t clock_usec;
        char message[OP_MESSAGE_SIZE];
        struct op_signal *signals; /* as many as there is to tell; freed by op_clear() */
        size_t n_signals, signals_room, kept_signals;
        struct op_note *notes;
        size_t n_notes, notes_room, kept_notes;
        unsigned n_untold;                /* for want of memory */
        bool again;                       /* a chore has more to do, after others */
        bool operator_asked, operator_is; /* what actor_is_operator() found */
        bool asker_asked, asker_is;       /* what actor_may_ask() found */
        const char *key_file;
        bool keys_from_credential; /* they are not from that file, and not ours to write */
        bool keys_settled;         /* nobody works with other keys than these */
        bool keys_changed;         /* the ring is to be read again */
        bool endings;              /* sessions have to end: bo-sessiond is to be woken */
        bool mail_queued;          /* who delivers is told when the operation is over */
        struct reset_wish wish;
};

/* Transactions at the time of the request. A clock that was set back is told to the log. */
int op_begin_read(struct op *op, struct tx *tx);
int op_begin_write(struct op *op, struct tx *tx);
int op_begin_async(struct op *op, struct tx *tx); /* the reply waits for it: tx_begin_async() */
int op_begin_lazy(struct op *op, struct tx *tx);  /* nobody waits for it: tx_begin_lazy() */

/* Writes the message of a refusal and returns @error. */
int op_refuse(struct op *op, int error, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Notes a line, to be written by op_write_notes() once the operation is over. @event->event is a
 * constant of the program. */
void op_note(struct op *op, int priority, const struct log_event *event, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
void op_write_notes(struct op *op);

/* A place for one more signal, good until the next one; without memory one that nobody gets, and a
 * line that says so, since a signal is never worth a failure. */
struct op_signal *op_signal(struct op *op, enum op_signal_kind kind, const struct account *account);

/* UserStatusChanged, if it did change. */
void op_signal_status(struct op *op, const struct account *account, enum account_status old,
                      enum account_status new, const char *reason);

/* What was committed and is then refused is told all the same: call it after the commit. */
void op_keep_told(struct op *op);
/* When the operation is over: what was not committed did not happen, so it is not told. */
void op_drop_undone(struct op *op, int result);
void op_clear(struct op *op);

/* Makes the committed change visible to NSS. A failure is logged and mended by the next change or
 * start. */
void op_publish(struct op *op);
/* The same for what nobody waits for; while many changes come, now and then. */
void op_publish_lazily(struct op *op);
struct publish_options op_publish_options(const struct op *op);

/*
 * May the actor do @verb to @target (NULL: to no user) in @customer (NULL: in any common one)?
 * 0 or the BO_ERR_* of access_verdict(); the one way to ask. Reads in the transaction of @tx.
 */
int authorise(struct op *op, struct tx *tx, enum access_verb verb, const struct account *target,
              const char *customer);

/* Begin a transaction of what the operator alone does: as op_begin_read() and its like, then
 * authorise(). */
int op_begin_operate_read(struct op *op, struct tx *tx);
int op_begin_operate_write(struct op *op, struct tx *tx);
/* The same of what needs no transaction, or another. */
int op_may_operate(struct op *op);

/* May the actor do what @permission stands for in @customer? As authorise();
 * BO_ERR_NO_SUCH_CUSTOMER if he may not see it, BO_ERR_NOT_ALLOWED without the permission. The
 * operator may. */
int authorise_permission(struct op *op, struct tx *tx, const char *customer,
                         const char *permission);

/* May the actor ask for the permissions of @target (NULL: of somebody who does not exist) in
 * @customer (NULL: in any common one)? Anybody may of himself. As authorise(). */
int authorise_ask(struct op *op, struct tx *tx, const struct account *target, const char *customer);

/* Is the actor root or in the operator group? By NSS, so never on the main thread. */
bool actor_is_operator(struct op *op);
/* Or in PermissionGroup=: may he ask for the permissions of everybody? Likewise. */
bool actor_may_ask(struct op *op);

/* Is the actor in @group of this host? Likewise. */
bool actor_is_in_group(const struct op *op, const char *group);

/* The status facts of @account at tx->now_usec, and the status derived from them (R18). */
struct account_state {
        enum account_status status;
        uint64_t locked_until_usec; /* 0: not locked by attempts */
        uint64_t password_expires_usec;
        struct status_facts facts;
};
int account_state(struct op *op, struct tx *tx, const struct account *account,
                  struct account_state *ret_state);
/* The same as it shows at a customer (R18): deactivated there, or everywhere by the operator. */
void account_state_at(struct account_state *state, const struct account *account,
                      bool disabled_there);
