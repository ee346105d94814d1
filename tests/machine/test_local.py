# SPDX-License-Identifier: LGPL-2.1-or-later
"""root and other local users never depend on bo, and bo's users never hang (R61)."""

import contextlib
import time

from machine import wait_until
from scenario import Scenario
from server import DATABASE, SSH
from talk import Talk

REFUSAL_SEC = 2
UNITS = "bo-accountd.socket bo-accountd.service"


class Damage(Scenario):
    """Each test does some damage, and mends it."""

    @contextlib.contextmanager
    def stopped(self):
        self.server.run(f"systemctl stop {UNITS}")
        try:
            yield
        finally:
            self.server.run(f"systemctl start {UNITS}")

    @contextlib.contextmanager
    def socket_gone(self):
        """The path is gone, daemon and socket unit believe that all is well."""
        self.server.run("rm /run/bo-accountd/bus")
        try:
            yield
        finally:
            self.server.run(f"systemctl stop {UNITS} && systemctl start {UNITS}")

    @contextlib.contextmanager
    def database_damaged(self):
        """Garbage in the place of the file's pages, and a restart on top of it."""
        self.server.run("systemctl stop bo-accountd.service")
        self.server.run(f"cp -a {DATABASE} /root/good.db && rm -f {DATABASE}-wal {DATABASE}-shm")
        self.server.run(f"head -c $(stat -c %s {DATABASE}) /dev/urandom | dd of={DATABASE} conv=notrunc status=none")
        self.server.try_run("systemctl start bo-accountd.service", timeout=20)
        try:
            yield
        finally:
            self.server.run(f"systemctl stop {UNITS}; rm -f {DATABASE}*; cp -a /root/good.db {DATABASE}; "
                            f"systemctl reset-failed; systemctl start {UNITS}")

    @contextlib.contextmanager
    def never_ready(self):
        """The socket takes connections in, and behind it the daemon fails again and again."""
        key = "/var/lib/bo-accountd/key"
        self.server.run(f"systemctl stop bo-accountd.service && mv {key} /root/key")
        self.server.try_run("systemctl start bo-accountd.service", timeout=20)
        try:
            yield
        finally:
            self.server.run(f"systemctl stop {UNITS}; mv /root/key {key}; systemctl reset-failed; "
                            f"systemctl start {UNITS}")

    @contextlib.contextmanager
    def disk_full(self):
        """Stopped before, so that no log of the database is there with room left in it."""
        self.server.run("systemctl stop bo-accountd.service")
        self.server.run("dd if=/dev/zero of=/var/lib/fill bs=64k status=none 2>/dev/null; "
                        "dd if=/dev/zero of=/var/lib/fill2 bs=1 count=65536 status=none 2>/dev/null; true", timeout=120)
        self.server.try_run("systemctl start bo-accountd.service", timeout=20)
        try:
            yield
        finally:
            self.server.run("rm -f /var/lib/fill /var/lib/fill2; systemctl restart bo-accountd.service")

    @contextlib.contextmanager
    def module_gone(self):
        """Not one of the planned ones; a file system check may still eat a file."""
        path = self.server.run("ls /usr/lib/*/security/pam_bo.so").strip()
        self.server.run(f"mv {path} /root/pam_bo.so")
        try:
            yield
        finally:
            self.server.run(f"mv /root/pam_bo.so {path}")

    @contextlib.contextmanager
    def profile_gone(self):
        """As after the package was removed, or pam-auth-update was told so: pam_unix alone is left."""
        self.server.run("pam-auth-update --package --remove bo bo-password")
        try:
            yield
        finally:
            self.server.run("pam-auth-update --package --enable bo bo-password")

    def root_console(self):
        talk = self.server.talk("login").is_asked("login: ", "root").is_asked("Password: ", self.server.root_password)
        self.assertEqual(talk.at_shell().does("id -u"), (0, "0\n"))
        talk.leave()

    def root_ssh(self, method, question=None):
        talk = self.server.talk([*SSH, "-tt", "-o", f"PreferredAuthentications={method}", "-l", "root", "localhost"])
        if question:
            talk.is_asked(question, self.server.root_password)
        self.assertEqual(talk.at_shell().does("id -u"), (0, "0\n"))
        talk.leave()

    def assertRootGetsIn(self):
        self.root_console()
        self.root_ssh("publickey")
        self.root_ssh("password", "password: ")
        self.root_ssh("keyboard-interactive", "Password: ")
        self.assertEqual(self.server.run("su - root -c 'id -u'", user="root"), "0\n")

    def assertRefusedSoon(self, person):
        """Counted over the time that sshd itself takes here and now, with a login that bo has no part in."""
        began = time.monotonic()
        self.root_ssh("publickey")
        bound = REFUSAL_SEC + time.monotonic() - began
        began = time.monotonic()
        talk = person.ssh()
        if talk.sees_one_of("Password: ", "Permission denied", "Connection closed") == 0:
            talk.types(person.password).sees("Permission denied|Connection closed")
        talk.leave()
        self.assertLess(time.monotonic() - began, bound)
        began = time.monotonic()
        self.assertRefused(person.ssh("publickey"), "Permission denied|Connection closed|Connection to localhost closed")
        self.assertLess(time.monotonic() - began, bound)

    def check(self, damage):
        person = self.person()
        person.allow_key()
        with damage():
            self.assertRootGetsIn()
            self.assertRefusedSoon(person)
        wait_until(lambda: self.server.try_run("boctl roles").returncode == 0, 15, "the daemon to be back")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_daemon_stopped(self):
        self.check(self.stopped)

    def test_socket_gone(self):
        self.check(self.socket_gone)

    def test_database_damaged(self):
        self.check(self.database_damaged)

    def test_disk_full(self):
        self.check(self.disk_full)

    def test_daemon_cannot_start(self):
        self.check(self.never_ready)

    def test_module_gone_root_gets_in(self):
        with self.module_gone():
            self.root_console()
            self.root_ssh("publickey")

    def test_module_gone_password_of_a_user_opens_nothing(self):
        person = self.person()
        with self.module_gone():
            for talk in (person.ssh(), person.ssh("password"), person.console()):
                if talk.sees_one_of("[Pp]assword: ", "Permission denied|incorrect") == 0:
                    talk.types(person.password)
                    self.assertRefused(talk)

    def test_profile_gone_key_of_a_deactivated_user_opens_nothing(self):
        """R17: a stack without pam_bo must not take the user of bo for a local one without a password."""
        person = self.person()
        person.allow_key()
        self.server.run(["boctl", "user", "disable", person.name])
        with self.profile_gone():
            self.assertEqual(self.server.try_run("grep -rl pam_bo /etc/pam.d").stdout, "")
            self.assertRefused(person.ssh("publickey"), "Permission denied|Connection closed")
            self.root_ssh("publickey")


