/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `boctl check` looked at and found: filled part by part, then shown. */
#pragma once

#include "boctl/boctl.h"

enum check_result {
        CHECK_OK,
        CHECK_SKIPPED, /* could not be looked at; says why */
        CHECK_WARNING, /* somebody should look at it some day */
        CHECK_FAULT,   /* something does not work, or is not safe */
};

struct check_finding {
        enum check_result result;
        size_t part; /* its place in parts[] */
        char *text;
        char *remedy; /* commands `in backticks`; "": none */
};

#define CHECK_PARTS_MOST 48

struct check {
        char *parts[CHECK_PARTS_MOST]; /* in the order in which they were looked at */
        size_t n_parts;
        struct check_finding *findings;
        size_t n_findings;
        bool failed; /* no memory: what is shown would not be whole */
};

void check_clear(struct check *check);

/* That @part is looked at: if nothing is found there, it is ok. */
void check_part(struct check *check, const char *part);

void check_find(struct check *check, enum check_result result, const char *part, const char *remedy,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The worst of @part; of all parts for NULL. */
enum check_result check_worst(const struct check *check, const char *part);

/* Shows all as text or JSON. EXIT_DONE, or told. */
int check_show(const struct request *request, const struct check *check);
