# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mail as it is in earnest: bo-maild from its package, postfix with TLS and authentication, a mailbox."""

import re

from machine import wait_until
from postbox import PASSWORD, WAIT, Mailbox
from server import Person, packages


class Mail(Mailbox):
    def create(self, first="mia"):
        """A user whom the administrator got no token for."""
        name = self.fresh_name(first)
        made = self.server.row("user", "create", name)
        self.assertFalse(made.get("token"), made)
        return name

    def activated(self, first="mia"):
        name = self.create(first)
        person = Person(self.server, name, self.token(self.letter(name, "Activate")))
        person.activate()
        return person

    def waiting(self):
        return self.server.rows("mail", "list")

    def test_activation_link_arrives_in_the_mailbox_and_opens_the_account(self):
        person = self.activated()
        message = self.letter(person.name, "Activate")
        self.assertEqual((message["From"].addresses[0].addr_spec, message["Auto-Submitted"]),
                         ("noreply@shop.example", "auto-generated"))
        self.assertRegex(message["Message-ID"], r"^<\d+\.[0-9a-f]{16}@shop\.example>$")
        hops = " ".join(message.get_all("Received"))
        self.assertIn("TLSv1", hops)
        self.assertIn("Authenticated sender: bo", hops)
        self.assertEqual(message.defects, [])
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        self.assertEqual(self.waiting(), [])

    def test_reset_link_arrives_and_the_change_is_told(self):
        person = self.activated("rob")
        made = self.server.row("user", "reset", person.name)
        self.assertFalse(made.get("token"), made)
        person.token = self.token(self.letter(person.name, "new password"))
        person.activate()
        self.letter(person.name, "was changed")
        person.ssh().is_asked("Password: ", person.token).sees("Permission denied").leave()

    def test_lock_is_told(self):
        person = self.activated("lea")
        for _ in range(6):
            person.ssh().is_asked("Password: ", "Zq7-wrong").sees("Permission denied").leave()
        self.assertIn("minutes: 30", self.letter(person.name, "locked").get_body(("plain",)).get_content())

    def test_server_down_for_an_hour_and_all_killed_meanwhile_every_mail_arrives(self):
        # The instance as well: systemctl would not wait for its end.
        self.server.run("systemctl stop postfix postfix@-")
        self.assertEqual(self.waiting(), [])
        names = [self.create("ida") for _ in range(3)]
        try:
            for _ in range(4):
                wait_until(lambda: all(row["attempts"] > 0 for row in self.waiting()), WAIT, "an attempt")
                self.server.run("systemctl kill -s KILL bo-maild")
                names.append(self.create("ida"))
                self.server.run("systemctl kill -s KILL bo-accountd.service")
                wait_until(lambda: self.server.try_run("boctl roles").returncode == 0, WAIT, "the daemon")
                self.server.clock.forward("15m")
                names.append(self.create("ida"))
                wait_until(lambda: self.server.try_run("systemctl reload bo-maild").returncode == 0, WAIT, "bo-maild")
            self.assertEqual([row["recipient"] for row in self.waiting()], names)
            checked = self.server.try_run("boctl check")
            self.assertEqual(checked.returncode, 1)
            self.assertRegex(checked.stdout, r"waiting for more than an hour")
        finally:
            self.server.run("systemctl start postfix")
        self.server.clock.forward("4h")
        self.server.run("systemctl reload bo-maild")
        for name in names:
            self.token(self.letter(name, "Activate"))
        wait_until(lambda: self.waiting() == [], WAIT, "an empty outbox")
        self.assertRegex(self.server.run("boctl check"), r"(?m)^ok +daemon$")

    def test_nothing_of_a_link_is_in_the_journal(self):
        person = self.activated("una")
        said = self.server.journal("-o", "export")
        for secret in (person.token, PASSWORD):
            self.assertNotIn(secret, said)

    def test_exposure_is_at_most_1_2(self):
        text = self.server.run("systemd-analyze security --no-pager bo-maild.service")
        exposure = float(re.search(r"Overall exposure level for bo-maild.service: ([\d.]+)", text)[1])
        self.assertLessEqual(exposure, 1.2, text)

    def test_mailer_is_no_root_has_no_capability_and_sees_no_store(self):
        pid = self.server.run("systemctl show -P MainPID bo-maild.service").strip()
        status = self.server.read(f"/proc/{pid}/status")
        self.assertEqual(re.search(r"^Uid:\s+(.*)$", status, re.M)[1].split(),
                         [self.server.run("id -u bo-maild").strip()] * 4)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(re.search(rf"^{kind}:\s+(\w+)$", status, re.M)[1], 16), 0, kind)
        for path in ("accounts.db", "key"):
            self.assertNotEqual(self.server.try_run(["cat", f"/var/lib/bo-accountd/{path}"], user="bo-maild").returncode, 0)

    def test_z_removed_links_go_to_administrators_again_and_installed_again_to_users(self):
        self.server.run("apt-get -y -q remove bo-maild </dev/null", timeout=120)
        self.assertTrue(self.server.row("user", "create", self.fresh_name())["token"])
        self.server.install([path for path in packages(mail=True) if path.name.startswith("bo-maild_")])
        name = self.create()
        self.token(self.letter(name, "Activate"))
        self.server.run("apt-get -y -q purge bo-maild </dev/null", timeout=120)
        self.assertEqual(self.server.try_run("ls /etc/bo/accountd.conf.d").stdout, "10-machine.conf\n")
        self.assertTrue(self.server.row("user", "create", self.fresh_name())["token"])
