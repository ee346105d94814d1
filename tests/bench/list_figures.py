# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of lists: pages of users of ten thousand customers, and what the daemon needs for them."""

from login_table import Sample

CUSTOMERS = 10000
LIMIT = 50
FAR = 1000      # pages
BOUND_MSEC = 10
RESIDENT_MOST_KIB = 16 * 1024
# customer, status, kind, role, search; "-": any
FILTERS = {
    "all": ("-", "-", "-", "-", "-"),
    "of a customer": ("shop00042", "-", "-", "-", "-"),
    "of a customer, search": ("shop00042", "-", "-", "-", "u005"),
    "of a customer, disabled": ("shop00042", "deactivated", "-", "-", "-"),
    "role viewer": ("-", "-", "-", "viewer", "-"),
    "programs": ("-", "-", "api", "-", "-"),
    "persons": ("-", "-", "adm", "-", "-"),
    "active": ("-", "active", "-", "-", "-"),
    "disabled": ("-", "deactivated", "-", "-", "-"),
    "not activated": ("-", "activation-sent", "-", "-", "-"),
    "locked by attempts (nobody)": ("-", "locked-attempts", "-", "-", "-"),
    "search: everybody": ("-", "-", "-", "-", "jansen"),
    "search: one of 2 500": ("-", "-", "-", "-", "1234"),
    "search: one user": ("-", "-", "-", "-", "u0765432"),
    "search: nobody": ("-", "-", "-", "-", "zebra"),
    "search by two letters": ("-", "-", "-", "-", "ja"),
}


def lists(bench):
    """Each list from its first page on, beside the same pages far behind."""
    world = bench.world(bench.users, n_customers=min(CUSTOMERS, bench.users // 10))
    table, client = bench.table, world.client(bus=True)
    client.rows("pages", 20, LIMIT, *FILTERS["all"])
    for what, words in FILTERS.items():
        rows = client.rows("pages", FAR, LIMIT, *words)
        first = [client.rows("pages", 1, LIMIT, *words)[0][0] for _ in range(20)]
        near, far = Sample(first), Sample([row[0] for row in rows[-20:]])
        every = Sample([row[0] for row in rows])
        short = sum(row[1] < LIMIT for row in rows[:-1])
        table.at_most(f"page of {LIMIT}, {what}", near, "ms", BOUND_MSEC)
        table.add("  99th percentile of its pages", f"{every.at(99):.2f} ms",
                  f"at most {BOUND_MSEC} ms; {len(rows)} pages, {short} of them short", every.at(99) / BOUND_MSEC,
                  every.at(99) <= BOUND_MSEC)
        if len(rows) == FAR:
            table.beside(f"  page {FAR}", far, "ms", near, "the first", 1.25)
    memory(table, world, "after the lists")


def memory(table, world, when):
    resident, _ = world.memory()
    table.add(f"daemon {when}: resident", f"{resident / 1024:.1f} MiB",
              f"at most {RESIDENT_MOST_KIB // 1024} MiB", resident / RESIDENT_MOST_KIB, resident <= RESIDENT_MOST_KIB)
