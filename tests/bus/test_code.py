#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The second factor: set up, asked for, never accepted twice, counted apart (R54 to R57, R60, R62)."""

import re

from world import *


class SetUp(Case):
    def confirm(self, uid, code, password=GOOD):
        self.user(uid, "ConfirmOtp", "ayaya{sv}", code.encode(), password.encode(), {}, uid=uid)

    def test_R55_app_gets_an_address_for_the_qr_code_and_the_same_secret_to_type(self):
        uid, name = self.person()
        secret, uri = self.begin_otp(uid)
        self.assertRegex(secret, "^[A-Z2-7]{32}$")  # 20 bytes (RFC 4226, 4)
        self.assertEqual(uri, f"otpauth://totp/{name}?secret={secret}&issuer=bo")

    def test_R56_set_up_needs_the_code_and_the_password(self):
        uid, name = self.person()
        secret, _ = self.begin_otp(uid)
        wrong = f"{(int(self.code(secret)) + 1) % 10 ** 6:06d}"
        self.refused("WrongCredentials", self.confirm, uid, wrong)
        self.refused("WrongCredentials", self.confirm, uid, "")
        self.refused("WrongCredentials", self.confirm, uid, self.code(secret), "a wrong password 1")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.confirm(uid, self.code(secret))
        self.assertTrue(self.get(uid, "OtpEnabled"))

    def test_R56_set_up_is_no_place_to_guess_the_password(self):
        uid, name = self.person()
        secret, _ = self.begin_otp(uid)
        for number in range(6):
            self.refused("WrongCredentials", self.confirm, uid, self.code(secret), f"guess {number}")
        self.refused("LockedAttempts", self.confirm, uid, self.code(secret))
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_R56_set_up_that_was_begun_anew_wants_the_new_secret(self):
        uid, _ = self.person()
        first, _ = self.begin_otp(uid)
        second, _ = self.begin_otp(uid)
        self.assertNotEqual(first, second)
        self.refused("WrongCredentials", self.confirm, uid, self.code(first))
        self.confirm(uid, self.code(second))

    def test_R62_factor_that_is_on_is_neither_replaced_nor_confirmed_again(self):
        uid, _, secret = self.with_otp()
        self.refused("OtpAlreadyOn", self.begin_otp, uid)
        self.refused("OtpAlreadyOn", self.confirm, uid, self.fresh_code(secret))

    def test_R62_operator_resets_it_with_a_reason_that_is_recorded(self):
        uid, name, _ = self.with_otp()
        self.refused("BadValue", self.user, uid, "ResetOtp", "a{sv}", {})
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "lost device")})
        self.assertEqual(self.audit(Event="otp-reset", Subject=uid)[0]["Detail"], "reason=lost device")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.refused("WrongState", self.user, uid, "ResetOtp", "a{sv}", {"Reason": ("s", "again")})

    def test_R62_reset_ends_the_sessions_and_stands_in_the_journal(self):
        uid, name, _ = self.with_otp()
        self.assertNotIn(uid, self.endings())
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "lost device")})
        self.assertIn(uid, self.endings())
        self.assertIn(f"reset the second factor of {name}", self.daemon.said())

    def test_confirming_what_was_not_begun_is_refused(self):
        uid, _ = self.person()
        self.refused("OtpNotBegun", self.confirm, uid, "123456")


