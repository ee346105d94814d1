#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""API keys: one a user, shown once, good at services for programs alone (R72, R76 to R78)."""

import sqlite3
import zlib

from outbox import Mailed, mails
from world import *

EXPRESSION = r"\bbo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}\b"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
DUMMY = "\b\n\r\x7fINCORRECT"


def check_of(text):
    """The last six characters of a key, as factor/api_key.h tells others to compute them."""
    crc = zlib.crc32(text[:-6].encode())
    return "".join(ALPHABET[crc >> 5 * (5 - i) & 31] for i in range(6))


def wrong_secret(key):
    """A key of the right form, with a known prefix, that nobody has."""
    text = key[:12] + ("0" if key[12] != "0" else "1") + key[13:]
    return text[:-6] + check_of(text)


class Keys(Case):
    def make(self, uid, password=GOOD, code="", actor=None):
        return self.user(uid, "CreateApiKey", "ayaya{sv}", password.encode(), code.encode(), {},
                         uid=uid if actor is None else actor)[0]

    def delete(self, uid, actor=None):
        self.user(uid, "DeleteApiKey", "a{sv}", {}, uid=uid if actor is None else actor)

    def with_key(self, **options):
        """(uid, name, key) of a person."""
        uid, name = self.person(**options)
        return uid, name, self.make(uid)

    def program_with_key(self, **options):
        uid, name = self.program(**options)
        return uid, name, self.make(uid, "", actor=0)

    def come(self, name, answer, service="door", phase="account", **context):
        """The outcome of auth and account on one connection, as PAM runs them: the first that is none."""
        client = self.client()
        first = Talk(client, "auth", name, service=service, **context).answer(answer).outcome
        return first if first != "Success" else Talk(client, phase, name, service=service, **context).skip().outcome

    def written(self):
        """Whatever a login could leave behind."""
        path = os.path.join(self.daemon.state, "accounts.db")
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            return ([database.execute(f"SELECT COUNT(*), {what} FROM {table}").fetchall() for table, what in (
                ("audit", "MAX(sequence)"), ("account", "SUM(last_login_usec)"), ("lockout", "SUM(failures)"),
                ("api_key", "SUM(used_usec)"))], self.daemon.said().count("logged in"))

    def locks(self):
        path = os.path.join(self.daemon.state, "accounts.db")
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            return sorted(database.execute("SELECT subject, failures FROM lockout").fetchall())


