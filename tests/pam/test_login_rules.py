#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of the login, driven through PAM against the real daemon: activation, locks, status, kinds."""

import signal
import time
import unittest

from real import DAY, MINUTE, Suite
from stage import (DISALLOW_NULL, NULL, PAM_RHOST, PAM_USER, REFUSE, SILENT, Talk, main)

DUMMY = "\b\n\r\x7fINCORRECT"


class Forgotten(Suite):
    """R75"""

    def test_forgot_says_the_same_to_everybody_and_counts_no_failure(self):
        known, unknown = self.person(), self.nobody()
        said = set()
        for name, word in ((known, "forgot"), (unknown, "forgot"), (unknown, DUMMY[:6])):
            for _ in range(7):
                with Talk("sshd", name) as app:
                    self.assertEqual(app.auth(word), "AUTH_ERR")
                    said.add((tuple(app.asked), app.texts))
        self.assertEqual(len(said), 1, said)
        self.assertIn("Links are not mailed from here", said.pop()[1])
        self.assert_in(known)


class Throttled(Suite):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.daemon.config, encoding="utf-8") as file:
            text = file.read()
        with open(cls.daemon.config, "w", encoding="utf-8") as file:
            file.write(text.replace("SourceAttempts=off", "SourceAttempts=5"))
        cls.daemon.restart()

    def test_source_with_too_many_failures_reads_how_long_to_wait_and_is_asked_nothing(self):
        known, unknown = self.person(), self.nobody()
        for number in range(5):
            with Talk("sshd", self.nobody()) as app:
                app.item(PAM_RHOST, "192.0.2.7")
                self.assertEqual(app.auth(f"wrong {number}"), "USER_UNKNOWN")
        for name in known, unknown:
            with self.subTest(name), Talk("sshd", name) as app:
                app.item(PAM_RHOST, "192.0.2.7")
                self.assertEqual(app.auth(flags=SILENT), "MAXTRIES")
                self.assertEqual(app.asked, [])
                self.assertIn("Too many failed attempts from your address: try again in 2 minutes.", app.texts)
        with Talk("sshd", known) as app:
            app.item(PAM_RHOST, "192.0.2.8")
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")


class Invitation(Suite):
    """R49: who has a login already is invited by another customer."""

    QUESTION = "The Cafe (cafe) invites you to work for them. Accept? [yes/no/later] "

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.boctl("customer", "create", "cafe", "--alias", "The Cafe")

    def mail(self, on):
        """Whether links are mailed: those of an invitation are offered at the prompt then."""
        with open(self.daemon.config, encoding="utf-8") as file:
            text = file.read().replace("Mail=yes\n", "")
        with open(self.daemon.config, "w", encoding="utf-8") as file:
            file.write(text.replace("[Accounts]\n", "[Accounts]\nMail=yes\n") if on else text)
        self.daemon.restart()

    def wanted(self):
        """A person whom the cafe invites by mail."""
        self.mail(False)
        name = self.person()
        self.mail(True)
        self.assertFalse(self.daemon.create(name, "--customer", "cafe", "--role", "viewer"))
        return name

    def customers(self, name):
        return self.daemon.show(name)["customers"]

    def test_offered_after_the_password_and_accepted(self):
        name = self.wanted()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, "yes"), "SUCCESS")
            self.assertEqual(app.asked, [("secret", "Password: "), ("visible", self.QUESTION)])
            self.assertIn("You are a member of The Cafe now.", app.texts)
            self.assertEqual(app.account(), "SUCCESS")
        self.assertEqual(self.customers(name), ["cafe:The Cafe"])

    def test_later_or_a_client_that_cannot_ask_is_a_login_all_the_same(self):
        name = self.wanted()
        for answer in ("later", "", "what?", REFUSE):
            self.assertEqual(self.auth(name, self.PASSWORD, answer), "SUCCESS", answer)
        self.assertEqual(self.customers(name), [])
        self.assertEqual(self.auth(name, self.PASSWORD, "no"), "SUCCESS")
        self.assert_in(name)  # no question any more

    def test_nobody_is_asked_before_his_password_was_right_or_where_no_person_is(self):
        name = self.wanted()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth("wrong guess"), "AUTH_ERR")
            self.assertEqual(app.asked, [("secret", "Password: ")])
        self.assert_in(name, service="cron")

    def test_token_that_was_handed_over_is_followed_by_ones_own_password(self):
        self.mail(False)
        name = self.person()
        token = self.daemon.create(name, "--customer", "cafe")
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(token, self.PASSWORD), "SUCCESS")
            self.assertEqual([kind for kind, _ in app.asked], ["secret", "secret"])
            self.assertIn("You are a member of cafe now.", app.texts)
        self.assertEqual(self.customers(name), ["cafe:The Cafe"])
        self.assert_out(name, token)


