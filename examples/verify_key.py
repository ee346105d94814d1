#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program that is shown API keys by its clients, and asks bo over D-Bus whose they are.

    ./verify_key.py shop-api 192.0.2.7 transactions.view < key

accountd.conf has a section for it: [Service shop-api], with Class=api and Callers= of the user that it runs
as. It needs python3-dbus; the key never stands on a command line, as it would with busctl(1). By bo's private
socket: the system bus carries no secrets.
"""

import argparse
import sys

import dbus
import dbus.connection

SOCKET = "unix:path=/run/bo-accountd/bus"
NAME, PATH = "org.backoffice.Accounts1", "/org/backoffice/Accounts1"


def verify(key, service, client, address=SOCKET):
    """The owner of a key: Username, Uid, Kind, Customer, Roles, Permissions and more.

    Raises dbus.DBusException if it is refused, or if there was no answer."""
    accounts = dbus.connection.Connection(address)
    try:
        return accounts.call_blocking(None, PATH, NAME + ".Manager", "VerifyKey", "ayssa{sv}",
                                      (dbus.ByteArray(key), service, client, {}), timeout=30)
    finally:
        accounts.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("service")
    parser.add_argument("client", help="numeric address")
    parser.add_argument("permission")
    parser.add_argument("--address", default=SOCKET)
    asked = parser.parse_args()
    key = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        owner = verify(key, asked.service, asked.client, asked.address)
    except dbus.DBusException as error:
        print(f"refused: {error.get_dbus_message()}", file=sys.stderr)
        return 1  # no answer permits nothing
    if asked.permission not in owner["Permissions"]:
        print(f"refused: {owner['Username']} may not do {asked.permission}", file=sys.stderr)
        return 1
    print(f"{owner['Username']} of {owner['Customer']}: here the transactions would be listed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
