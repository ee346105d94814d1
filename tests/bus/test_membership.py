#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at several customers: a status at each, one password and one set of locks (R10 to R18, R48)."""

from outbox import Mailed, mails, query, wait_until
from world import *


class Customers(Mailed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("administrator")  # its helpers
        cls.shop, cls.cafe = self.customer(Alias="Shop"), self.customer(Alias="Cafe")
        cls.shopkeeper, cls.barista = (self.administrator(at) for at in (cls.shop, cls.cafe))
        cls.chief = self.administrator(cls.shop)
        self.user(cls.chief, "SetRoles", "sasa{sv}", cls.cafe, ["merchant-administrator"], {})
        self.doCleanups()

    def administrator(self, customer):
        return self.person(Customer=customer, Roles=["merchant-administrator"])[0]

    def both(self, role="viewer"):
        """(uid, name) of a member of shop and cafe."""
        uid, name = self.person(Customer=self.shop, Roles=[role])
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["encoder"], {})
        return uid, name

    def disable(self, uid, actor, **options):
        self.user(uid, "Disable", "a{sv}", {key: ("s", value) for key, value in options.items()}, uid=actor)

    def enable(self, uid, actor, **options):
        self.user(uid, "Enable", "a{sv}", {key: ("s", value) for key, value in options.items()}, uid=actor)

    def status(self, uid, actor=0):
        return self.get(uid, "Status", uid=actor)

    def listed(self, customer, uid, actor=0, **filters):
        """The row of @uid in the list of a customer; None if it is not there."""
        rows, _ = self.manager("ListUsers", "sa{sv}su", customer,
                               {key: ("s", value) for key, value in filters.items()}, "", 1000, uid=actor)
        return next((row for row in rows if row["Uid"] == uid), None)

    def ending(self, uid):
        return uid in self.endings()


