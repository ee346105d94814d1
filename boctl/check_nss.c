/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nsswitch.conf(5): whether this host knows the users of bo, and local ones first. */
#include "boctl/check.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define BLANKS " \t\n"

/* The services of one database, and what stands around bo. */
struct services {
        bool there;       /* the database has a line */
        int files, bo;    /* places from 1; 0: not there */
        bool stops;       /* an action before bo ends the search where nobody was found */
        const char *stop; /* which, within the line */
};

/* "[NOTFOUND=return]" in any case of letters, whatever else stands in the brackets. */
static bool stops_if_not_found(const char *word, size_t length)
{
        char lower[128];

        snprintf(lower, sizeof(lower), "%.*s", (int)length, word);
        for (char *at = lower; *at; at++)
                if (*at >= 'A' && *at <= 'Z')
                        *at = (char)(*at - 'A' + 'a');
        return strstr(lower, "notfound=return") && !strstr(lower, "!notfound=return");
}

static void services_read(struct services *services, const char *text)
{
        int place = 0;

        services->there = true;
        for (const char *at = text + strspn(text, BLANKS); *at && *at != '#';
             at += strspn(at, BLANKS)) {
                size_t length = strcspn(at, at[0] == '[' ? "]" : BLANKS "[#");

                if (at[0] == '[' && at[length] == ']')
                        length++;
                if (at[0] == '[')
                        services->stops |= !services->bo && stops_if_not_found(at, length);
                else
                        place++;
                if (length == 2 && strncmp(at, "bo", 2) == 0 && !services->bo)
                        services->bo = place;
                if (((length == 5 && strncmp(at, "files", 5) == 0) ||
                     (length == 6 && strncmp(at, "compat", 6) == 0)) &&
                    !services->files)
                        services->files = place;
                at += length;
        }
}

static struct services database_read(FILE *file, const char *database)
{
        struct services services = {0};
        size_t length = strlen(database);
        char line[1024];

        rewind(file);
        while (fgets(line, sizeof(line), file)) {
                const char *at = line + strspn(line, BLANKS);

                if (strncmp(at, database, length) == 0 &&
                    at[length + strspn(at + length, BLANKS)] == ':') {
                        services = (struct services){0}; /* glibc takes the last line */
                        services_read(&services, strchr(at, ':') + 1);
                }
        }
        return services;
}

static void database_check(struct check *check, FILE *file, const char *database)
{
        struct services services = database_read(file, database);
        bool optional = strcmp(database, "initgroups") == 0;
        char remedy[256];

        if (optional && !services.there)
                return; /* then it is as group */
        snprintf(remedy, sizeof(remedy),
                 services.there ? "`sed -i '/^[[:space:]]*%s:/ s/$/ bo/' /etc/nsswitch.conf`"
                                : "`echo '%s: files bo' >>/etc/nsswitch.conf`",
                 database);
        if (!services.bo) {
                check_find(check, CHECK_FAULT, "nss", remedy,
                           "The line %s: of /etc/nsswitch.conf lacks bo: this host does not know "
                           "%s of "
                           "bo.",
                           database, strcmp(database, "passwd") == 0 ? "the users" : "the groups");
                return;
        }
        snprintf(remedy, sizeof(remedy),
                 "`sed -i -E '/^[[:space:]]*%s:/ { s/[[:space:]]bo([[:space:]]|$)/ \\1/; s/$/ bo/ "
                 "}' "
                 "/etc/nsswitch.conf`",
                 database);
        if (services.files == 0 || services.files > services.bo)
                check_find(
                        check, CHECK_FAULT, "nss", remedy,
                        "The line %s: of /etc/nsswitch.conf has bo before files: local users and "
                        "groups must come first.",
                        database);
        if (services.stops)
                check_find(check, CHECK_FAULT, "nss",
                           "Take [NOTFOUND=return] before bo out of /etc/nsswitch.conf.",
                           "The line %s: of /etc/nsswitch.conf has [NOTFOUND=return] before bo, "
                           "which is "
                           "never asked then.",
                           database);
}

static void module_check(struct check *check)
{
        char path[PATH_MAX];
        struct stat facts;

        snprintf(path, sizeof(path), "%s" BO_NSS_DIR "/libnss_bo.so.2", check->root);
        if (stat(path, &facts) < 0)
                check_find(check, CHECK_FAULT, "nss", "`apt-get install --reinstall libnss-bo`",
                           BO_NSS_DIR
                           "/libnss_bo.so.2: %s. This host does not know the users of bo.",
                           strerror(errno));
}

void check_nss(struct check *check)
{
        static const char *const databases[] = {"passwd", "group", "initgroups"};
        _cleanup_(fclosep) FILE *file = NULL;
        char path[PATH_MAX];

        check_part(check, "nss");
        snprintf(path, sizeof(path), "%s/etc/nsswitch.conf", check->root);
        file = fopen(path, "re");
        if (!file)
                check_find(check, CHECK_FAULT, "nss", "`apt-get install --reinstall libnss-bo`",
                           "/etc/nsswitch.conf: %s.", strerror(errno));
        for (size_t i = 0; file && i < ELEMENTS(databases); i++)
                database_check(check, file, databases[i]);
        module_check(check);
}
