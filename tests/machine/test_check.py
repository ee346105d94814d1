# SPDX-License-Identifier: LGPL-2.1-or-later
"""`boctl check`: faults as an administrator makes them are found, and gone when he does as he is told."""

import json
import re

from machine import wait_until
from scenario import Scenario
from server import DATABASE

WAIT = 20
SECURITY = "/usr/lib/x86_64-linux-gnu/security"


class Check(Scenario):
    def check(self):
        """What `boctl check --json` finds: (exit code, findings)."""
        said = self.server.try_run(["boctl", "check", "--json"], timeout=60)
        self.assertIn(said.returncode, (0, 1, 3), said.stdout + said.stderr)
        return said.returncode, json.loads(said.stdout)["findings"]

    def found(self, part, text, severity="fault"):
        """The one finding of @part whose text matches."""
        code, findings = self.check()
        fits = [row for row in findings if row["part"] == part and row["severity"] == severity
                and re.search(text, row["text"])]
        self.assertTrue(fits, f"no {severity} of {part} like {text!r} in {json.dumps(findings, indent=1)}")
        if severity == "fault":
            self.assertIn(code, (1, 3))
        return fits[0]

    def gone(self, part, text):
        return not any(row["part"] == part and re.search(text, row["text"]) for row in self.check()[1])

    def healthy(self):
        """No fault, once what was started is there."""
        try:
            wait_until(lambda: self.check()[0] == 0, WAIT, "a healthy machine")
        except Exception:
            self.fail(json.dumps(self.check(), indent=1))

    def does_as_told(self, finding):
        """Runs the commands of the remedy, as root would."""
        commands = re.findall("`([^`]+)`", finding["remedy"])
        self.assertTrue(commands, finding)
        self.server.run(commands[0], timeout=60)

    def injected(self, break_it, part, text, severity="fault", mend=None):
        """Breaks, finds, mends (by the remedy, unless @mend says how), and finds no more."""
        with self.subTest(part=part, text=text):
            self.server.run(break_it)
            finding = self.found(part, text, severity)
            if mend is None:
                self.does_as_told(finding)
            else:
                self.server.run(mend, timeout=60)
            wait_until(lambda: self.gone(part, text), WAIT, f"{text} to be gone")

    def test_report_of_requirement_8_is_about_this_host(self):
        said = self.server.try_run("boctl report pci --json --html /root/pci.html")
        self.assertIn(said.returncode, (0, 1), said.stderr)
        said = self.server.try_run("boctl report pci")
        self.assertRegex(said.stdout, r"(?m)^8\.3\.4\b")
        self.assertNotIn("not looked at", said.stdout)  # PAM and sshd of this host were
        self.assertRegex(said.stdout, r"(?m)^8\.2\.1 +met$")
        self.assertRegex(said.stdout, r"(?m)^8\.5\.1 +met$")
        self.assertRegex(said.stdout, r"(?m)^8\.4\.2 +(not met|partly)$")
        slip = "/etc/bo/accountd.conf.d/80-slip.conf"
        self.server.run(f"printf '[Service sshd]\\nOtp=require\\n' >{slip} && systemctl reload bo-accountd")
        try:
            wait_until(lambda: re.search(r"(?m)^8\.4\.2 +met$", self.server.try_run("boctl report pci").stdout), WAIT, "8.4.2 to be met")
            self.server.run("sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd")
            said = self.server.try_run("boctl report pci")
            self.assertEqual(said.returncode, 1)
            for number in ("8.3.1", "8.4.2", "8.4.3", "8.5.1"):
                self.assertRegex(said.stdout, rf"(?m)^{re.escape(number)} +not met$")
            self.assertIn("pam_permit.so", said.stdout)
        finally:
            self.server.run(f"sed -i '/^auth sufficient pam_permit.so$/d' /etc/pam.d/sshd; rm {slip}; systemctl reload bo-accountd")
        self.assertIn("8.6.3", self.server.run("cat /root/pci.html"))

    def test_a_healthy_machine_has_no_fault(self):
        self.healthy()
        said = self.server.run("boctl check")
        for part in ("units", "versions", "settings", "state", "pam", "nss", "uids", "sshd", "daemon"):
            self.assertRegex(said, rf"(?m)^ok +{part}$")
        self.assertNotIn("FAULT", said)

    def test_pam_stacks(self):
        auth, account = "/etc/pam.d/common-auth", "/etc/pam.d/common-account"
        self.injected(f"sed -i '/pam_bo.so/ s/^/#/' {auth}", "pam", "bo is not asked.*auth of sshd, login, sudo")
        self.injected(f"sed -i '/pam_bo.so/d' {account}", "pam", "bo is not asked.*account of sshd")
        # pam_unix moved before bo
        self.injected(f"sed -i '/pam_unix.so/d; 0,/^auth/ s/^auth/auth [success=3 default=ignore] pam_unix.so\\n&/' "
                      f"{auth}", "pam", "asked for a password by another module")
        self.injected(f"sed -i '/pam_localuser.so/d' {auth}", "pam", "root and other local users")
        self.injected(f"sed -i 's/.success=.*pam_bo.so/optional pam_bo.so/' {account}", "pam", "Who is admitted by bo")
        self.injected(f"sed -i 's/.success=.*pam_bo.so/optional pam_bo.so/; s/pam_unix.so/& broken_shadow/' {account}", "pam",
                      "Who is refused by bo gets in")
        self.injected(f"sed -i 's/foreign=ignore/foreing=ignore/' {auth}", "pam", "argument foreing=ignore",
                      mend=f"sed -i 's/foreing/foreign/' {auth}")
        self.injected(f"sed -i 's/^auth.*requisite/auht requisite/' {auth}", "pam", "cannot read a line",
                      mend=f"sed -i 's/^auht/auth/' {auth}")
        self.injected("pam-auth-update --package --remove bo bo-password", "pam", "bo is not asked")
        self.injected(f"mv {SECURITY}/pam_bo.so /root", "pam", "not there: pam_bo.so", mend=f"mv /root/pam_bo.so {SECURITY}")
        self.injected("echo 'auth required pam_permit.so' >/etc/pam.d/shopd", "pam", "without bo being asked, because of pam_permit.so .*shopd:1",
                      mend="rm /etc/pam.d/shopd")
        self.injected("sed -i '1i auth sufficient pam_succeed_if.so quiet user ingroup vip' /etc/pam.d/sudo", "pam",
                      "if this module says so.*sudo", "warning", mend="sed -i 1d /etc/pam.d/sudo")
        self.healthy()

    def test_login_is_explained_with_its_stack(self):
        person = self.person()
        ask = ["boctl", "check", "login", person.name, "--service", "sshd"]
        said = self.server.run(ask)
        self.assertRegex(said, "let in: Success")
        self.assertNotIn("pam stack", said)
        auth = "/etc/pam.d/common-auth"
        self.server.run(f"cp -a {auth} /root/ && sed -i '/pam_bo.so/ s/^/#/' {auth}")
        try:
            self.assertRegex(self.server.run(ask), "FAULT +pam stack +bo is not asked")
        finally:
            self.server.run(f"cp -a /root/common-auth {auth}")

    def test_nsswitch(self):
        self.injected("sed -i '/^passwd:/ s/ bo//' /etc/nsswitch.conf", "nss", "passwd: .*lacks bo")
        self.injected("sed -i '/^passwd:/ s/ bo//; /^passwd:/ s/$/ # local/' /etc/nsswitch.conf", "nss", "passwd: .*lacks bo")
        self.injected("sed -i '/^passwd:/ s/ bo/ [!UNAVAIL=return] bo/' /etc/nsswitch.conf", "nss", "UNAVAIL=return. before bo",
                      mend="sed -i '/^passwd:/ s/ .!UNAVAIL=return.//; s/ # local//' /etc/nsswitch.conf")
        self.injected("sed -i '/^group:/ s/:.*/: bo files systemd/' /etc/nsswitch.conf", "nss", "bo before files")
        self.injected("echo 'initgroups: files' >>/etc/nsswitch.conf", "nss", "initgroups: .*lacks bo")
        self.server.run("sed -i '/^initgroups/d' /etc/nsswitch.conf")
        self.server.run("echo 'clash:x:98765:98765::/:/bin/false' >>/etc/passwd")
        self.found("uids", "clash .98765.", "warning")
        self.assertRegex(self.server.try_run("boctl report pci").stdout, r"(?m)^8\.2\.1 +not met$")
        self.server.run("sed -i '/^clash:/d' /etc/passwd")
        self.healthy()

    def test_sshd(self):
        for setting in ("UsePAM no", "KbdInteractiveAuthentication no"):
            name = setting.split()[0]
            self.injected(f"echo '{setting}' >/etc/ssh/sshd_config.d/00-slip.conf", "sshd", f"{name} is no",
                          mend="rm /etc/ssh/sshd_config.d/00-slip.conf")
        self.assertIn("`UsePAM yes`", self.remedy("echo 'UsePAM no' >/etc/ssh/sshd_config.d/00-slip.conf", "sshd", "UsePAM"))
        self.injected("printf 'Match User git\\nKbdInteractiveAuthentication no\\n' >/etc/ssh/sshd_config.d/00-slip.conf", "sshd",
                      "`Match User git` matches .*00-slip.conf:2", "warning", mend="rm /etc/ssh/sshd_config.d/00-slip.conf")
        self.server.run("systemctl stop ssh.service")
        try:
            self.injected("rm -rf /run/sshd", "sshd", "does not run", "skipped")
        finally:
            self.server.run("systemctl start ssh.service")
        self.server.run("echo 'UsePAMM no' >/etc/ssh/sshd_config.d/00-slip.conf")
        self.found("sshd", "would not start")
        self.server.run("rm /etc/ssh/sshd_config.d/00-slip.conf")

    def remedy(self, break_it, part, text):
        self.server.run(break_it)
        return self.found(part, text)["remedy"]

    def test_units(self):
        self.injected("systemctl stop bo-sessiond.service", "units", "bo-sessiond.service is stopped")
        self.injected("systemctl disable bo-accountd.socket", "units", "bo-accountd.socket is disabled")
        self.injected("systemctl stop bo-accountd.service", "units", "bo-accountd.service is stopped", "warning")
        self.injected("systemctl stop bo-accountd.service bo-accountd.socket", "units", "bo-accountd.socket is stopped",
                      mend="systemctl start bo-accountd.socket bo-accountd.service bo-sessiond.service")
        self.server.run("systemctl stop bo-accountd.service bo-accountd.socket && "
                        "mv /lib/systemd/system/bo-accountd.socket /root/ && systemctl daemon-reload && "
                        "systemctl mask bo-accountd.socket")
        self.assertEqual(self.check()[0], 3)
        self.found("daemon", "no user of bo can log in")
        self.server.run("mv /root/bo-accountd.socket /lib/systemd/system/")
        self.does_as_told(self.found("units", "bo-accountd.socket is masked"))
        self.server.run("systemctl start bo-accountd.service bo-sessiond.service")
        self.injected("rm /run/bo-accountd/bus", "units", "/run/bo-accountd/bus: No such file")
        self.healthy()

    def test_versions(self):
        self.injected(f"cp -a {SECURITY}/pam_bo.so /root/ && sed 's/bo-version: 0[.]1[.]0/bo-version: 0.0.9/' "
                      f"/root/pam_bo.so >{SECURITY}/pam_bo.so", "versions", "pam_bo.so is of version 0.0.9",
                      mend=f"cp -a /root/pam_bo.so {SECURITY}/")
        self.injected("cp -a /usr/libexec/bo-accountd /root/ && mv /root/bo-accountd /usr/libexec/", "versions",
                      "runs from a file that was replaced")

    def test_state_and_disk(self):
        state = "/var/lib/bo-accountd"
        self.injected(f"chmod 644 {state}/key", "state", "key has the mode 644")
        self.injected(f"chown root {DATABASE}", "state", "belongs to uid 0")
        self.server.run("systemctl stop bo-accountd.service")
        self.injected(f"cp -a {DATABASE} /root/good.db && rm -f {DATABASE}-wal {DATABASE}-shm && truncate -s 5000 {DATABASE}", "state",
                      "cut off: 5000 bytes",
                      mend=f"systemctl stop bo-accountd.socket bo-accountd.service; rm -f {DATABASE} {DATABASE}-wal {DATABASE}-shm; "
                           f"cp -a /root/good.db {DATABASE}; systemctl start bo-accountd.socket bo-accountd.service "
                           "bo-sessiond.service")
        self.injected("fallocate -l $(($(df --output=avail -B1 /var/lib | tail -1) - 15000000)) /var/lib/fill", "disk",
                      "MiB left", mend="rm /var/lib/fill")
        self.healthy()

    def test_settings(self):
        slip = "/etc/bo/accountd.conf.d/90-slip.conf"
        self.injected(f"printf '[Accounts]\\nMaxFailurez=3\\n' >{slip}", "settings", "90-slip.conf:2: .*MaxFailurez",
                      mend=f"rm {slip}")

    def test_without_root_it_says_what_it_could_not_look_at(self):
        said = self.person().boctl("check")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertRegex(said.stdout, "(?m)^skipped +sshd$")
        self.assertRegex(said.stdout, "(?m)^skipped +daemon$")
