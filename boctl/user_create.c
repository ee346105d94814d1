/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user create: a person with an activation token, or a program with a password. */
#include <string.h>

#include "boctl/secret.h"
#include "boctl/table.h"
#include "boctl/user.h"

int generated_tell(const struct request *request, const char *name,
                   const struct secret_line *password)
{
        static const struct column columns[] = {{"username", "", CELL_TEXT},
                                                {"password", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table = NULL;

        if (!request->json) {
                printf("Password: %s\nIt is not shown again.\n", password->text);
                return EXIT_DONE;
        }
        table = table_new(request, "password", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, name);
        table_text(table, 1, password->text);
        return table_end(table);
}

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

void user_warn(const struct bo_user *user)
{
        for (size_t i = 0; i < user->n_warnings; i++)
                if (strcmp(user->warnings[i], "group-mailbox") == 0)
                        warn("%s looks like the mailbox of a group. A login is for one person: who "
                             "reads that mailbox can take it over.",
                             user->email);
                else
                        warn("%s: %s.", user->username, user->warnings[i]);
}

/* What was made: all that is shown once stands here. */
struct created {
        uint32_t uid;
        const char *username;
        const char *link;     /* empty if it was mailed; NULL for a program */
        const char *password; /* NULL unless generated */
        const char *role;     /* that nobody asked for; NULL: none */
        char **warnings;
        size_t n_warnings;
};

static int created_show_json(const struct request *request, const struct created *created)
{
        static const struct column columns[] = {
                {"username", "", CELL_TEXT}, {"uid", "", CELL_NUMBER},
                {"token", "", CELL_TEXT},    {"link", "", CELL_TEXT},
                {"password", "", CELL_TEXT}, {"warnings", "", CELL_LIST},
                {"role", "", CELL_TEXT}};
        char token[TOKEN_SIZE];
        _cleanup_(table_freep) struct table *table =
                table_new(request, "user", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, created->username);
        table_number(table, 1, created->uid);
        token_of(token, created->link ? created->link : "");
        table_text(table, 2, token);
        table_text(table, 3, created->link);
        table_text(table, 4, created->password);
        table_list(table, 5, created->warnings, created->n_warnings);
        table_text(table, 6, created->role);
        explicit_bzero(token, sizeof(token));
        return table_end(table);
}

static int created_show(const struct request *request, const struct created *created)
{
        if (request->json)
                return created_show_json(request, created);
        printf("Created %s, uid %u.\n", created->username, created->uid);
        if (created->link)
                link_tell(created->username, created->link);
        if (created->password)
                printf("Password: %s\nIt is not shown again.\n", created->password);
        if (created->role)
                printf("It has the role %s, as nothing else was asked for; `--role encoder` would "
                       "leave\nrefunds and cancellations out: boctl user roles.\n",
                       created->role);
        return EXIT_DONE;
}

/* The password is known before the user is made: a mistyped one leaves nothing behind. */
static int password_prepare(struct secret_line *password, const struct request *request, bool api)
{
        bool initial = request->given & OPTION_BIT(INITIAL_PASSWORD);

        if (api && initial)
                return fail_usage("--initial-password is for persons.");
        if (api || initial)
                return secret_for_api(password, request);
        if (request->given & (OPTION_BIT(PASSWORD_FD) | OPTION_BIT(GENERATE)))
                return fail_usage("--password-fd and --generate are for --kind api and for "
                                  "--initial-password: a person sets a password of his own.");
        return EXIT_DONE;
}

static int name_check(const struct request *request, bool api)
{
        bool unverified = request->given & OPTION_BIT(UNVERIFIED);

        if (unverified && api)
                return fail_usage("--unverified is for persons.");
        if (unverified && request->args[0])
                return fail_usage("With --unverified bo makes the name; leave %s out.",
                                  request->args[0]);
        if (!unverified && !api && !request->args[0])
                return fail_usage("Whom? Name an EMAIL, or let bo make a name with --unverified.");
        return EXIT_DONE;
}

/* The user is there, whatever can be told of him. */
static int created_tell(struct request *request, struct created *created)
{
        _cleanup_(bo_user_freep) struct bo_user *made = NULL;
        int r;

        if (bo_user_get(request->bo, created->uid, &made) == 0) {
                created->warnings = made->warnings;
                created->n_warnings = made->n_warnings;
        }
        r = created_show(request, created);
        if (made)
                user_warn(made);
        return r;
}

/* R6: of a program of a customer, also if one is unsure. */
static const char *const role_for_programs[] = {"admin", NULL};

int verb_user_create(struct request *request)
{
        _cleanup_(bo_string_freep) char *username = NULL, *link = NULL;
        _cleanup_(secret_wipe) struct secret_line password;
        struct bo_user_new user = {
                .name = request->args[0],
                .kind = request->value[OPTION_KIND],
                .full_name = request->value[OPTION_FULL_NAME],
                .customer = request->value[OPTION_CUSTOMER],
                .roles = request->n_roles > 0 ? request->roles : NULL,
                .locations = request->n_locations > 0 ? request->locations : NULL,
                .home = request->value[OPTION_HOME],
                .shell = request->value[OPTION_SHELL],
        };
        bool api = user.kind && strcmp(user.kind, "api") == 0;
        bool by_default = api && user.customer && !user.roles;
        struct created created = {.role = by_default ? role_for_programs[0] : NULL};
        int r = name_check(request, api);

        if (by_default)
                user.roles = role_for_programs;

        if (r == EXIT_DONE)
                r = password_prepare(&password, request, api);
        if (r != EXIT_DONE)
                return r;
        if (request->given & OPTION_BIT(INITIAL_PASSWORD))
                user.initial_password = password.text;
        r = bo_user_create(request->bo, &user, &created.uid, &username, &link);
        if (r != 0)
                return fail_call(request, r, "Cannot create %s",
                                 user.name ? user.name
                                 : api     ? "a program"
                                           : "an unverified user");
        if (api)
                r = bo_user_set_api_password(request->bo, created.uid, password.text);
        if (r != 0)
                return fail_call(request, r,
                                 "Created %s, but without a password; set one with `boctl user "
                                 "password %s`",
                                 username, username);
        created.username = username;
        created.link = api ? NULL : link;
        created.password = request->given & OPTION_BIT(GENERATE) ? password.text : NULL;
        return created_tell(request, &created);
}
