#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Addresses for a customer's programs: one member asks, another approves, never the same (R64 to R69)."""

import re
import sqlite3
import subprocess
import threading

import test_access
from outbox import MAILED, Mailed, mails, query
from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
WEEK = 7 * DAY
TOKEN = re.compile(r"bo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}")


class Roles(Case):
    """What a shop with its people needs; each test asks for addresses of its own."""

    def open_shops(self):
        cls = type(self)
        cls.shop, cls.cafe = self.customer(Alias="The Shop"), self.customer(Alias="The Cafe")
        cls.sam, cls.sam_name = self.member("security-manager")
        cls.ann, cls.ann_name = self.member("business-owner")
        cls.bob, cls.bob_name = self.member("business-owner")
        cls.both, cls.both_name = self.member("security-manager", "business-owner")

    def member(self, *roles, customer=None, **options):
        return self.person(Customer=customer or self.shop, Roles=list(roles), **options)

    def fresh(self):
        """An address that nobody has asked for; time passes, so that nobody asks too often."""
        Case.count += 1
        self.daemon.pass_time(5 * MINUTE)
        return f"203.0.{Case.count // 250}.{Case.count % 250 + 1}"

    def ask(self, uid=None, address=None, customer=None, **options):
        """The number of the request."""
        customer = (customer or self.shop).replace("-", "_2d")
        path, = self.door(self.sam if uid is None else uid).call(
            f"{ROOT}/customer/{customer}", CUSTOMER, "RequestAddress", "sa{sv}", self.fresh() if address is None else address,
            {key: ("s", value) for key, value in options.items()})
        return int(path.rsplit("_", 1)[1])

    def call(self, ident, member, *reason, uid=0, door=None):
        kinds = "sa{sv}" if reason else "a{sv}"
        return (door or self.door(uid)).call(approval_path(ident), APPROVAL, member, kinds, *reason, {})

    def approve(self, ident, uid=None):
        self.call(ident, "Approve", uid=self.ann if uid is None else uid)

    def reject(self, ident, reason="", uid=None):
        self.call(ident, "Reject", reason, uid=self.ann if uid is None else uid)

    def revoke(self, ident, reason="", uid=None):
        self.call(ident, "Revoke", reason, uid=self.ann if uid is None else uid)

    def take(self, ident, uid=None):
        return self.call(ident, "TakeToken", uid=self.sam if uid is None else uid)[0]

    def answer(self, token, approve=True, uid=None, **options):
        path, = self.manager("AnswerApproval", "ayba{sv}", token.encode(), approve,
                             {key: ("s", value) for key, value in options.items()}, uid=self.ann if uid is None else uid)
        return int(path.rsplit("_", 1)[1])

    def look(self, ident, name, uid=0):
        return self.door(uid).call(approval_path(ident), PROPERTIES, "Get", "ss", APPROVAL, name)[0]

    def status(self, ident):
        return self.look(ident, "Status")

    def list(self, uid=0, customer=None, limit=100, cursor="", **filters):
        return self.manager("ListApprovals", "sa{sv}su", self.shop if customer is None else customer,
                            {key: ("s", value) for key, value in filters.items()}, cursor, limit, uid=uid)

    def listed(self, uid=0, **filters):
        return [row["Id"] for row in self.list(uid, **filters)[0]]


