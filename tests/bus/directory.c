/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users and groups of a directory as it may be: slow, silent, or with one of the name that is asked
 * for. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define VISIBLE    __attribute__((visibility("default")))
#define SLOW_NSEC  2500000000LL
#define FOREIGN_ID 1000777

/* What the directory says of @name, or of @id. */
static int answer(const char *name, unsigned id, void *mine, void **found)
{
        const struct timespec pause = {.tv_sec = SLOW_NSEC / 1000000000,
                                       .tv_nsec = SLOW_NSEC % 1000000000};

        *found = NULL;
        if (strncmp(name, "slow", 4) == 0)
                nanosleep(&pause, NULL);
        if (strncmp(name, "silent", 6) == 0)
                return EIO;
        if (strncmp(name, "large", 5) == 0)
                return ERANGE;
        if (strncmp(name, "foreign", 7) == 0 || id == FOREIGN_ID)
                *found = mine;
        return 0;
}

VISIBLE int getpwnam_r(const char *restrict name, struct passwd *restrict mine, char *restrict text,
                       size_t size, struct passwd **restrict found)
{
        *mine = (struct passwd){0};
        (void)text, (void)size;
        return answer(name, 0, mine, (void **)found);
}

VISIBLE int getpwuid_r(uid_t uid, struct passwd *restrict mine, char *restrict text, size_t size,
                       struct passwd **restrict found)
{
        *mine = (struct passwd){0};
        (void)text, (void)size;
        return answer("", uid, mine, (void **)found);
}

VISIBLE int getgrnam_r(const char *restrict name, struct group *restrict mine, char *restrict text,
                       size_t size, struct group **restrict found)
{
        (void)name, (void)text, (void)size;
        return answer("", 0, mine, (void **)found);
}

VISIBLE int getgrgid_r(gid_t gid, struct group *restrict mine, char *restrict text, size_t size,
                       struct group **restrict found)
{
        (void)gid, (void)text, (void)size;
        return answer("", 0, mine, (void **)found);
}
