/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl check --full: the whole database and the whole audit trail, step by step. */
#include <string.h>

#include "boctl/check.h"
#include "boctl/progress.h"

DEFINE_CLEANUP(struct bo_check_step *, bo_check_step_free)

void check_take(struct check *check, const struct bo_finding *finding)
{
        check_find(check, strcmp(finding->severity, "warning") == 0 ? CHECK_WARNING : CHECK_FAULT,
                   finding->part, finding->remedy, "%s", finding->text);
}

/* What was found at a glance already. */
static bool is_known(const struct check *check, const struct bo_finding *finding)
{
        for (size_t i = 0; i < check->n_findings; i++)
                if (strcmp(check->parts[check->findings[i].part], finding->part) == 0 &&
                    strcmp(check->findings[i].text, finding->text) == 0)
                        return true;
        return false;
}

static int step_run(struct request *request, struct check *check, char **cursor,
                    struct progress *progress)
{
        _cleanup_(bo_check_step_freep) struct bo_check_step *step = NULL;
        int r = bo_check_store(request->bo, *cursor, &step);

        if (r != 0)
                return r;
        for (size_t i = 0; i < step->n_items; i++)
                if (!is_known(check, &step->items[i]))
                        check_take(check, &step->items[i]);
        progress->total = step->total;
        progress_at(progress, step->done);
        free(*cursor);
        *cursor = TAKE_PTR(step->next);
        return 0;
}

int check_full(struct request *request, struct check *check)
{
        _cleanup_(progress_end) struct progress progress;
        _cleanup_(freep) char *cursor = NULL;
        int r;

        check_part(check, "database");
        check_part(check, "audit");
        progress_begin(&progress, "database and audit trail", PROGRESS_COUNT, 0, false);
        do
                r = step_run(request, check, &cursor, &progress);
        while (r == 0 && *cursor);
        progress_hide();
        if (r != 0)
                check_find(check, CHECK_FAULT, "database", "`journalctl -u bo-accountd` tells why.",
                           "The database could not be read to its end: %s",
                           r > 0 ? bo_message(request->bo) : bo_error_text(r));
        return r;
}
