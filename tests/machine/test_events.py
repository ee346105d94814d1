# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bo tells: events of the journal that `journalctl -x` explains, signals for operators, and what acts on them."""

import json
import re

from machine import wait_until
from scenario import Scenario

NAME = "org.backoffice.Accounts1"
UNIT = "_SYSTEMD_UNIT=bo-accountd.service"
FIELDS = {"BO_EVENT", "BO_USER", "BO_CUSTOMER", "BO_SERVICE", "BO_RHOST", "BO_DETAIL", "MESSAGE_ID"}
LIBRARY = "/usr/local/lib/bo"
DESK = """#!/bin/sh
set -eu
[ ! -e /run/desk-is-closed ] || exit 1
printf '%s|%s|%s\\n' "$BO_EVENT" "$BO_USER" "$BO_DETAIL" >>"$STATE_DIRECTORY/told"
"""
TOLD = "/var/lib/bo-on-event/told"


class Events(Scenario):
    def entries(self, event, *matches):
        """What the journal has of an event, as journald keeps it."""
        self.server.run("journalctl --sync")
        return [json.loads(line) for line in self.server.journal(
            "-o", "json", "--all", UNIT, f"BO_EVENT={event}", *matches).splitlines()]

    def explained(self, event, *matches):
        """What `journalctl -x` says below the newest line of an event, in one line of text."""
        self.server.run("journalctl --sync")
        said = self.server.journal("-x", "-n", "1", UNIT, f"BO_EVENT={event}", *matches)
        return " ".join(line.lstrip("░ ") for line in said.splitlines() if line.startswith("░"))

    def guess(self, person, times=1):
        for _ in range(times):
            self.assertRefused(person.ssh().is_asked("Password: ", "Zq7-wrong"), "Permission denied")

    def test_refused_login_is_explained(self):
        person = self.person()
        self.guess(person)
        text = self.explained("login-failed", f"BO_USER={person.name}")
        self.assertIn("Subject: A login of a user of bo was refused", text)
        self.assertIn("The service sshd asked bo to let " + person.name + " in, and bo refused: WrongCredentials.", text)
        self.assertIn("LockoutDuration=", text)

    def test_R38_lock_is_explained_with_what_opens_it(self):
        person = self.person()
        self.guess(person, 6)
        text = self.explained("login-locked", f"BO_USER={person.name}")
        self.assertIn(f"Too many attempts for {person.name} failed.", text)
        self.assertIn(f"boctl user reset {person.name}", text)

    def test_R17_key_of_a_disabled_user_is_a_refused_login(self):
        person = self.person()
        person.allow_key()
        self.server.disable(person)
        text = self.explained("user-disabled", f"BO_USER={person.name}")
        self.assertIn(f"{person.name} can no longer log in; SSH keys and jobs of cron are refused as well.", text)
        person.ssh("publickey").sees("Connection closed|Permission denied").leave()
        wait_until(lambda: self.entries("login-failed", f"BO_USER={person.name}"), 5, "the event")
        (entry,) = self.entries("login-failed", f"BO_USER={person.name}")
        self.assertEqual((entry["BO_DETAIL"], entry["BO_SERVICE"]), ("Deactivated", "sshd"))

    def test_change_names_user_and_customer(self):
        person = self.person()
        self.server.run("boctl customer create events-shop")
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "events-shop", "--role", "viewer"])
        text = self.explained("roles-changed", f"BO_USER={person.name}")
        self.assertIn(f"{person.name} holds at events-shop now: viewer", text)
        (entry,) = self.entries("customer-created", "BO_CUSTOMER=events-shop")
        self.assertLessEqual(FIELDS, set(entry))

    def test_R67_request_and_approval_of_an_address_are_explained(self):
        self.server.run("boctl customer create events-api")
        asker = self.person("asker", "--customer", "events-api", "--role", "security-manager")
        owner = self.person("owner", "--customer", "events-api", "--role", "business-owner")
        self.assertEqual(asker.boctl("approval", "request", "192.0.2.0/24", "--customer", "events-api").returncode, 0)
        self.assertIn(f"{asker.name}, of the customer events-api, asks that its interface may be used from 192.0.2.0/24.",
                      self.explained("address-requested", "BO_CUSTOMER=events-api"))
        (row,) = self.server.rows("approval", "list", "--customer", "events-api")
        self.assertEqual(owner.boctl("approval", "approve", str(row["id"])).returncode, 0)
        self.assertIn("The interface of the customer events-api may be used from 192.0.2.0/24 now.",
                      self.explained("address-approved", "BO_CUSTOMER=events-api"))

    def test_settings_that_are_refused_are_explained(self):
        bad = "/etc/bo/accountd.conf.d/90-bad.conf"
        self.server.write(bad, "[Accounts]\nLockoutAttempts=nonsense\n")
        self.server.run("systemctl kill -s HUP bo-accountd.service")  # a reload looks at them first
        wait_until(lambda: self.entries("settings-refused"), 5, "the event")
        self.server.run(["rm", bad])
        self.assertIn("bo-accountd was told to read its settings again, and there is an error in them",
                      self.explained("settings-refused"))
        self.server.run("systemctl reload bo-accountd.service")
        wait_until(lambda: self.entries("settings-reloaded"), 5, "the event")

    def test_unknown_name_is_in_no_event(self):
        """It may be a password, typed at the wrong prompt."""
        stranger = self.nobody()
        self.server.talk("login").is_asked("login: ", stranger.name).is_asked("Password: ", "Zq7-wrong").sees(
            "Login incorrect").leave()
        wait_until(lambda: [entry for entry in self.entries("login-failed") if entry["BO_USER"] == ""], 5, "the event")
        self.server.run("journalctl --sync")
        self.assertNotIn(stranger.name, self.server.journal("-o", "json", "--all", UNIT))

    def test_zz_every_event_so_far_has_its_fields_and_no_text_lacks_one(self):
        """Last: the others have made events."""
        self.server.run("journalctl --sync")
        lines = self.server.journal("-o", "json", "--all", UNIT).splitlines()
        events = [entry for entry in map(json.loads, lines) if "BO_EVENT" in entry]
        self.assertGreater(len({entry["BO_EVENT"] for entry in events}), 8)
        for entry in events:
            self.assertLessEqual(FIELDS, set(entry), entry["BO_EVENT"])
            self.assertRegex(entry["MESSAGE_ID"], "^[0-9a-f]{32}$")
        catalog = [line for line in self.server.journal("-x", UNIT).splitlines() if line.startswith("░")]
        self.assertGreater(len(catalog), 50)
        self.assertEqual([line for line in catalog if re.search(r"@?BO_[A-Z]+", line)], [])


