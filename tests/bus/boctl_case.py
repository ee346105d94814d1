# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl and a real bo-accountd, with the clock of the system, for the tests of boctl."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import unittest

from world import BUILD, DAEMON, GOOD, SOURCE, WAIT

BOCTL = os.path.join(BUILD, "boctl", "boctl")
CONVERSE = os.path.join(BUILD, "tests", "bus", "converse")


class Daemon:
    """bo-accountd with files of its own; ready when it says so."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="boctl-test-")
        os.chmod(self.dir, 0o755)
        self.socket = os.path.join(self.dir, "bus")
        self.state = os.path.join(self.dir, "state")
        self.config = os.path.join(self.dir, "etc")
        os.mkdir(self.state, 0o711)
        os.mkdir(self.config)
        shutil.copy(os.path.join(SOURCE, "conf", "roles.conf"), self.config)
        with open(os.path.join(self.config, "roles.conf"), "a") as file:
            file.write("[Role guarded]\nSecondFactor=yes\nDescription=<b>&\"\n")
        with open(os.path.join(self.config, "accountd.conf"), "w") as file:
            file.write("[Accounts]\nHashMemory=19M\nSourceAttempts=off\n")  # the cheapest that is allowed: cost is not the subject
        self.start()

    def start(self):
        path = os.path.join(self.dir, "notify")
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(path)
        notify.settimeout(WAIT)
        self.log = open(os.path.join(self.dir, "log"), "ab")
        self.process = subprocess.Popen(
            [DAEMON, "--config", self.config, "--state", self.state, "--socket", self.socket,
             "--no-system-bus"],
            stdout=self.log, stderr=self.log, env=dict(os.environ, NOTIFY_SOCKET=path))
        try:
            while b"READY=1" not in notify.recv(4096).split(b"\n"):
                pass
        except TimeoutError:
            raise AssertionError("bo-accountd did not get ready:\n" + self.said()) from None
        finally:
            notify.close()
            os.unlink(path)

    def said(self):
        with open(os.path.join(self.dir, "log"), errors="replace") as file:
            return file.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(WAIT)
        self.log.close()
        return status

    def change(self, statement, *values):
        """Changes one row of the store from outside, while the daemon is down."""
        assert self.stop() == 0, self.said()
        store = sqlite3.connect(os.path.join(self.state, "accounts.db"))
        for trigger, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {trigger}")
        assert store.execute(statement, values).rowcount == 1
        store.commit()
        store.close()
        self.start()

    def clear(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.dir)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.daemon.clear)

    def boctl(self, *arguments, uid=0, text="", code=0, fds=(), env=None):
        """Runs boctl; its result, after its exit code was found to be @code."""
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], input=text,
                              capture_output=True, text=True, timeout=60, pass_fds=fds, user=uid,
                              group=uid, extra_groups=[], env=dict(os.environ, **(env or {})))
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, **more):
        return list(json.loads(self.boctl(*arguments, "--json", **more).stdout).values())[0]

    def converse(self, phase, user, *answers):
        return subprocess.run([CONVERSE, self.daemon.socket, phase, user, "sshd"],
                              input="".join(a + "\n" for a in answers), capture_output=True, text=True,
                              timeout=60)

    def person(self, name, *more, password=GOOD):
        """A user who has used the token: the uid."""
        made = self.json("user", "create", name, *more)[0]
        self.activate(name, made["token"], password)
        return made["uid"]

    def activate(self, name, token, password):
        done = self.converse("auth", name, token, password, password)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def show(self, name, **more):
        return self.json("user", "show", name, **more)[0]