class Shops(Roles, Mailed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("open_shops")  # its helpers
        self.open_shops()
        self.doCleanups()

    def told(self, uid, ident):
        """[(kind, fields)] of the mails to @uid about the request."""
        return [(kind, fields) for kind, _, fields in mails(self.daemon, uid) if fields.get("approval") == str(ident)]

    def token(self, uid, ident):
        """The one that was mailed to @uid, who may answer."""
        return next(fields["token"] for kind, fields in self.told(uid, ident) if kind == "approval-requested")

    def no_change(self, ident, status="pending"):
        self.assertEqual(self.status(ident), status)
        self.assertEqual(self.look(ident, "DecidedBy"), "")


class Walk(Shops):
    def test_R66_R67_owners_are_mailed_a_token_each_and_who_asked_none(self):
        address = self.fresh()
        ident = self.ask(address=address, Comment="our till")
        told = [self.told(uid, ident) for uid in (self.ann, self.bob, self.both)]
        for (kind, fields), name in zip([mail for mails_of in told for mail in mails_of],
                                        (self.ann_name, self.bob_name, self.both_name), strict=True):
            self.assertEqual(kind, "approval-requested")
            self.assertEqual(fields["user"], name)
            self.assertEqual((fields["address"], fields["requester"], fields["reason"]), (address, self.sam_name, "our till"))
            self.assertEqual(fields["customer"], f"The Shop ({self.shop})")
        self.assertEqual(len({self.token(uid, ident) for uid in (self.ann, self.bob, self.both)}), 3)
        self.assertEqual(self.told(self.sam, ident), [])
        own = self.ask(uid=self.both)
        self.assertEqual(self.told(self.both, own), [])
        self.assertTrue(self.token(self.ann, own))

    def test_R67_approved_by_number_and_everybody_is_told_without_a_token(self):
        ident = self.ask()
        self.approve(ident)
        self.assertEqual((self.status(ident), self.look(ident, "DecidedBy")), ("approved", self.ann_name))
        (kind, fields), = self.told(self.sam, ident)
        self.assertEqual((kind, fields["approved"]), ("approval-decided", self.ann_name))
        self.assertNotIn("token", fields)
        self.assertEqual([kind for kind, _ in self.told(self.bob, ident)], ["approval-requested", "approval-decided"])
        self.assertNotIn("token", self.told(self.bob, ident)[1][1])
        self.assertEqual([kind for kind, _ in self.told(self.ann, ident)], ["approval-requested"])
        self.assertIn(ident, self.listed(Status="approved"))

    def test_R69_requester_is_shown_the_token_once_and_nobody_else(self):
        ident = self.ask()
        self.refused("WrongState", self.take, ident)
        self.approve(ident)
        self.refused("NotAllowed", self.take, ident, uid=self.ann)
        self.refused("NotAllowed", self.take, ident, uid=self.both)
        self.refused("NotAllowed", self.take, ident, uid=0)
        self.assertEqual(self.look(ident, "TokenTaken"), 0)
        token = self.take(ident)
        self.assertTrue(TOKEN.fullmatch(token), token)
        self.assertIn("once", self.refused("TokenTaken", self.take, ident))
        self.assertEqual(self.look(ident, "TokenTaken"), self.daemon.now * 10 ** 6)
        self.assertEqual([kind for kind, _ in self.told(self.sam, ident)], ["approval-decided"])

    def test_R69_token_is_stored_as_a_hash_and_stands_in_no_log(self):
        ident = self.ask()
        self.approve(ident)
        token = self.take(ident)
        secret = token.split("_")[2]
        with open(self.daemon.state + "/accounts.db", "rb") as db, open(self.daemon.state + "/accounts.db-wal", "rb") as wal:
            self.assertNotIn(secret.encode(), db.read() + wal.read())
        self.assertNotIn(secret, self.daemon.said())
        self.assertEqual(query(self.daemon, "SELECT uid FROM api_key WHERE approval = ?", ident), [(self.sam,)])

    def test_R68_rejected_with_a_reason_that_is_told_and_asked_for_again(self):
        address = self.fresh()
        ident = self.ask(address=address)
        self.reject(ident, "not ours")
        self.assertEqual((self.status(ident), self.look(ident, "Reason")), ("rejected", "not ours"))
        (kind, fields), = self.told(self.sam, ident)
        self.assertEqual((kind, fields["rejected"], fields["reason"]), ("approval-decided", self.ann_name, "not ours"))
        self.refused("WrongState", self.take, ident)
        self.refused("ApprovalDecided", self.revoke, ident)
        self.assertGreater(self.ask(address=address), ident)

    def test_R68_revoked_by_an_owner_by_who_asked_and_by_the_operator(self):
        for actor, name in ((self.bob, self.bob_name), (self.sam, self.sam_name), (0, "operator")):
            ident = self.ask()
            self.approve(ident)
            self.take(ident)
            self.revoke(ident, "moved", uid=actor)
            self.assertEqual((self.status(ident), self.look(ident, "RevokedBy")), ("revoked", name))
            self.assertEqual(query(self.daemon, "SELECT uid FROM api_key WHERE approval = ?", ident), [])
            self.refused("ApprovalDecided", self.approve, ident)
            self.refused("ApprovalDecided", self.revoke, ident)
            self.refused("WrongState", self.take, ident)
        self.assertEqual(self.told(self.ann, ident)[-1][1]["revoked"], "operator")

    def test_R68_request_is_taken_back_and_its_tokens_die(self):
        ident = self.ask()
        self.revoke(ident, uid=self.sam)
        self.refused("WrongCredentials", self.answer, self.token(self.ann, ident))
        self.assertIn("revoked already, by " + self.sam_name, self.refused("ApprovalDecided", self.approve, ident))

    def test_R68_expires_after_seven_days_and_is_told(self):
        ident = self.ask()
        self.daemon.pass_time(WEEK - 1)
        self.assertEqual(self.status(ident), "pending")
        self.daemon.pass_time(1)
        self.assertEqual(self.status(ident), "expired")
        self.assertIn("in time", self.refused("ApprovalDecided", self.approve, ident))
        self.refused("WrongCredentials", self.answer, self.token(self.ann, ident))
        self.assertIn(ident, self.listed(Status="expired"))
        self.assertNotIn(ident, self.listed(Status="pending"))
        self.ask()  # closes what has expired
        (kind, fields), = self.told(self.sam, ident)
        self.assertEqual(kind, "approval-decided")
        self.assertTrue(fields["expires"])
        self.assertFalse({"approved", "rejected", "revoked"} & set(fields))

    def test_R66_to_R69_each_step_is_recorded(self):
        address = self.fresh()
        ident = self.ask(address=address)
        self.approve(ident)
        self.take(ident)
        self.revoke(ident)
        rows = [(row["Event"], row["Actor"]) for row in self.audit(Subject=self.sam)
                if row["Detail"] == f"approval={ident} address={address}"]
        self.assertEqual(rows[::-1], [("address-requested", self.sam), ("address-approved", self.ann),
                                      ("address-token-taken", self.sam), ("address-revoked", self.ann)])
        self.assertIn(f"Address {address} of {self.shop} (request {ident}) is approved.", self.daemon.said())

    def test_R68_list_is_paged_newest_first(self):
        idents = [self.ask() for _ in range(5)]
        seen, cursor = [], ""
        while not seen or cursor:
            rows, cursor = self.list(limit=2, cursor=cursor, uid=self.ann)
            seen += [row["Id"] for row in rows]
        self.assertEqual(seen[:5], idents[::-1])
        self.assertEqual(seen, sorted(set(seen), reverse=True))
        self.refused("BadCursor", self.list, cursor="x")
        self.refused("BadValue", self.list, Status="perhaps")


class Use(Shops):
    """R70: what the token opens, at a service of class api."""

    def come(self, name, token, rhost, service="door"):
        return self.auth(name, token, service=service, rhost=rhost)

    def taken(self, address, **options):
        """(number, token)"""
        ident = self.ask(address=address, **options)
        self.approve(ident)
        return ident, self.take(ident, uid=options.get("uid"))

    def test_R70_token_opens_from_its_range_alone(self):
        _, token = self.taken("198.18.4.0/24")
        for rhost in ("198.18.4.0", "198.18.4.7", "198.18.4.255", "::ffff:198.18.4.7"):
            self.assertEqual(self.come(self.sam_name, token, rhost), "Success", rhost)
        for rhost in ("198.18.5.0", "198.18.3.255", "::1", "::198.18.4.7", "2001:db8::1", "", "shop.example", "198.18.4.7%eth0",
                      "198.18.4", "198.18.4.7 ", "0xc6120407"):
            self.assertNotEqual(self.come(self.sam_name, token, rhost), "Success", rhost)
        for service in ("loose", "gate", "sshd"):
            self.assertNotEqual(self.come(self.sam_name, token, "198.18.4.7", service), "Success", service)

    def test_R70_token_is_the_requesters_alone(self):
        _, token = self.taken("198.18.6.7")
        for name in (self.ann_name, self.both_name):
            self.assertEqual(self.come(name, token, "198.18.6.7"), "WrongCredentials")
        self.assertEqual(self.come("nobody@shop.example", token, "198.18.6.7"),
                         self.come("nobody@shop.example", "a wrong password 1", "198.18.6.7"))

    def test_R68_revoking_ends_it_at_the_next_login(self):
        ident, token = self.taken("198.18.7.7")
        self.assertEqual(self.come(self.sam_name, token, "198.18.7.7"), "Success")
        self.assertEqual(self.look(ident, "TokenUsed"), self.daemon.now * 10 ** 6)
        self.revoke(ident)
        self.assertEqual(self.come(self.sam_name, token, "198.18.7.7"), "WrongCredentials")
        again, fresh = self.taken("198.18.7.7")
        self.assertGreater(again, ident)
        self.assertEqual(self.come(self.sam_name, token, "198.18.7.7"), "WrongCredentials")
        self.assertEqual(self.come(self.sam_name, fresh, "198.18.7.7"), "Success")

    def test_R70_token_works_while_he_acts_for_the_customer(self):
        uid, name = self.member("security-manager")
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        self.user(uid, "SwitchCustomer", "sa{sv}", self.shop, {}, uid=uid)
        _, token = self.taken("198.18.8.7", uid=uid)
        self.assertEqual(self.come(name, token, "198.18.8.7"), "Success")
        self.user(uid, "SwitchCustomer", "sa{sv}", self.cafe, {}, uid=uid)
        self.assertNotEqual(self.come(name, token, "198.18.8.7"), "Success")

    def test_R70_token_of_who_was_disabled_opens_nothing(self):
        uid, name = self.member("security-manager")
        _, token = self.taken("198.18.9.7", uid=uid)
        self.user(uid, "Disable", "a{sv}", {})
        self.assertNotEqual(self.come(name, token, "198.18.9.7"), "Success")


class NeverHimself(Shops):
    """R67: whatever roles he holds, through whichever membership, by whichever door."""

    def refuse_all(self, ident, uid):
        self.refused("NotYourself", self.approve, ident, uid=uid)
        self.refused("NotYourself", self.reject, ident, uid=uid)
        self.no_change(ident)

    def test_R67_two_roles_in_one_membership(self):
        self.refuse_all(self.ask(uid=self.both), self.both)

    def test_R67_roles_that_came_after_the_request(self):
        uid, _ = self.member("security-manager")
        ident = self.ask(uid=uid)
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["security-manager", "business-owner"], {})
        self.refuse_all(ident, uid)

    def test_R67_roles_by_two_memberships(self):
        uid, _ = self.member("security-manager")
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["business-owner"], {})
        for acting in (self.shop, self.cafe):
            self.user(uid, "SwitchCustomer", "sa{sv}", acting, {}, uid=uid)
            self.refuse_all(self.ask(uid=uid), uid)
        other = self.ask()
        self.refused("NotAllowed", self.approve, other, uid=uid)  # the other customer's role counts there alone

    def test_R67_by_an_invitation_that_he_accepted_in_between(self):
        uid, name = self.member("security-manager", customer=self.cafe)
        ident = self.ask(uid=uid, customer=self.cafe)
        boss, _ = self.member("merchant-administrator")
        self.create(name, uid=boss, Customer=self.shop, Roles=["business-owner"])
        self.user(uid, "AcceptMembership", "sa{sv}", self.shop, {}, uid=uid)
        self.refuse_all(ident, uid)
        self.approve(self.ask(), uid=uid)  # at the shop he is an owner, and did not ask

    def test_R67_with_the_token_of_an_owner(self):
        ident = self.ask(uid=self.both)
        token = self.token(self.ann, ident)
        self.assertIn("somebody else", self.refused("WrongCredentials", self.answer, token, uid=self.both))
        self.no_change(ident)
        row = self.audit(Event="address-refused")[0]
        self.assertEqual((row["Actor"], row["Subject"]), (self.both, self.both))
        self.assertIn(f"uid {self.both} used a token by which uid {self.ann} may answer request {ident}.", self.daemon.said())
        self.assertEqual(self.answer(token), ident)  # it was not used up
        self.assertEqual(self.look(ident, "DecidedBy"), self.ann_name)

    def test_R67_with_the_token_of_an_owner_at_the_prompt(self):
        ident = self.ask(uid=self.both)
        token = self.token(self.ann, ident)
        self.assertEqual(self.auth(self.both_name, token), "WrongCredentials")
        self.assertEqual(self.auth(self.both_name, GOOD), "Success")
        self.no_change(ident)

    def test_R67_with_a_token_of_another_request(self):
        own, other = self.ask(uid=self.both), self.ask()
        self.assertEqual(self.answer(self.token(self.both, other), uid=self.both), other)
        self.no_change(own)
        self.refused("WrongCredentials", self.answer, self.token(self.both, other), uid=self.both)
        self.no_change(own)

    def test_R67_operator_is_no_owner(self):
        ident = self.ask()
        for operator in (0, 1):
            self.refused("NotAllowed", self.approve, ident, uid=operator)
            self.assertIn(ident, self.listed(uid=operator))
        self.no_change(ident)
        self.reject(ident, uid=0)
        self.assertEqual(self.look(ident, "DecidedBy"), "operator")

    def test_R66_operator_asks_for_nothing(self):
        for operator in (0, 1):
            self.refused("NotAllowed", self.ask, uid=operator)


