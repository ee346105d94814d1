#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of passwords, driven through PAM against the real daemon: age, warning, change, reuse."""

from real import DAY, HOUR, Suite
from stage import CHANGE_EXPIRED, PAM_RHOST, PAM_USER, REFUSE, SILENT, Stage, Talk, main

FRESH = "green boat 23 lake"


def numbered(i):
    return f"apple {i} river {i} stone"


class Change(Suite):
    """R4, R14, R73, R74"""

    def change(self, name, *answers, flags=0):
        with Talk("passwd", name) as app:
            return app.password(*answers, flags=flags)

    def test_present_password_is_asked_for_once_and_first(self):
        """R14: of root as well; nobody sets somebody else's password."""
        name = self.person()
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(self.PASSWORD, FRESH, FRESH), "SUCCESS")
            self.assertEqual(app.asked, [
                ("secret", "Current password: "), ("secret", "New password: "),
                ("secret", "Repeat new password: ")])
        self.assert_in(name, FRESH)
        self.assert_out(name)

    def test_wrong_present_password_changes_nothing(self):
        name = self.person()
        self.assertEqual(self.change(name, "wrong"), "AUTH_ERR")
        self.assertEqual(self.change(name, ""), "AUTH_ERR")
        self.assert_in(name)

    def test_refused_prompts_change_nothing(self):
        name = self.person()
        for answers in ((REFUSE,), (self.PASSWORD, REFUSE), (self.PASSWORD, FRESH, REFUSE)):
            self.assertEqual(self.change(name, *answers), "AUTHTOK_ERR")
        self.assert_in(name)

    def test_third_refused_password_ends_it(self):
        """R74"""
        name = self.person()
        self.assertEqual(self.change(name, self.PASSWORD, "short1", "nodigitsinhere", "1234567890123"),
                         "AUTHTOK_ERR")
        self.assert_in(name)

    def test_unknown_name_has_no_password_to_change(self):
        self.assertEqual(self.change(self.nobody()), "USER_UNKNOWN")

    def test_change_kills_tokens_made_before(self):
        name = self.person()
        token = self.daemon.reset(name)
        self.assertEqual(self.change(name, self.PASSWORD, FRESH, FRESH), "SUCCESS")
        self.assert_out(name, token)

    def test_module_before_gives_both_passwords(self):
        """use_authtok, try_first_pass: what the module takes for the questions is what the daemon asks."""

        name = self.person()
        fresh = "greenboat23lakes"
        token = self.daemon.reset(name)
        self.assert_in(name, token, "treehouse17blues", "treehouse17blues")
        Stage.service("stacked", "try_first_pass", f"socket={self.daemon.socket}",
                      before=f"authtok={fresh} oldauthtok=treehouse17blues")
        with Talk("stacked", name) as app:
            self.assertEqual(app.password(), "SUCCESS")
            self.assertEqual(app.asked, [])
            self.assertEqual(app.auth(), "SUCCESS")


class Reuse(Suite):
    """R46, R47"""

    def test_present_and_last_passwords_are_refused_and_the_reason_is_told(self):
        name = self.person()
        for i in range(4):
            with Talk("passwd", name) as app:
                self.assertEqual(app.password(numbered(i - 1) if i else self.PASSWORD, numbered(i),
                                              numbered(i)), "SUCCESS")
            self.daemon.pass_time(2 * DAY)
        for old in numbered(3), numbered(0), self.PASSWORD:
            with self.subTest(old), Talk("passwd", name) as app:
                code = app.password(numbered(3), old, old, REFUSE) if old != numbered(3) else \
                    app.password(numbered(3), old, REFUSE)
                self.assertEqual(code, "AUTHTOK_ERR")
                self.assertRegex(app.asked[-1][1], "used before|present password")

    def test_sixth_last_password_may_be_used_again_after_a_day(self):
        name = self.person()
        for i in range(5):
            with Talk("passwd", name) as app:
                self.assertEqual(app.password(numbered(i - 1) if i else self.PASSWORD, numbered(i),
                                              numbered(i)), "SUCCESS")
        # R47: all were in use within the last 24 hours, however many.
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(numbered(4), self.PASSWORD, self.PASSWORD, REFUSE),
                             "AUTHTOK_ERR")
        self.daemon.pass_time(24 * HOUR)
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(numbered(4), self.PASSWORD, self.PASSWORD), "SUCCESS")


