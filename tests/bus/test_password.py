#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords: their age, the offer to change them, what a new one must be (R2 to R5, R46, R47, R73, R74)."""

from world import *

MANY = [f"{word} garden number {number}7" for number, word in enumerate(
    ("purple", "silver", "wooden", "frozen", "hollow", "gentle", "narrow", "golden"))]


class Age(Case):
    def test_R2_password_expires_after_exactly_90_days(self):
        uid, name = self.person()
        self.assertEqual(self.get(uid, "PasswordExpires"), (self.daemon.now + 90 * DAY) * 10 ** 6)
        self.daemon.pass_time(80 * DAY)
        self.assertEqual(self.auth(name, GOOD, "n"), "Success")
        self.daemon.pass_time(10 * DAY - 1)
        self.assertEqual(self.talk("account", name).skip().outcome, "Success")
        self.daemon.pass_time(1)
        self.assertEqual(self.get(uid, "Status"), "password-expired")
        self.assertEqual(self.talk("account", name).skip().outcome, "PasswordExpired")

    def expired(self):
        uid, name = self.person()
        self.daemon.pass_time(60 * DAY)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.daemon.pass_time(30 * DAY)
        return uid, name

    def test_R2_expired_and_proven_on_this_connection_is_not_asked_for_again(self):
        uid, name = self.expired()
        client = self.client()
        self.assertEqual(Talk(client, "auth", name).answer(GOOD).outcome, "Success")
        self.assertEqual(Talk(client, "account", name).outcome, "PasswordExpired")
        talk = Talk(client, "password", name, expired=True)
        self.assertEqual(talk.text, "New password: ")
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")
        self.assertEqual(Talk(client, "account", name).outcome, "Success")
        self.assertEqual(self.get(uid, "Status"), "active")

    def test_R2_expired_elsewhere_the_present_password_is_asked_for(self):
        _, name = self.expired()
        self.assertEqual(self.auth(name, GOOD), "Success")
        talk = self.talk("password", name, expired=True)
        self.assertEqual(talk.text, "Current password: ")
        self.assertEqual(talk.answer(GOOD, OTHER, OTHER).outcome, "Success")

    def test_R2_proof_of_one_user_is_none_of_another(self):
        _, name = self.expired()
        _, other = self.person()
        client = self.client()
        self.assertEqual(Talk(client, "auth", other).answer(GOOD).outcome, "Success")
        self.assertEqual(Talk(client, "password", name, expired=True).text, "Current password: ")

    def test_R2_what_has_not_expired_need_not_be_changed(self):
        _, name = self.person()
        self.assertEqual(self.talk("password", name, expired=True).outcome, "Success")

    def test_R2_expired_password_does_not_stop_jobs(self):
        _, name = self.expired()
        self.assertEqual(self.talk("account", name, service="cron").skip().outcome, "Success")

    def test_R3_change_is_offered_from_14_days_before_and_not_earlier(self):
        _, name = self.person()
        self.daemon.pass_time(76 * DAY - 1)
        self.assertEqual(self.talk("auth", name).answer(GOOD).outcome, "Success")
        self.daemon.pass_time(1)
        talk = self.talk("auth", name).answer(GOOD)
        self.assertEqual((talk.kind, talk.text),
                         ("visible", "Your password expires in 14 days. Change it now? [y/N] "))
        self.assertEqual(talk.answer("y").text, "New password: ")
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_R3_offer_is_declined_by_anything_but_yes(self):
        _, name = self.person()
        self.daemon.pass_time(80 * DAY)
        for answer in ("", "n", "N", "no", "\n", GOOD, " y"):
            self.assertEqual(self.talk("auth", name).answer(GOOD, answer).outcome, "Success", answer)

    def test_R3_offer_that_cannot_be_shown_counts_as_declined(self):
        _, name = self.person()
        self.daemon.pass_time(80 * DAY)
        self.assertEqual(self.talk("auth", name).answer(GOOD).cancel().outcome, "Success")

    def test_R3_accepted_offer_that_fails_still_lets_him_in(self):
        _, name = self.person()
        self.daemon.pass_time(80 * DAY)
        talk = self.talk("auth", name).answer(GOOD, "yes", "short", "short", "short")
        self.assertIn("The password was not changed.", talk.shown())
        self.assertEqual(talk.outcome, "Success")

    def test_R3_who_was_offered_the_change_is_not_warned_again_but_key_users_are(self):
        _, name = self.person()
        self.daemon.pass_time(80 * DAY)
        client = self.client()
        Talk(client, "auth", name).answer(GOOD, "n")
        self.assertEqual(len(Talk(client, "account", name).texts), 1)
        talk = self.talk("account", name)
        self.assertEqual(talk.texts, [("info", "Your password expires in 10 days. Change it with `passwd`.")])
        self.assertEqual(talk.skip().outcome, "Success")
        self.assertEqual(self.talk("account", name, silent=True).outcome, "Success")

    def test_R3_sudo_does_not_offer(self):
        _, name = self.person()
        self.daemon.pass_time(80 * DAY)
        self.assertEqual(self.auth(name, GOOD, service="sudo"), "Success")

    def test_R5_password_of_an_api_user_does_not_expire(self):
        uid, name = self.program()
        for _ in range(4):
            self.daemon.pass_time(80 * DAY)
            self.assertEqual(self.auth(name, GOOD, service="door"), "Success")
        self.assertEqual((self.get(uid, "Status"), self.get(uid, "PasswordExpires")), ("active", 0))
        self.assertEqual(self.get(uid, "PasswordChanged"), (self.daemon.now - 320 * DAY) * 10 ** 6)


