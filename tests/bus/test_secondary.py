#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Primary and secondary users: who makes them, what they may, and what they never get (R83 to R87)."""

import outbox
from world import *

MORE_ROLES = """
[Role helper]
Description=A second role of secondary users
Secondary=yes
Permissions=transactions.view

[Role seer]
Description=Looks at users
Permissions=users.view

[Role renamer]
Description=Gives the customer its alias
Permissions=customer.alias

[Role biller]
Description=Keeps the billing data
Permissions=account.billing
"""


class Secondary(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.daemon.path("etc", "roles.conf"), "a", encoding="utf-8") as file:
            file.write(MORE_ROLES)
        cls.daemon.restart()
        self = cls("shop")
        cls.open = self.customer(Type="professional")  # with secondary users
        cls.shut = self.customer(Type="standard")      # without
        cls.primary = self.person(Customer=cls.open, Roles=["primary"])[0]
        self.doCleanups()

    def shop(self):
        """A customer of its own, for what changes it."""
        return self.customer(Type="professional")

    def make(self, uid=0, password=GOOD, **options):
        """(uid, name, token) of a new secondary user."""
        kinds = {"Roles": "as", "InitialPassword": "ay"}
        values = {"Name": self.new_name(), "Customer": self.open, "Roles": ["secondary"],
                  "InitialPassword": password.encode(), **options}
        path, name, link = self.manager("CreateUser", "a{sv}", {
            key: (kinds.get(key, "s"), value) for key, value in values.items() if value is not None}, uid=uid)
        return int(path.rsplit("_", 1)[1]), name, link

    def secondary(self, **options):
        """(uid, name) of one who has followed the link."""
        uid, name, link = self.make(**options)
        self.assertEqual(self.auth(name, link, GOOD, OTHER, OTHER, service="loose"), "Success")
        return uid, name

    def roles(self, target, customer, *roles, uid=0):
        return self.user(target, "SetRoles", "sasa{sv}", customer, list(roles), {}, uid=uid)

    def may(self, uid, permission, customer):
        name = self.get(uid, "Username")
        return self.manager("CheckPermission", "ssa{sv}", name, permission, {"Customer": ("s", customer)})[0]

    # R83
    def test_R83_secondaries_are_made_where_the_account_type_allows_them(self):
        uid, name, _ = self.make(uid=self.primary)
        self.assertEqual(self.get(uid, "Roles"), [(self.open, "secondary")])
        uid = self.person(Customer=self.open, Roles=["viewer"])[0]
        self.roles(uid, self.open, "secondary", uid=self.primary)
        self.assertEqual(self.get(uid, "Roles"), [(self.open, "secondary")])

    def test_R83_account_type_without_secondaries_refuses_them_of_everybody(self):
        primary = self.person(Customer=self.shut, Roles=["primary"])[0]
        viewer = self.person(Customer=self.shut, Roles=["viewer"])[0]
        for actor in (0, primary):
            text = self.refused("SecondariesOff", self.make, uid=actor, Customer=self.shut)
            self.assertIn('"standard"', text)
            self.refused("SecondariesOff", self.make, uid=actor, Customer=self.shut, Roles=["viewer", "helper"])
            self.refused("SecondariesOff", self.roles, viewer, self.shut, "secondary", uid=actor)
        self.assertEqual(self.get(viewer, "Roles"), [(self.shut, "viewer")])

    def test_R83_customer_without_a_type_has_no_secondaries(self):
        bare = self.customer()
        self.assertIn("boctl customer type", self.refused("SecondariesOff", self.make, Customer=bare))
        viewer = self.person(Customer=bare, Roles=["viewer"])[0]
        self.refused("SecondariesOff", self.roles, viewer, bare, "secondary")

    def test_R83_type_without_secondaries_is_refused_while_there_are_some(self):
        shop = self.shop()
        uid = self.secondary(Customer=shop)[0]
        path = f"{ROOT}/customer/{shop.replace('-', '_2d')}"
        for kind in ("standard", ""):
            text = self.refused("SecondariesOff", self.door().call, path, CUSTOMER, "SetType", "sa{sv}", kind, {})
            self.assertIn("secondary", text)
        self.roles(uid, shop, "viewer")
        self.door().call(path, CUSTOMER, "SetType", "sa{sv}", "standard", {})
        self.refused("SecondariesOff", self.roles, uid, shop, "secondary")

    def test_R83_who_is_secondary_keeps_it_when_the_type_is_gone_and_no_other_becomes_one(self):
        shop = self.customer(Type="foreign")
        uid = self.secondary(Customer=shop)[0]
        types = self.daemon.path("etc", "account-types.conf")
        with open(types, encoding="utf-8") as file:
            before = file.read()
        with open(types, "w", encoding="utf-8") as file:
            file.write(before.replace("[AccountType foreign]", "[AccountType abroad]"))
        try:
            self.daemon.restart()
            self.roles(uid, shop, "secondary", "helper")
            self.refused("SecondariesOff", self.make, Customer=shop)
        finally:
            with open(types, "w", encoding="utf-8") as file:
                file.write(before)
            self.daemon.restart()

    # R84
    def test_R84_secondary_reads_updates_and_deletes_endpoints_and_participants(self):
        uid = self.secondary()[0]
        for thing in ("endpoints", "endpoints.profiles", "participants"):
            for verb, wanted in (("read", True), ("update", True), ("delete", True), ("create", False)):
                self.assertEqual(self.may(uid, f"{thing}.{verb}", self.open), wanted, f"{thing}.{verb}")

    # R85
    def test_R85_secondary_changes_neither_account_nor_billing_nor_type_nor_users(self):
        uid = self.secondary()[0]
        path = f"{ROOT}/customer/{self.open.replace('-', '_2d')}"
        for member, kinds, values in (("SetAccount", "a{sv}", ({"Phone": ("s", "112")},)), ("SetAlias", "sa{sv}", ("x", {})),
                                      ("SetBilling", "a{sv}", ({"Company": ("s", "x")},)),
                                      ("SetSubscription", "sa{sv}", ("basic", {})), ("SetType", "sa{sv}", ("standard", {}))):
            self.refused("NotAllowed", self.door(uid).call, path, CUSTOMER, member, kinds, *values)
        self.refused("NotAllowed", self.create, uid=uid, Customer=self.open, Roles=["viewer"])
        self.refused("NotAllowed", self.make, uid=uid)
        self.refused("NotAllowed", self.manager, "ListUsers", "sa{sv}su", self.open, {}, "", 0, uid=uid)
        self.refused("NoSuchUser", self.user, self.primary, "Disable", "a{sv}", {}, uid=uid)

    def test_R85_roles_that_grant_what_a_secondary_never_gets_are_refused_in_both_orders(self):
        for other, permission in (("primary", "users."), ("merchant-administrator", "users."), ("seer", "users.view"),
                                  ("renamer", "customer.alias"), ("biller", "account.billing")):
            for roles in (["secondary", other], [other, "secondary"], ["helper", "viewer", other]):
                with self.subTest(roles):
                    text = self.refused("RolesConflict", self.make, Roles=roles)
                    self.assertIn(permission, text)
                    self.assertIn(f'"{other}"', text)
                    viewer = self.person(Customer=self.open, Roles=["viewer"])[0]
                    self.refused("RolesConflict", self.roles, viewer, self.open, *roles)
                    self.assertEqual(self.get(viewer, "Roles"), [(self.open, "viewer")])

    def test_R85_secondary_is_not_made_a_primary_beside_it_but_may_become_one(self):
        uid = self.secondary()[0]
        self.refused("RolesConflict", self.roles, uid, self.open, "secondary", "primary")
        self.roles(uid, self.open, "primary")
        self.assertTrue(self.may(uid, "account.billing", self.open))
        self.refused("RolesConflict", self.roles, uid, self.open, "primary", "secondary")

    def test_R85_is_of_one_customer(self):
        uid = self.secondary()[0]
        other = self.shop()
        self.roles(uid, other, "primary")
        self.assertTrue(self.may(uid, "account.billing", other))
        self.assertFalse(self.may(uid, "account.billing", self.open))

    def test_R85_what_roles_grant_later_is_denied_all_the_same(self):
        shop = self.shop()
        uid = self.secondary(Customer=shop)[0]
        both = self.person(Customer=shop, Roles=["viewer"])[0]
        self.roles(both, shop, "merchant-administrator", "viewer")
        self.roles(uid, shop, "secondary", "viewer")
        self.assertTrue(self.may(both, "users.manage", shop))
        roles = self.daemon.path("etc", "roles.conf")
        with open(roles, encoding="utf-8") as file:
            before = file.read()
        # viewer becomes a role of secondaries for the one, and of administrators for the other
        made = before.replace("[Role viewer]\n", "[Role viewer]\nSecondary=yes\n")
        self.assertNotEqual(made, before)
        with open(roles, "w", encoding="utf-8") as file:
            file.write(made)
        try:
            self.daemon.restart()
            self.assertTrue(self.may(both, "transactions.view", shop))
            for permission in ("users.manage", "users.view", "customer.alias"):
                self.assertFalse(self.may(both, permission, shop), permission)
            self.refused("NotAllowed", self.create, uid=both, Customer=shop, Roles=["encoder"])
            with open(roles, "w", encoding="utf-8") as file:
                file.write(before.replace("[Role viewer]\nDescription=Looks at transactions\nPermissions=",
                                          "[Role viewer]\nDescription=Looks at transactions\n"
                                          "Permissions=account.billing users.manage "))
            self.daemon.restart()
            self.assertTrue(self.may(both, "account.billing", shop))
            self.assertFalse(self.may(uid, "account.billing", shop))
            self.assertFalse(self.may(uid, "users.manage", shop))
            self.assertTrue(self.may(uid, "transactions.view", shop))
        finally:
            with open(roles, "w", encoding="utf-8") as file:
                file.write(before)
            self.daemon.restart()

    # R86
    def test_R86_secondary_is_created_with_an_address_and_an_initial_password(self):
        for options in ({"InitialPassword": None}, {"Name": None}, {"Name": None, "InitialPassword": None},
                        {"Name": "till99"}):
            for actor in (0, self.primary):
                if options.get("Name") and actor:
                    continue  # a name is the operator's to choose
                text = self.refused("BadOption", self.make, uid=actor, **options)
                self.assertIn("InitialPassword", text)
                self.assertIn("e-mail address", text)

    def test_R86_program_is_no_secondary_user(self):
        self.refused("BadOption", self.make, Name="robot-secondary", Kind="api", InitialPassword=None)

    def test_R86_user_without_an_address_becomes_no_secondary(self):
        uid, name, _ = self.create("tillwithout", Customer=self.open, Roles=["viewer"])
        self.assertIn("boctl user upgrade", self.refused("WrongState", self.roles, uid, self.open, "secondary"))

    def test_R86_link_is_followed_before_the_first_login_and_the_password_changed_at_once(self):
        uid, name, link = self.make(uid=self.primary)
        self.assertEqual(self.get(uid, "Status"), "activation-sent")
        self.assertEqual(self.auth(name, GOOD), "NotActivated")  # it opens nothing by itself
        self.assertEqual(self.auth(name, link, GOOD, OTHER, OTHER), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD), "WrongCredentials")
        self.assertEqual(self.auth(name, OTHER), "Success")


class MailedSecondary(outbox.Mailed):
    def test_R86_link_goes_to_the_mailbox_and_not_to_who_creates(self):
        shop = self.customer(Type="professional")
        primary = self.person(Customer=shop, Roles=["primary"])[0]
        name = self.new_name()
        path, made, link = self.manager("CreateUser", "a{sv}", {
            "Name": ("s", name), "Customer": ("s", shop), "Roles": ("as", ["secondary"]),
            "InitialPassword": ("ay", GOOD.encode())}, uid=primary)
        self.assertEqual((made, link), (name, ""))
        uid = int(path.rsplit("_", 1)[1])
        (kind, recipient, fields), = outbox.mails(self.daemon, uid)
        self.assertEqual((kind, recipient), ("activation", name))
        self.assertNotIn(GOOD, str(fields))
        self.assertEqual(self.auth(name, GOOD), "NotActivated")
        self.assertEqual(self.auth(name, fields["token"], GOOD, OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, OTHER), "Success")


if __name__ == "__main__":
    main()