class Operators(Roles):
    """R67: members of the operator group with an account here."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = test_access.AccessDaemon(MAILED + SERVICES)
        cls.names = test_access.Names(cls.daemon.dir)
        cls.names.write()
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)
        self = cls("open_shops")
        self.open_shops()
        cls.names.write([cls.both_name, cls.sam_name])
        self.doCleanups()

    def person(self, password=GOOD, **options):
        uid, name, _ = self.create(**options)
        (_, _, fields), = mails(self.daemon, uid)
        self.assertEqual(self.auth(name, fields["token"], password, password, service="loose"), "Success")
        return uid, name

    def test_R67_operator_who_asked_never_answers_whatever_else_he_is(self):
        self.audit_as(self.both)
        for uid in (self.both, self.sam):
            ident = self.ask(uid=uid)
            self.refused("NotYourself", self.approve, ident, uid=uid)
            self.refused("NotYourself", self.reject, ident, uid=uid)
            self.assertEqual(self.status(ident), "pending")

    def audit_as(self, uid):
        """He is an operator indeed."""
        self.manager("ListAudit", "a{sv}su", {}, "", 1, uid=uid)

    def test_R10_operator_is_not_named_to_a_customer_that_he_is_no_member_of(self):
        uid, _ = self.member("security-manager", customer=self.cafe)
        ident = self.ask(uid=uid, customer=self.cafe)
        self.reject(ident, uid=self.both)
        self.assertEqual(self.look(ident, "DecidedBy", uid=uid), "operator")
        self.assertEqual([fields["rejected"] for kind, _, fields in mails(self.daemon, uid) if kind == "approval-decided"],
                         ["operator"])

    def test_R67_operator_answers_another_as_the_owner_that_he_is(self):
        ident = self.ask()
        self.approve(ident, uid=self.both)
        other = self.ask(uid=self.both)
        self.refused("NotAllowed", self.approve, other, uid=self.sam)


class MailedToken(Shops):
    def test_R67_answers_once_for_whom_it_was_mailed_to(self):
        for yes, status in ((True, "approved"), (False, "rejected")):
            ident = self.ask()
            self.refused("WrongCredentials", self.answer, self.token(self.ann, ident), yes, uid=self.bob)
            self.assertEqual(self.answer(self.token(self.ann, ident), yes, Reason="" if yes else "unknown"), ident)
            self.assertEqual((self.status(ident), self.look(ident, "DecidedBy")), (status, self.ann_name))
            self.refused("WrongCredentials", self.answer, self.token(self.ann, ident))
            self.refused("WrongCredentials", self.answer, self.token(self.bob, ident), uid=self.bob)

    def test_R67_counts_on_the_private_socket_alone(self):
        for text in ("", "nonsense", GOOD):
            self.refused("WrongCredentials", self.answer, text)
        ident = self.ask()
        token = self.token(self.ann, ident)
        wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
        self.refused("BadValue", self.answer, wrong)
        for nobody in (0, 1):
            self.refused("WrongCredentials", self.answer, token, uid=nobody)
        self.no_change(ident)

    def dies(self, ident, token, uid=None):
        self.refused("WrongCredentials", self.answer, token, uid=uid)
        self.no_change(ident)

    def test_R67_dies_with_any_change_of_the_password(self):
        uid, name = self.member("business-owner")
        ident = self.ask()
        token = self.token(uid, ident)
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.dies(ident, token, uid)
        self.assertEqual(self.auth(name, token), "WrongCredentials")
        self.approve(ident, uid=uid)  # he still may, logged in

    def test_R67_dies_after_seven_days_and_stays_dead_when_the_clock_is_set_back(self):
        begin = self.daemon.now
        ident = self.ask()
        token = self.token(self.ann, ident)
        self.daemon.pass_time(WEEK)
        self.refused("WrongCredentials", self.answer, token)
        self.assertEqual(self.auth(self.bob_name, GOOD), "Success")  # the store has seen the time
        self.daemon.set_clock(begin + HOUR)
        try:
            self.assertEqual(self.status(ident), "expired")
            self.refused("WrongCredentials", self.answer, token)
            self.refused("ApprovalDecided", self.approve, ident)
        finally:
            self.daemon.set_clock(begin + WEEK + HOUR)

    def test_R67_is_worth_nothing_without_the_role(self):
        uid, name = self.member("business-owner")
        ident = self.ask()
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {})
        self.refused("NoSuchApproval", self.answer, self.token(uid, ident), uid=uid)
        talk = self.talk("auth", name).answer(self.token(uid, ident), GOOD)
        talk.answer("y")
        self.assertIn("There is no such request", talk.shown())
        self.no_change(ident)

    def test_R67_is_worth_nothing_when_he_was_disabled(self):
        uid, name = self.member("business-owner")
        ident = self.ask()
        self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)})
        self.refused("NotAllowed", self.answer, self.token(uid, ident), uid=uid)
        self.assertNotEqual(self.auth(name, self.token(uid, ident), GOOD), "Success")
        self.no_change(ident)

    def test_R67_nothing_is_approved_for_who_may_not_ask_any_more(self):
        for change in (lambda uid: self.user(uid, "Disable", "a{sv}", {}),
                       lambda uid: self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)}),
                       lambda uid: self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {})):
            uid, _ = self.member("security-manager")
            ident = self.ask(uid=uid)
            token = self.token(self.ann, ident)
            change(uid)
            self.refused("WrongState", self.approve, ident)
            self.refused("WrongState", self.answer, token)
            self.no_change(ident)
            self.assertEqual(self.answer(token, False), ident)  # not used up by the refusal: it is rejected

    def test_R69_token_waits_no_more_for_who_lost_the_role(self):
        uid, _ = self.member("security-manager")
        ident = self.ask(uid=uid)
        self.approve(ident)
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {})
        self.refused("NotAllowed", self.take, ident, uid=uid)
        self.assertEqual(self.look(ident, "TokenTaken"), 0)

    def test_R67_no_owner_without_mail_gets_a_token(self):
        Case.count += 1
        uid, _, token = self.create(f"till{Case.count}", Customer=self.shop, Roles=["business-owner"])
        self.assertTrue(token)
        before = query(self.daemon, "SELECT COUNT(*) FROM token WHERE uid = ?", uid)
        self.ask()
        self.assertEqual(query(self.daemon, "SELECT COUNT(*) FROM token WHERE uid = ?", uid), before)


class TriedTokens(Shops):
    """Each try of another's token is recorded, so nobody may try for ever."""

    SETTINGS = Shops.SETTINGS.replace("SourceAttempts=off\n", "SourceAttempts=5\nSourceWindow=100s\n")

    def test_R67_who_tries_tokens_of_others_is_turned_away(self):
        ident = self.ask(uid=self.both)
        token = self.token(self.ann, ident)
        for _ in range(5):
            self.refused("WrongCredentials", self.answer, token, uid=self.both)
        for _ in range(5):
            self.refused("Throttled", self.answer, token, uid=self.both)
        self.assertEqual(len(self.audit(Event="address-refused")), 5)
        self.assertEqual(self.answer(token), ident)
        self.daemon.pass_time(20)
        self.refused("WrongCredentials", self.answer, token, uid=self.both)


