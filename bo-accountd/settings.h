/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/bo/accountd.conf and accountd.conf.d: what the site has decided, with defaults for the rest.
 * conf/accountd.conf documents every key. */
#pragma once

#include "bo-accountd/factor/password.h"
#include "bo-accountd/policy/lockout.h"
#include "bo-accountd/policy/network.h"
#include "bo-accountd/policy/password_age.h"
#include "bo-accountd/policy/password_rule.h"
#include "bo-accountd/policy/profile.h"
#include "bo-accountd/policy/service.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service_settings {
        const char *name;
        enum service_class class;
        enum service_otp otp;
        bool offer; /* a person logs in by it: told of a password that expires soon (R3) */
        const char *permission; /* that who uses it must have; NULL or "": none */
        const char *terminal;   /* instead of that of the host (R27); NULL: not set */
        bool address_required;  /* only from an approved address of the customer (R68, R70) */
        const char *callers; /* who asks in its name beside root (policy/caller.h); NULL: nobody */
};

/* A permission of roles.conf: sections [Permission NAME], keys Description=, SecondFactor=,
 * ApprovedAddress=. */
struct permission {
        const char *name;
        const char *description;
        bool second_factor;    /* works only with the factor on (R58, R59) */
        bool approved_address; /* works only from an approved address (R71) */
};

/* A role of roles.conf: sections [Role NAME], keys Description=, Permissions= (space separated),
 * SecondFactor=, Secondary=. */
struct role {
        const char *name;
        const char *description;
        const char *const *permissions;
        size_t n_permissions;
        bool second_factor; /* who holds it must have the factor (R54) */
        bool secondary;     /* who holds it is a secondary user of the customer (R83 to R86) */
};

/* A type of account-types.conf: sections [AccountType NAME]. */
struct account_type {
        const char *name;
        const char *description;
        bool secondaries;                 /* Secondaries= (R83) */
        const char *const *subscriptions; /* Subscriptions= */
        size_t n_subscriptions;
        bool subscription_change;    /* SubscriptionChange=: by a primary user (R79) */
        struct billing_rule billing; /* SeparatelyBilled= RequiredBilling=
                                        RequiredWhenSeparatelyBilled= (R80) */
};

/* A setting as it is in force, for who looks at it: nothing goes by this. */
struct setting_shown {
        char *section; /* "Accounts", "Service sshd" */
        const char *key;
        char *value; /* as it would stand in the file */
        char *file;  /* that set it; "": the default */
        unsigned line;
};

/* Immutable after loading, shared by all workers; replaced as a whole on reload. */
struct settings {
        struct lockout_rule lockout;           /* LockoutAttempts= LockoutDuration= */
        uint32_t source_attempts;              /* SourceAttempts=; 0: not counted */
        uint64_t source_window_usec;           /* SourceWindow= */
        struct password_age_rule password_age; /* PasswordMaxAge= PasswordWarn= */
        struct password_rule password;         /* PasswordMinLength= PasswordLettersAndDigits=
                                                  PasswordHistory= PasswordReuseWindow= */
        struct password_cost cost;             /* HashMemory= HashPasses= */
        uint64_t inactivity_max_usec;          /* InactivityMax=; 0: no limit */
        uint64_t activation_usec;              /* ActivationLifetime=, 24 h */
        uint64_t reset_usec;                   /* ResetLifetime=, 1 h */
        bool nist;                             /* Profile=pci|nist */
        bool mail;                             /* Mail=: bo-maild delivers */
        bool refuse_group_mailboxes;           /* GroupMailbox=warn|refuse */
        bool recovery_codes;                   /* RecoveryCodes= */
        uint32_t uid_first, uid_last;          /* UidRange= */
        uint32_t gid_first, gid_last;          /* GidRange= */
        bool enumerate;                        /* Enumerate= */
        uint32_t group_members_max; /* GroupMembersMax=: larger groups are listed without members */
        uint32_t customer_users_max;      /* CustomerUsersMax=: that a customer itself may create */
        uint32_t hash_workers;            /* HashWorkers=, 0: one a core */
        uint32_t hash_queue, other_queue; /* HashQueue=, RequestQueue= */
        struct network *source_exempt;    /* SourceExempt= */
        size_t n_source_exempt;
        const char *home_prefix;      /* HomePrefix=/home */
        const char *shell;            /* Shell=/bin/bash */
        const char *issuer;           /* Issuer=bo: what authenticator apps show */
        const char *link_template;    /* LinkTemplate=; empty: tokens alone */
        const char *operator_group;   /* OperatorGroup=bo-operator */
        const char *permission_group; /* PermissionGroup=; empty: none */
        const char *terminal;         /* Terminal=: what locations call this host; empty: none */
        const char *customer;         /* Customer=: only its members exist here; "": all do */
        struct service_settings *services; /* [Service NAME] */
        size_t n_services;
        struct role *roles;
        size_t n_roles;
        struct account_type *account_types;
        size_t n_account_types;
        struct permission *permissions; /* those with a section, then those that only roles name */
        size_t n_permissions;
        struct setting_shown *shown; /* all of [Accounts], then of each [Service NAME] */
        size_t n_shown;
};

/*
 * Reads DIRECTORY/accountd.conf, DIRECTORY/accountd.conf.d/ *.conf in order (a later file overrides
 * an earlier one), DIRECTORY/roles.conf, DIRECTORY/account-types.conf. Absent files mean defaults;
 * without roles.conf there are no roles, and so no permissions. On a bad line: -EINVAL, and @report
 * gets "FILE:LINE: what is wrong; what to do (did you mean KEY?)" for each bad line, not only the
 * first. @report may be NULL.
 */
int settings_load(struct settings **ret_settings, const char *directory,
                  void (*report)(void *userdata, const char *message), void *userdata);

/* NULL is allowed. Return: NULL. */
struct settings *settings_free(struct settings *settings);
DEFINE_CLEANUP(struct settings *, settings_free)

/*
 * The settings of a PAM service. One that has no section is interactive with Otp=prompt; built in
 * are cron, crond, atd and systemd-user as batch. Batch and api are always Otp=off.
 */
struct service_settings settings_service(const struct settings *settings, const char *name);

/* What the host is called by terminals of locations when @service is used; "" if it has no name. */
const char *settings_terminal(const struct settings *settings, const char *service);

/* NULL if there is none. */
const struct role *settings_role(const struct settings *settings, const char *name);
bool role_grants(const struct role *role, const char *permission);

/* NULL if there is none: then a customer of it has no secondaries, no subscription, no required
 * billing data, and is not billed separately. */
const struct account_type *settings_account_type(const struct settings *settings, const char *name);
bool account_type_offers(const struct account_type *type, const char *subscription);
/* NULL if neither a section nor a role has that name: nobody has it. */
const struct permission *settings_permission(const struct settings *settings, const char *name);
