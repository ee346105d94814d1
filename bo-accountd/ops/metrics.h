/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's numbers under the names that Prometheus knows them by. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/store.h"

#define METRIC_LABELS_SIZE 160

/* A family of samples: @name is without the prefix "bo_". */
struct metric_family {
        const char *name, *type, *help;
};

struct metric_sample {
        const struct metric_family *family;
        const char *suffix; /* "_bucket", "_sum", "_count" of histograms, else "" */
        char labels[METRIC_LABELS_SIZE];
        double value;
};

struct metric_listing {
        struct metric_sample *samples; /* those of a family together */
        size_t n, room;
        bool failed; /* no memory */
};

/* The settings in force; they belong to the settings of the request. */
struct setting_listing {
        const struct setting_shown *items;
        size_t n;
};

/* For the operator alone. */
int op_settings(struct op *op, struct setting_listing *ret_listing);

/* For the operator alone. */
int op_metrics(struct op *op, struct metric_listing *listing);
void metric_listing_clear(struct metric_listing *listing);

/* @format: labels as name="value",name="value"; words of the program, never of people. */
void metric_put(struct metric_listing *listing, const struct metric_family *family, double value,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What the store knows, read in @tx. */
int metrics_store(struct op *op, struct tx *tx, struct metric_listing *listing);

/* Users by status: those of the last time that all were looked at. */
#define CENSUS_STATUSES 6
struct census {
        uint64_t users[2][CENSUS_STATUSES]; /* of persons, of programs */
        uint64_t second_factor;             /* persons who have it on */
        uint64_t factor_missing;            /* persons not deactivated who have it off */
        uint64_t counted_usec;              /* 0: not yet */
};

/* Looks at some more of them, and tells the last whole count. */
int census_go_on(struct op *op, struct tx *tx, struct census *ret_census);
