/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the kinds of mails. */
#include "common/mail_kind.h"

#include <errno.h>
#include <string.h>

static const char *const names[MAIL_KIND_COUNT] = {
        [MAIL_ACTIVATION] = "activation",
        [MAIL_INVITATION] = "invitation",
        [MAIL_RESET] = "reset",
        [MAIL_PASSWORD_EXPIRES] = "password-expires",
        [MAIL_PASSWORD_CHANGED] = "password-changed",
        [MAIL_LOCKED] = "locked",
        [MAIL_OTP_SET_UP] = "otp-set-up",
        [MAIL_OTP_RESET] = "otp-reset",
        [MAIL_EMAIL_CONFIRM] = "email-confirm",
        [MAIL_EMAIL_CHANGED] = "email-changed",
        [MAIL_API_KEY] = "api-key",
        [MAIL_APPROVAL_REQUESTED] = "approval-requested",
        [MAIL_APPROVAL_DECIDED] = "approval-decided",
};

const char *mail_kind_name(enum mail_kind kind)
{
        return kind < MAIL_KIND_COUNT ? names[kind] : NULL;
}

int mail_kind_find(const char *name, enum mail_kind *ret_kind)
{
        for (unsigned kind = 0; kind < MAIL_KIND_COUNT; kind++)
                if (strcmp(names[kind], name) == 0) {
                        *ret_kind = (enum mail_kind)kind;
                        return 0;
                }
        return -EINVAL;
}
