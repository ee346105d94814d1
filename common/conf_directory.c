/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drop-in files, one after the other. */
#include "common/cleanup.h"
#include "common/conf.h"

#include <errno.h>
#include <string.h>

static int is_drop_in(const struct dirent *entry)
{
        static const char suffix[] = ".conf";
        size_t length = strlen(entry->d_name), end = sizeof(suffix) - 1;

        return entry->d_name[0] != '.' && length > end &&
               strcmp(entry->d_name + length - end, suffix) == 0;
}

/* Unlike alphasort() the same in every locale. */
static int by_name(const struct dirent **one, const struct dirent **other)
{
        return strcmp((*one)->d_name, (*other)->d_name);
}

static int drop_in_read(const char *directory, const char *name,
                        void (*take)(void *userdata, const struct conf_line *line), void *userdata,
                        struct conf_report *report)
{
        _cleanup_(freep) char *file = NULL;

        if (asprintf(&file, "%s/%s", directory, name) < 0)
                return -ENOMEM;

        int r = conf_read(file, take, userdata, report);

        if (r < 0 && r != -ENOMEM) {
                conf_complain(report, file, 0, "cannot be read: %s", strerror(-r));
                return 0;
        }
        return r;
}

int conf_read_directory(const char *directory,
                        void (*take)(void *userdata, const struct conf_line *line), void *userdata,
                        struct conf_report *report)
{
        struct dirent **entries = NULL;
        int r = 0, count = scandir(directory, &entries, is_drop_in, by_name);

        if (count < 0)
                return errno == ENOENT ? 0 : -errno;
        for (int i = 0; i < count; i++) {
                if (r == 0)
                        r = drop_in_read(directory, entries[i]->d_name, take, userdata, report);
                free(entries[i]);
        }
        free(entries);
        return r;
}
