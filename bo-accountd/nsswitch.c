/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon asks NSS about the users and groups of others: its own it has in the store. */
#include "bo-accountd/nsswitch.h"

#include "common/cleanup.h"

#include <nss.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\n"

/* One service, or one [...] with blanks in it; its length. */
static size_t word_length(const char *word)
{
        size_t length = strcspn(word, word[0] == '[' ? "]" : BLANKS "[");

        return word[0] == '[' && word[length] ? length + 1 : length;
}

void nsswitch_without(char *out, size_t size, const char *services, const char *name)
{
        bool dropped = false;
        size_t used = 0, length;

        out[0] = '\0';
        for (const char *at = services + strspn(services, BLANKS); *at && *at != '#';
             at += length + strspn(at + length, BLANKS)) {
                length = word_length(at);
                if (at[0] != '[')
                        dropped = length == strlen(name) && strncmp(at, name, length) == 0;
                if (dropped || used + length + 2 > size)
                        continue;
                used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? " " : "",
                                         (int)length, at);
        }
        if (used == 0)
                (void)snprintf(out, size, "files"); /* what glibc asks without a line */
}

void nsswitch_leave_out_bo(void)
{
        static const char *const databases[] = {"passwd", "group", "initgroups"};
        _cleanup_(fclosep) FILE *file = fopen("/etc/nsswitch.conf", "re");
        char line[1024], services[1024];

        while (file && fgets(line, sizeof(line), file))
                for (size_t i = 0; i < ELEMENTS(databases); i++) {
                        const char *at = line + strspn(line, BLANKS);
                        size_t length = strlen(databases[i]);

                        if (strncmp(at, databases[i], length) != 0 || at[length] != ':')
                                continue;
                        nsswitch_without(services, sizeof(services), at + length + 1, "bo");
                        if (strstr(at + length, "bo"))
                                (void)__nss_configure_lookup(databases[i], services);
                }
}
