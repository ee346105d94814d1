/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The person who is invited says yes or no (R48, R49). */
#include "bo-accountd/ops/invitation.h"
#include "bo-accountd/store/location.h"

#include <string.h>

/* Those of which the time has passed are left out, by the latest that the clock has shown. */
static int keep_in_time(struct tx *tx, struct invitation *rows, size_t *n)
{
        size_t kept = 0;

        for (size_t i = 0; i < *n; i++) {
                struct token_row token;
                bool in_time = false;
                int r = token_load(tx->store, rows[i].token, &token);

                if (r == 0)
                        r = token_in_time(tx, &token, &in_time);
                if (r != 0)
                        return r;
                if (in_time)
                        rows[kept++] = rows[i];
        }
        *n = kept;
        return 0;
}

int invitation_offers(struct tx *tx, const struct account *account, uint32_t after,
                      struct invitation **ret_rows, size_t *ret_n)
{
        _cleanup_(freep) struct invitation *rows = NULL;
        size_t n = 0;
        int r = invitation_list(tx, account, after, INVITATIONS_MOST, &rows, &n);

        if (r == 0)
                r = keep_in_time(tx, rows, &n);
        if (r != 0)
                return r;
        *ret_rows = TAKE_PTR(rows);
        *ret_n = n;
        return 0;
}

int member_may_join(struct op *op, struct tx *tx, const struct account *account)
{
        _cleanup_(freep) struct member_location *rows = NULL;
        size_t n = 0;
        int r = member_locations(tx->store, account->uid, &rows, &n);

        if (r == 0 && n > 0)
                r = op_refuse(op, BO_ERR_NEVER_RESTRICTED,
                              "%s is restricted to locations at %s. A member of several customers "
                              "cannot be: "
                              "an administrator there has to lift that first.",
                              account->name, rows[0].customer);
        return r;
}

/* R33: neither restricted where he is, nor where he is invited to. */
static int check_restriction(struct op *op, struct tx *tx, uint32_t uid,
                             const struct account *account, const char *customer)
{
        bool restricted = false;
        uint32_t others = 0;
        int r = member_may_join(op, tx, account);

        if (r == 0)
                r = member_count(tx->store, account->uid, &others);
        if (r == 0 && others > 0)
                r = member_is_restricted(tx->store, uid, customer, &restricted);
        if (r == 0 && restricted)
                r = op_refuse(op, BO_ERR_NEVER_RESTRICTED,
                              "You would be restricted to locations at %s. A member of several "
                              "customers cannot be: ask the administrator there to lift that.",
                              customer);
        return r;
}

static int record(struct tx *tx, const char *event, uint32_t actor, uint32_t subject,
                  const char *customer, uint32_t invitation)
{
        char detail[48];
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = actor,
                .subject_uid = subject,
                .customer = customer,
                .detail = detail,
        };

        snprintf(detail, sizeof(detail), "invitation=%u", invitation);
        return audit_append(tx, &entry);
}

int invitation_join(struct op *op, struct tx *tx, uint32_t uid, const struct account *account,
                    char ret_customer[CUSTOMER_ID_SIZE])
{
        int r = invitation_customer(tx->store, uid, ret_customer);

        if (r == 0)
                r = check_restriction(op, tx, uid, account, ret_customer);
        if (r == 0)
                r = invitation_accept(tx, uid, account, ret_customer);
        if (r == 0)
                r = record(tx, "invitation-accepted", account->uid, account->uid, ret_customer,
                           uid);
        if (r == 0)
                r = record(tx, "invitation-closed", account->uid, uid, ret_customer, uid);
        if (r == 0)
                op_signal(op, OP_USER_CHANGED, NULL)->uid = uid; /* NoSuchUser from now on */
        return r;
}

void invitation_joined(struct op *op, const struct account *account, const char *customer)
{
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "invitation-accepted",
                                    .user = account->name,
                                    .customer = customer},
                "%s accepted the invitation of %s.", account->name, customer);
}

static int find(struct tx *tx, const struct account *account, const char *customer,
                uint32_t *ret_uid)
{
        _cleanup_(freep) struct invitation *rows = NULL;
        size_t n = INVITATIONS_MOST;
        uint32_t after = 0;
        int r = 0;

        while (r == 0 && n > 0) {
                rows = (free(rows), NULL);
                r = invitation_offers(tx, account, after, &rows, &n);
                for (size_t i = 0; r == 0 && i < n; i++) {
                        after = *ret_uid = rows[i].uid;
                        if (strcmp(rows[i].customer, customer) == 0)
                                return 0;
                }
        }
        return r == 0 ? BO_ERR_NO_SUCH_INVITATION : r;
}

int op_invitation_accept(struct op *op, uint32_t uid, const char *customer)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char joined[CUSTOMER_ID_SIZE];
        struct account account;
        uint32_t invitation = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, uid, NULL, &account);
        if (r == 0)
                r = find(&tx, &account, customer, &invitation);
        if (r == 0)
                r = invitation_join(op, &tx, invitation, &account, joined);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                invitation_joined(op, &account, joined);
        return r;
}

/* Its links are dead and that is all: whoever invited him sees one that is not accepted. */
int op_invitation_decline(struct op *op, uint32_t uid, const char *customer)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        uint32_t invitation = 0;
        unsigned ended;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, uid, NULL, &account);
        if (r == 0)
                r = find(&tx, &account, customer, &invitation);
        if (r == 0)
                r = token_end_all(&tx, invitation, &ended);
        if (r == 0)
                r = record(&tx, "invitation-declined", uid, uid, NULL, invitation);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_INFO,
                &(struct log_event){
                        .event = "invitation-declined", .user = account.name, .customer = customer},
                "%s declined the invitation of %s.", account.name, customer);
        return 0;
}
