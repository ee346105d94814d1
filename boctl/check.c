/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl check: what is not as it should be, on this host and in the eyes of the daemon. */
#include "boctl/check.h"

#include <string.h>

DEFINE_CLEANUP(struct bo_findings *, bo_findings_free)
DEFINE_CLEANUP(struct bo_settings *, bo_settings_free)

static const char away_remedy[] = "`systemctl start bo-accountd.socket bo-accountd.service`; if "
                                  "that does not help, `journalctl "
                                  "-u bo-accountd` tells why.";

/* 0, or of libbo; > 0 was added as a finding as well. */
static int check_daemon(struct request *request, struct check *check, int opened)
{
        _cleanup_(bo_findings_freep) struct bo_findings *findings = NULL;
        int r = request->bo ? bo_check(request->bo, &findings) : opened;

        check_part(check, "daemon");
        if (r == BO_ERR_NOT_ALLOWED)
                check_find(check, CHECK_SKIPPED, "daemon", "Run `boctl check` as root.",
                           "What the daemon has found is told to root and operators alone.");
        else if (r > 0)
                check_find(check, CHECK_FAULT, "daemon", "`journalctl -u bo-accountd` tells why.",
                           "bo-accountd cannot tell how it is: %s", bo_message(request->bo));
        else if (r < 0)
                check_find(check, CHECK_FAULT, "daemon", away_remedy,
                           "bo-accountd does not answer, no user of bo can log in: %s",
                           bo_error_text(r));
        for (size_t i = 0; r == 0 && i < findings->n_items; i++)
                check_take(check, &findings->items[i]);
        return r == 0 && request->given & OPTION_BIT(FULL) ? check_full(request, check) : r;
}

static void check_host(struct request *request, struct check *check)
{
        _cleanup_(bo_settings_freep) struct bo_settings *settings = NULL;

        if (request->bo && bo_settings_get(request->bo, &settings) == 0)
                check_uid_range(check, settings); /* else what goes by ids is left open */
        check_versions(check, request);
        check_settings(check);
        check_state(check);
        check_disk(check);
        check_clock(check);
        check_pam(check);
        check_nss(check);
        check_uids(check);
        check_sshd(check);
}

int verb_check(struct request *request)
{
        _cleanup_(check_clear) struct check check = {.root = ""};
        const char *socket = request->value[OPTION_SOCKET];
        int asked, opened, r;

        if (!socket) /* before somebody connects: that would start a daemon that is stopped */
                check_units(&check);
        opened = connect_patiently(&request->bo, socket);
        if (!socket) /* else it is another daemon than that of this host */
                check_host(request, &check);
        asked = check_daemon(request, &check, opened);
        if (check.failed)
                return fail("Out of memory.");
        r = check_show(request, &check);
        if (r != EXIT_DONE)
                return r;
        if (asked < 0)
                return EXIT_NO_ANSWER;
        return check_worst(&check, NULL) == CHECK_FAULT ? EXIT_REFUSED : EXIT_DONE;
}
