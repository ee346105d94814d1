/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A damaged, truncated, missing, read-only or full store says so, and comes back when it is mended.
 */
#include "tests/store/fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MANY 2000

static void fill(struct store *store)
{
        struct tx tx = {0};

        begin(&tx, store);
        for (int i = 0; i < MANY; i++) {
                char name[40];

                snprintf(name, sizeof(name), "user%04d@shop.example", i);
                add_user(&tx, name);
        }
        commit(&tx);
        assert_done(store_checkpoint(store));
}

/* Reads everybody; the first error. */
static int read_all(struct store *store)
{
        int r = 0;

        for (uint32_t uid = UID_FIRST; r == 0 && uid < UID_FIRST + MANY; uid++) {
                struct account account;

                r = account_by_uid(store, uid, &account);
        }
        return r;
}

/* In a process of their own, as an accident would: closing the file in this one drops its locks. */
static int copy(const char *from, const char *to)
{
        char bytes[65536];
        int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0600);
        ssize_t n;

        CHECK(in >= 0 && out >= 0);
        while ((n = read(in, bytes, sizeof(bytes))) > 0)
                CHECK(write(out, bytes, (size_t)n) == n);
        return 0;
}

static void copy_path(const struct fixture *fixture, char out[128])
{
        snprintf(out, 128, "%s/copy", fixture->dir);
}

static int save_copy(struct fixture *fixture)
{
        char path[128];

        copy_path(fixture, path);
        return copy(fixture->where, path);
}

static int mend(struct fixture *fixture)
{
        char path[128];

        copy_path(fixture, path);
        return copy(path, fixture->where);
}

static int overwrite(struct fixture *fixture, off_t from)
{
        char garbage[4096];
        struct stat st;
        int fd = open(fixture->where, O_WRONLY);

        memset(garbage, 0xa5, sizeof(garbage));
        CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_size > from);
        for (; from < st.st_size; from += (off_t)sizeof(garbage))
                CHECK(pwrite(fd, garbage, sizeof(garbage), from) == sizeof(garbage));
        return 0;
}

static int overwrite_tables(struct fixture *fixture)
{
        return overwrite(fixture, (off_t)40 * 4096);
}

static int overwrite_header(struct fixture *fixture)
{
        return overwrite(fixture, 0);
}

static int add_one(struct store *store, const char *name)
{
        struct account account = {.activated_usec = NOON}, found;
        struct tx tx = {0};
        uint32_t uid;
        int r;

        snprintf(account.name, sizeof(account.name), "%s", name);
        begin(&tx, store);
        r = account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid);
        if (r == 0)
                r = tx_commit(&tx);
        else
                tx_end(&tx);
        assert_int_equal(account_by_name(store, name, &found), r == 0 ? 0 : BO_ERR_NO_SUCH_USER);
        return r;
}

static void a_damaged_index_of_names_is_made_anew_from_what_it_holds(void **state)
{
        struct fixture *fixture = *state;
        struct account found;

        fill(fixture->store);
        fixture->store = store_close(fixture->store);
        run_sql(fixture, "UPDATE account_text_data SET block = x'0011' WHERE id >= 10");
        fixture->store = another_connection(fixture);
        assert_true(add_one(fixture->store, "before") < 0);
        assert_done(account_by_name(fixture->store, "user0000@shop.example", &found));
        fixture->store = store_close(fixture->store);
        run_sql(fixture, "INSERT INTO account_text (account_text) VALUES ('rebuild')");
        fixture->store = another_connection(fixture);
        assert_done(add_one(fixture->store, "after"));
        fixture->store = store_close(fixture->store);
        run_sql(fixture, "INSERT INTO account_text (account_text) VALUES ('integrity-check')");
}

static void a_connection_meets_damage_and_goes_on_when_it_is_mended(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        fill(fixture->store);
        reopen(fixture);
        assert_done(in_child(save_copy, fixture));
        assert_done(in_child(overwrite_tables, fixture));
        assert_int_equal(read_all(fixture->store), -EIO);
        assert_int_equal(read_all(fixture->store), -EIO);

        assert_done(in_child(mend, fixture));
        assert_done(read_all(fixture->store));
        begin(&tx, fixture->store);
        add_user(&tx, "alice");
        commit(&tx);
}

static void a_transaction_that_meets_damage_is_rolled_back(void **state)
{
        struct fixture *fixture = *state;
        struct account account;
        struct tx tx = {0};
        int r = 0;

        fill(fixture->store);
        reopen(fixture);
        assert_done(in_child(save_copy, fixture));
        begin(&tx, fixture->store);
        add_user(&tx, "alice");
        assert_done(in_child(overwrite_tables, fixture));
        for (uint32_t uid = UID_FIRST; r == 0 && uid < UID_FIRST + MANY; uid++)
                r = account_logged_in(&tx, uid);
        assert_int_equal(r, -EIO);
        tx_end(&tx);
        assert_done(in_child(mend, fixture));
        assert_int_equal(account_by_name(fixture->store, "alice", &account), BO_ERR_NO_SUCH_USER);
        make_user(fixture->store, "alice");
}

