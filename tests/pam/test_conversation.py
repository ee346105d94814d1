#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How questions and answers pass through pam_bo, whatever the daemon and the application do."""

import unittest

from stage import (CHANGE_EXPIRED, DISALLOW_NULL, NOTHING, NULL, PAM_RHOST, PAM_TTY, PAM_USER,
                   REFUSE, SILENT, Fake, Stage, Talk, fields, main)

ALICE = "alice@shop.example"
DONE = ("done", "Success")
WRONG = ("done", "WrongCredentials")
CODE = ("visible", "One-time code: ")
PASSWORD = ("secret", "Password: ")


class Conversation(unittest.TestCase):
    def setUp(self):
        Stage.publish(f"{ALICE}:70001", "bob@shop.example:70002")

    def talk(self, fake, user=ALICE, service="app", arguments=()):
        Stage.service(service, "foreign=ignore", f"socket={fake.socket}", *arguments)
        return Talk(service, user)


class Relay(Conversation):
    def test_questions_reach_the_person_and_answers_the_daemon(self):
        with Fake(PASSWORD, CODE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("tree house 17", "123456"), "SUCCESS")
            self.assertEqual(app.asked, [("secret", "Password: "), ("visible", "One-time code: ")])
            steps = [line for line in fake.calls() if line.startswith("step")]
            self.assertEqual([fields(step)["answer"] for step in steps],
                             ["tree house 17", "123456"])
            self.assertEqual([fields(step)["login"] for step in steps], ["1", "1"])

    def test_begin_carries_who_where_and_how(self):
        with Fake(DONE) as fake, self.talk(fake) as app:
            app.item(PAM_TTY, "/dev/tty1")
            app.item(PAM_RHOST, "192.0.2.7")
            self.assertEqual(app.auth(flags=DISALLOW_NULL), "SUCCESS")
            self.assertEqual(fields(fake.until("begin")), {
                "phase": "auth", "protocol": "1", "user": ALICE, "service": "app",
                "rhost": "192.0.2.7", "tty": "/dev/tty1"})

    def test_info_and_error_lines_are_shown_in_order(self):
        with Fake(("info", "a %s b"), ("error", "c"), PASSWORD, DONE) as fake, \
                self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            self.assertEqual(app.shown, [("info", "a %s b"), ("error", "c")])

    def test_silent_shows_errors_but_no_info_and_still_asks(self):
        with Fake(("info", "a"), ("error", "b"), PASSWORD, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x", flags=SILENT), "SUCCESS")
            self.assertEqual(app.shown, [("error", "b")])
            self.assertEqual(fields(fake.until("begin"))["silent"], "1")

    def test_control_characters_never_reach_the_terminal(self):
        with Fake(("info", "a\x1b[2Jb\rc\u202e"), PASSWORD, DONE) as fake, self.talk(fake) as app:
            app.auth("x")
            self.assertEqual(app.shown, [("info", "a?[2Jb?c?")])

    def test_sshd_dummy_password_is_passed_on_as_it_is(self):
        with Fake(PASSWORD, ("done", "NoSuchUser")) as fake, \
                self.talk(fake, "nobody@shop.example") as app:
            self.assertEqual(app.auth("\b\n\r\x7fINCORRECT"), "USER_UNKNOWN")
            self.assertEqual(fields(fake.until("step"))["answer"], "\b\n\r\x7fINCORRECT")


class Refusals(Conversation):
    """CVE-2025-23013: a conversation that failed is no success."""

    def test_null_answer_is_a_refusal_although_the_application_says_success(self):
        for broken in NULL, NOTHING, REFUSE, ("refuse-with", "hunter2 hunter2"):
            with self.subTest(broken), \
                    Fake(PASSWORD, ("done", "ConversationFailed")) as fake, self.talk(fake) as app:
                self.assertEqual(app.auth(broken), "CONV_ERR")
                self.assertEqual([line.split(" ")[0] for line in fake.calls()],
                                 ["open", "begin", "Cancel"])

    def test_empty_answer_is_an_answer_and_not_a_refusal(self):
        with Fake(PASSWORD, CODE, WRONG) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("", ""), "AUTH_ERR")
            self.assertEqual([fields(line)["answer"] for line in fake.calls()
                              if line.startswith("step")], ["", ""])

    def test_refused_offer_is_declined_and_the_login_goes_on(self):
        with Fake(PASSWORD, ("visible", "Change it now? [y/N] "), DONE) as fake, \
                self.talk(fake) as app:
            self.assertEqual(app.auth("x", REFUSE), "SUCCESS")
            self.assertIn("Cancel", fake.calls())

    def test_answer_of_512_bytes_passes_and_one_more_is_refused(self):
        with Fake(PASSWORD, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("a" * 512), "SUCCESS")
            self.assertEqual(fields(fake.until("step"))["answer"], "a" * 512)
        with Fake(PASSWORD, ("done", "ConversationFailed")) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("a" * 513), "CONV_ERR")
            self.assertFalse([line for line in fake.calls() if line.startswith("step")])

    def test_application_without_a_conversation_function(self):
        with Fake(PASSWORD, ("done", "ConversationFailed")) as fake, self.talk(fake) as app:
            app.command("deaf")
            self.assertEqual(app.auth(), "CONV_ERR")
        with Fake(("info", "welcome"), DONE) as fake, self.talk(fake) as app:
            app.command("deaf")
            self.assertEqual(app.account(), "SUCCESS")

    def test_user_name_that_nobody_gives(self):
        with Fake(DONE) as fake, self.talk(fake, "none") as app:
            self.assertEqual(app.auth(NULL), "CONV_ERR")
            self.assertEqual(app.account(), "USER_UNKNOWN")
            self.assertEqual(fake.calls(), [])


