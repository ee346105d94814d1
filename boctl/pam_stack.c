/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of pam.d(5), read as libpam reads them, with the @include of Debian. */
#include "boctl/pam_stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS     " \n\t"
#define LINE_BYTES 1024 /* libpam refuses the whole file for a longer one */
#define FILES_MOST 256

static const char *const phases[PAM_PHASE_COUNT] = {"auth", "account", "password", "session"};

struct reading {
        const struct pam_files *files;
        struct pam_stack *stack;
        const char *file; /* under way */
        unsigned number;
        int level, depth;
        int only; /* a phase, or PAM_PHASE_COUNT: all */
        size_t n_lines, n_opened;
};

static int file_read(struct reading *reading, const char *name, int only, int more_level);

/* What lines_read() and file_read() return beside 0 and -ENOMEM: libpam gives up on the file. */
#define GIVEN_UP 1

const char *pam_phase_name(enum pam_phase phase)
{
        return phases[phase];
}

/* A word, or what stands in brackets, "\]" being one; NULL: none is left. Terminates it in place.
 */
static char *token(char **at)
{
        char *word = *at + strspn(*at, BLANKS), *to, *end;

        if (!*word)
                return NULL;
        if (*word != '[') {
                end = word + strcspn(word, BLANKS);
        } else {
                for (to = end = ++word; *end && *end != ']'; to++, end++) {
                        if (end[0] == '\\' && end[1] == ']')
                                end++;
                        *to = *end;
                }
                if (to != end)
                        *to = '\0';
        }
        if (*end)
                *end++ = '\0';
        *at = end;
        return word;
}

/* The arguments with single blanks between them; NULL: no memory. */
static char *arguments_of(char *at)
{
        char *joined = calloc(1, strlen(at) + 2);

        for (char *word = token(&at); joined && word; word = token(&at)) {
                if (*joined)
                        strcat(joined, " ");
                strcat(joined, word); /* never more than there was */
        }
        return joined;
}

static int line_add(struct reading *reading, enum pam_phase phase, struct pam_line line)
{
        struct pam_stack *stack = reading->stack;
        struct pam_line *lines;

        if (reading->n_lines++ >= PAM_LINES) {
                free(line.module);
                free(line.arguments);
                return 0;
        }
        lines = reallocarray(stack->lines[phase], stack->n_lines[phase] + 1, sizeof(*lines));
        if (!lines) {
                free(line.module);
                free(line.arguments);
                return -ENOMEM;
        }
        stack->lines[phase] = lines;
        line.file = reading->file;
        line.number = reading->number;
        line.level = reading->level;
        lines[stack->n_lines[phase]++] = line;
        return 0;
}

/* libpam gives up on the file, or on what includes it as well. */
static int give_up(struct reading *reading, const char *why)
{
        if (!reading->stack->aborted) {
                reading->stack->aborted = why;
                reading->stack->aborted_file = reading->file;
                reading->stack->aborted_number = reading->number;
        }
        return GIVEN_UP;
}

/* A line that fails whatever it was meant to be; @phase may be all of them. */
static int broken_add(struct reading *reading, int phase, const char *problem)
{
        struct pam_line line = {.problem = problem};
        int r = 0;

        for (size_t i = 0; i < PAM_RETURNS; i++)
                line.actions[i] = PAM_ACTION_BAD;
        for (int i = 0; r == 0 && i < PAM_PHASE_COUNT; i++)
                if (i == phase || phase == PAM_PHASE_COUNT)
                        r = line_add(reading, (enum pam_phase)i, line);
        return r;
}

static int module_read(struct reading *reading, enum pam_phase phase, bool quiet,
                       const char *control, char *rest)
{
        struct pam_line line = {.quiet = quiet};
        const char *module;

        if (!pam_control_read(control, line.actions))
                line.problem = "its control is none of pam.d(5), so it always fails";
        module = token(&rest);
        if (!module)
                return broken_add(reading, (int)phase, "names no module");
        line.module = strdup(module);
        line.arguments = arguments_of(rest);
        if (!line.module || !line.arguments) {
                free(line.module);
                free(line.arguments);
                return -ENOMEM;
        }
        return line_add(reading, phase, line);
}

