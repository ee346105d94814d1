/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said about bad settings: each bad line, with file, line and what was meant. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/unit/settings_world.h"

static void check(struct settings_world *world, const char *text, const char *complaints)
{
        settings_world_write(world, "accountd.conf", text);
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_null(world->settings);
        assert_string_equal(world->complaints, complaints);
}

static void misspelt_key_names_file_line_and_the_nearest_key(void **state)
{
        check(*state, "# site\n\n[Accounts]\nLockoutAttempt=5\n",
              "accountd.conf:4: LockoutAttempt= is not known; did you mean LockoutAttempts=?\n");
        check(*state, "[Accounts]\npasswordmaxage=30d\n",
              "accountd.conf:2: passwordmaxage= is not known; did you mean PasswordMaxAge=?\n");
        check(*state, "[Accounts]\nColour=blue\n",
              "accountd.conf:2: Colour= is not known; accountd.conf(5) lists all keys\n");
}

static void bad_value_says_what_the_key_takes(void **state)
{
        check(*state, "[Accounts]\nLockoutAttempts=12\n",
              "accountd.conf:2: LockoutAttempts=12 is not valid; it takes a number from 3 to 10\n");
}

static void every_bad_line_is_shown_not_only_the_first(void **state)
{
        check(*state,
              "[Accounts]\nHashPasses=0\njunk\nLockoutAttempts=5\n=5\n[broken\nShel=/bin/sh\n",
              "accountd.conf:2: HashPasses=0 is not valid; it takes a number from 1 to 100\n"
              "accountd.conf:3: this is no assignment; write KEY=VALUE, or # before a comment\n"
              "accountd.conf:5: this is no assignment; write KEY=VALUE, or # before a comment\n"
              "accountd.conf:6: a heading must be one name in brackets, as [Accounts]\n"
              "accountd.conf:7: Shel= is not known; did you mean Shell=?\n");
}

static void key_set_twice_in_a_file_names_both_lines(void **state)
{
        check(*state, "[Accounts]\nHashPasses=2\n[Service su]\nOtp=off\n[Accounts]\nHashPasses=3\n",
              "accountd.conf:6: HashPasses= was set in line 2 already; keep one of them\n");
        check(*state, "[Service su]\nOtp=off\nOtp=off\n",
              "accountd.conf:3: Otp= was set in line 2 already; keep one of them\n");
}

static void unknown_section_is_named_once(void **state)
{
        check(*state, "[Acounts]\nHashPasses=2\nColour=blue\n",
              "accountd.conf:1: [Acounts] is not known; did you mean [Accounts]?\n");
        check(*state, "[Colours]\n",
              "accountd.conf:1: [Colours] is not known; there are [Accounts] and [Service NAME]\n");
        check(*state, "HashPasses=2\n",
              "accountd.conf:1: HashPasses= stands before any heading; write [Accounts] in the "
              "line "
              "above\n");
}

#define NAME_OF_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void services_are_checked_as_well(void **state)
{
        check(*state, "[Service sshd]\nOpt=off\nClass=people\nColour=blue\nPasswordOffer=maybe\n",
              "accountd.conf:2: Opt= is not known in [Service sshd]; did you mean Otp=?\n"
              "accountd.conf:3: Class=people is not valid; it takes interactive, batch or api\n"
              "accountd.conf:4: Colour= is not known in [Service sshd]; there are Class=, Otp=, "
              "PasswordOffer=, Terminal=, Permission=, Callers= and AddressRequired=\n"
              "accountd.conf:5: PasswordOffer=maybe is not valid; it takes yes or no\n");
        check(*state, "[Service till]\nPermission=Refund\n",
              "accountd.conf:2: Permission=Refund is not valid; it takes the name of a permission, "
              "as users.view\n");
        check(*state,
              "[Service web]\nClass=api\nCallers=www-data, postgres\n[Service db]\nCallers=@\n",
              "accountd.conf:3: Callers=www-data, postgres is not valid; it takes users of "
              "this host, uids and @groups, parted by spaces\n"
              "accountd.conf:5: Callers=@ is not valid; it takes users of this host, uids and "
              "@groups, parted by spaces\n");
        check(*state, "[Service SSHD]\nOtp=off\n",
              "accountd.conf:1: [Service SSHD] names no PAM service; write its name in /etc/pam.d, "
              "in lower case, of at most 63 characters\n");
        /* Logins of a longer one would not find the section. */
        check(*state, "[Service " NAME_OF_64 "]\nPermission=till.open\n",
              "accountd.conf:1: [Service " NAME_OF_64 "] names no PAM service; write its name in "
              "/etc/pam.d, in lower case, of at most 63 characters\n");
        check(*state, "[Service nightly]\nOtp=require\nClass=batch\n",
              "accountd.conf:2: Otp=require does not go with Class=batch of service nightly, which "
              "asks nobody; remove it\n");
}

