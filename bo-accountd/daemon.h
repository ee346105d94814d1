/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the main thread owns. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/publish.h"
#include "bo-accountd/settings.h"
#include "bo-accountd/source_table.h"
#include "bo-accountd/worker.h"

#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>

struct bus;

/* Settings are replaced as a whole; jobs that run keep those that they began with. Main thread
 * only. */
struct settings_ref {
        struct settings *settings;
        unsigned references;
};

struct daemon_paths {
        const char *config; /* directory of accountd.conf */
        const char *state;  /* directory of the database, the key and the snapshot */
        const char *socket; /* NULL: from systemd */
        const char *boot;   /* id of this boot of the host; NULL: asked of the kernel */
        const char *keys;   /* key file instead of STATE/key, or NULL */
        bool system_bus;
};

struct daemon {
        struct daemon_paths paths;
        char *store_path;
        char boot[SD_ID128_STRING_MAX];
        sd_event *event;
        sd_event_source *hourly;
        sd_event_source *settle;
        unsigned n_wishes[2]; /* resets that wait to be looked into: asked for by root, by others */
        unsigned n_unmoved;   /* answers since the store's log was moved into it */
        struct settings_ref *settings;
        struct keys_ref *keys;
        char *key_file, *key_credential; /* the latter NULL if there is none */
        bool keys_asked; /* they are being looked at since they changed: chores_tend_keys() */
        struct workers *workers;
        struct source_table *sources;
        struct publisher *publisher;
        struct bus *bus;
        int store_error; /* of the last job that needed the store; 0: fine */
        bool stopping;
};

struct settings_ref *settings_ref_take(struct settings_ref *ref);
struct settings_ref *settings_ref_drop(struct settings_ref *ref);

/* Loads settings and keys, starts workers, opens the doors. < 0 after a line in the log. */
int daemon_new(struct daemon **ret_daemon, const struct daemon_paths *paths);
struct daemon *daemon_free(struct daemon *daemon);

/* Looks at a backup that boctl has put beside the database, with the key that the daemon has
 * (restore.h). The exit code. */
int daemon_check_restore(const struct daemon_paths *paths);

/* Runs until it is told to stop. */
int daemon_run(struct daemon *daemon);

/* What a job learned about the store; systemd is told when that changes. */
void daemon_store_state(struct daemon *daemon, int error);

/* Writes the NSS base anew in the background if it has become worth it. */
void daemon_tend_snapshot(struct daemon *daemon);

/* After each request: what it left to be done is done later, in the background. */
void daemon_settle_later(struct daemon *daemon);

/* A reset that a request asked for is looked into, now that it has been answered. */
struct reset_wish;
void daemon_grant_reset(struct daemon *daemon, const struct reset_wish *wish);

/* What the daemon does without being asked (chores.c): from the first publication to the hourly
 * pass. */
int chores_start(struct daemon *daemon);
void chores_stop(struct daemon *daemon);
/* Publishes what NSS is to show, as the settings now have it; then tells systemd of being ready. */
int chores_publish(struct daemon *daemon);

/* Puts what lies on the disk in the place of the keys: daemon_keys.c. */
int daemon_keys_load(struct daemon *daemon, bool may_create);
/* The same after a job has changed them, or put one in force. */
void daemon_keys_changed(struct daemon *daemon);
void daemon_keys_free(struct daemon *daemon);
/* A key that is coming comes in force, what old ones sealed is sealed anew: as soon as nobody works
 * with other keys. */
void chores_tend_keys(struct daemon *daemon);

/* Called when nothing is pending any more: a stop that waited goes on. */
void daemon_idle(struct daemon *daemon);
