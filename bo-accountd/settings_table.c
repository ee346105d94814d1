/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of [Accounts]: how it is read, where it goes, its range and its default. */
#include "bo-accountd/settings_table.h"

#include "bo-accountd/policy/name.h"
#include "bo-accountd/policy/network.h"
#include "bo-accountd/policy/terminal.h"
#include "common/clock.h"
#include "common/conf_value.h"

#include <errno.h>
#include <string.h>

#define YEAR  (365 * USEC_PER_DAY)
#define AT(f) offsetof(struct settings, f)

static void *field(const struct setting *setting, struct settings *settings)
{
        return (char *)settings + setting->offset;
}

static bool in_range(const struct setting *setting, uint64_t value)
{
        return value >= setting->min && value <= setting->max;
}

static int parse_u32(const struct setting *setting, const char *value, struct settings *settings)
{
        uint64_t number = 0;
        bool off = setting->may_be_off && strcmp(value, "off") == 0;

        if (!off &&
            (conf_number(value, &number) < 0 || !in_range(setting, number) || number > UINT32_MAX))
                return -EINVAL;
        *(uint32_t *)field(setting, settings) = (uint32_t)number;
        return 0;
}

static int parse_u64(const struct setting *setting, const char *value, struct settings *settings)
{
        uint64_t number = 0;

        if (conf_number(value, &number) < 0 || !in_range(setting, number))
                return -EINVAL;
        *(uint64_t *)field(setting, settings) = number;
        return 0;
}

static int parse_size(const struct setting *setting, const char *value, struct settings *settings)
{
        uint64_t bytes = 0;

        if (conf_size(value, &bytes) < 0 || !in_range(setting, bytes))
                return -EINVAL;
        *(uint64_t *)field(setting, settings) = bytes;
        return 0;
}

static int parse_time(const struct setting *setting, const char *value, struct settings *settings)
{
        uint64_t usec = 0;
        bool off = setting->may_be_off && strcmp(value, "off") == 0;

        if (!off && (conf_duration(value, &usec) < 0 || !in_range(setting, usec)))
                return -EINVAL;
        *(uint64_t *)field(setting, settings) = usec;
        return 0;
}

static int parse_yes(const struct setting *setting, const char *value, struct settings *settings)
{
        return conf_boolean(value, field(setting, settings));
}

/* The last of the range lies behind the first in struct settings. */
static int parse_ids(const struct setting *setting, const char *value, struct settings *settings)
{
        bool uids = setting->offset == AT(uid_first);
        uint32_t first = 0, last = 0;

        if (conf_range(value, &first, &last) < 0 || first < setting->min || last > setting->max)
                return -EINVAL;
        /* nobody, and the 16-bit value that means "none" */
        if (first <= 65535 && last >= 65534)
                return -EINVAL;
        *(uids ? &settings->uid_first : &settings->gid_first) = first;
        *(uids ? &settings->uid_last : &settings->gid_last) = last;
        return 0;
}

static int parse_profile(const struct setting *setting, const char *value,
                         struct settings *settings)
{
        bool nist = strcmp(value, "nist") == 0;

        if (!nist && strcmp(value, "pci") != 0)
                return -EINVAL;
        *(bool *)field(setting, settings) = nist;
        return 0;
}

static int parse_group_mailbox(const struct setting *setting, const char *value,
                               struct settings *settings)
{
        bool refuse = strcmp(value, "refuse") == 0;

        if (!refuse && strcmp(value, "warn") != 0)
                return -EINVAL;
        *(bool *)field(setting, settings) = refuse;
        return 0;
}

static int replace_text(const struct setting *setting, const char *value, struct settings *settings)
{
        char **text = field(setting, settings);
        char *copy = strdup(value);

        if (!copy)
                return -ENOMEM;
        free(*text);
        *text = copy;
        return 0;
}

static int parse_path(const struct setting *setting, const char *value, struct settings *settings)
{
        size_t length = strlen(value);

        if (!name_is_path(value) || length < 2 || length > setting->max)
                return -EINVAL;
        return replace_text(setting, value, settings);
}

static int parse_text(const struct setting *setting, const char *value, struct settings *settings)
{
        if (!name_is_gecos(value) || strlen(value) > setting->max)
                return -EINVAL;
        return replace_text(setting, value, settings);
}

