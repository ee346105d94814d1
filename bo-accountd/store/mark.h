/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mark beside the database: a small sealed file that says how far the newest one had come. */
#pragma once

#include "bo-accountd/factor/keys.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers that are given once and never again, and so never go back. The order is of no meaning. */
enum mark_counter {
        MARK_UID,
        MARK_GID,
        MARK_MAIL,
        MARK_SESSION,
        MARK_APPROVAL,
        MARK_NSS,
        MARK_COUNTERS,
};
extern const char *const mark_counter_names[MARK_COUNTERS]; /* as in the table counter */

struct mark {
        uint64_t sequence;                    /* of the audit trail's last row; 0: none yet */
        unsigned char hash[KEYED_HASH_BYTES]; /* and its hash */
        int64_t counters[MARK_COUNTERS];
        int64_t settled; /* the last row of the trail that the file has without its log; -1: unknown
                          */
};

/* -ENOENT; -EBADMSG: damaged, or of another key; other negative errnos: it could not be read. */
int mark_read(struct mark *ret_mark, const char *database, const struct keys *keys);

/* Whole on the disk, or the old one stays. */
int mark_write(const struct mark *mark, const char *database, const struct keys *keys);

/* The accounts were taken away: a new database must not hide that. */
bool mark_without_database(const char *database);
