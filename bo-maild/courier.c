/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes mails from bo-accountd, has them delivered, and tells what became of them: for ever. */
#include "bo-maild/courier.h"

#include "bo-maild/smtp.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>

#define TAKE_AT_A_TIME 16
#define LOOK_USEC      (60 * USEC_PER_SEC) /* though nobody told of anything */
#define PAUSE_FIRST    (USEC_PER_SEC / 4)
#define PAUSE_MOST     (15 * USEC_PER_SEC)

DEFINE_CLEANUP(struct bo_mails *, bo_mails_free)

struct courier {
        const struct courier_paths *paths;
        struct template_places places;
        struct maild_settings *settings;
        bo *bo;
        int signal_fd;
        bool stopping, reload;
        uint64_t pause_usec; /* grows while bo-accountd does not answer */
};

static void report(void *userdata, const char *message)
{
        (void)userdata; /* every line goes to the log */
        log_line(LOG_ERR, "%s", message);
}

/* Where the site's own templates lie. */
static char *site_templates(const struct courier_paths *paths)
{
        char *path = NULL;

        return asprintf(&path, "%s/mail", paths->config) < 0 ? NULL : path;
}

int courier_check(const struct courier_paths *paths, struct conf_report *complaints)
{
        _cleanup_(maild_settings_freep) struct maild_settings *settings = NULL;
        _cleanup_(freep) char *site = site_templates(paths);
        const struct template_places places = {site, paths->templates};
        int r = site ? maild_settings_load(&settings, paths->config, complaints) : -ENOMEM;

        if (r == 0 || r == -EINVAL) {
                int templates =
                        templates_check(&places, settings ? settings->language : "en", complaints);

                r = templates < 0 ? templates : r;
        }
        return r == 0 && complaints->errors > 0 ? -EINVAL : r;
}

/* What is there to be read, without waiting. */
static void signals_read(struct courier *courier)
{
        struct signalfd_siginfo info;

        while (read(courier->signal_fd, &info, sizeof(info)) == sizeof(info))
                if (info.ssi_signo == SIGHUP)
                        courier->reload = true;
                else
                        courier->stopping = true;
}

static bool is_stopping(void *userdata)
{
        struct courier *courier = userdata;

        signals_read(courier);
        return courier->stopping;
}

/* A check cannot ask for the password: systemd gives credentials to the service alone. */
static int settings_load(const struct courier *courier, struct maild_settings **ret_settings)
{
        struct conf_report complaints = {.message = report};
        _cleanup_(maild_settings_freep) struct maild_settings *settings = NULL;
        int r = maild_settings_load(&settings, courier->paths->config, &complaints);

        if (r == 0 && settings->user[0] && !settings->password) {
                log_line(LOG_ERR, "User= is set, but there is no password: write it into "
                                  "/etc/credstore/bo-maild.smtp-password and restart bo-maild, or "
                                  "name a file with PasswordFile=.");
                return -EINVAL;
        }
        if (r == 0)
                *ret_settings = TAKE_PTR(settings);
        return r;
}

static void settings_reload(struct courier *courier)
{
        struct maild_settings *fresh = NULL;

        courier->reload = false;
        sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
                   (unsigned long long)clock_monotonic_usec());
        if (settings_load(courier, &fresh) < 0) {
                log_event(LOG_ERR,
                          &(struct log_event){.event = "settings-refused", .service = "bo-maild"},
                          "The settings were not reloaded; those in force stay.");
        } else {
                maild_settings_free(courier->settings);
                courier->settings = fresh;
                log_event(LOG_NOTICE,
                          &(struct log_event){.event = "settings-reloaded", .service = "bo-maild"},
                          "The settings were reloaded.");
        }
        sd_notify(0, "READY=1");
}

/* bo-accountd is away, or too busy: longer each time, until it answers. */
static void pause_for_daemon(struct courier *courier)
{
        struct pollfd signals = {.fd = courier->signal_fd, .events = POLLIN};

        poll(&signals, 1, (int)(courier->pause_usec / USEC_PER_MSEC));
        signals_read(courier);
        courier->pause_usec *= 2;
        if (courier->pause_usec > PAUSE_MOST)
                courier->pause_usec = PAUSE_MOST;
}

/* What went wrong with bo-accountd: told once, until it works again. */
static void complain(struct courier *courier, int r)
{
        if (courier->pause_usec == PAUSE_FIRST)
                log_line(LOG_WARNING, "bo-accountd does not give out mail: %s",
                         r > 0 && courier->bo ? bo_message(courier->bo) : bo_error_text(r));
        if (r < 0)
                courier->bo = bo_close(courier->bo);
        pause_for_daemon(courier);
}

static int connect_daemon(struct courier *courier)
{
        return courier->bo ? 0 : bo_open(&courier->bo, courier->paths->socket);
}

