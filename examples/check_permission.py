#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program that asks bo over D-Bus before it acts: may this user refund a transaction?

    ./check_permission.py alice@shop.example transactions.refund shop

It needs nothing but Python and busctl(1) of systemd. Who asks about others is root, an operator, or in
the group of PermissionGroup= (accountd.conf). By the system bus; with --address by bo's private socket,
unix:path=/run/bo-accountd/bus, which is faster and needs no bus.
"""

import argparse
import json
import subprocess
import sys

CALL = ("org.backoffice.Accounts1", "/org/backoffice/Accounts1", "org.backoffice.Accounts1.Manager",
        "CheckPermission", "ssa{sv}")


def context_words(**context):
    """An a{sv} of strings, as busctl wants it: how many, then key, type and value of each."""
    given = {key: value for key, value in context.items() if value}
    return [str(len(given)), *(word for key, value in given.items() for word in (key, "s", value))]


def check(user, permission, customer=None, address=None):
    """(allowed, reason); raises CalledProcessError if there was no answer."""
    bus = f"--address={address}" if address else "--system"
    said = subprocess.run(["busctl", bus, "--json=short", "call", *CALL, "--", user, permission,
                           *context_words(Customer=customer)],
                          check=True, stdout=subprocess.PIPE, timeout=30).stdout
    allowed, reason = json.loads(said)["data"]
    return allowed, reason


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("user")
    parser.add_argument("permission")
    parser.add_argument("customer", nargs="?")
    parser.add_argument("--address")
    asked = parser.parse_args()
    try:
        allowed, reason = check(asked.user, asked.permission, asked.customer, asked.address)
    except (subprocess.SubprocessError, ValueError):
        return 1  # busctl has told why; no answer permits nothing
    if not allowed:
        print(f"{asked.user} may not do {asked.permission}: {reason}", file=sys.stderr)
        return 1
    print("here the transaction would be refunded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