class Prompt(Shops):
    def test_R67_token_then_password_then_the_question(self):
        address = self.fresh()
        ident = self.ask(address=address)
        talk = self.talk("auth", self.ann_name).answer(self.token(self.ann, ident))
        self.assertIn("Log in with your password first", talk.text)
        talk.answer(GOOD)
        self.assertEqual(talk.text, f"Approve the API address {address} of The Shop ({self.shop}), asked for by "
                                    f"{self.sam_name}? [y/N] ")
        self.assertEqual(talk.answer("y").outcome, "Success")
        self.assertIn(f"{address} is approved.", talk.shown())
        self.assertEqual((self.status(ident), self.look(ident, "DecidedBy")), ("approved", self.ann_name))
        self.assertEqual(self.auth(self.ann_name, self.token(self.ann, ident)), "WrongCredentials")

    def test_R67_code_is_asked_for_as_ever(self):
        uid, name = self.member("business-owner")
        secret, _ = self.begin_otp(uid)
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), GOOD.encode(), {}, uid=uid)
        ident = self.ask()
        self.assertEqual(self.auth(name, self.token(uid, ident), GOOD, "000000"), "WrongCredentials")
        self.no_change(ident)
        talk = self.talk("auth", name).answer(self.token(uid, ident), GOOD, self.fresh_code(secret))
        self.assertIn("Approve the API address", talk.text)
        self.assertEqual(talk.answer("yes").outcome, "Success")
        self.assertEqual(self.status(ident), "approved")

    def test_R67_whatever_is_no_yes_changes_nothing_and_keeps_the_token(self):
        ident = self.ask()
        for answer in ("", "n", "no", "yesterday", "1", "ye", self.token(self.ann, ident)):
            talk = self.talk("auth", self.ann_name).answer(self.token(self.ann, ident), GOOD, answer)
            self.assertEqual(talk.outcome, "Success")
            self.assertIn("Nothing was changed", talk.shown())
            self.no_change(ident)
        self.assertEqual(self.answer(self.token(self.ann, ident)), ident)

    def test_R67_question_that_cannot_be_put_approves_nothing(self):
        ident = self.ask()
        talk = self.talk("auth", self.ann_name).answer(self.token(self.ann, ident), GOOD)
        self.assertEqual(talk.cancel().skip().outcome, "Success")
        self.no_change(ident)

    def test_R67_token_alone_opens_nothing_and_sets_no_password(self):
        ident = self.ask()
        token = self.token(self.ann, ident)
        self.assertEqual(self.auth(self.ann_name, token, "a wrong password 1"), "WrongCredentials")
        self.assertEqual(self.auth(self.ann_name, token, token), "WrongCredentials")
        for service in ("sudo", "su", "door"):  # where nobody comes in, or no person does
            talk = self.talk("auth", self.ann_name, service=service).answer(token)
            self.assertNotIn("Log in with your password first", talk.shown())
            self.assertNotEqual(talk.outcome, "Success")
        self.assertEqual(self.auth(self.ann_name, GOOD), "Success")
        self.no_change(ident)

    def test_R67_answered_by_another_while_the_question_stands(self):
        ident = self.ask()
        talk = self.talk("auth", self.ann_name).answer(self.token(self.ann, ident), GOOD)
        self.approve(ident, uid=self.bob)
        self.assertEqual(talk.answer("y").outcome, "Success")
        self.assertIn("closed", talk.shown())
        self.assertEqual(self.look(ident, "DecidedBy"), self.bob_name)

    def test_R67_password_changed_while_the_question_stands(self):
        uid, name = self.member("business-owner")
        ident = self.ask()
        talk = self.talk("auth", name).answer(self.token(uid, ident), GOOD)
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        talk.answer("y")
        self.no_change(ident)

    def greeting(self, name):
        self.assertEqual(self.auth(name, GOOD), "Success")
        return self.talk("session", name).skip().shown()

    def test_R67_R69_session_tells_what_waits(self):
        for uid in (self.shop, self.cafe):
            for ident in self.listed(customer=uid, Status="pending"):
                self.reject(ident, uid=0)
            for ident in self.listed(customer=uid, Status="approved"):
                self.revoke(ident, uid=0)
        for name in (self.ann_name, self.sam_name, self.both_name):
            self.assertNotIn("API address", self.greeting(name))
        ident = self.ask(uid=self.both)
        self.assertIn("1 API address waits for your approval: `boctl approval list`.", self.greeting(self.ann_name))
        for name in (self.sam_name, self.both_name):
            self.assertNotIn("API address", self.greeting(name))
        other = self.ask()
        self.assertIn("2 API addresses wait for your approval", self.greeting(self.ann_name))
        self.assertIn("1 API address waits for your approval", self.greeting(self.both_name))
        self.approve(ident)
        self.approve(other)
        self.assertIn("1 API address of yours was approved: `boctl approval token ID`", self.greeting(self.sam_name))
        self.take(other)
        self.assertNotIn("API address", self.greeting(self.sam_name))
        self.assertNotIn("API address", self.greeting(self.ann_name))


