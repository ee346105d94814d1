#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the D-Bus policy to the contract: what the XML publishes is allowed by name, and nothing else."""

import pathlib
import sys
import xml.etree.ElementTree as tree

NAME = "org.backoffice.Accounts1"

# Answered on the private socket alone: the bus does not even carry it.
PRIVATE = {NAME + ".Login", NAME + ".Mail", NAME + ".Sessions"}

STANDARD = {
    ("org.freedesktop.DBus.Introspectable", "Introspect"),
    ("org.freedesktop.DBus.Peer", "Ping"),
    ("org.freedesktop.DBus.Peer", "GetMachineId"),
    ("org.freedesktop.DBus.Properties", "Get"),
    ("org.freedesktop.DBus.Properties", "GetAll"),
}


def published(folder):
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        for interface in tree.parse(path).getroot().iter("interface"):
            if interface.get("name") not in PRIVATE:
                yield from ((interface.get("name"), method.get("name")) for method in interface.iter("method"))


def rules(policy, context, verb):
    for part in policy.iter("policy"):
        if all(part.get(key) == value for key, value in context.items()):
            yield from (rule.attrib for rule in part.iter(verb))


def checks(policy, folder):
    everybody = {"context": "default"}
    allowed = list(rules(policy, everybody, "allow"))
    members = {(rule.get("send_interface"), rule.get("send_member")) for rule in allowed}
    contract = set(published(folder)) | STANDARD
    yield "every_published_method_is_allowed", contract - members
    yield "no_other_member_is_allowed", members - contract
    yield "every_rule_names_destination_interface_and_member", [
        rule for rule in allowed if set(rule) != {"send_destination", "send_interface", "send_member"}
        or rule["send_destination"] != NAME]
    denied = list(rules(policy, everybody, "deny"))
    for rule in ({"send_destination": NAME}, {"own": NAME},
                 {"receive_sender": NAME, "receive_type": "signal"}):
        yield "by_default_denied_" + "_".join(rule), [] if rule in denied else [rule]
    owners = [part.attrib for part in policy.iter("policy") for rule in part.iter("allow") if rule.get("own")]
    yield "only_the_daemon_owns_the_name", [] if owners == [{"user": "bo-accountd"}] else owners
    hearers = [part.attrib for part in policy.iter("policy")
               for rule in part.iter("allow") if rule.get("receive_type") == "signal"]
    expected = [{"user": "root"}, {"group": "bo-operator"}]
    yield "signals_reach_root_and_operators_alone", [] if hearers == expected else hearers


def main():
    policy = tree.parse(sys.argv[1]).getroot()
    results = list(checks(policy, sys.argv[2]))
    print(f"1..{len(results)}")
    for number, (name, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} {name}")
        for line in wrong:
            print(f"#   {line}")
    return any(wrong for _, wrong in results)


if __name__ == "__main__":
    sys.exit(main())
