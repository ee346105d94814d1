# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of API keys: a login by key beside one by password, and beside a look-up that decides nothing."""

import contextlib
import sqlite3

from login_table import Sample
from login_world import CHEAP, NORMAL

ROBOTS, ROUNDS, CALLS = 40, 20, 10
BOUND = 4       # times a bare look-up, which is one call; a login is two


def written(world):
    """Rows of the audit trail: each login that was written down has one."""
    with contextlib.closing(sqlite3.connect(f"file:{world.state}/accounts.db?mode=ro", uri=True)) as store:
        return store.execute("SELECT COUNT(*) FROM audit").fetchone()[0]


def key(bench):
    """At the least cost of a hash and at the default one, all in turns; whatever a hash costs, a key has none."""
    for cost in (CHEAP, NORMAL):
        world = bench.world(2000, cost)
        client = world.client(tool="bench-key")
        client.rows("robots", ROBOTS)
        first = Sample(client.sums("first", ROBOTS))
        before = written(world)
        client.sums("key", CALLS)
        busy, password, find = [], [], []
        rows = written(world)
        for _ in range(ROUNDS):
            busy += client.sums("key", CALLS)
            password += client.sums("password", 1)
            find += client.sums("find", CALLS)
        logins = written(world) - rows - ROUNDS
        hash_of = f"hash of {cost[0] >> 20} MiB"
        bench.table.beside(f"a login by a busy key, {hash_of}", Sample(busy), "ms", Sample(password), "by password")
        bench.table.beside("  beside a look-up of a name", Sample(busy), "ms", Sample(find), "GetUser", BOUND)
        bench.table.beside("  its first in an hour, written down", first, "ms", Sample(busy), "the next ones")
        bench.table.add("  rows that the others wrote", str(rows - before + logins), "0", None,
                        rows == before and logins == 0)
