/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of the daemons, by a table. */
#include "common/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_USAGE 2

enum { VERSION = 256, HELP, FIRST_ROW };

static void table_make(struct option known[OPTIONS_MOST + 3], const struct option_row *rows)
{
        int n = 0;

        for (; rows[n].name; n++) {
                if (n == OPTIONS_MOST)
                        abort();
                known[n] =
                        (struct option){.name = rows[n].name,
                                        .has_arg = rows[n].value ? required_argument : no_argument,
                                        .val = FIRST_ROW + n};
        }
        known[n++] = (struct option){.name = "version", .val = VERSION};
        known[n++] = (struct option){.name = "help", .val = HELP};
        known[n] = (struct option){0};
}

int options_parse(const char *program, const char *usage, const struct option_row *rows, int argc,
                  char **argv)
{
        struct option known[OPTIONS_MOST + 3];
        int option;

        table_make(known, rows);
        while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
                if (option == VERSION) {
                        printf("%s " BO_VERSION "\n", program);
                        return EXIT_SUCCESS;
                }
                if (option < FIRST_ROW) {
                        fputs(usage, option == HELP ? stdout : stderr);
                        return option == HELP ? EXIT_SUCCESS : EXIT_USAGE;
                }
                if (rows[option - FIRST_ROW].value)
                        *rows[option - FIRST_ROW].value = optarg;
                else
                        *rows[option - FIRST_ROW].flag = true;
        }
        if (optind == argc)
                return -1;
        fprintf(stderr, "%s: \"%s\" is not an option; see --help.\n", program, argv[optind]);
        return EXIT_USAGE;
}
