/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords that an earlier module of the stack has asked for: use_first_pass and its like. */
#pragma once

#include "pam_bo/request.h"

/* What was handed over already in this conversation; all zero at its begin. */
struct stacked {
        unsigned secrets; /* auth: secret questions so far */
        unsigned current; /* password: the same, of the current password */
        unsigned fresh;   /* password: the same, of the new one */
};

enum stacked_verdict {
        STACKED_ASK,    /* ask the person */
        STACKED_ANSWER, /* answer with *ret_answer, which belongs to libpam */
        STACKED_MISSING /* nobody may be asked, and there is nothing to answer with */
};

enum stacked_verdict stacked_answer(struct stacked *stacked, const struct request *request,
                                    const struct bo_question *question, const char **ret_answer);
