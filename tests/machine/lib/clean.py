# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine without bo, a watcher that root and local users always get in, and what was changed since."""

import hashlib
import os
import pathlib
import secrets
import stat
import threading

from scenario import Scenario
from server import SSH, Server

LOCAL = "carla"

# Written by every change of users, or by a daemon of the system at its own time.
NOISE = {"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
         "/etc/.pwd.lock", "/etc/ld.so.cache"}


class CleanServer(Server):
    """Debian as it is before bo comes. root gets in at the console and by a key; carla may use sudo."""

    def set_up(self):
        self.root_at_home()
        self.local_password = self.keep_secret(secrets.token_urlsafe(18))
        self.run(f"useradd -m -s /bin/bash {LOCAL}")
        self.run("chpasswd", stdin=f"{LOCAL}:{self.local_password}\n")
        self.write(f"/etc/sudoers.d/{LOCAL}", f"Defaults !lecture\n{LOCAL} ALL=(root) ALL\n", 0o440)
        for name in ("root", LOCAL):
            self.run(["crontab", "-u", name, "-"], stdin=f"* * * * * date +\\%s >>/var/tmp/cron-{name}\n")

    # Each way in: returns when it was let in, raises when not.

    def root_at_console(self):
        talk = self.talk("login").is_asked("login: ", "root").is_asked("Password: ", self.root_password)
        talk.at_shell()
        talk.leave()

    def root_by_key(self):
        assert self.run([*SSH, "-o", "BatchMode=yes", "root@localhost", "id", "-u"], timeout=20) == "0\n"

    def root_by_su(self):
        said = self.run(["su", "-", "root", "-c", "id -u"], user=LOCAL, stdin=f"{self.root_password}\n", timeout=20)
        assert said == "0\n", said

    def local_by_sudo(self):
        said = self.run(["sudo", "-S", "-k", "-p", "", "id", "-u"], user=LOCAL, stdin=f"{self.local_password}\n",
                        timeout=20)
        assert said == "0\n", said

    def local_at_console(self):
        talk = self.talk("login").is_asked("login: ", LOCAL).is_asked("Password: ", self.local_password)
        talk.at_shell()
        talk.leave()

    def local_changes_password(self):
        self.run("chpasswd", stdin=f"{LOCAL}:{self.local_password}\n")

    def jobs(self):
        """What cron does for a job, with its stack."""
        for name in ("root", LOCAL):
            self.run(["systemd-run", "-q", "--wait", "-p", "PAMName=cron", "-p", f"User={name}", "true"], timeout=20)

    def ways(self):
        return [self.root_by_key, self.root_by_su, self.local_by_sudo, self.local_changes_password, self.jobs,
                self.root_at_console, self.local_at_console]

    def minutes_of_jobs(self, name):
        """When cron ran the job of @name, which is due each minute."""
        return [int(line) for line in self.read(f"/var/tmp/cron-{name}").split()]

    # What there is.

    def etc(self):
        """{path: what it is} of all below /etc."""
        found, top = {}, self.root
        for folder, folders, files in os.walk(top / "etc"):
            for name in folders + files:
                path = pathlib.Path(folder) / name
                shown = "/" + str(path.relative_to(top))
                if shown not in NOISE:
                    found[shown] = self._facts(path)
        return found

    @staticmethod
    def _facts(path):
        about = path.lstat()
        facts = [stat.filemode(about.st_mode), about.st_uid, about.st_gid]
        if stat.S_ISLNK(about.st_mode):
            facts.append(os.readlink(path))
        elif stat.S_ISREG(about.st_mode):
            facts.append(hashlib.sha256(path.read_bytes()).hexdigest())
        return facts

    def lines(self, command):
        return set(self.run(command).splitlines())

    def state(self):
        """What else an installation could leave behind: users, groups, units and their state, places in /run."""
        return {
            "users": self.lines("cut -d: -f1,3- /etc/passwd"),
            "groups": self.lines("cut -d: -f1 /etc/group"),
            "unit files": self.lines("systemctl list-unit-files --no-legend --plain | awk '{print $1, $2}'"),
            "failed units": self.lines("systemctl --failed --no-legend --plain | awk '{print $1}'"),
            "/run": self.lines("ls -d /run/* /run/systemd/[!a]* /run/dbus/*"),
            "places": self.lines("find / -xdev -not -path '/root/*' '(' -name bo -o -name 'bo[._-]*' -o -name '*[._-]bo' "
                                 "-o -name '*[._-]bo[._-]*' -o -name '*libbo*' -o -name '*backoffice*' ')'"),
        }


def differences(before, after):
    """What came, went or is another than it was."""
    return {key: (before.get(key), after.get(key)) for key in {*before, *after} if before.get(key) != after.get(key)}


class Watcher:
    """While this runs, people log in by all ways, again and again; none may be refused, each must have been in."""

    def __init__(self, server):
        self.server = server
        self.failures = []
        self.times = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._watch, args=(part,))
                         for part in (server.ways()[:5], server.ways()[5:])]

    def _watch(self, ways):
        while True:
            for way in ways:
                try:
                    way()
                    self.times[way.__name__] = self.times.get(way.__name__, 0) + 1
                except Exception as error:  # all of it goes into the verdict
                    self.failures.append(f"{way.__name__}: {error}")
                    return
            if self._over.is_set():
                return

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


class CleanScenario(Scenario):
    @classmethod
    def setUpClass(cls):
        if Scenario.server is None:
            Scenario.server = CleanServer(name="server").boot()

    def watched(self, operation):
        """@operation, with people who log in all the time."""
        watcher = Watcher(self.server)
        with watcher:
            operation()
        self.assertEqual(watcher.failures, [])
        self.assertEqual(set(watcher.times), {way.__name__ for way in self.server.ways()})

    def assertAllGetIn(self):
        for way in self.server.ways():
            way()
