#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions: recorded, listed to those who may see them, told at the next login, and ended."""

import sqlite3

from world import *

BATCH = """
[Service job]
Class=batch
"""


class Sessions(Case):
    SETTINGS = SETTINGS + SERVICES + BATCH

    def sessions(self, uid=0, **filters):
        kinds = {"Uid": "u", "User": "s", "Open": "b"}
        return self.manager("ListSessions", "a{sv}su", {
            key: (kinds[key], value) for key, value in filters.items()}, "", 1000, uid=uid)[0]

    def open(self, name, service="sshd", **context):
        """A session as an application opens it: the Talk."""
        return self.talk("session", name, service=service, **context).skip()

    def close(self, name, service="sshd", **context):
        return self.talk("session", name, service=service, close=True, **context)

    def login(self, name, password=GOOD, **context):
        """Auth, then the session that it proves, as sshd has them: over connections of their own."""
        auth = self.talk("auth", name, **context).answer(password)
        self.assertEqual(auth.outcome, "Success")
        return self.open(name, login=auth.login, **context)


class Records(Sessions):
    def test_session_is_recorded_with_all_that_is_known_of_it(self):
        uid, name = self.person()
        self.daemon.pass_time(5)
        self.login(name, rhost="192.0.2.9", tty="ssh")
        row, = self.sessions(Uid=uid)
        self.assertGreater(row.pop("Id"), 0)
        self.assertEqual(row, {"Uid": uid, "User": name, "Service": "sshd", "Rhost": "192.0.2.9", "Tty": "ssh",
                               "Factors": "password", "Leader": os.getpid(),
                               "Opened": self.daemon.now * 1000000, "Closed": 0})

    def test_closing_closes_that_session_and_no_other(self):
        uid, name = self.person()
        self.login(name, tty="pts/1")
        self.open(name, "su", tty="pts/1")
        self.daemon.pass_time(60)
        self.assertEqual(self.close(name, "su", tty="pts/1").outcome, "Success")
        su, ssh = self.sessions(Uid=uid)
        self.assertEqual((su["Service"], su["Closed"]), ("su", self.daemon.now * 1000000))
        self.assertEqual((ssh["Service"], ssh["Closed"]), ("sshd", 0))
        self.assertEqual([row["Service"] for row in self.sessions(Uid=uid, Open=True)], ["sshd"])

    def test_session_of_another_process_is_not_closed_by_its_neighbour(self):
        """Two logins by the same door: the process that opened tells them apart."""
        uid, name = self.person()
        self.login(name)
        if (child := os.fork()) == 0:
            try:
                Talk(self.daemon.client(), "session", name).skip()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        self.close(name)
        self.assertEqual([row["Leader"] for row in self.sessions(Uid=uid, Open=True)], [child])

    def test_end_of_one_that_is_not_known_closes_no_other_by_ssh(self):
        """sshd calls every terminal "ssh": it tells nobody from another (one from before an upgrade)."""
        uid, name = self.person()
        self.login(name, tty="ssh")
        if (child := os.fork()) == 0:
            try:
                Talk(self.daemon.client(), "session", name, tty="ssh", close=True).skip()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual([row["Leader"] for row in self.sessions(Uid=uid, Open=True)], [os.getpid()])

    def test_one_that_was_never_opened_closes_nothing_and_fails_nothing(self):
        _, name = self.person()
        self.assertEqual(self.close(name).outcome, "Success")

    def test_jobs_and_programs_are_not_listed(self):
        uid, name = self.person()
        robot, robot_name = self.program()
        self.assertEqual(self.open(name, "job").outcome, "Success")
        self.assertEqual(self.open(name, "cron").outcome, "Success")
        self.assertEqual(self.open(robot_name, "door").outcome, "Success")
        self.assertEqual(self.sessions(Uid=uid) + self.sessions(Uid=robot), [])

    def test_login_by_key_is_recorded_as_such(self):
        uid, name = self.person()
        self.open(name, rhost="192.0.2.9")
        self.assertEqual([row["Factors"] for row in self.sessions(Uid=uid)], ["key"])

    def test_sessions_outlive_a_restart_of_the_daemon_and_end_with_the_host(self):
        uid, name = self.person()
        self.login(name)
        self.daemon.restart()
        self.assertEqual(len(self.sessions(Uid=uid, Open=True)), 1)
        self.daemon.more = ["--boot=" + "5" * 32]
        try:
            self.daemon.restart()
            self.until(lambda: not self.sessions(Uid=uid, Open=True))
        finally:
            self.daemon.more = []
            self.daemon.restart()
        self.assertGreater(self.sessions(Uid=uid)[0]["Closed"], 0)

    def until(self, check):
        deadline = time.monotonic() + WAIT
        while not check():
            self.assertLess(time.monotonic(), deadline)

    def test_session_whose_process_is_gone_is_closed_by_the_daemon(self):
        uid, name = self.person()
        self.login(name)
        if (child := os.fork()) == 0:
            try:
                Talk(self.daemon.client(), "session", name, service="login").skip()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        self.daemon.restart()  # a pass is made at start, then hourly
        self.until(lambda: [row["Service"] for row in self.sessions(Uid=uid, Open=True)] == ["sshd"])

    def test_what_ended_90_days_ago_is_dropped(self):
        uid, name = self.person()
        self.login(name)
        self.open(name, "su")
        self.close(name, "su")
        self.daemon.pass_time(90 * DAY + 1)
        self.daemon.restart()
        self.until(lambda: [row["Service"] for row in self.sessions(Uid=uid)] == ["sshd"])


