#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What works only from an address that the customer has approved: R68, R70, R71."""

import contextlib
import pwd
import sqlite3

from world import *

WEB = pwd.getpwnam("www-data").pw_uid

# Within none of 192.0.2.0/24, 2001:db8:1::/48 and 127.0.0.1, although some would like to be taken for it.
HOSTILE = (
    "", "192.0.3.7", "shop.example", "192.0.2.7.", "192.0.2.7 ", " 192.0.2.7", "192.0.2.7\n", "192.0.2.7%lo",
    "::ffff:192.0.2.7%lo", "192.0.2.7/24", "192.0.2.0/24", "192.0.2", "192.0.2.07", "0300.0.2.7", "0xc0.0.2.7",
    "3221225991", "0xc0000207", "192.0.519", "127.1", "0x7f000001", "0177.0.0.1", "2130706433", "localhost",
    "::192.0.2.7", "64:ff9b::192.0.2.7", "2002:c000:207::1", "::ffff:0:192.0.2.7", "2001:db8:1::7%eth0", "2001:db8:2::7",
    "[2001:db8:1::7]", "2001:db8:1::7/128", "2001:db8:1:::7", "192.0.2.7:443", "192.0.2.7,10.0.0.1", "::", "0.0.0.0",
    "UNKNOWN", "?", "192.0.2.7" + 300 * "0", 300 * "1", "１９２.0.2.7",
)
FRIENDLY = ("192.0.2.7", "::ffff:192.0.2.7", "::FFFF:C000:207", "0:0:0:0:0:ffff:192.0.2.7", "2001:db8:1::7",
            "2001:DB8:1:0::7", "127.0.0.1", "::ffff:127.0.0.1")
OURS = ("192.0.2.0/24", "2001:db8:1::/48", "127.0.0.1")


class Approved(Case):
    """A customer with approved addresses."""

    SETTINGS = SETTINGS + SERVICES + """
[Service api]
Class=api
AddressRequired=yes
Callers=www-data
[Service office]
AddressRequired=yes
[Service nightly]
Class=batch
AddressRequired=yes
[Service details]
Permission=customers.details
"""

    def asker(self, customer):
        """One who may ask for addresses there, and one who may approve; made once."""
        people = self.__dict__.setdefault("people", {})
        if customer not in people:
            people[customer] = [self.person(Customer=customer, Roles=[role])[0]
                                for role in ("security-manager", "business-owner")]
        return people[customer]

    def decide(self, path, member, *arguments, uid):
        return self.door(uid).call(path, APPROVAL, member, "sa{sv}" if arguments else "a{sv}", *arguments, {})

    def approve(self, customer, *networks):
        """The requests, approved."""
        asker, owner = self.asker(customer)
        paths = [self.door(asker).call(f"{ROOT}/customer/" + customer.replace("-", "_2d"), CUSTOMER, "RequestAddress", "sa{sv}",
                                       network, {})[0] for network in networks]
        for path in paths:
            self.decide(path, "Approve", uid=owner)
        self.__dict__.setdefault("approved", {}).setdefault(customer, []).extend(paths)
        return paths

    def revoke(self, customer):
        for path in self.approved.pop(customer):
            self.decide(path, "Revoke", "", uid=self.asker(customer)[1])

    def setUp(self):
        self.shop = self.customer()
        self.other = self.customer()


class Permission(Approved):
    def setUp(self):
        super().setUp()
        self.uid, self.name = self.person(Customer=self.shop, Roles=["security-manager"])
        self.approve(self.shop, *OURS)

    def check(self, rhost, name=None, uid=0, **context):
        allowed, reason = self.manager("CheckPermission", "ssa{sv}", name or self.name, "customers.details", {
            key: ("s", value) for key, value in {"Rhost": rhost, **context}.items()}, uid=uid)
        self.assertEqual(allowed, reason == "")
        return "yes" if allowed else reason

    def test_R71_marked_permission_works_from_approved_addresses(self):
        for rhost in FRIENDLY:
            self.assertEqual(self.check(rhost), "yes", rhost)

    def test_R71_no_other_address_and_no_name_is_one(self):
        for rhost in HOSTILE:
            try:
                self.assertEqual(self.check(rhost), "address-not-approved", rhost)
            except BusError as error:  # what is no number is told to be none
                self.assertEqual(error.name, "BadValue", rhost)

    def test_R71_link_local_address_is_none_whatever_is_stored(self):
        """Programs tell it with a scope or without one; on each wire it is another host's."""
        self.approve(self.shop, "203.0.113.1", "203.0.113.2")
        for host, network in ((1, bytes([4, 169, 254] + 14 * [0] + [16])), (2, bytes([6, 0xfe, 0x80] + 14 * [0] + [64]))):
            with contextlib.closing(sqlite3.connect(self.daemon.path("state", "accounts.db"), timeout=WAIT)) as store, store:
                changed = store.execute("UPDATE approval SET network = ? WHERE customer = ? AND network = ?", (
                    network, self.shop, bytes([4, 203, 0, 113, host] + 12 * [0] + [32])))
                self.assertEqual(changed.rowcount, 1)
        for rhost in ("fe80::7%eth0", "fe80::7", "169.254.0.7", "::ffff:169.254.0.7"):
            self.assertEqual(self.check(rhost), "address-not-approved", rhost)

    def test_R68_changed_list_counts_at_the_next_check(self):
        self.assertEqual(self.check("198.51.100.7"), "address-not-approved")
        self.approve(self.shop, "198.51.100.0/28")
        self.assertEqual(self.check("198.51.100.7"), "yes")
        self.revoke(self.shop)
        for rhost in ("198.51.100.7", *FRIENDLY):
            self.assertEqual(self.check(rhost), "address-not-approved", rhost)

    def test_R71_list_of_another_customer_is_nothing(self):
        self.approve(self.other, "203.0.113.0/24")
        self.assertEqual(self.check("203.0.113.7"), "address-not-approved")
        _, theirs = self.person(Customer=self.other, Roles=["security-manager"])
        self.assertEqual(self.check("192.0.2.7", theirs), "address-not-approved")
        self.assertEqual(self.check("203.0.113.7", theirs), "yes")
        _, name = self.person(Customer=self.other, Roles=["viewer"])
        self.assertEqual(self.check("203.0.113.7", name), "no-role")

    def test_R50_customer_that_he_acts_for_decides(self):
        self.user(self.uid, "SetRoles", "sasa{sv}", self.other, ["security-manager"], {})
        self.approve(self.other, "203.0.113.0/24")
        for acting, good, bad in ((self.shop, "192.0.2.7", "203.0.113.7"), (self.other, "203.0.113.7", "192.0.2.7")):
            self.user(self.uid, "SwitchCustomer", "sa{sv}", acting, {}, uid=self.uid)
            self.assertEqual(self.check(good), "yes")
            self.assertEqual(self.check(bad), "address-not-approved")
        self.assertEqual(self.check("192.0.2.7", Customer=self.shop), "yes")

    def test_R71_guarded_service_asks_for_the_address_too(self):
        for rhost, outcome in (("192.0.2.7", "Success"), ("198.51.100.7", "NoPermission"), ("", "NoPermission")):
            for phase, answers in (("auth", [GOOD]), ("account", [])):
                talk = self.talk(phase, self.name, service="details", rhost=rhost).answer(*answers)
                self.assertEqual(talk.outcome, outcome, talk.texts)
                line = self.talk(phase, self.name, permission="customers.details", rhost=rhost).answer(*answers)
                self.assertEqual(line.outcome, outcome, line.texts)


