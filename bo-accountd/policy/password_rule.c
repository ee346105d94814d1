/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bo itself asks of a new password (R74; PCI DSS v4.0.1 8.3.6), and with which old ones it
 * must be compared (R46, R47). */
#include "bo-accountd/policy/password_rule.h"

#include "common/text.h"

#include <stdio.h>
#include <string.h>

#define NAME_MIN_LETTERS 4 /* shorter names occur in too many good passwords */

struct password_content {
        size_t characters;
        bool letter;
        bool digit;
        bool control; /* or malformed */
};

/* Beyond ASCII roughly, by block: libc's answer depends on the locale. A sign that passes for a
 * letter weakens nothing, a letter that does not would shut out whole scripts. */
static bool is_letter(uint32_t code)
{
        if (code < 0x80)
                return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
        return (code >= 0xc0 && code < 0x2000 && code != 0xd7 && code != 0xf7) ||
               (code >= 0x3040 && code < 0xd7a4);
}

static bool is_control(uint32_t code)
{
        return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

static struct password_content password_content(const char *password, size_t size)
{
        struct password_content content = {0};

        while (size > 0) {
                uint32_t code = 0;
                int taken = text_decode(password, size, &code);

                if (taken < 0 || is_control(code)) {
                        content.control = true;
                        return content;
                }
                content.characters++;
                content.letter |= is_letter(code);
                content.digit |= code >= '0' && code <= '9';
                password += taken;
                size -= (size_t)taken;
        }
        return content;
}

/* A byte of @password as it stands in a folded name. */
static char folded(char byte)
{
        return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool contains(const char *password, size_t size, const char *word, size_t length)
{
        for (size_t start = 0; length <= size && start <= size - length; start++) {
                size_t same = 0;

                while (same < length && folded(password[start + same]) == word[same])
                        same++;
                if (same == length)
                        return true;
        }
        return false;
}

/* A name with '@' contains the part before it: looking for that part is enough, if long enough. */
static bool contains_name(const char *password, size_t size, const char *name)
{
        size_t length = strcspn(name, "@");

        if (length < NAME_MIN_LETTERS)
                length = strlen(name);
        return length >= NAME_MIN_LETTERS && contains(password, size, name, length);
}

enum password_flaw password_rule_check(const struct password_rule *rule, const char *password,
                                       size_t size, const char *name)
{
        if (size == 0)
                return PASSWORD_FLAW_EMPTY;
        if (size > PASSWORD_MAX_BYTES)
                return PASSWORD_FLAW_LONG;

        struct password_content content = password_content(password, size);

        if (content.control)
                return PASSWORD_FLAW_CONTROL;
        if (content.characters < rule->min_length)
                return PASSWORD_FLAW_SHORT;
        if (rule->letters_and_digits && !content.letter)
                return PASSWORD_FLAW_NO_LETTER;
        if (rule->letters_and_digits && !content.digit)
                return PASSWORD_FLAW_NO_DIGIT;
        return contains_name(password, size, name) ? PASSWORD_FLAW_HAS_NAME : PASSWORD_FLAW_NONE;
}

static const char *flaw_sentence(enum password_flaw flaw)
{
        switch (flaw) {
        case PASSWORD_FLAW_NONE:
        case PASSWORD_FLAW_SHORT:
        case PASSWORD_FLAW_LONG:
                return "";
        case PASSWORD_FLAW_EMPTY:
                return "It must not be empty.";
        case PASSWORD_FLAW_NO_LETTER:
                return "It must have at least one letter.";
        case PASSWORD_FLAW_NO_DIGIT:
                return "It must have at least one digit.";
        case PASSWORD_FLAW_CONTROL:
                return "It must not have control characters, and must be valid UTF-8.";
        case PASSWORD_FLAW_HAS_NAME:
                return "It must not contain your user name.";
        }
        return "It does not satisfy the rules.";
}

void password_flaw_text(enum password_flaw flaw, const struct password_rule *rule, char *out,
                        size_t size)
{
        if (flaw == PASSWORD_FLAW_SHORT)
                snprintf(out, size, "It must have at least %u characters.", rule->min_length);
        else if (flaw == PASSWORD_FLAW_LONG)
                snprintf(out, size, "It must have at most %d bytes.", PASSWORD_MAX_BYTES);
        else
                snprintf(out, size, "%s", flaw_sentence(flaw));
}

bool password_rule_compares(const struct password_rule *rule, size_t index, uint64_t replaced_usec,
                            uint64_t now_usec)
{
        if (index < rule->history || replaced_usec == 0)
                return true;
        if (now_usec < replaced_usec)
                return rule->reuse_window_usec > 0;
        return now_usec - replaced_usec < rule->reuse_window_usec;
}
