/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: accounts, passwords and keys that nobody looks after. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/ops/ops.h"
#include "common/clock.h"

#define API_PASSWORD_OLD (365 * USEC_PER_DAY)
#define PENDING_LONG     (30 * USEC_PER_DAY)
#define KEY_UNUSED       (90 * USEC_PER_DAY)
#define NAMES_SHOWN      3

typedef int search_fn(struct op *op, const struct tx *tx, uint32_t **ret_uids, size_t *ret_n);

static int api_passwords(struct op *op, const struct tx *tx, uint32_t **ret_uids, size_t *ret_n)
{
        return account_api_aged(op->store, check_before(tx, API_PASSWORD_OLD), NAMES_SHOWN + 1,
                                ret_uids, ret_n);
}

static int idle(struct op *op, const struct tx *tx, uint32_t **ret_uids, size_t *ret_n)
{
        (void)tx; /* the daily pass has marked them */
        return account_idle(op->store, NAMES_SHOWN + 1, ret_uids, ret_n);
}

static int pending(struct op *op, const struct tx *tx, uint32_t **ret_uids, size_t *ret_n)
{
        return account_pending(op->store, check_before(tx, PENDING_LONG), NAMES_SHOWN + 1, ret_uids,
                               ret_n);
}

static int unused_keys(struct op *op, const struct tx *tx, uint32_t **ret_uids, size_t *ret_n)
{
        return account_key_unused(op->store, check_before(tx, KEY_UNUSED), NAMES_SHOWN + 1,
                                  ret_uids, ret_n);
}

static const struct {
        const char *part;
        search_fn *find;
        const char *text, *remedy;
} searches[] = {
        /* R5: it stops nothing; somebody should think of it. */
        {"passwords", api_passwords, "API users with a password of 365 days or more",
         "`boctl user password NAME` sets a new one; then change it in the program that uses it."},
        /* R40; PCI DSS v4.0.1 8.2.6: after 90 days they are removed or disabled. */
        {"idle", idle, "Users who have not logged in for InactivityMax=, and are locked",
         "`boctl user disable NAME` where nobody needs it any more; `boctl user reset NAME` lets "
         "the user in again."},
        {"activation", pending, "Users who were made 30 days ago or earlier, and never activated",
         "`boctl user resend NAME` makes another link; `boctl user disable NAME` where nobody "
         "waits for it."},
        {"keys", unused_keys, "API keys and address tokens not used for 90 days or more, of",
         "`boctl key delete NAME` where a program, `boctl approval list` where an address needs "
         "it no more."},
};

/* *ret_used > 120 where some did not fit. */
static int name_all(struct op *op, const uint32_t *uids, size_t n, char *out, size_t size,
                    size_t *ret_used)
{
        size_t used = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n && i < NAMES_SHOWN; i++) {
                struct account account;

                r = account_by_uid(op->store, uids[i], &account);
                if (r == 0)
                        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                                 account.name);
        }
        *ret_used = used;
        return r;
}

static int search(struct op *op, const struct tx *tx, struct findings *findings, size_t i)
{
        char names[NAMES_SHOWN * (NAME_MAX_BYTES + 3)] = "";
        _cleanup_(freep) uint32_t *uids = NULL;
        size_t n = 0, used = 0;
        int r = searches[i].find(op, tx, &uids, &n);

        if (r == 0)
                r = name_all(op, uids, n, names, sizeof(names), &used);
        if (r == 0 && n > 0)
                finding_add(findings, FINDING_WARNING, searches[i].part, searches[i].remedy,
                            "%s: %.120s%s.", searches[i].text, names,
                            n > NAMES_SHOWN || used > 120 ? " and others" : "");
        return r;
}

int check_people(struct op *op, const struct tx *tx, struct findings *findings)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < ELEMENTS(searches); i++)
                r = search(op, tx, findings, i);
        return r;
}
