# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a flood of bad logins leaves of the logins of others: before, during and after it, in one run."""

import contextlib
import os
import sqlite3
import time

from login_table import Sample
from login_world import NORMAL, write

RATE, SECONDS = 200, 20
NAMES = 100             # that the flood guesses at, in turns
QUIET, BATCH, GAP = 30, 5, 100
LOCK_AFTER = 6          # LockoutAttempts=
TICKS = os.sysconf("SC_CLK_TCK")

FLOODS = (
    # what, kind of source and how many, whether sources are counted, how much slower the others may be
    ("from one address", "1", 1, True, 2),
    ("from 60000 networks of one IPv6 /48", "6", 60000, True, 2),
    ("from 200 addresses", "m", 200, True, None),
    ("from one address, SourceAttempts=off", "1", 1, False, None),
)


def settle(world, counted):
    """A daemon that has counted nothing yet, with the shipped limits or with none."""
    world.stop()
    path = f"{world.dir}/bo/accountd.conf"
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.readlines() if not line.startswith("SourceAttempts=")]
    if not counted:
        lines.insert(1, "SourceAttempts=off\n")
    write(path, "".join(lines))
    world.forget()
    world.start()


def cpu(world):
    with open(f"/proc/{world.daemon.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def locked(world):
    with contextlib.closing(sqlite3.connect(f"{world.state}/accounts.db", timeout=30)) as store:
        return store.execute("SELECT count(*) FROM lockout WHERE failures >= ?", (LOCK_AFTER,)).fetchone()[0]


class Visitors:
    """Other users, who log in one after the other, each from an address of his own, again and again."""

    def __init__(self, world):
        self.client, self.n_visits, self.refused = world.client(), 0, 0

    def visit(self, n):
        rows = self.client.rows("visit", "bench", NAMES + self.n_visits % QUIET, n, GAP)
        self.n_visits += n
        self.refused += sum(row[0] < 0 for row in rows)
        return [sum(row) for row in rows if row[0] >= 0]

    def visit_for(self, seconds):
        """Those whose login was over by then."""
        rows, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            rows += self.visit(BATCH)
        return rows


def flood(bench):
    world = bench.world(2000, NORMAL)
    for what, kind, n_sources, counted, bound in FLOODS:
        settle(world, counted)
        one(bench.table, world, what, kind, n_sources, bound)
    settle(world, False)


def one(table, world, what, kind, n_sources, bound):
    visitors, flooder = Visitors(world), world.client()
    quiet = visitors.visit(QUIET)
    flooder.send("flood", "bench", RATE, SECONDS, 0, NAMES, kind, n_sources)
    before = cpu(world)
    during = visitors.visit_for(SECONDS)
    used = (cpu(world) - before) / SECONDS
    (tried,), (tested,), (away,), (others,), (took,), _ = flooder.receive()
    quiet += visitors.visit(QUIET)
    n_locked = locked(world)

    quiet, during = Sample(quiet), Sample(during)
    table.beside(f"a login while {RATE} bad ones a second come {what}", during, "ms", quiet,
                 "before and after", bound)
    table.add(f"  the slowest tenth of {len(during.values)}", f"{during.at(90):.1f} ms",
              f"before and after {quiet.at(90):.1f} ms", during.at(90) / quiet.at(90))
    table.add("  the flood: tested, turned away, told busy", f"{tested:.0f}, {away:.0f}, {others:.0f}",
              f"of {tried:.0f}, answered after {took / 1e3:.0f} s; the daemon took {used:.2f} cores")
    table.add("  of the others refused", str(visitors.refused), f"none of {visitors.n_visits}", None,
              visitors.refused == 0)
    table.add("  users of it who were locked", str(n_locked),
              f"one in {LOCK_AFTER} that were tested, at most", None, n_locked <= tested // LOCK_AFTER)
    visitors.client.close()
    flooder.close()
