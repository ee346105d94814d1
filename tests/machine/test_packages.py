# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installing, upgrading and removing the packages leaves a machine that lets people in."""

import re

from scenario import Scenario
from server import TOP, packages


# debian/tests/control: (names of tests, what they need installed).
AUTOPKGTESTS = re.findall(r"^Tests: (.*)\nDepends: (.*)$", (TOP / "debian" / "tests" / "control").read_text(), re.M)


class Packages(Scenario):
    services = True  # there is a compiler

    def test_0_installed_files_are_whole(self):
        self.assertEqual(self.server.run("dpkg --verify bo-accountd bo-doc bo-tools libbo-dev libbo1 libnss-bo libpam-bo"), "")

    def test_1_bo_comes_after_files_in_nsswitch(self):
        for line in self.server.run("grep -E '^(passwd|group):' /etc/nsswitch.conf").splitlines():
            words = line.split()[1:]
            self.assertLess(words.index("files"), words.index("bo"), line)

    def test_2_example_stacks_name_only_modules_that_exist(self):
        examples = self.server.run("grep -hoE 'pam_[a-z]+[.]so' -r /usr/share/doc/bo/examples/pam.d | sort -u").split()
        self.assertIn("pam_bo.so", examples)
        for module in examples:
            self.server.run(f"ls /usr/lib/*/security/{module}")

    def autopkgtest(self, name):
        """debian/tests/NAME as it is, with what it asks for; what it said."""
        (depends,) = (depends for names, depends in AUTOPKGTESTS if name in names.split())
        for package in depends.split(", "):
            self.assertEqual(self.server.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package]), "installed")
        self.server.run("mkdir -p /var/tmp/autopkgtest")
        self.server.write("/var/tmp/test", (TOP / "debian" / "tests" / name).read_text(), 0o755)
        return self.server.run("AUTOPKGTEST_TMP=/var/tmp/autopkgtest /var/tmp/test", timeout=120)

    def test_2_each_autopkgtest_is_run_here(self):
        self.assertEqual({name for names, _ in AUTOPKGTESTS for name in names.split()}, {"login", "library"})

    def test_2_autopkgtest_of_logins_passes(self):
        self.assertEqual(self.autopkgtest("login").splitlines()[-1], "a local user is let in")

    def test_2_autopkgtest_of_the_library_passes(self):
        self.assertIn("library@shop.example may not do transactions.refund", self.autopkgtest("library"))

    def test_3_installed_again_over_itself_users_stay(self):
        person = self.person()
        self.server.install(packages(), reinstall=True)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_3_upgrade_restarts_the_daemon_and_keeps_its_socket(self):
        """Who logs in meanwhile waits at the socket, and is not refused."""
        def facts():
            return (self.server.run("systemctl show -P InvocationID bo-accountd.socket"),
                    self.server.run("systemctl show -P InvocationID bo-accountd.service"))

        socket, daemon = facts()
        self.server.install(packages(), reinstall=True)
        socket_after, daemon_after = facts()
        self.assertEqual(socket_after, socket)
        self.assertNotEqual(daemon_after, daemon)
        self.assertEqual(self.server.run("systemctl is-active bo-accountd.socket bo-accountd.service"),
                         "active\nactive\n")

    def libpam_script(self, script, action, refcount):
        """Runs a maintainer script of libpam-bo as dpkg does; the stacks that name pam_bo afterwards."""
        path = self.server.run(f"ls /var/lib/dpkg/info/libpam-bo:*.{script}").strip()
        self.server.run(f"DPKG_MAINTSCRIPT_PACKAGE=libpam-bo DPKG_MAINTSCRIPT_NAME={script} "
                        f"DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT={refcount} {path} {action} </dev/null")
        return self.server.try_run("grep -l pam_bo /etc/pam.d/common-*").stdout.split()

    def test_3_profiles_go_with_the_last_architecture_and_come_back_with_a_removal_called_off(self):
        before = self.libpam_script("postinst", "configure", 1)
        self.assertEqual(len(before), 5)
        self.assertEqual(self.libpam_script("prerm", "remove", 2), before)
        self.assertEqual(self.libpam_script("prerm", "remove", 1), [])
        self.assertEqual(self.libpam_script("postinst", "abort-remove", 1), before)

    def test_4_removed_root_gets_in_and_nothing_is_left_behind(self):
        self.server.run("apt-get -y -q remove libpam-bo libnss-bo bo-accountd </dev/null", timeout=120)
        self.assertEqual(self.server.try_run("grep -rl pam_bo /etc/pam.d").stdout, "")
        self.assertEqual(self.server.try_run("grep -E '^(passwd|group):.*bo' /etc/nsswitch.conf").stdout, "")
        talk = self.server.talk("login").is_asked("login: ", "root")
        self.assertAdmitted(talk.is_asked("Password: ", self.server.root_password))

    def test_5_accounts_outlive_a_purge(self):
        """R17."""
        self.server.run("apt-get -y -q purge libpam-bo libnss-bo bo-accountd </dev/null", timeout=120)
        self.server.run("test -s /var/lib/bo-accountd/accounts.db")
        self.server.install(packages())
        self.assertGreater(len(self.server.rows("user", "list")), 0)
