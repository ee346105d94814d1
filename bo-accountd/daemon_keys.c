/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ring of keys that the daemon works with, and another in its place while it works. */
#include "bo-accountd/daemon.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>

static char *path_join(const char *directory, const char *name)
{
        char *path = NULL;

        return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

/* A systemd credential named "key" comes before the key file. */
static int find_files(struct daemon *daemon)
{
        const char *credentials = getenv("CREDENTIALS_DIRECTORY");
        _cleanup_(freep) char *credential = credentials ? path_join(credentials, "key") : NULL;

        daemon->key_file = daemon->paths.keys ? strdup(daemon->paths.keys)
                                              : path_join(daemon->paths.state, "key");
        if (!daemon->key_file || (credentials && !credential))
                return -ENOMEM;
        if (credential && access(credential, F_OK) == 0)
                daemon->key_credential = TAKE_PTR(credential);
        return 0;
}

static int load(struct daemon *daemon, bool may_create, bool newest, struct keys_ref **ret_ref)
{
        _cleanup_(keys_freep) struct keys *keys = NULL;
        int r = keys_load(&keys, daemon->key_credential, daemon->key_file, may_create);

        if (r < 0)
                return r;
        /* A credential cannot say that its newest key is in force: the store has it. */
        if (newest && daemon->key_credential && keys->newer)
                keys = keys->newer;
        r = keys_ref_new(ret_ref, keys);
        if (r == 0)
                keys = NULL;
        return r;
}

int daemon_keys_load(struct daemon *daemon, bool may_create)
{
        int r = find_files(daemon);

        return r < 0 ? r : load(daemon, may_create, false, &daemon->keys);
}

void daemon_keys_changed(struct daemon *daemon)
{
        struct keys_ref *fresh = NULL;
        int r = load(daemon, false, true, &fresh);

        if (r == 0 && !keys_by_id(fresh->keys, daemon->keys->keys->id)) {
                keys_ref_drop(fresh);
                r = -ESTALE; /* somebody has put another file there: it would open nothing */
        }
        if (r < 0) {
                const char *why = r == -ESTALE ? "it is not the one in use" : strerror(-r);

                /* Those in force open all that there is; what is coming waits for the next look. */
                log_event(LOG_ERR,
                          &(struct log_event){.event = "sealing-key-unreadable", .detail = why},
                          "The changed key file cannot be read: %s. The keys stay as they were.",
                          why);
                return;
        }
        keys_ref_drop(daemon->keys);
        daemon->keys = fresh;
        daemon->keys_asked = false;
        workers_set_keys(daemon->workers, fresh);
}

void daemon_keys_free(struct daemon *daemon)
{
        keys_ref_drop(daemon->keys);
        free(daemon->key_file);
        free(daemon->key_credential);
}
