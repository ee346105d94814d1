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
 * bo_open_within() - connect to bo-accountd, with another patience than a login has
 * @ret_bo:  the connection; bo_close() it
 * @socket:  path of the private socket; NULL for BO_SOCKET
 * @seconds: how long to wait for a service that does not answer at once
 *
 * The same as bo_open(), which waits for one second.
 *
 * Return: 0; -ECONNREFUSED, -ENOENT, -ETIMEDOUT, -EPERM, -ENOMEM.
 */
int bo_open_within(bo **ret_bo, const char *socket, unsigned seconds);

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
        BO_SECRET,      /* ask with echo off, then bo_login_step() */
        BO_VISIBLE,     /* ask with echo on, then bo_login_step() */
        BO_INFO,        /* show, then bo_login_step() with an empty answer */
        BO_FAILURE,     /* likewise, an error line */
        BO_DONE,        /* ended; outcome tells how */
        BO_ENVIRONMENT, /* session, if asked for: lines NAME=value, then as BO_INFO */
};

struct bo_question {
        uint64_t login; /* names the conversation; not a secret */
        enum bo_question_kind kind;
        int outcome;      /* BO_DONE: 0 or a BO_ERR_* */
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
        const char *user;       /* required */
        const char *service;    /* required: PAM_SERVICE */
        const char *rhost;      /* PAM_RHOST, or NULL; used only if it is a numeric address */
        const char *tty;        /* PAM_TTY, or NULL */
        uint64_t login;         /* session: the login of the auth phase; else 0 */
        bool silent;            /* PAM_SILENT */
        bool expired;           /* password: PAM_CHANGE_EXPIRED_AUTHTOK */
        bool check;             /* password: PAM_PRELIM_CHECK */
        bool close;             /* session: it ends */
        bool environment;       /* session: BO_ENVIRONMENT is understood */
        uint32_t caller;        /* auth, account by su: the real uid of who runs it; else 0 */
        const char *permission; /* auth, account: what the user must have; NULL: nothing */
};

/**
 * bo_login_begin() - begin a phase of a login
 * @bo:           the connection; the login dies with it
 * @phase:        which of PAM's four
 * @context:      who, where and how
 * @ret_question: the first question
 *
 * The daemon picks the questions: nothing may be assumed of their number or order. Who may: root
 * for everyone, a user for himself. Rules: R38, R57.
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

/*
 * Administration. The daemon decides who may: see the roles (R19), and R9, R10, R13, R14. A user is
 * named by his uid, which never changes and is never given to another one (R17).
 *
 * Beside the errors that are listed, each of these calls may return BO_ERR_NOT_ALLOWED,
 * BO_ERR_API_USER (R8), BO_ERR_BUSY, BO_ERR_UNAVAILABLE; -ENOMEM, -ETIMEDOUT, -ECONNRESET, -ECHILD,
 * and -EBADMSG for a reply that this library does not understand. Calls that take a uid may return
 * BO_ERR_NO_SUCH_USER, also for a user whom the caller may not see (R10).
 *
 * Strings that are handed out are cleaned of control characters but line breaks. A missing
 * property is NULL, 0 or false. Input strings may be NULL where "optional" stands.
 */

/* Something that a user has in one customer. */
struct bo_in_customer {
        char *customer; /* id */
        char *name;     /* in roles: of the role; in customers, invitations: the alias (R52); in
                           locations: its id */
};

/* A user (R16). A list fills uid, username, email, full_name, kind, status, roles, last_login. */
struct bo_user {
        uint32_t uid;
        char *username;
        char *email;
        char *full_name;
        char *kind;          /* "adm" or "api" (R1) */
        char *status;        /* R18: "deactivated", "activation-sent", "locked-inactivity",
                                "locked-attempts", "password-expired", "active" */
        char *status_reason; /* for people; empty for active */
        char *home;
        char *shell;
        bool verified;                /* logs in by personal e-mail address (R21) */
        bool generated;               /* bo made the name (R23) */
        bool otp_enabled;             /* second factor (R54) */
        uint32_t recovery_codes_left; /* that have not been used; 0 where there are none */
        struct bo_in_customer *roles; /* R20 */
        size_t n_roles;
        struct bo_in_customer *customers;
        size_t n_customers;
        struct bo_in_customer *locations; /* where he may act, at customers in restricted (R26) */
        size_t n_locations;
        char **restricted; /* customers; at others he may act at all locations (R30) */
        size_t n_restricted;
        char *acting_customer; /* the one he acts for (R50); empty: none, or not to be seen */
        struct bo_in_customer *invitations; /* customer and alias; of oneself alone (R49) */
        size_t n_invitations;
        uint64_t created_usec;
        uint64_t activated_usec;
        uint64_t last_login_usec;
        uint64_t password_changed_usec;
        uint64_t password_expires_usec; /* 0: never, as for API users (R5) */
        uint64_t locked_until_usec;     /* end of the lock by failed attempts (R38) */
        char **warnings;                /* words: "group-mailbox" (R22) */
        size_t n_warnings;
        char *api_key_prefix; /* what the text of the API key shows behind "bo_"; empty: none (R72)
                               */
        uint64_t api_key_created_usec;
        uint64_t api_key_used_usec; /* to the hour; 0: never */
};

/* A page of a list. */
struct bo_user_page {
        struct bo_user *items;
        size_t n_items;
        char *next; /* cursor of the next page; empty after the last */
};

/* What a list of users is narrowed to and sorted by; every member is optional (R15). */
struct bo_user_filter {
        const char *customer; /* its members; NULL: all users, for the operator alone */
        const char *status;
        const char *kind;
        const char *role;
        const char *search; /* part of name, e-mail or full name */
        const char *sort;   /* "name" or "-name" */
};

/* A user to be made. */
struct bo_user_new {
        const char *name;      /* e-mail address of a verified user, or user name that the operator
                                  chooses; NULL: bo makes one (R23), not for "api" */
        const char *kind;      /* optional: "adm" (default) or "api" */
        const char *full_name; /* optional */
        const char *customer;  /* optional: the first membership */
        const char *const *roles;     /* optional: role names in customer, ended by NULL */
        const char *const *locations; /* optional: that he is restricted to in customer (R26), ended
                                         by NULL */
        const char *home;             /* optional */
        const char *shell;            /* optional */
        const char *initial_password; /* optional: the first link asks for it (R86) */
};

/* Something that tells where somebody is (R27). */
struct bo_terminal {
        char *kind;  /* "network", "tty", "service" or "host" */
        char *host;  /* of tty and service; else empty */
        char *value; /* of a network the address or range */
};

/* A location of a customer. A list fills all but terminals. */
struct bo_location {
        char *id;
        char *customer;
        char *name;
        char *website; /* may be empty */
        uint64_t created_usec;
        struct bo_terminal *terminals;
        size_t n_terminals;
};

struct bo_location_page {
        struct bo_location *items;
        size_t n_items;
        char *next;
};

/* A request for an address from which a customer's interface may be used (R66 to R69). */
struct bo_approval {
        uint64_t id;
        char *customer;
        char *address; /* numeric, or a range */
        char *comment;
        char *requester; /* user name */
        char *status;    /* "pending", "approved", "rejected", "revoked", "expired" */
        uint64_t requested_usec;
        uint64_t expires_usec; /* when nobody has answered */
        uint64_t decided_usec; /* approved or rejected; 0: neither */
        char *decided_by;      /* user name; "operator" for who is no member */
        uint64_t revoked_usec; /* 0: not */
        char *revoked_by;
        char *reason; /* of the rejection or revocation */
        uint64_t token_taken_usec;
        uint64_t token_used_usec; /* to the hour; 0: never */
};

struct bo_approval_page {
        struct bo_approval *items;
        size_t n_items;
        char *next; /* cursor of the next page; empty after the last */
};

struct bo_customer {
        char *id;
        char *alias; /* R51 */
        uint64_t created_usec;
        char *type; /* account type; empty: none (R79) */
};

struct bo_customer_page {
        struct bo_customer *items;
        size_t n_items;
        char *next;
};

