/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Room on the disk, and the clock. */
#include "boctl/check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* That share of the disk, but of a large one not more than bo could ever need. */
static uint64_t share(uint64_t all_bytes, uint64_t percent, uint64_t most_bytes)
{
        uint64_t bytes = all_bytes / 100 * percent;

        return bytes < most_bytes ? bytes : most_bytes;
}

enum check_result check_room(uint64_t free_bytes, uint64_t all_bytes)
{
        if (free_bytes < 20 * MIB || free_bytes < share(all_bytes, 2, GIB))
                return CHECK_FAULT;
        if (free_bytes < 200 * MIB || free_bytes < share(all_bytes, 10, 5 * GIB))
                return CHECK_WARNING;
        return CHECK_OK;
}

void check_disk(struct check *check)
{
        struct statvfs disk;
        enum check_result result;
        char path[PATH_MAX];

        check_part(check, "disk");
        snprintf(path, sizeof(path), "%s" BO_STATE_DIR, check->root);
        if (statvfs(path, &disk) < 0) {
                check_find(check, CHECK_FAULT, "disk", "`systemctl restart bo-accountd` makes it.",
                           BO_STATE_DIR ": %s.", strerror(errno));
                return;
        }
        if (disk.f_flag & ST_RDONLY)
                check_find(check, CHECK_FAULT, "disk",
                           "`dmesg` tells why, if nobody meant it; then mount it for writing.",
                           "The file system of " BO_STATE_DIR
                           " is read-only: no user of bo can log in.");
        result = check_room((uint64_t)disk.f_bavail * disk.f_frsize,
                            (uint64_t)disk.f_blocks * disk.f_frsize);
        if (result != CHECK_OK)
                check_find(check, result, "disk",
                           "Make room: `du -xh / | sort -h | tail` shows where it went.",
                           "The file system of " BO_STATE_DIR " has %" PRIu64
                           " MiB left of %" PRIu64 ". When it is full, no user of bo can log in.",
                           (uint64_t)disk.f_bavail * disk.f_frsize / MIB,
                           (uint64_t)disk.f_blocks * disk.f_frsize / MIB);
        if (disk.f_files > 0 && disk.f_favail < 100)
                check_find(check, CHECK_FAULT, "disk", "Delete files that nobody needs.",
                           "The file system of " BO_STATE_DIR " has room for %" PRIu64
                           " files more.",
                           (uint64_t)disk.f_favail);
}

void check_clock(struct check *check)
{
        struct timex state = {0}; /* asks, sets nothing */

        check_part(check, "clock");
        if (adjtimex(&state) < 0)
                check_find(check, CHECK_SKIPPED, "clock", "",
                           "The kernel does not tell of its clock: %s.", strerror(errno));
        else if (state.status & STA_UNSYNC)
                check_find(
                        check, CHECK_WARNING, "clock",
                        "`apt-get install systemd-timesyncd && timedatectl set-ntp true`, or "
                        "another "
                        "time service.",
                        "The clock is not synchronised: one-time codes fail when it is off by more "
                        "than half a minute, and what ends after a time ends at another.");
}
