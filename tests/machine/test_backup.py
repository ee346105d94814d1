# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl backup and boctl restore with the packages, systemd and people who log in."""

import json
import threading
import time

from machine import wait_until
from scenario import Scenario

STATE = "/var/lib/bo-accountd"
DATABASE = STATE + "/accounts.db"


class Backup(Scenario):
    def backup(self, name="/root/backup"):
        self.server.run(["rm", "-f", name])
        self.server.run(["boctl", "backup", name])
        self.assertEqual(self.server.run(["stat", "-c", "%a %U", name]).strip(), "600 root")
        return name

    def restore(self, name):
        said = self.server.run(f"boctl restore --yes {name} 2>&1")
        self.assertIn("The backup is in place", said)
        self.assertNotIn("?", said)  # no line end in the midst of a line
        self.assertEqual(self.left_beside(), "")
        checked = json.loads(self.server.try_run("boctl check --json").stdout)
        self.assertIn({"part": "units", "result": "ok"}, checked["parts"])
        return said

    def accept(self):
        self.server.run("boctl database accept")

    def refused(self, name, pattern):
        before = self.server.daemon_pid()
        tried = self.server.try_run(f"boctl restore --yes {name} 2>&1")
        self.assertEqual(tried.returncode, 1, tried.stdout)
        self.assertRegex(tried.stdout.replace("\n", " "), pattern)
        self.assertEqual(self.server.daemon_pid(), before, "it was not even restarted")
        self.assertEqual(self.left_beside(), "")

    def left_beside(self):
        """Of a restore, next to the database."""
        return self.server.run(f"ls {STATE} | grep -E 'incoming|checked|restore|verdict' || true").strip()

    def test_people_log_in_before_during_and_after(self):
        """R17 too: nobody gets the uid of who came behind the backup."""
        person = self.person("ann")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        self.backup()
        late = self.person("late")
        late_uid = int(self.server.run(["id", "-u", late.name]))
        old, outcomes, stop = person.password, [], threading.Event()
        self.server.run(["boctl", "user", "disable", late.name])

        def log_in():
            while not stop.is_set():
                talk = person.ssh().is_asked("Password: ", old)
                outcomes.append(talk.sees_one_of(r"[$#] $", "Permission denied|Connection closed|unavailable"))
                talk.leave()
        thread = threading.Thread(target=log_in)
        thread.start()
        try:
            wait_until(lambda: outcomes, 20, "a login")
            said = self.restore("/root/backup")
            seen = len(outcomes)
            wait_until(lambda: len(outcomes) > seen + 1, 30, "a login behind the restore")
        finally:
            stop.set()
            thread.join()
        self.assertRegex(said, rf"user-disabled +{late.name}")
        self.assertRegex(said, r"audit trail came since")
        self.assertEqual(outcomes[-1], 0)
        # Who was asked by the daemon that ended may have to type again; nobody else.
        self.assertLessEqual(outcomes.count(1), 1, outcomes)
        self.assertNotEqual(self.server.try_run(["id", late.name]).returncode, 0)
        fresh = self.person("fresh")
        self.assertGreater(int(self.server.run(["id", "-u", fresh.name])), late_uid)
        self.assertAdmitted(fresh.ssh().is_asked("Password: ", fresh.password))
        checked = self.server.try_run("boctl check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("boctl database accept", checked.stdout)
        self.assertIn("old copy", self.server.run("journalctl -p alert -o cat -u bo-accountd"))
        self.accept()
        self.assertNotIn("boctl database accept", self.server.try_run("boctl check").stdout)
        self.server.run("boctl audit verify")

    def test_what_is_not_sound_changes_nothing(self):
        person = self.person("bea")
        self.backup()
        self.server.run("head -c 60000 /root/backup > /root/cut")
        self.refused("/root/cut", "not copied whole")
        self.server.run("cp /root/backup /root/changed; printf XXXX | dd of=/root/changed bs=1 seek=50000 conv=notrunc status=none")
        self.refused("/root/changed", "changed or damaged")
        self.refused("/etc/hostname", "no backup of bo")
        self.server.run("truncate -s 90T /root/huge || truncate -s 8T /root/huge")
        self.refused("/root/huge", "There is no room")
        self.server.run(f"mv {STATE}/key /root/key; head -c 32 /dev/urandom > {STATE}/key; chown bo-accountd: {STATE}/key; "
                        f"chmod 600 {STATE}/key")
        try:
            self.refused("/root/backup", "no key here opens it")
        finally:
            self.server.run(f"mv /root/key {STATE}/key")
        tried = self.server.try_run("boctl restore /root/backup < /dev/null 2>&1")
        self.assertEqual(tried.returncode, 1)
        self.assertIn("--yes", tried.stdout)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_a_database_that_is_damaged_or_gone_is_restored(self):
        person = self.person("cis")
        self.backup()
        for harm in (f"truncate -s 5000 {DATABASE}; rm -f {DATABASE}-wal {DATABASE}-shm", f"rm -f {DATABASE}*"):
            self.server.run("systemctl stop bo-accountd.service")
            self.server.run(harm)
            self.restore("/root/backup")
            self.accept()
            self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_a_kill_in_between_leaves_one_of_them_whole(self):
        person = self.person("dan")
        self.backup()
        for number in range(4):
            self.person("gone")
            self.server.run("nohup boctl restore --yes /root/backup > /root/said 2>&1 & echo $! > /root/pid")
            time_left = time.monotonic() + 0.05 + 0.15 * number
            wait_until(lambda: time.monotonic() > time_left, 5, "the moment")  # pylint: disable=cell-var-from-loop
            self.server.run("kill -9 $(cat /root/pid); for unit in bo-accountd bo-accountd-restore; do "
                            "systemctl kill --signal=KILL $unit.service; done 2>&1 || true")
            wait_until(lambda: self.server.try_run("boctl roles").returncode == 0, 20, "the daemon to be back")
            self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
            self.server.run("boctl audit verify")
        self.restore("/root/backup")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        self.accept()
