# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 at any moment: what was acknowledged is there afterwards."""

import random
import subprocess
import threading
import time

from machine import wait_until
from scenario import Scenario

ROUNDS = 8


class Crash(Scenario):
    def kill_soon(self, seed):
        """Kill the daemon some milliseconds from now, in the middle of whatever it does."""
        pid = self.server.host_pid(self.server.daemon_pid())
        delay_sec = random.Random(seed).uniform(0.0, 0.25)
        timer = threading.Timer(delay_sec, lambda: subprocess.run(["kill", "-9", str(pid)], check=False))
        timer.start()
        return timer

    def back_again(self):
        wait_until(lambda: self.server.try_run("boctl roles").returncode == 0, 20, "the daemon to be back")

    def test_acknowledged_users_are_there(self):
        made = []
        for seed in range(ROUNDS):
            timer = self.kill_soon(seed)
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                name = self.fresh_name("kim")
                if self.server.try_run(["boctl", "user", "create", name]).returncode == 0:
                    made.append(name)
            timer.join()
            self.back_again()
        self.assertGreater(len(made), ROUNDS)
        listed = {user["username"] for user in self.server.rows("user", "list", "--search", "kim")}
        self.assertEqual(set(made) - listed, set())
        for name in made:
            self.server.run(["getent", "passwd", name])
        self.server.run("boctl audit verify")

    def test_acknowledged_password_is_the_one_that_opens(self):
        person = self.person("lou")
        for seed in range(ROUNDS):
            new = self.server.new_password()
            talk = person.passwd().is_asked("Current password: ", person.password)
            talk.is_asked("New password: ", new).sees("Repeat new password: ")
            timer = self.kill_soon(seed)
            talk.types(new)
            status, _ = talk.ends(40)
            timer.join()
            self.back_again()
            if status == 0:
                person.password = new
            else:  # not acknowledged: either may be the one
                old = person.password
                talk = person.ssh().is_asked("Password: ", old)
                person.password = old if talk.sees_one_of(r"[$#] $", "Permission denied") == 0 else new
                talk.leave()
            self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_charged_failures_are_not_forgotten(self):
        """R38: killing the daemon gives nobody more guesses."""
        person = self.person("max")
        for seed in range(6):
            talk = person.ssh().sees("Password: ")
            timer = self.kill_soon(seed) if seed % 2 else None
            talk.types("Zq7-wrong").sees("Permission denied|Connection closed")
            talk.leave()
            if timer:
                timer.join()
                self.back_again()
        rows = self.server.rows("audit", "list", "--user", person.name, "--limit", "100")
        refused = sum(row["event"] in ("login-failed", "login-locked") for row in rows)
        self.assertGreaterEqual(refused, 3)  # those that nobody disturbed
        for _ in range(6 - refused):
            person.ssh().is_asked("Password: ", "Zq7-wrong").sees("Permission denied").leave()
        person.ssh().sees("this login is locked").leave()

    def test_login_in_progress_ends_with_a_refusal(self):
        person = self.person("nick")
        talk = person.ssh().sees("Password: ")
        self.server.run(["kill", "-9", str(self.server.daemon_pid())])
        talk.types(person.password).sees("Permission denied|Connection closed", timeout=5)
        talk.leave()
        self.back_again()
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
