#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl: API keys, and the users that are programs (R5 to R7, R72, R77, R78)."""

import os
import re
import subprocess
import time

from boctl_case import CONVERSE, Case
from world import GOOD, OTHER, code, main

KEY = r"bo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}"


class World(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(cls.daemon.config, "accountd.conf"), "a", encoding="utf-8") as file:
            file.write("[Service door]\nClass=api\nOtp=off\n")
        assert cls.daemon.stop() == 0
        cls.daemon.start()

    def door(self, name, answer):
        return subprocess.run([CONVERSE, self.daemon.socket, "auth", name, "door"], input=answer + "\n",
                              capture_output=True, text=True, timeout=60).returncode

    def make(self, *words, **more):
        said = self.boctl("key", "create", *words, **more).stdout
        self.assertIn("not shown again", said)
        return re.search(rf"^API key: ({KEY})$", said, re.M).group(1)


class Key(World):
    def test_R72_R78_person_makes_shows_and_deletes_his_key(self):
        uid = self.person("alice@shop.example")
        self.assertIsNone(self.json("key", "show", uid=uid)[0]["api_key"])
        self.assertIn("has no API key", self.boctl("key", "show", uid=uid).stdout)
        key = self.make(uid=uid, text=GOOD + "\n")
        self.assertEqual(self.door("alice@shop.example", key), 0)
        shown = self.json("key", "show", uid=uid)[0]
        self.assertEqual(shown["api_key"], key[:12] + "...")
        self.assertIsNotNone(shown["api_key_used"])
        for said in (self.boctl("key", "show", uid=uid), self.boctl("user", "show", uid=uid),
                     self.boctl("user", "show", "alice@shop.example", "--json")):
            self.assertIn(key[:12] + "...", said.stdout)
            self.assertNotIn(key[12:], said.stdout)
        self.assertIn("deleted", self.boctl("key", "delete", uid=uid).stdout)
        self.assertNotEqual(self.door("alice@shop.example", key), 0)
        self.assertIn("boctl key create", self.boctl("key", "delete", uid=uid, code=5).stderr)

    def test_R77_second_key_is_refused_before_anything_is_asked(self):
        uid = self.person("ben@shop.example")
        self.make(uid=uid, text=GOOD + "\n")
        self.assertIn("boctl key delete", self.boctl("key", "create", uid=uid, code=1).stderr)

    def test_R72_wrong_password_makes_none(self):
        uid = self.person("carol@shop.example")
        said = self.boctl("key", "create", uid=uid, text=OTHER + "\n", code=1)
        self.assertIn("Password or code is wrong", said.stderr)
        self.assertIsNone(self.json("key", "show", uid=uid)[0]["api_key"])

    def test_R72_code_is_asked_for_if_the_factor_is_on(self):
        uid = self.person("dora@shop.example")
        process = subprocess.Popen(
            [os.path.join(os.environ["BO_BUILD"], "boctl", "boctl"), "--socket", self.daemon.socket, "--json", "otp",
             "enable"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, user=uid, group=uid, extra_groups=[])
        secret = ""
        while not secret:
            found = re.search(r'"secret": *"([A-Z2-7]+)"', process.stdout.readline())
            secret = found.group(1) if found else ""
        process.communicate(f"{code(secret, time.time())}\n{GOOD}\n", timeout=60)
        self.assertEqual(process.returncode, 0)
        key = self.make(uid=uid, text=f"{GOOD}\n{code(secret, time.time() + 30)}\n")
        self.assertEqual(self.door("dora@shop.example", key), 0)

    def test_R7_R14_that_of_a_program_is_made_by_an_administrator_that_of_a_person_is_not(self):
        self.boctl("user", "create", "feed", "--kind", "api", "--generate")
        key = self.make("feed")
        self.assertEqual(self.door("feed", key), 0)
        made = self.json("user", "create", "pump", "--kind", "api", "--generate")[0]
        key, = [row["key"] for row in self.json("key", "create", "pump")]
        self.assertRegex(key, f"^{KEY}$")
        self.boctl("key", "delete", uid=made["uid"], code=4)
        self.boctl("key", "delete", "pump")
        self.person("eve@shop.example")
        self.assertIn("personal data", self.boctl("key", "create", "eve@shop.example", code=4).stderr)

    def test_change_of_the_password_says_that_the_key_stays(self):
        uid = self.person("fay@shop.example")
        key = self.make(uid=uid, text=GOOD + "\n")
        said = self.boctl("password", uid=uid, text=f"{GOOD}\n{OTHER}\n{OTHER}\n").stdout
        self.assertIn(key[:12] + "... keeps working", said)
        said = self.converse("password", "fay@shop.example", OTHER, *["a third and new phrase 4"] * 2)
        self.assertIn(key[:12] + "... keeps working", said.stdout + said.stderr)

    def test_key_goes_with_a_reset(self):
        uid = self.person("gus@shop.example")
        key = self.make(uid=uid, text=GOOD + "\n")
        self.boctl("user", "reset", "gus@shop.example")
        self.assertNotEqual(self.door("gus@shop.example", key), 0)
        self.assertIsNone(self.json("key", "show", "gus@shop.example")[0]["api_key"])


class Programs(World):
    def test_R6_program_of_a_customer_gets_the_role_admin_and_is_told_of_encoder(self):
        self.boctl("customer", "create", "mall")
        said = self.boctl("user", "create", "till", "--kind", "api", "--customer", "mall", "--generate").stdout
        self.assertIn("role admin", said)
        self.assertIn("--role encoder", said)
        self.assertEqual(self.show("till")["roles"], ["mall:admin"])
        said = self.boctl("user", "create", "pos", "--kind", "api", "--customer", "mall", "--role", "encoder",
                          "--generate").stdout
        self.assertNotIn("role", said)
        self.assertEqual(self.show("pos")["roles"], ["mall:encoder"])
        self.boctl("user", "create", "ian@shop.example", "--customer", "mall")  # a person gets none unasked
        self.assertEqual(self.show("ian@shop.example")["roles"], [])

    def test_R5_check_names_those_whose_password_is_of_365_days(self):
        for days, told in ((364, False), (365, True)):
            name = f"old{days}"
            self.boctl("user", "create", name, "--kind", "api", "--generate")
            self.daemon.change("UPDATE account SET password_changed_usec = ? WHERE name = ?",
                               int((time.time() - days * 86400 - 60) * 1e6), name)
            said = self.boctl("check", code=0).stdout  # a warning
            self.assertEqual(name in said, told, said)
        self.boctl("user", "password", "old365", "--generate")
        self.boctl("check")

    def test_R5_password_of_a_program_never_expires(self):
        self.boctl("user", "create", "ever", "--kind", "api", "--generate")
        self.daemon.change("UPDATE account SET password_changed_usec = ? WHERE name = 'ever'",
                           int((time.time() - 5000 * 86400) * 1e6))
        self.assertEqual(self.show("ever")["status"], "active")
        self.assertIsNone(self.show("ever")["password_expires"])
        self.boctl("user", "password", "ever", "--generate")


if __name__ == "__main__":
    main()
