/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings: defaults, ranges, profiles, overrides, services. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "bo-accountd/settings_table.h"
#include "tests/unit/settings_world.h"

#define DAYS(n) ((n)*USEC_PER_DAY)

static void defaults_are_those_of_PCI_DSS_and_of_the_rules(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(settings_world_load(world), 0);

        const struct settings *settings = world->settings;

        assert_int_equal(settings->lockout.max_failures, 6);              /* R38 */
        assert_int_equal(settings->lockout.lock_usec, 30 * USEC_PER_MIN); /* R38 */
        assert_int_equal(settings->source_attempts, 30);
        assert_int_equal(settings->source_window_usec, 10 * USEC_PER_MIN);
        assert_int_equal(settings->n_source_exempt, 0);
        assert_int_equal(settings->password_age.max_age_usec, DAYS(90)); /* R2 */
        assert_int_equal(settings->password_age.warn_usec, DAYS(14));    /* R3 */
        assert_int_equal(settings->password.min_length, 12);             /* PCI 8.3.6 */
        assert_true(settings->password.letters_and_digits);              /* PCI 8.3.6 */
        assert_int_equal(settings->password.history, 5);                 /* R46 */
        assert_int_equal(settings->password.reuse_window_usec, DAYS(1)); /* R47 */
        assert_int_equal(settings->inactivity_max_usec, DAYS(90));       /* R40 */
        assert_int_equal(settings->activation_usec, DAYS(1));
        assert_int_equal(settings->reset_usec, USEC_PER_HOUR);
        assert_int_equal(settings->cost.memory_bytes, UINT64_C(64) << 20);
        assert_int_equal(settings->cost.passes, 2);
        assert_int_equal(settings->uid_first, 70000);
        assert_int_equal(settings->uid_last, 99999);
        assert_int_equal(settings->gid_first, 66000);
        assert_int_equal(settings->gid_last, 69999);
        assert_false(settings->nist);
        assert_false(settings->enumerate);
        assert_string_equal(settings->home_prefix, "/home");
        assert_string_equal(settings->shell, "/bin/bash");
        assert_string_equal(settings->issuer, "bo");
        assert_string_equal(settings->operator_group, "bo-operator");
        assert_int_equal(settings->n_roles, 0);
        assert_string_equal(world->complaints, "");
}

