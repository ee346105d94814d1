/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things that every operation needs: refusals with a reason, signals, publication, status. */
#include "bo-accountd/ops/op.h"

#include "bo-accountd/policy/inactivity.h"
#include "bo-accountd/store/lockout.h"
#include "common/log.h"
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int op_begin_read(struct op *op, struct tx *tx)
{
        return tx_begin_read(tx, op->store, op->clock_usec);
}

static int tell_set_back(const struct tx *tx, int r)
{
        if (r == 0 && tx->set_back)
                log_event(LOG_WARNING, &(struct log_event){.event = "clock-set-back"},
                          "The clock was set back. If it is right now: boctl clock accept.");
        return r;
}

int op_begin_write(struct op *op, struct tx *tx)
{
        return tell_set_back(tx, tx_begin_write(tx, op->store, op->clock_usec));
}

int op_begin_async(struct op *op, struct tx *tx)
{
        return tell_set_back(tx, tx_begin_async(tx, op->store, op->clock_usec));
}

int op_begin_lazy(struct op *op, struct tx *tx)
{
        return tell_set_back(tx, tx_begin_lazy(tx, op->store, op->clock_usec));
}

int op_refuse(struct op *op, int error, const char *format, ...)
{
        char text[2 * OP_MESSAGE_SIZE];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        /* What was cut in the midst of a letter is no text for the bus. */
        text_clean(op->message, sizeof(op->message), text, true);
        return error;
}

static void copy(char *out, size_t size, const char *text)
{
        snprintf(out, size, "%s", text ? text : "");
}

/* @array with room for one more than @n, in place of it; NULL: it stays as it is. */
static void *make_room(void *array, size_t n, size_t *room, size_t size)
{
        size_t wanted = *room ? *room * 2 : 2;
        void *grown = n < *room ? array : reallocarray(array, wanted, size);

        if (grown && n == *room)
                *room = wanted;
        return grown;
}

void op_note(struct op *op, int priority, const struct log_event *event, const char *format, ...)
{
        struct op_note *note;
        struct op_note *notes = make_room(op->notes, op->n_notes, &op->notes_room, sizeof(*notes));
        va_list arguments;

        if (!notes) {
                op->n_untold++;
                return;
        }
        op->notes = notes;
        note = &notes[op->n_notes++];
        note->priority = priority;
        note->event = event->event;
        copy(note->user, sizeof(note->user), event->user);
        copy(note->customer, sizeof(note->customer), event->customer);
        copy(note->service, sizeof(note->service), event->service);
        copy(note->rhost, sizeof(note->rhost), event->rhost);
        copy(note->detail, sizeof(note->detail), event->detail);
        va_start(arguments, format);
        vsnprintf(note->text, sizeof(note->text), format, arguments);
        va_end(arguments);
}

void op_write_notes(struct op *op)
{
        for (size_t i = 0; i < op->n_notes; i++) {
                const struct op_note *note = &op->notes[i];

                log_event(note->priority,
                          &(struct log_event){.event = note->event,
                                              .user = note->user,
                                              .customer = note->customer,
                                              .service = note->service,
                                              .rhost = note->rhost,
                                              .detail = note->detail},
                          "%s", note->text);
        }
        if (op->n_untold > 0)
                log_event(LOG_ERR, &(struct log_event){.event = "events-lost"},
                          "%u events and signals were lost: no memory.", op->n_untold);
}

struct op_signal *op_signal(struct op *op, enum op_signal_kind kind, const struct account *account)
{
        static _Thread_local struct op_signal spare;
        struct op_signal *signals =
                make_room(op->signals, op->n_signals, &op->signals_room, sizeof(*signals));
        struct op_signal *signal = signals ? &signals[op->n_signals++] : &spare;

        if (signals)
                op->signals = signals;
        else
                op->n_untold++;
        *signal = (struct op_signal){.kind = kind};
        if (account) {
                signal->uid = account->uid;
                memcpy(signal->user, account->name, sizeof(signal->user));
        }
        return signal;
}

void op_signal_status(struct op *op, const struct account *account, enum account_status old,
                      enum account_status new, const char *reason)
{
        struct op_signal *signal =
                old != new ? op_signal(op, OP_USER_STATUS_CHANGED, account) : NULL;

