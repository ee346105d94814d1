/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: what would become of a login. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/explain.h"
#include "common/text.h"

#include <string.h>

static int method_take(struct request *request, struct explain *call, const char *method)
{
        call->by_key = strcmp(method, "key") == 0;
        if (call->by_key || strcmp(method, "password") == 0)
                return 0;
        return op_refuse(&request->op, BO_ERR_BAD_VALUE, "Method: password or key.");
}

static int explain_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct explain *call = userdata;
        const char *method = "password";
        char address[sizeof(call->context.rhost)];
        struct login_words words = {.rhost = "", .tty = "", .permission = ""};
        const struct option options[] = {
                {"Rhost", 's', &words.rhost},           {"Tty", 's', &words.tty},
                {"Permission", 's', &words.permission}, {"Method", 's', &method},
                {"Caller", 'u', &call->context.caller}, {"Asker", 'u', &call->asker},
        };
        int r = sd_bus_message_read(message, "ss", &words.user, &words.service);

        if (r >= 0)
                r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = method_take(request, call, method);
        if (r != 0)
                return r;
        /* A login takes any text there, and knows no address then; here it is a slip. */
        if (words.rhost[0] && !text_address(address, sizeof(address), words.rhost))
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "Rhost: a numeric address.");
        login_context_take(&call->context, &words);
        return 0;
}

static int explain_run(struct op *op, void *call)
{
        return op_explain_login(op, call);
}

static int explain_reply(void *userdata, sd_bus_message *reply)
{
        const struct explain *call = userdata;
        int r = sd_bus_message_append(reply, "sss",
                                      call->outcome ? bo_error_name(call->outcome) : "Success",
                                      explain_pam_name(call->outcome), call->shown);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct explain_step *step = &call->steps[i];

                r = sd_bus_message_append(reply, "a{sv}", 5, "Step", "s", step->step, "Result", "s",
                                          explain_result_name(step->result), "Text", "s",
                                          step->text, "Rule", "s", step->rule, "Setting", "s",
                                          step->setting);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const struct method methods[] = {
        {"ExplainLogin", QUEUE_OTHER, false, sizeof(struct explain), explain_parse, explain_run,
         explain_reply, NULL},
};

int manager_on_explain(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
