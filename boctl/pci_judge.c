/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How items of requirement 8 are judged, from settings and what was counted alone. */
#include "boctl/pci.h"
#include "common/clock.h"
#include "common/conf_value.h"

#include <string.h>

#define QUARTER (90 * USEC_PER_DAY)

static const char *accounts(const struct pci_facts *facts, const char *key)
{
        return pci_setting(facts, "Accounts", key);
}

/* 0 for "off". */
static uint64_t time_of(const struct pci_facts *facts, const char *key)
{
        uint64_t usec = 0;

        return conf_duration(accounts(facts, key), &usec) < 0 ? 0 : usec;
}

static uint64_t number_of(const struct pci_facts *facts, const char *key)
{
        uint64_t number = 0;

        return conf_number(accounts(facts, key), &number) < 0 ? 0 : number;
}

static bool yes(const struct pci_facts *facts, const char *key)
{
        bool value = false;

        return conf_boolean(accounts(facts, key), &value) == 0 && value;
}

static enum pci_result met_if(bool met)
{
        return met ? PCI_MET : PCI_NOT_MET;
}

static void count_put(const struct pci_facts *facts, FILE *out, const char *what,
                      const char *family, const char *labels)
{
        double value = pci_metric(facts, family, labels);

        if (value < 0)
                fprintf(out, "%s: not known. ", what);
        else
                fprintf(out, "%s: %.0f. ", what, value);
}

enum pci_result pci_revoked(const struct pci_facts *facts, FILE *evidence)
{
        count_put(facts, evidence, "Persons deactivated", "bo_users",
                  "kind=\"adm\",status=\"deactivated\"");
        count_put(facts, evidence, "Users whose sessions are still to be ended",
                  "bo_sessions_to_end", "");
        return pci_findings_put(facts, evidence, "sessions", CHECK_WARNING) ? PCI_NOT_MET
                                                                            : PCI_PARTLY;
}

enum pci_result pci_inactive(const struct pci_facts *facts, FILE *evidence)
{
        uint64_t limit_usec = time_of(facts, "InactivityMax");

        count_put(facts, evidence, "Persons locked since they are idle", "bo_users",
                  "kind=\"adm\",status=\"locked-inactivity\"");
        count_put(facts, evidence, "Programs locked since they are idle", "bo_users",
                  "kind=\"api\",status=\"locked-inactivity\"");
        count_put(facts, evidence, "Persons who never activated", "bo_users",
                  "kind=\"adm\",status=\"activation-sent\"");
        return met_if(limit_usec > 0 && limit_usec <= QUARTER);
}

enum pci_result pci_authenticated(const struct pci_facts *facts, FILE *evidence)
{
        bool bad = false;

        if (!facts->host_seen) {
                fputs("PAM and sshd of this host were not looked at (--socket). ", evidence);
                return PCI_PARTLY;
        }
        bad = pci_findings_put(facts, evidence, "pam", CHECK_FAULT) || bad;
        bad = pci_findings_put(facts, evidence, "nss", CHECK_FAULT) || bad;
        bad = pci_findings_put(facts, evidence, "sshd", CHECK_FAULT) || bad;
        if (check_worst(&facts->check, "sshd") == CHECK_SKIPPED ||
            check_worst(&facts->check, "pam") == CHECK_SKIPPED)
                return bad ? PCI_NOT_MET : PCI_PARTLY;
        return met_if(!bad);
}

enum pci_result pci_unreadable(const struct pci_facts *facts, FILE *evidence)
{
        uint64_t bytes = 0;
        bool weak = conf_size(accounts(facts, "HashMemory"), &bytes) < 0 ||
                    bytes < (UINT64_C(19) << 20) || number_of(facts, "HashPasses") < 2;
        bool clear = strncmp(accounts(facts, "LinkTemplate"), "http:", 5) == 0;

        if (weak)
                fputs("Argon2id should take 19M and two passes at least. ", evidence);
        if (clear)
                fputs("Links with tokens are opened without encryption. ", evidence);
        return weak || clear ? PCI_NOT_MET : PCI_PARTLY;
}

enum pci_result pci_attempts(const struct pci_facts *facts, FILE *evidence)
{
        uint64_t attempts = number_of(facts, "LockoutAttempts");

        (void)evidence;
        return met_if(attempts > 0 && attempts <= 10 &&
                      time_of(facts, "LockoutDuration") >= 30 * USEC_PER_MIN);
}

