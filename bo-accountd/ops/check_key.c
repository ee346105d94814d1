/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: the key file, which is needed at the next start, and keys that are old or done with. */
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/sealing_key.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define KEY_OLD (365 * USEC_PER_DAY)

/* Those in memory are good until the daemon ends: who is told before that loses nothing. */
static void check_file(const struct op *op, struct findings *findings)
{
        _cleanup_(keys_freep) struct keys *file = NULL;
        int r = op->keys_from_credential ? 0 : keys_load(&file, NULL, op->key_file, false);
        const char *why = r == -ENOKEY   ? "is gone"
                          : r == -EINVAL ? "is damaged"
                          : r == -EPERM  ? "may be read by others than its owner"
                          : r < 0        ? "cannot be read"
                          : file && !keys_by_id(file, op->keys->id) ? "is not the one in use"
                                                                    : NULL;

        if (why)
                finding_add(findings, FINDING_FAULT, "key",
                            "Put the newest copy that you have in its place, before bo-accountd is "
                            "restarted: `install -o bo-accountd -g bo-accountd -m 600 COPY FILE`.",
                            "The key file %s %s. bo-accountd goes on with the keys that it has in "
                            "memory, and will not serve anybody once it is restarted.",
                            op->key_file, why);
}

/* What to do about keys: a credential is changed by hand (docs/operations.md). */
static const char *remedy_new(const struct op *op)
{
        return op->keys_from_credential
                       ? "A new one costs nobody anything: `bo-accountd --add-key` for a copy of "
                         "the credential, as bo-accountd(8) tells."
                       : "A new one costs nobody anything: `boctl sealing-key rotate`.";
}

static void remedy_retire(const struct op *op, const struct keys *key, char out[256])
{
        if (op->keys_from_credential)
                snprintf(out, 256,
                         "Take it out of the credential: `bo-accountd --retire-key=%s --present=%s "
                         "--key=FILE` for a copy of it, as bo-accountd(8) tells.",
                         key->id, op->keys->id);
        else
                snprintf(out, 256, "Take it out of the key file: `boctl sealing-key retire`.");
}

static int check_ring(struct op *op, struct tx *tx, struct findings *findings)
{
        struct sealing_key known = {0};
        int r = sealing_key_load(op->store, op->keys->id, &known);

        if (r < 0 && r != -ENODATA)
                return r;
        if (r == 0 && tx->now_usec > known.since_usec && tx->now_usec - known.since_usec > KEY_OLD)
                finding_add(findings, FINDING_WARNING, "key", remedy_new(op),
                            "The sealing key has been in force for %" PRIu64 " days.",
                            (tx->now_usec - known.since_usec) / USEC_PER_DAY);
        KEYS_EACH (key, op->keys) {
                struct sealing_uses uses = {0};
                char remedy[256];

                r = key == op->keys || key == op->keys->newer ? 1
                                                              : sealing_key_uses(tx, key, &uses);
                if (r < 0)
                        return r;
                remedy_retire(op, key, remedy);
                if (r == 0 && uses.passwords + sealing_uses_lost(&uses) == 0)
                        finding_add(findings, FINDING_WARNING, "key", remedy,
                                    "Nothing hangs on the sealing key %s any more.", key->id);
        }
        return 0;
}

int check_keys(struct op *op, struct tx *tx, struct findings *findings)
{
        check_file(op, findings);
        return check_ring(op, tx, findings);
}
