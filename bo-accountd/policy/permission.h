/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a user have a permission, here and now? One function for checks, PAM and bo's own verbs. */
#pragma once

#include <stdbool.h>

#define PERMISSION_NAME_SIZE 65

/* In the order in which they are looked at: the first that stands in the way is told. */
enum permission_verdict {
        PERMISSION_GRANTED,
        PERMISSION_INACTIVE,             /* deactivated, not activated, closed for idleness */
        PERMISSION_NOT_A_MEMBER,         /* of the customer, or disabled there, or only invited */
        PERMISSION_NO_ROLE,              /* no role of his there grants it, or there is none such */
        PERMISSION_LOCATION_NEEDED,      /* he is restricted, and where he is is not known */
        PERMISSION_WRONG_LOCATION,       /* he is restricted to others */
        PERMISSION_SECOND_FACTOR_OFF,    /* works only with it (R58, R59) */
        PERMISSION_ADDRESS_NOT_APPROVED, /* works only from an approved address (R71) */
};

struct permission_facts {
        bool active;  /* as for a login; a lock by failed attempts takes nothing from who is in */
        bool member;  /* an active one, of the customer of the question */
        bool granted; /* a role of his there has the permission; roles add up (R20) */
        bool bound;   /* to locations, and the question is about a place (R26, R34) */
        bool located; /* the place is known */
        bool at_home; /* it is one of his */
        bool needs_factor, factor_on;
        bool needs_address, address_approved;
};

enum permission_verdict permission_verdict(const struct permission_facts *facts);

/* The word for a program: "no-role"; "" for PERMISSION_GRANTED. */
const char *permission_reason(enum permission_verdict verdict);

/* "noun.verb": parts of a-z, 0-9 and '-', at least two of them, at most 64 bytes. */
bool permission_is_name(const char *word);