class Made(Keys):
    def test_R76_key_is_found_by_one_expression_and_carries_a_check(self):
        uid, _, key = self.with_key()
        self.assertRegex(key, f"^{EXPRESSION}$")
        self.assertEqual(key[-6:], check_of(key))
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), key[3:11])

    def test_R72_user_sees_prefix_creation_and_last_use(self):
        uid, name = self.person()
        self.assertEqual([self.get(uid, part, uid=uid) for part in ("ApiKeyPrefix", "ApiKeyCreated", "ApiKeyUsed")],
                         ["", 0, 0])
        key = self.make(uid)
        self.assertEqual(self.get(uid, "ApiKeyCreated", uid=uid), self.daemon.now * 1000000)
        self.assertEqual(self.get(uid, "ApiKeyUsed", uid=uid), 0)
        self.daemon.pass_time(5 * MINUTE)
        self.assertEqual(self.come(name, key), "Success")
        self.assertEqual(self.get(uid, "ApiKeyUsed", uid=uid), self.daemon.now * 1000000)

    def test_R77_second_key_is_refused_while_there_is_one(self):
        uid, name, key = self.with_key()
        self.assertIn("boctl key delete", self.refused("KeyExists", self.make, uid))
        robot, _, _ = self.program_with_key()
        self.refused("KeyExists", self.make, robot, "", actor=0)
        self.assertEqual(self.come(name, key), "Success")

    def test_R78_change_is_delete_and_create(self):
        uid, name, key = self.with_key()
        self.delete(uid)
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")
        self.assertEqual(self.come(name, key), "WrongCredentials")
        self.assertIn("boctl key create", self.refused("NoSuchKey", self.delete, uid))
        fresh = self.make(uid)
        self.assertNotEqual(fresh[3:11], key[3:11])
        self.assertEqual(self.come(name, fresh), "Success")
        self.assertEqual(self.come(name, key), "WrongCredentials")
        self.assertEqual([row["Event"] for row in self.audit(Subject=uid) if "api-key" in row["Event"]],
                         ["api-key-created", "api-key-deleted", "api-key-created"])

    def test_R72_person_makes_it_with_his_password(self):
        uid, _ = self.person()
        self.refused("WrongCredentials", self.make, uid, "a wrong password 1")
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")
        for _ in range(5):
            self.refused("WrongCredentials", self.make, uid, "a wrong password 1")
        self.refused("LockedAttempts", self.make, uid)

    def test_R72_and_with_a_code_if_his_factor_is_on(self):
        uid, name, secret = self.with_otp()
        self.refused("BadOption", self.make, uid)
        self.refused("WrongCredentials", self.make, uid, GOOD, "000000")
        self.refused("WrongCredentials", self.make, uid, GOOD, self.code(secret))  # used by the set-up
        key = self.make(uid, GOOD, self.fresh_code(secret))
        self.assertEqual(self.come(name, key), "Success")  # and no code is asked for there

    def test_R14_nobody_makes_or_deletes_that_of_another_person(self):
        uid, _, _ = self.with_key()
        self.refused("PersonalData", self.make, uid, actor=0)
        self.refused("PersonalData", self.delete, uid, actor=0)

    def test_R7_R8_that_of_a_program_is_made_by_an_administrator_and_not_by_itself(self):
        uid, name, key = self.program_with_key()
        self.assertEqual(self.come(name, key), "Success")
        self.refused("ApiUser", self.make, uid)
        self.refused("ApiUser", self.delete, uid)
        self.delete(uid, actor=0)
        self.assertEqual(self.come(name, key), "WrongCredentials")

    def test_R74_password_that_would_be_taken_for_a_key_is_refused(self):
        uid, _, key = self.program_with_key()
        for password in (key, key[:-1] + "x", "tree house 17 blue " * 2 + "and a horse."):
            self.assertEqual(len(password), 50)
            self.refused("PasswordTooWeak", self.user, uid, "SetApiPassword", "aya{sv}", password.encode(), {})


