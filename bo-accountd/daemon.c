/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts the parts together, and keeps them: settings, keys, workers, snapshot, doors, signals. */
#include "bo-accountd/daemon.h"

#include "bo-accountd/backup.h"
#include "bo-accountd/bus/bus.h"
#include "bo-accountd/factor/password.h"
#include "bo-accountd/metrics.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/restore.h"
#include "bo-accountd/store/store.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define OTHER_THREADS 3 /* one may write, one may read a long list, one is left for a look-up */

struct settings_ref *settings_ref_take(struct settings_ref *ref)
{
        ref->references++;
        return ref;
}

struct settings_ref *settings_ref_drop(struct settings_ref *ref)
{
        if (ref && --ref->references == 0) {
                settings_free(ref->settings);
                free(ref);
        }
        return NULL;
}

static void report(void *userdata, const char *message)
{
        (void)userdata; /* every line goes to the log */
        log_line(LOG_ERR, "%s", message);
}

static int load_settings(struct daemon *daemon)
{
        struct settings_ref *ref = calloc(1, sizeof(*ref));
        int r = ref ? settings_load(&ref->settings, daemon->paths.config, report, NULL) : -ENOMEM;

        if (r < 0) {
                free(ref);
                return r;
        }
        ref->references = 1;
        settings_ref_drop(daemon->settings);
        daemon->settings = ref;
        metric_set(&metrics.settings_usec, clock_realtime_usec());
        return 0;
}

static char *path_join(const char *directory, const char *name)
{
        char *path = NULL;

        return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

/* With a store already there a new key would open nothing of it: that is an error, not a first
 * start. */
static bool is_first_start(const struct daemon *daemon)
{
        struct stat store;

        return stat(daemon->store_path, &store) < 0 && !restore_waits(daemon->store_path);
}

int daemon_check_restore(const struct daemon_paths *paths)
{
        struct daemon daemon = {.paths = *paths};
        _cleanup_(freep) char *database = path_join(paths->state, "accounts.db");
        int r = database ? daemon_keys_load(&daemon, false) : -ENOMEM;

        if (r < 0)
                log_line(LOG_ERR, "The key cannot be had: %s.", strerror(-r));
        if (database)
                r = restore_check(database, r < 0 ? NULL : daemon.keys->keys);
        daemon_keys_free(&daemon);
        return r;
}

void daemon_store_state(struct daemon *daemon, int error)
{
        if (error == daemon->store_error)
                return;
        daemon->store_error = error;
        if (error < 0)
                sd_notifyf(0, "STATUS=The store is unavailable: %s.", strerror(-error));
        else
                sd_notify(0, "STATUS=Serving.");
}

void daemon_idle(struct daemon *daemon)
{
        if (daemon->stopping && workers_pending(daemon->workers) == 0)
                sd_event_exit(daemon->event, 0);
}

static int on_finished(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct daemon *daemon = userdata;

        (void)source, (void)fd, (void)events; /* sd-event's signature */
        workers_reap(daemon->workers);
        if (!daemon->keys_asked)
                chores_tend_keys(daemon);
        return 0;
}

/* What was accepted is finished and answered; nothing new is taken. */
static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct daemon *daemon = userdata;

        (void)source, (void)info; /* sd-event's signature */
        sd_notify(0, "STOPPING=1");
        daemon->stopping = true;
        bus_stop_accepting(daemon->bus);
        daemon_idle(daemon);
        return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct daemon *daemon = userdata;
        int r;

        (void)source, (void)info; /* sd-event's signature */
        sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
                   (unsigned long long)clock_monotonic_usec());
        r = load_settings(daemon);
        if (r < 0)
                log_event(
                        LOG_ERR,
                        &(struct log_event){.event = "settings-refused", .service = "bo-accountd"},
                        "The settings were not reloaded; those in force stay.");
        else
                log_event(
                        LOG_NOTICE,
                        &(struct log_event){.event = "settings-reloaded", .service = "bo-accountd"},
                        "The settings were reloaded.");
        if (r >= 0)
                bus_signal_reload(daemon->bus);
        publisher_bind(daemon->publisher, daemon->settings->settings->customer);
        if (chores_publish(daemon) < 0)
                sd_notify(0, "READY=1");
        return 0;
}

static int watch_signals(struct daemon *daemon)
{
        sigset_t signals;
        int r;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGHUP);
        if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0)
                return -EINVAL;
        r = sd_event_add_signal(daemon->event, NULL, SIGTERM, on_stop, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGINT, on_stop, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGHUP, on_reload, daemon);
        if (r >= 0)
                r = sd_event_set_watchdog(daemon->event, true);
        return r;
}

static int start_workers(struct daemon *daemon)
{
        const struct settings *settings = daemon->settings->settings;
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        uint32_t hashes = settings->hash_workers ? settings->hash_workers
                          : cores > 0            ? (uint32_t)cores
                                                 : 1;
        const struct workers_config config = {
                .store_path = daemon->store_path,
                .keys = daemon->keys,
                /* One more than may hash: it commits while the others do. */
                .threads = {[QUEUE_HASH] = hashes + 1, [QUEUE_OTHER] = OTHER_THREADS},
                .capacity = {[QUEUE_HASH] = settings->hash_queue,
                             [QUEUE_OTHER] = settings->other_queue},
        };
        int r = password_bound_hashes(hashes);

        if (r == 0)
                r = workers_start(&daemon->workers, &config);

        return r < 0 ? r
                     : sd_event_add_io(daemon->event, NULL, workers_fd(daemon->workers), EPOLLIN,
                                       on_finished, daemon);
}

