#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings in force, and the report that holds them and the users against PCI DSS."""

import html.parser
import json
import os
import signal
import subprocess

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")


class Reloaded(Case):
    def reload(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def configure(self, settings):
        self.daemon.configure(settings)
        self.reload()


class Settings(Reloaded):
    SETTINGS = "[Accounts]\nHashMemory=1M\nHashPasses=1\nLockoutAttempts=4\n[Service door]\nClass=api\n"

    def setting(self, section, key):
        found = [row for row in self.manager("GetSettings")[0] if (row["Section"], row["Key"]) == (section, key)]
        self.assertEqual(len(found), 1, (section, key))
        return found[0]

    def test_each_setting_tells_its_value_and_the_line_that_set_it(self):
        told = self.setting("Accounts", "LockoutAttempts")
        self.assertEqual((told["Value"], told["Default"]), ("4", False))
        with open(told["File"], encoding="utf-8") as file:
            self.assertEqual(file.read().splitlines()[told["Line"] - 1], "LockoutAttempts=4")
        told = self.setting("Accounts", "LockoutDuration")
        self.assertEqual((told["Value"], told["Default"], told["File"], told["Line"]), ("30min", True, "", 0))
        told = self.setting("Service door", "Class")
        self.assertEqual((told["Value"], told["Default"]), ("api", False))
        told = self.setting("Service door", "Otp")  # since nobody is there to be asked
        self.assertEqual((told["Value"], told["Default"]), ("off", True))

    def test_the_last_file_and_the_profile_count(self):
        os.makedirs(self.daemon.path("etc", "accountd.conf.d"), exist_ok=True)
        drop_in = self.daemon.path("etc", "accountd.conf.d", "50-site.conf")
        with open(drop_in, "w", encoding="utf-8") as file:
            file.write("[Accounts]\n\nProfile=nist\nLockoutAttempts=5\n")
        self.addCleanup(self.reload)
        self.addCleanup(os.unlink, drop_in)
        self.reload()
        told = self.setting("Accounts", "LockoutAttempts")
        self.assertEqual((told["Value"], told["File"], told["Line"]), ("5", drop_in, 4))
        told = self.setting("Accounts", "PasswordMinLength")
        self.assertEqual((told["Value"], told["Default"]), ("15", True))

    def test_nobody_but_the_operator_may(self):
        uid, _ = self.person()
        self.refused("NotAllowed", self.manager, "GetSettings", uid=uid)


class Page(html.parser.HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.addresses = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


class Asked(Reloaded):
    SETTINGS = "[Accounts]\nHashMemory=1M\nHashPasses=1\n"

    def boctl(self, *arguments, code, uid=0):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, "report", "pci", *arguments], text=True,
                              capture_output=True, timeout=60, user=uid, group=uid, extra_groups=[])
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def report(self, code=1):
        told = json.loads(self.boctl("--json", code=code))
        self.assertEqual(told["report"][0]["profile"], "nist" if self.nist else "pci")
        return {item["number"]: item for item in told["items"]}

    def results(self, *numbers, code=1):
        told = self.report(code)
        return [told[number]["result"] for number in numbers]

    def setUp(self):
        super().setUp()
        self.nist = False
        self.addCleanup(self.configure, self.SETTINGS)


class Factors(Asked):
    def test_second_factor_is_judged_by_users_and_by_what_sshd_requires(self):
        numbers = "8.4.1", "8.4.2", "8.4.3"
        self.person()
        self.assertEqual(self.results(*numbers), ["not met"] * 3)
        self.configure("[Service sshd]\nOtp=require\n")
        told = self.report(code=0)  # PAM and sshd were not looked at, so it is not known to be met
        self.assertEqual([told[number]["result"] for number in numbers], ["partly"] * 3)
        self.assertIn("not looked at", told["8.4.2"]["evidence"])
        self.assertEqual(told["8.2.1"]["result"], "partly")
        self.configure("[Service sshd]\nOtp=require\n[Service web]\nOtp=off\n")
        self.assertEqual(self.results(*numbers), ["not met"] * 3)

    def test_programs_have_no_business_where_people_log_in(self):
        self.assertEqual(self.results("8.6.1"), ["met"])
        self.configure("[Service sshd]\nClass=api\n")
        told = self.report()["8.6.1"]
        self.assertEqual(told["result"], "not met")
        self.assertIn("Service sshd: Class=api", told["evidence"])


