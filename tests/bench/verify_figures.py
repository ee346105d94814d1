# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of VerifyKey: what an answer costs beside CheckPermission and a call that does nothing."""

import contextlib
import sqlite3

from login_table import Sample

FEW = 10
KEYS = 20
BOUND_MSEC = 1
ROUNDS, CALLS, AT_ONCE = 30, 40, 400
WHAT = {"ping": "an empty call", "check": "CheckPermission", "verify": "VerifyKey"}


def fill_keys(world):
    """A key for everybody; nobody knows them."""
    with contextlib.closing(sqlite3.connect(f"{world.state}/accounts.db", timeout=60)) as store, store:
        store.execute("INSERT OR IGNORE INTO api_key (prefix, uid, hash, approval, created_usec, created_by, used_usec)"
                      " SELECT lower(hex(randomblob(4))), uid, randomblob(32), 0, 1, 0, 0"
                      " FROM account")


def verify(bench):
    """In a small and in a large store, in turns, all three kinds of calls in one run."""
    worlds = {FEW: bench.world(FEW, n_customers=1), bench.users: bench.world(bench.users, n_customers=min(10000, bench.users // 10))}
    clients = {}
    for users, world in worlds.items():
        fill_keys(world)
        clients[users] = world.client(tool="bench-verify")
        clients[users].rows("keys", 0, KEYS)
        for what in WHAT:  # the first use of a key is written down; the second pass reads
            clients[users].rows("one", what, 2 * KEYS)
    one, rate = {}, {}
    for _ in range(ROUNDS):
        for users, client in clients.items():
            for what in WHAT:
                one.setdefault((what, users), []).extend(client.sums("one", what, CALLS))
                rate.setdefault((what, users), []).extend(client.sums("rate", what, AT_ONCE))
    for what, words in WHAT.items():
        large, small = Sample(one[what, bench.users]), Sample(one[what, FEW])
        bench.table.beside(f"{words}, {bench.users} users, each with a key", large, "ms", small, f"{FEW} users")
        each = Sample(rate[what, bench.users])
        bench.table.note(f"  32 at a time: a second has {1000 / each.median:.0f}", each, "ms",
                         f"{FEW} users: {1000 / Sample(rate[what, FEW]).median:.0f}")
    bench.table.at_most("VerifyKey, one after the other", Sample(one["verify", bench.users]), "ms", BOUND_MSEC)
