/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login conversation: what is asked next, and what it comes to. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/policy/permission.h"
#include "bo-accountd/policy/service.h"
#include "bo-accountd/policy/source.h"

enum login_phase {
        LOGIN_AUTH,
        LOGIN_ACCOUNT,
        LOGIN_PASSWORD,
        LOGIN_SESSION,
};

enum login_kind {
        LOGIN_SECRET,
        LOGIN_VISIBLE,
        LOGIN_INFO,
        LOGIN_ERROR,
        LOGIN_ENVIRONMENT, /* lines NAME=value for the session */
        LOGIN_DONE,
};

/* What was proven on a connection or, by its id, in the auth phase of a session. */
struct login_proof {
        uint32_t uid; /* 0: nothing */
        bool otp;
        bool by_key;  /* an API key */
        bool offered; /* the change of a password that expires soon */
        char factors[24];
};

struct login_context {
        enum login_phase phase;
        char user[NAME_MAX_BYTES + 1];
        char service[SERVICE_NAME_MOST + 1];
        char rhost[46]; /* numeric, or empty */
        char tty[64];
        char permission[PERMISSION_NAME_SIZE + 1]; /* demanded in auth and account; "": none */
        bool silent, expired, check, close;
        bool environment; /* session: who asks takes LOGIN_ENVIRONMENT */
        uint32_t caller;  /* auth, account: who runs su, as the kernel told the module; 0: nobody */
        uint32_t leader;  /* the process that speaks for the application; 0: not known */
        bool remote;      /* from another host, also if its address is not known */
        bool has_login;   /* session: it came with a BO_LOGIN */
        struct login_proof proof; /* of the connection; of BO_LOGIN for a session */
};

/* As PAM has them; "" where nothing is known. */
struct login_words {
        const char *user, *service, *rhost, *tty, *permission;
};
/* Bounded, cleaned, and none of them becomes another by being cut off. */
void login_context_take(struct login_context *context, const struct login_words *words);

struct login;

struct login *login_new(const struct login_context *context);
struct login *login_free(struct login *login);

/*
 * May the actor hold this conversation: root and, but for session and password, Callers= of the
 * service for everybody; a user for himself, and then what he says of where he comes from is
 * dropped. BO_ERR_NOT_ALLOWED.
 */
int login_caller_may(struct op *op, struct login *login);

#define LOGIN_FORGOT      "forgot"
#define LOGIN_FORGOT_SIZE (sizeof(LOGIN_FORGOT) - 1)

/* Does the next step hash, with an answer of that size? Then it belongs into the queue for that. */
bool login_hashes(const struct login *login, size_t answer_size);

/* Each runs in a worker and leaves a question, a line or the end behind. < 0: no answer, the login
 * is as it was. */
int login_begin(struct op *op, struct login *login);
int login_step(struct op *op, struct login *login, const struct secret *answer);
int login_cancel(struct op *op, struct login *login);

/* From where, as failures are counted (policy/source.h). Is the next answer a guess? Then a source
 * that has had too many of them is turned away: the step refuses, without a hash. Between steps. */
const struct source *login_source(const struct login *login);
bool login_is_guess(const struct login *login);
void login_turn_away(struct login *login);

bool login_is_auth(const struct login *login);
enum login_phase login_phase(const struct login *login);
enum service_class login_class(const struct login *login);
const char *login_service(const struct login *login);
enum login_kind login_kind(const struct login *login);
const char *login_text(const struct login *login);
/* Of LOGIN_DONE: 0 or a BO_ERR_*. */
int login_outcome(const struct login *login);
const struct login_proof *login_proof(const struct login *login);
