/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of users, and whose have to end. */
#pragma once

#include "bo-accountd/policy/name.h"
#include "bo-accountd/store/store.h"

struct session {
        int64_t id;
        uint32_t uid;
        bool login; /* somebody came in by it; false: was in already (su, sudo) */
        char user[NAME_MAX_BYTES + 1]; /* read only */
        char service[64];
        char rhost[46];
        char tty[64];
        char factors[24];
        uint32_t leader; /* the process that opened it; 0: not known */
        char boot[40];   /* of the host */
        uint64_t opened_usec;
        uint64_t closed_usec; /* 0: open */
};

typedef int session_fn(void *userdata, const struct session *session);

/* Opens: at tx->now_usec. Writes session->id and session->opened_usec. */
int session_insert(struct tx *tx, struct session *session);

/*
 * The newest open session of @uid that the process @leader has opened for @service in this @boot;
 * for who closes in another process, the one at the same terminal. -ENODATA.
 */
int session_find_open(struct store *store, uint32_t uid, const char *service, const char *boot,
                      uint32_t leader, const char *tty, int64_t *ret_id);

/* -ENODATA if it is closed already. */
int session_close(struct tx *tx, int64_t id);

/* The last time that @uid came in. -ENODATA. */
int session_last_login(struct store *store, uint32_t uid, struct session *ret_session);

struct session_filter {
        int64_t before; /* ids below this one; 0: from the newest */
        bool of_user;
        uint32_t uid;
        bool open;
        uint32_t limit;
};

/* Newest first. */
int session_list(struct store *store, const struct session_filter *filter, session_fn *each,
                 void *userdata);

/* How many are open. */
int session_open_count(struct store *store, uint64_t *ret_n);

/* Those that are open, oldest first, with ids above @after. */
int session_each_open(struct store *store, int64_t after, uint32_t limit, session_fn *each,
                      void *userdata);

/* Removes what was closed before @usec, of the oldest @most; *ret_n tells how many went. */
int session_sweep(struct tx *tx, uint64_t usec, uint32_t most, uint32_t *ret_n);

/*
 * The sessions that @uid has now must end: kept until bo-sessiond has seen to it. Once it is
 * committed, store_take_endings() tells. A login calls it off: right for who was disabled, since he
 * logs in only when he may again what his sessions may.
 */
int session_must_end(struct tx *tx, uint32_t uid);

/*
 * The same for who may log in all the same, but no more as he did: a new login calls nothing off,
 * or his old sessions would stay by it. For some seconds a new session would end with the others,
 * and is better not opened.
 */
int session_must_end_firmly(struct tx *tx, uint32_t uid);

/* As firmly, until he is enabled again: a customer disabled him, he may log in for another. */
int session_must_end_while_disabled(struct tx *tx, uint32_t uid);
/* He was enabled again: if no customer disables him any more, a login calls that one off. */
int session_may_end_softly(struct tx *tx, uint32_t uid);
int session_ends_now(struct tx *tx, uint32_t uid, bool *ret_ends);

/* @uid is let in again, and opens a session that may stay: what is left of the ending is called
 * off. */
int session_may_stay(struct tx *tx, uint32_t uid);

struct session_ending {
        uint32_t uid;
        uint64_t since_usec;
};

/* Those that were asked for last, at most @room. */
int session_endings(struct store *store, struct session_ending *endings, size_t room,
                    size_t *ret_n);

/* How many have waited since before @before_usec. */
int session_endings_count(struct store *store, uint64_t before_usec, uint64_t *ret_n);

/*
 * The sessions that @uid had at @since_usec have ended: they are closed, and the ending is done.
 * -ENODATA, with the sessions closed all the same, if there is none of that time: another has been
 * asked for since.
 */
int session_ended(struct tx *tx, uint32_t uid, uint64_t since_usec);
