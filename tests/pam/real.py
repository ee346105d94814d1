# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon on a private socket, with a clock that the suite sets, and users made by boctl."""

import base64
import calendar
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time
import unittest

from stage import BUILD, NSS_DIR, PAM_RHOST, Stage, Talk, quote, unquote

STATE = os.path.dirname(NSS_DIR)
MINUTE, HOUR, DAY = 60, 3600, 86400

SETTINGS = """
[Accounts]
HashMemory=8M
HashPasses=1
SourceAttempts=off
[Service gate]
Otp=append
[Service vault]
Otp=require
[Service door]
Class=api
Otp=off
"""

SERVICES = ("sshd", "login", "sudo", "passwd", "cron", "gate", "vault", "door")


class Daemon:
    """bo-accountd; its clock stands still until it is moved."""

    def __init__(self, more=""):
        shutil.rmtree(STATE, ignore_errors=True)
        os.makedirs(NSS_DIR)
        os.makedirs(Stage.path("etc/bo"), exist_ok=True)
        self.config = Stage.write("etc/bo/accountd.conf", SETTINGS + more)
        shutil.copy(os.path.join(os.path.dirname(__file__), "../../conf/roles.conf"),
                    Stage.path("etc/bo/roles.conf"))
        with open(Stage.path("etc/bo/roles.conf"), "a") as file:
            file.write("[Role guarded]\nSecondFactor=yes\n")
        self.socket = Stage.path("bus")
        self.process = None
        self.set_clock(calendar.timegm((2020, 3, 2, 9, 0, 0)))
        for name in SERVICES:
            Stage.service(name, "foreign=ignore", f"socket={self.socket}")
        self.start()

    def set_clock(self, seconds):
        """Replaced by rename: the daemon must never read half of it."""
        self.now = seconds
        path = Stage.write("clock.new", time.strftime("%Y-%m-%d %H:%M:%S\n", time.gmtime(seconds)))
        os.rename(path, Stage.path("clock"))

    def pass_time(self, seconds):
        self.set_clock(self.now + seconds)

    def start(self):
        faketime = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not faketime:
            raise unittest.SkipTest("needs libfaketime")
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = Stage.path("notify")
        if os.path.exists(path):
            os.unlink(path)
        ready.bind(path)
        ready.settimeout(20)
        env = dict(os.environ, LD_PRELOAD=os.path.join(BUILD, "tests", "libtimerfd.so") + " " + faketime[0], FAKETIME_NO_CACHE="1", TZ="UTC",
                   FAKETIME_TIMESTAMP_FILE=Stage.path("clock"), FAKETIME_DONT_FAKE_MONOTONIC="1",
                   FAKETIME_DONT_RESET="1", NOTIFY_SOCKET=path,
                   LD_LIBRARY_PATH=os.path.join(BUILD, "nss_bo"))
        self.log = open(Stage.path("daemon.log"), "a")
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "bo-accountd", "bo-accountd"), "--config=" + Stage.path("etc/bo"),
             "--socket=" + self.socket, "--no-system-bus"], env=env, stderr=self.log)
        with ready:
            while b"READY=1" not in ready.recv(4096):
                pass

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def restart(self):
        self.stop()
        self.start()

    def boctl(self, *words, expect=0, stdin=None):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.socket,
                               "--json", *words], capture_output=True, text=True, input=stdin,
                              timeout=30)
        if done.returncode != expect:
            raise AssertionError(f"boctl {words}: {done.returncode} {done.stdout} {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def create(self, name, *options):
        """A person who has not been activated yet; the token."""
        return self.boctl("user", "create", name, *options)["user"][0]["token"]

    def reset(self, name):
        return self.boctl("user", "reset", name)["reset"][0]["token"]

    def show(self, name):
        return self.boctl("user", "show", name)["user"][0]


class Suite(unittest.TestCase):
    """One daemon for a class, a user of his own for each test; the clock only goes forward."""

    PASSWORD = "tree house 17 blue"
    MORE = ""  # settings beside those of all suites

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.MORE)
        cls.count = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def nobody(self):
        """A name that nobody has had."""
        type(self).count += 1
        return f"user{self.count}@shop.example"

    def invited(self, *options):
        name = self.nobody()
        return name, self.daemon.create(name, *options)

    def person(self, *options):
        """An active user whose password is PASSWORD."""
        name, token = self.invited(*options)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(token, self.PASSWORD, self.PASSWORD), "SUCCESS", app.texts)
        return name

    def auth(self, name, *answers, service="sshd", flags=0):
        with Talk(service, name) as app:
            return app.auth(*answers, flags=flags)

    def account(self, name, service="sshd", rhost="192.0.2.7"):
        """What a login by SSH key goes through before its session."""
        with Talk(service, name) as app:
            app.item(PAM_RHOST, rhost)
            code = app.account()
            self.assertEqual(app.asked, [])
            return code

    def assert_in(self, name, *answers, **how):
        self.assertEqual(self.auth(name, *(answers or (self.PASSWORD,)), **how), "SUCCESS")

    def assert_out(self, name, *answers, **how):
        self.assertEqual(self.auth(name, *(answers or (self.PASSWORD,)), **how), "AUTH_ERR")

    def guess(self, name, times=6):
        """So many wrong passwords; what the last one was told."""
        for i in range(times):
            with Talk("sshd", name) as app:
                self.assertNotEqual(app.auth(f"wrong {i}"), "SUCCESS")
        return app.texts


class FactorSuite(Suite):
    """With users who have the second factor on."""

    def setUp(self):
        self.daemon.pass_time(90)  # no step of an earlier test is used again

    def code(self, secret, steps=0):
        return totp(secret, self.daemon.now + 30 * steps)

    def finish(self, app):
        """What comes between the code and the end."""

    def set_up(self, name, service="vault"):
        """At the prompt of a service that requires it; the secret."""
        with Talk(service, name) as app:
            app.send("auth 0")
            self.assertEqual(app.read()[:2], ["ask", "secret"])
            app.send("answer " + quote(self.PASSWORD))
            kind = app.read()
            self.assertEqual(kind[:2], ["ask", "visible"])
            text = unquote(kind[2])
            secret = re.search(r"into it: ([A-Z2-7 ]+)", text)[1].replace(" ", "")
            app.send("answer " + self.code(secret))
            self.finish(app)
            self.assertEqual(app.read(), ["result", "0"])
        self.daemon.pass_time(30)
        return secret, text

    def person_with_factor(self):
        name = self.person()
        return name, self.set_up(name)[0]


def totp(secret, seconds):
    """RFC 6238 with its defaults, of a secret in base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7fffffff) % 10**6:06d}"
