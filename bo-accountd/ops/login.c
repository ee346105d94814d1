/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame of a login conversation: phases, questions and ends. */
#include "bo-accountd/ops/caller.h"
#include "bo-accountd/ops/login_private.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct login *login_new(const struct login_context *context)
{
        struct login *login = calloc(1, sizeof(*login));

        if (!login)
                return NULL;
        login->context = *context;
        login->proof = context->proof;
        return login;
}

struct login *login_free(struct login *login)
{
        if (!login)
                return NULL;
        secret_free(login->password);
        secret_free(login->fresh);
        secret_free(login->otp);
        recovery_set_clear(&login->recovery);
        /* The text may hold a secret to be typed into an app. */
        explicit_bzero(login->text, sizeof(login->text));
        free(login);
        return NULL;
}

bool login_is_auth(const struct login *login)
{
        return login->context.phase == LOGIN_AUTH;
}

enum login_phase login_phase(const struct login *login)
{
        return login->context.phase;
}

enum service_class login_class(const struct login *login)
{
        return login->service.class;
}

const char *login_service(const struct login *login)
{
        return login->context.service;
}

static bool calls_for(const struct op *op, const struct login *login)
{
        bool asks = login_is_auth(login) || login->context.phase == LOGIN_ACCOUNT;

        return op->actor_uid == 0 || (asks && actor_calls_for(op, login->context.service));
}

/* A session is opened by root, and what is no person's service is none of a screen locker. */
static int is_himself(struct op *op, const struct login *login)
{
        struct subject subject;
        int r;

        if (login->context.phase == LOGIN_SESSION ||
            settings_service(op->settings, login->context.service).class != SERVICE_INTERACTIVE)
                return BO_ERR_NOT_ALLOWED;
        r = subject_find(op, login->context.user, &subject);
        if (r != 0)
                return r;
        return subject.known && subject.account.uid == op->actor_uid ? 0 : BO_ERR_NOT_ALLOWED;
}

int login_caller_may(struct op *op, struct login *login)
{
        if (calls_for(op, login))
                return 0;
        login->context.remote = false;
        login->context.rhost[0] = '\0';
        login->context.proof = login->proof = (struct login_proof){0};
        return is_himself(op, login);
}

bool login_hashes(const struct login *login, size_t answer_size)
{
        bool forgot = login->context.phase == LOGIN_AUTH && answer_size == LOGIN_FORGOT_SIZE;

        if (login_takes_key(login, answer_size))
                return false;
        return login->hashes || (forgot && login->kind == LOGIN_SECRET);
}

enum login_kind login_kind(const struct login *login)
{
        return login->kind;
}

const char *login_text(const struct login *login)
{
        if (login->kind != LOGIN_DONE)
                return login->text;
        return login->outcome == 0 ? "Success" : bo_error_name(login->outcome);
}

int login_outcome(const struct login *login)
{
        return login->outcome;
}

const struct login_proof *login_proof(const struct login *login)
{
        return &login->proof;
}

static void set(struct login *login, enum login_kind kind, login_answer_fn *next, bool hashes)
{
        login->kind = kind;
        login->next = next;
        login->hashes = hashes;
        login->offer = false;
        login->takes_key = false;
}

int login_ask(struct login *login, enum login_kind kind, login_answer_fn *next, bool hashes,
              const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(login->text, sizeof(login->text), format, arguments);
        va_end(arguments);
        set(login, kind, next, hashes);
        return 0;
}

int login_tell(struct login *login, enum login_kind kind, login_answer_fn *next, const char *format,
               ...)
{
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(login->text, sizeof(login->text), format, arguments);
        va_end(arguments);
        set(login, kind, next, false);
        return 0;
}

int login_end(struct login *login, int outcome)
{
        set(login, LOGIN_DONE, NULL, false);
        login->outcome = outcome;
        login->password = secret_free(login->password);
        login->fresh = secret_free(login->fresh);
        login->otp = secret_free(login->otp);
        return 0;
}

