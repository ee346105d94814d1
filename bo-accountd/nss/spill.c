/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pairs of numbers that wait for the end of a file in the making: beyond a few, on the disk. */
#include "bo-accountd/nss/spill.h"

#include <errno.h>
#include <unistd.h>

#include "bo-accountd/nss/writer.h"

static int write_out(struct spill *spill, int dir_fd, const char *name)
{
        int r = 0;

        if (spill->fd < 0) {
                r = file_new(dir_fd, name, &spill->fd);
                if (r == 0 && unlinkat(dir_fd, name, 0) < 0)
                        r = -errno;
        }
        if (r == 0)
                r = file_write(spill->fd, spill->pairs, spill->n_pairs * sizeof(*spill->pairs));
        if (r == 0) {
                spill->n_written += spill->n_pairs;
                spill->n_pairs = 0;
        }
        return r;
}

int spill_add(struct spill *spill, int dir_fd, const char *name, struct spill_pair pair)
{
        int r = 0;

        if (!spill->pairs) {
                spill->pairs = calloc(SPILL_PAIRS, sizeof(*spill->pairs));
                if (!spill->pairs)
                        return -ENOMEM;
        }
        if (spill->n_pairs == SPILL_PAIRS)
                r = write_out(spill, dir_fd, name);
        if (r == 0)
                spill->pairs[spill->n_pairs++] = pair;
        return r;
}

/* As many as there are from @from on in one place, and @room for: in the file, or in memory. */
static int read_some(const struct spill *spill, size_t from, struct spill_pair *out, size_t room,
                     size_t *ret_n)
{
        size_t in_file = from < spill->n_written ? spill->n_written - from : 0;
        size_t n = in_file > 0 ? in_file : spill_count(spill) - from;

        n = n < room ? n : room;
        *ret_n = n;
        if (in_file == 0) {
                memcpy(out, spill->pairs + (from - spill->n_written), n * sizeof(*out));
                return 0;
        }
        return file_read(spill->fd, out, n * sizeof(*out), (off_t)(from * sizeof(*out)));
}

int spill_each(const struct spill *spill, size_t from, size_t end,
               int (*each)(void *userdata, struct spill_pair pair), void *userdata)
{
        struct spill_pair some[512];
        int r = 0;

        while (r == 0 && from < end) {
                size_t room = end - from < ELEMENTS(some) ? end - from : ELEMENTS(some), n = 0;

                r = read_some(spill, from, some, room, &n);
                for (size_t i = 0; r == 0 && i < n; i++)
                        r = each(userdata, some[i]);
                from += n;
        }
        return r;
}

void spill_clear(struct spill *spill)
{
        closep(&spill->fd);
        spill->fd = -1;
        free(spill->pairs);
        spill->pairs = NULL;
        spill->n_pairs = spill->n_written = 0;
}
