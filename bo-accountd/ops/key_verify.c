/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key that a program was shown by its own client: whose it is, and what he may do (R70, R76). It
 * is the two phases of a login, so that no rule of theirs can be missed here. */
#include "bo-accountd/ops/key_verify.h"

#include "bo-accountd/ops/caller.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/login.h"
#include "bo-accountd/ops/permission.h"

#include <errno.h>
#include <string.h>

#define NOBODY "?" /* no name; what a key of nobody is tried for */

DEFINE_CLEANUP(struct login *, login_free)

static int admit(struct op *op, const struct key_verify *call)
{
        if (!actor_calls_for(op, call->service))
                return op_refuse(op, BO_ERR_NOT_ALLOWED,
                                 "Callers= in [Service %s] of accountd.conf does not name you.",
                                 call->service);
        if (settings_service(op->settings, call->service).class == SERVICE_API)
                return 0;
        return op_refuse(op, BO_ERR_WRONG_SERVICE,
                         "%s is no service for programs; Class=api in [Service %s] makes it one.",
                         call->service, call->service);
}

/* Whom it is to be tried for: keys have no user name beside them. */
static int find_owner(struct op *op, struct key_verify *call, char user[NAME_MAX_BYTES + 1])
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct api_key_row row;
        struct account account;
        int r = op_begin_read(op, &tx);

        strcpy(user, NOBODY);
        if (r == 0)
                r = key_find(op, call->key, &row);
        if (r == 0)
                r = account_by_uid(tx.store, row.uid, &account);
        if (r == BO_ERR_WRONG_CREDENTIALS || r == BO_ERR_NO_SUCH_USER)
                return 0;
        if (r != 0)
                return r;
        strcpy(user, account.name);
        strcpy(call->prefix, row.prefix);
        return 0;
}

/* What has not the length of a key would be hashed as a password. */
static struct secret *answer_of(const struct key_verify *call)
{
        static const char nothing[API_KEY_TEXT_SIZE] =
                "00000000000000000000000000000000000000000000000000";
        bool sized = call->key->size == API_KEY_CHARACTERS;

        return secret_copy(sized ? call->key->bytes : nothing, API_KEY_CHARACTERS);
}

static int answer(struct op *op, const struct key_verify *call, struct login *login)
{
        _cleanup_(secret_freep) struct secret *key = answer_of(call);

        return key ? login_step(op, login, key) : -ENOMEM;
}

/* 0 and its end in @outcome and @text, or no answer. */
static int run_phase(struct op *op, const struct key_verify *call, struct login_context *context,
                     int *ret_outcome, char text[OP_MESSAGE_SIZE])
{
        _cleanup_(login_freep) struct login *login = login_new(context);
        int r = login ? login_begin(op, login) : -ENOMEM;

        if (r == 0 && login_kind(login) == LOGIN_SECRET)
                r = answer(op, call, login);
        if (r != 0)
                return r;
        /* A question is none that a key can answer. */
        *ret_outcome = login_kind(login) == LOGIN_SECRET || login_kind(login) == LOGIN_VISIBLE
                               ? BO_ERR_WRONG_CREDENTIALS
                               : login_outcome(login);
        snprintf(text, OP_MESSAGE_SIZE, "%s",
                 login_kind(login) == LOGIN_ERROR ? login_text(login) : "");
        context->proof = *login_proof(login);
        return 0;
}

/* A key of nobody is locked by nothing that was typed elsewhere. */
static int refuse(struct op *op, const struct key_verify *call, int outcome, const char *text)
{
        bool nobodys = outcome == BO_ERR_LOCKED_ATTEMPTS && !call->prefix[0];

        op_keep_told(op);
        if (outcome == BO_ERR_WRONG_CREDENTIALS || outcome == BO_ERR_NO_SUCH_USER || nobodys)
                return op_refuse(op, BO_ERR_WRONG_CREDENTIALS, "This is no key that is good here.");
        return op_refuse(op, outcome, "%s", text[0] ? text : bo_error_text(outcome));
}

static int let_in(struct op *op, const struct key_verify *call, struct login_context *context)
{
        char text[OP_MESSAGE_SIZE] = "";
        int outcome = 0, r = run_phase(op, call, context, &outcome, text);

        context->phase = LOGIN_ACCOUNT;
        if (r == 0 && outcome == 0)
                r = run_phase(op, call, context, &outcome, text);
        return r == 0 && outcome != 0 ? refuse(op, call, outcome, text) : r;
}

static int describe(struct op *op, struct key_verify *call)
{
        const struct permission_query query = {
                .account = &call->account,
                .customer = "",
                .location = "",
                .service = call->service,
                .rhost = call->rhost,
                .tty = "",
                .remote = call->rhost[0] != '\0',
        };
        const char *customer = call->holding.customer;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = account_by_name(tx.store, call->account.name, &call->account);
        if (r == 0)
                r = permission_holding(op, &tx, &query, &call->holding);
        return r == 0 && customer[0] ? customer_load(op->store, customer, &call->customer) : r;
}

int op_key_verify(struct op *op, struct key_verify *call)
{
        struct login_context context = {.phase = LOGIN_AUTH, .silent = true};
        int r = admit(op, call);

        if (r == 0)
                r = find_owner(op, call, context.user);
        if (r != 0)
                return r;
        snprintf(context.service, sizeof(context.service), "%s", call->service);
        snprintf(context.permission, sizeof(context.permission), "%s%s",
                 strlen(call->permission) >= PERMISSION_NAME_SIZE ? "?" : "", call->permission);
        memcpy(context.rhost, call->rhost, sizeof(context.rhost));
        context.remote = call->rhost[0] != '\0';
        r = let_in(op, call, &context);
        if (r != 0)
                return r;
        strcpy(call->account.name, context.user);
        return describe(op, call);
}

void key_verify_clear(struct key_verify *call)
{
        secret_free(call->key);
        holding_clear(&call->holding);
}
