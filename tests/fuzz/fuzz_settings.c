/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as accountd.conf, roles.conf and account-types.conf: refused with a complaint, or
 * within the ranges. */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bo-accountd/settings.h"
#include "common/clock.h"
#include "common/text.h"
#include "tests/temp.h"

static char directory[64];

static void directory_remove(void)
{
        static const char *const names[] = {"accountd.conf", "roles.conf", "account-types.conf"};

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                char path[128];

                snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
                unlink(path);
        }
        rmdir(directory);
}

static void directory_make(void)
{
        if (directory[0] != '\0')
                return;
        MUST_HOLD(temp_directory(directory, sizeof(directory), "/dev/shm/bo-fuzz-"));
        MUST_HOLD(atexit(directory_remove) == 0);
}

static void file_write(const char *name, const uint8_t *data, size_t size)
{
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", directory, name);

        _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        MUST_HOLD(fd >= 0 && write(fd, data, size) == (ssize_t)size);
}

static void on_complaint(void *userdata, const char *message)
{
        char clean[2048];

        text_clean(clean, sizeof(clean), message, false);
        MUST_HOLD(strcmp(clean, message) == 0 && strncmp(message, "/dev/shm/", 9) == 0);
        ++*(size_t *)userdata;
}

static void check_settings(const struct settings *settings)
{
        MUST_HOLD(settings->lockout.max_failures >= 3 && settings->lockout.max_failures <= 10);
        MUST_HOLD(settings->lockout.lock_usec >= 30 * USEC_PER_MIN);
        MUST_HOLD(settings->password.min_length >= (settings->nist ? 8 : 12));
        MUST_HOLD(settings->password.history >= 4);
        MUST_HOLD(settings->nist || (settings->password_age.max_age_usec > 0 &&
                                     settings->password_age.max_age_usec <= 90 * USEC_PER_DAY));
        MUST_HOLD(settings->uid_first >= 1000 && settings->uid_first <= settings->uid_last);
        MUST_HOLD(settings->uid_last < settings->gid_first ||
                  settings->gid_last < settings->uid_first);
        MUST_HOLD(settings->home_prefix[0] == '/' && settings->shell[0] == '/');
        for (size_t i = 0; i < settings->n_services; i++)
                MUST_HOLD(settings->services[i].class == SERVICE_INTERACTIVE ||
                          settings->services[i].otp == SERVICE_OTP_OFF);
        for (size_t i = 0; i < settings->n_roles; i++)
                MUST_HOLD(settings_role(settings, settings->roles[i].name) == &settings->roles[i]);
        for (size_t i = 0; i < settings->n_account_types; i++)
                MUST_HOLD(settings_account_type(settings, settings->account_types[i].name) ==
                          &settings->account_types[i]);
        for (size_t i = 0; i < settings->n_roles; i++)
                for (size_t j = 0; j < settings->roles[i].n_permissions; j++)
                        MUST_HOLD(settings_permission(settings, settings->roles[i].permissions[j]));
        for (size_t i = 0; i < settings->n_permissions; i++)
                MUST_HOLD(settings_permission(settings, settings->permissions[i].name) ==
                          &settings->permissions[i]);
}

/* Where the next file begins: at the next byte of 0xfe, which it also has. */
static size_t until_mark(const uint8_t *data, size_t from, size_t size)
{
        const uint8_t *mark = from < size ? memchr(data + from, 0xfe, size - from) : NULL;

        return mark ? (size_t)(mark - data) : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        size_t first = until_mark(data, 0, size), second = until_mark(data, first + 1, size);
        size_t complaints = 0;

        directory_make();
        file_write("accountd.conf", data, first);
        file_write("roles.conf", data + first, second - first);
        file_write("account-types.conf", data + second, size - second);

        int r = settings_load(&settings, directory, on_complaint, &complaints);

        MUST_HOLD((r < 0) == (complaints > 0));
        MUST_HOLD((r < 0) == (settings == NULL));
        if (settings)
                check_settings(settings);
        return 0;
}
