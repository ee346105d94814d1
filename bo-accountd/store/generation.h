/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the database is the newest that there was, and what became of it if it was not. */
#pragma once

#include "bo-accountd/store/store.h"

/*
 * Each new connection holds the database against the mark beside it (store_mark()). If it is
 * older, because somebody has put a copy of some time ago in its place, then, before anything else
 * is read: all open tokens, invitations and requests for addresses are over, recovery codes and
 * mails that wait are gone, one-time codes up to now count as used, sessions as closed; uid, gid
 * and other numbers go on behind what the mark knew (R17); what NSS shows is written anew; and the
 * audit trail gets a row "database-older". Who runs bo says that it was meant: generation_accept().
 */
struct generation {
        uint64_t found_usec; /* 0: it never was older */
        char reason[16];   /* "behind", "another": of another line, "unmarked": the mark is gone */
        uint64_t sequence; /* of the audit trail's last row, when it was found */
        uint64_t mark_sequence; /* and of the newest database's; 0: not known */
        uint64_t accepted_usec; /* 0: nobody has said that it was meant */
};

int generation_load(struct store *store, struct generation *ret_generation);

/* BO_ERR_... of none: -ENODATA if there is nothing to be accepted. The caller audits. */
int generation_accept(struct tx *tx);
