#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""New users: generated names, addresses of groups, initial passwords."""

import json
import os
import subprocess
import unittest

from world import BUILD, Case, GOOD, OTHER, main

BOCTL = os.path.join(BUILD, "boctl", "boctl")
GENERATED = r"^([bdfghkmnprst][aeiou]){4}[2-9]{4}$"
SETTINGS = Case.SETTINGS


class Shop(Case):
    def make(self, uid=0, **options):
        """(uid, name, link), with only the options that are given."""
        kinds = {"Roles": "as", "InitialPassword": "ay"}
        path, name, link = self.manager("CreateUser", "a{sv}", {
            key: (kinds.get(key, "s"), value) for key, value in options.items()}, uid=uid)
        return int(path.rsplit("_", 1)[1]), name, link

    def boctl(self, *arguments, uid=0, text="", code=0, fds=()):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], input=text, capture_output=True,
                              text=True, timeout=60, user=uid, group=uid, extra_groups=[], pass_fds=fds)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done


class Generated(Shop):
    def test_R23_user_without_a_name_gets_one_that_is_pronounceable_and_his_own(self):
        names = {self.make()[1] for _ in range(20)}
        self.assertEqual(len(names), 20)
        for name in names:
            self.assertRegex(name, GENERATED)

    def test_R23_R25_link_is_handed_over_and_the_generated_name_logs_in(self):
        uid, name, link = self.make(FullName="Till One")
        self.assertTrue(link)
        self.assertEqual(self.auth(name, link, GOOD, GOOD, service="loose"), "Success")
        self.assertEqual(self.auth(name.upper(), GOOD, service="loose"), "Success")
        self.assertEqual((self.get(uid, "Generated"), self.get(uid, "Verified"), self.get(uid, "Email")),
                         (True, False, ""))
        self.assertEqual(self.get(uid, "Home"), "/home/" + name)

    def test_R23_merchant_administrator_lets_bo_name_users_and_names_none_himself(self):
        shop = self.customer()
        admin, _ = self.person(Customer=shop, Roles=["merchant-administrator"])
        uid, name, link = self.make(uid=admin, Customer=shop, Roles=["viewer"])
        self.assertRegex(name, GENERATED)
        self.assertTrue(link)
        self.assertIs(self.get(uid, "Generated", uid=admin), True)
        self.refused("NotAllowed", self.make, uid=admin, Customer=shop, Name="till")

    def test_R21_chosen_names_and_addresses_are_not_generated(self):
        for name in ("till-seven", "seven@shop.example"):
            self.assertIs(self.get(self.make(Name=name)[0], "Generated"), False)

    def test_program_without_a_name_gets_one(self):
        uid, name, _ = self.make(Kind="api")
        self.assertRegex(name, GENERATED)
        self.assertEqual((self.get(uid, "Kind"), self.get(uid, "Generated")), ("api", True))

    def test_boctl_makes_unverified_users_only_when_asked_to(self):
        made = json.loads(self.boctl("user", "create", "--unverified", "--json").stdout)["user"][0]
        self.assertRegex(made["username"], GENERATED)
        self.assertTrue(made["token"])
        self.assertRegex(self.boctl("user", "show", made["username"]).stdout, r"(?m)^Name made by bo +yes$")
        self.assertIn("--unverified", self.boctl("user", "create", code=2).stderr)
        self.assertIn("leave", self.boctl("user", "create", "till", "--unverified", code=2).stderr)
        self.boctl("user", "create", "--unverified", "--kind", "api", code=2)


class Mailboxes(Shop):
    def test_R22_address_of_a_group_is_warned_of_and_taken(self):
        uid, _, link = self.make(Name="Info@group.example")
        self.assertTrue(link)
        self.assertEqual(self.get(uid, "Warnings"), ["group-mailbox"])

    def test_R22_address_of_a_person_is_not_warned_of(self):
        self.assertEqual(self.get(self.make(Name="ines@group.example")[0], "Warnings"), [])

    def test_R87_warning_is_for_persons(self):
        self.assertEqual(self.get(self.make(Name="orders@group.example", Kind="api")[0], "Warnings"), [])

    def test_R22_boctl_tells_it_at_creation_and_later(self):
        for verb in ("create", "show"):
            told = self.boctl("user", verb, "office@group.example").stderr
            self.assertIn("office@group.example looks like the mailbox of a group", told)
        self.assertEqual(self.boctl("user", "create", "olga@group.example").stderr, "")
        made = json.loads(self.boctl("user", "create", "team@group.example", "--json").stdout)["user"][0]
        self.assertEqual(made["warnings"], ["group-mailbox"])


