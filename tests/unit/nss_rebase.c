/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A base written anew beside changes: none that was acknowledged ever vanishes, not even by kill.
 */
#include "tests/unit/nss_world.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bo-accountd/publish.h"
#include "bo-accountd/store/group.h"
#include "common/clock.h"
#include "nss_bo/nss_bo.h"
#include "nss_bo/snapshot_read.h"

enum {
        MANY = 25000, /* a base of them takes several times as long as a change */
        FEW = 500,    /* so that the moment of publishing is hit, too */
        UID_LAST = 99999,
        REBASES = 8,
        READERS = 2,
        KILLS = 30,
        KILL_WITHIN_USEC = 15000,
        DEADLINE_SEC = 90,
};

static const struct publish_options options = {.group_members_max = 100};

/* What both threads of a writer share, and the parent that kills it. */
struct progress {
        atomic_uint acknowledged; /* the latest change whose publishing was reported done */
        atomic_uint asked;
        atomic_uint rebases;
        _Atomic uint64_t longest_wait_usec; /* for the publisher, since the rebase began */
        atomic_uint kept_nobody_waiting;    /* rebases: for more than half of their time */
        atomic_bool stop;
};

struct writer {
        struct progress *progress;
        struct publisher *publisher;
        struct keys *keys;
        struct store *store;
};

static struct store *open_store(struct keys *keys)
{
        struct store *store = NULL;

        return store_open(&store, "accounts.db", keys) == 0 ? store : NULL;
}

static void writer_close(struct writer *writer)
{
        publisher_free(writer->publisher);
        store_close(writer->store);
        keys_free(writer->keys);
}

/* In the directory that nss_world_setup() made. */
static bool writer_open(struct writer *writer, struct progress *progress)
{
        *writer = (struct writer){.progress = progress};
        if (keys_load(&writer->keys, NULL, "key", true) != 0 ||
            publisher_new(&writer->publisher, NSS_DIR) != 0)
                return false;
        writer->store = open_store(writer->keys);
        return writer->store && publisher_catch_up(writer->publisher, writer->store, &options) == 0;
}

/* Alice is the first: ALICE. */
static int insert_people(struct store *store, unsigned n)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = tx_begin_write(&tx, store, clock_realtime_usec());

        for (unsigned i = 0; i < n && r == 0; i++) {
                struct account person = {.home = "/home/somebody", .shell = "/bin/bash"};
                uint32_t uid;

                (void)snprintf(person.name, sizeof(person.name),
                               i ? "person%u@shop.example" : "alice@shop.example", i);
                (void)snprintf(person.full_name, sizeof(person.full_name), "0");
                r = account_insert(&tx, &person, ALICE, UID_LAST, &uid);
        }
        return r == 0 ? tx_commit(&tx) : r;
}

/* The number of the change in Alice's full name; 0 when the change was published. */
static int change_alice(struct writer *writer, unsigned change)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char name[32];
        int r = tx_begin_write(&tx, writer->store, clock_realtime_usec());

        (void)snprintf(name, sizeof(name), "%u", change);
        atomic_store(&writer->progress->asked, change);
        if (r == 0)
                r = account_set_full_name(&tx, ALICE, name);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                r = publisher_update(writer->publisher, writer->store, &options);
        if (r == 0)
                atomic_store(&writer->progress->acknowledged, change);
        return r;
}

static char not_found[] = "a user vanished", undone[] = "a change was undone",
            backwards[] = "the generation went back", failed[] = "a base could not be written",
            none[] = "no base was written";

