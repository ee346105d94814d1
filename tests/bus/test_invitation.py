#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who creates a user of an address that exists invites a person, and cannot tell (R43, R48, R49)."""

import re
import subprocess
import threading

from outbox import MAILED, Mailed, mails, query
from world import *

OFFER = "invites you to work for them"


class Shops(Mailed):
    """Two merchants, each with an administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("open_shops")  # its helpers
        self.open_shops()
        self.doCleanups()

    def open_shops(self):
        cls = type(self)
        cls.shop, cls.cafe = self.customer(Alias="The Shop"), self.customer(Alias="The Cafe")
        cls.shopkeeper = self.person(Customer=cls.shop, Roles=["merchant-administrator"])[0]
        cls.barista = self.person(Customer=cls.cafe, Roles=["merchant-administrator"])[0]

    def employee(self, **options):
        """(uid, name) of a member of the shop."""
        return self.person(Customer=self.shop, Roles=["viewer"], **options)

    def invite(self, name, actor=None, **options):
        """The uid that the creator gets."""
        options = {"Customer": self.cafe, "Roles": ["encoder"], **options}
        uid, username, _ = self.create(name, uid=self.barista if actor is None else actor, **options)
        self.assertEqual(username, name)
        return uid

    def token(self, invitation):
        """The last that was mailed."""
        return self.links(invitation, "invitation")[-1]

    def open_of(self, uid):
        return [ident for ident, _ in self.get(uid, "Invitations", uid=uid)]

    def accept(self, uid, customer=None):
        self.user(uid, "AcceptMembership", "sa{sv}", customer or self.cafe, {}, uid=uid)

    def decline(self, uid, customer=None):
        self.user(uid, "DeclineMembership", "sa{sv}", customer or self.cafe, {}, uid=uid)

    def roles(self, uid, actor=0):
        return self.get(uid, "Roles", uid=actor)

    def both(self):
        return sorted([(self.shop, "viewer"), (self.cafe, "encoder")])


class Telling(Shops):
    """All that the creator can read or call, for an address that is new, that exists, that is dead."""

    def dead(self):
        uid, name = self.employee()
        token = lambda: mails(self.daemon, uid)[-1][2]["token"]
        self.user(uid, "RequestEmailChange", "saya{sv}", self.new_name(), GOOD.encode(), {}, uid=uid)
        self.user(uid, "ConfirmEmailChange", "aya{sv}", token().encode(), {}, uid=uid)
        return name

    def declined(self):
        uid, name = self.employee()
        return name, lambda: self.decline(uid)

    def addresses(self):
        """{case: (address, what happens after the creation)}"""
        return {"new": (self.new_name(), None), "existing": (self.employee()[1], None), "dead": (self.dead(), None),
                "not activated": (self.create(Customer=self.shop, Roles=["viewer"])[1], None),
                "a program's": (self.create(self.new_name(), Kind="api")[1], None),
                "declined": self.declined(), "deactivated": (self.deactivated(), None)}

    def deactivated(self):
        uid, name = self.employee()
        self.user(uid, "Disable", "a{sv}", {})
        return name

    def said(self, function, *arguments):
        try:
            return function(*arguments)
        except BusError as error:
            return error.name, error.text

    def verbs(self, uid, name):
        """What he may call on the user; some of it fails."""
        me = self.barista
        call = lambda member, signature, *values: self.said(
            lambda: self.door(me).call(f"{ROOT}/user/_{uid}", USER, member, signature, *values))
        ask = lambda member, signature, *values: self.said(
            lambda: self.door(me).call(ROOT, MANAGER, member, signature, *values))
        return {
            "GetUser": ask("GetUser", "s", name), "GetUserByUid": ask("GetUserByUid", "u", uid),
            "ListSessions": ask("ListSessions", "a{sv}su", {"User": ("s", name)}, "", 0),
            "ListSessions by uid": ask("ListSessions", "a{sv}su", {"Uid": ("u", uid)}, "", 0),
            "CheckPermission": [ask("CheckPermission", "ssa{sv}", name, permission, {"Customer": ("s", customer)})
                                for permission in ("users.view", "transactions.view", "no.such")
                                for customer in (self.cafe, self.shop)],
            "RequestPasswordReset": ask("RequestPasswordReset", "sa{sv}", name, {}),
            "again": ask("CreateUser", "a{sv}", {"Name": ("s", name), "Customer": ("s", self.cafe)}),
            "SetRoles": call("SetRoles", "sasa{sv}", self.cafe, ["viewer", "encoder"], {}),
            "SetRoles elsewhere": call("SetRoles", "sasa{sv}", self.shop, ["viewer"], {}),
            "SetLocations": call("SetLocations", "sasa{sv}", self.cafe, [self.till()], {}), "restricted": self.read(uid),
            "SetLocations to none": call("SetLocations", "sasa{sv}", self.cafe, [], {}),
            "SetLocations to all": call("SetLocations", "sasa{sv}", self.cafe, [], {"Restricted": ("b", False)}),
            "Enable": call("Enable", "a{sv}", {}),
            "Disable": call("Disable", "a{sv}", {"Reason": ("s", "a slip")}),
            "disabled": self.read(uid), "listed as disabled": self.page("Status", "deactivated", uid),
            "Disable again": call("Disable", "a{sv}", {"Customer": ("s", self.cafe)}),
            "Enable again": call("Enable", "a{sv}", {"Customer": ("s", self.cafe)}),
            "ResendActivation": call("ResendActivation", "a{sv}", {}), "IssueReset": call("IssueReset", "a{sv}", {}),
            "RevokeTokens": call("RevokeTokens", "a{sv}", {}),
            "BecomeVerified": call("BecomeVerified", "sa{sv}", "other@shop.example", {}),
            "SetApiPassword": call("SetApiPassword", "aya{sv}", GOOD.encode(), {}),
            "SetProfile": call("SetProfile", "a{sv}", {"FullName": ("s", "X")}),
            "ResetOtp": call("ResetOtp", "a{sv}", {"Reason": ("s", "x")}),
            "AcceptMembership": call("AcceptMembership", "sa{sv}", self.cafe, {}),
            "RequestEmailChange": call("RequestEmailChange", "saya{sv}", "other@shop.example", GOOD.encode(), {}),
            "ChangePassword": call("ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}),
            "BeginOtp": call("BeginOtp", "a{sv}", {}),
            "read": self.read(uid), "customers": ask("ListCustomers", "a{sv}su", {}, "", 0),
            "customer": self.said(lambda: self.door(me).call(
                f"{ROOT}/customer/{self.cafe.replace('-', '_2d')}", PROPERTIES, "GetAll", "s", CUSTOMER)),
        }

    def till(self):
        """The one location of the cafe."""
        cls = type(self)
        if not hasattr(cls, "place"):
            cls.place = "till-one"
            self.manager("CreateLocation", "a{sv}", {"Id": ("s", cls.place), "Customer": ("s", self.cafe), "Name": ("s", "Till")})
        return cls.place

    def read(self, uid):
        return self.door(self.barista).call(f"{ROOT}/user/_{uid}", PROPERTIES, "GetAll", "s", USER)[0]

    def page(self, key, value, uid):
        rows = self.manager("ListUsers", "sa{sv}su", self.cafe, {key: ("s", value)}, "", 1000, uid=self.barista)[0]
        return [row for row in rows if row["Uid"] == uid]

    def lists(self, uid, name):
        """In filters and searches, both ways, and page by page with cursors."""
        seen = {key: self.page(*key, uid) for key in (
            ("Status", "activation-sent"), ("Status", "active"), ("Kind", "adm"), ("Kind", "api"), ("Role", "encoder"),
            ("Role", "viewer"), ("Search", name), ("Search", str(uid)), ("Search", name + " "), ("Sort", "-name"))}
        for sort in ("name", "-name"):
            cursor, rows, cursors = "", [], []
            while not cursors or cursor:
                page, cursor = self.manager("ListUsers", "sa{sv}su", self.cafe, {"Sort": ("s", sort)}, cursor, 1,
                                            uid=self.barista)
                rows += [row["Username"] for row in page]
                cursors.append(cursor)
            self.assertEqual(len(rows), len(set(rows)))
            self.assertEqual(sorted(rows, reverse=sort == "-name"), rows)
            seen[sort] = rows.index(name) >= 0, name in cursors or cursors[-2:] == [rows[-2], ""]
        return seen

    def masked(self, what, uid, name):
        """Without what differs between any two users."""
        return str(what).replace(name, "ADDRESS").replace(str(uid), "UID").replace(name.split("@", maxsplit=1)[0], "LOCAL")

    def record(self, name, after, **options):
        """All that there is to see, from the creation on."""
        uid, username, link = self.create(name, uid=self.barista, Customer=self.cafe, Roles=["encoder"],
                                          FullName="Ann Baker", **options)
        self.wrong(name)  # whoever guesses locks nothing that he can see
        if after:
            after()
        # A token is not to be told from another, but by its length.
        seen = [username, len(link), self.read(uid), self.lists(uid, name), self.verbs(uid, name)]
        self.user(uid, "Disable", "a{sv}", {}, uid=self.barista)  # for the next one's lists
        return uid, self.masked(seen, uid, name)

    def test_R49_creator_cannot_tell_a_new_address_from_one_that_exists_or_is_dead(self):
        told, uids = {}, []
        for case, (name, after) in self.addresses().items():
            uid, told[case] = self.record(name, after)
            uids.append(uid)
        self.maxDiff = None
        for case, seen in told.items():
            self.assertEqual(seen, told["new"], case)
        self.assertIn("'Status': 'activation-sent'", told["new"])
        self.assertEqual(uids, sorted(uids))

    def test_R49_numbers_are_given_on_as_for_new_users(self):
        one = self.invite(self.new_name())
        two = self.invite(self.employee()[1])
        three = self.invite(self.new_name())
        self.assertEqual([two - one, three - two], [2, 1])  # the employee between them

    def test_R49_who_is_in_the_list_already_is_told_to_be(self):
        name = self.employee()[1]
        self.refused("NameTaken", self.invite, name, actor=self.shopkeeper, Customer=self.shop)
        self.invite(name)
        self.refused("NameTaken", self.invite, name)
        for each in (self.new_name(), self.dead()):
            self.invite(each)
            self.refused("NameTaken", self.invite, each)

    def test_R49_programs_are_named_by_bo_or_by_the_operator(self):
        for name in (self.new_name(), self.employee()[1]):
            text = self.refused("NotAllowed", self.create, name, uid=self.barista, Customer=self.cafe, Kind="api")
            self.assertIn("leave Name out", text)
        path, name, _ = self.manager("CreateUser", "a{sv}", {"Kind": ("s", "api"), "Customer": ("s", self.cafe)},
                                     uid=self.barista)
        self.assertRegex(name, r"^([a-z][aeiou]){4}[2-9]{4}$")
        self.assertEqual(self.get(int(path.rsplit("_", 1)[1]), "Kind"), "api")

    def test_R49_upgrade_tells_of_three_addresses_an_hour_and_each_is_recorded(self):
        path, _, _ = self.manager("CreateUser", "a{sv}", {"Customer": ("s", self.cafe)}, uid=self.barista)
        uid = int(path.rsplit("_", 1)[1])
        upgrade = lambda name, actor: self.user(uid, "BecomeVerified", "sa{sv}", name, {}, uid=actor)
        for _ in range(3):
            self.refused("NameTaken", upgrade, self.employee()[1], self.barista)
        for name in (self.employee()[1], self.new_name(), self.dead()):
            self.refused("Busy", upgrade, name, self.barista)
        accomplice = self.person(Customer=self.cafe, Roles=["merchant-administrator"])[0]
        self.refused("Busy", upgrade, self.employee()[1], accomplice)
        self.refused("NameTaken", upgrade, self.employee()[1], 0)
        rows = self.audit(Subject=uid, Event="upgrade-refused")
        self.assertEqual([row["Actor"] for row in rows], [0] + [self.barista] * 3)
        self.daemon.pass_time(HOUR)
        upgrade(self.new_name(), self.barista)

    def test_operator_is_told_what_it_is(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.assertIn(f"uid {uid}", self.get(invitation, "StatusReason"))
        self.assertNotIn(str(uid), self.get(invitation, "StatusReason", uid=self.barista))
        self.refused("NameTaken", self.invite, self.dead(), actor=0)
        self.refused("NameTaken", self.create, name)
        self.assertTrue(self.open_of(uid))
        row = self.audit(Subject=uid, Event="user-invited")[0]
        self.assertEqual((row["Customer"], row["Detail"]), ("", f"customer={self.cafe} invitation={invitation}"))
        rows = self.manager("ListUsers", "sa{sv}su", "", {}, "", 1000)[0]
        self.assertEqual([row["Uid"] for row in rows if row["Username"] == name], [uid])

    def test_nobody_else_sees_it(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        for actor in (self.shopkeeper, uid):
            self.refused("NoSuchUser", self.get, invitation, "Status", uid=actor)
        self.assertEqual(self.roles(uid, self.shopkeeper), [(self.shop, "viewer")])
        self.assertEqual(self.roles(uid, uid), [(self.shop, "viewer")])
        self.assertEqual(self.get(uid, "Invitations", uid=self.shopkeeper), [])
        self.assertEqual(self.get(uid, "Invitations"), [])

    def test_R86_initial_password_is_nobodys(self):
        uid, name = self.employee()
        path, _, _ = self.manager("CreateUser", "a{sv}", {
            "Name": ("s", name), "Customer": ("s", self.cafe), "InitialPassword": ("ay", OTHER.encode())}, uid=self.barista)
        invitation = int(path.rsplit("_", 1)[1])
        self.assertNotEqual(self.get(invitation, "PasswordChanged", uid=self.barista), 0)
        self.assertEqual(self.auth(name, OTHER), "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, "later"), "Success")
        self.assertEqual(self.auth(name, self.token(invitation), OTHER), "WrongCredentials")


class Answering(Shops):
    """The person who is invited."""

    def test_R49_invited_person_is_told_by_mail_and_accepts(self):
        uid, name = self.employee()
        invitation = self.invite(name, FullName="Somebody")
        (kind, recipient, fields), = mails(self.daemon, invitation)
        self.assertEqual((kind, recipient, fields["customer"], fields["user"]),
                         ("invitation", name, f"The Cafe ({self.cafe})", name))
        self.assertEqual(self.get(uid, "Invitations", uid=uid), [(self.cafe, "The Cafe")])
        self.accept(uid)
        self.assertEqual(self.roles(uid), self.both())
        self.assertEqual(self.roles(uid, self.barista), [(self.cafe, "encoder")])
        self.assertEqual(self.get(uid, "Username", uid=self.barista), name)
        self.refused("NoSuchUser", self.get, invitation, "Status", uid=self.barista)
        self.refused("NoSuchUser", self.get, invitation, "Status")
        self.assertEqual(self.open_of(uid), [])
        self.refused("NoSuchInvitation", self.accept, uid)
        for subject, event in ((uid, "invitation-accepted"), (invitation, "invitation-closed")):
            self.assertEqual([row["Customer"] for row in self.audit(Subject=subject, Event=event)], [self.cafe])

    def test_what_the_administrator_changed_meanwhile_is_what_is_accepted(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.user(invitation, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {}, uid=self.barista)
        self.accept(uid)
        self.assertEqual(self.roles(uid, self.barista), [(self.cafe, "viewer")])

    def test_R49_offered_after_password_at_the_prompt(self):
        uid, name = self.employee()
        self.invite(name)
        talk = self.talk("auth", name).answer(GOOD)
        self.assertEqual((talk.kind, OFFER in talk.text, f"The Cafe ({self.cafe})" in talk.text), ("visible", True, True))
        self.assertEqual(talk.answer("later").outcome, "Success")
        self.assertEqual(self.roles(uid), [(self.shop, "viewer")])
        talk = self.talk("auth", name).answer(GOOD, "yes")
        self.assertEqual(talk.outcome, "Success")
        self.assertIn("You are a member of The Cafe now.", talk.shown())
        self.assertEqual(self.roles(uid), self.both())
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R54_role_that_is_accepted_at_the_prompt_has_the_factor_set_up_there(self):
        uid, name = self.employee()
        self.user(self.invite(name), "SetRoles", "sasa{sv}", self.cafe, ["guarded"], {}, uid=self.barista)
        with self.daemon.client() as client:
            talk = Talk(client, "auth", name).answer(GOOD, "yes")
            secret = re.search("secret into it: ([A-Z2-7]{32})\n", talk.text)[1]
            self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")
            self.assertEqual(Talk(client, "account", name, rhost="192.0.2.7").skip().outcome, "Success")
        self.assertTrue(self.get(uid, "OtpEnabled"))

    def test_offer_may_be_passed_over_by_who_cannot_show_it(self):
        _, name = self.employee()
        self.invite(name)
        talk = self.talk("auth", name).answer(GOOD)
        self.assertIn(OFFER, talk.text)
        self.assertEqual(talk.cancel().skip().outcome, "Success")
        self.assertNotIn(OFFER, self.talk("auth", name, service="cron").answer(GOOD).shown())

    def test_wrong_password_offers_nothing(self):
        _, name = self.employee()
        self.invite(name)
        talk = self.talk("auth", name).answer("wrong guess 1")
        self.assertEqual(talk.outcome, "WrongCredentials")
        self.assertNotIn(OFFER, talk.shown())

    def boctl(self, *words, uid=0):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, *words], user=uid,
                              group=uid, extra_groups=[], capture_output=True, text=True, timeout=WAIT, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_R49_boctl_lists_accepts_and_declines(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.assertRegex(self.boctl("invitation", "list", uid=uid)[1], rf"{self.cafe} +The Cafe")
        self.assertEqual(self.boctl("invitation", "decline", self.cafe, uid=uid)[0], 0)
        code_of_it, said = self.boctl("invitation", "accept", self.cafe, uid=uid)
        self.assertEqual((code_of_it, "no open invitation" in said), (5, True))
        self.user(invitation, "ResendActivation", "a{sv}", {}, uid=self.barista)
        self.assertEqual(self.boctl("invitation", "accept", self.cafe, uid=uid),
                         (0, f"You are a member of {self.cafe} now.\n"))
        self.assertEqual(self.boctl("user", "disable", name, "--customer", self.cafe, uid=self.barista)[0], 0)
        self.assertEqual(self.get(uid, "Status", uid=self.barista), "deactivated")
        self.assertEqual(self.boctl("user", "enable", name, "--customer", self.cafe, uid=self.barista)[0], 0)

    def test_several_are_offered_one_after_the_other_and_not_without_end(self):
        uid, name = self.employee()
        for _ in range(5):
            place = self.customer()
            boss = self.person(Customer=place, Roles=["merchant-administrator"])[0]
            self.invite(name, actor=boss, Customer=place)
        self.assertEqual(len(self.open_of(uid)), 5)
        talk = self.talk("auth", name).answer(GOOD, "yes", "no", "later", "yes")
        self.assertEqual(talk.outcome, "Success")
        self.assertEqual((len(self.open_of(uid)), len(self.roles(uid))), (2, 3))

    def test_declined_it_is_gone_for_him_and_the_same_for_the_administrator(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        before = self.door(self.barista).call(f"{ROOT}/user/_{invitation}", PROPERTIES, "GetAll", "s", USER)
        token = self.token(invitation)
        self.assertEqual(self.auth(name, GOOD, "no"), "Success")
        self.assertEqual(self.open_of(uid), [])
        self.refused("NoSuchInvitation", self.accept, uid)
        self.assertEqual(self.auth(name, token), "WrongCredentials")
        self.assertEqual(self.door(self.barista).call(f"{ROOT}/user/_{invitation}", PROPERTIES, "GetAll", "s", USER), before)
        self.assertEqual([row["Customer"] for row in self.audit(Subject=uid, Event="invitation-declined")], [""])
        self.user(invitation, "ResendActivation", "a{sv}", {}, uid=self.barista)
        self.accept(uid)

    def test_token_at_the_prompt_needs_the_persons_own_password(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        token = self.token(invitation)
        talk = self.talk("auth", name).answer(token)
        self.assertEqual((talk.kind, "invitation" in talk.text), ("secret", True))
        self.assertEqual(talk.answer("wrong guess 1").outcome, "WrongCredentials")
        self.assertEqual(self.roles(uid), [(self.shop, "viewer")])
        talk = self.talk("auth", name).answer(token, GOOD)
        self.assertEqual(talk.outcome, "Success")
        self.assertIn(f"You are a member of {self.cafe} now.", talk.shown())
        self.assertEqual(self.roles(uid), self.both())
        self.assertEqual(self.auth(name, token), "WrongCredentials")

    def test_token_at_the_prompt_needs_the_code_too(self):
        uid, name, secret = self.with_otp()
        invitation = self.invite(name)
        talk = self.talk("auth", name).answer(self.token(invitation), GOOD)
        self.assertEqual(talk.text, "One-time code: ")
        self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")
        self.assertEqual(self.roles(uid), [(self.cafe, "encoder")])

    def test_token_of_an_invitation_is_his_alone(self):
        _, name = self.employee()
        _, other = self.employee()
        token = self.token(self.invite(name))
        self.assertEqual(self.auth(other, token), "WrongCredentials")
        self.assertEqual(self.auth(self.new_name(), token), "NoSuchUser")

    def test_person_who_was_not_activated_is_by_the_mailed_token(self):
        uid, name, _ = self.create(Customer=self.shop, Roles=["viewer"])
        invitation = self.invite(name)
        self.assertEqual(self.auth(name, self.token(invitation), OTHER, OTHER), "Success")
        self.assertEqual((self.get(uid, "Status"), self.roles(uid)), ("active", self.both()))
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_who_is_shut_out_everywhere_may_accept_another_place_with_the_token(self):
        uid, name = self.employee()
        self.user(uid, "Disable", "a{sv}", {}, uid=self.shopkeeper)
        invitation = self.invite(name)
        self.assertEqual(self.auth(name, GOOD), "Deactivated")
        self.assertEqual(self.auth(name, self.token(invitation), GOOD), "Success")
        self.assertEqual(self.get(uid, "Status", uid=self.barista), "active")
        self.assertEqual(self.get(uid, "Status", uid=self.shopkeeper), "deactivated")

    def test_whom_the_operator_deactivated_accepts_nothing(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.auth(name, self.token(invitation), GOOD), "Deactivated")
        self.assertEqual(self.roles(uid), [(self.shop, "viewer")])
        self.user(invitation, "ResendActivation", "a{sv}", {}, uid=self.barista)
        self.assertEqual(len(mails(self.daemon, invitation)), 1)

    def test_invitation_that_was_disabled_or_revoked_opens_nothing(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.user(invitation, "Disable", "a{sv}", {}, uid=self.barista)
        self.refused("NoSuchInvitation", self.accept, uid)
        self.assertEqual(self.auth(name, self.token(invitation)), "WrongCredentials")
        self.user(invitation, "Enable", "a{sv}", {}, uid=self.barista)
        self.assertEqual(self.open_of(uid), [self.cafe])
        self.user(invitation, "RevokeTokens", "a{sv}", {}, uid=self.barista)
        self.assertEqual(self.open_of(uid), [])

    def test_it_ends_after_a_day_and_is_renewed(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.daemon.pass_time(DAY)
        self.assertEqual(self.open_of(uid), [])
        self.refused("NoSuchInvitation", self.accept, uid)
        self.assertEqual(self.auth(name, self.token(invitation)), "WrongCredentials")
        self.assertEqual(self.get(invitation, "Status", uid=self.barista), "activation-sent")
        self.user(invitation, "ResendActivation", "a{sv}", {}, uid=self.barista)
        self.accept(uid)
        self.assertEqual(self.roles(uid), self.both())

    def test_R42_invitation_to_an_old_address_is_dead(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.user(uid, "RequestEmailChange", "saya{sv}", self.new_name(), GOOD.encode(), {}, uid=uid)
        token = mails(self.daemon, uid)[-1][2]["token"]
        self.user(uid, "ConfirmEmailChange", "aya{sv}", token.encode(), {}, uid=uid)
        self.refused("NoSuchInvitation", self.accept, uid)
        self.assertEqual(self.auth(self.get(uid, "Username"), self.token(invitation)), "WrongCredentials")
        self.assertEqual(self.get(invitation, "Username", uid=self.barista), name)
        self.user(invitation, "ResendActivation", "a{sv}", {}, uid=self.barista)
        self.assertEqual(len(mails(self.daemon, invitation)), 1)

    def test_R33_who_is_restricted_to_locations_is_told_so_and_the_creator_is_not(self):
        uid, name = self.employee()
        self.restrict(uid)
        invitation = self.invite(name)
        self.assertIn(self.shop, self.refused("NeverRestricted", self.accept, uid))
        talk = self.talk("auth", name).answer(GOOD, "yes")
        self.assertEqual(talk.outcome, "Success")
        self.assertIn("restricted", talk.shown())
        self.assertEqual(self.get(invitation, "Status", uid=self.barista), "activation-sent")

    def restrict(self, uid):
        """To a location of the shop."""
        Case.count += 1
        ident = f"till-{Case.count}"
        self.manager("CreateLocation", "a{sv}", {"Id": ("s", ident), "Customer": ("s", self.shop), "Name": ("s", "Till")})
        self.user(uid, "SetLocations", "sasa{sv}", self.shop, [ident], {})

    def test_R49_operator_who_names_a_customer_invites_too(self):
        uid, name = self.employee()
        self.invite(name, actor=0)
        self.accept(uid)
        self.assertEqual(self.roles(uid), self.both())

    def test_R48_operator_makes_a_member_at_once_and_the_invitation_is_closed(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        self.refused("NoSuchUser", self.get, invitation, "Status", uid=self.barista)
        self.assertEqual(self.roles(uid, self.barista), [(self.cafe, "viewer")])
        self.refused("WrongState", self.user, self.invite(self.employee()[1]), "SetRoles", "sasa{sv}", self.shop, [], {})

    def test_R13_nobody_invites_himself(self):
        uid, name = self.person(Customer=self.shop, Roles=["merchant-administrator"])
        self.refused("NameTaken", self.invite, name, actor=uid, Customer=self.shop)

    def test_two_answers_at_once_are_one(self):
        uid, name = self.employee()
        invitation = self.invite(name)
        said = []

        def act(client, path, member, signature, *values):
            try:
                client.call(path, USER, member, signature, *values)
                said.append("done")
            except BusError as error:
                said.append(error.name)

        path = f"{ROOT}/user/_{uid}"
        calls = [(uid, path, "AcceptMembership", "sa{sv}", self.cafe, {})] * 4 + [
            (uid, path, "DeclineMembership", "sa{sv}", self.cafe, {}),
            (self.barista, f"{ROOT}/user/_{invitation}", "Disable", "a{sv}", {})]
        threads = [threading.Thread(target=act, args=(self.client(actor), *call)) for actor, *call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        self.assertEqual(len(said), len(calls))
        rows = query(self.daemon, "SELECT COUNT(*) FROM membership WHERE customer = ? AND uid IN (?, ?)",
                     self.cafe, uid, invitation)[0][0]
        self.assertEqual(rows, 1)
        accepted = len(self.audit(Subject=uid, Event="invitation-accepted"))
        self.assertEqual((self.roles(uid) == self.both(), accepted <= 1), (accepted == 1, True))


class Guests(Shops):
    """Who was a user of no customer, and accepted an invitation: the customer has no say in his identity."""

    SETTINGS = SETTINGS + SERVICES

    def person(self, password=GOOD, **options):
        return Case.person(self, password, **options)

    def guest(self):
        """(uid, name)"""
        uid, name = self.person()
        _, _, token = self.create(name, uid=self.barista, Customer=self.cafe, Roles=["encoder"])
        self.daemon.pass_time(MINUTE)
        self.assertEqual(self.auth(name, token, GOOD, service="loose"), "Success")
        self.assertEqual(self.roles(uid), [(self.cafe, "encoder")])
        return uid, name

    def test_R49_no_link_of_his_is_handed_to_the_customer(self):
        uid, name = self.guest()
        for member in ("IssueReset", "RevokeTokens"):
            self.refused("NotAllowed", self.user, uid, member, "a{sv}", {}, uid=self.barista)
        self.assertTrue(self.reset(uid))
        own, _ = self.person(Customer=self.cafe)
        self.assertTrue(self.reset(own, actor=self.barista))

    def test_R10_what_he_did_before_is_not_the_customers_to_see(self):
        uid, name = self.person()
        _, _, token = self.create(name, uid=self.barista, Customer=self.cafe, Roles=["encoder"])
        self.talk("session", name, rhost="192.0.2.1").skip()
        self.daemon.pass_time(MINUTE)
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer"], {})
        self.daemon.pass_time(MINUTE)
        self.assertEqual(self.auth(name, token, GOOD, service="loose"), "Success")
        self.daemon.pass_time(MINUTE)
        rows = lambda actor: [row["Rhost"] for row in self.manager(
            "ListSessions", "a{sv}su", {"Uid": ("u", uid)}, "", 0, uid=actor)[0]]
        self.assertEqual((rows(uid), rows(0), rows(self.shopkeeper), rows(self.barista)),
                         (["192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"], []))
        self.talk("session", name, rhost="192.0.2.2").skip()
        self.assertEqual(rows(self.barista), ["192.0.2.2"])
        self.assertEqual(rows(uid), ["192.0.2.2", "192.0.2.1"])

    def test_R49_disabled_there_he_is_the_user_that_he_was(self):
        uid, name = self.guest()
        self.user(uid, "Disable", "a{sv}", {}, uid=self.barista)
        self.assertEqual(self.get(uid, "Status", uid=self.barista), "deactivated")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.get(uid, "Customers", uid=uid), [])
        self.assertEqual(self.auth(name, GOOD, service="loose"), "Success")
        own, of_cafe = self.person(Customer=self.cafe)
        self.user(own, "Disable", "a{sv}", {}, uid=self.barista)
        self.assertEqual(self.auth(of_cafe, GOOD, service="loose"), "Deactivated")


class Limits(Shops):
    """What an administrator of one customer cannot use up for the others."""

    SETTINGS = MAILED + "CustomerUsersMax=4\n" + SERVICES

    def test_R17_one_customer_cannot_use_up_all_uids(self):
        for name in (self.new_name(), self.employee()[1], self.new_name()):
            self.invite(name)
        said = {self.refused("UidsExhausted", self.invite, name) for name in (self.new_name(), self.employee()[1])}
        self.assertEqual(len(said), 1)
        self.create(Customer=self.shop, uid=self.shopkeeper)
        self.create(Customer=self.cafe)

    def test_R49_links_do_not_flood_a_mailbox_and_tell_nothing(self):
        cafe = self.customer()
        actor = self.person(Customer=cafe, Roles=["merchant-administrator"])[0]
        for name in (self.new_name(), self.employee()[1]):
            uid = self.invite(name, actor, Customer=cafe)
            resend = lambda member, actor: self.user(uid, member, "a{sv}", {}, uid=actor)
            for member in ("ResendActivation", "IssueReset") * 3:
                resend(member, actor)
            for member in ("ResendActivation", "IssueReset"):
                self.assertEqual(self.refused("Busy", resend, member, actor),
                                 f"{name} was sent several links of late. Try again in ten minutes.")
            resend("ResendActivation", 0)
            self.daemon.pass_time(10 * MINUTE)
            resend("ResendActivation", actor)
            self.refused("Busy", resend, "ResendActivation", actor)


class HandedOver(Shops):
    """Without mail the creator has the link: what it opens he may tell, and it opens nothing of others'."""

    SETTINGS = SETTINGS + SERVICES

    def person(self, password=GOOD, **options):
        return Case.person(self, password, **options)

    def test_token_is_what_accepts_since_no_address_was_proven(self):
        uid, name = self.employee()
        _, _, token = self.create(name, uid=self.barista, Customer=self.cafe, Roles=["encoder"])
        self.assertTrue(token)
        self.assertEqual(self.open_of(uid), [])
        self.refused("NoSuchInvitation", self.accept, uid)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.auth(name, token, GOOD), "Success")
        self.assertEqual(self.roles(uid), self.both())

    def test_it_activates_nobody_of_another_customer(self):
        uid, name, link = self.create(Customer=self.shop, Roles=["viewer"])
        _, _, token = self.create(name, uid=self.barista, Customer=self.cafe, Roles=["encoder"])
        self.assertEqual(self.auth(name, token), "WrongCredentials")
        self.assertEqual(self.get(uid, "Status"), "activation-sent")
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.assertEqual(self.auth(name, token, GOOD), "Success")
        self.assertEqual(self.roles(uid), self.both())


if __name__ == "__main__":
    main()
