/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of users, wherever they run: counted and signalled. */
#include "bo-sessiond/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "common/cleanup.h"

struct status {
        char state;
        uint32_t uid; /* the real one */
};

static int status_read(pid_t pid, struct status *ret_status)
{
        char path[64], line[256];
        struct status status = {.uid = UINT32_MAX};
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
        file = fopen(path, "re");
        if (!file)
                return -errno;
        while (status.uid == UINT32_MAX && fgets(line, sizeof(line), file)) {
                /* The name of a program cannot break out of its line: the kernel escapes it. */
                if (strncmp(line, "State:\t", 7) == 0)
                        status.state = line[7];
                else if (strncmp(line, "Uid:\t", 5) == 0)
                        status.uid = (uint32_t)strtoul(line + 5, NULL, 10);
        }
        fclose(file);
        if (status.uid == UINT32_MAX)
                return -ESRCH;
        *ret_status = status;
        return 0;
}

static struct owner_count *count_of(struct owner_count *counts, size_t n_counts, uint32_t uid)
{
        for (size_t i = 0; i < n_counts; i++)
                if (counts[i].uid == uid)
                        return &counts[i];
        return NULL;
}

/* The descriptor comes before the look: a pid that is given anew in between gets no signal. */
static void look_at(pid_t pid, struct owner_count *counts, size_t n_counts)
{
        _cleanup_(closep) int fd = pidfd_open(pid, 0);
        struct owner_count *count;
        struct status status;

        if (fd < 0 || status_read(pid, &status) < 0 || status.state == 'Z' || status.state == 'X')
                return;
        count = count_of(counts, n_counts, status.uid);
        if (!count)
                return;
        count->n++;
        for (const int *signals = count->signals; signals && *signals; signals++)
                /* One that is gone meanwhile is what was wanted; the next look tells of others. */
                (void)pidfd_send_signal(fd, *signals, NULL, 0);
}

int processes_signal(struct owner_count *counts, size_t n_counts)
{
        DIR *directory = opendir("/proc");
        const struct dirent *entry;

        if (!directory)
                return -errno;
        for (size_t i = 0; i < n_counts; i++)
                counts[i].n = 0;
        while ((entry = readdir(directory)))
                if (isdigit((unsigned char)entry->d_name[0]))
                        look_at((pid_t)atoi(entry->d_name), counts, n_counts);
        closedir(directory);
        return 0;
}
