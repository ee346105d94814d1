#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An unverified user becomes verified: what changes, what stays, who may."""

import json
import os
import sqlite3
import subprocess

from world import BUILD, MAIL, Case, DAY, GOOD, OTHER, ROOT, main

BOCTL = os.path.join(BUILD, "boctl", "boctl")
THIRD = "another phrase of mine 3"


class World(Case):
    def unverified(self, activate=True, **options):
        """(uid, name) of a user whose name bo has made."""
        kinds = {"Roles": "as"}
        path, name, link = self.manager("CreateUser", "a{sv}", {
            key: (kinds.get(key, "s"), value) for key, value in options.items()})
        if activate:
            self.assertEqual(self.auth(name, link, GOOD, GOOD, service="loose"), "Success")
        return int(path.rsplit("_", 1)[1]), name

    def upgrade(self, target, email, uid=0):
        return self.user(target, "BecomeVerified", "sa{sv}", email, {}, uid=uid)[0]

    def upgraded(self, **options):
        """(uid, old name, address, link)"""
        uid, old = self.unverified(**options)
        email = self.new_name()
        return uid, old, email, self.upgrade(uid, email)

    def rows(self, statement, *values):
        store = sqlite3.connect(f"file:{self.daemon.state}/accounts.db?mode=ro", uri=True)
        try:
            return store.execute(statement, values).fetchall()
        finally:
            store.close()


