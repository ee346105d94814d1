/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login is told of itself, made into words that can be relied on. */
#include "bo-accountd/ops/login.h"
#include "common/text.h"

#include <string.h>

/* It goes into the audit trail between other words: whatever is no name of a service is masked. One
 * that is too long is none, and must not become one by being cut off. */
static void service_clean(char *out, size_t size, const char *service)
{
        static const char good[] =
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@+:/-";

        snprintf(out, size, "%s%s", strlen(service) >= size ? "?" : "", service);
        for (char *c = out; *c; c++)
                if (!strchr(good, *c))
                        *c = '?';
}

/* Likewise of a permission: one that is too long is nobody's, but it is demanded. It is told to who
 * is refused, so that no letter of it may be cut. */
static void permission_clean(char out[PERMISSION_NAME_SIZE], const char *permission)
{
        size_t marked = strlen(permission) >= PERMISSION_NAME_SIZE ? 1 : 0;

        out[0] = '?';
        text_clean(out + marked, PERMISSION_NAME_SIZE - marked, permission, false);
}

void login_context_take(struct login_context *context, const struct login_words *words)
{
        /* A longer name is no name of bo's, and must not become one by being cut off. */
        snprintf(context->user, sizeof(context->user), "%s%s",
                 strlen(words->user) > NAME_MAX_BYTES ? "?" : "", words->user);
        service_clean(context->service, sizeof(context->service), words->service);
        permission_clean(context->permission, words->permission);
        text_clean(context->tty, sizeof(context->tty), words->tty, false);
        /* Never resolved; but that there was one at all says that he comes from elsewhere. */
        context->remote = words->rhost[0] != '\0';
        if (!text_address(context->rhost, sizeof(context->rhost), words->rhost))
                context->rhost[0] = '\0';
}
