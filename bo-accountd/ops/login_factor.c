/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a login needs the second factor: by the service, or by a role of the user (R54). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/store/customer.h"

#include <string.h>

static bool any_role_demands(const struct settings *settings)
{
        for (size_t i = 0; i < settings->n_roles; i++)
                if (settings->roles[i].second_factor)
                        return true;
        return false;
}

/* In any customer: there is one factor, and one login for all of them. */
static int role_demands(struct op *op, const struct login *login, bool *ret_demands)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        size_t n = 0;
        int r;

        *ret_demands = false;
        if (!login->subject.known || !any_role_demands(op->settings))
                return 0;
        r = member_roles(op->store, login->subject.account.uid, &rows, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                const struct role *role = settings_role(op->settings, rows[i].role);

                *ret_demands |= role && rows[i].active && role->second_factor;
        }
        return r;
}

int login_factor(struct op *op, const struct login *login, enum service_factor *ret_factor)
{
        bool demanded = false;
        int r = role_demands(op, login, &demanded);

        if (r == 0)
                *ret_factor = service_factor_wanted(
                        login->service.otp, login->service.class,
                        login->subject.known && login->subject.account.otp_on, demanded);
        return r;
}

int login_demands_factor(struct op *op, const struct login *login, bool *ret_demands)
{
        bool demanded = false;
        int r = role_demands(op, login, &demanded);

        if (r == 0)
                *ret_demands =
                        service_demands_factor(login->service.otp, login->service.class, demanded);
        return r;
}

bool login_mistyped_code(const struct op *op, struct login *login, const struct secret *answer)
{
        struct recovery_code code;
        enum token_form form = recovery_parse(&code, answer->bytes, answer->size);

        explicit_bzero(&code, sizeof(code));
        if (!op->settings->recovery_codes || form != TOKEN_FORM_TYPO ||
            ++login->tries >= LOGIN_TRIES)
                return false;
        login_ask(login, LOGIN_VISIBLE, login->next, login->hashes,
                  "This recovery code has a typing error.\nOne-time code: ");
        return true;
}
