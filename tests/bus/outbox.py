# SPDX-License-Identifier: LGPL-2.1-or-later
"""The mails that wait in the store of a daemon, unsealed with its key."""

import ctypes
import ctypes.util
import sqlite3
import struct
import time

from world import WAIT

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium"))
NONCE, MAC, OWNER = 24, 16, 8
KEY_SEAL, CONTEXT = 4, b"bo-keys1"
OWNER_MAIL = 1 << 63


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
