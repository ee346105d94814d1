/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of findings, filled. */
#include "bo-accountd/ops/finding.h"

#include "common/text.h"

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

/* However many warnings there are, each fault has a place: that of the last warning. */
static struct finding *place_for(struct findings *findings, enum finding_severity severity)
{
        if (findings->n < FINDINGS_MOST)
                return &findings->all[findings->n++];
        for (size_t i = FINDINGS_MOST; severity == FINDING_FAULT && i-- > 0;)
                if (findings->all[i].severity == FINDING_WARNING)
                        return &findings->all[i];
        return NULL;
}

void finding_add(struct findings *findings, enum finding_severity severity, const char *part,
                 const char *remedy, const char *format, ...)
{
        struct finding *finding = place_for(findings, severity);
        char text[FINDING_TEXT_SIZE];
        va_list arguments;

        if (!finding)
                return;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        finding->severity = severity;
        finding->part = part;
        text_clean(finding->text, sizeof(finding->text), text, false);
        snprintf(finding->remedy, sizeof(finding->remedy), "%s", remedy);
}