class LastLogin(Sessions):
    def told(self, talk):
        return [text for kind, text in talk.texts if kind == "info"]

    def test_login_before_this_one_is_told_with_its_place(self):
        _, name = self.person()
        self.assertEqual(self.told(self.login(name, rhost="192.0.2.9", tty="ssh")), [])
        then = time.strftime("%a %b %e %H:%M:%S UTC %Y", time.gmtime(self.daemon.now))
        self.daemon.pass_time(HOUR)
        self.assertEqual(self.told(self.login(name, service="login", tty="/dev/tty1")),
                         [f"Last login: {then} from 192.0.2.9"])
        then = time.strftime("%a %b %e %H:%M:%S UTC %Y", time.gmtime(self.daemon.now))
        self.daemon.pass_time(HOUR)
        self.assertEqual(self.told(self.login(name)), [f"Last login: {then} on tty1"])

    def test_failures_since_then_are_told(self):
        _, name = self.person()
        self.daemon.pass_time(1)
        self.wrong(name, 3)
        self.login(name)
        self.daemon.pass_time(1)
        self.wrong(name, 1)
        self.assertRegex(self.told(self.login(name))[0], "\n1 failed login attempt since then.$")
        self.daemon.pass_time(1)
        self.wrong(name, 2)
        self.daemon.pass_time(1)
        self.assertRegex(self.told(self.login(name))[0], "\n2 failed login attempts since then.$")
        self.daemon.pass_time(1)
        self.assertNotIn("failed", self.told(self.login(name))[0])

    def test_nothing_is_told_in_silence_nor_where_nobody_logs_in(self):
        _, name = self.person()
        self.login(name)
        for context in ({"silent": True}, {"service": "su"}, {"service": "sudo"}, {"service": "cron"}):
            with self.subTest(context):
                self.assertEqual(self.told(self.open(name, **context)), [])

    def test_su_is_no_login(self):
        """What is told is the last time that somebody came in, not that he became somebody."""
        _, name = self.person()
        self.login(name, rhost="192.0.2.9")
        self.daemon.pass_time(1)
        self.open(name, "su", tty="pts/3")
        self.daemon.pass_time(1)
        self.assertIn("192.0.2.9", self.told(self.login(name))[0])


