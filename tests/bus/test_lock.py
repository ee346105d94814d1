#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guessing: when it locks a login, what is tested while it is locked, when it opens (R38, R39)."""

from world import *

MESSAGE = ("Too many failed attempts: this login is locked for {}. "
           "It opens by itself; a reset link opens it earlier.")
DUMMY = b"\b\n\r\177INCORRECT"


class Lock(Case):
    def locked(self):
        uid, name = self.person()
        self.assertEqual(self.wrong(name), ["WrongCredentials"] * 5 + ["LockedAttempts"])
        return uid, name

    def test_R38_lock_opens_exactly_after_30_minutes_and_not_a_second_earlier(self):
        uid, name = self.locked()
        self.assertEqual(self.get(uid, "LockedUntil"), (self.daemon.now + 30 * MINUTE) * 10 ** 6)
        self.daemon.pass_time(30 * MINUTE - 1)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")
        self.daemon.pass_time(1)
        self.assertEqual((self.get(uid, "Status"), self.get(uid, "LockedUntil")), ("active", 0))
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R38_after_the_lock_the_count_starts_from_the_beginning(self):
        _, name = self.locked()
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.wrong(name), ["WrongCredentials"] * 5 + ["LockedAttempts"])

    def test_R38_lock_is_told_when_it_begins_and_at_the_next_prompt_with_what_is_left(self):
        uid, name = self.person()
        self.wrong(name, 5)
        talk = self.talk("auth", name).answer("a sixth guess")
        self.assertEqual(talk.texts[1:], [("error", MESSAGE.format("30 minutes")), ("done", "LockedAttempts")])
        self.daemon.pass_time(29 * MINUTE + 30)
        talk = self.talk("auth", name)
        self.assertEqual(talk.texts, [("secret", "Too many failed attempts: this login is locked for 1 minute."
                                       "\nPassword: ")])
        self.assertIn("opens 2020-", self.get(uid, "StatusReason"))

    def test_R38_attempts_while_locked_neither_lengthen_the_lock_nor_are_tested(self):
        uid, name = self.locked()
        until, rows = self.get(uid, "LockedUntil"), len(self.audit(Subject=uid))
        for minute in range(6):
            self.daemon.pass_time(4 * MINUTE)
            self.assertEqual(self.auth(name, GOOD if minute % 2 else "wrong again 1"), "LockedAttempts")
        self.assertEqual(self.get(uid, "LockedUntil"), until)
        self.assertEqual(len(self.audit(Subject=uid)), rows)
        self.daemon.pass_time(6 * MINUTE)
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R38_right_password_ends_the_count(self):
        _, name = self.person()
        for _ in range(3):
            self.assertEqual(self.wrong(name, 5), ["WrongCredentials"] * 5)
            self.assertEqual(self.auth(name, GOOD), "Success")

    def test_R38_failures_are_counted_until_they_are_cleared_however_far_apart(self):
        _, name = self.person()
        for _ in range(5):
            self.wrong(name, 1)
            self.daemon.pass_time(DAY)
        self.assertEqual(self.wrong(name, 1), ["LockedAttempts"])

    def test_R38_fifty_guesses_at_once_get_at_most_six_tests(self):
        uid, name = self.person()
        talks = [self.talk("auth", name) for _ in range(50)]
        first, later = talks[:25], talks[25:]

        def send(talk, answer):
            return talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, answer)

        serials = [send(talk, b"guess %d" % number) for number, talk in enumerate(first)]
        answered = [talk.client.wait(serial) for talk, serial in zip(first[:1], serials[:1])]
        while self.get(uid, "Status") != "locked-attempts":
            pass  # the six are charged; the others are on their way or still waiting for a hash
        late = [send(talk, GOOD.encode()) for talk in later]
        answered += [talk.client.wait(serial) for talk, serial in zip(first[1:], serials[1:])]
        for talk, serial in zip(later, late):
            self.assertEqual(talk.client.wait(serial)[0], "error")
            self.assertEqual(talk.step().outcome, "LockedAttempts")
        self.assertEqual(answered.count(("done", "WrongCredentials")), 5)
        self.assertEqual(len(self.audit(Subject=uid, Event="login-failed")), 5)
        self.assertEqual(len(self.audit(Subject=uid, Event="login-locked")), 1)
        self.assertEqual(len(self.audit(Subject=uid, Event="login-succeeded")), 1)  # its activation
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_R38_lock_and_count_survive_a_killed_daemon(self):
        _, name = self.person()
        self.wrong(name, 4)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.wrong(name, 2), ["WrongCredentials", "LockedAttempts"])
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_R38_changing_ones_password_is_no_other_place_to_guess(self):
        uid, name = self.person()
        for number in range(5):
            self.refused("WrongCredentials", self.user, uid, "ChangePassword", "ayaya{sv}",
                         b"guess %d" % number, OTHER.encode(), {}, uid=uid)
        talk = self.talk("password", name, service="passwd").answer("a sixth guess")
        self.assertEqual(talk.outcome, "LockedAttempts")
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")
        self.refused("LockedAttempts", self.user, uid, "ChangePassword", "ayaya{sv}", GOOD.encode(),
                     OTHER.encode(), {}, uid=uid)
        self.assertEqual(self.talk("password", name, service="passwd").answer(GOOD).outcome, "LockedAttempts")

    def test_R38_locks_are_each_users_own_whatever_the_letters_of_the_name(self):
        _, name = self.person()
        _, neighbour = self.person()
        for number in range(6):
            self.wrong(name.upper() if number % 2 else name, 1)
        self.assertEqual(self.auth(name.title(), GOOD), "LockedAttempts")
        self.assertEqual(self.auth(neighbour, GOOD), "Success")

    def test_R39_reset_link_opens_the_lock(self):
        uid, name = self.locked()
        self.assertEqual(self.auth(name, self.reset(uid), OTHER, OTHER), "Success")
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_R37_asking_for_a_reset_opens_nothing(self):
        uid, name = self.locked()
        self.reset(uid)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_R38_account_phase_stops_a_locked_user_too_but_not_his_jobs(self):
        _, name = self.locked()
        self.assertEqual(self.talk("account", name).skip().outcome, "LockedAttempts")
        self.assertEqual(self.talk("account", name, service="cron").skip().outcome, "Success")

    def test_R38_clock_set_back_opens_no_lock(self):
        uid, name = self.locked()
        for back in (10, HOUR, DAY, 40 * DAY):
            self.daemon.pass_time(-back)
            self.assertEqual(self.auth(name, GOOD), "LockedAttempts")
            self.assertEqual(self.get(uid, "Status"), "locked-attempts")
            self.daemon.pass_time(back)
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.auth(name, GOOD), "Success")


