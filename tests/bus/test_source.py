#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guessing from one source, at one login or at many: turned away before anything is tested."""

import json
import signal
import subprocess

from world import *

COUNTED = SETTINGS.replace("SourceAttempts=off\n", "SourceAttempts=5\nSourceWindow=100s\nLockoutAttempts=10\n"
                           "SourceExempt=198.51.100.0/24 2001:db8:e::/48\n") + SERVICES + """
[Service web]
Callers=33
"""
DRAIN = 20  # seconds for one of five
HERE, THERE = "192.0.2.7", "192.0.2.8"
WAIT_TEXT = "Too many failed attempts from {}: try again in {}."


class SourceCase(Case):
    SETTINGS = COUNTED

    def setUp(self):
        self.daemon.pass_time(3600)  # what the test before left behind has drained

    def guess(self, rhost=HERE, name=None, **context):
        """One wrong password for a name that nobody has locked."""
        if name is None:
            Case.count += 1
            name = f"stranger{Case.count}@shop.example"
        talk = self.talk("auth", name, rhost=rhost, **context).skip()
        return talk.outcome or talk.answer("a wrong guess").outcome

    def fill(self, rhost=HERE, **context):
        outcomes = [self.guess(rhost, **context) for _ in range(5)]
        self.assertNotIn("Throttled", outcomes)

    def refusal(self, rhost=HERE, name="somebody@shop.example", **context):
        """What a login reads that is turned away; nothing is asked of it."""
        talk = self.talk("auth", name, rhost=rhost, **context).skip()
        self.assertEqual(talk.outcome, "Throttled", talk.texts)
        self.assertEqual([kind for kind, _ in talk.texts], ["error", "done"])
        return talk.texts[0][1]


