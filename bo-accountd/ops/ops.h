/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The use cases behind the D-Bus methods: one function each, its arguments and results in one
 * struct. */
#pragma once

#include "bo-accountd/ops/location.h"
#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/audit_export.h"
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/session.h"
#include "common/secret.h"

#define TOKEN_LINK_SIZE   256 /* of LINK_SIZE */
#define LIST_LIMIT_MOST   1000
#define LIST_LIMIT_NORMAL 100
#define ROLES_MOST        32

/* Arguments point into memory of the request. Results are written on 0. */

/* What a new user is to be at a customer. */
struct new_member {
        const char *customer; /* NULL: no member */
        const char *roles[ROLES_MOST];
        size_t n_roles;
        const char *locations[LOCATIONS_MOST];
        size_t n_locations;
        bool restricted; /* to the locations (R26) */
};

struct user_create {
        const char *name; /* NULL: bo makes one (R23) */
        const char *full_name, *home, *shell;
        struct secret *initial; /* password that the first link asks for (R86), or NULL */
        struct new_member member;
        bool is_api;
        uint32_t uid; /* results */
        char username[NAME_MAX_BYTES + 1];
        char link[TOKEN_LINK_SIZE];
};
int op_user_create(struct op *op, struct user_create *call);
void user_create_clear(struct user_create *call);

/* Finds the user whom a verb is about, and asks whether the actor may. */
int op_target(struct op *op, struct tx *tx, enum access_verb verb, uint32_t uid,
              const char *customer, struct account *ret_account);

/* The same in a transaction of its own, for what hashes before it writes. */
int op_authorised(struct op *op, enum access_verb verb, uint32_t uid, struct account *ret_account);

struct user_find {
        const char *name; /* NULL: by uid */
        uint32_t uid;
};
int op_user_find(struct op *op, struct user_find *call);
/* The same in a transaction that is open. */
int user_readable(struct op *op, struct tx *tx, struct user_find *call);

struct invitation;
/* Everything that may be told of a user (R16). */
struct user_view {
        struct account account;
        struct account_state state;
        char reason[ACCOUNT_TEXT_SIZE];
        uint64_t created_usec, activated_usec; /* as the actor may know them */
        struct member_role *roles;
        size_t n_roles;
        struct customer *customers;
        size_t n_customers;
        /* Of op_user_view() alone. */
        uint32_t recovery_left;
        struct api_key_row key;         /* empty without one; no hash */
        char acting[CUSTOMER_ID_SIZE];  /* the customer he acts for, if the actor may see that */
        struct member_location *places; /* that he is restricted to */
        size_t n_places;
        struct invitation *invitations; /* of the actor himself */
        size_t n_invitations;
};
void user_view_clear(struct user_view *view);
int op_user_view(struct op *op, uint32_t uid, struct user_view *ret_view);

struct user_list {
        const char *customer, *role, *search, *after;
        int kind;   /* -1 any, 0 adm, 1 api */
        int status; /* -1 any */
        bool descending;
        uint32_t limit;
        struct user_view *users; /* results */
        size_t n;
        char next[NAME_MAX_BYTES + 1]; /* name of the last row that was looked at; empty: the end */
};
void user_list_clear(struct user_list *call);
int op_user_list(struct op *op, struct user_list *call);

struct user_status {
        uint32_t uid;
        const char *customer; /* NULL: everywhere, for an operator; else the one he manages */
        const char *reason;   /* of disabling */
};
int op_user_enable(struct op *op, const struct user_status *call);
int op_user_disable(struct op *op, const struct user_status *call);

struct user_roles {
        uint32_t uid;
        const char *customer;
        const char *roles[ROLES_MOST];
        size_t n_roles;
};
int op_user_set_roles(struct op *op, struct user_roles *call);
/* The unix groups bo-ROLE that NSS shows must be there before a user holds the roles. */
int role_groups_ensure(struct op *op, struct tx *tx, const char *const *roles, size_t n);

int op_user_issue_reset(struct op *op, uint32_t uid, char link[TOKEN_LINK_SIZE]);
int op_user_resend_activation(struct op *op, uint32_t uid, char link[TOKEN_LINK_SIZE]);
int op_user_revoke_tokens(struct op *op, uint32_t uid);
/* Would a link for @account go to his own mailbox, or is it handed over (R36, R35)? */
bool link_is_mailed(const struct op *op, const struct account *account);
/*
 * Makes an administrator's token in the open transaction; those made before it die. It is mailed to
 * a verified user whom mail reaches, and @link is empty (R21, R36); else @link gets it, to be
 * handed over once (R23, R35).
 */
int link_issue(struct op *op, struct tx *tx, const struct account *account,
               char link[TOKEN_LINK_SIZE]);
/* The same for one who asked for it himself: it is mailed or not made, and older ones stay good, so
 * that a stranger who asks kills no link. */
int link_request(struct op *op, struct tx *tx, const struct account *account);

/* @link as link_issue() has it. */
int op_user_upgrade(struct op *op, uint32_t uid, const char *email, char link[TOKEN_LINK_SIZE]);

/* A reset link for a name, asked for from @rhost (or by the actor, if empty): only remembers it;
 * op_grant_reset() mails the link, if there is somebody to mail it to and nobody asks too often. */
void op_wish_reset(struct op *op, const char *name, const char *rhost, uint32_t actor_uid);
int op_grant_reset(struct op *op);

/* When a link ends, for people. */
void link_expires_text(char *out, size_t size, uint64_t expires_usec);

int op_user_change_password(struct op *op, uint32_t uid, const struct secret *old,
                            const struct secret *fresh);
