/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: terminated, compared as a whole, and gone from memory once freed. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/secret.h"

static void copy_holds_the_bytes_and_ends_with_a_zero(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = secret_copy("a\0b", 3);
        _cleanup_(secret_freep) struct secret *empty = secret_copy(NULL, 0);
        _cleanup_(secret_freep) struct secret *fresh = secret_new(64);
        static const char zeros[65];

        assert_non_null(secret);
        assert_int_equal(secret->size, 3);
        assert_memory_equal(secret->bytes, "a\0b", 4);
        assert_int_equal(empty->size, 0);
        assert_string_equal(empty->bytes, "");
        assert_memory_equal(fresh->bytes, zeros, 65);
}

static void secrets_are_equal_only_as_a_whole(void **unused)
{
        static const struct {
                const char *one, *other;
                bool equal;
        } rows[] = {
                {"", "", true},         {"x", "x", true},     {"x", "y", false},
                {"abc", "abcd", false}, {"abc", "ab", false}, {"abc", "abd", false},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(secret_freep) struct secret *one =
                        secret_copy(rows[i].one, strlen(rows[i].one));
                _cleanup_(secret_freep) struct secret *other =
                        secret_copy(rows[i].other, strlen(rows[i].other));

                assert_int_equal(secret_equal(one, other), rows[i].equal);
                assert_false(secret_equal(one, NULL));
                assert_false(secret_equal(NULL, other));
        }
        assert_false(secret_equal(NULL, NULL));
}

static void absurd_size_is_no_memory(void **unused)
{
        assert_null(secret_new(SIZE_MAX));
        assert_null(secret_new(SIZE_MAX - 1));
}

/* A guard page: reading on behind a secret must end the process, not hand out its neighbours. */
static void reading_on_behind_a_secret_ends_the_process(void **unused)
{
        pid_t child = fork();
        int status = 0;

        assert_true(child >= 0);
        if (child == 0) {
                struct secret *secret = secret_copy("secret", 6);

                signal(SIGSEGV, SIG_DFL);
                _exit(((volatile char *)secret->bytes)[64] == 0 ? 1 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSEGV);
}

/* Blocks are used again: nothing of the secret before may be found in the one that comes next. */
static void next_secret_finds_nothing_of_the_one_before(void **unused)
{
        static const char zeros[201];

        for (int i = 0; i < 40; i++) {
                struct secret *before = secret_new(200);
                struct secret *other = secret_new(100);

                memset(before->bytes, 'x', before->size);
                memset(other->bytes, 'y', other->size);
                secret_free(before);
                secret_free(other);

                _cleanup_(secret_freep) struct secret *next = secret_new(200);

                assert_memory_equal(next->bytes, zeros, 201);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(copy_holds_the_bytes_and_ends_with_a_zero),
                cmocka_unit_test(secrets_are_equal_only_as_a_whole),
                cmocka_unit_test(absurd_size_is_no_memory),
                cmocka_unit_test(reading_on_behind_a_secret_ends_the_process),
                cmocka_unit_test(next_secret_finds_nothing_of_the_one_before),
        };

        return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
