/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of findings, filled. */
#include "bo-accountd/ops/finding.h"

#include <stdarg.h>

const char *finding_severity_name(enum finding_severity severity)
{
        switch (severity) {
        case FINDING_WARNING:
                return "warning";
        case FINDING_FAULT:
                return "fault";
        }
        return "fault";
}

void finding_add(struct findings *findings, enum finding_severity severity, const char *part,
                 const char *remedy, const char *format, ...)
{
        va_list arguments;

        if (findings->n == FINDINGS_MOST)
                return;
        findings->all[findings->n].severity = severity;
        findings->all[findings->n].part = part;
        va_start(arguments, format);
        vsnprintf(findings->all[findings->n].text, FINDING_TEXT_SIZE, format, arguments);
        va_end(arguments);
        snprintf(findings->all[findings->n].remedy, FINDING_REMEDY_SIZE, "%s", remedy);
        findings->n++;
}
