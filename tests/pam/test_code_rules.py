#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One-time codes through PAM against the real daemon: set-up, right, wrong, replayed, older, empty, appended."""

import re

from real import DAY, MINUTE, FactorSuite, totp
from stage import CHANGE_EXPIRED, NULL, PAM_RHOST, REFUSE, Talk, main, quote, unquote


class Codes(FactorSuite):
    def test_set_up_at_the_prompt_is_plain_ascii_with_the_secret_to_type(self):
        """R54, R55, R63"""
        name = self.person()
        secret, text = self.set_up(name)
        self.assertTrue(text.isascii())
        self.assertGreater(text.count("##"), 100)
        self.assertLessEqual(max(map(len, text.split("\n")[1:])), 80)
        self.assertIn("another device", text)
        self.assertGreaterEqual(len(secret), 32)  # 20 bytes
        self.assertTrue(self.daemon.show(name)["otp_enabled"])

    def test_set_up_without_a_right_code_is_none(self):
        """R56"""
        name = self.person()
        self.assertEqual(self.auth(name, self.PASSWORD, "000000", "", "12345", service="vault"), "MAXTRIES")
        self.assertEqual(self.auth(name, self.PASSWORD, REFUSE, service="vault"), "CONV_ERR")
        self.assertFalse(self.daemon.show(name)["otp_enabled"])
        self.assert_in(name)

    def test_code_is_asked_for_after_the_password_and_shown_while_typed(self):
        """R57"""
        name, secret = self.person_with_factor()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, self.code(secret)), "SUCCESS")
            self.assertEqual(app.asked, [("secret", "Password: "), ("visible", "One-time code: ")])
            self.assertEqual([app.account(), app.open()], ["SUCCESS"] * 2)

    def test_wrong_password_and_wrong_code_look_the_same(self):
        name, secret = self.person_with_factor()
        seen = []
        for answers in (self.PASSWORD, "000000"), ("wrong", self.code(secret)), ("wrong", "000000"):
            with Talk("sshd", name) as app:
                self.assertEqual(app.auth(*answers), "AUTH_ERR")
                seen.append((app.asked, app.shown))
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0], seen[2])

    def test_empty_and_malformed_codes_are_wrong(self):
        name, secret = self.person_with_factor()
        right = self.code(secret)
        for wrong in "", " ", right[:5], right + "0", right + " ", " " + right, "0" * 512:
            with self.subTest(wrong):
                self.assert_out(name, self.PASSWORD, wrong)
                self.daemon.pass_time(31 * MINUTE)
                right = self.code(secret)

    def test_code_is_good_once(self):
        name, secret = self.person_with_factor()
        code = self.code(secret)
        self.assert_in(name, self.PASSWORD, code)
        self.assert_out(name, self.PASSWORD, code)
        self.daemon.restart()
        self.assert_out(name, self.PASSWORD, code)

    def test_older_step_than_the_last_is_refused(self):
        name, secret = self.person_with_factor()
        older = self.code(secret)
        self.daemon.pass_time(30)
        self.assert_in(name, self.PASSWORD, self.code(secret))
        self.assert_out(name, self.PASSWORD, older)

    def test_one_step_either_way_is_accepted_and_no_more(self):
        name, secret = self.person_with_factor()
        self.daemon.pass_time(60)
        for steps, right in (-2, False), (2, False), (-1, True), (0, True), (1, True):
            with self.subTest(steps):
                self.assertEqual(self.auth(name, self.PASSWORD, self.code(secret, steps)),
                                 "SUCCESS" if right else "AUTH_ERR")

    def test_application_that_cannot_show_the_question_burns_no_attempt(self):
        """sshd's PasswordAuthentication"""
        name, secret = self.person_with_factor()
        for refused in (REFUSE, NULL) * 5:
            self.assertEqual(self.auth(name, self.PASSWORD, refused), "CONV_ERR")
        self.assert_in(name, self.PASSWORD, self.code(secret))

    def test_password_and_code_in_one_answer(self):
        name, secret = self.person_with_factor()
        with Talk("gate", name) as app:
            self.assertEqual(app.auth(self.PASSWORD + self.code(secret)), "SUCCESS")
            self.assertEqual(app.asked, [("secret", "Password: ")])
        self.assert_out(name, self.PASSWORD + self.code(secret), service="gate")  # replayed
        self.daemon.pass_time(30)
        for wrong in self.PASSWORD, self.code(secret), self.PASSWORD + "000000", "", "12345":
            self.assert_out(name, wrong, service="gate")

    def test_sixth_wrong_code_locks_by_a_counter_of_its_own(self):
        """R38: that neither a right password nor a restart nor a reset clears by the way."""
        name, secret = self.person_with_factor()
        for _ in range(6):
            self.assert_out(name, self.PASSWORD, "000000")
        self.daemon.restart()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.daemon.reset(name), self.code(secret)), "AUTH_ERR")
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, self.code(secret)), "AUTH_ERR")
            self.assertIn("locked", app.texts)
        self.daemon.pass_time(30 * MINUTE)
        self.assert_in(name, self.PASSWORD, self.code(secret))

    def test_reset_asks_for_the_code(self):
        """R60"""
        name, secret = self.person_with_factor()
        token = self.daemon.reset(name)
        fresh = "green boat 23 lake"
        self.assert_out(name, token, "000000")
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(token, self.code(secret), fresh, fresh), "SUCCESS")
            self.assertEqual(app.asked[1], ("visible", "One-time code: "))

    def test_key_alone_does_not_open_a_service_that_requires_the_factor(self):
        name, secret = self.person_with_factor()
        self.assertEqual(self.account(name, "vault"), "PERM_DENIED")
        with Talk("vault", name) as app:
            app.item(PAM_RHOST, "192.0.2.7")
            self.assertEqual(app.auth(self.PASSWORD, self.code(secret)), "SUCCESS")
            self.assertEqual(app.account(), "SUCCESS")

    def test_factor_of_another_user_is_none(self):
        name, secret = self.person_with_factor()
        other, _ = self.person_with_factor()
        self.assert_out(other, self.PASSWORD, self.code(secret))

    def test_expired_password_is_changed_after_the_code(self):
        """R2, R57"""
        name, secret = self.person_with_factor()
        self.daemon.pass_time(45 * DAY)
        self.assert_in(name, self.PASSWORD, self.code(secret))
        self.daemon.pass_time(45 * DAY)
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, self.code(secret)), "SUCCESS")
            self.assertEqual(app.account(), "NEW_AUTHTOK_REQD")
            self.assertEqual(app.password("green boat 23 lake", "green boat 23 lake", flags=CHANGE_EXPIRED),
                             "SUCCESS")

    def test_role_has_the_factor_set_up_at_any_prompt_and_stops_a_key_alone(self):
        """R54"""
        self.daemon.boctl("customer", "create", "guarded")
        name = self.person()
        self.daemon.boctl("user", "roles", name, "--customer", "guarded", "--role", "guarded")
        self.assertEqual(self.account(name), "PERM_DENIED")
        self.assertEqual(self.auth(name, self.PASSWORD, REFUSE), "CONV_ERR")
        for service in "sshd", "gate":
            self.assert_out(name, "wrong", service=service)
        secret, _ = self.set_up(name, "sshd")
        with Talk("sshd", name) as app:
            app.item(PAM_RHOST, "192.0.2.7")
            self.assertEqual(app.auth(self.PASSWORD, self.code(secret)), "SUCCESS")
            self.assertEqual(app.account(), "SUCCESS")
        self.assertEqual(self.account(name), "PERM_DENIED")


