/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of users and customers: what is allowed, after folding to lower case (R25). */
#include "bo-accountd/policy/name.h"

#include "common/text.h"

#include <errno.h>
#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

#define USER_NAME_MAX_BYTES   32
#define LOCAL_PART_MAX_BYTES  64 /* RFC 5321 4.5.3.1.1 */
#define LABEL_MAX_BYTES       63 /* RFC 1035 2.3.4 */
#define CUSTOMER_ID_MAX_BYTES 32
#define PATH_MAX_BYTES        255
#define GECOS_MAX_BYTES       128

static bool consists_of(const char *text, size_t length, const char *allowed)
{
        return strspn(text, allowed) >= length;
}

static bool is_user_name(const char *folded, size_t length)
{
        if (length < 1 || length > USER_NAME_MAX_BYTES)
                return false;
        return consists_of(folded, 1, LOWER "_") && consists_of(folded, length, LOWER DIGITS "_.-");
}

static bool is_local_part(const char *local, size_t length)
{
        if (length < 1 || length > LOCAL_PART_MAX_BYTES)
                return false;
        if (!consists_of(local, length, LOWER DIGITS "._+-"))
                return false;
        if (local[0] == '-' || local[0] == '.' || local[length - 1] == '.')
                return false;
        return !memmem(local, length, "..", 2);
}

static bool is_label(const char *label, size_t length)
{
        if (length < 1 || length > LABEL_MAX_BYTES)
                return false;
        return consists_of(label, length, LOWER DIGITS "-") && label[0] != '-' &&
               label[length - 1] != '-';
}

/* The last label is never a number, so that no address of a host passes for a domain. */
static bool is_domain(const char *domain)
{
        size_t labels = 0;

        for (;;) {
                size_t length = strcspn(domain, ".");

                if (!is_label(domain, length))
                        return false;
                labels++;
                if (domain[length] == '\0')
                        return labels >= 2 && !consists_of(domain, length, DIGITS);
                domain += length + 1;
        }
}

bool name_is_email(const char *folded)
{
        const char *at = strchr(folded, '@');

        if (!at || strnlen(folded, NAME_MAX_BYTES + 1) > NAME_MAX_BYTES)
                return false;
        return is_local_part(folded, (size_t)(at - folded)) && is_domain(at + 1);
}

int name_fold(char *out, const char *name)
{
        size_t length = strnlen(name, NAME_MAX_BYTES + 1);

        out[0] = '\0';
        if (length > NAME_MAX_BYTES)
                return -EINVAL;
        memcpy(out, name, length + 1);
        text_fold(out);
        if (is_user_name(out, length) || name_is_email(out))
                return 0;
        out[0] = '\0';
        return -EINVAL;
}

bool name_is_customer_id(const char *id)
{
        size_t length = strnlen(id, CUSTOMER_ID_MAX_BYTES + 1);

        if (length < 1 || length > CUSTOMER_ID_MAX_BYTES)
                return false;
        return consists_of(id, 1, LOWER) && consists_of(id, length, LOWER DIGITS "-") &&
               id[length - 1] != '-';
}

/* Well-formed, harmless on a screen, and without any of @forbidden. */
static bool is_clean(const char *text, size_t length, const char *forbidden)
{
        if (strcspn(text, forbidden) < length)
                return false;
        while (length > 0) {
                uint32_t code = 0;
                int taken = text_decode(text, length, &code);

                if (taken < 0 || !text_is_harmless(code))
                        return false;
                text += taken;
                length -= (size_t)taken;
        }
        return true;
}

/* The parts between slashes: each there, none "." or "..". */
static bool is_straight(const char *path)
{
        while (*path == '/') {
                size_t length = strcspn(++path, "/");

                if (length == 0 ||
                    (path[0] == '.' && (length == 1 || (length == 2 && path[1] == '.'))))
                        return false;
                path += length;
        }
        return true;
}

bool name_is_path(const char *path)
{
        size_t length = strnlen(path, PATH_MAX_BYTES + 1);

        if (path[0] != '/' || length > PATH_MAX_BYTES || !is_clean(path, length, ":"))
                return false;
        return length == 1 || is_straight(path);
}

bool name_is_gecos(const char *text)
{
        size_t length = strnlen(text, GECOS_MAX_BYTES + 1);

        return length >= 1 && length <= GECOS_MAX_BYTES && is_clean(text, length, ":,");
}

bool name_is_line(const char *text, size_t most)
{
        size_t length = strnlen(text, most + 1);

        return length >= 1 && length <= most && is_clean(text, length, "");
}
