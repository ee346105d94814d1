#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The verifier: whose key a program was shown, and what he may do (R70, R76)."""

import json
import subprocess

from test_address import FRIENDLY, HOSTILE, OURS, WEB, Approved
from test_key import Keys, wrong_secret
from world import *

STRANGER = 2
FIELDS = {"Username", "Uid", "Kind", "Customer", "CustomerAlias", "Roles", "Permissions", "KeyPrefix"}
BESIDES = """
[Service plain]
Class=api
Callers=www-data
[Service guarded]
Class=api
Permission=transactions.view
[Service people]
Callers=www-data
"""


class Verify(Approved, Keys):
    SETTINGS = Approved.SETTINGS + BESIDES

    def verify(self, key, service="plain", address="192.0.2.7", uid=0, **options):
        key = key.encode() if isinstance(key, str) else key
        said = self.door(uid).call(ROOT, MANAGER, "VerifyKey", "ayssa{sv}", key, service, address, {
            name: ("s", value) for name, value in options.items()})[0]
        said = {name: value[1] if isinstance(value, tuple) else value for name, value in said.items()}
        self.assertEqual(set(said), FIELDS)
        return said

    def robot(self, **options):
        options = {"Customer": self.shop, "Roles": ["viewer"], **options}
        return self.program_with_key(**options)


class Answer(Verify):
    def test_R76_one_answer_says_who_and_what(self):
        self.door().call(f"{ROOT}/customer/" + self.shop.replace("-", "_2d"), CUSTOMER, "SetAlias", "sa{sv}", "Corner Shop", {})
        uid, name, key = self.robot()
        said = self.verify(key)
        self.assertEqual({part: said[part] for part in FIELDS - {"Permissions"}}, {
            "Username": name, "Uid": uid, "Kind": "api", "Customer": self.shop, "CustomerAlias": "Corner Shop",
            "Roles": ["viewer"], "KeyPrefix": key[3:11]})
        for permission in said["Permissions"]:
            self.assertEqual(self.manager("CheckPermission", "ssa{sv}", name, permission, {})[0], True)
        self.assertIn("transactions.view", said["Permissions"])

    def test_R71_permissions_are_those_of_the_address(self):
        _, _, key = self.robot(Roles=["security-manager"])
        self.approve(self.shop, *OURS)
        for address, granted in (("192.0.2.7", True), ("198.51.100.7", False), ("", False)):
            said = self.verify(key, address=address)["Permissions"]
            self.assertEqual("customers.details" in said, granted, address)
            self.assertIn("settings.api", said)

    def test_R76_person_is_verified_by_his_key_and_acts_for_his_customer(self):
        uid, _, key = self.with_key(Customer=self.shop, Roles=["viewer"])
        self.assertEqual([self.verify(key)[part] for part in ("Uid", "Kind", "Customer")], [uid, "adm", self.shop])
        self.user(uid, "SetRoles", "sasa{sv}", self.other, ["encoder"], {})
        self.user(uid, "SwitchCustomer", "sa{sv}", self.other, {}, uid=uid)
        said = self.verify(key)
        self.assertEqual((said["Customer"], said["Roles"]), (self.other, ["encoder"]))

    def test_who_is_in_no_customer_has_no_permission(self):
        _, _, key = self.program_with_key()
        said = self.verify(key)
        self.assertEqual([said[part] for part in ("Customer", "CustomerAlias", "Roles", "Permissions")], ["", "", [], []])

    def test_R72_use_is_noted_once_an_hour_and_a_busy_key_writes_nothing(self):
        uid, _, key = self.robot()
        self.verify(key)
        self.assertEqual(self.get(uid, "ApiKeyUsed"), self.daemon.now * 1000000)
        before = self.written()
        self.daemon.pass_time(5)
        for _ in range(50):
            self.verify(key)
        self.assertEqual(self.written(), before)
        self.daemon.pass_time(HOUR)
        self.verify(key)
        self.assertEqual(self.get(uid, "ApiKeyUsed"), self.daemon.now * 1000000)
        self.assertEqual(self.audit(Subject=uid)[0]["Event"], "login-succeeded")


