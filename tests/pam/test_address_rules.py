#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PAM_RHOST and the addresses that a customer has approved, against the real daemon: R70, R71."""

import contextlib
import ipaddress
import os
import sqlite3

from real import STATE, FactorSuite
from stage import PAM_RHOST, Stage, Talk, main

MORE = """
[Service api]
Class=api
AddressRequired=yes
[Service web]
AddressRequired=yes
Callers=www-data
"""
HOSTILE = ("", "shop.example", "192.0.2.7 ", "192.0.2.7%lo", "::ffff:192.0.2.7%lo", "192.0.2", "127.1", "0x7f000001",
           "0300.0.2.7", "3221225991", "192.0.2.7/24", "192.0.2.7\n", "192.0.2.7" + 300 * "0", "UNKNOWN",
           "fe80::1%eth0", "::192.0.2.7", "198.51.100.7")


class Addresses(FactorSuite):
    MORE = MORE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boctl = cls.daemon.boctl
        boctl("customer", "create", "shop")
        socket = f"socket={cls.daemon.socket}"
        for name in ("api", "web"):
            Stage.service(name, "foreign=ignore", socket)
        Stage.service("details", "foreign=ignore", "permission=customers.details", socket)
        made = boctl("user", "create", "robot", "--kind", "api", "--customer", "shop", "--role", "viewer", "--generate")
        cls.secret = made["user"][0]["password"]
        for network in map(ipaddress.ip_network, ("192.0.2.0/24", "127.0.0.1")):
            key = bytes([network.version]) + network.network_address.packed.ljust(16, b"\0") + bytes([network.prefixlen])
            with contextlib.closing(sqlite3.connect(os.path.join(STATE, "accounts.db"))) as store, store:
                store.execute("INSERT INTO approval SELECT COALESCE(MAX(id), 0) + 1, 'shop', ?, '', (SELECT MIN(uid)"
                              " FROM account), 0, 0, 0, 1, 1, 0, 0, 0, '', 0 FROM approval", (key,))

    def codes(self, service, name, rhost, user=None):
        password = self.secret if name == "robot" else self.PASSWORD
        with Talk(service, name, user=user) as app:
            if rhost is not None:
                app.item(PAM_RHOST, rhost)
            return app.auth(password), app.account()

    def check(self, service, name, user=None):
        for rhost in ("192.0.2.7", "::ffff:192.0.2.7", "127.0.0.1"):
            self.assertEqual(self.codes(service, name, rhost, user), ("SUCCESS", "SUCCESS"), rhost)
        for rhost in (None, *HOSTILE):
            self.assertEqual(self.codes(service, name, rhost, user), ("PERM_DENIED", "PERM_DENIED"), rhost)

    def test_R70_program_comes_from_approved_addresses_alone(self):
        self.check("api", "robot")

    def test_R70_worker_that_is_not_root_tells_the_address(self):
        self.check("web", self.person("--customer", "shop", "--role", "viewer"), "www-data")

    def test_R71_guarded_line_wants_the_approved_address(self):
        self.check("details", self.person("--customer", "shop", "--role", "security-manager"))


if __name__ == "__main__":
    main()
