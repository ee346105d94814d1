#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A verified user changes his own address: proven by the mailbox, told to nobody else."""

import json
import subprocess

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")


class World(Case):
    SETTINGS = SETTINGS + "Mail=yes\n" + SERVICES

    def setUp(self):
        self.daemon.pass_time(DAY)  # nobody has asked of late
        self.mails()

    def mails(self):
        """(kind, recipient, fields) of all that wait, which are then delivered."""
        found = []
        while waiting := self.door().call(ROOT, MAIL, "Take", "u", 64)[0]:
            for mail in waiting:
                found.append((mail["Kind"], mail["Recipient"], mail["Fields"]))
                self.door().call(ROOT, MAIL, "Delivered", "t", mail["Id"])
        return found

    def create(self, *arguments, **options):
        uid, name, link = super().create(*arguments, **options)
        return uid, name, link or [fields["token"] for kind, to, fields in self.mails() if to == name][0]

    def request(self, uid, email, password=GOOD, actor=None, **options):
        self.user(uid, "RequestEmailChange", "saya{sv}", email, password.encode(),
                  {key: ("ay", value.encode()) for key, value in options.items()}, uid=uid if actor is None else actor)

    def confirm(self, uid, token, actor=None):
        self.user(uid, "ConfirmEmailChange", "aya{sv}", token.encode(), {}, uid=uid if actor is None else actor)

    def requested(self, **more):
        """(uid, present address, wished address, token from the mail to it)"""
        uid, name = self.person(**more)
        email = self.new_name()
        self.request(uid, email)
        (kind, to, fields), = self.mails()
        self.assertEqual((kind, to, fields["address"]), ("email-confirm", email, email))
        return uid, name, email, fields["token"]


class Change(World):
    def test_asking_changes_nothing(self):
        uid, name, email, _ = self.requested()
        self.assertEqual(self.get(uid, "Username"), name)
        self.assertEqual(self.auth(name, GOOD, service="loose"), "Success")
        self.assertEqual(self.auth(email, GOOD, service="loose"), "NoSuchUser")

    def test_R25_R43_token_changes_the_name_and_the_old_one_is_dead(self):
        uid, name, email, token = self.requested()
        self.confirm(uid, token)
        self.assertEqual((self.get(uid, "Username"), self.get(uid, "Email"), self.get(uid, "Status")),
                         (email, email, "active"))
        self.assertEqual(self.auth(email, GOOD, service="loose"), "Success")
        self.assertEqual(self.auth(name, GOOD, service="loose"), "NoSuchUser")
        self.refused("NameTaken", self.create, name)

    def test_home_roles_and_factor_stay(self):
        shop = self.customer()
        uid, name, _, token = self.requested(Customer=shop, Roles=["viewer"])
        kept = ("Uid", "Home", "Shell", "Roles", "Created", "PasswordChanged", "OtpEnabled")
        before = [self.get(uid, part) for part in kept]
        self.confirm(uid, token)
        self.assertEqual([self.get(uid, part) for part in kept], before)

    def test_both_addresses_are_told(self):
        uid, name, email, token = self.requested()
        self.confirm(uid, token)
        self.assertEqual([(kind, to, fields["address"]) for kind, to, fields in self.mails()],
                         [("email-changed", name, email), ("email-changed", email, email)])

    def test_it_is_recorded(self):
        uid, name, _, token = self.requested()
        self.confirm(uid, token)
        self.assertEqual([(row["Event"], row["Actor"], row["Detail"]) for row in self.audit(Subject=uid)][:2],
                         [("email-changed", uid, "old-name=" + name), ("email-requested", uid, "")])

    def test_token_is_good_once(self):
        uid, _, _, token = self.requested()
        self.confirm(uid, token)
        self.refused("WrongCredentials", self.confirm, uid, token)

    def test_reset_link_that_went_to_the_old_address_dies_with_it(self):
        uid, name, email, token = self.requested()
        self.user(uid, "IssueReset", "a{sv}", {})
        reset = [fields["token"] for kind, to, fields in self.mails() if to == name][0]
        self.refused("WrongCredentials", self.confirm, uid, token)  # an administrator's link ends all others
        self.request(uid, email)
        token = self.mails()[0][2]["token"]
        self.confirm(uid, token)
        self.assertNotEqual(self.talk("auth", email, service="loose").step(reset).skip().text, "New password: ")

    def test_R60_second_factor_is_asked_for(self):
        uid, name, secret = self.with_otp()
        self.mails()
        self.assertIn("Code", self.refused("BadOption", self.request, uid, self.new_name()))
        self.refused("WrongCredentials", self.request, uid, self.new_name(), Code="000000")
        self.assertEqual(self.mails(), [])
        self.request(uid, self.new_name(), Code=self.fresh_code(secret))
        self.assertEqual([kind for kind, *_ in self.mails()], ["email-confirm"])


