#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An accounts.db of some time ago that somebody puts in the place of the newest, by hand."""

import contextlib
import os
import shutil
import sqlite3

from world import *


class OldCopy(Case):
    def setUp(self):
        """Whatever a test before has left to be accepted."""
        self.manager("AcceptDatabase", "a{sv}", {})

    @property
    def database(self):
        return os.path.join(self.daemon.state, "accounts.db")

    def save_copy(self):
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.database, self.daemon.path("copy"))
        self.daemon.start()

    def put_back(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.assertFalse(os.path.exists(self.database + "-wal"))
        shutil.copy(self.daemon.path("copy"), self.database)
        self.daemon.start()

    def mark_follows(self):
        """Changes something, and waits for the mark: twice, as the pass at start writes it, too."""
        for _ in range(2):
            marked = os.stat(self.database + ".mark").st_mtime_ns
            self.create()
            deadline = time.monotonic() + WAIT
            while os.stat(self.database + ".mark").st_mtime_ns == marked:
                self.assertLess(time.monotonic(), deadline, "the mark is not written")
                os.sched_yield()

    def finding(self):
        return [row["Text"] for row in self.manager("Check", "a{sv}", {})[0] if row["Part"] == "database"]

    def rows(self, event):
        return self.manager("ListAudit", "a{sv}su", {"Event": ("s", event)}, "", 100)[0]

    def test_nothing_is_found_where_nobody_has_exchanged_it(self):
        self.person()
        self.daemon.restart()
        self.person()
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.finding(), [])

    def test_an_old_copy_raises_an_alarm_until_it_is_accepted(self):
        uid, name = self.person()
        self.save_copy()
        before = len(self.rows("database-older"))
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.put_back()
        said, = self.finding()
        self.assertRegex(said, r"old copy.*rows of the audit trail are lost")
        self.assertIn("boctl database accept", self.daemon.said())
        row = self.rows("database-older")[0]
        self.assertIn("reason=behind", row["Detail"])
        self.manager("VerifyAudit", "t", 0)
        self.daemon.restart()
        self.assertEqual(len(self.finding()), 1, "it is told until somebody has said that it was meant")
        self.assertEqual(len(self.rows("database-older")), before + 1, "but found once")
        self.refused("NotAllowed", self.manager, "AcceptDatabase", "a{sv}", {}, uid=uid)
        self.manager("AcceptDatabase", "a{sv}", {})
        self.assertEqual(self.finding(), [])
        self.daemon.restart()
        self.assertEqual(self.finding(), [])
        # What the copy knows is as it was then.
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_links_that_were_open_in_it_open_nothing(self):
        uid, name = self.person()
        fresh, other, link = self.create()
        reset = self.reset(uid)
        self.save_copy()
        self.assertEqual(self.auth(other, link, GOOD, GOOD, service="loose"), "Success")
        self.put_back()
        self.assertNotEqual(self.auth(other, link), "Success")
        self.assertNotEqual(self.auth(name, reset), "Success")
        self.assertEqual(self.auth(name, GOOD), "Success")
        again = self.user(fresh, "ResendActivation", "a{sv}", {})[0]
        self.assertEqual(self.auth(other, again, GOOD, GOOD, service="loose"), "Success")

    def test_codes_that_may_have_been_used_since_are_used(self):
        uid, name, secret = self.with_otp()
        self.save_copy()
        self.daemon.pass_time(HOUR)
        now = code(secret, self.daemon.now)
        self.assertEqual(self.auth(name, GOOD, now), "Success")
        self.put_back()
        self.assertNotEqual(self.auth(name, GOOD, now), "Success")
        self.daemon.pass_time(90)
        self.assertEqual(self.auth(name, GOOD, code(secret, self.daemon.now)), "Success")

    def test_R17_no_uid_is_given_twice(self):
        self.save_copy()
        uid, name = self.person()
        self.put_back()
        self.refused("NoSuchUser", self.manager, "GetUser", "s", name)
        self.assertGreater(self.person()[0], uid)

    def counters(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as store:
            return dict(store.execute("SELECT name, value FROM counter")), store.execute(
                "SELECT COUNT(*) FROM audit WHERE event = 'database-older'").fetchone()[0]

    def test_R17_a_mark_that_cannot_be_written_does_not_eat_up_the_uids(self):
        uid, name = self.person()
        self.save_copy()
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.daemon.path("copy"), self.database)
        os.mkdir(self.database + ".mark.new")
        self.daemon.start()
        found = self.counters()
        for _ in range(3):
            self.refused("Unavailable", self.manager, "GetUser", "s", name)
        self.assertEqual(self.counters(), found)
        os.rmdir(self.database + ".mark.new")
        self.assertRegex(self.finding()[0], "old copy")
        self.assertEqual(self.counters()[1], found[1])
        self.assertGreater(self.person()[0], uid + 1)

    def test_an_old_file_under_the_log_of_the_newest_is_found(self):
        uid, name = self.person()
        for _ in range(40):  # so that not all that changes is in the pages that the log has
            self.create()
        self.save_copy()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.daemon.restart()
        self.mark_follows()
        self.daemon.kill()
        self.assertTrue(os.path.exists(self.database + "-wal"))
        shutil.copy(self.database, self.daemon.path("newest"))
        shutil.copy(self.database + "-wal", self.daemon.path("newest-wal"))
        shutil.copy(self.daemon.path("copy"), self.database)
        self.daemon.start()
        self.assertIn("a mixture of both", self.finding()[0])
        self.daemon.kill()
        for ending in "", "-wal":
            shutil.copy(self.daemon.path("newest" + ending), self.database + ending)
        os.unlink(self.database + "-shm")
        self.daemon.start()
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_a_new_store_does_not_hide_that_the_accounts_were_removed(self):
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        os.rename(self.database, self.daemon.path("away"))
        self.daemon.start()
        self.refused("Unavailable", self.manager, "ListUsers", "sa{sv}su", "", {}, "", 10)
        self.assertFalse(os.path.exists(self.database))
        os.rename(self.daemon.path("away"), self.database)
        self.assertEqual(self.finding(), [])

    def test_a_mark_that_is_gone_is_told_as_well(self):
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        os.unlink(self.database + ".mark")
        self.daemon.start()
        self.assertRegex(self.finding()[0], "mark beside the database is gone")


if __name__ == "__main__":
    main()