class Hearing(Scenario):
    def listener(self, user, *command):
        log = "/tmp/heard-" + re.sub(r"\W", "-", user)
        self.server.run(f"rm -f {log}")
        words = ["runuser", "-u", user, "--", *command]
        process = self.server.start(["sh", "-c", f'exec "$@" >{log} 2>&1', "sh", *words])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return lambda: self.server.run(f"cat {log} || true")

    def match(self, user):
        heard = self.listener(user, "dbus-monitor", "--system", f"type='signal',sender='{NAME}'")
        wait_until(lambda: "NameAcquired" in heard(), 5, "the listener to listen")
        return heard

    def test_R10_administrator_of_a_merchant_hears_nothing_not_even_of_his_own(self):
        self.server.run("boctl customer create hearing-shop")
        boss = self.person("boss", "--customer", "hearing-shop", "--role", "merchant-administrator")
        by_root, by_boss = self.match("root"), self.match(boss.name)
        mine = self.person("clerk", "--customer", "hearing-shop", "--role", "viewer")
        self.server.run("boctl customer alias hearing-shop Hearing")
        wait_until(lambda: "CustomerChanged" in by_root(), 5, "root to hear it")
        self.assertIn(mine.name, by_root())
        self.server.run(["runuser", "-u", boss.name, "--", "busctl", "call", "org.freedesktop.DBus", "/",
                         "org.freedesktop.DBus", "GetId"])  # what was sent before is there by now
        self.assertNotIn("interface=" + NAME, by_boss())
        self.assertNotIn(mine.name, by_boss())

    def test_R10_nobody_but_root_may_monitor_the_bus(self):
        person = self.person()
        said = self.server.try_run(f"busctl monitor {NAME}", user=person.name)
        self.assertNotEqual(said.returncode, 0)
        self.assertRegex(said.stderr, "[Aa]ccess denied|[Pp]ermission")

    def test_journal_is_not_for_ordinary_users(self):
        """R10: an administrator of a merchant reads the audit trail of his own, and no journal."""
        person = self.person()
        said = self.server.try_run(f"journalctl -q {UNIT}", user=person.name)
        self.assertNotIn("shop.example", said.stdout)