static void values_at_the_ends_of_their_ranges(void **state)
{
        static const struct {
                const char *line;
                bool good;
        } rows[] = {
                {"LockoutAttempts=3", true},
                {"LockoutAttempts=2", false},
                {"LockoutAttempts=10", true},
                {"LockoutAttempts=11", false},
                {"LockoutAttempts=", false},
                {"LockoutAttempts=six", false},
                {"SourceAttempts=5", true},
                {"SourceAttempts=4", false},
                {"SourceAttempts=100000", true},
                {"SourceAttempts=100001", false},
                {"SourceAttempts=0", false},
                {"SourceAttempts=off", true},
                {"SourceWindow=1min", true},
                {"SourceWindow=59s", false},
                {"SourceWindow=24h", true},
                {"SourceWindow=25h", false},
                {"SourceWindow=off", false},
                {"SourceExempt=", true},
                {"SourceExempt=192.0.2.10", true},
                {"SourceExempt=192.0.2.0/24  2001:db8::/32 ::1", true},
                {"SourceExempt=192.0.2.1/24", false},
                {"SourceExempt=192.0.2.0/24,::1", false},
                {"SourceExempt=office.example", false},
                {"LockoutAttempts=off", false},
                {"LockoutAttempts=4294967299", false},
                {"LockoutDuration=30min", true},
                {"LockoutDuration=29min 59s", false},
                {"LockoutDuration=off", false},
                {"LockoutDuration=30", false},
                {"LockoutDuration=30d", true},
                {"LockoutDuration=31d", false},
                {"PasswordMaxAge=1d", true},
                {"PasswordMaxAge=23h", false},
                {"PasswordMaxAge=90", false},
                {"PasswordMaxAge=90d", true},
                {"PasswordWarn=off", true},
                {"PasswordWarn=0s", false},
                {"PasswordHistory=4", true},
                {"PasswordHistory=3", false},
                {"PasswordReuseWindow=off", true},
                {"PasswordMinLength=64", true},
                {"PasswordMinLength=65", false},
                {"PasswordLettersAndDigits=maybe", false},
                {"HashMemory=1M", true},
                {"HashMemory=1023K", false},
                {"HashMemory=4G", true},
                {"HashMemory=5G", false},
                {"HashPasses=0", false},
                {"ResetLifetime=25h", false},
                {"ActivationLifetime=4min", false},
                {"UidRange=80000-80000", true},
                {"UidRange=999-80000", false},
                {"UidRange=80001-80000", false},
                {"UidRange=65534-65534", false},
                {"UidRange=60000-70000", false},
                {"UidRange=70000-4294967295", false},
                {"HomePrefix=/", false},
                {"HomePrefix=home", false},
                {"HomePrefix=/srv/../etc", false},
                {"Shell=/bin/sh:x", false},
                {"Issuer=", false},
                {"Issuer=Pay & Go", true},
                {"Issuer=a:b", false},
                {"OperatorGroup=Wheel", false},
                {"OperatorGroup=a@b.example", false},
                {"OperatorGroup=wheel", true},
                {"PermissionGroup=", true},
                {"PermissionGroup=www-data", true},
                {"PermissionGroup=Www", false},
                {"PermissionGroup=a b", false},
                {"Customer=", true},
                {"Customer=shop-1", true},
                {"Customer=Shop", false},
                {"Customer=a b", false},
                {"HashQueue=0", false},
                {"HashWorkers=0", true},
                {"Profile=pci", true},
                {"Profile=PCI", false},
                {"Enumerate=on", true},
                {"  Enumerate = on  ", true},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct settings_world *world = *state;
                int r = settings_world_try(world, rows[i].line);

                if (r != (rows[i].good ? 0 : -EINVAL) ||
                    rows[i].good != (world->complaints[0] == '\0'))
                        fail_msg("%s: %d, %s", rows[i].line, r, world->complaints);
        }
}

static void values_arrive_where_they_belong(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(settings_world_try(world, "LockoutAttempts=3\nLockoutDuration=1h 30min\n"
                                                   "UidRange=100000-200000\nGidRange=2000-2999\n"
                                                   "HashMemory=19M\nHashWorkers=3\nHashQueue=7\n"
                                                   "RequestQueue=8\nGroupMembersMax=9\n"
                                                   "CustomerUsersMax=10\n"
                                                   "Enumerate=yes\nShell=/bin/sh\n"),
                         0);
        assert_int_equal(world->settings->lockout.max_failures, 3);
        assert_int_equal(world->settings->lockout.lock_usec, 90 * USEC_PER_MIN);
        assert_int_equal(world->settings->uid_first, 100000);
        assert_int_equal(world->settings->uid_last, 200000);
        assert_int_equal(world->settings->gid_first, 2000);
        assert_int_equal(world->settings->gid_last, 2999);
        assert_int_equal(world->settings->cost.memory_bytes, 19 << 20);
        assert_int_equal(world->settings->hash_workers, 3);
        assert_int_equal(world->settings->hash_queue, 7);
        assert_int_equal(world->settings->other_queue, 8);
        assert_int_equal(world->settings->group_members_max, 9);
        assert_int_equal(world->settings->customer_users_max, 10);
        assert_true(world->settings->enumerate);
        assert_string_equal(world->settings->shell, "/bin/sh");
}

