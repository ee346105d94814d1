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

    def test_ready_within_the_watchdog(self):
        self.assertNotIn(self.property("WatchdogUSec"), ("0", "infinity"))
        self.assertEqual(self.property("Type"), "notify")
