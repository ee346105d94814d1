#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Customers: who creates, names and sees them; account types and subscriptions (R51, R52, R79)."""

import json

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
OPERATOR = 1  # daemon is in the group daemon, the operators' here
MORE_ROLES = """
[Role biller]
Description=Keeps the billing data, and no more
Permissions=account.billing

[Role editor]
Description=Keeps the information, and no more
Permissions=account.edit

[Role chooser]
Description=Chooses the subscription, and no more
Permissions=account.subscription
"""
# What a member without a permission of the account sees, and what account.subscription adds.
PUBLIC = {"Id", "Alias", "Created", "Type"}
CHOICE = {"Subscription", "SubscriptionChange", "Subscriptions"}


class CustomerCase(Case):
    """One shop with its people, another one, and the operator."""

    TYPE = "professional"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.daemon.path("etc", "roles.conf"), "a", encoding="utf-8") as file:
            file.write(MORE_ROLES)
        cls.daemon.restart()
        self = cls("setUp")
        cls.shop, cls.other = self.customer(Type=cls.TYPE), self.customer(Type=cls.TYPE)
        for name, role in (("primary", "primary"), ("admin", "merchant-administrator"), ("member", "viewer"),
                           ("chooser", "chooser")):
            setattr(cls, name, self.person(Customer=cls.shop, Roles=[role])[0])
        cls.robot = self.program(Customer=cls.shop, Roles=["primary"])[0]
        cls.foreign = self.person(Customer=cls.other, Roles=["primary"])[0]
        cls.loner = self.person()[0]
        self.doCleanups()

    def path(self, customer):
        return f"{ROOT}/customer/" + customer.replace("-", "_2d")

    def do(self, member, kinds, *values, uid=0, of=None):
        return self.door(uid).call(self.path(of or self.shop), CUSTOMER, member, kinds, *values)

    def value(self, name, uid=0, of=None):
        return self.door(uid).call(self.path(of or self.shop), PROPERTIES, "Get", "ss", CUSTOMER, name)[0]

    def all(self, uid=0, of=None):
        return self.door(uid).call(self.path(of or self.shop), PROPERTIES, "GetAll", "s", CUSTOMER)[0]

    def boctl(self, *words, uid=0, code=0):
        """What boctl told: (stdout, stderr)."""
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *words], capture_output=True, text=True,
                              timeout=WAIT, user=uid, group=uid, extra_groups=[])
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def shown(self, of, uid=0):
        return json.loads(self.boctl("customer", "show", of, "--json", uid=uid)[0])["customer"][0]

    def refused_to_all_but(self, allowed, member, kinds, *values):
        """The same call by everybody who may not; nothing is changed by it."""
        people = {"primary": self.primary, "admin": self.admin, "member": self.member, "chooser": self.chooser}
        before = self.all()
        for name, uid in people.items():
            if name not in allowed:
                self.refused("NotAllowed", self.do, member, kinds, *values, uid=uid)
        for uid in (self.foreign, self.loner):
            for shop in (self.shop, "nowhere"):
                self.refused("NoSuchCustomer" if member != "SetType" else "NotAllowed", self.do, member, kinds, *values,
                             uid=uid, of=shop)
        self.refused("ApiUser", self.do, member, kinds, *values, uid=self.robot)
        self.refused("NotAllowed", self.do, member, kinds, *values, uid=65534)
        self.assertEqual(self.all(), before)


