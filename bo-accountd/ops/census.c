/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users by status, which is derived and so has to be counted: some at each look, so that a look at
 * a million of them takes no longer than one at a thousand. */
#include "bo-accountd/ops/metrics.h"

#include <pthread.h>
#include <string.h>

#define PAGES_A_LOOK 5 /* of ACCOUNT_LOOKS_MOST */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct census whole, partial;
static char after[NAME_MAX_BYTES + 1]; /* who was counted last */

struct look {
        struct op *op;
        struct tx *tx;
};

_Static_assert(STATUS_ACTIVE + 1 == CENSUS_STATUSES, "every status is counted");

static int count_row(void *userdata, const struct account *account)
{
        const struct look *look = userdata;
        struct account_state state;
        int r = account_state(look->op, look->tx, account, &state);

        if (r != 0)
                return r;
        partial.users[account->is_api][state.status]++;
        partial.second_factor += !account->is_api && account->otp_on;
        partial.factor_missing +=
                !account->is_api && !account->otp_on && state.status != STATUS_DEACTIVATED;
        return 0;
}

static int count_page(struct look *look)
{
        const struct account_filter filter = {
                .kind = -1, .after = after, .limit = ACCOUNT_LOOKS_MOST};
        char next[NAME_MAX_BYTES + 1] = "";
        int r = account_list(look->op->store, &filter, count_row, look, next);

        if (r != 0) {
                partial = (struct census){0};
                next[0] = '\0';
        }
        memcpy(after, next, sizeof(after));
        if (r == 0 && !next[0]) {
                whole = partial;
                whole.counted_usec = look->tx->now_usec;
                partial = (struct census){0};
        }
        return r;
}

int census_go_on(struct op *op, struct tx *tx, struct census *ret_census)
{
        struct look look = {op, tx};
        int r = 0;

        pthread_mutex_lock(&lock);
        for (int i = 0; r == 0 && i < PAGES_A_LOOK; i++) {
                r = count_page(&look);
                if (!after[0])
                        break;
        }
        *ret_census = whole;
        pthread_mutex_unlock(&lock);
        return r;
}
