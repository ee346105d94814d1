#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Members who are restricted to locations, through PAM against the real daemon: R26, R27, R34."""

from real import FactorSuite
from stage import PAM_RHOST, PAM_TTY, Stage, Talk, main

MORE = """
[Service nightly]
Class=batch
"""
HERE, THERE = "192.0.2.7", "198.51.100.7"
WHY = "restricted to other locations"


class Places(FactorSuite):
    MORE = MORE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boctl = cls.daemon.boctl
        boctl("customer", "create", "shop")
        for ident, network in (("ams", "192.0.2.0/24"), ("utr", "198.51.100.0/24")):
            boctl("location", "create", ident, "--customer", "shop", "--name", ident.title())
            boctl("location", "bind", ident, "network", network)
        boctl("location", "bind", "ams", "tty", "tty7", "--host", "till-1")
        Stage.service("nightly", "foreign=ignore", f"socket={cls.daemon.socket}")

    def member(self):
        """Restricted once he has a password."""
        name = self.person("--customer", "shop", "--role", "viewer")
        self.daemon.boctl("user", "locations", name, "--customer", "shop", "--location", "ams")
        return name

    def refused(self, app):
        self.assertEqual(app.account(), "PERM_DENIED", app.texts)
        self.assertIn(WHY, app.texts)
        self.assertIn("WrongPlace", app.log)

    def test_R26_account_refuses_elsewhere_and_auth_tells_nothing(self):
        name = self.member()
        for rhost, admitted in ((HERE, True), (THERE, False), ("203.0.113.7", False), ("till.shop.example", False)):
            with self.subTest(rhost=rhost), Talk("sshd", name) as app:
                app.item(PAM_RHOST, rhost)
                self.assertEqual(app.auth(self.PASSWORD), "SUCCESS", app.texts)
                self.assertNotIn(WHY, app.texts)
                if admitted:
                    self.assertEqual(app.account(), "SUCCESS", app.texts)
                else:
                    self.refused(app)

    def test_R26_key_login_is_refused_elsewhere(self):
        name = self.member()
        with Talk("sshd", name) as app:
            app.item(PAM_RHOST, THERE)
            self.refused(app)
        with Talk("sshd", name) as app:
            app.item(PAM_RHOST, HERE)
            self.assertEqual(app.account(), "SUCCESS", app.texts)

    def test_R27_line_without_a_name_of_the_host_is_no_place(self):
        name = self.member()
        with Talk("sshd", name) as app:
            app.item(PAM_TTY, "/dev/tty7")
            self.refused(app)  # Terminal= of this daemon is empty

    def test_R34_batch_service_asks_for_no_place(self):
        with Talk("nightly", self.member()) as app:
            self.assertEqual(app.account(), "SUCCESS", app.texts)


if __name__ == "__main__":
    main()
