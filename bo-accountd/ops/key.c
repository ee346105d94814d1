/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys: whose one is, whether he may be let in by it, and that it was used (R72, R76). */
#include "bo-accountd/ops/key.h"

#include "common/clock.h"

#include <sodium.h>
#include <string.h>

#define NOTED_USEC USEC_PER_HOUR

/* A key of nobody is hashed and compared as well: only the row of the index tells. */
static int find(struct op *op, const struct api_key *key, struct api_key_row *ret_key)
{
        struct api_key_row row = {0};
        unsigned char hash[KEYED_HASH_BYTES];
        const struct keys *ours;
        int r = api_key_load(op->store, key->prefix, &row);
        bool known = r == 0, same;

        if (r != 0 && r != BO_ERR_NO_SUCH_KEY)
                return r;
        ours = known ? keys_by_id(op->keys, row.key) : NULL;
        known = known && ours && ours->kind != KEY_RETIRED;
        api_key_hash(hash, key, row.uid, row.approval, known ? ours : op->keys);
        same = sodium_memcmp(hash, row.hash, sizeof(hash)) == 0;
        if (!known || !same)
                return BO_ERR_WRONG_CREDENTIALS;
        row.moves = ours != op->keys;
        if (row.moves)
                api_key_hash(row.hash, key, row.uid, row.approval, op->keys);
        *ret_key = row;
        return 0;
}

int key_find(struct op *op, const struct secret *text, struct api_key_row *ret_key)
{
        struct api_key key;
        int r = api_key_parse(&key, text->bytes, text->size) == TOKEN_FORM_GOOD
                        ? find(op, &key, ret_key)
                        : BO_ERR_WRONG_CREDENTIALS;

        explicit_bzero(&key, sizeof(key));
        return r;
}

int key_bar(const struct account_state *state)
{
        switch (state->status) {
        case STATUS_DEACTIVATED:
                return BO_ERR_DEACTIVATED;
        case STATUS_ACTIVATION_SENT:
                return BO_ERR_NOT_ACTIVATED;
        case STATUS_LOCKED_INACTIVITY:
                return BO_ERR_LOCKED_INACTIVITY;
        case STATUS_LOCKED_ATTEMPTS:
                return BO_ERR_LOCKED_ATTEMPTS;
        case STATUS_PASSWORD_EXPIRED:
        case STATUS_ACTIVE:
                return 0;
        }
        return BO_ERR_NOT_ALLOWED;
}

/* One of the future (the clock was set back) is written anew. */
bool key_was_noted(const struct api_key_row *key, uint64_t now_usec)
{
        return !key->moves && key->used_usec != 0 && key->used_usec <= now_usec &&
               now_usec - key->used_usec < NOTED_USEC;
}

int key_note_use(struct tx *tx, const struct api_key_row *key, const struct account *account)
{
        int r = key->moves ? api_key_move(tx, key->prefix, key->hash) : 0;

        if (r == 0)
                r = api_key_used(tx, key->prefix);

        if (r == BO_ERR_NO_SUCH_KEY)
                return BO_ERR_WRONG_CREDENTIALS;
        return r == 0 && account->is_api ? account_logged_in(tx, account->uid) : r;
}
