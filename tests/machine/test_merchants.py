# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two merchants on one host: each administrator sees and manages his own, over SSH (R9 to R17, R26, R51)."""

import json
import re

from scenario import Scenario
from server import Person, SOCKET

NAME = "org.backoffice.Accounts1"
ROOT = "/org/backoffice/Accounts1"
PRIVATE = f"--address=unix:path={SOCKET}"
NO_USER = "There is no such user. `boctl user list` shows the users that you may see."
NO_CUSTOMER = "There is no such customer."
NOT_ALLOWED = "You may not do this. `boctl roles` shows which role may; what none may is for operators."
DONE, REFUSED = 0, (1, 4, 5, 6)


class Merchant:
    """A customer, its locations, its administrator, and a member that he made; each of them at a shell over SSH."""

    def __init__(self, scenario, ident, alias, locations):
        server, self.scenario, self.ident, self.alias = scenario.server, scenario, ident, alias
        server.run(["boctl", "customer", "create", ident, "--alias", alias])
        self.locations = [f"{ident}-{place.lower()}" for place in locations]
        for location, place in zip(self.locations, locations):
            server.run(["boctl", "location", "create", location, "--customer", ident, "--name", f"{alias} {place}",
                        "--website", f"https://{place.lower()}.{ident}.example"])
        self.admin = server.person(scenario.fresh_name("boss"), "--customer", ident, "--role", "merchant-administrator")
        self.shell = self.login(self.admin)
        self.member = self.make("clerk", "viewer")
        self.member.activate()

    def login(self, person):
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        talk.does("export TERM=dumb; stty cols 500; PS1='$ '")
        return talk

    def boctl(self, *words, shell=None):
        """(exit status, output) of boctl in the administrator's shell."""
        quoted = " ".join("'" + word.replace("'", r"'\''") + "'" for word in words)
        return self.does(f"boctl {quoted}", shell)

    def does(self, command, shell=None):
        status, text = (shell or self.shell).does(command)
        return status, text.rpartition('echo "<$?>"\n')[2]  # what the terminal echoed comes before

    def rows(self, *words):
        status, text = self.boctl("--json", *words)
        assert status == DONE, text
        (rows,) = json.loads(text).values()
        return rows

    def make(self, first, role):
        """A person whom the administrator makes at his shell."""
        name = self.scenario.fresh_name(first)
        (made,) = self.rows("user", "create", name, "--customer", self.ident, "--role", role)
        return Person(self.scenario.server, name, made["token"])

    def busctl(self, *words, door=PRIVATE):
        return self.does(f"busctl {door} --json=short " + " ".join(f"'{word}'" for word in words))

    def path(self, person):
        return f"{ROOT}/user/_{self.scenario.server.run(['id', '-u', person.name]).strip()}"


