/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line as bash has it: split into words, and candidates quoted to stand in it. */
#include "boctl/complete.h"
#include "common/text.h"

#include <string.h>

/* What bash takes literally outside of quotes, wherever it stands in a word. */
#define PLAIN                                                                                      \
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"                           \
        "._-+@%:=,/"

/*
 * One word of @line from *@at, without its quotes; the one that is open at the end in *@ret_quote.
 * Nothing is expanded: what `$x` is only the shell knows.
 */
static void word_read(const char *line, size_t *at, char *out, char *ret_quote)
{
        char quote = 0;
        size_t i = *at;

        for (; line[i] && (quote || !strchr(" \t\n", line[i])); i++) {
                if (quote != '\'' && line[i] == '\\' && line[i + 1] &&
                    (!quote || strchr("$`\"\\", line[i + 1])))
                        *out++ = line[++i];
                else if (!quote && (line[i] == '\'' || line[i] == '"'))
                        quote = line[i];
                else if (quote && line[i] == quote)
                        quote = 0;
                else
                        *out++ = line[i];
        }
        *out = '\0';
        *at = i;
        *ret_quote = quote;
}

/* bash has broken the word at some characters; what is before the last part is not typed again. */
static bool skip_find(struct completion *c, const char *text)
{
        const char *word = c->words[c->n_words - 1];
        _cleanup_(freep) char *part = malloc(strlen(text) + 1);
        char ignored;
        size_t at = 0;

        if (!part)
                return false;
        word_read(text, &at, part, &ignored);
        if (strlen(part) > strlen(word) || strcmp(word + strlen(word) - strlen(part), part) != 0)
                return false;
        c->skip = strlen(word) - strlen(part);
        return true;
}

bool complete_split(struct completion *c, const char *line, const char *text)
{
        size_t size = strlen(line) + 1, at = 0;
        bool program = false;

        c->words = calloc(size + 1, sizeof(*c->words));
        if (!c->words)
                return false;
        for (;;) {
                _cleanup_(freep) char *word = malloc(size);

                if (!word)
                        return false;
                at += strspn(line + at, " \t\n");
                word_read(line, &at, word, &c->quote);
                /* Assignments may stand before the program. */
                if (program)
                        c->words[c->n_words++] = TAKE_PTR(word);
                else
                        program = !strchr(word, '=');
                if (!line[at])
                        break;
        }
        return c->n_words > 0 && skip_find(c, text);
}

void complete_split_clear(struct completion *c)
{
        for (size_t i = 0; c->bash && c->words && i < c->n_words; i++)
                free(c->words[i]);
        if (c->bash)
                free(c->words);
        c->words = NULL;
}

/* As it must be typed at the cursor. What cannot be is left out. */
static void quoted_put(const char *word, char quote)
{
        if (quote == '\'' && strchr(word, '\''))
                return;
        if (quote == '"' && strchr(word, '!'))
                return; /* history, which a backslash there does not escape */
        for (; *word; word++) {
                if (!quote && !strchr(PLAIN, *word) && !((unsigned char)*word & 0x80))
                        putchar('\\');
                else if (quote == '"' && strchr("$`\"\\", *word))
                        putchar('\\');
                putchar(*word);
        }
        putchar('\n');
}

/*
 * Nothing that would move the cursor, end a line, or look like something else. libbo has put '?'
 * for that, so a word with one is not the name; bo gives no names with it.
 */
static bool is_harmless(const char *word)
{
        size_t left = strlen(word);
        uint32_t code;
        int n;

        for (; left > 0; word += n, left -= (size_t)n) {
                n = text_decode(word, left, &code);
                if (n <= 0 || code == '?' || !text_is_harmless(code))
                        return false;
        }
        return true;
}

void complete_put(struct completion *c, const char *word, const char *about)
{
        char full[512], clean[160];

        if (strncmp(word, c->current, strlen(c->current)) != 0 || !is_harmless(word) ||
            (size_t)snprintf(full, sizeof(full), "%s%s", c->before, word) >= sizeof(full))
                return;
        if (c->bash) {
                if (c->skip <= strlen(full))
                        quoted_put(full + c->skip, c->quote);
                return;
        }
        text_clean(clean, sizeof(clean), about ? about : "", false);
        printf("%s\t%s\n", full, clean);
}

void complete_tell(struct completion *c, const char *word)
{
        if (strcmp(word, "nospace") != 0 || !c->nospace)
                printf("\t%s\n", word);
        c->nospace = true;
}
