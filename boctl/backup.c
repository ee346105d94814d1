/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl backup: the whole database into a file, while everything goes on. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "boctl/progress.h"
#include "boctl/table.h"
#include "boctl/whole_file.h"

DEFINE_CLEANUP(struct bo_backup *, bo_backup_free)

#define PIECE_BYTES ((uint32_t)1 << 20)
#define LOOK_NSEC   50000000 /* between two looks */

static const char *const labels[][2] = {
        {"copying", "copying"}, {"checking", "checking the copy"}, {"sealing", "sealing"}};

static const char *label_of(const char *stage)
{
        for (size_t i = 0; i < ELEMENTS(labels); i++)
                if (strcmp(labels[i][0], stage) == 0)
                        return labels[i][1];
        return "";
}

/* Until it is done. 0 or what libbo said. */
static int wait_for(struct request *request, bool streams, struct bo_backup **ret_backup)
{
        const struct timespec pause = {.tv_nsec = LOOK_NSEC};
        _cleanup_(progress_end) struct progress progress;
        char stage[16] = "";

        progress_begin(&progress, "copying", PROGRESS_COUNT, 0, streams);
        for (;;) {
                _cleanup_(bo_backup_freep) struct bo_backup *backup = NULL;
                int r = bo_backup_look(request->bo, &backup);

                if (r != 0)
                        return r;
                if (backup->size > 0) {
                        *ret_backup = TAKE_PTR(backup);
                        return 0;
                }
                if (strcmp(stage, backup->stage) != 0) {
                        snprintf(stage, sizeof(stage), "%s", backup->stage);
                        progress_end(&progress);
                        progress_begin(&progress, label_of(stage), PROGRESS_COUNT, 0, streams);
                }
                progress.total = backup->total;
                progress_at(&progress, backup->done);
                nanosleep(&pause, NULL);
        }
}

static int fetch(struct request *request, const struct bo_backup *backup, FILE *to,
                 const char *name, bool streams)
{
        _cleanup_(freep) unsigned char *piece = malloc(PIECE_BYTES);
        _cleanup_(progress_end) struct progress progress;
        int r;

        progress_begin(&progress, "writing", PROGRESS_BYTES, backup->size, streams);
        if (!piece)
                return fail("Out of memory.");
        for (uint64_t at = 0; at < backup->size;) {
                uint32_t n = 0;

                r = bo_backup_read(request->bo, at, piece, PIECE_BYTES, &n);

                if (r != 0 || n == 0)
                        return fail_call(request, r != 0 ? r : -EBADMSG, "Cannot read the backup");
                errno = 0;
                (void)fwrite(piece, 1, n, to); /* what fails shows below */
                r = stream_state(to);
                if (r < 0)
                        return fail_write(name, r);
                at += n;
                progress_at(&progress, at);
        }
        r = stream_flush(to);
        return r < 0 ? fail_write(name, r) : EXIT_DONE;
}

static int facts_show(const struct request *request, const char *file,
                      const struct bo_backup *backup)
{
        static const struct column columns[] = {
                {"file", "File", CELL_TEXT},       {"time", "Made", CELL_TIME},
                {"size", "Bytes", CELL_NUMBER},    {"version", "Version", CELL_TEXT},
                {"schema", "Schema", CELL_NUMBER}, {"sequence", "Audit rows", CELL_NUMBER},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "backup", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, file);
        table_time(table, 1, backup->time_usec);
        table_number(table, 2, backup->size);
        table_text(table, 3, backup->version);
        table_number(table, 4, backup->schema);
        table_number(table, 5, backup->sequence);
        return table_end(table);
}

static int to_file(struct request *request, const char *name, const struct bo_backup *backup)
{
        _cleanup_(whole_file_drop) struct whole_file whole = {0};
        int r = whole_file_begin(&whole, name, WHOLE_FILE_PRIVATE);

        if (r < 0)
                return fail_write(name, r);
        r = fetch(request, backup, whole.stream, name, false);
        if (r != EXIT_DONE)
                return r;
        r = whole_file_commit(&whole);
        return r == 0 ? EXIT_DONE : fail_write(name, r);
}

int verb_backup(struct request *request)
{
        _cleanup_(bo_backup_freep) struct bo_backup *backup = NULL;
        const char *name = request->args[0];
        bool streams = strcmp(name, "-") == 0;
        int r;

        if (streams && isatty(STDOUT_FILENO))
                return fail("A backup is nothing for a terminal: name a file.");
        r = bo_backup_begin(request->bo);
        if (r == 0)
                r = wait_for(request, streams, &backup);
        if (r != 0)
                return fail_call(request, r, "Cannot make a backup");
        if (streams)
                return fetch(request, backup, stdout, name, true);
        r = to_file(request, name, backup);
        if (r != EXIT_DONE || request->json)
                return r == EXIT_DONE ? facts_show(request, name, backup) : r;
        tell(request, "%s: %llu bytes, audit trail up to row %llu.", name,
             (unsigned long long)backup->size, (unsigned long long)backup->sequence);
        tell(request, "The key is not in it, and without the key it opens nothing: keep a copy of");
        tell(request, "/var/lib/bo-accountd/key (or of the credential bo-accountd.key) in another "
                      "place.");
        return EXIT_DONE;
}
