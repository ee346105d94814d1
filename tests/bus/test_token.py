#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Activation and reset tokens at the password prompt: what they open, when, how often (R24, R36 to R40)."""

from world import *


class Token(Case):
    def typo(self, link):
        """The same token with one letter wrong."""
        at = len(link) // 2
        while not link[at].isalnum():
            at += 1
        return link[:at] + ("B" if link[at].upper() != "B" else "C") + link[at + 1:]

    def test_R24_person_sets_a_password_of_his_own_and_is_active(self):
        uid, name, link = self.create()
        self.assertEqual((self.get(uid, "Status"), self.get(uid, "Activated")), ("activation-sent", 0))
        talk = self.talk("auth", name).answer(link, GOOD, GOOD)
        self.assertEqual([text for kind, text in talk.texts if kind == "secret"],
                         ["Password: ", "New password: ", "Repeat new password: "])
        self.assertEqual(talk.outcome, "Success")
        self.assertEqual((self.get(uid, "Status"), self.get(uid, "Activated")),
                         ("active", self.daemon.now * 10 ** 6))
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R24_opening_uses_nothing_up(self):
        _, name, link = self.create()
        for _ in range(3):
            self.assertEqual(self.talk("auth", name).answer(link).text, "New password: ")
        self.assertEqual(self.talk("auth", name).answer(link).cancel().outcome, "ConversationFailed")
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")

    def test_second_use_is_refused(self):
        uid, name, link = self.create()
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.assertEqual(self.auth(name, link), "WrongCredentials")
        link = self.reset(uid)
        self.assertEqual(self.auth(name, link, OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, link), "WrongCredentials")

    def test_activation_is_good_for_24_hours_and_not_a_second_longer(self):
        late = self.create()
        _, name, link = self.create()
        self.daemon.pass_time(DAY - 1)
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.daemon.pass_time(1)
        self.assertEqual(self.auth(late[1], late[2]), "WrongCredentials")

    def test_reset_is_good_for_an_hour_and_not_a_second_longer(self):
        uid, name = self.person()
        late = self.person()
        links = self.reset(uid), self.reset(late[0])
        self.daemon.pass_time(HOUR - 1)
        self.assertEqual(self.auth(name, links[0], OTHER, OTHER), "Success")
        self.daemon.pass_time(1)
        self.assertEqual(self.auth(late[1], links[1]), "WrongCredentials")

    def test_token_that_ran_out_at_the_prompt_sets_nothing(self):
        uid, name = self.person()
        talk = self.talk("auth", name).answer(self.reset(uid), OTHER)
        self.daemon.pass_time(HOUR)
        self.assertEqual(talk.answer(OTHER).outcome, "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_token_of_somebody_else_is_worth_nothing_and_is_charged(self):
        uid, _ = self.person()
        _, name = self.person()
        link = self.reset(uid)
        self.assertEqual([self.auth(name, link) for _ in range(6)], ["WrongCredentials"] * 5 + ["LockedAttempts"])
        self.assertEqual(self.auth("stranger@shop.example", link), "NoSuchUser")

    def test_any_change_of_the_password_kills_the_token(self):
        uid, name = self.person()
        link = self.reset(uid)
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.assertEqual(self.auth(name, link), "WrongCredentials")

    def test_change_of_the_password_kills_a_token_that_waits_at_the_prompt(self):
        uid, name = self.person()
        talk = self.talk("auth", name).answer(self.reset(uid), "hands of a stranger 5")
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.assertEqual(talk.answer("hands of a stranger 5").outcome, "WrongCredentials")
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_of_two_at_once_one_sets_the_password(self):
        for _ in range(5):
            _, name, link = self.create()
            passwords = GOOD, OTHER
            talks = [self.talk("auth", name).answer(link, password) for password in passwords]
            serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, password.encode())
                       for talk, password in zip(talks, passwords)]
            outcomes = [talk.client.wait(serial)[1] for talk, serial in zip(talks, serials)]
            self.assertEqual(sorted(outcomes), ["Success", "WrongCredentials"])
            self.assertEqual(self.auth(name, passwords[outcomes.index("Success")]), "Success")
            self.assertEqual(self.auth(name, passwords[outcomes.index("WrongCredentials")]), "WrongCredentials")

    def test_typing_error_is_not_charged(self):
        """The bare name is, as for who does not exist: it shows as locked, and keeps nobody out."""
        uid, name, link = self.create()
        for _ in range(8):
            talk = self.talk("auth", name).answer(self.typo(link))
            self.assertNotEqual(talk.outcome, "Success")
        self.assertEqual(self.audit(Subject=uid, Event="login-failed"), [])
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")

    def test_typing_error_tells_no_known_name_from_an_unknown_one(self):
        """For a name that NSS does not have sshd passes on the length of what was typed, and no more."""
        _, name = self.person()
        slip = self.typo(self.create()[2])
        dummy = (b"\b\n\r\x7fINCORRECT" * 3)[:len(slip)]
        seen = [[self.talk("auth", user).answer(answer).texts[:-1] for _ in range(7)] for user, answer in (
            (name, slip), (self.new_name(), dummy), (self.new_name(), slip),
            (self.person()[1], "x" * len(slip)), (self.person()[1], self.create()[2]))]
        self.assertIn("look for a typing error", seen[0][0][-1][1])
        self.assertIn("locked", seen[0][6][0][1])
        self.assertEqual(seen[1:], seen[:1] * 4)

    def test_token_may_be_typed_in_small_letters_and_without_dashes(self):
        for change in (str.lower, str.upper, lambda link: link.replace("-", ""), lambda link: f" {link} "):
            _, name, link = self.create()
            self.assertEqual(self.auth(name, change(link), GOOD, GOOD), "Success", change(link)[:4])

    def test_issuing_anew_kills_the_former(self):
        uid, name, first = self.create()
        second = self.reset(uid)
        self.assertEqual(self.auth(name, first), "WrongCredentials")
        third = self.reset(uid)
        self.assertEqual(self.auth(name, second), "WrongCredentials")
        self.assertEqual(self.auth(name, third, GOOD, GOOD), "Success")
        fourth, fifth = self.reset(uid), self.reset(uid)
        self.assertEqual(self.auth(name, fourth), "WrongCredentials")
        self.assertEqual(self.auth(name, fifth, OTHER, OTHER), "Success")

    def test_token_cannot_become_the_password(self):
        uid, name, link = self.create()
        talk = self.talk("auth", name).answer(link, link)
        self.assertIn("A token cannot be a password.", talk.text)
        self.assertEqual(talk.answer(self.reset(self.person()[0])).kind, "secret")
        self.assertEqual(talk.answer(link).outcome, "PasswordRejected")
        self.assertEqual(self.get(uid, "Status"), "activation-sent")
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")

    def test_R37_reset_changes_no_status_until_it_is_completed(self):
        uid, name = self.person()
        self.reset(uid)
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R37_reset_never_enables_a_deactivated_user(self):
        uid, name = self.person()
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.auth(name, self.reset(uid), OTHER, OTHER), "Deactivated")
        self.assertEqual(self.get(uid, "Status"), "deactivated")
        self.user(uid, "Enable", "a{sv}", {})
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_R40_only_a_reset_link_opens_an_idle_login(self):
        uid, name = self.person()
        self.daemon.pass_time(90 * DAY)
        self.assertEqual(self.auth(name, GOOD), "LockedInactivity")
        self.assertEqual(self.auth(name, self.reset(uid), OTHER, OTHER), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")

    def test_R46_reset_takes_no_old_password(self):
        uid, name = self.person()
        talk = self.talk("auth", name).answer(self.reset(uid), GOOD, GOOD)
        self.assertIn("used before", talk.text)
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")

    def test_clock_set_back_revives_no_token(self):
        for back in (HOUR, DAY):
            uid, name = self.person()
            _, fresh, activation = self.create()
            link = self.reset(uid)
            self.daemon.pass_time(DAY)
            self.wrong(self.new_name(), 1)  # somebody's request: the daemon has seen the time
            self.daemon.pass_time(-back)
            self.assertEqual(self.auth(name, link), "WrongCredentials")
            self.assertEqual(self.auth(fresh, activation), "WrongCredentials")
            self.daemon.pass_time(back)

    def test_clock_set_back_makes_no_token_last_longer(self):
        uid, name = self.person()
        link = self.reset(uid)
        self.daemon.pass_time(HOUR - MINUTE)
        self.wrong(self.new_name(), 1)
        self.daemon.pass_time(-DAY)
        self.assertEqual(self.talk("auth", name).answer(link).text, "New password: ")
        self.daemon.pass_time(DAY + MINUTE)
        self.assertEqual(self.auth(name, link), "WrongCredentials")

    def test_api_users_have_no_tokens(self):
        uid, _ = self.program()
        self.refused("WrongState", self.reset, uid)


if __name__ == "__main__":
    main()
