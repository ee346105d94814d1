#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Addresses for a customer's programs: one member asks, another approves, never the same (R64 to R69)."""

import re
import subprocess

import test_access
from approval_case import TOKEN, WEEK, Roles, Shops
from outbox import MAILED, mails, query
from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")


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
        self.assertIn("somebody else has to answer", self.boctl("approval", "approve", self.own(), uid=self.both, fails=4))
        self.assertIn("is approved", self.boctl("approval", "approve", ident, uid=self.ann))
        token = self.boctl("approval", "token", ident)
        self.assertTrue(TOKEN.search(token), token)
        self.assertIn("once", self.boctl("approval", "token", ident, fails=6))
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
