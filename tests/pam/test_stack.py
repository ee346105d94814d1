#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The arguments of pam_bo and its neighbours in the stack."""

import os
import unittest

from stage import CHANGE_EXPIRED, REFUSE, Fake, Stage, Talk, fields, main

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
ALICE = "alice@shop.example"
DONE = ("done", "Success")
PASSWORD = ("secret", "Password: ")
CURRENT = ("secret", "Current password: ")
NEW = ("secret", "New password: ")
REPEAT = ("secret", "Repeat new password: ")


def answers(fake):
    return [fields(line)["answer"] for line in fake.calls() if line.startswith("step")]


class Arguments(unittest.TestCase):
    def setUp(self):
        Stage.publish(f"{ALICE}:70001")

    def phases(self, app):
        return [app.auth(), app.setcred(), app.account(), app.password(), app.open(), app.close()]

    def test_unknown_argument_closes_every_call_for_users_of_bo(self):
        for bad in "foregin=ignore", "debug=1", "socket=relative", "socket=", "nullok", "permission":
            with self.subTest(bad), Fake(*[DONE] * 9) as fake:
                Stage.service("typo", f"socket={fake.socket}", bad, "foreign=ignore")
                with Talk("typo", ALICE) as app:
                    self.assertEqual(self.phases(app), [
                        "SERVICE_ERR", "CRED_ERR", "SERVICE_ERR", "SERVICE_ERR", "SESSION_ERR",
                        "SESSION_ERR"])
                with Talk("typo", "nobody@shop.example") as app:
                    self.assertEqual(app.auth(), "SERVICE_ERR")
                self.assertEqual(fake.calls(), [])

    def test_unknown_argument_never_locks_out_root(self):
        """R61. The arguments after the typo count as well."""
        Stage.service("typo", "foregin=ignore", "foreign=ignore", control="[default=ignore ignore=ok]")
        Stage.service("alone", "foregin=ignore", "foreign=ignore")
        with open(Stage.path("pam.d/alone"), "a") as file:
            for kind in "auth", "account", "password", "session":
                file.write(f"{kind} required pam_permit.so\n")
        for user in "root", "local":
            with Talk("alone", user) as app:
                self.assertEqual(self.phases(app), ["SUCCESS"] * 6)

    def test_socket_names_another_daemon(self):
        with Fake(DONE, name="one") as one, Fake(DONE, name="two") as two:
            Stage.service("first", f"socket={one.socket}")
            Stage.service("second", f"socket={two.socket}", "debug")
            with Talk("second", ALICE) as app:
                self.assertEqual(app.auth(), "SUCCESS")
            self.assertEqual(one.calls(), [])
            self.assertEqual(len(two.calls()), 2)