class LocalUsers(Scenario):
    def test_local_user_changes_his_password(self):
        self.server.run("useradd -m -s /bin/bash carla && chpasswd", stdin="carla:Zq7-before-it\n")
        new = self.server.new_password()
        talk = self.server.talk("passwd", user="carla")
        talk.is_asked("Current password: ", "Zq7-before-it")
        talk.is_asked("New password: ", new).is_asked("Retype new password: ", new).sees("updated successfully")
        talk = Talk(self.server.spawn("login")).is_asked("login: ", "carla").is_asked("Password: ", new)
        self.assertAdmitted(talk)

    def test_local_user_is_never_asked_for_a_code(self):
        """R61: also where the service demands one."""
        self.server.write("/etc/bo/accountd.conf.d/local.conf", "[Service login]\nOtp=require\n")
        try:
            self.server.run("systemctl reload bo-accountd.service")
            talk = self.server.talk("login").is_asked("login: ", "root")
            self.assertAdmitted(talk.is_asked("Password: ", self.server.root_password))
        finally:
            self.server.run("rm /etc/bo/accountd.conf.d/local.conf; systemctl reload bo-accountd.service")

    def test_local_name_cannot_be_taken(self):
        result = self.server.try_run("boctl user create daemon")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("another source", result.stderr)
