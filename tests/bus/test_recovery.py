#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recovery codes: made with the factor, shown once, good once, counted with the one-time codes (R62)."""

import re

from world import *

FORM = "R[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"
SITE = SETTINGS + "RecoveryCodes=yes\n" + SERVICES


class Recovery(Case):
    SETTINGS = SITE

    def make(self, uid, code, password=GOOD, actor=None):
        return self.user(uid, "CreateRecoveryCodes", "ayaya{sv}", code.encode(), password.encode(), {},
                         uid=uid if actor is None else actor)[0]

    def with_codes(self):
        """(uid, name, secret, codes): the factor set up with recovery codes."""
        uid, name = self.person()
        secret, _ = self.begin_otp(uid)
        return uid, name, secret, self.make(uid, self.code(secret))

    def left(self, uid):
        return self.get(uid, "RecoveryCodesLeft")

    def wrong_of(self, code):
        """Sound in form, but no code of anybody's."""
        return "R000-0000-0000" if code != "R000-0000-0000" else "R000-0000-0012"


class Made(Recovery):
    def test_R62_ten_codes_come_with_the_factor_that_they_confirm(self):
        uid, name, secret, codes = self.with_codes()
        self.assertTrue(self.get(uid, "OtpEnabled"))
        self.assertEqual(len(set(codes)), 10)
        for code in codes:
            self.assertRegex(code, f"^{FORM}$")
        self.assertEqual(self.left(uid), 10)
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "WrongCredentials")  # the set-up has used it
        self.assertEqual([row["Event"] for row in self.audit(Subject=uid)][:3][-2:],
                         ["recovery-codes-made", "otp-enabled"])

    def test_R56_codes_are_made_for_code_and_password_alone(self):
        uid, _ = self.person()
        self.refused("OtpNotBegun", self.make, uid, "123456")
        secret, _ = self.begin_otp(uid)
        self.refused("WrongCredentials", self.make, uid, "000000")
        self.refused("WrongCredentials", self.make, uid, self.code(secret), "a wrong password 1")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.left(uid), 0)

    def test_R62_new_set_takes_a_fresh_code_of_the_app_and_ends_the_old_one(self):
        uid, name, secret, codes = self.with_codes()
        self.refused("WrongCredentials", self.make, uid, self.code(secret))  # used up
        self.refused("WrongCredentials", self.make, uid, codes[0])  # who lost the app gets no codes without end
        self.refused("WrongCredentials", self.make, uid, self.fresh_code(secret), "a wrong password 1")
        fresh = self.make(uid, self.fresh_code(secret))
        self.assertFalse(set(fresh) & set(codes))
        self.assertEqual(self.auth(name, GOOD, codes[0]), "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, fresh[0]), "Success")
        self.assertEqual(self.left(uid), 9)

    def test_R14_codes_are_made_by_the_user_alone(self):
        uid, _, secret, _ = self.with_codes()
        other, _ = self.person()
        self.refused("PersonalData", self.make, uid, self.fresh_code(secret), actor=0)
        self.refused("NoSuchUser", self.make, uid, self.fresh_code(secret), actor=other)

    def test_factor_confirmed_without_codes_has_none_until_they_are_made(self):
        uid, name, secret = self.with_otp()
        self.assertEqual(self.left(uid), 0)
        self.assertEqual(len(self.make(uid, self.fresh_code(secret))), 10)

    def test_R62_reset_of_the_factor_ends_the_codes(self):
        uid, name, _, codes = self.with_codes()
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "lost device")})
        self.assertEqual(self.left(uid), 0)
        secret, _ = self.begin_otp(uid)
        self.daemon.pass_time(30)
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), GOOD.encode(), {}, uid=uid)
        self.assertEqual(self.auth(name, GOOD, codes[0]), "WrongCredentials")


