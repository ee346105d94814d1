/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ring of keys, and the keys derived from each, one for each purpose (libsodium crypto_kdf). */
#include "bo-accountd/factor/keys.h"

#include "bo-accountd/factor/key_derive.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

_Static_assert(KEYED_HASH_BYTES == crypto_generichash_BYTES, "the usual length of BLAKE2b here");

/* What stays of a retired key, and its place in key_record.bytes. */
enum kept {
        KEPT_PEPPER,
        KEPT_NAME,
        KEPT_AUDIT,
        KEPT_CURSOR,
};

static int derive_all(struct keys *keys, const struct key_record *record)
{
        const unsigned char *master = record->bytes[0];

        keys->pepper = key_derive(master, KEY_PEPPER);
        keys->token = key_derive(master, KEY_TOKEN);
        keys->name = key_derive(master, KEY_NAME);
        keys->seal = key_derive(master, KEY_SEAL);
        keys->audit = key_derive(master, KEY_AUDIT);
        keys->cursor = key_derive(master, KEY_CURSOR);
        keys->recovery = key_derive(master, KEY_RECOVERY);
        key_derive_id(keys->id, master);
        return keys->pepper && keys->token && keys->name && keys->seal && keys->audit &&
                               keys->cursor && keys->recovery
                       ? 0
                       : -ENOMEM;
}

static int read_kept(struct keys *keys, const struct key_record *record)
{
        keys->pepper = secret_copy(record->bytes[KEPT_PEPPER], KEY_BYTES);
        keys->name = secret_copy(record->bytes[KEPT_NAME], KEY_BYTES);
        keys->audit = secret_copy(record->bytes[KEPT_AUDIT], KEY_BYTES);
        keys->cursor = secret_copy(record->bytes[KEPT_CURSOR], KEY_BYTES);
        memcpy(keys->id, record->id, KEY_ID_CHARS);
        return keys->pepper && keys->name && keys->audit && keys->cursor ? 0 : -ENOMEM;
}

/*
 * A rotation must not be seen by locks: those of known users stay, so those of unknown names stay
 * under the same hash. Numbers of mails stay, or one that is tried again would come twice.
 */
static int share_lasting(struct keys *keys, const struct keys *oldest)
{
        secret_free(keys->name);
        secret_free(keys->cursor);
        keys->name = secret_copy(oldest->name->bytes, oldest->name->size);
        keys->cursor = secret_copy(oldest->cursor->bytes, oldest->cursor->size);
        return keys->name && keys->cursor ? 0 : -ENOMEM;
}

/* Appends to the ring that ends with *newest. */
static int ring_append(struct keys **newest, const struct key_record *record)
{
        struct keys *keys = calloc(1, sizeof(*keys));
        int r;

        if (!keys)
                return -ENOMEM;
        keys->kind = (enum key_kind)record->kind;
        keys->older = *newest;
        if (*newest)
                (*newest)->newer = keys;
        *newest = keys;
        switch (keys->kind) {
        case KEY_COMING:
        case KEY_IN_USE:
                r = derive_all(keys, record);
                break;
        case KEY_RETIRED:
                r = read_kept(keys, record);
                break;
        default: /* a file of a later version, or none of ours */
                return -EINVAL;
        }
        return r < 0 || !keys->older ? r : share_lasting(keys, keys_oldest(keys));
}

static int ring_load(struct keys **ret_keys, const struct secret *records)
{
        const struct key_record *at = (const struct key_record *)(const void *)records->bytes;
        _cleanup_(keys_freep) struct keys *newest = NULL;
        struct keys *in_force;

        for (size_t i = 0; i < key_records(records); i++) {
                int r = ring_append(&newest, &at[i]);

                if (r < 0)
                        return r;
        }
        in_force = newest && newest->kind == KEY_COMING ? newest->older : newest;
        if (!in_force || in_force->kind != KEY_IN_USE)
                return -EINVAL;
        newest = NULL; /* the ring goes with the key that is returned */
        *ret_keys = in_force;
        return 0;
}

static int find(struct secret **ret_records, const char *credential_path, const char *path,
                bool may_create)
{
        int r = credential_path ? key_file_read(ret_records, credential_path) : -ENOENT;

        if (r == -ENOENT)
                r = key_file_read(ret_records, path);
        if (r != -ENOENT)
                return r;
        if (!may_create)
                return -ENOKEY;
        r = key_file_create(path);
        return r < 0 && r != -EEXIST ? r : key_file_read(ret_records, path);
}

int keys_load(struct keys **ret_keys, const char *credential_path, const char *path,
              bool may_create)
{
        _cleanup_(secret_freep) struct secret *records = NULL;
        int r = find(&records, credential_path, path, may_create);

        return r < 0 ? r : ring_load(ret_keys, records);
}

static int copy_secret(struct secret **ret_copy, const struct secret *secret)
{
        if (secret)
                *ret_copy = secret_copy(secret->bytes, secret->size);
        return secret && !*ret_copy ? -ENOMEM : 0;
}

static int copy_one(struct keys *copy, const struct keys *keys)
{
        memcpy(copy->id, keys->id, sizeof(copy->id));
        copy->kind = keys->kind;
        if (copy_secret(&copy->pepper, keys->pepper) < 0 ||
            copy_secret(&copy->token, keys->token) < 0 ||
            copy_secret(&copy->name, keys->name) < 0 || copy_secret(&copy->seal, keys->seal) < 0 ||
            copy_secret(&copy->audit, keys->audit) < 0 ||
            copy_secret(&copy->cursor, keys->cursor) < 0)
                return -ENOMEM;
        return copy_secret(&copy->recovery, keys->recovery);
}

