/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would become of a login, and why: its phases one after the other, by the login's own
 * decisions. */
#include "bo-accountd/ops/caller.h"
#include "bo-accountd/ops/explain_private.h"
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>

DEFINE_CLEANUP(struct login *, login_free)

const char *explain_result_name(enum explain_result result)
{
        switch (result) {
        case EXPLAIN_NOTE:
                return "note";
        case EXPLAIN_ASK:
                return "ask";
        case EXPLAIN_OK:
                return "ok";
        case EXPLAIN_STOP:
                return "stop";
        }
        return "stop";
}

const char *explain_pam_name(int outcome)
{
        switch (outcome) {
        case 0:
                return "PAM_SUCCESS";
#define BO_ERROR(id, value, name, pam, text)                                                       \
        case value:                                                                                \
                return #pam;
#include "libbo/bo-errors.def"
#undef BO_ERROR
        default:
                return "PAM_SYSTEM_ERR";
        }
}

void explain_add(struct explain *explain, enum explain_result result, const char *step,
                 const char *rule, const char *setting, const char *format, ...)
{
        struct explain_step *added = &explain->steps[explain->n];
        char text[EXPLAIN_TEXT_SIZE];
        va_list arguments;

        if (explain->n == EXPLAIN_STEPS_MOST)
                return;
        *added = (struct explain_step){.step = step, .result = result, .rule = rule};
        snprintf(added->setting, sizeof(added->setting), "%s", setting);
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        text_clean(added->text, sizeof(added->text), text, false); /* it may be cut in a letter */
        explain->n++;
}

void explain_setting(char out[EXPLAIN_SETTING_SIZE], const struct login *login, const char *line)
{
        snprintf(out, EXPLAIN_SETTING_SIZE, "%.40s in [Service %.48s] of accountd.conf", line,
                 login->context.service);
}

static const char *class_text(enum service_class class)
{
        switch (class) {
        case SERVICE_INTERACTIVE:
                return "interactive: for people";
        case SERVICE_BATCH:
                return "batch: jobs, nobody is there to be asked";
        case SERVICE_API:
                return "api: for programs, and for people with their API key";
        }
        return "none that is known";
}

static void tell_service(struct explain *explain, const struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];

        explain_setting(setting, login, "Class=");
        explain_add(explain, EXPLAIN_NOTE, "service", "R34", setting, "%s is of class %s.",
                    login->context.service, class_text(login->service.class));
}

/* May who asks hold this login at all? */
static int explain_caller(struct op *op, struct explain *explain, struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];
        int r = login_caller_may(op, login);

        explain_setting(setting, login, "Callers=");
        if (r == BO_ERR_NOT_ALLOWED) {
                explain_add(explain, EXPLAIN_STOP, "caller", "R8", setting,
                            "Uid %u may hold no login of %s: neither root, nor named by Callers=, "
                            "nor the user himself at a service for people.",
                            explain->asker, login->context.service);
                return login_fail(login, r, "%s", bo_error_text(r));
        }
        if (r == 0 && explain->asker != 0)
                explain_add(explain, EXPLAIN_OK, "caller", "R8", setting,
                            "Uid %u may hold this login%s.", explain->asker,
                            actor_calls_for(op, login->context.service)
                                    ? ""
                                    : " of himself; what he says of where he comes from does not "
                                      "count");
        return r;
}

/* One phase, by a login that nobody answers. What it ends with is kept. */
static int run_phase(struct op *op, struct explain *explain, struct login_context *context,
                     int (*phase)(struct op *, struct explain *, struct login *))
{
        _cleanup_(login_freep) struct login *login = login_new(context);
        int r;

        if (!login)
                return -ENOMEM;
        login_read_service(op, login);
        if (explain->n == 0)
                tell_service(explain, login);
        r = context->phase == LOGIN_SESSION ? 0 : explain_caller(op, explain, login);
        if (r == 0 && login->outcome == 0)
                r = phase(op, explain, login);
        if (r != 0)
                return r;
        explain->outcome = login->outcome;
        text_clean(explain->shown, sizeof(explain->shown),
                   login->kind == LOGIN_ERROR ? login->text : "", true);
        context->proof = login->proof;
        return 0;
}

/* sshd asks bo nothing for an SSH key before account. */
static bool has_auth(const struct op *op, const struct explain *explain)
{
        return !explain->by_key ||
               settings_service(op->settings, explain->context.service).class == SERVICE_API;
}

static int explain_phases(struct op *op, struct explain *explain)
{
        struct login_context context = explain->context;
        bool interactive =
                settings_service(op->settings, context.service).class == SERVICE_INTERACTIVE;
        int r = 0;

        context.phase = LOGIN_AUTH;
        if (has_auth(op, explain)) {
                r = run_phase(op, explain, &context, explain_auth);
                context.has_login = context.proof.uid != 0;
        }
        context.phase = LOGIN_ACCOUNT;
        if (r == 0 && explain->outcome == 0)
                r = run_phase(op, explain, &context, explain_account);
        /* Who is no person there has no session that bo could refuse. */
        context.phase = LOGIN_SESSION;
        if (r == 0 && explain->outcome == 0 && explain->asker == 0 && interactive)
                r = run_phase(op, explain, &context, explain_session);
        return r;
}

int op_explain_login(struct op *op, struct explain *explain)
{
        int r = op_may_operate(op);
        /* In the name of who would ask; what it would tell is told to nobody. */
        struct op asked = {
                .settings = op->settings,
                .sources = op->sources,
                .keys = op->keys,
                .store = op->store,
                .boot = op->boot,
                .actor_uid = explain->asker,
                .clock_usec = op->clock_usec,
        };

        if (r == 0)
                r = explain_phases(&asked, explain);
        op_clear(&asked);
        return r;
}
