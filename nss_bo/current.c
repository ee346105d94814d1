/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The snapshot that all threads of this process share, renewed when the daemon publishes another.
 */
#include "nss_bo/current.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

/*
 * No lock, because a thread may hold one in the moment in which another forks, and the child would
 * wait for ever. Each slot counts who uses it: one for each lookup at work in it, one for being the
 * current one. Slots are never freed, so to count up in one that was just given up is harmless; the
 * look at `current` afterwards tells. Who counts down to nothing unmaps, or who is quicker to take
 * the slot.
 *
 * A child forked while another thread was in a lookup keeps that thread's count: a slot and a
 * mapping less for that child. When none is left, each lookup opens a snapshot of its own.
 */
enum {
        SLOTS = 8,
        NONE = -1,
        CLAIMED = 1 << 30, /* of one thread alone, which opens or closes in it */
};

struct slot {
        _Alignas(64) atomic_int users;
        struct snapshot snapshot;
};

static struct slot slots[SLOTS];
static atomic_int current = NONE;

static bool slot_claim(struct slot *slot)
{
        int nobody = 0;

        return atomic_compare_exchange_strong(&slot->users, &nobody, CLAIMED);
}

static void slot_release(struct slot *slot)
{
        if (atomic_fetch_sub(&slot->users, 1) != 1 || !slot_claim(slot))
                return;
        snapshot_close(&slot->snapshot);
        atomic_fetch_sub(&slot->users, CLAIMED);
}

static struct slot *slot_current(void)
{
        for (;;) {
                int i = atomic_load(&current);

                if (i == NONE)
                        return NULL;
                atomic_fetch_add(&slots[i].users, 1);
                if (atomic_load(&current) == i)
                        return &slots[i];
                slot_release(&slots[i]);
        }
}

/* Shares what was opened with the other threads. False: all slots are taken. */
static bool publish(struct hold *hold)
{
        for (int i = 0; i < SLOTS; i++) {
                int former;

                if (!slot_claim(&slots[i]))
                        continue;
                /* who counted down to nothing may not have come to unmap it yet, and now will not
                 */
                snapshot_close(&slots[i].snapshot);
                slots[i].snapshot = hold->own;
                /* no more claimed, but used twice: as the current one, and by this lookup */
                atomic_fetch_add(&slots[i].users, 2 - CLAIMED);
                former = atomic_exchange(&current, i);
                if (former != NONE)
                        slot_release(&slots[former]);
                hold->slot = &slots[i];
                hold->snapshot = &slots[i].snapshot;
                return true;
        }
        return false;
}

/* Threads that come here together open one each; the last one stays, the others go with their use.
 */
__attribute__((noinline, cold)) static int hold_newest(struct hold *hold)
{
        int r, cancel_state, saved_errno = errno;

        /* open and close are cancellation points, and a descriptor would be lost */
        (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state); /* cannot fail */
        r = snapshot_open(&hold->own, BO_NSS_DIR);
        (void)pthread_setcancelstate(cancel_state, NULL); /* cannot fail */
        errno = saved_errno;
        if (r == 0 && !publish(hold))
                hold->snapshot = &hold->own;
        return r;
}

int hold_current(struct hold *hold)
{
        hold->slot = slot_current();
        if (hold->slot) {
                if (!snapshot_superseded(&hold->slot->snapshot)) {
                        hold->snapshot = &hold->slot->snapshot;
                        return 0;
                }
                slot_release(hold->slot);
                hold->slot = NULL;
        }
        return hold_newest(hold);
}

void hold_release(struct hold *hold)
{
        if (hold->slot)
                slot_release(hold->slot);
        else
                snapshot_close(&hold->own);
}