class Age(Suite):
    """R2"""

    def aged(self, age):
        """Whose password has that age; he has logged in on the way, so that he is not idle."""
        name = self.person()
        self.daemon.pass_time(45 * DAY)
        self.assert_in(name)
        self.daemon.pass_time(age - 45 * DAY)
        return name

    def test_password_expires_exactly_after_90_days(self):
        name = self.aged(90 * DAY - 1)
        self.assertEqual(self.account(name), "SUCCESS")
        self.daemon.pass_time(1)
        self.assertEqual(self.account(name), "NEW_AUTHTOK_REQD")
        self.assertEqual(self.daemon.show(name)["status"], "password-expired")

    def test_change_is_forced_at_login_and_asks_for_the_new_one_alone(self):
        name = self.aged(90 * DAY)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")
            self.assertEqual(app.account(), "NEW_AUTHTOK_REQD")
            self.assertEqual(app.password(FRESH, FRESH, flags=CHANGE_EXPIRED), "SUCCESS")
            self.assertEqual(app.asked[1:], [("secret", "New password: "),
                                             ("secret", "Repeat new password: ")])
            self.assertEqual(app.account(), "SUCCESS")
            self.assertEqual(app.open(), "SUCCESS")
        self.assert_in(name, FRESH)
        self.assert_out(name)

    def test_login_without_the_change_stays_expired(self):
        name = self.aged(90 * DAY)
        for answers in (REFUSE,), (self.PASSWORD, self.PASSWORD, self.PASSWORD):
            with Talk("login", name) as app:
                self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")
                self.assertEqual(app.account(), "NEW_AUTHTOK_REQD")
                self.assertEqual(app.password(*answers, flags=CHANGE_EXPIRED), "AUTHTOK_ERR")
        self.assertEqual(self.account(name), "NEW_AUTHTOK_REQD")

    def test_change_in_another_process_asks_for_the_present_password(self):
        """sshd runs passwd after a login by key: nothing was proven there."""
        name = self.aged(90 * DAY)
        self.assertEqual(self.account(name), "NEW_AUTHTOK_REQD")
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(self.PASSWORD, FRESH, FRESH, flags=CHANGE_EXPIRED),
                             "SUCCESS")
            self.assertEqual(app.asked[0][1], "Current password: ")

    def test_proof_of_one_user_changes_no_password_of_another(self):
        name = self.person()
        other = self.aged(90 * DAY)
        token = self.daemon.reset(name)
        self.assert_in(name, token, FRESH, FRESH)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(FRESH), "SUCCESS")
            app.item(PAM_USER, other)
            self.assertEqual(app.account(), "NEW_AUTHTOK_REQD")
            self.assertEqual(app.password(REFUSE, flags=CHANGE_EXPIRED), "AUTHTOK_ERR")
            self.assertEqual(app.asked[-1], ("secret", "Current password: "))

    def test_change_of_expired_passwords_leaves_others_alone(self):
        """PAM_CHANGE_EXPIRED_AUTHTOK"""
        name = self.person()
        with Talk("passwd", name) as app:
            self.assertEqual(app.password(flags=CHANGE_EXPIRED), "SUCCESS")
            self.assertEqual(app.asked, [])

    def test_jobs_of_a_user_with_an_expired_password_run(self):
        name = self.aged(90 * DAY)
        self.assertEqual(self.account(name, "cron", ""), "SUCCESS")


class Warning(Suite):
    """R3"""

    def aged(self, age):
        name = self.person()
        self.daemon.pass_time(age)
        return name

    def test_offer_comes_14_days_before_and_not_earlier(self):
        name = self.aged(76 * DAY - 1)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS")
            self.assertEqual(len(app.asked), 1)
        self.daemon.pass_time(1)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, "n"), "SUCCESS")
            self.assertEqual(app.asked[1][0], "visible")
            self.assertIn("expires in 14 days", app.asked[1][1])
            self.assertEqual(app.account(), "SUCCESS")
            self.assertNotIn("expires", "".join(text for _, text in app.shown))  # not told twice

    def test_offer_that_is_taken_changes_the_password_there_and_then(self):
        name = self.aged(80 * DAY)
        with Talk("login", name) as app:
            self.assertEqual(app.auth(self.PASSWORD, "y", FRESH, FRESH), "SUCCESS")
            self.assertEqual(app.account(), "SUCCESS")
        self.assert_in(name, FRESH)
        self.assert_out(name)

    def test_offer_that_cannot_be_shown_is_declined_and_the_login_stands(self):
        """sshd's PasswordAuthentication refuses prompts with echo."""
        name = self.aged(80 * DAY)
        self.assertEqual(self.auth(name, self.PASSWORD, REFUSE), "SUCCESS")
        self.assertEqual(self.auth(name, self.PASSWORD, ""), "SUCCESS")

    def test_offer_that_was_taken_and_given_up_leaves_the_login(self):
        name = self.aged(80 * DAY)
        self.assertEqual(self.auth(name, self.PASSWORD, "y", "short1", "short2", "short3"), "SUCCESS")
        self.assert_in(name, self.PASSWORD, "n")

    def test_wrong_password_gets_no_offer(self):
        name = self.aged(80 * DAY)
        with Talk("sshd", name) as app:
            self.assertEqual(app.auth("wrong"), "AUTH_ERR")
            self.assertNotIn("expires", app.texts)

    def test_login_by_key_is_told_by_a_line_that_asks_nothing(self):
        name = self.aged(80 * DAY)
        with Talk("sshd", name) as app:
            app.item(PAM_RHOST, "192.0.2.7")
            self.assertEqual(app.account(), "SUCCESS")
            self.assertEqual(app.asked, [])
            self.assertIn(("info", "Your password expires in 10 days. Change it with `passwd`."),
                          app.shown)

    def test_silence_is_kept_and_sudo_offers_nothing(self):
        name = self.aged(80 * DAY)
        with Talk("sudo", name) as app:
            self.assertEqual([app.auth(self.PASSWORD, flags=SILENT), app.account(flags=SILENT)],
                             ["SUCCESS"] * 2)
            self.assertEqual((len(app.asked), app.shown), (1, []))


if __name__ == "__main__":
    main()
