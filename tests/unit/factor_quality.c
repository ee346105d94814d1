/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R74: bo's own rule first, then libpwquality with a dictionary. */
#include "tests/unit/unit.h"

#include <pthread.h>

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/factor/quality.h"
#include "bo-accountd/factor/token.h"

static const struct password_rule pci = {.min_length = 12, .letters_and_digits = true};
static const struct password_rule nist = {.min_length = 15};

struct quality_row {
        const struct password_rule *rule;
        const char *password, *old, *name;
        int verdict;
        const char *why; /* a part of the sentence; NULL: none */
};

static const struct quality_row rows[] = {
        {&pci, "mauve7 Lantern kites", NULL, "alice", 0, NULL},
        {&nist, "mauve lantern kites over", NULL, "alice", 0, NULL},
        {&pci, "mauve7 Lan", NULL, "alice", 1, "at least 12 characters"},
        {&nist, "mauve lantern", NULL, "alice", 1, "at least 15 characters"},
        {&pci, "mauve lantern kites", NULL, "alice", 1, "digit"},
        {&pci, "", NULL, "alice", 1, "empty"},
        /* the user's name, also where only libpwquality looks: the name backwards */
        {&pci, "kites alice lantern 7", NULL, "alice", 1, "user name"},
        {&pci, "7 kites ecila lantern", NULL, "alice", 1, "user name"},
        /* the dictionary */
        {&pci, "responsibility1", NULL, "alice", 1, "dictionary"},
        {&nist, "responsibilities", NULL, "alice", 1, "dictionary"},
        /* too like the old one: the same, or with other capitals alone */
        {&pci, "mauve7 lantern kites", "mauve7 lantern kites", "alice", 1, "same"},
        {&pci, "mauve7 LANTERN kites", "mauve7 lantern kites", "alice", 1, "case"},
        {&pci, "9 drums in a green canoe", "mauve7 lantern kites", "alice", 0, NULL},
};

static int check(const struct quality_row *row, char *why, size_t size)
{
        _cleanup_(secret_freep) struct secret *password =
                secret_copy(row->password, strlen(row->password));
        _cleanup_(secret_freep) struct secret *old =
                row->old ? secret_copy(row->old, strlen(row->old)) : NULL;

        assert_non_null(password);
        return quality_check(row->rule, password, old, row->name, why, size);
}

static void poor_passwords_are_refused_with_a_reason(void **unused)
{
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char why[128] = "";
                int verdict = check(&rows[i], why, sizeof(why));

                if (verdict != rows[i].verdict || (rows[i].why && !strstr(why, rows[i].why)))
                        fail_msg("'%s': %d, \"%s\"", rows[i].password, verdict, why);
        }
}

/* Else its owner could not log in: the prompt would take it for a token. */
static void password_that_looks_like_a_token_is_refused(void **unused)
{
        char text[TOKEN_TEXT_SIZE], why[128] = "";
        struct token token;

        token_generate(&token, text);

        const struct quality_row good = {.rule = &nist, .password = text, .name = "alice"};

        assert_int_equal(check(&good, why, sizeof(why)), 1);
        assert_non_null(strstr(why, "token"));
        text[10] = text[10] == '7' ? '8' : '7';
        assert_int_equal(check(&good, why, sizeof(why)), 1);
        assert_non_null(strstr(why, "token"));
}

static void password_that_looks_like_a_key_is_refused(void **unused)
{
        char text[API_KEY_TEXT_SIZE], why[128] = "";
        struct api_key key;

        api_key_generate(&key, text);

        const struct quality_row good = {.rule = &nist, .password = text, .name = "alice"};

        assert_int_equal(check(&good, why, sizeof(why)), 1);
        assert_non_null(strstr(why, "API key"));
        text[0] = 'B';
        assert_int_equal(check(&good, why, sizeof(why)), 1);
        assert_non_null(strstr(why, "API key"));
}

static void *check_many(void *failures)
{
        for (size_t i = 0; i < 4 * ELEMENTS(rows); i++) {
                const struct quality_row *row = &rows[i % ELEMENTS(rows)];
                char why[128] = "";

                if (check(row, why, sizeof(why)) != row->verdict)
                        __atomic_add_fetch((int *)failures, 1, __ATOMIC_RELAXED);
        }
        return NULL;
}

static void workers_at_once_get_the_same_verdicts(void **unused)
{
        pthread_t threads[4];
        int failures = 0;

        for (size_t i = 0; i < ELEMENTS(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, check_many, &failures), 0);
        for (size_t i = 0; i < ELEMENTS(threads); i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(poor_passwords_are_refused_with_a_reason),
                cmocka_unit_test(password_that_looks_like_a_token_is_refused),
                cmocka_unit_test(password_that_looks_like_a_key_is_refused),
                cmocka_unit_test(workers_at_once_get_the_same_verdicts),
        };

        return cmocka_run_group_tests_name("quality (R74)", tests, NULL, NULL);
}
