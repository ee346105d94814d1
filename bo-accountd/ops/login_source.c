/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a stranger may guess at a prompt is counted by where he comes from. */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/source.h"

void login_source_find(struct op *op, struct login *login)
{
        const struct login_context *context = &login->context;
        const struct source_facts facts = {
                .rhost = context->rhost,
                .service = context->service,
                .tty = login_terminal(context->tty),
                .uid = op->actor_uid,
                .caller = context->caller,
        };

        source_of(&login->source, op, &facts);
}

static bool turn_away(struct op *op, struct login *login, int r)
{
        if (r > 0)
                login_fail(login, r, "%s", op->message[0] ? op->message : bo_error_text(r));
        return r > 0;
}

/* Who runs su may become himself without a proof: he is asked about when he has to answer. */
bool login_source_refuses(struct op *op, struct login *login)
{
        return login->context.phase == LOGIN_AUTH && login->context.caller == 0 &&
               turn_away(op, login, source_ask(op, &login->source));
}

const struct source *login_source(const struct login *login)
{
        return &login->source;
}

void login_turn_away(struct login *login)
{
        login->turned_away = true;
}

bool login_is_guess(const struct login *login)
{
        return login->context.phase == LOGIN_AUTH && !login->proven && !login->offer &&
               (login->kind == LOGIN_SECRET || login->kind == LOGIN_VISIBLE);
}

bool login_guess_refused(struct op *op, struct login *login, bool *ret_taken)
{
        int r = 0;

        if (login_is_guess(login))
                r = login->turned_away ? source_ask(op, &login->source)
                                       : source_take(op, &login->source);
        if (login->turned_away && r == 0)
                r = BO_ERR_THROTTLED; /* room again since: not in this queue */

        login->turned_away = false;
        *ret_taken = login_is_guess(login) && r == 0;
        return turn_away(op, login, r);
}

/*
 * Right or wrong, or only the one half of what is tested together? Who is let in nowhere any more
 * counts as well: a program that goes on with its key leaves a line in the audit trail each time.
 */
static bool is_failure(const struct login *login)
{
        switch (login->outcome) {
        case BO_ERR_WRONG_CREDENTIALS:
        case BO_ERR_NO_SUCH_USER:
        case BO_ERR_LOCKED_ATTEMPTS:
        case BO_ERR_TOO_MANY_TRIES:
        case BO_ERR_DEACTIVATED:
        case BO_ERR_NOT_ACTIVATED:
        case BO_ERR_LOCKED_INACTIVITY:
        case BO_ERR_RESET_ASKED: /* nothing was guessed, but a hash was spent */
                return true;
        default:
                return false;
        }
}

void login_guess_settle(struct op *op, const struct login *login, int r)
{
        enum source_end end = SOURCE_END_NOTHING;

        if (r == 0 && is_failure(login))
                end = SOURCE_END_FAILURE;
        else if (r == 0 && login->kind == LOGIN_DONE && login->outcome == 0)
                end = SOURCE_END_SUCCESS;
        source_settle(op, &login->source, end);
}
