#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Links by mail and by hand, resent, revoked; and the reset that a user asks for himself (R21, R23, R24,
R35 to R37, R39, R40, R60, R75)."""

import re

from outbox import mails, query, wait_for_mails
from world import *

MAIL = SETTINGS + "Mail=yes\n"
TOKEN = re.compile(r"T[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){6}")


class Mailed(Case):
    SETTINGS = MAIL + SERVICES

    def invited(self, **options):
        """(uid, name, mail) of a verified user who has not been activated."""
        uid, name, link = self.create(**options)
        self.assertEqual(link, "")
        (kind, recipient, fields), = mails(self.daemon, uid)
        self.assertEqual((kind, recipient), ("activation", name))
        return uid, name, fields

    def person(self, password=GOOD, **options):
        uid, name, fields = self.invited(**options)
        self.assertEqual(self.auth(name, fields["token"], password, password, service="loose"), "Success")
        return uid, name

    def links(self, uid, kind):
        return [fields["token"] for each, _, fields in mails(self.daemon, uid) if each == kind]


class Links(Mailed):
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


class Template(Mailed):
    SETTINGS = MAIL + "LinkTemplate=https://shop.example/start#{token}\n" + SERVICES

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
        self.assertEqual(talk.text, "This token has a typing error.\nPassword: ")
        talk.answer(link, link)
        self.assertIn("A token cannot be a password.", talk.text)
        self.assertEqual(talk.answer(GOOD, GOOD).outcome, "Success")


if __name__ == "__main__":
    main()