class Logins(Keys):
    """R76, R8: what lets whom in where."""

    def test_R76_key_is_a_way_in_at_class_api_for_people_and_programs(self):
        for uid, name, key in (self.with_key(), self.program_with_key()):
            self.assertEqual(self.come(name, key), "Success")
            self.assertEqual([row["Detail"] for row in self.audit(Subject=uid, Event="login-succeeded")][0],
                             "service=door rhost=- factors=api-key")

    def test_R76_password_of_a_person_is_wrong_there_and_that_of_a_program_is_right(self):
        uid, name, _ = self.with_key()
        self.assertEqual(self.come(name, GOOD), "WrongCredentials")
        uid, name, _ = self.program_with_key()
        self.assertEqual(self.come(name, GOOD), "Success")

    def test_R8_key_is_wrong_at_every_other_class(self):
        for service in ("sshd", "login", "sudo", "su", "cron", "loose", "gate", "vault", "unheard-of"):
            for _, name, key in (self.with_key(), self.program_with_key()):
                self.assertEqual(self.come(name, key, service), "WrongCredentials", service)

    def test_R76_stale_foreign_and_invented_keys_have_one_answer(self):
        uid, name, key = self.with_key()
        other, _, others = self.with_key()
        self.delete(other)
        stale, kept = others, self.make(other)
        said = set()
        for answer in (stale, kept, wrong_secret(key), key[:-1] + ("0" if key[-1] != "0" else "1"), key.upper(),
                       "x" * 50, "no key, and not as long as one, but a password"):
            talk = self.talk("auth", name, service="door").answer(answer)
            said.add((talk.outcome, talk.shown()))
        self.assertEqual(len(said), 1, said)

    def test_unknown_names_are_answered_and_recorded_like_known_ones(self):
        _, name, key = self.with_key()
        seen = []
        for who, answer in ((name, wrong_secret(key)), ("nobody@shop.example", wrong_secret(key)),
                            ("nobody@shop.example", key), ("\b?", key)):
            before = self.written()
            talk = self.talk("auth", who, service="door").answer(answer)
            after = self.written()
            seen.append((talk.shown().replace("NoSuchUser", "WrongCredentials"),
                         after[0][0][0][0] - before[0][0][0][0], before[0][2] == after[0][2]))
        self.assertEqual(len(set(seen)), 1, seen)
        self.assertEqual(seen[0][1:], (1, True))  # one line of the audit trail, and no lock

    def test_dummy_of_sshd_is_as_long_as_the_key_that_was_typed_and_charges_no_more(self):
        uid, name, key = self.with_key()
        dummy = (DUMMY * 5)[:len(key)]
        talk = self.talk("auth", name, service="door").answer(wrong_secret(key))
        before = self.locks()
        for _ in range(8):
            shown = self.talk("auth", "nobody@shop.example", service="door").answer(dummy).shown()
            self.assertEqual(shown.replace("NoSuchUser", "WrongCredentials"), talk.shown())
        self.assertEqual([failures for _, failures in self.locks() if failures], [n for _, n in before if n])

    def test_R38_wrong_keys_lock_nobody(self):
        uid, name, key = self.with_key()
        before = self.locks()
        for _ in range(12):
            self.assertEqual(self.come(name, wrong_secret(key)), "WrongCredentials")
        self.assertEqual(self.locks(), before)
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R38_locked_user_is_refused_with_a_right_key_and_told_so_with_any(self):
        uid, name, key = self.with_key()
        self.wrong(name)
        said = {self.talk("auth", name, service="door").answer(answer).shown() for answer in (key, wrong_secret(key))}
        self.assertEqual(len(said), 1)
        self.assertIn("locked", said.pop())
        self.assertEqual(self.come(name, key), "LockedAttempts")
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.come(name, key), "Success")

    def test_R17_deactivated_user_is_refused_with_a_right_key(self):
        uid, name, key = self.with_key()
        client = self.client()
        self.assertEqual(Talk(client, "auth", name, service="door").answer(key).outcome, "Success")
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(Talk(client, "account", name, service="door").skip().outcome, "Deactivated")
        self.assertEqual(self.come(name, key), "Deactivated")
        self.assertEqual(self.come(name, wrong_secret(key)), "WrongCredentials")  # told after the proof alone
        self.user(uid, "Enable", "a{sv}", {})
        self.assertEqual(self.come(name, key), "Success")

    def test_R40_key_keeps_no_person_from_being_idle_and_stops_then(self):
        uid, name, key = self.with_key()
        last = self.get(uid, "LastLogin")
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.come(name, key), "Success")
        self.assertEqual(self.get(uid, "LastLogin"), last)
        self.daemon.pass_time(DAY)
        self.assertEqual(self.come(name, key), "LockedInactivity")
        self.assertEqual(self.get(uid, "Status"), "locked-inactivity")

    def test_R40_key_of_a_program_is_its_login(self):
        uid, name, key = self.program_with_key()
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.come(name, key), "Success")
        self.assertEqual(self.get(uid, "LastLogin"), self.daemon.now * 1000000)
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.come(name, key), "Success")
        self.daemon.pass_time(90 * DAY)
        self.assertEqual(self.come(name, key), "LockedInactivity")

    def test_R2_expired_password_of_a_person_stops_no_key(self):
        uid, name, key = self.with_key()
        self.daemon.pass_time(50 * DAY)
        self.assertEqual(self.auth(name, GOOD), "Success")  # not idle
        self.daemon.pass_time(50 * DAY)
        self.assertEqual(self.get(uid, "Status"), "password-expired")
        self.assertEqual(self.come(name, key), "Success")

    def test_R14_key_is_no_proof_for_a_new_password(self):
        uid, name, key = self.with_key()
        self.daemon.pass_time(50 * DAY)
        self.assertEqual(self.auth(name, GOOD), "Success")  # not idle
        self.daemon.pass_time(50 * DAY)
        client = self.client()
        self.assertEqual(Talk(client, "auth", name, service="door").answer(key).outcome, "Success")
        self.assertEqual(Talk(client, "password", name, service="door", expired=True).text, "Current password: ")

    def test_R76_person_comes_to_the_account_phase_of_class_api_by_key_alone(self):
        uid, name, key = self.with_key()
        self.assertEqual(self.talk("account", name, service="door").skip().outcome, "WrongService")  # an SSH key
        client = self.client()
        self.assertEqual(Talk(client, "auth", name, service="loose").answer(GOOD).outcome, "Success")
        self.assertEqual(Talk(client, "account", name, service="door").skip().outcome, "WrongService")
        robot, name, _ = self.program_with_key()
        self.assertEqual(self.talk("account", name, service="door").skip().outcome, "Success")

    def test_R72_busy_key_writes_once_an_hour(self):
        for uid, name, key in (self.with_key(), self.program_with_key()):
            self.assertEqual(self.come(name, key), "Success")
            before = self.written()
            for _ in range(5):
                self.assertEqual(self.come(name, key), "Success")
            self.daemon.pass_time(HOUR - 1)
            self.assertEqual(self.come(name, key), "Success")
            self.assertEqual(self.written(), before)
            self.daemon.pass_time(1)
            self.assertEqual(self.come(name, key), "Success")
            after = self.written()
            self.assertEqual(after[0][0][0][0], before[0][0][0][0] + 1)
            self.assertEqual(after[1], before[1] + 1)
            self.assertEqual(self.get(uid, "ApiKeyUsed"), self.daemon.now * 1000000)

    def test_R17_key_that_is_deleted_counts_no_more_at_once(self):
        uid, name, key = self.with_key()
        self.assertEqual(self.come(name, key), "Success")
        talk = self.talk("auth", name, service="door")
        self.delete(uid)
        self.assertEqual(talk.answer(key).outcome, "WrongCredentials")


