/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The controls of pam.d(5): which return value of a module does what. */
#include "boctl/pam_stack.h"

#include <ctype.h>
#include <string.h>

/* By their numbers. What begins like another is never longer: libpam takes the first that fits. */
static const char *const returns[PAM_RETURNS + 1] = {
        "success",
        "open_err",
        "symbol_err",
        "service_err",
        "system_err",
        "buf_err",
        "perm_denied",
        "auth_err",
        "cred_insufficient",
        "authinfo_unavail",
        "user_unknown",
        "maxtries",
        "new_authtok_reqd",
        "acct_expired",
        "session_err",
        "cred_unavail",
        "cred_expired",
        "cred_err",
        "no_module_data",
        "conv_err",
        "authtok_err",
        "authtok_recover_err",
        "authtok_lock_busy",
        "authtok_disable_aging",
        "try_again",
        "ignore",
        "abort",
        "authtok_expired",
        "module_unknown",
        "bad_item",
        "conv_again",
        "incomplete",
        "default",
};

static const char *const actions_names[] = {"ignore", "ok", "done", "bad", "die", "reset"};

#define JUMP_MOST 100000

static const char *blanks_skip(const char *text)
{
        while (isspace((unsigned char)*text))
                text++;
        return text;
}

/* Takes the one of @words that @text begins with; @n: none does. */
static size_t word_take(const char **text, const char *const *words, size_t n)
{
        size_t i = 0;

        while (i < n && strncmp(*text, words[i], strlen(words[i])) != 0)
                i++;
        if (i < n)
                *text += strlen(words[i]);
        return i;
}

static bool action_take(const char **text, int *ret_action)
{
        size_t i = word_take(text, actions_names, ELEMENTS(actions_names));
        int jump = 0;

        if (i < ELEMENTS(actions_names)) {
                *ret_action = -(int)i;
                return true;
        }
        for (; isdigit((unsigned char)**text); (*text)++)
                if (jump < JUMP_MOST)
                        jump = jump * 10 + (**text - '0');
        *ret_action = jump;
        return jump > 0; /* "ignore" is the word for a jump over nothing */
}

static void unset_become(int actions[PAM_RETURNS], int action)
{
        for (size_t i = 0; i < PAM_RETURNS; i++)
                if (actions[i] == PAM_ACTION_UNSET)
                        actions[i] = action;
}

static bool pairs_read(const char *text, int actions[PAM_RETURNS])
{
        for (text = blanks_skip(text); *text; text = blanks_skip(text)) {
                size_t value = word_take(&text, returns, ELEMENTS(returns));
                int action;

                text = blanks_skip(text);
                if (value == ELEMENTS(returns) || *text++ != '=')
                        return false;
                text = blanks_skip(text);
                if (!action_take(&text, &action))
                        return false;
                if (value < PAM_RETURNS)
                        actions[value] = action;
                else
                        unset_become(actions, action);
        }
        return true;
}

bool pam_control_read(const char *text, int actions[PAM_RETURNS])
{
        static const struct {
                const char *word;
                int success, ignore, rest;
        } words[] = {
                {"required", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_BAD},
                {"requisite", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_DIE},
                {"optional", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_IGNORE},
                {"sufficient", PAM_ACTION_DONE, PAM_ACTION_IGNORE, PAM_ACTION_IGNORE},
        };
        bool good;

        for (size_t i = 0; i < PAM_RETURNS; i++)
                actions[i] = PAM_ACTION_UNSET;
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcasecmp(text, words[i].word) == 0) {
                        actions[PAM_SUCCESS] = actions[PAM_NEW_AUTHTOK_REQD] = words[i].success;
                        actions[PAM_IGNORE] = words[i].ignore;
                        unset_become(actions, words[i].rest);
                        return true;
                }
        good = pairs_read(text, actions);
        for (size_t i = 0; i < PAM_RETURNS && !good; i++)
                actions[i] = PAM_ACTION_BAD;
        unset_become(actions, PAM_ACTION_BAD);
        return good;
}
