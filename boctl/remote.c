/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl on another host, by ssh: each word quoted for the shell there, secrets asked for there. */
#include "boctl/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#define SSH_FAILED 255

extern char **environ;

/*
 * ssh puts host and user into commands of the caller's ssh_config (ProxyCommand, Match exec), so
 * only what needs no quoting there goes through; for others he has a Host of his own there.
 */
static bool host_is_plain(const char *host)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "._-+@:[]";

        return *host && *host != '-' && *host != '@' && !strstr(host, "@-") &&
               host[strlen(host) - 1] != '@' && host[strspn(host, plain)] == '\0';
}

/*
 * 'word' for the shell there, where nothing is special but '. To fish a backslash before one is
 * special as well: so neither stands within, but between '"' and '"'.
 */
static void word_quote(FILE *command, const char *word)
{
        fputs(" '", command);
        for (; *word; word++)
                if (*word == '\'')
                        fputs("'\"'\"'", command);
                else if (*word == '\\')
                        fputs("'\"\\\\\"'", command);
                else
                        fputc(*word, command);
        fputc('\'', command);
}

/* "exec boctl OPTIONS -- WORDS"; NULL: out of memory. */
static char *command_make(const struct request *request)
{
        _cleanup_(freep) char *text = NULL;
        size_t size = 0;
        FILE *command = open_memstream(&text, &size);
        const char *no = getenv("NO_COLOR");

        if (!command)
                return NULL;
        fputs("exec boctl", command);
        if (no && *no && !(request->given & OPTION_BIT(COLOR)))
                fputs(" --color=never", command); /* the environment stays here */
        for (size_t i = 0; i < request->n_passed; i++)
                word_quote(command, request->passed[i]);
        word_quote(command, "--");
        for (int i = 0; i < request->n_words; i++)
                word_quote(command, request->words[i]);
        return fclose(command) == 0 ? TAKE_PTR(text) : NULL;
}

/*
 * Only with a terminal on both sides is there one over there, and a secret asked for without an
 * echo. What is piped in goes through. Else nothing does: a secret would be typed visibly.
 */
static int ssh_spawn(const char *host, char *command, pid_t *ret_child)
{
        bool in = isatty(STDIN_FILENO), both = in && isatty(STDOUT_FILENO);
        const char *arguments[] = {
                "ssh", "-a",    "-x", "-oClearAllForwardings=yes", both ? "-t" : "-T", "--",
                host,  command, NULL};
        posix_spawn_file_actions_t actions;
        int r = posix_spawn_file_actions_init(&actions);

        if (r != 0)
                return -r;
        if (in && !both)
                r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
                                                     0);
        if (r == 0)
                r = posix_spawnp(ret_child, "ssh", &actions, NULL, (char *const *)arguments,
                                 environ);
        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int child_wait(pid_t child, const char *host)
{
        int status;

        /* The signals of the terminal are for ssh, which dies of them or passes them on. */
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
        while (waitpid(child, &status, 0) < 0)
                if (errno != EINTR)
                        return fail("Cannot wait for ssh: %s.", strerror(errno));
        if (WIFEXITED(status) && WEXITSTATUS(status) != SSH_FAILED)
                return WEXITSTATUS(status);
        fail("There is no way to %s by ssh, or it broke off. `ssh %s true` tries it.", host, host);
        return EXIT_NO_ANSWER;
}

int remote_run(const struct request *request)
{
        const char *host = request->value[OPTION_REMOTE];
        _cleanup_(freep) char *command = NULL;
        pid_t child;
        int r;

        if (!host_is_plain(host))
                return fail_usage("--remote wants [USER@]HOST of letters, digits and ._-+@:[] "
                                  "(ssh_config(5) gives others a name), not '%s'.",
                                  host);
        if (request->given & OPTION_BIT(PASSWORD_FD))
                return fail_usage("--password-fd is of this host. Pipe the password to the "
                                  "standard input instead.");
        command = command_make(request);
        if (!command)
                return fail("Out of memory.");
        r = ssh_spawn(host, command, &child);
        if (r < 0)
                return fail("Cannot run ssh: %s.", strerror(-r));
        return child_wait(child, host);
}
