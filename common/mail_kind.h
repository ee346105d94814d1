/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of mails: what bo-accountd queues and bo-maild has a template for. */
#pragma once

enum mail_kind {
        MAIL_ACTIVATION,       /* link */
        MAIL_INVITATION,       /* link; of an existing user into another customer */
        MAIL_RESET,            /* link */
        MAIL_PASSWORD_EXPIRES, /* days */
        MAIL_PASSWORD_CHANGED,
        MAIL_LOCKED, /* minutes */
        MAIL_OTP_SET_UP,
        MAIL_OTP_RESET,          /* reason */
        MAIL_EMAIL_CONFIRM,      /* token; to a new address, which it is to prove */
        MAIL_EMAIL_CHANGED,      /* to the old address and to the new one: address */
        MAIL_API_KEY,            /* one was made */
        MAIL_APPROVAL_REQUESTED, /* token; to each who may answer a request for an address */
        MAIL_APPROVAL_DECIDED,   /* what became of it */
        MAIL_KIND_COUNT,
};

/* As in the outbox and in the names of the templates; NULL for a number that is no kind. */
const char *mail_kind_name(enum mail_kind kind);

/* -EINVAL: there is no such kind. */
int mail_kind_find(const char *name, enum mail_kind *ret_kind);
