/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of the daemon's own, without a caller: at start, hourly, and when it gets quiet. */
#include "bo-accountd/bus/bus.h"
#include "bo-accountd/daemon.h"
#include "bo-accountd/ops/ops.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#define WISHES_MOST    64 /* of a kind */
#define SETTLE_USEC    (2 * USEC_PER_SEC)
#define MOVE_LOG_AFTER 64 /* answers */
#define TEND_USEC      USEC_PER_HOUR

static int chore_submit(struct daemon *daemon, const char *name, int (*work)(struct op *op),
                        bool tells_ready);

struct chore {
        struct job job;
        struct op op;
        struct daemon *daemon;
        struct settings_ref *settings;
        int (*work)(struct op *op);
        const char *name;
        bool tells_ready;
        int result;
};

static int chore_run(struct job *job, struct store *store, int store_error)
{
        struct chore *chore = (struct chore *)job;

        chore->op.store = store;
        chore->op.keys = job->keys->keys;
        chore->result = store ? chore->work(&chore->op) : store_error;
        op_drop_undone(&chore->op, chore->result);
        op_write_notes(&chore->op);
        chore->op.endings = store && store_take_endings(store);
        return chore->result;
}

/* Anybody may ask, so those who do must not fill the queue; and who asks on the bus must not keep
 * away those who ask at a prompt. */
static unsigned *wishes_of(struct daemon *daemon, const struct reset_wish *wish)
{
        bool root = wish->actor_uid == 0 || wish->actor_uid == AUDIT_NOBODY;

        return &daemon->n_wishes[root ? 0 : 1];
}

/* The next pass does what is left, if not this one. */
static void chore_repeat(const struct chore *chore)
{
        if (chore_submit(chore->daemon, chore->name, chore->work, false) < 0)
                log_line(LOG_NOTICE, "%s goes on later: the queue is full.", chore->name);
}

/* What many changes have left to do for NSS is done bit by bit. */
static void settle_again(struct daemon *daemon)
{
        daemon_tend_snapshot(daemon);
        if (!daemon->stopping && publisher_is_late(daemon->publisher))
                daemon_settle_later(daemon);
}

static void chore_done(struct job *job)
{
        struct chore *chore = (struct chore *)job;
        struct daemon *daemon = chore->daemon;

        daemon_store_state(daemon, chore->result < 0 ? chore->result : 0);
        if (chore->result != 0) {
                const char *why = strerror(chore->result < 0 ? -chore->result : EIO);

                log_event(LOG_ERR, &(struct log_event){.event = "store-unavailable", .detail = why},
                          "%s failed: %s.", chore->name, why);
        }
        if (chore->tells_ready)
                sd_notify(0, "READY=1");
        bus_send_signals(daemon->bus, &chore->op);
        if (chore->op.keys_changed)
                daemon_keys_changed(daemon);
        if (chore->op.endings)
                bus_tell_endings(daemon->bus);
        bus_tell_of_mail(daemon->bus, &chore->op);
        if (chore->op.wish.wished)
                --*wishes_of(daemon, &chore->op.wish);
        if (chore->op.again && !daemon->stopping)
                chore_repeat(chore);
        if (chore->work == op_settle)
                settle_again(daemon);
        settings_ref_drop(chore->settings);
        op_clear(&chore->op);
        free(chore);
        daemon_idle(daemon);
}

static struct chore *chore_new(struct daemon *daemon, const char *name, int (*work)(struct op *op))
{
        struct chore *chore = calloc(1, sizeof(*chore));

        if (!chore)
                return NULL;
        *chore = (struct chore){
                .job = {.run = chore_run, .done = chore_done},
                .daemon = daemon,
                .settings = settings_ref_take(daemon->settings),
                .name = name,
                .work = work,
        };
        chore->op = (struct op){
                .settings = chore->settings->settings,
                .publisher = daemon->publisher,
                .key_file = daemon->key_file,
                .keys_from_credential = daemon->key_credential != NULL,
                .keys_settled = workers_keys_settled(daemon->workers),
                .boot = daemon->boot,
                .clock_usec = clock_realtime_usec(),
        };
        return chore;
}

/* Takes the chore, also if it cannot be done. */
static int chore_start(struct chore *chore)
{
        int r = workers_submit(chore->daemon->workers, QUEUE_OTHER, &chore->job);

        if (r < 0) {
                settings_ref_drop(chore->settings);
                free(chore);
        }
        return r;
}

