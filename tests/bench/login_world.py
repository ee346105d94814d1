# SPDX-License-Identifier: LGPL-2.1-or-later
"""A world of the login bench: a store, its daemon and its clients, in mounts of their own."""

import contextlib
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LOGIN_FIRST_UID = 100000
CHEAP = (1 << 20, 1)        # the least that HashMemory and HashPasses allow
NORMAL = (64 << 20, 2)      # their defaults
BLOCK_USERS = 500
STACKS = ("auth", "account", "password", "session")
READY_DEADLINE_SEC = 300    # the first start with a million users writes the whole snapshot

ENTER = """
mount --bind "$1/varlib" /var/lib
for file in nsswitch.conf passwd shadow; do mount --bind "$1/etc/$file" "/etc/$file"; done
shift
exec "$@"
"""


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


class World:
    """Everything lies below one directory of a real disk, so that a commit costs what it costs."""

    def __init__(self, build, work, n_users, cost, n_customers=0):
        self.build, self.n_users, self.cost = build, n_users, cost
        self.dir = os.path.join(work, f"{n_users}-{n_customers}-{cost[0] >> 20}M")
        self.state = os.path.join(self.dir, "varlib", "bo-accountd")
        self.socket = os.path.join(self.dir, "bus")
        self.daemon, self.clients, self.password = None, [], None
        self.block, self.blocks = None, list(range(n_users // BLOCK_USERS))
        random.shuffle(self.blocks)
        self.make_system()
        os.makedirs(os.path.dirname(self.state))
        subprocess.run([self.tool("bench-login-fill"), self.state, str(n_users),
                        str(cost[0]), str(cost[1]), str(n_customers)], check=True)

    def tool(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def make_system(self):
        shutil.copytree(os.path.join(ROOT, "conf"), os.path.join(self.dir, "bo"))
        write(f"{self.dir}/bo/accountd.conf",
              f"[Accounts]\nHashMemory={self.cost[0] >> 20}M\nHashPasses={self.cost[1]}\nPermissionGroup=bin\n"
              "SourceAttempts=off\n"
              f"UidRange={LOGIN_FIRST_UID}-9999999\nGidRange=10000000-10999999\n[Service code]\nOtp=require\n"
              "[Service bench]\nOtp=off\n[Service robots]\nClass=api\n")
        write(f"{self.dir}/etc/nsswitch.conf", "passwd: files bo\ngroup: files bo\nshadow: files\n")
        with open("/etc/passwd", encoding="utf-8") as passwd:
            write(f"{self.dir}/etc/passwd", passwd.read())
        write(f"{self.dir}/etc/shadow", "", 0o600)
        self.stack("bench", f"{self.build}/pam_bo/pam_bo.so socket={self.socket}")
        self.stack("code", f"{self.build}/pam_bo/pam_bo.so socket={self.socket}")

    def stack(self, service, *modules, kinds=STACKS):
        """A service whose stacks are these modules, each required; "kind:module" for one stack."""
        text = ""
        for kind in STACKS:
            lines = [m for m in modules if not m.startswith(STACKS) or m.startswith(kind + ":")]
            for module in lines if kind in kinds else ["pam_permit.so"]:
                text += f"{kind} required {module.removeprefix(kind + ':')}\n"
        write(f"{self.dir}/pam.d/{service}", text)

    def add_peers(self, shadows):
        """Local users, with the hash that each has in /etc/shadow."""
        for i, (name, setting) in enumerate(shadows.items()):
            with open(f"{self.dir}/etc/passwd", "a", encoding="utf-8") as passwd:
                passwd.write(f"{name}:x:{4700 + i}:4700::/nonexistent:/bin/sh\n")
            with open(f"{self.dir}/etc/shadow", "a", encoding="utf-8") as shadow:
                shadow.write(f"{name}:{setting}:20000:0:99999:7:::\n")

    def enter(self, *command):
        return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh",
                self.dir, *command]

    def environment(self, **more):
        return dict(os.environ, LD_LIBRARY_PATH=f"{self.build}/nss_bo:{self.build}/libbo", **more)

    def start(self):
        """Milliseconds until READY=1, as systemd would see it."""
        path = os.path.join(self.dir, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            if os.path.exists(path):
                os.unlink(path)
            notify.bind(path)
            notify.settimeout(READY_DEADLINE_SEC)
            begin = time.monotonic()
            self.daemon = subprocess.Popen(
                self.enter(f"{self.build}/bo-accountd/bo-accountd", f"--config={self.dir}/bo",
                           "--state=/var/lib/bo-accountd", f"--socket={self.socket}",
                           "--no-system-bus"),
                env=self.environment(NOTIFY_SOCKET=path),
                stderr=open(f"{self.dir}/log", "a", encoding="utf-8"))
            while b"READY=1" not in notify.recv(4096):
                pass
            return (time.monotonic() - begin) * 1e3

    def stop(self):
        if self.daemon:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(30)
            self.daemon = None

    def client(self, bus=False, tool=None):
        """One that logs in, or one that talks to the daemon by libbo, or another tool for the socket."""
        client = Client(self, tool or (bus and "bench-login-bus"))
        self.clients.append(client)
        return client

    def pick(self, n):
        """The first of some users anywhere in the store."""
        return random.randrange(self.n_users - n + 1)

    def take(self, n):
        """Of a large store: those whom nobody has taken yet. A code is good once."""
        if self.n_users < BLOCK_USERS * 20:
            return self.pick(n)
        if not self.block or self.block[1] - self.block[0] < n:
            first = self.blocks.pop() * BLOCK_USERS
            self.block = [first, first + BLOCK_USERS]
        first = self.block[0]
        self.block[0] += n
        return first

    def forget(self):
        """Makes codes good again and empties histories, as if nobody had logged in yet."""
        with contextlib.closing(sqlite3.connect(f"{self.state}/accounts.db", timeout=30)) as store:
            if not self.password:
                self.password = store.execute("SELECT password_hash FROM account LIMIT 1"
                                              ).fetchone()
            store.execute("UPDATE account SET password_hash = ? WHERE credential_epoch > 1",
                          self.password)
            store.execute("UPDATE otp SET last_step = 0 WHERE last_step > 0")
            store.execute("DELETE FROM password_history")
            store.execute("DELETE FROM lockout")
            store.commit()

    def memory(self):
        """Resident and proportional kibibytes of the daemon."""
        with open(f"/proc/{self.daemon.pid}/smaps_rollup", encoding="ascii") as rollup:
            lines = dict(line.split(":", 1) for line in rollup.readlines()[1:])
        return int(lines["Rss"].split()[0]), int(lines["Pss"].split()[0])

    def forget_peak(self):
        with open(f"/proc/{self.daemon.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def peak(self):
        """The most kibibytes that the daemon had resident since forget_peak(), or its start."""
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))

    def close(self):
        for client in self.clients:
            client.close()
        self.stop()


class Client:
    """A bench-login-client, or a tool for the socket, which answers commands with rows of numbers."""

    def __init__(self, world, tool):
        command = [world.tool(tool), world.socket] if tool else \
            [world.tool("bench-login-client"), f"{world.dir}/pam.d", world.dir,
             str(world.cost[0]), str(world.cost[1])]
        self.process = subprocess.Popen(
            world.enter(*command), env=world.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        self.sent = words

    def receive(self):
        rows = []
        for line in self.process.stdout:
            if line == ".\n":
                return rows
            if line.startswith("error"):
                raise RuntimeError(f"{' '.join(map(str, self.sent))}: {line.strip()}")
            rows.append([float(word) for word in line.split()])
        raise RuntimeError(f"the client died: {self.process.wait(10)}")

    def rows(self, *words):
        self.send(*words)
        return self.receive()

    def sums(self, *words):
        return [sum(row) for row in self.rows(*words)]

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