class Limits(Shops):
    def test_R66_ranges_are_numbers_and_compared_in_binary(self):
        for given, stored in (("192.0.2.0/24", "192.0.2.0/24"), ("192.0.3.9/32", "192.0.3.9"), ("2001:DB8:0::7", "2001:db8::7"),
                              ("2001:db8:4::/48", "2001:db8:4::/48"), ("::ffff:198.51.100.7", "198.51.100.7"),
                              ("10.0.0.0/8", "10.0.0.0/8"), ("127.0.0.1", "127.0.0.1")):
            self.fresh()
            self.assertEqual(self.look(self.ask(address=given), "Address"), stored)
        for again in ("::ffff:192.0.2.0/120", "192.0.3.9", "2001:db8:0:0:0:0:0:7", "2001:0db8::0007/128", "198.51.100.7/32"):
            self.assertRegex(self.refused("AddressListed", self.ask, address=again), r"pending already: request \d+")
        for wrong in ("", "shop.example", "localhost", "fe80::1%eth0", "fe80::1", "10.0.0.0/7", "2001::/31", "0.0.0.0/0", "::/0",
                      "0.0.0.0", "::", "224.0.0.1", "ff02::1", "169.254.1.1", "192.0.2.7/33", "192.0.2.7/+8", " 192.0.2.7",
                      "192.0.2.7\n", "0300.0.2.7", "192.0.2.1-192.0.2.9", "192.0.2.0/255.255.255.0"):
            self.assertIn("Address: ", self.refused("BadValue", self.ask, address=wrong))
        self.assertIn("the range is 192.0.2.0/24", self.refused("BadValue", self.ask, address="192.0.2.77/24"))
        self.refused("BadValue", self.ask, Comment="two\nlines")
        self.refused("BadValue", self.ask, Comment="x" * 256)

    def test_R66_at_most_twenty_wait_and_expired_ones_do_not_count(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        for _ in range(20):
            self.ask(uid=sam, customer=shop)
        self.assertIn("20 requests", self.refused("TooManyApprovals", self.ask, uid=sam, customer=shop))
        self.daemon.pass_time(WEEK)
        self.ask(uid=sam, customer=shop)

    def test_R66_asking_often_is_slowed_down(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        self.daemon.pass_time(DAY)
        ident = 0
        for n in range(20):
            ident = self.ask(uid=sam, customer=shop, address=f"198.51.100.{n}")
            self.revoke(ident, uid=sam)
        self.refused("Busy", self.ask, uid=sam, customer=shop, address="198.51.100.99")
        self.daemon.pass_time(5 * MINUTE)
        self.ask(uid=sam, customer=shop, address="198.51.100.99")

    def test_R68_at_most_a_thousand_are_approved(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        ann, _ = self.member("business-owner", customer=shop)
        first, second = self.ask(uid=sam, customer=shop), self.ask(uid=sam, customer=shop)
        self.daemon.stop()
        store = sqlite3.connect(self.daemon.state + "/accounts.db")
        for n in range(999):
            store.execute("INSERT INTO approval SELECT ?, customer, ?, comment, requester, requested_usec, expires_usec,"
                          " clock_epoch, 1, requested_usec, 1, 0, 0, '', 0 FROM approval WHERE id = ?",
                          (10 ** 6 + n, bytes([4, 100, n // 250, n % 250, *[0] * 13, 32]), first))
        store.commit()
        store.close()
        self.daemon.start()
        self.approve(first, uid=ann)
        self.assertIn("1000 approved", self.refused("TooManyApprovals", self.approve, second, uid=ann))
        self.assertEqual(self.status(second), "pending")
        self.refused("TooManyApprovals", self.ask, uid=sam, customer=shop)
        self.revoke(first, uid=ann)
        self.approve(second, uid=ann)

    def test_R67_two_owners_at_the_same_moment(self):
        for _ in range(3):
            ident = self.ask()
            said = {}

            def run(uid, door, member, *reason):
                try:
                    self.call(ident, member, *reason, door=door)
                    said[uid] = "done"
                except BusError as error:
                    said[uid] = f"{error.name}: {error.text}"
            threads = [threading.Thread(target=run, args=(uid, self.client(uid), *verb)) for uid, *verb in
                       ((self.ann, "Approve"), (self.bob, "Reject", "no"), (self.both, "Approve"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            winners = [uid for uid, text in said.items() if text == "done"]
            self.assertEqual(len(winners), 1, said)
            name = {self.ann: self.ann_name, self.bob: self.bob_name, self.both: self.both_name}[winners[0]]
            self.assertEqual(self.look(ident, "DecidedBy"), name)
            for uid, text in said.items():
                self.assertTrue(text == "done" or text.startswith("ApprovalDecided:") and name in text, said)

    def test_R67_daemon_that_is_killed_leaves_nothing_half_done(self):
        for _ in range(4):
            ident = self.ask()
            token = self.token(self.ann, ident)
            door = self.daemon.client(self.ann)
            thread = threading.Thread(target=self.attempt, args=(door, ident))
            thread.start()
            self.daemon.kill()
            thread.join()
            door.close()
            self.daemon.start()
            if self.status(ident) == "approved":
                self.refused("WrongCredentials", self.answer, token)
                self.assertEqual([kind for kind, _ in self.told(self.sam, ident)], ["approval-decided"])
            else:
                self.no_change(ident)
                self.assertEqual(self.told(self.sam, ident), [])
                self.assertEqual(self.answer(token), ident)

    def attempt(self, door, ident):
        try:
            self.call(ident, "Approve", door=door)
        except (BusError, Gone, OSError):
            pass


class Settings(Shops):
    def can(self, uid, permission):
        return self.manager("CheckPermission", "ssa{sv}", "", permission, {"Customer": ("s", self.shop)}, uid=uid)[0]

    def test_R64_R65_security_manager_alone_reaches_programme_and_api_settings(self):
        with open(os.path.join(SOURCE, "conf", "roles.conf"), encoding="utf-8") as file:
            roles = re.findall(r"^\[Role ([a-z-]+)\]", file.read(), re.MULTILINE)
        self.assertIn("security-manager", roles)
        for role in roles:
            if role == "secondary":
                continue  # made otherwise; roles.c looks at its permissions
            uid, _ = self.member(role)
            wanted = role == "security-manager"
            self.assertEqual(self.can(uid, "settings.api"), wanted, role)
            self.assertEqual(self.can(uid, "settings.program"), wanted, role)
            self.assertEqual(self.can(uid, "api.request"), wanted, role)
            self.assertEqual(self.can(uid, "api.approve"), role == "business-owner", role)


class Boctl(Shops):
    def boctl(self, *words, uid=None, answer="", fails=0):
        done = subprocess.run([BOCTL, *words, "--socket", self.daemon.socket], input=answer, capture_output=True, text=True,
                              user=self.sam if uid is None else uid, extra_groups=[], check=False)
        self.assertEqual(done.returncode, fails, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_R66_to_R69_walk_by_boctl(self):
        address = self.fresh()
        said = self.boctl("approval", "request", address, "--comment", "our till")
        ident = re.search(r"request (\d+)\.", said)[1]
        listed = self.boctl("approval", "list", "--status", "pending", uid=self.ann)
        self.assertRegex(listed, rf"(?m)^ *{ident} .*{re.escape(address)} .*pending.*{self.sam_name}.*our till")
        self.assertIn("somebody else has to answer", self.boctl("approval", "approve", self.own(), uid=self.both, fails=1))
        self.assertIn("is approved", self.boctl("approval", "approve", ident, uid=self.ann))
        token = self.boctl("approval", "token", ident)
        self.assertTrue(TOKEN.search(token), token)
        self.assertIn("once", self.boctl("approval", "token", ident, fails=1))
        shown = self.boctl("approval", "show", ident)
        self.assertRegex(shown, rf"Answered by +{self.ann_name}")
        self.assertIn("is revoked", self.boctl("approval", "revoke", ident, "--reason", "moved"))
        self.assertIn("pending, approved", self.boctl("approval", "list", "--status", "perhaps", fails=1))

    def own(self):
        return str(self.ask(uid=self.both))

    def test_R67_token_from_the_mail_is_read_from_standard_input(self):
        for verb, status in (("approve", "approved"), ("reject", "rejected")):
            ident = self.ask()
            said = self.boctl("approval", verb, "--token", uid=self.bob, answer=self.token(self.bob, ident) + "\n")
            self.assertIn(f"is {status} (request {ident})", said)
        self.boctl("approval", "approve", uid=self.bob, fails=2)
        self.boctl("approval", "approve", "1", "--token", uid=self.bob, fails=2)
        self.boctl("approval", "approve", "--token", uid=self.bob, answer="T\n", fails=1)

    def test_R68_operator_lists_those_of_all_customers(self):
        sam, _ = self.member("security-manager", customer=self.cafe)
        idents = {self.ask(), self.ask(uid=sam, customer=self.cafe)}
        said = self.boctl("approval", "list", "--json", uid=0)
        self.assertLessEqual({str(ident) for ident in idents}, set(re.findall(r'"id": ?(\d+)', said)))


if __name__ == "__main__":
    main()
