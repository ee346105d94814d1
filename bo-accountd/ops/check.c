/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is not as it should be, in words for the operator: all parts, one after the other. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/ops/sealing_key.h"

uint64_t check_before(const struct tx *tx, uint64_t usec)
{
        return tx->now_usec > usec ? tx->now_usec - usec : 0;
}

int op_check(struct op *op, struct findings *ret_findings)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct findings findings = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r == 0)
                r = check_settings(op, &findings);
        if (r == 0)
                r = check_clock(&tx, &findings);
        if (r == 0)
                r = check_people(op, &tx, &findings);
        if (r == 0)
                r = check_keys(op, &tx, &findings);
        if (r == 0)
                r = check_generation(op, &findings);
        if (r == 0)
                r = check_store(op, &findings);
        if (r == 0)
                r = check_mail(op, &tx, &findings);
        if (r == 0)
                r = check_sessions(op, &tx, &findings);
        if (r == 0)
                *ret_findings = findings;
        return r;
}