static int chore_submit(struct daemon *daemon, const char *name, int (*work)(struct op *op),
                        bool tells_ready)
{
        struct chore *chore = chore_new(daemon, name, work);

        if (!chore)
                return -ENOMEM;
        chore->tells_ready = tells_ready;
        return chore_start(chore);
}

void daemon_grant_reset(struct daemon *daemon, const struct reset_wish *wish)
{
        unsigned *n = wishes_of(daemon, wish);
        struct chore *chore = daemon->stopping || *n >= WISHES_MOST
                                      ? NULL
                                      : chore_new(daemon, "Mailing a reset link", op_grant_reset);

        if (!chore)
                return; /* he asks again */
        chore->op.wish = *wish;
        if (chore_start(chore) >= 0)
                ++*n;
}

/* Hourly, on a clock that nobody sets; what is due is decided by the clock of the rules. */
static int on_hour(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct daemon *daemon = userdata;

        (void)usec; /* the next one is counted from now */
        chores_tend_keys(daemon);
        if (!daemon->stopping && chore_submit(daemon, "The hourly pass", op_tend, false) < 0)
                log_line(LOG_NOTICE, "The hourly pass is left out: the queue is full.");
        return sd_event_source_set_time_relative(source, TEND_USEC);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct daemon *daemon = userdata;

        (void)source, (void)usec; /* sd-event's signature */
        if (!daemon->stopping && chore_submit(daemon, "Settling", op_settle, false) < 0)
                log_line(LOG_NOTICE, "The store's log is moved later: the queue is full.");
        return 0;
}

/* A storm leaves no quiet moment: there the log is moved every so often, or it would grow. */
static void move_log(struct daemon *daemon)
{
        if (++daemon->n_unmoved < MOVE_LOG_AFTER || daemon->stopping)
                return;
        daemon->n_unmoved = 0;
        /* With a full queue the engine's own net is below. */
        (void)chore_submit(daemon, "Moving the store's log", op_move_log, false);
}

void daemon_settle_later(struct daemon *daemon)
{
        int enabled = SD_EVENT_OFF;

        move_log(daemon);
        if (sd_event_source_get_enabled(daemon->settle, &enabled) < 0 || enabled != SD_EVENT_OFF)
                return;
        if (sd_event_source_set_time_relative(daemon->settle, SETTLE_USEC) < 0 ||
            sd_event_source_set_enabled(daemon->settle, SD_EVENT_ONESHOT) < 0)
                log_line(LOG_NOTICE, "The store's log is moved later.");
}

void chores_tend_keys(struct daemon *daemon)
{
        if (!daemon->stopping && workers_keys_settled(daemon->workers))
                daemon->keys_asked =
                        chore_submit(daemon, "Looking at the keys", op_keys_tend, false) >= 0;
}

int chores_publish(struct daemon *daemon)
{
        return chore_submit(daemon, "Publishing the NSS snapshot", op_catch_up, true);
}

int chores_start(struct daemon *daemon)
{
        int r = chore_submit(daemon, "Looking for an old database", op_tell_older, false);

        if (r >= 0)
                r = chores_publish(daemon);
        chores_tend_keys(daemon);
        if (r >= 0)
                r = chore_submit(daemon, "The hourly pass", op_tend, false);
        if (r >= 0)
                r = sd_event_add_time_relative(daemon->event, &daemon->hourly, CLOCK_BOOTTIME,
                                               TEND_USEC, USEC_PER_MIN, on_hour, daemon);
        if (r >= 0)
                r = sd_event_source_set_enabled(daemon->hourly, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_add_time_relative(daemon->event, &daemon->settle, CLOCK_BOOTTIME,
                                               SETTLE_USEC, USEC_PER_SEC, on_settle, daemon);
        return r;
}

void daemon_tend_snapshot(struct daemon *daemon)
{
        if (!daemon->stopping && publisher_wants_rebase(daemon->publisher) &&
            chore_submit(daemon, "Writing the NSS snapshot anew", op_rebase, false) < 0)
                log_line(LOG_NOTICE, "The NSS snapshot is written anew later: the queue is full.");
}

void chores_stop(struct daemon *daemon)
{
        sd_event_source_disable_unref(daemon->hourly);
        sd_event_source_disable_unref(daemon->settle);
}