static void drop_in_is_named_where_it_is_wrong(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf.d/50-site.conf", "[Accounts]\n\nHashPasses=x\n");
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_string_equal(world->complaints,
                            "accountd.conf.d/50-site.conf:3: HashPasses=x is not valid; it takes a "
                            "number from 1 to 100\n");
}

static void limit_of_the_profile_is_complained_of_where_it_was_set(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf", "[Accounts]\nPasswordMaxAge=30d\n");
        settings_world_write(world, "accountd.conf.d/50.conf",
                             "[Accounts]\n\n\nPasswordMaxAge=off\n");
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_memory_equal(world->complaints, "accountd.conf.d/50.conf:4: PasswordMaxAge=", 42);
}

static void long_lines_and_zero_bytes_are_refused_and_the_count_goes_on(void **state)
{
        struct settings_world *world = *state;
        char text[12000] = "[Accounts]\nHashPasses=2", path[128];
        static const char tail[] = "\nShel=/bin/sh\n";

        memset(text + strlen(text), ' ', 5000);
        strcpy(text + strlen(text), tail);
        settings_world_write(world, "accountd.conf", text);
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_string_equal(world->complaints,
                            "accountd.conf:2: the line is longer than 4095 bytes or has a zero "
                            "byte; shorten it\n"
                            "accountd.conf:3: Shel= is not known; did you mean Shell=?\n");

        snprintf(path, sizeof(path), "%s/accountd.conf", world->directory);

        _cleanup_(closep) int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

        assert_int_equal(write(fd, "[Accounts]\nHashPasses=2\0x\n", 26), 26);
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_memory_equal(world->complaints, "accountd.conf:2: the line is longer", 35);
}

static void value_of_4000_bytes_is_read_whole(void **state)
{
        struct settings_world *world = *state;
        char text[4200] = "[Accounts]\nLockoutAttempts=";

        memset(text + strlen(text), '0', 4000);
        strcat(text, "7\n");
        settings_world_write(world, "accountd.conf", text);
        assert_int_equal(settings_world_load(world), 0);
        assert_int_equal(world->settings->lockout.max_failures, 7);
}

static void no_escape_sequence_reaches_the_terminal(void **state)
{
        check(*state, "[Accounts]\nHashPasses=\033[2J\n",
              "accountd.conf:2: HashPasses=?[2J is not valid; it takes a number from 1 to 100\n");
}

static void file_that_everybody_may_write_to_is_refused(void **state)
{
        struct settings_world *world = *state;
        char path[128];

        settings_world_write(world, "accountd.conf", "[Accounts]\n");
        snprintf(path, sizeof(path), "%s/accountd.conf", world->directory);
        assert_int_equal(chmod(path, 0646), 0);
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_string_equal(world->complaints,
                            "accountd.conf: everybody may write to this file; chmod o-w it\n");
}

static void file_that_cannot_be_read_is_no_default(void **state)
{
        struct settings_world *world = *state;
        char path[128];

        snprintf(path, sizeof(path), "%s/accountd.conf", world->directory);
        assert_int_equal(mkdir(path, 0755), 0);
        assert_int_equal(settings_world_load(world), -EINVAL);
        assert_memory_equal(world->complaints, "accountd.conf: cannot be read: ", 31);
}

static void comments_blank_lines_and_a_byte_order_mark_are_nothing(void **state)
{
        struct settings_world *world = *state;

        settings_world_write(world, "accountd.conf",
                             "\xef\xbb\xbf[Accounts]\r\n# Shel=1\n; Shel=1\n  # Shel=1\n \t \n"
                             "  Issuer = a # b \r\n");
        assert_int_equal(settings_world_load(world), 0);
        assert_string_equal(world->settings->issuer, "a # b");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define WITH_WORLD(test)                                                                           \
        cmocka_unit_test_setup_teardown(test, settings_world_setup, settings_world_teardown)
                WITH_WORLD(misspelt_key_names_file_line_and_the_nearest_key),
                WITH_WORLD(bad_value_says_what_the_key_takes),
                WITH_WORLD(every_bad_line_is_shown_not_only_the_first),
                WITH_WORLD(key_set_twice_in_a_file_names_both_lines),
                WITH_WORLD(unknown_section_is_named_once),
                WITH_WORLD(services_are_checked_as_well),
                WITH_WORLD(drop_in_is_named_where_it_is_wrong),
                WITH_WORLD(limit_of_the_profile_is_complained_of_where_it_was_set),
                WITH_WORLD(long_lines_and_zero_bytes_are_refused_and_the_count_goes_on),
                WITH_WORLD(value_of_4000_bytes_is_read_whole),
                WITH_WORLD(no_escape_sequence_reaches_the_terminal),
                WITH_WORLD(file_that_everybody_may_write_to_is_refused),
                WITH_WORLD(file_that_cannot_be_read_is_no_default),
                WITH_WORLD(comments_blank_lines_and_a_byte_order_mark_are_nothing),
        };

        return cmocka_run_group_tests_name("complaints about settings", tests, NULL, NULL);
}
