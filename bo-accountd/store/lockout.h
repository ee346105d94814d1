/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of failed attempts: one for each login name that was tried, known or not, and one for each
 * second factor. */
#pragma once

#include "bo-accountd/policy/lockout.h"
#include "bo-accountd/store/store.h"

#define LOCKOUT_SUBJECT_SIZE 80

/* Subjects: "u:UID" a user's password, "o:UID" his second factor, "i:UID" his
 * initial password behind a token, "n:HEX" a name that bo does not
 * know (keyed hash, so that the store does not collect what people type by mistake). Rows of
 * unknown names are bounded in number (the oldest go first). */
void lockout_subject_user(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid);
void lockout_subject_otp(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid);
void lockout_subject_initial(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid);
void lockout_subject_name(char out[LOCKOUT_SUBJECT_SIZE], const char *name,
                          const struct keys *keys);

/* An absent row is {0}. */
int lockout_load(struct store *store, const char *subject, struct lockout_state *ret_state);
int lockout_save(struct tx *tx, const char *subject, const struct lockout_state *state);
int lockout_clear(struct tx *tx, const char *subject);
/* Drops rows of unknown names whose last change is older than @before_usec; at most 4096 a call, so
 * that no login waits long for it. */
int lockout_sweep(struct tx *tx, uint64_t before_usec);
