/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scripts of the common dialect, turned into SQLite's. */
#include "bo-accountd/store/sqlite.h"

#include <errno.h>
#include <string.h>

static const struct {
        const char *mark, *text;
} words[] = {
        {"{int}", "INTEGER"}, {"{text}", "TEXT"}, /* compared byte by byte, as this engine does
                                                     unasked */
        {"{blob}", "BLOB"},   {"{strict}", "STRICT"}, {"{keyed}", "STRICT, WITHOUT ROWID"},
        {"{trigrams}", ""},
};

/* How many bytes at @text are a mark, and what it stands for; 0 if none. */
static size_t find_word(const char *text, const char **ret_word)
{
        for (size_t i = 0; i < ELEMENTS(words); i++) {
                size_t length = strlen(words[i].mark);

                if (strncmp(text, words[i].mark, length) == 0) {
                        *ret_word = words[i].text;
                        return length;
                }
        }
        return 0;
}

static int translate(const char *text, char **ret_text)
{
        _cleanup_(freep) char *out = NULL;
        size_t size;
        FILE *file = open_memstream(&out, &size);

        if (!file)
                return -ENOMEM;
        while (*text) {
                const char *word = NULL;
                size_t length = *text == '{' ? find_word(text, &word) : 0;

                if (length > 0)
                        fputs(word, file);
                else
                        fputc(*text, file);
                text += length > 0 ? length : 1;
        }
        if (fclose(file) != 0)
                return -ENOMEM;
        *ret_text = TAKE_PTR(out);
        return 0;
}

int sqlite_script(struct sql *sql, const char *text)
{
        struct sqlite *sqlite = (struct sqlite *)sql;
        _cleanup_(freep) char *translated = NULL;
        int code, r = translate(text, &translated);

        if (r < 0)
                return r;
        code = sqlite3_exec(sqlite->handle, translated, NULL, NULL, NULL);
        return code == SQLITE_OK ? 0 : sqlite_errno(sqlite, code);
}
