/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory with a snapshot for one test, and the questions that the tests of libnss_bo ask. */
#include "tests/unit/nss_world.h"

#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "nss_bo/nss_bo.h"
#include "nss_bo/snapshot_format.h"
#include "tests/temp.h"

enum {
        SUPERSEDED_POS = SNAPSHOT_HEADER_POS + (int)offsetof(struct snapshot_header, superseded),
};

int nss_world_setup(void **state)
{
        char dir[64];

        if (!temp_directory(dir, sizeof(dir), "/tmp/bo-nss-test.") || chdir(dir) < 0 ||
            mkdir(NSS_DIR, 0755) < 0)
                return -1;
        *state = strdup(dir);
        return *state ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
        (void)st, (void)type, (void)where;
        return remove(path);
}

/* As the writer does: so that what this process has mapped is looked for anew. */
static void mark_superseded(void)
{
        _cleanup_(closep) int fd = open(NSS_DIR "/delta", O_RDWR | O_CLOEXEC);
        const uint8_t mark = 1;
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= SUPERSEDED_POS)
                return;
        assert_int_equal(pwrite(fd, &mark, 1, SUPERSEDED_POS), 1);
}

int nss_world_teardown(void **state)
{
        _cleanup_(freep) char *dir = *state;

        mark_superseded();
        return chdir("/") < 0 || nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) < 0 ? -1 : 0;
}

void add_person(struct snapshot_writer *writer, const char *name, uint32_t uid, const char *gecos)
{
        const struct snapshot_user user = {.name = name,
                                           .gecos = gecos,
                                           .home = "/home/somebody",
                                           .shell = "/bin/bash",
                                           .uid = uid};

        assert_int_equal(snapshot_add_user(writer, &user), 0);
}

void add_staff(struct snapshot_writer *writer)
{
        static const uint32_t gids[] = {ENCODER, SHOP};
        static const char *const members[] = {"Alice@Shop.example", "bob@shop.example"};
        const struct snapshot_user alice = {.name = "Alice@shop.example",
                                            .gecos = "Alice Jansen",
                                            .home = "/home/alice@shop.example",
                                            .shell = "/bin/bash",
                                            .uid = ALICE,
                                            .gids = gids,
                                            .n_gids = ELEMENTS(gids)};
        const struct snapshot_group encoder = {.name = "bo-encoder",
                                               .gid = ENCODER,
                                               .members = members,
                                               .n_members = ELEMENTS(members)};
        const struct snapshot_group shop = {.name = "bo-l-1", .gid = SHOP};

        assert_int_equal(snapshot_add_user(writer, &alice), 0);
        add_person(writer, "bob@shop.example", BOB, NULL);
        assert_int_equal(snapshot_add_group(writer, &encoder), 0);
        assert_int_equal(snapshot_add_group(writer, &shop), 0);
}

struct snapshot_writer *begin_base(uint64_t generation)
{
        struct snapshot_writer *writer = NULL;

        assert_int_equal(snapshot_base_begin(&writer, NSS_DIR, generation, 0), 0);
        return writer;
}

struct snapshot_writer *begin_delta(uint64_t generation)
{
        struct snapshot_writer *writer = NULL;

        assert_int_equal(snapshot_delta_begin(&writer, NSS_DIR, generation, 0), 0);
        return writer;
}

void publish(struct snapshot_writer *writer)
{
        assert_int_equal(snapshot_commit(writer), 0);
        snapshot_writer_free(writer);
}

void publish_staff(uint64_t generation, unsigned flags)
{
        struct snapshot_writer *writer = NULL;

        assert_int_equal(snapshot_base_begin(&writer, NSS_DIR, generation, flags), 0);
        add_staff(writer);
        publish(writer);
}

enum nss_status ask_name(struct reply *reply, const char *name)
{
        reply->status =
                _nss_bo_getpwnam_r(name, &reply->pwd, reply->buffer, BUFFER_BYTES, &reply->error);
        return reply->status;
}

enum nss_status ask_uid(struct reply *reply, uint32_t uid)
{
        reply->status =
                _nss_bo_getpwuid_r(uid, &reply->pwd, reply->buffer, BUFFER_BYTES, &reply->error);
        return reply->status;
}

enum nss_status ask_group(struct reply *reply, const char *name)
{
        reply->status =
                _nss_bo_getgrnam_r(name, &reply->grp, reply->buffer, BUFFER_BYTES, &reply->error);
        return reply->status;
}

enum nss_status ask_gid(struct reply *reply, uint32_t gid)
{
        reply->status =
                _nss_bo_getgrgid_r(gid, &reply->grp, reply->buffer, BUFFER_BYTES, &reply->error);
        return reply->status;
}

void publish_change(unsigned change, unsigned every)
{
        struct snapshot_writer *writer = change % every ? begin_delta(change) : begin_base(change);
        char gecos[32];

        (void)snprintf(gecos, sizeof(gecos), "%u", change);
        add_person(writer, "alice@shop.example", ALICE, gecos);
        publish(writer);
}

unsigned seen_change(void)
{
        struct reply reply;

        if (ask_name(&reply, "alice@shop.example") != NSS_STATUS_SUCCESS)
                return UINT32_MAX;
        return (unsigned)strtoul(reply.pwd.pw_gecos, NULL, 10);
}

unsigned count_files(const char *path)
{
        _cleanup_(closedirp) DIR *dir = opendir(path);
        const struct dirent *entry;
        unsigned n = 0;

        assert_non_null(dir);
        while ((entry = readdir(dir)))
                n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        return n;
}

unsigned count_mappings(void)
{
        _cleanup_(fclosep) FILE *maps = fopen("/proc/self/maps", "re");
        char line[512];
        unsigned n = 0;

        assert_non_null(maps);
        while (fgets(line, sizeof(line), maps))
                if (strstr(line, "/" NSS_DIR "/"))
                        n++;
        return n;
}

static void file_path(char path[256], const char *name)
{
        glob_t found;

        (void)snprintf(path, 256, "%s/%s", NSS_DIR, name);
        if (strcmp(name, "base") != 0)
                return;
        assert_int_equal(glob(NSS_DIR "/base-*", 0, NULL, &found), 0);
        assert_int_equal(found.gl_pathc, 1);
        (void)snprintf(path, 256, "%s", found.gl_pathv[0]);
        globfree(&found);
}

uint8_t *read_file(const char *name, size_t *ret_n)
{
        _cleanup_(fclosep) FILE *file = NULL;
        char path[256];
        uint8_t *bytes;
        struct stat st;

        file_path(path, name);
        file = fopen(path, "re");
        assert_non_null(file);
        assert_int_equal(fstat(fileno(file), &st), 0);
        bytes = malloc((size_t)st.st_size + 1);
        assert_non_null(bytes);
        assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), (size_t)st.st_size);
        *ret_n = (size_t)st.st_size;
        return bytes;
}

/* As a new file, as all that is published: what is mapped must not change its length. */
void write_file(const char *name, const uint8_t *bytes, size_t n)
{
        _cleanup_(fclosep) FILE *file = NULL;
        char path[256];

        file_path(path, name);
        mark_superseded();
        assert_int_equal(unlink(path), 0);
        file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, n, file), n);
}
