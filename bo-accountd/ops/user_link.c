/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation and reset tokens made by administrators (R24, R35 to R37). */
#include "bo-accountd/factor/token.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/token.h"

#include <string.h>

int link_issue(struct op *op, struct tx *tx, const struct account *account,
               char link[TOKEN_LINK_SIZE])
{
        bool activation = account->activated_usec == 0;
        char text[TOKEN_TEXT_SIZE];
        struct token_row row = {
                .purpose = activation ? TOKEN_ACTIVATION : TOKEN_RESET,
                .uid = account->uid,
                .by_admin = true,
                .issuer_uid = op->actor_uid,
                .expires_usec = tx->now_usec + (activation ? op->settings->activation_usec
                                                           : op->settings->reset_usec),
        };
        struct token token;
        int r;

        token_generate(&token, text);
        token_hash(row.hash, &token, op->keys);
        r = token_insert(tx, &row);
        if (r == 0)
                snprintf(link, TOKEN_LINK_SIZE, "%s", text);
        explicit_bzero(&token, sizeof(token));
        explicit_bzero(text, sizeof(text));
        return r;
}

int op_user_issue_reset(struct op *op, uint32_t uid, char link[TOKEN_LINK_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        struct audit_entry entry = {
                .event = "reset-issued",
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
        };
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER_IDENTITY, uid, NULL, &account);
        if (r == 0 && account.is_api)
                r = op_refuse(op, BO_ERR_WRONG_STATE,
                              "%s is an API user: its password is set with `boctl user password`.",
                              account.name);
        if (r == 0)
                r = link_issue(op, &tx, &account, link);
        if (r == 0 && account.activated_usec == 0)
                entry.event = "activation-issued";
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = entry.event, .user = account.name},
                        "A token for %s was issued by uid %u.", account.name, op->actor_uid);
        return r;
}
