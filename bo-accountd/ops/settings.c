/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings in force, and where each was set: for who holds them against a book of rules. */
#include "bo-accountd/ops/metrics.h"
#include "bo-accountd/ops/ops.h"

int op_settings(struct op *op, struct setting_listing *ret_listing)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r == 0)
                *ret_listing = (struct setting_listing){op->settings->shown, op->settings->n_shown};
        return r;
}
