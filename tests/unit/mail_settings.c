/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* maild.conf: defaults, and what is said about bad settings. */
#include "tests/unit/unit.h"

#include "bo-maild/settings.h"
#include "bo-maild/settings_table.h"
#include "tests/temp.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct world {
        char directory[64];
        char complaints[4096];
        struct maild_settings *settings;
};

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        *state = world;
        if (!temp_directory(world->directory, sizeof(world->directory), "/tmp/bo-maild-"))
                return -1;
        return 0;
}

static char *path_of(const struct world *world, const char *name)
{
        static char path[256];

        snprintf(path, sizeof(path), "%s/%s", world->directory, name);
        return path;
}

static int teardown(void **state)
{
        struct world *world = *state;

        unlink(path_of(world, "maild.conf"));
        unlink(path_of(world, "maild.conf.d/50-site.conf"));
        rmdir(path_of(world, "maild.conf.d"));
        unlink(path_of(world, "password"));
        rmdir(world->directory);
        maild_settings_free(world->settings);
        free(world);
        return 0;
}

static void write_file(const struct world *world, const char *name, const char *text, mode_t mode)
{
        FILE *file = fopen(path_of(world, name), "we");

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
        assert_int_equal(chmod(path_of(world, name), mode), 0);
}

static void complain(void *userdata, const char *message)
{
        struct world *world = userdata;
        size_t used = strlen(world->complaints);

        assert_memory_equal(message, world->directory, strlen(world->directory));
        message += strlen(world->directory);
        snprintf(world->complaints + used, sizeof(world->complaints) - used, "%s\n",
                 message + (*message == '/'));
}

static int load(struct world *world, const char *text)
{
        struct conf_report report = {.message = complain, .userdata = world};
        char whole[1024];

        snprintf(whole, sizeof(whole), "[Mail]\n%s", text);
        write_file(world, "maild.conf", whole, 0644);
        world->complaints[0] = '\0';
        world->settings = maild_settings_free(world->settings);
        return maild_settings_load(&world->settings, world->directory, &report);
}

static void check(struct world *world, const char *text, const char *complaints)
{
        assert_int_equal(load(world, text), -EINVAL);
        assert_string_equal(world->complaints, complaints);
}

static void defaults_need_no_file(void **state)
{
        struct world *world = *state;
        struct conf_report report = {.message = complain, .userdata = world};

        assert_int_equal(maild_settings_load(&world->settings, world->directory, &report), 0);
        assert_string_equal(world->settings->server, "smtp://localhost");
        assert_int_equal(world->settings->start_tls, START_TLS_NO);
        assert_memory_equal(world->settings->from, "noreply@", 8);
        assert_string_equal(world->settings->language, "en");
        assert_int_equal(world->settings->connect_timeout_usec, 30 * USEC_PER_SEC);
        assert_null(world->settings->password);
}

static void tls_is_demanded_but_of_a_server_on_this_host(void **state)
{
        static const struct {
                const char *server;
                enum start_tls expected;
        } rows[] = {
                {"smtp://localhost", START_TLS_NO},
                {"smtp://localhost:2525", START_TLS_NO},
                {"smtp://127.0.0.1:25", START_TLS_NO},
                {"smtp://[::1]:25", START_TLS_NO},
                {"smtp://mail.shop.example", START_TLS_REQUIRED},
                {"smtp://localhost.shop.example", START_TLS_REQUIRED},
                {"smtp://127.evil.example", START_TLS_REQUIRED},
                {"smtp://[::2]:25", START_TLS_REQUIRED},
                {"smtp://192.0.2.1", START_TLS_REQUIRED},
        };
        char text[128];

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct world *world = *state;

                ROW(rows[i].server);
                snprintf(text, sizeof(text), "Server=%s\n", rows[i].server);
                assert_int_equal(load(world, text), 0);
                assert_int_equal(world->settings->start_tls, rows[i].expected);
        }
}

