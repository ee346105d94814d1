#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Links by mail and by hand, resent, revoked; and the reset that a user asks for himself (R21, R23, R24,
R35 to R37, R39, R40, R60, R75)."""

import json
import re
import subprocess

from outbox import MAILED, Mailed, mails, query, wait_until
from world import *

TOKEN = re.compile(r"T[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){6}")


def boctl(daemon, *words):
    return subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", daemon.socket, *words],
                          capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout


class Links(Mailed):
    def test_R21_R36_boctl_tells_that_the_link_was_mailed(self):
        name = self.new_name()
        told = f"The link is mailed to {name}. `boctl mail list` shows what is not delivered.\n"
        self.assertRegex(boctl(self.daemon, "user", "create", name), rf"^Created {name}, uid \d+\.\n{told}$")
        self.assertEqual(boctl(self.daemon, "user", "resend", name), told)
        self.assertEqual(boctl(self.daemon, "user", "reset", name), told)
        self.assertIn('"token": null', boctl(self.daemon, "user", "resend", name, "--json"))
        self.assertEqual(boctl(self.daemon, "user", "revoke", name), f"The open tokens of {name} are dead.\n")

    def test_R21_activation_link_of_a_verified_user_is_mailed_and_not_handed_out(self):
        uid, name, fields = self.invited(FullName="Kim Jansen")
        self.assertRegex(fields["token"], TOKEN)
        self.assertEqual((fields["user"], fields["name"]), (name, "Kim Jansen"))
        self.assertNotIn("link", fields)
        self.assertEqual(self.auth(name, fields["token"], GOOD, GOOD), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")

    def test_R36_mail_tells_in_local_time_when_the_link_ends(self):
        uid, _, fields = self.invited()
        self.assertEqual(fields["expires"], time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.daemon.now + DAY)))
        uid, _ = self.person()
        self.assertEqual(self.reset(uid), "")
        kind, _, fields = mails(self.daemon, uid)[-1]
        self.assertEqual((kind, fields["expires"]), (
            "reset", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.daemon.now + HOUR))))

    def test_R36_reset_link_of_a_verified_user_is_mailed_and_works(self):
        uid, name = self.person()
        self.assertEqual(self.reset(uid), "")
        link, = self.links(uid, "reset")
        self.assertEqual(self.auth(name, link, OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, link), "WrongCredentials")

    def test_R23_R35_links_of_an_unverified_user_are_handed_over(self):
        Case.count += 1
        uid, name, link = self.create(f"till{Case.count}")
        self.assertRegex(link, TOKEN)
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        link = self.reset(uid)
        self.assertRegex(link, TOKEN)
        self.assertEqual(self.auth(name, link, OTHER, OTHER), "Success")
        self.assertEqual([kind for kind, _, _ in mails(self.daemon, uid) if kind in ("activation", "reset")], [])

    def test_R24_activation_is_sent_again_and_the_former_is_dead(self):
        uid, name, fields = self.invited()
        self.assertEqual(self.user(uid, "ResendActivation", "a{sv}", {})[0], "")
        first, second = self.links(uid, "activation")
        self.assertEqual(first, fields["token"])
        self.assertEqual(self.auth(name, first), "WrongCredentials")
        self.assertEqual(self.auth(name, second, GOOD, GOOD), "Success")
        self.refused("WrongState", self.user, uid, "ResendActivation", "a{sv}", {})

    def test_revoked_tokens_are_dead_and_it_is_recorded(self):
        uid, name, fields = self.invited()
        self.user(uid, "RevokeTokens", "a{sv}", {})
        self.assertEqual(self.auth(name, fields["token"]), "WrongCredentials")
        row, = self.audit(Subject=uid, Event="tokens-revoked")
        self.assertEqual((row["Detail"], row["Actor"]), ("open=1", 0))

    def test_R13_links_are_the_business_of_administrators(self):
        uid, name = self.person()
        other, _ = self.person()
        shop = self.customer()
        boss, _ = self.person(Customer=shop, Roles=["merchant-administrator"])
        mine, _, fields = self.invited(Customer=shop)
        for member in "IssueReset", "ResendActivation", "RevokeTokens":
            self.refused("NotYourself", self.user, boss, member, "a{sv}", {}, uid=boss)
            self.refused("NoSuchUser", self.user, other, member, "a{sv}", {}, uid=uid)
            self.refused("NoSuchUser", self.user, other, member, "a{sv}", {}, uid=boss)
        self.user(mine, "ResendActivation", "a{sv}", {}, uid=boss)
        self.assertNotEqual(self.links(mine, "activation")[-1], fields["token"])
        self.user(mine, "RevokeTokens", "a{sv}", {}, uid=boss)
        robot, _ = self.program()
        for member in "ResendActivation", "RevokeTokens":
            self.refused("WrongState", self.user, robot, member, "a{sv}", {})


ASKED = [("secret", "Password: "),
         ("error", 'No password is this short. If you typed "forgot" and this account has a mailbox, a mail with a '
                   "link is on its way."),
         ("done", "ResetAsked")]


class Forgot(Mailed):
    def test_R75_forgot_at_the_prompt_mails_a_link_that_works(self):
        uid, name = self.person()
        link = self.own_link(uid, name)
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.auth(name, link, OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, link), "WrongCredentials")

    def test_asking_is_recorded_with_its_source_and_is_no_failed_login(self):
        uid, name = self.person()
        self.forgot(name, rhost="2001:db8:1:2:3::4")
        wait_until(lambda: self.links(uid, "reset"))
        row, = self.audit(Subject=uid, Event="reset-requested")
        self.assertEqual(row["Detail"], "rhost=2001:db8:1:2::/64")
        self.assertEqual(self.audit(Subject=uid, Event="login-failed"), [])

    def test_dialogue_is_the_same_for_everybody(self):
        disabled, _ = who = self.person()
        self.user(disabled, "Disable", "a{sv}", {})
        Case.count += 1
        names = {"known": self.person()[1], "disabled": who[1], "pending": self.invited()[1],
                 "unverified": self.create(f"till{Case.count}")[1], "api": self.program()[1],
                 "unknown": self.new_name(), "no name": "\N{SNOWMAN}", "two factors": self.with_otp()[1]}
        for kind, name in names.items():
            with self.subTest(kind):
                self.assertEqual(self.forgot(name), ASKED)
        for service in "login", "vault", "gate":
            with self.subTest(service):
                self.assertEqual(self.forgot(names["two factors"], service=service), ASKED)

    def test_dialogue_of_a_locked_name_is_that_of_a_locked_unknown_one(self):
        locked, unknown = self.person()[1], self.new_name()
        for name in locked, unknown:
            self.wrong(name)
        self.assertEqual(self.forgot(locked), self.forgot(unknown))
        self.assertEqual(self.forgot(locked)[1:], ASKED[1:])

    def test_every_answer_of_that_length_is_treated_alike_and_sshds_dummy_too(self):
        """For names that NSS does not know sshd passes on the length of what was typed, no more."""
        known, unknown = self.person()[1], self.new_name()
        for answer in "frogot", "FORGOT", b"\b\n\r\177IN":
            for name in known, unknown:
                self.assertEqual(self.forgot(name, answer), ASKED)
        self.assertEqual(self.forgot(known, "forgotten")[-1], ("done", "WrongCredentials"))

    def test_other_answers_of_that_length_are_failed_logins_in_the_journal(self):
        _, name = self.person()
        self.forgot(name, "frogot")
        self.forgot(self.new_name(), "frogot")
        self.assertIn(f"Login of {name} refused (sshd): the answer is shorter than any password.", self.daemon.said())
        self.assertIn("Login of an unknown user refused (sshd): the answer is shorter", self.daemon.said())

    def test_it_counts_no_failure_however_often(self):
        uid, name = self.person()
        unknown = self.new_name()
        for _ in range(8):
            self.forgot(name)
            self.forgot(unknown)
            self.forgot(unknown, b"\b\n\r\177IN")
        self.assertEqual(self.talk("auth", unknown).text, "Password: ")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_programs_have_no_mailbox_and_their_services_no_forgot(self):
        _, name = self.program()
        self.assertEqual(self.forgot(name, service="door")[-1], ("done", "WrongCredentials"))

    def test_any_answer_of_that_length_is_looked_into_and_mails_nothing(self):
        """For names that NSS does not know, sshd passes on its own letters: as much is done for them."""
        for answer in "\b\n\r\x7fIN", "abcdef":
            uid, name = self.person()
            before = self.asked()
            self.assertEqual(self.forgot(name, answer), ASKED)
            wait_until(lambda: self.asked() == before + 1)
            self.assertEqual(self.links(uid, "reset"), [])

    def test_only_those_with_a_mailbox_get_a_mail(self):
        disabled, disabled_name = self.person()
        self.user(disabled, "Disable", "a{sv}", {})
        Case.count += 1
        till, till_name, link = self.create(f"till{Case.count}")
        self.auth(till_name, link, GOOD, GOOD)
        robot, robot_name = self.program()
        for name in disabled_name, till_name, robot_name, self.new_name():
            before = self.asked()
            self.forgot(name)
            wait_until(lambda: self.asked() == before + 1)
        for uid in disabled, till, robot:
            self.assertEqual(self.links(uid, "reset"), [])
            self.assertEqual(self.audit(Subject=uid, Event="reset-requested"), [])

    def test_R24_who_was_never_activated_gets_the_activation_link_again(self):
        uid, name, fields = self.invited()
        self.daemon.pass_time(DAY)
        link = self.own_link(uid, name, "activation")
        self.assertEqual(self.auth(name, fields["token"]), "WrongCredentials")
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")

    def test_links_asked_for_by_strangers_kill_no_other(self):
        uid, name = self.person()
        self.reset(uid)
        first, = self.links(uid, "reset")
        second = self.own_link(uid, name)
        self.assertEqual(self.talk("auth", name).answer(first).text, "New password: ")
        self.reset(uid)
        third = self.links(uid, "reset")[-1]
        for dead in first, second:
            self.assertEqual(self.auth(name, dead), "WrongCredentials")
        fourth = self.own_link(uid, name)
        self.assertEqual(self.auth(name, third, OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, fourth), "WrongCredentials")

    def test_R39_own_link_opens_the_lock_by_attempts(self):
        uid, name = self.person()
        self.wrong(name)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")
        self.assertEqual(self.auth(name, self.own_link(uid, name), OTHER, OTHER), "Success")

    def test_R40_own_link_opens_no_idle_login_an_administrators_does(self):
        uid, name = self.person()
        self.daemon.pass_time(90 * DAY)
        talk = self.talk("auth", name).answer(self.own_link(uid, name), OTHER, OTHER)
        self.assertEqual(talk.outcome, "LockedInactivity")
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
        self.reset(uid)
        self.assertEqual(self.auth(name, self.links(uid, "reset")[-1], *["brisk meadow kettle 8"] * 2), "Success")

    def test_R37_own_link_enables_no_deactivated_user(self):
        uid, name = self.person()
        link = self.own_link(uid, name)
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.auth(name, link, OTHER, OTHER), "Deactivated")
        self.assertEqual(self.get(uid, "Status"), "deactivated")

    def test_R60_own_link_asks_for_the_code(self):
        uid, name, secret = self.with_otp()
        link = self.own_link(uid, name)
        self.assertEqual(self.talk("auth", name).answer(link).text, "One-time code: ")
        self.assertEqual(self.auth(name, link, self.fresh_code(secret), OTHER, OTHER), "Success")


class Throttle(Mailed):
    def ask(self, name, times=1, rhost=None):
        """By the Manager, of whom root says where he asks from; returns when all was looked into."""
        for _ in range(times):
            self.manager("RequestPasswordReset", "sa{sv}", name, {"Rhost": ("s", rhost or self.address())})
        self.settle()

    def settle(self):
        """Wishes are granted one by one: the mail to somebody new is the last."""
        uid, name = self.person()
        self.manager("RequestPasswordReset", "sa{sv}", name, {"Rhost": ("s", self.address())})
        wait_until(lambda: self.links(uid, "reset"))

    def test_account_gets_three_mails_then_one_an_hour(self):
        uid, name = self.person()
        self.ask(name, 5)
        wait_until(lambda: len(self.links(uid, "reset")) == 3)
        self.daemon.pass_time(HOUR - 1)
        self.ask(name)
        self.assertEqual(len(self.links(uid, "reset")), 3)
        self.daemon.pass_time(1)
        self.ask(name, 2)
        wait_until(lambda: len(self.links(uid, "reset")) >= 4)
        self.assertEqual(len(self.links(uid, "reset")), 4)

    def test_source_gets_ten_then_one_in_six_minutes(self):
        people = [self.person() for _ in range(12)]
        rhost = self.address()
        mailed = lambda: sum(len(self.links(uid, "reset")) for uid, _ in people)
        for _, name in people:
            self.manager("RequestPasswordReset", "sa{sv}", name, {"Rhost": ("s", rhost)})
        self.settle()
        wait_until(lambda: mailed() == 10)
        self.daemon.pass_time(6 * MINUTE - 1)
        self.ask(people[11][1], rhost=rhost)
        self.assertEqual(mailed(), 10)
        self.daemon.pass_time(1)
        self.ask(people[11][1], rhost=rhost)
        wait_until(lambda: mailed() == 11)
        self.ask(people[10][1])
        wait_until(lambda: mailed() == 12)

    def test_host_with_an_ipv6_network_is_one_source(self):
        people = [self.person() for _ in range(11)]
        for n, (_, name) in enumerate(people):
            self.manager("RequestPasswordReset", "sa{sv}", name, {"Rhost": ("s", f"2001:db8:0:1::{n:x}")})
        self.settle()
        wait_until(lambda: sum(len(self.links(uid, "reset")) for uid, _ in people) == 10)
        self.ask(people[10][1], rhost="2001:db8:0:2::1")
        wait_until(lambda: sum(len(self.links(uid, "reset")) for uid, _ in people) == 11)

    def test_answer_over_the_limit_is_the_same(self):
        uid, name = self.person()
        self.ask(name, 4)
        self.assertEqual(self.forgot(name), ASKED)
        self.settle()
        wait_until(lambda: len(self.links(uid, "reset")) == 3)


class Anybody(BusCase, Mailed):
    STRANGER = 65534

    def test_R75_stranger_may_ask_on_both_doors_and_learns_nothing(self):
        uid, name = self.person()
        for door in self.client(self.STRANGER), self.bus.client(self.STRANGER):
            self.addCleanup(door.close)
            for each in name, self.new_name(), "", "x" * 1000, "\N{SNOWMAN}":
                self.assertEqual(door.call(ROOT, MANAGER, "RequestPasswordReset", "sa{sv}", each, {}), ())
        wait_until(lambda: len(self.links(uid, "reset")) == 2)
        self.assertEqual({row["Detail"] for row in self.audit(Subject=uid, Event="reset-requested")}, {"uid=65534"})
        self.assertEqual({row["Actor"] for row in self.audit(Subject=uid, Event="reset-requested")}, {65534})

    def test_flood_of_a_stranger_keeps_nobody_waiting_and_fills_no_journal(self):
        uid, name = self.person()
        door = self.client(self.STRANGER - 1)
        for _ in range(40):
            for serial in [door.send(ROOT, MANAGER, "RequestPasswordReset", "sa{sv}", self.new_name(), {})
                           for _ in range(12)]:
                self.assertEqual(door.wait(serial), ())
        self.assertEqual(self.forgot(name)[-1], ("done", "ResetAsked"))
        wait_until(lambda: self.links(uid, "reset"))
        self.assertEqual(self.daemon.said().count(f"for this source (uid={self.STRANGER - 1})"), 1)

    def test_only_root_tells_who_asks(self):
        options = {"Rhost": ("s", "192.0.2.9")}
        self.refused("NotAllowed", self.manager, "RequestPasswordReset", "sa{sv}", "x", options, uid=self.STRANGER)
        self.refused("BadValue", self.manager, "RequestPasswordReset", "sa{sv}", "x", {"Rhost": ("s", "host.example")})
        self.refused("BadOption", self.manager, "RequestPasswordReset", "sa{sv}", "x", {"Colour": ("s", "blue")})

    def test_R75_boctl_asks_and_says_the_same_of_everybody(self):
        uid, name = self.person()
        said = set()
        for each in name, self.new_name():
            said.add(boctl(self.daemon, "password", "--forgot", each))
        self.assertEqual(said, {"If this account has a mailbox that bo delivers to, a mail with a link is on its way.\n"
                                "If none comes, ask your administrator for a token.\n"})
        wait_until(lambda: self.links(uid, "reset"))


class WithoutMail(Case):
    def test_R75_answer_promises_nobody_a_mail_and_nothing_happens(self):
        uid, name = self.person()
        for each, answer in (name, "forgot"), (name, "sixchr"), (self.new_name(), "forgot"):
            _, (kind, text), outcome = self.talk("auth", each).answer(answer).texts
            self.assertEqual((kind, outcome), ("error", ("done", "ResetAsked")))
            self.assertEqual(text, "No password is this short. Links are not mailed from here: if you forgot your "
                                   "password, ask your administrator for a token.")
        self.manager("RequestPasswordReset", "sa{sv}", name, {})
        self.daemon.restart()  # whatever was under way is done
        self.assertEqual(query(self.daemon, "SELECT COUNT(*) FROM throttle"), [(0,)])
        self.assertEqual(query(self.daemon, "SELECT COUNT(*) FROM token WHERE uid = ? AND used_usec = 0", uid), [(0,)])
        self.assertEqual(mails(self.daemon, uid), [])


class Template(Mailed):
    SETTINGS = MAILED + "LinkTemplate=https://shop.example/start#{token}\n" + SERVICES

    def test_mail_has_the_address_and_the_token(self):
        _, name, fields = self.invited()
        self.assertEqual(fields["link"], "https://shop.example/start#" + fields["token"])
        self.assertEqual(self.auth(name, fields["token"], GOOD, GOOD), "Success")

    def test_pasted_address_is_taken_for_its_token(self):
        _, name, fields = self.invited()
        self.assertEqual(self.auth(name, fields["link"] + " ", GOOD, GOOD), "Success")

    def test_R35_address_is_what_is_handed_over(self):
        Case.count += 1
        uid, name, link = self.create(f"till{Case.count}")
        self.assertRegex(link, "^https://shop.example/start#" + TOKEN.pattern + "$")
        talk = self.talk("auth", name).answer(link[:-1])
        self.assertIn("look for a typing error", talk.shown())
        self.assertEqual(self.audit(Subject=uid, Event="login-failed"), [])
        talk = self.talk("auth", name).answer(link, link)
        self.assertIn("A token cannot be a password.", talk.text)
        self.assertEqual(talk.answer(GOOD, GOOD).outcome, "Success")

    def test_R35_boctl_shows_token_and_address(self):
        Case.count += 1
        name = f"till{Case.count}"
        shown = boctl(self.daemon, "user", "create", name)
        token, = re.findall(rf"^Token: ({TOKEN.pattern})$", shown, re.M)[0][:1]
        self.assertIn(f"\nLink: https://shop.example/start#{token}\n", shown)
        made = json.loads(boctl(self.daemon, "user", "reset", name, "--json"))["reset"][0]
        self.assertEqual(made["link"], "https://shop.example/start#" + made["token"])


if __name__ == "__main__":
    main()
