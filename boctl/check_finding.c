/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts that are looked at, and the findings in them. */
#include "boctl/check.h"

#include <stdarg.h>
#include <string.h>

void check_clear(struct check *check)
{
        for (size_t i = 0; i < check->n_parts; i++)
                free(check->parts[i]);
        for (size_t i = 0; i < check->n_findings; i++) {
                free(check->findings[i].text);
                free(check->findings[i].remedy);
        }
        free(check->findings);
        *check = (struct check){0};
}

/* Its place, made where it is new; SIZE_MAX: no room. */
static size_t part_place(struct check *check, const char *part)
{
        size_t i = 0;

        while (i < check->n_parts && strcmp(check->parts[i], part) != 0)
                i++;
        if (i < check->n_parts)
                return i;
        if (i < CHECK_PARTS_MOST)
                check->parts[i] = strdup(part);
        if (i == CHECK_PARTS_MOST || !check->parts[i]) {
                check->failed = true;
                return SIZE_MAX;
        }
        check->n_parts++;
        return i;
}

void check_part(struct check *check, const char *part)
{
        (void)part_place(check, part); /* a failure is remembered there */
}

void check_find(struct check *check, enum check_result result, const char *part, const char *remedy,
                const char *format, ...)
{
        struct check_finding *findings =
                reallocarray(check->findings, check->n_findings + 1, sizeof(*findings));
        struct check_finding finding = {.result = result, .part = part_place(check, part)};
        va_list arguments;

        if (findings)
                check->findings = findings;
        finding.remedy = strdup(remedy);
        va_start(arguments, format);
        if (vasprintf(&finding.text, format, arguments) < 0)
                finding.text = NULL; /* its content is undefined then */
        va_end(arguments);
        if (!findings || finding.part == SIZE_MAX || !finding.text || !finding.remedy) {
                free(finding.text);
                free(finding.remedy);
                check->failed = true;
                return;
        }
        findings[check->n_findings++] = finding;
}

enum check_result check_worst(const struct check *check, const char *part)
{
        enum check_result worst = CHECK_OK;

        for (size_t i = 0; i < check->n_findings; i++) {
                const struct check_finding *finding = &check->findings[i];

                if (finding->result > worst &&
                    (!part || strcmp(check->parts[finding->part], part) == 0))
                        worst = finding->result;
        }
        return worst;
}
