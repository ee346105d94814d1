/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* publish DIRECTORY NAME:UID...: a snapshot with these users, as the daemon writes it. */
#include <stdlib.h>
#include <string.h>

#include "bo-accountd/nss/snapshot.h"

int main(int argc, char **argv)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *writer = NULL;
        int r = argc > 1 ? snapshot_base_begin(&writer, argv[1], 1, 0) : -1;

        for (int i = 2; i < argc && r == 0; i++) {
                char *uid = argv[i];
                char *name = strsep(&uid, ":");
                struct snapshot_user user = {
                        .name = name,
                        .home = "/home/none",
                        .shell = "/bin/sh",
                        .uid = uid ? (uint32_t)strtoul(uid, NULL, 10) : 0,
                };

                r = snapshot_add_user(writer, &user);
        }
        if (r == 0)
                r = snapshot_commit(writer);
        return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
