# SPDX-License-Identifier: LGPL-2.1-or-later
"""A customer with its account, its primary user and a secondary one, over SSH with boctl and busctl (R51, R79 to R86)."""

import json

from scenario import Scenario
from server import Person

INITIAL = "an initial phrase 4 you"
BILLING = ("company=Bakkerij Smit & Zn., Delft", "street=Markt 1", "postcode=2611gp", "city=Delft", "country=nl")
OBJECT = "/org/backoffice/Accounts1/customer/mall"
INTERFACE = "org.backoffice.Accounts1.Customer"


class Account(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, kind in (("mall", "professional"), ("kiosk", "standard")):  # once a machine
            cls.server.try_run(["boctl", "customer", "create", name, "--type", kind])

    def primary(self, customer="mall"):
        return self.person("primary", "--customer", customer, "--role", "primary")

    def secondary(self, primary, customer="mall"):
        """What boctl answers the primary user who makes one, and the Person."""
        name = self.fresh_name("secondary")
        made = primary.boctl("user", "create", name, "--customer", customer, "--role", "secondary",
                             "--initial-password", "--password-fd", "0", "--json", stdin=INITIAL + "\n")
        return made, name

    def over_ssh(self, person, command):
        """(exit status, what it said)"""
        talk = person.ssh(command=["--", command]).is_asked("Password: ", person.password)
        return talk.ends()

    def shown(self, customer="mall"):
        return self.server.row("customer", "show", customer)

    def test_R80_primary_user_sets_billing_over_ssh(self):
        primary = self.primary()
        words = " ".join(f"'{word}'" for word in BILLING)
        status, said = self.over_ssh(primary, f"boctl customer billing mall {words} 'vat=nl 1234.56.782.b01' kvk=12345678")
        self.assertEqual(status, 0, said)
        shown = self.shown()
        self.assertEqual([shown[key] for key in ("company", "postcode", "vat", "peppol_recipient", "missing_billing")],
                         ["Bakkerij Smit & Zn., Delft", "2611 GP", "NL123456782B01", "0106:12345678", []])
        status, said = self.over_ssh(primary, "boctl customer billing mall vat=NL123456783B01")
        self.assertEqual(status, 1)
        self.assertIn("typing error", said)
        status, said = self.over_ssh(primary, f"busctl get-property org.backoffice.Accounts1 {OBJECT} {INTERFACE} Vat")
        self.assertEqual((status, 's "NL123456782B01"' in said), (0, True), said)

    def test_R51_merchant_administrator_names_the_customer_by_busctl(self):
        admin = self.person("admin", "--customer", "mall", "--role", "merchant-administrator")
        call = ["busctl", "call", "org.backoffice.Accounts1", OBJECT, INTERFACE]
        done = self.server.try_run([*call, "SetAlias", "sa{sv}", "The Mall", "0"], user=admin.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.shown()["alias"], "The Mall")
        done = self.server.try_run([*call, "SetBilling", "a{sv}", "1", "City", "s", "Delft"], user=admin.name)
        self.assertIn("You may not do this", done.stderr)
        done = self.server.try_run(["busctl", "get-property", "org.backoffice.Accounts1", OBJECT, INTERFACE, "City"],
                                   user=admin.name)
        self.assertNotEqual(done.returncode, 0)

    def test_R86_secondary_user_follows_the_link_and_changes_the_initial_password_at_once(self):
        made, name = self.secondary(self.primary())
        self.assertEqual(made.returncode, 0, made.stderr)
        person = Person(self.server, name, json.loads(made.stdout)["user"][0]["token"])
        self.assertRefused(person.ssh().is_asked("Password: ", INITIAL), "not active yet|Permission denied|Password: ")
        password = self.server.new_password()
        talk = person.ssh().is_asked("Password: ", person.token).is_asked("Initial password: ", INITIAL)
        talk.is_asked("New password: ", password).is_asked("Repeat new password: ", password)
        self.assertAdmitted(talk)
        person.password = password
        self.assertAdmitted(person.ssh().is_asked("Password: ", password))
        status, said = self.over_ssh(person, "boctl customer billing mall city=Delft")
        self.assertEqual(status, 4)
        self.assertIn("You may not do this", said)
        for permission, code in (("endpoints.delete", 0), ("account.billing", 1), ("users.manage", 1)):
            self.assertEqual(person.boctl("can", permission).returncode, code, permission)
        self.assertIn(person.boctl("user", "create", self.fresh_name("more"), "--customer", "mall").returncode, (4, 5))

    def test_R83_account_type_without_secondaries_refuses_them(self):
        made, _ = self.secondary(self.primary("kiosk"), "kiosk")
        self.assertEqual(made.returncode, 1)
        self.assertIn("allows no secondary users", made.stderr)

    def test_R86_without_an_initial_password_there_is_no_secondary(self):
        made = self.primary().boctl("user", "create", self.fresh_name("secondary"), "--customer", "mall",
                                    "--role", "secondary")
        self.assertEqual(made.returncode, 1)
        self.assertIn("InitialPassword", made.stderr)

    def test_account_types_are_configured_beside_the_roles(self):
        self.assertIn("[AccountType professional]", self.server.run(["cat", "/etc/bo/account-types.conf"]))
        self.assertIn("account-types.conf", self.server.run(["dpkg-query", "-W", "-f", "${Conffiles}", "bo-accountd"]))
