#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""For whom pam_bo answers, and what it does when the daemon or the snapshot is away."""

import os
import shutil
import socket
import time
import unittest

from stage import (DELETE_CRED, NSS_DIR, Fake, Stage, Talk, fields, main)

ALICE = "alice@shop.example"
DONE = ("done", "Success")
PHASES = ("auth", "account", "password", "open", "close")


def all_phases(app):
    return [app.command(phase, 0) for phase in PHASES] + [app.setcred()]


class Owner(unittest.TestCase):
    def setUp(self):
        Stage.publish(f"{ALICE}:70001")

    def talk(self, fake, user, *arguments):
        Stage.service("who", f"socket={fake.socket if fake else '/nonexistent/bus'}", *arguments,
                      control="[success=ok ignore=ignore default=bad]")
        return Talk("who", user)

    def ignored(self, app):
        """A stack in which every module answers PAM_IGNORE ends as PAM_PERM_DENIED, and asks nobody."""
        self.assertEqual(all_phases(app), ["PERM_DENIED"] * 6)
        self.assertEqual((app.asked, app.shown), ([], []))

    def test_foreign_users_are_unknown_unless_told_to_ignore_them(self):
        """R61"""
        with Fake(*[DONE] * 9) as fake:
            for user in "root", "toor", "local", "daemon":
                with self.subTest(user):
                    with self.talk(fake, user) as app:
                        self.assertEqual(all_phases(app), ["USER_UNKNOWN"] * 6)
                    with self.talk(fake, user, "foreign=ignore") as app:
                        self.ignored(app)
            self.assertEqual(fake.calls(), [])

    def test_root_is_foreign_whatever_the_snapshot_says(self):
        """R61. uid 0 by another name as well."""
        Stage.publish("root:70003", "toor:70004")
        for user in "root", "toor":
            with self.talk(None, user, "foreign=ignore") as app:
                self.ignored(app)

    def test_root_is_foreign_although_no_source_has_him(self):
        Stage.publish("root:70003")
        with open(Stage.path("passwd")) as file:
            whole = file.read()
        Stage.write("passwd", "".join(line for line in whole.splitlines(True)
                                      if not line.startswith("root:")))
        try:
            with self.talk(None, "root", "foreign=ignore") as app:
                self.ignored(app)
        finally:
            Stage.write("passwd", whole)

    def test_root_meets_neither_daemon_nor_snapshot(self):
        shutil.rmtree(NSS_DIR)
        os.mkfifo(NSS_DIR)  # whoever opens it, hangs
        try:
            began = time.monotonic()
            with self.talk(None, "root", "foreign=ignore") as app:
                self.ignored(app)
            self.assertLess(time.monotonic() - began, 1)
        finally:
            os.unlink(NSS_DIR)

    def test_users_of_bo_are_never_ignored(self):
        for phase, code in zip(PHASES, ["AUTHINFO_UNAVAIL"] * 3 + ["SESSION_ERR", "SUCCESS"]):
            with self.subTest(phase), self.talk(None, ALICE, "foreign=ignore") as app:
                self.assertEqual(app.command(phase, 0), code)

    def test_setcred_is_stateless(self):
        for user, code in (ALICE, "SUCCESS"), ("nobody@shop.example", "USER_UNKNOWN"):
            with self.talk(None, user, "foreign=ignore") as app:
                self.assertEqual(app.setcred(), code)
                self.assertEqual(app.setcred(DELETE_CRED), code)

    def test_name_is_found_in_any_case(self):
        with Fake(DONE) as fake, self.talk(fake, "Alice@Shop.Example", "foreign=ignore") as app:
            self.assertEqual(app.account(), "SUCCESS")
            self.assertEqual(app.setcred(), "SUCCESS")

    def test_unknown_name_is_asked_for_like_a_known_one(self):
        with Fake(("secret", "Password: "), ("visible", "One-time code: "),
                  ("done", "NoSuchUser")) as fake, \
                self.talk(fake, "nobody@shop.example", "foreign=ignore") as app:
            self.assertEqual(app.auth("x", "123456"), "USER_UNKNOWN")
            self.assertEqual(fields(fake.until("begin"))["user"], "nobody@shop.example")

    def test_unknown_name_that_no_bus_can_carry_is_nobody(self):
        for name in b"caf\xe9@shop.example", "a\x1b[2Jlice", "alice@shop.example\n", "a" * 255:
            with self.subTest(name), Fake(("secret", "Password: "), ("done", "NoSuchUser")) as fake:
                with self.talk(fake, name, "foreign=ignore") as app:
                    self.assertEqual(app.auth("x"), "USER_UNKNOWN")
                self.assertEqual(fields(fake.until("begin"))["user"], "?")

    def test_empty_name_is_unknown(self):
        with self.talk(None, "", "foreign=ignore") as app:
            self.assertEqual(app.account(), "USER_UNKNOWN")

    def test_without_a_snapshot_local_users_stay_foreign_and_others_are_asked_for(self):
        Stage.publish()
        with Fake(DONE) as fake:
            with self.talk(fake, "local", "foreign=ignore") as app:
                self.ignored(app)
            with self.talk(fake, ALICE, "foreign=ignore") as app:
                self.assertEqual(app.auth(), "SUCCESS")
            with self.talk(None, ALICE, "foreign=ignore") as app:
                self.assertEqual(app.auth(), "AUTHINFO_UNAVAIL")

    def unavailable(self):
        """Nobody can say whose "local" is; names that NSS does not have are the daemon's to judge."""
        with Fake(*[DONE] * 9) as fake:
            for argument in "foreign=ignore", "debug":
                with self.subTest(argument), self.talk(fake, "local", argument) as app:
                    self.assertEqual(all_phases(app), ["AUTHINFO_UNAVAIL"] * 3 +
                                     ["SESSION_ERR"] * 2 + ["CRED_ERR"])
                    self.assertIn("snapshot", app.log)
            self.assertEqual(fake.calls(), [])
        for user in "root", "toor", "daemon":  # R61
            with self.subTest(user), self.talk(None, user, "foreign=ignore") as app:
                self.ignored(app)

    def damage(self, prefix, function):
        """Does something to the open file of the delta, of the base ("base-"), or of both ("")."""
        for name in os.listdir(NSS_DIR):
            if name.startswith(prefix):
                with open(os.path.join(NSS_DIR, name), "r+b") as file:
                    function(file)

    def test_damaged_snapshot_lets_no_user_pass_as_foreign(self):
        for prefix in "delta", "base-", "":
            with self.subTest(prefix):
                Stage.publish(f"{ALICE}:70001")
                self.damage(prefix, lambda file: file.truncate(100))
                self.unavailable()

    def test_snapshot_without_its_base_lets_no_user_pass_as_foreign(self):
        self.damage("base-", lambda file: os.unlink(file.name))
        self.unavailable()

    def test_snapshot_that_is_damaged_at_one_name_lets_it_not_pass_as_foreign(self):
        Stage.publish("local:70005")

        def overwrite_lengths(file):
            file.seek(file.read().index(b"local\0") - 8)
            file.write(b"\xff" * 8)

        self.damage("base-", overwrite_lengths)
        with self.talk(None, "local", "foreign=ignore") as app:
            self.assertEqual(app.account(), "AUTHINFO_UNAVAIL")

    def test_unreadable_snapshot_lets_no_user_pass_as_foreign(self):
        shutil.rmtree(NSS_DIR)
        os.symlink(NSS_DIR, NSS_DIR)  # ELOOP: root reads whatever its mode forbids
        try:
            self.unavailable()
        finally:
            os.unlink(NSS_DIR)

    def test_names_of_nobody_else_are_asked_for_with_a_damaged_snapshot(self):
        self.damage("", lambda file: file.truncate(100))
        with Fake(DONE) as fake, self.talk(fake, ALICE, "foreign=ignore") as app:
            self.assertEqual(app.account(), "SUCCESS")

    def test_name_that_another_source_has_is_refused(self):
        Stage.publish("local:70005")
        with Fake(*[DONE] * 9) as fake, self.talk(fake, "local", "foreign=ignore") as app:
            self.assertEqual(all_phases(app), ["SERVICE_ERR"] * 3 + ["SESSION_ERR"] * 2 +
                             ["CRED_ERR"])
            self.assertEqual(fake.calls(), [])

    def test_buried_name_with_a_uid_of_bo_is_refused(self):
        """R43: a cache of names may still know it."""
        Stage.publish("fresh@shop.example:4711")
        with self.talk(None, "local", "foreign=ignore") as app:
            self.assertEqual(app.account(), "SERVICE_ERR")


