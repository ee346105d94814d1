# SPDX-License-Identifier: LGPL-2.1-or-later
"""D-Bus as an administrator uses it, and as a stranger tries to (R10, R13, R14, R16, R19)."""

import json
import subprocess

from machine import wait_until
from scenario import Scenario
from server import SOCKET

NAME = "org.backoffice.Accounts1"
ROOT = "/org/backoffice/Accounts1"
PRIVATE = f"--address=unix:path={SOCKET}"
SECRET_CALLS = {
    "CreateUser": (ROOT, "Manager", "a{sv}", "0"),
    "IssueReset": ("", "User", "a{sv}", "0"),
    "ResendActivation": ("", "User", "a{sv}", "0"),
    "BeginOtp": ("", "User", "a{sv}", "0"),
}


class Bus(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alice = cls.server.person(cls.fresh_name("alice"))
        cls.bob = cls.server.person(cls.fresh_name("bob"))

    def busctl(self, *words, user=None, check=True):
        result = self.server.try_run(["busctl", *words], user=user)
        if check:
            self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def call(self, path, interface, member, *arguments, **options):
        return self.busctl("call", NAME, path, f"{NAME}.{interface}", member, *arguments, **options)

    def path(self, person):
        return f"{ROOT}/user/_{self.server.run(['id', '-u', person.name]).strip()}"

    def get(self, person, name, **options):
        return self.busctl("get-property", NAME, self.path(person), f"{NAME}.User", name, **options)

    def test_introspect_shows_the_contract(self):
        text = self.busctl("introspect", NAME, ROOT).stdout
        for word in (".ListUsers", ".GetUser", ".ListRoles", ".UserStatusChanged", ".Version"):
            self.assertIn(word, text)
        text = self.busctl("introspect", NAME, self.path(self.alice)).stdout
        for word in (".Disable", ".Status", ".PasswordExpires"):
            self.assertIn(word, text)

    def test_tree_works(self):
        self.assertIn(ROOT, self.busctl("tree", NAME).stdout)

    def test_get_property(self):
        self.assertEqual(self.get(self.alice, "Status").stdout, 's "active"\n')
        self.assertEqual(self.get(self.alice, "Username").stdout, f's "{self.alice.name}"\n')

    def test_get_all_has_no_secret_in_it(self):
        text = self.busctl("call", NAME, self.path(self.alice), "org.freedesktop.DBus.Properties", "GetAll", "s",
                           f"{NAME}.User").stdout
        self.assertIn("LastLogin", text)
        self.assertNotIn("argon2", text)

    def test_list_users_pages(self):
        page = json.loads(self.busctl("--json=short", "call", NAME, ROOT, f"{NAME}.Manager", "ListUsers", "sa{sv}su",
                                      "", "0", "", "1").stdout)
        users, following = page["data"]
        self.assertEqual(len(users), 1)
        self.assertNotEqual(following, "")

    def test_call_disables_and_enables(self):
        person = self.person("carol")
        self.call(self.path(person), "User", "Disable", "a{sv}", "1", "Reason", "s", "left the company")
        self.assertEqual(self.get(person, "Status").stdout, 's "deactivated"\n')
        self.call(self.path(person), "User", "Enable", "a{sv}", "0")
        self.assertEqual(self.get(person, "Status").stdout, 's "active"\n')

    def test_private_socket_answers_the_same(self):
        for address in ((), (PRIVATE,)):
            words = [*address, "get-property", NAME, self.path(self.alice), f"{NAME}.User", "Status"]
            self.assertEqual(self.busctl(*words).stdout, 's "active"\n')

    def test_created_by_busctl_on_the_private_socket(self):
        name = self.fresh_name("dora")
        text = self.busctl(PRIVATE, "--json=short", "call", NAME, ROOT, f"{NAME}.Manager", "CreateUser", "a{sv}", "1",
                           "Name", "s", name).stdout
        path, username, token = json.loads(text)["data"]
        self.assertEqual(username, name)
        self.assertTrue(path.startswith(ROOT + "/user/_"))
        self.server.keep_secret(token)

    def test_secret_calls_are_answered_on_the_private_socket_alone(self):
        for member, (path, interface, *arguments) in SECRET_CALLS.items():
            result = self.call(path or self.path(self.alice), interface, member, *arguments, check=False)
            self.assertNotEqual(result.returncode, 0, member)
            self.assertIn("private socket", result.stderr, member)

    def test_login_is_not_on_the_bus(self):
        result = self.call(ROOT, "Login", "Begin", "sa{sv}", "auth", "0", check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("Access denied", result.stderr)

    def test_unknown_member_is_denied_by_the_policy(self):
        result = self.call(ROOT, "Manager", "DropEverything", check=False)
        self.assertIn("Access denied", result.stderr)

    def test_unknown_option_is_named(self):
        result = self.call(self.path(self.alice), "User", "Disable", "a{sv}", "1", "Raeson", "s", "x", check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("Raeson", result.stderr)

    def test_user_reads_himself(self):
        self.assertEqual(self.get(self.alice, "Status", user=self.alice.name).stdout, 's "active"\n')

    def test_user_cannot_read_another(self):
        """By neither door."""
        for address in ((), (PRIVATE,)):
            result = self.busctl(*address, "get-property", NAME, self.path(self.bob), f"{NAME}.User", "Status",
                                 user=self.alice.name, check=False)
            self.assertNotEqual(result.returncode, 0)
            self.assertNotIn("active", result.stdout)

    def test_another_user_does_not_exist_for_a_user(self):
        """R10: the answer for somebody who is there is the one for somebody who is not."""
        there = self.call(ROOT, "Manager", "GetUser", "s", self.bob.name, user=self.alice.name, check=False)
        not_there = self.call(ROOT, "Manager", "GetUser", "s", "nobody@shop.example", user=self.alice.name, check=False)
        self.assertNotEqual(there.returncode, 0)
        self.assertEqual(there.stderr.replace(self.bob.name, "X"), not_there.stderr.replace("nobody@shop.example", "X"))

    def test_user_cannot_change_another(self):
        for member, arguments in (("Disable", ["a{sv}", "0"]), ("Enable", ["a{sv}", "0"]),
                                  ("SetRoles", ["sasa{sv}", "shop", "1", "admin", "0"])):
            for address in ((), (PRIVATE,)):
                result = self.busctl(*address, "call", NAME, self.path(self.bob), f"{NAME}.User", member, *arguments,
                                     user=self.alice.name, check=False)
                self.assertNotEqual(result.returncode, 0, member)
        self.assertEqual(self.get(self.bob, "Status").stdout, 's "active"\n')

    def test_user_cannot_change_his_own_status(self):
        """R13."""
        for member in ("Disable", "Enable"):
            result = self.call(self.path(self.alice), "User", member, "a{sv}", "0", user=self.alice.name, check=False)
            self.assertNotEqual(result.returncode, 0, member)
        self.assertEqual(self.get(self.alice, "Status").stdout, 's "active"\n')

    def test_boctl_on_another_host_takes_words_as_words(self):
        # The shell that sshd runs is a real one; each of these would be a command in it.
        for word in ("$(touch /tmp/pwned)", "'; touch /tmp/pwned; '", "`touch /tmp/pwned`", "-oProxyCommand=touch /tmp/pwned",
                     '"; touch /tmp/pwned #', "a\ntouch /tmp/pwned", "|touch /tmp/pwned"):
            done = self.server.try_run(["boctl", "-H", "root@localhost", "user", "show", "--", word])
            self.assertEqual(done.returncode, 5, done.stderr)
            done = self.server.try_run(["boctl", f"--remote={word}", "roles"])
            self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(self.server.try_run(["test", "-e", "/tmp/pwned"]).returncode, 1)
        shown = self.server.run(["boctl", "-H", "root@localhost", "--json", "user", "show", self.alice.name])
        self.assertEqual(json.loads(shown)["user"][0]["username"], self.alice.name)

    def test_user_lists_nobody_else(self):
        result = self.busctl("--json=short", "call", NAME, ROOT, f"{NAME}.Manager", "ListUsers", "sa{sv}su", "", "0", "", "0",
                             user=self.alice.name, check=False)
        self.assertNotIn(self.bob.name, result.stdout)

    def test_user_sees_the_roles(self):
        """R19."""
        self.assertIn("encoder", self.call(ROOT, "Manager", "ListRoles", user=self.alice.name).stdout)

    def test_api_user_gets_nothing(self):
        """R8."""
        robot = self.robot()
        result = self.call(ROOT, "Manager", "ListRoles", user=robot.name, check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertNotEqual(self.server.try_run("boctl roles", user=robot.name).returncode, 0)

    def test_audit_trail_is_whole_and_the_operators_alone(self):
        self.server.run("boctl audit verify")
        self.assertNotEqual(self.alice.boctl("audit", "list").returncode, 0)

    def test_operator_group_may_what_root_may(self):
        self.server.run("useradd -m -G bo-operator olga 2>/dev/null || true")
        self.assertEqual(self.get(self.bob, "Status", user="olga").stdout, 's "active"\n')

    def listen(self, user):
        """A monitor of the signals of bo, as @user hears them."""
        log = "/tmp/heard-" + user.replace("@", "-")
        self.server.run(f"rm -f {log}")
        command = ["runuser", "-u", user, "--", "dbus-monitor", "--system", f"type='signal',sender='{NAME}'"]
        listener = self.server.start(["sh", "-c", f'exec "$@" >{log} 2>&1', "sh", *command], stdout=subprocess.DEVNULL)
        wait_until(lambda: "NameAcquired" in self.server.run(f"cat {log} || true"), 5, "the listener to listen")
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)
        return lambda: self.server.run(f"cat {log}")

    def test_monitor_shows_who_logs_in(self):
        monitor = self.server.start("exec busctl --json=short monitor org.backoffice.Accounts1 >/tmp/monitor 2>&1")
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        wait_until(lambda: "Monitoring" in self.server.run("cat /tmp/monitor || true"), 5, "the monitor to run")
        self.assertAdmitted(self.bob.ssh().is_asked("Password: ", self.bob.password))
        wait_until(lambda: "LoginSucceeded" in self.server.run("cat /tmp/monitor"), 5, "the signal")
        self.assertRefused(self.bob.ssh().is_asked("Password: ", "Zq7-wrong"), "Permission denied")
        wait_until(lambda: "LoginFailed" in self.server.run("cat /tmp/monitor"), 5, "the signal")

    def test_signals_do_not_reach_ordinary_users(self):
        by_root, by_alice = self.listen("root"), self.listen(self.alice.name)
        person = self.person("erin")
        self.server.run(["boctl", "user", "disable", person.name])
        wait_until(lambda: "UserStatusChanged" in by_root(), 5, "root to hear it")
        self.assertNotIn(NAME + ".", by_alice().replace(f"sender='{NAME}'", ""))