static void expect_no_opening(struct fixture *fixture, int error)
{
        struct store *store = NULL;

        assert_int_equal(store_open(&store, fixture->where, fixture->keys), error);
        assert_null(store);
}

static void garbage_is_no_store(void **state)
{
        struct fixture *fixture = *state;

        fixture->store = store_close(fixture->store);
        assert_done(overwrite_header(fixture));
        expect_no_opening(fixture, -EIO);
}

static void a_file_cut_in_half_is_no_store(void **state)
{
        struct fixture *fixture = *state;
        struct stat st;

        fill(fixture->store);
        fixture->store = store_close(fixture->store);
        assert_done(stat(fixture->where, &st));
        assert_done(truncate(fixture->where, st.st_size / 2));
        expect_no_opening(fixture, -EIO);
}

/* An empty file would be a store without users: nobody could log in, and all names were free. */
static void an_emptied_file_is_no_new_store(void **state)
{
        struct fixture *fixture = *state;

        fixture->store = store_close(fixture->store);
        assert_done(truncate(fixture->where, 0));
        expect_no_opening(fixture, -EIO);
}

static void a_file_that_went_without_its_log_is_not_made_anew(void **state)
{
        struct fixture *fixture = *state;

        make_user(fixture->store, "alice");
        assert_done(unlink(fixture->where));
        store_doubt(fixture->store);
        expect_no_opening(fixture, -EIO);
        fixture->store = store_close(fixture->store);
}

static void a_directory_that_is_not_there_is_told(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = NULL;

        assert_int_equal(store_open(&store, "/nowhere/accounts.db", fixture->keys), -ENOENT);
        assert_null(store);
}

static int mode_of(struct fixture *fixture, const char *suffix)
{
        char path[128];
        struct stat st;

        snprintf(path, sizeof(path), "%s%s", fixture->where, suffix);
        assert_done(stat(path, &st));
        return (int)(st.st_mode & 07777);
}

static void only_the_daemon_reads_it_whatever_the_umask(void **state)
{
        struct fixture *fixture = *state;
        static const mode_t masks[] = {0, 0277};

        for (size_t i = 0; i < ELEMENTS(masks); i++) {
                mode_t before;

                fixture->store = store_close(fixture->store);
                assert_done(unlink(fixture->where));
                before = umask(masks[i]);
                fixture->store = another_connection(fixture);
                make_user(fixture->store, "alice");
                umask(before);
                assert_int_equal(mode_of(fixture, ""), 0600);
                assert_int_equal(mode_of(fixture, "-wal"), 0600);
                assert_int_equal(mode_of(fixture, "-shm"), 0600);
        }
        fixture->store = store_close(fixture->store);
        assert_done(chmod(fixture->where, 0644));
        fixture->store = another_connection(fixture);
        assert_int_equal(mode_of(fixture, ""), 0600);
}

/* A file system of 1 MiB in a mount namespace that ends with the child. */
static int enter_small_disk(struct fixture *fixture)
{
        if (unshare(CLONE_NEWNS) < 0)
                return -1;
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -1;
        return mount("tmpfs", fixture->dir, "tmpfs", 0, "size=2m");
}

static int fill_disk(struct fixture *fixture, char path[128])
{
        static const char bytes[512];
        int fd;

        snprintf(path, 128, "%s/filler", fixture->dir);
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        CHECK(fd >= 0);
        while (write(fd, bytes, sizeof(bytes)) > 0)
                ;
        CHECK(errno == ENOSPC);
        return close(fd);
}

static int create_numbered(struct store *store, int number)
{
        struct account account = {.home = "/home/x", .shell = "/bin/bash"};
        struct tx tx = {0};
        uint32_t uid;
        int r;

        snprintf(account.name, sizeof(account.name), "user%d", number);
        r = tx_begin_write(&tx, store, NOON);
        if (r == 0)
                r = account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid);
        if (r == 0)
                r = audit_append(&tx, &(struct audit_entry){.event = "user-created"});
        if (r == 0)
                r = tx_commit(&tx);
        tx_end(&tx);
        return r;
}

static int count_user(void *userdata, const struct account *account)
{
        (*(int *)userdata) += account->uid > 0;
        return 0;
}

static int count_users(struct store *store)
{
        struct account_filter filter = {.kind = -1, .limit = 1000000};
        int n = 0;

        return account_list(store, &filter, count_user, &n, NULL) == 0 ? n : -1;
}