class Code(Case):
    def test_R57_code_is_asked_for_after_the_password_with_echo(self):
        _, name, secret = self.with_otp()
        talk = self.talk("auth", name).answer(GOOD)
        self.assertEqual(talk.texts, [("secret", "Password: "), ("visible", "One-time code: ")])
        self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")

    def test_R57_wrong_code_is_not_told_from_a_wrong_password(self):
        _, name, secret = self.with_otp()
        code = self.fresh_code(secret)
        bad_password = self.talk("auth", name).answer("a wrong password 1", code)
        bad_code = self.talk("auth", name).answer(GOOD, f"{(int(code) + 1) % 10 ** 6:06d}")
        self.assertEqual(bad_password.texts, bad_code.texts)
        self.assertEqual(bad_code.outcome, "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, code), "Success")  # a mistyped password did not use it up

    def test_code_is_never_accepted_twice(self):
        _, name, secret = self.with_otp()
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "WrongCredentials")  # used to set up
        code = self.fresh_code(secret)
        self.assertEqual(self.auth(name, GOOD, code), "Success")
        self.assertEqual(self.auth(name, GOOD, code), "WrongCredentials")
        self.daemon.pass_time(29)
        self.assertEqual(self.auth(name, GOOD, code), "WrongCredentials")

    def test_code_is_never_accepted_twice_across_a_killed_daemon(self):
        _, name, secret = self.with_otp()
        code = self.fresh_code(secret)
        self.assertEqual(self.auth(name, GOOD, code), "Success")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.auth(name, GOOD, code), "WrongCredentials")

    def test_code_of_an_older_step_is_refused_after_a_newer_one(self):
        _, name, secret = self.with_otp()
        self.daemon.pass_time(5 * MINUTE)
        older, newer = self.code(secret), self.code(secret, 1)
        self.assertEqual(self.auth(name, GOOD, newer), "Success")  # one step either way
        self.assertEqual(self.auth(name, GOOD, older), "WrongCredentials")

    def test_code_is_good_for_one_step_either_way_and_no_more(self):
        _, name, secret = self.with_otp()
        self.daemon.pass_time(10 * MINUTE)
        for steps, outcome in ((-2, "WrongCredentials"), (2, "WrongCredentials"), (-1, "Success"), (1, "Success")):
            self.assertEqual(self.auth(name, GOOD, self.code(secret, steps)), outcome, steps)

    def test_answers_that_are_no_code_are_wrong(self):
        _, name, secret = self.with_otp()
        code = self.fresh_code(secret)
        for answer in ("", " ", code + "0", "0" + code, code[:5], code + "\0", " " + code[1:], "9" * 512, b"\xff" * 6):
            talk = self.talk("auth", name).answer(GOOD, answer)
            self.assertIn(talk.outcome, ("WrongCredentials", "LockedAttempts"), answer)
            if talk.outcome == "LockedAttempts":
                self.daemon.pass_time(30 * MINUTE)

    def test_code_from_32_clients_at_once_is_accepted_exactly_once(self):
        _, name, secret = self.with_otp()
        for _ in range(3):
            code = self.fresh_code(secret).encode()
            talks = [self.talk("auth", name) for _ in range(32)]
            for talk in talks:
                talk.step(GOOD)
            serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, code) for talk in talks]
            outcomes = [talk.client.wait(serial) for talk, serial in zip(talks, serials)]
            self.assertEqual(outcomes.count(("done", "Success")), 1, outcomes)
            self.daemon.pass_time(30 * MINUTE)  # the 31 others were failures

    def test_failures_of_codes_lock_by_a_counter_of_their_own(self):
        uid, name, secret = self.with_otp()
        for number in range(5):
            self.assertEqual(self.auth(name, GOOD, f"{number:06d}"), "WrongCredentials")
            link = self.reset(uid)  # clears the password's counter, not the codes'
            with self.daemon.client() as client:
                talk = Talk(client, "auth", name).answer(link)
                self.assertEqual(talk.text, "One-time code: ")
        talk = self.talk("auth", name).answer(GOOD, "999999")
        self.daemon.restart()
        link = self.reset(uid)
        self.assertEqual(self.auth(name, link, self.fresh_code(secret)), "LockedAttempts")
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret)), "LockedAttempts")
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")

    def test_R60_reset_asks_for_the_code_and_takes_no_wrong_one(self):
        uid, name, secret = self.with_otp()
        link = self.reset(uid)
        self.assertEqual(self.auth(name, link, "000000"), "WrongCredentials")
        self.assertEqual(self.auth(name, link, ""), "WrongCredentials")
        talk = self.talk("auth", name).answer(link, self.fresh_code(secret), OTHER, OTHER)
        self.assertEqual(talk.outcome, "Success")
        self.assertTrue(self.get(uid, "OtpEnabled"))

    def test_R60_reset_does_not_clear_the_counter_of_the_codes(self):
        uid, name, secret = self.with_otp()
        for number in range(3):
            self.auth(name, GOOD, f"{number:06d}")
        self.assertEqual(self.auth(name, self.reset(uid), "000009"), "WrongCredentials")
        for number in range(2):
            self.auth(name, self.reset(uid), f"00001{number}")
        self.assertEqual(self.auth(name, self.reset(uid), self.fresh_code(secret)), "LockedAttempts")

    def test_append_takes_password_and_code_in_one_answer(self):
        _, name, secret = self.with_otp()
        talk = self.talk("auth", name, service="gate").answer(GOOD + self.fresh_code(secret))
        self.assertEqual((len(talk.texts), talk.outcome), (2, "Success"))
        code = self.fresh_code(secret)
        for answer in (GOOD, code + GOOD, GOOD + " " + code, GOOD + code[:5]):
            self.assertEqual(self.auth(name, answer, service="gate"), "WrongCredentials", answer)
        self.assertEqual(self.auth(name, code, service="gate"), "ResetAsked")  # as short as "forgot": not tested

    def test_append_asks_users_without_a_factor_for_the_password_alone(self):
        _, name = self.person()
        self.assertEqual(self.auth(name, GOOD, service="gate"), "Success")

    def test_off_asks_for_no_code(self):
        _, name, _ = self.with_otp()
        self.assertEqual(self.auth(name, GOOD, service="loose"), "Success")

    def test_code_that_cannot_be_asked_for_burns_no_attempt(self):
        uid, name, secret = self.with_otp()
        for _ in range(8):
            talk = self.talk("auth", name).answer(GOOD).cancel()
            self.assertEqual(talk.outcome, "ConversationFailed")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret)), "Success")