static int parse_link(const struct setting *setting, const char *value, struct settings *settings)
{
        const char *place = strstr(value, "{token}");

        if (*value) {
                if (strncmp(value, "https://", 8) != 0 && strncmp(value, "http://", 7) != 0)
                        return -EINVAL;
                if (!place || strstr(place + 1, "{token}") || strlen(value) > setting->max)
                        return -EINVAL;
                for (const char *c = value; *c; c++)
                        if (*c <= ' ' || *c > '~')
                                return -EINVAL;
        }
        return replace_text(setting, value, settings);
}

static int parse_group(const struct setting *setting, const char *value, struct settings *settings)
{
        char folded[NAME_MAX_BYTES + 1];

        if (name_fold(folded, value) < 0 || strcmp(folded, value) != 0 || strchr(value, '@'))
                return -EINVAL;
        return replace_text(setting, value, settings);
}

static int parse_group_or_none(const struct setting *setting, const char *value,
                               struct settings *settings)
{
        return *value ? parse_group(setting, value, settings)
                      : replace_text(setting, value, settings);
}

static int parse_terminal(const struct setting *setting, const char *value,
                          struct settings *settings)
{
        if (*value && !terminal_is_host(value))
                return -EINVAL;
        return replace_text(setting, value, settings);
}

static int parse_customer(const struct setting *setting, const char *value,
                          struct settings *settings)
{
        return *value && !name_is_customer_id(value) ? -EINVAL
                                                     : replace_text(setting, value, settings);
}

/* With bits behind a prefix it is not clear what was meant. */
static int parse_networks(const struct setting *setting, const char *value,
                          struct settings *settings)
{
        struct network *networks = NULL;
        _cleanup_(freep) char *copy = strdup(value);
        char *rest = copy, *word;
        size_t n = 0;
        int r = 0;

        if (!copy)
                return -ENOMEM;
        networks = calloc(setting->max, sizeof(*networks));
        if (!networks)
                return -ENOMEM;
        while (r == 0 && (word = strsep(&rest, " \t")))
                if (word[0])
                        r = n == setting->max ? -EINVAL : network_parse(&networks[n++], word);
        if (r < 0) {
                free(networks);
                return -EINVAL;
        }
        free(settings->source_exempt);
        settings->source_exempt = networks;
        settings->n_source_exempt = n;
        return 0;
}

