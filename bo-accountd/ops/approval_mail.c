/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is told of a request for an address: those who may answer it, and who asked (R67, R69). */
#include "bo-accountd/factor/link.h"
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/member.h"

#include <inttypes.h>
#include <string.h>

#define LOOKED_AT_MOST 1000 /* holders of a role; CustomerUsersMax= is as many by default */
#define MAILED_MOST    50   /* of one request: the list shows it to the others */

struct approvers {
        uint32_t uids[LOOKED_AT_MOST];
        size_t n;
};

static int note_approver(void *userdata, const struct account *account)
{
        struct approvers *approvers = userdata;

        for (size_t i = 0; i < approvers->n; i++)
                if (approvers->uids[i] == account->uid)
                        return 0; /* by another role as well */
        if (approvers->n < LOOKED_AT_MOST)
                approvers->uids[approvers->n++] = account->uid;
        return 0;
}

static int gather_role(struct tx *tx, const char *customer, const char *role,
                       struct approvers *approvers)
{
        char next[NAME_MAX_BYTES + 1] = "";
        struct account_filter filter = {
                .customer = customer, .role = role, .kind = -1, .after = next, .limit = 100};
        int r;

        do
                r = account_list(tx->store, &filter, note_approver, approvers, next);
        while (r == 0 && next[0] && approvers->n < LOOKED_AT_MOST);
        return r;
}

/* All holders of a role that may approve; whether each may here and now is asked for each. */
static int gather(struct op *op, struct tx *tx, const char *customer, struct approvers *approvers)
{
        int r = 0;

        approvers->n = 0;
        for (size_t i = 0; r == 0 && i < op->settings->n_roles; i++)
                if (role_grants(&op->settings->roles[i], "api.approve"))
                        r = gather_role(tx, customer, op->settings->roles[i].name, approvers);
        return r;
}

/* What every mail of a request says of it. */
struct told {
        char address[NETWORK_TEXT_SIZE], id[24], customer[INVITER_SIZE];
        char expires[64];
        struct account requester;
};

static int tell(struct tx *tx, const struct approval *approval, struct told *told,
                struct mail_fields *fields)
{
        struct customer customer;
        int r = customer_load(tx->store, approval->customer, &customer);

        if (r == 0)
                r = account_by_uid(tx->store, approval->requester_uid, &told->requester);
        if (r != 0)
                return r;
        network_text(told->address, &approval->network);
        snprintf(told->id, sizeof(told->id), "%" PRIu64, approval->id);
        invitation_inviter(told->customer, customer.id, customer.alias);
        link_expires_text(told->expires, sizeof(told->expires), approval->expires_usec);
        *fields = (struct mail_fields){
                .address = told->address,
                .approval = told->id,
                .customer = told->customer,
                .requester = told->requester.name,
        };
        return 0;
}

/* A token of his own for each: used by nobody else, dead with his password. */
static int mail_one(struct op *op, struct tx *tx, const struct approval *approval,
                    const struct account *owner, const struct mail_fields *told)
{
        char text[TOKEN_TEXT_SIZE], link[LINK_SIZE];
        struct mail_fields fields = *told;
        struct token_row row = {
                .purpose = TOKEN_APPROVAL,
                .uid = owner->uid,
                .issuer_uid = op->actor_uid,
                .expires_usec = approval->expires_usec,
                .approval = approval->id,
        };
        struct token token;
        int r;

        token_generate(&token, text);
        token_hash(row.hash, &token, op->keys);
        link_write(link, op->settings->link_template, text);
        fields.token = text;
        fields.link = *op->settings->link_template ? link : NULL;
        r = token_insert(tx, &row);
        if (r == 0)
                r = mail_queue(op, tx, owner, MAIL_APPROVAL_REQUESTED, &fields);
        explicit_bzero(&token, sizeof(token));
        explicit_bzero(text, sizeof(text));
        explicit_bzero(link, sizeof(link));
        return r;
}

/* The account of @uid if he may answer and a mail reaches him. */
static int reach(struct op *op, struct tx *tx, const struct approval *approval, uint32_t uid,
                 struct account *ret_account, bool *ret_reached)
{
        bool may = false;
        int r = approval_member_holds(op, tx, uid, approval->customer, "api.approve", &may);