class Require(Case):
    def begun(self):
        uid, name = self.person()
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        self.assertEqual(talk.kind, "visible")
        return uid, name, talk, re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]

    def test_R54_prompt_of_the_set_up_is_ascii_and_fits_a_terminal(self):
        _, _, talk, _ = self.begun()
        self.assertTrue(talk.text.isascii())
        self.assertTrue(all(letter == "\n" or letter.isprintable() for letter in talk.text))
        drawn = [line for line in talk.text.split("\n") if set(line) == {"#", " "}]
        self.assertGreater(len(drawn), 20)
        self.assertEqual({len(line) for line in drawn}, {len(drawn[0])})
        self.assertLessEqual(len(drawn[0]), 80)
        self.assertTrue(talk.text.endswith("\nOne-time code: "))

    def test_R63_set_up_says_to_use_another_device(self):
        self.assertIn("another device", self.begun()[2].text)

    def test_R54_code_from_the_app_turns_it_on_and_logs_in(self):
        uid, name, talk, secret = self.begun()
        logged_in = self.get(uid, "LastLogin")
        self.assertEqual(talk.answer("000000").kind, "visible")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.get(uid, "LastLogin"), logged_in)
        self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")
        self.assertTrue(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.auth(name, GOOD, self.code(secret), service="vault"), "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")

    def test_R54_three_wrong_codes_end_the_set_up(self):
        uid, name, talk, secret = self.begun()
        self.assertEqual(talk.answer("000000", "", "0000000").outcome, "TooManyTries")
        self.assertFalse(self.get(uid, "OtpEnabled"))
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R54_set_up_that_was_broken_off_lets_nobody_in(self):
        uid, name, talk, secret = self.begun()
        self.assertEqual(talk.cancel().outcome, "ConversationFailed")
        other = self.talk("auth", name, service="vault").answer(GOOD)
        self.assertIsNone(other.outcome)
        self.assertNotIn(secret, other.text)

    def test_R54_activation_at_a_service_that_requires_it_sets_it_up_too(self):
        uid, name, link = self.create()
        talk = self.talk("auth", name, service="vault").answer(link, GOOD, GOOD)
        secret = re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]
        self.assertEqual(self.get(uid, "LastLogin"), 0)
        self.assertEqual(talk.answer(self.code(secret)).outcome, "Success")
        self.assertTrue(self.get(uid, "OtpEnabled"))

    def test_R54_key_login_without_the_factor_is_stopped_in_the_account_phase(self):
        _, name, secret = self.with_otp()
        talk = self.talk("account", name, service="vault", rhost="192.0.2.7").skip()
        self.assertEqual(talk.outcome, "WrongService")
        with self.daemon.client() as client:
            Talk(client, "auth", name, service="vault").answer(GOOD, self.fresh_code(secret))
            self.assertEqual(Talk(client, "account", name, service="vault", rhost="192.0.2.7").skip().outcome,
                             "Success")


