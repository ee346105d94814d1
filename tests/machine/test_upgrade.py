# SPDX-License-Identifier: LGPL-2.1-or-later
"""An unverified user becomes verified: what the system sees of it."""

from machine import wait_until
from scenario import Scenario
from server import Person


class Upgrade(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run("boctl customer create till")

    def unverified(self):
        made = self.server.row("user", "create", "--unverified", "--customer", "till", "--role", "encoder")
        person = Person(self.server, made["username"], made["token"])
        person.activate()
        return person

    def upgrade(self, person):
        """The same person by the new name, with the token and without a password."""
        email = self.fresh_name()
        same = Person(self.server, email, self.server.row("user", "upgrade", person.name, email)["token"])
        same.otp_secret = person.otp_secret
        self.server.await_the_end(same)  # before, he opens no session
        return same

    def passwd(self, key):
        return self.server.run(["getent", "passwd", key]).rstrip("\n").split(":")

    def unknown(self, *words):
        return self.server.try_run([*words]).returncode == 2

    def test_R23_R25_generated_name_logs_in(self):
        person = self.unverified()
        self.assertRegex(person.name, r"^([a-z][aeiou]){4}[2-9]{4}$")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_R45_uid_home_shell_and_groups_are_the_same_by_the_new_name(self):
        person = self.unverified()
        before, groups = self.passwd(person.name), self.server.run(["id", "-G", person.name])
        same = self.upgrade(person)
        after = self.passwd(same.name)
        self.assertEqual(after[0], same.name)
        self.assertEqual(after[1:], before[1:])
        self.assertEqual(self.passwd(before[2])[0], same.name)
        self.assertEqual(self.server.run(["id", "-G", same.name]), groups)
        self.assertEqual(self.server.run(["getent", "group", before[2]]).split(":")[0], same.name)
        for group in ("bo-encoder", "bo-c-till"):
            members = self.server.run(["getent", "group", group]).strip().split(":")[3].split(",")
            self.assertIn(same.name, members)
            self.assertNotIn(person.name, members)

    def test_R43_old_name_is_unknown_to_the_system_and_cannot_be_created(self):
        person = self.unverified()
        self.passwd(person.name)  # whatever is remembered of it must go
        self.upgrade(person)
        self.assertTrue(self.unknown("getent", "passwd", person.name))
        self.assertTrue(self.unknown("getent", "group", person.name))
        self.assertTrue(self.unknown("getent", "initgroups", person.name) or
                        self.server.run(["getent", "initgroups", person.name]).split()[1:] == [])
        self.assertRefused(person.ssh().is_asked("Password: ", person.password))
        again = self.server.try_run(["boctl", "user", "create", person.name])
        self.assertEqual(again.returncode, 6)
        self.assertIn("never used again", again.stderr)
        self.server.run("systemctl restart bo-accountd.service")
        self.assertTrue(self.unknown("getent", "passwd", person.name))

    def test_R44_R45_nobody_logs_in_before_the_link_was_used(self):
        person = self.unverified()
        person.allow_key()
        same = self.upgrade(person)
        self.assertRefused(same.ssh().is_asked("Password: ", person.password))
        self.assertRefused(same.ssh("publickey"), r"not active yet|Connection closed|Permission denied")
        same.activate()
        talk = same.ssh().is_asked("Password: ", same.password).at_shell()
        self.assertEqual(talk.does('echo "$HOME"; id -un'), (0, f"/home/{person.name}\n{same.name}\n"))
        talk.leave()
        self.assertAdmitted(same.ssh("publickey"))

    def test_R45_old_password_is_not_taken_again(self):
        person = self.unverified()
        talk = self.upgrade(person)
        token, talk = talk.token, talk.ssh()
        talk.is_asked("Password: ", token).is_asked("New password: ", person.password)
        talk.is_asked("Repeat new password: ", person.password).sees("used before")
        talk.leave()

    def test_R45_R60_second_factor_stays(self):
        person = self.unverified()
        person.enable_otp()
        same = self.upgrade(person)
        self.server.clock.forward("60s")
        password = self.server.new_password()
        talk = same.ssh().is_asked("Password: ", same.token).is_asked("One-time code: ", same.code())
        self.assertAdmitted(talk.is_asked("New password: ", password).is_asked("Repeat new password: ", password))

    def test_sessions_end(self):
        if self.server.try_run("systemctl cat bo-sessiond.service").returncode != 0:
            self.skipTest("bo-sessiond is not installed")
        person = self.unverified()
        uid = self.passwd(person.name)[2]
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.upgrade(person)
        wait_until(lambda: self.server.try_run(["pgrep", "-u", uid]).returncode == 1, 10, "the end of the session")
        talk.leave()
