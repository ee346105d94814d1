/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would become of a login, and why: told without a password, and without a trace. */
#pragma once

#include "bo-accountd/ops/login.h"

#define EXPLAIN_STEPS_MOST   32
#define EXPLAIN_TEXT_SIZE    512
#define EXPLAIN_SETTING_SIZE 128

enum explain_result {
        EXPLAIN_NOTE, /* decides nothing */
        EXPLAIN_ASK,  /* the person is asked, and is supposed to answer right */
        EXPLAIN_OK,   /* does not stand in the way */
        EXPLAIN_STOP, /* here it ends */
};

struct explain {
        struct login_context context;
        uint32_t asker; /* who holds the conversation: root, or a program of Callers= */
        bool by_key;    /* an SSH key, or an API key at a service of class api */
        /* Results: what is looked at, in order, and what it comes to. */
        struct explain_step {
                const char *step; /* one word */
                enum explain_result result;
                const char *rule; /* "R38"; "": none */
                char text[EXPLAIN_TEXT_SIZE];
                char setting[EXPLAIN_SETTING_SIZE]; /* that decides, and its file; "": none */
        } steps[EXPLAIN_STEPS_MOST];
        size_t n;
        int outcome;                   /* 0 or a BO_ERR_* */
        char shown[EXPLAIN_TEXT_SIZE]; /* what he reads of bo then; "": nothing */
};

const char *explain_result_name(enum explain_result result);

/* What pam_bo returns for an outcome: "PAM_SUCCESS". */
const char *explain_pam_name(int outcome);

/*
 * Runs auth, account and session of a login by the same decisions as the login itself, with right
 * answers supposed. Operators alone. Writes, counts and tells nothing.
 */
int op_explain_login(struct op *op, struct explain *explain);
