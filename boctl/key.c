/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl key: the API key of oneself or of a program (R72, R77, R78). */
#include <string.h>

#include "boctl/secret.h"
#include "boctl/table.h"
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

static int key_show(const struct request *request, const struct bo_user *user, const char *key)
{
        static const struct column columns[] = {{"username", "", CELL_TEXT},
                                                {"key", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table = NULL;

        if (!request->json) {
                printf("API key: %s\nIt is not shown again. Programs log in as %s with it; keep it "
                       "out of command\nlines and repositories.\n",
                       key, user->username);
                return EXIT_DONE;
        }
        table = table_new(request, "key", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, user->username);
        table_text(table, 1, key);
        return table_end(table);
}

/* A person's own takes his password, and a code if his factor is on; of others the daemon decides
 * without. */
static int proofs_ask(const struct bo_user *user, struct secret_line *password,
                      struct secret_line *code)
{
        bool own = user->uid == geteuid() && user->kind && strcmp(user->kind, "api") != 0;
        int r;

        password->text[0] = code->text[0] = '\0';
        if (!own)
                return EXIT_DONE;
        r = secret_ask(password, "Login password: ", false);
        if (r == EXIT_DONE && user->otp_enabled)
                r = secret_ask(code, "One-time code: ", true);
        return r;
}

int verb_key_create(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(secret_wipe) struct secret_line password;
        _cleanup_(secret_wipe) struct secret_line code;
        _cleanup_(bo_string_freep) char *key = NULL;
        int r = user_get(request, request->args[0], "make a key of", &user);

        if (r != EXIT_DONE)
                return r;
        if (user->api_key_prefix && user->api_key_prefix[0])
                return fail("No API key of %s was made: %s", user->username,
                            bo_error_text(BO_ERR_KEY_EXISTS));
        r = proofs_ask(user, &password, &code);
        if (r != EXIT_DONE)
                return r;
        r = bo_key_create(request->bo, user->uid, password.text, code.text, &key);
        if (r != 0)
                return fail_call(request, r, "No API key of %s was made", user->username);
        return key_show(request, user, key);
}

int verb_key_delete(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        int r = user_get(request, request->args[0], "delete the key of", &user);

        if (r != EXIT_DONE)
                return r;
        r = bo_key_delete(request->bo, user->uid);
        if (r != 0)
                return fail_call(request, r, "No API key of %s was deleted", user->username);
        tell(request, "The API key of %s is deleted, and opens nothing any more.", user->username);
        return EXIT_DONE;
}

int verb_key_show(struct request *request)
{
        static const struct column columns[] = {
                {"username", "Name", CELL_TEXT},
                {"api_key", "API key", CELL_TEXT},
                {"api_key_created", "Created", CELL_TIME},
                {"api_key_used", "Last used", CELL_TIME},
        };
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(table_freep) struct table *table = NULL;
        char begin[KEY_BEGIN_SIZE];
        int r = user_get(request, request->args[0], "look at", &user);

        if (r != EXIT_DONE)
                return r;
        if (!key_begin(begin, user) && !request->json) {
                tell(request, "%s has no API key.", user->username);
                return EXIT_DONE;
        }
        table = table_new(request, "key", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, user->username);
        if (!key_begin(begin, user))
                return table_record(table);
        table_text(table, 1, begin);
        table_time(table, 2, user->api_key_created_usec);
        table_time(table, 3, user->api_key_used_usec);
        return table_record(table);
}

bool key_begin(char out[KEY_BEGIN_SIZE], const struct bo_user *user)
{
        bool has = user->api_key_prefix && user->api_key_prefix[0];

        snprintf(out, KEY_BEGIN_SIZE, "%s%.8s%s", has ? "bo_" : "", has ? user->api_key_prefix : "",
                 has ? "_..." : "");
        return has;
}
