# SPDX-License-Identifier: LGPL-2.1-or-later
"""A forgotten password, over SSH: asked for at the prompt, mailed, used once (R24, R36, R37, R75)."""

import json

from machine import wait_until
from scenario import Scenario
from server import SOCKET, Person

NAME = "org.backoffice.Accounts1"
SETTINGS = "/etc/bo/accountd.conf.d/reset.conf"
WORD = "forgot"


class Reset(Scenario):
    @classmethod
    def setUpClass(cls):
        """Mail is queued, and read here instead of being delivered."""
        super().setUpClass()
        cls.mails = []
        cls.server.try_run("systemctl mask --runtime --now bo-maild.service")
        cls.addClassCleanup(cls.server.try_run, "systemctl unmask --runtime bo-maild.service")
        cls.server.write(SETTINGS, "[Accounts]\nMail=yes\n")
        cls.server.run("systemctl reload bo-accountd.service")
        cls.addClassCleanup(cls.server.run, f"rm -f {SETTINGS}; systemctl reload bo-accountd.service")

    def outbox(self, member, *arguments):
        return json.loads(self.server.run([
            "busctl", f"--address=unix:path={SOCKET}", "--json=short", "call", NAME, "/org/backoffice/Accounts1",
            f"{NAME}.Mail", member, *arguments]) or "null")

    def fetch(self):
        for mail in self.outbox("Take", "u", "64")["data"][0]:
            fields = mail["Fields"]["data"]
            self.mails.append((mail["Recipient"]["data"], mail["Kind"]["data"], fields))
            self.outbox("Delivered", "t", str(mail["Id"]["data"]))

    def links(self, name, kind="reset"):
        self.fetch()
        return [self.server.keep_secret(fields["token"]) for recipient, each, fields in self.mails
                if (recipient, each) == (name, kind)]

    def person(self, first="alice", *options):
        name = self.fresh_name(first)
        self.assertIsNone(self.server.row("user", "create", name, *options)["token"])
        token, = self.links(name, "activation")
        person = Person(self.server, name, token)
        person.activate()
        return person

    def asks(self, person, word=WORD):
        """The whole dialogue, without the name."""
        _, seen = person.ssh().is_asked("Password: ", word).ends()
        return seen.replace(person.name, "NAME").replace("\r", "")

    def own_link(self, person):
        before = len(self.links(person.name))
        self.asks(person)
        wait_until(lambda: len(self.links(person.name)) > before, what="a mail with a link")
        return self.links(person.name)[-1]

    def tries(self, person, token):
        """The whole dialogue of one whose token is refused, without the name."""
        _, seen = person.ssh().is_asked("Password: ", token).ends()
        return seen.replace(person.name, "NAME").replace("\r", "")

    def uses(self, person, token):
        password = self.server.new_password()
        self.assertAdmitted(person.ssh().is_asked("Password: ", token).is_asked("New password: ", password)
                            .is_asked("Repeat new password: ", password))
        person.password = password

    def test_R75_forgot_over_ssh_says_the_same_to_everybody(self):
        self.addCleanup(self.server.clock.forward, "1h")  # so often, from one address
        disabled = self.person()
        self.server.run(["boctl", "user", "disable", disabled.name])
        said = {kind: self.asks(person) for kind, person in {
            "known": self.person(), "unknown": self.nobody(), "disabled": disabled,
            "program": self.robot()}.items()}
        self.assertEqual(set(said.values()), {said["known"]}, said)
        self.assertIn("a mail with a link is on its way", said["known"])
        for _ in range(7):  # counts no failure
            self.assertEqual(self.asks(self.nobody()), said["known"])

    def test_R75_six_wrong_letters_tell_no_names_apart(self):
        """sshd hides what was typed for a name that NSS does not know, but not how long it was."""
        self.assertEqual(self.asks(self.person(), "sesame"), self.asks(self.nobody(), "sesame"))

    def test_R36_mailed_link_opens_over_ssh(self):
        person = self.person()
        self.uses(person, self.own_link(person))
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_R39_own_link_opens_the_lock_by_attempts(self):
        person = self.person()
        for _ in range(6):
            person.ssh().is_asked("Password: ", "Zq7-wrong").ends()
        self.assertEqual(self.server.show(person)["status"], "locked-attempts")
        self.uses(person, self.own_link(person))

    def test_R24_refusals_of_a_link_have_one_text(self):
        used, late, changed, other, wrong = (self.person() for _ in range(5))
        said = {}
        token = self.own_link(used)
        self.uses(used, token)
        said["second use"] = self.tries(used, token)
        said["somebody else's"] = self.tries(other, self.own_link(late))
        token = self.own_link(changed)
        said["a password as long"] = self.tries(wrong, "Zq7-no-password-but-as-long-as-one")
        said["a slip"] = self.tries(wrong, token[:-1] + ("2" if token[-1] != "2" else "3"))
        said["unknown name"] = self.tries(self.nobody(), token)
        self.changes_password(changed)
        said["after a change of the password"] = self.tries(changed, token)
        token = self.own_link(late)
        self.server.clock.freeze()
        self.server.clock.forward("1h")
        said["late"] = self.tries(late, token)
        self.assertEqual(set(said.values()), {said["late"]}, said)
        self.assertIn("look for a typing error", said["late"])
        self.assertIn("Permission denied", said["late"])

    def changes_password(self, person):
        fresh = self.server.new_password()
        talk = person.passwd().is_asked("[Cc]urrent password: ", person.password)
        talk.is_asked("[Nn]ew password: ", fresh).is_asked("[Rr]epeat|[Rr]etype", fresh)
        self.assertEqual(talk.ends()[0], 0)
        person.password = fresh

    def test_R24_of_two_uses_at_once_one_sets_the_password(self):
        person = self.person()
        token = self.own_link(person)
        passwords = self.server.new_password(), self.server.new_password()
        talks = [person.ssh().is_asked("Password: ", token).is_asked("New password: ", password)
                 for password in passwords]
        for talk, password in zip(talks, passwords):
            talk.sees("Repeat new password: ")
        for talk, password in zip(talks, passwords):
            talk.types(password)
        won = [talk.sees_one_of(r"[$#] $", "Permission denied") == 0 for talk in talks]
        for talk in talks:
            talk.leave()
        self.assertEqual(sorted(won), [False, True])
        self.assertAdmitted(person.ssh().is_asked("Password: ", passwords[won.index(True)]))
        self.assertRefused(person.ssh().is_asked("Password: ", passwords[won.index(False)]))
