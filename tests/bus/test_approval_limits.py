#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What may be asked for and how often, and answers at the same moment (R66 to R68)."""

import sqlite3
import threading

from approval_case import WEEK, Shops
from world import *


class Limits(Shops):
    def test_R66_ranges_are_numbers_and_compared_in_binary(self):
        for given, stored in (("192.0.2.0/24", "192.0.2.0/24"), ("192.0.3.9/32", "192.0.3.9"), ("2001:DB8:0::7", "2001:db8::7"),
                              ("2001:db8:4::/48", "2001:db8:4::/48"), ("::ffff:198.51.100.7", "198.51.100.7"),
                              ("10.0.0.0/8", "10.0.0.0/8"), ("127.0.0.1", "127.0.0.1")):
            self.fresh()
            self.assertEqual(self.look(self.ask(address=given), "Address"), stored)
        for again in ("::ffff:192.0.2.0/120", "192.0.3.9", "2001:db8:0:0:0:0:0:7", "2001:0db8::0007/128", "198.51.100.7/32"):
            self.assertRegex(self.refused("AddressListed", self.ask, address=again), r"pending already: request \d+")
        for wrong in ("", "shop.example", "localhost", "fe80::1%eth0", "fe80::1", "10.0.0.0/7", "2001::/31", "0.0.0.0/0", "::/0",
                      "0.0.0.0", "::", "224.0.0.1", "ff02::1", "169.254.1.1", "192.0.2.7/33", "192.0.2.7/+8", " 192.0.2.7",
                      "192.0.2.7\n", "0300.0.2.7", "192.0.2.1-192.0.2.9", "192.0.2.0/255.255.255.0"):
            self.assertIn("Address: ", self.refused("BadValue", self.ask, address=wrong))
        self.assertIn("the range is 192.0.2.0/24", self.refused("BadValue", self.ask, address="192.0.2.77/24"))
        self.refused("BadValue", self.ask, Comment="two\nlines")
        self.refused("BadValue", self.ask, Comment="x" * 256)

    def test_R66_at_most_twenty_wait_and_expired_ones_do_not_count(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        for _ in range(20):
            self.ask(uid=sam, customer=shop)
        self.assertIn("20 requests", self.refused("TooManyApprovals", self.ask, uid=sam, customer=shop))
        self.daemon.pass_time(WEEK)
        self.ask(uid=sam, customer=shop)

    def test_R66_asking_often_is_slowed_down(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        self.daemon.pass_time(DAY)
        ident = 0
        for n in range(20):
            ident = self.ask(uid=sam, customer=shop, address=f"198.51.100.{n}")
            self.revoke(ident, uid=sam)
        self.refused("Busy", self.ask, uid=sam, customer=shop, address="198.51.100.99")
        self.daemon.pass_time(5 * MINUTE)
        self.ask(uid=sam, customer=shop, address="198.51.100.99")

    def test_R68_at_most_a_thousand_are_approved(self):
        shop = self.customer()
        sam, _ = self.member("security-manager", customer=shop)
        ann, _ = self.member("business-owner", customer=shop)
        first, second = self.ask(uid=sam, customer=shop), self.ask(uid=sam, customer=shop)
        self.daemon.stop()
        store = sqlite3.connect(self.daemon.state + "/accounts.db")
        for n in range(999):
            store.execute("INSERT INTO approval SELECT ?, customer, ?, comment, requester, requested_usec, expires_usec,"
                          " clock_epoch, 1, requested_usec, 1, 0, 0, '', 0 FROM approval WHERE id = ?",
                          (10 ** 6 + n, bytes([4, 100, n // 250, n % 250, *[0] * 13, 32]), first))
        store.commit()
        store.close()
        self.daemon.start()
        self.approve(first, uid=ann)
        self.assertIn("1000 approved", self.refused("TooManyApprovals", self.approve, second, uid=ann))
        self.assertEqual(self.status(second), "pending")
        self.refused("TooManyApprovals", self.ask, uid=sam, customer=shop)
        self.revoke(first, uid=ann)
        self.approve(second, uid=ann)

    def test_R67_two_owners_at_the_same_moment(self):
        for _ in range(3):
            ident = self.ask()
            said = {}

            def run(uid, door, member, *reason):
                try:
                    self.call(ident, member, *reason, door=door)
                    said[uid] = "done"
                except BusError as error:
                    said[uid] = f"{error.name}: {error.text}"
            threads = [threading.Thread(target=run, args=(uid, self.client(uid), *verb)) for uid, *verb in
                       ((self.ann, "Approve"), (self.bob, "Reject", "no"), (self.both, "Approve"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            winners = [uid for uid, text in said.items() if text == "done"]
            self.assertEqual(len(winners), 1, said)
            name = {self.ann: self.ann_name, self.bob: self.bob_name, self.both: self.both_name}[winners[0]]
            self.assertEqual(self.look(ident, "DecidedBy"), name)
            for uid, text in said.items():
                self.assertTrue(text == "done" or text.startswith("ApprovalDecided:") and name in text, said)

    def test_R67_daemon_that_is_killed_leaves_nothing_half_done(self):
        for _ in range(4):
            ident = self.ask()
            token = self.token(self.ann, ident)
            door = self.daemon.client(self.ann)
            thread = threading.Thread(target=self.attempt, args=(door, ident))
            thread.start()
            self.daemon.kill()
            thread.join()
            door.close()
            self.daemon.start()
            if self.status(ident) == "approved":
                self.refused("WrongCredentials", self.answer, token)
                self.assertEqual([kind for kind, _ in self.told(self.sam, ident)], ["approval-decided"])
            else:
                self.no_change(ident)
                self.assertEqual(self.told(self.sam, ident), [])
                self.assertEqual(self.answer(token), ident)

    def attempt(self, door, ident):
        try:
            self.call(ident, "Approve", door=door)
        except (BusError, Gone, OSError):
            pass


if __name__ == "__main__":
    main()