class Used(Recovery):
    def test_R62_code_logs_in_once(self):
        uid, name, secret, codes = self.with_codes()
        talk = self.talk("auth", name).answer(GOOD)
        self.assertEqual(talk.text, "One-time code: ")
        self.assertEqual(talk.answer(codes[3]).outcome, "Success")
        self.assertEqual(self.auth(name, GOOD, codes[3]), "WrongCredentials")
        self.daemon.restart()
        self.assertEqual(self.auth(name, GOOD, codes[3]), "WrongCredentials")
        self.assertEqual(self.left(uid), 9)
        self.assertEqual(self.auth(name, GOOD, codes[4]), "Success")
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret)), "Success")  # the app goes on working
        used = self.audit(Event="recovery-code-used", Subject=uid)
        self.assertEqual([row["Detail"] for row in used], ["left=8", "left=9"])
        self.assertIn("factors=password+recovery", self.audit(Event="login-succeeded", Subject=uid)[1]["Detail"])

    def test_code_is_typed_as_one_likes(self):
        _, name, _, codes = self.with_codes()
        for typed in (codes[0].lower(), codes[1].replace("-", ""), codes[2].replace("-", " "),
                      codes[3].replace("0", "O").replace("1", "l")):
            self.assertEqual(self.auth(name, GOOD, typed), "Success", typed)

    def test_wrong_password_uses_no_code_up(self):
        uid, name, _, codes = self.with_codes()
        self.assertEqual(self.auth(name, "a wrong password 1", codes[0]), "WrongCredentials")
        self.assertEqual(self.left(uid), 10)
        self.assertEqual(self.auth(name, GOOD, codes[0]), "Success")

    def test_typing_error_is_asked_for_again_before_it_counts(self):
        uid, name, _, codes = self.with_codes()
        slip = codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3")
        talk = self.talk("auth", name).answer(GOOD, slip)
        self.assertEqual((talk.kind, talk.text), ("visible", "This recovery code has a typing error.\nOne-time code: "))
        self.assertEqual(talk.answer(codes[0]).outcome, "Success")
        unknown = self.talk("auth", name).answer("a wrong password 1", slip)
        self.assertEqual(unknown.text, talk.texts[2][1])  # says nothing of the password
        self.assertEqual(self.talk("auth", name).answer(GOOD, slip, slip, slip).outcome, "WrongCredentials")

    def test_R62_code_of_another_user_is_none(self):
        _, name, _, _ = self.with_codes()
        uid, _, _, codes = self.with_codes()
        self.assertEqual(self.auth(name, GOOD, codes[0]), "WrongCredentials")
        self.assertEqual(self.left(uid), 10)

    def test_code_from_32_clients_at_once_is_accepted_exactly_once(self):
        _, name, _, codes = self.with_codes()
        talks = [self.talk("auth", name) for _ in range(32)]
        for talk in talks:
            talk.step(GOOD)
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, codes[0].encode()) for talk in talks]
        outcomes = [talk.client.wait(serial) for talk, serial in zip(talks, serials)]
        self.assertEqual(outcomes.count(("done", "Success")), 1, outcomes)

    def test_append_takes_password_and_code_in_one_answer(self):
        uid, name, secret, codes = self.with_codes()
        self.assertEqual(self.auth(name, GOOD + codes[0], service="gate"), "Success")
        self.assertEqual(self.auth(name, GOOD + codes[0], service="gate"), "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD + self.fresh_code(secret), service="gate"), "Success")
        self.assertEqual(self.left(uid), 9)

    def test_R60_reset_takes_a_code_in_place_of_the_one_time_code(self):
        uid, name, _, codes = self.with_codes()
        self.assertEqual(self.auth(name, self.reset(uid), codes[0], OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, self.reset(uid), codes[0]), "WrongCredentials")
        self.assertEqual(self.auth(name, OTHER, codes[1]), "Success")

    def test_R54_code_counts_as_the_factor_where_it_is_demanded(self):
        _, name, _, codes = self.with_codes()
        with self.daemon.client() as client:
            self.assertEqual(Talk(client, "auth", name, service="vault").answer(GOOD, codes[0]).outcome, "Success")
            self.assertEqual(Talk(client, "account", name, service="vault", rhost="192.0.2.7").skip().outcome,
                             "Success")

    def test_R62_nothing_is_accepted_once_the_site_has_no_codes_any_more(self):
        uid, name, secret, codes = self.with_codes()
        self.daemon.stop()
        self.daemon.configure(SETTINGS + SERVICES)
        self.daemon.start()
        try:
            self.assertEqual(self.auth(name, GOOD, codes[0]), "WrongCredentials")
            self.assertEqual(self.left(uid), 0)
            self.refused("RecoveryOff", self.make, uid, self.fresh_code(secret))
        finally:
            self.daemon.stop()
            self.daemon.configure(SITE)
            self.daemon.start()
        self.assertEqual(self.auth(name, GOOD, codes[0]), "Success")


class Counted(Recovery):
    """One counter for the factor, on every road (R38)."""

    def locked(self, name, secret):
        """Locked for 30 minutes whatever is brought, then open by itself."""
        said = [self.talk("auth", name).answer(password, self.fresh_code(secret))
                for password in (GOOD, "a wrong password 1")]
        for talk in said:
            self.assertEqual(talk.outcome, "LockedAttempts")
            self.assertRegex(talk.shown(), "locked for [0-9]+ minutes")
        self.assertEqual(said[0].texts[-2][1].split(" for ")[0], said[1].texts[-2][1].split(" for ")[0])
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")

    def test_R38_wrong_recovery_and_one_time_codes_are_counted_together(self):
        uid, name, secret, codes = self.with_codes()
        for number in range(5):
            wrong = self.wrong_of(codes[0]) if number % 2 else f"{number:06d}"
            self.assertEqual(self.auth(name, self.reset(uid), wrong), "WrongCredentials")
        talk = self.talk("auth", name).answer(self.reset(uid), self.wrong_of(codes[0]))
        self.assertEqual(talk.outcome, "LockedAttempts")
        self.assertIn("locked", talk.shown())
        self.assertEqual(self.auth(name, self.reset(uid), codes[0]), "LockedAttempts")
        self.assertEqual(self.left(uid), 10)
        self.locked(name, secret)

    def test_R38_attempts_while_the_factor_is_locked_lengthen_nothing(self):
        uid, name, secret, codes = self.with_codes()
        for number in range(6):
            self.auth(name, self.reset(uid), f"{number:06d}")
        self.daemon.pass_time(29 * MINUTE)
        for _ in range(8):
            self.assertEqual(self.auth(name, GOOD, "000000"), "LockedAttempts")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.daemon.pass_time(1 * MINUTE)
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")

    def test_R38_codes_of_a_set_up_are_counted(self):
        uid, name = self.person()
        secret, _ = self.begin_otp(uid)
        confirm = lambda code: self.user(uid, "ConfirmOtp", "ayaya{sv}", code.encode(), GOOD.encode(), {}, uid=uid)
        for _ in range(5):
            self.refused("WrongCredentials", confirm, "000000")
        self.refused("LockedAttempts", confirm, "000000")
        self.refused("LockedAttempts", confirm, self.fresh_code(secret))
        self.refused("LockedAttempts", self.make, uid, self.fresh_code(secret))
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        self.assertEqual(talk.outcome, "LockedAttempts")
        self.assertIn("second factor is locked", talk.shown())
        self.assertEqual(self.get(uid, "Status"), "active")
        self.daemon.pass_time(30 * MINUTE)
        confirm(self.code(secret))

    def test_R38_codes_of_a_set_up_at_the_prompt_are_counted(self):
        _, name = self.person()
        self.assertEqual(self.auth(name, GOOD, "000000", "000000", "000000", service="vault"), "TooManyTries")
        self.assertEqual(self.auth(name, GOOD, "000000", "000000", "000000", service="vault"), "LockedAttempts")
        self.assertEqual(self.auth(name, GOOD, service="vault"), "LockedAttempts")

    def test_R38_codes_of_a_new_set_are_counted(self):
        uid, _, secret, _ = self.with_codes()
        for _ in range(5):
            self.refused("WrongCredentials", self.make, uid, "000000")
        self.refused("LockedAttempts", self.make, uid, "000000")
        self.refused("LockedAttempts", self.make, uid, self.fresh_code(secret))

    def test_R38_appended_codes_are_counted(self):
        uid, name, secret, _ = self.with_codes()
        for number in range(6):
            self.auth(name, GOOD + f"{number:06d}", service="gate")
        self.reset(uid)
        self.assertEqual(self.auth(name, GOOD + self.fresh_code(secret), service="gate"), "LockedAttempts")
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.auth(name, GOOD + self.code(secret), service="gate"), "Success")