class Upgrade(World):
    def test_R42_address_replaces_the_name(self):
        uid, old, email, link = self.upgraded()
        self.assertTrue(link)
        self.assertEqual([self.get(uid, name) for name in ("Username", "Email", "Verified", "Generated")],
                         [email, email, True, False])
        self.assertEqual(self.manager("GetUser", "s", email)[0], f"{ROOT}/user/_{uid}")

    def test_R43_old_name_is_dead_for_ever(self):
        _, old, email, link = self.upgraded()
        self.refused("NoSuchUser", self.manager, "GetUser", "s", old)
        self.refused("NameTaken", self.create, old)
        self.assertEqual(self.auth(old, GOOD, service="loose"), "NoSuchUser")
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.auth(old, OTHER, service="loose"), "NoSuchUser")
        self.refused("NameTaken", self.create, old)
        other, _ = self.unverified()
        self.refused("BadName", self.upgrade, other, old)

    def test_R44_nobody_logs_in_before_the_link_was_used(self):
        uid, _, email, link = self.upgraded()
        self.assertEqual(self.get(uid, "Status"), "activation-sent")
        self.assertEqual(self.auth(email, GOOD, service="loose"), "WrongCredentials")
        self.assertEqual(self.talk("account", email).skip().outcome, "NotActivated")
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(email, OTHER, service="loose"), "Success")

    def test_R45_old_passwords_are_in_the_history(self):
        uid, old = self.unverified()
        self.assertEqual(self.auth(old, self.reset(uid), THIRD, THIRD, service="loose"), "Success")
        email = self.new_name()
        link = self.upgrade(uid, email)
        for used in (GOOD, THIRD):
            talk = self.talk("auth", email, service="loose").answer(link, used, used)
            self.assertIn("was used before", talk.text)
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")

    def test_R45_uid_home_shell_roles_and_dates_stay(self):
        shop = self.customer()
        uid, old = self.unverified(Customer=shop, Roles=["viewer", "encoder"], FullName="Till One", Shell="/bin/sh")
        kept = ("Uid", "Home", "Shell", "FullName", "Roles", "Customers", "Created", "LastLogin", "Kind")
        before = [self.get(uid, name) for name in kept]
        self.daemon.pass_time(DAY)
        self.upgrade(uid, self.new_name())
        self.assertEqual([self.get(uid, name) for name in kept], before)
        self.assertEqual(self.get(uid, "Home"), "/home/" + old)

    def test_R45_R60_second_factor_stays_and_is_asked_for(self):
        uid, old = self.unverified()
        secret, _ = self.begin_otp(uid)
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), GOOD.encode(), {}, uid=uid)
        email = self.new_name()
        link = self.upgrade(uid, email)
        self.assertIs(self.get(uid, "OtpEnabled"), True)
        talk = self.talk("auth", email, service="loose").step(link)
        self.assertEqual(talk.text, "One-time code: ")
        self.assertEqual(talk.answer(self.fresh_code(secret), OTHER, OTHER).outcome, "Success")

    def test_R15_lists_of_the_customer_follow(self):
        shop = self.customer()
        uid, old, email, _ = self.upgraded(Customer=shop, Roles=["viewer"])
        page, _ = self.manager("ListUsers", "sa{sv}su", shop, {"Role": ("s", "viewer")}, "", 0)
        self.assertEqual([(row["Uid"], row["Username"]) for row in page], [(uid, email)])

    def test_tokens_of_before_are_dead(self):
        uid, old = self.unverified()
        reset = self.reset(uid)
        email = self.new_name()
        self.upgrade(uid, email)
        for name in (old, email):
            self.assertNotEqual(self.auth(name, reset, service="loose"), "Success")
        self.assertEqual(self.get(uid, "Status"), "activation-sent")

    def test_login_that_is_under_way_ends_with_the_old_name(self):
        uid, old = self.unverified()
        talk = self.talk("auth", old, service="loose")
        self.upgrade(uid, self.new_name())
        self.assertNotEqual(talk.answer(GOOD).outcome, "Success")

    def test_reset_that_is_under_way_sets_no_password(self):
        uid, old = self.unverified()
        talk = self.talk("auth", old, service="loose").answer(self.reset(uid), OTHER)
        self.upgrade(uid, self.new_name())
        self.assertNotEqual(talk.answer(OTHER).outcome, "Success")
        self.assertEqual(self.get(uid, "Status"), "activation-sent")

    def test_sessions_must_end(self):
        uid, *_ = self.upgraded()
        self.assertEqual(self.rows("SELECT COUNT(*) FROM session_ending WHERE uid = ?", uid), [(1,)])

    def test_new_login_keeps_no_session_of_before(self):
        uid, _, email, link = self.upgraded()
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.talk("session", email).skip().outcome, "Busy")
        self.ended(uid, self.endings()[uid])
        self.assertEqual(self.talk("session", email).skip().outcome, "Success")

    def test_user_without_a_password_is_upgraded_too(self):
        uid, old = self.unverified(activate=False)
        email = self.new_name()
        self.assertEqual(self.auth(email, self.upgrade(uid, email), OTHER, OTHER, service="loose"), "Success")

    def test_locks_and_idleness_end_with_the_link(self):
        uid, old = self.unverified()
        self.wrong(old, service="loose")
        self.daemon.pass_time(91 * DAY)
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
        email = self.new_name()
        link = self.upgrade(uid, email)
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.auth(email, OTHER, service="loose"), "Success")

    def test_it_is_recorded_with_the_old_name(self):
        uid, old, email, _ = self.upgraded()
        row = self.audit(Event="user-upgraded", Subject=uid)[0]
        self.assertEqual((row["Actor"], row["Detail"]), (0, "old-name=" + old))
        self.manager("VerifyAudit", "t", 0)

    def test_it_outlives_a_restart(self):
        uid, old, email, link = self.upgraded()
        self.daemon.restart()
        self.refused("NameTaken", self.create, old)
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Success")