/* clang-format off */
const struct setting settings_table[] = {
        {"Profile", "pci", NULL, "pci or nist", parse_profile, AT(nist)},

        {"LockoutAttempts", "6", NULL, "a number from 3 to 10",
         parse_u32, AT(lockout.max_failures), 3, 10},
        {"LockoutDuration", "30min", NULL, "a time from 30min to 30d",
         parse_time, AT(lockout.lock_usec), 30 * USEC_PER_MIN, 30 * USEC_PER_DAY},

        {"SourceAttempts", "30", NULL, "a number from 5 to 100000, or off",
         parse_u32, AT(source_attempts), 5, 100000, true},
        {"SourceWindow", "10min", NULL, "a time from 1min to 24h",
         parse_time, AT(source_window_usec), USEC_PER_MIN, USEC_PER_DAY},
        {"SourceExempt", "", NULL,
         "empty, or at most 64 addresses or ranges as 192.0.2.0/24 or 2001:db8::/32",
         parse_networks, AT(source_exempt), 0, 64},

        {"PasswordMaxAge", "90d", "off", "a time from 1d to 3650d, or off",
         parse_time, AT(password_age.max_age_usec), USEC_PER_DAY, 10 * YEAR, true},
        {"PasswordWarn", "14d", NULL, "a time from 1h to 365d, or off",
         parse_time, AT(password_age.warn_usec), USEC_PER_HOUR, YEAR, true},
        {"PasswordMinLength", "12", "15", "a number from 8 to 64",
         parse_u32, AT(password.min_length), 8, 64},
        {"PasswordLettersAndDigits", "yes", "no", "yes or no",
         parse_yes, AT(password.letters_and_digits)},
        {"PasswordHistory", "5", NULL, "a number from 4 to 64",
         parse_u32, AT(password.history), 4, 64},
        {"PasswordReuseWindow", "24h", NULL, "a time from 1min to 365d, or off",
         parse_time, AT(password.reuse_window_usec), USEC_PER_MIN, YEAR, true},

        {"HashMemory", "64M", NULL, "a size from 1M to 4G, as 64M",
         parse_size, AT(cost.memory_bytes), UINT64_C(1) << 20, UINT64_C(4) << 30},
        {"HashPasses", "2", NULL, "a number from 1 to 100",
         parse_u64, AT(cost.passes), 1, 100},

        {"InactivityMax", "90d", NULL, "a time from 1d to 3650d, or off",
         parse_time, AT(inactivity_max_usec), USEC_PER_DAY, 10 * YEAR, true},
        {"ActivationLifetime", "24h", NULL, "a time from 5min to 30d",
         parse_time, AT(activation_usec), 5 * USEC_PER_MIN, 30 * USEC_PER_DAY},
        {"ResetLifetime", "1h", NULL, "a time from 5min to 24h",
         parse_time, AT(reset_usec), 5 * USEC_PER_MIN, USEC_PER_DAY},

        {"GroupMailbox", "warn", NULL, "warn or refuse", parse_group_mailbox,
         AT(refuse_group_mailboxes)},
        {"Mail", "no", NULL, "yes or no", parse_yes, AT(mail)},
        {"LinkTemplate", "", NULL,
         "empty, or an http or https address of at most 200 bytes that contains {token}",
         parse_link, AT(link_template), 0, 200},
        {"RecoveryCodes", "no", NULL, "yes or no", parse_yes, AT(recovery_codes)},

        {"UidRange", "70000-99999", NULL, "a range as 70000-99999, without 65534 and 65535",
         parse_ids, AT(uid_first), 1000, INT32_MAX},
        {"GidRange", "66000-69999", NULL, "a range as 66000-69999, without 65534 and 65535",
         parse_ids, AT(gid_first), 1000, INT32_MAX},
        {"HomePrefix", "/home", NULL, "an absolute path of at most 128 bytes, without ':'",
         parse_path, AT(home_prefix), 0, 128},
        {"Shell", "/bin/bash", NULL, "an absolute path without ':'",
         parse_path, AT(shell), 0, 255},
        {"Enumerate", "no", NULL, "yes or no", parse_yes, AT(enumerate)},
        {"GroupMembersMax", "1000", NULL, "a number from 0 to 1000000",
         parse_u32, AT(group_members_max), 0, 1000000},
        {"CustomerUsersMax", "1000", NULL, "a number from 0 to 1000000",
         parse_u32, AT(customer_users_max), 0, 1000000},

        {"Customer", "", NULL, "empty, or the id of a customer", parse_customer, AT(customer)},
        {"OperatorGroup", "bo-operator", NULL, "the name of a group",
         parse_group, AT(operator_group)},
        {"PermissionGroup", "", NULL, "the name of a group, or nothing",
         parse_group_or_none, AT(permission_group)},
        {"Terminal", "", NULL, "empty, or a name of at most 64 letters, digits, '.', '_' and '-'",
         parse_terminal, AT(terminal)},
        {"Issuer", "bo", NULL, "a name of at most 32 bytes, without ':' and ','",
         parse_text, AT(issuer), 0, 32},

        {"HashWorkers", "0", NULL, "a number from 0 to 256",
         parse_u32, AT(hash_workers), 0, 256},
        {"HashQueue", "256", NULL, "a number from 1 to 65536",
         parse_u32, AT(hash_queue), 1, 65536},
        {"RequestQueue", "4096", NULL, "a number from 1 to 65536",
         parse_u32, AT(other_queue), 1, 65536},
};
/* clang-format on */

const size_t settings_table_size = ELEMENTS(settings_table);

int setting_store(const struct setting *setting, const char *value, struct settings *settings)
{
        return setting->parse(setting, value, settings);
}

const struct setting *setting_find(const char *key)
{
        for (size_t i = 0; i < ELEMENTS(settings_table); i++)
                if (strcmp(settings_table[i].key, key) == 0)
                        return &settings_table[i];
        return NULL;
}