class Defects(Conversation):
    """What the real daemon never does; the module fails closed."""

    def test_questions_outside_of_auth_and_password_are_never_asked(self):
        for question in PASSWORD, CODE:
            with self.subTest(question):
                with Fake(question, DONE) as fake, self.talk(fake) as app:
                    self.assertEqual(app.account(), "AUTHINFO_UNAVAIL")
                    self.assertEqual(app.asked, [])
                with Fake(question, DONE) as fake, self.talk(fake) as app:
                    self.assertEqual(app.open(), "SESSION_ERR")
                    self.assertEqual(app.asked, [])
                with Fake(question, DONE) as fake, self.talk(fake) as app:
                    self.assertEqual(app.password(), "AUTHINFO_UNAVAIL")  # the preliminary check
                    self.assertEqual(app.asked, [])

    def test_unknown_kind_fails_closed_and_names_the_mismatch(self):
        for first in ("radio", "Choose: "), ("done", "SuccessIndeed"), ("Done", "Success"), ("", ""):
            for call, code in ("auth", "AUTHINFO_UNAVAIL"), ("account", "AUTHINFO_UNAVAIL"), \
                    ("open", "SESSION_ERR"), ("password", "AUTHINFO_UNAVAIL"):
                with self.subTest(first=first, call=call), Fake(first, DONE) as fake, \
                        self.talk(fake) as app:
                    self.assertEqual(app.command(call, 0), code)
                    self.assertIn("same version of both", app.texts)

    def test_other_protocol_version_fails_closed(self):
        for answer in ("fail", "Protocol", "speaks 2"), ("fail", "BadOption", "silent"), \
                ("fail", "org.freedesktop.DBus.Error.UnknownMethod", "no Login"), \
                ("fail", "Success", "an error that says it is none"):
            with self.subTest(answer), Fake(answer) as fake, self.talk(fake) as app:
                self.assertIn(app.account(), ("AUTHINFO_UNAVAIL", "SYSTEM_ERR"))

    def test_session_of_an_older_daemon_is_opened_without_variables(self):
        with Fake(("fail", "BadOption", "environment"), ("info", "Last login"), DONE) as fake, \
                self.talk(fake) as app:
            self.assertEqual(app.open(), "SUCCESS")
            self.assertEqual([begin.get("environment") for begin in map(fields, fake.calls()) if "phase" in begin], ["1", None])

    def test_permission_that_an_older_daemon_does_not_know_is_none(self):
        for call in "auth", "account":
            with self.subTest(call), Fake(("fail", "BadOption", "permission"), DONE) as fake, \
                    self.talk(fake, arguments=["permission=transactions.refund"]) as app:
                self.assertEqual(app.command(call, 0), "AUTHINFO_UNAVAIL")
                self.assertEqual(len([line for line in fake.calls() if line.startswith("begin")]), 1)

    def test_daemon_that_runs_in_circles_is_left(self):
        with Fake(*[("info", "again")] * 300) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth(), "AUTHINFO_UNAVAIL")
            self.assertEqual(len(app.shown), 101)

    def test_daemon_that_dies_in_the_middle(self):
        with Fake(PASSWORD, ("hangup", "")) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "AUTHINFO_UNAVAIL")

    def test_success_of_one_phase_is_none_of_the_next(self):
        with Fake(DONE, ("fail", "Busy", "later")) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth(), "SUCCESS")
            self.assertEqual(app.account(), "AUTHINFO_UNAVAIL")