static int tell_once(struct courier *courier, uint64_t id, const struct smtp_outcome *outcome)
{
        int r = connect_daemon(courier);

        if (r != 0)
                return r;
        switch (outcome->verdict) {
        case VERDICT_DELIVERED:
                return bo_mail_delivered(courier->bo, id);
        case VERDICT_RETRY:
                return bo_mail_retry(courier->bo, id, outcome->problem);
        case VERDICT_GIVE_UP:
                return bo_mail_give_up(courier->bo, id, outcome->problem);
        }
        return -EINVAL;
}

/* Until it has been heard: a mail that was delivered must not be delivered again because the
 * daemon was away for a moment, nor be sent for ever by one whose disk is full. */
static void tell(struct courier *courier, uint64_t id, const struct smtp_outcome *outcome)
{
        int r;

        while ((r = tell_once(courier, id, outcome)) != 0 && !courier->stopping)
                complain(courier, r);
        if (r == 0)
                courier->pause_usec = PAUSE_FIRST;
}

static void log_outcome(const struct bo_mail *mail, const struct smtp_outcome *outcome)
{
        static const char *const words[] = {
                [VERDICT_DELIVERED] = "was delivered",
                [VERDICT_RETRY] = "will be tried again",
                [VERDICT_GIVE_UP] = "was refused for good",
        };

        log_line(outcome->verdict == VERDICT_DELIVERED ? LOG_INFO : LOG_NOTICE,
                 "Mail %llu (%s) to %.254s %s%s%s", (unsigned long long)mail->id, mail->kind,
                 mail->recipient, words[outcome->verdict], outcome->problem[0] ? ": " : ".",
                 outcome->problem);
}

/* -ENOMEM, or an outcome. */
static int attempt(struct courier *courier, struct smtp *smtp, const struct bo_mail *mail,
                   struct smtp_outcome *ret_outcome)
{
        _cleanup_(message_freep) struct message *message = NULL;
        struct smtp_outcome unmade = {.verdict = VERDICT_RETRY};
        int r = message_make(&message, mail, courier->settings, &courier->places, unmade.problem,
                             sizeof(unmade.problem));

        if (r == -ENOMEM)
                return r;
        if (r == 0)
                return smtp_send(smtp, message, ret_outcome);
        *ret_outcome = unmade;
        return 0;
}

/* A server that one of them could not use is not tried by the others: they met the same. */
static int deliver(struct courier *courier, const struct bo_mails *mails)
{
        _cleanup_(smtp_freep) struct smtp *smtp = NULL;
        struct smtp_outcome outcome = {.of_server = false};
        int r = smtp_new(&smtp, courier->settings, is_stopping, courier);

        for (size_t i = 0; r == 0 && i < mails->n_items && !courier->stopping; i++) {
                if (!outcome.of_server)
                        r = attempt(courier, smtp, &mails->items[i], &outcome);
                if (r < 0 || outcome.broken_off)
                        break;
                log_outcome(&mails->items[i], &outcome);
                tell(courier, mails->items[i].id, &outcome);
        }
        return r;
}

static int take_and_deliver(struct courier *courier)
{
        _cleanup_(bo_mails_freep) struct bo_mails *mails = NULL;
        uint64_t wait_usec;
        int r = connect_daemon(courier);

        if (r == 0)
                r = bo_mail_take(courier->bo, TAKE_AT_A_TIME, &mails);
        if (r != 0) {
                complain(courier, r);
                return 0;
        }
        courier->pause_usec = PAUSE_FIRST;
        if (mails->n_items > 0)
                return deliver(courier, mails);
        wait_usec =
                mails->wait_usec > 0 && mails->wait_usec < LOOK_USEC ? mails->wait_usec : LOOK_USEC;
        r = bo_mail_wait(courier->bo, courier->signal_fd, wait_usec);
        if (r < 0)
                courier->bo = bo_close(courier->bo); /* its end; the next turn opens another */
        signals_read(courier);
        return 0;
}

static int signals_open(struct courier *courier)
{
        sigset_t signals;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGHUP);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        courier->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
        return courier->signal_fd < 0 ? -errno : 0;
}

static void courier_release(struct courier *courier)
{
        bo_close(courier->bo);
        maild_settings_free(courier->settings);
        free((char *)courier->places.site);
        closep(&courier->signal_fd);
}

int courier_run(const struct courier_paths *paths)
{
        _cleanup_(courier_release) struct courier courier = {
                .paths = paths,
                .places = {site_templates(paths), paths->templates},
                .signal_fd = -1,
                .pause_usec = PAUSE_FIRST,
        };
        int r = courier.places.site ? signals_open(&courier) : -ENOMEM;

        if (r == 0)
                r = settings_load(&courier, &courier.settings);
        if (r == 0)
                sd_notify(0, "READY=1");
        while (r == 0 && !courier.stopping) {
                if (courier.reload)
                        settings_reload(&courier);
                r = take_and_deliver(&courier);
        }
        sd_notify(0, "STOPPING=1");
        return r;
}