class Authority(Sessions):
    def test_R10_sessions_are_shown_to_oneself_the_operator_and_those_who_view_in_a_shared_customer(self):
        shop, other = self.customer(), self.customer()
        uid, name = self.person(Customer=shop)
        viewer, _ = self.person(Customer=shop, Roles=["merchant-administrator"])
        stranger, _ = self.person(Customer=other, Roles=["merchant-administrator"])
        plain, _ = self.person(Customer=shop)
        self.login(name)
        for actor in (0, uid, viewer):
            self.assertEqual([row["User"] for row in self.sessions(actor, User=name)], [name])
            self.assertEqual([row["User"] for row in self.sessions(actor, Uid=uid)], [name])
        for actor in (stranger, plain):
            self.refused("NoSuchUser", self.sessions, actor, User=name)
            self.refused("NoSuchUser", self.sessions, actor, Uid=uid)
            self.refused("NoSuchUser", self.sessions, actor, User="nobody@shop.example")

    def test_without_a_user_the_operator_sees_all_and_others_their_own(self):
        one, name = self.person()
        two, other = self.person()
        self.login(name)
        self.login(other)
        self.assertLessEqual({name, other}, {row["User"] for row in self.sessions()})
        self.assertEqual({row["User"] for row in self.sessions(one)}, {name})
        self.assertEqual(self.sessions(two, Open=True)[0]["User"], other)

    def test_uid_that_nobody_can_have_is_no_wish_for_all(self):
        self.login(self.person()[1])
        self.refused("NoSuchUser", self.sessions, Uid=2 ** 32 - 1)

    def test_R8_program_sees_none(self):
        robot, _ = self.program()
        self.refused("ApiUser", self.sessions, robot)

    def test_user_of_another_source_sees_none(self):
        self.refused("NotAllowed", self.sessions, 65534)

    def test_pages_go_on_where_the_one_before_ended(self):
        uid, name = self.person()
        for _ in range(5):
            self.open(name, "su")
        seen, cursor = [], ""
        while cursor or not seen:
            rows, cursor = self.manager("ListSessions", "a{sv}su", {"Uid": ("u", uid)}, cursor, 2)
            self.assertLessEqual(len(rows), 2)
            seen += [row["Id"] for row in rows]
        self.assertEqual(seen, sorted(seen, reverse=True))
        self.assertEqual(len(set(seen)), 5)
        self.refused("BadCursor", self.manager, "ListSessions", "a{sv}su", {}, "x", 2)
        self.refused("BadOption", self.manager, "ListSessions", "a{sv}su",
                     {"Uid": ("u", uid), "User": ("s", name)}, "", 2)

    def test_nobody_but_root_opens_a_session(self):
        uid, name = self.person()
        self.refused("NotAllowed", Talk, self.client(uid), "session", name)
        self.assertEqual(self.sessions(Uid=uid), [])


class Endings(Sessions):
    def disable(self, uid, actor=0):
        self.user(uid, "Disable", "a{sv}", {}, uid=actor)

    def test_R17_disabling_asks_for_the_end_of_sessions_until_it_is_done(self):
        uid, name = self.person()
        self.login(name)
        self.assertNotIn(uid, self.endings())
        self.disable(uid)
        since = self.endings()[uid]
        self.assertEqual(since, self.daemon.now * 1000000)
        self.assertEqual(self.endings()[uid], since)  # asking takes nothing away
        self.ended(uid, since)
        self.assertNotIn(uid, self.endings())
        self.assertEqual(self.sessions(Uid=uid, Open=True), [])
        self.assertEqual([row["Subject"] for row in self.audit(Event="sessions-ended", Subject=uid)], [uid])

    def test_one_that_was_asked_for_since_is_not_settled_by_the_one_before(self):
        uid, _ = self.person()
        self.disable(uid)
        first = self.endings()[uid]
        self.daemon.pass_time(1)
        self.user(uid, "Enable", "a{sv}", {})
        self.disable(uid)
        self.ended(uid, first)
        self.assertGreater(self.endings()[uid], first)

    def test_who_is_let_in_again_keeps_his_new_session(self):
        uid, name = self.person()
        self.disable(uid)
        self.assertEqual(self.talk("session", name).skip().outcome, "Deactivated")
        self.assertIn(uid, self.endings())
        self.user(uid, "Enable", "a{sv}", {})
        self.assertIn(uid, self.endings())
        self.login(name)
        self.assertNotIn(uid, self.endings())
        self.assertEqual(len(self.sessions(Uid=uid, Open=True)), 1)

    def test_R17_check_tells_of_sessions_that_nobody_ends(self):
        uid, _ = self.person()
        for left, since in self.endings().items():
            self.ended(left, since)
        self.disable(uid)
        self.daemon.pass_time(MINUTE)
        self.assertEqual(self.manager("Check", "a{sv}", {})[0], [])
        self.daemon.pass_time(1)
        finding, = self.manager("Check", "a{sv}", {})[0]
        self.assertEqual(finding["Part"], "sessions")
        self.assertIn("sessions of 1 user should have ended", finding["Text"])
        self.ended(uid, self.endings()[uid])
        self.assertEqual(self.manager("Check", "a{sv}", {})[0], [])

    def test_R62_reset_of_the_factor_ends_sessions(self):
        uid, _, _ = self.with_otp()
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "lost the phone")})
        self.assertIn(uid, self.endings())

    def test_ending_survives_a_kill_of_the_daemon_at_once_after_the_answer(self):
        uid, _ = self.person()
        self.disable(uid)
        self.daemon.kill()
        self.daemon.start()
        self.assertIn(uid, self.endings())

    def test_who_has_asked_is_woken(self):
        uid, _ = self.person()
        with self.daemon.client() as helper, self.daemon.client() as other:
            self.endings(helper)
            self.disable(uid)
            while not helper.signals:
                helper.receive()
            self.assertEqual(helper.signals, [("EndingsDue",)])
            self.assertIn(uid, self.endings(helper))
            other.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")
            self.assertEqual(other.signals, [])

    def test_others_than_root_are_told_nothing_and_settle_nothing(self):
        uid, name = self.person()
        victim, _ = self.person()
        self.disable(victim)
        since = self.endings()[victim]
        for actor in (uid, 1):  # 1 is an operator
            with self.daemon.client(actor) as client:
                self.refused("NotAllowed", self.endings, client)
                self.refused("NotAllowed", self.ended, victim, since, client)
                self.disable(self.person()[0])
                client.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")
                self.assertEqual(client.signals, [])
        self.assertEqual(self.endings()[victim], since)


