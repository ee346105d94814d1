/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numeric addresses and CIDR ranges in binary: read, written in one form, compared. */
#include "bo-accountd/policy/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAPPED_BITS 96 /* of ::ffff:0:0, before the IPv4 address; RFC 4291 2.5.5.2 */

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static unsigned longest(unsigned char family)
{
        return family == 4 ? 32 : 128;
}

static bool bit_is_set(const struct network *network, unsigned bit)
{
        return network->address[bit / 8] & (0x80 >> (bit % 8));
}

/* Clears what is behind the prefix; was there anything? */
static bool trim(struct network *network)
{
        bool trimmed = false;

        for (unsigned bit = network->prefix; bit < 128; bit++) {
                trimmed |= bit_is_set(network, bit);
                network->address[bit / 8] &= (unsigned char)~(0x80 >> (bit % 8));
        }
        return trimmed;
}

/* "/24" and nothing else: no sign, no leading zero, no more than the family has. */
static int parse_prefix(struct network *network, const char *digits)
{
        size_t length = strlen(digits);
        unsigned value = 0;

        if (length < 1 || length > 3 || strspn(digits, "0123456789") != length ||
            (length > 1 && digits[0] == '0'))
                return -EINVAL;
        for (const char *c = digits; *c; c++)
                value = 10 * value + (unsigned)(*c - '0');
        if (value > longest(network->family))
                return -EINVAL;
        network->prefix = (unsigned char)value;
        return 0;
}

static void unmap(struct network *network)
{
        if (network->family != 6 || network->prefix < MAPPED_BITS ||
            memcmp(network->address, mapped, sizeof(mapped)) != 0)
                return;
        network->family = 4;
        network->prefix = (unsigned char)(network->prefix - MAPPED_BITS);
        memmove(network->address, network->address + sizeof(mapped), 4);
        memset(network->address + 4, 0, 12);
}

int network_parse(struct network *ret_network, const char *text)
{
        struct network network = {0};
        char bare[INET6_ADDRSTRLEN];
        size_t length = strcspn(text, "/");
        bool trimmed;

        if (length >= sizeof(bare))
                return -EINVAL;
        memcpy(bare, text, length);
        bare[length] = '\0';
        if (inet_pton(AF_INET, bare, network.address) == 1)
                network.family = 4;
        else if (inet_pton(AF_INET6, bare, network.address) == 1)
                network.family = 6;
        else
                return -EINVAL;
        network.prefix = (unsigned char)longest(network.family);
        if (text[length] == '/' && parse_prefix(&network, text + length + 1) < 0)
                return -EINVAL;
        unmap(&network);
        trimmed = trim(&network);
        *ret_network = network;
        return trimmed ? -EDOM : 0;
}

void network_text(char out[NETWORK_TEXT_SIZE], const struct network *network)
{
        char address[INET6_ADDRSTRLEN] = "";

        inet_ntop(network->family == 4 ? AF_INET : AF_INET6, network->address, address,
                  sizeof(address));
        if (network->prefix == longest(network->family))
                snprintf(out, NETWORK_TEXT_SIZE, "%s", address);
        else
                snprintf(out, NETWORK_TEXT_SIZE, "%s/%u", address, network->prefix);
}

bool network_contains(const struct network *outer, const struct network *inner)
{
        struct network cut = *inner;

        if (outer->family != inner->family || outer->prefix > inner->prefix)
                return false;
        cut.prefix = outer->prefix;
        trim(&cut);
        return memcmp(cut.address, outer->address, sizeof(cut.address)) == 0;
}

bool network_common(struct network *ret_network, const struct network *one,
                    const struct network *other)
{
        struct network common = *one;
        unsigned least = one->prefix < other->prefix ? one->prefix : other->prefix;
        unsigned bit = 0;

        if (one->family != other->family)
                return false;
        while (bit < least && bit_is_set(one, bit) == bit_is_set(other, bit))
                bit++;
        common.prefix = (unsigned char)bit;
        trim(&common);
        *ret_network = common;
        return true;
}

void network_key(unsigned char out[NETWORK_KEY_SIZE], const struct network *network)
{
        out[0] = network->family;
        memcpy(out + 1, network->address, sizeof(network->address));
        out[NETWORK_KEY_SIZE - 1] = network->prefix;
}

bool network_from_key(struct network *ret_network, const void *key, size_t size)
{
        const unsigned char *bytes = key;
        struct network network;

        if (size != NETWORK_KEY_SIZE || (bytes[0] != 4 && bytes[0] != 6) ||
            bytes[NETWORK_KEY_SIZE - 1] > longest(bytes[0]))
                return false;
        network.family = bytes[0];
        network.prefix = bytes[NETWORK_KEY_SIZE - 1];
        memcpy(network.address, bytes + 1, sizeof(network.address));
        *ret_network = network;
        return true;
}
