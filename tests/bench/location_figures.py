# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of many locations: pages of a search by a part of name or website, first and far behind (R28)."""

import os
import sqlite3

from login_table import Sample

LIMIT, FAR = 50, 1000
BOUND_MSEC = 10
LOCATIONS = 100000
CUSTOMERS = 1000
SHOP = "shop00042"  # has half of them
CITIES = ("Amsterdam", "Utrecht", "Rotterdam", "Haarlem", "Groningen", "Maastricht", "Eindhoven", "Tilburg")
# customer, text; "-": any
SEARCHES = {
    "all locations": ("-", "-"),
    "of the customer with half of them": (SHOP, "-"),
    "search that finds all": ("-", "shop"),
    "search that finds one of 8": ("-", "utrecht"),
    "the same at the large customer": (SHOP, "utrecht"),
    "the same at a customer of 50": ("shop00777", "utrecht"),
    "search by website, one customer's": ("-", "www.shop00777"),
    "search that finds one": ("-", "straat-77777"),
    "search that finds none": ("-", "zebra"),
    "search whose parts all have, and nobody has it": ("-", "shop-s"),
    "search by two letters that all have": ("-", "sh"),
    "search by two letters that nobody has": ("-", "qq"),
}


def locations(bench):
    """Each search from its first page on, beside the same pages far behind."""
    world = bench.world(10 * CUSTOMERS, n_customers=CUSTOMERS)
    fill(os.path.join(world.state, "accounts.db"))
    client = world.client(bus=True)
    for what, words in SEARCHES.items():
        pages(bench.table, client, f"{LOCATIONS} locations, {what}", words)


def pages(table, client, what, words):
    """Three walks from the first page on: all pages, and the last of them beside the first."""
    walks = [client.rows("places", FAR, LIMIT, *words) for _ in range(3)]
    rows = [row for walk in walks for row in walk]
    short = sum(row[1] < LIMIT for row in walks[0][:-1])
    table.at_most(f"page of {LIMIT}, {what}; {len(walks[0])} pages, {short} short", Sample([row[0] for row in rows]),
                  "ms", BOUND_MSEC)
    if len(walks[0]) < FAR:
        return
    near, far = ([row[0] for walk in walks for row in walk[part]] for part in (slice(3, 63), slice(-60, None)))
    table.beside(f"  pages {FAR - 60} to {FAR}", Sample(far), "ms", Sample(near), "the first", 1.25)


def fill(path):
    """By the store's own schema; half of them belong to one customer."""
    database = sqlite3.connect(path)
    gids = dict(database.execute("SELECT id, gid FROM customer"))
    counts, rows = dict.fromkeys(gids, 0), []
    for i in range(LOCATIONS):
        customer = SHOP if i % 2 else f"shop{i // 2 % CUSTOMERS:05d}"
        name, website = f"Shop-{CITIES[i // 3 % len(CITIES)]}-op-straat-{i:05d}", f"www.{customer}.example/{i}"
        counts[customer] += 1
        rows.append((f"place{i}", customer, name, website, f"{name}\n{website}".lower(),
                     (gids[customer] << 32) + counts[customer]))
    with database:
        database.executemany("INSERT INTO location (id, customer, name, website, folded, created_usec, gid, number)"
                             " VALUES (?, ?, ?, ?, ?, 1, 0, ?)", rows)
        database.executemany("INSERT INTO location_text (rowid, folded) VALUES (?, ?)",
                             sorted((row[5], row[4]) for row in rows))
    database.close()
