/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files whose sections are things with a kind and a name, [Role viewer], each with keys of a table.
 */
#include "common/conf_named.h"

#include "common/cleanup.h"
#include "common/conf_value.h"

#include <errno.h>
#include <string.h>

#define LIST_SIZE 512

/* Appends "ITEM" with what stands between items of a list before it: "a, b and c". */
static void list_append(char list[LIST_SIZE], size_t at, size_t n, const char *join,
                        const char *item)
{
        size_t used = strlen(list);

        snprintf(list + used, LIST_SIZE - used, "%s%s",
                 at == 0       ? ""
                 : at + 1 == n ? join
                               : ", ",
                 item);
}

/* "[Role NAME] or [Permission NAME]" */
static void headings_list(const struct conf_named *named, char list[LIST_SIZE])
{
        list[0] = '\0';
        for (size_t i = 0; i < named->n_kinds; i++) {
                char heading[64];

                snprintf(heading, sizeof(heading), "[%s NAME]", named->kinds[i].word);
                list_append(list, i, named->n_kinds, " or ", heading);
        }
}

/* The name in "KIND NAME"; NULL: a heading of another kind. */
static const char *name_of(const struct conf_kind *kind, const char *section)
{
        size_t length = strlen(kind->word);

        return strncmp(section, kind->word, length) == 0 && section[length] == ' '
                       ? section + length + 1
                       : NULL;
}

static void unknown_heading(struct conf_named *named, const struct conf_line *line)
{
        char headings[LIST_SIZE];

        headings_list(named, headings);
        conf_complain(named->report, line->file, line->number, "[%s] is not known; write %s",
                      line->section, headings);
}

static void thing_begin(struct conf_named *named, const struct conf_kind *kind, const char *name,
                        const struct conf_line *line)
{
        if (!kind->is_name(name))
                conf_complain(named->report, line->file, line->number,
                              "[%s] has no valid name; it takes %s", line->section,
                              kind->name_takes);
        else if (kind->exists(named->userdata, name))
                conf_complain(named->report, line->file, line->number,
                              "[%s] stands here a second time; join the two", line->section);
        else {
                named->thing = kind->add(named->userdata, name);
                named->kind = named->thing ? kind : NULL;
                named->error = named->thing ? 0 : -ENOMEM;
        }
}

static void heading_take(struct conf_named *named, const struct conf_line *line)
{
        named->kind = NULL;
        named->seen = 0;
        for (size_t i = 0; i < named->n_kinds; i++) {
                const char *name = name_of(&named->kinds[i], line->section);

                if (name) {
                        thing_begin(named, &named->kinds[i], name, line);
                        return;
                }
        }
        unknown_heading(named, line);
}

static void unknown_key(struct conf_named *named, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->key};
        char keys[LIST_SIZE] = "";

        for (size_t i = 0; i < named->kind->n_keys; i++) {
                char key[64];

                conf_nearest_offer(&nearest, named->kind->keys[i].name);
                snprintf(key, sizeof(key), "%s=", named->kind->keys[i].name);
                list_append(keys, i, named->kind->n_keys, " and ", key);
        }
        if (nearest.best)
                conf_complain(named->report, line->file, line->number,
                              "%s= is not known; did you mean %s=?", line->key, nearest.best);
        else
                conf_complain(named->report, line->file, line->number,
                              "%s= is not known; there are %s", line->key, keys);
}

static void key_take(struct conf_named *named, const struct conf_line *line)
{
        for (size_t i = 0; i < named->kind->n_keys; i++) {
                if (strcmp(named->kind->keys[i].name, line->key) != 0)
                        continue;
                if (named->seen & UINT32_C(1) << i)
                        conf_complain(named->report, line->file, line->number,
                                      "%s= was set already in [%s]; keep one of them", line->key,
                                      line->section);
                else
                        named->error = named->kind->keys[i].take(named->thing, line, named->report);
                named->seen |= UINT32_C(1) << i;
                return;
        }
        unknown_key(named, line);
}

static void on_line(void *userdata, const struct conf_line *line)
{
        struct conf_named *named = userdata;
        char headings[LIST_SIZE];

        if (named->error < 0)
                return;
        if (!line->key) {
                heading_take(named, line);
        } else if (line->section[0] == '\0') {
                headings_list(named, headings);
                conf_complain(named->report, line->file, line->number,
                              "%s= stands before any heading; write %s in the line above",
                              line->key, headings);
        } else if (named->kind) {
                key_take(named, line);
        }
}

int conf_named_read(struct conf_named *named, const char *directory, const char *name)
{
        _cleanup_(freep) char *file = NULL;

        if (asprintf(&file, "%s/%s", directory, name) < 0)
                return -ENOMEM;

        int r = conf_read(file, on_line, named, named->report);

        if (r == -ENOMEM)
                return r;
        if (r < 0 && r != -ENOENT)
                conf_complain(named->report, file, 0, "cannot be read: %s", strerror(-r));
        return named->error;
}

int conf_words(const char *text, int (*each)(void *userdata, const char *word), void *userdata)
{
        _cleanup_(freep) char *copy = strdup(text);
        char *rest = copy;
        int r = copy ? 0 : -ENOMEM;

        for (char *word; r == 0 && (word = strsep(&rest, " \t"));)
                if (word[0] != '\0')
                        r = each(userdata, word);
        return r;
}

int conf_text(const struct conf_line *line, const char **text)
{
        char *copy = strdup(line->value);

        if (!copy)
                return -ENOMEM;
        free((char *)*text);
        *text = copy;
        return 0;
}

int conf_yes_no(const struct conf_line *line, bool *yes, struct conf_report *report)
{
        if (conf_boolean(line->value, yes) < 0)
                conf_complain(report, line->file, line->number,
                              "%s=%s is not valid; it takes yes or no", line->key, line->value);
        return 0;
}

int conf_list_add(const char *const **words, size_t *n_words, const char *word)
{
        const char **longer = reallocarray((void *)*words, *n_words + 1, sizeof(*longer));

        if (!longer)
                return -ENOMEM;
        *words = longer;
        longer[*n_words] = strdup(word);
        if (!longer[*n_words])
                return -ENOMEM;
        ++*n_words;
        return 0;
}

void conf_list_free(const char *const *words, size_t n_words)
{
        for (size_t i = 0; i < n_words; i++)
                free((char *)words[i]);
        free((void *)words);
}