enum pci_result pci_strength(const struct pci_facts *facts, FILE *evidence)
{
        (void)evidence;
        return met_if(number_of(facts, "PasswordMinLength") >= 12 &&
                      yes(facts, "PasswordLettersAndDigits"));
}

enum pci_result pci_history(const struct pci_facts *facts, FILE *evidence)
{
        (void)evidence;
        return met_if(number_of(facts, "PasswordHistory") >= 4);
}

static bool sshd_requires(const struct pci_facts *facts)
{
        return strcmp(pci_setting(facts, "Service sshd", "Otp"), "require") == 0;
}

static void factors_put(const struct pci_facts *facts, FILE *out)
{
        if (pci_setting(facts, "Service sshd", "Otp")[0])
                pci_setting_put(facts, out, "Service sshd", "Otp");
        else
                fputs("Service sshd: Otp=prompt (default). ", out);
        count_put(facts, out, "Persons with the second factor", "bo_users_second_factor", "");
        count_put(facts, out, "Persons without it who are not deactivated",
                  "bo_users_second_factor_missing", "");
}

/* The age matters where a password is all that is asked for. */
enum pci_result pci_age(const struct pci_facts *facts, FILE *evidence)
{
        uint64_t limit_usec = time_of(facts, "PasswordMaxAge");

        count_put(facts, evidence, "Persons whose password has expired", "bo_users",
                  "kind=\"adm\",status=\"password-expired\"");
        if (limit_usec > 0 && limit_usec <= QUARTER)
                return PCI_MET;
        factors_put(facts, evidence);
        return sshd_requires(facts) ? PCI_PARTLY : PCI_NOT_MET;
}

static void roles_put(const struct pci_facts *facts, FILE *out)
{
        fputs("Roles that demand it:", out);
        for (size_t i = 0; i < facts->roles->n_items; i++)
                if (facts->roles->items[i].second_factor)
                        fprintf(out, " %s", facts->roles->items[i].name);
        fputs("; that do not:", out);
        for (size_t i = 0; i < facts->roles->n_items; i++)
                if (!facts->roles->items[i].second_factor)
                        fprintf(out, " %s", facts->roles->items[i].name);
        fputs(" (roles.conf). ", out);
}

enum pci_result pci_everybody(const struct pci_facts *facts, FILE *evidence)
{
        double missing = pci_metric(facts, "bo_users_second_factor_missing", "");

        factors_put(facts, evidence);
        if (sshd_requires(facts))
                return facts->host_seen && check_worst(&facts->check, "sshd") == CHECK_FAULT
                               ? PCI_NOT_MET
                               : PCI_MET;
        if (missing == 0) {
                fputs("An SSH key alone lets in who is not required to show the code. ", evidence);
                return PCI_PARTLY;
        }
        return PCI_NOT_MET;
}

/* Whoever is not a user of bo, root too, is asked for no code by it. */
enum pci_result pci_administrators(const struct pci_facts *facts, FILE *evidence)
{
        enum pci_result result = pci_everybody(facts, evidence);

        pci_setting_put(facts, evidence, "Accounts", "OperatorGroup");
        fprintf(evidence,
                "Operators in that group with the second factor: %ju, without: %ju, that are no "
                "users of bo: %ju (root not counted). ",
                (uintmax_t)facts->operators_with, (uintmax_t)facts->operators_without,
                (uintmax_t)facts->operators_foreign);
        roles_put(facts, evidence);
        return result == PCI_MET ? PCI_PARTLY : result;
}

/* Services of people that ask for no code of who has one. */
enum pci_result pci_bypass(const struct pci_facts *facts, FILE *evidence)
{
        bool bypassed = false;

        for (size_t i = 0; i < facts->settings->n_items; i++) {
                const struct bo_setting *setting = &facts->settings->items[i];

                if (strcmp(setting->key, "Otp") != 0 || strcmp(setting->value, "off") != 0 ||
                    strcmp(pci_setting(facts, setting->section, "Class"), "interactive") != 0)
                        continue;
                pci_setting_put(facts, evidence, setting->section, setting->key);
                bypassed = true;
        }
        return met_if(!bypassed);
}

enum pci_result pci_program_secrets(const struct pci_facts *facts, FILE *evidence)
{
        bool old = pci_findings_put(facts, evidence, "passwords", CHECK_WARNING);

        (void)pci_findings_put(facts, evidence, "keys", CHECK_WARNING); /* told, not judged */
        count_put(facts, evidence, "Active programs", "bo_users", "kind=\"api\",status=\"active\"");
        return old ? PCI_NOT_MET : PCI_PARTLY;
}
