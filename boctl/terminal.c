/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines without a buffer that would keep them, and a terminal with its echo off. */
#include "boctl/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/cleanup.h"

static volatile sig_atomic_t caught;

static void signal_note(int number)
{
        caught = number;
}

/* With @open: signals are held off, and let in by that mask only while it waits, so that none comes
 * between a look at @caught and the wait. */
static int byte_read(int fd, const sigset_t *open, char *ret)
{
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t n;

        do {
                n = open ? ppoll(&wait, 1, NULL, open) : 1;
                if (n > 0)
                        n = read(fd, ret, 1);
        } while (n < 0 && errno == EINTR && !caught);
        return n < 0 ? -errno : (int)n;
}

static int read_line(int fd, const sigset_t *open, char *out, size_t size)
{
        size_t used = 0;
        char byte = 0;
        int r;

        while ((r = byte_read(fd, open, &byte)) == 1 && byte != '\n') {
                if (byte == '\0')
                        r = -EILSEQ;
                else if (used + 1 >= size)
                        r = -EMSGSIZE;
                if (r < 0)
                        break;
                out[used++] = byte;
        }
        explicit_bzero(&byte, sizeof(byte));
        if (r == 0 && used == 0)
                r = -ENODATA;
        if (r < 0) {
                explicit_bzero(out, size);
                return r;
        }
        out[used] = '\0';
        return 0;
}

int line_read(int fd, char *out, size_t size)
{
        return read_line(fd, NULL, out, size);
}

static void text_write(int fd, const char *text)
{
        /* A prompt that cannot be written leaves a terminal that cannot be read either. */
        if (write(fd, text, strlen(text)) < 0)
                return;
}

/* Reads with what ends or stops a program held off, so that the echo never stays off. */
static int line_read_quietly(int fd, const char *prompt, char *out, size_t size)
{
        static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
        struct sigaction note = {.sa_handler = signal_note}, ignore = {.sa_handler = SIG_IGN};
        struct sigaction before[ELEMENTS(ending)], stop_before;
        struct termios normal, quiet;
        sigset_t held, open;
        int r;

        if (tcgetattr(fd, &normal) < 0)
                return -errno;
        caught = 0;
        sigemptyset(&held);
        for (size_t i = 0; i < ELEMENTS(ending); i++) {
                sigaddset(&held, ending[i]);
                sigaction(ending[i], &note, &before[i]);
        }
        sigprocmask(SIG_BLOCK, &held, &open);
        sigaction(SIGTSTP, &ignore, &stop_before);
        quiet = normal;
        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        r = tcsetattr(fd, TCSAFLUSH, &quiet) < 0 ? -errno : 0;
        if (r == 0) {
                text_write(fd, prompt);
                r = read_line(fd, &open, out, size);
                tcsetattr(fd, TCSAFLUSH, &normal);
                text_write(fd, "\n");
        }
        for (size_t i = 0; i < ELEMENTS(ending); i++)
                sigaction(ending[i], &before[i], NULL);
        sigaction(SIGTSTP, &stop_before, NULL);
        sigprocmask(SIG_SETMASK, &open, NULL);
        if (caught)
                raise(caught);
        return r;
}

int terminal_ask(const char *prompt, bool visible, char *out, size_t size)
{
        _cleanup_(closep) int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        int fd = tty >= 0 ? tty : STDIN_FILENO;

        if (!visible)
                return line_read_quietly(fd, prompt, out, size);
        text_write(tty >= 0 ? tty : STDERR_FILENO, prompt);
        return line_read(fd, out, size);
}
