# SPDX-License-Identifier: LGPL-2.1-or-later
"""The world of these suites: the real daemon with a clock of its own, its doors, its users."""

import base64
import calendar
import glob
import hashlib
import hmac
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap
from wire import BusError, Client, Gone

BUILD = os.environ["BO_BUILD"]
SOURCE = os.environ["BO_SOURCE"]
DAEMON = os.path.join(BUILD, "bo-accountd", "bo-accountd")
ROOT = "/org/backoffice/Accounts1"
NAME = "org.backoffice.Accounts1"
MANAGER, LOGIN, MAIL, USER, CUSTOMER, LOCATION, APPROVAL = (
    NAME + part for part in (".Manager", ".Login", ".Mail", ".User", ".Customer", ".Location", ".Approval"))
SESSIONS = NAME + ".Sessions"
PROPERTIES = "org.freedesktop.DBus.Properties"
MINUTE, HOUR, DAY = 60, 3600, 86400
GOOD = "correct horse battery 9"
OTHER = "wholly different phrase 7"
BEGIN = calendar.timegm((2020, 3, 2, 9, 0, 0))
WAIT = 30

SETTINGS = """[Accounts]
HashMemory=1M
HashPasses=1
SourceAttempts=off
OperatorGroup=daemon
"""
SERVICES = """
[Service gate]
Otp=append
[Service vault]
Otp=require
[Service door]
Class=api
Otp=off
[Service loose]
Otp=off
"""
# Beside those that bo ships.
ROLES = """
[Role guarded]
Description=Only with the second factor
SecondFactor=yes
"""


