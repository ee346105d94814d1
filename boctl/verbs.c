/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of verbs: what there is, what it takes, and which function does it. */
#include <string.h>

#include "boctl/boctl.h"

#define LIST_OPTIONS                                                                               \
        (OPTION_BIT(CUSTOMER) | OPTION_BIT(STATUS) | OPTION_BIT(ROLE) | OPTION_BIT(KIND) |         \
         OPTION_BIT(SEARCH) | OPTION_BIT(SORT) | OPTION_BIT(LIMIT))
#define CREATE_OPTIONS                                                                             \
        (OPTION_BIT(KIND) | OPTION_BIT(CUSTOMER) | OPTION_BIT(ROLE) | OPTION_BIT(FULL_NAME) |      \
         OPTION_BIT(SHELL) | OPTION_BIT(HOME) | OPTION_BIT(PASSWORD_FD) | OPTION_BIT(GENERATE))

const struct verb verbs[] = {
        {"audit", "list", "", 0, 0, OPTION_BIT(USER) | OPTION_BIT(EVENT) | OPTION_BIT(LIMIT),
         verb_audit_list, "Show the audit trail, newest first", NULL},
        {"audit", "verify", "", 0, 0, 0, verb_audit_verify,
         "Recompute the audit trail's chain of hashes", NULL},
        {"clock", "accept", "", 0, 0, 0, verb_clock_accept,
         "Accept the present clock although it was set back",
         "Until then nothing that had ended while the clock was ahead counts as open again."},
        {"customer", "create", "ID", 1, 1, OPTION_BIT(ALIAS), verb_customer_create,
         "Make a customer", "ID is 1 to 32 of a-z, 0-9 and '-', and starts with a letter."},
        {"customer", "list", "", 0, 0, OPTION_BIT(LIMIT), verb_customer_list,
         "List the customers that you may see", NULL},
        {"otp", "enable", "", 0, 0, 0, verb_otp_enable, "Set up your own second factor",
         "Shows a QR code and the same secret to type for an authenticator app, and asks for a\n"
         "code of the app and your login password. Keep the app on another device than the one\n"
         "that you log in from."},
        {"otp", "reset", "USER", 1, 1, OPTION_BIT(REASON), verb_otp_reset,
         "Take the second factor of a user away", "--reason is required, and is recorded."},
        {"otp", "status", "[USER]", 0, 1, 0, verb_otp_status,
         "Tell whether the second factor is on", NULL},
        {"password", NULL, "", 0, 0, 0, verb_password, "Change your own password",
         "Asks for the present password, and twice for the new one."},
        {"roles", NULL, "", 0, 0, 0, verb_roles, "Show which role permits what", NULL},
        {"user", "create", "NAME|EMAIL", 1, 1, CREATE_OPTIONS, verb_user_create, "Make a user",
         "For a person, shows the activation token once: hand it to the user. For a program\n"
         "(--kind api), asks twice for the password, or takes it from --password-fd, or makes\n"
         "one with --generate. A password never stands in the command line."},
        {"user", "disable", "USER", 1, 1, OPTION_BIT(REASON), verb_user_disable,
         "Deactivate a user; users are never deleted", NULL},
        {"user", "enable", "USER", 1, 1, 0, verb_user_enable,
         "End the deactivation of a user; opens no lock", NULL},
        {"user", "list", "", 0, 0, LIST_OPTIONS, verb_user_list, "List users",
         "Without --customer all users are listed, for the operator alone. Status is one of\n"
         "active, password-expired, locked-attempts, locked-inactivity, activation-sent,\n"
         "deactivated."},
        {"user", "password", "USER", 1, 1, OPTION_BIT(PASSWORD_FD) | OPTION_BIT(GENERATE),
         verb_user_password, "Set the password of an API user",
         "A person's password is his alone: `boctl user reset` makes a token for him."},
        {"user", "reset", "USER", 1, 1, 0, verb_user_reset,
         "Make a token with which the user sets a new password",
         "Tokens that were made before are dead. The status changes when the token is used."},
        {"user", "roles", "USER", 1, 1, OPTION_BIT(CUSTOMER) | OPTION_BIT(ROLE), verb_user_roles,
         "Replace the roles of a user in a customer",
         "--customer is required. Without --role all roles there are taken away."},
        {"user", "show", "[USER]", 0, 1, 0, verb_user_show,
         "Show everything about a user but secrets", "Without USER: yourself."},
};

const size_t n_verbs = ELEMENTS(verbs);

static const struct verb *unknown_noun(const char *noun)
{
        const char *nouns[ELEMENTS(verbs)], *near;

        for (size_t i = 0; i < n_verbs; i++)
                nouns[i] = verbs[i].noun;
        near = nearest(noun, nouns, n_verbs);
        if (near)
                fail_usage("There is no command '%s'. Did you mean '%s'?", noun, near);
        else
                fail_usage("There is no command '%s'.", noun);
        return NULL;
}

static const struct verb *unknown_verb(const char *noun, const char *verb)
{
        const char *names[ELEMENTS(verbs)], *near;

        for (size_t i = 0; i < n_verbs; i++)
                names[i] = strcmp(verbs[i].noun, noun) == 0 ? verbs[i].verb : NULL;
        near = nearest(verb, names, n_verbs);
        if (near)
                fail_usage("There is no command '%s %s'. Did you mean '%s %s'?", noun, verb, noun,
                           near);
        else
                fail_usage("There is no command '%s %s'.", noun, verb);
        return NULL;
}

const struct verb *verb_find(struct request *request)
{
        const char *noun = request->words[0], *verb = request->words[1];
        bool known = false;

        for (size_t i = 0; i < n_verbs; i++) {
                int taken = verbs[i].verb ? 2 : 1;

                if (strcmp(verbs[i].noun, noun) != 0)
                        continue;
                known = true;
                if (taken == 2 && (!verb || strcmp(verbs[i].verb, verb) != 0))
                        continue;
                request->args = request->words + taken;
                request->n_args = request->n_words - taken;
                return &verbs[i];
        }
        if (!known)
                return unknown_noun(noun);
        if (verb)
                return unknown_verb(noun, verb);
        fail_usage("'%s' wants a verb: `boctl %s --help` shows which.", noun, noun);
        return NULL;
}