class Refusals(World):
    def test_R41_verified_user_is_upgraded_no_more(self):
        uid, *_ = self.upgraded()
        self.assertIn("verified already", self.refused("WrongState", self.upgrade, uid, self.new_name()))
        uid, _ = self.person()
        self.refused("WrongState", self.upgrade, uid, self.new_name())

    def test_program_has_no_mailbox(self):
        uid, _ = self.program()
        self.refused("WrongState", self.upgrade, uid, self.new_name())

    def test_R43_address_that_exists_or_existed_is_taken(self):
        _, present = self.person()
        uid, old = self.unverified()
        self.refused("NameTaken", self.upgrade, uid, present)
        self.refused("NameTaken", self.upgrade, uid, present.upper())
        self.assertEqual(self.get(uid, "Username"), old)
        self.assertEqual(self.auth(old, GOOD, service="loose"), "Success")

    def test_name_that_is_no_address_is_refused(self):
        uid, _ = self.unverified()
        for bad in ("", "alice", "alice@shop", "a b@shop.example", "x" * 250 + "@shop.example"):
            self.refused("BadName", self.upgrade, uid, bad)

    def test_R13_nobody_upgrades_himself(self):
        uid, _ = self.unverified()
        self.refused("NotYourself", self.upgrade, uid, self.new_name(), uid=uid)

    def test_R10_administrator_of_all_his_customers_may_and_others_may_not(self):
        shop, other = self.customer(), self.customer()
        admin, _ = self.person(Customer=shop, Roles=["merchant-administrator"])
        stranger, _ = self.person(Customer=other, Roles=["merchant-administrator"])
        viewer, _ = self.person(Customer=shop, Roles=["viewer"])
        uid, _ = self.unverified(Customer=shop, Roles=["viewer"])
        self.refused("NoSuchUser", self.upgrade, uid, self.new_name(), uid=stranger)
        self.refused("NoSuchUser", self.upgrade, uid, self.new_name(), uid=viewer)
        self.assertIs(self.get(uid, "Verified"), False)
        self.assertTrue(self.upgrade(uid, self.new_name(), uid=admin))
        both, _ = self.unverified(Customer=shop, Roles=["viewer"])
        self.user(both, "SetRoles", "sasa{sv}", other, ["viewer"], {})
        self.refused("NotAllowed", self.upgrade, both, self.new_name(), uid=admin)

    def test_R17_deactivated_user_stays_so(self):
        uid, _ = self.unverified()
        self.user(uid, "Disable", "a{sv}", {})
        email = self.new_name()
        link = self.upgrade(uid, email)
        self.assertEqual(self.get(uid, "Status"), "deactivated")
        self.assertEqual(self.auth(email, link, OTHER, OTHER, service="loose"), "Deactivated")


class Mailed(World):
    SETTINGS = World.SETTINGS.replace("[Accounts]\n", "[Accounts]\nMail=yes\n")

    def mails(self):
        return [(mail["Kind"], mail["Recipient"], mail["Fields"]["token"])
                for mail in self.door().call(ROOT, MAIL, "Take", "u", 64)[0]]

    def test_R23_R44_link_goes_to_the_new_address_and_before_that_is_handed_over(self):
        uid, old = self.unverified()
        self.assertEqual(self.mails(), [])
        email = self.new_name()
        self.assertEqual(self.upgrade(uid, email), "")
        (kind, recipient, token), = self.mails()
        self.assertEqual((kind, recipient), ("activation", email))
        self.assertEqual(self.auth(email, token, OTHER, OTHER, service="loose"), "Success")


class Command(World):
    def boctl(self, *arguments, code=0):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_R42_boctl_upgrades_and_hands_the_token_over(self):
        uid, old = self.unverified()
        email = self.new_name()
        made = json.loads(self.boctl("user", "upgrade", old, email.upper(), "--json").stdout)["user"][0]
        self.assertEqual(made["username"], email)
        self.assertEqual(self.auth(email, made["token"], OTHER, OTHER, service="loose"), "Success")
        self.assertIn("Names are never used again", self.boctl("user", "create", old, code=6).stderr)

    def test_R22_boctl_warns_of_the_address_of_a_group(self):
        _, old = self.unverified()
        self.assertIn("group", self.boctl("user", "upgrade", old, "office@upgrade.example").stderr)

    def test_R41_boctl_tells_that_a_verified_user_stays_so(self):
        _, name = self.person()
        self.assertIn("verified already", self.boctl("user", "upgrade", name, self.new_name(), code=6).stderr)


if __name__ == "__main__":
    main()
