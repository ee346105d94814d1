# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of CheckPermission: what an answer costs, whoever asks, however many users there are."""

import random

from login_table import Sample, over
from login_world import LOGIN_FIRST_UID

CUSTOMERS = 10000
FEW = 1000
BOUND_MSEC = 0.3
ROUNDS, CALLS = 40, 25
ASKER = 2       # bin, whose group is that of PermissionGroup=


def askers(client, world, n_customers):
    """{who asks: what it takes}; the users take turns in the customers, an administrator of each first."""
    shop = random.randrange(n_customers)
    most = world.n_users // n_customers - 1
    member = shop + n_customers * (1 + random.randrange(most))
    anybody = random.randrange(world.n_users - CALLS)
    return {
        "a user, of himself": ("own", LOGIN_FIRST_UID + member, CALLS),
        "root, of anybody": ("check", 0, anybody, 1, CALLS),
        "PermissionGroup=, of anybody": ("check", ASKER, anybody, 1, CALLS),
        "an administrator, of a member": ("check", LOGIN_FIRST_UID + shop, member, 0, CALLS),
    }


def permission(bench):
    """In a small and in a large store, in turns, beside a call that does nothing."""
    sizes = {FEW: FEW // 10, bench.users: min(CUSTOMERS, bench.users // 10)}
    worlds = {users: bench.world(users, n_customers=n) for users, n in sizes.items()}
    clients = {users: world.client(tool="bench-permission") for users, world in worlds.items()}
    took, empty = {}, []
    for _ in range(ROUNDS):
        empty += clients[bench.users].sums("ping", CALLS)
        for users, client in clients.items():
            for who, words in askers(client, worlds[users], sizes[users]).items():
                took.setdefault(who, {}).setdefault(users, []).extend(client.sums(*words))
    bench.table.note("an empty call on the private socket", Sample(empty), "ms")
    for who, of in took.items():
        large, small = Sample(of[bench.users]), Sample(of[FEW])
        bench.table.at_most(f"CheckPermission by {who}, {bench.users} users", large, "ms", BOUND_MSEC)
        bench.table.beside("  above the empty call", over(large, Sample(empty)), "ms", over(small, Sample(empty)),
                           f"{FEW} users", 1.25)