int login_end_well(struct op *op, struct login *login, const struct secret *answer)
{
        (void)op, (void)answer; /* the signature of an answer */
        return login_end(login, 0);
}

static int failure_shown(struct op *op, struct login *login, const struct secret *answer)
{
        (void)op, (void)answer; /* the signature of an answer */
        return login_end(login, login->outcome);
}

int login_fail(struct login *login, int outcome, const char *format, ...)
{
        va_list arguments;
        char text[512];

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        login->outcome = outcome;
        return login_tell(login, LOGIN_ERROR, failure_shown, "%s", text);
}

static int begin(struct op *op, struct login *login)
{
        switch (login->context.phase) {
        case LOGIN_AUTH:
                return login_auth(op, login);
        case LOGIN_ACCOUNT:
                return login_account(op, login);
        case LOGIN_PASSWORD:
                return login_password(op, login);
        case LOGIN_SESSION:
                return login_session(op, login);
        }
        return -EINVAL;
}

void login_read_service(const struct op *op, struct login *login)
{
        login->service = settings_service(op->settings, login->context.service);
}

int login_begin(struct op *op, struct login *login)
{
        int r;

        login_read_service(op, login);
        login_source_find(op, login);
        if (login_source_refuses(op, login))
                return 0;
        r = begin(op, login);
        return r == 0 ? login_gate(op, login) : r;
}

int login_step(struct op *op, struct login *login, const struct secret *answer)
{
        bool taken = false;
        int r;

        login_read_service(op, login);
        if (login_guess_refused(op, login, &taken))
                return 0;
        r = login->next ? login->next(op, login, answer) : BO_ERR_NO_SUCH_LOGIN;
        if (r == 0)
                r = login_gate(op, login);
        if (taken)
                login_guess_settle(op, login, r);
        return r;
}

static int cancel(struct op *op, struct login *login)
{
        _cleanup_(secret_freep) struct secret *nothing = secret_new(0);

        if (!nothing)
                return -ENOMEM;
        if (!login->next)
                return BO_ERR_NO_SUCH_LOGIN;
        if (login->offer || login->kind == LOGIN_INFO || login->kind == LOGIN_ERROR ||
            login->kind == LOGIN_ENVIRONMENT)
                return login->next(op, login, nothing);
        return login_end(login, BO_ERR_CONVERSATION_FAILED);
}

int login_cancel(struct op *op, struct login *login)
{
        int r;

        login_read_service(op, login);
        r = cancel(op, login);
        return r == 0 ? login_gate(op, login) : r;
}

int login_bar(const struct account_state *state)
{
        if (state->facts.deactivated)
                return BO_ERR_DEACTIVATED;
        if (!state->facts.activated)
                return BO_ERR_NOT_ACTIVATED;
        return state->facts.idle ? BO_ERR_LOCKED_INACTIVITY : 0;
}

static bool is_su(const char *service)
{
        return strcmp(service, "su") == 0 || strcmp(service, "su-l") == 0;
}

int login_becomes_himself(struct op *op, const struct login *login, struct tx *tx, bool *ret_does)
{
        const struct account *account = &login->subject.account;
        struct account_state state;
        int r;

        *ret_does = false;
        if (login->context.caller == 0 || !is_su(login->context.service) || !login->subject.known ||
            account->uid != login->context.caller ||
            !service_admits(login->service.class, account->is_api, SERVICE_CREDENTIAL_NONE))
                return 0;
        r = account_state(op, tx, account, &state);
        if (r == 0)
                *ret_does = login_bar(&state) == 0;
        return r;
}

int login_find(struct op *op, struct login *login, struct tx *tx, struct account_state *ret_state)
{
        int r = op_begin_read(op, tx);

        if (r == 0)
                r = subject_find(op, login->context.user, &login->subject);
        if (r == 0 && !login->subject.known)
                r = BO_ERR_NO_SUCH_USER;
        return r == 0 ? account_state(op, tx, &login->subject.account, ret_state) : r;
}
