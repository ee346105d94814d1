/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nsswitch.conf(5): whether this host knows the users of bo, and local ones first. */
#include "boctl/check.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define BLANKS " \t\n"

/* The services of one database, and what stands around bo. */
struct services {
        bool there;     /* the database has a line */
        int files, bo;  /* places from 1; 0: not there */
        char stops[64]; /* the action before bo that ends the search where nobody was found */
};

/* "[!UNAVAIL = return]" as "!unavail=return": small letters, and no blanks within an action. */
static void actions_read(char out[128], const char *bracket, size_t length)
{
        size_t n = 0;

        for (size_t i = 1; i < length && bracket[i] != ']' && n < 127; i++) {
                if (bracket[i] == '=' && n > 0 && out[n - 1] == ' ')
                        n--;
                if (strchr(BLANKS, bracket[i]) && (n == 0 || strchr(" =!", out[n - 1])))
                        continue;
                out[n++] = strchr(BLANKS, bracket[i]) ? ' ' : (char)tolower(bracket[i]);
        }
        out[n] = '\0';
}

/* Is who was not found looked for no further? "!" is each status but that, and the last word counts
 * (nsswitch.conf(5)). */
static bool stops_if_not_found(const char *bracket, size_t length, bool stops)
{
        char actions[128];

        actions_read(actions, bracket, length);
        for (char *rest = actions, *action; (action = strsep(&rest, " "));) {
                bool negated = *action == '!';
                char *value = strchr(action, '=');

                if (!value)
                        continue;
                *value++ = '\0';
                if ((strcmp(action + negated, "notfound") == 0) != negated)
                        stops = strcmp(value, "return") == 0;
        }
        return stops;
}

static bool word_is(const char *at, size_t length, const char *word)
{
        return strlen(word) == length && strncmp(at, word, length) == 0;
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
                if (at[0] != '[')
                        place++;
                else if (!services->bo && stops_if_not_found(at, length, false))
                        snprintf(services->stops, sizeof(services->stops), "%.*s", (int)length, at);
                if (word_is(at, length, "bo") && !services->bo)
                        services->bo = place;
                if ((word_is(at, length, "files") || word_is(at, length, "compat")) &&
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

/* A command for sed on the line of @database, before its comment: with -E. */
static void remedy_write(char out[256], const char *database, const char *change)
{
        snprintf(out, 256, "`sed -i -E '/^[[:space:]]*%s[[:space:]]*:/ { %s }' /etc/nsswitch.conf`",
                 database, change);
}

static void order_check(struct check *check, const struct services *services, const char *database)
{
        char remedy[256];

        if (services->files == 0) {
                remedy_write(remedy, database, "s/:/: files/");
                check_find(check, CHECK_FAULT, "nss", remedy,
                           "The line %s: of /etc/nsswitch.conf has bo, but not files before it: "
                           "local users and groups must come first.",
                           database);
        } else if (services->files > services->bo) {
                remedy_write(remedy, database,
                             ":a; "
                             "s/^([^#]*[[:space:]:])bo([[:space:]]*\\[[^]]*\\])?([[:space:]#]|$)/"
                             "\\1\\3/; "
                             "ta; s/^[^#]*[^#[:space:]]/& bo/");
                check_find(
                        check, CHECK_FAULT, "nss", remedy,
                        "The line %s: of /etc/nsswitch.conf has bo before files: local users and "
                        "groups must come first.",
                        database);
        }
}

static void database_check(struct check *check, FILE *file, const char *database)
{
        struct services services = database_read(file, database);
        char remedy[256];

        if (strcmp(database, "initgroups") == 0 && !services.there)
                return; /* then it is as group */
        if (!services.bo) {
                if (services.there)
                        remedy_write(remedy, database, "s/^[^#]*[^#[:space:]]/& bo/");
                else
                        snprintf(remedy, sizeof(remedy),
                                 "`echo '%s: files bo' >>/etc/nsswitch.conf`", database);
                check_find(check, CHECK_FAULT, "nss", remedy,
                           "The line %s: of /etc/nsswitch.conf lacks bo: this host does not know "
                           "the %s of bo.",
                           database, strcmp(database, "passwd") == 0 ? "users" : "groups");
                return;
        }
        order_check(check, &services, database);
        snprintf(remedy, sizeof(remedy), "Take %s before bo out of /etc/nsswitch.conf.",
                 services.stops);
        if (*services.stops)
                check_find(check, CHECK_FAULT, "nss", remedy,
                           "The line %s: of /etc/nsswitch.conf has %s before bo, which is never "
                           "asked then.",
                           database, services.stops);
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
