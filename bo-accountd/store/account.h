/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users: their facts, names and passwords. */
#pragma once

#include "bo-accountd/factor/password.h"
#include "bo-accountd/policy/name.h"
#include "bo-accountd/store/store.h"

#define ACCOUNT_TEXT_SIZE 129
#define ACCOUNT_PATH_SIZE 256
#define CUSTOMER_ID_SIZE  33

struct account {
        uint32_t uid;
        char name[NAME_MAX_BYTES + 1];
        char email[NAME_MAX_BYTES + 1]; /* empty for unverified */
        char full_name[ACCOUNT_TEXT_SIZE];
        char home[ACCOUNT_PATH_SIZE];
        char shell[ACCOUNT_PATH_SIZE];
        bool is_api;
        bool verified;
        bool generated; /* bo made the name */
        uint64_t created_usec;
        uint64_t activated_usec;   /* 0: not yet */
        uint64_t deactivated_usec; /* 0: not */
        char deactivated_reason[ACCOUNT_TEXT_SIZE];
        bool deactivated_by_operator;           /* then an operator alone enables again */
        char password_hash[PASSWORD_HASH_SIZE]; /* empty: none */
        uint64_t password_changed_usec;
        bool must_change;
        int64_t credential_epoch; /* grows with each change of password; tokens are bound to it */
        uint64_t last_login_usec;
        uint64_t admin_reset_usec;
        uint64_t idle_marked_usec;
        /* Clock epoch of the latest of activation, login, administrator's reset. */
        int64_t active_epoch;
        bool otp_on;                            /* a confirmed second factor exists */
        char acting_customer[CUSTOMER_ID_SIZE]; /* as chosen; see member_acting() */
        uint32_t invites_uid; /* an invitation of that user, see invitation.h (R49); 0: none */
        bool shut_out; /* a member not by invitations alone, and disabled at every customer */
};

/* The operator has deactivated the user, or every customer of his has. */
static inline bool account_is_deactivated(const struct account *account)
{
        return account->deactivated_usec != 0 || account->shut_out;
}

/*
 * BO_ERR_NO_SUCH_USER, also for an invitation that was accepted or declined. @name is folded; a
 * name that was retired finds nobody. Both read within whatever transaction is open, or on their
 * own. All that takes a uid below, and a token or second factor, answers BO_ERR_NO_SUCH_USER as
 * well.
 */
int account_by_uid(struct store *store, uint32_t uid, struct account *ret_account);
int account_by_name(struct store *store, const char *name, struct account *ret_account);

/*
 * Inserts with the next uid of the range (never used before; *ret_uid). BO_ERR_NAME_TAKEN for a
 * name that is or ever was in use (R43), BO_ERR_UIDS_EXHAUSTED. All facts are taken from @account,
 * but uid, created_usec (now), active_epoch (the present) and otp_on are ignored. NSS is noted.
 * account_next_uid() tells which uid would be next, so that the caller can ask NSS first (it is
 * still the next only if *ret_uid says so); account_skip_uid() marks one, and all below it, as
 * used. account_take_uid() takes the next one without a user; account_put() inserts one with a uid
 * that was taken, and leaves him out of the index of parts of names: see account_index_put().
 */
int account_put(struct tx *tx, const struct account *account, uint32_t uid);
int account_insert(struct tx *tx, const struct account *account, uint32_t uid_first,
                   uint32_t uid_last, uint32_t *ret_uid);
int account_take_uid(struct tx *tx, uint32_t uid_first, uint32_t uid_last, uint32_t *ret_uid);
int account_next_uid(struct store *store, uint32_t uid_first, uint32_t uid_last, uint32_t *ret_uid);
int account_skip_uid(struct tx *tx, uint32_t uid);

/* Is or was it ever somebody's name (R43)? 1, 0 or < 0. */
int account_name_used(struct store *store, const char *name);

/* A name that @uid had before, and that is dead (R43). BO_ERR_NAME_TAKEN. */
int account_put_former_name(struct tx *tx, uint32_t uid, const char *name);
/* Those of @uid, ordered. */
int account_former_names(struct store *store, uint32_t uid,
                         int (*each)(void *userdata, const char *name), void *userdata);

/* At most @limit users after the uid @after, in the order of uids; no invitations. */
int account_walk(struct store *store, uint32_t after, uint32_t limit,
                 int (*each)(void *userdata, const struct account *account), void *userdata);

int account_deactivate(struct tx *tx, uint32_t uid, const char *reason, bool by_operator);
int account_enable(struct tx *tx, uint32_t uid);
/* NSS is noted. */
int account_set_full_name(struct tx *tx, uint32_t uid, const char *full_name);

