# SPDX-License-Identifier: LGPL-2.1-or-later
"""One-time codes (R54 to R57, R61 to R63; RFC 6238)."""

import re

from scenario import Scenario
from server import Person
from totp import code as code_of
from ways import WAYS, each_way, spread

CODE = "One-time code: "
WAYS_THAT_ASK = [way for way in WAYS if way.name in ("ssh_keyboard_interactive", "console")]


@spread
class OneTimeCode(Scenario):
    def guarded_person(self):
        person = self.person()
        person.enable_otp()
        self.server.clock.forward("60s")  # past the code that the set-up has used
        return person

    def admits(self, way, person, code, password=None):
        talk = way.answer(person, password or person.password)
        admitted = way.admits(talk.is_asked(CODE, code))
        talk.leave()
        return admitted

    @each_way("ssh_keyboard_interactive", "console", "sudo", "su")
    def test_right_code_opens(self, way):
        person = self.guarded_person()
        self.assertTrue(self.admits(way, person, person.code()))

    @each_way("ssh_keyboard_interactive", "console", "sudo", "su")
    def test_wrong_code_is_refused(self, way):
        person = self.guarded_person()
        self.assertFalse(self.admits(way, person, self.wrong_code(person)))

    @each_way("ssh_keyboard_interactive", "console", "sudo", "su")
    def test_empty_code_is_refused(self, way):
        self.assertFalse(self.admits(way, self.guarded_person(), ""))

    @each_way("ssh_keyboard_interactive", "console", "sudo", "su")
    def test_replayed_code_is_refused(self, way):
        person = self.guarded_person()
        self.server.clock.freeze()
        code = person.code()
        self.assertTrue(self.admits(way, person, code))
        self.assertFalse(self.admits(way, person, code))

    @each_way("ssh_keyboard_interactive", "console")
    def test_code_is_asked_after_a_wrong_password_as_well(self, way):
        """One verdict for both: nobody learns which was wrong."""
        person = self.guarded_person()
        self.assertFalse(self.admits(way, person, person.code(), "Zq7-wrong"))

    def wrong_code(self, person):
        near = {person.code(steps) for steps in (-2, -1, 0, 1, 2)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)

    def test_older_step_is_refused_after_a_newer_one(self):
        person, way = self.guarded_person(), WAYS[0]
        self.server.clock.freeze()
        self.assertTrue(self.admits(way, person, person.code()))
        self.assertFalse(self.admits(way, person, person.code(-1)))
        self.assertTrue(self.admits(way, person, person.code(1)))

    def test_one_step_either_way_and_no_more(self):
        way = WAYS[0]
        for steps, opens in ((-2, False), (-1, True), (1, True), (2, False)):
            with self.subTest(steps=steps):
                person = self.guarded_person()
                self.server.clock.freeze()
                self.assertEqual(self.admits(way, person, person.code(steps)), opens)
                self.server.clock.run_on()

    def test_replay_is_refused_after_a_restart(self):
        person, way = self.guarded_person(), WAYS[0]
        self.server.clock.freeze()
        code = person.code()
        self.assertTrue(self.admits(way, person, code))
        self.server.run("systemctl restart bo-accountd.service")
        self.assertFalse(self.admits(way, person, code))

    def test_replay_is_refused_with_the_clock_set_back(self):
        person, way = self.guarded_person(), WAYS[0]
        self.server.clock.freeze()
        code = person.code()
        self.assertTrue(self.admits(way, person, code))
        try:
            self.server.clock.back("30s")
            self.assertFalse(self.admits(way, person, code))
        finally:
            self.server.clock.forward("30s")

    def test_code_of_another_length_is_refused(self):
        person, way = self.guarded_person(), WAYS[0]
        for code in (person.code()[:5], "0" + person.code(), person.code() + "0"):
            self.assertFalse(self.admits(way, person, code))

    def test_password_authentication_cannot_answer_and_is_refused(self):
        """sshd would give the password again; the code is asked with echo, so nothing is burned."""
        person = self.guarded_person()
        self.assertRefused(person.ssh("password").is_asked("password: ", person.password), "Permission denied")
        self.assertTrue(self.admits(WAYS[0], person, person.code()))

    def test_six_wrong_codes_lock(self):
        person, way = self.guarded_person(), WAYS[0]
        for _ in range(6):
            self.assertFalse(self.admits(way, person, self.wrong_code(person)))
        self.server.clock.forward("60s")
        self.assertFalse(self.admits(way, person, person.code()))

    def test_setting_up_shows_code_secret_and_advice(self):
        """R55 QR code and typed secret; R63 separate devices."""
        person = self.person()
        text = person.enable_otp()
        self.assertRegex(text, "[█▀▄]")
        self.assertRegex(text, "(?i)another device|separate")
        self.assertEqual(self.server.show(person)["otp_enabled"], True)

    def test_setting_up_needs_a_right_code(self):
        """R56."""
        person = self.person()
        talk = self.server.talk("boctl otp enable", user=person.name)
        talk.is_asked("Code of the app: ", "000000").is_asked("Login password: ", person.password)
        talk.sees("wrong").leave()
        self.assertEqual(self.server.show(person)["otp_enabled"], False)

    def test_setting_up_needs_the_password(self):
        """R56."""
        person = self.person()
        talk = self.server.talk("boctl otp enable", user=person.name).sees("Code of the app: ")
        secret = Person.secret_shown(talk.seen)
        talk.types(code_of(secret, self.server.clock.now())).is_asked("Login password: ", "Zq7-wrong")
        talk.sees("wrong").leave()
        self.assertEqual(self.server.show(person)["otp_enabled"], False)

    def test_user_cannot_take_it_away(self):
        """R62: only the operator, with a reason."""
        person = self.guarded_person()
        self.assertNotEqual(person.boctl("otp", "reset", person.name, "--reason", "lost").returncode, 0)
        self.assertNotEqual(self.server.try_run(["boctl", "otp", "reset", person.name]).returncode, 0)
        self.server.run(["boctl", "otp", "reset", person.name, "--reason", "lost his telephone"])
        self.server.await_the_end(person)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def with_service(self, text):
        self.server.write("/etc/bo/accountd.conf.d/otp.conf", text)
        self.addCleanup(self.server.run, "rm -f /etc/bo/accountd.conf.d/otp.conf; "
                                         "systemctl reload bo-accountd.service")
        self.server.run("systemctl reload bo-accountd.service")

    def test_append_takes_password_and_code_in_one_answer(self):
        self.with_service("[Service sshd]\nOtp=append\n")
        person = self.guarded_person()
        self.assertRefused(person.ssh("password").is_asked("password: ", person.password), "Permission denied")
        self.assertAdmitted(person.ssh("password").is_asked("password: ", person.password + person.code()))

    def test_off_asks_for_no_code(self):
        self.with_service("[Service sudo]\nOtp=off\n")
        person = self.guarded_person()
        talk = person.sudo("-k id -un").is_asked(r"password for [^:]*: |Password: ", person.password)
        talk.sees(r"(?<!\S)root\r?\n").leave()

    def guarded_by_role(self):
        """Somebody without the factor, with a role that demands it (R54)."""
        self.server.run("""grep -q '^.Role guarded' /etc/bo/roles.conf ||
                           printf '[Role guarded]\\nSecondFactor=yes\\n' >>/etc/bo/roles.conf
                           boctl customer create guarded 2>/dev/null; systemctl reload bo-accountd.service""")
        person = self.person()
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "guarded", "--role", "guarded"])
        return person

    def test_role_demands_it_and_has_it_set_up_at_the_prompt(self):
        """R54: at the next login by password; a key alone is stopped before and after."""
        person = self.guarded_by_role()
        person.allow_key()
        by_key = person.ssh("publickey", command=("true",))
        self.assertNotEqual(by_key.ends()[0], 0)
        talk = person.ssh().is_asked("Password: ", person.password).sees(CODE)
        self.assertRegex(talk.seen, "##")
        self.assertRegex(talk.seen, "another device")
        person.otp_secret = self.server.keep_secret(Person.secret_shown(talk.seen))
        self.assertAdmitted(talk.types(person.code()))
        self.assertEqual(self.server.show(person)["otp_enabled"], True)
        self.assertNotEqual(person.ssh("publickey", command=("true",)).ends()[0], 0)
        self.server.clock.forward("60s")
        self.assertTrue(self.admits(WAYS[0], person, person.code()))

    def test_recovery_code_of_the_set_up_logs_in_once(self):
        """R62: shown in the prompt over SSH, good at SSH and at the console, never twice."""
        self.with_service("[Accounts]\nRecoveryCodes=yes\n")
        person = self.guarded_by_role()
        talk = person.ssh().is_asked("Password: ", person.password).sees(CODE)
        person.otp_secret = self.server.keep_secret(Person.secret_shown(talk.seen))
        talk.types(person.code()).sees("Press Enter when you have written them down: ")
        self.assertEqual(self.server.show(person)["otp_enabled"], False)
        codes = [self.server.keep_secret(code)
                 for code in re.findall(r"(?m)^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", talk.seen)]
        self.assertEqual(len(set(codes)), 10)
        self.assertAdmitted(talk.types(""))
        for way, code in zip(WAYS_THAT_ASK, codes):
            self.assertTrue(self.admits(way, person, code))
            self.assertFalse(self.admits(way, person, code))
        self.assertRegex(person.boctl("otp", "status").stdout, "(?m)^Recovery codes +8$")

    def test_recovery_codes_come_with_boctl_and_a_new_set_ends_them(self):
        """R62."""
        self.with_service("[Accounts]\nRecoveryCodes=yes\n")
        person = self.person()
        old = re.findall(r"(?m)^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", person.enable_otp())
        self.assertEqual(len(old), 10)
        self.server.clock.forward("60s")
        made = person.boctl("otp", "recovery", stdin=f"{person.code()}\n{person.password}\n")
        new = re.findall(r"(?m)^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", made.stdout)
        self.assertEqual(len(new), 10)
        self.server.secrets.update(old + new)
        self.assertFalse(self.admits(WAYS[0], person, old[0]))
        self.assertTrue(self.admits(WAYS[0], person, new[0]))

    def test_require_sets_it_up_at_the_prompt(self):
        """ASCII QR: some clients print UTF-8 as octal."""
        self.with_service("[Service sshd]\nOtp=require\n")
        person = self.server.create(self.fresh_name())
        person.activate_at(person.console())  # where nothing is required
        talk = person.ssh().is_asked("Password: ", person.password).sees(CODE)
        self.assertTrue(talk.seen.isascii())
        self.assertRegex(talk.seen, "##")
        person.otp_secret = self.server.keep_secret(Person.secret_shown(talk.seen))
        self.assertAdmitted(talk.types(code_of(person.otp_secret, self.server.clock.now())))
        self.server.clock.forward("60s")
        self.assertTrue(self.admits(WAYS[0], person, person.code()))