class Refused(Verify):
    def no(self, error, key, **how):
        return self.refused(error, self.verify, key, **how)

    def test_caller_must_be_named_by_the_service(self):
        _, _, key = self.robot()
        self.assertEqual(self.verify(key, uid=WEB)["Kind"], "api")
        uid, _ = self.person()
        for caller, service in ((STRANGER, "plain"), (uid, "plain"), (WEB, "guarded"), (WEB, "door"), (WEB, "sshd"),
                                (STRANGER, "people")):
            self.no("NotAllowed", key, service=service, uid=caller)

    def test_service_must_be_one_for_programs(self):
        _, _, key = self.robot()
        for caller, service in ((0, "sshd"), (0, "cron"), (0, "people"), (WEB, "people"), (0, "nightly"), (0, "nowhere")):
            self.no("WrongService", key, service=service, uid=caller)
        for service in ("", "Plain", "plain ", "../plain", 64 * "a", 300 * "a"):
            self.no("BadValue", key, service=service)

    def test_R76_wrong_keys_have_one_answer(self):
        uid, _, key = self.robot()
        _, _, other = self.robot()
        self.delete(uid, actor=0)
        wrong = ("", "x", "bo_", GOOD, key, wrong_secret(other), other[:-1], other + "0", " " + other, other.upper(),
                 other[:3] + other[3:11][::-1] + other[11:], 500 * "a", b"\xff\0" * 25, "0" * 50)
        self.assertEqual({self.no("WrongCredentials", answer) for answer in wrong}, {"This is no key that is good here."})
        self.assertEqual(self.verify(other)["Kind"], "api")

    def test_wrong_key_has_that_answer_whatever_name_was_locked_at_a_prompt(self):
        _, _, key = self.robot()
        for name in ("?", ""):
            self.wrong(name, service="plain")
        self.no("WrongCredentials", wrong_secret(key))
        self.assertEqual(self.verify(key)["Kind"], "api")

    def test_password_is_no_key(self):
        _, name = self.program(Customer=self.shop, Roles=["viewer"])
        before = self.locks()
        for _ in range(8):
            self.no("WrongCredentials", GOOD)
        self.assertEqual(self.locks(), before)
        self.assertEqual(self.auth(name, GOOD, service="door"), "Success")

    def test_R17_status_counts_at_once(self):
        uid, name, key = self.robot()
        self.verify(key)
        self.user(uid, "Disable", "a{sv}", {})
        self.no("Deactivated", key)
        self.user(uid, "Enable", "a{sv}", {})
        self.verify(key)
        self.wrong(name, service="door")
        self.no("LockedAttempts", key)
        self.daemon.pass_time(31 * MINUTE)
        self.verify(key)
        self.daemon.pass_time(91 * DAY)
        self.no("LockedInactivity", key)

    def test_R18_key_of_who_is_no_member_any_more_opens_nothing(self):
        for uid, _, key in (self.robot(), self.with_key(Customer=self.shop, Roles=["viewer"])):
            self.verify(key)
            self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)})
            self.no("Deactivated", key)

    def test_R9_permission_of_the_service_and_of_the_call(self):
        _, _, poor = self.robot(Roles=["business-owner"])
        _, _, rich = self.robot()
        self.assertIn("transactions.view", self.no("NoPermission", poor, service="guarded"))
        self.verify(rich, service="guarded")
        self.verify(rich, Permission="transactions.view")
        for permission in ("users.manage", "no.such", "nonsense", 70 * "a" + ".b"):
            self.no("NoPermission", rich, Permission=permission)

    def test_R70_service_that_wants_an_approved_address(self):
        self.approve(self.shop, *OURS)
        _, _, key = self.robot()
        for address in FRIENDLY:
            self.verify(key, service="api", address=address)
        for address in HOSTILE:
            try:
                self.no("AddressNotApproved", key, service="api", address=address)
            except AssertionError:  # what is no number is told to be none
                self.no("BadValue", key, service="api", address=address)
        self.revoke(self.shop)
        self.no("AddressNotApproved", key, service="api", address="192.0.2.7")

    def test_R26_member_of_other_locations(self):
        place = self.location(self.shop)
        self.location_call(place, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        _, _, key = self.with_key(Customer=self.shop, Roles=["viewer"], Locations=[place])
        self.verify(key, address="192.0.2.7")
        for address in ("198.51.100.7", ""):
            self.no("WrongPlace", key, address=address)

    def test_secrets_stand_in_no_log(self):
        _, _, key = self.robot()
        self.no("WrongCredentials", wrong_secret(key))
        self.verify(key)
        self.assertNotIn(key[12:44], self.daemon.said())
        self.assertNotIn(wrong_secret(key)[12:44], self.daemon.said())


class Tokens(Verify):
    """Tokens of approved addresses, at the verifier and at a login."""

    def setUp(self):
        super().setUp()
        self.uid, self.owner = self.asker(self.shop)
        self.name = self.get(self.uid, "Username")
        self.path, = self.approve(self.shop, "192.0.2.0/24")
        self.token = self.decide(self.path, "TakeToken", uid=self.uid)[0]

    def outcomes(self, address, service="door", name=None):
        """Of a login by PAM."""
        return self.come(name or self.name, self.token, service=service, rhost=address)

    def test_R70_token_is_the_requesters_way_in_from_its_range(self):
        for address in ("192.0.2.1", "192.0.2.255", "::ffff:192.0.2.7"):
            said = self.verify(self.token, address=address)
            self.assertEqual([said[part] for part in ("Uid", "Kind", "Customer", "KeyPrefix")],
                             [self.uid, "adm", self.shop, self.token[3:11]])
            self.assertIn("customers.details", said["Permissions"])
            self.assertEqual(self.outcomes(address), "Success")
            self.verify(self.token, service="api", address=address)

    def test_R66_token_works_from_nowhere_else(self):
        self.approve(self.shop, "198.51.100.0/24")  # approved too, but not for this token
        for address in ("198.51.100.7", "192.0.3.1", "", "::192.0.2.7"):
            self.refused("AddressNotApproved", self.verify, self.token, address=address)
            self.assertEqual(self.outcomes(address), "AddressNotApproved")
        for address in ("shop.example", "192.0.2.7%lo", "127.1", "192.0.2.7 "):
            self.refused("BadValue", self.verify, self.token, address=address)
            self.assertEqual(self.outcomes(address), "AddressNotApproved")

    def test_R70_token_is_wrong_under_another_name_and_at_other_classes(self):
        _, other = self.person(Customer=self.shop, Roles=["security-manager"])
        self.assertEqual(self.outcomes("192.0.2.7", name=other), "WrongCredentials")
        for service in ("sshd", "loose", "cron"):
            self.assertEqual(self.outcomes("192.0.2.7", service=service), "WrongCredentials")

    def test_R70_token_works_while_he_acts_for_that_customer(self):
        self.user(self.uid, "SetRoles", "sasa{sv}", self.other, ["viewer"], {})
        self.user(self.uid, "SwitchCustomer", "sa{sv}", self.other, {}, uid=self.uid)
        self.refused("AddressNotApproved", self.verify, self.token)
        self.assertEqual(self.outcomes("192.0.2.7"), "AddressNotApproved")
        self.user(self.uid, "SwitchCustomer", "sa{sv}", self.shop, {}, uid=self.uid)
        self.assertEqual(self.verify(self.token)["Customer"], self.shop)

    def test_R68_revoked_token_never_works_again(self):
        self.verify(self.token)
        self.revoke(self.shop)
        self.refused("WrongCredentials", self.verify, self.token)
        self.assertEqual(self.outcomes("192.0.2.7"), "WrongCredentials")
        self.approve(self.shop, "192.0.2.0/24")
        self.refused("WrongCredentials", self.verify, self.token)

    def test_R17_status_of_the_requester_counts(self):
        self.user(self.uid, "Disable", "a{sv}", {})
        self.refused("Deactivated", self.verify, self.token)
        self.user(self.uid, "Enable", "a{sv}", {})
        self.user(self.uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)})
        self.assertRaises(BusError, self.verify, self.token)

    def test_R77_own_key_stands_beside_it(self):
        key = self.make(self.uid)
        for text, prefix in ((key, key[3:11]), (self.token, self.token[3:11])):
            self.assertEqual(self.verify(text)["KeyPrefix"], prefix)
        self.verify(key, address="198.51.100.7")


