/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands on standard input, rows of numbers and a line "." on standard output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/login_bench.h"

#define WORDS 9

unsigned bench_number(const char *word)
{
        return (unsigned)strtoul(word, NULL, 10);
}

int bench_tell(double value)
{
        (void)printf("%.6f\n", value);
        return 0;
}

static int obey(char *line, const struct bench_command *commands, size_t n_commands)
{
        char *words[WORDS] = {NULL}, *rest = line;
        int n = 0;

        while (n < WORDS && (words[n] = strsep(&rest, " \n")))
                n += words[n][0] != '\0';
        for (size_t i = 0; i < n_commands; i++)
                if (n == commands[i].n_words && strcmp(words[0], commands[i].word) == 0)
                        return commands[i].run(words);
        return -EINVAL;
}

void bench_obey(const struct bench_command *commands, size_t n_commands)
{
        char line[512];

        while (fgets(line, sizeof(line), stdin)) {
                int r = obey(line, commands, n_commands);

                (void)printf(r == 0 ? ".\n" : "error %d\n", r);
                (void)fflush(stdout);
        }
}
