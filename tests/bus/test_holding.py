#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a local user makes the daemon hold: messages that never end, and answers that he does not read."""

import os
import socket
import struct
import threading
import time

from wire import CALL, INTERFACE, MEMBER, PATH, message
from world import *

STRANGER, CALLER = 4242, 4243
LARGE, MIDDLE = 100 << 20, 40 << 20  # above what is held of all together, and below
MOST_KB = (96 + 128 + 32) << 10  # what is held at most, one message beyond, and what a daemon is


class Sender:
    """A client that sends what it likes, and never more than is taken."""

    def __init__(self, case, uid, rest=b"", step=None):
        self.socket = socket.socket(socket.AF_UNIX)
        case.addCleanup(self.socket.close)
        os.seteuid(uid)
        try:
            self.socket.connect(case.daemon.socket)
        finally:
            os.seteuid(0)
        self.socket.settimeout(WAIT)
        hello = [b"\0AUTH EXTERNAL " + str(uid).encode().hex().encode() + b"\r\n", b"NEGOTIATE_UNIX_FD\r\n",
                 b"BEGIN\r\n" + rest]
        if not step:
            self.socket.sendall(b"".join(hello))
            return
        for line in hello:
            self.socket.sendall(line)
            step()

    def send(self, data):
        """How much of it was taken before the daemon hung up."""
        sent = 0
        try:
            while sent < len(data):
                sent += self.socket.send(data[sent:sent + (1 << 20)])
        except (BrokenPipeError, ConnectionResetError):
            pass
        return sent

    def is_cut_off(self):
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        return True


def header(size, member="GetSettings"):
    """Of a call with @size bytes to follow."""
    head = bytearray(message(CALL, 1, {PATH: ROOT, INTERFACE: MANAGER, MEMBER: member}, "ay", [b""]))[:-4]
    struct.pack_into("<I", head, 4, size)
    return bytes(head)


def large(size, member="GetSettings"):
    return header(size + 4, member) + struct.pack("<I", size) + bytes(size)


class Holding(Case):
    def setUp(self):
        self.peak, self.stopped, self.logins, self.failed = 0, threading.Event(), 0, []
        _, self.name = self.person()
        self.threads = [threading.Thread(target=work) for work in (self.measure, self.log_in)]
        self.root = self.client()
        self.start_kb = self.resident()
        for thread in self.threads:
            thread.start()

    def resident(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def measure(self):
        while not self.stopped.wait(0.002):
            self.peak = max(self.peak, self.resident())

    def log_in(self):
        """All through it somebody logs in, and nothing of that fails."""
        while not self.stopped.is_set():
            try:
                outcome = Talk(self.root, "auth", self.name, "loose").answer(GOOD).outcome
            except Exception as error:  # whatever it is, the test is to tell it
                outcome = repr(error)
            self.logins += 1
            if outcome != "Success":
                self.failed.append(outcome)

    def finish(self):
        before, deadline = self.logins, time.monotonic() + WAIT
        while self.logins < before + 2 and time.monotonic() < deadline:
            self.stopped.wait(0.01)
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        print(f"# {self._testMethodName}: {self.start_kb} kB before, {self.peak} kB at most, {self.resident()} kB after,"
              f" {self.logins} logins")
        self.assertEqual(self.failed, [])
        self.assertGreater(self.logins, before)
        self.assertLess(self.peak - self.start_kb, MOST_KB)

    def tearDown(self):
        self.stopped.set()

    def test_messages_that_never_end_are_bounded_and_nobodys_login_fails(self):
        for sender in [Sender(self, STRANGER) for _ in range(8)]:
            sender.send(header(LARGE) + bytes(LARGE - (1 << 20)))
        self.finish()

    def test_messages_of_which_one_would_pass_are_bounded_together(self):
        """Whose began first makes room for the next."""
        senders = [Sender(self, STRANGER) for _ in range(8)]
        for sender in senders:
            sender.send(header(MIDDLE) + bytes(MIDDLE - (1 << 20)))
        self.assertTrue(senders[0].is_cut_off())
        self.finish()

    def test_a_beginning_that_came_with_the_greeting_counts_as_well(self):
        senders = [Sender(self, STRANGER, header(LARGE)) for _ in range(8)]
        for sender in senders:
            sender.send(bytes(LARGE - (1 << 20)))
        self.finish()

    def test_claims_with_the_greeting_keep_nobody_out_who_greets_step_by_step(self):
        senders = [Sender(self, STRANGER, header(LARGE)) for _ in range(8)]
        for sender in senders:
            sender.socket.recv(200)
        other = Sender(self, CALLER, step=lambda: self.auth(self.name, GOOD))
        other.socket.sendall(message(CALL, 1, {PATH: "/", INTERFACE: "org.freedesktop.DBus.Peer", MEMBER: "Ping"}))
        self.assertTrue(other.socket.recv(100))
        self.finish()

    def test_claims_alone_are_held_by_nobody_for_long(self):
        senders = [Sender(self, STRANGER, header(LARGE)) for _ in range(8)]
        self.assertTrue(senders[0].is_cut_off())
        self.finish()

    def test_whole_messages_that_are_large_wait_for_no_worker(self):
        senders = [Sender(self, STRANGER) for _ in range(8)]
        body = large(LARGE)
        threads = [threading.Thread(target=sender.send, args=[body]) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.finish()

    def test_another_user_is_served_meanwhile(self):
        senders = [Sender(self, STRANGER) for _ in range(7)]
        other = self.client(CALLER)
        threads = [threading.Thread(target=sender.send, args=[header(LARGE) + bytes(LARGE - 1)]) for sender in senders]
        for thread in threads:
            thread.start()
        for _ in range(200):
            other.call("/", "org.freedesktop.DBus.Peer", "Ping")
        for thread in threads:
            thread.join()
        self.finish()

    def test_answers_that_nobody_reads_are_bounded(self):
        """sd-bus keeps them: each answer to Introspect has many times the size of the call."""
        ask = message(CALL, 1, {PATH: ROOT, INTERFACE: "org.freedesktop.DBus.Introspectable", MEMBER: "Introspect"})
        senders = [Sender(self, STRANGER) for _ in range(8)]
        for sender in senders:
            self.assertLess(sender.send(ask * 20000), len(ask) * 20000)
        self.finish()
        self.assertLess(self.peak - self.start_kb, 64 << 10)


if __name__ == "__main__":
    main()
