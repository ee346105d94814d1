/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether all parts of bo on this host are of one version, those that run too. */
#include "boctl/check.h"
#include "boctl/unit_state.h"
#include "common/version.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PART "versions"

/* The file of the daemon, which the others must fit, is the first. */
static const struct {
        const char *path, *package;
} objects[] = {
        {BO_LIBEXEC_DIR "/bo-accountd", "bo-accountd"},
        {BO_LIBEXEC_DIR "/bo-sessiond", "bo-accountd"},
        {BO_LIBEXEC_DIR "/bo-maild", "bo-maild"},
        {BO_LIB_DIR "/libbo.so.1", "libbo1"},
        {BO_NSS_DIR "/libnss_bo.so.2", "libnss-bo"},
        {BO_PAM_DIR "/pam_bo.so", "libpam-bo"},
        {BO_BIN_DIR "/boctl", "bo-tools"},
};

/* What follows the mark in @size bytes: it begins with a digit, else the mark is a pattern, as
 * here. */
static bool mark_find(const char *bytes, size_t size, char out[VERSION_SIZE])
{
        static const char mark[] = VERSION_MARK;
        const char *end = bytes + size;

        for (const char *at = bytes;
             (at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1)) != NULL;) {
                size_t length = 0;

                at += sizeof(mark) - 1;
                while (at + length < end && length + 1 < VERSION_SIZE && at[length] > ' ' &&
                       at[length] < 127)
                        length++;
                if (length == 0 || at[0] < '0' || at[0] > '9')
                        continue;
                snprintf(out, VERSION_SIZE, "%.*s", (int)length, at);
                return true;
        }
        return false;
}

int file_version(const char *path, char out[VERSION_SIZE])
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        struct stat facts;
        void *bytes;
        bool found;

        if (fd < 0 || fstat(fd, &facts) < 0)
                return -errno;
        if (!S_ISREG(facts.st_mode) || facts.st_size == 0)
                return -ENODATA;
        bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
                return -errno;
        found = mark_find(bytes, (size_t)facts.st_size, out);
        munmap(bytes, (size_t)facts.st_size);
        return found ? 0 : -ENODATA;
}

static void object_check(struct check *check, size_t i, const char *wanted)
{
        char path[PATH_MAX], version[VERSION_SIZE] = "none", remedy[256];
        int r;

        snprintf(path, sizeof(path), "%s%s", check->root, objects[i].path);
        r = file_version(path, version);
        if (r == -ENOENT)
                return; /* not installed here; who needs it tells */
        snprintf(remedy, sizeof(remedy), "`apt-get update && apt-get install --reinstall %s`",
                 objects[i].package);
        if (r < 0 && r != -ENODATA)
                check_find(check, CHECK_SKIPPED, PART, "", "%s: %s.", objects[i].path,
                           strerror(-r));
        else if (r == -ENODATA || strcmp(version, wanted) != 0)
                check_find(
                        check, CHECK_FAULT, PART, remedy,
                        "%s is of version %s, bo-accountd of %s: all parts must be of one version.",
                        objects[i].path, r == 0 ? version : "an unknown one", wanted);
}

/* The kernel says whether the file of a process was replaced since it was started. */
static void running_check(struct check *check, const char *unit, const char *path)
{
        struct unit_state state;
        char link[64], target[PATH_MAX + 16], remedy[128];
        ssize_t n;

        if (unit_state_get(unit, &state) < 0 || state.main_pid == 0)
                return;
        snprintf(link, sizeof(link), "/proc/%u/exe", state.main_pid);
        n = readlink(link, target, sizeof(target) - 1);
        if (n < 0) {
                if (errno != ENOENT && errno != ESRCH) /* else it has ended meanwhile */
                        check_find(check, CHECK_SKIPPED, PART, "Run `boctl check` as root.",
                                   "Whether %s runs from the file that is there now: %s.", unit,
                                   strerror(errno));
                return;
        }
        target[n] = '\0';
        snprintf(remedy, sizeof(remedy), "`systemctl restart %s`", unit);
        if (strstr(target, " (deleted)"))
                check_find(check, CHECK_FAULT, PART, remedy,
                           "%s runs from a file that was replaced since: %s is newer.", unit, path);
}

void check_versions(struct check *check, struct request *request)
{
        _cleanup_(bo_string_freep) char *running = NULL, *state = NULL;
        char wanted[VERSION_SIZE] = BO_VERSION, path[PATH_MAX];

        check_part(check, PART);
        snprintf(path, sizeof(path), "%s%s", check->root, objects[0].path);
        (void)file_version(path, wanted); /* not installed: this program is compared with */
        for (size_t i = 0; i < ELEMENTS(objects); i++)
                object_check(check, i, wanted);
        if (request->bo && bo_service_info(request->bo, &running, &state) == 0 &&
            strcmp(running, wanted) != 0)
                check_find(check, CHECK_FAULT, PART, "`systemctl restart bo-accountd`",
                           "The bo-accountd that runs is of version %s, its file of %s.", running,
                           wanted);
        running_check(check, "bo-accountd.service", BO_LIBEXEC_DIR "/bo-accountd");
        running_check(check, "bo-sessiond.service", BO_LIBEXEC_DIR "/bo-sessiond");
        running_check(check, "bo-maild.service", BO_LIBEXEC_DIR "/bo-maild");
}
