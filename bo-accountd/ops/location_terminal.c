/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Terminals of locations: bound and unbound by the operator (R27, R31). */
#include "bo-accountd/ops/customer.h"
#include "bo-accountd/ops/location.h"

int location_terminal_make(struct op *op, const struct location_terminal *call,
                           struct terminal *ret_terminal)
{
        enum terminal_kind kind;
        char why[OP_MESSAGE_SIZE] = "";
        const char *host = call->host;

        if (terminal_kind_from_name(call->kind, &kind) < 0)
                return op_refuse(op, BO_ERR_BAD_VALUE, "Kind: network, tty, service or host.");
        if (!host && (kind == TERMINAL_TTY || kind == TERMINAL_SERVICE))
                host = settings_terminal(op->settings, kind == TERMINAL_SERVICE ? call->value : "");
        if (terminal_make(ret_terminal, kind, host, call->value, why, sizeof(why)) < 0)
                return op_refuse(op, BO_ERR_BAD_VALUE, "%s", why);
        return 0;
}

static int record(struct op *op, struct tx *tx, const char *event, const struct location *location,
                  const struct terminal *terminal)
{
        char detail[256];

        snprintf(detail, sizeof(detail), "location=%s %s=%s%s%s", location->id,
                 terminal_kind_name(terminal->kind), terminal->host, terminal->host[0] ? "/" : "",
                 terminal->value);
        return customer_record(op, tx, event, location->customer, detail);
}

int location_terminal_change(struct op *op, struct tx *tx, const struct location *location,
                             const struct terminal *terminal, bool bind)
{
        int r = bind ? terminal_bind(tx, location->id, terminal)
                     : terminal_unbind(tx, location->id, terminal);

        return r == 0 ? record(op, tx, bind ? "terminal-added" : "terminal-removed", location,
                               terminal)
                      : r;
}

static int change(struct op *op, const struct location_terminal *call, bool bind)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const char *event = bind ? "terminal-added" : "terminal-removed";
        struct terminal terminal;
        struct location location;
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = location_load(op->store, call->id, &location);
        if (r == 0)
                r = location_terminal_make(op, call, &terminal);
        if (r == 0)
                r = location_terminal_change(op, &tx, &location, &terminal, bind);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                location_tell(op, OP_LOCATION_CHANGED, event, &location);
        return r;
}

int op_location_add_terminal(struct op *op, const struct location_terminal *call)
{
        return change(op, call, true);
}

int op_location_remove_terminal(struct op *op, const struct location_terminal *call)
{
        return change(op, call, false);
}
