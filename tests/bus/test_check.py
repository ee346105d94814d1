#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check: what the daemon itself finds not to be as it should, and the remedies it names."""

import json
import signal
import sqlite3
import subprocess

from world import *


class Checking(Case):
    def findings(self, part=None):
        return [row for row in self.manager("Check", "a{sv}", {})[0] if part in (None, row["Part"])]

    def finding(self, part):
        row, = self.findings(part)
        self.assertTrue(row["Remedy"])
        return row["Severity"], row["Text"], row["Remedy"]

    def reload(self, settings=None, roles=None):
        if roles:
            with open(self.daemon.path("etc", "roles.conf"), "w", encoding="utf-8") as file:
                file.write(roles)
        self.daemon.configure(settings or self.SETTINGS)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def database(self):
        return sqlite3.connect(os.path.join(self.daemon.state, "accounts.db"))


class Well(Checking):
    def test_a_healthy_daemon_has_no_finding(self):
        self.person()
        self.program()
        self.assertEqual(self.findings(), [])

    def test_operators_alone(self):
        uid, _ = self.person()
        self.refused("NotAllowed", self.manager, "Check", "a{sv}", {}, uid=uid)


class People(Checking):
    def test_R40_idle_users_are_named(self):
        uid, name = self.person()
        self.daemon.pass_time(91 * DAY)
        self.assertEqual(self.auth(name, GOOD), "LockedInactivity")
        severity, text, remedy = self.finding("idle")
        self.assertEqual(severity, "warning")
        self.assertIn(name, text)
        self.assertIn("`boctl user disable NAME`", remedy)
        for each in self.manager("ListUsers", "sa{sv}su", "", {"Status": ("s", "locked-inactivity")}, "", 100)[0]:
            self.user(each["Uid"], "Disable", "a{sv}", {})
        self.assertEqual(self.findings("idle"), [])

    def test_R24_users_who_never_activated_are_named_after_30_days(self):
        uid, name, _ = self.create()
        self.daemon.pass_time(30 * DAY - 1)
        self.assertEqual(self.findings("activation"), [])
        self.daemon.pass_time(1)
        self.assertIn(name, self.finding("activation")[1])
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.findings("activation"), [])

    def test_R49_invitations_are_no_such_users(self):
        shop, cafe = self.customer(), self.customer()
        _, name = self.person(Customer=shop, Roles=["viewer"])
        self.create(name, Customer=cafe, Roles=["viewer"])
        self.daemon.pass_time(31 * DAY)
        self.assertEqual(self.findings("activation"), [])

    def test_R78_keys_that_nobody_uses_are_named(self):
        uid, name = self.program()
        key = self.user(uid, "CreateApiKey", "ayaya{sv}", b"", b"", {})[0]
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.auth(name, key, service="door"), "Success")
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.findings("keys"), [])
        self.daemon.pass_time(DAY)
        self.assertIn(name, self.finding("keys")[1])
        self.user(uid, "DeleteApiKey", "a{sv}", {})
        self.assertEqual(self.findings("keys"), [])

    def test_many_are_not_listed_one_by_one(self):
        made = [self.create() for _ in range(5)]
        self.daemon.pass_time(31 * DAY)
        self.assertIn("and others", self.finding("activation")[1])
        for uid, _, _ in made:
            self.user(uid, "Disable", "a{sv}", {})


class Settings(Checking):
    def test_callers_who_are_not_on_this_host(self):
        self.addCleanup(self.reload)
        self.reload(self.SETTINGS + "[Service web]\nCallers=www-data no-such-user @no-such-group 4711\n")
        rows = self.findings("callers")
        self.assertEqual([row["Severity"] for row in rows], ["warning"] * 2)
        self.assertIn("[Service web]", rows[0]["Text"])
        self.assertIn("user no-such-user", rows[0]["Text"])
        self.assertIn("group no-such-group", rows[1]["Text"])
        self.assertIn("`systemctl reload bo-accountd`", rows[0]["Remedy"])

    def test_R9_roles_in_use_that_roles_conf_does_not_know(self):
        uid, _ = self.person(Customer=self.customer(), Roles=["guarded"])
        with open(self.daemon.path("etc", "roles.conf"), encoding="utf-8") as file:
            roles = file.read()
        self.addCleanup(self.reload, None, roles)
        self.reload(None, roles.replace("[Role guarded]", "[Role renamed]"))
        severity, text, remedy = self.finding("roles")
        self.assertEqual(severity, "warning")
        self.assertIn("guarded", text)
        self.assertIn("/etc/bo/roles.conf", remedy)
        self.reload(None, roles)
        self.assertEqual(self.findings("roles"), [])

    def test_customer_that_is_not_there(self):
        self.addCleanup(self.reload)
        self.reload(self.SETTINGS.replace("[Accounts]\n", "[Accounts]\nCustomer=nobodys-shop\n"))
        severity, text, remedy = self.finding("customer")
        self.assertEqual(severity, "fault")
        self.assertIn("nobodys-shop", text)


