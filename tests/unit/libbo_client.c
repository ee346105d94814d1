/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libbo against a server that answers what the test wants: nothing it says is taken on trust. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "libbo/bo.h"
#include "tests/temp.h"
#include "tests/unit/libbo_server.h"

DEFINE_CLEANUP(bo *, bo_close)

#define ERROR_PREFIX "org.backoffice.Accounts1.Error."

/* The server of these tests runs as the test does; libbo talks to root's and bo-accountd's only. */
static bo *connected(void **state)
{
        struct server *server = *state;
        bo *client = NULL;

        if (geteuid() != 0)
                skip();
        assert_int_equal(bo_open(&client, server->path), 0);
        return client;
}

static int begin(bo *client, const char *kind, const char *text, struct bo_question *question)
{
        struct bo_login_context context = {.user = text, .service = kind};

        return bo_login_begin(client, BO_PHASE_AUTH, &context, question);
}

static void question_text_is_cleaned_and_keeps_its_lines(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_int_equal(begin(client, "secret", "one\ntwo\033[2J: ", &question), 0);
        assert_int_equal(question.kind, BO_SECRET);
        assert_int_equal(question.login, 7);
        assert_string_equal(question.text, "one\ntwo?[2J: ");
}

static void unknown_kind_of_question_fails_closed(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question = {.text = "untouched"};

        assert_int_equal(begin(client, "pardon", "Success", &question), -EBADMSG);
        assert_string_equal(question.text, "untouched");
}

static void unknown_outcome_is_never_success(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_int_equal(begin(client, "done", "success", &question), -EBADMSG);
        assert_int_equal(begin(client, "done", "", &question), -EBADMSG);
        assert_int_equal(begin(client, "done", "Success", &question), 0);
        assert_int_equal(question.outcome, 0);
}

/* R38: what a locked login says comes from the table. */
static void outcome_brings_its_text(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_int_equal(bo_login_step(client, 7, "secret", 6, &question), 0);
        assert_int_equal(question.kind, BO_DONE);
        assert_int_equal(question.outcome, BO_ERR_LOCKED_ATTEMPTS);
        assert_string_equal(question.text, bo_error_text(BO_ERR_LOCKED_ATTEMPTS));
}

static void error_becomes_its_number_and_keeps_what_was_said(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_int_equal(begin(client, "error", ERROR_PREFIX "Busy", &question), BO_ERR_BUSY);
        assert_string_equal(bo_message(client), "said?[2J");
}

static void foreign_errors_are_no_answer(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_int_equal(begin(client, "error", ERROR_PREFIX "Tomorrow", &question), -EBADMSG);
        assert_int_equal(begin(client, "error", ERROR_PREFIX "Success", &question), -EBADMSG);
        assert_true(begin(client, "error", "org.freedesktop.DBus.Error.Failed", &question) < 0);
        /* The server has no Cancel: another version. */
        assert_int_equal(bo_login_cancel(client, 7, &question), -EBADMSG);
}

static void answers_beyond_512_bytes_are_not_sent(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        char answer[BO_ANSWER_MAX + 1] = {0};
        struct bo_question question;

        assert_int_equal(bo_login_step(client, 7, answer, sizeof(answer), &question), -EMSGSIZE);
        assert_int_equal(bo_login_step(client, 7, answer, BO_ANSWER_MAX, &question), 0);
        assert_int_equal(bo_login_step(client, 7, NULL, 5, &question), 0);
}

/* SIGPIPE would end the program that pam_bo is loaded in. */
static void server_that_goes_away_is_an_error_without_a_signal(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        assert_ptr_equal(signal(SIGPIPE, SIG_DFL), SIG_DFL);
        assert_int_equal(begin(client, "vanish", "", &question), -ECONNRESET);
        assert_int_equal(begin(client, "secret", "", &question), -ECONNRESET);
}