/* What is included for one phase and cannot be read fails there; else libpam gives up on all. */
static int include_read(struct reading *reading, int phase, char *rest, bool substack)
{
        struct pam_line line = {.substack = true};
        const char *name = token(&rest), *why;
        int r = substack ? line_add(reading, (enum pam_phase)phase, line) : 0;

        if (r == 0)
                r = file_read(reading, name, phase, substack);
        if (r != GIVEN_UP || phase == PAM_PHASE_COUNT)
                return r;
        why = reading->stack->aborted;
        reading->stack->aborted = NULL;
        return broken_add(reading, phase, why);
}

static int line_read(struct reading *reading, char *text)
{
        char *type = token(&text), *control;
        bool quiet = *type == '-';
        int phase = 0;

        if (strcasecmp(type, "@include") == 0)
                return include_read(reading, reading->only, text, false);
        while (phase < PAM_PHASE_COUNT && strcasecmp(type + quiet, phases[phase]) != 0)
                phase++;
        if (phase == PAM_PHASE_COUNT) /* libpam takes it for one of auth, if not for another's */
                return broken_add(reading,
                                  reading->only == PAM_PHASE_COUNT ? PAM_PHASE_AUTH : reading->only,
                                  "begins with none of auth, account, password, session, @include");
        if (reading->only != PAM_PHASE_COUNT && reading->only != phase)
                return 0;
        control = token(&text);
        if (!control)
                return broken_add(reading, phase, "has no control");
        if (strcasecmp(control, "include") == 0 || strcasecmp(control, "substack") == 0)
                return include_read(reading, phase, text, strcasecmp(control, "substack") == 0);
        return module_read(reading, (enum pam_phase)phase, quiet, control, text);
}

/* Cuts comment and blanks off; whether the line goes on in the next one, by a backslash. */
static bool line_cut(char *text)
{
        size_t length = strcspn(text, "#");

        while (length > 0 && strchr(" \n\t\r\v\f", text[length - 1]))
                length--;
        text[length] = '\0';
        if (length == 0 || text[length - 1] != '\\')
                return false;
        text[length - 1] = ' ';
        return true;
}

/* One line of the file with those that go on from it: > 0 there is one, 0 the end, < 0 too long. */
static int line_next(struct reading *reading, FILE *file, unsigned *number, char out[LINE_BYTES])
{
        char part[LINE_BYTES];
        size_t used = 0;
        bool more = true, some = false;

        out[0] = '\0';
        while (more && fgets(part, sizeof(part), file)) {
                size_t length = strlen(part);

                if (length == sizeof(part) - 1 && part[length - 1] != '\n')
                        return -EMSGSIZE;
                ++*number;
                if (!some)
                        reading->number = *number;
                some = true;
                more = line_cut(part);
                length = strlen(part);
                if (used + length >= LINE_BYTES)
                        return -EMSGSIZE;
                memcpy(out + used, part, length + 1);
                used += length;
        }
        return some;
}

static int lines_read(struct reading *reading, FILE *file)
{
        char text[LINE_BYTES];
        unsigned number = 0;
        int more, r = 0;

        while (r == 0 && (more = line_next(reading, file, &number, text)) != 0) {
                if (more < 0)
                        return give_up(reading, "is too long: libpam reads nothing of this file");
                if (text[strspn(text, BLANKS)])
                        r = line_read(reading, text);
        }
        return r;
}

static int file_name_keep(struct pam_stack *stack, const char *path, const char **ret_name)
{
        char **files = reallocarray(stack->files, stack->n_files + 1, sizeof(*files));

        if (!files)
                return -ENOMEM;
        stack->files = files;
        files[stack->n_files] = strdup(path);
        if (!files[stack->n_files])
                return -ENOMEM;
        *ret_name = files[stack->n_files++];
        return 0;
}

/* Reads what @name holds for phase @only in the place of the line under way. */
static int file_read(struct reading *reading, const char *name, int only, int more_level)
{
        struct reading within = *reading;
        _cleanup_(fclosep) FILE *file = NULL;
        char path[PATH_MAX];
        int r;

        if (!name || !*name)
                return give_up(reading, "names no file");
        if (reading->depth >= PAM_NESTED || reading->n_opened >= FILES_MOST)
                return give_up(reading, "has files within files without end");
        file = reading->files->open(reading->files->userdata, name, path);
        if (!file)
                return give_up(reading, "names a file that is not there");
        r = file_name_keep(reading->stack, path, &within.file);
        within.depth++;
        within.n_opened++;
        within.level += more_level;
        within.only = only;
        if (r == 0)
                r = lines_read(&within, file);
        reading->n_lines = within.n_lines;
        reading->n_opened = within.n_opened;
        return r;
}

