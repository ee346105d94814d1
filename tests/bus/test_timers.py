#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What time brings without being asked for: mails about passwords that expire (R3), tokens that go."""

from outbox import Mailed, mails, query, wait_until
from world import *


class Timers(Mailed):
    """The pass is made at start, and hourly."""

    def told(self, uid):
        return [fields["days"] for kind, _, fields in mails(self.daemon, uid) if kind == "password-expires"]

    def marked(self, uid):
        """Has the pass looked at him?"""
        (told, epoch), = query(self.daemon, "SELECT expiry_told_epoch, credential_epoch FROM account WHERE uid = ?", uid)
        return told == epoch

    def test_R3_told_once_14_days_before_by_mail(self):
        uid, name = self.person()
        late, _ = self.person()
        self.daemon.pass_time(1)
        early, _ = self.person()
        self.daemon.pass_time(76 * DAY - 1)
        self.daemon.restart()
        wait_until(lambda: self.marked(uid) and self.marked(late))
        self.assertEqual((self.told(uid), self.told(late)), (["14"], ["14"]))
        self.assertEqual((self.told(early), self.marked(early)), ([], False))
        self.daemon.pass_time(1)
        self.daemon.restart()
        wait_until(lambda: self.marked(early))
        self.assertEqual([self.told(each) for each in (uid, late, early)], [["14"]] * 3)
        self.assertEqual(mails(self.daemon, uid)[-1][1], name)

    def test_R3_told_again_of_the_next_password(self):
        uid, _ = self.person()
        self.daemon.pass_time(80 * DAY)
        self.daemon.restart()
        wait_until(lambda: self.told(uid) == ["10"])
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.assertFalse(self.marked(uid))
        self.talk("session", self.get(uid, "Username"), rhost="192.0.2.1")  # not idle
        self.daemon.pass_time(76 * DAY)
        self.daemon.restart()
        wait_until(lambda: self.marked(uid))
        self.assertEqual(self.told(uid), ["10", "14"])

    def test_R3_whom_no_mail_helps_is_passed_over_once_and_for_all(self):
        Case.count += 1
        till, name, link = self.create(f"till{Case.count}")
        self.auth(name, link, GOOD, GOOD)
        robot, _ = self.program()
        late, _ = self.person()
        gone, _ = self.person()
        self.user(gone, "Disable", "a{sv}", {})
        self.daemon.pass_time(90 * DAY)
        self.daemon.restart()
        wait_until(lambda: self.marked(till) and self.marked(late))
        self.assertEqual([self.told(each) for each in (till, robot, late, gone)], [[]] * 4)
        self.assertFalse(self.marked(robot) or self.marked(gone))

    def test_dead_tokens_are_dropped_a_week_after_their_end(self):
        uid, _, _ = self.invited()
        rows = lambda: len(query(self.daemon, "SELECT hash FROM token WHERE uid = ?", uid))
        self.daemon.pass_time(DAY + 7 * DAY)
        self.daemon.restart()
        self.assertEqual(rows(), 1)
        self.daemon.pass_time(1)
        self.daemon.restart()
        wait_until(lambda: rows() == 0)


class WithoutMail(Case):
    def test_nobody_is_marked_where_no_mail_is_sent(self):
        """Who turns mail on later is told then."""
        uid, _ = self.person()
        idle, _ = self.person()
        self.daemon.pass_time(80 * DAY)
        self.daemon.restart()
        self.daemon.pass_time(10 * DAY)
        self.daemon.restart()
        wait_until(lambda: self.audit(Subject=idle, Event="user-idle"))  # comes before it in the pass
        self.assertEqual(query(self.daemon, "SELECT expiry_told_epoch FROM account WHERE uid = ?", uid), [(0,)])


if __name__ == "__main__":
    main()
