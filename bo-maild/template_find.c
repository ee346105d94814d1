/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where templates lie: the site's own come before those that are shipped. */
#include "bo-maild/template.h"

#include <errno.h>
#include <string.h>

#define FALLBACK_LANGUAGE "en"
#define SUFFIX            ".txt"

static int read_in(struct template **ret_template, const char *directory, enum mail_kind kind,
                   const char *language, struct conf_report *report)
{
        _cleanup_(freep) char *file = NULL;

        if (asprintf(&file, "%s/%s.%s" SUFFIX, directory, mail_kind_name(kind), language) < 0)
                return -ENOMEM;

        int r = template_read(ret_template, file, kind, report);

        if (r < 0 && r != -ENOENT && r != -ENOMEM && r != -EINVAL) {
                conf_complain(report, file, 0, "cannot be read: %s", strerror(-r));
                r = -EINVAL;
        }
        return r;
}

int template_find(struct template **ret_template, const struct template_places *places,
                  enum mail_kind kind, const char *language, const char **ret_language,
                  struct conf_report *report)
{
        const char *const languages[] = {language, FALLBACK_LANGUAGE};
        int r = -ENOENT;

        for (size_t i = 0; r == -ENOENT && i < ELEMENTS(languages); i++) {
                r = read_in(ret_template, places->site, kind, languages[i], report);
                if (r == -ENOENT)
                        r = read_in(ret_template, places->shipped, kind, languages[i], report);
                *ret_language = languages[i];
        }
        return r;
}

/* KIND.LANGUAGE.txt; another text is complained about, for nobody would ever read it. */
static int name_check(const char *directory, const char *name, struct conf_report *report)
{
        size_t length = strcspn(name, "."), rest = strlen(name + length);
        _cleanup_(freep) char *file = NULL, *kind_name = strndup(name, length);
        _cleanup_(template_freep) struct template *template = NULL;
        struct conf_nearest nearest = {.word = kind_name ? kind_name : ""};
        enum mail_kind kind = MAIL_KIND_COUNT;

        if (!kind_name || asprintf(&file, "%s/%s", directory, name) < 0)
                return -ENOMEM;
        if (rest < strlen(SUFFIX) || strcmp(name + length + rest - strlen(SUFFIX), SUFFIX) != 0)
                return 0; /* what an editor or dpkg has left there */
        if (rest <= strlen("." SUFFIX)) {
                conf_complain(report, file, 0,
                              "is not used; templates are named KIND.LANGUAGE" SUFFIX);
                return 0;
        }
        if (mail_kind_find(kind_name, &kind) == 0) {
                int r = template_read(&template, file, kind, report);

                return r == -ENOMEM ? r : 0;
        }
        for (unsigned i = 0; i < MAIL_KIND_COUNT; i++)
                conf_nearest_offer(&nearest, mail_kind_name((enum mail_kind)i));
        if (nearest.best)
                conf_complain(report, file, 0, "is of no kind; did you mean %s%s?", nearest.best,
                              name + length);
        else
                conf_complain(report, file, 0, "is of no kind; bo-maild(8) lists all kinds");
        return 0;
}

static int directory_check(const char *directory, struct conf_report *report)
{
        _cleanup_(closedirp) DIR *stream = opendir(directory);
        const struct dirent *entry;
        int r = 0;

        while (r == 0 && stream && (entry = readdir(stream)))
                if (entry->d_name[0] != '.')
                        r = name_check(directory, entry->d_name, report);
        return r;
}

int templates_check(const struct template_places *places, const char *language,
                    struct conf_report *report)
{
        struct conf_report silent = {0};
        int r = directory_check(places->site, report);

        if (r == 0)
                r = directory_check(places->shipped, report);
        for (unsigned kind = 0; r == 0 && kind < MAIL_KIND_COUNT; kind++) {
                _cleanup_(template_freep) struct template *template = NULL;
                const char *found;

                r = template_find(&template, places, (enum mail_kind)kind, language, &found,
                                  &silent);
                if (r == -ENOENT)
                        conf_complain(report, places->shipped, 0,
                                      "there is no template for mails of the kind %s",
                                      mail_kind_name((enum mail_kind)kind));
                if (r != -ENOMEM)
                        r = 0;
        }
        return r;
}
