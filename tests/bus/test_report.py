#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The settings in force, and the report that holds them and the users against PCI DSS."""

import os
import signal

from world import *


class Settings(Case):
    SETTINGS = "[Accounts]\nHashMemory=1M\nHashPasses=1\nLockoutAttempts=4\n[Service door]\nClass=api\n"

    def reload(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

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


if __name__ == "__main__":
    main()