class Activation(Suite):
    """R24"""

    def test_token_at_the_prompt_sets_a_password_typed_twice(self):
        name, token = self.invited()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(token, self.PASSWORD, self.PASSWORD), "SUCCESS")
            self.assertEqual(app.asked, [("secret", "Password: "), ("secret", "New password: "),
                                         ("secret", "Repeat new password: ")])
            self.assertEqual(app.account(), "SUCCESS")
            self.assertEqual(app.open(), "SUCCESS")
        self.assertEqual(self.daemon.show(name)["status"], "active")
        self.assert_in(name)

    def test_token_is_good_once_and_only_for_its_user(self):
        name, token = self.invited()
        other, _ = self.invited()
        self.assert_out(other, token)
        # Opening the flow uses nothing up; setting the password does.
        self.assertEqual(self.auth(name, token, REFUSE), "CONV_ERR")
        self.assert_in(name, token, self.PASSWORD, self.PASSWORD)
        self.assert_out(name, token)

    def test_token_is_dead_after_24_hours(self):
        name, token = self.invited()
        self.daemon.pass_time(DAY)
        self.assert_out(name, token)

    def test_token_becomes_no_password(self):
        """sshd's PasswordAuthentication answers every hidden question with the same words."""
        name, token = self.invited()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(*[token] * 4), "AUTH_ERR")
            self.assertIn("token", app.texts)
        self.assertEqual(self.daemon.show(name)["status"], "activation-sent")
        self.assert_in(name, token, self.PASSWORD, self.PASSWORD)

    def test_different_and_weak_passwords_are_asked_for_again(self):
        """R73, R74: and the question says why."""
        name, token = self.invited()
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(token, self.PASSWORD, "tree house 18 blue", "a1", self.PASSWORD,
                                      self.PASSWORD), "SUCCESS")
            self.assertIn("not the same", app.asked[3][1])
            self.assertNotEqual(app.asked[4][1], "New password: ")

    def test_empty_new_password_is_refused(self):
        name, token = self.invited()
        self.assertEqual(self.auth(name, token, "", "", ""), "AUTH_ERR")
        self.assertEqual(self.daemon.show(name)["status"], "activation-sent")

    def invited_with_a_password(self):
        name = self.nobody()
        made = self.daemon.boctl("user", "create", name, "--initial-password", stdin=f"{self.PASSWORD}\n" * 2)
        return name, made["user"][0]["token"]

    def test_R86_initial_password_is_asked_for_behind_the_token_and_changed_at_once(self):
        name, token = self.invited_with_a_password()
        fresh = "tree house 18 blue"
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(token, self.PASSWORD, fresh, fresh), "SUCCESS")
            self.assertEqual([text for _, text in app.asked], ["Password: ", "Initial password: ", "New password: ",
                                                               "Repeat new password: "])
            self.assertEqual({kind for kind, _ in app.asked}, {"secret"})
        self.assert_in(name, fresh)
        self.assert_out(name)

    def test_R86_initial_password_alone_opens_nothing(self):
        name, token = self.invited_with_a_password()
        self.assertEqual(self.auth(name, self.PASSWORD), "ACCT_EXPIRED")
        self.assertEqual(self.account(name), "ACCT_EXPIRED")
        self.assert_out(name, token, token)
        self.assertEqual(self.daemon.show(name)["status"], "activation-sent")

    def test_user_who_is_not_activated_is_stopped_with_a_key(self):
        name, _ = self.invited()
        self.assertEqual(self.account(name), "ACCT_EXPIRED")


