/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libFuzzer: any two files as delta and base; whatever libnss_bo's reader follows must hold. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "nss_bo/snapshot_format.h"
#include "nss_bo/snapshot_read.h"
#include "tests/temp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *fuzz_dir(void)
{
        static char dir[64];
        static bool made;

        if (!made && !temp_directory(dir, sizeof(dir), "/dev/shm/bo-fuzz-snapshot."))
                abort();
        made = true;
        return dir;
}

/*
 * Magic, length, names and check are set right, or nearly no input would come past the header; all
 * the rest is the fuzzer's. A new file each time: what is mapped never changes its length.
 */
static void write_file(const char *name, uint8_t kind, const uint8_t *data, size_t n)
{
        static uint8_t bytes[1 << 16];
        struct snapshot_header header;
        char path[128];
        int fd;

        if (n > sizeof(bytes))
                n = sizeof(bytes);
        memcpy(bytes, data, n);
        if (n >= SNAPSHOT_HEADER_POS + sizeof(header)) {
                memcpy(&header, bytes + SNAPSHOT_HEADER_POS, sizeof(header));
                memcpy(header.magic, SNAPSHOT_MAGIC, sizeof(header.magic));
                header.kind = kind;
                header.base_id = htole64(1);
                header.file_bytes = htole32((uint32_t)n);
                header.check = snapshot_header_check(&header);
                memcpy(bytes + SNAPSHOT_HEADER_POS, &header, sizeof(header));
        }
        (void)snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
        (void)unlink(path); /* not there the first time */
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
                abort();
        close(fd);
}

static volatile size_t used; /* so that no read is optimised away */

/* Reads every byte that a caller would copy. */
static void use(const struct snapshot_record *record)
{
        size_t sum = 0;

        if (!snapshot_id_is_ours(record->id) || record->texts[record->texts_bytes - 1] != '\0')
                abort();
        for (uint32_t i = 0; i < record->texts_bytes; i++)
                sum += (uint8_t)record->texts[i];
        if (record->is_user)
                sum += strlen(record->texts + record->home) + strlen(record->texts + record->shell);
        used = sum;
        for (uint32_t i = 0; record->is_user && i < record->n; i++)
                if (snapshot_record_gid(record, i) < SNAPSHOT_ID_LOWEST)
                        abort();
}

static void look_around(const struct snapshot *snapshot)
{
        static const char *const names[] = {"alice@shop.example", "bob@shop.example", "bo-encoder"};
        struct snapshot_record record;
        uint64_t position = 0;

        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (snapshot_find_name(snapshot, names[i], &record) > 0)
                        use(&record);
        for (uint32_t id = 65999; id < 70004; id += id == 66003 ? 3996 : 1)
                if (snapshot_find_id(snapshot, id, &record) > 0)
                        use(&record);
        while (snapshot_next(snapshot, &position, &record) > 0)
                use(&record);
}

/* The first two bytes say where the delta ends and the base begins. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        struct snapshot snapshot;
        size_t cut;

        if (n < 2)
                return 0;
        cut = (size_t)(data[0] | data[1] << 8);
        if (cut > n - 2)
                cut = n - 2;
        write_file(SNAPSHOT_DELTA_NAME, SNAPSHOT_KIND_DELTA, data + 2, cut);
        write_file("base-0000000000000001", SNAPSHOT_KIND_BASE, data + 2 + cut, n - 2 - cut);
        if (snapshot_open(&snapshot, fuzz_dir()) < 0)
                return 0;
        look_around(&snapshot);
        snapshot_close(&snapshot);
        return 0;
}
