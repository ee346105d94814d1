/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail: only appended to, each row holding the keyed hash of the one before (PCI DSS
 * v4.0.1 10.3). */
#pragma once

#include "bo-accountd/store/store.h"

#define AUDIT_NOBODY UINT32_MAX /* no user: a name that bo does not know, the daemon itself */

struct audit_entry {
        const char *event;    /* "login-succeeded", "password-changed", ... */
        uint32_t actor_uid;   /* who did it; 0 root, AUDIT_NOBODY */
        uint32_t subject_uid; /* to whom; AUDIT_NOBODY */
        const char *customer; /* or NULL */
        const char *detail;   /* "key=value key=value", no secret, cleaned; or NULL */
};

struct audit_row {
        uint64_t sequence;
        uint64_t time_usec;
        const char *event, *customer, *detail;
        uint32_t actor_uid, subject_uid;
};

/* -EIO if the head of the trail is not ours any more: nothing is done unrecorded (see
 * audit_verify()). */
int audit_append(struct tx *tx, const struct audit_entry *entry);

/* Newest first, rows before @before (0: from the newest); filters: @subject_uid or AUDIT_NOBODY for
 * any, @event or NULL. */
int audit_list(struct store *store, uint64_t before, uint32_t subject_uid, const char *event,
               uint32_t limit, int (*each)(void *userdata, const struct audit_row *row),
               void *userdata);

/* How many rows there are, by the head. BO_ERR_AUDIT_BROKEN. */
int audit_count(struct store *store, uint64_t *ret_rows);

/* 0, or BO_ERR_AUDIT_BROKEN with *ret_bad the first sequence that does not fit; *ret_rows is
 * written in both cases. Removed rows at the end show as well: the head is kept apart, sealed with
 * the key. */
int audit_verify(struct store *store, uint64_t *ret_rows, uint64_t *ret_bad);

struct audit_piece {
        uint64_t to;  /* the last row that fits */
        uint64_t end; /* the last row of all; where the head does not tell: one behind it */
        uint64_t bad; /* of BO_ERR_AUDIT_BROKEN: the first that does not fit */
};

/* A piece of that: at most @most rows behind row @from, which counts as right (0: the begin). */
int audit_verify_piece(struct store *store, uint64_t from, uint64_t most,
                       struct audit_piece *ret_piece);

/* Row of the end, unproven; 0: none yet. */
int audit_newest(struct store *store, uint64_t *ret_sequence);
