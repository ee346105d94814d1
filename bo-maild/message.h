/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One mail as it goes out: its header fields, and its text. */
#pragma once

#include "bo-maild/settings.h"
#include "bo-maild/template.h"
#include "libbo/bo.h"

struct message {
        char recipient[BO_USER_MAX + 1];
        struct secret *headers; /* lines ended with CR LF */
        struct secret *body;
};

struct message *message_free(struct message *message);
DEFINE_CLEANUP(struct message *, message_free)

/*
 * The same mail makes the same message, whenever it is tried. 0; -EINVAL: it cannot be made, and
 * @problem says why; -ENOMEM.
 */
int message_make(struct message **ret_message, const struct bo_mail *mail,
                 const struct maild_settings *settings, const struct template_places *places,
                 char *problem, size_t size);
