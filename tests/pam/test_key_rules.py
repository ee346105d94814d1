#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logins by API key, through PAM against the real daemon: where, by whom, and what they are told (R8, R72, R76)."""

import json
import os
import subprocess

from real import DAY, MINUTE, Suite
from stage import BUILD, PAM_RHOST, Talk, main

INTERACTIVE = ("sshd", "login", "sudo", "gate", "vault")
DUMMY = "\b\n\r\x7fINCORRECT"


class Keys(Suite):
    def boctl_as(self, uid, *words, text=""):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, "--json", *words],
                              input=text, capture_output=True, text=True, timeout=30, user=uid, group=uid,
                              extra_groups=[])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def key_of(self, name):
        return self.boctl_as(self.daemon.show(name)["uid"], "key", "create",
                             text=self.PASSWORD + "\n")["key"][0]["key"]

    def person_with_key(self):
        name = self.person()
        return name, self.key_of(name)

    def program_with_key(self):
        type(self).count += 1
        name = f"robot{self.count}"
        self.daemon.boctl("user", "create", name, "--kind", "api", stdin=f"{self.PASSWORD}\n" * 2)
        return name, self.daemon.boctl("key", "create", name)["key"][0]["key"]

    def login(self, name, answer, service="door"):
        """Auth, then account: the codes of both, as far as it came, and what was shown."""
        with Talk(service, name) as app:
            app.item(PAM_RHOST, "192.0.2.7")
            codes = [app.auth(answer)]
            if codes == ["SUCCESS"]:
                codes.append(app.account())
            return codes, app.texts

    def changed(self, key):
        """Another secret behind the same prefix; the check is wrong with it."""
        return key[:12] + ("0" if key[12] != "0" else "1") + key[13:]

    def assert_refused(self, name, answer, service="door"):
        self.assertEqual(self.login(name, answer, service)[0], ["AUTH_ERR"])


class Admitted(Keys):
    def test_R76_right_key_lets_people_and_programs_in_at_class_api(self):
        for name, key in (self.person_with_key(), self.program_with_key()):
            with Talk("door", name) as app:
                self.assertEqual([app.auth(key), app.account(), app.open(), app.close()], ["SUCCESS"] * 4)
                self.assertEqual(app.asked, [("secret", "Password: ")])

    def test_R8_key_is_a_wrong_password_where_people_log_in_and_at_jobs(self):
        for service in (*INTERACTIVE, "cron"):
            for name, key in (self.person_with_key(), self.program_with_key()):
                said = self.login(name, key, service)
                self.assertEqual(said[0], ["AUTH_ERR"], service)
                self.assertEqual(said, self.login(name, self.changed(key), service), service)

    def test_R8_password_of_a_program_is_a_wrong_password_where_people_log_in(self):
        for service in INTERACTIVE:
            name, _ = self.program_with_key()
            said = self.login(name, self.PASSWORD, service)
            self.assertEqual(said[0], ["AUTH_ERR"], service)
            self.assertEqual(said, self.login(name, self.PASSWORD[::-1], service), service)
            self.assertEqual(self.login(name, self.PASSWORD)[0], ["SUCCESS"] * 2)

    def test_R76_password_of_a_person_is_wrong_at_class_api(self):
        name, key = self.person_with_key()
        self.assertEqual(self.login(name, self.PASSWORD), self.login(name, self.PASSWORD[::-1]))
        self.assert_refused(name, self.PASSWORD)

    def test_R76_ssh_key_opens_class_api_to_programs_alone(self):
        self.assertEqual(self.account(self.person_with_key()[0], "door"), "PERM_DENIED")
        self.assertEqual(self.account(self.program_with_key()[0], "door"), "SUCCESS")


class Refused(Keys):
    def test_R78_stale_key_and_that_of_another_have_the_answer_of_a_wrong_one(self):
        name, key = self.person_with_key()
        _, others = self.person_with_key()
        self.boctl_as(self.daemon.show(name)["uid"], "key", "delete")
        fresh = self.key_of(name)
        said = [self.login(name, answer) for answer in (key, others, self.changed(fresh))]
        self.assertEqual(said[0][0], ["AUTH_ERR"])
        self.assertEqual(said, said[:1] * 3)
        self.assertEqual(self.login(name, fresh)[0], ["SUCCESS"] * 2)

    def test_unknown_names_are_told_the_same_as_often_as_one_likes(self):
        name, key = self.person_with_key()
        known = [self.login(name, self.changed(key))[1] for _ in range(8)]
        dummy = (DUMMY * 5)[:len(key)]
        for answer in (key, self.changed(key), dummy):
            nobody = self.nobody()
            self.assertEqual([self.login(nobody, answer)[1] for _ in range(8)], known)

    def test_R38_wrong_keys_lock_nobody_and_a_lock_stops_the_right_one(self):
        name, key = self.person_with_key()
        for _ in range(8):
            self.assert_refused(name, self.changed(key))
        self.assertEqual(self.login(name, key)[0], ["SUCCESS"] * 2)
        self.guess(name)
        codes, texts = self.login(name, key)
        self.assertEqual(codes, ["AUTH_ERR"])
        self.assertIn("locked", texts)
        self.assertEqual((codes, texts), self.login(name, self.changed(key)))
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.login(name, key)[0], ["SUCCESS"] * 2)

    def test_R17_deactivated_user_is_stopped_with_a_right_key(self):
        for name, key in (self.person_with_key(), self.program_with_key()):
            with Talk("door", name) as app:
                self.assertEqual(app.auth(key), "SUCCESS")
                self.daemon.boctl("user", "disable", name)
                self.assertEqual(app.account(), "ACCT_EXPIRED")
            codes, texts = self.login(name, key)
            self.assertEqual(codes, ["ACCT_EXPIRED"])
            self.assertIn("deactivated", texts)
            self.assert_refused(name, self.changed(key))

    def test_R40_idle_user_is_stopped_with_a_right_key(self):
        name, key = self.person_with_key()
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.login(name, key)[0], ["SUCCESS"] * 2)  # an expired password stops no key
        self.daemon.pass_time(DAY)
        self.assertEqual(self.login(name, key)[0], ["ACCT_EXPIRED"])

    def test_empty_and_refused_answers_are_no_keys(self):
        name, _ = self.person_with_key()
        self.assert_refused(name, "")


if __name__ == "__main__":
    main()