class Change(Case):
    def change(self, uid, old, new):
        self.user(uid, "ChangePassword", "ayaya{sv}", old.encode(), new.encode(), {}, uid=uid)

    def test_R4_user_changes_it_at_any_time(self):
        uid, name = self.person()
        self.change(uid, GOOD, OTHER)
        self.assertEqual(self.auth(name, OTHER), "Success")
        talk = self.talk("password", name, service="passwd")
        self.assertEqual(talk.answer(OTHER, MANY[0], MANY[0]).outcome, "Success")
        self.assertIn(("info", "The password was changed."), talk.texts)
        self.assertEqual(self.auth(name, OTHER), "WrongCredentials")
        self.assertEqual(self.auth(name, MANY[0]), "Success")

    def test_R73_new_password_is_entered_twice(self):
        _, name = self.person()
        talk = self.talk("password", name, service="passwd").answer(GOOD, OTHER, OTHER + "x")
        self.assertEqual(talk.text, "The two passwords are not the same.\nNew password: ")
        self.assertEqual(talk.answer(OTHER, "", OTHER, OTHER[:-1]).outcome, "PasswordRejected")
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R74_weak_passwords_are_refused_with_a_reason(self):
        uid, name = self.person()
        for weak in ("", "short 1", "elevenchar1", "onlyletters and more", "739152846039", GOOD.upper(),
                     f"{name} 12345", "aaaaaaaaaaa1", "a" * 513):
            with self.subTest(weak):
                self.assertTrue(self.refused("BadValue" if len(weak) > 512 else "PasswordTooWeak",
                                             self.change, uid, GOOD, weak))
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R74_twelve_characters_with_letter_and_digit_are_enough(self):
        uid, name = self.person()
        self.change(uid, GOOD, "quickmauve79")
        self.assertEqual(self.auth(name, "quickmauve79"), "Success")

    def test_R74_password_of_any_script_and_length_works(self):
        uid, name = self.person()
        long = "çedilla și Ω 7 " * 20
        self.change(uid, GOOD, long)
        self.assertEqual(self.auth(name, long), "Success")
        self.assertEqual(self.auth(name, long[:-1]), "WrongCredentials")

    def test_R46_present_password_is_no_new_one(self):
        uid, _ = self.person()
        self.refused("PasswordReused", self.change, uid, GOOD, GOOD)

    def test_R46_last_five_are_refused_and_the_sixth_is_free(self):
        uid, name = self.person()
        before = GOOD
        for password in MANY[:5]:
            self.daemon.pass_time(2 * DAY)
            self.change(uid, before, password)
            before = password
        for password in MANY[:5]:
            self.refused("PasswordReused", self.change, uid, before, password)
        self.change(uid, before, GOOD)
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R47_all_of_the_last_24_hours_are_refused_however_many(self):
        uid, _ = self.person()
        before = GOOD
        for password in MANY:
            self.change(uid, before, password)
            before = password
        self.daemon.pass_time(DAY - 1)
        for password in (GOOD, *MANY):
            self.refused("PasswordReused", self.change, uid, before, password)
        self.daemon.pass_time(1)
        self.change(uid, before, GOOD)

    def test_password_that_was_changed_meanwhile_is_not_changed_again(self):
        uid, name = self.person()
        talk = self.talk("password", name, service="passwd").answer(GOOD, OTHER)
        self.change(uid, GOOD, MANY[0])
        self.assertEqual(talk.answer(OTHER).outcome, "PasswordRejected")
        self.assertEqual(self.auth(name, MANY[0]), "Success")

    def test_R4_check_only_says_whether_a_change_could_be_made(self):
        uid, name = self.person()
        self.assertEqual(self.talk("password", name, check=True).outcome, "Success")
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.talk("password", name, check=True).skip().outcome, "Deactivated")
        self.assertEqual(self.talk("password", "stranger@shop.example", check=True).outcome, "NoSuchUser")
        self.assertEqual(self.talk("password", self.program()[1], check=True).skip().outcome, "ApiUser")
        self.assertEqual(self.talk("password", self.create()[1], check=True).skip().outcome, "NotActivated")

    def test_change_needs_the_password_that_stands_when_it_is_stored(self):
        uid, name = self.person()
        clients = [self.client(uid) for _ in range(2)]
        serials = [client.send(f"{ROOT}/user/_{uid}", USER, "ChangePassword", "ayaya{sv}", GOOD.encode(),
                               new.encode(), {}) for client, new in zip(clients, MANY)]
        outcomes = []
        for client, serial in zip(clients, serials):
            try:
                client.wait(serial)
                outcomes.append("changed")
            except BusError as error:
                outcomes.append(error.name)
        self.assertEqual(outcomes.count("changed"), 1, outcomes)
        self.assertEqual(self.auth(name, MANY[outcomes.index("changed")]), "Success")