/* As many groups noted as make the delta large, then the base; NULL, or what went wrong. */
static char *rebase_once(struct writer *writer, struct store *store)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct progress *progress = writer->progress;
        struct nss_state before, after;
        uint64_t began_usec;
        int r = tx_begin_write(&tx, store, clock_realtime_usec());

        for (uint32_t i = 0; i <= SNAPSHOT_DELTA_MAX && r == 0; i++)
                r = nss_touch_group(&tx, ENCODER + i);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                r = nss_state(store, &before);
        atomic_store(&progress->longest_wait_usec, 0);
        began_usec = clock_monotonic_usec();
        if (r == 0)
                r = publisher_rebase(writer->publisher, store, &options);
        if (2 * atomic_load(&progress->longest_wait_usec) < clock_monotonic_usec() - began_usec)
                atomic_fetch_add(&progress->kept_nobody_waiting, 1);
        atomic_fetch_add(&progress->rebases, 1);
        if (r == 0)
                r = nss_state(store, &after);
        return r != 0 ? failed : after.base <= before.base ? none : NULL;
}

static void *rebase_until_stop(void *userdata)
{
        struct writer *writer = userdata;
        struct store *store = open_store(writer->keys);
        char *wrong = store ? NULL : failed;

        while (!wrong && !atomic_load(&writer->progress->stop))
                wrong = rebase_once(writer, store);
        store_close(store);
        return wrong;
}

static char *read_generation(uint64_t *last)
{
        struct snapshot snapshot;
        uint64_t generation;

        if (snapshot_open(&snapshot, NSS_DIR) != 0)
                return not_found;
        generation = snapshot_published_generation(&snapshot);
        snapshot_close(&snapshot);
        if (generation < *last)
                return backwards;
        *last = generation;
        return NULL;
}

/* What was acknowledged before the question is in the answer, or something newer. */
static void *read_until_stop(void *userdata)
{
        struct progress *progress = userdata;
        uint64_t generation = 0;
        char *wrong = NULL;
        unsigned last = 0;

        while (!wrong && !atomic_load(&progress->stop)) {
                unsigned acknowledged = atomic_load(&progress->acknowledged);
                unsigned change = seen_change();

                if (change == UINT32_MAX)
                        return not_found;
                if (change < last || change < acknowledged)
                        return undone;
                last = change;
                wrong = read_generation(&generation);
        }
        return wrong;
}

static void join(pthread_t thread)
{
        void *wrong;

        assert_int_equal(pthread_join(thread, &wrong), 0);
        assert_string_equal(wrong ? (char *)wrong : "", "");
}

/* Asks what only the publisher's lock can delay. */
static void *wait_until_stop(void *userdata)
{
        struct writer *writer = userdata;
        struct progress *progress = writer->progress;

        while (!atomic_load(&progress->stop)) {
                uint64_t began_usec = clock_monotonic_usec(), waited_usec;

                (void)publisher_wants_rebase(writer->publisher); /* the rebases come anyway */
                waited_usec = clock_monotonic_usec() - began_usec;
                if (waited_usec > atomic_load(&progress->longest_wait_usec))
                        atomic_store(&progress->longest_wait_usec, waited_usec);
                sched_yield();
        }
        return NULL;
}

static void change_until_rebased(struct writer *writer)
{
        for (unsigned change = 1; atomic_load(&writer->progress->rebases) < REBASES; change++) {
                assert_int_equal(change_alice(writer, change), 0);
                assert_int_equal(seen_change(), change);
        }
}

static void changes_neither_wait_for_a_base_nor_vanish_with_it(void **state)
{
        pthread_t readers[READERS], rebaser, waiter;
        struct progress progress = {0};
        struct writer writer;

        (void)state;
        assert_true(writer_open(&writer, &progress));
        assert_int_equal(insert_people(writer.store, MANY), 0);
        assert_int_equal(publisher_update(writer.publisher, writer.store, &options), 0);
        for (size_t i = 0; i < READERS; i++)
                assert_int_equal(pthread_create(&readers[i], NULL, read_until_stop, &progress), 0);
        assert_int_equal(pthread_create(&rebaser, NULL, rebase_until_stop, &writer), 0);
        assert_int_equal(pthread_create(&waiter, NULL, wait_until_stop, &writer), 0);
        change_until_rebased(&writer);
        atomic_store(&progress.stop, true);
        join(rebaser);
        join(waiter);
        for (size_t i = 0; i < READERS; i++)
                join(readers[i]);
        /* A lock that is held throughout shows in every one; a busy machine in some of them. */
        assert_true(atomic_load(&progress.kept_nobody_waiting) > 0);
        writer_close(&writer);
}

