# SPDX-License-Identifier: LGPL-2.1-or-later
"""Do response times tell names apart? `forgot`, wrong logins and wrong tokens of names of five kinds."""

import contextlib
import math
import random
import sqlite3
import time

from login_table import Sample
from login_world import NORMAL, write

KINDS = ("known", "unknown", "locked", "disabled", "unverified")
ANSWERS = {"forgot": "forgot", "wrong password": "wrong-guess-of-a-stranger", "wrong token": "token"}
USERS_OF_A_KIND = 500
USERS = USERS_OF_A_KIND * (len(KINDS) - 1)
MEDIAN_BOUND = 0.02
RANK_BOUND = 3


def rank_test(first, second):
    """z of the rank test of Mann and Whitney, with its correction for ties."""
    values = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    n, m, total, ties, i = len(first), len(second), 0, 0, 0
    while i < n + m:
        end = i
        while end < n + m and values[end][0] == values[i][0]:
            end += 1
        total += sum((i + end + 1) / 2 for _, which in values[i:end] if which == 0)
        ties += (end - i) ** 3 - (end - i)
        i = end
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    return (total - n * (n + 1) / 2 - n * m / 2) / math.sqrt(variance)


def name_of(kind, number):
    """One of a kind, another for each number."""
    if kind == "unknown":
        return f"x{number:07}.jansen@shop.example"
    place = [each for each in KINDS if each != "unknown"].index(kind)
    return f"u{place * USERS_OF_A_KIND + number % USERS_OF_A_KIND:07}.jansen@shop.example"


def make_kinds(world):
    """Some of the users of a store are locked, disabled, or have no address."""
    first = {kind: int(name_of(kind, 0)[1:8]) for kind in KINDS if kind != "unknown"}
    now = int(time.time() * 1e6)
    with contextlib.closing(sqlite3.connect(f"{world.state}/accounts.db", timeout=30)) as store:
        uids = [row[0] for row in store.execute("SELECT uid FROM account ORDER BY uid")]
        of = {kind: uids[at:at + USERS_OF_A_KIND] for kind, at in first.items()}
        store.executemany("INSERT INTO lockout (subject, failures, locked_at_usec, changed_usec, unknown)"
                          " VALUES (?, 6, ?, ?, 0)", [(f"u:{uid}", now, now) for uid in of["locked"]])
        store.executemany("UPDATE account SET deactivated_usec = ? WHERE uid = ?",
                          [(now, uid) for uid in of["disabled"]])
        store.executemany("UPDATE account SET verified = 0, email = '' WHERE uid = ?",
                          [(uid,) for uid in of["unverified"]])
        store.commit()


def timing(bench):
    """All kinds in turns, in another order each time; every attempt from an address of its own."""
    world = bench.world(USERS, NORMAL)
    world.stop()
    make_kinds(world)
    write(f"{world.dir}/bo/accountd.conf.d/timing.conf", "[Accounts]\nMail=yes\n")
    world.start()
    bus, took = world.client(bus=True), {(what, kind): [] for what in ANSWERS for kind in KINDS}
    samples = bench.samples
    for number in range(samples):
        turns = list(took)
        random.shuffle(turns)
        for what, kind in turns:
            address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
            took[what, kind] += bus.sums("attempt", name_of(kind, number), address, ANSWERS[what])
    for what in ANSWERS:
        known = took[what, "known"]
        for kind in KINDS[1:]:
            sample, z = Sample(took[what, kind]), rank_test(known, took[what, kind])
            ratio = sample.median / Sample(known).median
            bench.table.add(f"{what}: {kind} name, {samples} times each", sample.text("ms"),
                            f"known {Sample(known).text('ms')}, within 2 %; rank test z = {z:.2f}, below 3",
                            ratio, abs(ratio - 1) <= MEDIAN_BOUND and abs(z) < RANK_BOUND)
