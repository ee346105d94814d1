#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tokens of approvals: the mailed one that answers, and the one that opens from an approved address (R67 to R70)."""

from approval_case import WEEK, Shops
from outbox import query
from world import *


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


if __name__ == "__main__":
    main()
