/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A PAM application that does what it is told on standard input, a line a command, and tells on
 * standard output what the module asks, shows and returns. tests/pam/stage.py speaks to it.
 *
 *   start SERVICE USER     pam_start_confdir(); USER "none": no name yet
 *   item NUMBER TEXT       pam_set_item()
 *   auth account setcred password open close FLAGS
 *   env NAME               -> value TEXT | none
 *   putenv NAME=TEXT
 *   deaf                   from now on there is no conversation function
 *   fork, exit             a child goes on from here; the parent goes on after its exit
 *   count                  -> value NUMBER of open descriptors
 *   search TEXT            -> value NUMBER of places in memory with TEXT, each byte of which is
 * given plus 1 again NUMBER PHASE     that many whole handles, one phase each end pam_end()
 *
 *   log TEXT is what the module would write to the system log
 *   ask secret|visible TEXT wants: answer TEXT | null | nothing | refuse | refuse-with TEXT
 */
#include <dirent.h>
#include <security/pam_appl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "tests/pam/percent.h"

#define LINE_MAX_BYTES 8192
#define AREA_MAX_BYTES (256UL << 20)

static const char *confdir;
static pam_handle_t *handle;
static struct {
        char service[256], user[1024];
} started;

/* Unbuffered, so that no answer stays behind in a buffer of stdio. */
static bool line_read(char line[LINE_MAX_BYTES])
{
        size_t used = 0;

        while (used < LINE_MAX_BYTES - 1 && read(STDIN_FILENO, line + used, 1) == 1) {
                if (line[used] == '\n') {
                        line[used] = '\0';
                        return true;
                }
                used++;
        }
        return false;
}

static void say(const char *what, const char *text)
{
        printf("%s ", what);
        percent_print(text, strlen(text));
        putchar('\n');
        fflush(stdout);
}

static void say_number(const char *what, long number)
{
        printf("%s %ld\n", what, number);
        fflush(stdout);
}

/* The answer that the test wants to give to a question. */
static int answer_get(char **ret_answer)
{
        char line[LINE_MAX_BYTES] = "";
        int r = PAM_CONV_ERR;

        if (!line_read(line))
                exit(EXIT_FAILURE);
        if (strncmp(line, "answer ", 7) == 0) {
                *ret_answer = strdup(percent_decode(line + 7));
                r = PAM_SUCCESS;
        } else if (strncmp(line, "refuse-with ", 12) == 0) {
                *ret_answer = strdup(percent_decode(line + 12));
        } else if (strcmp(line, "null") == 0 || strcmp(line, "nothing") == 0) {
                r = PAM_SUCCESS;
        }
        if (strcmp(line, "nothing") == 0)
                r = -1;
        explicit_bzero(line, sizeof(line));
        return r;
}

static int converse(int count, const struct pam_message **messages,
                    struct pam_response **ret_responses, void *data)
{
        const struct pam_message *message = messages[0];
        struct pam_response *response = NULL;
        int r = PAM_SUCCESS;

        (void)data; /* the interface is libpam's */
        if (count != 1)
                return PAM_CONV_ERR;
        response = calloc(1, sizeof(*response));
        switch (message->msg_style) {
        case PAM_PROMPT_ECHO_OFF:
                say("ask secret", message->msg);
                r = answer_get(&response->resp);
                break;
        case PAM_PROMPT_ECHO_ON:
                say("ask visible", message->msg);
                r = answer_get(&response->resp);
                break;
        case PAM_ERROR_MSG:
                say("show error", message->msg);
                break;
        case PAM_TEXT_INFO:
                say("show info", message->msg);
                break;
        default:
                r = PAM_CONV_ERR;
        }
        if (r == -1 || (r != PAM_SUCCESS && !response->resp)) {
                free(response);
                return r == -1 ? PAM_SUCCESS : r;
        }
        *ret_responses = response;
        return r;
}