class Counted(Verify):
    """Failures are counted by where they come from."""

    SETTINGS = Verify.SETTINGS.replace("SourceAttempts=off", "SourceAttempts=10")

    def test_wrong_keys_are_throttled_by_their_source(self):
        _, _, key = self.robot()
        errors = []
        for _ in range(20):
            try:
                self.verify("bo_no_key", address="203.0.113.9")
            except BusError as error:
                errors.append(error.name)
        self.assertEqual(sorted(set(errors)), ["Throttled", "WrongCredentials"])
        self.refused("Throttled", self.verify, key, address="203.0.113.9")
        self.verify(key, address="203.0.113.10")
        for _ in range(20):
            self.verify(key, address="203.0.113.10")


class Tools(Verify):
    """boctl and the examples, which ask by the same call."""

    def boctl(self, key, *words, expect=0):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, "key", "verify", *words],
                              input=key, capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, expect, done)
        return done

    def test_boctl_tells_whose_key_it_is(self):
        uid, name, key = self.robot()
        said = json.loads(self.boctl(key, "--service", "plain", "--address", "192.0.2.7", "--json").stdout)["owner"][0]
        self.assertEqual([said[part] for part in ("username", "uid", "kind", "customer", "roles", "key_prefix")],
                         [name, uid, "api", self.shop, ["viewer"], key[3:11]])
        self.assertIn("transactions.view", said["permissions"])
        self.assertIn(name, self.boctl(key, "--service", "plain").stdout)

    def test_boctl_refuses_with_words(self):
        _, _, key = self.robot()
        self.assertIn("no key that is good here", self.boctl("nonsense", "--service", "plain", expect=1).stderr)
        self.assertIn("users.manage", self.boctl(key, "--service", "plain", "--permission", "users.manage", expect=4).stderr)
        self.assertIn("Class=api", self.boctl(key, "--service", "sshd", expect=1).stderr)
        self.assertIn("--service", self.boctl(key, expect=2).stderr)
        self.boctl("", "--service", "plain", key, expect=2)  # never by argv

    def test_examples_serve_who_has_a_key_and_the_permission_and_nobody_without_an_answer(self):
        uid, name, key = self.robot()
        program = [os.path.join(BUILD, "examples", "verify_key")], [self.daemon.socket]
        script = ["/usr/bin/python3", os.path.join(SOURCE, "examples", "verify_key.py")], \
            ["--address", f"unix:path={self.daemon.socket}"]
        for command, where in (program, script):
            def run(key, permission="transactions.view", where=where, command=command):
                return subprocess.run([*command, "plain", "192.0.2.7", permission, *where], input=key + "\n",
                                      capture_output=True, text=True, timeout=WAIT)
            for answer, permission, yes in ((key, "transactions.view", True), (key, "users.manage", False),
                                            (wrong_secret(key), "transactions.view", False), ("", "transactions.view", False)):
                done = run(answer, permission)
                self.assertEqual((done.returncode == 0, f"{name} of {self.shop}" in done.stdout), (yes, yes), done)
                self.assertEqual(bool(done.stderr), not yes)
            self.user(uid, "Disable", "a{sv}", {})
            self.assertIn("deactivated", run(key).stderr)
            self.user(uid, "Enable", "a{sv}", {})
            away = run(key, where=[word.replace(self.daemon.socket, "/nonexistent") for word in where])
            self.assertEqual((away.returncode, away.stdout), (1, ""), away)


class Bound(Verify):
    """A host of one customer (Customer=)."""

    def test_key_of_another_customer_is_none_here(self):
        self.shop, self.other = self.customer(), self.customer()
        _, _, ours = self.robot()
        _, _, theirs = self.robot(Customer=self.other)
        uid, _, both = self.with_key(Customer=self.shop, Roles=["viewer"])
        self.user(uid, "SetRoles", "sasa{sv}", self.other, ["encoder"], {})
        self.user(uid, "SwitchCustomer", "sa{sv}", self.other, {}, uid=uid)
        self.daemon.configure(self.SETTINGS.replace("[Accounts]", f"[Accounts]\nCustomer={self.shop}"))
        self.daemon.restart()
        self.assertEqual(self.verify(ours)["Customer"], self.shop)
        self.assertEqual([self.verify(both)[part] for part in ("Customer", "Roles")], [self.shop, ["viewer"]])
        self.refused("WrongCredentials", self.verify, theirs)


if __name__ == "__main__":
    main()