def code(secret, seconds):
    """RFC 6238 with its defaults."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 10 ** 6:06d}"


def preloads():
    """libfaketime, and before it what a daemon with a sanitizer needs."""
    faketime = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not faketime:
        raise unittest.SkipTest("needs libfaketime")
    linked = subprocess.run(["ldd", DAEMON], capture_output=True, text=True, check=True).stdout
    runtimes = [line.split()[2] for line in linked.splitlines() if "libasan" in line or "libtsan" in line]
    locked = glob.glob(os.path.join(BUILD, "tests", "bus", "libclocklock.so"))
    return " ".join([*runtimes, *locked, os.path.join(BUILD, "tests", "libtimerfd.so"), *faketime])


class Daemon:
    """bo-accountd; its clock stands still until it is moved."""

    def __init__(self, settings=SETTINGS + SERVICES, bus=None, state=None):
        self.dir = tempfile.mkdtemp(prefix="bo-bus-")
        os.chmod(self.dir, 0o755)
        self.socket = self.path("bus")
        self.state = state or self.path("state")
        self.bus, self.process, self.more = bus, None, []
        os.makedirs(self.state, 0o711, exist_ok=True)
        os.mkdir(self.path("etc"))
        for name in ("roles.conf", "account-types.conf"):
            shutil.copy(os.path.join(SOURCE, "conf", name), self.path("etc"))
        with open(self.path("etc", "roles.conf"), "a", encoding="utf-8") as file:
            file.write(ROLES)
        self.configure(settings)
        self.set_clock(BEGIN)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def configure(self, settings):
        with open(self.path("etc", "accountd.conf"), "w", encoding="utf-8") as file:
            file.write(settings)

    def set_clock(self, seconds):
        """Replaced by rename: the daemon must never read half of it."""
        self.now = seconds
        with open(self.path("clock.new"), "w", encoding="utf-8") as file:
            file.write(time.strftime("%Y-%m-%d %H:%M:%S\n", time.gmtime(seconds)))
        os.rename(self.path("clock.new"), self.path("clock"))

    def pass_time(self, seconds):
        self.set_clock(self.now + seconds)

    def environment(self):
        return dict(os.environ, LD_PRELOAD=preloads(), FAKETIME_NO_CACHE="1", TZ="UTC",
                    FAKETIME_TIMESTAMP_FILE=self.path("clock"), FAKETIME_DONT_FAKE_MONOTONIC="1",
                    FAKETIME_DONT_RESET="1", NOTIFY_SOCKET=self.path("notify"),
                    DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.bus.socket}" if self.bus else "unix:path=/none")

    def command(self):
        more = [*self.more, *([] if self.bus else ["--no-system-bus"])]
        return [DAEMON, "--config=" + self.path("etc"), "--state=" + self.state,
                            "--socket=" + self.socket, *more]

    def start(self):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists(self.path("notify")):
            os.unlink(self.path("notify"))
        self.notify.bind(self.path("notify"))
        self.notify.settimeout(WAIT)
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=self.environment())
        self.told("READY=1")
        return self

    def told(self, line):
        """Waits until the daemon notifies its supervisor of @line."""
        try:
            while line not in self.notify.recv(4096).decode().split("\n"):
                pass
        except TimeoutError:
            raise AssertionError(f"bo-accountd did not say {line}:\n" + self.said()) from None

    def said(self):
        with open(self.path("log"), errors="replace", encoding="utf-8") as file:
            return file.read()

    def kill(self):
        self.process.kill()
        self.process.wait(WAIT)
        self.notify.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(WAIT)
        self.notify.close()
        return status

    def restart(self):
        assert self.stop() == 0, self.said()
        self.start()

    def clear(self):
        """At the end: it must have lived, and must end well (a sanitizer's finding is no good end)."""
        try:
            status = self.process.poll()
            status = self.stop() if status is None else status
            assert status == 0, f"bo-accountd ended with {status}:\n" + self.said()
            assert "runtime error:" not in self.said(), self.said()
        finally:
            shutil.rmtree(self.dir)

    def client(self, uid=0):
        return Client(self.socket, uid)


class SystemBus:
    """dbus-daemon with the policy that bo installs, for a name owned by the tests' root."""

    CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="root"><allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/></policy>
  <include>{policy}</include>
  <policy user="root"><allow own="org.backoffice.Accounts1"/></policy>
</busconfig>
"""

    def __init__(self, **environment):
        self.dir = tempfile.mkdtemp(prefix="bo-system-bus-")
        os.chmod(self.dir, 0o755)
        self.socket = os.path.join(self.dir, "socket")
        config = os.path.join(self.dir, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write(self.CONFIG.format(socket=self.socket, policy=os.path.join(
                SOURCE, "conf", "org.backoffice.Accounts1.conf")))
        self.process = subprocess.Popen(["dbus-daemon", "--config-file=" + config, "--nofork",
                                         "--nopidfile", "--print-address=1"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=os.environ | environment)
        assert self.process.stdout.readline(), "dbus-daemon did not start"

    def client(self, uid=0):
        return Client(self.socket, uid, destination=NAME)

    def named(self, client):
        """Waits until the daemon owns its name."""
        deadline = time.monotonic() + WAIT
        while not client.call("/", "org.freedesktop.DBus", "NameHasOwner", "s", NAME,
                              destination="org.freedesktop.DBus")[0]:
            assert time.monotonic() < deadline, "the daemon does not own its name"

    def clear(self):
        self.process.terminate()
        self.process.wait(WAIT)
        self.process.stdout.close()
        shutil.rmtree(self.dir)


class Talk:
    """A login conversation, answered as pam_bo would."""

    def __init__(self, client, phase, user, service="sshd", **more):
        self.client, self.texts = client, []
        kinds = {"protocol": "u", "login": "t", "silent": "b", "expired": "b", "check": "b", "close": "b",
                 "environment": "b", "caller": "u"}
        context = {"protocol": 1, "user": user, "service": service, **more}
        self.login, *said = client.call(ROOT, LOGIN, "Begin", "sa{sv}", phase, {
            key: (kinds.get(key, "s"), value) for key, value in context.items()})
        self.hear(said)

    def hear(self, said):
        self.kind, self.text = said
        self.texts.append((self.kind, self.text))

    def step(self, answer=""):
        data = answer.encode() if isinstance(answer, str) else answer
        self.hear(self.client.call(ROOT, LOGIN, "Step", "tay", self.login, data))
        return self

    def cancel(self):
        self.hear(self.client.call(ROOT, LOGIN, "Cancel", "t", self.login))
        return self

    def skip(self):
        """Past what is only shown."""
        while self.kind in ("info", "error", "environment"):
            self.step()
        return self

    def answer(self, *answers):
        for answer in answers:
            self.skip()
            if self.kind == "done":
                raise AssertionError(f"no question for an answer: {self.texts}")
            self.step(answer)
        return self.skip()

    @property
    def outcome(self):
        """How it ended; None while a question stands."""
        return self.text if self.kind == "done" else None

    def shown(self):
        return "\n".join(text for _, text in self.texts)


def approval_path(number):
    return f"{ROOT}/approval/_{number}"


def location_path(ident):
    return f"{ROOT}/location/" + ident.replace("-", "_2d")


class Case(unittest.TestCase):
    """One daemon for a class, users of their own for each test; the clock only goes forward."""

    SETTINGS = SETTINGS + SERVICES
    count = 0

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.SETTINGS).start()
        cls.addClassCleanup(cls.daemon.clear)

    doors = {}

    def door(self, uid=0):
        """The one connection for a user's plain calls; a restarted daemon gets new ones."""
        key = self.daemon.process.pid, uid
        if key not in Case.doors:
            for old in [old for old in Case.doors if old[0] != key[0]]:
                Case.doors.pop(old).close()
            Case.doors[key] = self.daemon.client(uid)
        return Case.doors[key]

    def client(self, uid=0):
        """A connection of this test's own."""
        client = self.daemon.client(uid)
        self.addCleanup(client.close)
        return client

    def manager(self, member, signature="", *values, uid=0):
        return self.door(uid).call(ROOT, MANAGER, member, signature, *values)

    def user(self, target, member, signature="", *values, uid=0):
        return self.door(uid).call(f"{ROOT}/user/_{target}", USER, member, signature, *values)

    def get(self, target, name, uid=0):
        return self.door(uid).call(f"{ROOT}/user/_{target}", PROPERTIES, "Get", "ss", USER, name)[0]

    def endings(self, client=None):
        """Whose sessions are to be ended by bo-sessiond, and since when."""
        rows, = (client or self.door()).call(ROOT, SESSIONS, "ListEndings")
        return dict(rows)

    def ended(self, uid, since, client=None):
        """What bo-sessiond reports."""
        (client or self.door()).call(ROOT, SESSIONS, "Ended", "ut", uid, since)

    def refused(self, name, function, *arguments, **more):
        """The call fails with the error @name; its text."""
        with self.assertRaises(BusError) as caught:
            function(*arguments, **more)
        self.assertEqual(caught.exception.full_name, f"{NAME}.Error.{name}", caught.exception)
        self.assertTrue(caught.exception.text)
        return caught.exception.text

    def new_name(self):
        Case.count += 1
        return f"user{Case.count}@shop.example"

    def create(self, name=None, uid=0, **options):
        """(uid, name, token) of somebody who has not been activated."""
        kinds = {"Roles": "as", "Locations": "as"}
        path, name, link = self.manager("CreateUser", "a{sv}", {
            key: (kinds.get(key, "s"), value)
            for key, value in {"Name": name or self.new_name(), **options}.items()}, uid=uid)
        return int(path.rsplit("_", 1)[1]), name, link

    def person(self, password=GOOD, **options):
        """(uid, name) of an active user."""
        uid, name, link = self.create(**options)
        self.assertEqual(self.auth(name, link, password, password, service="loose"), "Success")
        return uid, name

    def program(self, password=GOOD, **options):
        """(uid, name) of an API user with a password."""
        Case.count += 1
        uid, name, _ = self.create(f"robot{Case.count}", Kind="api", **options)
        self.user(uid, "SetApiPassword", "aya{sv}", password.encode(), {})
        return uid, name

    def customer(self, **options):
        Case.count += 1
        ident = f"shop-{Case.count}"
        self.manager("CreateCustomer", "a{sv}", {"Id": ("s", ident), **{
            key: ("s", value) for key, value in options.items()}})
        return ident

    def location(self, customer, name="Here", **options):
        Case.count += 1
        ident = f"place-{Case.count}"
        self.manager("CreateLocation", "a{sv}", {"Id": ("s", ident), "Customer": ("s", customer), "Name": ("s", name), **{
            key: ("s", value) for key, value in options.items()}})
        return ident

    def approval(self, customer, uid, address=None):
        """The number of a request of @uid, who may ask, for an address that nobody has asked for."""
        Case.count += 1
        self.daemon.pass_time(5 * MINUTE)  # nobody asks often
        path, = self.door(uid).call(
            f"{ROOT}/customer/" + customer.replace("-", "_2d"), CUSTOMER, "RequestAddress", "sa{sv}",
            address or f"100.{Case.count // 65536}.{Case.count // 256 % 256}.{Case.count % 256}", {})
        return int(path.rsplit("_", 1)[1])

    def location_call(self, ident, member, options, uid=0):
        """A verb of a location, with texts for options."""
        return self.door(uid).call(location_path(ident), LOCATION, member, "a{sv}", {
            key: ("s", value) for key, value in options.items()})

    def reset(self, uid, actor=0):
        return self.user(uid, "IssueReset", "a{sv}", {}, uid=actor)[0]

    def talk(self, phase, user, **context):
        return Talk(self.client(), phase, user, **context)

    def auth(self, name, *answers, **context):
        return self.talk("auth", name, **context).answer(*answers).outcome

    def wrong(self, name, times=6, **context):
        return [self.auth(name, f"wrong guess {n}", **context) for n in range(times)]

    def begin_otp(self, uid):
        """The secret in base32, and its address for a QR code."""
        uri, secret = self.user(uid, "BeginOtp", "a{sv}", {}, uid=uid)
        return secret, uri

    def with_otp(self, password=GOOD):
        """(uid, name, secret) of a user with the second factor; the present code has been used."""
        uid, name = self.person(password)
        secret, _ = self.begin_otp(uid)
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), password.encode(), {}, uid=uid)
        return uid, name, secret

    def code(self, secret, steps=0):
        return code(secret, self.daemon.now + 30 * steps)

    def fresh_code(self, secret):
        """A code that has not been used: of the next half minute, in it."""
        self.daemon.pass_time(30)
        return self.code(secret)

    def audit(self, **filters):
        kinds = {"Subject": "u", "Event": "s"}
        return self.manager("ListAudit", "a{sv}su", {
            key: (kinds[key], value) for key, value in filters.items()}, "", 1000)[0]


class BusCase(Case):
    """The same, with a system bus on which the daemon has its name."""

    @classmethod
    def setUpClass(cls):
        cls.bus = SystemBus()
        cls.addClassCleanup(cls.bus.clear)
        cls.daemon = Daemon(cls.SETTINGS, bus=cls.bus).start()
        cls.addClassCleanup(cls.daemon.clear)
        with cls.bus.client() as client:
            cls.bus.named(client)


def main():
    if os.geteuid() != 0:
        print("1..0 # SKIP users of bo can be played by root alone")
        return
    tap.main()


__all__ = [name for name in dir() if not name.startswith("_")] + ["BusError", "Gone"]
