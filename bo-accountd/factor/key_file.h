/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key file: a ring of keys, the newest last, read and replaced as a whole. */
#pragma once

#include "common/secret.h"

#include <stdbool.h>
#include <stddef.h>

#define KEY_FILE_BYTES 32 /* of a ring of one, as it is made: the bare key */
#define KEY_BYTES      32
#define KEY_ID_CHARS   16

#define KEYS_MOST         8  /* in use at a time */
#define KEYS_RETIRED_MOST 56 /* beside them */
#define KEY_RECORDS_MOST  (KEYS_MOST + KEYS_RETIRED_MOST)

enum key_kind {
        KEY_COMING = 'c',  /* the last one, until all who may meet something under it know it */
        KEY_IN_USE = 'k',  /* the last of these is in force, what is older is under the others */
        KEY_RETIRED = 'r', /* its own bytes are gone; what was derived of it for good stays */
};

/* As it lies in the file, and in a struct secret. */
struct key_record {
        char kind;
        char zero[7];
        char id[KEY_ID_CHARS]; /* hexadecimal, derived of the key; no secret */
        /* The key, then zeros; of one that is retired what keys.c derived of it. */
        unsigned char bytes[4][KEY_BYTES];
};

/* @ret_records: whole records, one at least. -EINVAL: no key file, or a damaged one; -EPERM: others
 * than the owner may read or write it. */
int key_file_read(struct secret **ret_records, const char *path);

/* A new key at @path, which is not replaced: -EEXIST. */
int key_file_create(const char *path);

/*
 * What *records* become after @change, in place of the file: at any moment the old or the new ring
 * is there, whole and on the disk. @change gets room for one record more, and leaves no more than
 * KEY_RECORDS_MOST. Changes within one
 * process take turns.
 */
typedef int key_file_change(void *userdata, struct key_record *records, size_t *n_records);
int key_file_replace(const char *path, key_file_change *change, void *userdata);

static inline size_t key_records(const struct secret *records)
{
        return records->size / sizeof(struct key_record);
}