/* A customer to be made. */
struct bo_customer_new {
        const char *id;           /* 1..32 of a-z, 0-9 and '-', starting with a letter */
        const char *alias;        /* optional (R51) */
        const char *type;         /* optional: account type (R79) */
        const char *subscription; /* optional: one of the type's; NULL: its first */
};

/*
 * What a customer is and says of itself. The first four are for every member; the three about the
 * subscription for who holds account.subscription; those and the rest for who holds account.edit or
 * account.billing, and the operator. For others they are NULL, false and empty.
 */
struct bo_customer_details {
        char *id;
        char *alias;
        uint64_t created_usec;
        char *type;
        char *subscription;
        bool subscription_change; /* the type lets a primary user change it (R79) */
        char **subscriptions;     /* that the type has */
        size_t n_subscriptions;
        bool separately_billed; /* R80 */
        char *contact_name;
        char *contact_email;
        char *phone;
        char *website;
        char *company;
        char *street;
        char *postcode;
        char *city;
        char *country;
        char *kvk;
        char *oin;
        char *vat;
        char *invoice_email;
        char *invoice_recipient; /* R81 */
        char *peppol_recipient;  /* "SCHEME:NUMBER" (R82) */
        char **missing_billing;  /* names of fields that the type requires: "Company" */
        size_t n_missing_billing;
};

/* Of a choice that need not be made. */
enum bo_change {
        BO_UNCHANGED,
        BO_YES,
        BO_NO,
};

/* A type that the account of a customer can have. */
struct bo_account_type {
        char *name;
        char *description;
        bool secondaries; /* may have secondary users (R83) */
        char **subscriptions;
        size_t n_subscriptions;
        bool subscription_change; /* by a primary user (R79) */
        char *separately_billed;  /* "yes", "no", "choice" (R80) */
        char **required;          /* billing fields: "Company" */
        size_t n_required;
        char **required_separately; /* further ones, if billed separately */
        size_t n_required_separately;
};

struct bo_account_type_list {
        struct bo_account_type *items;
        size_t n_items;
};

/* What is to be changed: NULL stays, "" takes it away. */
struct bo_customer_account {
        const char *contact_name;
        const char *contact_email;
        const char *phone;
        const char *website;
};

struct bo_customer_billing {
        const char *company;
        const char *street;
        const char *postcode;
        const char *city;
        const char *country; /* ISO 3166-1 alpha-2 */
        const char *kvk;
        const char *oin;
        const char *vat;
        const char *invoice_email;
        enum bo_change separately_billed;
};

/* A role, and what it lets its holder do. */
struct bo_role {
        char *name;
        char *description;
        char **permissions;
        size_t n_permissions;
        bool second_factor; /* who holds it must have the second factor (R54) */
        bool secondary;     /* who holds it is a secondary user (R83 to R86) */
};

struct bo_role_list {
        struct bo_role *items;
        size_t n_items;
};

/* Something that roles permit. */
struct bo_permission {
        char *name; /* "transactions.refund" */
        char *description;
        bool second_factor;    /* works only with the second factor on (R58, R59) */
        bool approved_address; /* works only from an approved address (R71) */
};

struct bo_permission_list {
        struct bo_permission *items;
        size_t n_items;
};

/* What a permission is asked for; every member is optional. */
struct bo_permission_context {
        const char *customer; /* id; NULL: the one that the user acts for (R50) */
        const char *location; /* id; NULL: the one that the next three tell; without them the one
                                 where his session began (R26) */
        const char *service;  /* of PAM */
        const char *rhost;    /* numeric address */
        const char *tty;
};

/* Where and how a login is supposed to be made; every member is optional. */
struct bo_login_place {
        const char *rhost;      /* numeric address */
        const char *tty;        /* "tty1" */
        const char *permission; /* permission= in the line of pam_bo.so */
        const char *method;     /* "password"; "key": an SSH key, or an API key at Class=api */
};

/* Something that is looked at on the way. */
struct bo_explained_step {
        char *step;    /* a word: "lock", "location" */
        char *result;  /* "ok"; "ask": he is asked, and answers right; "note"; "stop": it ends */
        char *text;    /* in words */
        char *rule;    /* "R38"; "": none */
        char *setting; /* that decides, and its file; "": none */
};

/* What would become of a login. */
struct bo_explanation {
        char *outcome; /* "Success", or the name of the D-Bus error without its prefix */
        char *pam;     /* what pam_bo returns: "PAM_SUCCESS" */
        char *shown;   /* what the user reads of bo at the end; "": nothing */
        struct bo_explained_step *steps;
        size_t n_steps;
};

/* Whose key a program was shown, and what he holds, here and now (R70, R76). */
struct bo_key_owner {
        char *username;
        uint32_t uid;
        char *kind;           /* "api": a program; "adm": a person */
        char *customer;       /* that he acts for; "": he is nobody's member */
        char *customer_alias; /* "": none */
        char **roles;         /* at the customer */
        size_t n_roles;
        char **permissions; /* at the customer, from that address */
        size_t n_permissions;
        char *key_prefix; /* no secret; for logs */
};

/* A session of a person on this host. */
struct bo_session {
        uint64_t id;
        uint32_t uid;
        char *user;
        char *service; /* of PAM: "sshd", "login", "su" ... */
        char *rhost;   /* numeric address; empty: from this host, or not known */
        char *tty;
        char *factors;   /* "password", "password+otp", "token", "key"; empty: not known */
        uint32_t leader; /* the process that opened it */
        uint64_t opened_usec;
        uint64_t closed_usec; /* 0: open */
};

struct bo_session_page {
        struct bo_session *items;
        size_t n_items;
        char *next; /* cursor of the next page; empty after the last */
};

/* A row of the audit trail. */
struct bo_audit_row {
        uint64_t sequence; /* 1 is the oldest */
        uint64_t time_usec;
        uint32_t actor;   /* uid of who did it */
        uint32_t subject; /* uid of whom it was done to; 0: nobody */
        char *event;
        char *customer;
        char *detail;
};

struct bo_audit_page {
        struct bo_audit_row *items;
        size_t n_items;
        char *next;
};

/* A mail to be delivered. */
struct bo_mail {
        uint64_t id;
        char *kind; /* names the template: "reset" */
        char *recipient;
        char *message_id; /* of this mail alone; what stands before the '@' */
        uint64_t queued_usec;
        uint32_t attempts; /* that failed */
        char **fields;     /* what the template fills in: name, value, name, value; secret */
        size_t n_fields;   /* of both */
};

struct bo_mails {
        struct bo_mail *items;
        size_t n_items;
        uint64_t wait_usec; /* until the next one will be due; 0: none waits */
};

/* A mail that is not delivered (yet), for the operator. */
struct bo_mail_row {
        uint64_t id;
        char *kind;
        char *recipient;
        uint32_t user; /* uid of whom it is about */
        uint64_t queued_usec;
        uint64_t due_usec; /* the next attempt */
        uint32_t attempts;
        char *problem;          /* what the last attempt met */
        uint64_t given_up_usec; /* 0: not */
};

struct bo_mail_page {
        struct bo_mail_row *items;
        size_t n_items;
        char *next;
};

/* A source that is turned away, since too many logins from it failed. */
struct bo_throttled {
        char *source;            /* "192.0.2.7", "2001:db8::/64", "uid=70001" */
        uint64_t next_usec;      /* when one more is let in */
        uint64_t forgotten_usec; /* when nothing is counted any more */
};

struct bo_throttle_list {
        struct bo_throttled *items;
        size_t n_items;
};

/* Something that is not as it should be. */
struct bo_finding {
        char *severity; /* "fault", "warning"; take what you do not know for a fault */
        char *part;     /* "mail" */
        char *text;     /* what, and where */
        char *remedy;   /* what to do, commands `in backticks`; may be empty */
};

struct bo_findings {
        struct bo_finding *items;
        size_t n_items;
};

/* What one step of bo_check_store() has found. */
struct bo_check_step {
        struct bo_finding *items;
        size_t n_items;
        char *next;           /* cursor of the next step; "": this was the last */
        uint64_t done, total; /* steps; total may grow */
};

