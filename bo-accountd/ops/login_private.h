/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the phases of a login share: its state, and the ways to ask, tell and end. */
#pragma once

#include "bo-accountd/factor/totp.h"
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/environment.h"
#include "bo-accountd/ops/login.h"
#include "bo-accountd/ops/permission.h"
#include "bo-accountd/ops/place.h"
#include "bo-accountd/ops/recovery.h"
#include "bo-accountd/ops/verify.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/token.h"

#define LAST_LOGIN_SIZE 256
#define LOGIN_TEXT_SIZE 8192 /* an ASCII QR code is the longest */
#define LOGIN_TRIES     3    /* of one question within one login */

#define LOGIN_GREETING_SIZE (LAST_LOGIN_SIZE + ENVIRONMENT_GREETING_SIZE + APPROVAL_WAITING_SIZE)

/* Takes an answer, and asks, tells or ends. */
typedef int login_answer_fn(struct op *op, struct login *login, const struct secret *answer);

struct login {
        struct login_context context;
        enum login_kind kind;
        char text[LOGIN_TEXT_SIZE];
        int outcome;
        bool hashes;    /* the next step does */
        bool offer;     /* the question may be declined */
        bool takes_key; /* the next answer may be an API key */
        login_answer_fn *next;
        struct login_proof proof;

        struct service_settings service; /* of this step; good as long as op->settings */
        struct source source;            /* of its failures */
        bool turned_away; /* that has had too many: found before the step was queued */
        bool proven;      /* by a password or a token: what is asked from then on is no guess */
        struct subject subject;
        enum service_factor factor;
        struct secret *password; /* that was given, until it is tested; later the present one */
        struct secret *fresh;    /* the new one, until it is repeated */
        struct secret *otp;      /* that is being set up */
        unsigned char sealed[TOTP_SEALED_BYTES];
        uint64_t otp_step;            /* of the code that the set-up was given */
        struct recovery_set recovery; /* that the set-up shows */
        uint64_t code_wait_usec;      /* how long the second factor is still locked */
        uint64_t name_wait_usec;      /* how long the bare name of a user is still locked */
        uint64_t key_wait_usec;       /* how long who shows a key is still locked */
        bool dummy;                   /* sshd gave its own password, or a token has a slip */
        bool long_answer;             /* a token may have been meant */
        bool voluntary; /* the change of password was offered: without it the login stands */
        struct token_row token;
        bool by_invitation;                 /* the token was one: the password follows it (R49) */
        bool by_approval;                   /* it answers a request: the question follows (R67) */
        bool joined;                        /* by it, in the open transaction or the last one */
        struct invitation invited_by;       /* that is offered, or was last */
        unsigned n_offers;                  /* that were made */
        char note[OP_MESSAGE_SIZE];         /* a line to be shown to who is in */
        bool code_given;                    /* in the flow of a token */
        bool recovered;                     /* a recovery code stood in for the one-time code */
        char greeting[LOGIN_GREETING_SIZE]; /* of a session, until it is shown */
        unsigned tries;
        /* Stores a new password that satisfies every rule, and goes on. */
        int (*store)(struct op *op, struct login *login, const char *hash);
};

