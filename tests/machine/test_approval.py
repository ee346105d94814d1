# SPDX-License-Identifier: LGPL-2.1-or-later
"""An address for a merchant's programs: one asks, two may answer, by mail, SSH, boctl and busctl (R64 to R70)."""

import re

from machine import wait_until
from postbox import WAIT, Mailbox
from server import SSH, Person

NAME = "org.backoffice.Accounts1"
ROOT = "/org/backoffice/Accounts1"
PRIVATE = "--address=unix:path=/run/bo-accountd/bus"
TOKEN = r"bo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}"
QUESTION = r"Approve the API address {address} of The Kiosk \(kiosk\), asked for by {asker}\? \[y/N\] "
PORT = "2025"


class Approval(Mailbox):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        server.run("boctl customer create kiosk --alias 'The Kiosk'")
        cls.sam = cls.member("sam", "security-manager")
        cls.ann, cls.bob = cls.member("ann", "business-owner"), cls.member("bob", "business-owner")
        cls.both = cls.member("pat", "security-manager", "business-owner")
        # A service for programs; sshd's service of PAM is called as the program is.
        server.write("/etc/bo/accountd.conf.d/60-approval.conf", "[Service sshd-api]\nClass=api\n")
        server.run("systemctl reload bo-accountd.service")
        server.run("cp /etc/pam.d/sshd /etc/pam.d/sshd-api && ln -sf /usr/sbin/sshd /usr/local/sbin/sshd-api && "
                   f"/usr/local/sbin/sshd-api -p {PORT} -o PidFile=/run/sshd-api.pid")

    @classmethod
    def tearDownClass(cls):
        cls.server.run("kill $(cat /run/sshd-api.pid); rm /etc/pam.d/sshd-api /etc/bo/accountd.conf.d/60-approval.conf "
                       "/usr/local/sbin/sshd-api; systemctl reload bo-accountd.service")
        super().tearDownClass()

    @classmethod
    def member(cls, first, *roles):
        """Somebody of the kiosk, activated by the mail that came."""
        self, name = cls("letter"), cls.fresh_name(first)
        words = [word for role in roles for word in ("--role", role)]
        cls.server.run(["boctl", "user", "create", name, "--customer", "kiosk", *words])
        person = Person(cls.server, name, self.token(self.letter(name, "Activate")))
        person.activate()
        return person

    def does(self, person, *words, stdin=""):
        done = person.boctl(*words, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fails(self, person, *words, stdin=""):
        done = person.boctl(*words, stdin=stdin)
        self.assertIn(done.returncode, (1, 4, 5, 6), done.stdout)
        return done.stderr

    def address(self):
        cls = type(self)
        cls.count = getattr(cls, "count", 0) + 1
        return f"203.0.113.{cls.count}"

    def ask(self, person, address):
        return re.search(r"request (\d+)", self.does(person, "approval", "request", address))[1]

    def mailed(self, person, address):
        """The token by which he may answer."""
        message = self.letter(person.name, f"asks for the address {address}")
        text = message.get_body(("plain",)).get_content()
        return self.server.keep_secret(re.search(r"^    (T\w{3}(?:-\w{4}){6})\s*$", text, re.M)[1])

    def status(self, ident):
        return re.search(r"Status +(\w+)", self.server.run(["boctl", "approval", "show", ident]))[1]

    def take(self, person, ident):
        return self.server.keep_secret(re.search(TOKEN, self.does(person, "approval", "token", ident))[0])

    def log_in(self, person):
        return person.ssh().is_asked("Password: ", person.password)

    def get_in(self, person, token, source="127.0.0.1", host="127.0.0.1"):
        """What the service for programs says to who comes from @source with the token."""
        talk = self.server.talk([*SSH, "-T", "-p", PORT, "-b", source, "-o", "PreferredAuthentications=password",
                                 "-o", "HostKeyAlias=localhost", "-l", person.name, host, "id", "-un"])
        status, seen = talk.is_asked("password: ", token).ends()
        self.assertEqual(status == 0, person.name in seen.replace("\r", "").split("\n"), seen)
        return status == 0

    def test_R66_to_R69_walk_of_three_over_ssh_and_mail(self):
        address = self.address()
        shell = self.log_in(self.sam).at_shell()
        status, said = shell.does(f"boctl approval request {address} --comment 'the new till'")
        self.assertEqual(status, 0, said)
        ident = re.search(r"request (\d+)", said)[1]
        token = self.mailed(self.ann, address)
        self.assertNotEqual(token, self.mailed(self.bob, address))

        talk = self.ann.ssh().is_asked("Password: ", token).is_asked("Password: ", self.ann.password)
        talk.is_asked(QUESTION.format(address=address, asker=self.sam.name), "y").sees(f"{address} is approved").at_shell()
        talk.leave()
        self.assertEqual(self.status(ident), "approved")
        for person in (self.sam, self.bob):
            text = self.letter(person.name, f"request for the address {address}").get_body(("plain",)).get_content()
            self.assertIn(f"approved by {self.ann.name}", text)
            self.assertNotRegex(text, TOKEN)
            self.assertNotRegex(text, r"T\w{3}-\w{4}-\w{4}")

        status, said = shell.does(f"boctl approval token {ident}")
        self.assertEqual(status, 0, said)
        self.server.keep_secret(re.search(TOKEN, said)[0])
        self.assertNotEqual(shell.does(f"boctl approval token {ident}")[0], 0)  # once
        shell.leave()
        self.assertIn("already, by " + self.ann.name, self.fails(self.bob, "approval", "approve", ident))

    def test_R67_approved_by_boctl_by_its_token_and_by_busctl(self):
        address = self.address()
        ident = self.ask(self.sam, address)
        self.assertIn("is approved", self.does(self.bob, "approval", "approve", ident))
        address = self.address()
        ident = self.ask(self.sam, address)
        said = self.does(self.bob, "approval", "approve", "--token", stdin=self.mailed(self.bob, address) + "\n")
        self.assertIn(f"request {ident}", said)
        ident = self.ask(self.sam, self.address())
        call = ["busctl", "call", NAME, f"{ROOT}/approval/_{ident}", f"{NAME}.Approval", "Approve", "a{sv}", "0"]
        self.server.run(call, user=self.ann.name)
        self.assertEqual(self.status(ident), "approved")
        call[-3] = "TakeToken"
        done = self.server.try_run(call, user=self.sam.name)
        self.assertIn("private socket", done.stderr)
        text = self.server.run([call[0], PRIVATE, *call[1:]], user=self.sam.name)
        self.server.keep_secret(re.search(TOKEN, text)[0])

    def test_R67_nobody_approves_what_he_asked_for(self):
        address = self.address()
        ident = self.ask(self.both, address)
        stolen = self.mailed(self.ann, address)
        self.assertIn("somebody else has to answer", self.fails(self.both, "approval", "approve", ident))
        self.assertIn("somebody else", self.fails(self.both, "approval", "approve", "--token", stdin=stolen + "\n"))
        done = self.server.try_run(["busctl", "call", NAME, f"{ROOT}/approval/_{ident}", f"{NAME}.Approval", "Approve",
                                    "a{sv}", "0"], user=self.both.name)
        self.assertIn("somebody else has to answer", done.stderr)
        self.assertRefused(self.both.ssh().is_asked("Password: ", stolen))
        other = self.address()
        self.ask(self.sam, other)
        self.does(self.both, "approval", "approve", "--token", stdin=self.mailed(self.both, other) + "\n")
        self.assertEqual(self.status(ident), "pending")
        self.assertIn("NotAllowed", self.server.try_run(
            ["busctl", "call", NAME, f"{ROOT}/approval/_{ident}", f"{NAME}.Approval", "Approve", "a{sv}", "0"]).stderr
            .replace("You may not do this", "NotAllowed"))
        self.assertIn(f"request {ident}", self.does(self.ann, "approval", "approve", "--token", stdin=stolen + "\n"))
        event = wait_until(lambda: self.server.journal("BO_EVENT=address-refused", "-o", "cat"), WAIT, "the event")
        self.assertIn(f"request {ident}", event)

    def test_R67_token_dies_with_the_password_and_after_a_week(self):
        owner = self.member("eve", "business-owner")
        address = self.address()
        ident = self.ask(self.sam, address)
        token = self.mailed(owner, address)
        fresh = self.server.new_password()
        talk = owner.passwd().is_asked("Current password: |Password: |password: ", owner.password)
        talk.is_asked("New password: ", fresh).is_asked("Repeat new password: ", fresh)
        self.assertEqual(talk.ends()[0], 0)
        owner.password = fresh
        self.fails(owner, "approval", "approve", "--token", stdin=token + "\n")
        self.assertRefused(owner.ssh().is_asked("Password: ", token))
        late = self.mailed(self.ann, address)
        self.server.clock.forward("7d")
        self.fails(self.ann, "approval", "approve", "--token", stdin=late + "\n")
        self.assertIn("in time", self.fails(self.ann, "approval", "approve", ident))
        self.assertEqual(self.status(ident), "expired")

    def test_R67_R69_session_tells_what_waits(self):
        ident = self.ask(self.sam, self.address())
        self.log_in(self.ann).sees(r"\d+ API address(es)? waits? for your approval").at_shell().leave()
        self.does(self.bob, "approval", "approve", ident)
        self.log_in(self.sam).sees(r"API address.*approved: `boctl approval token ID`").at_shell().leave()

    def test_R70_token_opens_the_service_from_its_address_alone_until_it_is_revoked(self):
        ident = self.ask(self.sam, "127.0.0.1")
        self.does(self.ann, "approval", "approve", ident)
        token = self.take(self.sam, ident)
        self.assertTrue(self.get_in(self.sam, token))
        for source, host in (("127.0.0.2", "127.0.0.1"), ("::1", "::1")):
            self.assertFalse(self.get_in(self.sam, token, source, host), source)
        self.assertFalse(self.get_in(self.both, token))
        self.assertRefused(self.sam.ssh("password").is_asked("password: ", token))  # where people log in
        self.assertTrue(self.get_in(self.sam, token))
        self.assertNotIn("never", re.search(r"Token used +(.*)", self.does(self.sam, "approval", "show", ident))[1])
        self.does(self.bob, "approval", "revoke", ident, "--reason", "moved")
        self.assertFalse(self.get_in(self.sam, token))
