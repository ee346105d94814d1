/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a key file by its administrator, for where it is a credential of systemd: the daemon
 * cannot write that, so no file tells which key is in force. He has that from the daemon. */
#include "bo-accountd/key_by_hand.h"

#include "bo-accountd/factor/keys.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int begin(const char *path, const char *present)
{
        int r = sodium_init() < 0 ? -EIO : 0;

        if (r == 0 && present)
                r = keys_confirm(path, present);
        if (r == -ENOENT)
                fprintf(stderr, "%s: its newest key is not %s: no copy of the credential in use.\n",
                        path, present);
        else if (r < 0)
                fprintf(stderr, "%s: nothing was changed: %s.\n", path, strerror(-r));
        return r;
}

int key_by_hand_add(const char *path, const char *present)
{
        char id[KEY_ID_SIZE];
        int r = begin(path, present);

        if (r < 0)
                return r;
        r = keys_add(path, present, id);
        if (r == -EALREADY)
                fprintf(stderr,
                        "%s: its newest key has not been in force yet. If `boctl sealing-key "
                        "status` calls it present, say so: --present=ID.\n",
                        path);
        else if (r == -EOVERFLOW)
                fprintf(stderr, "%s: there are as many keys as there can be; retire some.\n", path);
        else if (r == -ENOBUFS)
                fprintf(stderr, "%s: it is full of retired keys, which the audit trail needs.\n",
                        path);
        else if (r < 0)
                fprintf(stderr, "%s: no key was added: %s.\n", path, strerror(-r));
        else
                printf("%s: the key %s was added.\n", path, id);
        return r;
}

int key_by_hand_retire(const char *path, const char *id, const char *present)
{
        int r;

        if (!path) {
                fputs("Say which file: --key=FILE.\n", stderr);
                return -EINVAL;
        }
        r = begin(path, present);
        if (r < 0)
                return r;
        r = keys_retire(path, id);
        if (r == -ENOENT)
                fprintf(stderr,
                        "%s: %s is no older key of it. If `boctl sealing-key status` calls the "
                        "newest one present, say so: --present=ID.\n",
                        path, id);
        else if (r < 0)
                fprintf(stderr, "%s: no key was retired: %s.\n", path, strerror(-r));
        else
                printf("%s: the key %s was retired.\n", path, id);
        return r;
}