/* From now on @email (folded) is name and address, and the user verified; uid, home and all else
 * stay. The old name is retired, NSS is noted. BO_ERR_NAME_TAKEN. */
int account_rename(struct tx *tx, uint32_t uid, const char *email);

/* Sets the password, puts the one before into the history with the time of its replacement, raises
 * the credential epoch, marks every token of the user as used. Activates a user who was not. */
int account_set_password(struct tx *tx, uint32_t uid, const char *hash, bool must_change);

/* There is no password any more, and the user is not activated: the one before goes into the
 * history (R45), the credential epoch is raised, every token of the user is marked as used. */
int account_drop_password(struct tx *tx, uint32_t uid);

/* Same password, other cost. Only if the hash is still @old_hash (else nothing happens, 0). */
int account_rehash(struct tx *tx, uint32_t uid, const char *old_hash, const char *new_hash);

/* A login: last login is now, idle mark gone. */
int account_logged_in(struct tx *tx, uint32_t uid);
/* An administrator's reset link was completed: idleness counts from now (R40). */
int account_admin_reset(struct tx *tx, uint32_t uid);
/* An API user that has got a key instead of a password is active as well; nothing for others. */
int account_activate_api(struct tx *tx, uint32_t uid);
int account_mark_idle(struct tx *tx, uint32_t uid);

/*
 * At most @limit users, activated, enabled and not marked, of whom nothing was seen since
 * @before_usec, longest unseen first. The cost grows with their number, not with that of all users.
 * *ret_uids is malloc'd.
 */
int account_quiet(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                  size_t *ret_n);

/*
 * At most @limit people, activated and enabled, whose password was last changed before or at
 * @before_usec and of whom account_expiry_told() was not said since, the oldest password first. The
 * cost grows with their number, as above.
 */
int account_aging(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                  size_t *ret_n);
/* At most @limit API users, not deactivated, whose password was last changed before or at
 * @before_usec, the oldest first (R5). As above. */
int account_api_aged(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                     size_t *ret_n);
/* At most @limit users, not deactivated, who were marked idle, the first marked first. As above. */
int account_idle(struct store *store, uint32_t limit, uint32_t **ret_uids, size_t *ret_n);
/* At most @limit users, not deactivated, made before or at @before_usec and never activated, the
 * oldest first; no invitations. As above. */
int account_pending(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                    size_t *ret_n);
/* Of at most @limit API keys and tokens that are older than that and were not used since, the
 * longest unused first, whose they are. As above. */
int account_key_unused(struct store *store, uint64_t before_usec, uint32_t limit,
                       uint32_t **ret_uids, size_t *ret_n);
/* The user was told that the present password expires (R3: once), or is not to be told. */
int account_expiry_told(struct tx *tx, uint32_t uid);

/* The passwords of @uid, newest first, the present one at index 0 (replaced_usec 0). Stops when
 * @each returns non-zero and returns that. */
int account_password_history(struct store *store, uint32_t uid,
                             int (*each)(void *userdata, size_t index, const char *hash,
                                         uint64_t replaced_usec),
                             void *userdata);
/* Drops history rows that no rule will ask for: those that are neither among the @keep replaced
 * last (the present password is not one of them) nor replaced at @before_usec or later. */
int account_trim_history(struct tx *tx, uint32_t uid, uint32_t keep, uint64_t before_usec);

/* Rows that one page looks at at most: it ends early rather than take long. */
#define ACCOUNT_LOOKS_MOST 600

/*
 * Rows in the order of names, each user once. Empty strings and NULL mean "any". The page is read
 * from an index, never by OFFSET. @search (and @kind within a customer or role) passes rows over,
 * in slices, each a short statement: a page may be shorter than its limit, and not the last. A
 * search among all that few match is answered from its index. Outside of a transaction each slice
 * sees the store as it is then.
 */
struct account_filter {
        const char *customer;
        const char *role;   /* in customer, or in any */
        const char *search; /* part of name, e-mail or full name, in any case of letters */
        int kind;           /* -1 any, 0 adm, 1 api */
        bool descending;
        const char *after; /* where a page before ended; NULL or "" for the first */
        uint32_t limit;    /* of rows told */
};

/*
 * @each may end the page by answering 1; another answer ends the list with it. @ret_next: optional;
 * where the next page begins, "" if that was the last.
 */
int account_list(struct store *store, const struct account_filter *filter,
                 int (*each)(void *userdata, const struct account *account), void *userdata,
                 char ret_next[NAME_MAX_BYTES + 1]);
