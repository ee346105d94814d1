/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose user a name is: bo's, another source's, nobody's. */
#pragma once

enum owner {
        OWNER_CONTRADICTED, /* the sources do not agree; for nobody's good */
        OWNER_BO,
        OWNER_FOREIGN,
        OWNER_ROOT,        /* foreign as well, and never dependent on bo */
        OWNER_UNKNOWN,     /* the daemon has the last word */
        OWNER_UNAVAILABLE, /* somebody's, but bo's own snapshot does not say whether it is bo's */
};

/* Works while the daemon is away. root and uid 0 are OWNER_ROOT whatever bo's snapshot says (R61).
 */
enum owner owner_find(const char *name);