class Membership(Customers):
    def test_R17_who_is_deactivated_here_is_active_there(self):
        uid, name = self.both()
        self.disable(uid, self.shopkeeper, Reason="left the shop")
        self.assertEqual([self.status(uid, actor) for actor in (self.shopkeeper, self.barista, self.chief, 0, uid)],
                         ["deactivated", "active", "active", "active", "active"])
        self.assertEqual([self.get(uid, "StatusReason", uid=actor) for actor in (self.shopkeeper, self.barista)],
                         ["left the shop", ""])
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.enable(uid, self.shopkeeper)
        self.assertEqual(self.status(uid, self.shopkeeper), "active")

    def test_R15_list_of_a_customer_shows_the_status_there(self):
        uid, _ = self.both()
        self.disable(uid, self.shopkeeper)
        for actor, customer, status in ((self.shopkeeper, self.shop, "deactivated"), (self.barista, self.cafe, "active"),
                                        (self.chief, self.shop, "deactivated"), (self.chief, self.cafe, "active"),
                                        (0, self.shop, "deactivated"), (0, self.cafe, "active"), (0, "", "active")):
            self.assertEqual(self.listed(customer, uid, actor)["Status"], status, (actor, customer))
            self.assertIsNotNone(self.listed(customer, uid, actor, Status=status))
            other = "active" if status == "deactivated" else "deactivated"
            self.assertIsNone(self.listed(customer, uid, actor, Status=other))

    def test_disabled_membership_grants_nothing_and_comes_back_as_it_was(self):
        uid, _ = self.both("merchant-administrator")
        other = self.person(Customer=self.shop, Roles=["viewer"])[0]
        self.assertEqual(self.status(other, uid), "active")
        self.disable(uid, self.shopkeeper)
        self.refused("NoSuchUser", self.get, other, "Status", uid=uid)
        self.refused("NoSuchCustomer", self.manager, "ListUsers", "sa{sv}su", self.shop, {}, "", 0, uid=uid)
        self.assertEqual([row["Id"] for row in self.manager("ListCustomers", "a{sv}su", {}, "", 0, uid=uid)[0]],
                         [self.cafe])
        self.assertEqual(self.get(uid, "Roles", uid=uid), [(self.cafe, "encoder")])
        self.assertEqual(self.get(uid, "Roles", uid=self.shopkeeper), [(self.shop, "merchant-administrator")])
        self.enable(uid, self.shopkeeper)
        self.assertEqual(self.status(other, uid), "active")

    def test_disabled_membership_demands_no_second_factor(self):
        uid, name = self.person(Customer=self.cafe, Roles=["viewer"])
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["guarded"], {})
        self.assertIn("authenticator", self.talk("auth", name).answer(GOOD).text)
        self.disable(uid, self.shopkeeper)
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_who_has_no_membership_left_is_shut_out_like_a_deactivated_one(self):
        uid, name = self.both()
        gone, its_name = self.person()
        self.disable(gone, 0)
        self.disable(uid, self.shopkeeper)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.disable(uid, self.barista)
        self.assertEqual(self.status(uid), "deactivated")
        for phase, answers in (("auth", [GOOD]), ("account", [])):
            said = [self.talk(phase, each).answer(*answers).texts for each in (name, its_name)]
            self.assertEqual(*said)
            self.assertEqual(said[0][-1], ("done", "Deactivated"))
        self.refused("NotAllowed", self.get, uid, "Status", uid=uid)
        self.assertIn("every customer", self.refused("WrongState", self.enable, uid, 0))
        self.enable(uid, self.barista)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.status(uid, self.shopkeeper), "deactivated")

    def test_user_without_a_customer_is_not_shut_out(self):
        uid, name = self.person()
        self.assertEqual((self.status(uid), self.auth(name, GOOD)), ("active", "Success"))

    def test_R17_sessions_end_with_a_membership(self):
        uid, _ = self.both()
        self.disable(uid, self.shopkeeper)
        self.assertTrue(self.ending(uid))

    def test_R17_new_login_for_another_customer_calls_the_ending_off_in_no_way(self):
        uid, name = self.both()
        self.disable(uid, self.shopkeeper)
        talk = self.talk("session", name, rhost="192.0.2.1").skip()
        self.assertEqual(talk.outcome, "Busy")
        self.assertIn("being ended", talk.shown())
        self.assertTrue(self.ending(uid))
        self.daemon.pass_time(11)  # bo-sessiond is away: he is let in, and it is made up for later
        self.assertEqual(self.talk("session", name, rhost="192.0.2.1").skip().outcome, "Success")
        self.assertTrue(self.ending(uid))
        self.ended(uid, self.endings()[uid])
        self.assertFalse(self.ending(uid))
        self.assertEqual(self.talk("session", name, rhost="192.0.2.1").skip().outcome, "Success")

    def test_who_is_enabled_again_is_let_in_at_once(self):
        uid, name = self.both()
        self.disable(uid, self.shopkeeper)
        self.disable(uid, self.barista)
        self.enable(uid, self.shopkeeper)
        self.assertEqual(self.talk("session", name, rhost="192.0.2.1").skip().outcome, "Busy")
        self.enable(uid, self.barista)
        self.assertEqual(self.talk("session", name, rhost="192.0.2.1").skip().outcome, "Success")
        self.assertFalse(self.ending(uid))

    def test_what_the_operator_disabled_he_enables(self):
        uid, _ = self.both()
        self.disable(uid, 0, Customer=self.shop)
        self.assertEqual(self.status(uid, self.shopkeeper), "deactivated")
        self.refused("NotAllowed", self.enable, uid, self.shopkeeper)
        self.enable(uid, 0, Customer=self.shop)
        self.assertEqual(self.status(uid, self.shopkeeper), "active")
        self.disable(uid, 0)
        self.assertEqual({self.status(uid, actor) for actor in (self.shopkeeper, self.barista, 0)}, {"deactivated"})
        self.refused("NotAllowed", self.enable, uid, self.shopkeeper)
        self.refused("NotAllowed", self.disable, uid, self.barista)
        self.enable(uid, 0)

    def test_which_membership_is_meant(self):
        uid, _ = self.both()
        self.assertIn("Customer", self.refused("BadOption", self.disable, uid, self.chief))
        self.disable(uid, self.chief, Customer=self.cafe)
        self.assertEqual([self.status(uid, actor) for actor in (self.shopkeeper, self.barista)], ["active", "deactivated"])
        self.enable(uid, self.chief, Customer=self.cafe)
        self.refused("NoSuchUser", self.disable, uid, self.shopkeeper, Customer=self.cafe)
        self.refused("NoSuchUser", self.disable, uid, self.shopkeeper, Customer="nowhere")
        self.refused("NoSuchCustomer", self.disable, uid, 0, Customer="nowhere")
        self.refused("WrongState", self.enable, uid, self.shopkeeper)
        self.disable(uid, self.shopkeeper)
        self.refused("WrongState", self.disable, uid, self.shopkeeper)

    def test_R13_nobody_disables_himself_anywhere(self):
        self.refused("NotYourself", self.disable, self.chief, self.chief)
        self.refused("NotYourself", self.disable, self.chief, self.chief, Customer=self.cafe)

    def test_R10_membership_and_not_the_person_is_dated(self):
        uid, _ = self.person(Customer=self.shop, Roles=["viewer"])
        self.daemon.pass_time(DAY)
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        for name in ("Created", "Activated"):
            there, here, whole = (self.get(uid, name, uid=actor) for actor in (self.barista, self.shopkeeper, 0))
            self.assertEqual(there, self.daemon.now * 1000000)
            self.assertEqual(here, whole)
            self.assertLess(here, there)

    def test_audit_trail_tells_where(self):
        uid, _ = self.both()
        self.disable(uid, self.shopkeeper, Reason="left")
        row = self.audit(Subject=uid, Event="user-disabled")[0]
        self.assertEqual((row["Customer"], row["Actor"], row["Detail"]), (self.shop, self.shopkeeper, "reason=left"))


