/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The help texts, made from the tables of verbs and options. */
#include <string.h>

#include "boctl/boctl.h"

/* Columns of the command; what it does stands behind it, or below where there is no room. */
#define LEFT 25

#define WIDTH 80

static void options_print(uint64_t options)
{
        for (size_t i = 0; i < OPTION_COUNT; i++) {
                const struct option_info *info = &option_infos[i];
                char left[40];

                if (!(options & UINT64_C(1) << i))
                        continue;
                snprintf(left, sizeof(left), "--%s%s%s", info->name, info->value ? " " : "",
                         info->value ? info->value : "");
                printf("  %-22s %s\n", left, info->help);
        }
}

static void verb_print(const struct verb *verb)
{
        const char *help = verb->help;
        char left[64];

        snprintf(left, sizeof(left), "%s%s%s%s%s", verb->noun, verb->verb ? " " : "",
                 verb->verb ? verb->verb : "", verb->args ? " " : "", verb->args ? verb->args : "");
        if (strlen(left) > LEFT)
                printf("  %s\n  %*s ", left, LEFT, "");
        else
                printf("  %-*s ", LEFT, left);
        /* What is too long goes on below. */
        while (strlen(help) > WIDTH - LEFT - 3) {
                int length = WIDTH - LEFT - 3;

                while (length > 1 && help[length] != ' ')
                        length--;
                printf("%.*s\n  %*s ", length, help, LEFT, "");
                help += length + 1;
        }
        puts(help);
}

void help_all(void)
{
        puts("boctl [OPTION]... [COMMAND]\n\nThe accounts of a payment back office. Without a "
             "command: who you are to it.\n\nCommands:");
        for (size_t i = 0; i < n_verbs; i++)
                verb_print(&verbs[i]);
        puts("\nOptions of all commands:");
        options_print(OPTIONS_COMMON);
        puts("\nExit: 0 done, 1 refused or failed, 2 wrong command line, 3 the daemon is "
             "away,\n4 not allowed, 5 no such thing, 6 there already or in conflict.\nMore: man "
             "boctl; `boctl COMMAND --help`.");
}

void help_noun(const char *noun)
{
        printf("boctl %s VERB [OPTION]...\n\n", noun);
        for (size_t i = 0; i < n_verbs; i++)
                if (strcmp(verbs[i].noun, noun) == 0)
                        verb_print(&verbs[i]);
        printf("\n`boctl %s VERB --help` shows the options of a verb.\n", noun);
}

/* Filled to the width of a terminal; a line of the table ends where a sentence does. */
static void detail_print(const char *text)
{
        size_t column = 0;

        for (;;) {
                size_t length = strcspn(text, " \n");
                bool ends = text[length] == '\n' && length > 0 && text[length - 1] == '.';

                if (column > 0 && column + 1 + length > WIDTH) {
                        putchar('\n');
                        column = 0;
                }
                printf("%s%.*s", column > 0 ? " " : "", (int)length, text);
                column += length + (column > 0);
                if (!text[length])
                        break;
                if (ends) {
                        putchar('\n');
                        column = 0;
                }
                text += length + 1;
        }
        putchar('\n');
}

void help_verb(const struct verb *verb)
{
        printf("boctl %s%s%s%s%s [OPTION]...\n\n%s.\n", verb->noun, verb->verb ? " " : "",
               verb->verb ? verb->verb : "", verb->args ? " " : "", verb->args ? verb->args : "",
               verb->help);
        if (verb->detail)
                detail_print(verb->detail);
        puts("\nOptions:");
        options_print(verb->options | OPTIONS_COMMON);
}
