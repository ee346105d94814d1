# SPDX-License-Identifier: LGPL-2.1-or-later
"""dovecot, set up as docs/services/dovecot.md says, with curl as the mail program (R8, R9, R76)."""

from foreign import ELSEWHERE, SHOP, SHOP6, AddressCases, ApiCases, ForeignScenario
from machine import wait_until

SERVER = "192.0.2.8"  # another than the client's: dovecot takes what a host sends to itself for secure
ADMITTED, DENIED = 0, 67
MAIL = "From: till@shop.example\nSubject: hello\n\nGood day.\n"
# dovecot has a brake of its own, which would make each wrong password of these tests slower than the last.
NO_BRAKE = """auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
"""


class Dovecot(ApiCases, AddressCases, ForeignScenario):
    page = "dovecot"
    addresses = (SERVER,)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.write("/etc/dovecot/conf.d/zz-test.conf", NO_BRAKE)
        cls.server.run("systemctl restart dovecot")

    def imap(self, person, password, *options, scheme="imaps", path="INBOX", address=SHOP):
        host = f"[{address}]" if ":" in address else SERVER
        account = f'user = "{person.name}:{password}"\n'
        return self.server.try_run(["curl", "-skS", "-m", "30", "--interface", address, "-K", "-", *options,
                                    f"{scheme}://{host}/{path}"], stdin=account)

    def admits(self, person, password, **options):
        result = self.imap(person, password, "-X", "NOOP", **options)
        self.assertIn(result.returncode, (ADMITTED, DENIED), result.stderr)
        return result.returncode == ADMITTED

    def test_mail_lies_in_the_home_of_who_it_is_for(self):
        robot, other = self.program(), self.program()
        self.lets_in(other)
        self.server.write("/var/tmp/mail", MAIL)
        self.assertEqual(self.imap(robot, robot.password, "-T", "/var/tmp/mail").returncode, ADMITTED)
        first = "INBOX;MAILINDEX=1"
        self.assertIn("Good day.", self.imap(robot, robot.password, path=first).stdout)
        self.assertNotIn("Good day.", self.imap(other, other.password, path=first).stdout)
        self.assertEqual(self.server.run(["stat", "-c", "%U %a", f"/home/{robot.name}/Maildir"]), f"{robot.name} 700\n")

    def test_password_is_taken_over_tls_alone(self):
        robot = self.program()
        self.assertNotEqual(self.imap(robot, robot.password, "-X", "NOOP", scheme="imap").returncode, ADMITTED)
        self.assertEqual(self.imap(robot, robot.password, "-X", "NOOP", "--ssl-reqd", scheme="imap").returncode, ADMITTED)

    def test_R17_connection_of_who_is_disabled_ends(self):
        robot = self.program()
        talk = self.server.talk(["openssl", "s_client", "-quiet", "-crlf", "-connect", f"{SHOP}:993"]).sees("ready")
        talk.types(f"a LOGIN {robot.name} {robot.password}").sees("a OK").types("b SELECT INBOX").sees("b OK")
        talk.types("c IDLE").sees("idling")
        running = ["pgrep", "-u", robot.name, "imap"]
        self.assertEqual(self.server.try_run(running).returncode, 0)
        self.server.disable(robot)
        wait_until(lambda: self.server.try_run(running).returncode == 1, 5, "the end of the connection")
        talk.ends()

    def test_address_of_the_client_is_told_as_it_is(self):
        robot = self.program()
        for address in (SHOP, SHOP6):
            self.assertFalse(self.admits(robot, "Zq7-wrong", address=address))
            self.assertEqual(self.told(), address)

    def test_R70_client_does_not_say_where_it_comes_from(self):
        """A proxy would by ID, where dovecot trusts it (login_trusted_networks)."""
        robot = self.program()
        self.settings("AddressRequired=yes")
        self.approve("192.0.2.7")
        try:
            self.lets_in(robot)
            talk = self.server.talk(["openssl", "s_client", "-quiet", "-crlf", "-bind", f"{ELSEWHERE}:0", "-connect", f"{SERVER}:993"])
            talk.sees("ready").types(f'a ID ("x-originating-ip" "{SHOP}" "x-originating-port" "4000")').sees("a OK")
            talk.types(f"b LOGIN {robot.name} {robot.password}").sees("b NO").leave()
        finally:
            self.revoke_all()
            self.settings("")

    def test_person_may_type_password_and_code_in_one_where_the_class_is_interactive(self):
        """The other choice of the page."""
        person, robot = self.person(), self.program()
        person.enable_otp()
        self.settings("Class=interactive\nOtp=append")
        try:
            self.assertFalse(self.admits(person, person.password))
            self.assertFalse(self.admits(person, person.password + "000000"))
            self.assertTrue(self.admits(person, person.password + person.code(1)))
            self.keeps_out(robot)
        finally:
            self.settings("")
