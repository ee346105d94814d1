# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logins that nobody uses are closed (R37, R40; PCI DSS v4.0.1 8.2.6)."""

from scenario import Scenario
from ways import each_way, spread


@spread
class Idle(Scenario):
    def idle_person(self):
        person = self.person()
        self.server.clock.forward("90d")
        return person

    @each_way()
    def test_idle_for_90_days_is_stopped(self, way):
        person = self.idle_person()
        talk = way.answer(person, person.password)
        self.assertFalse(way.admits(talk))
        talk.leave()
        self.assertEqual(self.server.show(person)["status"], "locked-inactivity")

    @each_way("console", "su")
    def test_idle_user_is_told(self, way):
        person = self.idle_person()
        way.answer(person, person.password).sees("had not been used for too long").leave()

    def test_idle_for_90_days_is_stopped_with_a_key(self):
        person = self.person()
        person.allow_key()
        self.server.clock.forward("90d")
        self.assertRefused(person.ssh("publickey"), "Permission denied|Connection closed")
        self.assertEqual(self.server.show(person)["status"], "locked-inactivity")

    def test_one_second_before_90_days_it_opens(self):
        self.server.clock.freeze()
        person = self.person()
        self.server.clock.forward("10d")
        self.change_password(person)  # or it would have expired by then
        person.allow_key()
        self.assertAdmitted(person.ssh("publickey"))
        self.server.clock.forward(90 * 86400 - 1)
        talk = person.ssh().is_asked("Password: ", person.password)
        self.assertAdmitted(talk.is_asked(r"Change it now\? \[y/N\] ", "n"))

    def change_password(self, person):
        new = self.server.new_password()
        talk = person.passwd().is_asked("Current password: ", person.password)
        self.assertEqual(talk.is_asked("New password: ", new).is_asked("Repeat new password: ", new).ends()[0], 0)
        person.password = new

    def test_login_with_a_key_counts_as_use(self):
        person = self.person()
        person.allow_key()
        self.server.clock.forward("60d")
        self.assertAdmitted(person.ssh("publickey"))
        self.server.clock.forward("29d")
        self.assertAdmitted(person.ssh("publickey"))

    def test_clock_set_back_opens_nothing(self):
        person = self.idle_person()
        self.assertRefused(person.ssh().is_asked("Password: ", person.password), "Permission denied")
        try:
            self.server.clock.back("80d")
            self.assertRefused(person.ssh().is_asked("Password: ", person.password), "Permission denied")
        finally:
            self.server.clock.forward("80d")

    def test_reset_from_an_administrator_opens_it(self):
        """R37, R40."""
        person, new = self.idle_person(), self.server.new_password()
        self.assertRefused(person.ssh().is_asked("Password: ", person.password), "Permission denied")
        token = self.server.reset(person)
        talk = person.ssh().is_asked("Password: ", token)
        self.assertAdmitted(talk.is_asked("New password: ", new).is_asked("Repeat new password: ", new))
        self.assertAdmitted(person.ssh().is_asked("Password: ", new))

    def test_reset_enables_no_deactivated_user(self):
        """R37."""
        person, new = self.person(), self.server.new_password()
        self.server.run(["boctl", "user", "disable", person.name])
        talk = person.ssh().is_asked("Password: ", self.server.reset(person))
        if talk.sees_one_of("New password: ", "Permission denied") == 0:
            self.assertRefused(talk.types(new).is_asked("Repeat new password: ", new), "Permission denied")
        self.assertEqual(self.server.show(person)["status"], "deactivated")
