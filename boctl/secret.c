/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets typed, piped or made; never from the command line or the environment (R7). */
#include "boctl/secret.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>

#include "boctl/terminal.h"

void secret_wipe(struct secret_line *secret)
{
        explicit_bzero(secret, sizeof(*secret));
}

static int line_result(int r, const char *from)
{
        switch (r) {
        case 0:
                return EXIT_DONE;
        case -ENODATA:
                return fail("Nothing more to read from %s, where a secret was expected.", from);
        case -EMSGSIZE:
                return fail("What came from %s is longer than %d bytes.", from, BO_ANSWER_MAX);
        case -EILSEQ:
                return fail("What came from %s has a NUL byte in it.", from);
        default:
                return fail("Cannot read from %s: %s.", from, strerror(-r));
        }
}

int secret_ask(struct secret_line *secret, const char *prompt, bool visible)
{
        if (!isatty(STDIN_FILENO))
                return line_result(line_read(STDIN_FILENO, secret->text, sizeof(secret->text)),
                                   "the standard input");
        return line_result(terminal_ask(prompt, visible, secret->text, sizeof(secret->text)),
                           "the terminal");
}

int secret_ask_new(struct secret_line *secret)
{
        _cleanup_(secret_wipe) struct secret_line again;
        int r = secret_ask(secret, "New password: ", false);

        if (r != EXIT_DONE)
                return r;
        if (!*secret->text)
                return fail("The new password is empty. Nothing was changed.");
        r = secret_ask(&again, "Repeat new password: ", false);
        if (r != EXIT_DONE)
                return r;
        if (strcmp(secret->text, again.text) != 0)
                return fail("The two new passwords differ. Nothing was changed.");
        return EXIT_DONE;
}

/* Reads up to a line end or the end from the descriptor that @text numbers. */
static int from_fd(struct secret_line *secret, const char *text)
{
        char *end;
        unsigned long fd = strtoul(text, &end, 10);
        int r;

        if (*text < '0' || *text > '9' || *end || fd > INT_MAX)
                return fail_usage("--password-fd wants the number of a descriptor, not '%s'.",
                                  text);
        r = line_result(line_read((int)fd, secret->text, sizeof(secret->text)),
                        "the descriptor of --password-fd");
        if (r == EXIT_DONE && !*secret->text)
                return fail("The password from --password-fd is empty. Nothing was changed.");
        return r;
}

/* 56 letters and digits that are not taken for one another; bytes beyond 4 * 56 are drawn anew. */
static int letter_draw(char *ret)
{
        static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz2345678";
        unsigned char byte;
        const size_t n = sizeof(letters) - 1;

        do
                if (getrandom(&byte, 1, 0) != 1)
                        return -1;
        while (byte >= 256 / n * n);
        *ret = letters[byte % n];
        explicit_bzero(&byte, sizeof(byte));
        return 0;
}

/* Beside each other in the alphabet: a chance run of such pairs is "too systematic" for cracklib.
 */
static bool are_neighbours(char one, char two)
{
        int apart = tolower((unsigned char)one) - tolower((unsigned char)two);

        return apart >= -1 && apart <= 1;
}

static int letter_draw_after(char *ret, char before)
{
        do
                if (letter_draw(ret) < 0)
                        return -1;
        while (are_neighbours(*ret, before));
        return 0;
}

/* A random password of 25 letters and digits in five groups: more than 140 bits. */
static int generate(struct secret_line *secret)
{
        char *out = secret->text;

        do
                for (size_t i = 0; i < 29; i++) {
                        if (i % 6 == 5)
                                out[i] = '-';
                        else if (letter_draw_after(&out[i], i ? out[i - 1] : '\0') < 0)
                                return fail("The kernel gives no random numbers.");
                        out[i + 1] = '\0';
                }
        while (!strpbrk(out, "2345678")); /* PCI DSS v4.0.1 8.3.6: letters and digits */
        return EXIT_DONE;
}

int secret_for_api(struct secret_line *secret, const struct request *request)
{
        const char *fd = request->value[OPTION_PASSWORD_FD];

        if (fd && request->given & OPTION_BIT(GENERATE))
                return fail_usage("--password-fd and --generate exclude each other.");
        if (fd)
                return from_fd(secret, fd);
        if (request->given & OPTION_BIT(GENERATE))
                return generate(secret);
        return secret_ask_new(secret);
}
