# SPDX-License-Identifier: LGPL-2.1-or-later
"""What else the daemon does beside logins: a backup under way, and being scraped; in turns in one run."""

import os
import subprocess
import threading
import time

from login_table import Sample
from login_world import CHEAP, NORMAL

USERS = 100000          # so that a backup takes a while
ROUNDS, LOGINS = 8, 12
SCRAPES_A_SECOND = 10


def boctl(bench, world, *words):
    return [f"{bench.build}/boctl/boctl", f"--socket={world.socket}", *words]


def login(client, world):
    return client.sums("login", "bench", world.pick(1), 1, 0)


def quiet_logins(client, world):
    return [msec for _ in range(LOGINS) for msec in login(client, world)]


def backup(bench):
    """Those logins count that began and ended while it was made."""
    for cost in (CHEAP, NORMAL):
        world = bench.world(min(USERS, bench.users), cost)
        client, path = world.client(), f"{world.dir}/backup"
        quiet, during, size = [], [], 0
        for _ in range(ROUNDS):
            quiet += quiet_logins(client, world)
            with subprocess.Popen(boctl(bench, world, "backup", path), stdout=subprocess.DEVNULL) as making:
                while making.poll() is None:
                    rows = login(client, world)
                    during += rows if making.poll() is None else []
            if making.returncode != 0:
                raise RuntimeError("no backup was made")
            size = os.path.getsize(path)
            os.unlink(path)
        bench.table.beside(f"a login while a backup of {size >> 20} MiB is made, hash of {cost[0] >> 20} MiB",
                           Sample(during), "ms", Sample(quiet), f"in turns without ({len(during)} and {len(quiet)})")
        client.close()


class Scraper:
    """boctl metrics, as bo-metrics.service runs it, again and again."""

    def __init__(self, command):
        self.command, self.n_scrapes, self.over = command, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        begin = time.monotonic()
        while not self.over.wait(max(0, begin + self.n_scrapes / SCRAPES_A_SECOND - time.monotonic())):
            subprocess.run(self.command, check=True)
            self.n_scrapes += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def scrape(bench):
    for cost in (CHEAP, NORMAL):
        world = bench.world(2000, cost)
        client = world.client()
        quiet, during, n_scrapes = [], [], 0
        for _ in range(ROUNDS):
            quiet += quiet_logins(client, world)
            with Scraper(boctl(bench, world, "metrics", "--output", f"{world.dir}/bo.prom")) as scraper:
                while scraper.n_scrapes < 2 or len(during) < len(quiet):
                    during += login(client, world)
            n_scrapes += scraper.n_scrapes
        bench.table.beside(f"a login while scraped {SCRAPES_A_SECOND} times a second, hash of {cost[0] >> 20} MiB",
                           Sample(during), "ms", Sample(quiet), f"in turns without ({n_scrapes} scrapes)")
        client.close()
