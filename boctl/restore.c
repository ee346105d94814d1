/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl restore: a backup takes the place of the database, when it is sound and somebody wants it.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "boctl/boctl.h"
#include "boctl/restore_place.h"

#define SYSTEMCTL  "/usr/bin/systemctl"
#define CHECK_UNIT "bo-accountd-restore.service"
#define UNIT       "bo-accountd.service"

DEFINE_CLEANUP(bo *, bo_close)

/* The exit status, or < 0. */
static int systemctl(const char *verb, const char *unit)
{
        char name[] = "systemctl", quiet[] = "--quiet", path[] = "PATH=/usr/bin:/bin";
        char verb_copy[16], unit_copy[64];
        char *const argv[] = {name, quiet, verb_copy, unit_copy, NULL};
        char *const environment[] = {path, NULL};
        pid_t pid;
        int status, r;

        snprintf(verb_copy, sizeof(verb_copy), "%s", verb);
        snprintf(unit_copy, sizeof(unit_copy), "%s", unit);
        r = posix_spawn(&pid, SYSTEMCTL, NULL, NULL, argv, environment);

        if (r != 0)
                return -r;
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static int put(const struct restore_place *place, const char *name)
{
        _cleanup_(closep) int fd = strcmp(name, "-") == 0
                                           ? dup(STDIN_FILENO)
                                           : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat st;
        int r;

        if (fd < 0 || fstat(fd, &st) < 0)
                return fail("Cannot read %s: %s.", name, strerror(errno));
        if (S_ISDIR(st.st_mode))
                return fail("%s is a directory.", name);
        r = restore_place_put(place, fd, (uint64_t)st.st_size);
        if (r == -ENOSPC)
                return fail("There is no room for %s beside the database: it needs its size, and "
                            "20 MiB that are left to logins.",
                            name);
        if (r < 0)
                return fail("Cannot copy %s beside the database: %s.", name, strerror(-r));
        return EXIT_DONE;
}

/* The daemon's own user looks at it, with its key, while the daemon goes on. */
static int look(const struct restore_place *place, const char *name)
{
        _cleanup_(freep) char *verdict = NULL;
        char *rest;
        int r = systemctl("start", CHECK_UNIT);

        verdict = restore_place_verdict(place);
        rest = verdict ? strchr(verdict, '\n') : NULL;
        if (!rest)
                return fail("%s could not be looked at: `journalctl -u %s` tells why.", name,
                            CHECK_UNIT);
        *rest++ = '\0';
        if (r != 0 || strcmp(verdict, "sound") != 0) {
                rest[strcspn(rest, "\n")] = '\0';
                return fail("%s is not restored, and nothing was changed. %s", name, rest);
        }
        fprintf(stderr, "%s", rest);
        return EXIT_DONE;
}

static int is_served(const char *socket)
{
        _cleanup_(bo_closep) bo *client = NULL;
        _cleanup_(bo_string_freep) char *version = NULL, *state = NULL;
        int r = connect_patiently(&client, socket);

        if (r == 0)
                r = bo_service_info(client, &version, &state);
        if (r != 0)
                return r;
        return strcmp(state, "ok") == 0 ? 0 : -EIO;
}

/* Logins that come meanwhile wait at the socket. */
static int put_in_place(const struct request *request, const struct restore_place *place)
{
        int r = restore_place_want(place);

        if (r < 0)
                return fail("Cannot put the backup in place: %s.", strerror(-r));
        r = systemctl("restart", UNIT);
        if (restore_place_done(place) < 0)
                return fail("bo-accountd did not start, so the old database is still there; the "
                            "backup takes its place with the next start. `journalctl -u %s` "
                            "tells why.",
                            UNIT);
        if (r != 0 || is_served(request->value[OPTION_SOCKET]) != 0)
                return fail("The backup is in place, but bo-accountd does not serve it: "
                            "`journalctl -u %s` tells why. The old database is kept as "
                            "/var/lib/bo-accountd/accounts.db.replaced-N.",
                            UNIT);
        tell(request, "The backup is in place. Open links, invitations, recovery codes and mails "
                      "of it are void.");
        tell(request, "The old database is kept: the highest "
                      "/var/lib/bo-accountd/accounts.db.replaced-N.");
        tell(request, "Do again what must be done again of the list above, then: "
                      "`boctl database accept`.");
        return EXIT_DONE;
}

int verb_restore(struct request *request)
{
        _cleanup_(restore_place_close) struct restore_place place = {.fd = -1};
        int r;

        if (geteuid() != 0) {
                (void)fail("Only root restores a backup.");
                return EXIT_NOT_ALLOWED;
        }
        r = restore_place_open(&place);
        if (r == -EWOULDBLOCK)
                return fail("Another restore is under way here. Wait for it, or end it.");
        if (r < 0)
                return fail("Cannot open /var/lib/bo-accountd: %s. Start bo-accountd once.",
                            strerror(-r));
        (void)systemctl("stop", CHECK_UNIT); /* of one that was broken off; there seldom is one */
        r = put(&place, request->args[0]);
        if (r == EXIT_DONE)
                r = look(&place, request->args[0]);
        if (r == EXIT_DONE)
                r = ask_yes(request, "Restore it, and lose what came since?");
        if (r == EXIT_DONE)
                r = put_in_place(request, &place);
        restore_place_clear(&place); /* not of what waits for a start of the daemon */
        return r;
}
