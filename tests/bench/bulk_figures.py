# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of export and import by boctl: what a row costs in a small and in a large store, in turns."""

import hashlib
import os
import subprocess
import time

from login_table import Sample

SMALL, ROUNDS, ROWS = 10000, 8, 1000
EXPORTS = 3
IMPORT_MSEC, BOUND = 1, 2
RESIDENT_MOST_KIB = 32 * 1024


def bulk(bench):
    """Imports of some thousand users, new and again, and exports of all."""
    few, many = (bench.world(n, n_customers=n // 100) for n in (SMALL, bench.users))
    for world in few, many:
        world.forget_peak()
    imports(bench, few, many)
    exports(bench, few, many)
    peak = max(world.peak() for world in (few, many))
    bench.table.add("  daemon meanwhile: most resident", f"{peak / 1024:.1f} MiB",
                    f"at most {RESIDENT_MOST_KIB // 1024} MiB", peak / RESIDENT_MOST_KIB, peak <= RESIDENT_MOST_KIB)


def boctl(world, *arguments):
    """Seconds."""
    begun = time.monotonic()
    subprocess.run([os.path.join(world.build, "boctl", "boctl"), "--socket", world.socket, *arguments], check=True,
                   env=world.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def rows(path, turn):
    """Names in no order, as those of people are."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("name,full_name,memberships\n")
        for i in range(ROWS):
            name = hashlib.sha256(f"{turn} {i}".encode()).hexdigest()[:16]
            file.write(f"{name}@import.example,Person {i},shop{i % 100:05}:viewer\n")
    return path


def imports(bench, few, many):
    new, again = ([], []), ([], [])
    path = os.path.join(bench.work, "rows.csv")
    for turn in range(ROUNDS):
        rows(path, turn)
        for world, fresh, same in zip((few, many), new, again):
            fresh.append(boctl(world, "import", "users", path) / ROWS * 1e3)
            same.append(boctl(world, "import", "users", path) / ROWS * 1e3)
    os.unlink(path)
    bench.table.beside(f"import of a user, {bench.users} users in the store", Sample(new[1]), "ms",
                       Sample(new[0]), f"{SMALL} users", BOUND)
    bench.table.at_most("  the row above its bound", Sample(new[1]), "ms", IMPORT_MSEC)
    bench.table.beside("  of one that is there already", Sample(again[1]), "ms", Sample(again[0]), f"{SMALL} users", BOUND)


def exports(bench, few, many):
    took = [], []
    path = os.path.join(bench.work, "out.csv")
    for _ in range(EXPORTS):
        for world, cost in zip((few, many), took):
            seconds = boctl(world, "export", "users", path)
            with open(path, "rb") as file:
                cost.append(seconds / (sum(1 for _ in file) - 1) * 1e3)
    os.unlink(path)
    bench.table.beside(f"export of a user, all of {bench.users}", Sample(took[1]), "ms", Sample(took[0]),
                       f"all of {SMALL}", BOUND)