class Report(Asked):
    def test_every_item_is_judged_and_what_is_not_met_has_a_remedy(self):
        told = self.report()
        wanted = ["8.1.1", "8.1.2", *(f"8.2.{n}" for n in range(1, 9)), *(f"8.3.{n}" for n in range(1, 11)),
                  "8.3.10.1", "8.3.11", "8.4.1", "8.4.2", "8.4.3", "8.5.1", "8.6.1", "8.6.2", "8.6.3"]
        self.assertEqual(list(told), wanted)
        for item in told.values():
            with self.subTest(item["number"]):
                self.assertIn(item["result"], ("met", "not met", "partly", "yours"))
                self.assertTrue(item["asks"])
                self.assertNotIn("not known", item["evidence"] or "")
                self.assertEqual(bool(item["remedy"]), item["result"] != "met")

    def test_evidence_names_the_value_and_the_line_that_set_it(self):
        told = self.report()
        self.assertIn(f"HashMemory=1M ({self.daemon.path('etc', 'accountd.conf')}:2)", told["8.3.2"]["evidence"])
        self.assertIn("LockoutAttempts=6 (default)", told["8.3.4"]["evidence"])

    def test_items_follow_the_settings(self):
        numbers = "8.2.6", "8.3.2", "8.3.4", "8.3.6", "8.3.7", "8.3.9", "8.5.1"
        self.assertEqual(self.results(*numbers), ["met", "not met", "met", "met", "met", "met", "partly"])
        self.nist = True
        self.configure("[Accounts]\nProfile=nist\nInactivityMax=off\nPasswordMinLength=8\nPasswordHistory=4\n"
                       "[Service web]\nOtp=off\n")
        self.assertEqual(self.results(*numbers),
                         ["not met", "partly", "met", "not met", "met", "not met", "not met"])

    def test_idle_users_and_old_passwords_of_programs_are_found(self):
        self.program()
        self.assertEqual(self.results("8.6.3"), ["partly"])
        self.daemon.pass_time(366 * 86400)
        told = self.report()
        self.assertEqual(told["8.6.3"]["result"], "not met")
        self.assertIn("365 days or more", told["8.6.3"]["evidence"])

    def test_page_stands_alone_and_escapes_whatever_names_it_shows(self):
        name = self.daemon.path("etc", "accountd.conf.d", "<script>alert('1')&\"<b>.conf")
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write("[Accounts]\nLockoutAttempts=5\n")
        self.addCleanup(os.unlink, name)
        self.reload()
        page = self.daemon.path("report.html")
        self.boctl("--html", page, code=1)
        self.assertEqual(os.stat(page).st_mode & 0o777, 0o600)
        with open(page, encoding="utf-8") as file:
            read = Page(file.read())
        self.assertNotIn("script", read.elements)
        self.assertNotIn("b", read.elements)
        self.assertEqual(read.addresses, [])
        self.assertEqual(read.elements.count("tr"), 30)
        self.assertIn(f"LockoutAttempts=5 ({name}:2)", read.text)

    def test_text_tells_each_item(self):
        told = self.boctl(code=1)
        for number in ("8.1.1", "8.3.10", "8.3.10.1", "8.6.3"):
            self.assertRegex(told, rf"(?m)^{number} +(met|partly|not met|yours)$")

    def test_nobody_but_the_operator_may(self):
        uid, _ = self.person()
        self.boctl(code=4, uid=uid)


if __name__ == "__main__":
    main()
