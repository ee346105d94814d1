/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a login attempt comes from, as its failures are counted: by what a stranger cannot change
 * at will. */
#pragma once

#include "bo-accountd/policy/network.h"

/* A range, and who says that somebody comes from there. */
#define SOURCE_TEXT_SIZE (NETWORK_TEXT_SIZE + sizeof(" uid=4294967295") - 1)
#define SOURCE_BUCKETS   2

/* The second bucket of an IPv6 source, of its /48, holds so many times as much as the first. */
#define SOURCE_WIDE 4

struct source_facts {
        const char *rhost;   /* numeric, "" where it is not known; from who may tell it */
        const char *service; /* of PAM */
        const char *tty;
        uint32_t uid;    /* of who holds the conversation, from the kernel */
        uint32_t caller; /* who runs su, as the module found; 0: nobody */
        const struct network *exempt;
        size_t n_exempt;
};

/* Its buckets, named as an operator reads them: "192.0.2.7"; "2001:db8::/64" and "2001:db8::/48";
 * "192.0.2.7 uid=33"; "uid=70001"; "service=login tty=tty1". */
struct source {
        unsigned n;       /* buckets that count; 0: it is exempt */
        unsigned n_named; /* that it has, the widest last */
        bool local;       /* no address is known */
        char text[SOURCE_BUCKETS][SOURCE_TEXT_SIZE];
};

/*
 * An IPv4 address, mapped into IPv6 or not, is one source; an IPv6 host has all of its /64, and a
 * site as a rule its /48. Without an address: on whose behalf root's program asks, or that program
 * itself. Who is not root is his own uid, whatever he says of service and terminal; where he says
 * that somebody comes from is counted apart, so that he turns nobody away at doors of others.
 */
void source_find(struct source *ret_source, const struct source_facts *facts);
