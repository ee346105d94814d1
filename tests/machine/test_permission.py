# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services that are guarded by a permission: sudo rules and an SSH server of their own (R9, R58, R59)."""

import secrets

from scenario import Scenario
from server import SSH

ASKED = r"password for [^:]*: |Password: "
CODE = "One-time code: "
PORT = "2022"

# Each guarded command is a PAM service of its own, by sudoers(5).
SUDOERS = """Defaults!/usr/local/bin/refund pam_service=refund
Defaults!/usr/local/bin/decrypt pam_service=decrypt
"""
STACK = """auth     [success=done new_authtok_reqd=done ignore=ignore default=die] pam_bo.so foreign=ignore {argument}
account  [success=done new_authtok_reqd=done ignore=ignore default=die] pam_bo.so foreign=ignore {argument}
auth     required pam_unix.so
account  required pam_unix.so
session  required pam_permit.so
"""
SETTINGS = """[Service decrypt]
Permission=pan.decrypt
[Service sshd-till]
Permission=transactions.view
"""


class Permission(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        server.run("boctl customer create till")
        for name, argument in (("refund", "permission=transactions.refund"), ("decrypt", "")):
            server.write(f"/usr/local/bin/{name}", f"#!/bin/sh\necho the {name} is done\n", 0o755)
            server.write(f"/etc/pam.d/{name}", STACK.format(argument=argument))
        server.write("/etc/sudoers.d/permission", SUDOERS, 0o440)
        server.write("/etc/bo/accountd.conf.d/60-permission.conf", SETTINGS)
        server.run("systemctl reload bo-accountd.service")
        # sshd's service of PAM is called as the program is.
        server.run("cp /etc/pam.d/sshd /etc/pam.d/sshd-till && ln -sf /usr/sbin/sshd /usr/local/sbin/sshd-till && "
                   f"/usr/local/sbin/sshd-till -p {PORT} -o PidFile=/run/sshd-till.pid")

    @classmethod
    def tearDownClass(cls):
        cls.server.run("kill $(cat /run/sshd-till.pid); rm /etc/sudoers.d/permission /etc/pam.d/refund /etc/pam.d/decrypt "
                       "/etc/pam.d/sshd-till /etc/bo/accountd.conf.d/60-permission.conf /usr/local/sbin/sshd-till; "
                       "systemctl reload bo-accountd.service")
        super().tearDownClass()

    def member(self, *roles):
        return self.person("clerk", "--customer", "till", *[word for role in roles for word in ("--role", role)])

    def runs(self, person, command, *answers):
        """(was it run, what was seen)"""
        talk = person.sudo(f"-k /usr/local/bin/{command}").is_asked(ASKED, person.password)
        for question, answer in answers:
            talk.is_asked(question, answer)
        _, seen = talk.ends()
        return f"the {command} is done" in seen, seen

    def assertRuns(self, person, command, *answers):
        done, seen = self.runs(person, command, *answers)
        self.assertTrue(done, seen)

    def assertTold(self, person, command, text):
        done, seen = self.runs(person, command)
        self.assertFalse(done, seen)
        self.assertIn(text, seen)

    def test_sudo_rule_is_guarded_by_a_permission_and_says_which_is_missing(self):
        rich, poor = self.member("admin"), self.member("encoder")
        self.assertRuns(rich, "refund")
        self.assertTold(poor, "refund", "needs the permission transactions.refund; none of your roles at till has it")
        self.assertIn(f"{poor.name} may not use refund, which needs transactions.refund: no-role",
                      self.server.journal("-u", "bo-accountd", "-o", "cat"))
        status, seen = poor.sudo("-k id -un").is_asked(ASKED, poor.password).ends()
        self.assertEqual(status, 0, seen)  # another rule of sudo is as it was

    def test_role_that_is_given_or_taken_away_counts_at_once(self):
        person = self.member("encoder")
        for role, may in (("admin", True), ("viewer", False), ("admin", True)):
            self.server.run(["boctl", "user", "roles", person.name, "--customer", "till", "--role", role])
            self.assertEqual(self.runs(person, "refund")[0], may)
            self.assertEqual(person.boctl("can", "transactions.refund").returncode == 0, may)

    def test_R58_permission_works_with_the_second_factor_and_not_without(self):
        person = self.member("admin")
        self.assertTold(person, "decrypt", "works only with the second factor on: boctl otp enable")
        self.assertIn("boctl otp enable", person.boctl("can", "pan.decrypt").stdout)
        person.enable_otp()
        self.server.clock.forward("60s")
        self.assertRuns(person, "decrypt", (CODE, person.code()))
        self.assertEqual(person.boctl("can", "pan.decrypt").stdout, "yes\n")

    def test_local_user_is_refused_although_sudo_would_let_him(self):
        password = self.server.keep_secret(secrets.token_urlsafe(18))
        self.server.run("id teller >/dev/null 2>&1 || useradd -m teller")
        self.server.run("chpasswd", stdin=f"teller:{password}\n")
        status, seen = self.server.talk("sudo -k /usr/local/bin/refund", user="teller").ends()
        self.assertNotEqual(status, 0)
        self.assertIn("only users of bo", seen)
        talk = self.server.talk("sudo -k /usr/local/bin/decrypt", user="teller").is_asked(ASKED, password)
        self.assertIn("the decrypt is done", talk.ends()[1])  # Permission= is about users of bo alone

    def test_R61_root_passes_also_while_the_daemon_is_away(self):
        self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
        try:
            self.assertIn("the refund is done", self.server.run("sudo /usr/local/bin/refund"))
        finally:
            self.server.run("systemctl start bo-accountd.socket bo-accountd.service")

    def test_user_of_bo_is_refused_while_the_daemon_is_away(self):
        person = self.member("admin")
        self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
        try:
            status, seen = person.sudo("-k /usr/local/bin/refund").ends()
            self.assertNotEqual(status, 0)
            self.assertNotIn("the refund is done", seen)
        finally:
            self.server.run("systemctl start bo-accountd.socket bo-accountd.service")

    def till(self, person, method):
        words = [*SSH, "-p", PORT, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
                 f"PreferredAuthentications={method}", "-tt", "-l", person.name, "localhost"]
        return self.server.talk(words)

    def test_ssh_key_and_password_open_a_guarded_server_only_with_the_permission(self):
        rich, poor = self.member("viewer"), self.member("business-owner")
        for person, may in ((rich, True), (poor, False)):
            person.allow_key()
            self.assertAdmitted(person.ssh("publickey"))  # the other server asks for nothing
            for method in ("publickey", "keyboard-interactive"):
                talk = self.till(person, method)
                if method != "publickey":
                    talk.is_asked("Password: ", person.password)
                if may:
                    self.assertAdmitted(talk)
                else:
                    self.assertRefused(talk, r"Connection closed|Permission denied")

    def test_examples_and_busctl_answer_for_root(self):
        person = self.member("encoder")
        example = "/usr/share/doc/libbo-dev/examples/check_permission.py"
        call = "busctl --json=short call org.backoffice.Accounts1 /org/backoffice/Accounts1 " \
               "org.backoffice.Accounts1.Manager CheckPermission 'ssa{sv}' " + person.name
        self.assertEqual(self.server.run(f"{call} transactions.view 0").strip(), '{"type":"bs","data":[true,""]}')
        self.assertEqual(self.server.run(f"{call} transactions.refund 1 Customer s till").strip(),
                         '{"type":"bs","data":[false,"no-role"]}')
        self.assertIn(example, self.server.run("dpkg -L libbo-dev"))