/* sshd has children that end, login an alarm: neither may cost a login its answer. */
static void signal_does_not_end_a_call(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;

        server_watch_caller();
        assert_int_equal(begin(client, "interrupt", "asked", &question), 0);
        assert_int_equal(server_signals_sent(), 1);
        assert_string_equal(question.text, "asked");
}

static void forked_child_fails_and_leaves_the_parent_alone(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_question question;
        int status = 0;
        pid_t pid = fork();

        if (pid == 0) {
                int r = begin(client, "secret", "", &question);

                bo_close(client);
                _exit(r == -ECHILD ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_int_equal(begin(client, "secret", "", &question), 0);
}

static void user_is_read_and_unknown_properties_are_passed_over(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_user *user = NULL;

        assert_int_equal(bo_user_get(client, 1, &user), 0);
        assert_int_equal(user->uid, 1);
        assert_string_equal(user->username, "alice?");
        assert_null(user->email);
        assert_int_equal(user->n_roles, 2);
        assert_string_equal(user->roles[1].customer, "mall");
        assert_string_equal(user->roles[1].name, "viewer");
        bo_user_free(user);
}

static void user_of_another_shape_is_refused(void **state)
{
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_user *user = NULL;

        assert_int_equal(bo_user_get(client, 2, &user), -EBADMSG);
        assert_int_equal(bo_user_get(client, 3, &user), -EBADMSG);
        assert_null(user);
}

/* R9: whatever is not a whole yes leaves the caller with what he had. */
static void permission_is_a_yes_only_if_the_answer_is_whole(void **state)
{
        static const char *const broken[] = {"text", "half", "nothing"};
        _cleanup_(bo_closep) bo *client = connected(state);
        bool allowed = false;
        char *reason = NULL;

        assert_int_equal(bo_check_permission(client, "a", "yes", NULL, &allowed, NULL), 0);
        assert_true(allowed);
        assert_int_equal(bo_check_permission(client, "al\007ice", "who", NULL, &allowed, &reason),
                         0);
        assert_false(allowed);
        assert_string_equal(reason, "al?ice");
        bo_string_free(reason);
        assert_int_equal(bo_check_permission(client, NULL, "who", NULL, &allowed, &reason), 0);
        assert_string_equal(reason, "");
        reason = bo_string_free(reason);
        for (size_t i = 0; i < ELEMENTS(broken); i++) {
                assert_int_equal(
                        bo_check_permission(client, "a", broken[i], NULL, &allowed, &reason),
                        -EBADMSG);
                assert_false(allowed);
                assert_null(reason);
        }
}

/* R76: an answer that names nobody, or root, is none. */
static void key_has_an_owner_only_if_the_answer_is_whole(void **state)
{
        static const char *const broken[] = {"nobody", "root", "type", "nothing"};
        _cleanup_(bo_closep) bo *client = connected(state);
        struct bo_key_owner *owner = NULL;

        assert_int_equal(bo_verify_key(client, "good", "api", NULL, NULL, &owner), 0);
        assert_string_equal(owner->username, "alice");
        assert_int_equal(owner->uid, 70001);
        assert_string_equal(owner->customer, "sh?op");
        assert_int_equal(owner->n_roles, 1);
        assert_int_equal(owner->n_permissions, 0);
        owner = bo_key_owner_free(owner);
        for (size_t i = 0; i < ELEMENTS(broken); i++) {
                assert_int_equal(bo_verify_key(client, broken[i], "api", "", NULL, &owner),
                                 -EBADMSG);
                assert_null(owner);
        }
}

/* A socket of systemd accepts although the service may hang. */
static void open_gives_up_after_a_second_when_nobody_answers(void **state)
{
        char path[32];
        uint64_t begun_usec;
        bo *client = NULL;
        int fd;

        if (geteuid() != 0)
                skip();
        assert_non_null(temp_path(path, sizeof(path), "/tmp/libbo-mute-"));
        fd = server_listen(path);
        begun_usec = clock_monotonic_usec();
        assert_int_equal(bo_open(&client, path), -ETIMEDOUT);
        assert_in_range(clock_monotonic_usec() - begun_usec, 900 * USEC_PER_MSEC,
                        1900 * USEC_PER_MSEC);
        begun_usec = clock_monotonic_usec();
        assert_int_equal(bo_open_within(&client, path, 2), -ETIMEDOUT);
        assert_in_range(clock_monotonic_usec() - begun_usec, 1900 * USEC_PER_MSEC,
                        2900 * USEC_PER_MSEC);
        begun_usec = clock_monotonic_usec();
        assert_int_equal(bo_open_within(&client, path, 0), -ETIMEDOUT);
        assert_true(clock_monotonic_usec() - begun_usec < 900 * USEC_PER_MSEC);
        close(fd);
        assert_int_equal(bo_open(&client, path), -ECONNREFUSED);
        unlink(path);
        assert_int_equal(bo_open(&client, path), -ENOENT);
        assert_null(client);
}

static void server_of_another_user_is_refused(void **state)
{
        char path[32];
        int ready[2], status;
        bo *client = NULL;
        char byte = 0;
        pid_t pid;

        if (geteuid() != 0)
                skip();
        assert_non_null(temp_path(path, sizeof(path), "/tmp/libbo-alien-"));
        assert_return_code(pipe(ready), errno);
        pid = fork();
        if (pid == 0) {
                if (setuid(65534) < 0)
                        _exit(1);
                server_listen(path);
                if (write(ready[1], "x", 1) == 1)
                        pause();
                _exit(0);
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        assert_int_equal(bo_open(&client, path), -EPERM);
        assert_null(client);
        kill(pid, SIGTERM);
        waitpid(pid, &status, 0);
        unlink(path);
        close(ready[0]);
        close(ready[1]);
}

static void every_error_has_a_number_a_name_and_a_text_of_its_own(void **state)
{
        static const int values[] = {
#define BO_ERROR(id, value, name, pam, text) BO_ERR_##id,
#include "libbo/bo-errors.def"
#undef BO_ERROR
        };

        for (size_t i = 0; i < ELEMENTS(values); i++) {
                char full[128];

                assert_true(values[i] > 0);
                assert_int_equal(bo_error_from_name(bo_error_name(values[i])), values[i]);
                snprintf(full, sizeof(full), "%s%s", ERROR_PREFIX, bo_error_name(values[i]));
                assert_int_equal(bo_error_from_name(full), values[i]);
                assert_string_not_equal(bo_error_text(values[i]), "");
        }
        assert_null(bo_error_name(0));
        assert_int_equal(bo_error_from_name(NULL), -EBADMSG);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, server_start, server_stop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_SERVER(question_text_is_cleaned_and_keeps_its_lines),
                WITH_SERVER(unknown_kind_of_question_fails_closed),
                WITH_SERVER(unknown_outcome_is_never_success),
                WITH_SERVER(outcome_brings_its_text),
                WITH_SERVER(error_becomes_its_number_and_keeps_what_was_said),
                WITH_SERVER(foreign_errors_are_no_answer),
                WITH_SERVER(answers_beyond_512_bytes_are_not_sent),
                WITH_SERVER(server_that_goes_away_is_an_error_without_a_signal),
                WITH_SERVER(signal_does_not_end_a_call),
                WITH_SERVER(forked_child_fails_and_leaves_the_parent_alone),
                WITH_SERVER(user_is_read_and_unknown_properties_are_passed_over),
                WITH_SERVER(user_of_another_shape_is_refused),
                WITH_SERVER(permission_is_a_yes_only_if_the_answer_is_whole),
                WITH_SERVER(key_has_an_owner_only_if_the_answer_is_whole),
                cmocka_unit_test(open_gives_up_after_a_second_when_nobody_answers),
                cmocka_unit_test(server_of_another_user_is_refused),
                cmocka_unit_test(every_error_has_a_number_a_name_and_a_text_of_its_own),
        };

        return cmocka_run_group_tests_name("libbo", tests, NULL, NULL);
}
