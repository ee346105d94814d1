/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sources that are turned away, as the operator sees them, and lets them in again. */
#include "bo-accountd/ops/source.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>
#include <string.h>

int op_source_list(struct op *op, struct source_listing *listing)
{
        struct throttle_rule rule = source_rule_of(op->settings);
        int r = op_may_operate(op);

        if (r != 0 || rule.room == 0)
                return r;
        listing->rows = calloc(SOURCE_ROWS_MOST, sizeof(*listing->rows));
        if (!listing->rows)
                return -ENOMEM;
        listing->n = source_table_list(op->sources, &rule, listing->rows, SOURCE_ROWS_MOST);
        listing->now_usec = op->clock_usec;
        return 0;
}

/* What the operator names: a range, or the very name of a bucket. */
struct wanted {
        const char *text;
        struct network range;
        bool is_range;
};

/* A bucket within the range that is named, and those that an address belongs to. */
static bool matches(void *userdata, const char *text)
{
        const struct wanted *wanted = userdata;
        char range[SOURCE_TEXT_SIZE];
        struct network bucket;

        snprintf(range, sizeof(range), "%.*s", (int)strcspn(text, " "), text);
        if (!wanted->is_range || network_parse(&bucket, range) < 0)
                return strcmp(wanted->text, text) == 0;
        return network_contains(&wanted->range, &bucket) ||
               network_contains(&bucket, &wanted->range);
}

static int record(struct op *op, const char *source)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct audit_entry entry = {
                .event = "throttle-cleared",
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
                .detail = source,
        };
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = entry.event, .detail = entry.detail},
                        "Failed logins from %s are forgotten, by uid %u.", source, op->actor_uid);
        return r;
}

int op_source_clear(struct op *op, const char *source, uint32_t *ret_n)
{
        struct wanted wanted = {.text = source};
        int r;

        r = network_parse(&wanted.range, source);
        wanted.is_range = r == 0;
        if (r == -EDOM)
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Bits are set behind the prefix of this range.");
        if (!source[0] || strlen(source) >= SOURCE_TEXT_SIZE)
                return op_refuse(op, BO_ERR_BAD_VALUE, "This is no source: name one as listed.");
        r = record(op, source);
        if (r == 0)
                *ret_n = (uint32_t)source_table_clear(op->sources, matches, &wanted);
        return r;
}
