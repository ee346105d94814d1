#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages that begin and do not end are cut off, and nobody else notices. How much they take: test_holding.py."""

from wire import CALL, Gone, INTERFACE, MEMBER, PATH, message
from world import *

NOBODY = 65534
PEER = "org.freedesktop.DBus.Peer"  # which is answered to everybody
MIB = 1 << 20


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

    def test_head_of_a_message_that_is_too_large_is_enough_to_be_cut_off(self):
        client = self.client(NOBODY)
        for _ in range(5):  # the first may be read together with the greeting
            self.assertTrue(client.call(ROOT, PEER, "GetMachineId"))
        client.socket.sendall(beginning(21 * MIB))
        self.assertTrue(self.gone(client))
        root = self.client()
        root.socket.sendall(message(CALL, 1, {PATH: ROOT, INTERFACE: PEER, MEMBER: "GetMachineId"}, "ay", (bytes(21 * MIB),)))
        self.assertTrue(root.wait(1))

    def test_message_that_comes_in_many_pieces_is_answered(self):
        client = self.client(NOBODY)
        whole = message(CALL, 1, {PATH: ROOT, INTERFACE: PEER, MEMBER: "GetMachineId"}, "ay", (bytes(3 * MIB),))
        for at in range(0, len(whole), 65536):
            client.socket.sendall(whole[at:at + 65536])
            self.assertTrue(self.manager("ListRoles"))
        self.assertTrue(client.wait(1))


if __name__ == "__main__":
    main()