class Codes(Conversation):
    """The PAM column of bo-errors.def, as far as each entry point may return it."""

    OUTCOMES = {
        "WrongCredentials": ("AUTH_ERR", "AUTH_ERR", "AUTH_ERR"),
        "NoSuchUser": ("USER_UNKNOWN", "USER_UNKNOWN", "USER_UNKNOWN"),
        "LockedAttempts": ("AUTH_ERR", "AUTH_ERR", "AUTH_ERR"),
        "LockedInactivity": ("ACCT_EXPIRED", "ACCT_EXPIRED", "PERM_DENIED"),
        "Deactivated": ("ACCT_EXPIRED", "ACCT_EXPIRED", "PERM_DENIED"),
        "NotActivated": ("ACCT_EXPIRED", "ACCT_EXPIRED", "PERM_DENIED"),
        "PasswordExpired": ("AUTH_ERR", "NEW_AUTHTOK_REQD", "AUTHTOK_ERR"),
        "TooManyTries": ("MAXTRIES", "PERM_DENIED", "MAXTRIES"),
        "Throttled": ("MAXTRIES", "PERM_DENIED", "MAXTRIES"),
        "WrongService": ("PERM_DENIED", "PERM_DENIED", "PERM_DENIED"),
        "ConversationFailed": ("CONV_ERR", "PERM_DENIED", "AUTHTOK_ERR"),
        "PasswordRejected": ("AUTH_ERR", "PERM_DENIED", "AUTHTOK_ERR"),
        "Unavailable": ("AUTHINFO_UNAVAIL",) * 3,
        "Busy": ("AUTHINFO_UNAVAIL",) * 3,
    }

    def test_every_outcome_has_its_code_in_every_phase(self):
        for outcome, codes in self.OUTCOMES.items():
            for call, code in zip(("auth", "account", "password", "open", "close"),
                                  codes + ("SESSION_ERR", "SUCCESS")):
                if outcome == "NoSuchUser" and call in ("open", "close"):
                    code = "USER_UNKNOWN"
                # As the end of a conversation, and as an error instead of one.
                for way in ("done", outcome), ("fail", outcome, "why"):
                    with self.subTest(outcome=outcome, call=call, way=way[0]), \
                            Fake(way) as fake, self.talk(fake) as app:
                        self.assertEqual(app.command(call, 0), code)