/* One number of the daemon, as Prometheus has it. */
struct bo_metric {
        char *family; /* "bo_logins_total" */
        char *suffix; /* "_bucket", "_sum", "_count" of a histogram, else empty */
        char *labels; /* class="api",outcome="Success"; may be empty */
        char *type;   /* "counter", "gauge", "histogram" */
        char *help;
        double value;
};

struct bo_metrics {
        struct bo_metric *items; /* those of a family together */
        size_t n_items;
};

/* A setting of accountd.conf that is in force. */
struct bo_setting {
        char *section;   /* "Accounts", "Service sshd" */
        char *key;       /* "PasswordMaxAge" */
        char *value;     /* as it would stand in the file */
        char *file;      /* that set it; empty: the default */
        uint32_t line;   /* of the file */
        bool is_default; /* no file set it */
};

struct bo_settings {
        struct bo_setting *items; /* all of [Accounts], then of each [Service NAME] */
        size_t n_items;
};

/* A key under what the daemon stores, and how much hangs on it. */
struct bo_sealing_key {
        char *id;              /* no secret */
        char *state;           /* "present", "coming", "older", "retired" */
        uint64_t since_usec;   /* in force; 0: not yet */
        uint64_t retired_usec; /* 0: not */
        uint64_t passwords, api_keys, recovery_codes, tokens, one_time_codes, mails;
};

struct bo_sealing_keys {
        struct bo_sealing_key *items;
        size_t n_items;
};

/**
 * bo_string_free() - wipe and free a string that a call handed out
 * @string: may be NULL
 * Return: NULL.
 */
char *bo_string_free(char *string);

/**
 * bo_service_info() - version and condition of the daemon
 * @ret_version: bo_string_free() it
 * @ret_state:   "ok", or why logins are refused at present; bo_string_free() it
 * Return: 0.
 */
int bo_service_info(bo *bo, char **ret_version, char **ret_state);

/**
 * bo_user_create() - make a user
 * @user:         what is wished
 * @ret_uid:      the uid of the new user
 * @ret_username: the name to log in with; bo_string_free() it
 * @ret_link:     activation link, a secret to be handed to the user once (R24): the token, or an
 *                address with it; empty if it was mailed to him, and for an API user
 *                (bo_user_set_api_password()); bo_string_free() it
 *
 * What is doubtful about the new user stands in his warnings: see bo_user_get() (R22).
 *
 * Return: 0; BO_ERR_BAD_NAME, BO_ERR_NAME_TAKEN, BO_ERR_NAME_FOREIGN, BO_ERR_NO_SUCH_CUSTOMER,
 * BO_ERR_NO_SUCH_ROLE, BO_ERR_BAD_VALUE, BO_ERR_PASSWORD_TOO_WEAK, BO_ERR_UIDS_EXHAUSTED; of
 * secondary users BO_ERR_BAD_OPTION (no address, no initial password; R86), and as
 * bo_user_set_roles().
 */
int bo_user_create(bo *bo, const struct bo_user_new *user, uint32_t *ret_uid, char **ret_username,
                   char **ret_link);

/**
 * bo_user_find() - the uid of a user name
 * Return: 0; BO_ERR_NO_SUCH_USER, also for a user whom the caller may not see (R10).
 */
int bo_user_find(bo *bo, const char *name, uint32_t *ret_uid);

/**
 * bo_user_find_uid() - whether a uid is a user of bo whom the caller may see
 * Return: 0; BO_ERR_NO_SUCH_USER.
 */
int bo_user_find_uid(bo *bo, uint32_t uid);

/**
 * bo_user_get() - everything about a user but secrets (R16)
 * @ret_user: bo_user_free() it
 * Return: 0; BO_ERR_NO_SUCH_USER.
 */
int bo_user_get(bo *bo, uint32_t uid, struct bo_user **ret_user);

/**
 * bo_user_free() - free what bo_user_get() handed out
 * @user: may be NULL
 * Return: NULL.
 */
struct bo_user *bo_user_free(struct bo_user *user);

/**
 * bo_user_list() - one page of users (R15)
 * @filter:   NULL: none
 * @cursor:   NULL for the first page, else next of the page before
 * @limit:    1..1000 users; 0 means 100
 * @ret_page: bo_user_page_free() it
 *
 * A page may be shorter than @limit although another one follows: go on until next is empty.
 *
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_VALUE, BO_ERR_BAD_CURSOR.
 */
int bo_user_list(bo *bo, const struct bo_user_filter *filter, const char *cursor, uint32_t limit,
                 struct bo_user_page **ret_page);

/**
 * bo_user_page_free() - free what bo_user_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_user_page *bo_user_page_free(struct bo_user_page *page);

/**
 * bo_user_enable() - end the deactivation of a user; opens no lock (R17)
 * @customer: id: as a member of it; NULL: everywhere, for an operator, else of the one customer
 *            where the caller manages the user
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_WRONG_STATE, BO_ERR_NO_SUCH_CUSTOMER;
 * BO_ERR_BAD_OPTION: there are several such customers; BO_ERR_NOT_ALLOWED: the operator did it.
 */
int bo_user_enable(bo *bo, uint32_t uid, const char *customer);

/**
 * bo_user_disable() - deactivate a user (R17)
 * @customer: as for bo_user_enable(); his other memberships go on
 * @reason:   optional; shown to administrators
 * Return: as bo_user_enable().
 */
int bo_user_disable(bo *bo, uint32_t uid, const char *customer, const char *reason);

/**
 * bo_invitation_accept() - become a member of a customer who invites the caller (R48, R49)
 * @uid:      the caller's own
 * @customer: id, of bo_user's invitations
 * Return: 0; BO_ERR_NO_SUCH_INVITATION, BO_ERR_PERSONAL_DATA; BO_ERR_NEVER_RESTRICTED: he is, or
 * would be, restricted to locations (R33).
 */
int bo_invitation_accept(bo *bo, uint32_t uid, const char *customer);

/**
 * bo_invitation_decline() - decline one; whoever made it is not told
 * Return: as bo_invitation_accept().
 */
int bo_invitation_decline(bo *bo, uint32_t uid, const char *customer);

/**
 * bo_user_set_roles() - replace the roles of a user in a customer (R20)
 * @customer: id; a user who is no member yet becomes one
 * @roles:    role names, ended by NULL; an empty list takes all roles away
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_NO_SUCH_ROLE; of a role of
 * secondary users BO_ERR_SECONDARIES_OFF (R83), BO_ERR_ROLES_CONFLICT (R85), BO_ERR_WRONG_STATE (no
 * e-mail address; R86).
 */
int bo_user_set_roles(bo *bo, uint32_t uid, const char *customer, const char *const *roles);

/**
 * bo_user_set_locations() - restrict a member of a customer to locations, or lift that (R26)
 * @customer:  id
 * @locations: ids, ended by NULL, in place of those before; NULL: he may act everywhere
 *
 * If it takes a location from him, his sessions end.
 *
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_NO_SUCH_LOCATION,
 * BO_ERR_BAD_VALUE for an empty list (R30), BO_ERR_NEVER_RESTRICTED for an administrator (R32) and
 * for who has several customers (R33).
 */
int bo_user_set_locations(bo *bo, uint32_t uid, const char *customer, const char *const *locations);

/**
 * bo_user_issue_reset() - make a link for a new password, or for the activation (R36, R37)
 * @ret_link: a secret for the user alone: the token, or an address with it; empty if it was mailed
 *            to him; those made before it are dead; bo_string_free() it
 *
 * Changes no status: that does the user who types the token at the password prompt.
 *
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_WRONG_STATE (an API user).
 */
int bo_user_issue_reset(bo *bo, uint32_t uid, char **ret_link);

/**
 * bo_user_resend_activation() - make the activation link anew (R24)
 * @ret_link: as of bo_user_issue_reset()
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_WRONG_STATE (active already, an API user).
 */
int bo_user_resend_activation(bo *bo, uint32_t uid, char **ret_link);

/**
 * bo_user_revoke_tokens() - end all open links of a user
 * Return: 0; BO_ERR_NOT_YOURSELF (R13), BO_ERR_WRONG_STATE (an API user).
 */
