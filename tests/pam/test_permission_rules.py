#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services that are guarded by a permission, through PAM against the real daemon: R9, R58, R71."""

import os
import unittest

from real import FactorSuite
from stage import MODULE, PAM_RHOST, Stage, Talk, main

MORE = """
[Service refunds]
Permission=transactions.refund
[Service cards]
Permission=pan.decrypt
[Service counter]
Permission=transactions.view
"""


class Guarded(FactorSuite):
    """By [Service NAME] Permission=, and by permission= on the line."""

    MORE = MORE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.boctl("customer", "create", "shop")
        socket = f"socket={cls.daemon.socket}"
        for name in "refunds", "cards":
            Stage.service(name, "foreign=ignore", socket)
        for name, wanted in (("line", "transactions.refund"), ("counter", "batch.process")):
            Stage.service(name, "foreign=ignore", f"permission={wanted}", socket)

    def member(self, *roles):
        return self.person("--customer", "shop", *[word for role in roles for word in ("--role", role)])

    def refused(self, service, name, words):
        """In auth after the right password, and in account, as after an SSH key; both say why."""
        for phase in ("auth", "account"):
            with Talk(service, name) as app:
                app.item(PAM_RHOST, "192.0.2.7")
                code = app.auth(self.PASSWORD) if phase == "auth" else app.account()
                self.assertEqual(code, "PERM_DENIED", (service, phase, app.texts))
                self.assertIn(words, app.texts)
                self.assertIn("NoPermission", app.log)

    def let_in(self, service, name, *answers):
        with Talk(service, name) as app:
            self.assertEqual(app.auth(*(answers or (self.PASSWORD,))), "SUCCESS", app.texts)
            self.assertEqual(app.account(), "SUCCESS", app.texts)
            self.assertEqual(app.open(), "SUCCESS")
            self.assertEqual(app.close(), "SUCCESS")

    def test_service_or_its_line_demands_the_permission(self):
        rich, poor = self.member("admin"), self.member("encoder")
        for service in ("refunds", "line"):
            self.let_in(service, rich)
            self.refused(service, poor, "This needs the permission transactions.refund; none of your roles at shop has "
                                        "it. Ask an administrator there.")
        self.let_in("sshd", poor)

    def test_both_are_demanded_if_both_are_set(self):
        self.refused("counter", self.member("viewer"), "batch.process")
        self.refused("counter", self.person(), "act for no customer")
        self.let_in("counter", self.member("encoder"))

    def test_role_that_is_taken_away_closes_it_at_once(self):
        name = self.member("admin")
        self.let_in("refunds", name)
        self.daemon.boctl("user", "roles", name, "--customer", "shop", "--role", "viewer")
        self.refused("refunds", name, "transactions.refund")

    def test_R58_permission_of_the_second_factor_is_refused_without_and_let_in_with_it(self):
        name = self.member("admin")
        self.refused("cards", name, "works only with the second factor on: boctl otp enable")
        secret, _ = self.set_up(name)
        self.let_in("cards", name, self.PASSWORD, self.code(secret))

    def test_strangers_learn_nothing_of_it(self):
        said = set()
        for name in (self.member("encoder"), self.nobody()):
            with Talk("refunds", name) as app:
                self.assertIn(app.auth("a wrong password 1"), ("AUTH_ERR", "USER_UNKNOWN"))
                said.add((tuple(app.asked), app.texts))
        self.assertEqual(len(said), 1, said)


class Foreign(unittest.TestCase):
    """A guarded line is not opened to the users of other sources by foreign=ignore."""

    def talk(self, user, *arguments):
        Stage.publish("alice@shop.example:70001")
        line = f"[success=done ignore=ignore default=die] {MODULE} socket=/nonexistent/bus {' '.join(arguments)}\n"
        Stage.write(os.path.join("pam.d", "guarded"), "".join(
            f"{kind} {line}{kind} required pam_permit.so\n" for kind in ("auth", "account", "password", "session")))
        return Talk("guarded", user)

    def test_local_users_are_refused_and_told_so(self):
        for more in ([], ["foreign=ignore"]):
            for phase in ("auth", "account"):
                with self.talk("local", "permission=transactions.refund", *more) as app:
                    self.assertEqual(app.command(phase, 0), "PERM_DENIED")
                    self.assertIn("users of bo", app.texts)
                    self.assertIn("pam_localuser", app.log)

    def test_what_is_no_login_is_left_to_others(self):
        with self.talk("local", "permission=transactions.refund", "foreign=ignore") as app:
            for phase in ("password", "open", "close"):
                self.assertEqual(app.command(phase, 0), "SUCCESS")
            self.assertEqual(app.setcred(), "SUCCESS")

    def test_R61_root_never_depends_on_bo(self):
        for user in ("root", "toor"):
            with self.talk(user, "permission=transactions.refund", "foreign=ignore") as app:
                for phase in ("auth", "account", "password", "open", "close"):
                    self.assertEqual(app.command(phase, 0), "SUCCESS")

    def test_mistakes_fail_closed(self):
        for words in (["permission="], ["permission=a.b", "permission=a.b"], ["permision=a.b"], ["permission"],
                      ["Permission=a.b"], ["perm=a.b"]):
            with self.talk("alice@shop.example", *words) as app:
                self.assertEqual(app.account(), "SERVICE_ERR")
            for phase in ("auth", "account"):
                with self.talk("local", "foreign=ignore", *words) as app:
                    self.assertEqual(app.command(phase, 0), "PERM_DENIED")


if __name__ == "__main__":
    main()