class Refusals(World):
    def test_R38_password_is_tested_and_counted(self):
        uid, name = self.person()
        for _ in range(6):
            self.refused("WrongCredentials", self.request, uid, self.new_name(), OTHER)
        self.refused("LockedAttempts", self.request, uid, self.new_name())
        self.assertNotIn("email-confirm", [kind for kind, *_ in self.mails()])

    def test_R14_nobody_else_asks_or_confirms(self):
        uid, _, _, token = self.requested()
        self.refused("PersonalData", self.request, uid, self.new_name(), actor=0)
        self.refused("PersonalData", self.confirm, uid, token, actor=0)
        other, _ = self.person()
        self.refused("NoSuchUser", self.request, uid, self.new_name(), actor=other)
        self.refused("WrongCredentials", self.confirm, other, token)
        self.confirm(uid, token)

    def test_address_in_use_is_not_told_from_a_free_one_and_gets_no_mail(self):
        _, taken = self.person()
        uid, _ = self.person()
        self.request(uid, taken)
        self.assertEqual(self.mails(), [])

    def test_R43_address_that_was_taken_meanwhile_is_not_given_twice(self):
        uid, name, email, token = self.requested()
        self.create(email)
        self.refused("NameTaken", self.confirm, uid, token)
        self.assertEqual(self.get(uid, "Username"), name)

    def test_token_dies_after_an_hour_with_a_newer_one_and_with_the_password(self):
        uid, _, _, token = self.requested()
        self.daemon.pass_time(HOUR)
        self.refused("WrongCredentials", self.confirm, uid, token)
        uid, _, _, token = self.requested()
        self.request(uid, self.new_name())
        self.refused("WrongCredentials", self.confirm, uid, token)
        uid, _, _, token = self.requested()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.refused("WrongCredentials", self.confirm, uid, token)

    def test_it_is_no_way_in(self):
        uid, name, _, token = self.requested()
        self.assertEqual(self.auth(name, token, service="loose"), "WrongCredentials")
        self.confirm(uid, token)

    def test_other_tokens_change_no_address(self):
        uid, name = self.person()
        self.user(uid, "IssueReset", "a{sv}", {})
        reset = [fields["token"] for kind, to, fields in self.mails() if kind == "reset"][0]
        self.refused("WrongCredentials", self.confirm, uid, reset)
        self.assertEqual(self.get(uid, "Username"), name)

    def test_R38_wrong_tokens_are_counted_and_mistyped_ones_are_not(self):
        uid, _, _, token = self.requested()
        _, _, _, foreign = self.requested()
        for _ in range(8):
            self.refused("BadValue", self.confirm, uid, "no token")
        for _ in range(6):
            self.refused("WrongCredentials", self.confirm, uid, foreign)
        self.refused("LockedAttempts", self.confirm, uid, token)

    def test_mail_is_sent_three_times_an_hour_at_most(self):
        uid, _ = self.person()
        for _ in range(3):
            self.request(uid, self.new_name())
        self.refused("Busy", self.request, uid, self.new_name())
        self.assertEqual(len(self.mails()), 3)
        self.daemon.pass_time(20 * MINUTE)
        self.request(uid, self.new_name())

    def test_R42_unverified_user_asks_an_administrator(self):
        path, name, link = self.manager("CreateUser", "a{sv}", {})
        uid = int(path.rsplit("_", 1)[1])
        self.assertEqual(self.auth(name, link, GOOD, GOOD, service="loose"), "Success")
        self.assertIn("upgrade", self.refused("WrongState", self.request, uid, self.new_name()))

    def test_what_is_no_address_or_the_present_one_is_refused(self):
        uid, name = self.person()
        self.refused("BadName", self.request, uid, "alice")
        self.refused("WrongState", self.request, uid, name.upper())


class NoMail(Case):
    def test_without_mail_no_address_can_be_proven(self):
        uid, _ = self.person()
        self.assertIn("no mail", self.refused(
            "WrongState", self.user, uid, "RequestEmailChange", "saya{sv}", self.new_name(), GOOD.encode(), {}, uid=uid))


class Command(World):
    def boctl(self, uid, *arguments, text="", code=0):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], input=text, capture_output=True,
                              text=True, timeout=WAIT, user=uid, group=uid, extra_groups=[])
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_boctl_asks_and_confirms(self):
        uid, name = self.person()
        email = self.new_name()
        self.assertEqual(self.boctl(uid, "email", "change", email, text=GOOD + "\n").stdout.splitlines()[-2:],
                         [f"If {email} can be used here, a mail with a token is on its way to it.",
                          "`boctl email confirm` takes the token; until then nothing changes."])
        token = self.mails()[0][2]["token"]
        self.boctl(uid, "email", "confirm", text="T" + token[1:-1] + "\n", code=1)
        self.assertIn(email, self.boctl(uid, "email", "confirm", text=token + "\n").stdout)
        shown = json.loads(self.boctl(uid, "user", "show", "--json").stdout)["user"][0]
        self.assertEqual(shown["username"], email)

    def test_boctl_asks_for_the_code_where_the_factor_is_on(self):
        uid, _, secret = self.with_otp()
        self.mails()
        self.boctl(uid, "email", "change", self.new_name(), text=f"{GOOD}\n{self.fresh_code(secret)}\n")
        self.assertEqual([kind for kind, *_ in self.mails()], ["email-confirm"])


if __name__ == "__main__":
    main()