int bo_user_revoke_tokens(bo *bo, uint32_t uid);

/**
 * bo_user_become_verified() - make a verified user of an unverified one, for ever (R41 to R45)
 * @email:    a personal address: from now on the login name; the old name is dead
 * @ret_link: activation link, a secret to be handed over once; empty if it was mailed;
 *            bo_string_free() it
 *
 * uid, home, second factor and roles stay; passwords, tokens and sessions end. The user cannot log
 * in until the link was used.
 *
 * Return: 0; BO_ERR_NOT_YOURSELF, BO_ERR_WRONG_STATE (verified already, or an API user),
 * BO_ERR_BAD_NAME, BO_ERR_NAME_TAKEN, BO_ERR_NAME_FOREIGN.
 */
int bo_user_become_verified(bo *bo, uint32_t uid, const char *email, char **ret_link);

/**
 * bo_reset_request() - a user has forgotten his password (R36, R75)
 * @username: what he typed
 * @rhost:    numeric address that he asks from, of root alone; NULL: the caller himself asks
 *
 * If there is such a user, and a mailbox to reach him, a link is mailed. The answer does not tell,
 * nor whether it was asked for too often.
 *
 * Return: 0; BO_ERR_NOT_ALLOWED, BO_ERR_BAD_VALUE (@rhost).
 */
int bo_reset_request(bo *bo, const char *username, const char *rhost);

/**
 * bo_user_change_password() - change one's own password (R4)
 * @uid:          the caller
 * @old_password: a wrong one is charged like a failed login (R38)
 * @new_password: bytes, ended by NUL
 * Return: 0; BO_ERR_WRONG_CREDENTIALS, BO_ERR_LOCKED_ATTEMPTS, BO_ERR_PASSWORD_TOO_WEAK (R74),
 * BO_ERR_PASSWORD_REUSED (R46, R47), BO_ERR_PERSONAL_DATA (R14).
 */
int bo_user_change_password(bo *bo, uint32_t uid, const char *old_password,
                            const char *new_password);

/**
 * bo_user_set_api_password() - set the password of an API user (R7)
 * @new_password: bytes, ended by NUL
 * Return: 0; BO_ERR_PERSONAL_DATA for a person (R14), BO_ERR_PASSWORD_TOO_WEAK,
 * BO_ERR_PASSWORD_REUSED.
 */
int bo_user_set_api_password(bo *bo, uint32_t uid, const char *new_password);

/**
 * bo_user_set_profile() - change one's own personal data (R14)
 * @full_name: required
 * Return: 0; BO_ERR_PERSONAL_DATA, BO_ERR_BAD_VALUE.
 */
int bo_user_set_profile(bo *bo, uint32_t uid, const char *full_name);

/**
 * bo_user_switch_customer() - the caller acts for another of his customers (R50)
 * @uid:      oneself
 * @customer: id of one where he is an active member
 *
 * Groups and environment of new sessions follow; what runs keeps what it has.
 *
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_PERSONAL_DATA, BO_ERR_WRONG_STATE (this host is bound
 * to one customer).
 */
int bo_user_switch_customer(bo *bo, uint32_t uid, const char *customer);

/**
 * bo_email_request() - ask for another address of one's own, which is the login name (R14, R21)
 * @email:    gets a mail with a token, unless it is or was in use: that is not told
 * @password: the login password
 * @code:     one-time code; NULL if the second factor is off
 *
 * Return: 0; BO_ERR_PERSONAL_DATA, BO_ERR_WRONG_CREDENTIALS, BO_ERR_LOCKED_ATTEMPTS,
 * BO_ERR_BAD_NAME, BO_ERR_BAD_OPTION (a code is needed), BO_ERR_WRONG_STATE (unverified, or no mail
 * here), BO_ERR_BUSY (too often).
 */
int bo_email_request(bo *bo, uint32_t uid, const char *email, const char *password,
                     const char *code);

/**
 * bo_email_confirm() - change the address, with the token that was mailed to the new one
 * Return: 0; BO_ERR_PERSONAL_DATA, BO_ERR_WRONG_CREDENTIALS, BO_ERR_LOCKED_ATTEMPTS,
 * BO_ERR_BAD_VALUE (a typing error), BO_ERR_NAME_TAKEN, BO_ERR_NAME_FOREIGN.
 */
int bo_email_confirm(bo *bo, uint32_t uid, const char *token);

/**
 * bo_otp_begin() - begin the set-up of one's own second factor (R54)
 * @ret_uri:    otpauth:// for a QR code (R55); bo_string_free() it
 * @ret_secret: the same in base32, to be typed; bo_string_free() it
 *
 * Both are secrets. The factor is not on before bo_otp_confirm(). Tell the user to keep the factors
 * on separate devices (R63).
 *
 * Return: 0; BO_ERR_OTP_ALREADY_ON, BO_ERR_PERSONAL_DATA.
 */
int bo_otp_begin(bo *bo, uint32_t uid, char **ret_uri, char **ret_secret);

/**
 * bo_otp_confirm() - end it with a code from the app and the login password (R56)
 * Return: 0; BO_ERR_OTP_NOT_BEGUN, BO_ERR_OTP_ALREADY_ON, BO_ERR_WRONG_CREDENTIALS,
 * BO_ERR_LOCKED_ATTEMPTS.
 */
int bo_otp_confirm(bo *bo, uint32_t uid, const char *code, const char *password);

/**
 * bo_otp_create_recovery() - make ten recovery codes in place of those there were (R62)
 * @code:      of the app: the first one after bo_otp_begin(), which is then confirmed as by
 *             bo_otp_confirm(), or a new one of the factor that is on
 * @password:  the login password
 * @ret_codes: a secret, one code a line, to be shown this once; bo_string_free() it
 *
 * Each is good once, where a one-time code is asked for.
 *
 * Return: 0; BO_ERR_RECOVERY_OFF (the site does not have them), BO_ERR_OTP_NOT_BEGUN,
 * BO_ERR_WRONG_CREDENTIALS, BO_ERR_LOCKED_ATTEMPTS.
 */
int bo_otp_create_recovery(bo *bo, uint32_t uid, const char *code, const char *password,
                           char **ret_codes);

/**
 * bo_otp_reset() - take the second factor of a user away; the operator's alone (R62)
 * @reason: required; recorded
 * Return: 0; BO_ERR_NOT_YOURSELF, BO_ERR_WRONG_STATE, BO_ERR_BAD_VALUE.
 */
int bo_otp_reset(bo *bo, uint32_t uid, const char *reason);

/**
 * bo_key_create() - make the one API key of a user (R72, R77)
 * @password: of a person, who makes his own; not looked at for an API user, may be NULL
 * @code:     likewise, of his second factor if that is on, else NULL
 * @ret_key:  a secret, "bo_PPPPPPPP_...", to be shown this once (R78); bo_string_free() it
 *
 * Programs log in with it, as the user, to services of Class=api (accountd.conf(5)).
 *
 * Return: 0; BO_ERR_KEY_EXISTS, BO_ERR_WRONG_CREDENTIALS, BO_ERR_LOCKED_ATTEMPTS,
 * BO_ERR_PERSONAL_DATA (of another person), BO_ERR_BAD_OPTION (the code is missing).
 */
int bo_key_create(bo *bo, uint32_t uid, const char *password, const char *code, char **ret_key);

/**
 * bo_key_delete() - delete it: it opens nothing any more, and another can be made (R78)
 * Return: 0; BO_ERR_NO_SUCH_KEY, BO_ERR_PERSONAL_DATA.
 */
int bo_key_delete(bo *bo, uint32_t uid);

/**
 * bo_customer_create() - make a customer; the operator's alone
 * Return: 0; BO_ERR_CUSTOMER_EXISTS, BO_ERR_NO_SUCH_ACCOUNT_TYPE, BO_ERR_BAD_VALUE,
 * BO_ERR_UIDS_EXHAUSTED.
 */
int bo_customer_create(bo *bo, const struct bo_customer_new *customer);

