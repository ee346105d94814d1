/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session phase: ties a session to the factors that were proven, counts logins by SSH key. */
#include "bo-accountd/ops/login_private.h"

/*
 * A login without an auth phase from another host is one by SSH key, and counts as a login (R40).
 * Sessions without a person (cron, systemd --user) and those of somebody who is in already (su,
 * sudo) do not.
 */
static bool is_key_login(const struct login *login)
{
        return !login->context.has_login && login->context.remote && login->service.offer &&
               login->service.class == SERVICE_INTERACTIVE;
}

static int record_key_login(struct op *op, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = login_record_success(op, login, &tx, "key");
        return r == 0 ? tx_commit(&tx) : r;
}

int login_session(struct op *op, struct login *login)
{
        int r = subject_find(op, login->context.user, &login->subject);

        if (r != 0)
                return r;
        if (!login->subject.known)
                return login_end(login, BO_ERR_NO_SUCH_USER);
        if (login->proof.uid != login->subject.account.uid)
                login->proof = (struct login_proof){0};

        if (!login->context.close && is_key_login(login))
                r = record_key_login(op, login);
        if (r != 0)
                return r;
        op_note(op, LOG_INFO,
                &(struct log_event){.event = login->context.close ? "session-closed"
                                                                  : "session-opened",
                                    .user = login->subject.account.name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = login->proof.factors},
                "Session of %s (%s) %s.", login->subject.account.name, login->context.service,
                login->context.close ? "closed" : "opened");
        return login_end(login, 0);
}