class Password(Suite):
    def test_right_password_passes_every_phase(self):
        name = self.person()
        with Talk("login", name) as app:
            self.assertEqual([app.auth(self.PASSWORD), app.setcred(), app.account(), app.open(),
                              app.close()], ["SUCCESS"] * 5)
            self.assertEqual(app.asked, [("secret", "Password: ")])

    def test_wrong_and_empty_passwords_do_not(self):
        name = self.person()
        for wrong in "tree house 17 blu", "", " " + self.PASSWORD, self.PASSWORD.upper(), "x" * 512:
            self.assert_out(name, wrong, flags=DISALLOW_NULL)

    def test_name_counts_in_any_case(self):
        """R25"""
        name = self.person()
        self.assert_in(name.upper())

    def test_refused_prompt_is_not_charged(self):
        name = self.person()
        for _ in range(7):
            self.assertEqual(self.auth(name, REFUSE), "CONV_ERR")
            self.assertEqual(self.auth(name, NULL), "CONV_ERR")
        self.assert_in(name)

    def test_success_of_one_name_is_not_that_of_the_next(self):
        """login: the name changes within one handle."""
        name, other = self.person(), self.person()
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")
            app.item(PAM_USER, other)
            self.assertEqual(app.auth("wrong"), "AUTH_ERR")
            self.daemon.boctl("user", "disable", other)
            self.assertEqual(app.account(), "ACCT_EXPIRED")

    def test_forked_login_opens_its_session_in_the_parent(self):
        name = self.person()
        with Talk("sshd", name) as app:
            self.assertEqual(app.command("fork"), "child")
            self.assertEqual([app.auth(self.PASSWORD), app.account()], ["SUCCESS"] * 2)
            login = app.env("BO_LOGIN")
            app.send("exit")
            app.read()
            app.command("putenv", "BO_LOGIN=" + login)
            self.assertEqual(app.open(), "SUCCESS")
            self.assertEqual(app.close(), "SUCCESS")

    def test_R50_session_has_the_environment_of_the_customer_acted_for(self):
        self.daemon.boctl("customer", "create", "cafe", "--alias", "Café")
        name = self.person("--customer", "cafe", "--role", "encoder", "--role", "admin")
        with Talk("sshd", name) as app:
            self.assertEqual([app.auth(self.PASSWORD), app.account(), app.open()], ["SUCCESS"] * 3)
            self.assertEqual({name: app.env(name) for name in (
                "BO_CUSTOMER", "BO_CUSTOMER_ALIAS", "BO_ROLES", "BO_LOCATIONS", "BO_FACTORS", "BO_LOGIN")}, {
                    "BO_CUSTOMER": "cafe", "BO_CUSTOMER_ALIAS": "Café", "BO_ROLES": "admin encoder",
                    "BO_LOCATIONS": "", "BO_FACTORS": "password", "BO_LOGIN": None})
            self.assertIn("Acting for Café (cafe).", "\n".join(text for _, text in app.shown))

    @unittest.skipUnless(open("/proc/self/uid_map").read().split()[2] != "1", "needs root")
    def test_user_may_unlock_his_own_screen_and_no_other(self):
        """R61, and root is not needed for it."""
        name, other = self.person(), self.person()
        uid = self.daemon.show(name)["uid"]
        for who, code in (name, "SUCCESS"), (other, "PERM_DENIED"):
            with Talk("login", who, user=uid) as app:
                self.assertEqual(app.auth(*[self.PASSWORD] * (code == "SUCCESS")), code)


