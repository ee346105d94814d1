/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The token that is mailed to one who may answer, and the one that the requester gets (R67, R69).
 */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/source.h"
#include "bo-accountd/ops/token_find.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int approval_of_token(struct tx *tx, const struct account *account, const struct token_row *row,
                      struct approval *ret_approval)
{
        bool in_time = false;
        int r;

        if (row->purpose != TOKEN_APPROVAL || row->uid != account->uid || row->used_usec != 0 ||
            row->credential_epoch != account->credential_epoch)
                return BO_ERR_WRONG_CREDENTIALS;
        r = token_in_time(tx, row, &in_time);
        if (r == 0)
                r = approval_load(tx, row->approval, ret_approval);
        if (r < 0)
                return r;
        return r == 0 && in_time && ret_approval->status == APPROVAL_PENDING
                       ? 0
                       : BO_ERR_WRONG_CREDENTIALS;
}

/* A good token in the wrong hands was stolen, or lent. It is not used up by it. */
static int note_misuse(struct op *op, const unsigned char hash[KEYED_HASH_BYTES])
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct approval approval;
        struct token_row row;
        char detail[24];
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = token_load(tx.store, hash, &row);
        if (r == BO_ERR_WRONG_CREDENTIALS ||
            (r == 0 && (row.purpose != TOKEN_APPROVAL || row.uid == op->actor_uid)))
                return 0; /* there is none, or it is his own and has ended */
        if (r == 0)
                r = approval_load(&tx, row.approval, &approval);
        if (r == 0)
                r = approval_record(op, &tx, "address-refused", &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        snprintf(detail, sizeof(detail), "%u", op->actor_uid);
        op_note(op, LOG_WARNING,
                &(struct log_event){.event = "address-refused",
                                    .customer = approval.customer,
                                    .detail = detail},
                "uid %u used a token by which uid %u may answer request %" PRIu64 ".",
                op->actor_uid, row.uid, approval.id);
        op_keep_told(op); /* what comes is a refusal */
        return 0;
}

static int authorise_answer(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? authorise(op, &tx, ACCESS_READ_SHARED, NULL, NULL) : r;
}

static int answer_token(struct op *op, struct approval_answer *call)
{
        unsigned char hash[KEYED_HASH_BYTES];
        struct approval approval;
        struct token_row row;
        struct token token;
        enum token_form form = link_parse(&token, op->settings->link_template, call->token->bytes,
                                          call->token->size);
        int noted, r = 0;

        if (form == TOKEN_FORM_TYPO)
                r = op_refuse(op, BO_ERR_BAD_VALUE, "This token has a typing error.");
        if (r == 0 && form != TOKEN_FORM_GOOD)
                r = op_refuse(op, BO_ERR_WRONG_CREDENTIALS, "This token is not good.");
        if (r != 0)
                return r;
        r = token_find(op, &token, hash, &row);
        explicit_bzero(&token, sizeof(token));
        if (r < 0)
                return r;
        r = approval_answer_by_token(op, hash, call->yes, call->reason, &approval);
        if (r == BO_ERR_WRONG_CREDENTIALS || r == BO_ERR_NO_SUCH_USER) {
                noted = note_misuse(op, hash);
                return noted < 0 ? noted
                                 : op_refuse(op, BO_ERR_WRONG_CREDENTIALS,
                                             "This token is not good: it was used, has ended, or "
                                             "was sent to somebody else.");
        }
        if (r == 0)
                call->id = approval.id;
        return r;
}

/* Each token that is not good may leave a line behind: who tries them one after the other is turned
 * away as at a login, by his uid. */
int op_approval_answer(struct op *op, struct approval_answer *call)
{
        const struct source_facts facts = {
                .rhost = "", .service = "approval", .tty = "", .uid = op->actor_uid};
        struct source source;
        int r = authorise_answer(op);

        source_of(&source, op, &facts);
        if (r == 0)
                r = source_take(op, &source);
        if (r != 0)
                return r;
        r = answer_token(op, call);
        source_settle(op, &source,
                      r == BO_ERR_WRONG_CREDENTIALS ? SOURCE_END_FAILURE : SOURCE_END_NOTHING);
        return r;
}

static int insert_key(struct op *op, struct tx *tx, uint64_t id, struct secret **ret_token)
{
        char prefix[API_KEY_PREFIX_SIZE];
        struct account account;
        int r = account_by_uid(tx->store, op->actor_uid, &account);

        return r == 0 ? key_insert_new(op, tx, &account, (int64_t)id, ret_token, prefix) : r;
}

int op_approval_take(struct op *op, uint64_t id, struct secret **ret_token)
{
        _cleanup_(secret_freep) struct secret *token = NULL;
        _cleanup_(tx_end) struct tx tx = {0};
        char address[NETWORK_TEXT_SIZE];
        struct approval approval;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = approval_authorise(op, &tx, APPROVAL_TAKE, id, &approval);
        if (r == 0)
                r = approval_take(&tx, id);
        if (r == 0)
                r = insert_key(op, &tx, id, &token);
        if (r == 0)
                r = approval_record(op, &tx, "address-token-taken", &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        network_text(address, &approval.network);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "address-token-taken",
                                    .customer = approval.customer,
                                    .detail = address},
                "The token of request %" PRIu64 " of %s was shown to who asked.", id,
                approval.customer);
        *ret_token = TAKE_PTR(token);
        return 0;
}