class Refused(Shop):
    SETTINGS = SETTINGS.replace("[Accounts]\n", "[Accounts]\nGroupMailbox=refuse\n")

    def test_R22_site_may_refuse_addresses_of_groups(self):
        self.assertIn("group", self.refused("BadName", self.make, Name="info@group.example"))
        self.make(Name="ines@group.example")
        self.make(Name="info@group.example", Kind="api")


class Initial(Shop):
    def setUp(self):
        self.uid, self.name, self.link = self.make(Name=self.new_name(), InitialPassword=GOOD.encode())

    def test_R86_initial_password_opens_nothing_before_the_link_was_followed(self):
        self.assertEqual(self.auth(self.name, GOOD, service="loose"), "NotActivated")
        self.assertEqual(self.get(self.uid, "Status"), "activation-sent")

    def test_R86_link_asks_for_it_and_then_for_a_password_of_ones_own(self):
        talk = self.talk("auth", self.name, service="loose").step(self.link)
        self.assertEqual((talk.kind, talk.text), ("secret", "Initial password: "))
        talk.step(GOOD)
        self.assertEqual((talk.kind, talk.text), ("secret", "New password: "))
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")
        self.assertEqual(self.auth(self.name, OTHER, service="loose"), "Success")
        self.assertEqual(self.auth(self.name, GOOD, service="loose"), "WrongCredentials")

    def test_R86_initial_password_is_not_taken_for_the_new_one(self):
        talk = self.talk("auth", self.name, service="loose").answer(self.link, GOOD, GOOD)
        self.assertIn("It is the present password.", talk.text)
        self.assertEqual(self.get(self.uid, "Status"), "activation-sent")

    def test_R86_R46_initial_password_is_in_the_history(self):
        self.assertEqual(self.auth(self.name, self.link, GOOD, OTHER, OTHER, service="loose"), "Success")
        link = self.reset(self.uid)
        talk = self.talk("auth", self.name, service="loose").answer(link, GOOD, GOOD)
        self.assertIn("used", talk.text)

    def test_R86_wrong_initial_password_ends_it_and_uses_nothing_up(self):
        self.assertEqual(self.auth(self.name, self.link, OTHER, service="loose"), "WrongCredentials")
        self.assertEqual(self.auth(self.name, self.link, GOOD, OTHER, OTHER, service="loose"), "Success")

    def test_R38_R86_guesses_behind_the_token_are_counted(self):
        for _ in range(6):
            self.assertEqual(self.auth(self.name, self.link, OTHER, service="loose"), "WrongCredentials")
        self.assertEqual(self.auth(self.name, self.link, GOOD, service="loose"), "LockedAttempts")

    def test_R39_R86_guesses_without_the_token_do_not_keep_its_holder_out(self):
        self.wrong(self.name, service="loose")
        self.assertEqual(self.auth(self.name, self.link, GOOD, OTHER, OTHER, service="loose"), "Success")

    def test_R74_R86_weak_initial_password_creates_nobody(self):
        name = self.new_name()
        self.refused("PasswordTooWeak", self.make, Name=name, InitialPassword=b"short 1")
        self.refused("NoSuchUser", self.manager, "GetUser", "s", name)

    def test_R86_reset_by_an_administrator_drops_it_and_a_link_sent_again_does_not(self):
        link, = self.user(self.uid, "ResendActivation", "a{sv}", {})
        self.assertIn("Initial password", self.talk("auth", self.name, service="loose").step(link).text)
        link = self.reset(self.uid)
        talk = self.talk("auth", self.name, service="loose").step(link)
        self.assertEqual(talk.text, "New password: ")
        talk.answer(GOOD, GOOD)
        self.assertIn("used before", talk.text)
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")

    def test_R86_only_a_person_has_one(self):
        self.refused("BadOption", self.make, Name="feed-initial", Kind="api", InitialPassword=GOOD.encode())

    def test_R86_boctl_takes_it_from_a_prompt_or_a_descriptor(self):
        one, two = self.new_name(), self.new_name()
        made = json.loads(self.boctl("user", "create", one, "--initial-password", "--json",
                                     text=f"{GOOD}\n{GOOD}\n").stdout)["user"][0]
        self.assertEqual(self.auth(one, made["token"], GOOD, OTHER, OTHER, service="loose"), "Success")
        read, write = os.pipe()
        os.write(write, GOOD.encode() + b"\n")
        os.close(write)
        self.addCleanup(os.close, read)
        made = json.loads(self.boctl("user", "create", two, "--initial-password", "--password-fd", str(read),
                                     "--json", fds=(read,)).stdout)["user"][0]
        self.assertIn("Initial password", self.talk("auth", two, service="loose").step(made["token"]).text)
        self.boctl("user", "create", self.new_name(), "--generate", code=2)


if __name__ == "__main__":
    main()
