/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The gate of services that are reached from approved addresses alone (AddressRequired=, R70). */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/address.h"
#include "bo-accountd/ops/login_private.h"

#include <string.h>

void login_note_address(struct op *op, const struct login *login, const char *customer)
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
int login_refuse_address(struct login *login, const char *customer)
{
        const char *rhost = login->context.rhost;

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

int login_address_decide(struct op *op, const struct login *login, const struct account *account,
                         char ret_customer[CUSTOMER_ID_SIZE])
{
        char customer[CUSTOMER_ID_SIZE] = "";
        bool approved = false;
        int r;

        if (!login->service.address_required)
                return 0;
        r = acting_customer(op, account, customer);
        if (r == 0)
                r = address_is_approved(op, customer, login->context.rhost, &approved);
        if (r != 0)
                return r;
        memcpy(ret_customer, customer, sizeof(customer));
        return approved ? 0 : BO_ERR_ADDRESS_NOT_APPROVED;
}
