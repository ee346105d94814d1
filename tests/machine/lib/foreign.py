# SPDX-License-Identifier: LGPL-2.1-or-later
"""The base of scenarios about programs of others: set up as their page says, with what holds for each of them."""

import json
import re
import secrets

from scenario import Scenario
from server import Person, TOP
from ways import WAYS

ATTEMPTS = 6
# Addresses of this machine that clients come from: two of the shop's, and one that is nobody's.
SHOP, SHOP6, ELSEWHERE = "192.0.2.7", "2001:db8:1::7", "198.51.100.7"
PERMITTED = "transactions.view"


def commands(page, heading):
    """The indented blocks of docs/services/@page.md below "## @heading", as a script."""
    text = (TOP / "docs" / "services" / f"{page}.md").read_text()
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.M | re.S)[1]
    return "".join(line[4:] + "\n" for line in section.splitlines() if line.startswith("    "))


class ForeignScenario(Scenario):
    """@page names the page of docs/services. Its commands are what the machine is set up with."""
    services = True
    page = None
    addresses = ()  # more of them than all clients have
    approved = []

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run(["sh", "-ec", commands(cls.page, "Set it up")])
        cls.server.run("boctl customer show till >/dev/null 2>&1 || boctl customer create till")
        for address in (SHOP, SHOP6, ELSEWHERE, *cls.addresses):
            cls.server.run(["ip", "addr", "replace", address, "dev", "lo", *(["nodad"] if ":" in address else [])])

    @classmethod
    def tearDownClass(cls):
        cls.server.run(["sh", "-ec", cls.away()])
        super().tearDownClass()

    @classmethod
    def away(cls):
        return commands(cls.page, "Take it away")

    @classmethod
    def settings(cls, text):
        """More of [Service NAME] than the page has; empty: none."""
        path = f"/etc/bo/accountd.conf.d/90-{cls.page}.conf"
        if text:
            cls.server.write(path, f"[Service {cls.page}]\n{text}\n")
        else:
            cls.server.run(["rm", "-f", path])
        cls.server.run("systemctl reload bo-accountd.service")

    def program(self, *roles):
        """An API user of the customer till."""
        words = [word for role in roles for word in ("--role", role)]
        return self.server.robot(self.fresh_name("robot"), "--customer", "till", *words)

    def employee(self, *roles):
        words = [word for role in roles for word in ("--role", role)]
        return self.person("clerk", "--customer", "till", *words)

    def local_user(self):
        """Somebody of /etc/passwd, with a password."""
        password = self.server.keep_secret(secrets.token_urlsafe(18))
        self.server.run("id teller >/dev/null 2>&1 || useradd -m teller")
        self.server.run("chpasswd", stdin=f"teller:{password}\n")
        return self.named("teller", password)

    def named(self, name, password):
        person = Person(self.server, name)
        person.password = password
        return person

    def set_password(self, robot):
        """`boctl user password`, as an administrator does for a program."""
        row = self.server.row("user", "password", robot.name, "--generate")
        robot.password = self.server.keep_secret(row["password"])

    def api_key(self, person):
        """A new API key: a person makes his own, of a program root does."""
        return person.make_key(by_root=person.token is None)

    def end_key(self, person):
        if person.token is None:
            self.server.run(["boctl", "key", "delete", person.name])
        else:
            self.assertEqual(person.boctl("key", "delete").returncode, 0)

    def approve(self, *networks):
        """Addresses of the customer till, asked for by one of its members and approved by another."""
        asker, owner = self.employee("security-manager"), self.employee("business-owner")
        for network in networks:
            asked = asker.boctl("approval", "request", network)
            self.assertEqual(asked.returncode, 0, asked.stderr)
            number = re.search(r"request (\d+)", asked.stdout)[1]
            answer = owner.boctl("approval", "approve", number)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.approved.append(number)
        return asker

    def revoke_all(self):
        while self.approved:
            self.server.run(["boctl", "approval", "revoke", self.approved.pop(), "--reason", "the test is over"])

    def told(self):
        """The address of the last login, as bo was told it."""
        lines = self.server.journal("-u", "bo-accountd", "-n", "1", "-o", "json", "BO_EVENT=login-failed",
                                    "BO_EVENT=login-succeeded").splitlines()
        return json.loads(lines[-1]).get("BO_RHOST", "")

    def lock(self, person):
        """So many wrong passwords at another door that the name is locked."""
        for _ in range(ATTEMPTS):
            self.assertFalse(WAYS[0].admits(WAYS[0].answer(person, "Zq7-wrong")))