/* In a child, until it is killed; what it returns is wrong in any case. */
static int write_until_killed(struct progress *progress)
{
        struct writer writer;
        pthread_t rebaser;
        int r;

        (void)alarm(DEADLINE_SEC);
        if (!writer_open(&writer, progress) ||
            pthread_create(&rebaser, NULL, rebase_until_stop, &writer) != 0)
                return 1;
        do
                r = change_alice(&writer, atomic_load(&progress->asked) + 1);
        while (r == 0);
        return 2;
}

/* At a moment that no step of the writer is tied to. */
static void kill_in_the_middle(pid_t pid, struct progress *progress)
{
        unsigned begun_at = atomic_load(&progress->acknowledged);
        uint64_t begin_usec = clock_monotonic_usec(), at_usec;

        while (atomic_load(&progress->acknowledged) == begun_at) {
                assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
                assert_true(clock_monotonic_usec() - begin_usec < DEADLINE_SEC * USEC_PER_SEC);
                sched_yield();
        }
        at_usec = clock_monotonic_usec() + (uint64_t)random() % KILL_WITHIN_USEC;
        while (clock_monotonic_usec() < at_usec)
                sched_yield();
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void expect_sound_remains(const struct progress *progress)
{
        unsigned seen = seen_change();
        uint64_t generation = 0;

        assert_in_range(seen, atomic_load(&progress->acknowledged), atomic_load(&progress->asked));
        assert_true(read_generation(&generation) == NULL);
        assert_int_equal(snapshot_generation(NSS_DIR, NULL, NULL), 0);
        assert_int_equal(count_files(NSS_DIR), 2);
        assert_int_equal(seen_change(), seen);
}

static void a_writer_killed_at_any_moment_leaves_what_it_acknowledged(void **state)
{
        struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct writer writer;

        (void)state;
        assert_ptr_not_equal(progress, MAP_FAILED);
        assert_true(writer_open(&writer, progress));
        assert_int_equal(insert_people(writer.store, FEW), 0);
        assert_int_equal(publisher_update(writer.publisher, writer.store, &options), 0);
        writer_close(&writer);
        /* On a busy machine few bases are finished before the kill. */
        for (unsigned i = 0; i < KILLS || atomic_load(&progress->rebases) == 0; i++) {
                pid_t pid = fork();

                assert_true(pid >= 0 && i < 20 * KILLS);
                if (pid == 0)
                        _exit(write_until_killed(progress));
                kill_in_the_middle(pid, progress);
                expect_sound_remains(progress);
        }
        munmap(progress, sizeof(*progress));
}

static void add_alice(struct snapshot_writer *writer, const char *gecos)
{
        add_person(writer, "alice@shop.example", ALICE, gecos);
}

static void publish_alice(uint64_t generation, const char *gecos)
{
        struct snapshot_writer *delta = begin_delta(generation);

        add_alice(delta, gecos);
        publish(delta);
}

static void a_base_in_the_making_keeps_no_change_waiting(void **state)
{
        struct snapshot_writer *base, *delta;
        uint64_t generation, base_generation;

        (void)state;
        publish_staff(9, 0);
        base = begin_base(10);
        publish_alice(11, "11");
        assert_int_equal(seen_change(), 11);
        add_alice(base, "10");
        publish_alice(12, "12");
        assert_int_equal(snapshot_delta_begin_on(&delta, base, 13, 0), -EINVAL);
        assert_int_equal(snapshot_base_finish(base), 0);
        publish_alice(13, "13");
        assert_int_equal(seen_change(), 13);
        assert_int_equal(snapshot_delta_begin_on(&delta, base, 14, 0), 0);
        add_alice(delta, "14");
        publish(delta);
        snapshot_writer_free(base);
        assert_int_equal(seen_change(), 14);
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, &base_generation), 0);
        assert_int_equal(generation, 14);
        assert_int_equal(base_generation, 10);
        assert_int_equal(count_files(NSS_DIR), 2);
}

