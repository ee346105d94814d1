/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getpwent and getgrent: at their end at once, unless the daemon's settings say Enumerate=yes. */
#include <errno.h>
#include <stdatomic.h>

#include "nss_bo/current.h"
#include "nss_bo/nss_bo.h"

/*
 * One walk for each database and process, as these functions want it. glibc lets in one thread at a
 * time; the flag is for hosts that call the module past glibc: they are told to try again.
 */
struct walk {
        atomic_flag busy;
        bool open;
        bool done; /* stays at its end until it is set back */
        struct hold hold;
        uint64_t position;
};

static struct walk users = {.busy = ATOMIC_FLAG_INIT};
static struct walk groups = {.busy = ATOMIC_FLAG_INIT};

static void walk_close(struct walk *walk)
{
        if (walk->open)
                hold_release(&walk->hold);
        walk->open = false;
}

/* To start again, or because it is no more wanted: both let go of the snapshot. */
static enum nss_status walk_reset(struct walk *walk)
{
        if (atomic_flag_test_and_set(&walk->busy))
                return NSS_STATUS_TRYAGAIN;
        walk_close(walk);
        walk->done = false;
        walk->position = 0;
        atomic_flag_clear(&walk->busy);
        return NSS_STATUS_SUCCESS;
}

static int walk_next(struct walk *walk, uint64_t *position, struct snapshot_record *ret)
{
        int r;

        if (walk->done)
                return 0;
        if (!walk->open) {
                r = hold_current(&walk->hold);
                if (r < 0)
                        return r;
                walk->open = true;
        }
        if (!snapshot_enumerable(walk->hold.snapshot))
                return 0;
        do
                r = snapshot_next(walk->hold.snapshot, position, ret);
        while (r > 0 && walk == &users && !ret->is_user);
        return r;
}

/* Goes on only if the record went into the caller's buffer: else it is asked for again. */
static enum nss_status walk_answer(struct walk *walk, const struct answer *answer)
{
        struct snapshot_record record;
        enum nss_status status;
        uint64_t position;
        int r;

        if (atomic_flag_test_and_set(&walk->busy)) {
                *answer->errnop = EAGAIN;
                return NSS_STATUS_TRYAGAIN;
        }
        position = walk->position;
        r = walk_next(walk, &position, &record);
        if (r > 0) {
                status = answer_record(answer, &record);
                if (status == NSS_STATUS_SUCCESS)
                        walk->position = position;
        } else {
                status = answer_status(r, answer->errnop);
                walk->done = true;
                walk_close(walk);
        }
        atomic_flag_clear(&walk->busy);
        return status;
}

NSS_EXPORT enum nss_status _nss_bo_setpwent(int stay_open)
{
        (void)stay_open; /* concerns sources that open a file for each call */
        return walk_reset(&users);
}

NSS_EXPORT enum nss_status _nss_bo_endpwent(void)
{
        return walk_reset(&users);
}

NSS_EXPORT enum nss_status _nss_bo_getpwent_r(struct passwd *pwd, char *buffer, size_t n_bytes,
                                              int *errnop)
{
        return walk_answer(&users, &(struct answer){.pwd = pwd,
                                                    .buffer = buffer,
                                                    .n_bytes = n_bytes,
                                                    .errnop = errnop});
}

NSS_EXPORT enum nss_status _nss_bo_setgrent(int stay_open)
{
        (void)stay_open; /* as above */
        return walk_reset(&groups);
}

NSS_EXPORT enum nss_status _nss_bo_endgrent(void)
{
        return walk_reset(&groups);
}

NSS_EXPORT enum nss_status _nss_bo_getgrent_r(struct group *grp, char *buffer, size_t n_bytes,
                                              int *errnop)
{
        return walk_answer(&groups, &(struct answer){.grp = grp,
                                                     .buffer = buffer,
                                                     .n_bytes = n_bytes,
                                                     .errnop = errnop});
}
