/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session phase: records who is in, tells of the last login, counts logins by SSH key. */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/store/session.h"

#include <errno.h>
#include <string.h>

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

static void note(struct op *op, const struct login *login)
{
        const char *done = login->context.close ? "closed" : "opened";

        op_note(op, LOG_INFO,
                &(struct log_event){.event = login->context.close ? "session-closed"
                                                                  : "session-opened",
                                    .user = login->subject.account.name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = login->proof.factors},
                "Session of %s (%s) %s.", login->subject.account.name, login->context.service,
                done);
}

static void signal_session(struct op *op, const struct login *login, enum op_signal_kind kind,
                           int64_t id)
{
        struct op_signal *signal = op_signal(op, kind, &login->subject.account);

        signal->id = (uint64_t)id;
        snprintf(signal->one, sizeof(signal->one), "%s", login->context.service);
        snprintf(signal->two, sizeof(signal->two), "%s", login->context.rhost);
}

static void describe(const struct op *op, const struct login *login, struct session *session)
{
        const struct login_context *context = &login->context;

        *session = (struct session){
                .uid = login->subject.account.uid,
                .login = login->service.offer,
                .leader = context->leader,
        };
        snprintf(session->service, sizeof(session->service), "%s", context->service);
        snprintf(session->rhost, sizeof(session->rhost), "%s", context->rhost);
        snprintf(session->tty, sizeof(session->tty), "%s", context->tty);
        snprintf(session->factors, sizeof(session->factors), "%s", login->proof.factors);
        snprintf(session->boot, sizeof(session->boot), "%s", op->boot);
}

/*
 * The account phase may be long over: su can be stopped between the two, and sshd waits for a
 * second method. Whose sessions were ended meanwhile must not open another (R17), nor who is in by
 * a second factor that was taken away (R62).
 */
static int session_bar(const struct login *login)
{
        const struct account *account = &login->subject.account;

        if (account_is_deactivated(account))
                return BO_ERR_DEACTIVATED;
        return login->proof.otp && !account->otp_on ? BO_ERR_NOT_ALLOWED : 0;
}

/* He is let in when that is over: before, it would end with the others, or keep them. */
static int refuse_while_ending(struct op *op, struct tx *tx, const struct login *login)
{
        bool ends = false;
        int r = session_ends_now(tx, login->subject.account.uid, &ends);

        return r == 0 && ends ? op_refuse(op, BO_ERR_BUSY,
                                          "Your sessions are being ended. Try again in a few "
                                          "seconds.")
                              : r;
}

/*
 * Between the two phases the place may have been taken away from who comes in (R26). What root runs
 * as him (runuser, sudo -u) has only a session phase, and no place.
 */
static int refuse_elsewhere(struct op *op, const struct login *login)
{
        bool comes_in = login->service.offer && (login->context.has_login || login->context.remote);

        return comes_in ? login_place_outcome(op, login) : 0;
}

int login_session_decide(struct op *op, struct tx *tx, const struct login *login)
{
        int r = session_bar(login);

        if (r == 0 && login->service.class == SERVICE_INTERACTIVE)
                r = refuse_elsewhere(op, login);
        if (r == 0 && login->service.class == SERVICE_INTERACTIVE)
                r = refuse_while_ending(op, tx, login);
        return r;
}

/*
 * Who was let in is on the disk since the auth phase; that the session runs is not worth a second
 * wait: if the machine fails, the session ends as well. A login by key has no auth phase, and waits
 * here.
 */
