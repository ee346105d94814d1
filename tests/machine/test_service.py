# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service as systemd runs it."""

import re

from machine import wait_until
from scenario import Scenario


class Service(Scenario):
    def property(self, name, unit="bo-accountd.service"):
        return self.server.run(["systemctl", "show", "-P", name, unit]).strip()

    def test_exposure_is_at_most_1_0(self):
        text = self.server.run("systemd-analyze security --no-pager bo-accountd.service")
        exposure = float(re.search(r"Overall exposure level for bo-accountd.service: ([\d.]+)", text)[1])
        self.assertLessEqual(exposure, 1.0, text)

    def test_daemon_is_no_root_and_has_no_capability(self):
        status = self.server.read(f"/proc/{self.server.daemon_pid()}/status")
        own_uid = self.server.run("id -u bo-accountd").strip()
        self.assertEqual(re.search(r"^Uid:\s+(.*)$", status, re.M)[1].split(), [own_uid] * 4)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(re.search(rf"^{kind}:\s+(\w+)$", status, re.M)[1], 16), 0, kind)

    def test_daemon_sees_no_network(self):
        self.assertEqual(self.property("PrivateNetwork"), "yes")
        sockets = self.server.run(f"nsenter -t {self.server.daemon_pid()} -n ip -brief link")
        self.assertEqual([line.split()[0] for line in sockets.splitlines()], ["lo"])

    def test_daemon_leaves_no_core(self):
        limits = self.server.read(f"/proc/{self.server.daemon_pid()}/limits")
        self.assertRegex(limits, r"Max core file size\s+0\s+0\s")

    def test_only_the_snapshot_is_open_to_others(self):
        found = self.server.run("find /var/lib/bo-accountd -perm /077 ! -path '*/nss*' -printf '%m %p\\n'")
        self.assertEqual(found, "711 /var/lib/bo-accountd\n")

    def test_killed_daemon_comes_back(self):
        before = self.server.daemon_pid()
        self.server.run(["kill", "-9", str(before)])
        wait_until(lambda: self.property("ActiveState") == "active" and self.server.daemon_pid() != before, 10,
                   "the daemon to be started again")

    def test_socket_starts_a_stopped_daemon(self):
        self.server.run("systemctl stop bo-accountd.service")
        self.assertEqual(self.property("ActiveState", "bo-accountd.socket"), "active")
        self.server.run("boctl roles")
        self.assertEqual(self.property("ActiveState"), "active")

    def test_name_on_the_bus_starts_a_stopped_daemon(self):
        self.server.run("systemctl stop bo-accountd.service")
        self.server.run("busctl call org.backoffice.Accounts1 /org/backoffice/Accounts1 "
                        "org.freedesktop.DBus.Peer Ping")
        self.assertEqual(self.property("ActiveState"), "active")

    def test_reload_keeps_the_process(self):
        before = self.server.daemon_pid()
        self.server.run("systemctl reload bo-accountd.service")
        self.server.run("boctl roles")
        self.assertEqual(self.server.daemon_pid(), before)

    def test_reload_of_faulty_settings_keeps_the_old_ones(self):
        """The fault is named with file and line; nothing else happens."""
        before = self.server.daemon_pid()
        self.server.write("/etc/bo/accountd.conf.d/faulty.conf", "[Accounts]\nLockoutAttemps=6\n")
        try:
            self.assertNotEqual(self.server.try_run("systemctl reload bo-accountd.service").returncode, 0)
            self.assertRegex(self.server.journal("-u", "bo-accountd", "-n", "20", "-o", "cat"),
                             r"faulty\.conf:2: .*LockoutAttempts")
        finally:
            self.server.run("rm /etc/bo/accountd.conf.d/faulty.conf")
        self.server.run("boctl roles")
        self.assertEqual(self.server.daemon_pid(), before)

    def test_key_may_come_as_a_credential(self):
        """The key of the first start is moved to /etc/credstore; what it sealed still opens."""
        person = self.person()
        state = "/var/lib/bo-accountd"
        self.server.run("systemctl stop bo-accountd.service && mkdir -p -m 700 /etc/credstore && "
                        f"mv {state}/key /etc/credstore/bo-accountd.key && systemctl start bo-accountd.service")
        try:
            self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))
        finally:
            self.server.run(f"systemctl stop bo-accountd.service; mv /etc/credstore/bo-accountd.key {state}/key; "
                            f"chown bo-accountd: {state}/key; systemctl start bo-accountd.service")

    def test_daemon_does_not_start_without_the_key_of_its_database(self):
        """A new key would open nothing of it."""
        state = "/var/lib/bo-accountd"
        self.server.run(f"systemctl stop bo-accountd.service && mv {state}/key /root/key")
        try:
            self.server.try_run("systemctl start bo-accountd.service", timeout=20)
            self.assertNotEqual(self.server.try_run("boctl user list").returncode, 0)
            self.assertEqual(self.server.try_run(f"test -e {state}/key").returncode, 1)
        finally:
            self.server.run(f"systemctl stop bo-accountd.service bo-accountd.socket; mv /root/key {state}/key; "
                            "systemctl reset-failed; systemctl start bo-accountd.socket bo-accountd.service")

    def test_numbers_are_written_for_the_node_exporter(self):
        """By the service of bo-metrics.timer in its sandbox, to a directory that is another's, as Debian has it."""
        directory = "/var/lib/prometheus/node-exporter"
        unit = "bo-metrics.service"
        self.assertEqual(self.server.try_run("systemctl is-enabled bo-metrics.timer").stdout.strip(), "disabled")
        self.server.run(f"systemctl start {unit}")
        self.assertEqual(self.property("ConditionResult", unit), "no")  # nobody reads it
        self.server.run(f"mkdir -p {directory} && chown nobody:nogroup {directory} && boctl backup /root/numbers")
        try:
            self.server.run("systemctl enable --now bo-metrics.timer")
            self.assertEqual(self.property("Triggers", "bo-metrics.timer"), unit)
            self.assertNotEqual(self.property("NextElapseUSecRealtime", "bo-metrics.timer"), "")
            self.server.run(f"systemctl start {unit}")
            text = self.server.read(f"{directory}/bo.prom")
            self.assertIn("\nbo_up 1\n", text)
            self.assertRegex(text, r"\nbo_last_backup_timestamp_seconds 1\d{9}\.?\d*\n")
            self.assertEqual(self.server.run(f"find {directory} -type f -printf '%m %f\\n'"), "644 bo.prom\n")
            exposure = self.server.run(f"systemd-analyze security --no-pager {unit}")
            self.assertLessEqual(float(re.search(r"Overall exposure level for \S+: ([\d.]+)", exposure)[1]), 2.0)
            self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
            self.server.run(f"systemctl start {unit}")  # the file tells, the unit does not fail
            self.assertTrue(self.server.read(f"{directory}/bo.prom").endswith("\nbo_up 0\n"))
        finally:
            self.server.run("systemctl disable --now bo-metrics.timer; rm -r /var/lib/prometheus /root/numbers; "
                            "systemctl start bo-accountd.socket bo-accountd.service")

    def test_ready_within_the_watchdog(self):
        self.assertNotIn(self.property("WatchdogUSec"), ("0", "infinity"))
        self.assertEqual(self.property("Type"), "notify")
