#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a reader of the sources would try: prompts held open, names and homes, a private socket filled up."""

import socket
import struct

from world import *

OPERATOR = 1  # daemon is in the operators' group here


class HeldPrompts(Case):
    """A question is answered long after it was put, when the account is another."""

    def turn_on(self, uid):
        secret, _ = self.begin_otp(uid)
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), GOOD.encode(), {}, uid=uid)

    def test_R57_password_prompt_held_open_does_not_pass_by_a_new_factor(self):
        uid, name = self.person()
        talk = self.talk("auth", name)
        self.turn_on(uid)
        self.assertEqual(talk.answer(GOOD).outcome, "WrongCredentials")

    def test_R60_reset_held_open_does_not_pass_by_a_new_factor(self):
        uid, name = self.person()
        talk = self.talk("auth", name).answer(self.reset(uid))
        self.turn_on(uid)
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "WrongCredentials")
        self.assertEqual(self.auth(name, GOOD, self.fresh_code_of(uid)), "WrongCredentials")

    def fresh_code_of(self, uid):
        return "000000"  # what matters is that the old password still leads to the question for it

    def test_R56_set_up_held_open_does_not_outlive_the_password(self):
        uid, name = self.person()
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        secret = talk.text.split("secret into it: ")[1].split("\n")[0]
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.assertNotEqual(talk.answer(self.code(secret)).outcome, "Success")
        self.assertFalse(self.get(uid, "OtpEnabled"))

    def test_R17_set_up_held_open_does_not_outlive_the_account(self):
        uid, name = self.person()
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        secret = talk.text.split("secret into it: ")[1].split("\n")[0]
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(talk.answer(self.code(secret)).outcome, "Deactivated")
        self.assertFalse(self.get(uid, "OtpEnabled"))

    def test_R17_disabled_between_account_and_session_opens_none(self):
        """su can be stopped there, and sshd waits there for a second method."""
        for service in ("sshd", "su", "cron"):
            uid, name = self.person()
            login = self.talk("auth", name).answer(GOOD).login
            self.assertEqual(self.talk("account", name, service=service).skip().outcome, "Success")
            self.user(uid, "Disable", "a{sv}", {})
            talk = self.talk("session", name, service=service, login=login, rhost="192.0.2.1").skip()
            self.assertEqual(talk.outcome, "Deactivated", service)
            self.assertIn("deactivated", talk.shown())
            self.assertEqual(self.manager("ListSessions", "a{sv}su", {"Uid": ("u", uid)}, "", 9)[0], [])
            self.assertEqual(self.talk("session", name, service=service, close=True).outcome, "Success")

    def test_R62_login_by_a_factor_that_was_taken_away_opens_no_session(self):
        uid, name, secret = self.with_otp()
        login = self.talk("auth", name).answer(GOOD, self.fresh_code(secret)).login
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "stolen")})
        self.assertEqual(self.talk("session", name, login=login).skip().outcome, "NotAllowed")
        login = self.talk("auth", name).answer(GOOD).login
        self.ended(uid, self.endings()[uid])
        self.assertEqual(self.talk("session", name, login=login).skip().outcome, "Success")

    def test_R62_new_login_keeps_no_session_that_the_old_factor_opened(self):
        uid, name, secret = self.with_otp()
        login = self.talk("auth", name).answer(GOOD, self.fresh_code(secret)).login
        self.assertEqual(self.talk("session", name, login=login).skip().outcome, "Success")
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "stolen")})
        for context in ({"login": self.talk("auth", name).answer(GOOD).login}, {"service": "su-l", "caller": uid}):
            talk = self.talk("session", name, **context).skip()
            self.assertEqual(talk.outcome, "Busy", context)
            self.assertIn("being ended", talk.shown())
        self.assertIn(uid, self.endings())

    def test_R54_required_factor_is_asked_of_every_host_with_and_without_an_address(self):
        _, name = self.person()
        for rhost in ("192.0.2.1", "::ffff:192.0.2.1", "fe80::1%eth0", "host.example", "UNKNOWN"):
            self.assertEqual(self.talk("account", name, service="vault", rhost=rhost).skip().outcome,
                             "WrongService", rhost)

    def test_words_of_a_service_name_forge_no_record(self):
        uid, name = self.person()
        self.talk("auth", name, service="sshd rhost=192.0.2.9 factors=password+otp").answer(GOOD)
        self.assertEqual(self.audit(Subject=uid)[0]["Detail"].count("="), 3)


class LockedFactor(Case):
    """While the second factor is locked nobody finds out the password, which is half of the way."""

    def test_R38_lock_of_the_password_tells_no_right_one_behind_a_locked_factor(self):
        seen = {}
        for guess in (GOOD, "a wrong password 1"):
            uid, name, secret = self.with_otp()
            for number in range(6):
                self.auth(name, self.reset(uid), f"{number:06d}")
            talks = [self.talk("auth", name).answer(word, "000000") for word in
                     5 * ["a wrong password 2"] + [guess] + ["a wrong password 3"]]
            seen[guess] = [talk.texts for talk in talks] + [self.get(uid, "Status")]
            self.daemon.pass_time(30 * MINUTE)
            self.assertEqual(self.auth(name, GOOD, self.code(secret)), "Success")
        first, second = seen.values()
        self.assertEqual(first, second)
        self.assertNotIn("this login is locked", str(first))

    def test_R38_what_was_charged_before_stays_charged(self):
        uid, name, _ = self.with_otp()
        self.wrong(name, 5, service="loose")
        for number in range(6):
            self.auth(name, self.reset(uid), f"{number:06d}")
        self.assertEqual(self.auth(name, "a wrong password 1", "000000"), "LockedAttempts")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, "a wrong password 1", service="loose"), "LockedAttempts")
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")


