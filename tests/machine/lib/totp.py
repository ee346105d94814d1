# SPDX-License-Identifier: LGPL-2.1-or-later
"""An authenticator app: RFC 6238 with 30 s, 6 digits and SHA-1, written apart from what it tests."""

import base64
import hashlib
import hmac
import struct

STEP_SEC = 30


def code(secret, now_sec, steps=0):
    """The code of the base32 @secret at @now_sec, or @steps later."""
    counter = int(now_sec) // STEP_SEC + steps
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start:start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1000000:06d}"