class FirstPass(unittest.TestCase):
    """What an earlier module has asked for is not asked again."""

    def setUp(self):
        Stage.publish(f"{ALICE}:70001")

    def talk(self, fake, *arguments, before):
        Stage.service("stack", f"socket={fake.socket}", *arguments, before=before)
        return Talk("stack", ALICE)

    def test_it_answers_the_first_secret_question_of_auth_alone(self):
        for word in "use_first_pass", "try_first_pass":
            with self.subTest(word), \
                    Fake(PASSWORD, ("visible", "One-time code: "), ("secret", "New password: "),
                         DONE) as fake, self.talk(fake, word, before="authtok=given") as app:
                self.assertEqual(app.auth("123456", "fresh"), "SUCCESS")
                self.assertEqual(answers(fake), ["given", "123456", "fresh"])

    def test_it_answers_no_question_with_echo(self):
        with Fake(("visible", "Where are you? "), PASSWORD, DONE) as fake, \
                self.talk(fake, "use_first_pass", before="authtok=given") as app:
            self.assertEqual(app.auth("here"), "SUCCESS")
            self.assertEqual(answers(fake), ["here", "given"])

    def test_without_the_argument_it_is_not_looked_at(self):
        with Fake(PASSWORD, DONE) as fake, self.talk(fake, before="authtok=given") as app:
            self.assertEqual(app.auth("typed"), "SUCCESS")
            self.assertEqual(answers(fake), ["typed"])

    def test_use_first_pass_never_asks_for_the_password_itself(self):
        with Fake(PASSWORD, DONE) as fake, self.talk(fake, "use_first_pass", before="x") as app:
            self.assertEqual(app.auth(), "AUTH_ERR")
            self.assertEqual(app.asked, [])

    def test_try_first_pass_asks_when_there_is_none_and_tries_once(self):
        with Fake(PASSWORD, DONE) as fake, self.talk(fake, "try_first_pass", before="x") as app:
            self.assertEqual(app.auth("typed"), "SUCCESS")
        with Fake(PASSWORD, ("done", "WrongCredentials")) as fake, \
                self.talk(fake, "try_first_pass", before="authtok=given") as app:
            self.assertEqual(app.auth(), "AUTH_ERR")  # a second try would be charged as well

    def test_change_takes_the_old_one_for_the_current_and_the_new_one_twice(self):
        with Fake(DONE, CURRENT, NEW, REPEAT, DONE) as fake, \
                self.talk(fake, "try_first_pass", before="authtok=fresh oldauthtok=stale") as app:
            self.assertEqual(app.password(), "SUCCESS")
            self.assertEqual(answers(fake), ["stale", "fresh", "fresh"])

    def test_change_after_a_login_asks_for_no_current_one(self):
        with Fake(DONE, NEW, REPEAT, DONE) as fake, \
                self.talk(fake, "try_first_pass", before="authtok=fresh oldauthtok=stale") as app:
            self.assertEqual(app.password(flags=CHANGE_EXPIRED), "SUCCESS")
            self.assertEqual(answers(fake), ["fresh", "fresh"])

    def test_use_authtok_asks_for_the_current_one_and_never_for_a_new_one(self):
        with Fake(DONE, CURRENT, NEW, REPEAT, DONE) as fake, \
                self.talk(fake, "use_authtok", before="authtok=fresh") as app:
            self.assertEqual(app.password("typed"), "SUCCESS")
            self.assertEqual(answers(fake), ["typed", "fresh", "fresh"])
        with Fake(DONE, CURRENT, NEW, REPEAT, DONE) as fake, \
                self.talk(fake, "use_authtok", before="x") as app:
            self.assertEqual(app.password("typed"), "AUTHTOK_ERR")

    def test_use_authtok_does_not_offer_a_refused_password_for_ever(self):
        with Fake(DONE, NEW, REPEAT, ("secret", "It is too short.\nNew password: "), REPEAT,
                  DONE) as fake, self.talk(fake, "use_authtok", before="authtok=x") as app:
            self.assertEqual(app.password(), "AUTHTOK_ERR")
            self.assertIn(("error", "It is too short."), app.shown)

    def test_try_first_pass_lets_the_person_choose_another_one(self):
        with Fake(DONE, NEW, REPEAT, ("secret", "It is too short.\nNew password: "), REPEAT,
                  DONE) as fake, self.talk(fake, "try_first_pass", before="authtok=x") as app:
            self.assertEqual(app.password("longer", "longer"), "SUCCESS")
            self.assertEqual(answers(fake), ["x", "x", "longer", "longer"])

    def test_refused_prompt_of_a_change_is_no_success(self):
        with Fake(DONE, CURRENT, ("done", "ConversationFailed")) as fake, \
                self.talk(fake, before="x") as app:
            self.assertEqual(app.password(REFUSE), "AUTHTOK_ERR")


class Profile(unittest.TestCase):
    """What conf/bo-password.pam-config puts into common-password, behind whatever asks before."""

    def setUp(self):
        Stage.publish(f"{ALICE}:70001")

    def talk(self, fake, before=""):
        with open(os.path.join(SOURCE, "conf", "bo-password.pam-config")) as file:
            (line,) = [line.split() for line in file if "pam_bo.so" in line]
        arguments = line[line.index("pam_bo.so") + 1:]
        Stage.service("profile", f"socket={fake.socket}", *arguments, before=before)
        return Talk("profile", ALICE)

    def test_plain_passwd_asks_current_new_and_repeat(self):
        with Fake(DONE, CURRENT, NEW, REPEAT, DONE) as fake, self.talk(fake) as app:
            self.assertEqual(app.password("stale", "fresh", "fresh"), "SUCCESS")
            self.assertEqual([text for _, text in app.asked],
                             ["Current password: ", "New password: ", "Repeat new password: "])
            self.assertEqual(answers(fake), ["stale", "fresh", "fresh"])

    def test_new_password_that_pwquality_has_asked_for_is_not_asked_for_again(self):
        with Fake(DONE, CURRENT, NEW, REPEAT, DONE) as fake, self.talk(fake, "authtok=fresh") as app:
            self.assertEqual(app.password("stale"), "SUCCESS")
            self.assertEqual([text for _, text in app.asked], ["Current password: "])
            self.assertEqual(answers(fake), ["stale", "fresh", "fresh"])

    def test_new_password_that_the_daemon_refuses_is_asked_for_anew(self):
        with Fake(DONE, CURRENT, NEW, REPEAT, ("secret", "It is too short.\nNew password: "), REPEAT,
                  DONE) as fake, self.talk(fake, "authtok=x") as app:
            self.assertEqual(app.password("stale", "longer", "longer"), "SUCCESS")
            self.assertEqual(answers(fake), ["stale", "x", "x", "longer", "longer"])


if __name__ == "__main__":
    main()