class Merchants(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scenario = cls("refused")
        cls.bakery = Merchant(scenario, "bakery", "Bakery Jansen", ["Harbour", "Market"])
        cls.florist = Merchant(scenario, "florist", "Florist De Vries", ["Station"])

    @classmethod
    def tearDownClass(cls):
        for merchant in (cls.bakery, cls.florist):
            merchant.shell.leave()
        super().tearDownClass()

    def both_ways(self):
        return (self.bakery, self.florist), (self.florist, self.bakery)

    def refused(self, said, why):
        status, text = said
        self.assertIn(status, REFUSED, text)
        self.assertIn(why, text)
        return text

    def names(self, merchant, *words):
        return {row["username"] for row in merchant.rows("user", "list", "--customer", merchant.ident, *words)}

    def test_R15_administrator_lists_the_users_of_his_customer_with_status_and_roles(self):
        for mine, other in self.both_ways():
            status, text = mine.boctl("user", "list", "--customer", mine.ident)
            self.assertEqual(status, DONE, text)
            self.assertRegex(text, r"^NAME +UID +KIND +STATUS +E-MAIL +FULL NAME +LAST LOGIN +ROLES")
            self.assertRegex(text, rf"(?m)^{re.escape(mine.admin.name)} .* active .*{mine.ident}:merchant-administrator")
            self.assertRegex(text, rf"(?m)^{re.escape(mine.member.name)} .* active .*{mine.ident}:viewer")
            for foreign in (other.admin.name, other.member.name, other.ident):
                self.assertNotIn(foreign, text)

    def test_R10_foreign_customer_and_all_customers_are_not_listed(self):
        for mine, other in self.both_ways():
            for customer in (["--customer", other.ident], ["--customer", "nowhere"]):
                said = mine.boctl("user", "list", *customer)
                self.assertEqual(self.refused(said, NO_CUSTOMER), f"boctl: Cannot list the users: {NO_CUSTOMER}\n")
            self.refused(mine.boctl("user", "list"), "Cannot list the users of all customers: only an operator may.")
            listed = [row["id"] for row in mine.rows("customer", "list")]
            self.assertEqual(listed, [mine.ident])

    def test_R16_administrator_reads_his_users_and_nobody_else_exists(self):
        for mine, other in self.both_ways():
            status, text = mine.boctl("user", "show", mine.member.name)
            self.assertEqual(status, DONE, text)
            self.assertRegex(text, r"(?m)^Status +active")
            said = [self.refused(mine.boctl("user", "show", name), NO_USER).replace(name, "X")
                    for name in (other.member.name, other.admin.name, "nobody@shop.example")]
            self.assertEqual(len(set(said)), 1, said)

    def test_R9_R17_administrator_disables_and_enables_his_member_who_is_locked_out_meanwhile(self):
        mine = self.bakery
        person = mine.make("carol", "viewer")
        person.activate()
        inside = mine.login(person)
        self.assertEqual(mine.boctl("user", "disable", person.name, "--reason", "left the company")[0], DONE)
        inside.ends(timeout=10)
        self.assertRefused(person.ssh().is_asked("Password: ", person.password))
        (shown,) = mine.rows("user", "show", person.name)
        self.assertEqual((shown["status"], shown["status_reason"]), ("deactivated", "left the company"))
        self.assertEqual(mine.boctl("user", "enable", person.name)[0], DONE)
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_R9_R11_administrator_gives_roles_and_links_to_his_own(self):
        mine = self.florist
        person = mine.make("dora", "viewer")
        person.activate()
        self.assertEqual(mine.boctl("user", "roles", person.name, "--customer", mine.ident, "--role", "encoder",
                                    "--role", "merchant-administrator")[0], DONE)  # R11
        (shown,) = mine.rows("user", "show", person.name)
        self.assertEqual(shown["roles"], [f"{mine.ident}:encoder", f"{mine.ident}:merchant-administrator"])
        (made,) = mine.rows("user", "reset", person.name)
        person.token = self.server.keep_secret(made["token"])
        person.activate()
        self.assertIn(mine.member.name, person.boctl("user", "list", "--customer", mine.ident).stdout)

    def test_R10_administrator_manages_nobody_of_the_other(self):
        for mine, other in self.both_ways():
            target = other.member.name
            for words in (["user", "disable", target], ["user", "enable", target], ["user", "reset", target],
                          ["user", "resend", target], ["user", "revoke", target],
                          ["user", "roles", target, "--customer", other.ident, "--role", "encoder"],
                          ["user", "roles", target, "--customer", mine.ident, "--role", "encoder"],
                          ["user", "locations", target, "--customer", other.ident, "--location", other.locations[0]],
                          ["user", "upgrade", target, "somebody@shop.example"], ["session", "list", target]):
                self.refused(mine.boctl(*words), NO_USER)
            self.refused(mine.boctl("user", "create", self.fresh_name(), "--customer", other.ident, "--role", "viewer"),
                         NO_CUSTOMER)
        self.assertAdmitted(self.florist.member.ssh().is_asked("Password: ", self.florist.member.password))

    def test_R13_administrator_does_not_change_himself(self):
        mine = self.bakery
        for words in (["user", "disable", mine.admin.name],
                      ["user", "roles", mine.admin.name, "--customer", mine.ident, "--role", "admin"]):
            self.refused(mine.boctl(*words), "Nobody changes his own roles, status, locations or membership.")
        self.assertIn(mine.admin.name, self.names(mine, "--role", "merchant-administrator"))

    def test_R14_what_is_the_operators_or_the_persons_is_not_the_administrators(self):
        mine = self.bakery
        self.refused(mine.boctl("otp", "reset", mine.member.name, "--reason", "lost"), NOT_ALLOWED)
        self.refused(mine.boctl("audit", "list"), NOT_ALLOWED)
        self.refused(mine.boctl("customer", "create", "another"), NOT_ALLOWED)
        self.refused(mine.boctl("location", "create", "another", "--customer", mine.ident, "--name", "X"), NOT_ALLOWED)  # R31
        self.assertRegex(mine.boctl("check")[1], r"root\s+and\s+operators\s+alone")  # what the daemon has found

    def test_R26_R28_locations_are_seen_and_given_at_ones_own_customer_alone(self):
        for mine, other in self.both_ways():
            listed = mine.rows("location", "list", "--customer", mine.ident)
            self.assertEqual([row["id"] for row in listed], mine.locations)
            self.refused(mine.boctl("location", "list", "--customer", other.ident), NO_CUSTOMER)
            found = mine.rows("location", "search", "example", "--customer", mine.ident)
            self.assertEqual({row["customer"] for row in found}, {mine.ident})
            said = [self.refused(mine.boctl("location", "show", place), "no such location").replace(place, "X")
                    for place in (other.locations[0], "nowhere")]
            self.assertEqual(*said)
            said = [self.refused(mine.boctl("user", "locations", mine.member.name, "--customer", mine.ident, "--location",
                                            place), "There is no location").replace(place, "X")
                    for place in (other.locations[0], "nowhere")]
            self.assertEqual(*said)
        mine = self.bakery
        self.assertEqual(mine.boctl("user", "locations", mine.member.name, "--customer", mine.ident, "--location",
                                    mine.locations[0]),
                         (DONE, f"{mine.member.name} may act at 1 location of {mine.ident} alone.\n"))
        self.assertIn(f"bo-l-{mine.locations[0]}", self.server.run(["id", "-Gn", mine.member.name]))
        self.server.await_the_end(mine.member)
        self.assertEqual(mine.boctl("user", "locations", mine.member.name, "--customer", mine.ident, "--all")[0], DONE)

    def test_R51_administrator_names_his_own_customer(self):
        mine, other = self.bakery, self.florist
        self.assertEqual(mine.boctl("customer", "alias", mine.ident, "Bakkerij Jansen")[0], DONE)
        self.refused(mine.boctl("customer", "alias", other.ident, "Weeds"), NO_CUSTOMER)
        self.assertIn("Bakkerij Jansen", mine.member.boctl("customer", "list").stdout)  # R52
        self.assertIn(other.alias, other.member.boctl("customer", "list").stdout)

    def test_R9_member_manages_nobody(self):
        for mine, _ in self.both_ways():
            member = mine.member
            for words, why in ((["user", "list", "--customer", mine.ident], NOT_ALLOWED),
                               (["user", "disable", mine.admin.name], NO_USER),
                               (["user", "show", mine.admin.name], NO_USER),
                               (["user", "create", "x@shop.example", "--customer", mine.ident], NOT_ALLOWED)):
                done = member.boctl(*words)
                self.assertIn(done.returncode, REFUSED, done.stdout)
                self.assertIn(why, done.stderr)
            self.assertIn(member.name, member.boctl("user", "show").stdout)

    def test_R10_busctl_says_the_same_by_both_doors(self):
        for mine, other in self.both_ways():
            for door in (PRIVATE, ""):
                status, text = mine.busctl("call", NAME, ROOT, f"{NAME}.Manager", "ListUsers", "sa{sv}su", mine.ident, "0",
                                           "", "0", door=door)
                self.assertEqual(status, DONE, text)
                listed = {row["Username"]["data"] for row in json.loads(text)["data"][0]}
                self.assertEqual(listed, self.names(mine))
                for customer in (other.ident, ""):
                    self.refused(mine.busctl("call", NAME, ROOT, f"{NAME}.Manager", "ListUsers", "sa{sv}su", customer,
                                             "0", "", "0", door=door), NO_CUSTOMER)
                for member in ("Status", "Username", "Roles"):
                    self.refused(mine.busctl("get-property", NAME, mine.path(other.member), f"{NAME}.User", member,
                                             door=door), NO_USER)
                self.refused(mine.busctl("call", NAME, mine.path(other.member), f"{NAME}.User", "Disable", "a{sv}", "0",
                                         door=door), NO_USER)
                self.refused(mine.busctl("get-property", NAME, f"{ROOT}/customer/{other.ident}", f"{NAME}.Customer",
                                         "Alias", door=door), NO_CUSTOMER)
                status, text = mine.busctl("get-property", NAME, mine.path(mine.member), f"{NAME}.User", "Status", door=door)
                self.assertEqual((status, json.loads(text)["data"]), (DONE, "active"))

    def test_operator_sees_both(self):
        listed = {row["username"] for row in self.server.rows("user", "list")}
        for merchant in (self.bakery, self.florist):
            self.assertLessEqual({merchant.admin.name, merchant.member.name}, listed)
        self.assertEqual({row["id"] for row in self.server.rows("customer", "list")} & {"bakery", "florist"},
                         {"bakery", "florist"})