class Source(SourceCase):
    def test_after_the_failures_that_are_allowed_nothing_is_asked_any_more(self):
        _, name = self.person()
        self.fill()
        self.assertEqual(self.refusal(name=name), WAIT_TEXT.format("your address", "20 seconds"))
        self.assertEqual(self.auth(name, GOOD, rhost=THERE), "Success")

    def test_one_more_is_allowed_at_the_second_that_is_told(self):
        _, name = self.person()
        self.fill()
        self.daemon.pass_time(DRAIN - 1)
        self.assertEqual(self.refusal(name=name), WAIT_TEXT.format("your address", "1 second"))
        self.daemon.pass_time(1)
        self.assertEqual(self.auth(name, GOOD, rhost=HERE), "Success")
        self.assertNotEqual(self.guess(), "Throttled")
        self.refusal()

    def test_right_logins_take_nothing(self):
        _, name = self.person()
        for _ in range(12):
            self.assertEqual(self.auth(name, GOOD, rhost=HERE), "Success")
        self.fill()

    def test_right_login_gives_nothing_back_of_what_failed_before(self):
        _, name = self.person()
        for _ in range(4):
            self.guess()
        for _ in range(3):
            self.assertEqual(self.auth(name, GOOD, rhost=HERE), "Success")
        self.guess()
        self.refusal(name=name)

    def test_unknown_known_locked_and_disabled_names_read_the_same(self):
        _, known = self.person()
        _, locked = self.person()
        self.wrong(locked, 10, rhost="198.51.100.1")
        uid, disabled = self.person()
        self.user(uid, "Disable", "a{sv}", {})
        self.fill()
        texts = {self.refusal(name=name) for name in (known, locked, disabled, "nobody@shop.example", "", "?")}
        self.assertEqual(texts, {WAIT_TEXT.format("your address", "20 seconds")})

    def test_every_kind_of_failure_counts(self):
        _, known = self.person()
        uid, other = self.person()
        token = self.reset(uid)
        _, coded, secret = self.with_otp()
        self.assertEqual(self.guess(name=known), "WrongCredentials")
        self.assertEqual(self.guess(name="no-such-user"), "NoSuchUser")
        self.assertEqual(self.auth(known, token, rhost=HERE), "WrongCredentials")  # another user's token
        self.assertEqual(self.auth(coded, GOOD, "000000", rhost=HERE), "WrongCredentials")
        self.assertEqual(self.auth(known, "short1", rhost=HERE), "ResetAsked")  # spends a hash as well
        self.refusal()

    def test_locked_logins_count_too(self):
        _, name = self.person()
        self.wrong(name, 10, rhost="198.51.100.1")
        for _ in range(5):
            self.assertEqual(self.auth(name, GOOD, rhost=HERE), "LockedAttempts")
        self.refusal()

    def test_program_that_goes_on_with_the_key_of_a_disabled_user_fills_no_audit_trail(self):
        uid, name = self.program()
        key, = self.user(uid, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        self.assertEqual(self.auth(name, key, service="door", rhost=HERE), "Success")
        self.user(uid, "Disable", "a{sv}", {})
        before = len(self.audit(Subject=uid))
        for _ in range(5):
            self.assertEqual(self.auth(name, key, service="door", rhost=HERE), "Deactivated")
        for _ in range(5):
            self.refusal(name=name, service="door")
        self.assertEqual(len(self.audit(Subject=uid)), before + 5)

    def test_password_alone_is_no_attempt_before_the_code_is_there(self):
        _, name, secret = self.with_otp()
        for _ in range(8):
            self.talk("auth", name, rhost=HERE).answer("whatever it is")  # and goes away
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), rhost=HERE), "Success")
        self.fill()

    def test_what_is_asked_of_who_has_proven_himself_is_no_guess(self):
        uid, name = self.person()
        talk = self.talk("auth", name, rhost=HERE, service="loose").answer(self.reset(uid))
        self.fill()
        self.assertEqual(talk.answer(OTHER, OTHER).outcome, "Success")

    def test_turned_away_attempts_test_nothing_charge_nobody_and_write_nothing(self):
        uid, name = self.person()
        talks = [self.talk("auth", name, rhost=HERE) for _ in range(20)]  # asked while there was room
        self.fill()
        rows, size = self.audit(), os.path.getsize(os.path.join(self.daemon.state, "accounts.db-wal"))
        for number, talk in enumerate(talks):
            self.assertEqual(talk.answer(GOOD if number % 2 else f"guess {number}").outcome, "Throttled")
        for _ in range(20):
            self.refusal(name=name)
        self.assertEqual(self.audit(), rows)
        self.assertEqual(os.path.getsize(os.path.join(self.daemon.state, "accounts.db-wal")), size)
        self.assertEqual(self.get(uid, "Status"), "active")
        # None of them was charged: it takes ten wrong ones still.
        self.assertEqual(self.wrong(name, 10, rhost="198.51.100.1"), ["WrongCredentials"] * 9 + ["LockedAttempts"])

    def test_fifty_at_once_get_no_more_tests_than_one_after_the_other(self):
        names = [f"parallel{number}@shop.example" for number in range(50)]
        talks = [self.talk("auth", name, rhost=HERE) for name in names]
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, b"a wrong guess") for talk in talks]
        answers = [self.heard(talk, serial) for talk, serial in zip(talks, serials)]
        self.assertEqual(answers.count("NoSuchUser"), 5)
        # More than may wait of one source are told to come again, untested.
        self.assertEqual(answers.count("Throttled") + answers.count("Busy"), 45)
        for talk, answer in zip(talks, answers):
            if answer == "Busy":
                self.assertEqual(talk.answer("a wrong guess").outcome, "Throttled")

    def heard(self, talk, serial):
        try:
            talk.hear(talk.client.wait(serial))
        except BusError as error:
            return error.name
        return talk.skip().outcome

    def test_users_lock_stays_what_it_is(self):
        uid, name = self.person()
        for number in range(10):
            self.guess(f"203.0.113.{number}", name)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")

    def test_one_line_in_the_journal_tells_of_it(self):
        before = self.daemon.said().count("Too many failed attempts from 192.0.2.77")
        self.fill("192.0.2.77")
        for _ in range(30):
            self.refusal("192.0.2.77")
        self.assertEqual(self.daemon.said().count("Too many failed attempts from 192.0.2.77:"), before + 1)
        self.daemon.pass_time(100)
        self.fill("192.0.2.77")
        self.refusal("192.0.2.77")
        self.assertEqual(self.daemon.said().count("Too many failed attempts from 192.0.2.77:"), before + 2)

    def test_flood_writes_a_line_and_a_row_for_each_attempt_that_was_tested_and_no_more(self):
        rows, lines = len(self.audit(Event="login-failed")), self.daemon.said().count("refused (sshd)")
        for _ in range(60):
            self.guess()
        self.assertEqual(len(self.audit(Event="login-failed")), rows + 5)
        self.assertEqual(self.daemon.said().count("refused (sshd)"), lines + 5)

    def test_clock_set_back_opens_nothing_and_makes_nobody_wait_longer(self):
        self.fill()
        self.daemon.pass_time(-30 * DAY)
        self.assertEqual(self.refusal(), WAIT_TEXT.format("your address", "20 seconds"))
        self.daemon.pass_time(DRAIN)
        self.assertNotEqual(self.guess(), "Throttled")
        self.daemon.pass_time(31 * DAY)

    def test_reload_keeps_the_count_and_takes_new_limits(self):
        self.fill()
        self.addCleanup(self.configure, COUNTED)
        self.configure(COUNTED + "# the same\n")
        self.refusal()
        self.configure(COUNTED.replace("SourceAttempts=5", "SourceAttempts=10"))
        self.assertNotEqual(self.guess(THERE), "Throttled")
        self.configure(COUNTED.replace("SourceAttempts=5", "SourceAttempts=off"))
        self.assertNotEqual(self.guess(), "Throttled")
        self.configure(COUNTED)
        self.refusal()

    def configure(self, text):
        self.daemon.configure(text)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def test_account_and_session_phases_are_not_stopped_by_it(self):
        _, name = self.person()
        self.fill()
        self.assertEqual(self.talk("account", name, rhost=HERE).skip().outcome, "Success")
        self.assertEqual(self.talk("session", name, rhost=HERE).skip().outcome, "Success")

    def throttled(self):
        return {row["Source"]: row for row in self.manager("ListThrottled")[0]}

    def test_operator_sees_who_is_turned_away_and_until_when(self):
        self.fill()
        self.fill("", service="login", tty="tty7")
        self.guess(THERE)
        rows = self.throttled()
        self.assertEqual(set(rows), {HERE, "service=login tty=tty7"})
        self.assertEqual((rows[HERE]["Next"], rows[HERE]["Forgotten"]),
                         ((self.daemon.now + DRAIN) * 10 ** 6, (self.daemon.now + 5 * DRAIN) * 10 ** 6))
        self.daemon.pass_time(DRAIN)
        self.assertEqual(self.throttled(), {})

    def test_operator_lets_a_source_in_again_which_is_recorded(self):
        for rhost in (HERE, THERE, "2001:db8:5:1::1"):
            self.fill(rhost)
        self.fill("", service="login", tty="tty7")
        clear = lambda source: self.manager("ClearThrottle", "sa{sv}", source, {})[0]
        self.assertEqual(clear("192.0.2.9"), 0)
        self.assertEqual(clear(HERE), 1)
        self.assertNotEqual(self.guess(HERE), "Throttled")
        self.refusal(THERE)
        self.assertEqual(clear("2001:db8:5:1:7::9"), 2)  # its /64 and its /48
        self.assertEqual(clear("192.0.2.0/24"), 2)
        self.assertEqual(clear("service=login tty=tty7"), 1)
        self.assertEqual(self.throttled(), {})
        self.assertEqual([row["Detail"] for row in self.audit(Event="throttle-cleared")][:2],
                         ["service=login tty=tty7", "192.0.2.0/24"])
        for source in ("", "192.0.2.1/24", "x" * 300):
            self.refused("BadValue", clear, source)

    def boctl(self, *words):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, *words],
                              capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_boctl_lists_and_clears(self):
        self.fill()
        row, = json.loads(self.boctl("--json", "throttle", "list"))["throttled"]
        self.assertEqual((row["source"], row["next"][:10]), (HERE, time.strftime("%Y-%m-%d", time.gmtime(self.daemon.now))))
        self.assertEqual(self.boctl("throttle", "clear", HERE), f"The failed logins from {HERE} are forgotten.\n")
        self.assertEqual(self.boctl("throttle", "clear", HERE), f"No failed logins were counted for {HERE}.\n")
        self.assertNotIn(HERE, self.boctl("throttle", "list"))

    def test_nobody_else_sees_or_clears(self):
        uid, _ = self.person()
        self.refused("NotAllowed", self.manager, "ListThrottled", uid=uid)
        self.refused("NotAllowed", self.manager, "ClearThrottle", "sa{sv}", HERE, {}, uid=uid)