int login_ask(struct login *login, enum login_kind kind, login_answer_fn *next, bool hashes,
              const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Shows a line, then goes on with @next. */
int login_tell(struct login *login, enum login_kind kind, login_answer_fn *next, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

int login_end(struct login *login, int outcome);

/* After a line that was shown: ends as a success. */
login_answer_fn login_end_well;

/* The settings in force: what an earlier step had read is gone after a reload, and no more the
 * rule. */
void login_read_service(const struct op *op, struct login *login);

/* The user of an account or password phase and his state, read in @tx. BO_ERR_NO_SUCH_USER. */
int login_find(struct op *op, struct login *login, struct tx *tx, struct account_state *ret_state);

/*
 * R26: who is restricted to locations comes in at them alone, with a key as well. Jobs have no
 * place (R34). 0 or BO_ERR_WRONG_PLACE, which login_note_misplaced() tells the operator.
 */
struct place_query login_place(const struct login *login, const char *customer);
int login_place_outcome(struct op *op, const struct login *login);
void login_note_misplaced(struct op *op, const struct login *login);

/* What the service wants of the user by its settings and by his roles (R54), as both stand now. */
int login_factor(struct op *op, const struct login *login, enum service_factor *ret_factor);

/* Must the user have shown the factor here? */
int login_demands_factor(struct op *op, const struct login *login, bool *ret_demands);

/* A recovery code with a typing error is asked for again, before it counts as a failure. */
bool login_mistyped_code(const struct op *op, struct login *login, const struct secret *answer);

/*
 * After every step, whatever it was: a login of auth or account that would end well is refused if
 * the user lacks a permission that is demanded here. A stranger learns nothing by it: all that was
 * asked for has been proven.
 */
int login_gate(struct op *op, struct login *login);

/*
 * Failures of the auth phase are counted by where they come from. login_source_refuses() at the
 * begin, login_guess_refused() before an answer is tested: true if the source has had too many, and
 * the login ends with that. login_guess_settle() gives back what was taken if it was no failure.
 */
void login_source_find(struct op *op, struct login *login);
bool login_source_refuses(struct op *op, struct login *login);
bool login_guess_refused(struct op *op, struct login *login, bool *ret_taken);
void login_guess_settle(struct op *op, const struct login *login, int r);

/* If the service is reached from approved addresses alone (R70): is this one of the customer that
 * @account acts for? 0 or BO_ERR_ADDRESS_NOT_APPROVED. */
int login_address_decide(struct op *op, const struct login *login, const struct account *account,
                         char ret_customer[CUSTOMER_ID_SIZE]);
void login_note_address(struct op *op, const struct login *login, const char *customer);
/* Tells him that this is no address of @customer ("": he acts for none; NULL: of his token), and
 * ends. */
int login_refuse_address(struct login *login, const char *customer);

/*
 * What is decided without a test and without a write is a function of its own: its explanation
 * (ops/explain.c) asks the same ones, in the same order, and a test holds both against each other.
 */

/* What stands before the first question of auth. */
struct login_auth {
        bool himself;       /* login_becomes_himself(): nothing is asked */
        uint64_t wait_usec; /* how long the subject is still locked */
};
int login_auth_look(struct op *op, struct login *login, struct tx *tx, struct login_auth *ret_auth);

/* R34: may this kind of user use this service at all? Answered as if password (R8) or key were
 * wrong. */
bool login_admits_password(const struct login *login);
bool login_admits_key(const struct login *login, const struct api_key_row *key);

/* What is carried on from auth. */
struct login_proof login_proof_by(const struct account *account, const char *factors);
struct login_proof login_proof_by_key(const struct login *login);

enum login_by {
        LOGIN_BY_STATUS,
        LOGIN_BY_SERVICE,
        LOGIN_BY_FACTOR,
        LOGIN_BY_PLACE,
};

/* What account comes to, without the gate behind it, and by what. */
struct login_account {
        enum login_by by;
        int outcome;
};
int login_account_decide(struct op *op, const struct login *login,
                         const struct account_state *state, struct login_account *ret_account);
/* Shows it and ends, without a word to the journal. */
int login_account_refuse(struct login *login, const struct login_account *account);

/* What the gate comes to. */
struct login_gate {
        int outcome;
        const char *permission; /* that was denied; NULL: the address */
        struct permission_answer answer;
        char customer[CUSTOMER_ID_SIZE];
};
int login_gate_decide(struct op *op, struct tx *tx, const struct login *login,
                      const struct account *account, struct login_gate *ret_gate);
int login_gate_refuse(struct login *login, const struct login_gate *gate);

/* May a session of him begin, who was let in? 0 or a BO_ERR_*. */
int login_session_decide(struct op *op, struct tx *tx, const struct login *login);

/* What stands in the way of a user whose password was right, whatever its age; 0 or a BO_ERR_*. */
int login_bar(const struct account_state *state);

/* Shows the text of @outcome (or @format) as an error, then ends with it. */
int login_fail(struct login *login, int outcome, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Tells of the lock of the second factor; @wait_usec 0: that has just begun. */
int login_fail_code_locked(struct op *op, struct login *login, uint64_t wait_usec);

/* Tells of the lock, of the password's or the factor's, and ends. */
int login_fail_locked(struct op *op, struct login *login, uint64_t wait_usec);

/* Ends an auth phase that did not succeed, with what is told of @outcome. */
int login_auth_failed(struct op *op, struct login *login, int outcome);

/* Is an answer of that size an API key here, and nothing else (R76)? Then login_key() tests it. */
bool login_takes_key(const struct login *login, size_t answer_size);
int login_key(struct op *op, struct login *login, const struct secret *answer);

/* The begin of each phase. */
int login_auth(struct op *op, struct login *login);
int login_account(struct op *op, struct login *login);
int login_password(struct op *op, struct login *login);
int login_session(struct op *op, struct login *login);

/* Tests @password, and @code unless it is NULL, and goes on or ends. Two transactions: the charge
 * before the hash, the verdict after it. */
int login_verdict(struct op *op, struct login *login, const struct secret *password,
                  const struct secret *code);

/* Goes on after the password (and code) were right. */
int login_auth_proven(struct op *op, struct login *login);

/* Offers what invitations there are, then goes on with login_offer_change(). */
int login_invitations(struct op *op, struct login *login);
/* Puts the question of the token that was typed, then goes on with login_invitations(). */
int login_approval(struct op *op, struct login *login);
/* R3: the offer to change a password that expires soon; then ends the login as a success. */
int login_offer_change(struct op *op, struct login *login);

/* Accepts the invitation whose token was typed, if the login is a success but for that. */
int login_join(struct op *op, struct login *login, struct tx *tx);
/* After the commit: what is told of it. */
void login_joined(struct op *op, struct login *login);

/* A token, but for a character: not charged to the user, who has proven neither more nor less. */
bool login_is_mistyped_token(const struct op *op, const struct secret *answer);

/* 0 and the flow of the token begun; BO_ERR_WRONG_CREDENTIALS: not a good token of this user, treat
 * it as a password. */
int login_token(struct op *op, struct login *login, const struct secret *answer);

/* As login_new_password(), after the initial password if an administrator has set one (R86). */
int login_initial_password(struct login *login);

/* Does this answer to the password prompt ask for a reset link instead (R75)? Then login_forgot()
 * ends the login. */
bool login_is_forgot(const struct login *login, const struct secret *answer);
int login_forgot(struct op *op, struct login *login, const struct secret *answer);

/* Asks for a new password twice and hands its hash to login->store. */
int login_new_password(struct login *login, const char *reason);

/* Stores the new password that the user himself has set; a login->store. */
int login_store_password(struct op *op, struct login *login, const char *hash);

/* Sets up the second factor at the prompt, then ends the login as a success. */
int login_set_up_otp(struct op *op, struct login *login);

/* What a person is told of the login before; empty for the first. */
int last_login_text(struct op *op, uint32_t uid, char out[LAST_LOGIN_SIZE]);

/*
 * Does somebody who is in only become himself, by su? Then he proves nothing anew: what he gets are
 * the groups and the environment of the customer that he acts for now (R50).
 */
int login_becomes_himself(struct op *op, const struct login *login, struct tx *tx, bool *ret_does);

/* The terminal of PAM_TTY, "" for none: sshd gives all its sessions the name "ssh". */
const char *login_terminal(const char *tty);

/* Records the success of an auth phase in @tx: last login, audit, signal, proof. */
int login_record_success(struct op *op, struct login *login, struct tx *tx, const char *factors);
/* The same, but for the last login. */
int login_record_come(struct op *op, struct login *login, struct tx *tx, const char *factors);
/* The signal alone, for what has an event of its own. */
void login_signal_refused(struct op *op, const struct login *login, int outcome);
/* Journal and signal of a refusal that is no attempt and no row of the trail: of who came with a
 * key, or of a job. */
void login_tell_refused(struct op *op, const struct login *login, int outcome);
/* Records a failure: audit, journal, signal. */
int login_record_failure(struct op *op, struct login *login, struct tx *tx, int outcome);
