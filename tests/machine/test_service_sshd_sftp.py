# SPDX-License-Identifier: LGPL-2.1-or-later
"""File transfer by an SSH server of its own, set up as docs/services/sshd-sftp.md says (R8, R9, R76)."""

from foreign import ELSEWHERE, SHOP, SHOP6, AddressCases, ApiCases, ForeignScenario
from machine import wait_until

PORT = "2022"
OPTIONS = ["-q", "-o", "NumberOfPasswordPrompts=1", "-o", "StrictHostKeyChecking=no",
           "-o", "UserKnownHostsFile=/dev/null"]
PROMPT = "sftp> "
REFUSED = "Permission denied|Connection closed|Connection reset|Received disconnect|Broken pipe"

# The sshd of this machine, with the setting of a newer one: on the command line and in the file.
NEWER = """#!/bin/bash
for word; do [[ $word = PAMServiceName=* ]] && set -- "${@:1:$#-2}"; done
sed /PAMServiceName/d /etc/ssh/sshd_sftp_config >/run/sshd-sftp.config
exec -a /usr/local/sbin/sshd-sftp /usr/sbin/sshd "${@/#\\/etc\\/ssh\\/sshd_sftp_config//run/sshd-sftp.config}"
"""


class Sftp(ApiCases, AddressCases, ForeignScenario):
    page = "sshd-sftp"

    def sftp(self, person, method="password", *options, address="127.0.0.1"):
        return self.server.talk(["sftp", *OPTIONS, "-P", PORT, "-o", f"PreferredAuthentications={method}",
                                 "-o", f"User={person.name}", "-o", f"BindAddress={address}", *options,
                                 f"[{address}]" if ":" in address else address])

    def session(self, person, *options):
        """The prompt of sftp, after the password."""
        return self.sftp(person, "password", *options).is_asked("password: ", person.password).sees(PROMPT)

    def admits(self, person, password, address="127.0.0.1"):
        talk = self.sftp(person, address=address).is_asked("password: ", password)
        admitted = talk.sees_one_of(PROMPT, REFUSED) == 0
        talk.leave()
        return admitted

    def admits_by_key(self, person, address="127.0.0.1"):
        talk = self.sftp(person, "publickey", address=address)
        admitted = talk.sees_one_of(PROMPT, REFUSED) == 0
        talk.leave()
        return admitted

    def give_key(self, person):
        """As the page says: by root, outside of what users can write."""
        self.server.run(["sh", "-ec", 'mkdir -p /etc/ssh/sftp-keys; cp /root/.ssh/id_ed25519.pub "/etc/ssh/sftp-keys/$1"',
                         "sh", person.name])

    def does(self, talk, command):
        start = len(talk.seen)
        talk.types(command).sees(PROMPT)
        return talk.seen[start:].replace("\r", "").partition("\n")[2].rsplit("\n", 1)[0]

    def test_file_goes_there_and_back_and_is_the_users_own(self):
        robot = self.program()
        self.server.write("/root/report.csv", "1;2;3\n", 0o644)
        talk = self.session(robot)
        self.assertIn("/files", self.does(talk, "pwd"))
        self.does(talk, "put /root/report.csv")
        self.does(talk, "mkdir done")
        self.does(talk, "get report.csv /root/again.csv")
        talk.leave()
        self.assertEqual(self.server.read("/root/again.csv"), "1;2;3\n")
        uid = self.server.run(["id", "-u", robot.name]).strip()
        listed = self.server.run(["sh", "-c", 'cd "/srv/transfer/by-name/$1" && find -L . -printf "%P %M %u\n" | sort', "sh", robot.name])
        self.assertEqual(listed.splitlines(), [
            " drwxr-xr-x root", f"files drwx------ {robot.name}", f"files/done drwx------ {robot.name}",
            f"files/report.csv -rw------- {robot.name}"])
        self.assertEqual(self.server.run(["readlink", "-f", f"/srv/transfer/by-name/{robot.name}"]).strip(),
                         f"/srv/transfer/{uid}")

    def test_chroot_holds(self):
        one, other = self.program(), self.program()
        self.session(other).leave()
        talk = self.session(one)
        self.assertEqual(self.does(talk, "ls -1 /"), "/files")
        for path in ("/etc/passwd", "../../../../etc/passwd", f"/srv/transfer/by-name/{other.name}/files", "/../by-name"):
            self.assertRegex(self.does(talk, f"ls -1 {path}"), "not found|No such file")
        self.does(talk, "symlink /etc/passwd trap")
        self.assertRegex(self.does(talk, "get trap /root/trap"), "not found|No such file")
        for command in ("mkdir /own", "rename /files /gone", "put /root/.profile /files/../.profile", "chmod 777 /"):
            self.assertRegex(self.does(talk, command), "denied|Failure|failure|Couldn't|[Rr]emote")
        self.assertEqual(self.does(talk, "ls -1 /"), "/files")
        talk.leave()

    def ssh(self, robot, *words):
        """ssh by the key that root has given him."""
        return ["timeout", "5", "ssh", *OPTIONS, "-o", "ExitOnForwardFailure=yes", "-o", "BatchMode=yes", "-p", PORT,
                "-l", robot.name, *words]

    def test_no_shell_and_no_command(self):
        robot = self.program()
        self.give_key(robot)
        for words in (["-tt", "127.0.0.1"], ["127.0.0.1"], ["127.0.0.1", "id"], ["-tt", "127.0.0.1", "id"]):
            done = self.server.try_run(self.ssh(robot, *words), stdin="id\n")
            self.assertNotRegex(done.stdout + done.stderr, r"uid=\d|@shop:")
        self.assertEqual(self.server.try_run(["timeout", "5", "scp", "-O", *OPTIONS, "-P", PORT, "-o", f"User={robot.name}",
                                              "/etc/hostname", "127.0.0.1:files/x"]).returncode, 1)

    def test_nothing_is_forwarded(self):
        robot = self.program()
        self.give_key(robot)
        self.server.run("systemctl start nginx.service")
        self.assertIn("nginx", self.server.run("curl -s http://127.0.0.1/"))
        for words, url in ((["-L", "8022:127.0.0.1:80"], ["http://127.0.0.1:8022/"]),
                           (["-D", "8022"], ["--socks5", "127.0.0.1:8022", "http://127.0.0.1/"])):
            tunnel = self.server.start(self.ssh(robot, "-N", *words, "127.0.0.1"))
            wait_until(lambda: "LISTEN" in self.server.run("ss -ltn sport = :8022"), what="ssh to listen")
            self.assertEqual(self.server.try_run(["curl", "-s", "-m", "3", *url]).stdout, "", words)
            tunnel.terminate()
            tunnel.wait()
        for words in (["-N", "-R", "8023:127.0.0.1:80"], ["-W", "127.0.0.1:80"], ["-N", "-w", "any"]):
            done = self.server.try_run(self.ssh(robot, *words, "127.0.0.1"), stdin="GET /\r\n\r\n")
            self.assertEqual((done.returncode, done.stdout), (255, ""), words)
        self.server.run("systemctl stop nginx.service")

    def test_key_of_a_program_opens_it_while_the_account_is_good(self):
        robot = self.program("viewer")
        self.give_key(robot)
        self.assertTrue(self.admits_by_key(robot))
        self.settings("Permission=transactions.refund")
        try:
            self.assertFalse(self.admits_by_key(robot))
        finally:
            self.settings("")
        self.assertTrue(self.admits_by_key(robot))
        for _ in range(6):
            self.assertFalse(self.admits(robot, "Zq7-wrong"))
        self.assertFalse(self.admits_by_key(robot))
        self.server.clock.forward("30m")
        self.assertTrue(self.admits_by_key(robot))
        self.server.run(["boctl", "user", "disable", robot.name])
        self.assertFalse(self.admits_by_key(robot))

    def test_R71_ssh_key_of_a_program_works_from_approved_addresses_alone(self):
        robot = self.program()
        self.give_key(robot)
        self.settings("AddressRequired=yes")
        try:
            self.assertFalse(self.admits_by_key(robot, SHOP))
            self.approve("192.0.2.0/24")
            self.assertTrue(self.admits_by_key(robot, SHOP))
            self.assertFalse(self.admits_by_key(robot, ELSEWHERE))
        finally:
            self.revoke_all()
            self.settings("")

    def test_R71_link_local_address_with_its_scope_is_none(self):
        """sshd tells it as fe80::7%lo: whose that is depends on the wire, so nobody can have approved it."""
        robot = self.program()
        self.give_key(robot)
        self.server.run("ip addr replace fe80::7/64 dev lo nodad")
        self.approve("2001:db8:1::/48")
        self.settings("AddressRequired=yes")
        try:
            self.assertFalse(self.admits_by_key(robot, "fe80::7%lo"))
            self.assertTrue(self.admits_by_key(robot, SHOP6))
        finally:
            self.revoke_all()
            self.settings("")

    def test_R71_name_of_a_host_is_no_address(self):
        """With UseDNS sshd tells PAM a name, which whoever runs the reverse zone of an address chooses."""
        robot = self.program()
        self.give_key(robot)
        hosts = self.server.read("/etc/hosts")
        self.approve("192.0.2.0/24")
        self.settings("AddressRequired=yes")
        self.server.run("echo UseDNS yes >>/etc/ssh/sshd_sftp_config && systemctl restart sshd-sftp")
        try:
            self.assertTrue(self.admits_by_key(robot, SHOP))  # it has no name
            for name in ("office.shop.example", "192.0.2.7.shop.example"):
                self.server.write("/etc/hosts", f"{hosts}{SHOP} {name}\n{ELSEWHERE} {name}\n")
                self.assertFalse(self.admits_by_key(robot, SHOP), name)
                self.assertFalse(self.admits_by_key(robot, ELSEWHERE), name)
            self.server.write("/etc/hosts", f"{hosts}{ELSEWHERE} {SHOP}\n")
            self.assertFalse(self.admits_by_key(robot, ELSEWHERE), "a name that looks like an address")
        finally:
            self.server.write("/etc/hosts", hosts)
            self.server.run("sed -i /UseDNS/d /etc/ssh/sshd_sftp_config && systemctl restart sshd-sftp")
            self.revoke_all()
            self.settings("")

    def test_R40_key_of_an_idle_program_is_refused(self):
        robot = self.program()
        self.give_key(robot)
        self.assertTrue(self.admits_by_key(robot))
        self.server.clock.forward("90d")
        self.assertFalse(self.admits_by_key(robot))

    def test_R76_ssh_key_of_a_person_is_refused(self):
        person = self.employee("admin")
        self.give_key(person)
        person.allow_key()
        self.assertFalse(self.admits_by_key(person))
        self.assertAdmitted(person.ssh("publickey"))

    def test_key_that_the_user_wrote_himself_opens_nothing(self):
        robot = self.program()
        robot.allow_key()
        talk = self.session(robot)
        self.does(talk, "mkdir .ssh")
        self.does(talk, "put /root/.ssh/id_ed25519.pub .ssh/authorized_keys")
        talk.leave()
        self.assertFalse(self.admits_by_key(robot))

    def test_root_gets_in_by_no_key(self):
        root = self.named("root", None)
        self.give_key(root)
        self.assertFalse(self.admits_by_key(root))
        self.give_key(self.local_user())
        self.assertFalse(self.admits_by_key(self.local_user()))

    def test_transfer_ends_when_its_user_is_disabled(self):
        robot = self.program()
        talk = self.session(robot)
        self.server.disable(robot)
        talk.types("pwd").sees("closed|reset|Broken")
        talk.leave()

    def test_R8_sshd_that_asks_pam_by_another_name_does_not_start(self):
        """As from OpenSSH 9.8 on: it takes PAMServiceName, and without it asks for sshd, where people get in by
        password."""
        config, program = "/etc/ssh/sshd_sftp_config", "/usr/local/sbin/sshd-sftp"
        self.server.run(["rm", program])
        self.server.write(program, NEWER, 0o755)
        try:
            self.assertNotEqual(self.server.try_run("systemctl reload sshd-sftp").returncode, 0)
            self.assertNotEqual(self.server.try_run("systemctl restart sshd-sftp").returncode, 0)
            self.server.run(f"systemctl stop sshd-sftp; sed -i '1i PAMServiceName sshd-sftp' {config}")
            self.server.run("systemctl reset-failed sshd-sftp; systemctl start sshd-sftp")
        finally:
            self.server.run(f"sed -i /PAMServiceName/d {config}; rm {program}; ln -s /usr/sbin/sshd {program}")
            self.server.run("systemctl reset-failed sshd-sftp; systemctl restart sshd-sftp")

    def test_place_that_was_left_half_made_is_mended(self):
        robot = self.program()
        uid = self.server.run(["id", "-u", robot.name]).strip()
        self.server.run(f"install -d -m 755 /srv/transfer/{uid}/files")
        talk = self.session(robot)
        self.assertNotRegex(self.does(talk, "mkdir mine"), "denied|Failure")
        talk.leave()

    def test_place_of_somebody_who_is_not_bos_is_not_made(self):
        before = self.server.run("ls -A /srv/transfer /srv/transfer/by-name")
        for name in ("root", "nobody", "absent", "-s", "../../etc", ""):
            done = self.server.try_run(["env", f"PAM_USER={name}", "/usr/local/sbin/bo-transfer-place"])
            self.assertNotEqual(done.returncode, 0, name)
        self.assertEqual(self.server.run("ls -A /srv/transfer /srv/transfer/by-name"), before)