class Lock(Suite):
    """R38"""

    def test_sixth_failure_locks_and_says_so(self):
        name = self.person()
        self.assertNotIn("locked", self.guess(name, 5))
        self.assertIn("locked for 30 minutes", self.guess(name, 1))
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "AUTH_ERR")
            self.assertIn("locked for 30 minutes", app.asked[0][1])
        self.assertEqual(self.daemon.show(name)["status"], "locked-attempts")

    def test_lock_opens_exactly_after_30_minutes(self):
        name = self.person()
        self.guess(name)
        self.daemon.pass_time(30 * MINUTE - 1)
        self.assert_out(name)
        self.daemon.pass_time(1)
        self.assert_in(name)

    def test_attempts_while_locked_neither_lengthen_it_nor_test(self):
        name = self.person()
        self.guess(name)
        self.daemon.pass_time(20 * MINUTE)
        self.guess(name, 12)
        self.assert_out(name)
        self.daemon.pass_time(10 * MINUTE)
        self.assert_in(name)

    def test_success_clears_the_count(self):
        name = self.person()
        self.guess(name, 5)
        self.assert_in(name)
        self.guess(name, 5)
        self.assert_in(name)

    def test_lock_survives_a_restart_of_the_daemon(self):
        name = self.person()
        self.guess(name, 5)
        self.daemon.restart()
        self.guess(name, 1)
        self.daemon.restart()
        self.assert_out(name)

    def test_locked_user_is_stopped_with_a_key_but_his_jobs_run(self):
        name = self.person()
        self.guess(name)
        self.assertEqual(self.account(name), "AUTH_ERR")
        self.assertEqual(self.account(name, "cron", ""), "SUCCESS")

    def test_reset_token_opens_the_lock_earlier(self):
        """R37, R39"""
        name = self.person()
        self.guess(name)
        token = self.daemon.reset(name)
        self.assertEqual(self.daemon.show(name)["status"], "locked-attempts")
        self.assert_in(name, token, "green boat 23 lake", "green boat 23 lake")
        self.assert_in(name, "green boat 23 lake")

    def test_guesses_in_passwd_count_as_well(self):
        name = self.person()
        for _ in range(6):
            with Talk("passwd", name) as app:
                self.assertEqual(app.password("wrong"), "AUTH_ERR")
        self.assert_out(name)

    def test_unknown_name_is_treated_like_a_known_one_and_its_lock_too(self):
        name, stranger = self.person(), self.nobody()
        for attempt in range(8):
            with Talk("sshd", name) as known, Talk("sshd", stranger) as unknown:
                self.assertNotEqual(known.auth("wrong"), "SUCCESS")
                self.assertNotEqual(unknown.auth("wrong"), "SUCCESS")
                self.assertEqual((known.asked, known.shown), (unknown.asked, unknown.shown), attempt)
        self.assertIn("locked", unknown.texts)
        self.daemon.pass_time(30 * MINUTE)
        with Talk("sshd", stranger) as unknown:
            self.assertEqual(unknown.auth("wrong"), "USER_UNKNOWN")
            self.assertNotIn("locked", unknown.texts)

    def test_sshd_dummy_password_locks_nobody(self):
        name = self.person()
        for _ in range(8):
            self.assertNotEqual(self.auth(name, DUMMY), "SUCCESS")
        self.assert_in(name)

    def test_silence_does_not_hide_the_lock(self):
        """sudo always asks for silence."""
        name = self.person()
        self.guess(name, 5)
        with Talk("sudo", name) as app:
            self.assertEqual(app.auth("wrong", flags=SILENT), "AUTH_ERR")
            self.assertIn("locked for 30 minutes", app.texts)