class Prompt(Recovery):
    """The set-up at the login prompt shows them in the prompt itself."""

    def shown(self):
        uid, name = self.person()
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        secret = re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]
        return uid, name, secret, talk.answer(self.fresh_code(secret))

    def test_R62_codes_stand_in_the_prompt_before_anything_is_in_force(self):
        uid, name, secret, talk = self.shown()
        self.assertEqual(talk.kind, "visible")
        self.assertTrue(talk.text.endswith("Press Enter when you have written them down: "))
        self.assertTrue(talk.text.isascii())
        self.assertLessEqual(max(map(len, talk.text.split("\n"))), 100)
        codes = re.findall(f"(?m)^({FORM})$", talk.text)
        self.assertEqual(len(codes), 10)
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(talk.answer("").outcome, "Success")
        self.assertTrue(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.left(uid), 10)
        self.assertEqual(self.auth(name, GOOD, codes[9], service="vault"), "Success")
        self.assertEqual(self.auth(name, GOOD, codes[9], service="vault"), "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, self.code(secret), service="vault"), "WrongCredentials")

    def test_R62_who_breaks_off_before_he_has_seen_them_has_set_up_nothing(self):
        uid, _, _, talk = self.shown()
        self.assertEqual(talk.cancel().outcome, "ConversationFailed")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.left(uid), 0)

    def test_R62_codes_of_a_set_up_that_another_has_overtaken_are_void(self):
        uid, name, _, talk = self.shown()
        self.begin_otp(uid)
        self.assertEqual(talk.answer("").outcome, "OtpNotBegun")
        self.assertEqual(self.left(uid), 0)


if __name__ == "__main__":
    main()
