# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures of logins: what is measured, beside what, in which world. All of it in one run."""

import ctypes
import os
import threading
import time

from beside_figures import backup, scrape
from bulk_figures import bulk
from key_figures import key
from flood_figures import flood
from list_figures import lists
from location_figures import locations
from login_table import Sample, over
from login_timing import timing
from login_world import CHEAP, NORMAL, World
from permission_figures import permission
from verify_figures import verify

PASSWORD = "quiet Harbour 58 lantern"
USER = "u0000000.jansen@shop.example"     # the first of every store
SECRET = b"bo-bench-secret-20by"
CHEAP_SETTING = "$6$rounds=1000$bobench"
CLIENTS = 32
SECURITY = ("/lib/x86_64-linux-gnu/security", "/usr/lib/x86_64-linux-gnu/security",
            "/lib64/security", "/usr/lib/security")
SETTLE_DEADLINE_SEC = 20


def module_exists(name):
    return any(os.path.exists(os.path.join(directory, name)) for directory in SECURITY)


def crypt(setting=None):
    """crypt(3) of the password; by default yescrypt, as Debian's passwd makes it."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = library.crypt_gensalt.restype = ctypes.c_char_p
    salt = setting.encode() if setting else library.crypt_gensalt(b"$y$", 0, None, 0)
    return library.crypt(PASSWORD.encode(), salt).decode()


class Bench:
    """The worlds, each made when a figure first needs it."""

    def __init__(self, table, build, work, users, samples):
        self.table, self.build, self.work, self.users = table, build, work, users
        self.samples = samples
        self.worlds = {}

    def world(self, n_users, cost=CHEAP, n_customers=0):
        key = n_users, cost, n_customers
        if key not in self.worlds:
            world = self.worlds[key] = World(self.build, self.work, n_users, cost, n_customers)
            world.add_peers({"peer": crypt(), "cheap": crypt(CHEAP_SETTING)})
            world.stack("unix", "pam_unix.so")
            world.stack("permit", "pam_permit.so")
            world.stack("faillock", "auth:pam_faillock.so preauth dir=" + world.dir + "/faillock",
                        "auth:pam_unix.so", "account:pam_faillock.so dir=" + world.dir +
                        "/faillock", "account:pam_unix.so", "session:pam_unix.so",
                        "password:pam_unix.so")
            os.makedirs(world.dir + "/faillock")
            world.start()
        return self.worlds[key]

    def close(self):
        for world in self.worlds.values():
            world.close()


def login_default(bench):
    """One login at the default cost beside the bare verification, taken in turns."""
    world = bench.world(2000, NORMAL)
    client = world.client()
    client.rows("keep", "libsystemd.so.0")
    hashes, logins = [], []
    for _ in range(40):
        hashes += client.sums("hash", 1)
        logins += client.sums("login", "bench", world.pick(1), 1, 0)
    bench.table.beside("a login, 64 MiB and 2 passes", Sample(logins), "ms", Sample(hashes),
                       "bare Argon2id", 1.05)
    bench.table.at_most("  above the hash", over(Sample(logins), Sample(hashes)), "ms", 1.5)
    client.close()


def login_cheap(bench):
    """What a login costs above the hash, part by part, with peers."""
    world = bench.world(2000)
    plain, sshd = world.client(), world.client()
    sshd.rows("keep", "libsystemd.so.0")
    sshd.rows("know", USER)
    hashes, rows, first, cheap, crypts, syncs, nothing = [], [], [], [], [], [], []
    for _ in range(60):
        hashes += sshd.sums("hash", 4)
        rows += sshd.rows("login", "bench", world.pick(4), 4, 0)
        first += plain.sums("login", "bench", world.pick(4), 4, 0)
        syncs += sshd.sums("sync", 4)
        cheap += plain.sums("login", "faillock", "cheap", 4, 0)
        crypts += plain.sums("crypt", 4)
        nothing += plain.sums("login", "permit", "cheap", 4, 0)
    table, floor = bench.table, Sample(hashes)
    table.at_most("login above a cheap hash, in sshd (has libsystemd)",
                  over(Sample([sum(row) for row in rows]), floor), "ms", 1.5)
    table.at_most("login above a cheap hash, in a process without",
                  over(Sample(first), floor), "ms", 1.5)
    for i, part in enumerate(("pam_start", "authenticate", "acct_mgmt", "open_session", "pam_end")):
        sample = Sample([row[i] for row in rows])
        table.note(f"  of it, in sshd: {part}", over(sample, floor) if i == 1 else sample, "ms")
    table.note("  beside: 12 KiB appended and fdatasync()ed", Sample(syncs), "ms",
               "a login waits for the disk once")
    table.note("  beside: libpam itself, with pam_permit", Sample(nothing), "ms")
    table.note("  peer: pam_faillock, pam_unix above a cheap hash",
               over(Sample(cheap), Sample(crypts)), "ms")
    unix = Sample(plain.sums("login", "unix", "peer", 40, 0))
    table.note("  peer: pam_unix with its default hash, whole", unix, "ms")


def storm(bench):
    """32 clients: throughput beside bare hashes on each core, and who else gets an answer."""
    world = bench.world(2000, NORMAL)
    client, n, cores = world.client(), 64, os.cpu_count()
    ratios, refused = [], 0
    before = client.rows("hashes", cores, n)[0][0]
    for _ in range(7):
        (took,), (failed,) = client.rows("storm", "bench", CLIENTS, n, world.pick(n), 0)
        after = client.rows("hashes", cores, n)[0][0]
        ratios.append(100 * (before + after) / 2 / took)
        before = after
        refused += failed
    share = Sample(ratios)
    bench.table.add("32 clients at once: throughput of logins", share.text("%"),
                    f"at least 95 % of bare Argon2id, {cores} threads", share.median / 100,
                    share.median >= 95 and refused == 0)
    probe(bench, world, client)
    memory(bench, world)


def probe(bench, world, client):
    """Others during a storm: over open connections, a call every 20 ms or so."""
    calls = {"account check": ("account", 0, 25, 20), "list of 50 users": ("list", 25, 20),
             "a process that only wakes up": ("wake", 25, 20)}
    answers = {what: [] for what in calls}
    done = threading.Event()

    def ask(what):
        bus = world.client(bus=True)
        while not done.is_set():
            answers[what] += bus.sums(*calls[what])
        bus.close()

    askers = [threading.Thread(target=ask, args=(what,)) for what in calls]
    for asker in askers:
        asker.start()
    client.rows("storm", "bench", CLIENTS, 288, world.pick(288), 0)
    done.set()
    for asker in askers:
        asker.join()
    for what, values in answers.items():
        sample, asks = Sample(values), "wakes" not in what
        bench.table.add(f"  {what} meanwhile, 99th percentile of {len(values)}",
                        f"{sample.at(99):.2f} (median {sample.median:.2f}) ms",
                        "at most 5 ms" if asks else "what the machine adds itself",
                        sample.at(99) / 5 if asks else None, sample.at(99) <= 5 if asks else None)


def memory(bench, world):
    """Polls until what the storm needed is given back."""
    storm_kib = world.memory()[0]
    deadline = time.monotonic() + SETTLE_DEADLINE_SEC
    resident, proportional = world.memory()
    while time.monotonic() < deadline and (resident > 10240 or proportional > 5120):
        time.sleep(0.2)
        resident, proportional = world.memory()
    bench.table.add("daemon idle after the storm: resident", f"{resident / 1024:.1f} MiB",
                    f"at most 10 MiB ({storm_kib / 1024:.0f} MiB at the storm's end)",
                    resident / 10240, resident <= 10240)
    bench.table.add("daemon idle after the storm: proportional", f"{proportional / 1024:.1f} MiB",
                    "at most 5 MiB", proportional / 5120, proportional <= 5120)


def code(bench):
    """One-time codes: cost, one use, and nobody refused."""
    few, many = bench.world(10), bench.world(bench.users)
    clients = few.client(), many.client()
    costs = [], []
    for client in clients:
        client.rows("keep", "libsystemd.so.0")
    for _ in range(20):
        few.forget()
        costs[0].extend(clients[0].sums("login", "code", 0, 10, 1))
        costs[1].extend(clients[1].sums("login", "code", many.take(10), 10, 1))
    table = bench.table
    table.beside(f"login with a one-time code, {bench.users} users", Sample(costs[1]), "ms",
                 Sample(costs[0]), "10 users", 1.1)
    oath(bench, few, clients[0])
    accepted = [row[0] for row in clients[1].rows("race", "code", CLIENTS, many.take(40), 40)]
    table.add("same code from 32 clients: accepted once", f"{accepted.count(1)} of 40 trials",
              "40 of 40", None, accepted.count(1) == 40)
    (_,), (refused,) = clients[1].rows("storm", "code", CLIENTS, 500, many.take(500), 1)
    table.add("500 users with right codes, 32 at a time: refused", f"{refused:.0f}", "none", None,
              refused == 0)


def oath(bench, world, client):
    """The peer keeps its users in a file."""
    if not module_exists("pam_oath.so"):
        bench.table.add("  peer: pam_oath", "not installed (libpam-oath)")
        return
    users = f"{world.dir}/users.oath"
    world.stack("oath", f"auth:pam_oath.so usersfile={users} window=2 digits=6",
                "account:pam_permit.so", "session:pam_permit.so", "password:pam_permit.so")
    for n in 10, 100000:
        took = []
        for _ in range(7):
            with open(users, "w", encoding="ascii") as file:
                for i in range(n):
                    file.write(f"HOTP/T30/6 u{i:07}.jansen@shop.example - {SECRET.hex()}\n")
            os.chmod(users, 0o600)
            took += client.sums("login", "oath", n // 2, 1, 1)
        bench.table.note(f"  peer: pam_oath alone, no password, {n} users", Sample(took), "ms")


def change(bench):
    """A password change: two hashes (present and new), and what is above."""
    few, many = bench.world(10), bench.world(bench.users)
    for world in few, many:
        client = world.client()
        client.rows("keep", "libsystemd.so.0")
        hashes, changes = [], []
        for _ in range(8):
            hashes += client.sums("hash", 10)
            if world is few:
                world.forget()
            changes += client.sums("change", "bench", world.take(8), 8)
        two = Sample([2 * value for value in hashes])
        bench.table.at_most(f"password change above 2 hashes, {world.n_users} users",
                            over(Sample(changes), two), "ms", 1.5)


def create(bench):
    """CreateUser in a small and in a large store, in turns."""
    worlds = bench.world(1000), bench.world(bench.users)
    buses = [world.client(bus=True) for world in worlds]
    costs = [], []
    for i in range(12):
        for bus, cost in zip(buses, costs):
            cost.extend(bus.sums("create", i * 10, 10))
    bench.table.beside(f"creating a user, {bench.users} users", Sample(costs[1]), "ms",
                       Sample(costs[0]), "1000 users", 2)


def ready(bench):
    """From exec to READY=1, with the large store and the snapshot that belongs to it."""
    world, took = bench.world(bench.users), []
    for _ in range(7):
        world.stop()
        took.append(world.start())
    bench.table.at_most(f"ready, {bench.users} users in the store", Sample(took), "ms", 100)


ALL = {
    "login": login_default,
    "overhead": login_cheap,
    "storm": storm,
    "code": code,
    "change": change,
    "create": create,
    "ready": ready,
    "list": lists,
    "location": locations,
    "permission": permission,
    "key": key,
    "verify": verify,
    "timing": timing,
    "flood": flood,
    "backup": backup,
    "scrape": scrape,
    "bulk": bulk,
}


def measure(table, build, work, users, samples, wanted):
    bench = Bench(table, build, work, users, samples)
    try:
        for figure in wanted:
            ALL[figure](bench)
    finally:
        bench.close()