int op_user_set_api_password(struct op *op, uint32_t uid, const struct secret *fresh);
int op_user_set_profile(struct op *op, uint32_t uid, const char *full_name);

/* A user's own API key: a person's with his password and, if his factor is on, a code (R72). */
struct user_key {
        uint32_t uid;
        struct secret *password, *code; /* not looked at for an API user */
        struct secret *text;            /* result, to be shown this once (R78) */
};
int op_user_create_key(struct op *op, struct user_key *call);
int op_user_delete_key(struct op *op, uint32_t uid);

/* A user's own address: asked for, and changed with the token that was mailed to the new one. */
struct user_email {
        uint32_t uid;
        const char *email;
        struct secret *password, *code; /* code: NULL if none was given */
        struct secret *token;
};
int op_user_request_email(struct op *op, const struct user_email *call);
int op_user_confirm_email(struct op *op, const struct user_email *call);
void user_email_note(struct op *op, const char *event, const struct account *account);
int user_email_record(struct op *op, struct tx *tx, uint32_t uid, const char *event,
                      const char *detail);

/* Tests the actor's own password: charged and recorded like a login (R38). */
int op_own_password(struct op *op, const struct account *account, const struct secret *password);

/* The user himself acts for another of his customers (R50). */
int op_user_switch(struct op *op, uint32_t uid, const char *customer);

struct recovery_set;
struct user_otp {
        uint32_t uid;
        const struct secret *code, *password;
        const char *reason;
        struct secret *uri, *base32; /* results */
        struct recovery_set *recovery;
};
int op_user_begin_otp(struct op *op, struct user_otp *call);
int op_user_confirm_otp(struct op *op, struct user_otp *call);
/* Confirms one that was begun, or takes a code of the one that is on. */
int op_user_create_recovery(struct op *op, struct user_otp *call);
int op_user_reset_otp(struct op *op, struct user_otp *call);

/* The invitation of the user himself by @customer (R49). BO_ERR_NO_SUCH_INVITATION,
 * BO_ERR_NEVER_RESTRICTED. */
int op_invitation_accept(struct op *op, uint32_t uid, const char *customer);
int op_invitation_decline(struct op *op, uint32_t uid, const char *customer);

/* More of customers is in ops/customer.h. */
struct customer_list {
        const char *after;
        uint32_t limit;
        struct customer *customers; /* results */
        size_t n;
        bool more;
};
int op_customer_list(struct op *op, struct customer_list *call);

/* May a user do something, here, now? */
struct permission_check {
        const char *user; /* "": the actor */
        const char *permission;
        const char *customer, *location, *service, *tty; /* "": not given */
        char rhost[46];                                  /* numeric, or "" */
        bool allowed;                                    /* results */
        const char *reason;
};
int op_permission_check(struct op *op, struct permission_check *call);

int op_read_shared(struct op *op); /* may the actor see the roles? */

struct audit_item {
        uint64_t sequence, time_usec;
        uint32_t actor_uid, subject_uid;
        char *event, *customer, *detail;
};
struct audit_listing {
        uint64_t before;
        uint32_t subject_uid;
        const char *event;
        uint32_t limit;
        struct audit_item *rows; /* results */
        size_t n;
};
void audit_listing_clear(struct audit_listing *call);
int op_audit_list(struct op *op, struct audit_listing *call);

struct audit_exporting {
        struct audit_slice slice;
        struct audit_item *rows; /* results */
        char (*hashes)[2 * KEYED_HASH_BYTES + 1];
        size_t n;
};
void audit_exporting_clear(struct audit_exporting *call);
int op_audit_export(struct op *op, struct audit_exporting *call);

struct session_listing {
        const char *name; /* of this user; NULL: by uid */
        bool of_uid;
        uint32_t uid;
        bool open; /* no others */
        uint64_t before;
        uint32_t limit;
        uint64_t since_usec;  /* what the actor may see begins then */
        struct session *rows; /* results */
        size_t n;
};
void session_listing_clear(struct session_listing *call);
int op_session_list(struct op *op, struct session_listing *call);

#define ENDINGS_MOST 256 /* of one answer: what is left comes with the next */
struct session_endings {
        struct session_ending rows[ENDINGS_MOST];
        size_t n;
};
int op_session_endings(struct op *op, struct session_endings *call);
int op_session_ended(struct op *op, const struct session_ending *call);
/* Closes what its process or the host left open; drops what ended long ago. */
int op_session_tend(struct op *op);

/* What nobody asks for, but time brings: idle accounts are marked (R40), passwords that expire soon
 * told of (R3), dead rows dropped. */
int op_tend(struct op *op);
int op_tell_expiry(struct op *op); /* a part of it */
/* Some time after requests: nothing of it is in a hurry. */
int op_settle(struct op *op);
int op_move_log(struct op *op);
/* A key that is coming comes in force; what older ones sealed is sealed anew. */
int op_keys_tend(struct op *op);
/* The NSS snapshot: brought up to date at start, written anew when the delta has grown. */
int op_catch_up(struct op *op);
int op_rebase(struct op *op);

/* A piece of the trail behind row @after, which counts as right (0: the begin). */
int op_audit_verify(struct op *op, uint64_t after, struct audit_piece *ret_piece);
int op_accept_clock(struct op *op);

/* May the actor have a backup? It was made for him; it could not be. */
int op_backup_allowed(struct op *op);
int op_backup_made(struct op *op, uint64_t bytes);
int op_backup_failed(struct op *op, int error);

/* An old copy has taken the place of the database (store/generation.h): told, and meant. */
int op_tell_older(struct op *op);
int op_accept_database(struct op *op);
/* Writes the mark by which an old copy is found. */
int op_mark(struct op *op);
