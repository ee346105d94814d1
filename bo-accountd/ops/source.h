/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failed attempts are counted by their source, and one with too many is turned away before anything
 * is looked at. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/source_table.h"

/* By the settings of @op; everything is exempt with SourceAttempts=off. */
void source_of(struct source *ret_source, const struct op *op, const struct source_facts *facts);

struct throttle_rule source_rule_of(const struct settings *settings);

/* Before an attempt is tested: takes it. BO_ERR_THROTTLED, and op->message says for how long. The
 * one answer for every name. */
int source_take(struct op *op, const struct source *source);
/* Before anything is asked: is there room at all? As source_take(). */
int source_ask(struct op *op, const struct source *source);
/* For the operator who wants to know: the same, and nobody is told. */
int source_look(struct op *op, const struct source *source);
#define SOURCE_ROWS_MOST 1000

struct source_listing {
        struct source_row *rows;
        size_t n;
        uint64_t now_usec;
};

/* For the operator: those that are turned away; and what is counted for an address or range, or for
 * a source as listed, is forgotten, which is recorded. */
int op_source_list(struct op *op, struct source_listing *listing);
int op_source_clear(struct op *op, const char *source, uint32_t *ret_n);

/* How it ended: it is given back unless it failed. */
void source_settle(struct op *op, const struct source *source, enum source_end end);
