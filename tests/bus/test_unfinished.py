#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages that begin and do not end: they take no memory for long, and nobody else notices."""

import re

from wire import CALL, Gone, INTERFACE, MEMBER, PATH, message
from world import *

NOBODY = 65534
PEER = "org.freedesktop.DBus.Peer"  # which is answered to everybody
MIB = 1 << 20
LARGE = 120 * MIB  # D-Bus allows 128
OVER_MOST = 320 * MIB  # what is held at most: some messages, and one that sd-bus reads meanwhile


def beginning(size):
    """Of a call with a body of @size bytes: all before the body."""
    whole = message(CALL, 7, {PATH: ROOT, INTERFACE: PEER, MEMBER: "GetMachineId"})
    return whole[:4] + struct.pack("<I", size) + whole[8:]


class Unfinished(Case):
    def client(self, uid=0):
        """As soon as the daemon has seen that those of the test before are gone."""
        deadline = time.monotonic() + WAIT
        while True:
            try:
                return super().client(uid)
            except Gone:
                self.assertLess(time.monotonic(), deadline)

    def peak(self):
        """Bytes of memory that the daemon has had at most."""
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.M)[1]) * 1024

    def pour(self, client, size):
        """Begins a message, and sends all but its end; False when the daemon has cut it off."""
        try:
            client.socket.sendall(beginning(size))
            for _ in range(size // MIB - 1):
                client.socket.sendall(bytes(MIB))
        except ConnectionError:
            return False
        return True

    def gone(self, client):
        client.socket.settimeout(WAIT)
        try:
            return client.socket.recv(1) == b""
        except ConnectionError:
            return True

    @unittest.skipIf("san.so" in preloads(), "the memory of a sanitizer is not that of the daemon")
    def test_half_a_message_on_each_connection_does_not_fill_the_memory(self):
        _, name = self.person()
        before = self.peak()
        for client in [self.client(NOBODY) for _ in range(8)]:
            self.pour(client, LARGE)
            self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertLess(self.peak() - before, OVER_MOST)
        self.assertIn(f"A client of uid {NOBODY} was cut off", self.daemon.said())

    def test_what_does_not_end_is_cut_off_and_who_is_silent_is_not(self):
        silent, talker = self.client(NOBODY), self.client(NOBODY)
        self.assertTrue(talker.call(ROOT, PEER, "GetMachineId"))
        halves = [self.client(uid) for uid in (0, NOBODY)]
        for client in halves:
            self.assertTrue(self.pour(client, 2 * MIB))
        for client in halves:
            self.assertTrue(self.gone(client))
        for client in silent, talker:
            self.assertTrue(client.call(ROOT, PEER, "GetMachineId"))

    def test_beginning_right_behind_a_whole_message_is_cut_off(self):
        client = self.client(NOBODY)
        client.socket.sendall(message(CALL, 1, {PATH: ROOT, INTERFACE: PEER, MEMBER: "GetMachineId"}) + beginning(MIB))
        self.assertTrue(client.wait(1))
        self.assertTrue(self.gone(client))

    def test_message_that_comes_in_many_pieces_is_answered(self):
        client = self.client(NOBODY)
        whole = message(CALL, 1, {PATH: ROOT, INTERFACE: PEER, MEMBER: "GetMachineId"}, "ay", (bytes(3 * MIB),))
        for at in range(0, len(whole), 65536):
            client.socket.sendall(whole[at:at + 65536])
            self.assertTrue(self.manager("ListRoles"))
        self.assertTrue(client.wait(1))


if __name__ == "__main__":
    main()