static int record_open(struct op *op, struct login *login, char last[LAST_LOGIN_SIZE],
                       struct environment *environment, char waiting[APPROVAL_WAITING_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        bool key = is_key_login(login);
        struct session session;
        int r = key ? op_begin_write(op, &tx) : op_begin_lazy(op, &tx);

        if (r == 0)
                r = account_by_uid(op->store, login->subject.account.uid, &login->subject.account);
        if (r == 0)
                r = login_session_decide(op, &tx, login);
        if (r == 0)
                r = session_may_stay(&tx, login->subject.account.uid);
        /* Before this one is written: it is the one before that is told. */
        if (r == 0 && login->service.offer && !login->context.silent)
                r = last_login_text(op, login->subject.account.uid, last);
        if (r == 0 && key)
                r = login_record_success(op, login, &tx, "key");
        describe(op, login, &session);
        if (r == 0)
                r = session_insert(&tx, &session);
        if (r == 0)
                r = environment_gather(op, &login->subject.account, environment);
        if (r == 0 && login->service.offer && !login->context.silent && environment->customer.id[0])
                r = approval_waiting(op, &tx, &login->subject.account, environment->customer.id,
                                     waiting);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                signal_session(op, login, OP_SESSION_OPENED, session.id);
        return r;
}

static int greet(struct op *op, struct login *login, const struct secret *answer)
{
        (void)op, (void)answer; /* the signature of an answer */
        return login->greeting[0]
                       ? login_tell(login, LOGIN_INFO, login_end_well, "%s", login->greeting)
                       : login_end(login, 0);
}

/* Who came in reads it in one text: each line of its own would be another turn. */
static void compose_greeting(struct login *login, const char *last, const char *waiting,
                             const struct environment *environment)
{
        char acting[ENVIRONMENT_GREETING_SIZE] = "";

        if (!login->service.offer || login->context.silent)
                return;
        environment_greeting(environment, acting);
        snprintf(login->greeting, sizeof(login->greeting), "%s%s%s%s%s", last,
                 last[0] && acting[0] ? "\n" : "", acting, waiting[0] ? "\n" : "", waiting);
}

/* Then the greeting. */
static int tell_environment(struct op *op, struct login *login,
                            const struct environment *environment)
{
        char text[ENVIRONMENT_TEXT_SIZE];

        if (!login->context.environment)
                return greet(op, login, NULL);
        environment_text(environment, login->proof.factors, text);
        return login_tell(login, LOGIN_ENVIRONMENT, greet, "%s", text);
}

static int open_session(struct op *op, struct login *login)
{
        struct environment environment = {0};
        char last[LAST_LOGIN_SIZE] = "", waiting[APPROVAL_WAITING_SIZE] = "";
        int r = record_open(op, login, last, &environment, waiting);

        if (r > 0) {
                if (r == BO_ERR_WRONG_PLACE)
                        login_note_misplaced(op, login);
                else
                        login_tell_refused(op, login, r);
                return login_fail(login, r, "%s", op->message[0] ? op->message : bo_error_text(r));
        }
        if (r != 0)
                return r;
        note(op, login);
        compose_greeting(login, last, waiting, &environment);
        return tell_environment(op, login, &environment);
}

const char *login_terminal(const char *tty)
{
        return strcmp(tty, "ssh") == 0 ? "" : tty;
}

/* One that is not known (opened before bo was there, ended by bo-sessiond) is no failure. */
static int close_session(struct op *op, struct login *login)
{
        const struct login_context *context = &login->context;
        _cleanup_(tx_end) struct tx tx = {0};
        int64_t id = 0;
        int r = op_begin_lazy(op, &tx);

        if (r == 0)
                r = session_find_open(op->store, login->subject.account.uid, context->service,
                                      op->boot, context->leader, login_terminal(context->tty), &id);
        if (r == 0)
                r = session_close(&tx, id);
        if (r == 0)
                r = tx_commit(&tx);
        if (r < 0 && r != -ENODATA)
                return r;
        if (r == 0)
                signal_session(op, login, OP_SESSION_CLOSED, id);
        note(op, login);
        return login_end(login, 0);
}

static int note_job(struct op *op, struct login *login)
{
        struct environment environment = {0};
        int r, outcome = login->context.close ? 0 : session_bar(login);

        if (outcome != 0) {
                login_tell_refused(op, login, outcome);
                return login_fail(login, outcome, "%s", bo_error_text(outcome));
        }
        r = login->context.close || !login->context.environment
                    ? 0
                    : environment_gather(op, &login->subject.account, &environment);
        if (r != 0)
                return r;
        note(op, login);
        return login->context.close ? login_end(login, 0)
                                    : tell_environment(op, login, &environment);
}

/* Who became nobody on this host meanwhile (Customer=) closes what he opened all the same. */
static int find_leaver(struct op *op, struct login *login)
{
        char folded[NAME_MAX_BYTES + 1];
        int r;

        if (name_fold(folded, login->context.user) < 0)
                return 0;
        r = account_by_name(op->store, folded, &login->subject.account);
        login->subject.known = r == 0;
        return r == BO_ERR_NO_SUCH_USER ? 0 : r;
}

int login_session(struct op *op, struct login *login)
{
        int r = subject_find(op, login->context.user, &login->subject);

        if (r == 0 && !login->subject.known && login->context.close)
                r = find_leaver(op, login);
        if (r != 0)
                return r;
        if (!login->subject.known)
                return login_end(login, BO_ERR_NO_SUCH_USER);
        if (login->proof.uid != login->subject.account.uid)
                login->proof = (struct login_proof){0};

        /* Jobs would flood the list of who is in: they are in the journal. */
        if (login->service.class != SERVICE_INTERACTIVE)
                return note_job(op, login);
        return login->context.close ? close_session(op, login) : open_session(op, login);
}