class Status(Suite):
    def test_deactivated_user_is_stopped_everywhere(self):
        """R17; the reason is told only to who knows the password."""
        name = self.person()
        self.daemon.boctl("user", "disable", name, "--reason", "left")
        self.assertEqual(self.auth(name, self.PASSWORD), "ACCT_EXPIRED")
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth("wrong"), "AUTH_ERR")
            self.assertNotIn("deactivated", app.texts)
        for service in "sshd", "cron", "sudo":
            self.assertEqual(self.account(name, service), "ACCT_EXPIRED")
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(), "PERM_DENIED")
        self.daemon.boctl("user", "enable", name)
        self.assert_in(name)

    def test_user_idle_for_90_days_is_stopped_and_told(self):
        """R40"""
        name = self.person()
        self.daemon.pass_time(90 * DAY)
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "ACCT_EXPIRED")
            self.assertIn("administrator", app.texts)
        self.assert_out(name, "wrong")
        self.assertEqual(self.account(name), "ACCT_EXPIRED")
        self.assertEqual(self.account(name, "cron", ""), "ACCT_EXPIRED")
        self.assertEqual(self.daemon.show(name)["status"], "locked-inactivity")

    def test_user_idle_for_a_second_less_is_not(self):
        name = self.person()
        self.daemon.pass_time(90 * DAY - 1)
        self.assertNotEqual(self.account(name), "ACCT_EXPIRED")

    def test_reset_by_an_administrator_opens_an_idle_login(self):
        """R40"""
        name = self.person()
        self.daemon.pass_time(90 * DAY)
        token = self.daemon.reset(name)
        self.assert_in(name, token, "green boat 23 lake", "green boat 23 lake")
        self.assertEqual(self.account(name), "SUCCESS")

    def test_login_by_key_counts_against_idleness_and_a_job_does_not(self):
        """R40"""
        by_key, by_job = self.person(), self.person()
        self.daemon.pass_time(60 * DAY)
        with Talk("sshd", by_key) as app:
            app.item(PAM_RHOST, "192.0.2.7")
            self.assertEqual([app.account(), app.open()], ["SUCCESS"] * 2)
        with Talk("cron", by_job) as app:
            self.assertEqual([app.account(), app.open(), app.close()], ["SUCCESS"] * 3)
        self.daemon.pass_time(30 * DAY)
        self.assertEqual(self.account(by_key), "NEW_AUTHTOK_REQD")
        self.assertEqual(self.account(by_job), "ACCT_EXPIRED")


class Kind(Suite):
    """R8"""

    def program(self):
        self.daemon.boctl("user", "create", "svc", "--kind", "api", "--password-fd", "0",
                          stdin=self.PASSWORD + "\n")
        return "svc"

    def test_program_is_refused_where_people_log_in_although_its_password_is_right(self):
        program = self.program()
        for service in "sshd", "login", "sudo":
            self.assert_out(program, service=service)
            self.assertEqual(self.account(program, service), "PERM_DENIED")
        self.assert_in(program, service="door")
        self.assertEqual(self.account(program, "door"), "SUCCESS")
        with Talk("passwd", program) as app:
            self.assertEqual(app.password(), "PERM_DENIED")

    def test_person_is_refused_where_programs_log_in(self):
        name = self.person()
        self.assert_out(name, service="door")
        self.assertEqual(self.account(name, "door"), "PERM_DENIED")


class Away(Suite):
    def test_daemon_that_hangs_is_left_within_two_seconds(self):
        name = self.person()
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            for phase, code in ("auth", "AUTHINFO_UNAVAIL"), ("account", "AUTHINFO_UNAVAIL"), \
                    ("open", "SESSION_ERR"):
                with Talk("sshd", name) as app:
                    began = time.monotonic()
                    self.assertEqual(app.command(phase, 0), code)
                    self.assertLess(time.monotonic() - began, 2)
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)
        self.assert_in(name)

    def test_daemon_that_was_restarted_in_the_middle_is_found_again(self):
        name = self.person()
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")
            self.daemon.restart()
            self.assertEqual([app.account(), app.open()], ["SUCCESS"] * 2)

    def test_user_is_known_while_the_daemon_is_away(self):
        name = self.person()
        self.daemon.stop()
        try:
            with Talk("sshd", name) as app:
                self.assertEqual(app.account(), "AUTHINFO_UNAVAIL")
                self.assertEqual(app.setcred(), "SUCCESS")
                said = app.shown
                self.assertEqual((app.close(), app.shown), ("SUCCESS", said))
            with Talk("sshd", "root") as app:  # foreign=ignore, and nobody else in the stack
                self.assertEqual(app.account(), "PERM_DENIED")
                self.assertEqual(app.shown, [])
        finally:
            self.daemon.start()


if __name__ == "__main__":
    main()
