# SPDX-License-Identifier: LGPL-2.1-or-later
"""D-Bus spoken by hand: as any uid, many connections at once, and as malformed as a test wants it."""

import os
import socket
import struct

ALIGN = {"y": 1, "b": 4, "n": 2, "q": 2, "i": 4, "u": 4, "x": 8, "t": 8, "d": 8, "s": 4, "o": 4,
         "g": 1, "a": 4, "(": 8, "{": 8, "v": 1}
PACK = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d"}
CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = range(1, 9)
FIELD_TYPES = {PATH: "o", INTERFACE: "s", MEMBER: "s", ERROR_NAME: "s", REPLY_SERIAL: "u",
               DESTINATION: "s", SENDER: "s", SIGNATURE: "g"}
WAIT = int(os.environ.get("BO_WAIT", "60"))


class BusError(Exception):
    """An error reply: its short name, and the text for people."""

    def __init__(self, full_name, text):
        super().__init__(f"{full_name}: {text}")
        self.full_name, self.name, self.text = full_name, full_name.rsplit(".", 1)[-1], text


class Gone(Exception):
    """The daemon closed the connection, or never took it."""


def split_type(signature):
    """The first complete type, and the rest."""
    if signature[0] == "a":
        first, rest = split_type(signature[1:])
        return "a" + first, rest
    depth = 0
    for index, letter in enumerate(signature):
        depth += (letter in "({") - (letter in ")}")
        if depth == 0:
            return signature[:index + 1], signature[index + 1:]
    raise ValueError(signature)


def types(signature):
    while signature:
        first, signature = split_type(signature)
        yield first


def pad(out, size):
    out.extend(b"\0" * (-len(out) % size))


def put(out, kind, value):
    """A dictionary may be given as a list of pairs (keys twice); a variant is a pair (type, value)."""
    pad(out, ALIGN[kind[0]])
    if kind[0] in PACK:
        out.extend(struct.pack("<" + PACK[kind[0]], value))
    elif kind[0] in "so":
        data = value.encode() if isinstance(value, str) else value
        out.extend(struct.pack("<I", len(data)) + data + b"\0")
    elif kind[0] == "g":
        out.extend(bytes([len(value)]) + value.encode() + b"\0")
    elif kind[0] == "v":
        put(out, "g", value[0])
        put(out, value[0], value[1])
    elif kind[0] == "a":
        put_array(out, kind[1:], value)
    else:
        for part, item in zip(types(kind[1:-1]), value, strict=True):
            put(out, part, item)


def put_array(out, kind, value):
    at = len(out)
    out.extend(bytes(4))
    pad(out, ALIGN[kind[0]])
    start = len(out)
    if isinstance(value, bytes) and kind == "y":
        out.extend(value)
    else:
        for item in value.items() if isinstance(value, dict) else value:
            put(out, kind, item)
    struct.pack_into("<I", out, at, len(out) - start)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def align(self, size):
        self.at += -self.at % size

    def get(self, kind):
        self.align(ALIGN[kind[0]])
        if kind[0] in PACK:
            value, = struct.unpack_from("<" + PACK[kind[0]], self.data, self.at)
            self.at += struct.calcsize("<" + PACK[kind[0]])
            return bool(value) if kind == "b" else value
        if kind[0] in "sog":
            size = self.get("y" if kind == "g" else "u")
            self.at += size + 1
            return self.data[self.at - size - 1:self.at - 1].decode()
        if kind[0] == "v":
            return self.get(self.get("g"))
        if kind[0] == "a":
            return self.array(kind[1:])
        return tuple([self.get(part) for part in types(kind[1:-1])])

    def array(self, kind):
        size = self.get("u")
        self.align(ALIGN[kind[0]])
        end, items = self.at + size, []
        while self.at < end:
            items.append(self.get(kind))
        return dict(items) if kind[0] == "{" else items


def message(kind, serial, fields, signature="", values=(), flags=0):
    body = bytearray()
    for part, value in zip(types(signature), values, strict=True):
        put(body, part, value)
    if signature:
        fields = {**fields, SIGNATURE: signature}
    out = bytearray(struct.pack("<BBBBII", ord("l"), kind, flags, 1, len(body), serial))
    put(out, "a(yv)", [(key, (FIELD_TYPES[key], value)) for key, value in fields.items()])
    pad(out, 8)
    return bytes(out + body)


class Client:
    """One connection, made with the kernel's credentials of @uid."""

    def __init__(self, path, uid=0, destination=None):
        self.destination, self.serial, self.buffer = destination, 0, b""
        self.replies, self.signals = {}, []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(WAIT)
        os.seteuid(uid)
        try:
            self.socket.connect(path)
        finally:
            os.seteuid(0)
        try:
            self.greet(uid)
        except (ConnectionError, Gone) as error:
            self.close()
            raise Gone(str(error)) from None

    def greet(self, uid):
        # As sd-bus does it: all in one go. For those who wait in between: test_strength.py.
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(uid).encode().hex().encode() + b"\r\nBEGIN\r\n")
        answer = b""
        while not answer.endswith(b"\r\n"):
            part = self.socket.recv(256)
            if not part:
                raise Gone("refused")
            answer += part
        if not answer.startswith(b"OK "):
            raise Gone(answer.decode())
        if self.destination:
            self.unique, = self.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello",
                                     destination="org.freedesktop.DBus")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, path, interface, member, signature="", *values, destination=None, flags=0):
        self.serial += 1
        fields = {PATH: path, MEMBER: member}
        if interface:
            fields[INTERFACE] = interface
        if destination or self.destination:
            fields[DESTINATION] = destination or self.destination
        self.socket.sendall(message(CALL, self.serial, fields, signature, values, flags))
        return self.serial

    def fill(self, size):
        while len(self.buffer) < size:
            part = self.socket.recv(65536)
            if not part:
                raise Gone("the connection was closed")
            self.buffer += part

    def receive(self):
        """The next message: stored as reply or as signal."""
        self.fill(16)
        _, kind, _, _, body_size, _ = struct.unpack_from("<BBBBII", self.buffer)
        fields_size, = struct.unpack_from("<I", self.buffer, 12)
        start = 16 + fields_size + (-fields_size % 8)
        self.fill(start + body_size)
        header = Reader(self.buffer[:start])
        header.at = 12
        fields = dict(header.get("a(yv)"))
        body = Reader(self.buffer[start:start + body_size])
        self.buffer = self.buffer[start + body_size:]
        values = tuple([body.get(part) for part in types(fields.get(SIGNATURE, ""))])
        if kind in (RETURN, ERROR):
            self.replies[fields[REPLY_SERIAL]] = (fields.get(ERROR_NAME), values)
        elif kind == SIGNAL and fields.get(INTERFACE, "").startswith("org.backoffice"):
            self.signals.append((fields[MEMBER], *values))

    def wait(self, serial):
        try:
            while serial not in self.replies:
                self.receive()
        except ConnectionError as error:
            raise Gone(str(error)) from None
        error, values = self.replies.pop(serial)
        if error:
            raise BusError(error, values[0] if values else "")
        return values

    def call(self, path, interface, member, signature="", *values, destination=None):
        try:
            serial = self.send(path, interface, member, signature, *values, destination=destination)
        except ConnectionError as error:
            raise Gone(str(error)) from None
        return self.wait(serial)