/* libpam finds these before those of libc, whose header would make macros of them. */
void syslog(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void syslog(int priority, const char *format, ...)
{
        va_list arguments;
        char text[4096];

        (void)priority; /* the text is what matters */
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        say("log", text);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void __syslog_chk(int priority, int flag, const char *format, ...)
{
        va_list arguments;
        char text[4096];

        (void)priority; /* the text is what matters */
        (void)flag;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        say("log", text);
}

static int start(const char *service, const char *user)
{
        static const struct pam_conv conv = {.conv = converse};

        return pam_start_confdir(service, strcmp(user, "none") == 0 ? NULL : user, &conv, confdir,
                                 &handle);
}

static int phase(const char *name, int flags)
{
        static const struct {
                const char *name;
                int (*call)(pam_handle_t *, int);
        } phases[] = {
                {"auth", pam_authenticate}, {"account", pam_acct_mgmt},
                {"setcred", pam_setcred},   {"password", pam_chauthtok},
                {"open", pam_open_session}, {"close", pam_close_session},
        };

        for (size_t i = 0; i < ELEMENTS(phases); i++)
                if (strcmp(phases[i].name, name) == 0)
                        return phases[i].call(handle, flags);
        return -1;
}

static long descriptors(void)
{
        _cleanup_(closedirp) DIR *dir = opendir("/proc/self/fd");
        long count = -1; /* that of the directory itself */

        while (dir && readdir(dir))
                count++;
        return count;
}

/* @wanted has each byte plus 1, so that it does not find itself. */
static long area_search(const unsigned char *area, size_t size, const char *wanted, size_t length)
{
        long count = 0;

        for (size_t i = 0; i + length <= size; i++) {
                size_t j = 0;

                while (j < length && (unsigned char)(area[i + j] + 1) == (unsigned char)wanted[j])
                        j++;
                count += j == length;
        }
        return count;
}

/* Looks through all memory of this process that can be written. */
static long memory_search(const char *wanted)
{
        _cleanup_(fclosep) FILE *maps = fopen("/proc/self/maps", "re");
        unsigned long from, to;
        char line[512], rights[5];
        long count = 0;

        while (maps && fgets(line, sizeof(line), maps)) {
                unsigned char *copy = NULL;
                struct iovec remote, local;
                ssize_t size;

                /* Larger is the shadow of a sanitizer. */
                if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[1] != 'w' ||
                    to - from > AREA_MAX_BYTES)
                        continue;
                copy = malloc(to - from);
                remote = (struct iovec){(void *)(uintptr_t)from, to - from};
                local = (struct iovec){copy, to - from};
                size = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
                if (size > 0)
                        count += area_search(copy, (size_t)size, wanted, strlen(wanted));
                if (copy)
                        explicit_bzero(copy, to - from);
                free(copy);
        }
        return count;
}

static int again(int times, const char *name)
{
        int r = -1;

        for (int i = 0; i < times; i++) {
                r = start(started.service, started.user);
                if (r == PAM_SUCCESS)
                        r = phase(name, 0);
                pam_end(handle, r);
        }
        handle = NULL;
        return r;
}

static void child_go(void)
{
        pid_t pid = fork();

        if (pid != 0) {
                waitpid(pid, NULL, 0);
                say("value", "parent");
                return;
        }
        say("value", "child");
}

static void command(const char *word, char *first, char *second)
{
        const char *text;

        if (strcmp(word, "start") == 0) {
                snprintf(started.service, sizeof(started.service), "%s", percent_decode(first));
                snprintf(started.user, sizeof(started.user), "%s", percent_decode(second));
                say_number("result", start(started.service, started.user));
        } else if (strcmp(word, "item") == 0) {
                say_number("result", pam_set_item(handle, atoi(first), percent_decode(second)));
        } else if (strcmp(word, "env") == 0) {
                text = pam_getenv(handle, first);
                say(text ? "value" : "none", text ? text : "");
        } else if (strcmp(word, "putenv") == 0) {
                say_number("result", pam_putenv(handle, percent_decode(first)));
        } else if (strcmp(word, "deaf") == 0) {
                say_number("result",
                           pam_set_item(handle, PAM_CONV, &(struct pam_conv){.conv = NULL}));
        } else if (strcmp(word, "fork") == 0) {
                child_go();
        } else if (strcmp(word, "exit") == 0) {
                _exit(EXIT_SUCCESS);
        } else if (strcmp(word, "count") == 0) {
                say_number("value", descriptors());
        } else if (strcmp(word, "search") == 0) {
                say_number("value", memory_search(percent_decode(first)));
        } else if (strcmp(word, "again") == 0) {
                say_number("result", again(atoi(first), second));
        } else if (strcmp(word, "end") == 0) {
                say_number("result", pam_end(handle, PAM_SUCCESS));
                handle = NULL;
        } else {
                say_number("result", phase(word, (int)strtol(first, NULL, 0)));
        }
}

int main(int argc, char **argv)
{
        char line[LINE_MAX_BYTES];

        if (argc != 2) {
                fprintf(stderr, "usage: %s DIRECTORY-WITH-SERVICES < COMMANDS\n", argv[0]);
                return EXIT_FAILURE;
        }
        confdir = argv[1];
        while (line_read(line)) {
                char *rest = line;
                char *word = strsep(&rest, " ");
                char *first = strsep(&rest, " ");
                char *second = strsep(&rest, " ");

                command(word, first ? first : (char[1]){""}, second ? second : (char[1]){""});
        }
        if (handle)
                pam_end(handle, PAM_SUCCESS);
        return EXIT_SUCCESS;
}
