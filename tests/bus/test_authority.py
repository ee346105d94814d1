#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may do what to whom: every method and property for every kind of caller (R8 to R17, R19)."""

import xml.etree.ElementTree as tree

from world import *

OPERATOR, STRANGER, NOBODY = 1, 2, 65534  # daemon is in the group daemon, the operators' here; bin is not
CONTRACT = os.path.join(SOURCE, "bo-accountd", "bus", NAME + ".User.xml")
READ = [part.get("name") for part in tree.parse(CONTRACT).getroot().iter("property")]


class Authority(Case):
    """One shop with an administrator, a viewer, a member and a program; another shop with its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("attempt")  # its helpers
        cls.shop, cls.other = self.customer(Alias="Corner shop"), self.customer()
        cls.admin = self.person(Customer=cls.shop, Roles=["merchant-administrator"])[0]
        cls.viewer = self.person(Customer=cls.shop, Roles=["primary"])[0]
        cls.member = self.person(Customer=cls.shop, Roles=["viewer"])[0]
        cls.robot = self.program(Customer=cls.shop, Roles=["merchant-administrator"])[0]
        cls.foreign_admin = self.person(Customer=cls.other, Roles=["merchant-administrator"])[0]
        cls.foreign = self.person(Customer=cls.other, Roles=["viewer"])[0]
        cls.loner = self.person()[0]
        cls.both = self.person(Customer=cls.shop, Roles=["viewer"])[0]
        self.doCleanups()
        self.user(cls.both, "SetRoles", "sasa{sv}", cls.other, ["encoder"], {})

    def attempt(self, function, *arguments, **more):
        """The name of the error; "done" if there was none."""
        try:
            function(*arguments, **more)
        except BusError as error:
            return error.name
        return "done"

    def everything_but_personal(self, target):
        """(method, how to call it) of what administrators do to others, harmless when it is allowed."""
        yield "Enable", "a{sv}", ({},)
        yield "SetRoles", "sasa{sv}", (self.shop, ["viewer"], {})
        yield "IssueReset", "a{sv}", ({},)
        yield "RevokeTokens", "a{sv}", ({},)
        yield "BecomeVerified", "sa{sv}", ("somebody@shop.example", {})
        yield "ResetOtp", "a{sv}", ({"Reason": ("s", "test")},)
        yield "SetApiPassword", "aya{sv}", (b"a pass phrase for robots 4", {})
        yield "Disable", "a{sv}", ({},)

    def verdicts(self, actor, target):
        return {member: self.attempt(self.user, target, member, kinds, *values, uid=actor)
                for member, kinds, values in self.everything_but_personal(target)}

    def personal(self):
        yield "ChangePassword", "ayaya{sv}", (b"x", b"y", {})
        yield "SetProfile", "a{sv}", ({"FullName": ("s", "Somebody")},)
        yield "RequestEmailChange", "saya{sv}", ("somebody@shop.example", b"x", {})
        yield "ConfirmEmailChange", "aya{sv}", (b"x", {})
        yield "BeginOtp", "a{sv}", ({},)
        yield "ConfirmOtp", "ayaya{sv}", (b"000000", b"x", {})
        yield "CreateRecoveryCodes", "ayaya{sv}", (b"000000", b"x", {})
        yield "CreateApiKey", "ayaya{sv}", (b"x", b"000000", {})
        yield "DeleteApiKey", "a{sv}", ({},)

    def reads(self, actor, target):
        return {self.attempt(self.get, target, name, uid=actor) for name in READ} | {
            self.attempt(self.manager, "GetUserByUid", "u", target, uid=actor)}

    def test_R10_reading_is_for_oneself_the_operator_and_those_who_view_in_a_shared_customer(self):
        allowed = {
            0: {self.admin, self.viewer, self.member, self.robot, self.foreign_admin, self.foreign, self.loner, self.both},
            self.admin: {self.admin, self.viewer, self.member, self.robot, self.both},
            self.viewer: {self.admin, self.viewer, self.member, self.robot, self.both},
            self.member: {self.member},
            self.foreign_admin: {self.foreign_admin, self.foreign, self.both},
            self.loner: {self.loner},
        }
        allowed[OPERATOR] = allowed[0]
        for actor, may in allowed.items():
            for target in allowed[0]:
                with self.subTest(actor=actor, target=target):
                    self.assertEqual(self.reads(actor, target), {"done"} if target in may else {"NoSuchUser"})

    def test_who_has_no_account_and_is_no_operator_gets_nothing(self):
        for actor in (NOBODY, STRANGER):
            self.assertEqual(self.reads(actor, self.member), {"NotAllowed"})
            self.assertEqual(self.reads(actor, 99999), {"NotAllowed"})
            self.assertEqual(set(self.verdicts(actor, self.member).values()), {"NotAllowed"})
            for member, kinds, values in self.managing():
                self.assertEqual(self.attempt(self.manager, member, kinds, *values, uid=actor), "NotAllowed", member)
            self.refused("NotAllowed", self.talk_as, actor, "auth", "stranger@shop.example")

    def talk_as(self, uid, phase, name, **more):
        return Talk(self.door(uid), phase, name, **more)

    def managing(self):
        yield "CreateUser", "a{sv}", ({"Name": ("s", "intruder@shop.example")},)
        yield "CreateCustomer", "a{sv}", ({"Id": ("s", "intruders")},)
        yield "ListUsers", "sa{sv}su", ("", {}, "", 0)
        yield "ListCustomers", "a{sv}su", ({}, "", 0)
        yield "ListRoles", "", ()
        yield "ListPermissions", "", ()
        yield "ListAudit", "a{sv}su", ({}, "", 0)
        yield "VerifyAudit", "t", (0,)
        yield "AcceptClock", "a{sv}", ({},)

    def test_R8_api_user_gets_no_method_and_no_property_whatever_its_roles(self):
        for target in (self.robot, self.member, self.foreign):
            self.assertEqual(self.reads(self.robot, target), {"ApiUser"})
            self.assertEqual(set(self.verdicts(self.robot, target).values()), {"ApiUser"})
            for member, kinds, values in self.personal():
                self.assertEqual(self.attempt(self.user, target, member, kinds, *values, uid=self.robot), "ApiUser")
        for member, kinds, values in self.managing():
            self.assertEqual(self.attempt(self.manager, member, kinds, *values, uid=self.robot), "ApiUser", member)

    def test_what_does_not_exist_looks_like_what_may_not_be_seen(self):
        for actor in (self.admin, self.member, self.loner, self.robot, NOBODY, STRANGER):
            for member, kinds, values in (*self.everything_but_personal(self.foreign), *self.personal()):
                said = []
                for target in (self.foreign, 99999):
                    with self.assertRaises(BusError) as caught:
                        self.user(target, member, kinds, *values, uid=actor)
                    said.append((caught.exception.name, caught.exception.text))
                self.assertEqual(*said, (actor, member))
            self.assertEqual(self.reads(actor, self.foreign), self.reads(actor, 99999), actor)
            names = [self.get(self.foreign, "Username"), "stranger@shop.example", "no name at all"]
            said = {self.attempt(self.manager, "GetUser", "s", name, uid=actor) for name in names}
            self.assertEqual(len(said), 1, (actor, said))

    def test_R10_foreign_customer_does_not_exist_in_any_call(self):
        for actor in (self.admin, self.member, self.loner):
            for customer in (self.other, "nowhere"):
                self.refused("NoSuchCustomer", self.manager, "ListUsers", "sa{sv}su", customer, {}, "", 0, uid=actor)
                self.refused("NoSuchCustomer", self.create, uid=actor, Customer=customer, Roles=["viewer"])
                path = f"{ROOT}/customer/{customer.replace('-', '_2d')}"
                for name in ("Id", "Alias", "Created"):
                    self.refused("NoSuchCustomer", self.door(actor).call, path, PROPERTIES, "Get", "ss", CUSTOMER, name)
        self.refused("NoSuchCustomer", self.client().call, f"{ROOT}/customer/nowhere", PROPERTIES, "GetAll", "s", CUSTOMER)

    def test_customer_is_seen_by_its_members_and_the_operator(self):
        path = f"{ROOT}/customer/{self.shop.replace('-', '_2d')}"
        for actor in (0, OPERATOR, self.admin, self.viewer, self.member):
            self.assertEqual(self.door(actor).call(path, PROPERTIES, "Get", "ss", CUSTOMER, "Alias"), ("Corner shop",))
        rows, = {self.manager("ListCustomers", "a{sv}su", {}, "", 0, uid=self.member)[0][0]["Id"]}
        self.assertEqual(rows, self.shop)
        self.assertEqual(self.manager("ListCustomers", "a{sv}su", {}, "", 0, uid=self.loner)[0], [])

    def test_R9_member_without_the_permission_administers_nobody(self):
        for actor in (self.member, self.loner):
            for target in (self.admin, self.foreign, self.robot):
                said = self.verdicts(actor, target)
                self.assertEqual(said.pop("ResetOtp"), "NotAllowed")  # of whomever: it is the operator's
                self.assertEqual(set(said.values()), {"NoSuchUser"})
            for member, kinds, values in self.managing():
                wanted = "done" if member in ("ListCustomers", "ListRoles", "ListPermissions") else "NotAllowed"
                got = self.attempt(self.manager, member, kinds, *values, uid=actor)
                self.assertIn(got, {wanted, "NoSuchCustomer"} if member in ("ListUsers", "CreateUser") else {wanted}, member)
        self.refused("NotAllowed", self.create, uid=self.member, Customer=self.shop, Roles=["viewer"])
        self.refused("NotAllowed", self.manager, "ListUsers", "sa{sv}su", self.shop, {}, "", 0, uid=self.member)

    def test_R13_nobody_changes_his_own_roles_or_status(self):
        for actor in (self.admin, self.viewer, self.member, self.loner):
            said = self.verdicts(actor, actor)
            self.assertEqual(said.pop("ResetOtp"), "NotAllowed")
            self.assertEqual(set(said.values()), {"NotYourself"}, said)

    def test_R14_only_the_user_changes_his_personal_data(self):
        target = self.person(Customer=self.shop, Roles=["viewer"])[0]
        for actor in (0, OPERATOR, self.admin):
            for member, kinds, values in self.personal():
                self.assertEqual(self.attempt(self.user, target, member, kinds, *values, uid=actor), "PersonalData", member)
            self.refused("PersonalData", self.user, target, "SetApiPassword", "aya{sv}", OTHER.encode(), {}, uid=actor)
        self.user(target, "SetProfile", "a{sv}", {"FullName": ("s", "Alice Baker")}, uid=target)
        self.assertEqual(self.get(target, "FullName"), "Alice Baker")

    def test_R9_administrator_manages_the_users_of_his_customer(self):
        uid, name, link = self.create(uid=self.admin, Customer=self.shop, Roles=["viewer"])
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["encoder", "merchant-administrator"], {}, uid=self.admin)  # R11
        self.assertEqual(self.get(uid, "Roles", uid=self.admin),
                         [(self.shop, "encoder"), (self.shop, "merchant-administrator")])
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "left")}, uid=self.admin)
        self.user(uid, "Enable", "a{sv}", {}, uid=self.admin)
        self.assertEqual(self.auth(name, self.reset(uid, self.admin), OTHER, OTHER), "Success")
        path, door, _ = self.manager("CreateUser", "a{sv}", {
            "Customer": ("s", self.shop), "Kind": ("s", "api"), "Roles": ("as", ["admin"])}, uid=self.admin)
        robot = int(path.rsplit("_", 1)[1])
        self.user(robot, "SetApiPassword", "aya{sv}", GOOD.encode(), {}, uid=self.admin)  # R7
        self.assertEqual(self.auth(door, GOOD, service="door"), "Success")

    def test_names_of_the_system_are_chosen_by_the_operator_alone(self):
        self.refused("NotAllowed", self.create, "postgres", uid=self.admin, Customer=self.shop, Roles=["viewer"])
        self.assertEqual(self.create("till77", uid=OPERATOR, Customer=self.shop, Roles=["viewer"])[1], "till77")

    def test_R10_administrator_has_no_say_in_another_customer(self):
        self.assertEqual(set(self.verdicts(self.foreign_admin, self.member).values()) - {"NotAllowed"}, {"NoSuchUser"})
        self.refused("NoSuchUser", self.user, self.member, "SetRoles", "sasa{sv}", self.other, ["viewer"], {},
                     uid=self.foreign_admin)
        for customer in (self.other, "nowhere"):
            self.assertIn(self.attempt(self.user, self.member, "SetRoles", "sasa{sv}", customer, ["viewer"], {},
                                       uid=self.admin), ("NoSuchUser", "NoSuchCustomer", "NotAllowed"))
        self.assertEqual(self.get(self.member, "Roles"), [(self.shop, "viewer")])

    def test_R10_memberships_elsewhere_are_hidden(self):
        self.assertEqual(self.get(self.both, "Roles"), sorted([(self.shop, "viewer"), (self.other, "encoder")]))
        self.assertEqual(self.get(self.both, "Roles", uid=self.admin), [(self.shop, "viewer")])
        self.assertEqual([ident for ident, _ in self.get(self.both, "Customers", uid=self.foreign_admin)], [self.other])
        rows = self.manager("ListUsers", "sa{sv}su", self.shop, {}, "", 0, uid=self.admin)[0]
        self.assertIn([(self.shop, "viewer")], [row["Roles"] for row in rows if row["Uid"] == self.both])

    def test_R10_link_of_an_identity_that_belongs_elsewhere_too_is_not_his_to_make(self):
        self.refused("NotAllowed", self.reset, self.both, self.admin)

    def test_R10_what_belongs_elsewhere_too_he_changes_at_his_own_customer(self):
        self.user(self.both, "Disable", "a{sv}", {}, uid=self.admin)
        self.assertEqual([self.get(self.both, "Status", uid=actor) for actor in (self.admin, self.foreign_admin, 0)],
                         ["deactivated", "active", "active"])
        self.user(self.both, "Enable", "a{sv}", {}, uid=self.admin)
        self.user(self.both, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {}, uid=self.admin)
        self.assertEqual(self.get(self.both, "Roles"), sorted([(self.shop, "viewer"), (self.other, "encoder")]))

    def test_R15_lists_are_of_ones_own_customer(self):
        for actor in (self.admin, self.viewer):
            rows = self.manager("ListUsers", "sa{sv}su", self.shop, {}, "", 0, uid=actor)[0]
            self.assertLessEqual({self.admin, self.viewer, self.member, self.robot, self.both}, {row["Uid"] for row in rows})
            self.assertFalse({self.foreign, self.foreign_admin, self.loner} & {row["Uid"] for row in rows})
            self.refused("NoSuchCustomer", self.manager, "ListUsers", "sa{sv}su", "", {}, "", 0, uid=actor)

    def test_operators_things_are_the_operators(self):
        for member, kinds, values in (("CreateCustomer", "a{sv}", ({"Id": ("s", "operators-own")},)),
                                      ("ListAudit", "a{sv}su", ({}, "", 0)), ("VerifyAudit", "t", (0,)),
                                      ("AcceptClock", "a{sv}", ({},))):
            for actor in (self.admin, self.viewer, self.member, self.loner):
                self.refused("NotAllowed", self.manager, member, kinds, *values, uid=actor)
            self.manager(member, kinds, *values, uid=OPERATOR)
        for actor in (self.admin, self.viewer):
            self.refused("NotAllowed", self.user, self.member, "ResetOtp", "a{sv}", {"Reason": ("s", "x")}, uid=actor)

    def test_R19_matrix_of_roles_is_for_every_user(self):
        wanted = self.manager("ListRoles")[0]
        self.assertIn("merchant-administrator", [role["Name"] for role in wanted])
        permissions = {row["Name"]: row for row in self.manager("ListPermissions")[0]}
        self.assertEqual({name for role in wanted for name in role["Permissions"]} - set(permissions), set())
        for name, factor, address in (("pan.decrypt", True, False), ("transactions.credit", True, False),  # R58, R59
                                      ("customers.details", False, True), ("users.view", False, False)):  # R71
            self.assertEqual((permissions[name]["SecondFactor"], permissions[name]["ApprovedAddress"]), (factor, address))
            self.assertTrue(permissions[name]["Description"])
        for actor in (OPERATOR, self.admin, self.member, self.loner):
            self.assertEqual(self.manager("ListRoles", uid=actor)[0], wanted)
            self.assertEqual({row["Name"] for row in self.manager("ListPermissions", uid=actor)[0]}, set(permissions))

    def test_R16_nothing_that_is_read_holds_a_secret(self):
        uid, name, secret = self.with_otp()
        link = self.reset(uid)
        seen = str([self.get(uid, part) for part in READ]) + str(self.audit()) \
            + str(self.manager("ListUsers", "sa{sv}su", "", {}, "", 1000))
        for hidden in (GOOD, secret, link, link.replace("-", ""), "$argon2"):
            self.assertNotIn(hidden, seen)

    def test_deactivated_administrator_has_no_say(self):
        uid, name = self.person(Customer=self.shop, Roles=["merchant-administrator"])
        self.assertEqual(self.attempt(self.get, self.member, "Status", uid=uid), "done")
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.reads(uid, self.member), {"NotAllowed"})
        self.assertEqual(self.reads(uid, uid), {"NotAllowed"})
        self.assertEqual(set(self.verdicts(uid, self.member).values()), {"NotAllowed"})

    def test_administrator_who_was_not_activated_has_no_say(self):
        uid, _, _ = self.create(Customer=self.shop, Roles=["merchant-administrator"])
        self.assertEqual(set(self.verdicts(uid, self.member).values()), {"NotAllowed"})

    def test_role_that_was_taken_away_ends_at_once(self):
        uid, _ = self.person(Customer=self.shop, Roles=["merchant-administrator"])
        self.assertEqual(self.attempt(self.get, self.member, "Status", uid=uid), "done")
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {})
        self.assertEqual(self.attempt(self.get, self.member, "Status", uid=uid), "NoSuchUser")

    def test_conversations_are_for_root_and_for_oneself(self):
        name = self.get(self.member, "Username")
        self.assertEqual(self.talk_as(self.member, "auth", name).answer(GOOD).outcome, "Success")
        for actor in (self.admin, self.loner, self.robot, OPERATOR, NOBODY):
            for phase in ("auth", "account", "password", "session"):
                for target in (name, "stranger@shop.example"):
                    self.refused("NotAllowed", self.talk_as, actor, phase, target)

    def test_where_a_user_says_that_he_comes_from_proves_nothing(self):
        uid, name = self.person()
        before = self.get(uid, "LastLogin")
        self.daemon.pass_time(60)
        self.refused("NotAllowed", self.talk_as, uid, "session", name, rhost="192.0.2.1")
        self.refused("NotAllowed", self.talk_as, uid, "auth", name, service="cron")
        self.assertEqual(self.talk_as(uid, "account", name, rhost="192.0.2.1").outcome, "Success")
        self.assertEqual(self.get(uid, "LastLogin"), before)


if __name__ == "__main__":
    main()