class Away(unittest.TestCase):
    """Users of bo are refused within 2 s; nobody hangs."""

    def setUp(self):
        Stage.publish(f"{ALICE}:70001")
        self.path = Stage.path("away")

    def tearDown(self):
        if os.path.exists(self.path):
            os.unlink(self.path)

    def refused(self, codes=("AUTHINFO_UNAVAIL",) * 3 + ("SESSION_ERR", "SUCCESS")):  # an end is not refused
        Stage.service("away", f"socket={self.path}", "foreign=ignore")
        for user in ALICE, "nobody@shop.example":
            for phase, code in zip(PHASES, codes):
                with self.subTest(user=user, phase=phase), Talk("away", user) as app:
                    began = time.monotonic()
                    self.assertEqual(app.command(phase, 0), code)
                    self.assertLess(time.monotonic() - began, 2)
                    self.assertEqual(app.asked, [])

    def test_socket_that_is_gone(self):
        self.refused()

    def test_socket_that_nobody_listens_on(self):
        with socket.socket(socket.AF_UNIX) as unused:
            unused.bind(self.path)
            self.refused()

    def test_socket_that_accepts_and_never_answers(self):
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(self.path)
            silent.listen(100)
            self.refused()

    def test_socket_whose_queue_is_full(self):
        with socket.socket(socket.AF_UNIX) as full, socket.socket(socket.AF_UNIX) as other:
            full.bind(self.path)
            full.listen(0)
            other.setblocking(False)
            other.connect(self.path)
            self.refused()

    def test_file_that_is_no_socket(self):
        Stage.write("away", "")
        self.refused()


if __name__ == "__main__":
    main()
