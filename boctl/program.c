/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another program, run for what it says. */
#include "boctl/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "common/cleanup.h"
#include "common/clock.h"

#define TAKES_MOST (10 * USEC_PER_SEC)

static _Noreturn void child(char *const argv[], int output)
{
        static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                            (char *)"LC_ALL=C", NULL};
        int nothing = open("/dev/null", O_RDONLY);

        if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2)
                execve(argv[0], argv, environment);
        _exit(127);
}

/* Until the end of what is written; false: too late. What has no room is read all the same. */
static bool read_all(int fd, char *out, size_t size, uint64_t deadline_usec)
{
        size_t used = 0;

        for (;;) {
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
                uint64_t now_usec = clock_monotonic_usec();
                char rest[512];
                ssize_t n;

                if (now_usec >= deadline_usec ||
                    poll(&poll_fd, 1, (int)((deadline_usec - now_usec) / USEC_PER_MSEC) + 1) == 0)
                        return false;
                n = used + 1 < size ? read(fd, out + used, size - used - 1)
                                    : read(fd, rest, sizeof(rest));
                if (n < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (n > 0 && used + 1 < size)
                        used += (size_t)n;
                out[used] = '\0';
                if (n <= 0)
                        return n == 0;
        }
}

int program_run(char *const argv[], char *out, size_t size)
{
        uint64_t deadline_usec = clock_monotonic_usec() + TAKES_MOST;
        int pipes[2], status;
        bool whole;
        pid_t pid;

        out[0] = '\0';
        if (access(argv[0], X_OK) < 0 || pipe2(pipes, O_CLOEXEC) < 0)
                return PROGRAM_NOT_RUN;
        pid = fork();
        if (pid == 0)
                child(argv, pipes[1]);
        close(pipes[1]);
        whole = pid > 0 && read_all(pipes[0], out, size, deadline_usec);
        close(pipes[0]);
        if (pid < 0)
                return PROGRAM_NOT_RUN;
        if (!whole)
                kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return PROGRAM_NOT_RUN;
        return whole && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status)
                                                                        : PROGRAM_NOT_RUN;
}
