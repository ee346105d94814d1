/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files whose sections are things with a kind and a name, [Role viewer], each with keys of a table.
 */
#pragma once

#include "common/conf.h"

#include <stdbool.h>
#include <stdint.h>

struct conf_key {
        const char *name;
        /* Stores what @line says in @thing; complains of a bad value by itself. 0 or -ENOMEM. */
        int (*take)(void *thing, const struct conf_line *line, struct conf_report *report);
};

#define CONF_KEYS_MOST 32

struct conf_kind {
        const char *word; /* "Role" of [Role NAME] */
        const struct conf_key *keys;
        size_t n_keys; /* at most CONF_KEYS_MOST */
        bool (*is_name)(const char *name);
        const char *name_takes; /* "1 to 32 of a-z" */
        bool (*exists)(void *userdata, const char *name);
        void *(*add)(void *userdata, const char *name); /* NULL: no memory */
};

/* What is read, and how far it has come; set the first four. */
struct conf_named {
        const struct conf_kind *kinds;
        size_t n_kinds;
        struct conf_report *report;
        void *userdata; /* of exists() and add() */

        const struct conf_kind
                *kind; /* NULL: keys are passed over, as those of a refused section */
        void *thing;
        uint32_t seen; /* keys of the section under way, by their place in the table */
        int error;
};

/* Reads DIRECTORY/NAME; one that does not exist has no sections. 0 or -ENOMEM; all else is
 * complained about. */
int conf_named_read(struct conf_named *named, const char *directory, const char *name);

/* Hands each word of @text (parted by blanks) to @each, until that returns no 0; returns that, or
 * -ENOMEM. */
int conf_words(const char *text, int (*each)(void *userdata, const char *word), void *userdata);

/* For take(): a text that replaces *@text, which is freed; yes or no. 0 or -ENOMEM. */
int conf_text(const struct conf_line *line, const char **text);
int conf_yes_no(const struct conf_line *line, bool *yes, struct conf_report *report);

/* Appends a copy of @word to @words. 0 or -ENOMEM. */
int conf_list_add(const char *const **words, size_t *n_words, const char *word);
void conf_list_free(const char *const *words, size_t n_words);
