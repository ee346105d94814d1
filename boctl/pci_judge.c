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

static enum pci_result worse_of(enum pci_result one, enum pci_result other)
{
        return one > other ? one : other;
}

static enum pci_result part_judge(const struct pci_facts *facts, FILE *evidence, const char *part)
{
        (void)pci_findings_put(facts, evidence, part, CHECK_OK); /* judged below */
        switch (check_worst(&facts->check, part)) {
        case CHECK_OK:
                return PCI_MET;
        case CHECK_SKIPPED:
        case CHECK_WARNING:
                return PCI_PARTLY;
        case CHECK_FAULT:
                break;
        }
        return PCI_NOT_MET;
}

/* What no setting of bo tells: whether PAM and sshd ask bo at all. Not looked at is not met. */
static enum pci_result host_judge(const struct pci_facts *facts, FILE *evidence)
{
        if (!facts->host_seen) {
                fputs("PAM and sshd of this host were not looked at (--socket). ", evidence);
                return PCI_PARTLY;
        }
        return worse_of(part_judge(facts, evidence, "pam"), part_judge(facts, evidence, "sshd"));
}

enum pci_result pci_unique(const struct pci_facts *facts, FILE *evidence)
{
        if (!facts->host_seen) {
                fputs("Local users of this host were not looked at (--socket). ", evidence);
                return PCI_PARTLY;
        }
        if (check_worst(&facts->check, "uids") == CHECK_WARNING) {
                (void)part_judge(facts, evidence, "uids");
                return PCI_NOT_MET;
        }
        return part_judge(facts, evidence, "uids");
}

enum pci_result pci_authenticated(const struct pci_facts *facts, FILE *evidence)
{
        enum pci_result result = host_judge(facts, evidence);

        return facts->host_seen ? worse_of(result, part_judge(facts, evidence, "nss")) : result;
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

static bool is_sshd(const struct bo_setting *setting)
{
        return strcmp(setting->section, "Service sshd") == 0;
}

/* Does the service of @setting, its Otp=, let in people without a code? sshd has people whatever
 * its Class= says. */
static enum pci_result service_judge(const struct pci_facts *facts,
                                     const struct bo_setting *setting)
{
        if (!is_sshd(setting) &&
            strcmp(pci_setting(facts, setting->section, "Class"), "interactive") != 0)
                return PCI_MET;
        if (strcmp(setting->value, "off") == 0)
                return PCI_NOT_MET;
        return strcmp(setting->value, "require") == 0 ? PCI_MET : PCI_PARTLY;
}

/* Services that are at least as bad as @least, as evidence. */
static enum pci_result services_judge(const struct pci_facts *facts, FILE *evidence,
                                      enum pci_result least)
{
        enum pci_result result = PCI_MET;

        for (size_t i = 0; i < facts->settings->n_items; i++) {
                const struct bo_setting *setting = &facts->settings->items[i];
                enum pci_result one = PCI_MET;

                if (strcmp(setting->key, "Otp") == 0)
                        one = service_judge(facts, setting);
                if (one == PCI_MET || one < least)
                        continue;
                pci_setting_put(facts, evidence, setting->section, setting->key);
                result = worse_of(result, one);
        }
        return result;
}

enum pci_result pci_everybody(const struct pci_facts *facts, FILE *evidence)
{
        double missing = pci_metric(facts, "bo_users_second_factor_missing", "");
        enum pci_result result = PCI_MET;

        factors_put(facts, evidence);
        if (!sshd_requires(facts)) {
                result = missing == 0 ? PCI_PARTLY : PCI_NOT_MET;
                fputs("An SSH key alone lets in who is not required to show the code. ", evidence);
        }
        result = worse_of(result,
                          services_judge(facts, evidence, missing == 0 ? PCI_NOT_MET : PCI_PARTLY));
        return worse_of(result, host_judge(facts, evidence));
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

/* Services of people that ask for no code of who has one, and stacks that do not ask bo. */
enum pci_result pci_bypass(const struct pci_facts *facts, FILE *evidence)
{
        return worse_of(services_judge(facts, evidence, PCI_NOT_MET), host_judge(facts, evidence));
}

/* Where a person gets a shell or a screen, a program has no business. */
enum pci_result pci_programs(const struct pci_facts *facts, FILE *evidence)
{
        static const char *const services[] = {
                "Service sshd",         "Service login",   "Service su",
                "Service su-l",         "Service sudo",    "Service sudo-i",
                "Service gdm-password", "Service lightdm", "Service sddm"};
        enum pci_result result = PCI_MET;

        for (size_t i = 0; i < ELEMENTS(services); i++)
                if (strcmp(pci_setting(facts, services[i], "Class"), "api") == 0) {
                        pci_setting_put(facts, evidence, services[i], "Class");
                        result = PCI_NOT_MET;
                }
        return result;
}

enum pci_result pci_program_secrets(const struct pci_facts *facts, FILE *evidence)
{
        bool old = pci_findings_put(facts, evidence, "passwords", CHECK_WARNING);

        (void)pci_findings_put(facts, evidence, "keys", CHECK_WARNING); /* told, not judged */
        count_put(facts, evidence, "Active programs", "bo_users", "kind=\"api\",status=\"active\"");
        return old ? PCI_NOT_MET : PCI_PARTLY;
}
