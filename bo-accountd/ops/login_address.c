/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The gate of services that are reached from approved addresses alone (AddressRequired=, R70). */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/address.h"
#include "bo-accountd/ops/login_private.h"

static void note(struct op *op, const struct login *login, const char *customer)
{
        const struct login_context *context = &login->context;

        login_signal_refused(op, login, BO_ERR_ADDRESS_NOT_APPROVED);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "address-not-approved",
                                    .user = login->subject.account.name,
                                    .service = context->service,
                                    .rhost = context->rhost,
                                    .customer = customer},
                "%s may not use %s from %s: no approved address of %s.",
                login->subject.account.name, context->service,
                context->rhost[0] ? context->rhost : "an address that is not known",
                customer[0] ? customer : "his");
}

/* He has proven who he is, so he may be told what he lacks. */
int login_refuse_address(struct op *op, struct login *login, const char *customer)
{
        const char *rhost = login->context.rhost;

        note(op, login, customer ? customer : "");
        if (!customer)
                return login_fail(login, BO_ERR_ADDRESS_NOT_APPROVED,
                                  "This token works only from the address that was approved for "
                                  "it, while you act for the customer that approved it.");
        if (!customer[0])
                return login_fail(login, BO_ERR_ADDRESS_NOT_APPROVED,
                                  "This works only from an approved address of a customer, and you "
                                  "act for none.");
        return login_fail(login, BO_ERR_ADDRESS_NOT_APPROVED,
                          "This works only from an address that %s has approved; %s is none.",
                          customer, rhost[0] ? rhost : "what is not known");
}

static int look(struct op *op, const struct login *login, char customer[CUSTOMER_ID_SIZE],
                bool *ret_approved)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = account_by_uid(tx.store, login->subject.account.uid, &account);
        if (r == 0)
                r = acting_customer(op, &account, customer);
        return r == 0 ? address_is_approved(op, customer, login->context.rhost, ret_approved) : r;
}

int login_demand_address(struct op *op, struct login *login)
{
        char customer[CUSTOMER_ID_SIZE] = "";
        bool approved = false;
        int r = login->service.address_required ? look(op, login, customer, &approved) : 0;

        if (r != 0 || !login->service.address_required || approved)
                return r;
        return login_refuse_address(op, login, customer);
}