/**
 * bo_customer_get() - what the caller may see of a customer (R52, R79 to R82)
 * @ret_details: bo_customer_details_free() it
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, also for one whose member the caller is not (R10).
 */
int bo_customer_get(bo *bo, const char *id, struct bo_customer_details **ret_details);

/**
 * bo_customer_details_free() - free what bo_customer_get() handed out
 * @details: may be NULL
 * Return: NULL.
 */
struct bo_customer_details *bo_customer_details_free(struct bo_customer_details *details);

/**
 * bo_customer_set_account() - change contact, telephone, website (account.edit; R79)
 *
 * All of it is changed, or nothing.
 *
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_OPTION (nothing is to be changed),
 * BO_ERR_BAD_VALUE (bo_message() names the field, and what it takes).
 */
int bo_customer_set_account(bo *bo, const char *id, const struct bo_customer_account *account);

/**
 * bo_customer_set_alias() - name a customer for its people (customer.alias; R51)
 * @alias: empty: none
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_VALUE.
 */
int bo_customer_set_alias(bo *bo, const char *id, const char *alias);

/**
 * bo_customer_set_billing() - change billing data (account.billing; R80)
 *
 * Numbers may be written as people do; form and check digits are tested. All of it is changed, or
 * nothing.
 *
 * Return: as bo_customer_set_account(), and BO_ERR_BILLING_INCOMPLETE: bo_message() names every
 * field that the account type requires and that would be empty.
 */
int bo_customer_set_billing(bo *bo, const char *id, const struct bo_customer_billing *billing);

/**
 * bo_customer_set_subscription() - choose among those of the account type (account.subscription,
 * where the type allows; R79)
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_VALUE (bo_message() names those that there are).
 */
int bo_customer_set_subscription(bo *bo, const char *id, const char *subscription);

/**
 * bo_customer_set_type() - give a customer another account type; the operator's alone
 * @type:         empty: none
 * @subscription: NULL: the present one if the type has it, else its first
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_NO_SUCH_ACCOUNT_TYPE, BO_ERR_BAD_VALUE,
 * BO_ERR_SECONDARIES_OFF (there are secondary users, and the type allows none; R83).
 */
int bo_customer_set_type(bo *bo, const char *id, const char *type, const char *subscription);

/**
 * bo_customer_list() - one page of customers in the order of their ids
 * @cursor, @limit: as in bo_user_list()
 * @ret_page:       bo_customer_page_free() it
 *
 * The operator gets all, a user those in which he is a member (R10).
 *
 * Return: 0; BO_ERR_BAD_CURSOR.
 */
int bo_customer_list(bo *bo, const char *cursor, uint32_t limit,
                     struct bo_customer_page **ret_page);

/**
 * bo_customer_page_free() - free what bo_customer_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_customer_page *bo_customer_page_free(struct bo_customer_page *page);

/**
 * bo_location_create() - make a location of a customer; the operator's alone (R31)
 * @id:      as a customer's; unique among the locations of all
 * @name:    1..128 bytes
 * @website: optional
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_LOCATION_EXISTS, BO_ERR_BAD_VALUE.
 */
int bo_location_create(bo *bo, const char *id, const char *customer, const char *name,
                       const char *website);

/**
 * bo_location_search() - one page of locations, by a part of name or website (R28)
 * @customer:       of this one; NULL: of all, for the operator alone
 * @text:           at most 64 bytes, capitals or not; NULL: all
 * @cursor, @limit: as in bo_user_list(); a page may be shorter and not be the last
 * @ret_page:       bo_location_page_free() it
 *
 * A member who is restricted sees his own (R26).
 *
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_CURSOR, BO_ERR_BAD_VALUE.
 */
int bo_location_search(bo *bo, const char *customer, const char *text, const char *cursor,
                       uint32_t limit, struct bo_location_page **ret_page);

/**
 * bo_location_page_free() - free what bo_location_search() handed out
 * @page: NULL is allowed
 * Return: NULL.
 */
struct bo_location_page *bo_location_page_free(struct bo_location_page *page);

/**
 * bo_location_get() - a location and its terminals
 * @ret_location: bo_location_free() it
 * Return: 0; BO_ERR_NO_SUCH_LOCATION, also for one that the caller may not see (R10, R26).
 */
int bo_location_get(bo *bo, const char *id, struct bo_location **ret_location);

/**
 * bo_location_free() - free what bo_location_get() handed out
 * @location: NULL is allowed
 * Return: NULL.
 */
struct bo_location *bo_location_free(struct bo_location *location);

/**
 * bo_location_set_details() - describe a location anew; the operator's alone
 * @name:    NULL: stays
 * @website: NULL: stays
 * Return: 0; BO_ERR_NO_SUCH_LOCATION, BO_ERR_BAD_VALUE.
 */
int bo_location_set_details(bo *bo, const char *id, const char *name, const char *website);

/**
 * bo_location_add_terminal() - bind a terminal to a location; the operator's alone (R31)
 * @kind:  "network" (a numeric address or range), "tty" or "service" (of a host), "host"
 * @value: the address, the line as tty1, the PAM service, the host's Terminal=
 * @host:  of a tty or service, by its Terminal=; NULL: this one
 * Return: 0; BO_ERR_NO_SUCH_LOCATION, BO_ERR_TERMINAL_TAKEN, BO_ERR_BAD_VALUE.
 */
int bo_location_add_terminal(bo *bo, const char *id, const char *kind, const char *value,
                             const char *host);

/**
 * bo_location_remove_terminal() - the same, back
 * Return: as bo_location_add_terminal(), with BO_ERR_NO_SUCH_TERMINAL.
 */
int bo_location_remove_terminal(bo *bo, const char *id, const char *kind, const char *value,
                                const char *host);

/**
 * bo_account_type_list() - the account types that the site has configured; everybody may
 * @ret_types: bo_account_type_list_free() it
 * Return: 0.
 */
int bo_account_type_list(bo *bo, struct bo_account_type_list **ret_types);

/**
 * bo_account_type_list_free() - free what bo_account_type_list() handed out
 * @types: may be NULL
 * Return: NULL.
 */
struct bo_account_type_list *bo_account_type_list_free(struct bo_account_type_list *types);

/**
 * bo_approval_request() - ask for an address from which a customer's interface may be used (R66)
 * @customer: id
 * @address:  IPv4 or IPv6 address or range in numbers, no wider than a /8 or /32
 * @comment:  for who answers; NULL: none
 * @ret_id:   number of the request
 *
 * For members with the permission api.request. Another has to approve it within 7 days (R67).
 *
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_NOT_ALLOWED, BO_ERR_BAD_VALUE, BO_ERR_ADDRESS_LISTED,
 * BO_ERR_TOO_MANY_APPROVALS, BO_ERR_BUSY.
 */
int bo_approval_request(bo *bo, const char *customer, const char *address, const char *comment,
                        uint64_t *ret_id);

/**
 * bo_approval_list() - one page of the requests of a customer, newest first
 * @customer: id; NULL: of all, for the operator
 * @status:   as in struct bo_approval; NULL: any
 * @cursor, @limit: as in bo_user_list(); a page may be short and not be the last
 * @ret_page: bo_approval_page_free() it
 * Return: 0; BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_NOT_ALLOWED, BO_ERR_BAD_VALUE, BO_ERR_BAD_CURSOR.
 */
int bo_approval_list(bo *bo, const char *customer, const char *status, const char *cursor,
                     uint32_t limit, struct bo_approval_page **ret_page);

/**
 * bo_approval_page_free() - free what bo_approval_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_approval_page *bo_approval_page_free(struct bo_approval_page *page);

/**
 * bo_approval_get() - one request
 * @ret_approval: bo_approval_free() it
 * Return: 0; BO_ERR_NO_SUCH_APPROVAL, also of one that the caller may not see.
 */
int bo_approval_get(bo *bo, uint64_t id, struct bo_approval **ret_approval);

/**
 * bo_approval_free() - free what bo_approval_get() handed out
 * @approval: may be NULL
 * Return: NULL.
 */
struct bo_approval *bo_approval_free(struct bo_approval *approval);