class Keeping(Conversation):
    """What goes from one phase to the next, and what must not."""

    def test_connection_is_kept_from_auth_to_a_forced_change(self):
        with Fake(PASSWORD, DONE, ("done", "PasswordExpired"), DONE, ("secret", "New password: "),
                  ("secret", "Repeat new password: "), DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            self.assertEqual(app.account(), "NEW_AUTHTOK_REQD")
            self.assertEqual(app.password("y", "y", flags=CHANGE_EXPIRED), "SUCCESS")
            self.assertEqual(app.open(), "SUCCESS")
            fake.until("closed")
            self.assertEqual([line.split(" ")[0] for line in fake.lines], [
                "open", "begin", "step", "begin", "begin", "begin", "step", "step", "begin",
                "closed"])

    def test_prelim_checks_and_update_changes(self):
        with Fake(DONE, ("secret", "New password: "), DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.password("y", flags=CHANGE_EXPIRED), "SUCCESS")
            begins = [fields(line) for line in fake.calls() if line.startswith("begin")]
            self.assertEqual([(b.get("check"), b.get("expired")) for b in begins],
                             [("1", "1"), (None, "1")])

    def test_failed_check_changes_nothing(self):
        with Fake(("done", "Deactivated"), ("secret", "New password: ")) as fake, \
                self.talk(fake) as app:
            self.assertEqual(app.password(), "PERM_DENIED")
            self.assertEqual(app.asked, [])

    def test_failure_drops_the_connection(self):
        with Fake(PASSWORD, WRONG, PASSWORD, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "AUTH_ERR")
            fake.until("closed")
            self.assertEqual(app.auth("y"), "SUCCESS")

    def test_new_name_in_the_same_handle_is_not_the_one_that_was_proven(self):
        with Fake(PASSWORD, DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            app.item(PAM_USER, "bob@shop.example")
            self.assertEqual(app.account(), "SUCCESS")
            lines = [fake.until("begin"), fake.until("begin")]
            self.assertEqual([fields(line)["user"] for line in lines], [ALICE, "bob@shop.example"])
            if "closed" not in fake.lines:
                fake.until("closed")
            self.assertEqual(fake.lines.count("open"), 2)

    def test_session_gets_the_login_once(self):
        with Fake(PASSWORD, DONE, DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            login = app.env("BO_LOGIN")
            self.assertEqual(login, "18446744073709551557")
            self.assertEqual(app.open(), "SUCCESS")
            self.assertIsNone(app.env("BO_LOGIN"))
            self.assertEqual(app.close(), "SUCCESS")
            begins = [fields(line) for line in fake.calls() if line.startswith("begin")]
            self.assertEqual([b.get("login") for b in begins], [None, login, None])
            self.assertEqual([b.get("close") for b in begins], [None, None, "1"])

    def test_session_after_a_fork_gets_the_login_by_the_environment_alone(self):
        """sshd: auth and account in a child, session in the parent."""
        with Fake(PASSWORD, DONE, DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.command("fork"), "child")
            self.assertEqual(app.auth("x"), "SUCCESS")
            self.assertEqual(app.account(), "SUCCESS")
            login = app.env("BO_LOGIN")
            app.send("exit")
            self.assertEqual(app.read(), ["value", "parent"])
            self.assertIsNone(app.env("BO_LOGIN"))
            app.command("putenv", "BO_LOGIN=" + login)
            self.assertEqual(app.open(), "SUCCESS")
            begins = [fields(line) for line in fake.calls() if line.startswith("begin")]
            self.assertEqual([b.get("login") for b in begins], [None, None, login])

    def test_child_opens_a_connection_of_its_own(self):
        with Fake(PASSWORD, DONE, DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            self.assertEqual(app.command("fork"), "child")
            self.assertEqual(app.account(), "SUCCESS")
            self.assertEqual(app.command("end"), "SUCCESS")
            app.send("exit")
            self.assertEqual(app.read(), ["value", "parent"])
            self.assertEqual(app.account(), "SUCCESS")  # and leaves the parent's alone
            self.assertEqual(fake.calls().count("open"), 2)

    def test_session_of_another_user_has_proven_nothing(self):
        """sudo proves the caller and opens the session of the target."""
        with Fake(PASSWORD, DONE, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            app.item(PAM_USER, "bob@shop.example")
            self.assertEqual(app.open(), "SUCCESS")
            begins = [fields(line) for line in fake.calls() if line.startswith("begin")]
            self.assertNotIn("login", begins[1])

    def test_session_of_a_foreign_user_drops_the_connection(self):
        """sudo waits for its command, for hours; the daemon need not."""
        with Fake(PASSWORD, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            app.item(PAM_USER, "root")
            app.open()
            fake.until("closed")

    def test_login_that_is_no_number_is_not_passed_on(self):
        for text in "-1", "0x10", "12 ", "99999999999999999999999", "alice":
            with self.subTest(text), Fake(DONE) as fake, self.talk(fake) as app:
                app.command("putenv", "BO_LOGIN=" + text.replace(" ", "%20"))
                self.assertEqual(app.open(), "SUCCESS")
                self.assertNotIn("login", fields(fake.until("begin")))

    def test_failed_login_leaves_none_of_an_earlier_one(self):
        with Fake(PASSWORD, DONE, PASSWORD, WRONG) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth("x"), "SUCCESS")
            self.assertEqual(app.auth("y"), "AUTH_ERR")
            self.assertIsNone(app.env("BO_LOGIN"))

    def test_restarted_daemon_is_found_again_between_two_phases(self):
        with Fake(DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth(), "SUCCESS")
            fake.process.kill()
            fake.process.wait()
            with Fake(DONE) as later:
                self.assertEqual(app.account(), "SUCCESS")
                self.assertEqual(fields(later.until("begin"))["phase"], "account")


class Environment(Conversation):
    """R50: what the daemon gives a session, and no more than that."""

    def opened(self, text):
        fake = self.enterContext(Fake(("environment", text), ("info", "Last login"), DONE))
        app = self.enterContext(self.talk(fake))
        self.assertEqual(app.open(), "SUCCESS")
        self.assertEqual(app.shown, [("info", "Last login")])
        return app

    def test_variables_reach_the_session(self):
        app = self.opened("BO_CUSTOMER=shop\nBO_CUSTOMER_ALIAS=Café = Bar\nBO_ROLES=admin viewer\nBO_LOCATIONS=")
        self.assertEqual([app.env(name) for name in ("BO_CUSTOMER", "BO_CUSTOMER_ALIAS", "BO_ROLES", "BO_LOCATIONS")],
                         ["shop", "Café = Bar", "admin viewer", ""])

    def test_it_is_asked_for_by_the_begin_of_a_session_alone(self):
        with Fake(DONE, DONE, DONE, DONE, DONE) as fake, self.talk(fake) as app:
            for call in app.auth, app.account, app.open, app.close:
                self.assertEqual(call(), "SUCCESS")
            begins = [fields(line) for line in fake.calls() if line.startswith("begin")]
            self.assertEqual([begin.get("environment") for begin in begins], [None, None, "1", None])
            self.assertEqual([begin.get("caller") for begin in begins], [None] * 4)

    def test_hostile_text_sets_nothing_else(self):
        for line in ("PATH=/tmp", "LD_PRELOAD=/tmp/x.so", "BO=x", "BO_=x", "bo_x=1", "BO_x=1", "BO_A1=1", " BO_B=1",
                     "BO_C =1", "=BO_D", "BO_E-F=1", "BO_G", "XBO_H=1", "BO_Ä=1", "BO_I=" + "x" * 5000):
            with self.subTest(line[:20]):
                app = self.opened(f"{line}\nBO_CUSTOMER=shop")
                for name in {line.split("=")[0].strip() or "BO_D", line.split("=")[0] or "BO_D"} - {""}:
                    self.assertIsNone(app.env(name.replace(" ", "%20")))
                self.assertEqual(app.env("BO_CUSTOMER"), "shop")

    def test_hostile_values_are_cleaned_and_there_are_not_many(self):
        app = self.opened("BO_A=x\x1b[2Jy\rz\u202e\n" + "".join(f"BO_V{chr(65 + i)}=1\n" for i in range(26)))
        self.assertEqual(app.env("BO_A"), "x?[2Jy?z?")
        self.assertEqual(app.env("BO_VA"), "1")
        self.assertIsNone(app.env("BO_VZ"))

    def test_number_of_the_login_is_never_the_daemons_to_leave(self):
        self.assertIsNone(self.opened("BO_LOGIN=5").env("BO_LOGIN"))

    def test_line_without_a_value_takes_no_variable_away(self):
        with Fake(("environment", "BO_MINE"), DONE) as fake, self.talk(fake) as app:
            app.command("putenv", "BO_MINE=1")
            self.assertEqual(app.open(), "SUCCESS")
            self.assertEqual(app.env("BO_MINE"), "1")

    def test_elsewhere_it_fails_closed(self):
        for call, code in (("auth", "AUTHINFO_UNAVAIL"), ("account", "AUTHINFO_UNAVAIL"),
                           ("password", "AUTHINFO_UNAVAIL")):
            with self.subTest(call), Fake(("environment", "BO_CUSTOMER=shop"), DONE) as fake, self.talk(fake) as app:
                self.assertEqual(app.command(call, 0), code)
                self.assertIsNone(app.env("BO_CUSTOMER"))


class Secrets(Conversation):
    def test_answers_are_wiped_and_not_left_to_later_modules(self):
        # Only the middle is looked for: malloc writes over the begin of what was freed.
        secret, code = "correct-horse-9-battery", "funny-code-314159"
        around = "-" * 64
        for end in DONE, WRONG, ("hangup", ""):
            with self.subTest(end), Fake(PASSWORD, CODE, end) as fake:
                Stage.service("app", f"socket={fake.socket}", after="want-none")
                with Talk("app", ALICE) as app:
                    app.auth(around + secret + around, around + code + around)
                    self.assertEqual(app.found_in_memory(secret), 0)
                    self.assertEqual(app.found_in_memory(code), 0)
                    self.assertGreater(app.found_in_memory(ALICE), 0)  # the search does find

    def test_refused_answers_are_wiped_too(self):
        secret = "-" * 64 + "correct-horse-9-battery" + "-" * 64
        for answer in ("refuse-with", secret), secret + "-" * 512:
            with Fake(PASSWORD, ("done", "ConversationFailed")) as fake, self.talk(fake) as app:
                self.assertEqual(app.auth(answer), "CONV_ERR")
                self.assertEqual(app.found_in_memory("correct-horse-9-battery"), 0)

    def test_no_descriptor_stays_after_a_thousand_logins(self):
        with Fake(*[DONE] * 1001) as fake, self.talk(fake) as app:
            self.assertEqual(app.auth(), "SUCCESS")
            app.command("end")
            before = app.command("count")
            self.assertEqual(app.command("again", 1000, "auth"), "SUCCESS")
            self.assertEqual(app.command("count"), before)

    def test_no_descriptor_stays_after_a_thousand_failures(self):
        with Fake(*[("radio", "x")] * 1001) as fake, self.talk(fake) as app:
            self.assertEqual(app.account(), "AUTHINFO_UNAVAIL")
            before = app.command("count")
            for _ in range(1000):
                app.command("account", 0)
            self.assertEqual(app.command("count"), before)


class Log(Conversation):
    """One line for each refusal; no secret, no name that bo does not know."""

    def test_refusal_names_user_and_outcome(self):
        with Fake(PASSWORD, ("done", "LockedAttempts")) as fake, self.talk(fake) as app:
            app.auth("x")
            self.assertEqual(app.logged,
                             [f"pam_bo(app:auth): authentication of {ALICE}: LockedAttempts"])

    def test_name_that_bo_does_not_know_may_be_a_password(self):
        for typed in "tree house 17 blue", "hunter2", "tree\x1b house", "x" * 300:
            for end in ("done", "NoSuchUser"), ("done", "Success"), ("hangup", ""), ("radio", ""):
                with self.subTest(typed=typed, end=end), Fake(PASSWORD, end) as fake, \
                        self.talk(fake, typed, arguments=["debug"]) as app:
                    app.auth("silver trombone")
                    app.account()
                    app.open()
                    app.setcred()
                    self.assertIn("a name that bo does not know", app.log)
                    for part in typed[:10], "house", "silver", "trombone":
                        self.assertNotIn(part, app.log)

    def test_debug_adds_lines_but_no_answers(self):
        with Fake(PASSWORD, CODE, DONE, DONE) as fake, self.talk(fake) as app:
            app.auth("silver trombone", "314159")
            self.assertEqual(app.logged, [])
        with Fake(PASSWORD, CODE, DONE, DONE) as fake, \
                self.talk(fake, arguments=["debug"]) as app:
            app.auth("silver trombone", "314159")
            self.assertIn(ALICE, app.log)
            self.assertNotIn("trombone", app.log)
            self.assertNotIn("314159", app.log)

    def test_version_mismatch_is_named(self):
        for end in ("radio", ""), ("fail", "Protocol", "speaks 2"), ("fail", "BadOption", "silent"):
            with Fake(end) as fake, self.talk(fake) as app:
                app.auth()
                self.assertIn("version mismatch", app.log)

    def test_unknown_argument_is_named(self):
        with Fake(DONE) as fake, self.talk(fake, arguments=["foregin=ignore"]) as app:
            app.auth()
            self.assertIn('"foregin=ignore"', app.log)


if __name__ == "__main__":
    main()
