#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl roles and boctl can, and the examples for programs that ask (R19, R54, R83)."""

import json
import os
import re
import subprocess
import tempfile
from xml.etree import ElementTree

from boctl_case import BOCTL, Case
from world import BUILD, SOURCE, main


class Matrix(Case):
    def test_R19_every_user_may_look_at_the_matrix(self):
        uid = self.person("mia@shop.example")
        roles = {role["name"]: role["permissions"] for role in self.json("roles", uid=uid)}
        self.assertIn("transactions.refund", roles["admin"])
        self.assertNotIn("transactions.refund", roles["encoder"])
        self.assertEqual(self.matrix(self.boctl("roles", uid=uid).stdout)["admin"]["transactions.refund"], True)

    def matrix(self, text):
        """{role: {permission: is it permitted}} of what a terminal shows."""
        lines = text.splitlines()
        names = dict(re.findall(r"(?m)^ *(\d+)  (\S+)$", text))
        found, heads = {name: {} for name in names.values()}, []
        for line in lines:
            if line.startswith("PERMISSION"):
                heads = line.split()[1:]
            cells = re.fullmatch(r"(\S+|\([a-z ]+\)) +[FA]{0,2} +((?:[x.] *)+)", line)
            if cells and heads:
                for number, cell in zip(heads, cells[2].split(), strict=True):
                    found[names[number]][cells[1]] = cell == "x"
        return found

    def test_R19_terminal_and_json_show_the_same_matrix_in_80_columns(self):
        text = self.boctl("roles").stdout
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        shown = json.loads(self.boctl("roles", "--json").stdout)
        self.assertEqual(set(shown), {"roles", "permissions"})
        found = self.matrix(text)
        self.assertEqual(set(found), {role["name"] for role in shown["roles"]})
        for role in shown["roles"]:
            held = {name for name, yes in found[role["name"]].items() if yes and "." in name}
            self.assertEqual(held, set(role["permissions"]), role)
            self.assertEqual(len(found[role["name"]]), len(shown["permissions"]) + 2)
        for permission in shown["permissions"]:
            line = next(line for line in text.splitlines() if line.split()[:1] == [permission["name"]])
            marks = line.removeprefix(permission["name"]).replace("x", "").replace(".", "").split()
            wanted = "F" * permission["second_factor"] + "A" * permission["approved_address"]
            self.assertEqual("".join(marks), wanted)

    def test_R19_many_roles_stand_in_blocks_of_80_columns(self):
        self.assertEqual(self.daemon.stop(), 0)
        file = os.path.join(self.daemon.config, "roles.conf")
        with open(file, encoding="utf-8") as roles:
            before = roles.read()
        with open(file, "a", encoding="utf-8") as roles:
            for number in range(60):
                roles.write(f"[Role extra-{number}]\nPermissions=extra.number-{number} users.view\n")
            roles.write(f"[Role last]\nPermissions={'long.' * 12}name\n")
        self.daemon.start()
        try:
            text = self.boctl("roles").stdout
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            found = self.matrix(text)
            for number in range(60):
                held = {name for name, yes in found[f"extra-{number}"].items() if yes}
                self.assertEqual(held, {f"extra.number-{number}", "users.view"})
            self.assertEqual(len(found), len(self.json("roles")))
        finally:
            self.assertEqual(self.daemon.stop(), 0)
            with open(file, "w", encoding="utf-8") as roles:
                roles.write(before)
            self.daemon.start()

    def test_R19_page_is_well_formed_escaped_and_can_be_read_aloud(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "roles.html")
            self.boctl("roles", "--html", file)
            with open(file, encoding="utf-8") as page:
                text = page.read()
            self.assertEqual(os.listdir(directory), ["roles.html"])
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o644)
        page = ElementTree.fromstring(text)
        self.assertTrue(text.startswith("<!DOCTYPE html>"))
        self.assertEqual(page.get("lang"), "en")
        self.assertTrue(page.findtext("head/title"))
        self.assertFalse([part for part in page.iter() if part.tag in ("script", "link", "img")])
        matrix, roles = page.iter("table")
        for table in (matrix, roles):
            self.assertTrue(table.findtext("caption"))
            self.assertEqual({head.get("scope") for head in table.find("thead").iter("th")}, {"col"})
            self.assertEqual({head.get("scope") for head in table.find("tbody").iter("th")}, {"row"})
        heads = [head.text for head in matrix.find("thead").iter("th")]
        found = {}
        for row in matrix.find("tbody"):
            cells = [cell.text for cell in row]
            self.assertEqual(len(cells), len(heads))
            found[cells[0]] = dict(zip(heads, cells))
        shown = json.loads(self.boctl("roles", "--json").stdout)
        for role in shown["roles"]:
            self.assertEqual({name for name in found if found[name][role["name"]] == "yes"}, set(role["permissions"]))
        self.assertEqual(found["pan.decrypt"]["Needs"], "the second factor on")
        self.assertEqual(found["customers.details"]["Needs"], "an approved address")
        self.assertIn("<b>&\"", [row[1].text for row in roles.find("tbody")])

    def test_page_is_written_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "roles.html")
            with open(file, "w", encoding="utf-8") as before:
                before.write("what was there")
            limit = ["prlimit", "--fsize=1000", BOCTL, "--socket", self.daemon.socket, "roles", "--html", file]
            done = subprocess.run(["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", *limit], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("File too large", done.stderr)
            with open(file, encoding="utf-8") as after:
                self.assertEqual(after.read(), "what was there")
            link = os.path.join(directory, "link")
            os.symlink("roles.html", link)
            for other in (link, directory, "/dev/null", os.path.join(directory, "none", "x")):
                self.boctl("roles", "--html", other, code=1)
            self.assertEqual(sorted(os.listdir(directory)), ["link", "roles.html"])
            self.boctl("roles", "--html", file)
            with open(file, encoding="utf-8") as after:
                self.assertTrue(after.read().endswith("</html>\n"))

    def test_can_tells_yes_or_no_and_why(self):
        self.boctl("customer", "create", "till")
        uid = self.person("uma@shop.example", "--customer", "till", "--role", "encoder")
        self.assertEqual(self.boctl("can", "transactions.view", uid=uid).stdout, "yes\n")
        self.assertIn("(no-role)", self.boctl("can", "transactions.refund", uid=uid, code=1).stdout)
        name = "--user", "uma@shop.example"
        self.assertEqual(self.boctl("can", "batch.process", *name, "--customer", "till").stdout, "yes\n")
        self.assertIn("(not-a-member)", self.boctl("can", "batch.process", *name, "--customer", "nowhere", code=1).stdout)
        self.assertEqual(json.loads(self.boctl("can", "pan.decrypt", *name, "--json", code=1).stdout),
                         {"check": [{"permission": "pan.decrypt", "allowed": False, "reason": "no-role"}]})
        self.boctl("user", "roles", "uma@shop.example", "--customer", "till", "--role", "admin")
        self.assertIn("boctl otp enable", self.boctl("can", "pan.decrypt", *name, code=1).stdout)
        self.assertIn("no such user", self.boctl("can", "a.b", "--user", "nobody@x.example", code=5).stderr)
        self.assertIn("--user", self.boctl("can", "transactions.view", code=1).stderr)
        self.boctl("can", code=2)

    def test_examples_permit_what_bo_permits_and_nothing_without_an_answer(self):
        self.boctl("customer", "create", "till2")
        self.person("vic@shop.example", "--customer", "till2", "--role", "encoder")
        program = [os.path.join(BUILD, "examples", "check_permission")]
        script = [os.path.join(SOURCE, "examples", "check_permission.py")]
        for command, where in ((program, [self.daemon.socket]), (script, ["--address", f"unix:path={self.daemon.socket}"])):
            for user, permission, customer, yes in (("vic@shop.example", "transactions.view", "till2", True),
                                                    ("vic@shop.example", "transactions.refund", "till2", False),
                                                    ("vic@shop.example", "transactions.view", "nowhere", False),
                                                    ("nobody@shop.example", "transactions.view", "till2", False)):
                done = subprocess.run([*command, user, permission, customer, *where], capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode == 0, "would be refunded" in done.stdout), (yes, yes), (command, user, done))
                self.assertEqual(bool(done.stderr), not yes)
            away = [word.replace(self.daemon.socket, "/nonexistent") for word in where]
            done = subprocess.run([*command, "vic@shop.example", "transactions.view", "till2", *away], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_R83_matrix_shows_which_roles_are_of_secondary_users(self):
        self.assertEqual([role["name"] for role in self.json("roles") if role["secondary"]], ["secondary"])
        found = self.matrix(self.boctl("roles").stdout)
        self.assertEqual([role for role in found if found[role]["(secondary user)"]], ["secondary"])

    def test_R54_matrix_shows_which_roles_demand_the_second_factor(self):
        self.assertEqual([role["name"] for role in self.json("roles") if role["second_factor"]], ["guarded"])
        found = self.matrix(self.boctl("roles").stdout)
        self.assertEqual([role for role in found if found[role]["(second factor)"]], ["guarded"])


if __name__ == "__main__":
    main()
