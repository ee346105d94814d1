/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the threads of a process share is closed by one of them once it is not the newest, whoever
 * comes and goes in that moment. The files stand still, so that the moment comes often. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

#include "nss_bo/current.h"

enum {
        THREADS = 8,
        LOOKUPS = 200000,
        NEWEST_FOR = 3, /* lookups */
};

static const uint8_t page[1];
static atomic_uint asked, opened, closed;

int snapshot_open(struct snapshot *ret, const char *dir)
{
        (void)dir;
        atomic_fetch_add(&opened, 1);
        *ret = (struct snapshot){.base.bytes = page};
        return 0;
}

void snapshot_close(struct snapshot *snapshot)
{
        if (snapshot->base.bytes)
                atomic_fetch_add(&closed, 1);
        *snapshot = (struct snapshot){};
}

bool snapshot_superseded(const struct snapshot *snapshot)
{
        (void)snapshot;
        return atomic_fetch_add(&asked, 1) % NEWEST_FOR == 0;
}

/* NULL, or that a lookup was given a closed one. */
static void *look_up(void *unused)
{
        static char was_closed[] = "closed in use";

        (void)unused;
        for (unsigned i = 0; i < LOOKUPS; i++) {
                struct hold hold = {};

                if (hold_current(&hold) != 0 || hold.snapshot->base.bytes != page)
                        return was_closed;
                hold_release(&hold);
        }
        return NULL;
}

static void each_snapshot_is_closed_once_but_the_newest(void **state)
{
        pthread_t threads[THREADS];
        void *wrong;

        (void)state;
        for (size_t i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, look_up, NULL), 0);
        for (size_t i = 0; i < THREADS; i++) {
                assert_int_equal(pthread_join(threads[i], &wrong), 0);
                assert_null(wrong);
        }
        assert_int_equal(atomic_load(&opened), atomic_load(&closed) + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_snapshot_is_closed_once_but_the_newest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