        *ret_reached = false;
        if (r == 0 && may)
                r = account_by_uid(tx->store, uid, ret_account);
        if (r == 0 && may)
                *ret_reached = link_is_mailed(op, ret_account);
        return r;
}

int approval_mail_request(struct op *op, struct tx *tx, const struct approval *approval)
{
        struct approvers approvers;
        struct mail_fields fields;
        struct told told;
        unsigned mailed = 0;
        int r = op->settings->mail ? tell(tx, approval, &told, &fields) : 0;

        if (r != 0 || !op->settings->mail)
                return r;
        fields.expires = told.expires;
        fields.reason = approval->comment;
        r = gather(op, tx, approval->customer, &approvers);
        for (size_t i = 0; r == 0 && i < approvers.n && mailed < MAILED_MOST; i++) {
                struct account owner;
                bool reached = false;

                if (approvers.uids[i] == approval->requester_uid)
                        continue; /* never his own (R67) */
                r = reach(op, tx, approval, approvers.uids[i], &owner, &reached);
                if (r == 0 && reached)
                        r = mail_one(op, tx, approval, &owner, &fields);
                mailed += reached;
        }
        return r;
}

/* Of who decided, for the one paragraph of the template that is about it; as in the view, nobody of
 * another customer is named. */
static int name_decider(struct op *op, struct tx *tx, const struct approval *approval, char *name,
                        size_t size)
{
        bool revoked = approval->status == APPROVAL_REVOKED;
        uint32_t uid = revoked ? approval->revoked_uid : approval->decided_uid;
        struct membership membership;
        struct account account;
        int r = membership_find(op, uid, approval->customer, &membership);

        if (r == 0)
                r = account_by_uid(tx->store, uid, &account);
        if (r < 0)
                return r;
        snprintf(name, size, "%s", r == 0 ? account.name : "operator");
        return 0;
}

static void name_outcome(const struct approval *approval, const char *name, const char *expires,
                         struct mail_fields *fields)
{
        fields->reason = approval->reason;
        if (approval->status == APPROVAL_APPROVED)
                fields->approved = name;
        if (approval->status == APPROVAL_REJECTED)
                fields->rejected = name;
        if (approval->status == APPROVAL_REVOKED)
                fields->revoked = name;
        if (approval->status == APPROVAL_EXPIRED)
                fields->expires = expires;
}

static int mail_owners(struct op *op, struct tx *tx, const struct approval *approval,
                       const struct mail_fields *fields)
{
        struct approvers approvers;
        unsigned mailed = 0;
        int r = gather(op, tx, approval->customer, &approvers);

        for (size_t i = 0; r == 0 && i < approvers.n && mailed < MAILED_MOST; i++) {
                struct account owner;
                bool reached = false;
                uint32_t uid = approvers.uids[i];

                if (uid == op->actor_uid || uid == approval->requester_uid)
                        continue;
                r = reach(op, tx, approval, uid, &owner, &reached);
                if (r == 0 && reached)
                        r = mail_queue(op, tx, &owner, MAIL_APPROVAL_DECIDED, fields);
                mailed += reached;
        }
        return r;
}

/* To who asked, also when it was him, and to the owners but the one who did it; of one that ran
 * out to who asked alone: the owners had a mail. */
int approval_mail_outcome(struct op *op, struct tx *tx, const struct approval *approval)
{
        char name[NAME_MAX_BYTES + 1];
        struct mail_fields fields;
        struct told told;
        int r = op->settings->mail ? tell(tx, approval, &told, &fields) : 0;

        if (r != 0 || !op->settings->mail)
                return r;
        r = name_decider(op, tx, approval, name, sizeof(name));
        if (r != 0)
                return r;
        name_outcome(approval, name, told.expires, &fields);
        r = mail_queue(op, tx, &told.requester, MAIL_APPROVAL_DECIDED, &fields);
        if (r == 0 && approval->status != APPROVAL_EXPIRED)
                r = mail_owners(op, tx, approval, &fields);
        return r;
}
