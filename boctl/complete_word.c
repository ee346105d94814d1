/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the words of the tables mean to a completion: "USER", "adm|api", "FILE", "FIELD=VALUE". */
#include "boctl/complete.h"

#include <ctype.h>
#include <string.h>

/* Words of a fixed set, "a|b|c". */
static void alternatives(struct completion *c, const char *words)
{
        while (*words) {
                size_t length = strcspn(words, "|");
                char word[64];

                snprintf(word, sizeof(word), "%.*s", (int)length, words);
                complete_put(c, word, NULL);
                words += length + (words[length] == '|');
        }
}

/* "Fields: a b c." of the verb's help, each with its "=". */
static void fields(struct completion *c)
{
        const char *text = c->verb && c->verb->detail ? strstr(c->verb->detail, "Fields: ") : NULL;

        if (!text)
                return;
        complete_tell(c, "nospace");
        for (text += strlen("Fields: "); *text && *text != '.';) {
                size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz-");
                char word[64];

                snprintf(word, sizeof(word), "%.*s=", (int)length, text);
                if (length > 0)
                        complete_put(c, word, NULL);
                text += length;
                if (*text == '(')
                        text += strcspn(text, ")");
                text += strcspn(text, " \n.");
                text += strspn(text, " \n");
        }
}

/* What a name in capitals stands for where it is not the kind itself. */
static const char *kind_of(const struct completion *c, const char *name)
{
        const char *noun = c->verb ? c->verb->noun : "";

        if (strcmp(name, "ID") == 0 || strcmp(name, "NAME") == 0)
                return strcmp(noun, "approval") == 0   ? "APPROVAL"
                       : strcmp(noun, "customer") == 0 ? "CUSTOMER"
                       : strcmp(noun, "location") == 0 ? "LOCATION"
                                                       : name;
        if (strcmp(name, "KIND") == 0 && strcmp(noun, "location") == 0)
                return "network|tty|service|host";
        return name;
}

void complete_argument(struct completion *c, const char *name)
{
        /* Something that is not there yet. */
        bool fresh = c->verb && c->verb->verb && strcmp(c->verb->verb, "create") == 0;
        const char *kind = kind_of(c, name);

        if (strncmp(kind, "FIELD", 5) == 0)
                fields(c);
        else if (strcmp(kind, "FILE") == 0 || strcmp(kind, "PATH") == 0)
                complete_tell(c, "files");
        else if (strcmp(kind, "DIR") == 0)
                complete_tell(c, "dirs");
        else if (strchr(kind, '|') && islower((unsigned char)kind[0]))
                alternatives(c, kind);
        else if (!(fresh && (strcmp(name, "ID") == 0 || strcmp(name, "NAME") == 0)))
                complete_names(c, kind);
}

/* The words that --status and --sort know depend on the list. */
static const char *words_of(const struct completion *c, const char *name)
{
        const char *noun = c->verb ? c->verb->noun : "";

        if (strcmp(name, "color") == 0)
                return "auto|always|never";
        if (strcmp(name, "status") == 0 && strcmp(noun, "approval") == 0)
                return "pending|approved|rejected|revoked|expired";
        if (strcmp(name, "status") == 0 && strcmp(noun, "user") == 0)
                return "active|activation-sent|deactivated|locked-attempts|locked-inactivity|"
                       "password-expired";
        return NULL;
}

/* An option that is called as what it names: --customer, --role, --location, --user ... */
void complete_option(struct completion *c, int id)
{
        const struct option_info *info = &option_infos[id];
        const char *words = words_of(c, info->name);
        char kind[32];

        if (!info->value)
                return;
        for (size_t i = 0; i < sizeof(kind) && (i == 0 || info->name[i - 1]); i++)
                kind[i] = (char)toupper((unsigned char)info->name[i]);
        kind[sizeof(kind) - 1] = '\0';
        if (words)
                alternatives(c, words);
        else if (strcmp(info->value, "USER") == 0)
                complete_names(c, "USER");
        else if (!complete_names(c, kind))
                complete_argument(c, info->value);
}
