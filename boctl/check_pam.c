/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PAM stacks of this host: those that users of bo need, and all others that they could try. */
#include "boctl/check.h"
#include "boctl/pam_issues.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define PHASES(auth, account, password, session)                                                   \
        ((unsigned)(auth) << PAM_PHASE_AUTH | (unsigned)(account) << PAM_PHASE_ACCOUNT |           \
         (unsigned)(password) << PAM_PHASE_PASSWORD | (unsigned)(session) << PAM_PHASE_SESSION)

/* Where bo has to be asked. What others do is their own business, unless somebody gets in. */
static const struct {
        const char *service;
        unsigned phases;
} needed[] = {
        {"sshd", PHASES(1, 1, 1, 1)},   {"login", PHASES(1, 1, 1, 1)}, {"sudo", PHASES(1, 1, 0, 1)},
        {"sudo-i", PHASES(1, 1, 0, 1)}, {"su", PHASES(1, 1, 1, 1)},    {"su-l", PHASES(1, 1, 1, 1)},
        {"passwd", PHASES(0, 0, 1, 0)}, {"cron", PHASES(0, 1, 0, 1)},
};

struct stacks {
        struct check *check;
        struct pam_issues issues;
        bool only;           /* the phases that are needed, no others */
        const char *service; /* under way */
        enum pam_phase phase;
};

static unsigned phases_needed(const char *service)
{
        for (size_t i = 0; i < ELEMENTS(needed); i++)
                if (strcmp(service, needed[i].service) == 0)
                        return needed[i].phases;
        return 0;
}

static bool module_exists(void *userdata, const char *module)
{
        static const char *const directories[] = {BO_PAM_DIR "/", "/lib/security/",
                                                  "/usr/lib/security/"};
        const struct stacks *stacks = userdata;
        char path[PATH_MAX];
        struct stat facts;

        for (size_t i = 0; i < ELEMENTS(directories); i++) {
                snprintf(path, sizeof(path), "%s%s%s", stacks->check->root,
                         module[0] == '/' ? "" : directories[i], module);
                if (stat(path, &facts) == 0)
                        return true;
        }
        return false;
}

static void issue_found(void *userdata, enum pam_issue issue, const struct pam_line *line,
                        const char *what)
{
        struct stacks *stacks = userdata;

        if (!pam_issues_add(&stacks->issues, issue, line, what, stacks->service, stacks->phase))
                stacks->check->failed = true;
}

static void service_judge(struct stacks *stacks, const char *service, unsigned phases)
{
        struct check *check = stacks->check;
        struct pam_files files = {pam_file_open, (void *)check->root};
        _cleanup_(pam_stack_freep) struct pam_stack *stack = NULL;

        if (pam_stack_read(&files, service, &stack) < 0) {
                check->failed = true;
                return;
        }
        stacks->service = service;
        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                struct pam_judge judge = {
                        .stack = stack,
                        .phase = (enum pam_phase)phase,
                        .needed = phases & 1U << phase,
                        .uids = {check->uid_high > 0, check->uid_low, check->uid_high},
                        .module_exists = module_exists,
                        .found = issue_found,
                        .userdata = stacks};

                stacks->phase = (enum pam_phase)phase;
                if (stacks->only ? judge.needed
                                 : judge.needed || phase == PAM_PHASE_AUTH ||
                                           pam_stack_has_bo(stack, (enum pam_phase)phase) ||
                                           (phase == PAM_PHASE_ACCOUNT &&
                                            pam_stack_has_bo(stack, PAM_PHASE_AUTH)))
                        pam_judge(&judge);
        }
}

/* Parts of other files, and what editors and packages leave behind, are nobody's service. */
static bool is_service(const char *name)
{
        static const char *const none[] = {".*",      "common-*",  "*~",        "*.dpkg-*",
                                           "*.ucf-*", "*.bak",     "*.orig",    "*.old",
                                           "*.save",  "*.pam-old", "*.pam-new", "*.rpm*"};

        for (size_t i = 0; i < ELEMENTS(none); i++)
                if (fnmatch(none[i], name, 0) == 0)
                        return false;
        return true;
}

static int names_compare(const void *one, const void *other)
{
        return strcmp(*(char *const *)one, *(char *const *)other);
}

static int directory_names(const char *root, const char *directory, char ***names, size_t *n)
{
        char path[PATH_MAX];
        _cleanup_(closedirp) DIR *opened = NULL;

        snprintf(path, sizeof(path), "%s%s", root, directory);
        opened = opendir(path);
        for (struct dirent *entry; opened && (entry = readdir(opened));) {
                char **more;

                if (!is_service(entry->d_name))
                        continue;
                more = reallocarray(*names, *n + 1, sizeof(*more));
                if (more)
                        *names = more;
                if (!more || !(more[*n] = strdup(entry->d_name)))
                        return -ENOMEM;
                ++*n;
        }
        return 0;
}

static void services_judge(struct stacks *stacks, char **names, size_t n)
{
        qsort(names, n, sizeof(*names), names_compare);
        /* Those that everybody knows first: they are named first in what is found. */
        for (size_t i = 0; i < ELEMENTS(needed); i++)
                for (size_t j = 0; j < n; j++)
                        if (strcmp(names[j], needed[i].service) == 0) {
                                service_judge(stacks, names[j], needed[i].phases);
                                break; /* of two files libpam takes the one in /etc */
                        }
        for (size_t j = 0; j < n; j++)
                if (phases_needed(names[j]) == 0 && (j == 0 || strcmp(names[j - 1], names[j]) != 0))
                        service_judge(stacks, names[j], 0);
}

void check_uid_range(struct check *check, const struct bo_settings *settings)
{
        for (size_t i = 0; i < settings->n_items; i++) {
                const struct bo_setting *setting = &settings->items[i];

                if (strcmp(setting->section, "Accounts") != 0 ||
                    strcmp(setting->key, "UidRange") != 0)
                        continue;
                if (sscanf(setting->value, "%" SCNu32 "-%" SCNu32, &check->uid_low,
                           &check->uid_high) != 2)
                        check->uid_low = check->uid_high = 0;
        }
}

void check_pam_service(struct check *check, const char *service, bool by_key)
{
        struct stacks stacks = {.check = check, .only = true};
        char path[PATH_MAX];
        _cleanup_(fclosep) FILE *file =
                strchr(service, '/') ? NULL : pam_file_open((void *)check->root, service, path);

        check_part(check, "pam");
        if (!file) {
                check_find(
                        check, CHECK_WARNING, "pam", "",
                        "/etc/pam.d/%s is not there: a program that asks PAM for that service gets "
                        "the lines of /etc/pam.d/other.",
                        service);
                return;
        }
        service_judge(&stacks, service, PHASES(!by_key, 1, 0, 1));
        pam_issues_tell(&stacks.issues, check);
        pam_issues_clear(&stacks.issues);
}

void check_pam(struct check *check)
{
        struct stacks stacks = {.check = check};
        char **names = NULL;
        size_t n = 0;

        check_part(check, "pam");
        if (directory_names(check->root, "/etc/pam.d", &names, &n) < 0 ||
            directory_names(check->root, "/usr/lib/pam.d", &names, &n) < 0)
                check->failed = true;
        if (n > 0)
                services_judge(&stacks, names, n);
        pam_issues_tell(&stacks.issues, check);
        pam_issues_clear(&stacks.issues);
        for (size_t i = 0; i < n; i++)
                free(names[i]);
        free(names);
}
