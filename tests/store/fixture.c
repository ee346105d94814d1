/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every suite of the store does. */
#include "tests/store/fixture.h"

#include <pthread.h>
#include <sys/wait.h>

#include "tests/temp.h"

int fixture_up(void **state)
{
        struct fixture *fixture = calloc(1, sizeof(*fixture));
        char key[96];

        assert_non_null(fixture);
        assert_non_null(temp_directory(fixture->dir, sizeof(fixture->dir), "/tmp/bo-store-test."));
        snprintf(fixture->where, sizeof(fixture->where), "%s/accounts.db", fixture->dir);
        snprintf(key, sizeof(key), "%s/key", fixture->dir);
        assert_done(keys_load(&fixture->keys, NULL, key, true));
        assert_done(store_open(&fixture->store, fixture->where, fixture->keys));
        *state = fixture;
        return 0;
}

int fixture_down(void **state)
{
        static const char *const names[] = {
                "key",  "accounts.db", "accounts.db-wal", "accounts.db-shm", "accounts.db.mark",
                "copy", "mark"};
        struct fixture *fixture = *state;
        char path[128];

        store_close(fixture->store);
        keys_free(fixture->keys);
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                snprintf(path, sizeof(path), "%s/%s", fixture->dir, names[i]);
                unlink(path);
        }
        /* Nothing else may lie there: the store has tidied up behind itself. */
        assert_done(rmdir(fixture->dir));
        free(fixture);
        return 0;
}

void run_sql(struct fixture *fixture, const char *sql)
{
        engine->run(fixture->where, sql);
}

int64_t number_of(struct fixture *fixture, const char *sql)
{
        return engine->number(fixture->where, sql);
}

struct store *another_connection(struct fixture *fixture)
{
        struct store *store = NULL;

        assert_done(store_open(&store, fixture->where, fixture->keys));
        return store;
}

void reopen(struct fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        fixture->store = another_connection(fixture);
}

void begin(struct tx *tx, struct store *store)
{
        assert_done(tx_begin_write(tx, store, NOON));
}

void commit(struct tx *tx)
{
        assert_done(tx_commit(tx));
}

static uint32_t add(struct tx *tx, const char *name, bool is_api)
{
        struct account account = {.is_api = is_api};
        uint32_t uid = 0;

        snprintf(account.name, sizeof(account.name), "%s", name);
        snprintf(account.home, sizeof(account.home), "/home/%s", name);
        strcpy(account.shell, "/bin/bash");
        assert_done(account_insert(tx, &account, UID_FIRST, UID_LAST, &uid));
        return uid;
}

uint32_t add_user(struct tx *tx, const char *name)
{
        return add(tx, name, false);
}

static uint32_t make(struct store *store, const char *name, bool is_api)
{
        struct tx tx = {0};
        uint32_t uid;

        begin(&tx, store);
        uid = add(&tx, name, is_api);
        commit(&tx);
        return uid;
}

uint32_t make_user(struct store *store, const char *name)
{
        return make(store, name, false);
}

uint32_t make_api_user(struct store *store, const char *name)
{
        return make(store, name, true);
}

void make_customer(struct store *store, const char *id)
{
        struct tx tx = {0};

        begin(&tx, store);
        assert_done(customer_insert(&tx, id, "", GID_FIRST, GID_LAST));
        commit(&tx);
}

void give_roles(struct store *store, uint32_t uid, const char *customer, const char *role,
                const char *other_role)
{
        const char *const roles[] = {role, other_role};
        struct tx tx = {0};
        size_t n = 0;

        begin(&tx, store);
        for (; n < ELEMENTS(roles) && roles[n]; n++) {
                char group[GROUP_NAME_SIZE];
                uint32_t gid;

                snprintf(group, sizeof(group), "bo-%s", roles[n]);
                assert_done(group_ensure(&tx, group, GID_FIRST, GID_LAST, &gid));
        }
        assert_done(member_set_roles(&tx, uid, customer, roles, n));
        commit(&tx);
}

int in_child(int (*body)(struct fixture *fixture), struct fixture *fixture)
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                int line = body(fixture);

                if (line != 0)
                        fprintf(stderr, "a check in line %d of the child failed\n", line);
                _exit(line != 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

struct thread {
        pthread_t id;
        int number, result;
        int (*body)(struct fixture *fixture, int number);
        struct fixture *fixture;
        pthread_barrier_t *start;
};

static void *thread_main(void *userdata)
{
        struct thread *thread = userdata;

        pthread_barrier_wait(thread->start);
        thread->result = thread->body(thread->fixture, thread->number);
        return NULL;
}

int in_threads(int n, int (*body)(struct fixture *fixture, int number), struct fixture *fixture)
{
        struct thread *threads = calloc((size_t)n, sizeof(*threads));
        pthread_barrier_t start;
        int sum = 0;

        assert_non_null(threads);
        pthread_barrier_init(&start, NULL, (unsigned)n);
        for (int i = 0; i < n; i++) {
                threads[i] = (struct thread){
                        .number = i, .body = body, .fixture = fixture, .start = &start};
                assert_done(pthread_create(&threads[i].id, NULL, thread_main, &threads[i]));
        }
        for (int i = 0; i < n; i++) {
                assert_done(pthread_join(threads[i].id, NULL));
                sum += threads[i].result;
        }
        pthread_barrier_destroy(&start);
        free(threads);
        return sum;
}