static void of_two_bases_in_the_making_the_first_committed_wins(void **state)
{
        struct snapshot_writer *late, *early, *delta;

        (void)state;
        publish_staff(1, 0);
        late = begin_base(2);
        add_alice(late, "2");
        assert_int_equal(snapshot_base_finish(late), 0);
        early = begin_base(3);
        add_alice(early, "3");
        publish(early);
        assert_int_equal(snapshot_delta_begin_on(&delta, late, 4, 0), -EBUSY);
        assert_int_equal(snapshot_commit(late), -EBUSY);
        snapshot_writer_free(late);
        assert_int_equal(seen_change(), 3);
        assert_int_equal(count_files(NSS_DIR), 2);
}

static void touch_many(struct store *store)
{
        _cleanup_(tx_end) struct tx tx = {0};

        assert_int_equal(tx_begin_write(&tx, store, clock_realtime_usec()), 0);
        assert_int_equal(account_set_full_name(&tx, ALICE, "1"), 0);
        for (uint32_t i = 0; i <= SNAPSHOT_DELTA_MAX; i++)
                assert_int_equal(nss_touch_group(&tx, ENCODER + i), 0);
        assert_int_equal(tx_commit(&tx), 0);
}

/* While users come by the million, one base would follow the other, and each takes longer. */
static void what_nobody_waits_for_rests_longer_than_it_took(void **state)
{
        struct progress progress = {0};
        struct writer writer;
        uint64_t begun_usec, took_usec;

        (void)state;
        assert_true(writer_open(&writer, &progress));
        assert_int_equal(insert_people(writer.store, MANY), 0);
        begun_usec = clock_monotonic_usec();
        assert_int_equal(publisher_update_lazily(writer.publisher, writer.store, &options), 0);
        took_usec = clock_monotonic_usec() - begun_usec;
        assert_int_equal(seen_change(), 0);
        touch_many(writer.store);
        while (seen_change() == 0) {
                assert_int_equal(publisher_update_lazily(writer.publisher, writer.store, &options),
                                 0);
                assert_true(clock_monotonic_usec() - begun_usec < DEADLINE_SEC * USEC_PER_SEC);
        }
        assert_true(clock_monotonic_usec() - begun_usec > 2 * took_usec);

        assert_true(publisher_wants_rebase(writer.publisher));
        assert_false(publisher_is_late(writer.publisher));
        begun_usec = clock_monotonic_usec();
        assert_int_equal(publisher_rebase(writer.publisher, writer.store, &options), 0);
        took_usec = clock_monotonic_usec() - begun_usec;
        touch_many(writer.store);
        assert_int_equal(publisher_update(writer.publisher, writer.store, &options), 0);
        while (!publisher_wants_rebase(writer.publisher)) {
                assert_true(publisher_is_late(writer.publisher));
                assert_true(clock_monotonic_usec() - begun_usec < DEADLINE_SEC * USEC_PER_SEC);
        }
        assert_true(clock_monotonic_usec() - begun_usec > took_usec);
        writer_close(&writer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_base_in_the_making_keeps_no_change_waiting),
                TEST(of_two_bases_in_the_making_the_first_committed_wins),
                TEST(what_nobody_waits_for_rests_longer_than_it_took),
                TEST(changes_neither_wait_for_a_base_nor_vanish_with_it),
                TEST(a_writer_killed_at_any_moment_leaves_what_it_acknowledged),
        };

        srandom((unsigned)clock_monotonic_usec());
        return cmocka_run_group_tests(tests, NULL, NULL);
}
