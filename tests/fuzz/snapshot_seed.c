/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a first input for the fuzzer of the snapshot's reader: a sound delta above a sound base.
 */
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "bo-accountd/nss/snapshot.h"

static int add(struct snapshot_writer *writer, const char *name, uint32_t uid)
{
        static const uint32_t gids[] = {66000, 66001};

        return snapshot_add_user(writer, &(struct snapshot_user){.name = name,
                                                                 .gecos = "Jan Jansen",
                                                                 .home = "/home/jan",
                                                                 .shell = "/bin/bash",
                                                                 .uid = uid,
                                                                 .gids = gids,
                                                                 .n_gids = ELEMENTS(gids)});
}

static int make_snapshot(const char *dir)
{
        static const char *const members[] = {"alice@shop.example"};
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *base = NULL, *delta = NULL;
        const struct snapshot_group group = {
                .name = "bo-encoder", .gid = 66000, .members = members, .n_members = 1};

        if (snapshot_base_begin(&base, dir, 1, 0) < 0 ||
            add(base, "alice@shop.example", 70000) < 0 ||
            add(base, "bob@shop.example", 70001) < 0 || snapshot_add_group(base, &group) < 0 ||
            snapshot_commit(base) < 0)
                return -1;
        snapshot_writer_free(TAKE_PTR(base)); /* its lock */
        if (snapshot_delta_begin(&delta, dir, 2, 0) < 0 ||
            add(delta, "carol@shop.example", 70001) < 0 ||
            snapshot_add_gone(delta, "bob@shop.example", 0) < 0)
                return -1;
        return snapshot_commit(delta);
}

static size_t read_whole(const char *path, uint8_t *bytes, size_t room)
{
        _cleanup_(fclosep) FILE *file = fopen(path, "re");

        return file ? fread(bytes, 1, room, file) : 0;
}

/* snapshot_seed DIRECTORY FILE: an empty directory to work in, and where the input goes. */
int main(int argc, char **argv)
{
        static uint8_t delta[1 << 15], base[1 << 15];
        _cleanup_(fclosep) FILE *out = NULL;
        size_t n_delta, n_base;
        char path[512];
        glob_t found;

        if (argc != 3 || make_snapshot(argv[1]) < 0)
                return EXIT_FAILURE;
        (void)snprintf(path, sizeof(path), "%s/base-*", argv[1]);
        if (glob(path, 0, NULL, &found) != 0)
                return EXIT_FAILURE;
        n_base = read_whole(found.gl_pathv[0], base, sizeof(base));
        globfree(&found);
        (void)snprintf(path, sizeof(path), "%s/delta", argv[1]);
        n_delta = read_whole(path, delta, sizeof(delta));
        out = fopen(argv[2], "we");
        if (!out || fputc((int)(n_delta & 255), out) == EOF ||
            fputc((int)(n_delta >> 8), out) == EOF || fwrite(delta, 1, n_delta, out) != n_delta ||
            fwrite(base, 1, n_base, out) != n_base)
                return EXIT_FAILURE;
        return EXIT_SUCCESS;
}