/**
 * bo_approval_approve() - let the address join the list of the customer (R67, R68)
 *
 * For members with the permission api.approve, and never for who asked, whatever roles he holds.
 *
 * Return: 0; BO_ERR_NO_SUCH_APPROVAL, BO_ERR_NOT_ALLOWED, BO_ERR_NOT_YOURSELF,
 * BO_ERR_APPROVAL_DECIDED, BO_ERR_WRONG_STATE (who asked may not ask any more),
 * BO_ERR_TOO_MANY_APPROVALS.
 */
int bo_approval_approve(bo *bo, uint64_t id);

/**
 * bo_approval_reject() - say no; the operator may as well
 * @reason: for who asked; NULL: none
 * Return: 0; BO_ERR_NO_SUCH_APPROVAL, BO_ERR_NOT_ALLOWED, BO_ERR_NOT_YOURSELF,
 * BO_ERR_APPROVAL_DECIDED, BO_ERR_BAD_VALUE.
 */
int bo_approval_reject(bo *bo, uint64_t id, const char *reason);

/**
 * bo_approval_revoke() - take an address off the list, or a request back; its token ends at once
 * @reason: NULL: none
 *
 * For members with the permission api.approve, who asked, and the operator (R68).
 *
 * Return: 0; BO_ERR_NO_SUCH_APPROVAL, BO_ERR_NOT_ALLOWED, BO_ERR_APPROVAL_DECIDED,
 * BO_ERR_BAD_VALUE.
 */
int bo_approval_revoke(bo *bo, uint64_t id, const char *reason);

/**
 * bo_approval_answer() - approve or reject with the token that was mailed to the caller (R67)
 * @token:   or the whole link
 * @reason:  of a rejection; NULL: none
 * @ret_id:  number of the request
 * Return: 0; BO_ERR_WRONG_CREDENTIALS: used, ended, or somebody else's; BO_ERR_THROTTLED: too many
 * of those; and as bo_approval_approve().
 */
int bo_approval_answer(bo *bo, const char *token, bool approve, const char *reason,
                       uint64_t *ret_id);

/**
 * bo_approval_take_token() - the token of an approved address, for who asked, once (R69)
 * @ret_token: "bo_...", a secret that bo does not keep; bo_string_free() it
 *
 * It works for the caller, from that address, on services of class api (R70).
 *
 * Return: 0; BO_ERR_NO_SUCH_APPROVAL, BO_ERR_NOT_ALLOWED, BO_ERR_WRONG_STATE (not approved),
 * BO_ERR_TOKEN_TAKEN.
 */
int bo_approval_take_token(bo *bo, uint64_t id, char **ret_token);

/**
 * bo_role_list() - all roles and their permissions (R19); everybody may
 * @ret_roles: bo_role_list_free() it
 * Return: 0.
 */
int bo_role_list(bo *bo, struct bo_role_list **ret_roles);

/**
 * bo_role_list_free() - free what bo_role_list() handed out
 * @roles: may be NULL
 * Return: NULL.
 */
struct bo_role_list *bo_role_list_free(struct bo_role_list *roles);

/**
 * bo_permission_list() - all permissions and their marks (R19); everybody may
 * @ret_permissions: bo_permission_list_free() it
 * Return: 0.
 */
int bo_permission_list(bo *bo, struct bo_permission_list **ret_permissions);

/**
 * bo_permission_list_free() - free what bo_permission_list() handed out
 * @permissions: may be NULL
 * Return: NULL.
 */
struct bo_permission_list *bo_permission_list_free(struct bo_permission_list *permissions);

/**
 * bo_check_permission() - may a user do something, here, now?
 * @user:        a name; NULL: the caller
 * @permission:  "transactions.refund"; one that nobody has heard of is denied
 * @context:     where; NULL: nothing is known of it. Taken as it is given: who acts upon the answer
 *               must know it himself
 * @ret_allowed: the answer
 * @ret_reason:  NULL, or why not, a word: "inactive", "not-a-member", "no-role", "location-needed",
 *               "wrong-location", "second-factor-off", "address-not-approved", or one that a later
 *               version has; "" if allowed; bo_string_free() it
 *
 * Reads, and records nothing; a call takes a fraction of a millisecond. Fail closed: whatever is
 * not 0 with *@ret_allowed true is a no. Who may: everybody about himself, API users too; the
 * operator, and the group PermissionGroup=, about everybody; users.view in the customer about its
 * members. Rules: R9, R20, R26, R34, R50, R58, R59, R71.
 *
 * Return: 0; BO_ERR_NO_SUCH_USER, also for a user whom the caller may not see; BO_ERR_BAD_VALUE for
 * an rhost that is no numeric address.
 */
int bo_check_permission(bo *bo, const char *user, const char *permission,
                        const struct bo_permission_context *context, bool *ret_allowed,
                        char **ret_reason);

/**
 * bo_verify_key() - whose API key is this, and what may he do, here and now?
 * @key:        as a client of the caller has shown it
 * @service:    the section [Service NAME] of accountd.conf(5) that the caller is; of Class=api
 * @address:    that the client comes from, numeric; NULL or "": none, then what needs one is
 * refused
 * @permission: "transactions.view", that the owner must have; NULL: none besides that of the
 * service
 * @ret_owner:  bo_key_owner_free() it; written only when 0 is returned
 *
 * For programs that do not use PAM. Any answer but 0 is a no. A call takes a fraction of a
 * millisecond; a right key is written down once an hour. The caller is believed where the client
 * comes from. Who may: root, and whom Callers= of the service names. Rules: R9, R26, R70, R71, R76.
 *
 * Return: 0; BO_ERR_WRONG_CREDENTIALS (no such key, a deleted one, a token whose address was
 * revoked); BO_ERR_DEACTIVATED, BO_ERR_NOT_ACTIVATED, BO_ERR_LOCKED_INACTIVITY,
 * BO_ERR_LOCKED_ATTEMPTS; BO_ERR_ADDRESS_NOT_APPROVED, BO_ERR_NO_PERMISSION, BO_ERR_WRONG_PLACE;
 * BO_ERR_THROTTLED (too many failures from there); BO_ERR_NOT_ALLOWED, BO_ERR_WRONG_SERVICE,
 * BO_ERR_BAD_VALUE (the set-up of the caller is wrong, not the key).
 */
int bo_verify_key(bo *bo, const char *key, const char *service, const char *address,
                  const char *permission, struct bo_key_owner **ret_owner);

/**
 * bo_key_owner_free() - free what bo_verify_key() handed out
 * @owner: may be NULL
 * Return: NULL.
 */
struct bo_key_owner *bo_key_owner_free(struct bo_key_owner *owner);

/* What bo_export() and bo_import() are about. */
enum bo_bulk {
        BO_USERS,
        BO_CUSTOMERS,
        BO_LOCATIONS,
};

/*
 * Rows of texts, which stay as they are stored: nothing is cleaned for a terminal. Row by row,
 * n_fields texts each.
 */
struct bo_rows {
        const char **fields; /* what the columns are called */
        size_t n_fields;
        const char **cells; /* n_rows times n_fields */
        size_t n_rows;
        const char *next; /* "": that was the last page */
        void *reply;      /* where all these texts are */
};

/**
 * bo_export() - one page of all users, customers or locations, with all that can be imported
 * @what:     users in the order of their uids (of one customer: of their names), others of their
 * ids
 * @customer: of this one alone, and of its users no membership elsewhere; NULL: of all
 * @cursor, @limit: as in bo_user_list()
 * @ret_rows: bo_rows_free() it
 *
 * The operator's alone, and recorded. There is no secret in it: no password, no key, no code.
 *
 * Return: 0; BO_ERR_NOT_ALLOWED, BO_ERR_NO_SUCH_CUSTOMER, BO_ERR_BAD_CURSOR; BO_ERR_BAD_OPTION for
 * a
 * @customer with BO_CUSTOMERS.
 */
int bo_export(bo *bo, enum bo_bulk what, const char *customer, const char *cursor, uint32_t limit,
              struct bo_rows **ret_rows);