class Ends(Keys):
    """What takes an account back takes its key."""

    def test_reset_by_an_administrator_deletes_it(self):
        uid, name, key = self.with_key()
        self.reset(uid)
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")
        self.assertEqual(self.come(name, key), "WrongCredentials")
        self.assertEqual([row["Detail"] for row in self.audit(Subject=uid, Event="api-key-deleted")],
                         ["by=reset by an administrator"])

    def test_R78_reset_deletes_what_the_old_password_made_before_it_was_completed(self):
        uid, name = self.person()
        link = self.reset(uid)
        key = self.make(uid)
        self.assertEqual(self.auth(name, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.come(name, key), "WrongCredentials")
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")

    def test_R62_reset_of_the_factor_deletes_it(self):
        uid, name, secret = self.with_otp()
        key = self.make(uid, GOOD, self.fresh_code(secret))
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "stolen")})
        self.assertEqual(self.come(name, key), "WrongCredentials")
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")

    def test_R45_who_becomes_verified_has_none(self):
        uid, _, link = self.create(name="ann")
        self.assertEqual(self.auth("ann", link, GOOD, GOOD, service="loose"), "Success")
        key = self.make(uid)
        mail = self.new_name()
        link = self.user(uid, "BecomeVerified", "sa{sv}", mail, {})[0]
        self.assertEqual(self.auth(mail, link, OTHER, OTHER, service="loose"), "Success")
        self.assertEqual(self.come(mail, key), "WrongCredentials")
        self.assertEqual(self.get(uid, "ApiKeyPrefix"), "")

    def test_change_of_the_password_by_oneself_keeps_it(self):
        uid, name, key = self.with_key()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.assertEqual(self.come(name, key), "Success")
        uid, name, key = self.program_with_key()
        self.user(uid, "SetApiPassword", "aya{sv}", OTHER.encode(), {})
        self.assertEqual(self.come(name, key), "Success")


class Told(Mailed, Keys):
    def test_person_is_told_by_mail_and_the_mail_holds_no_key(self):
        uid, name, key = self.with_key()
        kind, recipient, fields = mails(self.daemon, uid)[-1]
        self.assertEqual((kind, recipient, fields["user"]), ("api-key", name, name))
        self.assertNotIn(key[12:], str(fields))

    def test_R78_person_who_resets_his_password_is_told_of_the_key_that_stays(self):
        for make in (True, False):
            uid, name = self.person()
            key = self.make(uid) if make else ""
            self.assertEqual(self.auth(name, self.own_link(uid, name), OTHER, OTHER, service="loose"), "Success")
            kind, _, fields = mails(self.daemon, uid)[-1]
            self.assertEqual((kind, fields.get("key")), ("password-changed", key[:11] or None))


if __name__ == "__main__":
    main()