static void faults_are_named_with_file_and_line(void **state)
{
        check(*state, "Sever=x\n\nColour=blue\n",
              "maild.conf:2: Sever= is not known; did you mean Server=?\n"
              "maild.conf:4: Colour= is not known; maild.conf(5) lists all keys\n");
        check(*state, "Password=x\n",
              "maild.conf:2: Password= is not known: a password never stands here; see "
              "PasswordFile=\n");
        check(*state, "From=nobody\nTimeout=5\nStartTls=maybe\n",
              "maild.conf:2: From=nobody is not valid; it takes an e-mail address\n"
              "maild.conf:3: Timeout=5 is not valid; it takes a time from 1s to 1h\n"
              "maild.conf:4: StartTls=maybe is not valid; it takes required, try or no\n");
        check(*state, "Language=en\nLanguage=nl\n",
              "maild.conf:3: Language= was set in line 2 already; keep one of them\n");
        check(*state, "[Accounts]\nServer=x\n",
              "maild.conf:2: [Accounts] is not known; there is [Mail] alone\n");
}

static void servers_are_checked(void **state)
{
        static const char *const bad[] = {
                "mail.shop.example",  "http://x",      "smtp://",        "smtp://x/y",
                "smtp://u:p@x",       "smtp://x:0",    "smtp://x:65536", "smtp://x:25:25",
                "smtp://[::1",        "smtp://[x]:25", "smtp://x y",     "smtp://x?y",
                "file:///etc/passwd", "smtp://x\\y",
        };
        char text[128];

        for (size_t i = 0; i < ELEMENTS(bad); i++) {
                ROW(bad[i]);
                snprintf(text, sizeof(text), "Server=%s\n", bad[i]);
                assert_int_equal(load(*state, text), -EINVAL);
        }
        assert_int_equal(load(*state, "Server=smtps://mail.shop.example:465\n"), 0);
}

static void a_password_is_never_sent_in_clear(void **state)
{
        struct world *world = *state;

        char text[256];

        write_file(world, "password", "x\n", 0600);
        for (int i = 0; i < 2; i++) {
                snprintf(text, sizeof(text),
                         "Server=smtp://mail.shop.example\nUser=bo\nStartTls=%s\n"
                         "PasswordFile=%s/password\n",
                         i == 0 ? "no" : "try", world->directory);
                check(world, text,
                      "maild.conf:4: with User= it must be required: the password would be sent "
                      "in clear\n");
        }
}

static void a_drop_in_overrides(void **state)
{
        struct world *world = *state;

        assert_int_equal(mkdir(path_of(world, "maild.conf.d"), 0755), 0);
        write_file(world, "maild.conf.d/50-site.conf", "[Mail]\nLanguage=de\n", 0644);
        assert_int_equal(load(world, "Language=nl\n"), 0);
        assert_string_equal(world->settings->language, "de");
}

static void the_password_file_is_the_owners_alone(void **state)
{
        struct world *world = *state;
        char text[256];

        snprintf(text, sizeof(text), "User=bo\nPasswordFile=%s/password\n", world->directory);
        check(world, text, "password: cannot be read: No such file or directory\n");
        write_file(world, "password", "pass word\nmore\n", 0640);
        check(world, text, "password: others than its owner may read or write it; chmod 600 it\n");
        write_file(world, "password", "\n", 0600);
        check(world, text, "password: its first line must be the password, of at most 512 bytes\n");
        write_file(world, "password", "pass word\r\nmore\n", 0600);
        assert_int_equal(load(world, text), 0);
        assert_string_equal(world->settings->password->bytes, "pass word");
}

static void every_key_stands_in_the_file_that_is_shipped_and_in_the_manual(void **state)
{
        static const char *const places[] = {SHIPPED_CONF "/maild.conf",
                                             SHIPPED_MAN "/maild.conf.5"};
        static char text[65536];

        for (size_t i = 0; i < ELEMENTS(places); i++) {
                FILE *file = fopen(places[i], "re");
                size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

                assert_true(n > 0);
                fclose(file);
                text[n] = '\0';
                for (size_t j = 0; j < maild_settings_table_size; j++) {
                        char key[64];

                        snprintf(key, sizeof(key), "%s%s=", i == 0 ? "#" : "",
                                 maild_settings_table[j].key);
                        ROW(key);
                        assert_non_null(strstr(text, key));
                }
        }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_WORLD(defaults_need_no_file),
                IN_WORLD(tls_is_demanded_but_of_a_server_on_this_host),
                IN_WORLD(faults_are_named_with_file_and_line),
                IN_WORLD(servers_are_checked),
                IN_WORLD(a_password_is_never_sent_in_clear),
                IN_WORLD(a_drop_in_overrides),
                IN_WORLD(the_password_file_is_the_owners_alone),
                cmocka_unit_test(every_key_stands_in_the_file_that_is_shipped_and_in_the_manual),
        };

        unsetenv("CREDENTIALS_DIRECTORY");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
