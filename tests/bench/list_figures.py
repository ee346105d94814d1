# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of many users: pages of lists among ten thousand customers, permissions, memory."""

import random

from login_table import Sample

CUSTOMERS = 10000
LIMIT = 50
FAR = 1000      # pages
BOUND_MSEC = 10
PERMISSION_MSEC = 0.3
RESIDENT_MOST_KIB = 16 * 1024
SHOP = "shop00042"
ADMINISTRATOR = 100042  # of it
# customer, status, kind, role, search; "-": any
FILTERS = {
    "all users": ("-", "-", "-", "-", "-"),
    "of a customer": (SHOP, "-", "-", "-", "-"),
    "of a customer, by search": (SHOP, "-", "-", "-", "u005"),
    "of a customer, disabled": (SHOP, "deactivated", "-", "-", "-"),
    "all of a role": ("-", "-", "-", "viewer", "-"),
    "all programs": ("-", "-", "api", "-", "-"),
    "all persons": ("-", "-", "adm", "-", "-"),
    "all active": ("-", "active", "-", "-", "-"),
    "all disabled": ("-", "deactivated", "-", "-", "-"),
    "all not activated": ("-", "activation-sent", "-", "-", "-"),
    "all locked by attempts: nobody": ("-", "locked-attempts", "-", "-", "-"),
    "search that finds everybody": ("-", "-", "-", "-", "jansen"),
    "search that finds one of 250": ("-", "-", "-", "-", "123"),
    "search that finds one of 3 000": ("-", "-", "-", "-", "1234"),
    "search that finds one": ("-", "-", "-", "-", "u0065432"),
    "search that finds nobody": ("-", "-", "-", "-", "zebra"),
    "search by two letters": ("-", "-", "-", "-", "ja"),
}


def lists(bench):
    """Each list from its first page on, beside the same pages far behind."""
    world = bench.world(bench.users, n_customers=min(CUSTOMERS, bench.users // 10))
    peaks = {"writing the base for NSS": world.peak()}
    client = world.client(bus=True)
    world.forget_peak()
    for what, words in FILTERS.items():
        pages(bench.table, client, what, words)
    client.rows("become", ADMINISTRATOR)
    for what in ("of a customer", "of a customer, by search", "of a customer, disabled"):
        pages(bench.table, client, what + ", for its administrator", FILTERS[what])
    client.rows("become", 0)
    peaks["listing"] = world.peak()
    world.forget_peak()
    permissions(bench, client)
    peaks["checking permissions"] = world.peak()
    world.forget_peak()
    world.client().rows("storm", "bench", 32, 500, world.pick(500), 0)
    peaks["32 clients log in (HashMemory=1M)"] = world.peak()
    for what, peak in peaks.items():
        bench.table.add(f"daemon, {bench.users} users, {what}: most resident", f"{peak / 1024:.1f} MiB",
                        f"at most {RESIDENT_MOST_KIB // 1024} MiB", peak / RESIDENT_MOST_KIB,
                        peak <= RESIDENT_MOST_KIB)


def pages(table, client, what, words):
    """All pages, and the first ones beside far ones, in turns."""
    client.rows("pages", 3, LIMIT, *words)
    rows = client.rows("pages", FAR, LIMIT, *words)
    short, n_pages = sum(row[1] < LIMIT for row in rows[:-1]), len(rows)
    while len(rows) < 60:
        rows += client.rows("pages", FAR, LIMIT, *words)
    table.at_most(f"page of {LIMIT}, {what}; {n_pages} pages, {short} short", Sample([row[0] for row in rows]), "ms",
                  BOUND_MSEC)
    if n_pages < FAR:
        return
    near, far = [], []
    for _ in range(12):
        near += [row[0] for row in client.rows("pages", 5, LIMIT, *words)]
        far += [row[0] for row in client.rows("far", 5, LIMIT, *words)]
    table.beside(f"  pages behind {FAR - 20}", Sample(far), "ms", Sample(near), "the first", 1.25)


def permissions(bench, client):
    took = []
    for _ in range(100):
        took += client.sums("permission", random.randrange(bench.users - 20), 20)
    bench.table.at_most(f"CheckPermission of anybody, {bench.users} users", Sample(took), "ms", PERMISSION_MSEC)