class Customers(CustomerCase):
    def fresh(self, **options):
        return self.customer(**options)

    # Creation
    def test_R79_operator_creates_a_customer_with_its_type_and_subscription(self):
        for options, subscription in (({"Type": "professional"}, "basic"),
                                      ({"Type": "professional", "Subscription": "extended"}, "extended"), ({}, "")):
            shop = self.fresh(**options)
            self.assertEqual(self.value("Type", of=shop), options.get("Type", ""))
            self.assertEqual(self.value("Subscription", of=shop), subscription)
        rows = self.audit(Event="customer-created")
        self.assertIn("type=professional subscription=extended", [row["Detail"] for row in rows])
        self.refused("NotAllowed", self.manager, "CreateCustomer", "a{sv}", {"Id": ("s", "mine")}, uid=self.primary)

    def test_R79_type_and_subscription_that_there_are_not_are_refused_with_those_that_there_are(self):
        text = self.refused("NoSuchAccountType", self.fresh, Type="enormous")
        for name in ("standard", "professional", "foreign", "government"):
            self.assertIn(name, text)
        self.assertIn("basic, extended", self.refused("BadValue", self.fresh, Type="professional", Subscription="gold"))
        self.assertIn("none", self.refused("BadValue", self.fresh, Subscription="basic"))

    def test_R79_type_is_in_the_list_for_the_members(self):
        row, = self.manager("ListCustomers", "a{sv}su", {}, "", 0, uid=self.member)[0]
        self.assertEqual((row["Id"], row["Type"]), (self.shop, "professional"))

    # Alias
    def test_R51_merchant_administrator_names_his_customer(self):
        for uid in (self.admin, 0, OPERATOR):
            self.do("SetAlias", "sa{sv}", f"Shop of {uid}", {}, uid=uid)
            self.assertEqual(self.value("Alias", uid=self.member), f"Shop of {uid}")
        self.do("SetAlias", "sa{sv}", "", {}, uid=self.admin)
        self.assertEqual(self.value("Alias"), "")
        row = self.audit(Event="customer-alias")[1]
        self.assertEqual((row["Customer"], row["Detail"], row["Actor"]), (self.shop, f"Shop of {OPERATOR}", OPERATOR))

    def test_R51_nobody_else_names_it(self):
        self.refused_to_all_but(["admin"], "SetAlias", "sa{sv}", "Mine", {})

    def test_R51_alias_is_one_clean_line(self):
        for alias in ("a:b", "a,b", "two\nlines", "\x1b[2J", "\u202eevil", "x" * 129):
            self.assertIn("Alias", self.refused("BadValue", self.do, "SetAlias", "sa{sv}", alias, {}, uid=self.admin))
        self.do("SetAlias", "sa{sv}", "Käse & Wein", {}, uid=self.admin)
        self.assertEqual(self.value("Alias"), "Käse & Wein")

    def test_R52_alias_is_shown_to_every_user_of_the_customer_and_to_nobody_else(self):
        self.do("SetAlias", "sa{sv}", "Corner shop", {}, uid=self.admin)
        for uid in (self.primary, self.admin, self.member, self.chooser):
            self.assertEqual(self.value("Alias", uid=uid), "Corner shop")
            self.assertEqual(self.get(uid, "Customers", uid=uid), [(self.shop, "Corner shop")])
        for uid in (self.foreign, self.loner):
            self.refused("NoSuchCustomer", self.value, "Alias", uid=uid)

    # Who sees what
    def test_R10_each_sees_his_part_and_all_sees_of_it_what_get_does(self):
        whole = set(self.all())
        for uid, seen in ((self.member, PUBLIC), (self.admin, PUBLIC), (self.chooser, PUBLIC | CHOICE),
                          (self.primary, whole), (OPERATOR, whole), (0, whole)):
            self.assertEqual(set(self.all(uid=uid)), seen)
            for name in whole:
                if name in seen:
                    self.value(name, uid=uid)
                else:
                    self.refused("NotAllowed", self.value, name, uid=uid)
        self.assertLess(PUBLIC | CHOICE, whole)
        for uid in (self.foreign, self.loner):
            self.refused("NoSuchCustomer", self.all, uid=uid)
            for name in whole:
                self.refused("NoSuchCustomer", self.value, name, uid=uid)
        self.refused("ApiUser", self.all, uid=self.robot)

    # Subscription
    def test_R79_primary_user_changes_the_subscription_where_the_type_allows(self):
        for uid in (self.primary, self.chooser, 0):
            for name in ("extended", "basic"):
                self.do("SetSubscription", "sa{sv}", name, {}, uid=uid)
                self.assertEqual(self.value("Subscription", uid=uid), name)
        self.assertEqual(self.value("Subscriptions", uid=self.chooser), ["basic", "extended"])
        self.assertTrue(self.value("SubscriptionChange", uid=self.primary))
        self.assertEqual(self.audit(Event="customer-subscription")[0]["Detail"], "type=professional subscription=basic")
        self.assertIn("basic, extended",
                      self.refused("BadValue", self.do, "SetSubscription", "sa{sv}", "gold", {}, uid=self.primary))

    def test_R79_where_the_type_does_not_it_is_the_operators(self):
        shop = self.fresh(Type="standard")
        uid = self.person(Customer=shop, Roles=["primary"])[0]
        self.assertFalse(self.value("SubscriptionChange", uid=uid, of=shop))
        text = self.refused("NotAllowed", self.do, "SetSubscription", "sa{sv}", "basic", {}, uid=uid, of=shop)
        self.assertIn("operator", text)
        self.do("SetSubscription", "sa{sv}", "basic", {}, of=shop)

    def test_R79_R80_each_permission_of_the_account_lets_do_its_part_alone(self):
        parts = {"editor": ("SetAccount", "a{sv}", {"Phone": ("s", "112")}),
                 "biller": ("SetBilling", "a{sv}", {"Company": ("s", "Corner shop")}),
                 "chooser": ("SetSubscription", "sa{sv}", "basic", {}),
                 "merchant-administrator": ("SetAlias", "sa{sv}", "Corner shop", {})}
        shop = self.fresh(Type="standard")
        self.do("SetType", "sa{sv}", "professional", {}, of=shop)
        self.do("SetBilling", "a{sv}", {name: ("s", text) for name, text in (
            ("Company", "Shop"), ("Street", "Dam 1"), ("Postcode", "1012 JS"), ("City", "Amsterdam"),
            ("Country", "NL"))}, of=shop)
        for role in parts:
            uid = self.person(Customer=shop, Roles=[role])[0]
            for other, call in parts.items():
                if other == role:
                    self.do(*call, uid=uid, of=shop)
                else:
                    self.refused("NotAllowed", self.do, *call, uid=uid, of=shop)
            self.assertEqual("Company" in self.all(uid=uid, of=shop), role in ("editor", "biller"))

    def test_R79_every_user_sees_which_types_there_are(self):
        for uid in (0, OPERATOR, self.member, self.loner):
            types = {row["Name"]: row for row in self.manager("ListAccountTypes", uid=uid)[0]}
            self.assertEqual(list(types), ["standard", "professional", "foreign", "government"])
            kind = types["professional"]
            self.assertEqual((kind["Secondaries"], kind["Subscriptions"], kind["SubscriptionChange"],
                              kind["SeparatelyBilled"], kind["RequiredWhenSeparatelyBilled"]),
                             (True, ["basic", "extended"], True, "choice", ["Kvk", "Vat"]))
            self.assertEqual(types["standard"]["RequiredBilling"], ["Company"])
            self.assertTrue(all(row["Description"] for row in types.values()))
        shown = json.loads(self.boctl("customer", "types", "--json", uid=self.member)[0])["account_types"]
        self.assertEqual([(row["name"], row["separately_billed"]) for row in shown],
                         [("standard", "no"), ("professional", "choice"), ("foreign", "yes"), ("government", "yes")])
        text = self.boctl("customer", "types", uid=self.member)[0]
        self.assertRegex(text, r"(?m)^professional +basic, extended +yes +yes +choice *$")
        self.assertIn("if billed separately also Kvk, Vat", text)

    def test_R79_nobody_else_changes_the_subscription(self):
        self.refused_to_all_but(["primary", "chooser"], "SetSubscription", "sa{sv}", "extended", {})

    # Type
    def test_R79_type_is_given_by_the_operator(self):
        shop = self.fresh()
        self.do("SetType", "sa{sv}", "standard", {}, of=shop, uid=OPERATOR)
        self.assertEqual((self.value("Type", of=shop), self.value("Subscription", of=shop)), ("standard", "basic"))
        self.do("SetType", "sa{sv}", "professional", {"Subscription": ("s", "extended")}, of=shop)
        self.assertEqual(self.value("Subscription", of=shop), "extended")
        self.do("SetType", "sa{sv}", "government", {}, of=shop)  # has it as well
        self.assertEqual(self.value("Subscription", of=shop), "extended")
        self.do("SetType", "sa{sv}", "standard", {}, of=shop)
        self.assertEqual(self.value("Subscription", of=shop), "basic")
        self.do("SetType", "sa{sv}", "", {}, of=shop)
        self.assertEqual((self.value("Type", of=shop), self.value("Subscription", of=shop)), ("", ""))
        self.refused("NoSuchAccountType", self.do, "SetType", "sa{sv}", "enormous", {}, of=shop)
        self.refused("BadValue", self.do, "SetType", "sa{sv}", "standard", {"Subscription": ("s", "extended")}, of=shop)
        self.refused("NoSuchCustomer", self.do, "SetType", "sa{sv}", "standard", {}, of="nowhere")
        self.assertEqual(self.audit(Event="customer-type")[0]["Detail"], "type= subscription=")

    def test_R79_nobody_else_gives_a_type(self):
        self.refused_to_all_but([], "SetType", "sa{sv}", "standard", {})

    # Information
    def test_R79_primary_user_edits_the_information(self):
        self.do("SetAccount", "a{sv}", {"ContactName": ("s", "Alice Baker"), "ContactEmail": ("s", "Info@Shop.example"),
                                        "Phone": ("s", "+31 (20) 123 45 67"), "Website": ("s", "https://shop.example/")},
                uid=self.primary)
        said = self.all(uid=self.primary)
        self.assertEqual([said[name] for name in ("ContactName", "ContactEmail", "Phone", "Website")],
                         ["Alice Baker", "info@shop.example", "+31201234567", "https://shop.example/"])  # R87
        self.do("SetAccount", "a{sv}", {"Phone": ("s", "")}, uid=self.primary)
        said = self.all(uid=0)
        self.assertEqual((said["Phone"], said["ContactName"]), ("", "Alice Baker"))
        row = self.audit(Event="customer-account")[1]
        self.assertEqual(row["Detail"], "fields=ContactName, ContactEmail, Phone, Website")
        self.assertNotIn("Alice", str(self.audit()))

    def test_R79_information_is_changed_as_a_whole_or_not_at_all(self):
        before = self.all()
        for bad in ({"Phone": ("s", "call me")}, {"Website": ("s", "shop.example")}, {"ContactEmail": ("s", "me")},
                    {"ContactName": ("s", "\x07")}, {"ContactName": ("s", "x" * 256)}, {"ContactName": ("s", "x" * 129)}):
            name, = bad
            text = self.refused("BadValue", self.do, "SetAccount", "a{sv}",
                                {"ContactName": ("s", "Bob"), **bad}, uid=self.primary)
            self.assertTrue(text.startswith(name), text)
        self.refused("BadOption", self.do, "SetAccount", "a{sv}", {}, uid=self.primary)
        self.refused("BadOption", self.do, "SetAccount", "a{sv}", {"Company": ("s", "x")}, uid=self.primary)
        self.refused("BadOption", self.do, "SetAccount", "a{sv}", {"Phone": ("u", 112)}, uid=self.primary)
        self.assertEqual(self.all(), before)

    def test_R79_nobody_else_edits_the_information(self):
        self.refused_to_all_but(["primary"], "SetAccount", "a{sv}", {"Phone": ("s", "112")})

    def test_R79_boctl_creates_a_customer_with_its_type(self):
        self.boctl("customer", "create", "typed", "--type", "professional", "--subscription", "extended")
        self.assertEqual([self.shown("typed")[name] for name in ("type", "subscription", "subscriptions")],
                         ["professional", "extended", ["basic", "extended"]])
        self.assertIn("standard, professional", self.boctl("customer", "create", "x", "--type", "huge", code=5)[1])
        rows = json.loads(self.boctl("customer", "list", "--json", uid=self.member)[0])["customers"]
        self.assertEqual([(row["id"], row["type"]) for row in rows], [(self.shop, "professional")])

    def test_R51_R52_boctl_names_the_customer_and_shows_it(self):
        self.boctl("customer", "alias", self.shop, "Corner shop", uid=self.admin)
        for uid in (self.member, self.primary, self.admin):
            self.assertRegex(self.boctl("customer", "show", self.shop, uid=uid)[0], r"(?m)^Alias +Corner shop$")
            self.assertIn("Corner shop", self.boctl("customer", "list", uid=uid)[0])
        self.assertIn("boctl roles", self.boctl("customer", "alias", self.shop, "Mine", uid=self.primary, code=4)[1])
        self.boctl("customer", "show", self.shop, uid=self.foreign, code=5)

    def test_R79_boctl_changes_information_subscription_and_type(self):
        shop = self.fresh(Type="professional")
        uid = self.person(Customer=shop, Roles=["primary"])[0]
        self.boctl("customer", "account", shop, "phone=020 123 4567", "ContactName=Alice Baker", uid=uid)
        self.assertEqual([self.shown(shop, uid)[name] for name in ("phone", "contact_name", "website")],
                         ["0201234567", "Alice Baker", None])
        self.boctl("customer", "account", shop, "phone=", uid=uid)
        self.assertIsNone(self.shown(shop, uid)["phone"])
        self.boctl("customer", "subscription", shop, "extended", uid=uid)
        self.assertIn("basic, extended", self.boctl("customer", "subscription", shop, "gold", uid=uid, code=1)[1])
        self.assertEqual(self.shown(shop)["subscription"], "extended")
        self.boctl("customer", "type", shop, "standard", uid=uid, code=4)
        self.boctl("customer", "type", shop, "standard")
        self.assertEqual(self.shown(shop)["subscription"], "basic")
        self.boctl("customer", "type", shop, "government", "extended")
        self.assertEqual(self.shown(shop)["subscription"], "extended")

    def test_boctl_hides_from_a_member_what_is_not_for_him(self):
        self.do("SetAccount", "a{sv}", {"Phone": ("s", "112")}, uid=self.primary)
        said = self.boctl("customer", "show", self.shop, uid=self.member)[0]
        self.assertRegex(said, r"(?m)^Account type +professional$")
        for label in ("Telephone", "Subscription", "Billed", "Invoices", "Missing", "112"):
            self.assertNotIn(label, said)

    def test_boctl_names_the_field_that_was_meant(self):
        for words, told in ((["phon=1"], "Did you mean phone=?"), (["phone"], "FIELD=VALUE"), (["xyzzy=1"], "--help"),
                            (["phone=1", "Phone=2"], "given twice")):
            self.assertIn(told, self.boctl("customer", "account", self.shop, *words, code=2)[1])
        self.boctl("customer", "account", self.shop, code=2)

    def test_it_is_there_after_a_kill(self):
        shop = self.fresh(Type="professional")
        self.do("SetAlias", "sa{sv}", "Kept", {}, of=shop)
        self.do("SetAccount", "a{sv}", {"Phone": ("s", "112")}, of=shop)
        self.daemon.kill()
        self.daemon.start()
        said = self.all(of=shop)
        self.assertEqual((said["Alias"], said["Phone"], said["Type"]), ("Kept", "112", "professional"))


if __name__ == "__main__":
    main()
