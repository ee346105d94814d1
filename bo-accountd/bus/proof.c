/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What auth phases proved, until their session phase comes, by another connection. */
#include "bo-accountd/bus/proof.h"
#include "common/clock.h"

#include <string.h>

#define PROOFS_MOST 4096 /* auth phases whose session has not begun yet */
#define PROOF_USEC  (10 * USEC_PER_MIN)

/* What an auth phase proved, until the session phase takes it, once; in a storm a later one may
 * take its place, then the session counts as one without proof. */
static struct {
        uint64_t id;
        uint64_t since_usec;
        struct login_proof proof;
} proofs[PROOFS_MOST];

void proof_keep(uint64_t id, const struct login_proof *proof)
{
        size_t slot = id % PROOFS_MOST;

        proofs[slot].id = id;
        proofs[slot].since_usec = clock_monotonic_usec();
        proofs[slot].proof = *proof;
}

struct login_proof proof_take(uint64_t id)
{
        size_t slot = id % PROOFS_MOST;
        struct login_proof proof = {0};

        if (id == 0 || proofs[slot].id != id)
                return proof;
        if (clock_monotonic_usec() - proofs[slot].since_usec < PROOF_USEC)
                proof = proofs[slot].proof;
        explicit_bzero(&proofs[slot], sizeof(proofs[slot]));
        return proof;
}