class ByHand:
    """Mixed in before a Scenario: the stacks of the pages @by_hand as their section "By hand" says, and no profile of
    bo, as on systems without pam-auth-update(8)."""
    by_hand = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run("mkdir -p /root/kept && cp -a /etc/pam.d/. /root/kept/")
        cls.server.run("pam-auth-update --remove bo bo-password </dev/null")
        for stack in ("sshd", "login", "passwd"):  # ways in of the tests that have no page
            cls.server.run(["cp", f"/usr/share/doc/bo/examples/pam.d/{stack}", "/etc/pam.d/"])
        for page in cls.by_hand:
            cls.server.run(["sh", "-ec", commands(page, "By hand")])

    @classmethod
    def tearDownClass(cls):
        cls.server.run("pam-auth-update --enable bo bo-password </dev/null && cp -a /root/kept/. /etc/pam.d/ && "
                       "rm -r /root/kept")
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        # Else the profile would admit whom these stacks are to admit.
        self.assertEqual(self.server.try_run("grep -l pam_bo /etc/pam.d/common-*").stdout, "")


class ApiCases:
    """What holds for each service of Class=api, to be mixed into a ForeignScenario that says how to get in:
    admits(person, password) is whether the service lets him in, by its own client."""

    def lets_in(self, person):
        self.assertTrue(self.admits(person, person.password), f"{person.name} was refused")

    def keeps_out(self, person):
        self.assertFalse(self.admits(person, person.password), f"{person.name} was let in")

    def test_R7_password_of_a_program_opens_it_and_a_wrong_one_does_not(self):
        robot = self.program()
        self.lets_in(robot)
        for wrong in ("Zq7-wrong", robot.password[:-1], robot.password + "x"):
            self.assertFalse(self.admits(robot, wrong), wrong)
        self.lets_in(robot)

    def test_name_of_a_program_is_known_in_any_case(self):
        robot = self.program()
        self.assertTrue(self.admits(self.named(robot.name.upper(), None), robot.password))

    def test_R76_password_of_a_person_is_wrong(self):
        person = self.employee("admin")
        self.keeps_out(person)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))  # and was right

    def test_R8_program_gets_in_here_alone(self):
        robot = self.program("admin")
        self.lets_in(robot)
        self.assertFalse(WAYS[0].admits(WAYS[0].answer(robot, robot.password)))

    def test_password_that_was_replaced_is_stale_at_once(self):
        robot = self.program()
        old = robot.password
        self.set_password(robot)
        self.assertFalse(self.admits(robot, old))
        self.lets_in(robot)

    def test_R5_password_of_a_program_never_expires(self):
        robot = self.program()
        for _ in range(5):
            self.server.clock.forward("80d")
            self.lets_in(robot)

    def test_deactivated_program_is_refused_until_it_is_enabled(self):
        robot = self.program()
        self.server.disable(robot)
        self.keeps_out(robot)
        self.server.run(["boctl", "user", "enable", robot.name])
        self.set_password(robot)
        self.lets_in(robot)

    def test_R38_program_that_is_locked_by_attempts_is_refused_for_30_minutes(self):
        robot = self.program()
        for _ in range(ATTEMPTS):
            self.assertFalse(self.admits(robot, "Zq7-wrong"))
        self.assertEqual(self.server.show(robot)["status"], "locked-attempts")
        self.keeps_out(robot)
        self.server.clock.forward("30m")
        self.lets_in(robot)

    def test_R40_idle_program_is_refused(self):
        robot = self.program()
        self.lets_in(robot)
        self.server.clock.forward("90d")
        self.keeps_out(robot)
        self.assertEqual(self.server.show(robot)["status"], "locked-inactivity")

    def test_R9_permission_that_the_service_demands_counts_at_once(self):
        robot = self.program("viewer")
        self.settings(f"Permission={PERMITTED}")
        try:
            self.lets_in(robot)
            self.server.run(["boctl", "user", "roles", robot.name, "--customer", "till"])
            self.keeps_out(robot)
            self.server.run(["boctl", "user", "roles", robot.name, "--customer", "till", "--role", "viewer"])
            self.lets_in(robot)
        finally:
            self.settings("")

    def test_R61_root_and_local_users_are_refused(self):
        self.keeps_out(self.local_user())
        self.keeps_out(self.named("root", self.server.root_password))

    def test_unknown_name_is_refused(self):
        self.assertFalse(self.admits(self.nobody(), "Zq7-wrong"))

    def test_empty_password_is_refused(self):
        self.assertFalse(self.admits(self.program(), ""))

    def test_nobody_gets_in_while_the_daemon_is_away(self):
        robot = self.program()
        self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
        try:
            self.keeps_out(robot)
            self.keeps_out(self.named("root", self.server.root_password))
        finally:
            self.server.run("systemctl start bo-accountd.socket bo-accountd.service")
        self.lets_in(robot)

    def test_R76_key_of_a_program_opens_it(self):
        robot, other = self.program(), self.program()
        key = self.api_key(robot)
        self.assertTrue(self.admits(robot, key))
        self.lets_in(robot)  # by password as well
        self.assertFalse(self.admits(other, key))
        self.assertFalse(self.admits(self.nobody(), key))
        self.assertFalse(WAYS[0].admits(WAYS[0].answer(robot, key)))

    def test_R76_key_of_a_person_opens_it_without_password_and_code(self):
        person = self.employee("viewer")
        key = self.api_key(person)
        self.assertFalse(WAYS[0].admits(WAYS[0].answer(person, key)))
        person.enable_otp()
        self.assertTrue(self.admits(person, key))
        self.keeps_out(person)

    def test_R78_key_that_was_deleted_or_replaced_is_stale_at_once(self):
        robot, person = self.program(), self.employee()
        for user in (robot, person):
            old = self.api_key(user)
            self.assertTrue(self.admits(user, old))
            self.end_key(user)
            self.assertFalse(self.admits(user, old))
            new = self.api_key(user)
            self.assertFalse(self.admits(user, old))
            self.assertTrue(self.admits(user, new))

    def test_key_of_a_person_ends_with_a_reset_by_an_administrator(self):
        person = self.employee()
        key = self.api_key(person)
        self.assertTrue(self.admits(person, key))
        self.server.reset(person)
        self.assertFalse(self.admits(person, key))

    def test_wrong_keys_lock_nobody(self):
        robot = self.program()
        key = self.api_key(robot)
        for wrong in (key[:-1], key + "0", key[:-1] + ("0" if key[-1] != "0" else "1"), key.upper(), key[3:],
                      key[:12] + key[12:44][::-1] + key[44:], "bo_" + key[11:], key.replace("_", "-")):
            self.assertFalse(self.admits(robot, wrong), "a wrong key opens it")
        self.assertEqual(self.server.show(robot)["status"], "active")
        self.assertTrue(self.admits(robot, key))

    def test_key_does_not_get_around_a_lock_idleness_or_the_end_of_an_account(self):
        robot, person = self.program(), self.employee()
        keys = {user: self.api_key(user) for user in (robot, person)}
        for _ in range(ATTEMPTS):
            self.assertFalse(self.admits(robot, "Zq7-wrong"))
        self.lock(person)
        for user, key in keys.items():
            self.assertFalse(self.admits(user, key), f"locked: {user.name}")
        self.server.clock.forward("30m")
        for user, key in keys.items():
            self.assertTrue(self.admits(user, key), f"open again: {user.name}")
            self.server.disable(user)
            self.assertFalse(self.admits(user, key), f"deactivated: {user.name}")
        idle = self.program()
        key = self.api_key(idle)
        self.server.clock.forward("90d")
        self.assertFalse(self.admits(idle, key), "idle")

    def test_R9_key_opens_no_more_than_its_user_may(self):
        person = self.employee("viewer")
        key = self.api_key(person)
        self.settings(f"Permission={PERMITTED}")
        try:
            self.assertTrue(self.admits(person, key))
            self.server.run(["boctl", "user", "roles", person.name, "--customer", "till"])
            self.assertFalse(self.admits(person, key))
        finally:
            self.settings("")


