/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would become of a login, and why. */
#include <errno.h>

#include "libbo/internal.h"
#include "libbo/record.h"

static const struct field fields[] = {
        {"Step", FIELD_STRING, offsetof(struct bo_explained_step, step), 0},
        {"Result", FIELD_STRING, offsetof(struct bo_explained_step, result), 0},
        {"Text", FIELD_STRING, offsetof(struct bo_explained_step, text), 0},
        {"Rule", FIELD_STRING, offsetof(struct bo_explained_step, rule), 0},
        {"Setting", FIELD_STRING, offsetof(struct bo_explained_step, setting), 0},
};

static const struct record step_record = {fields, ELEMENTS(fields),
                                          sizeof(struct bo_explained_step)};

struct bo_explanation *bo_explanation_free(struct bo_explanation *explanation)
{
        if (!explanation)
                return NULL;
        records_free(&step_record, explanation->steps, explanation->n_steps);
        free(explanation->outcome);
        free(explanation->pam);
        free(explanation->shown);
        free(explanation);
        return NULL;
}

DEFINE_CLEANUP(struct bo_explanation *, bo_explanation_free)

static int steps_read(sd_bus_message *reply, struct bo_explanation *explanation)
{
        void *steps = NULL;
        int r = records_read(reply, &step_record, &steps, &explanation->n_steps);

        explanation->steps = steps;
        return r < 0 ? r : 0;
}

/* Nothing is written unless all of the answer is there. */
static int answer_read(sd_bus_message *reply, struct bo_explanation **ret_explanation)
{
        _cleanup_(bo_explanation_freep) struct bo_explanation *explanation =
                calloc(1, sizeof(*explanation));
        const char *outcome, *pam, *shown;
        int r = explanation ? sd_bus_message_read(reply, "sss", &outcome, &pam, &shown) : -ENOMEM;

        if (r <= 0)
                return r == -ENOMEM ? r : call_malformed(r);
        explanation->outcome = text_cleaned(outcome);
        explanation->pam = text_cleaned(pam);
        explanation->shown = text_cleaned(shown);
        if (!explanation->outcome || !explanation->pam || !explanation->shown)
                return -ENOMEM;
        r = steps_read(reply, explanation);
        if (r == 0)
                *ret_explanation = TAKE_PTR(explanation);
        return r;
}

int bo_explain_login(bo *client, const char *user, const char *service,
                     const struct bo_login_place *place, struct bo_explanation **ret_explanation)
{
        static const struct bo_login_place nowhere;
        const struct bo_login_place *given = place ? place : &nowhere;
        const struct text_option options[] = {
                {"Rhost", given->rhost},
                {"Tty", given->tty},
                {"Permission", given->permission},
                {"Method", given->method},
        };
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ExplainLogin", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "ss", user, service);
        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : answer_read(reply, ret_explanation);
}
