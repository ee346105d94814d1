#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that are not root and hold logins in the name of a service: Callers=."""

import grp
import pwd

from world import *

WEB, DATABASE, STRANGER = (pwd.getpwnam(name).pw_uid for name in ("www-data", "games", "bin"))
GROUP = grp.getgrgid(pwd.getpwnam("games").pw_gid).gr_name
HERE, THERE = "192.0.2.7", "198.51.100.7"
LONGEST = 63 * "w"


class Callers(Case):
    SETTINGS = SETTINGS + f"""
[Service web]
Callers=www-data {DATABASE}
[Service mail]
Callers=@{GROUP}
[Service strict]
Otp=require
Callers=www-data
[Service guarded]
Permission=transactions.view
Callers=www-data
[Service su]
Callers=www-data
[Service {LONGEST}]
Class=api
Callers=www-data
[Service loose]
Otp=off
"""

    def held(self, holder, phase, user, service="web", **context):
        return Talk(self.client(holder), phase, user, service=service, **context)

    def test_named_programs_hold_auth_and_account_for_anybody(self):
        _, name = self.person()
        for caller, service in ((WEB, "web"), (DATABASE, "web"), (DATABASE, "mail"), (0, "web")):
            with self.subTest(caller=caller, service=service):
                self.assertEqual(self.held(caller, "auth", name, service).answer(GOOD).outcome, "Success")
                self.assertEqual(self.held(caller, "auth", name, service).answer(OTHER).outcome, "WrongCredentials")
                self.assertEqual(self.held(caller, "account", name, service).skip().outcome, "Success")
                self.assertEqual(self.held(caller, "auth", "nobody@shop.example", service).answer(GOOD).outcome,
                                 "NoSuchUser")
        _, program = self.program()
        self.assertEqual(self.held(WEB, "auth", program, LONGEST).answer(GOOD).outcome, "Success")

    def test_caller_of_one_service_gets_nothing_at_another(self):
        _, name = self.person()
        for caller, service in ((WEB, "mail"), (WEB, "sshd"), (WEB, "login"), (STRANGER, "web"), (STRANGER, "mail"),
                                (WEB, "Web"), (WEB, "web "), (WEB, ""), (WEB, LONGEST + "w"), (DATABASE, "strict")):
            for phase in ("auth", "account"):
                with self.subTest(caller=caller, service=service, phase=phase):
                    self.refused("NotAllowed", self.held, caller, phase, name, service)

    def test_callers_neither_open_sessions_nor_change_passwords(self):
        _, name = self.person()
        for phase in ("session", "password"):
            self.refused("NotAllowed", self.held, WEB, phase, name)
        login = self.held(WEB, "auth", name).answer(GOOD).login
        self.refused("NotAllowed", self.held, WEB, "session", name, login=login)
        self.refused("NotAllowed", self.held, WEB, "session", name, login=login, close=True)

    def test_locks_hold_for_callers_too(self):
        _, name = self.person()
        for _ in range(6):
            self.held(WEB, "auth", name).answer(OTHER)
        self.assertEqual(self.held(WEB, "auth", name).answer(GOOD).outcome, "LockedAttempts")
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_R26_word_of_a_caller_on_the_place_counts_there(self):
        shop = self.customer()
        place = self.location(shop)
        self.location_call(place, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        _, name = self.person(Customer=shop, Roles=["viewer"], Locations=[place])
        for rhost, outcome in ((HERE, "Success"), (THERE, "WrongPlace"), ("", "WrongPlace"),
                               ("shop.example", "WrongPlace")):
            self.assertEqual(self.held(WEB, "account", name, rhost=rhost).skip().outcome, outcome, rhost)

    def test_R26_word_of_a_user_on_his_own_place_counts_nowhere(self):
        shop = self.customer()
        place = self.location(shop)
        self.location_call(place, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        uid, name = self.person(Customer=shop, Roles=["viewer"], Locations=[place])
        self.assertEqual(self.held(uid, "account", name, "login", rhost=HERE).skip().outcome, "WrongPlace")

    def test_R9_permission_of_the_service_and_of_the_line_hold_for_callers(self):
        _, outsider = self.person()
        shop = self.customer()
        _, member = self.person(Customer=shop, Roles=["viewer"])
        for phase, answers in (("auth", [GOOD]), ("account", [])):
            self.assertEqual(self.held(WEB, phase, outsider, "guarded").answer(*answers).outcome, "NoPermission")
            self.assertEqual(self.held(WEB, phase, member, "guarded").answer(*answers).outcome, "Success")
            self.assertEqual(self.held(WEB, phase, member, permission="users.manage").answer(*answers).outcome,
                             "NoPermission")

    def test_R54_proof_of_one_service_is_none_at_another(self):
        _, name, secret = self.with_otp()
        client = self.client(WEB)
        talk = Talk(client, "auth", name, service="web", rhost=HERE).answer(GOOD, self.fresh_code(secret))
        self.assertEqual(talk.outcome, "Success")
        self.assertEqual(Talk(client, "account", name, service="strict", rhost=HERE).skip().outcome, "WrongService")
        talk = Talk(client, "auth", name, service="strict", rhost=HERE).answer(GOOD, self.fresh_code(secret))
        self.assertEqual(talk.outcome, "Success")
        self.assertEqual(Talk(client, "account", name, service="strict", rhost=HERE).skip().outcome, "Success")

    def test_proof_of_a_caller_opens_no_session_of_roots(self):
        _, name, secret = self.with_otp()
        login = self.held(WEB, "auth", name).answer(GOOD, self.fresh_code(secret)).login
        talk = self.talk("session", name, service="web", login=login, environment=True)
        self.assertNotIn("otp", talk.shown())
        self.assertNotIn("BO_FACTORS=password", talk.shown())

    def test_word_of_a_caller_on_who_runs_su_proves_nothing(self):
        uid, name = self.person()
        talk = self.held(WEB, "auth", name, "su", caller=uid)
        self.assertEqual(talk.kind, "secret")
        self.assertEqual(talk.answer(OTHER).outcome, "WrongCredentials")

    def reload(self, settings):
        self.daemon.configure(settings)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def test_changed_settings_count_after_a_reload(self):
        _, name = self.person()
        self.refused("NotAllowed", self.held, STRANGER, "auth", name)
        self.addCleanup(self.reload, self.SETTINGS)
        self.reload(self.SETTINGS.replace("Callers=www-data ", "Callers=bin "))
        self.assertEqual(self.held(STRANGER, "auth", name).answer(GOOD).outcome, "Success")
        self.refused("NotAllowed", self.held, WEB, "auth", name)

    def test_user_of_bo_is_no_caller_by_the_name_that_he_was_given(self):
        """A program of a customer may be called like a user whom this host does not have (yet)."""
        uid, _, _ = self.create("robot-king", Kind="api")
        _, name = self.person()
        self.addCleanup(self.reload, self.SETTINGS)
        self.reload(self.SETTINGS.replace("Callers=www-data ", "Callers=robot-king "))
        self.refused("NotAllowed", self.held, uid, "auth", name)
        self.reload(self.SETTINGS.replace("Callers=www-data ", f"Callers={uid} "))
        self.assertEqual(self.held(uid, "auth", name).answer(GOOD).outcome, "Success")

    def test_program_of_the_host_may_hold_many_logins_at_once(self):
        _, name = self.person()
        talks = [self.held(WEB, "auth", name) for _ in range(40)]
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode()) for talk in talks]
        for talk, serial in zip(talks, serials):
            talk.hear(talk.client.wait(serial))
            self.assertEqual(talk.skip().outcome, "Success")


if __name__ == "__main__":
    main()