class Example(Scenario):
    """examples/on-event.sh with its service, installed as its head says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        examples = "/usr/share/doc/bo/examples"
        cls.server.run(f"mkdir -p {LIBRARY} /etc/systemd/system/bo-on-event.service.d && cp {examples}/on-event.sh {LIBRARY}/ && "
                       f"cp {examples}/bo-on-event.service /etc/systemd/system/")
        cls.server.write(f"{LIBRARY}/tell-desk", DESK, 0o755)
        cls.server.write("/etc/systemd/system/bo-on-event.service.d/soon.conf", "[Service]\nRestartSec=200ms\n")
        cls.server.run("systemctl daemon-reload && systemctl start bo-on-event.service")
        wait_until(lambda: cls.server.run("cat /var/lib/bo-on-event/cursor || true"), 10, "the example to listen")

    def told(self):
        return self.server.run(f"cat {TOLD} || true").splitlines()

    def disable(self, *options):
        person = self.person()
        self.server.run(["boctl", "user", "disable", person.name, *options])
        return person

    def test_command_runs_for_a_lock(self):
        person = self.person()
        for _ in range(6):
            person.ssh().is_asked("Password: ", "Zq7-wrong").sees("Permission denied").leave()
        wait_until(lambda: f"login-locked|{person.name}|LockedAttempts" in self.told(), 10, "the desk to be told")

    def test_what_happens_while_it_is_stopped_is_told_when_it_starts(self):
        self.server.run("systemctl stop bo-on-event.service")
        person = self.disable("--reason", "left us; $(id)")
        self.assertEqual([line for line in self.told() if person.name in line], [])
        self.server.run("systemctl start bo-on-event.service")
        wait_until(lambda: f"user-disabled|{person.name}|left us; $(id)" in self.told(), 10, "the desk to be told")

    def test_command_that_fails_gets_the_event_again(self):
        self.server.run("touch /run/desk-is-closed")
        person = self.disable()
        wait_until(lambda: int(self.server.run("systemctl show -P NRestarts bo-on-event.service")) > 0, 10, "a retry")
        self.server.run("rm /run/desk-is-closed")
        wait_until(lambda: f"user-disabled|{person.name}|" in self.told(), 10, "the desk to be told")
        self.assertEqual(sum(person.name in line for line in self.told()), 1)

    def test_line_that_somebody_else_wrote_is_no_event(self):
        liar = self.person("liar")
        forged = "MESSAGE=x\nBO_EVENT=login-locked\nBO_USER=forged\nBO_DETAIL=x\nSYSLOG_IDENTIFIER=bo-accountd\n"
        self.server.run("logger --journald", stdin=forged, user=liar.name)
        self.server.run("journalctl --sync")
        self.assertIn("forged", self.server.journal("-o", "json", "BO_USER=forged"))
        person = self.disable()
        wait_until(lambda: any(person.name in line for line in self.told()), 10, "the desk to be told")
        self.assertNotIn("forged", "".join(self.told()))