class Demanded(Case):
    """By a role in any customer, as Otp=require does by service (R54)."""

    def guarded(self):
        """(uid, name, secret) of an active user without the factor, who has then got the role."""
        uid, name = self.person()
        self.user(uid, "SetRoles", "sasa{sv}", self.customer(), ["viewer", "guarded"], {})
        return uid, name

    def set_up(self, name, service="sshd"):
        talk = self.talk("auth", name, service=service).answer(GOOD)
        self.assertEqual(talk.kind, "visible", talk.texts)
        return talk, re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]

    def test_R54_role_has_the_factor_set_up_at_each_service_that_can_ask(self):
        for service in ("sshd", "login", "sudo", "gate", "vault"):
            uid, name = self.guarded()
            talk, secret = self.set_up(name, service)
            self.assertFalse(self.get(uid, "OtpEnabled"))
            self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success", service)
            self.assertTrue(self.get(uid, "OtpEnabled"))
            self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret)), "Success")

    def test_R54_role_demands_nothing_where_the_code_cannot_be_asked(self):
        _, name = self.guarded()
        self.assertEqual(self.auth(name, GOOD, service="loose"), "Success")
        for service in ("cron", "loose"):
            self.assertEqual(self.talk("account", name, service=service, rhost="192.0.2.7").skip().outcome, "Success")

    def test_R54_wrong_password_is_answered_before_any_set_up(self):
        _, name = self.guarded()
        self.assertEqual(self.auth(name, "a wrong password 1"), "WrongCredentials")

    def test_R54_client_that_cannot_show_the_set_up_gets_nobody_in(self):
        for service in ("sshd", "gate"):
            uid, name = self.guarded()
            talk, _ = self.set_up(name, service)
            self.assertEqual(talk.cancel().outcome, "ConversationFailed")
            self.assertFalse(self.get(uid, "OtpEnabled"))

    def test_R54_key_alone_is_stopped_in_the_account_phase(self):
        _, name = self.guarded()
        for service in ("sshd", "gate"):
            talk = self.talk("account", name, service=service, rhost="192.0.2.7")
            self.assertIn("second factor", talk.text)
            self.assertEqual(talk.skip().outcome, "WrongService")
        self.assertEqual(self.talk("account", name).skip().outcome, "Success")  # not from another host
        with self.daemon.client() as client:
            talk = Talk(client, "auth", name).answer(GOOD)
            secret = re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]
            talk.answer(self.fresh_code(secret))
            self.assertEqual(Talk(client, "account", name, rhost="192.0.2.7").skip().outcome, "Success")
        self.assertEqual(self.talk("account", name, rhost="192.0.2.7").skip().outcome, "WrongService")

    def test_R54_role_that_was_taken_away_demands_nothing(self):
        uid, name = self.guarded()
        customer = self.get(uid, "Customers")[0][0]
        self.user(uid, "SetRoles", "sasa{sv}", customer, ["viewer"], {})
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.talk("account", name, rhost="192.0.2.7").skip().outcome, "Success")

    def test_R54_role_that_came_while_the_password_was_asked_for_counts(self):
        uid, name = self.person()
        talk = self.talk("auth", name)
        self.user(uid, "SetRoles", "sasa{sv}", self.customer(), ["guarded"], {})
        self.assertEqual(talk.answer(GOOD).outcome, "WrongCredentials")
        self.set_up(name)

    def test_R54_token_sets_the_password_and_then_the_factor(self):
        for reset in (False, True):
            uid, name, link = self.create(Customer=self.customer(), Roles=["guarded"])
            if reset:
                self.assertEqual(self.auth(name, link, GOOD, GOOD, service="loose"), "Success")
                link = self.reset(uid)
            before = self.get(uid, "LastLogin")
            talk = self.talk("auth", name).answer(link, OTHER, OTHER)
            secret = re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]
            self.assertEqual(self.get(uid, "LastLogin"), before)
            self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")
            self.assertTrue(self.get(uid, "OtpEnabled"))


class Clock(Case):
    def test_clock_set_back_makes_no_code_good_again(self):
        for back in (HOUR, DAY):
            _, name, secret = self.with_otp()
            early = self.fresh_code(secret)
            self.daemon.pass_time(back)
            self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")
            self.daemon.pass_time(-back)
            self.assertEqual(self.auth(name, GOOD, early), "WrongCredentials")
            self.assertEqual(self.auth(name, GOOD, self.code(secret, 1)), "WrongCredentials")
            self.daemon.pass_time(back + 30)
            self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")

    def test_clock_set_back_keeps_a_code_that_was_not_used_from_becoming_good(self):
        _, name, secret = self.with_otp()
        self.daemon.pass_time(HOUR)
        early = self.code(secret)
        self.daemon.pass_time(HOUR)
        self.wrong(self.new_name(), 1)  # somebody's request: the daemon has seen the time
        self.daemon.pass_time(-HOUR)
        self.assertEqual(self.auth(name, GOOD, early), "WrongCredentials")
        self.daemon.pass_time(HOUR)

    def test_accepted_clock_makes_present_codes_good_again(self):
        uid, name, secret = self.with_otp()
        self.daemon.pass_time(30)
        self.daemon.pass_time(50 * DAY)
        self.wrong(self.new_name(), 1)
        self.daemon.pass_time(-50 * DAY)
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "WrongCredentials")
        self.refused("NotAllowed", self.manager, "AcceptClock", "a{sv}", {}, uid=uid)
        self.manager("AcceptClock", "a{sv}", {})
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")
        self.assertEqual(self.auth(name, GOOD, self.code(secret)), "WrongCredentials")
        self.assertEqual(self.audit(Event="clock-accepted")[0]["Actor"], 0)


if __name__ == "__main__":
    main()
