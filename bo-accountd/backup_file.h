/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A backup: a copy of the database, and behind it a page that says what it is, sealed. */
#pragma once

#include "bo-accountd/factor/keys.h"

#include <stdint.h>

/*
 * The page, BACKUP_END_BYTES of text and line ends, stands at the end, so that the file is an
 * SQLite database for whoever has nothing but its tools. What is sealed is a hash over the database
 * and the text before it: a change of either shows, and so does another key.
 */
#define BACKUP_END_BYTES 4096

struct backup_facts {
        char version[32]; /* of the bo that made it */
        uint32_t schema;
        uint64_t made_usec;
        uint64_t sequence;     /* of the audit trail's last row */
        uint64_t bytes;        /* of the database */
        char key[KEY_ID_SIZE]; /* that sealed it; "" if it does not say */
};

/* Told while it goes on; anything but 0 ends it (< 0). */
struct backup_watch {
        int (*step)(void *userdata, uint64_t done, uint64_t total);
        void *userdata;
};

/* Reads the database in @fd, and adds its end; facts->bytes is written. */
int backup_close(int fd, struct backup_facts *facts, const struct keys *keys,
                 const struct backup_watch *watch);

/*
 * -ENODATA: no backup, or its end is missing; -ENOKEY: sealed with no key of ours, or its end was
 * changed, and ret_facts->key is what it says; -EBADMSG: the database in it was changed or damaged.
 * Then the end is taken off @fd, which is a database.
 */
int backup_open(int fd, const struct keys *keys, const struct backup_watch *watch,
                struct backup_facts *ret_facts);
