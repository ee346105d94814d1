/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numeric addresses and CIDR ranges in binary: read, written in one form, compared. Names are never
 * resolved. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETWORK_TEXT_SIZE 52 /* the longest IPv6 text, a slash, three digits */
#define NETWORK_KEY_SIZE  18

/* A range; an address is one whose prefix is as long as it can be. Bits behind the prefix are 0. */
struct network {
        unsigned char family;      /* 4 or 6 */
        unsigned char prefix;      /* 0..32 or 0..128 */
        unsigned char address[16]; /* as on the wire; of IPv4 the first four */
};

/*
 * Reads an address or ADDRESS/PREFIX (RFC 4632, RFC 4291). IPv4-mapped IPv6 is the IPv4 that it
 * stands for. -EINVAL: no numeric address, a scope (%eth0), or a prefix that is no plain number of
 * the family; -EDOM: bits are set behind the prefix, and @ret_network is the range without them, to
 * be offered instead.
 */
int network_parse(struct network *ret_network, const char *text);

/* The one text of it: lower case, shortest (RFC 5952); an address without a prefix. */
void network_text(char out[NETWORK_TEXT_SIZE], const struct network *network);

/* Is all of @inner within @outer? Never across families. */
bool network_contains(const struct network *outer, const struct network *inner);

/* The narrowest range that holds both, of one family; false if there is none. */
bool network_common(struct network *ret_network, const struct network *one,
                    const struct network *other);

/* Sorts by family, address, prefix: a range stands before all that it holds. */
void network_key(unsigned char out[NETWORK_KEY_SIZE], const struct network *network);
bool network_from_key(struct network *ret_network, const void *key, size_t size);