class Status(Case):
    def test_R40_login_is_closed_after_exactly_90_days_without_one(self):
        uid, name = self.person()
        self.daemon.pass_time(90 * DAY - 1)
        self.assertNotEqual(self.get(uid, "Status"), "locked-inactivity")
        self.daemon.pass_time(1)
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
        talk = self.talk("auth", name).answer(GOOD)
        self.assertIn("not been used for too long", talk.shown())
        self.assertEqual(talk.outcome, "LockedInactivity")
        self.assertEqual(self.talk("account", name).skip().outcome, "LockedInactivity")
        self.assertEqual(self.talk("account", name, service="cron").skip().outcome, "LockedInactivity")

    def test_R40_daily_pass_marks_the_idle_and_nobody_else(self):
        idle, _ = self.person()
        self.daemon.pass_time(30 * DAY)
        busy, _ = self.person()
        self.daemon.pass_time(60 * DAY)
        self.daemon.restart()  # the pass is made at start, and hourly
        deadline = time.monotonic() + WAIT
        while not (marked := {row["Subject"] for row in self.audit(Event="user-idle")}):
            self.assertLess(time.monotonic(), deadline)
        self.assertIn(idle, marked)
        self.assertNotIn(busy, marked)
        rows = self.manager("ListUsers", "sa{sv}su", "", {"Status": ("s", "locked-inactivity")}, "", 0)[0]
        self.assertIn(idle, {row["Uid"] for row in rows})
        self.daemon.pass_time(-DAY)  # a mark stays, whatever the clock says
        self.assertEqual(self.get(idle, "Status"), "locked-inactivity")
        self.daemon.pass_time(DAY)

    def test_R40_login_counts_by_key_too(self):
        uid, name = self.person()
        self.daemon.pass_time(60 * DAY)
        self.talk("session", name, rhost="192.0.2.1")
        self.assertEqual(self.get(uid, "LastLogin"), self.daemon.now * 10 ** 6)
        self.daemon.pass_time(1)
        self.talk("session", name, rhost="a.host.name")  # sshd with UseDNS yes
        self.assertEqual(self.get(uid, "LastLogin"), self.daemon.now * 10 ** 6)
        self.daemon.pass_time(60 * DAY)
        self.assertEqual(self.talk("account", name).skip().outcome, "PasswordExpired")

    def test_R40_jobs_and_root_sessions_do_not_count(self):
        uid, name = self.person()
        before = self.get(uid, "LastLogin")
        self.daemon.pass_time(DAY)
        self.talk("session", name, service="cron")
        self.talk("session", name, service="su")
        self.talk("session", name, service="sudo", rhost="this.host")  # sudoers: pam_rhost
        self.assertEqual(self.get(uid, "LastLogin"), before)

    def test_R40_clock_set_back_shortens_no_idleness(self):
        uid, name = self.person()
        self.daemon.pass_time(90 * DAY)
        self.assertEqual(self.auth(name, GOOD), "LockedInactivity")
        for back in (HOUR, DAY, 60 * DAY):
            self.daemon.pass_time(-back)
            self.assertEqual(self.auth(name, GOOD), "LockedInactivity")
            self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
            self.daemon.pass_time(back)

    def test_R40_clock_set_back_shortens_no_idleness_that_nobody_had_asked_for(self):
        uid, name = self.person()
        self.daemon.pass_time(90 * DAY)
        self.wrong(self.new_name(), 1)  # somebody else's request: the daemon has seen the time
        self.daemon.pass_time(-DAY)
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
        self.assertEqual(self.auth(name, GOOD), "LockedInactivity")
        self.daemon.pass_time(DAY)

    def test_R18_status_words_go_by_precedence(self):
        uid, name, link = self.create()
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.get(uid, "Status"), "deactivated")
        self.user(uid, "Enable", "a{sv}", {})
        self.assertEqual(self.get(uid, "Status"), "activation-sent")
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.daemon.pass_time(60 * DAY)
        self.auth(name, GOOD)
        self.daemon.pass_time(30 * DAY)
        self.assertEqual(self.get(uid, "Status"), "password-expired")
        self.wrong(name)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")
        self.daemon.pass_time(60 * DAY)
        self.wrong(name)
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "left us")})
        self.assertEqual((self.get(uid, "Status"), self.get(uid, "StatusReason")), ("deactivated", "left us"))

    def test_R17_disabled_user_is_stopped_everywhere_and_enabled_again_goes_on(self):
        uid, name = self.person()
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.auth(name, GOOD), "Deactivated")
        self.assertEqual(self.auth(name, "a wrong password 1"), "WrongCredentials")  # tells no stranger
        for service in ("sshd", "cron"):
            self.assertEqual(self.talk("account", name, service=service).skip().outcome, "Deactivated")
        self.refused("WrongState", self.user, uid, "Disable", "a{sv}", {})
        self.user(uid, "Enable", "a{sv}", {})
        self.refused("WrongState", self.user, uid, "Enable", "a{sv}", {})
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R25_logs_in_by_address_or_by_name(self):
        for made in (None, f"till{self.count}"):
            _, name, link = self.create(made)
            self.assertEqual(self.auth(name.upper(), link, GOOD, GOOD), "Success")
            self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R8_api_user_gets_into_no_interactive_service(self):
        uid, name = self.program()
        for service in ("sshd", "login", "sudo", "unheard-of"):
            self.assertEqual(self.auth(name, GOOD, service=service), "WrongCredentials")
            self.assertEqual(self.talk("account", name, service=service).skip().outcome, "WrongService")
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.auth(name, GOOD, service="door"), "Success")
        self.assertEqual(self.talk("account", name, service="cron").skip().outcome, "Success")

    def test_R1_person_gets_into_no_service_of_programs(self):
        _, name = self.person()
        self.assertEqual(self.auth(name, GOOD, service="door"), "WrongCredentials")
        self.assertEqual(self.talk("account", name, service="door").skip().outcome, "WrongService")


if __name__ == "__main__":
    main()
