/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login leaves behind: audit rows, counters, journal lines, signals. */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/store/audit.h"

#include <string.h>

static void describe(const struct login *login, char *out, size_t size, const char *key,
                     const char *value)
{
        snprintf(out, size, "service=%s rhost=%s %s=%s", login->context.service,
                 login->context.rhost[0] ? login->context.rhost : "-", key, value);
}

static void signal_login(struct op *op, const struct login *login, enum op_signal_kind kind,
                         const char *outcome)
{
        const struct account *account = login->subject.known ? &login->subject.account : NULL;
        struct op_signal *signal = op_signal(op, kind, account);

        snprintf(signal->one, sizeof(signal->one), "%s", login->context.service);
        snprintf(signal->two, sizeof(signal->two), "%s", login->context.rhost);
        snprintf(signal->three, sizeof(signal->three), "%s", outcome);
}

struct login_proof login_proof_by(const struct account *account, const char *factors)
{
        struct login_proof proof = {.uid = account->uid,
                                    .otp = strstr(factors, "otp") || strstr(factors, "recovery")};

        snprintf(proof.factors, sizeof(proof.factors), "%s", factors);
        return proof;
}

int login_record_come(struct op *op, struct login *login, struct tx *tx, const char *factors)
{
        const struct account *account = &login->subject.account;
        char detail[256];
        const struct audit_entry entry = {
                .event = "login-succeeded",
                .actor_uid = account->uid,
                .subject_uid = account->uid,
                .detail = detail,
        };
        int r;

        describe(login, detail, sizeof(detail), "factors", factors);
        r = audit_append(tx, &entry);
        if (r != 0)
                return r;
        login->proof = login_proof_by(account, factors);
        signal_login(op, login, OP_LOGIN_SUCCEEDED, factors);
        op_note(op, LOG_INFO,
                &(struct log_event){.event = "login-succeeded",
                                    .user = account->name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = factors},
                "%s logged in (%s, %s).", account->name, login->context.service, factors);
        return 0;
}

int login_record_success(struct op *op, struct login *login, struct tx *tx, const char *factors)
{
        int r = account_logged_in(tx, login->subject.account.uid);

        return r == 0 ? login_record_come(op, login, tx, factors) : r;
}

void login_signal_refused(struct op *op, const struct login *login, int outcome)
{
        signal_login(op, login, OP_LOGIN_FAILED, bo_error_name(outcome));
}

/* A name that bo does not know may be a password typed at the wrong prompt: it is never written
 * down. */
static void tell_failure(struct op *op, const struct login *login, const char *event, int outcome)
{
        const char *name = login->subject.known ? login->subject.account.name : NULL;

        login_signal_refused(op, login, outcome);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event,
                                    .user = name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = bo_error_name(outcome)},
                "Login of %s refused (%s): %s.", name ? name : "an unknown user",
                login->context.service, bo_error_name(outcome));
}

void login_tell_refused(struct op *op, const struct login *login, int outcome)
{
        tell_failure(op, login, "login-failed", outcome);
}

void login_note_misplaced(struct op *op, const struct login *login)
{
        const struct login_context *context = &login->context;

        login_signal_refused(op, login, BO_ERR_WRONG_PLACE);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "login-misplaced",
                                    .user = login->subject.account.name,
                                    .service = context->service,
                                    .rhost = context->rhost,
                                    .detail = context->tty},
                "%s may not log in here (%s): restricted to other locations.",
                login->subject.account.name, context->service);
}

/* The dummy of sshd costs the same write, but leaves neither a row nor a line behind. */
static int record_nothing(struct login *login, struct tx *tx)
{
        return lockout_save(tx, login->subject.key, &login->subject.lock);
}

int login_record_failure(struct op *op, struct login *login, struct tx *tx, int outcome)
{
        uint32_t uid = login->subject.known ? login->subject.account.uid : AUDIT_NOBODY;
        char detail[256];
        const struct audit_entry entry = {
                .event = outcome == BO_ERR_LOCKED_ATTEMPTS ? "login-locked" : "login-failed",
                .actor_uid = uid,
                .subject_uid = uid,
                .detail = detail,
        };
        int r;

        if (login->dummy)
                return record_nothing(login, tx);
        describe(login, detail, sizeof(detail), "outcome", bo_error_name(outcome));
        r = audit_append(tx, &entry);
        if (r == 0)
                r = subject_tell_lock(op, tx, &login->subject);
        if (r != 0)
                return r;
        tell_failure(op, login, entry.event, outcome);
        return subject_signal_lock(op, tx, &login->subject);
}