static void nist_lifts_age_and_composition_and_raises_the_length(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(settings_world_try(world, "Profile=nist\n"), 0);
        assert_true(world->settings->nist);
        assert_int_equal(world->settings->password_age.max_age_usec, 0);
        assert_int_equal(world->settings->password.min_length, 15);
        assert_false(world->settings->password.letters_and_digits);
        assert_int_equal(world->settings->lockout.max_failures, 6);

        assert_int_equal(settings_world_try(world, "PasswordMinLength=10\nPasswordMaxAge=180d\n"
                                                   "PasswordLettersAndDigits=yes\n"
                                                   "InactivityMax=off\nProfile=nist\n"),
                         0);
        assert_int_equal(world->settings->password_age.max_age_usec, DAYS(180));
        assert_int_equal(world->settings->password.min_length, 10);
        assert_true(world->settings->password.letters_and_digits);
        assert_int_equal(world->settings->inactivity_max_usec, 0);
}

static void pci_holds_its_limits_and_names_the_way_out(void **state)
{
        static const char *const lines[] = {
                "PasswordMaxAge=91d", "PasswordMaxAge=off",          "InactivityMax=91d",
                "InactivityMax=off",  "PasswordLettersAndDigits=no", "PasswordMinLength=11",
        };

        for (size_t i = 0; i < ELEMENTS(lines); i++) {
                struct settings_world *world = *state;

                assert_int_equal(settings_world_try(world, lines[i]), -EINVAL);
                assert_memory_equal(world->complaints, "accountd.conf:2: ", 17);
                assert_non_null(strstr(world->complaints, "PCI DSS 8."));
                assert_non_null(strstr(world->complaints, "Profile=nist"));
        }
}

static void user_and_group_numbers_may_not_overlap(void **state)
{
        struct settings_world *world = *state;

        assert_int_equal(settings_world_try(world, "UidRange=69999-80000\n"), -EINVAL);
        assert_non_null(strstr(world->complaints, "accountd.conf:2: UidRange= overlaps"));
        assert_int_equal(settings_world_try(world, "UidRange=66500-66600\n"), -EINVAL);
        assert_int_equal(settings_world_try(world, "GidRange=99999-100000\n"), -EINVAL);
        assert_int_equal(settings_world_try(world, "GidRange=100000-100001\n"), 0);
}

static void later_files_override_earlier_ones(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf", "[Accounts]\nLockoutAttempts=3\nIssuer=one\n");
        settings_world_write(world, "accountd.conf.d/90-b.conf", "[Accounts]\nLockoutAttempts=9\n");
        settings_world_write(world, "accountd.conf.d/10-a.conf",
                             "[Accounts]\nLockoutAttempts=4\nShell=/bin/sh\n"
                             "[Service sudo]\nOtp=require\n");
        settings_world_write(world, "accountd.conf.d/95-not.conf.bak", "[Nonsense]\n");
        settings_world_write(world, "accountd.conf.d/.hidden.conf", "[Nonsense]\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_int_equal(world->settings->lockout.max_failures, 9);
        assert_string_equal(world->settings->issuer, "one");
        assert_string_equal(world->settings->shell, "/bin/sh");
        assert_int_equal(settings_service(world->settings, "sudo").otp, SERVICE_OTP_REQUIRE);

        settings_world_write(world, "accountd.conf.d/99-c.conf", "[Service sudo]\nOtp=off\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_int_equal(settings_service(world->settings, "sudo").otp, SERVICE_OTP_OFF);
        assert_int_equal(world->settings->n_services, 1);
}

static void drop_ins_are_read_in_the_order_of_their_names(void **state)
{
        struct settings_world *world = *state;

        /* Made in an order that is neither this nor its reverse. */
        for (int i = 0; i < 20; i++) {
                int number = 10 + (i * 7 + 3) % 20;
                char name[64], text[64];

                snprintf(name, sizeof(name), "accountd.conf.d/%d.conf", number);
                snprintf(text, sizeof(text), "[Accounts]\nLockoutDuration=%dmin\n", 30 + number);
                settings_world_write(world, name, text);
                assert_int_equal(settings_world_load(world), 0);
                assert_true(world->settings->lockout.lock_usec >=
                            (uint64_t)(30 + number) * USEC_PER_MIN);
        }
        assert_int_equal(world->settings->lockout.lock_usec, 59 * USEC_PER_MIN);
}

static void services_are_interactive_unless_said_or_known(void **state)
{
        static const struct {
                const char *name;
                enum service_class class;
                enum service_otp otp;
        } rows[] = {
                {"sshd", SERVICE_INTERACTIVE, SERVICE_OTP_PROMPT},
                {"anything", SERVICE_INTERACTIVE, SERVICE_OTP_PROMPT},
                {"cron", SERVICE_BATCH, SERVICE_OTP_OFF},
                {"crond", SERVICE_BATCH, SERVICE_OTP_OFF},
                {"atd", SERVICE_BATCH, SERVICE_OTP_OFF},
                {"systemd-user", SERVICE_BATCH, SERVICE_OTP_OFF},
                {"shop-api", SERVICE_API, SERVICE_OTP_OFF},
                {"nightly", SERVICE_BATCH, SERVICE_OTP_OFF},
                {"imap", SERVICE_INTERACTIVE, SERVICE_OTP_APPEND},
                {"sudo", SERVICE_INTERACTIVE, SERVICE_OTP_REQUIRE},
        };
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf",
                             "[Service shop-api]\nClass=api\n[Service nightly]\nOtp=off\n"
                             "Class=batch\n[Service imap]\nOtp=append\n[Service sudo]\n"
                             "Otp=require\n[Service empty]\n");
        assert_int_equal(settings_world_load(world), 0);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct service_settings found = settings_service(world->settings, rows[i].name);

                assert_string_equal(found.name, rows[i].name);
                assert_int_equal(found.class, rows[i].class);
                assert_int_equal(found.otp, rows[i].otp);
        }
}

