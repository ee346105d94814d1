/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes mails from bo-accountd, has them delivered, and tells what became of them: for ever. */
#pragma once

#include "bo-maild/template.h"

struct courier_paths {
        const char *config; /* directory of maild.conf; mail/ in it holds the site's templates */
        const char *templates;
        const char *socket; /* of bo-accountd; NULL: the usual one */
};

/* Until SIGTERM. < 0 after a line in the log. */
int courier_run(const struct courier_paths *paths);

/* Reads settings and templates and complains of all that is wrong. 0, -EINVAL, -ENOMEM. */
int courier_check(const struct courier_paths *paths, struct conf_report *report);
