# SPDX-License-Identifier: LGPL-2.1-or-later
"""Users and groups as the system sees them, also while the daemon is down."""

from machine import wait_until
from scenario import Scenario


class Names(Scenario):
    """Asked of a stopped daemon: what NSS serves lies in the snapshot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        server.run("boctl customer create shop")
        server.run("boctl customer create other-shop")
        cls.alice = server.person("alice@shop.example", "--customer", "shop", "--role", "encoder")
        cls.bob = server.person("bob@shop.example", "--customer", "shop", "--role", "encoder")
        server.run("systemctl stop bo-accountd.socket bo-accountd.service")

    @classmethod
    def tearDownClass(cls):
        cls.server.run("systemctl start bo-accountd.socket bo-accountd.service")

    def passwd(self, key):
        return self.server.run(["getent", "passwd", key]).rstrip("\n").split(":")

    def test_getent_passwd_by_name(self):
        name, password, uid, gid, _, home, shell = self.passwd("alice@shop.example")
        self.assertEqual((name, password, home, shell),
                         ("alice@shop.example", "x", "/home/alice@shop.example", "/bin/bash"))
        self.assertTrue(70000 <= int(uid) <= 99999)
        self.assertEqual(uid, gid)

    def test_getent_passwd_by_uid(self):
        self.assertEqual(self.passwd(self.passwd("bob@shop.example")[2])[0], "bob@shop.example")

    def test_unknown_name_is_not_found(self):
        self.assertEqual(self.server.try_run("getent passwd carol@shop.example").returncode, 2)

    def test_id_shows_role_and_customer(self):
        groups = self.server.run("id -Gn alice@shop.example").split()
        self.assertEqual(groups[0], "alice@shop.example")
        self.assertLessEqual({"bo-encoder", "bo-c-shop"}, set(groups))
        self.assertNotIn("bo-c-other-shop", groups)

    def test_getent_group_of_a_role(self):
        name, _, gid, members = self.server.run("getent group bo-encoder").strip().split(":")
        self.assertEqual(name, "bo-encoder")
        self.assertLessEqual({"alice@shop.example", "bob@shop.example"}, set(members.split(",")))
        self.assertTrue(66000 <= int(gid) <= 69999)

    def test_getent_group_of_a_customer(self):
        members = self.server.run("getent group bo-c-shop").strip().split(":")[3].split(",")
        self.assertEqual(sorted(members), ["alice@shop.example", "bob@shop.example"])

    def test_getent_group_of_a_user(self):
        self.assertEqual(self.server.run("getent group alice@shop.example").split(":")[2],
                         self.passwd("alice@shop.example")[3])

    def test_enumeration_is_off(self):
        self.assertNotIn("@", self.server.run("getent passwd"))
        self.assertNotIn("bo-encoder", self.server.run("getent group"))

    def test_file_names_show_the_owner(self):
        self.server.run(["sh", "-c", "touch /tmp/mine && chown alice@shop.example: /tmp/mine"])
        self.assertEqual(self.server.run("stat -c '%U %G' /tmp/mine"), "alice@shop.example alice@shop.example\n")


class Changes(Scenario):
    def test_new_user_is_known_at_once(self):
        name = self.fresh_name()
        self.assertEqual(self.server.try_run(["getent", "passwd", name]).returncode, 2)
        self.server.create(name)
        self.server.run(["getent", "passwd", name])

    def test_new_role_is_in_the_groups(self):
        self.server.try_run("boctl customer create later")
        person = self.server.create(self.fresh_name(), "--customer", "later")
        self.assertNotIn("bo-encoder", self.server.run(["id", "-Gn", person.name]).split())
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "later", "--role", "encoder"])
        wait_until(lambda: "bo-encoder" in self.server.run(["id", "-Gn", person.name]).split(), 5, "the new group")

    def test_name_is_never_given_again(self):
        """R17."""
        person = self.server.create(self.fresh_name())
        uid = self.server.run(["id", "-u", person.name])
        self.server.run(["boctl", "user", "disable", person.name])
        self.assertNotEqual(self.server.try_run(["boctl", "user", "create", person.name]).returncode, 0)
        self.assertEqual(self.server.run(["id", "-u", person.name]), uid)

    def test_damaged_snapshot_stops_nobody_local(self):
        self.server.run("cp -a /var/lib/bo-accountd/nss /root/nss && for f in /var/lib/bo-accountd/nss/*; do "
                        "head -c 3000 /dev/urandom >$f.x && chown bo-accountd: $f.x && chmod 644 $f.x && mv $f.x $f; done")
        try:
            self.assertEqual(self.server.run("id -un root"), "root\n")
            self.assertEqual(self.server.try_run("getent passwd alice@shop.example").returncode, 2)
        finally:
            self.server.run("cp -a /root/nss/. /var/lib/bo-accountd/nss/ && systemctl restart bo-accountd.service")
