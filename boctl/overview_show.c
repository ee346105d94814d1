/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How bo is, as text with the command that tells more, or as numbers in JSON. */
#include <inttypes.h>
#include <string.h>

#include "boctl/overview.h"
#include "boctl/table.h"

/* As in struct bo_user, in the order in which one wants to know. */
const char *const overview_statuses[OVERVIEW_STATUSES] = {
        "active",          "activation-sent",   "password-expired",
        "locked-attempts", "locked-inactivity", "deactivated",
};

/* "12", or "1000+" where not all were counted. */
static void count_add(char *out, size_t size, struct overview_count count, const char *what)
{
        size_t used = strlen(out);

        snprintf(out + used, size - used, "%s%" PRIu64 "%s %s", used > 0 ? ", " : "", count.n,
                 count.more ? "+" : "", what);
}

static void line(struct table *table, size_t column, const char *text, const char *command)
{
        char out[256];

        snprintf(out, sizeof(out), "%s%s%s", text, command ? "   " : "", command ? command : "");
        table_text(table, column, out);
}

static void users_cell(struct table *table, const struct overview *overview)
{
        char out[200] = "";

        for (size_t i = 0; i < OVERVIEW_STATUSES; i++)
                if (overview->users[i].n > 0 || overview->users[i].more)
                        count_add(out, sizeof(out), overview->users[i], overview_statuses[i]);
        line(table, 0, *out ? out : "none yet", *out ? NULL : "boctl user create");
}

static void findings_cell(struct table *table, const struct overview *overview)
{
        char out[80] = "";

        if (overview->faults > 0)
                count_add(out, sizeof(out), (struct overview_count){.n = overview->faults},
                          overview->faults == 1 ? "fault" : "faults");
        if (overview->warnings > 0)
                count_add(out, sizeof(out), (struct overview_count){.n = overview->warnings},
                          overview->warnings == 1 ? "warning" : "warnings");
        line(table, 5, *out ? out : "none from the daemon", "boctl check");
}

static int text_show(const struct request *request, const struct overview *overview)
{
        static const struct column columns[] = {
                {"users", "Users", CELL_TEXT},        {"sessions", "Sessions", CELL_TEXT},
                {"mail", "Mail", CELL_TEXT},          {"sources", "Turned away", CELL_TEXT},
                {"approvals", "Requests", CELL_TEXT}, {"findings", "Findings", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "service", columns, ELEMENTS(columns));
        char out[80] = "";

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        users_cell(table, overview);
        count_add(out, sizeof(out), overview->sessions, "open");
        line(table, 1, out, overview->sessions.n > 0 ? "boctl session list" : NULL);
        *out = '\0';
        count_add(out, sizeof(out), overview->mails_waiting, "waiting");
        count_add(out, sizeof(out), overview->mails_given_up, "given up");
        line(table, 2, out,
             overview->mails_waiting.n + overview->mails_given_up.n > 0 ? "boctl mail list" : NULL);
        *out = '\0';
        count_add(out, sizeof(out), overview->sources,
                  overview->sources.n == 1 ? "source" : "sources");
        line(table, 3, out, overview->sources.n > 0 ? "boctl throttle list" : NULL);
        *out = '\0';
        count_add(out, sizeof(out), overview->approvals, "pending");
        line(table, 4, out,
             overview->approvals.n > 0 ? "boctl approval list --status pending" : NULL);
        findings_cell(table, overview);
        putchar('\n');
        return table_record(table);
}

static int json_show(const struct request *request, const struct overview *overview)
{
        static const struct column columns[] = {
                {"active", "", CELL_NUMBER},
                {"activation_sent", "", CELL_NUMBER},
                {"password_expired", "", CELL_NUMBER},
                {"locked_attempts", "", CELL_NUMBER},
                {"locked_inactivity", "", CELL_NUMBER},
                {"deactivated", "", CELL_NUMBER},
                {"sessions", "", CELL_NUMBER},
                {"mails_waiting", "", CELL_NUMBER},
                {"mails_given_up", "", CELL_NUMBER},
                {"sources", "", CELL_NUMBER},
                {"approvals", "", CELL_NUMBER},
                {"faults", "", CELL_NUMBER},
                {"warnings", "", CELL_NUMBER},
                {"at_least", "", CELL_BOOL},
        };
        const struct overview_count others[] = {overview->sessions, overview->mails_waiting,
                                                overview->mails_given_up, overview->sources,
                                                overview->approvals};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "service", columns, ELEMENTS(columns));
        bool more = false;
        size_t column = 0;

        if (!table)
                return fail("Out of memory.");
        table_part(table, false, true);
        table_row(table);
        for (size_t i = 0; i < OVERVIEW_STATUSES; i++) {
                table_number(table, column++, overview->users[i].n);
                more = more || overview->users[i].more;
        }
        for (size_t i = 0; i < ELEMENTS(others); i++) {
                table_number(table, column++, others[i].n);
                more = more || others[i].more;
        }
        table_number(table, column++, overview->faults);
        table_number(table, column++, overview->warnings);
        table_bool(table, column, more);
        return table_end(table);
}

int overview_show(const struct request *request, const struct overview *overview)
{
        return request->json ? json_show(request, overview) : text_show(request, overview);
}
