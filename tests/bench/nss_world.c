/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private mount name space for the bench: its own nsswitch.conf, its own /var/lib with snapshots.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "bo-accountd/nss/snapshot.h"
#include "tests/bench/nss_bench.h"
#include "tests/temp.h"

static const char *const module_names[MODULES] = {"empty", "bo"};

void bench_name(char name[BENCH_NAME_BYTES], char kind, uint32_t i)
{
        (void)snprintf(name, BENCH_NAME_BYTES, "%c%07u.jansen@shop%03u.example", kind, i, i % 997);
}

static int write_switch(const char *work_dir, const char *module)
{
        _cleanup_(fclosep) FILE *file = NULL;
        char path[256];

        (void)snprintf(path, sizeof(path), "%s/nsswitch.%s", work_dir, module);
        file = fopen(path, "we");
        if (!file)
                return -errno;
        return fprintf(file, "passwd: %s\ngroup: %s\n", module, module) < 0 ? -EIO : 0;
}

int world_enter(char work_dir[64])
{
        if (!temp_directory(work_dir, 64, "/var/tmp/bo-bench-nss.") || chmod(work_dir, 0755) < 0)
                return -errno;
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -errno;
        if (mount("tmpfs", "/var/lib", "tmpfs", 0, NULL) < 0 ||
            mkdir("/var/lib/bo-accountd", 0711) < 0 || mkdir("/var/lib/bo-accountd/nss", 0755) < 0)
                return -errno;
        for (int i = 0; i < MODULES; i++) {
                int r = write_switch(work_dir, module_names[i]);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void snapshot_path(char path[256], const char *work_dir, uint32_t n_users)
{
        (void)snprintf(path, 256, "%s/%u", work_dir, n_users);
}

static int add_users(struct snapshot_writer *writer, uint32_t n_users)
{
        const uint32_t gids[BENCH_GIDS] = {BENCH_FIRST_GID, BENCH_FIRST_GID + 1,
                                           BENCH_FIRST_GID + 2};
        int r = 0;

        for (uint32_t i = 0; i < n_users && r == 0; i++) {
                char name[BENCH_NAME_BYTES], home[BENCH_NAME_BYTES + 8];
                struct snapshot_user user = {.name = name,
                                             .gecos = "Jan Jansen",
                                             .home = home,
                                             .shell = "/bin/bash",
                                             .uid = BENCH_FIRST_UID + i,
                                             .gids = gids,
                                             .n_gids = BENCH_GIDS};

                bench_name(name, BENCH_HIT, i);
                (void)snprintf(home, sizeof(home), "/home/%s", name);
                r = snapshot_add_user(writer, &user);
        }
        return r;
}

/* Far above the others, so that the range of all uids alone tells nothing about a missing one. */
static int add_outpost(struct snapshot_writer *writer)
{
        return snapshot_add_user(writer, &(struct snapshot_user){.name = "outpost@shop.example",
                                                                 .home = "/home/outpost",
                                                                 .shell = "/bin/bash",
                                                                 .uid = 2 * BENCH_MISSING_UID});
}

int world_make_snapshot(const char *work_dir, uint32_t n_users)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *writer = NULL;
        char path[256];
        int r;

        snapshot_path(path, work_dir, n_users);
        if (mkdir(path, 0755) < 0)
                return -errno;
        r = snapshot_base_begin(&writer, path, 1, 0);
        if (r == 0)
                r = add_users(writer, n_users);
        if (r == 0)
                r = add_outpost(writer);
        return r < 0 ? r : snapshot_commit(writer);
}

int world_show_snapshot(const char *work_dir, uint32_t n_users)
{
        char path[256];

        snapshot_path(path, work_dir, n_users);
        return mount(path, "/var/lib/bo-accountd/nss", NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* For the calling process and its children alone. */
int world_select(const char *work_dir, enum bench_module module)
{
        char path[256];

        (void)snprintf(path, sizeof(path), "%s/nsswitch.%s", work_dir, module_names[module]);
        if (unshare(CLONE_NEWNS) < 0 || mount(path, "/etc/nsswitch.conf", NULL, MS_BIND, NULL) < 0)
                return -errno;
        return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
        (void)st, (void)type, (void)where;
        return remove(path);
}

void world_leave(const char *work_dir)
{
        while (umount2("/var/lib/bo-accountd/nss", MNT_DETACH) == 0)
                ; /* one for each size */
        if (nftw(work_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0)
                (void)fprintf(stderr, "%s could not be removed: %s\n", work_dir, strerror(errno));
}
