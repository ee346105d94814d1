/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sections [Service NAME]: what a PAM service is and how it asks for the code (R8, R57). */
#include "bo-accountd/settings_file.h"

#include "bo-accountd/policy/caller.h"
#include "bo-accountd/policy/permission.h"
#include "bo-accountd/policy/terminal.h"
#include "common/conf_value.h"

#include <errno.h>
#include <string.h>

static const char *const class_names[] = {
        [SERVICE_INTERACTIVE] = "interactive",
        [SERVICE_BATCH] = "batch",
        [SERVICE_API] = "api",
};

static const char *const otp_names[] = {
        [SERVICE_OTP_PROMPT] = "prompt",
        [SERVICE_OTP_APPEND] = "append",
        [SERVICE_OTP_OFF] = "off",
        [SERVICE_OTP_REQUIRE] = "require",
};

/* The keys of a section, in the order of service_origins. */
enum service_key {
        SERVICE_KEY_CLASS,
        SERVICE_KEY_OTP,
        SERVICE_KEY_OFFER,
        SERVICE_KEY_TERMINAL,
        SERVICE_KEY_PERMISSION,
        SERVICE_KEY_CALLERS,
        SERVICE_KEY_ADDRESS,
        SERVICE_KEY_NONE,
};

static const char *const key_names[] = {"Class",      "Otp",     "PasswordOffer",  "Terminal",
                                        "Permission", "Callers", "AddressRequired"};

_Static_assert(SERVICE_KEY_NONE == SERVICE_KEYS && ELEMENTS(key_names) == SERVICE_KEYS,
               "each key has its place");

const char *settings_service_key(size_t key)
{
        return key_names[key];
}

const char *settings_service_text(const struct service_settings *service, size_t key)
{
        const char *text = "";

        switch ((enum service_key)key) {
        case SERVICE_KEY_CLASS:
                return class_names[service->class];
        case SERVICE_KEY_OTP:
                return otp_names[service->otp];
        case SERVICE_KEY_OFFER:
                return service->offer ? "yes" : "no";
        case SERVICE_KEY_ADDRESS:
                return service->address_required ? "yes" : "no";
        case SERVICE_KEY_TERMINAL:
                text = service->terminal;
                break;
        case SERVICE_KEY_PERMISSION:
                text = service->permission;
                break;
        case SERVICE_KEY_CALLERS:
                text = service->callers;
                break;
        case SERVICE_KEY_NONE:
                break;
        }
        return text ? text : "";
}

static const struct service_settings built_in[] = {
        {.name = "atd", .class = SERVICE_BATCH, .otp = SERVICE_OTP_OFF},
        {.name = "cron", .class = SERVICE_BATCH, .otp = SERVICE_OTP_OFF},
        {.name = "crond", .class = SERVICE_BATCH, .otp = SERVICE_OTP_OFF},
        {.name = "systemd-user", .class = SERVICE_BATCH, .otp = SERVICE_OTP_OFF},
        /* Asked many times a day by somebody who has logged in already. */
        {.name = "sudo", .class = SERVICE_INTERACTIVE, .otp = SERVICE_OTP_PROMPT},
        {.name = "sudo-i", .class = SERVICE_INTERACTIVE, .otp = SERVICE_OTP_PROMPT},
        {.name = "su", .class = SERVICE_INTERACTIVE, .otp = SERVICE_OTP_PROMPT},
        {.name = "su-l", .class = SERVICE_INTERACTIVE, .otp = SERVICE_OTP_PROMPT},
        {.name = "polkit-1", .class = SERVICE_INTERACTIVE, .otp = SERVICE_OTP_PROMPT},
};

static struct service_settings service_default(const char *name)
{
        for (size_t i = 0; i < ELEMENTS(built_in); i++)
                if (strcmp(built_in[i].name, name) == 0)
                        return built_in[i];
        return (struct service_settings){.name = name,
                                         .class = SERVICE_INTERACTIVE,
                                         .otp = SERVICE_OTP_PROMPT,
                                         .offer = true};
}

struct service_settings settings_service(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_services; i++)
                if (strcmp(settings->services[i].name, name) == 0)
                        return settings->services[i];
        return service_default(name);
}

const char *settings_terminal(const struct settings *settings, const char *service)
{
        struct service_settings found = settings_service(settings, service);

        return found.terminal ? found.terminal : settings->terminal;
}

static int service_add(struct settings_draft *draft, const char *name)
{
        struct settings *settings = draft->settings;
        size_t count = settings->n_services;
        struct service_settings *services =
                reallocarray(settings->services, count + 1, sizeof(*services));

        if (!services)
                return -ENOMEM;
        settings->services = services;

        void *origins =
                reallocarray(draft->service_origins, count + 1, sizeof(*draft->service_origins));

        if (!origins)
                return -ENOMEM;
        draft->service_origins = origins;
        memset(&draft->service_origins[count], 0, sizeof(*draft->service_origins));

        services[count] = service_default(name);
        services[count].name = strdup(name);
        if (!services[count].name)
                return -ENOMEM;
        settings->n_services++;
        return 0;
}

/* The index of @name, made where there is none; or < 0 errno. */
static ssize_t service_index(struct settings_draft *draft, const char *name)
{
        for (size_t i = 0; i < draft->settings->n_services; i++)
                if (strcmp(draft->settings->services[i].name, name) == 0)
                        return (ssize_t)i;

        int r = service_add(draft, name);

        return r < 0 ? r : (ssize_t)draft->settings->n_services - 1;
}