/* R3: where a person logs in, not where he proves again who he is. */
static void expiring_passwords_are_told_of_at_logins_alone(void **state)
{
        static const struct {
                const char *name;
                bool offer;
        } rows[] = {{"sshd", true}, {"login", true}, {"sudo", false},     {"su-l", false},
                    {"su", true},   {"gdm", false},  {"polkit-1", false}, {"cron", false}};
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf",
                             "[Service su]\nPasswordOffer=yes\n[Service gdm]\nPasswordOffer=no\n");
        assert_int_equal(settings_world_load(world), 0);
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(settings_service(world->settings, rows[i].name).offer,
                                 rows[i].offer);
}

/* R9: what a later file sets counts, and with nothing it lifts the demand. */
static void service_demands_the_permission_that_was_set_last(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf",
                             "[Service till]\nPermission=transactions.view\n"
                             "[Service door]\nPermission=shop.open\n"
                             "[Service sshd]\nOtp=require\n");
        settings_world_write(world, "accountd.conf.d/50-site.conf",
                             "[Service till]\nPermission=transactions.refund\n"
                             "[Service door]\nPermission=\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_string_equal(settings_service(world->settings, "till").permission,
                            "transactions.refund");
        assert_string_equal(settings_service(world->settings, "door").permission, "");
        assert_null(settings_service(world->settings, "sshd").permission);
        assert_null(settings_service(world->settings, "cron").permission);
}

static void callers_are_those_that_were_set_last_for_that_service(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf",
                             "[Service nginx]\nCallers=www-data 33 @web\n"
                             "[Service postgresql]\nCallers=postgres\n");
        settings_world_write(world, "accountd.conf.d/50-site.conf",
                             "[Service nginx]\nCallers=nginx\n[Service postgresql]\nCallers=\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_string_equal(settings_service(world->settings, "nginx").callers, "nginx");
        assert_string_equal(settings_service(world->settings, "postgresql").callers, "");
        assert_null(settings_service(world->settings, "sshd").callers);
}

static void interactive_cron_asks_like_any_other_service(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf", "[Service cron]\nClass=interactive\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_int_equal(settings_service(world->settings, "cron").otp, SERVICE_OTP_PROMPT);
}