class Time(Customers):
    def test_shut_out_user_gets_no_mail_of_time_and_no_link_of_his_own(self):
        uid, name = self.both()
        other, _ = self.person()
        for actor in (self.shopkeeper, self.barista):
            self.disable(uid, actor)
        before = mails(self.daemon, uid)
        self.assertEqual(self.forgot(name)[-1], ("done", "ResetAsked"))
        self.own_link(other, self.get(other, "Username"))  # so that the other wish had its time
        self.daemon.pass_time(80 * DAY)
        self.daemon.restart()
        wait_until(lambda: "password-expires" in [kind for kind, _, _ in mails(self.daemon, other)])
        self.daemon.pass_time(20 * DAY)
        self.daemon.restart()
        wait_until(lambda: query(self.daemon, "SELECT idle_marked_usec FROM account WHERE uid = ?", uid)[0][0] > 0)
        self.assertEqual(mails(self.daemon, uid), before)
        self.assertEqual(self.status(uid), "deactivated")


class Links(Mailed):
    """Who may make a link for a person whom several customers share."""

    def test_R36_mailed_link_may_be_asked_for_by_each_of_the_customers(self):
        shop, cafe = self.customer(), self.customer()
        actor = self.person(Customer=shop, Roles=["merchant-administrator"])[0]
        uid, name = self.person(Customer=shop, Roles=["viewer"])
        self.user(uid, "SetRoles", "sasa{sv}", cafe, ["viewer"], {})
        self.assertEqual(self.reset(uid, actor), "")
        self.assertEqual(self.auth(name, self.links(uid, "reset")[-1], OTHER, OTHER), "Success")
        self.refused("NotAllowed", self.user, uid, "RevokeTokens", "a{sv}", {}, uid=actor)

    def test_R35_link_that_is_handed_over_needs_all_of_them_or_the_operator(self):
        shop, cafe = self.customer(), self.customer()
        actor = self.person(Customer=shop, Roles=["merchant-administrator"])[0]
        Case.count += 1
        uid, name, link = self.create(f"till-{Case.count}", Customer=shop, Roles=["viewer"])
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.assertNotEqual(self.reset(uid, actor), "")
        self.user(uid, "SetRoles", "sasa{sv}", cafe, ["viewer"], {})
        self.refused("NotAllowed", self.reset, uid, actor)
        self.assertNotEqual(self.reset(uid), "")
        self.user(actor, "SetRoles", "sasa{sv}", cafe, ["merchant-administrator"], {})
        self.assertNotEqual(self.reset(uid, actor), "")


if __name__ == "__main__":
    main()
