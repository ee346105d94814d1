/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A login by API key, at services for programs: nothing is hashed, and a right one writes once an
 * hour (R72, R76). */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/address.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/store/approval.h"

#include <string.h>

#define FACTORS "api-key"

/*
 * By the length alone: it is all that sshd passes on of what was typed for a name that NSS does not
 * know, and a wrong key must be the same for that and for a known one. No password of an API user
 * is as long as a key (new_password_check()).
 */
bool login_takes_key(const struct login *login, size_t answer_size)
{
        return login->takes_key && answer_size == API_KEY_CHARACTERS;
}

bool login_admits_key(const struct login *login, const struct api_key_row *key)
{
        const struct account *account = &login->subject.account;

        return login->subject.known && key->uid == account->uid &&
               service_admits(login->service.class, account->is_api, SERVICE_CREDENTIAL_KEY);
}

/*
 * A token is good as long as its address is approved, for who asked for it, from there, while he
 * acts for the customer that approved it (R66, R70). What has ended is a wrong key.
 */
static int token_bar(struct op *op, struct login *login, struct tx *tx,
                     const struct api_key_row *key)
{
        char acting[CUSTOMER_ID_SIZE] = "";
        struct approval approval;
        int r = approval_load(tx, (uint64_t)key->approval, &approval);

        if (r == BO_ERR_NO_SUCH_APPROVAL || (r == 0 && (approval.status != APPROVAL_APPROVED ||
                                                        approval.requester_uid != key->uid)))
                return BO_ERR_WRONG_CREDENTIALS;
        if (r == 0)
                r = acting_customer(op, &login->subject.account, acting);
        if (r != 0)
                return r;
        return strcmp(acting, approval.customer) == 0 &&
                               address_is_within(&approval.network, login->context.rhost)
                       ? 0
                       : BO_ERR_ADDRESS_NOT_APPROVED;
}

/* Any way in which a key is not this user's has one answer. */
static int find(struct op *op, struct login *login, struct tx *tx, const struct secret *answer,
                struct api_key_row *ret_key)
{
        int r = key_find(op, answer, ret_key);

        if (r == 0 && !login_admits_key(login, ret_key))
                r = BO_ERR_WRONG_CREDENTIALS;
        return r == 0 && ret_key->approval != 0 ? token_bar(op, login, tx, ret_key) : r;
}

/* How the owner of a right key stands now. */
static int bar(struct op *op, struct login *login, struct tx *tx, int *ret_outcome)
{
        struct account_state state;
        int r = account_by_uid(op->store, login->subject.account.uid, &login->subject.account);

        if (r == 0)
                r = account_state(op, tx, &login->subject.account, &state);
        if (r == 0)
                *ret_outcome = key_bar(&state);
        return r;
}

/*
 * A lock is told of whatever the key was, as it is whatever a password was (R38). What is known of
 * a user is read for a right key alone: a wrong one takes as long for a name that nobody has.
 */
static int judge(struct op *op, struct login *login, struct tx *tx, const struct secret *answer,
                 struct api_key_row *ret_key, int *ret_outcome)
{
        int r = subject_wait_usec(op, tx, &login->subject, &login->key_wait_usec);

        if (r == 0)
                r = login->key_wait_usec > 0 ? BO_ERR_LOCKED_ATTEMPTS
                                             : find(op, login, tx, answer, ret_key);
        if (r > 0) {
                *ret_outcome = r;
                return 0;
        }
        return r == 0 ? bar(op, login, tx, ret_outcome) : r;
}

static int record_success(struct op *op, struct login *login, struct tx *tx,
                          const struct api_key_row *key, int *outcome)
{
        int r = key_note_use(tx, key, &login->subject.account);

        if (r == BO_ERR_WRONG_CREDENTIALS) {
                *outcome = r;
                return login_record_failure(op, login, tx, r);
        }
        return r == 0 ? login_record_come(op, login, tx, FACTORS) : r;
}

/* sshd's dummy costs a write as well (login_record_failure()), of what stands already. */
static int record_failure(struct op *op, struct login *login, struct tx *tx, int outcome)
{
        int r = 0;

        if (login->dummy)
                r = lockout_load(op->store, login->subject.key, &login->subject.lock);
        if (r == 0 && outcome == BO_ERR_LOCKED_INACTIVITY &&
            login->subject.account.idle_marked_usec == 0)
                r = account_mark_idle(tx, login->subject.account.uid);
        return r == 0 ? login_record_failure(op, login, tx, outcome) : r;
}

/* Refusals that leave no row behind. */
static bool is_told_only(int outcome)
{
        return outcome == BO_ERR_LOCKED_ATTEMPTS || outcome == BO_ERR_ADDRESS_NOT_APPROVED;
}

/* What there is to write; judged again, since it may have been deleted or locked meanwhile. */
static int record(struct op *op, struct login *login, const struct secret *answer, int *outcome)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct api_key_row key = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = judge(op, login, &tx, answer, &key, outcome);
        if (r != 0 || is_told_only(*outcome))
                return r;
        if (*outcome != 0)
                r = record_failure(op, login, &tx, *outcome);
        else if (!key_was_noted(&key, tx.now_usec))
                r = record_success(op, login, &tx, &key, outcome);
        return r == 0 ? tx_commit(&tx) : r;
}

static int look(struct op *op, struct login *login, const struct secret *answer, int *outcome,
                bool *ret_noted)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct api_key_row key = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = judge(op, login, &tx, answer, &key, outcome);
        if (r == 0)
                *ret_noted = is_told_only(*outcome) ||
                             (*outcome == 0 && key_was_noted(&key, tx.now_usec));
        return r;
}

struct login_proof login_proof_by_key(const struct login *login)
{
        return (struct login_proof){
                .uid = login->subject.account.uid, .by_key = true, .factors = FACTORS};
}

int login_key(struct op *op, struct login *login, const struct secret *answer)
{
        bool noted = false;
        int outcome = 0;
        int r = look(op, login, answer, &outcome, &noted);

        if (r == 0 && !noted)
                r = record(op, login, answer, &outcome);
        if (r != 0)
                return r;
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail_locked(op, login, login->key_wait_usec);
        if (outcome == BO_ERR_ADDRESS_NOT_APPROVED) {
                login_note_address(op, login, "");
                return login_refuse_address(login, NULL);
        }
        if (outcome != 0)
                return login_auth_failed(op, login, outcome);
        login->proof = login_proof_by_key(login);
        return login_end(login, 0);
}
