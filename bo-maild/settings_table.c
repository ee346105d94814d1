/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of [Mail]: how it is read, where it goes, its default. */
#include "bo-maild/settings_table.h"

#include "bo-accountd/policy/name.h"
#include "common/clock.h"
#include "common/conf_value.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"
#define AT(f)   offsetof(struct maild_settings, f)

static int store_text(const char *value, void *field)
{
        size_t length = strlen(value);

        if (length >= SETTING_TEXT_SIZE)
                return -EINVAL;
        memcpy(field, value, length + 1);
        return 0;
}

static int parse_text(const struct maild_setting *setting, const char *value, void *field)
{
        char clean[SETTING_TEXT_SIZE];

        (void)setting; /* any that can be shown */
        text_clean(clean, sizeof(clean), value, false);
        return strcmp(clean, value) == 0 ? store_text(value, field) : -EINVAL;
}

static int parse_path(const struct maild_setting *setting, const char *value, void *field)
{
        (void)setting; /* nothing of it is asked for */
        return !*value || name_is_path(value) ? store_text(value, field) : -EINVAL;
}

static int parse_address(const struct maild_setting *setting, const char *value, void *field)
{
        char folded[NAME_MAX_BYTES + 1];

        (void)setting; /* nothing of it is asked for */
        if (*value && (name_fold(folded, value) < 0 || !name_is_email(folded)))
                return -EINVAL;
        return store_text(value, field);
}

static bool consists_of(const char *text, size_t length, const char *allowed)
{
        return length > 0 && strspn(text, allowed) >= length;
}

static int parse_hostname(const struct maild_setting *setting, const char *value, void *field)
{
        (void)setting; /* nothing of it is asked for */
        if (*value && !consists_of(value, strlen(value), LETTERS DIGITS ".-"))
                return -EINVAL;
        return store_text(value, field);
}

static int parse_language(const struct maild_setting *setting, const char *value, void *field)
{
        (void)setting; /* as in the names of the templates */
        return consists_of(value, strlen(value), LETTERS "_-") && strlen(value) <= 16
                       ? store_text(value, field)
                       : -EINVAL;
}

static int parse_time(const struct maild_setting *setting, const char *value, void *field)
{
        uint64_t usec = 0;

        if (conf_duration(value, &usec) < 0 || usec < setting->min || usec > setting->max)
                return -EINVAL;
        *(uint64_t *)field = usec;
        return 0;
}

static int parse_start_tls(const struct maild_setting *setting, const char *value, void *field)
{
        static const char *const words[] = {
                [START_TLS_BY_SERVER] = "",
                [START_TLS_REQUIRED] = "required",
                [START_TLS_TRY] = "try",
                [START_TLS_NO] = "no",
        };

        (void)setting; /* words alone */
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(words[i], value) == 0) {
                        *(enum start_tls *)field = (enum start_tls)i;
                        return 0;
                }
        return -EINVAL;
}

/* Behind the host: nothing, or a port. */
static bool is_port(const char *text)
{
        uint64_t port = 0;

        return !*text ||
               (*text == ':' && conf_number(text + 1, &port) == 0 && port >= 1 && port <= 65535);
}

static int parse_server(const struct maild_setting *setting, const char *value, void *field)
{
        const char *host = strstr(value, "://");
        size_t length;

        (void)setting; /* nothing of it is asked for */
        if (!host || (strncmp(value, "smtp://", 7) != 0 && strncmp(value, "smtps://", 8) != 0))
                return -EINVAL;
        host += 3;
        if (*host == '[') {
                length = strcspn(host, "]") + 1;
                if (!consists_of(host + 1, length - 2, DIGITS "abcdefABCDEF:.") ||
                    host[length - 1] != ']')
                        return -EINVAL;
        } else {
                length = strcspn(host, ":");
                if (!consists_of(host, length, LETTERS DIGITS ".-"))
                        return -EINVAL;
        }
        return is_port(host + length) ? store_text(value, field) : -EINVAL;
}

/* clang-format off */
const struct maild_setting maild_settings_table[] = {
        {"Server", "smtp://localhost", "smtp://HOST:PORT or smtps://HOST:PORT", parse_server,
         AT(server)},
        {"StartTls", "", "required, try or no", parse_start_tls, AT(start_tls)},
        {"User", "", "a name of at most 255 bytes", parse_text, AT(user)},
        {"PasswordFile", "", "an absolute path", parse_path, AT(password_file)},
        {"CaFile", "", "an absolute path", parse_path, AT(ca_file)},
        {"From", "", "an e-mail address", parse_address, AT(from)},
        {"FromName", "", "a name of at most 255 bytes", parse_text, AT(from_name)},
        {"ReplyTo", "", "an e-mail address", parse_address, AT(reply_to)},
        {"Hostname", "", "the name of a host", parse_hostname, AT(hostname)},
        {"Language", "en", "a language as in the names of the templates: en, nl, de",
         parse_language, AT(language)},
        {"ConnectTimeout", "30s", "a time from 1s to 10min", parse_time, AT(connect_timeout_usec),
         USEC_PER_SEC, 10 * USEC_PER_MIN},
        {"Timeout", "5min", "a time from 1s to 1h", parse_time, AT(timeout_usec), USEC_PER_SEC,
         USEC_PER_HOUR},
};
/* clang-format on */

const size_t maild_settings_table_size = ELEMENTS(maild_settings_table);

_Static_assert(ELEMENTS(maild_settings_table) <= MAILD_SETTINGS_MOST, "their origins have room");

int maild_setting_store(const struct maild_setting *setting, const char *value,
                        struct maild_settings *settings)
{
        return setting->parse(setting, value, (char *)settings + setting->offset);
}
