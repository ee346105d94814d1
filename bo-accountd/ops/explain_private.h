/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the phases of an explanation share. */
#pragma once

#include "bo-accountd/ops/explain.h"
#include "bo-accountd/ops/login_private.h"

/* Adds a step that @format tells. @setting as in struct explain_step. */
void explain_add(struct explain *explain, enum explain_result result, const char *step,
                 const char *rule, const char *setting, const char *format, ...)
        __attribute__((format(printf, 6, 7)));

/* "Otp=append in [Service sshd] of accountd.conf". */
void explain_setting(char out[EXPLAIN_SETTING_SIZE], const struct login *login, const char *line);

/* Each leaves the end of the phase in @login, as the phase itself does. */
int explain_auth(struct op *op, struct explain *explain, struct login *login);
int explain_account(struct op *op, struct explain *explain, struct login *login);
int explain_session(struct op *op, struct explain *explain, struct login *login);

/* The gate behind auth and account, if they end well so far. */
int explain_gate(struct op *op, struct explain *explain, struct login *login);

/* Why he is barred, for the operator. */
void explain_bar(const struct op *op, struct explain *explain, const struct login *login,
                 int outcome);