class Which(SourceCase):
    """What is one source, and what is another."""

    def test_mapped_address_is_the_same_source_as_the_plain_one(self):
        self.fill("::ffff:192.0.2.7")
        self.refusal("192.0.2.7")
        self.refusal("::ffff:c000:207")

    def test_all_of_an_ipv6_64_is_one_source(self):
        for host in range(5):
            self.assertNotEqual(self.guess(f"2001:db8:1:1:{host}::{host}"), "Throttled")
        self.refusal("2001:db8:1:1:ffff::1")
        self.assertNotEqual(self.guess("2001:db8:1:2::1"), "Throttled")

    def test_an_ipv6_48_has_four_times_as_much_for_all_of_it(self):
        outcomes = [self.guess(f"2001:db8:2:{network:x}::1") for network in range(30)]
        self.assertEqual(outcomes.count("Throttled"), 10)
        self.assertEqual(outcomes[20:], ["Throttled"] * 10)
        self.refusal("2001:db8:2:ffff::1")
        self.assertNotEqual(self.guess("2001:db8:3::1"), "Throttled")

    def test_exempt_ranges_are_never_turned_away(self):
        for rhost in ("198.51.100.9", "::ffff:198.51.100.9", "2001:db8:e:7::9"):
            with self.subTest(rhost):
                self.assertNotIn("Throttled", [self.guess(rhost) for _ in range(8)])

    def test_terminals_of_the_host_are_sources_of_their_own(self):
        self.fill("", service="login", tty="tty1")
        self.assertEqual(self.refusal("", service="login", tty="tty1"), WAIT_TEXT.format("here", "20 seconds"))
        self.assertNotEqual(self.guess("", service="login", tty="tty2"), "Throttled")
        self.assertNotEqual(self.guess("", service="vault", tty="tty1"), "Throttled")

    def test_su_counts_by_who_runs_it_from_whatever_terminal(self):
        uid, _ = self.person()
        for number in range(5):
            self.guess("", service="su", tty=f"pts/{number}", caller=uid)
        talk = self.talk("auth", "root-like@shop.example", service="su", tty="pts/9", caller=uid)
        self.assertEqual(talk.answer("a wrong guess").outcome, "Throttled")
        self.assertNotEqual(self.guess("", service="su", tty="pts/0", caller=uid + 1), "Throttled")

    def test_who_only_becomes_himself_is_not_turned_away(self):
        uid, name = self.person()
        for _ in range(6):
            self.guess("", service="su", tty="pts/1", caller=uid)
        self.assertEqual(self.auth(name, service="su", tty="pts/1", caller=uid), "Success")

    def test_names_and_scopes_in_the_place_of_an_address_are_no_source_of_their_own(self):
        for rhost in ("host.example", "192.0.2.7.example", "a.b", "1.2.3", "::1::2"):
            self.assertNotEqual(self.guess(rhost), "Throttled")
        self.assertEqual(self.refusal("yet.another.example"), WAIT_TEXT.format("here", "20 seconds"))
        self.assertNotEqual(self.guess(), "Throttled")

    def test_word_of_a_caller_who_is_not_root_moves_no_failure_to_another_source(self):
        uid, name = self.person()
        client = self.client(uid)
        outcomes = [Talk(client, "auth", name, rhost=f"203.0.113.{number}", tty=f"pts/{number}",
                         service=f"locker{number}").answer("a wrong guess").outcome for number in range(5)]
        self.assertEqual(set(outcomes), {"WrongCredentials"})
        talk = Talk(client, "auth", name, rhost="203.0.113.99", service="another").skip()
        self.assertEqual(talk.outcome, "Throttled")
        self.assertNotEqual(self.guess("203.0.113.0"), "Throttled")

    def test_address_that_a_program_of_callers_tells_is_the_one_that_counts(self):
        client = self.client(33)
        for number in range(5):
            Talk(client, "auth", f"visitor{number}@shop.example", rhost=HERE, service="web").answer("a wrong guess")
        self.assertEqual(Talk(client, "auth", "visitor@shop.example", rhost=HERE, service="web").skip().outcome,
                         "Throttled")
        self.assertEqual(Talk(client, "auth", "visitor@shop.example", rhost=THERE, service="web").kind, "secret")

    def test_program_of_callers_turns_nobody_away_at_other_doors(self):
        """Whoever takes it over could say that all of its failures come from the operator's desk."""
        _, name = self.person()
        client = self.client(33)
        for number in range(5):
            Talk(client, "auth", f"visitor{number}@shop.example", rhost=HERE, service="web").answer("a wrong guess")
        self.assertEqual(self.auth(name, GOOD, rhost=HERE), "Success")
        self.assertEqual(self.auth(name, GOOD, service="web", rhost=HERE), "Success")
        self.assertEqual(Talk(client, "auth", name, rhost=HERE, service="web").skip().outcome, "Throttled")
        self.assertEqual(self.manager("ListThrottled")[0][0]["Source"], f"{HERE} uid=33")
        self.assertEqual(self.manager("ClearThrottle", "sa{sv}", HERE, {})[0], 1)
        self.assertEqual(Talk(client, "auth", name, rhost=HERE, service="web").kind, "secret")


if __name__ == "__main__":
    main()