class Unknown(Case):
    def script(self, name):
        """What a stranger sees of eight guesses."""
        return [self.talk("auth", name).answer(f"guess {number}") for number in range(8)]

    def test_unknown_names_get_the_prompts_the_texts_and_the_lock_of_known_ones(self):
        _, known = self.person()
        for unknown in ("stranger@shop.example", "stranger", "not a name at all, but a pass phrase!", ""):
            with self.subTest(unknown):
                seen, expected = self.script(unknown), self.script(known)
                self.assertEqual([talk.texts[:-1] for talk in seen], [talk.texts[:-1] for talk in expected])
                self.assertEqual([talk.outcome for talk in seen], ["NoSuchUser"] * 5 + ["LockedAttempts"] * 3)
            self.daemon.pass_time(30 * MINUTE)

    def test_unknown_name_is_unlocked_at_the_same_second(self):
        self.wrong("ghost@shop.example")
        self.daemon.pass_time(30 * MINUTE - 1)
        self.assertIn("locked", self.talk("auth", "ghost@shop.example").text)
        self.daemon.pass_time(1)
        self.assertEqual(self.talk("auth", "ghost@shop.example").text, "Password: ")

    def test_unknown_name_is_written_down_nowhere(self):
        self.wrong("Hunter2-typed-at-the-wrong-prompt", 2)
        rows = self.audit(Event="login-failed")
        self.assertNotIn("hunter2", str(rows).lower())
        self.assertNotIn("hunter2", self.daemon.said().lower())

    def test_user_made_after_guesses_at_the_name_starts_unlocked(self):
        name = self.new_name()
        self.wrong(name)
        uid, name, link = self.create(name)
        self.assertEqual(self.auth(name, link, GOOD, GOOD), "Success")

    def test_person_without_a_password_yet_looks_like_one_with(self):
        _, fresh, _ = self.create()
        _, known = self.person()
        self.assertEqual([talk.texts for talk in self.script(fresh)], [talk.texts for talk in self.script(known)])

    def test_dummy_password_of_sshd_never_counts_against_a_known_user(self):
        uid, name = self.person()
        rows = len(self.audit(Subject=uid))
        for size in (1, 4, 8, 13, 14, 26, 40, 100, 512):
            answer = (DUMMY * 40)[:size]
            self.assertNotEqual(self.auth(name, answer), "Success")
        # Told like an unknown name, which the dummy does lock; but nobody is kept out.
        self.assertEqual(self.talk("auth", name).text, self.locked_prompt())
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertEqual(len(self.audit(Subject=uid)), rows)
        self.assertEqual(self.auth(name, GOOD), "Success")

    def locked_prompt(self):
        """What an unknown name is asked after as many dummies."""
        for _ in range(6):
            self.auth("stranger-to-bo@shop.example", DUMMY)
        return self.talk("auth", "stranger-to-bo@shop.example").text

    def test_dummy_password_of_sshd_tells_no_known_name_from_an_unknown_one(self):
        uid, name = self.person()
        outcomes = {who: [self.auth(who, answer) for answer in ["\b"] * 7 + ["wrong-1234"]]
                    for who in (name, "nobody-known@shop.example")}
        known, unknown = ([("WrongCredentials" if text == "NoSuchUser" else text) for text in outcomes[who]]
                          for who in outcomes)
        self.assertEqual(known, unknown)

    def test_wrong_passwords_between_dummies_count(self):
        uid, name = self.person()
        self.assertEqual(self.wrong(name, 5), ["WrongCredentials"] * 5)
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_dummy_password_of_sshd_is_neither_recorded_nor_logged(self):
        rows, log = len(self.audit()), self.daemon.said()
        for _ in range(3):
            self.auth("nobody-knows", DUMMY)
        self.assertEqual(len(self.audit()), rows)
        self.assertEqual(self.daemon.said(), log)

    def test_what_only_resembles_the_dummy_is_counted(self):
        _, name = self.person()
        guesses = [b"INCORRECT", DUMMY + b"x", b"x" + DUMMY, b"\b\n\r\177incorrect", DUMMY[:-1] + b"t"]
        for guess in guesses:
            self.auth(name, guess)
        self.assertEqual(self.wrong(name, 1), ["LockedAttempts"])


if __name__ == "__main__":
    main()