class Reach(Case):
    """What the administrator of a merchant cannot get by way of the users that he makes."""

    def setUp(self):
        self.shop = self.customer()
        self.admin = self.person(Customer=self.shop, Roles=["merchant-administrator"])[0]

    def test_homes_shells_and_names_of_the_system_are_the_operators(self):
        for options in ({"Home": "/etc/systemd/system/ssh.service.d"}, {"Shell": "/bin/sh"}):
            self.refused("NotAllowed", self.create, uid=self.admin, Customer=self.shop, **options)
        self.refused("NotAllowed", self.create, "docker", uid=self.admin, Customer=self.shop)
        self.create(uid=self.admin, Customer=self.shop)
        self.create("till-1", uid=OPERATOR, Customer=self.shop, Home="/srv/till-1", Shell="/bin/sh")

    def test_R13_user_that_the_operator_disabled_is_the_operators(self):
        uid, _ = self.person(Customer=self.shop, Roles=["viewer"])
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "fraud")}, uid=OPERATOR)
        self.refused("NotAllowed", self.user, uid, "Enable", "a{sv}", {}, uid=self.admin)
        self.refused("NotAllowed", self.user, uid, "IssueReset", "a{sv}", {}, uid=self.admin)
        self.user(uid, "Enable", "a{sv}", {})
        self.user(uid, "Disable", "a{sv}", {}, uid=self.admin)
        self.user(uid, "Enable", "a{sv}", {}, uid=self.admin)

    def test_R10_user_of_another_customer_too_is_not_disabled_by_one_of_them(self):
        uid, name = self.person(Customer=self.shop, Roles=["viewer"])
        other = self.customer()
        self.user(uid, "SetRoles", "sasa{sv}", other, ["viewer"], {})
        self.user(uid, "Disable", "a{sv}", {}, uid=self.admin)  # at his own customer
        self.assertEqual((self.get(uid, "Status"), self.auth(name, GOOD)), ("active", "Success"))
        self.refused("NoSuchUser", self.user, uid, "Disable", "a{sv}", {"Customer": ("s", other)}, uid=self.admin)


class Flood(Case):
    """One client of the private socket does not keep the others from it."""

    def raw(self, uid=0):
        """A connection that has said nothing yet."""
        sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(sock.close)
        sock.connect(self.daemon.socket)
        return sock

    def served(self):
        """A newcomer gets in and an answer, as soon as the socket has taken those before him."""
        deadline = time.monotonic() + WAIT
        while True:
            try:
                self.daemon.client().close()
                break
            except BlockingIOError:
                self.assertLess(time.monotonic(), deadline)
        _, name = self.person()
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_who_fills_every_place_makes_room_by_his_silence(self):
        crowd = [self.raw() for _ in range(920)]
        self.served()
        self.assertTrue(crowd)

    def test_client_that_reads_no_answers_is_cut_off(self):
        client = self.client()
        with self.assertRaises(OSError):
            for _ in range(200000):
                client.send(ROOT, "org.freedesktop.DBus.Introspectable", "Introspect")
        self.served()

    def test_descriptors_are_not_taken(self):
        sock = self.raw()
        sock.sendall(b"\0AUTH EXTERNAL " + b"30" + b"\r\nNEGOTIATE_UNIX_FD\r\n")
        sock.settimeout(WAIT)
        said = b""
        while said.count(b"\r\n") < 2:
            said += sock.recv(4096)
        self.assertIn(b"OK ", said)
        self.assertNotIn(b"AGREE_UNIX_FD", said)

    def test_calls_of_one_user_leave_the_queue_of_hashes_to_others(self):
        uid, _ = self.person()
        client = self.client(uid)
        serials = [client.send(f"{ROOT}/user/_{uid}", USER, "ChangePassword", "ayaya{sv}", b"wrong guess", b"x", {})
                   for _ in range(60)]
        errors = []
        for serial in serials:
            with self.assertRaises(BusError) as caught:
                client.wait(serial)
            errors.append(caught.exception.name)
        self.assertIn("Busy", errors)
        self.served()

    def test_silent_and_deaf_clients_do_not_delay_the_stop(self):
        silent = self.raw()
        deaf = self.client()
        for _ in range(30):
            deaf.send(ROOT, "org.freedesktop.DBus.Introspectable", "Introspect")
        self.daemon.process.terminate()
        self.assertEqual(self.daemon.process.wait(10), 0)
        self.assertTrue(silent)
        self.daemon.start()


if __name__ == "__main__":
    main()