class AddressCases:
    """What holds for approved addresses, to be mixed in beside ApiCases; a subclass has
    admits(person, password, address=...), where the client comes from."""

    def test_R70_token_of_an_address_opens_it_for_who_asked_and_from_there_alone(self):
        asker = self.approve("192.0.2.0/29")
        try:
            said = asker.boctl("--json", "approval", "token", self.approved[-1])
            self.assertEqual(said.returncode, 0, said.stderr)
            token = self.server.keep_secret(json.loads(said.stdout)["tokens"][0]["token"])
            self.assertTrue(self.admits(asker, token, address=SHOP))
            self.assertFalse(self.admits(asker, token, address=ELSEWHERE), "from elsewhere")
            self.assertFalse(self.admits(self.employee("security-manager"), token, address=SHOP), "somebody else")
            self.revoke_all()
            self.assertFalse(self.admits(asker, token, address=SHOP), "revoked")
        finally:
            self.revoke_all()

    def test_R70_R71_only_from_approved_addresses(self):
        robot, person = self.program(), self.employee()
        ways = ((robot, robot.password), (robot, self.api_key(robot)), (person, self.api_key(person)))
        self.settings("AddressRequired=yes")
        try:
            for who, secret in ways:
                self.assertFalse(self.admits(who, secret, address=SHOP), "none is approved")
            self.approve("192.0.2.0/29", "2001:db8:1::/48")
            for who, secret in ways:
                for address in (SHOP, SHOP6):
                    self.assertTrue(self.admits(who, secret, address=address), f"{who.name} from {address}")
                self.assertFalse(self.admits(who, secret, address=ELSEWHERE), who.name)
                self.assertFalse(self.admits(who, secret, address="127.0.0.1"), who.name)
            self.revoke_all()
            for who, secret in ways:
                self.assertFalse(self.admits(who, secret, address=SHOP), "revoked")
        finally:
            self.revoke_all()
            self.settings("")
