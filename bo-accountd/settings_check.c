/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the profile decides, and what more than one key decides together. */
#include "bo-accountd/settings_file.h"

#include "bo-accountd/settings_table.h"
#include "common/clock.h"

static struct settings_origin origin_of(const struct settings_draft *draft, const char *key)
{
        return draft->origins[setting_find(key) - settings_table];
}

/* At the line that sets @key; to be called only for a value that is not the default. */
static void complain_at(struct settings_draft *draft, const char *key, const char *text)
{
        struct settings_origin origin = origin_of(draft, key);

        conf_complain(draft->report, origin.file > 0 ? draft->files[origin.file - 1] : key,
                      origin.line, "%s= %s", key, text);
}

static int nist_defaults(struct settings_draft *draft)
{
        for (size_t i = 0; i < settings_table_size; i++) {
                const struct setting *setting = &settings_table[i];

                if (!setting->nist_fallback || draft->origins[i].file > 0)
                        continue;

                int r = setting_store(setting, setting->nist_fallback, draft->settings);

                if (r < 0)
                        return r;
        }
        return 0;
}

#define OR_NIST "; set it so, or choose Profile=nist"

/* Limits of PCI DSS v4.0.1 that a site may leave, but only by saying that it follows another book.
 */
static void pci_check(struct settings_draft *draft)
{
        const struct settings *settings = draft->settings;
        const uint64_t limit_usec = 90 * USEC_PER_DAY;
        uint64_t max_age_usec = settings->password_age.max_age_usec;
        uint64_t idle_usec = settings->inactivity_max_usec;

        if (settings->password.min_length < 12)
                complain_at(draft, "PasswordMinLength",
                            "is at least 12 under Profile=pci (PCI DSS 8.3.6)" OR_NIST);
        if (!settings->password.letters_and_digits)
                complain_at(draft, "PasswordLettersAndDigits",
                            "is yes under Profile=pci (PCI DSS 8.3.6)" OR_NIST);
        if (max_age_usec == 0 || max_age_usec > limit_usec)
                complain_at(draft, "PasswordMaxAge",
                            "is at most 90d under Profile=pci (PCI DSS 8.3.9)" OR_NIST);
        if (idle_usec == 0 || idle_usec > limit_usec)
                complain_at(draft, "InactivityMax",
                            "is at most 90d under Profile=pci (PCI DSS 8.2.6)" OR_NIST);
}

/* A user's private group has the number of the user, so both ranges share one space. */
static void ranges_check(struct settings_draft *draft)
{
        const struct settings *settings = draft->settings;

        if (settings->uid_first > settings->gid_last || settings->gid_first > settings->uid_last)
                return;
        complain_at(draft, origin_of(draft, "GidRange").file > 0 ? "GidRange" : "UidRange",
                    "overlaps the other range, but each user has a group of the same number; keep "
                    "UidRange= and GidRange= apart");
}

int settings_check(struct settings_draft *draft)
{
        if (draft->settings->nist) {
                int r = nist_defaults(draft);

                if (r < 0)
                        return r;
        } else {
                pci_check(draft);
        }
        ranges_check(draft);
        return 0;
}
