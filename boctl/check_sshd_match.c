/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Match blocks of sshd_config(5), which `sshd -T` leaves out: for some users they say otherwise. */
#include "boctl/check.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <string.h>

#define DIRECTORY "/etc/ssh/"
#define NESTED    16 /* files within files, as deep as sshd follows them */

struct reader {
        struct check *check;
        const char *match; /* the line that began the block; NULL: outside of all */
        int level;
};

/* The next word of @rest, quoted or not; keyword and value may be parted by '='. NULL: none. */
static char *word_next(char **rest)
{
        char *begin = *rest + strspn(*rest, " \t\r\n="), *end;
        bool quoted = *begin == '"';

        begin += quoted;
        if (!*begin || (!quoted && *begin == '#'))
                return NULL;
        end = begin + strcspn(begin, quoted ? "\"" : " \t\r\n=");
        *rest = *end ? end + 1 : end;
        *end = '\0';
        return begin;
}

static void file_read(struct reader *reader, const char *path);

/* A block that begins in a file ends with it; lines of that file are in the block that includes it.
 */
static void include_read(struct reader *reader, char *rest)
{
        const char *root = reader->check->root;

        for (char *word; reader->level < NESTED && (word = word_next(&rest));) {
                char pattern[PATH_MAX];
                glob_t found = {0};

                snprintf(pattern, sizeof(pattern), "%s%s%s", root, *word == '/' ? "" : DIRECTORY,
                         word);
                reader->level++;
                if (glob(pattern, 0, NULL, &found) == 0)
                        for (size_t i = 0; i < found.gl_pathc; i++)
                                file_read(reader, found.gl_pathv[i] + strlen(root));
                globfree(&found);
                reader->level--;
        }
}

static bool is_for_codes(const char *keyword)
{
        return strcasecmp(keyword, "KbdInteractiveAuthentication") == 0 ||
               strcasecmp(keyword, "ChallengeResponseAuthentication") == 0;
}

static void setting_check(struct reader *reader, const char *path, unsigned number,
                          const char *keyword, const char *value)
{
        char remedy[PATH_MAX + 128];

        if (!reader->match || !is_for_codes(keyword) || !value || strcasecmp(value, "no") != 0)
                return;
        snprintf(remedy, sizeof(remedy),
                 "If users of bo are among them, take line %u out of %s, then `systemctl reload "
                 "ssh`.",
                 number, path);
        check_find(
                reader->check, CHECK_WARNING, "sshd", remedy,
                "%s is no for whom `%s` matches (%s:%u): users of bo among them can neither give "
                "one-time codes nor change an expired password.",
                keyword, reader->match, path, number);
}

static void file_read(struct reader *reader, const char *path)
{
        const char *outer = reader->match;
        char below[PATH_MAX], line[4096], match[512];
        _cleanup_(fclosep) FILE *file = NULL;

        snprintf(below, sizeof(below), "%s%s", reader->check->root, path);
        file = fopen(below, "re");
        if (!file) {
                check_find(reader->check, CHECK_SKIPPED, "sshd", "Run `boctl check` as root.",
                           "Match blocks of %s were not looked at: %s.", path, strerror(errno));
                return;
        }
        for (unsigned number = 1; fgets(line, sizeof(line), file); number++) {
                char *rest = line, *keyword = word_next(&rest);

                if (!keyword)
                        continue;
                if (strcasecmp(keyword, "Match") == 0) {
                        rest += strspn(rest, " \t");
                        snprintf(match, sizeof(match), "Match %.*s", (int)strcspn(rest, "\r\n#"),
                                 rest);
                        reader->match = match;
                } else if (strcasecmp(keyword, "Include") == 0) {
                        include_read(reader, rest);
                } else {
                        setting_check(reader, path, number, keyword, word_next(&rest));
                }
        }
        reader->match = outer;
}

void check_sshd_match(struct check *check)
{
        struct reader reader = {.check = check};

        file_read(&reader, DIRECTORY "sshd_config");
}