        if (!signal)
                return;
        copy(signal->one, sizeof(signal->one), status_name(old));
        copy(signal->two, sizeof(signal->two), status_name(new));
        copy(signal->three, sizeof(signal->three), reason);
}

void op_keep_told(struct op *op)
{
        op->kept_signals = op->n_signals;
        op->kept_notes = op->n_notes;
}

void op_drop_undone(struct op *op, int result)
{
        if (result == 0)
                return;
        op->n_signals = op->kept_signals;
        op->n_notes = op->kept_notes;
}

void op_clear(struct op *op)
{
        free(op->signals);
        free(op->notes);
}

struct publish_options op_publish_options(const struct op *op)
{
        return (struct publish_options){
                .enumerate = op->settings->enumerate,
                .group_members_max = op->settings->group_members_max,
        };
}

static void tell_publish_failed(int r)
{
        log_event(LOG_ERR,
                  &(struct log_event){.event = "snapshot-failed",
                                      .detail = strerror(r < 0 ? -r : EIO)},
                  "The NSS snapshot could not be written (%s); it is retried with the next change.",
                  strerror(r < 0 ? -r : EIO));
}

void op_publish(struct op *op)
{
        const struct publish_options options = op_publish_options(op);
        int r = publisher_update(op->publisher, op->store, &options);

        if (r != 0)
                tell_publish_failed(r);
}

void op_publish_lazily(struct op *op)
{
        const struct publish_options options = op_publish_options(op);
        int r = publisher_update_lazily(op->publisher, op->store, &options);

        if (r != 0)
                tell_publish_failed(r);
}

/* Idleness judged by the latest time that the clock has shown since: a clock set back does not
 * shorten it. */
static int account_is_idle(struct op *op, struct tx *tx, const struct account *account,
                           bool *ret_idle)
{
        const struct inactivity_facts facts = {
                .last_login_usec = account->last_login_usec,
                .activated_usec = account->activated_usec,
                .admin_reset_usec = account->admin_reset_usec,
                .marked_usec = account->idle_marked_usec,
        };
        uint64_t latest_usec;
        int r = tx_high_since(tx, account->active_epoch, &latest_usec);

        if (r == 0)
                *ret_idle =
                        inactivity_reached(op->settings->inactivity_max_usec, &facts, latest_usec);
        return r;
}

int account_state(struct op *op, struct tx *tx, const struct account *account,
                  struct account_state *ret_state)
{
        const struct password_age_facts age = {
                .changed_usec = account->password_changed_usec,
                .must_change = account->must_change,
                .is_api = account->is_api,
        };
        const struct password_age_rule *rule = &op->settings->password_age;
        char subject[LOCKOUT_SUBJECT_SIZE];
        struct lockout_state lock;
        struct account_state state = {0};
        int r;

        lockout_subject_user(subject, account->uid);
        r = lockout_load(tx->store, subject, &lock);
        if (r == 0)
                r = account_is_idle(op, tx, account, &state.facts.idle);
        if (r != 0)
                return r;

        uint64_t wait_usec = lockout_wait_usec(&op->settings->lockout, &lock, tx->now_usec);

        /* Before the activation there is nothing to lock; and an invitation would have no lock. */
        state.locked_until_usec =
                wait_usec > 0 && account->activated_usec != 0 ? tx->now_usec + wait_usec : 0;
        state.password_expires_usec = password_age_expires_usec(rule, &age);
        state.facts.deactivated = account_is_deactivated(account);
        state.facts.activated = account->activated_usec != 0;
        state.facts.locked = wait_usec > 0;
        state.facts.password_expired =
                password_age_verdict(rule, &age, tx->now_usec) == PASSWORD_AGE_EXPIRED;
        state.status = status_derive(&state.facts);
        *ret_state = state;
        return 0;
}

void account_state_at(struct account_state *state, const struct account *account,
                      bool disabled_there)
{
        state->facts.deactivated = account->deactivated_usec != 0 || disabled_there;
        state->status = status_derive(&state->facts);
}
