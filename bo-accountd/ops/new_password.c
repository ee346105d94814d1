/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges a new password by every rule: quality, history, what else was typed (R46, R47, R74). */
#include "bo-accountd/ops/new_password.h"

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/factor/link.h"
#include "bo-accountd/factor/quality.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>
#include <string.h>

/*
 * A token must not become a password: sshd's PasswordAuthentication answers each hidden question
 * with the same words, so the token that the administrator knows would be set, twice.
 */
static bool is_token(const struct op *op, const struct secret *password)
{
        struct token token;
        bool token_like = link_parse(&token, op->settings->link_template, password->bytes,
                                     password->size) != TOKEN_FORM_NONE;

        explicit_bzero(&token, sizeof(token));
        return token_like;
}

int new_password_check(struct op *op, const struct account *account, const struct secret *password,
                       const struct secret *old, char *why, size_t size)
{
        int r;

        if (is_token(op, password)) {
                snprintf(why, size, "A token cannot be a password.");
                return BO_ERR_PASSWORD_TOO_WEAK;
        }
        if (account->is_api && password->size == API_KEY_CHARACTERS) {
                snprintf(why, size, "A password of %d characters would be taken for an API key.",
                         API_KEY_CHARACTERS);
                return BO_ERR_PASSWORD_TOO_WEAK;
        }
        if (old && secret_equal(old, password)) {
                snprintf(why, size, "It is the present password.");
                return BO_ERR_PASSWORD_REUSED;
        }
        r = quality_check(&op->settings->password, password, old, account->name, why, size);
        return r > 0 ? BO_ERR_PASSWORD_TOO_WEAK : r;
}

struct comparison {
        struct op *op;
        const struct secret *password;
        uint64_t now_usec;
        bool present_known;
        char (*hashes)[PASSWORD_HASH_SIZE];
        size_t n, room;
};

/* Only collects: the hashing must not hold a transaction open. */
static int collect(void *userdata, size_t index, const char *hash, uint64_t replaced_usec)
{
        struct comparison *comparison = userdata;

        if (index == 0 && comparison->present_known)
                return 0;
        if (!password_rule_compares(&comparison->op->settings->password, index, replaced_usec,
                                    comparison->now_usec))
                return 0;
        if (comparison->n == comparison->room) {
                size_t room = comparison->room ? comparison->room * 2 : 8;
                void *grown = realloc(comparison->hashes, room * sizeof(*comparison->hashes));

                if (!grown)
                        return -ENOMEM;
                comparison->hashes = grown;
                comparison->room = room;
        }
        snprintf(comparison->hashes[comparison->n++], PASSWORD_HASH_SIZE, "%s", hash);
        return 0;
}

/* 1: used before. */
static int compare(const struct comparison *comparison)
{
        for (size_t i = 0; i < comparison->n; i++) {
                int same = password_verify(comparison->hashes[i], comparison->password,
                                           comparison->op->keys, &comparison->op->settings->cost);

                if (same != 0)
                        return same;
        }
        return 0;
}

int new_password_hash(struct op *op, const struct account *account, const struct secret *password,
                      bool present_known, char out[PASSWORD_HASH_SIZE])
{
        struct comparison comparison = {
                .op = op,
                .password = password,
                .now_usec = op->clock_usec,
                .present_known = present_known,
        };
        int r = account_password_history(op->store, account->uid, collect, &comparison);

        if (r == 0)
                r = compare(&comparison);
        free(comparison.hashes);
        if (r > 0)
                return BO_ERR_PASSWORD_REUSED;
        return r < 0 ? r : password_hash(out, password, op->keys, &op->settings->cost);
}

/* Whoever changes a password because others may know it should think of the key as well (R78). */
static int mail_changed(struct op *op, struct tx *tx, const struct account *account)
{
        char shown[sizeof("bo_") + API_KEY_PREFIX_SIZE];
        struct mail_fields fields = {0};
        struct api_key_row key;
        int r = api_key_of_user(op->store, account->uid, &key);

        if (r < 0)
                return r;
        if (r == 0) {
                snprintf(shown, sizeof(shown), "bo_%s", key.prefix);
                fields.key = shown;
        }
        return mail_queue(op, tx, account, MAIL_PASSWORD_CHANGED, &fields);
}

int new_password_store(struct op *op, struct tx *tx, const struct account *account,
                       const char *hash, const char *detail)
{
        const struct password_rule *rule = &op->settings->password;
        const struct audit_entry entry = {
                .event = "password-changed",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .detail = detail,
        };
        uint64_t before_usec =
                tx->now_usec > rule->reuse_window_usec ? tx->now_usec - rule->reuse_window_usec : 0;
        int r = account_set_password(tx, account->uid, hash, false);

        if (r == 0)
                r = account_trim_history(tx, account->uid, rule->history, before_usec);
        if (r == 0)
                r = audit_append(tx, &entry);
        /* Who has just set the first one knows. */
        if (r == 0 && account->activated_usec != 0)
                r = mail_changed(op, tx, account);
        if (r == 0)
                op_note(op, LOG_INFO,
                        &(struct log_event){.event = "password-changed",
                                            .user = account->name,
                                            .detail = detail},
                        "The password of %s was changed (%s).", account->name, detail);
        return r;
}

int new_password_change(struct op *op, struct tx *tx, const struct account *account,
                        const char *hash, const char *detail)
{
        struct account_state before, after;
        struct account stored;
        int r = account_state(op, tx, account, &before);

        if (r == 0)
                r = new_password_store(op, tx, account, hash, detail);
        if (r == 0)
                r = account_by_uid(op->store, account->uid, &stored);
        if (r == 0)
                r = account_state(op, tx, &stored, &after);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, account);
        op_signal_status(op, account, before.status, after.status, "password changed");
        return 0;
}
