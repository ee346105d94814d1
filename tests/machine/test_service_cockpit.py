# SPDX-License-Identifier: LGPL-2.1-or-later
"""cockpit, set up as docs/services/cockpit.md says, with curl in the place of its login page (R8, R57)."""

import base64
import re

from foreign import ATTEMPTS, ELSEWHERE, SHOP, ByHand, ForeignScenario
from machine import wait_until

URL = "https://{}:9090/cockpit/login"


class Login:
    """What the login page does: HTTP with the words of authentication in a header, question by question."""

    def __init__(self, server, address, *options):
        self.server = server
        self.address = address
        self.options = options
        self.text = ""

    def send(self, words):
        # From a descriptor: the password is in nobody's list of processes.
        self.text = self.server.run(["curl", "-skS", "-i", "-m", "40", "--interface", self.address, "-K", "-",
                                     *self.options, URL.format(self.address)], stdin=f'header = "Authorization: {words}"\n').replace("\r", "")
        return self

    def begin(self, name, password):
        return self.send("Basic " + base64.b64encode(f"{name}:{password}".encode()).decode())

    @property
    def asked(self):
        """(number of the conversation, question); None when it is over."""
        found = re.search(r"^HTTP/1.1 401.*?^WWW-Authenticate: X-Conversation (\S+) (\S+)$", self.text, re.M | re.S | re.I)
        return found and (found[1], base64.b64decode(found[2]).decode())

    def answer(self, question, text):
        assert self.asked and question in self.asked[1], f"{question!r} was not asked, but: {self.asked or self.text}"
        return self.send(f"X-Conversation {self.asked[0]} " + base64.b64encode(text.encode()).decode())

    @property
    def admitted(self):
        return self.text.startswith("HTTP/1.1 200") and "csrf-token" in self.text


class Cockpit(ForeignScenario):
    page = "cockpit"

    def login(self, person, password, address=SHOP, *options):
        return Login(self.server, address, *options).begin(person.name, password)

    def lets_in(self, person):
        login = self.login(person, person.password)
        self.assertTrue(login.admitted, login.asked)

    def keeps_out(self, person, password=None):
        login = self.login(person, password or person.password)
        self.assertFalse(login.admitted)
        self.assertIsNone(login.asked)
        self.assertRegex(login.text, r"^HTTP/1.1 [45]\d\d ")
        return login.text

    def lock(self, person):
        for _ in range(ATTEMPTS):
            self.keeps_out(person, "Zq7-wrong")

    def test_person_gets_in_by_password_and_his_session_is_known_with_its_address(self):
        person = self.employee("admin")
        self.lets_in(person)
        (session,) = [row for row in self.server.rows("session", "list", person.name) if row["service"] == "cockpit"]
        self.assertEqual(session["rhost"], SHOP)
        self.keeps_out(person, "Zq7-wrong")

    def test_R57_code_is_a_question_of_its_own(self):
        person = self.person()
        person.enable_otp()
        for code, admitted in (("000000", False), ("", False), (person.code(1), True)):
            login = self.login(person, person.password).answer("One-time code", code)
            self.assertEqual(login.admitted, admitted, code)

    def test_R54_second_factor_is_set_up_there_where_it_is_required(self):
        person = self.person()
        self.settings("Otp=require")
        try:
            login = self.login(person, person.password)
            person.otp_secret = self.server.keep_secret(person.secret_shown(login.asked[1]))
            login.answer("One-time code", person.code())
            self.assertTrue(login.admitted, login.text)
            self.assertIsNotNone(self.login(person, person.password).asked)
        finally:
            self.settings("")

    def test_R24_activation_is_done_there(self):
        person = self.server.create(self.fresh_name())
        new = self.server.new_password()
        login = self.login(person, person.token).answer("New password", new).answer("Repeat new password", new)
        self.assertTrue(login.admitted, login.text)
        person.password = new
        self.lets_in(person)

    def test_R2_expired_password_is_changed_there(self):
        person = self.person()
        self.server.clock.forward("60d")
        self.lets_in(person)  # or he would be idle
        self.server.clock.forward("30d")
        new = self.server.new_password()
        login = self.login(person, person.password).answer("New password", new).answer("Repeat new password", new)
        self.assertTrue(login.admitted, login.text)
        self.keeps_out(person)
        person.password = new
        self.lets_in(person)

    def test_R8_program_is_refused_as_if_the_password_were_wrong(self):
        robot = self.program("admin")
        self.keeps_out(robot)
        self.assertIn(f"Login of {robot.name} refused (cockpit): WrongCredentials", self.journal())

    def journal(self):
        return self.server.journal("-u", "bo-accountd", "-o", "cat")

    def test_R17_deactivated_person_is_out_and_stays_out(self):
        person = self.person()
        self.lets_in(person)
        running = ["pgrep", "-u", person.name, "cockpit-bridge"]
        wait_until(lambda: self.server.try_run(running).returncode == 0, what="his bridge")
        self.server.disable(person)
        wait_until(lambda: self.server.try_run(running).returncode == 1, 5, "the end of his session")
        self.keeps_out(person)

    def test_R17_who_is_disabled_while_his_session_opens_is_reported_out(self):
        """logind names such a session for longer than there is one: its word alone would be no end."""
        for _ in range(6):
            person = self.person()
            self.lets_in(person)
            self.server.disable(person)
        self.assertNotIn("cannot be ended", self.server.journal("-u", "bo-sessiond", "-o", "cat"))

    def test_R38_locked_person_is_refused_for_30_minutes(self):
        person = self.person()
        self.lock(person)
        self.assertEqual(self.server.show(person)["status"], "locked-attempts")
        self.keeps_out(person)
        self.server.clock.forward("30m")
        self.lets_in(person)

    def test_R40_idle_person_is_refused(self):
        person = self.person()
        self.server.clock.forward("90d")
        self.assertIn("had not been used for too long", self.keeps_out(person))

    def test_R9_service_is_for_who_has_its_permission(self):
        holder, other = self.employee("admin"), self.employee("viewer")
        self.settings("Permission=transactions.refund")
        try:
            self.lets_in(holder)
            self.assertIn("needs the permission transactions.refund", self.keeps_out(other))
        finally:
            self.settings("")

    def test_R8_R76_api_key_is_wrong_there(self):
        person, robot = self.employee("admin"), self.program("admin")
        for user, key in ((person, person.make_key()), (robot, robot.make_key(by_root=True))):
            self.keeps_out(user, key)

    def test_R70_only_from_approved_addresses(self):
        person = self.employee("viewer")
        self.settings("AddressRequired=yes")
        try:
            self.assertIn("address", self.keeps_out(person))
            self.approve("192.0.2.0/29")
            self.lets_in(person)
            for options in ([], ["-H", f"X-Forwarded-For: {SHOP}"], ["-H", f"Forwarded: for={SHOP}"]):
                self.assertFalse(self.login(person, person.password, ELSEWHERE, *options).admitted, options)
        finally:
            self.revoke_all()
            self.settings("")

    def test_unknown_name_and_root_are_refused(self):
        self.keeps_out(self.nobody(), "Zq7-wrong")
        self.keeps_out(self.named("root", self.server.root_password))

    def test_R61_local_user_passes_by(self):
        self.lets_in(self.local_user())


class CockpitByHand(ByHand, Cockpit):
    """The same with the stack of the examples."""
    by_hand = ("cockpit",)
