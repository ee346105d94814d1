/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user reset, resend, revoke: the links of a user, and how they are told. */
#include <string.h>

#include "boctl/secret.h"
#include "boctl/table.h"
#include "boctl/user.h"

#define TOKEN_CHARACTERS 34 /* seven groups of four, joined by '-' */

static bool is_token_at(const char *text)
{
        static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

        if (*text != 'T')
                return false;
        for (size_t i = 0; i < TOKEN_CHARACTERS; i++) {
                bool fits = i % 5 == 4 ? text[i] == '-' : text[i] && strchr(symbols, text[i]);

                if (!fits)
                        return false;
        }
        return true;
}

void token_of(char out[TOKEN_SIZE], const char *link)
{
        while (*link && !is_token_at(link))
                link++;
        snprintf(out, TOKEN_SIZE, "%.*s", TOKEN_CHARACTERS, link);
}

void link_tell(const char *name, const char *link)
{
        char token[TOKEN_SIZE];

        token_of(token, link);
        if (!*link) {
                printf("The link is mailed to %s. `boctl mail list` shows what is not "
                       "delivered.\n",
                       name);
                return;
        }
        printf("Token: %s\n", token);
        if (strcmp(token, link) != 0)
                printf("Link: %s\n", link);
        printf("Give this token to %s, by a way that nobody else reads. Typed at the password\n"
               "prompt of a login, it lets the user set a password. It works once, for a limited\n"
               "time, and is not shown again.\n",
               name);
        explicit_bzero(token, sizeof(token));
}

int link_show(const struct request *request, const char *table_name, const char *name,
              const char *link)
{
        static const struct column columns[] = {
                {"username", "", CELL_TEXT}, {"token", "", CELL_TEXT}, {"link", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table = NULL;
        char token[TOKEN_SIZE];

        if (!request->json) {
                link_tell(name, link);
                return EXIT_DONE;
        }
        table = table_new(request, table_name, columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        token_of(token, link);
        table_row(table);
        table_text(table, 0, name);
        table_text(table, 1, token);
        table_text(table, 2, link);
        explicit_bzero(token, sizeof(token));
        return table_end(table);
}

static int link_get(struct request *request, const char *table_name,
                    int (*get)(bo *bo, uint32_t uid, char **ret_link))
{
        _cleanup_(bo_string_freep) char *link = NULL;
        const char *name = request->args[0];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = get(request->bo, uid, &link);
        return r == 0 ? link_show(request, table_name, name, link)
                      : fail_call(request, r, "Cannot make a token for %s", name);
}

int verb_user_reset(struct request *request)
{
        return link_get(request, "reset", bo_user_issue_reset);
}

int verb_user_resend(struct request *request)
{
        return link_get(request, "activation", bo_user_resend_activation);
}

int verb_user_revoke(struct request *request)
{
        const char *name = request->args[0];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_revoke_tokens(request->bo, uid);
        if (r != 0)
                return fail_call(request, r, "Cannot revoke the tokens of %s", name);
        tell(request, "The open tokens of %s are dead.", name);
        return EXIT_DONE;
}