/**
 * bo_rows_free() - free what bo_export() handed out
 * @rows: may be NULL
 * Return: NULL.
 */
struct bo_rows *bo_rows_free(struct bo_rows *rows);

#define BO_IMPORT_DRY_RUN 1 /* judge the rows, and change nothing */
#define BO_IMPORT_MAIL    2 /* mail the activation link to users whom mail reaches */
#define BO_IMPORT_MORE                                                                             \
        4 /* another call follows at once: NSS shows these rows with the last one at the latest */

struct bo_import_remark {
        uint32_t row;   /* from 0 */
        char *severity; /* "error": the row was not taken; "warning": it was */
        char *field, *text;
};

struct bo_imported {
        uint32_t created;
        uint32_t unchanged; /* were there already, and are as the row says */
        struct bo_import_remark *remarks;
        size_t n_remarks;
};

/**
 * bo_import() - make users, customers or locations of rows, each judged for itself
 * @fields: the @n_fields columns of the rows, among them the first of bo_export()'s; what is
 * missing, or empty, bo decides as at the creation of one
 * @cells:  @n_rows times @n_fields texts
 * @flags:  of BO_IMPORT_*
 * @ret_imported: bo_imported_free() it
 *
 * At most 1000 rows, taken in slices of about 0.1 s, between which others write; after 20 s those
 * that are left are remarked upon, and so are they when the daemon fails meanwhile. A row that is
 * wrong, or about somebody who is there and differs, is remarked upon and left out; the others are
 * there when 0 is returned. Nothing that is there is changed. Rule R17: a uid that is given must
 * never have been.
 *
 * Return: 0; BO_ERR_NOT_ALLOWED, BO_ERR_BAD_OPTION for a field that is not known, BO_ERR_BAD_VALUE.
 */
int bo_import(bo *bo, enum bo_bulk what, const char *const *fields, size_t n_fields,
              const char *const *cells, size_t n_rows, unsigned flags,
              struct bo_imported **ret_imported);

/**
 * bo_imported_free() - free what bo_import() handed out
 * @imported: may be NULL
 * Return: NULL.
 */
struct bo_imported *bo_imported_free(struct bo_imported *imported);

/**
 * bo_audit_list() - one page of the audit trail, newest first; the operator's alone
 * @subject: only what was done to this uid; 0: everything
 * @event:   only events of this name; NULL: all
 * @cursor, @limit: as in bo_user_list()
 * @ret_page:       bo_audit_page_free() it
 * Return: 0; BO_ERR_BAD_CURSOR.
 */
int bo_audit_list(bo *bo, uint32_t subject, const char *event, const char *cursor, uint32_t limit,
                  struct bo_audit_page **ret_page);

/**
 * bo_audit_page_free() - free what bo_audit_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_audit_page *bo_audit_page_free(struct bo_audit_page *page);

/** struct bo_audit_exported - a row of the audit trail, whole */
struct bo_audit_exported {
        uint64_t sequence;
        uint64_t time_usec;
        char *event;
        uint32_t actor;   /* UINT32_MAX: nobody; 0: root */
        uint32_t subject; /* likewise */
        char *customer;   /* or "" */
        char *detail;     /* or "" */
        char *hash;       /* that chains it, in hexadecimal */
};

/** struct bo_audit_export - one page, the oldest first; free it with bo_audit_export_free() */
struct bo_audit_export {
        struct bo_audit_exported *items;
        size_t n_items;
        char *next; /* cursor of the page after it; "" at the end */
};

/**
 * bo_audit_export() - one page of the audit trail, from its beginning on; the operator's alone
 * @since_usec: rows from then on; 0: all
 * @until_usec: rows before; UINT64_MAX: all
 * @cursor:     "" for the first page, then page->next
 * @limit:      rows to look at, 1 to 1000; 0 means 100
 * @ret_page:   written only when 0 is returned
 *
 * It ends where the trail ended when the first page was asked for. A page may be empty and have
 * others behind it.
 *
 * Return: 0; BO_ERR_AUDIT_BROKEN if a row is missing; BO_ERR_BAD_CURSOR.
 */
int bo_audit_export(bo *bo, uint64_t since_usec, uint64_t until_usec, const char *cursor,
                    uint32_t limit, struct bo_audit_export **ret_page);

/**
 * bo_audit_export_free() - free what bo_audit_export() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_audit_export *bo_audit_export_free(struct bo_audit_export *page);

/**
 * bo_audit_verify() - recompute a piece of the hash chain of the audit trail; the operator's alone
 * @after:   the row behind which it begins, and which counts as right; 0: from the first row on
 * @ret_to:  the row up to which the trail is right now; the @after of the next piece
 * @ret_end: the last row there is; where @ret_to has come to it, the whole trail is right
 *
 * Return: 0; BO_ERR_AUDIT_BROKEN, with the first row that does not fit in bo_message();
 * BO_ERR_BAD_CURSOR where there is no row @after.
 */
int bo_audit_verify(bo *bo, uint64_t after, uint64_t *ret_to, uint64_t *ret_end);

/**
 * bo_session_list() - one page of the sessions of people on this host, newest first
 * @user: of this user name; NULL: of everybody for the operator, else one's own
 * @open: only those that are open
 * @cursor, @limit: as in bo_user_list()
 * @ret_page:       bo_session_page_free() it
 * Return: 0; BO_ERR_NO_SUCH_USER, BO_ERR_BAD_CURSOR.
 */
int bo_session_list(bo *bo, const char *user, bool open, const char *cursor, uint32_t limit,
                    struct bo_session_page **ret_page);

/**
 * bo_session_page_free() - free what bo_session_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_session_page *bo_session_page_free(struct bo_session_page *page);

/**
 * bo_clock_accept() - tell that the clock is right although it was set back; the operator's alone
 *
 * Links, codes and idle times count from the present clock from then on. Recorded.
 *
 * Return: 0.
 */
int bo_clock_accept(bo *bo);

/** struct bo_backup - how far a backup is */
struct bo_backup {
        char *stage;     /* "copying", "checking", "sealing", "done" */
        uint64_t done;   /* of the stage, of no unit */
        uint64_t total;  /* likewise */
        uint64_t size;   /* of the whole, in bytes; 0: not done, and the rest is not known */
        char *version;   /* of bo */
        uint32_t schema; /* of the database in it */
        uint64_t time_usec;
        uint64_t sequence; /* of the audit trail's last row in it */
};

/**
 * bo_backup_begin() - begin to copy the whole database; the operator's alone
 *
 * It is made beside all else that goes on, and belongs to this connection. Look how far it is with
 * bo_backup_look(), then read it. The key is not in it.
 *
 * Return: 0; BO_ERR_BUSY if another one is being made.
 */
int bo_backup_begin(bo *bo);

/**
 * bo_backup_look() - how far the backup of this connection is
 * @ret_backup: to be freed with bo_backup_free()
 *
 * Return: 0; BO_ERR_UNAVAILABLE if it failed, bo_message() tells why; BO_ERR_BAD_VALUE if none
 * was begun.
 */
int bo_backup_look(bo *bo, struct bo_backup **ret_backup);

/**
 * bo_backup_free() - free what bo_backup_look() handed out
 * @backup: may be NULL
 * Return: NULL.
 */
struct bo_backup *bo_backup_free(struct bo_backup *backup);

/**
 * bo_backup_read() - a piece of the backup that is done
 * @offset:   where it begins
 * @bytes:    room for @size of them
 * @size:     1 to 1048576
 * @ret_size: how many there were; 0 behind the end
 *
 * Return: 0; BO_ERR_BAD_VALUE if it is not done.
 */
int bo_backup_read(bo *bo, uint64_t offset, void *bytes, uint32_t size, uint32_t *ret_size);

/**
 * bo_database_accept() - tell that an old database is meant to be there; the operator's alone
 *
 * A newer one was in its place before, which the signal DatabaseOlder and bo_check() tell. What was
 * made void stays so; the finding goes away. Nothing to be accepted is no error. Recorded.
 *
 * Return: 0.
 */
int bo_database_accept(bo *bo);

