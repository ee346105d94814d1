/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl audit export: the whole trail, oldest first, as CSV (RFC 4180) or a JSON object a line. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "boctl/boctl.h"
#include "boctl/progress.h"
#include "boctl/rows.h"
#include "boctl/whole_file.h"
#include "common/clock.h"

DEFINE_CLEANUP(struct bo_audit_export *, bo_audit_export_free)

#define PAGE_ROWS 1000

static const char *const time_forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
                                         "%Y-%m-%dT%H:%M", "%Y-%m-%d"};

/* Of this host's zone, or "@SECONDS". */
static int time_read(const char *text, uint64_t *ret_usec)
{
        for (size_t i = 0; i < ELEMENTS(time_forms); i++) {
                struct tm parts = {.tm_isdst = -1};
                const char *end = strptime(text, time_forms[i], &parts);
                int day = parts.tm_mday;
                time_t seconds = end && !*end ? mktime(&parts) : -1;

                if (seconds >= 0 && parts.tm_mday == day) { /* there is no 31st of June */
                        *ret_usec = (uint64_t)seconds * USEC_PER_SEC;
                        return EXIT_DONE;
                }
        }
        if (text[0] == '@' && strspn(text + 1, "0123456789") == strlen(text + 1) && text[1] &&
            strlen(text) < 12) {
                *ret_usec = strtoull(text + 1, NULL, 10) * USEC_PER_SEC;
                return EXIT_DONE;
        }
        return fail_usage("'%s' is no time: 2026-11-22, \"2026-11-22 15:00\" or @SECONDS.", text);
}

static void json_text(FILE *to, const char *text)
{
        fputc('"', to);
        for (; *text; text++) {
                unsigned char byte = (unsigned char)*text;

                if (byte < 0x20)
                        fprintf(to, "\\u%04x", byte);
                else if (byte == '"' || byte == '\\')
                        fprintf(to, "\\%c", byte);
                else
                        fputc(byte, to);
        }
        fputc('"', to);
}

/* UTC to the microsecond: of the value that the hash is over. */
static void time_print(char out[40], uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        char day[24] = "";
        struct tm parts;

        if (gmtime_r(&seconds, &parts))
                strftime(day, sizeof(day), "%FT%T", &parts);
        snprintf(out, 40, "%s.%06" PRIu64 "Z", day, usec % USEC_PER_SEC);
}

/* A uid; nothing for nobody. */
static void uid_print(char out[12], uint32_t uid, const char *nobody)
{
        if (uid == UINT32_MAX)
                snprintf(out, 12, "%s", nobody);
        else
                snprintf(out, 12, "%" PRIu32, uid);
}

static void row_csv(FILE *to, const struct bo_audit_exported *row)
{
        char when[40], actor[12], subject[12];

        time_print(when, row->time_usec);
        uid_print(actor, row->actor, "");
        uid_print(subject, row->subject, "");
        fprintf(to, "%" PRIu64 ",%s,%s,%s,%s,", row->sequence, when, row->event, actor, subject);
        csv_cell(to, row->customer);
        fputc(',', to);
        csv_cell(to, row->detail);
        fprintf(to, ",%s\r\n", row->hash);
}

static void row_json(FILE *to, const struct bo_audit_exported *row)
{
        char when[40], actor[12], subject[12];

        time_print(when, row->time_usec);
        uid_print(actor, row->actor, "null");
        uid_print(subject, row->subject, "null");
        fprintf(to, "{\"sequence\":%" PRIu64 ",\"time\":\"%s\",\"event\":", row->sequence, when);
        json_text(to, row->event);
        fprintf(to, ",\"actor\":%s,\"subject\":%s,\"customer\":", actor, subject);
        json_text(to, row->customer);
        fputs(",\"detail\":", to);
        json_text(to, row->detail);
        fprintf(to, ",\"hash\":\"%s\"}\n", row->hash);
}

struct export
{
        struct request *request;
        const char *name;
        FILE *to;
        uint64_t since_usec, until_usec, rows;
        struct progress progress;
};

/* 0 or a negative errno. */
static int rows_write(const struct export *export, const struct bo_audit_export *page)
{
        errno = 0;
        for (size_t i = 0; i < page->n_items && !ferror(export->to); i++)
                if (export->request->json)
                        row_json(export->to, &page->items[i]);
                else
                        row_csv(export->to, &page->items[i]);
        return stream_state(export->to);
}

/* One page; *@cursor goes on, empty at the end. EXIT_DONE, or told. */
static int page_write(struct export *export, char **cursor)
{
        _cleanup_(bo_audit_export_freep) struct bo_audit_export *page = NULL;
        int r = bo_audit_export(export->request->bo, export->since_usec, export->until_usec,
                                *cursor, PAGE_ROWS, &page);

        if (r != 0)
                return fail_call(export->request, r, "Cannot export the audit trail");
        r = rows_write(export, page);
        if (r < 0)
                return fail_write(export->name, r);
        export->rows += page->n_items;
        progress_at(&export->progress, export->rows);
        free(*cursor);
        *cursor = TAKE_PTR(page->next);
        return EXIT_DONE;
}

/* EXIT_DONE, or told. */
static int write_all(struct export *export, bool streams)
{
        _cleanup_(freep) char *cursor = strdup("");
        int r = cursor ? EXIT_DONE : fail("Out of memory.");

        progress_begin(&export->progress, "rows", PROGRESS_COUNT, 0, streams);
        if (!export->request->json)
                fputs("sequence,time,event,actor,subject,customer,detail,hash\r\n", export->to);
        do
                r = r == EXIT_DONE ? page_write(export, &cursor) : r;
        while (r == EXIT_DONE && *cursor);
        progress_end(&export->progress);
        return r;
}

static int to_file(struct export *export)
{
        _cleanup_(whole_file_drop) struct whole_file whole = {0};
        int r = whole_file_begin(&whole, export->name, WHOLE_FILE_PRIVATE);

        if (r < 0)
                return fail_write(export->name, r);
        export->to = whole.stream;
        r = write_all(export, false);
        if (r != EXIT_DONE)
                return r;
        r = whole_file_commit(&whole);
        if (r < 0)
                return fail_write(export->name, r);
        tell(export->request, "%s: %" PRIu64 " row%s.", export->name, export->rows,
             export->rows == 1 ? "" : "s");
        return EXIT_DONE;
}

int verb_audit_export(struct request *request)
{
        struct export export = {.request = request, .to = stdout, .until_usec = UINT64_MAX};
        int r = EXIT_DONE;

        export.name = request->n_args > 0 ? request->args[0] : "-";

        if (request->value[OPTION_SINCE])
                r = time_read(request->value[OPTION_SINCE], &export.since_usec);
        if (r == EXIT_DONE && request->value[OPTION_UNTIL])
                r = time_read(request->value[OPTION_UNTIL], &export.until_usec);
        if (r != EXIT_DONE)
                return r;
        if (export.since_usec > export.until_usec)
                return fail_usage("--until is before --since.");
        return strcmp(export.name, "-") == 0 ? write_all(&export, true) : to_file(&export);
}