static int use_full_disk(struct fixture *fixture)
{
        struct store *store = NULL;
        struct account account;
        char filler[128];
        uint64_t rows, bad;
        int n = 0, r;

        CHECK(enter_small_disk(fixture) == 0);
        CHECK(store_open(&store, fixture->where, fixture->keys) == 0);
        CHECK(create_numbered(store, n++) == 0);
        CHECK(fill_disk(fixture, filler) == 0);
        while ((r = create_numbered(store, n)) == 0)
                n++;
        CHECK(r == -ENOSPC);
        CHECK(account_by_name(store, "user0", &account) == 0); /* reading goes on */
        CHECK(count_users(store) == n);
        CHECK(unlink(filler) == 0);
        CHECK(create_numbered(store, n++) == 0);
        CHECK(count_users(store) == n);
        CHECK(audit_verify(store, &rows, &bad) == 0 && rows == (uint64_t)n);
        store_close(store);
        return 0;
}

static int use_read_only_disk(struct fixture *fixture)
{
        struct store *store = NULL;

        CHECK(enter_small_disk(fixture) == 0);
        CHECK(store_open(&store, fixture->where, fixture->keys) == 0);
        store = store_close(store);
        CHECK(mount(NULL, fixture->dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
        CHECK(store_open(&store, fixture->where, fixture->keys) == -EROFS);
        CHECK(mount(NULL, fixture->dir, NULL, MS_REMOUNT, NULL) == 0);
        CHECK(store_open(&store, fixture->where, fixture->keys) == 0);
        CHECK(create_numbered(store, 0) == 0);
        store_close(store);
        return 0;
}

static int can_mount(struct fixture *fixture)
{
        return enter_small_disk(fixture) == 0 ? 0 : __LINE__;
}

/* With no store open that the child would inherit. */
static void on_a_small_disk(struct fixture *fixture, int (*body)(struct fixture *fixture))
{
        if (in_child(can_mount, fixture) != 0)
                skip();
        fixture->store = store_close(fixture->store);
        assert_done(in_child(body, fixture));
}

static void a_full_disk_refuses_writing_and_loses_nothing(void **state)
{
        on_a_small_disk(*state, use_full_disk);
}

static void a_read_only_disk_is_told(void **state)
{
        on_a_small_disk(*state, use_read_only_disk);
}

/* Creates users and says so, until it is killed. */
static int create_for_ever(struct fixture *fixture, int pipe_fd)
{
        struct store *store = NULL;

        CHECK(store_open(&store, fixture->where, fixture->keys) == 0);
        for (int i = count_users(store);; i++) {
                CHECK(create_numbered(store, i) == 0);
                CHECK(write(pipe_fd, &i, sizeof(i)) == sizeof(i));
        }
}

/* The last user that was acknowledged before the child was killed after @n more of them. */
static int kill_after(struct fixture *fixture, int n)
{
        int fds[2], last = -1, status;
        pid_t pid;

        assert_done(pipe2(fds, O_CLOEXEC));
        pid = fork();
        if (pid == 0)
                _exit(create_for_ever(fixture, fds[1]));
        close(fds[1]);
        for (int i = 0; i < n; i++)
                assert_int_equal(read(fds[0], &last, sizeof(last)), sizeof(last));
        assert_done(kill(pid, SIGKILL));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        while (read(fds[0], &last, sizeof(last)) == sizeof(last))
                ;
        close(fds[0]);
        return last;
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
        struct fixture *fixture = *state;
        static const int rounds[] = {1, 7, 40, 3, 100};

        fixture->store = store_close(fixture->store);
        for (size_t i = 0; i < ELEMENTS(rounds); i++) {
                int last = kill_after(fixture, rounds[i]), found;
                uint64_t rows, bad;

                fixture->store = another_connection(fixture);
                found = count_users(fixture->store);
                /* One may have been committed and not acknowledged any more. */
                assert_true(found == last + 1 || found == last + 2);
                assert_done(audit_verify(fixture->store, &rows, &bad));
                assert_int_equal(rows, found);
                fixture->store = store_close(fixture->store);
        }
}

int run_damage_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_connection_meets_damage_and_goes_on_when_it_is_mended),
                STORE_TEST(a_damaged_index_of_names_is_made_anew_from_what_it_holds),
                STORE_TEST(a_transaction_that_meets_damage_is_rolled_back),
                STORE_TEST(garbage_is_no_store),
                STORE_TEST(a_file_cut_in_half_is_no_store),
                STORE_TEST(an_emptied_file_is_no_new_store),
                STORE_TEST(a_file_that_went_without_its_log_is_not_made_anew),
                STORE_TEST(a_directory_that_is_not_there_is_told),
                STORE_TEST(only_the_daemon_reads_it_whatever_the_umask),
                STORE_TEST(a_full_disk_refuses_writing_and_loses_nothing),
                STORE_TEST(a_read_only_disk_is_told),
                STORE_TEST(what_was_acknowledged_survives_kill_9),
        };

        return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
