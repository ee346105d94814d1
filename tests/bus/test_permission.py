#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CheckPermission: who may do what, for which reason not, and who may ask (R9, R20, R50, R58, R59, R71)."""

import re

from world import *

OPERATOR, ASKER, NOBODY = 1, 2, 65534  # daemon is in the group daemon, the operators' here; bin asks by PermissionGroup=
MARKED = """
[Role cashier]
Description=Pays back
Permissions=transactions.credit pan.decrypt shop.open customers.details users.view
[Role watcher]
Description=Sees users, with the second factor
Permissions=users.look
"""


class Check(Case):
    SETTINGS = SETTINGS + "PermissionGroup=bin\n" + SERVICES

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.SETTINGS)
        with open(cls.daemon.path("etc", "roles.conf"), "a", encoding="utf-8") as file:
            file.write(MARKED)
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)
        self = cls("check")
        cls.shop, cls.other = self.customer(), self.customer()
        cls.uid, cls.name = self.person(Customer=cls.shop, Roles=["encoder"])
        cls.admin = self.person(Customer=cls.shop, Roles=["merchant-administrator"])[0]
        cls.foreign_admin = self.person(Customer=cls.other, Roles=["merchant-administrator"])[0]
        self.doCleanups()

    def check(self, user, permission, uid=0, **context):
        """"yes", or the reason."""
        allowed, reason = self.manager("CheckPermission", "ssa{sv}", user, permission,
                                       {key: ("s", value) for key, value in context.items()}, uid=uid)
        self.assertEqual(allowed, reason == "")
        return reason or "yes"

    def test_R9_role_of_the_customer_grants_what_it_lists_and_nothing_else(self):
        self.assertEqual(self.check(self.name, "transactions.view"), "yes")
        for denied in ("transactions.refund", "transactions.cancel", "users.view"):  # R6
            self.assertEqual(self.check(self.name, denied), "no-role")

    def test_unlisted_permission_is_denied_whatever_it_is_called(self):
        for name in ("no.such", "", "transactions", "transactions.*", "*", "TRANSACTIONS.VIEW", "x" * 5000, "role encoder"):
            self.assertEqual(self.check(self.name, name), "no-role", name)

    def test_permission_that_only_a_role_names_is_one(self):
        uid, name = self.person(Customer=self.shop, Roles=["cashier"])
        self.assertEqual(self.check(name, "shop.open"), "yes")

    def test_R20_several_roles_add_up(self):
        uid, name = self.person(Customer=self.shop, Roles=["encoder", "security-manager"])
        for permission in ("transactions.view", "batch.process", "settings.api"):
            self.assertEqual(self.check(name, permission), "yes", permission)
        self.assertEqual(self.check(name, "api.approve"), "no-role")

    def test_R20_roles_of_different_customers_do_not_add_up(self):
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.user(uid, "SetRoles", "sasa{sv}", self.other, ["security-manager"], {})
        self.assertEqual(self.check(name, "transactions.view", Customer=self.shop), "yes")
        self.assertEqual(self.check(name, "settings.api", Customer=self.shop), "no-role")
        self.assertEqual(self.check(name, "settings.api", Customer=self.other), "yes")
        self.assertEqual(self.check(name, "transactions.view", Customer=self.other), "no-role")

    def test_R50_without_a_customer_it_is_the_one_that_the_user_acts_for(self):
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.user(uid, "SetRoles", "sasa{sv}", self.other, ["viewer"], {})
        self.assertEqual(self.check(name, "batch.process"), "yes" if self.shop < self.other else "no-role")

    def test_R10_who_is_no_member_has_nothing_there(self):
        for customer in (self.other, "nowhere", "No Id", "x" * 500):
            self.assertEqual(self.check(self.name, "transactions.view", Customer=customer), "not-a-member")
        loner, name = self.person()
        self.assertEqual(self.check(name, "transactions.view"), "not-a-member")

    def test_R58_R59_marked_permission_works_only_with_the_second_factor_on(self):
        uid, name, secret = self.with_otp()
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["cashier"], {})
        bare = self.person(Customer=self.shop, Roles=["cashier"])[1]
        for permission in ("pan.decrypt", "transactions.credit"):
            self.assertEqual(self.check(bare, permission), "second-factor-off")
            self.assertEqual(self.check(name, permission), "yes")
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "lost")})
        self.assertEqual(self.check(name, "pan.decrypt"), "second-factor-off")

    def test_R71_marked_permission_is_denied_where_no_address_is_approved(self):
        name = self.person(Customer=self.shop, Roles=["cashier"])[1]
        self.assertEqual(self.check(name, "customers.details", Rhost="192.0.2.1"), "address-not-approved")
        self.assertEqual(self.check(self.name, "customers.details", Rhost="192.0.2.1"), "no-role")

    def test_R17_who_is_not_active_has_nothing_and_a_lock_takes_nothing(self):
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.wrong(name)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")
        self.assertEqual(self.check(name, "transactions.view"), "yes")
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.check(name, "transactions.view"), "inactive")
        self.user(uid, "Enable", "a{sv}", {})
        self.assertEqual(self.check(name, "transactions.view"), "yes")
        new = self.create(Customer=self.shop, Roles=["encoder"])[1]
        self.assertEqual(self.check(new, "transactions.view"), "inactive")

    def test_role_that_was_taken_away_grants_nothing_at_once(self):
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, [], {})
        self.assertEqual(self.check(name, "transactions.view"), "no-role")

    def test_everybody_asks_about_himself_by_name_or_without(self):
        for name in (self.name, self.name.upper(), ""):
            self.assertEqual(self.check(name, "transactions.view", uid=self.uid), "yes")
            self.assertEqual(self.check(name, "transactions.refund", uid=self.uid), "no-role")
        robot, name = self.program(Customer=self.shop, Roles=["admin"])
        self.assertEqual(self.check("", "transactions.refund", uid=robot), "yes")
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.check("", "transactions.view", uid=uid), "inactive")

    def test_operator_and_the_group_of_the_setting_ask_about_everybody(self):
        for actor in (0, OPERATOR, ASKER):
            self.assertEqual(self.check(self.name, "transactions.view", uid=actor), "yes")
            for name in ("stranger@shop.example", "no name at all", ""):
                self.refused("NoSuchUser", self.check, name, "transactions.view", uid=actor)
        self.refused("NotAllowed", self.manager, "ListRoles", uid=ASKER)  # that group may ask, and nothing else
        self.refused("NotAllowed", self.manager, "GetUser", "s", self.name, uid=ASKER)

    def test_R10_who_sees_users_of_a_customer_asks_about_them_there_alone(self):
        both, name = self.person(Customer=self.shop, Roles=["viewer"])
        self.user(both, "SetRoles", "sasa{sv}", self.other, ["encoder"], {})
        self.assertEqual(self.check(name, "batch.process", uid=self.admin), "no-role")
        self.assertEqual(self.check(name, "batch.process", uid=self.admin, Customer=self.shop), "no-role")
        self.refused("NoSuchUser", self.check, name, "batch.process", uid=self.admin, Customer=self.other)
        self.assertEqual(self.check(name, "batch.process", uid=self.foreign_admin), "yes")

    def test_R10_of_who_may_not_be_seen_nothing_is_told(self):
        for actor in (self.foreign_admin, self.uid):
            said = set()
            for name in (self.get(self.admin, "Username"), "stranger@shop.example", "no name at all"):
                for context in ({}, {"Customer": self.shop}, {"Customer": self.other}, {"Customer": "nowhere"}):
                    said.add(self.refused("NoSuchUser", self.check, name, "users.view", uid=actor, **context))
            self.assertEqual(len(said), 1)
        for name in (self.name, "stranger@shop.example", ""):
            self.refused("NotAllowed", self.check, name, "users.view", uid=NOBODY)

    def test_R8_program_asks_about_nobody_but_itself(self):
        robot, name = self.program(Customer=self.shop, Roles=["merchant-administrator"])
        for other in (self.name, "stranger@shop.example"):
            self.refused("ApiUser", self.check, other, "transactions.view", uid=robot)

    def test_marks_hold_for_what_bo_asks_for_itself(self):
        self.assertEqual(self.check("", "users.manage", uid=self.admin), "yes")
        roles = self.daemon.path("etc", "roles.conf")
        with open(roles, encoding="utf-8") as file:
            before = file.read()

        def reload(text):
            with open(roles, "w", encoding="utf-8") as file:
                file.write(text)
            self.daemon.process.send_signal(signal.SIGHUP)
            self.daemon.told("READY=1")
        self.addCleanup(reload, before)
        reload(before.replace("[Permission users.manage]\n", "[Permission users.manage]\nSecondFactor=yes\n"))
        self.assertEqual(self.check("", "users.manage", uid=self.admin), "second-factor-off")
        self.refused("NotAllowed", self.user, self.uid, "SetRoles", "sasa{sv}", self.shop, ["encoder"], {}, uid=self.admin)

    def test_context_is_checked(self):
        self.refused("BadValue", self.check, self.name, "transactions.view", Rhost="host.example")
        self.refused("BadValue", self.check, self.name, "transactions.view", Rhost="192.0.2.300")
        self.assertEqual(self.check(self.name, "transactions.view", Rhost="::ffff:192.0.2.1", Tty="pts/1", Service="sshd"), "yes")
        self.refused("BadOption", self.manager, "CheckPermission", "ssa{sv}", "", "a.b", {"Customer": ("u", 5)})

    def test_nothing_is_recorded(self):
        before = len(self.audit())
        self.check(self.name, "transactions.view")
        self.check(self.name, "transactions.refund")
        self.assertEqual(len(self.audit()), before)


