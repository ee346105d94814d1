/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Account types, from account-types.conf: what a customer of each may do and must tell (R79, R80,
 * R83). */
#include "bo-accountd/policy/name.h"
#include "bo-accountd/settings_file.h"
#include "common/conf_named.h"

#include <errno.h>
#include <string.h>

const struct account_type *settings_account_type(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_account_types; i++)
                if (strcmp(settings->account_types[i].name, name) == 0)
                        return &settings->account_types[i];
        return NULL;
}

bool account_type_offers(const struct account_type *type, const char *subscription)
{
        for (size_t i = 0; i < type->n_subscriptions; i++)
                if (strcmp(type->subscriptions[i], subscription) == 0)
                        return true;
        return false;
}

static bool type_exists(void *settings, const char *name)
{
        return settings_account_type(settings, name);
}

static void *type_add(void *userdata, const char *name)
{
        struct settings *settings = userdata;
        struct account_type *type,
                *types = reallocarray(settings->account_types, settings->n_account_types + 1,
                                      sizeof(*types));

        if (!types)
                return NULL;
        settings->account_types = types;
        type = &types[settings->n_account_types++];
        *type = (struct account_type){.name = strdup(name), .description = strdup("")};
        return type->name && type->description ? type : NULL;
}

/* A list while its words are taken. */
struct words_draft {
        struct account_type *type;
        const struct conf_line *line;
        struct conf_report *report;
        uint32_t *fields;
};

static int subscription_take(void *userdata, const char *word)
{
        struct words_draft *draft = userdata;
        struct account_type *type = draft->type;

        if (account_type_offers(type, word))
                return 0;
        if (name_is_customer_id(word))
                return conf_list_add(&type->subscriptions, &type->n_subscriptions, word);
        conf_complain(draft->report, draft->line->file, draft->line->number,
                      "'%s' is no name of a subscription; it takes 1 to 32 of a-z, 0-9 and '-', a "
                      "letter first",
                      word);
        return 0;
}

static int subscriptions_take(void *type, const struct conf_line *line, struct conf_report *report)
{
        struct words_draft draft = {type, line, report, NULL};

        return conf_words(line->value, subscription_take, &draft);
}

static int field_take(void *userdata, const char *word)
{
        struct words_draft *draft = userdata;
        enum profile_field field = profile_find(word);
        struct conf_nearest nearest = {.word = word};

        if (field >= PROFILE_BILLING_FIRST && field < PROFILE_FIELDS) {
                *draft->fields |= PROFILE_BIT(field);
                return 0;
        }
        for (field = PROFILE_BILLING_FIRST; field < PROFILE_FIELDS; field++)
                conf_nearest_offer(&nearest, profile_name(field));
        conf_complain(draft->report, draft->line->file, draft->line->number,
                      "'%s' is no billing field; %s%s", word,
                      nearest.best ? "did you mean " : "account-types.conf(5) lists them",
                      nearest.best ? nearest.best : "");
        return 0;
}

static int required_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;
        struct words_draft draft = {type, line, report, &type->billing.required};

        return conf_words(line->value, field_take, &draft);
}

static int required_if_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;
        struct words_draft draft = {type, line, report, &type->billing.required_if_separately};

        return conf_words(line->value, field_take, &draft);
}

static int description_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;

        (void)report; /* any text will do */
        return conf_text(line, &type->description);
}

static int secondaries_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;

        return conf_yes_no(line, &type->secondaries, report);
}

static int change_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;

        return conf_yes_no(line, &type->subscription_change, report);
}

static int billed_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct account_type *type = thing;

        for (enum billed billed = BILLED_TOGETHER; billed <= BILLED_BY_CHOICE; billed++)
                if (strcmp(billed_word(billed), line->value) == 0) {
                        type->billing.billed = billed;
                        return 0;
                }
        conf_complain(report, line->file, line->number,
                      "%s=%s is not valid; it takes yes, no or choice", line->key, line->value);
        return 0;
}

int account_types_read(struct settings *settings, const char *directory, struct conf_report *report)
{
        static const struct conf_key keys[] = {
                {"Description", description_take},
                {"RequiredBilling", required_take},
                {"RequiredWhenSeparatelyBilled", required_if_take},
                {"Secondaries", secondaries_take},
                {"SeparatelyBilled", billed_take},
                {"SubscriptionChange", change_take},
                {"Subscriptions", subscriptions_take},
        };
        static const struct conf_kind kinds[] = {
                {"AccountType", keys, ELEMENTS(keys), name_is_customer_id,
                 "1 to 32 of a-z, 0-9 and '-', a letter first", type_exists, type_add},
        };
        struct conf_named named = {
                .kinds = kinds,
                .n_kinds = ELEMENTS(kinds),
                .report = report,
                .userdata = settings,
        };

        return conf_named_read(&named, directory, "account-types.conf");
}

void account_types_free(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_account_types; i++) {
                struct account_type *type = &settings->account_types[i];

                conf_list_free(type->subscriptions, type->n_subscriptions);
                free((char *)type->name);
                free((char *)type->description);
        }
        free(settings->account_types);
}
