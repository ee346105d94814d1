/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the shell may put in the place of the word that is being typed. */
#pragma once

#include "boctl/boctl.h"

/* The first word of a command line of the completion scripts, conf/completion/. */
#define COMPLETE_WORD "__complete"

/*
 * @argv: "bash" LINE TEXT, or "zsh" WORD... up to the cursor. Prints a candidate a line, in zsh
 * with a tab and what it is; a line that begins with a tab is for the script: nospace, files, dirs.
 * Asks the daemon where names are wanted, for two seconds at most; says nothing of what goes wrong.
 */
int complete(int argc, char **argv);

#define COMPLETE_MOST 200 /* names that are asked for: who sees more types more */

struct completion {
        char **words; /* of the command line, without the program; the last one is being typed */
        size_t n_words;
        const char *current; /* that one, or the value in it */
        const char *before;  /* "--customer=": what each candidate begins with */
        bool bash;
        char quote;  /* the one that is open, or 0 */
        size_t skip; /* bytes of a candidate that the shell has set apart */
        bool nospace;
        struct request request;
        const struct verb *verb; /* as far as it is known */
        int n_args;              /* before the current word */
};

/* Prints the candidate if it fits; @about may be NULL. */
void complete_put(struct completion *completion, const char *word, const char *about);

/* A line for the script, once. */
void complete_tell(struct completion *completion, const char *word);

/* Splits what was typed in bash into words, as it would. false: nothing can be completed. */
bool complete_split(struct completion *completion, const char *line, const char *text);
void complete_split_clear(struct completion *completion);

/* Candidates for the value of an option, and for a word called @name ("USER") behind a verb. */
void complete_option(struct completion *completion, int id);
void complete_argument(struct completion *completion, const char *name);

/* Names from the daemon: those of @kind, "USER", "CUSTOMER" ...; false: there is no such kind. */
bool complete_names(struct completion *completion, const char *kind);
