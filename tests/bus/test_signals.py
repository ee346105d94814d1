#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the Manager tells on the system bus: which signal comes of what, and none is lost unseen (docs/events.md)."""

import contextlib
import ctypes
import re
import sqlite3
import stat

from world import *

BUS = "org.freedesktop.DBus"
QUEUED_MOST = 1024  # bo-accountd/bus/signal.c
PIDFD_GETFD = 438


class Signals(BusCase):
    def setUp(self):
        self.ear = self.bus.client()
        self.addCleanup(self.ear.close)
        self.ear.call("/", BUS, "AddMatch", "s", f"type='signal',interface='{MANAGER}'", destination=BUS)

    def heard(self):
        """All until now: the daemon answers a ping on the same connection behind them."""
        self.ear.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")
        said, self.ear.signals = self.ear.signals, []
        return said

    def hears(self, *wanted):
        self.assertEqual(self.heard(), list(wanted))

    def someone(self):
        uid, name = self.person()
        self.heard()
        return uid, name, f"{ROOT}/user/_{uid}"

    def shop(self):
        ident = self.customer()
        self.heard()
        return ident, f"{ROOT}/customer/" + ident.replace("-", "_2d")

    # Users
    def test_a_user_is_added_then_activated(self):
        uid, name = self.person()
        path = f"{ROOT}/user/_{uid}"
        said = self.heard()
        self.assertEqual(said[0], ("UserAdded", path, name))
        self.assertEqual(sorted(said[1:]), [
            ("LoginSucceeded", name, "loose", "", "token"), ("UserChanged", path),
            ("UserStatusChanged", name, "activation-sent", "active", "activated")])

    def test_R17_disabling_and_enabling_change_the_status(self):
        uid, name, path = self.someone()
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "left us")})
        self.hears(("UserChanged", path), ("UserStatusChanged", name, "active", "deactivated", "left us"))
        self.user(uid, "Enable", "a{sv}", {})
        self.hears(("UserChanged", path), ("UserStatusChanged", name, "deactivated", "active", ""))

    def test_R38_the_attempt_that_locks_is_told_and_those_behind_it_are_not(self):
        _, name, _ = self.someone()
        self.wrong(name, 8)
        self.hears(*[("LoginFailed", name, "sshd", "", "WrongCredentials")] * 5,
                   ("LoginFailed", name, "sshd", "", "LockedAttempts"),
                   ("UserStatusChanged", name, "active", "locked-attempts", "too many failed attempts"))

    def test_R38_a_lock_by_wrong_answers_to_a_method_is_told_as_well(self):
        uid, name, _ = self.someone()
        for _ in range(6):
            with self.assertRaises(BusError):
                self.user(uid, "ChangePassword", "ayaya{sv}", b"not it", b"a new phrase 88 x", {}, uid=uid)
        self.hears(("UserStatusChanged", name, "active", "locked-attempts", "too many failed attempts"))
        self.assertEqual(self.daemon.said().count(f"A wrong password was given for {name} by uid {uid}"), 6)

    def test_R38_a_disabled_user_who_is_locked_shows_no_other_status(self):
        uid, name, _ = self.someone()
        self.user(uid, "Disable", "a{sv}", {})
        self.heard()
        self.wrong(name)
        self.assertNotIn("UserStatusChanged", {signal[0] for signal in self.heard()})

    def test_R37_a_reset_that_opens_the_lock_is_told(self):
        uid, name, path = self.someone()
        self.wrong(name)
        token = self.reset(uid)
        self.heard()
        self.assertEqual(self.auth(name, token, OTHER, OTHER), "Success")
        self.assertEqual(sorted(self.heard()), [
            ("LoginSucceeded", name, "sshd", "", "token"), ("UserChanged", path),
            ("UserStatusChanged", name, "locked-attempts", "active", "password reset")])

    def test_a_name_that_bo_does_not_know_is_never_told(self):
        self.auth("stranger@shop.example", "is this a password?")
        self.hears(("LoginFailed", "", "sshd", "", "WrongCredentials"))

    def test_what_an_application_says_of_itself_is_one_clean_line(self):
        _, name, _ = self.someone()
        try:
            self.auth(name, "wrong guess 1", service="sshd\nforged line \x1b[31m\u202e")
        except BusError as error:
            self.assertEqual(error.name, "BadValue")
        said = self.daemon.said()
        self.assertNotRegex(said, "(?m)^forged|\x1b|\u202e")

    def test_a_refused_account_phase_is_a_failed_login(self):
        uid, name, _ = self.someone()
        self.user(uid, "Disable", "a{sv}", {})
        self.heard()
        talk = self.talk("account", name, rhost="192.0.2.7")
        talk.skip()
        self.assertEqual(talk.outcome, "Deactivated")
        self.hears(("LoginFailed", name, "sshd", "192.0.2.7", "Deactivated"))

    def test_who_lacks_the_permission_of_a_service_was_right_and_is_refused(self):
        _, name, _ = self.someone()
        self.assertEqual(self.auth(name, GOOD, permission="customer.alias"), "NoPermission")
        self.hears(("LoginSucceeded", name, "sshd", "", "password"), ("LoginFailed", name, "sshd", "", "NoPermission"))

    def test_what_changes_of_a_user_is_told(self):
        uid, name, path = self.someone()
        shop, _ = self.shop()
        self.user(uid, "SetRoles", "sasa{sv}", shop, ["viewer"], {})
        self.hears(("UserChanged", path))
        place = self.location(shop)
        self.heard()
        self.user(uid, "SetLocations", "sasa{sv}", shop, [place], {})
        self.hears(("UserChanged", path))
        self.user(uid, "SetProfile", "a{sv}", {"FullName": ("s", "A B")}, uid=uid)
        self.hears(("UserChanged", path))
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.hears(("UserChanged", path))
        self.assertEqual(self.get(uid, "Username"), name)

    def test_R50_switching_is_told_once(self):
        uid, _, path = self.someone()
        for shop in (self.customer(), self.customer()):
            self.user(uid, "SetRoles", "sasa{sv}", shop, ["viewer"], {})
        self.heard()
        for _ in range(2):
            self.user(uid, "SwitchCustomer", "sa{sv}", shop, {}, uid=uid)
        self.hears(("UserChanged", path))

    def test_what_is_refused_changes_nothing_and_tells_nothing(self):
        uid, _, _ = self.someone()
        self.refused("NoSuchCustomer", self.user, uid, "SetRoles", "sasa{sv}", "nowhere", [], {})
        self.refused("WrongState", self.user, uid, "Enable", "a{sv}", {})
        self.hears()

    # Customers, locations, settings
    def test_customers_are_told_of(self):
        shop = self.customer()
        path = f"{ROOT}/customer/" + shop.replace("-", "_2d")
        self.hears(("CustomerAdded", path))
        for member, text in (("SetAlias", "Shop"), ("SetType", "")):
            self.client().call(path, CUSTOMER, member, "sa{sv}", text, {})
            self.hears(("CustomerChanged", path))
        self.client().call(path, CUSTOMER, "SetAccount", "a{sv}", {"Website": ("s", "https://www.shop.example/")})
        self.hears(("CustomerChanged", path))

    def test_locations_are_told_of(self):
        shop, customer = self.shop()
        place = self.location(shop)
        path = location_path(place)
        self.hears(("LocationAdded", path, customer))
        for member, options in (("SetDetails", {"Name": "There"}),
                                ("AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"}),
                                ("RemoveTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})):
            self.location_call(place, member, options)
            self.hears(("LocationChanged", path, customer))

    def test_an_old_database_is_told_of_by_the_daemon_that_finds_it(self):
        self.assertEqual(self.daemon.stop(), 0)
        os.unlink(os.path.join(self.daemon.state, "accounts.db.mark"))
        self.daemon.start()
        self.bus.named(self.ear)
        self.hears(("DatabaseOlder", "unmarked", 0))

    def test_settings_that_are_good_are_told_of(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")
        self.hears(("SettingsReloaded",))


def narrow(pid, path):
    """Makes the kernel's buffer of the connection to path small: sd-bus asks for 8 MiB, which take long to fill."""
    libc = ctypes.CDLL(None, use_errno=True)
    process = os.pidfd_open(pid)
    for number in os.listdir(f"/proc/{pid}/fd"):
        copy = libc.syscall(PIDFD_GETFD, process, int(number), 0)
        if copy < 0 or not stat.S_ISSOCK(os.fstat(copy).st_mode):
            continue
        with socket.socket(fileno=copy) as end:
            if end.family == socket.AF_UNIX and end.type == socket.SOCK_STREAM:
                with contextlib.suppress(OSError):  # one that listens has no peer
                    if end.getpeername() == path:
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    os.close(process)


class Many(Case):
    """More than one could have thought of."""

    def setUp(self):
        self.bus = SystemBus()
        self.addCleanup(self.bus.clear)
        self.daemon = Daemon(bus=self.bus).start()
        self.addCleanup(self.daemon.clear)
        with self.bus.client() as client:
            self.bus.named(client)
        self.ear = self.bus.client()
        self.addCleanup(self.ear.close)
        self.ear.call("/", BUS, "AddMatch", "s", f"type='signal',interface='{MANAGER}'", destination=BUS)

    def crowd(self, size):
        """Names of that many people, written to the store beside the daemon, which ends before."""
        uid, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        with contextlib.closing(sqlite3.connect(self.daemon.path("state", "accounts.db"), timeout=WAIT)) as store, store:
            columns = [row[1] for row in store.execute("PRAGMA table_info(account)")]
            row = dict(zip(columns, store.execute("SELECT * FROM account WHERE uid = ?", (uid,)).fetchone()))
            people = [{**row, "uid": uid + n, "name": f"crowd{n}@shop.example", "email": f"crowd{n}@shop.example"}
                      for n in range(1, size)]
            store.executemany(f"INSERT INTO account VALUES ({','.join('?' * len(columns))})",
                              [tuple(person.values()) for person in people])
        return [name, *(person["name"] for person in people)]

    def test_R40_each_of_those_whom_one_pass_marks_idle_is_told(self):
        names = self.crowd(1100)  # more than a pass marks at once, and than wait for the bus
        self.daemon.pass_time(120 * DAY)
        self.daemon.start()  # the pass comes with the start
        with self.bus.client() as client:
            self.bus.named(client)
        idle = [("UserStatusChanged", name, "active", "locked-inactivity", "not used for too long") for name in names]
        while not set(idle) <= set(self.ear.signals):
            self.ear.receive()
        self.assertEqual(sorted(signal for signal in self.ear.signals if signal[0] == "UserStatusChanged"
                                and signal[3] == "locked-inactivity"), sorted(idle))
        said = self.daemon.said()
        for name in names:
            self.assertEqual(said.count(f"\n{name} has not logged in for too long"), 1)

    def test_a_bus_that_does_not_read_is_told_of_and_costs_bounded_memory(self):
        uid, _ = self.person()
        bus = self.bus.process
        narrow(self.daemon.process.pid, self.bus.socket)
        os.kill(bus.pid, signal.SIGSTOP)
        try:
            count = 0
            with self.daemon.client(uid) as client:
                while "takes no more signals" not in self.daemon.said():
                    client.call(f"{ROOT}/user/_{uid}", USER, "SetProfile", "a{sv}", {"FullName": ("s", f"Name {count}")})
                    count += 1
                    self.assertLess(count, 2 * QUEUED_MOST)
        finally:
            os.kill(bus.pid, signal.SIGCONT)
        while len(self.ear.signals) < QUEUED_MOST:
            self.ear.receive()
        with self.daemon.client(uid) as client:
            while not re.search(r"takes signals again; \d+ were left out", self.daemon.said()):
                client.call(f"{ROOT}/user/_{uid}", USER, "SetProfile", "a{sv}", {"FullName": ("s", "Last")})


if __name__ == "__main__":
    main()