static enum service_key service_key(const char *key)
{
        for (size_t i = 0; i < ELEMENTS(key_names); i++)
                if (strcmp(key_names[i], key) == 0)
                        return (enum service_key)i;
        return SERVICE_KEY_NONE;
}

/* Where @value stands among @names; -1: nowhere. */
static int word_index(const char *const *names, size_t count, const char *value)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(names[i], value) == 0)
                        return (int)i;
        return -1;
}

/* An empty value takes back what another file has set. */
static bool text_store(const char **text, const char *value, bool (*is_valid)(const char *value))
{
        char *copy = *value && !is_valid(value) ? NULL : strdup(value);

        if (!copy)
                return false;
        free((char *)*text);
        *text = copy;
        return true;
}

static bool service_store(struct service_settings *service, enum service_key key, const char *value)
{
        int class = word_index(class_names, ELEMENTS(class_names), value);
        int otp = word_index(otp_names, ELEMENTS(otp_names), value);

        switch (key) {
        case SERVICE_KEY_CLASS:
                if (class >= 0)
                        service->class = (enum service_class) class;
                return class >= 0;
        case SERVICE_KEY_OTP:
                if (otp >= 0)
                        service->otp = (enum service_otp)otp;
                return otp >= 0;
        case SERVICE_KEY_OFFER:
                return conf_boolean(value, &service->offer) == 0;
        case SERVICE_KEY_TERMINAL:
                return text_store(&service->terminal, value, terminal_is_host);
        case SERVICE_KEY_PERMISSION:
                return text_store(&service->permission, value, permission_is_name);
        case SERVICE_KEY_CALLERS:
                return text_store(&service->callers, value, caller_list_is_valid);
        case SERVICE_KEY_ADDRESS:
                return conf_boolean(value, &service->address_required) == 0;
        case SERVICE_KEY_NONE:
                break;
        }
        return false;
}

static void complain_of_key(struct settings_draft *draft, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->key};

        for (size_t i = 0; i < ELEMENTS(key_names); i++)
                conf_nearest_offer(&nearest, key_names[i]);
        conf_complain(draft->report, line->file, line->number, "%s= is not known in [%s]; %s%s%s",
                      line->key, line->section, nearest.best ? "did you mean " : "there are ",
                      nearest.best ? nearest.best
                                   : "Class=, Otp=, PasswordOffer=, Terminal=, Permission=, "
                                     "Callers= and AddressRequired",
                      nearest.best ? "=?" : "=");
}

static void complain_of_value(struct settings_draft *draft, const struct conf_line *line,
                              enum service_key key)
{
        static const char *const wanted[] = {
                [SERVICE_KEY_CLASS] = "interactive, batch or api",
                [SERVICE_KEY_OTP] = "prompt, append, off or require",
                [SERVICE_KEY_OFFER] = "yes or no",
                [SERVICE_KEY_TERMINAL] = "a name of at most 64 letters, digits, '.', '_' and '-'",
                [SERVICE_KEY_PERMISSION] = "the name of a permission, as users.view",
                [SERVICE_KEY_ADDRESS] = "yes or no",
                [SERVICE_KEY_CALLERS] = "users of this host, uids and @groups, parted by spaces",
        };

        conf_complain(draft->report, line->file, line->number, "%s=%s is not valid; it takes %s",
                      line->key, line->value, wanted[key]);
}

void settings_service_take(struct settings_draft *draft, const char *name,
                           const struct conf_line *line)
{
        if (!service_is_name(name)) {
                if (!line->key)
                        conf_complain(draft->report, line->file, line->number,
                                      "[%s] names no PAM service; write its name in /etc/pam.d, in "
                                      "lower case, of at most 63 characters",
                                      line->section);
                return;
        }
        if (!line->key)
                return;

        enum service_key key = service_key(line->key);
        ssize_t index = service_index(draft, name);

        if (index < 0)
                draft->error = (int)index;
        else if (key == SERVICE_KEY_NONE)
                complain_of_key(draft, line);
        else if (settings_origin_claim(draft, &draft->service_origins[index][key], line) &&
                 !service_store(&draft->settings->services[index], key, line->value))
                complain_of_value(draft, line, key);
}

/* Nobody is there to be asked: asking for a code all the same would be a promise not kept. */
void settings_service_finish(struct settings_draft *draft)
{
        for (size_t i = 0; i < draft->settings->n_services; i++) {
                struct service_settings *service = &draft->settings->services[i];
                struct settings_origin set = draft->service_origins[i][SERVICE_KEY_OTP];

                if (service->class == SERVICE_INTERACTIVE) {
                        if (set.file == 0)
                                service->otp = SERVICE_OTP_PROMPT;
                } else if (set.file == 0) {
                        service->otp = SERVICE_OTP_OFF;
                } else if (service->otp != SERVICE_OTP_OFF) {
                        conf_complain(draft->report, draft->files[set.file - 1], set.line,
                                      "Otp=%s does not go with Class=%s of service %s, which asks "
                                      "nobody; remove it",
                                      otp_names[service->otp], class_names[service->class],
                                      service->name);
                }
        }
}