FILE *pam_file_open(void *userdata, const char *name, char path[PATH_MAX])
{
        static const char *const directories[] = {"/etc/pam.d/", "/usr/lib/pam.d/"};
        const char *root = userdata;
        FILE *file = NULL;

        for (size_t i = 0; !file && i < ELEMENTS(directories); i++) {
                if (snprintf(path, PATH_MAX, "%s%s%s", root, name[0] == '/' ? "" : directories[i],
                             name) >= PATH_MAX)
                        return NULL;
                file = fopen(path, "re");
        }
        return file;
}

/* One file with what it includes. */
static int service_read(const struct pam_files *files, const char *service,
                        struct pam_stack **ret_stack)
{
        _cleanup_(pam_stack_freep) struct pam_stack *stack = calloc(1, sizeof(*stack));
        struct reading reading = {
                .files = files, .stack = stack, .only = PAM_PHASE_COUNT, .file = "pam.d"};
        char path[PATH_MAX];
        FILE *file;
        int r = 0;

        if (!stack)
                return -ENOMEM;
        file = files->open(files->userdata, service, path);
        stack->missing = !file;
        if (file) {
                fclose(file);
                r = file_read(&reading, service, PAM_PHASE_COUNT, 0);
        }
        if (r >= 0)
                *ret_stack = TAKE_PTR(stack);
        return r < 0 ? r : 0;
}

/* What "other" has for the phases that the service leaves out. If libpam gives up on it, then on
 * every service. */
static void others_take(struct pam_stack *stack)
{
        struct pam_stack *others = stack->others;

        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                if (stack->n_lines[phase] > 0)
                        continue;
                stack->other[phase] = true;
                stack->lines[phase] = others->lines[phase];
                stack->n_lines[phase] = others->n_lines[phase];
                others->lines[phase] = NULL;
                others->n_lines[phase] = 0;
        }
        if (stack->aborted || !others->aborted)
                return;
        stack->aborted = others->aborted;
        stack->aborted_file = others->aborted_file;
        stack->aborted_number = others->aborted_number;
}

int pam_stack_read(const struct pam_files *files, const char *service, struct pam_stack **ret_stack)
{
        _cleanup_(pam_stack_freep) struct pam_stack *stack = NULL;
        int r = service_read(files, service, &stack);

        if (r == 0)
                r = service_read(files, "other", &stack->others);
        if (r < 0)
                return r;
        others_take(stack);
        *ret_stack = TAKE_PTR(stack);
        return 0;
}

struct pam_stack *pam_stack_free(struct pam_stack *stack)
{
        for (size_t phase = 0; stack && phase < PAM_PHASE_COUNT; phase++) {
                for (size_t i = 0; i < stack->n_lines[phase]; i++) {
                        free(stack->lines[phase][i].module);
                        free(stack->lines[phase][i].arguments);
                }
                free(stack->lines[phase]);
        }
        for (size_t i = 0; stack && i < stack->n_files; i++)
                free(stack->files[i]);
        if (stack) {
                free(stack->files);
                pam_stack_free(stack->others);
        }
        free(stack);
        return NULL;
}

bool pam_line_is(const struct pam_line *line, const char *module)
{
        const char *slash = line->module ? strrchr(line->module, '/') : NULL;
        const char *name = slash ? slash + 1 : line->module;
        size_t length = strlen(module);

        return name && strncmp(name, module, length) == 0 &&
               (!name[length] || strcmp(name + length, ".so") == 0);
}

bool pam_line_has(const struct pam_line *line, const char *argument)
{
        size_t length = strlen(argument);

        for (const char *at = line->arguments; at && *at; at += strspn(at, " ")) {
                size_t word = strcspn(at, " ");

                if (word == length && strncmp(at, argument, length) == 0)
                        return true;
                at += word;
        }
        return false;
}