class FormerRoles(Checking):
    def test_R9_however_many_roles_are_unknown_it_is_one_finding(self):
        path = self.daemon.path("etc", "roles.conf")
        with open(path, encoding="utf-8") as file:
            roles = file.read()
        self.addCleanup(self.reload, None, roles)
        more = "".join(f"[Role former-{n}]\nPermissions=\n" for n in range(10, 16))
        self.reload(None, roles + more)
        self.person(Customer=self.customer(), Roles=[f"former-{n}" for n in range(10, 16)])
        self.reload(None, roles)
        self.assertIn("former-10, former-11, former-12 and others.", self.finding("roles")[1])


class Clock(Checking):
    def test_a_clock_that_was_set_back_is_told_until_it_is_accepted(self):
        self.person()
        self.daemon.pass_time(-2 * HOUR)
        severity, text, remedy = self.finding("clock")
        self.assertEqual(severity, "warning")
        self.assertIn("120 minutes", text)
        self.assertIn("`boctl clock accept`", remedy)
        self.person()
        self.assertEqual(len(self.findings("clock")), 1)
        self.manager("AcceptClock", "a{sv}", {})
        self.assertEqual(self.findings("clock"), [])

    def test_a_clock_that_is_being_disciplined_is_no_finding(self):
        self.person()
        self.daemon.pass_time(-30)
        self.assertEqual(self.findings("clock"), [])


class Damage(Checking):
    """What somebody, or a failing disk, has done to the file while the daemon was down."""

    def change(self, work):
        self.assertEqual(self.daemon.stop(), 0)
        with self.database() as database:
            for trigger, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {trigger}")
            work(database)
        database.close()
        self.daemon.start()

    def whole(self):
        """(findings, how many steps)"""
        found, cursor, steps, at = [], "", 0, []
        while True:
            rows, cursor, done, total = self.manager("CheckStore", "sa{sv}", cursor, {})
            found, steps = found + rows, steps + 1
            at.append(done)
            self.assertLessEqual(done, total)
            if not cursor:
                self.assertEqual(done, total)
                self.assertEqual(at, sorted(at))
                return found, steps

    def boctl(self, *words, code=0):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, *words],
                              capture_output=True, text=True, timeout=WAIT)
        self.assertIn(done.returncode, code if isinstance(code, tuple) else (code,), done.stdout + done.stderr)
        return done.stdout


class Audit(Damage):
    def test_an_entry_that_was_changed_is_found_at_once_if_it_is_new(self):
        for _ in range(3):
            self.person()
        self.assertEqual(self.whole()[0], [])
        self.change(lambda database: database.execute(
            "UPDATE audit SET detail = 'other' WHERE sequence = (SELECT MAX(sequence) - 1 FROM audit)"))
        for row in (self.findings("audit"), self.whole()[0]):
            self.assertEqual([(found["Severity"], found["Part"]) for found in row], [("fault", "audit")])
        self.assertIn("`boctl audit verify`", self.findings("audit")[0]["Remedy"])
        self.assertIn("changed outside of bo", self.boctl("check", "--full", code=1))

    def test_a_sound_trail_is_found_sound_by_whichever_keys_it_was_written(self):
        self.person()
        self.manager("RotateKey", "a{sv}", {})
        self.person()
        self.assertEqual(self.findings("audit"), [])
        self.assertEqual(self.whole()[0], [])


class Many(Damage):
    def test_warnings_never_keep_a_fault_out(self):
        missing = " ".join(f"no-such-user-{n}" for n in range(60))
        self.daemon.configure(self.SETTINGS + f"[Service web]\nCallers={missing}\n")
        for _ in range(3):
            self.person()
        self.change(lambda database: database.execute(
            "UPDATE audit SET detail = 'other' WHERE sequence = (SELECT MAX(sequence) - 1 FROM audit)"))
        rows = self.findings()
        self.assertEqual(len(rows), 48)
        self.assertEqual([row["Part"] for row in rows if row["Severity"] == "fault"], ["audit"])
        self.assertEqual({row["Part"] for row in rows}, {"audit", "callers"})