class Bound(Case):
    """A host with Customer=."""

    check = Check.check

    def test_R50_bound_host_knows_its_customer_alone(self):
        shop, cafe = self.customer(), self.customer()
        uid, name = self.person(Customer=shop, Roles=["encoder"])
        self.user(uid, "SetRoles", "sasa{sv}", cafe, ["viewer"], {})
        guest = self.person(Customer=shop, Roles=["encoder"])[1]
        self.daemon.configure(self.SETTINGS.replace("[Accounts]\n", f"[Accounts]\nCustomer={cafe}\n"))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")
        self.assertEqual(self.check(name, "transactions.view"), "yes")
        self.assertEqual(self.check(name, "batch.process"), "no-role")
        self.assertEqual(self.check(name, "batch.process", Customer=shop), "not-a-member")
        self.assertEqual(self.check(guest, "batch.process"), "not-a-member")
        self.assertEqual(self.check(guest, "batch.process", Customer=shop), "not-a-member")


class Places(Case):
    """R26, R27, R34: members who are restricted to locations."""

    SETTINGS = SETTINGS + "Terminal=till-1\n" + SERVICES + """
[Service nightly]
Class=batch
Permission=transactions.view
[Service view]
Permission=transactions.view
"""

    def setUp(self):
        self.shop = self.customer()
        self.here, self.there = self.location(self.shop), self.location(self.shop)
        self.foreign = self.location(self.customer())
        self.uid, self.name = self.person(Customer=self.shop, Roles=["viewer"], Locations=[self.here])
        self.free = self.person(Customer=self.shop, Roles=["viewer"])[1]
        self.location_call(self.here, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        self.location_call(self.there, "AddTerminal", {"Kind": "network", "Value": "198.51.100.0/24"})

    check = Check.check

    def test_R26_named_location_decides(self):
        for where, said in ((self.here, "yes"), (self.there, "wrong-location"), (self.foreign, "wrong-location"),
                            ("nowhere", "wrong-location"), ("x" * 300, "wrong-location"), ("", "location-needed")):
            self.assertEqual(self.check(self.name, "transactions.view", Location=where), said, where)
        self.assertEqual(self.check(self.name, "transactions.refund", Location=self.there), "no-role")

    def test_R30_who_is_not_restricted_may_at_every_location_of_the_customer(self):
        for where, said in ((self.here, "yes"), (self.there, "yes"), ("", "yes"), (self.foreign, "wrong-location"),
                            ("nowhere", "wrong-location")):
            self.assertEqual(self.check(self.free, "transactions.view", Location=where), said, where)

    def test_R27_terminal_tells_the_location(self):
        for rhost, said in (("192.0.2.9", "yes"), ("::ffff:192.0.2.9", "yes"), ("198.51.100.9", "wrong-location"),
                            ("203.0.113.1", "location-needed")):
            self.assertEqual(self.check(self.name, "transactions.view", Rhost=rhost), said, rhost)
            self.assertEqual(self.check(self.free, "transactions.view", Rhost=rhost), "yes")
        self.location_call(self.here, "AddTerminal", {"Kind": "tty", "Value": "tty7", "Host": "till-1"})
        self.assertEqual(self.check(self.name, "transactions.view", Service="login", Tty="/dev/tty7"), "yes")
        self.assertEqual(self.check(self.name, "transactions.view", Service="login", Tty="/dev/tty8"), "location-needed")

    def test_R26_without_a_word_he_is_where_his_session_began(self):
        self.assertEqual(self.check("", "transactions.view", uid=self.uid), "location-needed")
        self.talk("session", self.name, service="sshd", rhost="192.0.2.9", tty="ssh").skip()
        self.assertEqual(self.check("", "transactions.view", uid=self.uid), "yes")
        self.assertEqual(self.check(self.name, "transactions.view", Service="sudo", Tty="pts/3"), "yes")
        self.assertEqual(self.check(self.name, "transactions.view", Service="login", Tty="tty8"), "location-needed")

    def test_R34_batch_services_ignore_locations(self):
        for service in ("cron", "nightly"):
            self.assertEqual(self.check(self.name, "transactions.view", Service=service), "yes")
            self.assertEqual(self.check(self.name, "transactions.view", Service=service, Location=self.there), "yes")
        self.assertEqual(self.talk("account", self.name, service="nightly").skip().outcome, "Success")

    def test_R26_guarded_service_is_open_at_his_locations(self):
        for rhost, outcome in (("192.0.2.9", "Success"), ("198.51.100.9", "WrongPlace")):
            self.assertEqual(self.talk("account", self.name, service="view", rhost=rhost).skip().outcome, outcome)
        for rhost, outcome in (("192.0.2.9", "Success"), ("198.51.100.9", "NoPermission")):
            talk = self.talk("auth", self.name, service="view", rhost=rhost).answer(GOOD)
            self.assertEqual(talk.outcome, outcome)
        self.assertIn("which you have at other locations of " + self.shop, talk.shown())


class Gate(Case):
    """What a service, or its line in /etc/pam.d, demands: permission= and [Service NAME] Permission=."""

    SETTINGS = SETTINGS + SERVICES + """
[Service refunds]
Permission=transactions.refund
[Service cards]
Permission=pan.decrypt
Otp=require
[Service nightly]
Class=batch
Permission=batch.process
[Service feed]
Class=api
Permission=transactions.view
"""

    def setUp(self):
        self.shop = self.customer()
        self.name = self.person(Customer=self.shop, Roles=["admin"])[1]
        self.poor = self.person(Customer=self.shop, Roles=["encoder"])[1]

    def account(self, name, service="login", **context):
        talk = self.talk("account", name, service=service, **context).skip()
        self.said = talk.shown()
        return talk.outcome

    def test_service_is_for_who_has_its_permission(self):
        self.assertEqual(self.account(self.name, "refunds"), "Success")
        self.assertEqual(self.account(self.poor, "refunds"), "NoPermission")
        self.assertEqual(self.said, "This needs the permission transactions.refund; none of your roles at "
                         f"{self.shop} has it. Ask an administrator there.\nNoPermission")
        self.assertEqual(self.account(self.poor), "Success")

    def test_line_demands_one_and_the_service_another_and_both_hold(self):
        self.assertEqual(self.account(self.name, permission="transactions.view"), "Success")
        self.assertEqual(self.account(self.name, permission="users.manage"), "NoPermission")
        self.assertEqual(self.account(self.name, "refunds", permission="transactions.view"), "Success")
        self.assertEqual(self.account(self.name, "refunds", permission="users.manage"), "NoPermission")
        self.assertEqual(self.account(self.poor, "refunds", permission="transactions.view"), "NoPermission")
        for name in ("no.such", "transactions.*", "TRANSACTIONS.VIEW", "transactions.view" + "x" * 300, "a b\nc"):
            self.assertEqual(self.account(self.name, permission=name), "NoPermission")

    def test_ssh_key_opens_no_way_round(self):
        self.assertEqual(self.account(self.poor, "refunds", rhost="192.0.2.7"), "NoPermission")

    def test_who_belongs_to_no_customer_is_told_so(self):
        loner = self.person()[1]
        self.assertEqual(self.account(loner, "refunds"), "NoPermission")
        self.assertIn("you act for no customer", self.said)

    def test_auth_alone_is_guarded_too_and_tells_it_to_who_has_proven_himself(self):
        self.assertEqual(self.auth(self.name, GOOD, service="refunds"), "Success")
        self.assertEqual(self.auth(self.poor, GOOD, service="refunds"), "NoPermission")
        for name in (self.poor, "stranger@shop.example"):
            talk = self.talk("auth", name, service="refunds").answer("a wrong password 1")
            self.assertIn(talk.outcome, ("WrongCredentials", "NoSuchUser"))
            self.assertNotIn("permission", talk.shown())
        self.assertEqual(self.auth(self.poor, GOOD), "Success")  # nothing was charged for it

    def test_login_that_had_begun_is_judged_by_the_settings_in_force(self):
        def reload(settings):
            self.daemon.configure(settings)
            self.daemon.process.send_signal(signal.SIGHUP)
            self.daemon.told("READY=1")
        self.addCleanup(reload, self.SETTINGS)
        open_to_all, closing = (self.talk("auth", self.poor, service=service) for service in ("loose", "refunds"))
        reload(self.SETTINGS.replace("[Service loose]", "[Service loose]\nPermission=transactions.refund")
               .replace("[Service refunds]\nPermission=transactions.refund", "[Service refunds]"))
        for _ in range(3):  # the daemon goes on to use its memory
            self.account(self.name, "cards")
        self.assertEqual(open_to_all.answer(GOOD).outcome, "NoPermission")
        self.assertEqual(closing.answer(GOOD).outcome, "Success")

    def test_activation_by_token_opens_no_way_round(self):
        uid, name, link = self.create(Customer=self.shop, Roles=["encoder"])
        self.assertEqual(self.auth(name, link, GOOD, GOOD, service="refunds"), "NoPermission")
        self.assertEqual(self.get(uid, "Status"), "active")

    def test_R58_permission_with_the_second_factor_lets_in_who_sets_it_up_here(self):
        uid, name = self.person(Customer=self.shop, Roles=["admin"])
        self.assertEqual(self.account(name, "cards"), "NoPermission")
        self.assertIn("works only with the second factor on: boctl otp enable", self.said)
        talk = self.talk("auth", name, service="cards").answer(GOOD)
        secret = re.search(r"type this secret into it: (\w+)", talk.text)[1]
        self.assertEqual(talk.answer(self.code(secret)).outcome, "Success")
        self.assertEqual(self.account(name, "cards"), "Success")

    def test_expired_password_is_no_way_round(self):
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.auth(self.poor, GOOD, "n"), "Success")
        self.daemon.pass_time(2 * DAY)
        self.assertEqual(self.account(self.poor), "PasswordExpired")
        self.assertEqual(self.account(self.poor, "refunds"), "NoPermission")

    def test_jobs_and_programs_are_guarded_as_well(self):
        viewer = self.person(Customer=self.shop, Roles=["viewer"])[1]
        self.assertEqual(self.account(self.poor, "nightly"), "Success")
        self.assertEqual(self.account(viewer, "nightly"), "NoPermission")
        robot, name = self.program(Customer=self.shop, Roles=["viewer"])
        self.assertEqual(self.auth(name, GOOD, service="feed"), "Success")
        robot, name = self.program(Customer=self.shop, Roles=["primary"])
        self.assertEqual(self.auth(name, GOOD, service="feed"), "NoPermission")

    def test_refusal_stands_in_the_journal(self):
        self.account(self.poor, "refunds", rhost="192.0.2.7")
        self.assertIn(f"{self.poor} may not use refunds, which needs transactions.refund: no-role.", self.daemon.said())

    def test_password_and_session_demand_nothing(self):
        self.assertEqual(self.talk("password", self.poor, service="refunds", check=True).skip().outcome, "Success")
        self.assertEqual(self.talk("session", self.poor, service="refunds").skip().outcome, "Success")


if __name__ == "__main__":
    main()
