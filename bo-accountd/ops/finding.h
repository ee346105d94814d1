/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Check() finds: how bad, where, what, and what to do about it. */
#pragma once

#include "bo-accountd/ops/op.h"

#define FINDINGS_MOST       48
#define FINDING_TEXT_SIZE   384
#define FINDING_REMEDY_SIZE 256

enum finding_severity {
        FINDING_WARNING, /* somebody should look at it some day */
        FINDING_FAULT,   /* something does not work, or is not safe */
};

struct finding {
        enum finding_severity severity;
        const char *part; /* one word: "mail" */
        char text[FINDING_TEXT_SIZE];
        char remedy[FINDING_REMEDY_SIZE];
};

struct findings {
        struct finding all[FINDINGS_MOST];
        size_t n;
};

/* "fault" */
const char *finding_severity_name(enum finding_severity severity);

/*
 * Adds what @format says, cut where it is too long. If there are FINDINGS_MOST, a fault takes the
 * place of the last warning, and a warning is left out. @remedy is a sentence with commands `in
 * backticks`, whole: who reads it may run them.
 */
void finding_add(struct findings *findings, enum finding_severity severity, const char *part,
                 const char *remedy, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Has an old database taken the place of the newest? */
int check_generation(struct op *op, struct findings *findings);

int op_check(struct op *op, struct findings *ret_findings);

/* What each part finds, in a transaction that is open; 0 or < 0. */
int check_mail(struct op *op, const struct tx *tx, struct findings *findings);
int check_sessions(struct op *op, const struct tx *tx, struct findings *findings);
int check_people(struct op *op, const struct tx *tx, struct findings *findings);
int check_settings(struct op *op, struct findings *findings);
int check_clock(struct tx *tx, struct findings *findings);
/* The database and the newest part of the audit trail, as far as that takes no time. */
int check_store(struct op *op, struct findings *findings);

/* One step of a check of all of both, a table or some thousand rows of the trail. */
struct check_step {
        const char *cursor; /* "": the first step */
        struct findings findings;
        char next[96]; /* cursor of the next step; "": this was the last */
        uint64_t done, total;
};
int op_check_store(struct op *op, struct check_step *step);

/* The time @usec ago. */
uint64_t check_before(const struct tx *tx, uint64_t usec);
