/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of boctl share: the request, the verbs, and how failure is told. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "libbo/bo.h"

DEFINE_CLEANUP(char *, bo_string_free)

enum {
        EXIT_DONE = 0,
        EXIT_REFUSED = 1,     /* an answer of the daemon, or a failure here */
        EXIT_USAGE = 2,       /* the command line */
        EXIT_NO_ANSWER = 3,   /* the daemon is away, or gave no answer */
        EXIT_NOT_ALLOWED = 4, /* the caller may not */
        EXIT_NO_SUCH = 5,     /* what is named is not there, or is not for the caller to see */
        EXIT_CONFLICT = 6,    /* it is there already, or is not in a state for it */
};

/* In the order of the alphabet, as option_infos[] and the helps. */
enum option_id {
        OPTION_ADDRESS,
        OPTION_ALIAS,
        OPTION_ALL,
        OPTION_COLOR,
        OPTION_COMMENT,
        OPTION_CUSTOMER,
        OPTION_DRY_RUN,
        OPTION_EVENT,
        OPTION_FORGOT,
        OPTION_FORMAT,
        OPTION_FROM,
        OPTION_FULL,
        OPTION_FULL_NAME,
        OPTION_GENERATE,
        OPTION_HELP,
        OPTION_HOME,
        OPTION_HOST,
        OPTION_HTML,
        OPTION_INITIAL_PASSWORD,
        OPTION_JSON,
        OPTION_KIND,
        OPTION_LIMIT,
        OPTION_LOCATION,
        OPTION_MAIL,
        OPTION_MAX_ERRORS,
        OPTION_METHOD,
        OPTION_NAME,
        OPTION_NO_PAGER,
        OPTION_OUTPUT,
        OPTION_PASSWORD_FD,
        OPTION_PERMISSION,
        OPTION_REASON,
        OPTION_REMOTE,
        OPTION_ROLE,
        OPTION_SEARCH,
        OPTION_SERVICE,
        OPTION_SHELL,
        OPTION_SINCE,
        OPTION_SOCKET,
        OPTION_SORT,
        OPTION_STATUS,
        OPTION_SUBSCRIPTION,
        OPTION_TOKEN,
        OPTION_TTY,
        OPTION_TYPE,
        OPTION_UNTIL,
        OPTION_UNVERIFIED,
        OPTION_USER,
        OPTION_VERSION,
        OPTION_WEBSITE,
        OPTION_YES,
        OPTION_COUNT,
};

#define OPTION_BIT(id) (UINT64_C(1) << OPTION_##id)

/* Of every verb. */
#define OPTIONS_COMMON                                                                             \
        (OPTION_BIT(COLOR) | OPTION_BIT(HELP) | OPTION_BIT(JSON) | OPTION_BIT(NO_PAGER) |          \
         OPTION_BIT(REMOTE) | OPTION_BIT(SOCKET) | OPTION_BIT(VERSION))

struct option_info {
        const char *name;
        const char *value; /* what it takes, for the help; NULL: nothing */
        const char *help;
};

extern const struct option_info option_infos[OPTION_COUNT];

/* The command line, taken apart. */
struct request {
        char **words; /* noun, verb, arguments; ended by NULL */
        int n_words;
        char **args; /* the words after noun and verb */
        int n_args;
        uint64_t given;                  /* OPTION_BITs */
        const char *value[OPTION_COUNT]; /* of the last one given, else NULL */
        const char **roles;              /* every --role; ended by NULL */
        size_t n_roles;
        const char **locations; /* every --location; ended by NULL */
        size_t n_locations;
        char **passed; /* every option but --remote, as "--name=value", for another boctl */
        size_t n_passed;
        bool json;
        bo *bo; /* open while a verb runs, unless it opens it itself */
};

struct verb {
        const char *noun;
        const char *verb; /* NULL: the noun is all */
        const char *args; /* for the help; NULL: none */
        int min_args;
        int max_args;
        uint64_t options;  /* beside OPTIONS_COMMON */
        uint64_t required; /* of these */
        bool alone;        /* runs without the daemon, too: opens the connection itself */
        int (*run)(struct request *request);
        const char *help;   /* one line, without a full stop */
        const char *detail; /* more, for its own help; NULL: nothing */
};

#define VERBS_MOST 128

extern const struct verb verbs[];
extern const size_t n_verbs;

/* Takes the command line apart. EXIT_DONE or EXIT_USAGE, which has been told. */
int request_parse(struct request *request, int argc, char **argv);
void request_clear(struct request *request);

/* The verb that the words name, with args set; NULL: told. */
const struct verb *verb_find(struct request *request);

