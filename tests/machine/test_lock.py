# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guessing locks (R38; PCI DSS v4.0.1 8.3.4)."""

import concurrent.futures

from scenario import Scenario
from ways import WAYS, each_way, spread

ATTEMPTS = 6
LOCKED = r"this login is locked"


@spread
class Lock(Scenario):
    def guess(self, person, times):
        """Wrong passwords by the quickest way."""
        for _ in range(times):
            self.assertFalse(WAYS[0].admits(WAYS[0].answer(person, "Zq7-wrong")))

    def locked_person(self):
        person = self.person()
        self.guess(person, ATTEMPTS)
        return person

    @each_way()
    def test_right_password_after_six_wrong_ones_is_refused(self, way):
        person = self.locked_person()
        talk = way.answer(person, person.password)
        self.assertFalse(way.admits(talk))
        talk.leave()
        self.assertEqual(self.server.show(person)["status"], "locked-attempts")

    @each_way("ssh_keyboard_interactive", "console", "su")
    def test_lock_says_so(self, way):
        person = self.locked_person()
        way.begin(person).sees(LOCKED).leave()

    def test_five_wrong_ones_lock_nothing(self):
        person = self.person()
        self.guess(person, ATTEMPTS - 1)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_right_password_starts_the_count_again(self):
        person = self.person()
        for _ in range(2):
            self.guess(person, ATTEMPTS - 1)
            self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    @each_way("console", "sudo", "su")
    def test_wrong_passwords_count_in_every_service(self, way):
        person = self.person()
        self.guess(person, ATTEMPTS - 1)
        self.assertFalse(way.admits(way.answer(person, "Zq7-wrong")))
        person.ssh().sees(LOCKED).leave()

    def test_lock_opens_exactly_after_30_minutes(self):
        person = self.person()
        self.server.clock.freeze()
        self.guess(person, ATTEMPTS)
        self.server.clock.forward("29m59s")
        talk = person.ssh().is_asked(LOCKED + r"[^$]*Password: ", person.password)
        self.assertRefused(talk, "Permission denied")
        self.server.clock.forward("1s")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_attempts_while_locked_do_not_lengthen_it(self):
        person = self.person()
        self.server.clock.freeze()
        self.guess(person, ATTEMPTS)
        self.server.clock.forward("29m")
        self.guess(person, ATTEMPTS)
        self.server.clock.forward("1m")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_clock_set_back_opens_nothing(self):
        person = self.person()
        self.server.clock.freeze()
        self.guess(person, ATTEMPTS)
        try:
            self.server.clock.back("1h")
            person.ssh().sees(LOCKED).leave()
        finally:
            self.server.clock.forward("1h")

    def test_lock_survives_a_restart(self):
        person = self.locked_person()
        self.server.run("systemctl restart bo-accountd.service")
        person.ssh().sees(LOCKED).leave()

    def test_locked_user_is_stopped_with_a_key(self):
        person = self.locked_person()
        person.allow_key()
        self.assertRefused(person.ssh("publickey"), "Permission denied|Connection closed")

    def test_reset_token_opens_the_lock(self):
        """R37, R39: completing the reset, not asking for it."""
        person = self.locked_person()
        token = self.server.reset(person)
        self.assertEqual(self.server.show(person)["status"], "locked-attempts")
        new = self.server.new_password()
        talk = person.ssh().is_asked("Password: ", token)
        self.assertAdmitted(talk.is_asked("New password: ", new).is_asked("Repeat new password: ", new))
        self.assertAdmitted(person.ssh().is_asked("Password: ", new))

    def test_unknown_name_locks_like_a_known_one(self):
        """The lock must not tell who exists."""
        nobody = self.nobody()
        self.guess(nobody, ATTEMPTS)
        nobody.ssh().sees(LOCKED).leave()

    def test_fifty_guesses_at_once_get_six_tests_at_most(self):
        """The failure is charged before the hash: whoever came seventh was not tested."""
        person = self.person()
        before = self.failures(person)
        talks = [person.ssh().sees("Password: ") for _ in range(50)]
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            refused = list(pool.map(lambda talk: not WAYS[0].admits(talk.types("Zq7-wrong")), talks))
        self.assertEqual(refused, [True] * 50)
        self.assertLessEqual(self.failures(person) - before, ATTEMPTS)
        self.assertEqual(self.server.show(person)["status"], "locked-attempts")

    def failures(self, person):
        """Passwords that were tested and found wrong, as the audit trail has it."""
        rows = self.server.rows("audit", "list", "--user", person.name, "--limit", "1000")
        return sum(row["event"] in ("login-failed", "login-locked") for row in rows)
