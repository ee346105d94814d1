/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords as Argon2id verifiers (RFC 9106) over a keyed hash of the password (the pepper). */
#include "bo-accountd/factor/password.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MARK         "$k="
#define MARK_BYTES   (sizeof(MARK) - 1 + KEY_ID_CHARS)
#define DIGEST_BYTES 32

/* What libsodium writes is 101 bytes at most: with 4 GiB and 100 passes. */
_Static_assert(MARK_BYTES + 101 < PASSWORD_HASH_SIZE, "the mark fits before it");

/* What a stored verifier says, e.g. "$k=KEYID$argon2id$v=19$m=65536,t=2,p=1$SALT$DIGEST". */
struct verifier {
        char key[KEY_ID_SIZE]; /* empty: none is named, the oldest is meant */
        struct password_cost cost;
        unsigned char salt[crypto_pwhash_SALTBYTES];
        unsigned char digest[DIGEST_BYTES];
};

/*
 * The main thread and the look-ups go first. For the hash alone: a thread that holds a lock of the
 * store or the heap must not be set aside. Only a courtesy: where the old priority cannot be had
 * back (LimitNICE= of the service), the thread stays behind.
 */
#define HASH_NICE 10

/* How many may hash at once; the threads that wait or write meanwhile may be more. By tickets, in
 * the order of coming: on a busy machine a semaphore goes to those who have just had it. */
static struct {
        pthread_mutex_t lock;
        pthread_cond_t ended;
        unsigned most; /* 0: not bounded */
        uint64_t n_come, n_ended;
} slots = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

int password_bound_hashes(unsigned most)
{
        slots.most = most;
        return 0;
}

static void slot_take(void)
{
        uint64_t ticket;

        pthread_mutex_lock(&slots.lock);
        ticket = slots.n_come++;
        while (slots.most > 0 && ticket >= slots.n_ended + slots.most)
                pthread_cond_wait(&slots.ended, &slots.lock);
        pthread_mutex_unlock(&slots.lock);
}

static void slot_give(void)
{
        pthread_mutex_lock(&slots.lock);
        slots.n_ended++;
        pthread_cond_broadcast(&slots.ended);
        pthread_mutex_unlock(&slots.lock);
}

static int hash_begin(void)
{
        int before;

        slot_take();
        before = getpriority(PRIO_PROCESS, (id_t)gettid());
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), HASH_NICE);
        return before;
}

static void hash_end(int before)
{
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), before);
        slot_give();
}

static struct secret *peppered(const struct secret *password, const struct keys *keys)
{
        struct secret *digest = secret_new(KEYED_HASH_BYTES);

        if (digest)
                keys_hash((unsigned char *)digest->bytes, keys->pepper, password->bytes,
                          password->size);
        return digest;
}

int password_hash(char out[PASSWORD_HASH_SIZE], const struct secret *password,
                  const struct keys *keys, const struct password_cost *cost)
{
        char verifier[crypto_pwhash_STRBYTES];

        if (password->size == 0)
                return -EINVAL;

        _cleanup_(secret_freep) struct secret *digest = peppered(password, keys);

        if (!digest)
                return -ENOMEM;

        int before = hash_begin();
        int r = crypto_pwhash_str_alg(verifier, digest->bytes, digest->size, cost->passes,
                                      (size_t)cost->memory_bytes, crypto_pwhash_ALG_ARGON2ID13);

        hash_end(before);
        if (r < 0)
                return -ENOMEM;
        snprintf(out, PASSWORD_HASH_SIZE, MARK "%s%.*s", keys->id,
                 (int)(PASSWORD_HASH_SIZE - MARK_BYTES - 1), verifier);
        return 0;
}

/* Past the mark, if there is one. */
static const char *mark_read(char key[KEY_ID_SIZE], const char *hash)
{
        key[0] = '\0';
        if (strncmp(hash, MARK, sizeof(MARK) - 1) != 0 || strlen(hash) < MARK_BYTES)
                return hash;
        memcpy(key, hash + sizeof(MARK) - 1, KEY_ID_CHARS);
        key[KEY_ID_CHARS] = '\0';
        return hash + MARK_BYTES;
}

/* Exactly @size bytes of base64 up to the next '$' or the end. */
static bool base64_read(unsigned char *out, size_t size, const char *text)
{
        size_t length = 0;

        return sodium_base642bin(out, size, text, strcspn(text, "$"), NULL, &length, NULL,
                                 sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
               length == size;
}

/* The upper ends are those of the settings: a changed row must not eat the machine's memory. */
static bool verifier_read(struct verifier *verifier, const char *hash)
{
        uint64_t memory_kib = 0, passes = 0;
        int end = 0;

        hash = mark_read(verifier->key, hash);
        if (sscanf(hash, "$argon2id$v=19$m=%" SCNu64 ",t=%" SCNu64 ",p=1$%n", &memory_kib, &passes,
                   &end) != 2 ||
            end == 0)
                return false;
        if (memory_kib < 8 || memory_kib > 4 << 20 || passes < 1 || passes > 100)
                return false;
        verifier->cost = (struct password_cost){passes, memory_kib * 1024};

        const char *digest = strchr(hash + end, '$');

        return digest && !strchr(digest + 1, '$') &&
               base64_read(verifier->salt, sizeof(verifier->salt), hash + end) &&
               base64_read(verifier->digest, sizeof(verifier->digest), digest + 1);
}

/*
 * The work itself is done here and not by crypto_pwhash_str_verify(), which answers "wrong" when
 * there is no memory: that would charge a failure to somebody who typed the right password.
 */
int password_verify(const char *hash, const struct secret *password, const struct keys *keys,
                    const struct password_cost *cost)
{
        struct verifier verifier = {.cost = *cost}; /* else a salt and a digest of zeros */
        const struct keys *key =
                hash && verifier_read(&verifier, hash) ? keys_by_id(keys, verifier.key) : NULL;
        bool is_real = key != NULL;
        unsigned char digest[DIGEST_BYTES];
        _cleanup_(secret_freep) struct secret *peppered_password =
                peppered(password, key ? key : keys);

        if (!peppered_password)
                return -ENOMEM;
        if (!is_real)
                verifier.cost = *cost;

        int before = hash_begin();
        int r = crypto_pwhash(digest, sizeof(digest), peppered_password->bytes,
                              peppered_password->size, verifier.salt, verifier.cost.passes,
                              (size_t)verifier.cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);

        hash_end(before);
        if (r < 0)
                return -ENOMEM;

        bool is_same = sodium_memcmp(digest, verifier.digest, sizeof(digest)) == 0;

        sodium_memzero(digest, sizeof(digest));
        return is_real && is_same && password->size > 0;
}

bool password_needs_rehash(const char *hash, const struct keys *keys,
                           const struct password_cost *cost)
{
        struct verifier verifier;

        if (!hash)
                return false;
        return !verifier_read(&verifier, hash) || keys_by_id(keys, verifier.key) != keys ||
               verifier.cost.passes != cost->passes ||
               verifier.cost.memory_bytes / 1024 != cost->memory_bytes / 1024;
}
