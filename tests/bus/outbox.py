# SPDX-License-Identifier: LGPL-2.1-or-later
"""The mails that wait in the store of a daemon, unsealed with its key."""

import ctypes
import ctypes.util
import sqlite3
import struct
import time

from world import GOOD, SERVICES, SETTINGS, WAIT, Case

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium"))
NONCE, MAC, OWNER = 24, 16, 8
KEY_SEAL, CONTEXT = 4, b"bo-keys1"
OWNER_MAIL = 1 << 63
MAILED = SETTINGS + "Mail=yes\n"


def seal_key(daemon):
    key = ctypes.create_string_buffer(32)
    with open(daemon.state + "/key", "rb") as file:
        assert SODIUM.crypto_kdf_derive_from_key(key, ctypes.c_size_t(32), ctypes.c_uint64(KEY_SEAL), CONTEXT,
                                                 file.read()) == 0
    return key.raw


def unseal(daemon, number, sealed):
    """{field: value} of the mail @number."""
    plain = ctypes.create_string_buffer(len(sealed))
    assert SODIUM.crypto_secretbox_open_easy(plain, sealed[NONCE:], ctypes.c_ulonglong(len(sealed) - NONCE),
                                             sealed[:NONCE], seal_key(daemon)) == 0
    words = plain.raw[:len(sealed) - NONCE - MAC]
    assert struct.unpack("<Q", words[:OWNER])[0] == OWNER_MAIL | number
    words = words[OWNER:].decode().split("\0")[:-1]
    return dict(zip(words[::2], words[1::2]))


def query(daemon, text, *values):
    store = sqlite3.connect(f"file:{daemon.state}/accounts.db?mode=ro", uri=True, timeout=WAIT)
    try:
        return store.execute(text, values).fetchall()
    finally:
        store.close()


def mails(daemon, uid):
    """[(kind, recipient, fields)] of the mails about @uid, the oldest first."""
    return [(kind, recipient, unseal(daemon, number, sealed)) for number, kind, recipient, sealed in query(
        daemon, "SELECT id, kind, recipient, sealed FROM mail WHERE uid = ? ORDER BY id", uid)]


def wait_until(holds):
    """What a user asks for is looked into after the answer."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, "it does not come about"


class Mailed(Case):
    SETTINGS = MAILED + SERVICES

    def invited(self, **options):
        """(uid, name, mail) of a verified user who has not been activated."""
        uid, name, link = self.create(**options)
        self.assertEqual(link, "")
        (kind, recipient, fields), = mails(self.daemon, uid)
        self.assertEqual((kind, recipient), ("activation", name))
        return uid, name, fields

    def person(self, password=GOOD, **options):
        uid, name, fields = self.invited(**options)
        self.assertEqual(self.auth(name, fields["token"], password, password, service="loose"), "Success")
        return uid, name

    def address(self):
        """One that nobody has asked from before."""
        Case.count += 1
        return f"192.0.2.{Case.count % 256}" if Case.count < 256 else f"198.51.100.{Case.count % 256}"

    def forgot(self, name, answer="forgot", **context):
        """The whole dialogue."""
        talk = self.talk("auth", name, **{"rhost": self.address(), **context})
        return talk.answer(answer).texts

    def asked(self):
        """How many accounts have been asked for, known or not."""
        return query(self.daemon, "SELECT COUNT(*) FROM throttle WHERE subject LIKE 'a:%'")[0][0]

    def own_link(self, uid, name, kind="reset"):
        """The link that the user gets who asks for it."""
        before = len(self.links(uid, kind))
        self.assertEqual(self.forgot(name)[-1], ("done", "ResetAsked"))
        wait_until(lambda: len(self.links(uid, kind)) > before)
        return self.links(uid, kind)[-1]

    def links(self, uid, kind):
        return [fields["token"] for each, _, fields in mails(self.daemon, uid) if each == kind]