class OldAudit(Damage):
    def test_an_old_entry_that_was_changed_is_found_by_the_whole_check(self):
        uid, _ = self.person()
        while not any(row["Sequence"] > 1100 for row in self.manager("ListAudit", "a{sv}su", {}, "", 1)[0]):
            for _ in range(100):
                self.user(uid, "Disable", "a{sv}", {})
                self.user(uid, "Enable", "a{sv}", {})
        self.change(lambda database: database.execute("UPDATE audit SET detail = 'other' WHERE sequence = 2"))
        self.assertEqual(self.findings("audit"), [])
        found, steps = self.whole()
        self.assertEqual([row["Part"] for row in found], ["audit"])
        self.assertIn("entry 2", found[0]["Text"])
        self.assertGreater(steps, 20)


class Pieces(Damage):
    """VerifyAudit holds a worker for a piece of the trail, never for all of it."""

    def pieces(self):
        """Up to which row each piece went."""
        at = [0]
        while True:
            to, end = self.manager("VerifyAudit", "t", at[-1])
            self.assertTrue(at[-1] < to <= end)
            at.append(to)
            if to == end:
                return at

    def test_a_long_trail_is_verified_piece_by_piece(self):
        for first in range(0, 5000, 1000):
            rows = [[f"piece{n}@shop.example"] for n in range(first, first + 1000)]
            self.assertEqual(self.manager("ImportUsers", "asaasa{sv}", ["name"], rows, {})[:2], (1000, 0))
        at = self.pieces()
        self.assertGreater(len(at), 2)
        self.assertEqual(self.manager("VerifyAudit", "t", at[-1]), (at[-1], at[-1]), "the end is one as well")
        self.refused("BadCursor", self.manager, "VerifyAudit", "t", at[-1] + 1)
        self.refused("BadCursor", self.manager, "VerifyAudit", "t", 2**64 - 1)
        self.assertIn(f"whole: {at[-1]} rows", self.boctl("audit", "verify"))
        self.assertEqual(json.loads(self.boctl("--json", "audit", "verify")), {"audit": [{"rows": at[-1]}]})
        bad = at[1] + 7
        self.change(lambda database: database.execute("UPDATE audit SET detail = 'x' WHERE sequence = ?", (bad,)))
        self.assertEqual(self.manager("VerifyAudit", "t", 0)[0], at[1], "what lies before is right")
        with self.assertRaisesRegex(Exception, f"entry {bad} does not fit"):
            self.manager("VerifyAudit", "t", at[1])
        self.boctl("audit", "verify", code=1)


class Headless(Damage):
    def test_without_its_head_it_tells_where_it_breaks(self):
        for _ in range(3):
            self.person()
        self.change(lambda database: database.execute("UPDATE audit_head SET hash = zeroblob(32)"))
        end, = self.database().execute("SELECT MAX(sequence) FROM audit").fetchone()
        with self.assertRaisesRegex(Exception, f"entry {end + 1} does not fit"):
            self.manager("VerifyAudit", "t", 0)


class Database(Damage):
    def test_pages_that_were_overwritten_are_found(self):
        """A leaf of a table that no login reads."""
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        database = self.database()
        page, = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'throttle'").fetchone()
        size, = database.execute("PRAGMA page_size").fetchone()
        database.close()
        with open(os.path.join(self.daemon.state, "accounts.db"), "r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
        self.daemon.start()
        severity, text, remedy = self.finding("database")
        self.assertEqual(severity, "fault")
        self.assertIn("throttle", text)
        self.assertIn("`boctl restore FILE`", remedy)
        self.assertIn("throttle", str(self.whole()[0]))

    def test_steps_that_are_none_are_refused(self):
        for cursor in ("x", "a", "a x", "a 1x", "a 99999999999999999999", "t " + 90 * "x", " ", "a -1"):
            self.refused("BadCursor", self.manager, "CheckStore", "sa{sv}", cursor, {})

    def test_a_step_behind_the_newest_entry_is_no_broken_trail(self):
        self.person()
        newest = self.manager("ListAudit", "a{sv}su", {}, "", 1)[0][0]["Sequence"]
        self.assertEqual(self.manager("CheckStore", "sa{sv}", f"a {newest}", {})[:2], ([], ""))
        for cursor in (f"a {newest + 1}", "a 999999", f"a {2**63 - 1}"):
            self.refused("BadCursor", self.manager, "CheckStore", "sa{sv}", cursor, {})

    def test_options_that_are_none_are_refused(self):
        self.refused("BadOption", self.manager, "CheckStore", "sa{sv}", "", {"Colour": ("s", "blue")})


if __name__ == "__main__":
    main()