class Sessiond(Sessions):
    """bo-sessiond beside the daemon, without logind; uids that no other test has on this host."""

    FIRST = 81000
    SETTINGS = SETTINGS + f"UidRange={FIRST}-{FIRST + 99}\n" + SERVICES
    HELPER = os.path.join(BUILD, "bo-sessiond", "bo-sessiond")

    def setUp(self):
        self.killed = set()

    def helper(self, **options):
        paths = {"config": self.daemon.path("etc"), "snapshot": os.path.join(self.daemon.state, "nss"),
                 "socket": self.daemon.socket, **options}
        with open(self.daemon.path("helper.log"), "ab") as log:
            process = subprocess.Popen([self.HELPER, "--no-logind", *(f"--{key}={value}" for key, value in paths.items())],
                                       stdout=log, stderr=log, env=dict(os.environ, NOTIFY_SOCKET=""))
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        process.terminate()
        self.assertEqual(process.wait(WAIT), -signal.SIGKILL if process in self.killed else 0)

    def said(self):
        with open(self.daemon.path("helper.log"), encoding="utf-8") as file:
            return file.read()

    def process(self, uid, stubborn=False):
        """Something that runs as @uid, and says that it does; if @stubborn, only a kill ends it."""
        command = "trap '' TERM HUP; echo up; while :; do sleep 1; done" if stubborn else "echo up; exec sleep 600"
        process = subprocess.Popen(["sh", "-c", command], user=uid, group=uid, extra_groups=[],
                                   stdout=subprocess.PIPE, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        return process

    def disable(self, uid):
        self.user(uid, "Disable", "a{sv}", {})

    def settled(self, uid):
        deadline = time.monotonic() + WAIT
        while uid in self.endings():
            self.assertLess(time.monotonic(), deadline, self.said())

    def test_R17_processes_of_a_disabled_user_end_within_two_seconds_and_no_others(self):
        self.helper()
        uid, name = self.person()
        other, other_name = self.person()
        self.login(name)
        self.login(other_name)
        mine = [self.process(uid), self.process(uid), self.process(uid, stubborn=True)]
        spared = [self.process(other), self.process(0)]
        began = time.monotonic()
        self.disable(uid)
        for process in mine:
            process.wait(WAIT)
        self.assertLess(time.monotonic() - began, 2)
        self.settled(uid)
        self.assertEqual([process.poll() for process in spared], [None, None])
        self.assertEqual(self.sessions(Uid=uid, Open=True), [])
        self.assertEqual(len(self.sessions(Uid=other, Open=True)), 1)

    def test_nobody_waits_for_the_end_of_another(self):
        """While one does not go, the next who is disabled is out as fast as ever."""
        self.helper()
        (slow, _), (quick, _) = self.person(), self.person()
        stubborn, mine = self.process(slow, stubborn=True), self.process(quick)
        self.disable(slow)
        self.disable(quick)
        mine.wait(WAIT)
        self.assertIsNone(stubborn.poll())
        self.assertLess(stubborn.wait(WAIT), 0)

    def test_who_gets_in_at_the_last_moment_is_seen(self):
        """A login that was let in before shows its first process after the look."""
        self.helper()
        uid, _ = self.person()
        first = self.process(uid)
        self.disable(uid)
        self.assertLess(first.wait(WAIT), 0)
        late = self.process(uid)
        self.assertLess(late.wait(WAIT), 0)
        self.settled(uid)

    def test_who_is_enabled_and_logs_in_at_once_is_left_alone(self):
        self.helper()
        uid, name = self.person()
        other, _ = self.person()
        first = self.process(uid)
        self.disable(uid)
        self.assertLess(first.wait(WAIT), 0)
        self.user(uid, "Enable", "a{sv}", {})
        self.login(name)
        fresh = self.process(uid)
        self.disable(other)
        self.settled(other)  # by then the watch for latecomers of the first would be over, too
        self.assertIsNone(fresh.poll())

    def test_ending_is_made_up_for_when_helper_or_daemon_come_back(self):
        uid, _ = self.person()
        process = self.process(uid)
        self.disable(uid)
        self.daemon.kill()  # between the answer and the end; and no helper is there either
        helper = self.helper()
        self.daemon.start()
        self.assertLess(process.wait(WAIT), 0)
        self.settled(uid)
        self.killed.add(helper)
        helper.kill()
        helper.wait()
        uid, _ = self.person()
        process = self.process(uid)
        self.disable(uid)
        self.assertIsNone(process.poll())
        replaced = self.helper()
        self.assertLess(process.wait(WAIT), 0)
        self.settled(uid)
        self.assertIsNone(replaced.poll())

    def test_helper_finds_a_daemon_that_was_started_anew(self):
        self.helper()
        for _ in range(2):
            uid, _ = self.person()
            process = self.process(uid)
            self.disable(uid)
            self.assertLess(process.wait(WAIT), 0)
            self.settled(uid)
            self.daemon.restart()

    def test_R17_end_that_could_not_be_recorded_is_told_again_soon(self):
        """Else the next who is disabled would bring it back: also upon one who was enabled since."""
        store = sqlite3.connect(os.path.join(self.daemon.state, "accounts.db"), timeout=WAIT)
        self.addCleanup(store.close)
        self.helper()
        first, _ = self.person()
        self.disable(first)
        self.settled(first)
        uid, _ = self.person()
        # There is no room for another such row of the trail.
        store.execute("CREATE UNIQUE INDEX full ON audit (event) WHERE event = 'sessions-ended'")
        store.commit()
        try:
            self.disable(uid)
            deadline = time.monotonic() + WAIT
            while "does not take it" not in self.said():
                self.assertLess(time.monotonic(), deadline, self.said())
        finally:
            store.execute("DROP INDEX full")
            store.commit()
        self.settled(uid)

    def test_helper_ends_at_once_while_the_daemon_says_nothing(self):
        """As at the socket of systemd, behind which a daemon is about to start."""
        mute = socket.socket(socket.AF_UNIX)
        self.addCleanup(mute.close)
        mute.bind(self.daemon.path("mute"))
        mute.listen()
        mute.settimeout(WAIT)
        helper = self.helper(socket=self.daemon.path("mute"))
        accepted = mute.accept()[0]
        self.addCleanup(accepted.close)
        accepted.recv(1)
        helper.terminate()
        self.assertEqual(helper.wait(5), 0)

    def test_what_is_no_user_of_bo_is_left_alone_whatever_the_daemon_says(self):
        """A daemon that was taken over cannot have root, local users, or others killed."""
        strangers = {0: "system", 999: "system", self.FIRST + 50: "snapshot", 79999: "UidRange"}
        processes = {uid: self.process(uid) for uid in strangers}
        self.assertEqual(self.daemon.stop(), 0)
        store = sqlite3.connect(os.path.join(self.daemon.state, "accounts.db"))
        store.execute("PRAGMA foreign_keys = OFF")
        store.executemany("INSERT INTO session_ending (uid, since_usec) VALUES (?, 1)", [(uid,) for uid in strangers])
        store.commit()
        store.close()
        self.daemon.start()
        uid, _ = self.person()
        mine = self.process(uid)
        self.helper()
        self.disable(uid)
        self.assertLess(mine.wait(WAIT), 0)
        self.settled(uid)
        self.assertEqual([process.poll() for process in processes.values()], [None] * len(strangers))
        for stranger, why in strangers.items():
            self.assertRegex(self.said(), rf"uid {stranger} are not ended .*{why}")

    def test_R17_those_who_are_refused_do_not_keep_others_off_the_list(self):
        refused = range(79000, 79000 + 256)  # as many as a list has; out of UidRange= since it was changed
        self.assertEqual(self.daemon.stop(), 0)
        store = sqlite3.connect(os.path.join(self.daemon.state, "accounts.db"))
        self.addCleanup(store.close)
        store.execute("PRAGMA foreign_keys = OFF")
        store.executemany("INSERT INTO session_ending (uid, since_usec) VALUES (?, 1)", [(uid,) for uid in refused])
        store.commit()
        self.daemon.start()
        self.helper()
        for _ in range(2):
            uid, _ = self.person()
            mine = self.process(uid)
            self.disable(uid)
            self.assertLess(mine.wait(WAIT), 0)
            self.settled(uid)
        self.assertEqual(self.said().count(f"uid {refused[-1]} are not ended"), 1)  # told once
        store.execute("DELETE FROM session_ending")
        store.commit()


if __name__ == "__main__":
    main()
