/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client side of bo, the accounts of a payment back office.
 *
 * Common to all calls:
 *  - They speak D-Bus to bo-accountd on its private socket; the uid of the caller is its identity.
 *  - Return: 0 done; > 0 a BO_ERR_*, an answer to be handled; < 0 a negative errno, no answer.
 *  - ret_ arguments are written only when 0 is returned.
 *  - A struct bo is for one thread at a time, and not for use after fork() (-ECHILD).
 *  - They block: up to 1 s to connect, up to 30 s for an answer (-ETIMEDOUT).
 *  - Strings are UTF-8. Times are microseconds since 1970-01-01 UTC, 0 for never.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BO_USER_MAX   254 /* bytes of a user name */
#define BO_ANSWER_MAX 512 /* bytes of an answer in a login: PAM_MAX_RESP_SIZE */
#define BO_SOCKET     "/run/bo-accountd/bus"

enum bo_error {
#define BO_ERROR(id, value, name, pam, text) BO_ERR_##id = (value),
#include "bo-errors.def"
#undef BO_ERROR
};

typedef struct bo bo;

/**
 * bo_open() - connect to bo-accountd
 * @ret_bo: the connection; bo_close() it
 * @socket: path of the private socket; NULL for BO_SOCKET
 *
 * The server must run as root or as the user bo-accountd, or -EPERM.
 *
 * Return: 0; -ECONNREFUSED, -ENOENT, -ETIMEDOUT, -EPERM, -ENOMEM.
 */
int bo_open(bo **ret_bo, const char *socket);

/**
 * bo_close() - disconnect; ends the logins that were begun here
 * @bo: may be NULL
 *
 * Return: NULL.
 */
bo *bo_close(bo *bo);

/**
 * bo_error_name() - the D-Bus name of a BO_ERR_*, without its prefix
 * Return: for example "LockedAttempts"; NULL for an unknown value.
 */
const char *bo_error_name(int error);

/**
 * bo_error_text() - what a person is told
 * @error: a BO_ERR_* or a negative errno
 * Return: a static text, never NULL.
 */
const char *bo_error_text(int error);

/**
 * bo_error_from_name() - the BO_ERR_* of a D-Bus error name or login outcome
 * @name: with or without the prefix "org.backoffice.Accounts1.Error."
 * Return: BO_ERR_*; 0 for "Success"; -EBADMSG for an unknown name.
 */
int bo_error_from_name(const char *name);

/**
 * bo_message() - what the daemon said about the last call that returned a BO_ERR_*
 * Return: one line for a person, naming what, where and what to do; valid until the next call.
 */
const char *bo_message(bo *bo);

/* What a login conversation asks for next; see bo_login_begin(). */
enum bo_question_kind {
        BO_SECRET,  /* ask with echo off, then bo_login_step() */
        BO_VISIBLE, /* ask with echo on, then bo_login_step() */
        BO_INFO,    /* show, then bo_login_step() with an empty answer */
        BO_FAILURE, /* likewise, an error line */
        BO_DONE,    /* ended; outcome tells how */
};

struct bo_question {
        uint64_t login; /* names the conversation; not a secret */
        enum bo_question_kind kind;
        int outcome;    /* BO_DONE: 0 or a BO_ERR_* */
        const char *text; /* valid until the next call; cleaned of control characters but line
                             breaks. BO_DONE: bo_error_text() of the outcome, empty for 0 */
};

enum bo_phase {
        BO_PHASE_AUTH,
        BO_PHASE_ACCOUNT,
        BO_PHASE_PASSWORD,
        BO_PHASE_SESSION,
};

struct bo_login_context {
        const char *user;    /* required */
        const char *service; /* required: PAM_SERVICE */
        const char *rhost;   /* PAM_RHOST, or NULL; used only if it is a numeric address */
        const char *tty;     /* PAM_TTY, or NULL */
        uint64_t login;      /* session: the login of the auth phase; else 0 */
        bool silent;         /* PAM_SILENT */
        bool expired;        /* password: PAM_CHANGE_EXPIRED_AUTHTOK */
        bool check;          /* password: PAM_PRELIM_CHECK */
        bool close;          /* session: it ends */
};

/**
 * bo_login_begin() - begin a phase of a login
 * @bo:           the connection; the login dies with it
 * @phase:        which of PAM's four
 * @context:      who, where and how
 * @ret_question: the first question
 *
 * The daemon picks the questions: nothing may be assumed of their number or order. Who may: root
 * for everyone, a user for himself. Source: DESIGN "login conversation"; R38, R57.
 *
 * Return: 0; BO_ERR_NOT_ALLOWED, BO_ERR_PROTOCOL, BO_ERR_BUSY, BO_ERR_UNAVAILABLE; -EBADMSG for a
 * kind that this library does not know; -ETIMEDOUT, -ECONNRESET, -ENOMEM.
 */
int bo_login_begin(bo *bo, enum bo_phase phase, const struct bo_login_context *context,
                   struct bo_question *ret_question);

/**
 * bo_login_step() - answer a question
 * @answer: not kept; the message that carries it is wiped. NULL is the empty answer
 * @size:   0..BO_ANSWER_MAX bytes, else -EMSGSIZE
 *
 * Return: as bo_login_begin(), and BO_ERR_NO_SUCH_LOGIN.
 */
int bo_login_step(bo *bo, uint64_t login, const void *answer, size_t size,
                  struct bo_question *ret_question);

/**
 * bo_login_cancel() - tell that a question could not be asked
 *
 * An offer counts as declined; any other question ends the login as BO_ERR_CONVERSATION_FAILED.
 * Nothing is charged.
 *
 * Return: as bo_login_step().
 */
int bo_login_cancel(bo *bo, uint64_t login, struct bo_question *ret_question);

#ifdef __cplusplus
}
#endif