class Required(Approved):
    """AddressRequired= of a service."""

    def setUp(self):
        super().setUp()
        self.uid, self.name = self.program(Customer=self.shop, Roles=["viewer"])
        self.approve(self.shop, *OURS)

    def outcomes(self, name, rhost, service="api", client=None):
        """Of auth after the right password, and of account."""
        client = client or self.client()
        talks = [Talk(client, "auth", name, service=service, rhost=rhost).answer(GOOD),
                 Talk(client, "account", name, service=service, rhost=rhost).skip()]
        return [talk.outcome for talk in talks], talks

    def passes(self, name, rhost, **how):
        outcomes, talks = self.outcomes(name, rhost, **how)
        self.assertEqual(outcomes, ["Success", "Success"], (rhost, talks[0].texts))

    def stopped(self, name, rhost, **how):
        outcomes, talks = self.outcomes(name, rhost, **how)
        self.assertEqual(outcomes, 2 * ["AddressNotApproved"], (rhost, talks[0].texts))
        return talks[0].shown()

    def test_R70_service_is_reached_from_approved_addresses(self):
        for rhost in FRIENDLY:
            self.passes(self.name, rhost)
        self.assertIn(f"{self.shop} has approved; 198.51.100.7 is none", self.stopped(self.name, "198.51.100.7"))

    def test_R70_no_other_address_and_no_name_is_a_way_in(self):
        for rhost in HOSTILE:
            self.stopped(self.name, rhost)

    def test_R70_word_of_a_caller_is_weighed_likewise(self):
        client = self.client(WEB)
        self.passes(self.name, "192.0.2.7", client=client)
        for rhost in HOSTILE[:12]:
            self.stopped(self.name, rhost, client=client)

    def test_R68_changed_list_counts_at_the_next_login(self):
        self.stopped(self.name, "198.51.100.7")
        self.approve(self.shop, "198.51.100.7")
        self.passes(self.name, "198.51.100.7")
        self.revoke(self.shop)
        for rhost in ("198.51.100.7", "192.0.2.7"):
            self.stopped(self.name, rhost)

    def test_R70_list_of_another_customer_is_nothing(self):
        self.approve(self.other, "203.0.113.0/24")
        self.stopped(self.name, "203.0.113.7")

    def test_R70_who_acts_for_no_customer_has_no_address(self):
        _, name = self.program()
        self.assertIn("act for none", self.stopped(name, "192.0.2.7"))

    def test_people_and_jobs_are_bound_by_it_as_well(self):
        _, person = self.person(Customer=self.shop, Roles=["viewer"])
        self.passes(person, "192.0.2.7", service="office")
        self.stopped(person, "198.51.100.7", service="office")
        self.passes(self.name, "192.0.2.7", service="nightly")
        self.stopped(self.name, "", service="nightly")

    def test_expired_password_is_told_of_at_an_approved_address_alone(self):
        _, person = self.person(Customer=self.shop, Roles=["viewer"])
        self.daemon.pass_time(89 * DAY)
        self.assertEqual(self.auth(person, GOOD, "n", service="office", rhost="192.0.2.7"), "Success")
        self.daemon.pass_time(2 * DAY)
        for rhost, outcome in (("192.0.2.7", "PasswordExpired"), ("198.51.100.7", "AddressNotApproved")):
            self.assertEqual(self.talk("account", person, service="office", rhost=rhost).skip().outcome, outcome)

    def test_strangers_learn_nothing_of_it(self):
        said = {tuple(self.talk("auth", name, service="api", rhost="198.51.100.7").answer("a wrong password 1").texts[:-1])
                for name in (self.name, "nobody@shop.example")}
        self.assertEqual(len(said), 1)
        self.assertEqual(self.auth(self.name, "wrong", service="api", rhost="198.51.100.7"), "WrongCredentials")


if __name__ == "__main__":
    main()