int keys_copy(struct keys **ret_keys, const struct keys *keys)
{
        _cleanup_(keys_freep) struct keys *newest = NULL;
        struct keys *same = NULL;

        for (const struct keys *key = keys_oldest(keys); key; key = key->newer) {
                struct keys *copy = calloc(1, sizeof(*copy));

                if (!copy)
                        return -ENOMEM;
                copy->older = newest;
                if (newest)
                        newest->newer = copy;
                newest = copy;
                if (key == keys)
                        same = copy;
                if (copy_one(copy, key) < 0)
                        return -ENOMEM;
        }
        newest = NULL;
        *ret_keys = same;
        return 0;
}

struct keys *keys_free(struct keys *keys)
{
        while (keys && keys->newer)
                keys = keys->newer;
        while (keys) {
                struct keys *older = keys->older;

                secret_free(keys->pepper);
                secret_free(keys->token);
                secret_free(keys->name);
                secret_free(keys->seal);
                secret_free(keys->audit);
                secret_free(keys->cursor);
                secret_free(keys->recovery);
                free(keys);
                keys = older;
        }
        return NULL;
}

const struct keys *keys_newest(const struct keys *keys)
{
        while (keys->newer)
                keys = keys->newer;
        return keys;
}

const struct keys *keys_oldest(const struct keys *keys)
{
        while (keys->older)
                keys = keys->older;
        return keys;
}

const struct keys *keys_by_id(const struct keys *keys, const char *id)
{
        if (!*id)
                return keys_oldest(keys);
        for (keys = keys_newest(keys); keys && strcmp(keys->id, id) != 0; keys = keys->older)
                ;
        return keys;
}

const struct keys *keys_usable(const struct keys *key)
{
        while (key && key->kind == KEY_RETIRED)
                key = key->older;
        return key;
}

void keys_hash(unsigned char out[KEYED_HASH_BYTES], const struct secret *key, const void *data,
               size_t size)
{
        /* Fails only for lengths out of its range; ours are constant. */
        crypto_generichash(out, KEYED_HASH_BYTES, data, size, (const unsigned char *)key->bytes,
                           key->size);
}

struct adding {
        const char *in_force;
        char *id;
};

static int add(void *userdata, struct key_record *records, size_t *n)
{
        const struct adding *adding = userdata;
        struct key_record *fresh = &records[*n];
        char last[KEY_ID_SIZE];
        size_t used = 0;

        for (size_t i = 0; i < *n; i++)
                used += records[i].kind != KEY_RETIRED;
        if (records[*n - 1].kind == KEY_COMING)
                return -EALREADY;
        key_derive_id(last, records[*n - 1].bytes[0]);
        if (adding->in_force && strcmp(last, adding->in_force) != 0)
                return -ESTALE;
        if (used >= KEYS_MOST)
                return -EOVERFLOW;
        if (*n >= KEY_RECORDS_MOST)
                return -ENOBUFS;
        randombytes_buf(fresh->bytes[0], KEY_BYTES);
        key_derive_id(adding->id, fresh->bytes[0]);
        memcpy(fresh->id, adding->id, KEY_ID_CHARS);
        fresh->kind = KEY_COMING;
        ++*n;
        return 0;
}

int keys_add(const char *path, const char *in_force, char ret_id[KEY_ID_SIZE])
{
        return key_file_replace(path, add, &(struct adding){.in_force = in_force, .id = ret_id});
}

static int put_in_force(void *userdata, struct key_record *records, size_t *n)
{
        (void)userdata; /* there is one that can be coming */
        records[*n - 1].kind = KEY_IN_USE;
        return 0;
}

int keys_put_in_force(const char *path)
{
        return key_file_replace(path, put_in_force, NULL);
}

static int confirm(void *userdata, struct key_record *records, size_t *n)
{
        char of_record[KEY_ID_SIZE];
        struct key_record *newest = &records[*n - 1];

        key_derive_id(of_record, newest->bytes[0]);
        if (newest->kind == KEY_RETIRED || strcmp(of_record, (const char *)userdata) != 0)
                return -ENOENT;
        newest->kind = KEY_IN_USE;
        return 0;
}

int keys_confirm(const char *path, const char *id)
{
        return key_file_replace(path, confirm, (void *)(uintptr_t)id);
}

static int retire_record(struct key_record *record)
{
        _cleanup_(keys_freep) struct keys *keys = calloc(1, sizeof(*keys));
        int r = keys ? derive_all(keys, record) : -ENOMEM;

        if (r < 0)
                return r;
        memcpy(record->id, keys->id, KEY_ID_CHARS);
        memcpy(record->bytes[KEPT_PEPPER], keys->pepper->bytes, KEY_BYTES);
        memcpy(record->bytes[KEPT_NAME], keys->name->bytes, KEY_BYTES);
        memcpy(record->bytes[KEPT_AUDIT], keys->audit->bytes, KEY_BYTES);
        memcpy(record->bytes[KEPT_CURSOR], keys->cursor->bytes, KEY_BYTES);
        record->kind = KEY_RETIRED;
        return 0;
}

/* Not the one in force, which is the last, or the last but one that is coming. */
static int retire(void *userdata, struct key_record *records, size_t *n)
{
        const char *id = userdata;

        for (size_t i = 0; i + 1 < *n; i++) {
                char of_record[KEY_ID_SIZE];

                if (records[i].kind != KEY_IN_USE ||
                    (i + 2 == *n && records[i + 1].kind == KEY_COMING))
                        continue;
                key_derive_id(of_record, records[i].bytes[0]);
                if (strcmp(of_record, id) == 0)
                        return retire_record(&records[i]);
        }
        return -ENOENT;
}

int keys_retire(const char *path, const char *id)
{
        return key_file_replace(path, retire, (void *)(uintptr_t)id);
}
