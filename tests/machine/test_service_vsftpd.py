# SPDX-License-Identifier: LGPL-2.1-or-later
"""File transfer by FTP over TLS, set up as docs/services/vsftpd.md says (R8, R9, R76)."""

import re

from foreign import AddressCases, ApiCases, ForeignScenario, commands
from machine import wait_until

CURL = ["curl", "-sS", "-k", "-m", "8", "--ssl-reqd"]
# When vsftpd gives up, it says so in clear, in the midst of TLS.
NO_TLS = 56


class Vsftpd(ApiCases, AddressCases, ForeignScenario):
    page = "vsftpd"

    @classmethod
    def away(cls):
        """All but Debian's stack, which comes from the network."""
        return re.sub(r"(?m)^apt-get .*$", "", commands(cls.page, "Take it away"))

    def program(self, *roles):
        """With the directory that root makes for him."""
        robot = super().program(*roles)
        self.server.run(["bo-transfer-place", "--home", robot.name])
        return robot

    def curl(self, person, password, path="", *options, host="127.0.0.1"):
        # From a descriptor: the command line of a machine is everybody's to read.
        login = f'user = "{person.name}:{password}"\n'
        return self.server.try_run([*CURL, "-K", "-", *options, f"ftp://{host}/{path}"], stdin=login)

    def employee(self, *roles):
        person = super().employee(*roles)
        self.server.run(["bo-transfer-place", "--home", person.name])
        return person

    def admits(self, person, password, address=None):
        options = ["--interface", address] if address else []
        host = f"[{address}]" if address and ":" in address else address or "127.0.0.1"
        done = self.curl(person, password, "", *options, host=host)
        self.assertIn(done.returncode, (0, 67), done.stderr)
        self.assertEqual(done.returncode == 0, "files" in done.stdout, done.stdout)
        return done.returncode == 0

    def test_name_of_a_program_is_known_in_any_case(self):
        """By bo; here the directory goes by the name as it was typed."""
        robot = self.program()
        self.assertEqual(self.curl(self.named(robot.name.upper(), None), robot.password).returncode, NO_TLS)

    def test_who_has_no_directory_does_not_get_in(self):
        robot = super().program()
        self.assertEqual(self.curl(robot, robot.password).returncode, NO_TLS)

    def lftp(self, robot, *commands):
        script = "set ssl:verify-certificate no; set ftp:ssl-force yes; set net:max-retries 1; " \
                 f"open -u {robot.name},{robot.password} ftp://127.0.0.1; " + "; ".join(commands)
        return self.server.try_run(["lftp", "-f", "/dev/stdin"], stdin=script + "\n")

    def test_file_goes_there_and_back_and_is_the_users_own(self):
        robot = self.program()
        self.server.write("/root/report.csv", "1;2;3\n", 0o644)
        done = self.lftp(robot, "cd files", "put /root/report.csv", "mkdir done", "set xfer:clobber yes",
                         "get report.csv -o /root/again.csv")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.server.read("/root/again.csv"), "1;2;3\n")
        listed = self.server.run(["sh", "-c", 'cd "/srv/transfer/by-name/$1" && find -L . -printf "%P %M %u\\n" | sort',
                                  "sh", robot.name])
        self.assertEqual(listed.splitlines(), [
            " drwxr-xr-x root", f"files drwx------ {robot.name}", f"files/done drwx------ {robot.name}",
            f"files/report.csv -rw------- {robot.name}"])

    def test_chroot_holds(self):
        one, other = self.program(), self.program()
        self.lets_in(other)
        self.lets_in(one)
        uid = self.server.run(["id", "-u", one.name]).strip()
        for path in ("/%2fetc/passwd", "../../../etc/passwd", f"/%2fsrv/transfer/by-name/{other.name}/files/"):
            done = self.curl(one, one.password, path, "--path-as-is")
            self.assertNotEqual(done.returncode, 0, done.stdout)
        self.server.run(["ln", "-s", "/etc/passwd", f"/srv/transfer/{uid}/files/trap"])
        self.assertNotEqual(self.curl(one, one.password, "files/trap").returncode, 0)
        done = self.curl(one, one.password, "", "-Q", "MKD own")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.curl(one, one.password, "", "-l").stdout.split(), ["files"])

    def test_nothing_passes_in_clear(self):
        robot = self.program()
        done = self.server.try_run(["curl", "-sSv", "-m", "8", "-K", "-", "ftp://127.0.0.1/"],
                                   stdin=f'user = "{robot.name}:{robot.password}"\n')
        self.assertEqual(done.returncode, 67)
        self.assertIn("530 Non-anonymous sessions must use encryption", done.stderr)
        self.assertNotIn("PASS", done.stderr)
        done = self.server.try_run(["curl", "-sS", "-k", "-m", "8", "--ftp-ssl-control", "-K", "-", "ftp://127.0.0.1/"],
                                   stdin=f'user = "{robot.name}:{robot.password}"\n')
        self.assertNotEqual(done.returncode, 0)  # the list would have come in clear
        self.assertEqual(done.stdout, "")

    def test_anonymous_is_refused(self):
        for name in ("anonymous", "ftp"):
            self.assertFalse(self.admits(self.named(name, None), "guest@shop.example"))

    def test_server_connects_to_nobody(self):
        robot = self.program()
        done = self.curl(robot, robot.password, "", "-P", "127.0.0.1")
        self.assertEqual(done.returncode, 30)

    def test_address_of_a_dual_stack_listener_is_the_peers(self):
        robot = self.program()
        for host, shown in (("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")):
            self.assertFalse(self.curl(robot, "Zq7-wrong", host=host).returncode == 0)
            self.assertEqual(self.told(), shown)

    def test_transfer_ends_when_its_user_is_disabled(self):
        robot = self.program()
        self.lets_in(robot)
        uid = self.server.run(["id", "-u", robot.name]).strip()
        self.server.run(["truncate", "-s", "200M", f"/srv/transfer/{uid}/files/long"])
        self.server.run(["chown", uid, f"/srv/transfer/{uid}/files/long"])
        self.server.write("/root/login", f'user = "{robot.name}:{robot.password}"\n', 0o600)
        slow = self.server.start([*CURL, "-m", "60", "--limit-rate", "1k", "-o", "/dev/null", "-K", "/root/login",
                                  "ftp://127.0.0.1/files/long"])
        transfers = lambda: self.server.try_run(["pgrep", "-U", uid]).returncode == 0
        wait_until(transfers, what="the transfer")
        self.server.disable(robot)
        self.assertFalse(transfers())
        slow.terminate()
        slow.wait()
