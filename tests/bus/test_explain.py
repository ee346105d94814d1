#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ExplainLogin: what would become of a login, held against what becomes of it."""

import json
import signal
import subprocess

from explaining import *

SERVICES_TRIED = ("sshd", "gate", "vault", "loose", "door", "cron", "web", "guarded", "fenced")
METHODS = ("password", "key")


class States(Explaining):
    """Each state at each service, by password and by key, here and from elsewhere."""

    def somebody(self, **options):
        uid, name = self.person(**options)
        return Who(name, uid)

    def everywhere(self, who, expected, pause=31 * MINUTE):
        """Explained and tried; @expected: outcomes by (service, method) that must be among them. What is refused on
        the way may lock him: @pause opens that."""
        seen = {}
        for service in SERVICES_TRIED:
            for method in METHODS:
                self.daemon.pass_time(pause)
                seen[service, method] = self.same(who, service, method, rhost=HERE)
        for place, outcome in expected.items():
            self.assertEqual(seen[place], outcome, place)
        self.assertIn(self.same(who, "login", tty="tty1"), set(seen.values()))

    def test_unknown(self):
        self.everywhere(Who("nobody@shop.example"), {("loose", "key"): "NoSuchUser"})

    def test_malformed_names(self):
        for name in ("", "root", "a" * 400, "a b", "x\ny"):
            self.same(Who(name), "sshd", rhost=HERE)

    def test_R24_activation_sent(self):
        uid, name, _ = self.create()
        self.everywhere(Who(name, uid), {("sshd", "password"): "WrongCredentials", ("sshd", "key"): "NotActivated"})

    def test_R49_invited(self):
        shop, cafe = self.customer(), self.customer()
        uid, name = self.person(Customer=shop, Roles=["viewer"])
        self.create(name, Customer=cafe, Roles=["viewer"])
        self.everywhere(Who(name, uid), {("sshd", "password"): "Success"})

    def test_active(self):
        self.everywhere(self.somebody(), {("sshd", "password"): "Success", ("door", "password"): "WrongCredentials",
                                          ("vault", "key"): "WrongService", ("guarded", "key"): "NoPermission",
                                          ("fenced", "key"): "AddressNotApproved"})

    def test_R57_code_set_up(self):
        uid, name, secret = self.with_otp()
        self.everywhere(Who(name, uid, secret=secret), {("gate", "password"): "Success",
                                                        ("vault", "password"): "Success"})

    def test_R54_code_required_but_not_set_up(self):
        for service in ("vault", "sshd", "gate"):
            who = self.somebody(Customer=self.customer(), Roles=["guarded"])
            self.assertEqual(self.same(who, service, "key", rhost=HERE), "WrongService")
            self.assertEqual(self.same(who, service, rhost=HERE), "Success")
            self.assertEqual(self.get(who.uid, "OtpEnabled"), True)

    def test_R58_permission_of_the_second_factor(self):
        shop = self.customer()
        who = self.somebody(Customer=shop, Roles=["merchant-administrator"])
        for service in ("sshd", "vault"):
            for permission in ("pan.decrypt", "users.manage", "no.such", "p" * 90):
                self.same(who, service, rhost=HERE, permission=permission)

    def test_R2_password_expired(self):
        who = self.somebody()
        for _ in range(3):  # logins keep him from being idle
            self.daemon.pass_time(45 * DAY)
            self.same(who, "loose", rhost=HERE)
        self.everywhere(who, {("sshd", "password"): "PasswordExpired", ("sshd", "key"): "PasswordExpired",
                              ("cron", "key"): "Success"})
        self.assertEqual(self.stop(who, "sshd"), ("expiry", "R2"))

    def test_R38_locked(self):
        who = self.somebody()
        self.wrong(who.name)
        self.everywhere(who, {("sshd", "password"): "LockedAttempts", ("sshd", "key"): "LockedAttempts",
                              ("cron", "key"): "Success"}, pause=0)
        self.assertEqual(self.stop(who, "sshd"), ("lock", "R38"))
        self.daemon.pass_time(30 * MINUTE)
        self.assertEqual(self.same(who, "sshd"), "Success")

    def test_R38_each_failure_on_the_way_to_the_lock(self):
        for who in (Who("stranger@shop.example"), self.robot()):
            outcomes = [self.same(who, "sshd", rhost=HERE) for _ in range(8)]
            self.assertEqual(outcomes[4] == outcomes[7], False, outcomes)
            self.assertEqual(outcomes[7], "LockedAttempts")

    def test_R38_locked_factor(self):
        uid, name, secret = self.with_otp()
        who = Who(name, uid, secret=secret)
        for _ in range(6):
            self.daemon.pass_time(30)
            self.auth(name, GOOD, "000000")
        for service in ("sshd", "gate", "vault", "loose"):
            self.same(who, service, rhost=HERE)
        self.assertEqual(self.stop(who, "sshd"), ("lock", "R38"))

    def test_R38_name_that_was_locked_by_what_sshd_says_for_unknown_ones(self):
        who = self.somebody()
        for _ in range(6):
            self.auth(who.name, "\b\n\r\x7fINCORRECT")
        for service in ("sshd", "door", "guarded"):
            self.same(who, service, rhost=HERE)
        self.same(self.robot(), "sshd")

    def test_R40_idle(self):
        who, robot = self.somebody(), self.robot()
        self.daemon.pass_time(91 * DAY)
        self.everywhere(who, {("sshd", "password"): "LockedInactivity", ("cron", "key"): "LockedInactivity"})
        self.everywhere(robot, {("door", "password"): "LockedInactivity"})
        self.assertEqual(self.stop(who, "sshd"), ("status", "R40"))

    def test_R17_deactivated_everywhere(self):
        who = self.somebody()
        self.user(who.uid, "Disable", "a{sv}", {})
        self.everywhere(who, {("sshd", "password"): "Deactivated", ("cron", "key"): "Deactivated"})
        self.assertEqual(self.stop(who, "sshd"), ("status", "R17"))

    def test_R17_deactivated_at_a_customer(self):
        for customers in (1, 2):
            shops = [self.customer() for _ in range(customers)]
            who = self.somebody(Customer=shops[0], Roles=["viewer"])
            for shop in shops[1:]:
                self.user(who.uid, "SetRoles", "sasa{sv}", shop, ["viewer"], {})
            self.user(who.uid, "Disable", "a{sv}", {"Customer": ("s", shops[0])})
            self.everywhere(who, {("loose", "password"): "Deactivated" if customers == 1 else "Success"})

    def robot(self, **options):
        uid, name = self.program(**options)
        return Who(name, uid)

    def test_R8_program_without_and_with_a_key(self):
        robot = self.robot()
        self.everywhere(robot, {("sshd", "password"): "WrongCredentials", ("cron", "password"): "Success",
                                ("door", "password"): "Success", ("sshd", "key"): "WrongService"})
        self.assertEqual(self.stop(robot, "sshd"), ("password", "R8"))
        robot.key = self.user(robot.uid, "CreateApiKey", "ayaya{sv}", b"", b"", {})[0]
        self.everywhere(robot, {("door", "key"): "Success"})

    def test_R76_person_with_a_key(self):
        who = self.somebody()
        who.key = self.user(who.uid, "CreateApiKey", "ayaya{sv}", GOOD.encode(), b"", {}, uid=who.uid)[0]
        self.assertEqual(self.same(who, "door", "key", rhost=HERE), "Success")
        self.assertEqual(self.same(who, "apis", "key", rhost=HERE), "NoPermission")
        self.wrong(who.name)
        self.assertEqual(self.same(who, "door", "key", rhost=HERE), "LockedAttempts")
        self.user(who.uid, "Disable", "a{sv}", {})
        self.same(who, "door", "key", rhost=HERE)
        self.assertEqual(self.same(self.somebody(), "door", "key"), "WrongCredentials")

    def test_R26_locations(self):
        shop = self.customer()
        place = self.location(shop)
        self.location_call(place, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        who = self.somebody(Customer=shop, Roles=["viewer"], Locations=[place])
        for rhost, outcome in ((HERE, "Success"), (THERE, "WrongPlace"), ("", "WrongPlace")):
            for method in METHODS:
                self.assertEqual(self.same(who, "sshd", method, rhost=rhost), outcome)
        self.assertEqual(self.same(who, "cron", rhost=THERE), "Success")
        self.same(who, "login", tty="tty1")
        self.assertEqual(self.stop(who, "sshd", rhost=THERE), ("location", "R26"))
        text = next(step["Text"] for step in self.explain(who, "sshd", rhost=THERE)[3] if step["Step"] == "location")
        self.assertIn(place, text)

    def test_R70_approved_addresses(self):
        shop = self.customer()
        sam, ann = (self.somebody(Customer=shop, Roles=[role]) for role in ("security-manager", "business-owner"))
        ident = self.approval(shop, sam.uid, HERE)
        self.assertEqual(self.same(sam, "fenced", rhost=HERE), "AddressNotApproved")
        self.door(ann.uid).call(approval_path(ident), APPROVAL, "Approve", "a{sv}", {})
        for rhost, outcome in ((HERE, "Success"), (THERE, "AddressNotApproved"), ("", "AddressNotApproved")):
            for method in METHODS:
                self.assertEqual(self.same(sam, "fenced", method, rhost=rhost), outcome)
        self.assertEqual(self.stop(sam, "fenced", rhost=THERE), ("address", "R70"))

    def test_R9_permission_missing(self):
        shop = self.customer()
        viewer, nobody = self.somebody(Customer=shop, Roles=["viewer"]), self.somebody()
        self.everywhere(viewer, {("guarded", "password"): "Success"})
        self.assertEqual(self.same(viewer, "sshd", permission="users.manage"), "NoPermission")
        self.assertEqual(self.same(nobody, "guarded"), "NoPermission")
        self.assertEqual(self.stop(nobody, "guarded"), ("permission", "R9"))

    def test_callers_of_a_service(self):
        who, robot = self.somebody(), self.robot()
        for somebody in (who, robot, Who("nobody@shop.example")):
            for service in ("web", "sshd", "door", "apis", "cron", "su"):
                for asker in (WEB, 2, who.uid):
                    for method in METHODS:
                        self.same(somebody, service, method, asker=asker, rhost=HERE)
        self.assertEqual(self.same(who, "web", asker=WEB), "Success")
        self.assertEqual(self.same(who, "web", asker=2), "NotAllowed")
        self.assertEqual(self.stop(who, "sshd", asker=WEB), ("caller", "R8"))

    def test_R50_who_becomes_himself_by_su(self):
        who, other = self.somebody(), self.somebody()
        for caller in (who.uid, other.uid):
            self.assertEqual(self.same(who, "su-l", caller=caller), "Success")
        self.assertNotIn("ask", [step["Result"] for step in self.explain(who, "su-l", caller=who.uid)[3]])
        self.wrong(who.name)
        self.same(who, "su", caller=who.uid)

    def test_R17_sessions_that_are_being_ended(self):
        shop = self.customer()
        cafe = self.customer()
        who = self.somebody(Customer=shop, Roles=["viewer"])
        self.user(who.uid, "SetRoles", "sasa{sv}", cafe, ["viewer"], {})
        self.same(who, "sshd", rhost=HERE)
        self.user(who.uid, "Disable", "a{sv}", {"Customer": ("s", shop)})
        self.same(who, "sshd", rhost=HERE)


class Throttled(Explaining):
    SETTINGS = EXPLAINED.replace("SourceAttempts=off\n", "SourceAttempts=5\nSourceWindow=100s\n"
                                 "SourceExempt=198.51.100.0/24\n")

    def test_R38_throttled_source(self):
        uid, name = self.person()
        who = Who(name, uid)
        for _ in range(5):
            self.assertEqual(self.same(who, "sshd", rhost=THERE), "Success")
            self.same(Who("stranger@shop.example"), "sshd", rhost=HERE)
        self.assertEqual(self.same(who, "sshd", rhost=HERE), "Throttled")
        self.assertEqual(self.stop(who, "sshd", rhost=HERE), ("source", "R38"))
        self.assertEqual(self.same(who, "sshd", "key", rhost=HERE), "Success")
        self.assertEqual(self.same(who, "sshd", rhost=THERE), "Success")
        self.assertEqual(self.same(who, "web", asker=WEB, rhost=HERE), "Success")

    def test_explanations_are_counted_nowhere(self):
        self.daemon.pass_time(HOUR)
        who = Who("nobody@shop.example")
        for _ in range(50):
            self.assertEqual(self.explain(who, "sshd", rhost=HERE)[0], "NoSuchUser")
        uid, name = self.person()
        self.assertEqual(self.same(Who(name, uid), "sshd", rhost=HERE), "Success")

    def test_the_first_refusal_is_still_told_after_an_explanation(self):
        self.daemon.pass_time(HOUR)
        for n in range(5):
            self.auth(f"stranger{n}@shop.example", "a wrong guess", rhost="192.0.2.99")
        self.assertEqual(self.explain(Who("x@shop.example"), "sshd", rhost="192.0.2.99")[0], "Throttled")
        self.assertNotIn("failed attempts from 192.0.2.99", self.daemon.said())
        self.talk("auth", "x@shop.example", rhost="192.0.2.99")
        self.assertIn("failed attempts from 192.0.2.99", self.daemon.said())


class BoundHost(Explaining):
    def test_host_bound_to_another_customer(self):
        shop, cafe = self.customer(), self.customer()
        uid, name = self.person(Customer=shop, Roles=["viewer"])
        who = Who(name, uid)
        self.assertEqual(self.same(who, "sshd"), "Success")
        self.daemon.configure(self.SETTINGS.replace("[Accounts]\n", f"[Accounts]\nCustomer={cafe}\n"))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")
        for service in SERVICES_TRIED:
            self.daemon.pass_time(31 * MINUTE)
            for method in METHODS:
                self.assertIn(self.same(who, service, method), ("NoSuchUser", "LockedAttempts"))
        self.assertEqual(self.same(who, "sshd", "key"), "NoSuchUser")
        self.assertIn(cafe, str(self.explain(who, "sshd")[3]))


class Asked(Explaining):
    def test_operators_alone(self):
        uid, name = self.person()
        for actor in (uid, 65534):
            self.refused("NotAllowed", self.manager, "ExplainLogin", "ssa{sv}", name, "sshd", {}, uid=actor)

    def test_slips_are_told(self):
        for options in ({"Rhost": ("s", "shop.example")}, {"Method": ("s", "magic")}):
            self.refused("BadValue", self.manager, "ExplainLogin", "ssa{sv}", "x", "sshd", options)
        self.refused("BadOption", self.manager, "ExplainLogin", "ssa{sv}", "x", "sshd", {"Colour": ("s", "blue")})

    def test_no_secret_is_in_it(self):
        uid, name, secret = self.with_otp()
        said = str(self.explain(Who(name, uid), "sshd"))
        self.assertNotIn(secret, said)
        self.assertNotIn("$argon2", said)


class Boctl(Explaining):
    def boctl(self, *words, code=0):
        done = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket", self.daemon.socket, "check", "login",
                               *words], capture_output=True, text=True, timeout=WAIT)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_boctl_tells_where_it_ends_and_by_which_rule(self):
        uid, name = self.person()
        said = self.boctl(name, "--service", "sshd", "--from", HERE)
        self.assertIn("let in: Success (PAM_SUCCESS)", said)
        self.assertIn("Not looked at: tokens of an invitation", said)
        self.user(uid, "Disable", "a{sv}", {})
        said = self.boctl(name, "--service=sshd", "--method=key", code=1)
        self.assertNotIn("tokens", said)
        self.assertRegex(said, r"(?s)STOP +status .*R17.*not let in: Deactivated \(PAM_ACCT_EXPIRED\).*deactivated")
        self.boctl(name, "--service=sshd", "--permission=users.manage", "--tty=tty1", code=1)

    def test_boctl_tells_programs_in_json(self):
        _, name = self.person()
        told = json.loads(self.boctl(name, "--service=guarded", "--json", code=1))
        self.assertEqual(told["login"][0]["outcome"], "NoPermission")
        self.assertEqual(told["steps"][-1]["rule"], "R9")

    def test_boctl_wants_a_service(self):
        self.boctl("x@shop.example", code=2)


if __name__ == "__main__":
    main()
