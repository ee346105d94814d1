/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far long work has come, in words: share, rate, and time that is left. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "boctl/progress.h"
#include "common/clock.h"

#define AMOUNT_SIZE 32

static void amount(char out[AMOUNT_SIZE], enum progress_unit unit, uint64_t number)
{
        static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
        double n = (double)number;
        size_t i = 0;

        if (unit == PROGRESS_COUNT) {
                /* ' groups the digits as the locale does. */
                snprintf(out, AMOUNT_SIZE, "%'" PRIu64, number);
                return;
        }
        for (; n >= 999.95 && i + 1 < sizeof(units) / sizeof(units[0]); i++)
                n /= 1000;
        snprintf(out, AMOUNT_SIZE, i == 0 ? "%.0f %s" : "%.1f %s", n, units[i]);
}

static void duration(char out[AMOUNT_SIZE], uint64_t sec)
{
        if (sec < 60)
                snprintf(out, AMOUNT_SIZE, "%" PRIu64 " s", sec);
        else if (sec < 3600)
                snprintf(out, AMOUNT_SIZE, "%" PRIu64 " min %" PRIu64 " s", sec / 60, sec % 60);
        else if (sec < UINT64_C(100) * 3600)
                snprintf(out, AMOUNT_SIZE, "%" PRIu64 " h %" PRIu64 " min", sec / 3600,
                         sec / 60 % 60);
        else
                snprintf(out, AMOUNT_SIZE, "days");
}

__attribute__((format(printf, 3, 4))) static void append(char *out, size_t size, const char *format,
                                                         ...)
{
        size_t used = strlen(out);
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(out + used, size - used, format, arguments);
        va_end(arguments);
}

/* Of a total that turned out too small, as much is shown as was done. */
static void share(char *out, size_t size, const struct progress *progress)
{
        char done[AMOUNT_SIZE], total[AMOUNT_SIZE];

        amount(done, progress->unit, progress->done);
        amount(total, progress->unit, progress->total);
        if (progress->total == 0 || progress->done > progress->total)
                append(out, size, "%s", done);
        else
                append(out, size, "%.0f %% (%s of %s)",
                       (double)(uint64_t)((double)progress->done * 100 / (double)progress->total),
                       done, total);
}

void progress_text(char *out, size_t size, const struct progress *progress, uint64_t now_usec)
{
        uint64_t elapsed_sec = (now_usec - progress->begun_usec) / USEC_PER_SEC;
        char text[AMOUNT_SIZE];

        snprintf(out, size, "%s: ", progress->label);
        share(out, size, progress);
        if (progress->rate >= 1) {
                amount(text, progress->unit, (uint64_t)progress->rate);
                append(out, size, ", %s/s", text);
        }
        if (progress->total == 0 || progress->done > progress->total) {
                duration(text, elapsed_sec);
                append(out, size, ", %s", text);
        } else if (progress->rate > 0 && elapsed_sec > 0) {
                double left = (double)(progress->total - progress->done) / progress->rate;

                duration(text, left < 1e9 ? (uint64_t)(left + 0.999) : UINT64_C(1000000000));
                append(out, size, ", %s left", text);
        }
}
