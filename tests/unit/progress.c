/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far long work has come: the words, and that only a terminal is shown them. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "boctl/progress.h"

static void the_line_tells_share_rate_and_time_left(void **unused)
{
        static const struct {
                const char *text;
                struct progress progress;
                uint64_t now_sec;
        } rows[] = {
                {"users: 0 % (0 of 10)", {"users", PROGRESS_COUNT, 10}, 0},
                {"users: 41 % (410 of 1000), 20/s, 30 s left",
                 {"users", PROGRESS_COUNT, 1000, 410, .rate = 20},
                 5},
                /* 99.9 is not done yet. */
                {"users: 99 % (999 of 1000), 1/s, 1 s left",
                 {"users", PROGRESS_COUNT, 1000, 999, .rate = 1},
                 5},
                {"users: 100 % (1000 of 1000), 20/s, 0 s left",
                 {"users", PROGRESS_COUNT, 1000, 1000, .rate = 20},
                 5},
                {"rows: 410, 20/s, 1 min 5 s", {"rows", PROGRESS_COUNT, 0, 410, .rate = 20}, 65},
                /* More than was said: no share, no time left. */
                {"rows: 11, 2/s, 5 s", {"rows", PROGRESS_COUNT, 10, 11, .rate = 2}, 5},
                {"copy: 50 % (2.0 MB of 4.0 MB), 100.0 kB/s, 20 s left",
                 {"copy", PROGRESS_BYTES, 4000000, 2000000, .rate = 1e5},
                 20},
                {"copy: 999 B, 1 s", {"copy", PROGRESS_BYTES, 0, 999}, 1},
                {"copy: 1.0 MB, 1 s", {"copy", PROGRESS_BYTES, 0, 999999}, 1},
                {"rows: 0 % (1 of 7201), 1/s, 2 h 0 min left",
                 {"rows", PROGRESS_COUNT, 7201, 1, .rate = 1},
                 1},
                /* Slower than one a second, and for ever. */
                {"rows: 0 % (1 of 18446744073709551615), days left",
                 {"rows", PROGRESS_COUNT, UINT64_MAX, 1, .rate = 0.5},
                 1},
                {"rows: 18446744073709551615, 1 s", {"rows", PROGRESS_COUNT, 0, UINT64_MAX}, 1},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char text[160], small[8];

                ROW(rows[i].text);
                progress_text(text, sizeof(text), &rows[i].progress,
                              rows[i].now_sec * USEC_PER_SEC);
                assert_string_equal(text, rows[i].text);
                progress_text(small, sizeof(small), &rows[i].progress, 0);
                assert_int_equal(strlen(small), sizeof(small) - 1);
        }
}

/* Works for a second with stderr, and stdout, as they are. */
static void work(bool streams)
{
        uint64_t begun_usec = clock_monotonic_usec(), now_usec;
        struct progress progress;

        progress_begin(&progress, "rows", PROGRESS_COUNT, 1000, streams);
        while ((now_usec = clock_monotonic_usec()) < begun_usec + USEC_PER_SEC)
                progress_at(&progress, (now_usec - begun_usec) / USEC_PER_MSEC);
        progress_end(&progress);
        fflush(stderr);
}

/* What a process in the foreground of its terminal writes there; it has no other. */
static void run_on_terminal(char *out, size_t size, const char *kind, bool streams, bool stderr_too)
{
        _cleanup_(closep) int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        size_t used = 0;
        ssize_t n;
        pid_t child;

        assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                int side = setsid() < 0 ? -1 : open(ptsname(terminal), O_RDWR);

                dup2(side, STDOUT_FILENO);
                if (stderr_too)
                        dup2(side, STDERR_FILENO);
                else
                        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
                setenv("TERM", kind, 1);
                work(streams);
                _exit(0);
        }
        while (used + 1 < size && (n = read(terminal, out + used, size - used - 1)) > 0)
                used += (size_t)n; /* EIO: the other side is closed */
        out[used] = '\0';
        assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_terminal_sees_the_line_which_is_gone_at_the_end(void **unused)
{
        static const char gone[] = "\r\033[K";
        char out[4096];

        run_on_terminal(out, sizeof(out), "xterm", false, true);
        assert_non_null(strstr(out, "\rrows: "));
        assert_true(strlen(out) < 500);
        assert_string_equal(out + strlen(out) - strlen(gone), gone);
        assert_null(strchr(out, '\n'));
}

static void nothing_is_written_anywhere_else(void **unused)
{
        char out[4096];

        run_on_terminal(out, sizeof(out), "xterm", true, true);
        assert_string_equal(out, "");
        run_on_terminal(out, sizeof(out), "dumb", false, true);
        assert_string_equal(out, "");
        run_on_terminal(out, sizeof(out), "xterm", false, false);
        assert_string_equal(out, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_line_tells_share_rate_and_time_left),
                cmocka_unit_test(a_terminal_sees_the_line_which_is_gone_at_the_end),
                cmocka_unit_test(nothing_is_written_anywhere_else),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