class RecoveryCodes(Codes):
    """The same, and more, where the site gives them (R62)."""

    MORE = "[Accounts]\nRecoveryCodes=yes\n"

    def finish(self, app):
        kind = app.read()
        self.assertEqual(kind[:2], ["ask", "visible"])
        text = unquote(kind[2])
        self.assertTrue(text.isascii())
        self.assertTrue(text.endswith("Press Enter when you have written them down: "))
        self.codes = re.findall(r"(?m)^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}$", text)
        self.assertEqual(len(self.codes), 10)
        app.send("answer " + quote(""))

    def test_code_opens_once_and_no_second_time(self):
        name, secret = self.person_with_factor()
        for service, answers in (("sshd", (self.PASSWORD, self.codes[0])), ("gate", (self.PASSWORD + self.codes[1],))):
            self.assert_in(name, *answers, service=service)
            self.assert_out(name, *answers, service=service)
        self.assert_in(name, self.PASSWORD, self.code(secret))
        self.assertEqual(self.daemon.boctl("otp", "status", name)["otp"][0]["recovery_codes_left"], 8)

    def test_reset_takes_a_code(self):
        """R60"""
        name, _ = self.person_with_factor()
        fresh = "green boat 23 lake"
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.daemon.reset(name), self.codes[0], fresh, fresh), "SUCCESS")
        self.assert_out(name, fresh, self.codes[0])
        self.assert_in(name, fresh, self.codes[1])

    def test_who_breaks_off_at_the_codes_has_set_up_nothing(self):
        name = self.person()
        with Talk("vault", name) as app:
            app.send("auth 0")
            app.read()
            app.send("answer " + quote(self.PASSWORD))
            secret = re.search(r"into it: ([A-Z2-7]+)", unquote(app.read()[2]))[1]
            app.send("answer " + self.code(secret))
            self.assertEqual(app.read()[:2], ["ask", "visible"])
            app.send(REFUSE)
            self.assertEqual([app.read()[0], app.read()], ["log", ["result", "19"]])  # PAM_CONV_ERR
        self.assertFalse(self.daemon.show(name)["otp_enabled"])


if __name__ == "__main__":
    main()