/* Of all verbs, of a noun, of one verb. */
void help_all(void);
void help_noun(const char *noun);
void help_verb(const struct verb *verb);

/* Tells what is wrong with the command line; returns EXIT_USAGE. */
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* bo_open() for a person, who has ten seconds. */
int connect_patiently(bo **ret_bo, const char *socket);

/* The exit code for an answer of libbo. */
int exit_code(int r);

/* Tells what failed here; returns EXIT_REFUSED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As fail(), where what is under way goes on. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells that the file @name ("-": the standard output) cannot be written, and why; returns
 * EXIT_REFUSED. @error is a negative errno. */
int fail_write(const char *name, int error);

/* Tells that what @format says failed with @r of libbo, and why; returns the exit code. */
int fail_call(const struct request *request, int r, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Tells on stderr what is not as it should be. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells what was done on stdout; nothing with --json. */
void tell(const struct request *request, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* The nearest of @n words (NULLs are passed over) to @word; NULL if none is near. */
const char *nearest(const char *word, const char *const *words, size_t n);

/* The uid of a user name; of the caller for NULL. EXIT_DONE, or told. */
int uid_of(struct request *request, const char *name, uint32_t *ret_uid);

/* Asks on the terminal, unless --yes was given. EXIT_DONE, or told: without a yes nothing is done.
 */
int ask_yes(const struct request *request, const char *question);

/* A number of --limit. EXIT_DONE, or told. */
int limit_of(const struct request *request, uint64_t fallback, uint64_t *ret_limit);

/* One function for each verb. */
int verb_approval_approve(struct request *request);
int verb_approval_list(struct request *request);
int verb_approval_reject(struct request *request);
int verb_approval_request(struct request *request);
int verb_approval_revoke(struct request *request);
int verb_approval_show(struct request *request);
int verb_approval_token(struct request *request);
int verb_audit_export(struct request *request);
int verb_audit_list(struct request *request);
int verb_audit_verify(struct request *request);
int verb_can(struct request *request);
int verb_check(struct request *request);
int verb_check_login(struct request *request);
int verb_clock_accept(struct request *request);
int verb_backup(struct request *request);
int verb_restore(struct request *request);
int verb_database_accept(struct request *request);
int verb_sealing_key_rotate(struct request *request);
int verb_sealing_key_status(struct request *request);
int verb_sealing_key_retire(struct request *request);
int verb_customer_account(struct request *request);
int verb_customer_alias(struct request *request);
int verb_customer_billing(struct request *request);
int verb_customer_create(struct request *request);
int verb_customer_list(struct request *request);
int verb_customer_show(struct request *request);
int verb_customer_subscription(struct request *request);
int verb_customer_type(struct request *request);
int verb_customer_types(struct request *request);
int verb_location_bind(struct request *request);
int verb_location_create(struct request *request);
int verb_location_edit(struct request *request);
int verb_location_list(struct request *request);
int verb_location_search(struct request *request);
int verb_location_show(struct request *request);
int verb_location_unbind(struct request *request);
int verb_metrics(struct request *request);
int verb_report_pci(struct request *request);
int verb_mail_list(struct request *request);
int verb_email_change(struct request *request);
int verb_email_confirm(struct request *request);
int verb_export(struct request *request);
int verb_import(struct request *request);
int verb_invitation_accept(struct request *request);
int verb_invitation_decline(struct request *request);
int verb_invitation_list(struct request *request);
int verb_key_create(struct request *request);
int verb_key_delete(struct request *request);
int verb_key_show(struct request *request);
int verb_key_verify(struct request *request);
int verb_otp_enable(struct request *request);
int verb_otp_recovery(struct request *request);
int verb_otp_reset(struct request *request);
int verb_otp_status(struct request *request);
int verb_password(struct request *request);
int verb_roles(struct request *request);
int verb_session_list(struct request *request);
int verb_switch(struct request *request);
int verb_throttle_clear(struct request *request);
int verb_throttle_list(struct request *request);
int verb_status(struct request *request);
int verb_user_create(struct request *request);
int verb_user_disable(struct request *request);
int verb_user_edit(struct request *request);
int verb_user_enable(struct request *request);
int verb_user_list(struct request *request);
int verb_user_password(struct request *request);
int verb_user_resend(struct request *request);
int verb_user_reset(struct request *request);
int verb_user_revoke(struct request *request);
int verb_user_locations(struct request *request);
int verb_user_roles(struct request *request);
int verb_user_show(struct request *request);
int verb_user_upgrade(struct request *request);
