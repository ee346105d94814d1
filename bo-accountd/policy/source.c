/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a login attempt comes from, as its failures are counted. */
#include "bo-accountd/policy/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void add(struct source *source, const char *format,
                                                      ...)
{
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(source->text[source->n_named++], SOURCE_TEXT_SIZE, format, arguments);
        va_end(arguments);
}

static void add_range(struct source *source, const struct network *range, uint32_t uid)
{
        char text[NETWORK_TEXT_SIZE];

        network_text(text, range);
        if (uid == 0)
                add(source, "%s", text);
        else
                add(source, "%s uid=%u", text, uid);
}

static void add_around(struct source *source, const char *address, unsigned prefix, uint32_t uid)
{
        char text[NETWORK_TEXT_SIZE + sizeof("/128")];
        struct network range;

        snprintf(text, sizeof(text), "%s/%u", address, prefix);
        /* Bits behind the prefix are the rule here: the range without them is what is wanted. */
        if (network_parse(&range, text) != -EINVAL)
                add_range(source, &range, uid);
}

static bool is_exempt(const struct source_facts *facts, const struct network *address)
{
        for (size_t i = 0; i < facts->n_exempt; i++)
                if (network_contains(&facts->exempt[i], address))
                        return true;
        return false;
}

static void find_remote(struct source *source, const struct network *address, uint32_t uid)
{
        char text[NETWORK_TEXT_SIZE];

        network_text(text, address);
        if (address->family == 4) {
                add_range(source, address, uid);
                return;
        }
        add_around(source, text, 64, uid);
        add_around(source, text, 48, uid);
}

static void find_local(struct source *source, const struct source_facts *facts)
{
        source->local = true;
        if (facts->uid != 0)
                add(source, "uid=%u", facts->uid);
        else if (facts->caller != 0)
                add(source, "uid=%u", facts->caller);
        else if (facts->tty[0])
                add(source, "service=%.20s tty=%.16s", facts->service, facts->tty);
        else
                add(source, "service=%.40s", facts->service);
}

void source_find(struct source *ret_source, const struct source_facts *facts)
{
        struct network address;

        *ret_source = (struct source){0};
        if (facts->rhost[0] && !strchr(facts->rhost, '/') &&
            network_parse(&address, facts->rhost) == 0)
                find_remote(ret_source, &address, facts->uid);
        else
                find_local(ret_source, facts);
        if (ret_source->local || !is_exempt(facts, &address))
                ret_source->n = ret_source->n_named;
}