/* Without systemd (tests, a look around): a socket of our own at the path that was given. */
static int open_socket(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        _cleanup_(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        strcpy(address.sun_path, path);
        if (unlink(path) < 0 && errno != ENOENT)
                return -errno;
        if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(path, 0666) < 0 ||
            listen(fd, 512) < 0)
                return -errno;
        return TAKE_FD(fd);
}

static int open_doors(struct daemon *daemon)
{
        int fd, r = bus_new(&daemon->bus, daemon);

        if (r < 0)
                return r;
        if (daemon->paths.socket)
                fd = open_socket(daemon->paths.socket);
        else
                fd = sd_listen_fds(1) == 1 ? SD_LISTEN_FDS_START : -ENOTCONN;
        if (fd < 0) {
                log_line(LOG_ERR,
                         "There is no private socket: %s. Start bo-accountd.socket, or give "
                         "--socket=PATH.",
                         strerror(-fd));
                return fd;
        }
        r = bus_listen(daemon->bus, fd);
        return r < 0 || !daemon->paths.system_bus ? r : bus_join_system(daemon->bus);
}

/* Sessions end with the host: by this they are told from those of a boot before. */
static int learn_boot(struct daemon *daemon)
{
        sd_id128_t id;
        int r = daemon->paths.boot ? sd_id128_from_string(daemon->paths.boot, &id)
                                   : sd_id128_get_boot(&id);

        if (r < 0) {
                log_line(LOG_ERR, "The id of this boot is not known: %s. Give --boot=ID.",
                         strerror(-r));
                return r;
        }
        sd_id128_to_string(id, daemon->boot);
        return 0;
}

static int prepare(struct daemon *daemon)
{
        _cleanup_(freep) char *snapshot = path_join(daemon->paths.state, "nss");
        int r;

        daemon->store_path = path_join(daemon->paths.state, "accounts.db");
        if (!snapshot || !daemon->store_path)
                return -ENOMEM;
        r = load_settings(daemon);
        if (r < 0) {
                log_line(LOG_ERR, "The settings in %s cannot be used (bo-accountd --check-config).",
                         daemon->paths.config);
                return r;
        }
        if (mkdir(snapshot, 0755) < 0 && errno != EEXIST)
                return -errno;
        /* Whatever the umask: NSS reads it in every process. A read-only disk is no reason to be
         * gone: it is told to whoever asks, and served again when it is mended. */
        if (chmod(snapshot, 0755) < 0 && errno != EROFS)
                return -errno;
        r = learn_boot(daemon);
        if (r < 0)
                return r;
        r = daemon_keys_load(daemon, is_first_start(daemon));
        if (r < 0) {
                log_line(LOG_ERR,
                         "The key cannot be had: %s. Without it no password can be tested.",
                         strerror(-r));
                return r;
        }
        r = restore_finish(daemon->store_path, daemon->keys->keys);
        if (r == 0)
                r = publisher_new(&daemon->publisher, snapshot);
        if (r == 0)
                publisher_bind(daemon->publisher, daemon->settings->settings->customer);
        return r;
}

int daemon_new(struct daemon **ret_daemon, const struct daemon_paths *paths)
{
        struct daemon *daemon = calloc(1, sizeof(*daemon));
        int r;

        if (!daemon)
                return -ENOMEM;
        daemon->paths = *paths;
        metric_set(&metrics.started_usec, clock_realtime_usec());
        r = prepare(daemon);
        if (r >= 0)
                r = sd_event_new(&daemon->event);
        if (r >= 0)
                r = watch_signals(daemon);
        if (r >= 0)
                r = source_table_new(&daemon->sources);
        if (r >= 0)
                r = start_workers(daemon);
        if (r >= 0)
                r = open_doors(daemon);
        if (r >= 0)
                r = chores_start(daemon);
        if (r < 0) {
                daemon_free(daemon);
                return r;
        }
        *ret_daemon = daemon;
        return 0;
}

/* Nobody waits any more, so this thread may. What cannot be written is told by the next start. */
static void leave_mark(struct daemon *daemon)
{
        _cleanup_(store_closep) struct store *store = NULL;
        int r = daemon->store_error < 0
                        ? daemon->store_error
                        : store_open(&store, daemon->store_path, daemon->keys->keys);

        if (r == 0)
                r = store_mark(store);
        if (r < 0)
                log_line(LOG_WARNING, "The mark beside the database cannot be written: %s.",
                         strerror(-r));
}

int daemon_run(struct daemon *daemon)
{
        int r = sd_event_loop(daemon->event);

        if (r >= 0)
                leave_mark(daemon);
        return r;
}

struct daemon *daemon_free(struct daemon *daemon)
{
        if (!daemon)
                return NULL;
        daemon->workers = workers_stop(daemon->workers);
        bus_free(daemon->bus);
        backup_await_end();
        source_table_free(daemon->sources);
        publisher_free(daemon->publisher);
        daemon_keys_free(daemon);
        settings_ref_drop(daemon->settings);
        chores_stop(daemon);
        sd_event_unref(daemon->event);
        free(daemon->store_path);
        free(daemon);
        return NULL;
}
