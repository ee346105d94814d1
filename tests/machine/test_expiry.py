# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords that expire, and what a new one must be (R2, R3, R4, R46, R47, R73, R74)."""

from scenario import Scenario
from ways import each_way, spread

NEW, REPEAT = "New password: ", "Repeat new password: "


@spread
class Expiry(Scenario):
    def expired_person(self):
        person = self.person()
        self.server.clock.forward("45d")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))  # or he would be idle
        self.server.clock.forward("45d")
        return person

    def change(self, talk, password):
        return talk.is_asked(NEW, password).is_asked(REPEAT, password)

    @each_way("ssh_keyboard_interactive", "console", "su")
    def test_expired_password_must_be_changed_at_login(self, way):
        person = self.expired_person()
        new = self.server.new_password()
        talk = way.answer(person, person.password)
        self.assertTrue(way.admits(self.change(talk, new)))
        talk.leave()
        self.assertFalse(way.admits(way.answer(person, person.password)))
        self.assertTrue(way.admits(way.answer(person, new)))

    def test_expired_password_must_be_changed_at_sudo(self):
        person = self.expired_person()
        new = self.server.new_password()
        talk = person.sudo("-k id -un").is_asked(r"password for [^:]*: |Password: ", person.password)
        if talk.sees_one_of(NEW, "Current password: ") == 1:
            talk.types(person.password).sees(NEW)
        talk.types(new).is_asked(REPEAT, new)
        talk.ends()
        talk = person.sudo("-k id -un").is_asked(r"password for [^:]*: |Password: ", new)
        talk.sees(r"(?<!\S)root\r?\n").leave()

    def test_sudo_runs_nothing_while_the_password_is_expired(self):
        person = self.expired_person()
        talk = person.sudo("-k id -un").is_asked(r"password for [^:]*: |Password: ", person.password)
        talk.sees_one_of(NEW, "Current password: ")
        talk.child.sendeof()
        talk.leave()
        self.assertNotRegex(talk.seen, r"(?<!\S)root\r?\n")

    @each_way("ssh_keyboard_interactive", "console", "su")
    def test_present_password_is_not_asked_twice(self, way):
        talk = way.answer(person := self.expired_person(), person.password)
        self.assertEqual(talk.sees_one_of(NEW, "Current password: "), 0)
        talk.leave()

    def test_expired_password_is_changed_by_passwd_after_ssh_password(self):
        """PasswordAuthentication has no dialogue: sshd runs passwd at the terminal, then ends the session."""
        person = self.expired_person()
        new = self.server.new_password()
        talk = person.ssh("password").is_asked("password: ", person.password)
        talk.is_asked("Current password: ", person.password)
        self.change(talk, new).ends()
        self.assertAdmitted(person.ssh("password").is_asked("password: ", new))

    def test_expired_password_is_changed_by_passwd_after_a_key(self):
        person = self.expired_person()
        person.allow_key()
        new = self.server.new_password()
        talk = person.ssh("publickey").is_asked("Current password: ", person.password)
        self.change(talk, new).ends()
        self.assertAdmitted(person.ssh("publickey"))

    def test_command_without_a_terminal_is_refused_while_expired(self):
        person = self.expired_person()
        person.allow_key()
        status, text = person.ssh("publickey", command=["echo", "reached"]).ends()
        self.assertNotEqual(status, 0)
        self.assertNotIn("reached", text)

    def test_leaving_at_the_change_leaves_it_expired(self):
        person = self.expired_person()
        person.ssh().is_asked("Password: ", person.password).sees(NEW).leave()
        self.assertEqual(self.server.show(person)["status"], "password-expired")
        person.ssh().is_asked("Password: ", person.password).sees(NEW).leave()

    def test_expires_after_exactly_90_days(self):
        self.server.clock.freeze()
        person = self.person()
        self.server.clock.forward("45d")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        self.server.clock.forward(45 * 86400 - 1)
        talk = person.ssh().is_asked("Password: ", person.password)
        self.assertAdmitted(talk.is_asked(r"Change it now\? \[y/N\] ", "n"))
        self.server.clock.forward("1s")
        person.ssh().is_asked("Password: ", person.password).sees(NEW).leave()

    def test_old_passwords_are_refused_and_a_new_one_works(self):
        """R46: the last five, the present one included."""
        person = self.person()
        used = [person.password]
        for _ in range(4):
            self.server.clock.forward("2d")  # past the window of R47
            used.append(self.server.new_password())
            self.assertChanged(person, used[-1])
        self.server.clock.forward("2d")
        for old in used:
            self.assertNotChanged(person, old, "used before|It is the present password")
        self.assertChanged(person, self.server.new_password())

    def test_a_sixth_back_may_be_used_again(self):
        person = self.person()
        first = person.password
        for _ in range(5):
            self.server.clock.forward("2d")
            self.assertChanged(person, self.server.new_password())
        self.server.clock.forward("2d")
        self.assertChanged(person, first)

    def test_all_passwords_of_the_last_24_hours_are_refused(self):
        """R47: however many."""
        person = self.person()
        first = person.password
        for _ in range(6):
            self.assertChanged(person, self.server.new_password())
        self.assertNotChanged(person, first, "used before")

    def test_weak_password_is_refused_with_a_reason(self):
        """R74."""
        self.assertNotChanged(self.person(), "short1", "(?i)short|characters|rules|weak")

    def test_wrong_present_password_changes_nothing(self):
        person = self.person()
        new = self.server.new_password()
        talk = person.passwd().is_asked("Current password: ", "Zq7-wrong")
        status, _ = talk.ends()
        self.assertNotEqual(status, 0)
        self.assertRefused(person.ssh().is_asked("Password: ", new), "Permission denied")

    def test_wrong_present_passwords_at_passwd_lock(self):
        """R38: as good a place to guess as any."""
        person = self.person()
        for _ in range(6):
            person.passwd().is_asked("Current password: ", "Zq7-wrong").ends()
        person.ssh().sees("this login is locked").leave()

    def test_passwd_of_a_deactivated_user_is_refused(self):
        person = self.person()
        self.server.disable(person)
        status, text = person.passwd().ends()
        self.assertNotEqual(status, 0)
        self.assertIn("deactivated", text)

    def test_boctl_changes_the_password(self):
        """R4."""
        person, new = self.person(), self.server.new_password()
        talk = self.server.talk("boctl password", user=person.name)
        talk.is_asked("Current password: ", person.password)
        self.assertEqual(self.change(talk, new).ends()[0], 0)
        self.assertAdmitted(person.ssh().is_asked("Password: ", new))

    def assertChanged(self, person, new):
        talk = person.passwd().is_asked("Current password: ", person.password)
        status, text = self.change(talk, new).ends()
        self.assertEqual(status, 0, text)
        person.password = new

    def assertNotChanged(self, person, new, why):
        talk = person.passwd().is_asked("Current password: ", person.password).is_asked(NEW, new)
        if talk.sees_one_of(why, REPEAT) == 1:
            talk.types(new).sees(why)
        talk.leave()
        self.assertEqual(self.server.show(person)["status"], "active")

    @each_way("sudo", "su")
    def test_no_offer_to_who_has_logged_in_already(self, way):
        """PasswordOffer= is off for what is asked many times a day."""
        person = self.person()
        self.server.clock.forward("77d")
        self.assertTrue(way.admits(way.answer(person, person.password)))

    @each_way("ssh_keyboard_interactive", "console")
    def test_warned_from_14_days_before_with_the_offer(self, way):
        """R3: told at login, and can change it there and then."""
        person, new = self.person(), self.server.new_password()
        self.server.clock.forward("77d")
        talk = way.answer(person, person.password)
        talk.is_asked(r"expires in 13 days\. Change it now\? \[y/N\] ", "y")
        self.assertTrue(way.admits(self.change(talk, new)))
        talk.leave()
        self.assertTrue(way.admits(way.answer(person, new)))

    def test_offer_may_be_declined(self):
        person = self.person()
        self.server.clock.forward("77d")
        talk = person.ssh().is_asked("Password: ", person.password)
        self.assertAdmitted(talk.is_asked(r"Change it now\? \[y/N\] ", ""))
        self.assertEqual(self.server.show(person)["status"], "active")

    def test_not_warned_15_days_before(self):
        person = self.person()
        self.server.clock.forward("74d")
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.assertNotIn("expires", talk.seen)
        talk.leave()

    def test_warned_exactly_14_days_before(self):
        self.server.clock.freeze()
        person = self.person()
        self.server.clock.forward(76 * 86400 - 1)
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.assertNotIn("expires", talk.seen)
        talk.leave()
        self.server.clock.forward(1)
        person.ssh().is_asked("Password: ", person.password).sees("expires in 14 days").leave()

    def test_key_login_is_told_without_a_question(self):
        """R3: there is no conversation under publickey, so a line must do."""
        person = self.person()
        person.allow_key()
        self.server.clock.forward("77d")
        talk = person.ssh("publickey").at_shell()
        self.assertIn("Your password expires in 13 days. Change it with `passwd`.", talk.seen)
        talk.leave()

    def test_password_authentication_passes_over_the_offer(self):
        """sshd refuses the echoed question; that declines the offer and nothing else."""
        person = self.person()
        self.server.clock.forward("77d")
        self.assertAdmitted(person.ssh("password").is_asked("password: ", person.password))