/**
 * bo_sealing_key_rotate() - make a new sealing key; the operator's alone
 * @present: the id of the key that is to be replaced; NULL: whichever it is
 * @ret_id:  of the new one, no secret; bo_string_free() it
 *
 * It is in the key file when this returns, and in force a moment later, which
 * bo_sealing_key_status() tells. What is under the older ones stays good. Recorded.
 *
 * Return: 0; BO_ERR_BUSY (one is on its way already), BO_ERR_WRONG_STATE (@present is another,
 * there are eight, or the key is a credential of systemd).
 */
int bo_sealing_key_rotate(bo *bo, const char *present, char **ret_id);

/**
 * bo_sealing_key_status() - the sealing keys, the newest first; the operator's alone
 * @ret_keys: bo_sealing_keys_free() it
 * Return: 0.
 */
int bo_sealing_key_status(bo *bo, struct bo_sealing_keys **ret_keys);

/**
 * bo_sealing_keys_free() - free what bo_sealing_key_status() handed out
 * @keys: may be NULL
 * Return: NULL.
 */
struct bo_sealing_keys *bo_sealing_keys_free(struct bo_sealing_keys *keys);

/**
 * bo_sealing_key_retire() - drop the older sealing keys on which nothing hangs but passwords; the
 * operator's alone
 * @keys:        ids of bo_sealing_key_status(), parted by spaces: of these alone; NULL: all
 * @ret_retired: how many there were
 *
 * What verifies passwords, present and replaced ones, and the audit trail stays. Recorded.
 *
 * Return: 0; BO_ERR_BUSY (a rotation is under way), BO_ERR_WRONG_STATE (the key is a credential of
 * systemd).
 */
int bo_sealing_key_retire(bo *bo, const char *keys, uint32_t *ret_retired);

/**
 * bo_mail_take() - the mails that are due, for who delivers them: root and the user bo-maild
 * @limit:     1..64; 0 means 16
 * @ret_mails: bo_mails_free() it
 *
 * Taking changes nothing: tell of each what became of it, or it comes again.
 *
 * Return: 0; BO_ERR_NOT_ALLOWED.
 */
int bo_mail_take(bo *bo, uint32_t limit, struct bo_mails **ret_mails);

/**
 * bo_mails_free() - wipe and free what bo_mail_take() handed out
 * @mails: may be NULL
 * Return: NULL.
 */
struct bo_mails *bo_mails_free(struct bo_mails *mails);

/**
 * bo_mail_delivered() - the mail server has taken responsibility for a mail
 * Return: 0, also for a mail that does not wait any more; BO_ERR_NOT_ALLOWED.
 */
int bo_mail_delivered(bo *bo, uint64_t id);

/**
 * bo_mail_retry() - a mail was not delivered, but may be later
 * @problem: for the operator; nothing of what the mail says
 *
 * The daemon decides when it is due again, and gives it up after 3 days.
 *
 * Return: as bo_mail_delivered().
 */
int bo_mail_retry(bo *bo, uint64_t id, const char *problem);

/**
 * bo_mail_give_up() - a mail was refused for good
 * @problem: as in bo_mail_retry()
 * Return: as bo_mail_delivered().
 */
int bo_mail_give_up(bo *bo, uint64_t id, const char *problem);

/**
 * bo_mail_wait() - wait for mail, after bo_mail_take() has succeeded on this connection
 * @wake_fd:      a descriptor that ends the wait when it becomes readable; -1: none
 * @timeout_usec: ends it as well
 *
 * Return: 0 whatever ended it; take, then, and wait again. -ECONNRESET: the daemon is gone.
 */
int bo_mail_wait(bo *bo, int wake_fd, uint64_t timeout_usec);

/**
 * bo_mail_list() - one page of the mails that are not delivered; the operator's alone
 * @cursor, @limit: as in bo_user_list()
 * @ret_page:       bo_mail_page_free() it
 * Return: 0; BO_ERR_BAD_CURSOR.
 */
int bo_mail_list(bo *bo, const char *cursor, uint32_t limit, struct bo_mail_page **ret_page);

/**
 * bo_mail_page_free() - free what bo_mail_list() handed out
 * @page: may be NULL
 * Return: NULL.
 */
struct bo_mail_page *bo_mail_page_free(struct bo_mail_page *page);

/**
 * bo_throttle_list() - the sources that are turned away, at most 1000; for the operator alone
 * @ret_list: those that failed most first; bo_throttle_list_free() it
 * Return: 0.
 */
int bo_throttle_list(bo *bo, struct bo_throttle_list **ret_list);

/**
 * bo_throttle_list_free() - free what bo_throttle_list() handed out
 * @list: may be NULL
 * Return: NULL.
 */
struct bo_throttle_list *bo_throttle_list_free(struct bo_throttle_list *list);

/**
 * bo_throttle_clear() - forget the failed logins of a source; the operator's alone
 * @source: an address, a range, or a source as listed
 * @ret_n:  for how many sources something was counted
 *
 * Recorded.
 *
 * Return: 0; BO_ERR_BAD_VALUE if @source is none.
 */
int bo_throttle_clear(bo *bo, const char *source, uint32_t *ret_n);

/**
 * bo_explain_login() - what would become of a login, and by which rule; the operator's alone
 * @user:            a name, known or not
 * @service:         as PAM has it: "sshd"
 * @place:           where and how; NULL: at the host itself, with a password
 * @ret_explanation: bo_explanation_free() it; written only when 0 is returned
 *
 * No password is needed: right answers are supposed. By the same decisions as the login itself, of
 * which nothing is written, counted or told. A service of accountd.conf(5) need not be there.
 *
 * Return: 0; BO_ERR_BAD_VALUE for an rhost that is no numeric address, or a method that is none.
 */
int bo_explain_login(bo *bo, const char *user, const char *service,
                     const struct bo_login_place *place, struct bo_explanation **ret_explanation);

/**
 * bo_explanation_free() - free what bo_explain_login() handed out
 * @explanation: may be NULL
 * Return: NULL.
 */
struct bo_explanation *bo_explanation_free(struct bo_explanation *explanation);

/**
 * bo_check() - what is not as it should be as the daemon sees it; the operator's alone
 * @ret_findings: empty when all is well; bo_findings_free() it
 * Return: 0.
 */
int bo_check(bo *bo, struct bo_findings **ret_findings);

/**
 * bo_findings_free() - free what bo_check() handed out
 * @findings: may be NULL
 * Return: NULL.
 */
struct bo_findings *bo_findings_free(struct bo_findings *findings);

/**
 * bo_check_store() - one step of a check of the whole database and audit trail; the operator's
 * @cursor:   NULL or "": the first step; then next of the step before, until that is ""
 * @ret_step: bo_check_step_free() it; written only when 0 is returned
 *
 * A step is a table or some thousand rows, so that others have their turn in between.
 *
 * Return: 0; BO_ERR_BAD_CURSOR.
 */
int bo_check_store(bo *bo, const char *cursor, struct bo_check_step **ret_step);

/**
 * bo_check_step_free() - free what bo_check_store() handed out
 * @step: may be NULL
 * Return: NULL.
 */
struct bo_check_step *bo_check_step_free(struct bo_check_step *step);

/**
 * bo_metrics_get() - what the daemon counts, for monitoring; the operator's alone
 * @ret_metrics: bo_metrics_free() it
 * Return: 0.
 */
int bo_metrics_get(bo *bo, struct bo_metrics **ret_metrics);

/**
 * bo_metrics_free() - free what bo_metrics_get() handed out
 * @metrics: may be NULL
 * Return: NULL.
 */
struct bo_metrics *bo_metrics_free(struct bo_metrics *metrics);

/**
 * bo_settings_get() - the settings in force and where each was set; the operator's alone
 * @ret_settings: bo_settings_free() it
 * Return: 0.
 */
int bo_settings_get(bo *bo, struct bo_settings **ret_settings);

/**
 * bo_settings_free() - free what bo_settings_get() handed out
 * @settings: may be NULL
 * Return: NULL.
 */
struct bo_settings *bo_settings_free(struct bo_settings *settings);

#ifdef __cplusplus
}
#endif