/* Takes the '#' off each line that is KEY=VALUE or a heading. */
static void uncomment(const char *from, char *out, size_t size)
{
        _cleanup_(fclosep) FILE *file = fopen(from, "re");
        char line[512];
        size_t used = 0;

        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
                bool is_key = line[0] == '#' && line[1] >= 'A' && line[1] <= 'Z' &&
                              strcspn(line, "=") < strcspn(line, " ");
                const char *text = is_key || line[1] == '[' ? line + 1 : line;

                assert_true(used + strlen(text) < size);
                strcpy(out + used, text);
                used += strlen(text);
        }
}

static void shipped_file_documents_every_default_truly(void **state)
{
        struct settings_world *world = *state;
        _cleanup_(settings_freep) struct settings *defaults = NULL;
        char text[16384] = "";

        assert_int_equal(settings_load(&defaults, "/nonexistent", NULL, NULL), 0);
        uncomment(SHIPPED_CONF "/accountd.conf", text, sizeof(text));
        settings_world_write(world, "accountd.conf", text);
        if (settings_world_load(world) < 0)
                fail_msg("%s", world->complaints);

        struct settings *shipped = world->settings;

        assert_int_equal(shipped->n_services, 1);
        assert_int_equal(shipped->n_source_exempt, 0);
        assert_string_equal(shipped->home_prefix, defaults->home_prefix);
        assert_string_equal(shipped->shell, defaults->shell);
        assert_string_equal(shipped->issuer, defaults->issuer);
        assert_string_equal(shipped->operator_group, defaults->operator_group);
        assert_string_equal(shipped->link_template, defaults->link_template);
        /* All up to the first pointer is numbers, zeroed before they were set. */
        assert_memory_equal(shipped, defaults, offsetof(struct settings, source_exempt));
}

static void shipped_file_has_every_key_and_so_has_the_manual(void **state)
{
        static const char *const files[] = {SHIPPED_CONF "/accountd.conf",
                                            SHIPPED_MAN "/accountd.conf.5"};

        for (size_t i = 0; i < ELEMENTS(files); i++) {
                _cleanup_(fclosep) FILE *file = fopen(files[i], "re");
                char text[32768] = "";

                assert_non_null(file);
                assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
                for (size_t j = 0; j < settings_table_size; j++) {
                        char key[64];

                        snprintf(key, sizeof(key),
                                 i == 0 ? "\n#%s=" : "\n.BR %s= ", settings_table[j].key);
                        if (!strstr(text, key))
                                fail_msg("%s lacks %s", files[i], settings_table[j].key);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define WITH_WORLD(test)                                                                           \
        cmocka_unit_test_setup_teardown(test, settings_world_setup, settings_world_teardown)
                WITH_WORLD(defaults_are_those_of_PCI_DSS_and_of_the_rules),
                WITH_WORLD(values_at_the_ends_of_their_ranges),
                WITH_WORLD(values_arrive_where_they_belong),
                WITH_WORLD(nist_lifts_age_and_composition_and_raises_the_length),
                WITH_WORLD(pci_holds_its_limits_and_names_the_way_out),
                WITH_WORLD(user_and_group_numbers_may_not_overlap),
                WITH_WORLD(later_files_override_earlier_ones),
                WITH_WORLD(drop_ins_are_read_in_the_order_of_their_names),
                WITH_WORLD(services_are_interactive_unless_said_or_known),
                WITH_WORLD(expiring_passwords_are_told_of_at_logins_alone),
                WITH_WORLD(service_demands_the_permission_that_was_set_last),
                WITH_WORLD(callers_are_those_that_were_set_last_for_that_service),
                WITH_WORLD(interactive_cron_asks_like_any_other_service),
                WITH_WORLD(shipped_file_documents_every_default_truly),
                cmocka_unit_test(shipped_file_has_every_key_and_so_has_the_manual),
        };

        return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
