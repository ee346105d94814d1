/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failed attempts are counted by their source, and one with too many is turned away before anything
 * is looked at. */
#include "bo-accountd/ops/source.h"

#include "common/clock.h"

#include <inttypes.h>

struct throttle_rule source_rule_of(const struct settings *settings)
{
        uint32_t room = settings->source_attempts;

        return (struct throttle_rule){
                .room = room, .drain_usec = room > 0 ? settings->source_window_usec / room : 0};
}

void source_of(struct source *ret_source, const struct op *op, const struct source_facts *facts)
{
        struct source_facts all = *facts;

        all.exempt = op->settings->source_exempt;
        all.n_exempt = op->settings->n_source_exempt;
        source_find(ret_source, &all);
        if (op->settings->source_attempts == 0)
                ret_source->n = 0;
}

static int refuse(struct op *op, const struct source *source, const struct source_wait *wait)
{
        uint64_t seconds = (wait->usec + USEC_PER_SEC - 1) / USEC_PER_SEC;
        bool long_wait = seconds > 99;
        uint64_t n = long_wait ? (seconds + 59) / 60 : seconds;

        /* Once in a window: who floods must not fill the journal. */
        if (wait->tell) {
                op_note(op, LOG_WARNING,
                        &(struct log_event){.event = "source-throttled",
                                            .detail = source->text[wait->bucket]},
                        "Too many failed attempts from %s: more are refused until some are past.",
                        source->text[wait->bucket]);
                op_keep_told(op);
        }
        return op_refuse(op, BO_ERR_THROTTLED,
                         "Too many failed attempts from %s: try again in %" PRIu64 " %s%s.",
                         source->local ? "here" : "your address", n,
                         long_wait ? "minute" : "second", n == 1 ? "" : "s");
}

int source_take(struct op *op, const struct source *source)
{
        struct throttle_rule rule = source_rule_of(op->settings);
        struct source_wait wait = {0};

        if (source->n > 0)
                wait = source_table_take(op->sources, source, &rule);
        return wait.usec > 0 ? refuse(op, source, &wait) : 0;
}

int source_ask(struct op *op, const struct source *source)
{
        struct throttle_rule rule = source_rule_of(op->settings);
        struct source_wait wait = {0};

        if (source->n > 0)
                wait = source_table_ask(op->sources, source, &rule);
        return wait.usec > 0 ? refuse(op, source, &wait) : 0;
}

int source_look(struct op *op, const struct source *source)
{
        struct throttle_rule rule = source_rule_of(op->settings);
        struct source_wait wait = {0};

        if (source->n > 0)
                wait = source_table_look(op->sources, source, &rule);
        return wait.usec > 0 ? refuse(op, source, &wait) : 0;
}

void source_settle(struct op *op, const struct source *source, enum source_end end)
{
        struct throttle_rule rule = source_rule_of(op->settings);

        if (source->n > 0)
                source_table_settle(op->sources, source, &rule, end);
}
