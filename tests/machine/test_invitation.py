# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two merchants on one host: each invites, sees and manages his own (R10, R48, R49)."""

import re

from machine import wait_until
from postbox import WAIT, Mailbox
from server import Person

OFFER = r"invites you to work for them\. Accept\? \[yes/no/later\] "
USER = "/org/backoffice/Accounts1/user/_"


class Invitation(Mailbox):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run("boctl customer create bakery --alias 'The Bakery'")
        cls.server.run("boctl customer create garage --alias 'The Garage'")
        cls.baker = cls.newcomer(None, "baker", "--customer", "bakery", "--role", "merchant-administrator")
        cls.mechanic = cls.newcomer(None, "mechanic", "--customer", "garage", "--role", "merchant-administrator")

    @classmethod
    def newcomer(cls, admin, first, *options):
        """Made by @admin, root if None; activated by the mail that came."""
        self, name = cls("letter"), cls.fresh_name(first)
        words = ["boctl", "user", "create", name, *options]
        cls.server.run(words) if admin is None else self.does(admin, *words[1:])
        person = Person(cls.server, name, self.token(self.letter(name, "Activate")))
        person.activate()
        return person

    def does(self, person, *words):
        done = person.boctl(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def employee(self):
        return self.newcomer(self.baker, "emp", "--customer", "bakery", "--role", "viewer")

    def invite(self, person):
        self.does(self.mechanic, "user", "create", person.name, "--customer", "garage", "--role", "encoder")
        return self.token(self.letter(person.name, "invited to The Garage"))

    def listed(self, admin, customer, name):
        """The line of @name in his list."""
        lines = self.does(admin, "user", "list", "--customer", customer).splitlines()
        return next((line for line in lines if name in line), "")

    def roles(self, person):
        return sorted(self.server.show(person)["roles"])

    def test_R49_mail_arrives_and_is_accepted_at_the_ssh_prompt(self):
        person = self.employee()
        self.invite(person)
        self.assertIn("activation-sent", self.listed(self.mechanic, "garage", person.name))
        talk = person.ssh().is_asked("Password: ", person.password).is_asked(OFFER, "yes")
        talk.sees("You are a member of The Garage now").at_shell()
        talk.leave()
        self.assertEqual(self.roles(person), ["bakery:viewer", "garage:encoder"])
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        self.does(person, "switch", "garage")
        self.assertIn(person.name, self.server.run("getent group bo-c-garage"))

    def test_R49_accepted_by_boctl(self):
        person = self.employee()
        self.invite(person)
        self.assertIn("The Garage", self.does(person, "invitation", "list"))
        self.assertIn("member of garage", self.does(person, "invitation", "accept", "garage"))
        self.assertEqual(self.roles(person), ["bakery:viewer", "garage:encoder"])
        self.assertEqual(person.boctl("invitation", "accept", "garage").returncode, 5)

    def test_R49_accepted_with_the_mailed_token_and_ones_own_password(self):
        person = self.employee()
        token = self.invite(person)
        talk = person.ssh().is_asked("Password: ", token).is_asked("Password: ", person.password)
        talk.at_shell().leave()
        self.assertEqual(self.roles(person), ["bakery:viewer", "garage:encoder"])

    def test_R10_each_administrator_sees_and_manages_his_own_over_ssh(self):
        person = self.employee()
        self.invite(person)
        self.does(person, "invitation", "accept", "garage")
        self.does(person, "switch", "garage")
        shell = self.mechanic.ssh().is_asked("Password: ", self.mechanic.password).at_shell()
        status, text = shell.does(f"boctl user show {person.name}")
        self.assertEqual((status, "garage" in text, "bakery" in text), (0, True, False))
        self.assertEqual(shell.does("boctl user list --customer bakery >/dev/null 2>&1; echo $?")[1].strip(), "5")
        self.assertEqual(shell.does(f"boctl user disable {person.name} --reason gone")[0], 0)
        shell.leave()
        self.assertIn("deactivated", self.listed(self.mechanic, "garage", person.name))
        self.assertIn("active", self.listed(self.baker, "bakery", person.name))
        self.assertNotIn("deactivated", self.listed(self.baker, "bakery", person.name))
        self.assertNotIn(person.name, self.server.run("getent group bo-c-garage"))
        wait_until(lambda: "sessions-ended" in self.server.run(["boctl", "audit", "list", "--user", person.name]), WAIT,
                   "the end of his sessions")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        done = self.baker.boctl("user", "disable", person.name, "--customer", "garage")
        self.assertEqual(done.returncode, 5, done.stdout)

    def test_R49_busctl_shows_the_creator_no_difference(self):
        seen = []
        for name in (self.employee().name, self.fresh_name("emp")):
            made = self.does(self.mechanic, "user", "create", name, "--customer", "garage", "--role", "encoder")
            uid = re.search(r"uid (\d+)", made)[1]
            calls = [f"busctl call org.backoffice.Accounts1 {USER}{uid} org.freedesktop.DBus.Properties GetAll s "
                     "org.backoffice.Accounts1.User",
                     f"busctl call org.backoffice.Accounts1 /org/backoffice/Accounts1 "
                     f"org.backoffice.Accounts1.Manager GetUser s {name}",
                     f"busctl call org.backoffice.Accounts1 {USER}{uid} org.backoffice.Accounts1.User BecomeVerified "
                     "'sa{sv}' other@shop.example 0 2>&1; true"]
            text = made + "".join(self.server.run(call, user=self.mechanic.name) for call in calls)
            seen.append(re.sub(r"\b1\d{15}\b", "TIME", text.replace(name, "ADDRESS").replace(uid, "UID")))
        self.assertEqual(*seen)
