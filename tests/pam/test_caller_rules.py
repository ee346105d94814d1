#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Applications that are not root (nginx, PostgreSQL), through PAM against the real daemon: Callers=."""

from real import FactorSuite
from stage import PAM_RHOST, Stage, Talk, main

MORE = """
[Service web]
Otp=append
Callers=www-data
[Service refunds]
Permission=transactions.refund
Callers=www-data
"""
HERE, THERE = "192.0.2.7", "198.51.100.7"


class Callers(FactorSuite):
    MORE = MORE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("web", "refunds", "other"):
            Stage.service(name, "foreign=ignore", f"socket={cls.daemon.socket}")

    def worker(self, name, service="web", user="www-data"):
        return Talk(service, name, user=user)

    def test_worker_that_is_not_root_asks_for_anybody_at_its_service(self):
        name = self.person()
        with self.worker(name) as app:
            app.item(PAM_RHOST, HERE)
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS", app.texts)
            self.assertEqual(app.account(), "SUCCESS", app.texts)
        with self.worker(name) as app:
            self.assertEqual(app.auth("wrong"), "AUTH_ERR", app.texts)

    def test_factor_is_asked_of_who_has_it(self):
        name, secret = self.person_with_factor()
        with self.worker(name) as app:
            self.assertEqual(app.auth(self.PASSWORD + self.code(secret)), "SUCCESS", app.texts)
            self.assertEqual(app.account(), "SUCCESS", app.texts)
        with self.worker(name) as app:
            self.assertEqual(app.auth(self.PASSWORD), "AUTH_ERR", app.texts)

    def test_nobody_else_and_nowhere_else(self):
        name = self.person()
        for service, user in (("other", "www-data"), ("sshd", "www-data"), ("web", "games"), ("web", "nobody")):
            with self.subTest(service=service, user=user), self.worker(name, service, user) as app:
                self.assertEqual(app.auth(), "PERM_DENIED", app.texts)
                self.assertEqual(app.account(), "PERM_DENIED", app.texts)

    def test_it_opens_no_session_and_changes_no_password(self):
        with self.worker(self.person()) as app:
            self.assertEqual(app.auth(self.PASSWORD), "SUCCESS", app.texts)
            self.assertEqual(app.password(), "PERM_DENIED", app.texts)
            self.assertEqual(app.open(), "SESSION_ERR", app.texts)

    def test_R26_address_that_it_tells_is_the_place_of_the_user(self):
        boctl = self.daemon.boctl
        boctl("customer", "create", "shop")
        boctl("location", "create", "ams", "--customer", "shop", "--name", "Ams")
        boctl("location", "bind", "ams", "network", "192.0.2.0/24")
        name = self.person("--customer", "shop", "--role", "viewer")
        boctl("user", "locations", name, "--customer", "shop", "--location", "ams")
        for rhost, code in ((HERE, "SUCCESS"), (THERE, "PERM_DENIED"), ("till.shop.example", "PERM_DENIED")):
            with self.subTest(rhost=rhost), self.worker(name) as app:
                app.item(PAM_RHOST, rhost)
                self.assertEqual(app.account(), code, app.texts)

    def test_R9_permission_is_demanded(self):
        with self.worker(self.person(), "refunds") as app:
            self.assertEqual(app.auth(self.PASSWORD), "PERM_DENIED", app.texts)
            self.assertEqual(app.account(), "PERM_DENIED", app.texts)


if __name__ == "__main__":
    main()
