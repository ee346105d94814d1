/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long tables on a terminal, shown page by page by another program. */
#include "boctl/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "boctl/colour.h"
#include "boctl/whole_file.h"

#define LESS "/usr/bin/less"
#define LESS_WANT                                                                                  \
        "FRSX" /* ends itself after one screen; colours; cuts lines; leaves them there             \
                */

static pid_t pager;
static volatile sig_atomic_t verdict = EXIT_DONE;

/* The person has read enough. */
static void signal_read_enough(int number)
{
        (void)number; /* SIGPIPE, the only one */
        _exit(verdict);
}

/*
 * Who has another uid than the terminal's owner thinks, or is root, gets no shell out of it: a rule
 * of sudo for boctl as somebody else is one for boctl alone.
 */
static bool is_privileged(void)
{
        return geteuid() == 0 || getenv("SUDO_UID") || getenv("DOAS_USER") ||
               getenv("PKEXEC_UID") || geteuid() != getuid() || !secure_getenv("PATH");
}

/* Of the environment only what tells how to show text: versions of less differ in what others do.
 */
__attribute__((noreturn)) static void less_securely(void)
{
        static const char *const kept[] = {"TERM",     "LANG",  "LC_ALL",
                                           "LC_CTYPE", "LINES", "COLUMNS"};
        const char *environment[ELEMENTS(kept) + 4] = {("LESS=" LESS_WANT), "LESSSECURE=1",
                                                       "LESSHISTFILE=-"};
        char lines[ELEMENTS(kept)][64];
        size_t n = 3;

        for (size_t i = 0; i < ELEMENTS(kept); i++) {
                const char *value = getenv(kept[i]);

                if (value && snprintf(lines[i], sizeof(lines[i]), "%s=%s", kept[i], value) <
                                     (int)sizeof(lines[i]))
                        environment[n++] = lines[i];
        }
        execle(LESS, "less", (char *)NULL, environment);
        /* Without less the bytes go on as they are. */
        execle("/bin/cat", "cat", (char *)NULL, environment);
        _exit(127);
}

__attribute__((noreturn)) static void pager_run(int from)
{
        const char *wanted = getenv("PAGER");

        signal(SIGINT, SIG_DFL);
        if (dup2(from, STDIN_FILENO) < 0)
                _exit(127);
        if (is_privileged())
                less_securely();
        setenv("LESS", LESS_WANT, 0);
        execl("/bin/sh", "sh", "-c", wanted && *wanted ? wanted : LESS " || cat", (char *)NULL);
        _exit(127);
}

static bool is_wanted(const struct request *request)
{
        const char *wanted = getenv("PAGER"), *kind = getenv("TERM");

        return pager == 0 && !(request->given & OPTION_BIT(NO_PAGER)) && isatty(STDOUT_FILENO) &&
               kind && strcmp(kind, "dumb") != 0 &&
               !(wanted && (strcmp(wanted, "") == 0 || strcmp(wanted, "cat") == 0)) &&
               (!is_privileged() || access(LESS, X_OK) == 0);
}

void pager_begin(const struct request *request)
{
        int pipes[2];

        if (!is_wanted(request))
                return;
        colour_off(stdout); /* decides while this is the terminal */
        fflush(stdout);
        if (pipe2(pipes, O_CLOEXEC) < 0)
                return; /* it is shown without */
        /* Ctrl-C is for the pager; what it has not read when it ends is wanted no more. */
        signal(SIGINT, SIG_IGN);
        signal(SIGPIPE, signal_read_enough);
        pager = fork();
        if (pager == 0)
                pager_run(pipes[0]);
        if (pager > 0 && dup2(pipes[1], STDOUT_FILENO) < 0)
                fail("Cannot write to the pager: %s.", strerror(errno));
        close(pipes[0]);
        close(pipes[1]);
}

void pager_verdict(int code)
{
        verdict = code;
}

int pager_end(void)
{
        int r = stream_flush(stdout);

        if (pager <= 0)
                return r;
        close(STDOUT_FILENO);
        while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
                ;
        pager = 0;
        return r;
}
