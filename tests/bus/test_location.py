#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Locations, their terminals, and members who are restricted to some (R26 to R34)."""

import json

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
OPERATOR = 1
PLACES = """
Terminal=till-1
""" + SERVICES + """
[Service kiosk]
Terminal=kiosk-7
[Service nightly]
Class=batch
"""
OF_US, OF_THEM = "192.0.2.7", "198.51.100.7"


class Places(Case):
    """A shop with two locations, and a cafe with one."""

    SETTINGS = SETTINGS + PLACES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("refused")  # its helpers
        cls.shop, cls.cafe = self.customer(Alias="Corner shop"), self.customer()
        cls.here = self.location(cls.shop, "Shop Amsterdam", Website="www.shop.example/ams")
        cls.there = self.location(cls.shop, "Shop Utrecht")
        cls.foreign = self.location(cls.cafe, "Cafe Amsterdam")
        cls.admin = self.person(Customer=cls.shop, Roles=["merchant-administrator"])[0]
        cls.foreign_admin = self.person(Customer=cls.cafe, Roles=["merchant-administrator"])[0]
        self.doCleanups()

    def member(self, *locations, **more):
        """(uid, name) of a member of the shop, restricted to locations if there are any."""
        options = {"Customer": self.shop, "Roles": ["viewer"]} | more
        return self.person(**options, **({"Locations": list(locations)} if locations else {}))

    def restrict(self, uid, *locations, customer=None, actor=0):
        self.user(uid, "SetLocations", "sasa{sv}", customer or self.shop, list(locations), {}, uid=actor)

    def lift(self, uid, actor=0):
        self.user(uid, "SetLocations", "sasa{sv}", self.shop, [], {"Restricted": ("b", False)}, uid=actor)

    def search(self, customer, text="", uid=0, limit=0, cursor=""):
        rows, following = self.manager("SearchLocations", "sssu", customer, text, cursor, limit, uid=uid)
        return [row["Id"] for row in rows], following

    def look(self, ident, name, uid=0):
        return self.door(uid).call(location_path(ident), PROPERTIES, "Get", "ss", LOCATION, name)[0]

    def bind(self, ident, kind, value, **more):
        self.location_call(ident, "AddTerminal", {"Kind": kind, "Value": value, **more})
        self.addCleanup(self.location_call, ident, "RemoveTerminal", {"Kind": kind, "Value": value, **more})

    def account(self, name, **context):
        return self.talk("account", name, **context).skip()


class Locations(Places):
    def test_R31_operator_creates_describes_and_nobody_else(self):
        ident = self.location(self.shop, "Shop: Centre, 1st floor", Website="https://shop.example/centre")
        self.assertEqual([self.look(ident, name) for name in ("Id", "Customer", "Name", "Website", "Terminals")],
                         [ident, self.shop, "Shop: Centre, 1st floor", "https://shop.example/centre", []])
        self.assertEqual(self.look(ident, "Created"), self.daemon.now * 10**6)
        self.location_call(ident, "SetDetails", {"Name": "Shop North"}, uid=OPERATOR)
        self.assertEqual([self.look(ident, "Name"), self.look(ident, "Website")],
                         ["Shop North", "https://shop.example/centre"])
        self.location_call(ident, "SetDetails", {"Website": ""})
        self.assertEqual(self.look(ident, "Website"), "")
        for uid in (self.admin, self.member()[0]):
            self.refused("NotAllowed", self.location_call, ident, "SetDetails", {"Name": "Mine"}, uid=uid)
            self.refused("NotAllowed", self.manager, "CreateLocation", "a{sv}", {
                "Id": ("s", "mine"), "Customer": ("s", self.shop), "Name": ("s", "Mine")}, uid=uid)
        self.assertEqual([row["Event"] for row in self.audit() if row["Detail"] == f"location={ident}"],
                         ["location-changed", "location-changed", "location-created"])

    def test_R31_what_cannot_be_a_location_is_refused(self):
        good = {"Id": "new-one", "Customer": self.shop, "Name": "New"}
        for wrong, error in (({"Id": ""}, "BadValue"), ({"Id": "New"}, "BadValue"), ({"Id": "a b"}, "BadValue"),
                             ({"Id": "x" * 33}, "BadValue"), ({"Name": ""}, "BadValue"),
                             ({"Name": "x" * 129}, "BadValue"), ({"Name": "a\nb"}, "BadValue"),
                             ({"Name": "a\u202eb"}, "BadValue"), ({"Website": "shop"}, "BadValue"),
                             ({"Website": "www.shop.example x"}, "BadValue"), ({"Address": "Main St"}, "BadOption"),
                             ({"Customer": "nowhere"}, "NoSuchCustomer"), ({"Customer": ""}, "NoSuchCustomer"),
                             ({"Id": self.here}, "LocationExists"), ({"Id": self.foreign}, "LocationExists")):
            with self.subTest(wrong=wrong):
                self.refused(error, self.manager, "CreateLocation", "a{sv}", {
                    key: ("s", value) for key, value in (good | wrong).items()})
        self.refused("BadOption", self.manager, "CreateLocation", "a{sv}", {"Id": ("s", "new-one")})
        self.refused("NoSuchLocation", self.location_call, "nowhere", "SetDetails", {"Name": "x"})

    def test_R28_search_by_name_or_website_in_any_case_and_not_by_address(self):
        shop = self.customer()
        north = self.location(shop, "Café NORD", Website="www.nord.example")
        south = self.location(shop, "Kiosk Süd")
        for text, found in (("", [north, south]), ("nord", [north]), ("CAFÉ", [north]), ("café n", [north]),
                            ("nord.ex", [north]), ("sÜ", [south]), ("k", [north, south][1:]), ("street", []),
                            ("n%rd", []), ("\"", []), ("nord OR süd", []), (north, [])):
            with self.subTest(text=text):
                self.assertEqual(self.search(shop, text), (found, ""))
        self.location_call(south, "SetDetails", {"Name": "Kiosk Ost"})
        self.assertEqual([self.search(shop, "süd")[0], self.search(shop, "ost")[0]], [[], [south]])
        self.refused("BadValue", self.search, shop, "x" * 65)
        self.refused("BadValue", self.search, shop, "a\nb")

    def test_R28_search_is_paged(self):
        shop = self.customer()
        places = [self.location(shop, f"Branch {n}") for n in range(7)]
        self.location(shop, "Kiosk")
        found, cursor = [], ""
        for want in (3, 3, 1):
            rows, cursor = self.search(shop, "branch", limit=3, cursor=cursor)
            self.assertEqual(len(rows), want)
            found += rows
        self.assertEqual((found, cursor), (places, ""))
        for cursor in ("x", "-1", "0", "1x", "99999999999999999999"):
            self.refused("BadCursor", self.search, shop, "", cursor=cursor)

    def test_R10_R28_search_and_reading_end_at_the_fence(self):
        self.assertEqual(self.search(self.shop, "amsterdam", uid=self.admin)[0], [self.here])
        self.assertEqual(self.search("", "amsterdam", uid=OPERATOR)[0], [self.here, self.foreign])
        for customer in (self.cafe, "nowhere", ""):
            self.refused("NoSuchCustomer", self.search, customer, uid=self.admin)
        self.assertEqual(self.look(self.here, "Name", uid=self.admin), "Shop Amsterdam")
        self.assertEqual(self.refused("NoSuchLocation", self.look, self.foreign, "Name", uid=self.admin),
                         self.refused("NoSuchLocation", self.look, "nowhere", "Name", uid=self.admin))

    def test_R27_terminals_of_every_kind_are_bound_and_shown(self):
        ident = self.location(self.shop)
        for kind, value, more in (("network", "::ffff:203.0.113.0/120", {}), ("network", "2001:DB8::/32", {}),
                                  ("tty", "/dev/tty1", {}), ("tty", "tty1", {"Host": "till-2"}),
                                  ("service", "refunds", {}), ("service", "kiosk", {}), ("host", "till-9", {})):
            self.bind(ident, kind, value, **more)
        self.assertEqual([tuple(each) for each in self.look(ident, "Terminals")], [
            ("network", "", "203.0.113.0/24"), ("network", "", "2001:db8::/32"), ("tty", "till-1", "tty1"),
            ("tty", "till-2", "tty1"), ("service", "kiosk-7", "kiosk"), ("service", "till-1", "refunds"),
            ("host", "", "till-9")])

    def test_R27_what_tells_no_place_is_refused(self):
        for kind, value, more in (("network", "shop.example", {}), ("network", "192.0.2.7/24", {}),
                                  ("network", "fe80::1%eth0", {}), ("network", "192.0.2.0/33", {}),
                                  ("network", "", {}), ("network", "192.0.2.0/24", {"Host": "till-1"}),
                                  ("tty", "pts/3", {}), ("tty", "ssh", {}), ("tty", "", {}),
                                  ("tty", "tty1", {"Host": "a b"}), ("service", "../x", {}),
                                  ("host", "a b", {}), ("host", "", {}), ("phone", "1", {})):
            with self.subTest(kind=kind, value=value):
                self.refused("BadValue", self.location_call, self.here, "AddTerminal",
                             {"Kind": kind, "Value": value, **more})
        self.refused("BadOption", self.location_call, self.here, "AddTerminal", {"Kind": "host"})
        self.assertIn("192.0.2.0/24", self.refused("BadValue", self.location_call, self.here, "AddTerminal",
                                                   {"Kind": "network", "Value": "192.0.2.7/24"}))

    def test_R31_terminal_has_one_location_of_a_customer_and_customers_share(self):
        terminal = {"Kind": "network", "Value": "203.0.113.0/24"}
        self.bind(self.here, *terminal.values())
        for place in (self.here, self.there):
            self.refused("TerminalTaken", self.location_call, place, "AddTerminal", terminal)
        self.bind(self.foreign, *terminal.values())
        self.refused("NoSuchTerminal", self.location_call, self.there, "RemoveTerminal", terminal)
        self.refused("NotAllowed", self.location_call, self.here, "AddTerminal", terminal, uid=self.admin)
        self.refused("NotAllowed", self.location_call, self.here, "RemoveTerminal", terminal, uid=self.admin)
        self.assertIn(f"location={self.here} network=203.0.113.0/24",
                      [row["Detail"] for row in self.audit(Event="terminal-added")])


class Restricted(Places):
    def test_R26_R29_member_is_restricted_to_several_locations(self):
        uid, _ = self.member()
        self.assertEqual([self.get(uid, "Locations"), self.get(uid, "Restricted")], [[], []])
        self.restrict(uid, self.there, self.here, actor=self.admin)
        self.assertEqual([tuple(each) for each in self.get(uid, "Locations")],
                         [(self.shop, self.here), (self.shop, self.there)])
        self.assertEqual(self.get(uid, "Restricted", uid=uid), [self.shop])
        self.restrict(uid, self.here)
        self.assertEqual([tuple(each) for each in self.get(uid, "Locations", uid=self.admin)], [(self.shop, self.here)])
        self.lift(uid, actor=self.admin)
        self.assertEqual([self.get(uid, "Locations"), self.get(uid, "Restricted")], [[], []])
        self.assertEqual([row["Detail"] for row in self.audit(Subject=uid, Event="locations-changed")],
                         ["restricted=no", f"locations={self.here}", f"locations={self.there},{self.here}"])

    def test_R26_restricted_member_sees_his_locations_alone(self):
        uid, _ = self.member(self.there)
        self.assertEqual(self.search(self.shop, uid=uid), ([self.there], ""))
        self.assertEqual(self.search(self.shop, "amsterdam", uid=uid), ([], ""))
        self.assertEqual(self.look(self.there, "Name", uid=uid), "Shop Utrecht")
        self.refused("NoSuchLocation", self.look, self.here, "Name", uid=uid)
        self.lift(uid)
        self.assertEqual(self.look(self.here, "Name", uid=uid), "Shop Amsterdam")

    def test_R30_restricted_to_nothing_is_refused_and_all_is_said_in_words(self):
        uid, _ = self.member(self.here)
        self.assertIn("Restricted=false", self.refused("BadValue", self.restrict, uid))
        self.refused("BadValue", self.create, Customer=self.shop, Roles=["viewer"], Locations=[])
        self.refused("BadOption", self.user, uid, "SetLocations", "sasa{sv}", self.shop, [self.here],
                     {"Restricted": ("b", False)})
        self.assertEqual(self.get(uid, "Restricted"), [self.shop])

    def test_R10_R26_locations_of_others_do_not_exist(self):
        uid, _ = self.member()
        unknown = self.refused("NoSuchLocation", self.restrict, uid, "nowhere", actor=self.admin)
        self.assertEqual(self.refused("NoSuchLocation", self.restrict, uid, self.foreign, actor=self.admin),
                         unknown.replace("nowhere", self.foreign))
        self.refused("NoSuchLocation", self.restrict, uid, self.here, self.foreign)
        self.refused("NoSuchLocation", self.create, Customer=self.shop, Locations=[self.foreign])
        self.refused("NoSuchUser", self.restrict, uid, self.foreign, customer=self.cafe)
        self.refused("NoSuchCustomer", self.restrict, uid, self.here, customer="nowhere")
        self.refused("NoSuchUser", self.restrict, uid, self.here, actor=self.foreign_admin)
        self.assertEqual(self.get(uid, "Restricted"), [])

    def test_R13_nobody_sets_his_own_locations(self):
        for uid in (self.admin, self.member()[0]):
            self.refused("NotYourself", self.restrict, uid, self.here, actor=uid)
            self.refused("NotYourself", self.lift, uid, actor=uid)

    def test_R32_administrator_is_never_restricted(self):
        boss = self.person(Customer=self.shop, Roles=["merchant-administrator", "viewer"])[0]
        self.assertIn("never restricted", self.refused("NeverRestricted", self.restrict, boss, self.here))
        self.assertEqual(self.get(boss, "Restricted"), [])
        self.refused("NeverRestricted", self.create, Customer=self.shop, Roles=["merchant-administrator"],
                     Locations=[self.here])
        uid, _ = self.member(self.here)
        self.refused("NeverRestricted", self.user, uid, "SetRoles", "sasa{sv}", self.shop,
                     ["viewer", "merchant-administrator"], {}, uid=self.admin)
        self.assertEqual(self.get(uid, "Roles"), [(self.shop, "viewer")])
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["encoder"], {}, uid=self.admin)
        self.assertEqual(self.get(uid, "Restricted"), [self.shop])
        self.lift(uid)
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["merchant-administrator"], {}, uid=self.admin)

    def test_R33_user_with_several_customers_is_never_restricted(self):
        uid, _ = self.member()
        self.user(uid, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        self.refused("NeverRestricted", self.restrict, uid, self.here)
        self.refused("NeverRestricted", self.restrict, uid, self.foreign, customer=self.cafe)
        self.assertEqual(self.get(uid, "Restricted"), [])
        other, _ = self.member(self.here)
        self.refused("NeverRestricted", self.user, other, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        self.assertEqual(self.get(other, "Customers"), [(self.shop, "Corner shop")])


class Commands(Places):
    """boctl, as root and as users of bo."""

    def boctl(self, *arguments, uid=0, code=0):
        done = subprocess.run([BOCTL, "--socket", self.daemon.path("bus"), *arguments], capture_output=True, text=True,
                              user=uid, group=0, extra_groups=[], timeout=WAIT, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def rows(self, *arguments, name="locations", uid=0):
        return json.loads(self.boctl("location", *arguments, "--json", uid=uid))[name]

    def test_R31_boctl_makes_a_location_and_binds_terminals(self):
        self.boctl("location", "create", "centre", "--customer", self.shop, "--name", "Shop Centre",
                   "--website", "www.shop.example")
        self.boctl("location", "bind", "centre", "network", "203.0.113.0/24")
        self.boctl("location", "bind", "centre", "tty", "/dev/tty7")
        self.boctl("location", "bind", "centre", "service", "refunds", "--host", "till-2")
        self.boctl("location", "edit", "centre", "--name", "Shop North")
        shown, = self.rows("show", "centre", name="location")
        self.assertEqual([shown[key] for key in ("id", "customer", "name", "website", "terminals")], [
            "centre", self.shop, "Shop North", "www.shop.example",
            ["network 203.0.113.0/24", "tty till-1/tty7", "service till-2/refunds"]])
        self.boctl("location", "unbind", "centre", "tty", "tty7")
        self.assertNotIn("tty7", self.boctl("location", "show", "centre"))
        self.assertIn("the range is 203.0.113.0/24",
                      self.boctl("location", "bind", "centre", "network", "203.0.113.7/24", code=1))
        self.boctl("location", "edit", "centre", code=2)
        self.boctl("location", "create", "south", "--customer", self.shop, code=2)
        self.assertIn("You may not", self.boctl("location", "bind", "centre", "host", "x", uid=self.admin, code=4))

    def test_R28_boctl_lists_and_searches(self):
        self.assertEqual([row["id"] for row in self.rows("search", "UTRECHT")], [self.there])
        self.assertEqual([row["id"] for row in self.rows("list", "--customer", self.cafe)], [self.foreign])
        self.assertEqual([row["id"] for row in self.rows("list", "--customer", self.shop, "--limit", "1",
                                                         uid=self.admin)], [self.here])
        self.assertEqual(self.rows("search", "nothing of that"), [])
        self.assertIn("Shop Utrecht", self.boctl("location", "list", "--customer", self.shop, uid=self.admin))
        self.boctl("location", "list", uid=self.admin, code=4)
        self.boctl("location", "show", self.foreign, uid=self.admin, code=5)

    def test_R26_boctl_restricts_a_member_and_lifts_that(self):
        uid, name = self.member()
        self.boctl("user", "locations", name, "--customer", self.shop, "--location", self.here, "--location",
                   self.there, uid=self.admin)
        shown, = json.loads(self.boctl("user", "show", name, "--json"))["user"]
        self.assertEqual([shown["locations"], shown["restricted"]],
                         [[f"{self.shop}:{self.here}", f"{self.shop}:{self.there}"], [self.shop]])
        self.boctl("user", "locations", name, "--customer", self.shop, code=2)
        self.boctl("user", "locations", name, "--customer", self.shop, "--all", "--location", self.here, code=2)
        self.boctl("user", "locations", name, "--customer", self.shop, "--all", uid=self.admin)
        self.assertEqual(self.get(uid, "Restricted"), [])
        self.assertIn("never restricted", self.boctl("user", "locations", str(self.get(self.admin, "Username")),
                                                     "--customer", self.shop, "--location", self.here, code=1))
        made = self.new_name()
        self.boctl("user", "create", made, "--customer", self.shop, "--role", "viewer", "--location", self.here)
        self.assertIn("Restricted at", self.boctl("user", "show", made))


class Logins(Places):
    def outcome(self, name, service="sshd", **context):
        return self.account(name, service=service, **context).outcome

    def test_R26_restricted_member_comes_in_at_his_locations_alone(self):
        _, name = self.member(self.here)
        _, free = self.member()
        self.bind(self.here, "network", "192.0.2.0/24")
        self.bind(self.there, "network", "198.51.100.0/24")
        self.bind(self.there, "network", "192.0.2.128/25")
        self.bind(self.here, "network", "2001:db8::/32")
        for rhost, outcome in ((OF_US, "Success"), (OF_THEM, "WrongPlace"), ("192.0.2.129", "WrongPlace"),
                               ("203.0.113.1", "WrongPlace"), ("2001:db8::7", "Success"),
                               ("::ffff:192.0.2.9", "Success"), ("2001:db9::1", "WrongPlace"),
                               ("till.shop.example", "WrongPlace"), ("", "WrongPlace")):
            with self.subTest(rhost=rhost):
                self.assertEqual(self.outcome(name, rhost=rhost, tty="ssh"), outcome)
                self.assertEqual(self.outcome(free, rhost=rhost, tty="ssh"), "Success")

    def test_R26_refusal_says_why_in_the_account_phase_and_auth_tells_nothing(self):
        _, name = self.member(self.here)
        self.assertEqual(self.auth(name, GOOD, rhost=OF_THEM, service="loose"), "Success")
        self.assertEqual(self.auth(name, "wrong", rhost=OF_THEM, service="loose"), "WrongCredentials")
        said = self.account(name, rhost=OF_THEM)
        self.assertEqual(said.outcome, "WrongPlace")
        self.assertIn("restricted to other locations", said.shown())
        self.assertIn(f"{name} may not log in here (sshd)", self.daemon.said())

    def test_R27_line_service_and_host_tell_the_place_in_this_order(self):
        _, name = self.member(self.here)
        self.assertEqual(self.outcome(name, "login", tty="/dev/tty1"), "WrongPlace")
        self.bind(self.here, "tty", "tty1")
        self.assertEqual(self.outcome(name, "login", tty="/dev/tty1"), "Success")
        self.assertEqual(self.outcome(name, "login", tty="tty2"), "WrongPlace")
        self.bind(self.here, "service", "login")
        self.assertEqual(self.outcome(name, "login", tty="tty2"), "Success")
        self.assertEqual(self.outcome(name, "gdm", tty=":0"), "WrongPlace")
        self.bind(self.here, "host", "till-1")
        self.assertEqual(self.outcome(name, "gdm", tty=":0"), "Success")
        self.bind(self.there, "tty", "tty3")
        self.assertEqual(self.outcome(name, "login", tty="tty3"), "WrongPlace")
        # Who comes from elsewhere by an address that nobody bound is on this host all the same.
        self.assertEqual(self.outcome(name, rhost=OF_THEM), "Success")
        self.bind(self.there, "network", "198.51.100.0/24")
        self.assertEqual(self.outcome(name, rhost=OF_THEM), "WrongPlace")
        # From where, if that is a name, cannot be told.
        self.assertEqual(self.outcome(name, rhost="till.shop.example"), "WrongPlace")

    def test_R27_service_may_give_the_host_another_name(self):
        _, name = self.member(self.here)
        self.bind(self.here, "host", "kiosk-7")
        self.assertEqual(self.outcome(name, "kiosk"), "Success")
        self.assertEqual(self.outcome(name, "login"), "WrongPlace")

    def test_R27_what_another_customer_binds_is_nothing_to_a_member(self):
        _, name = self.member(self.here)
        self.bind(self.foreign, "network", "192.0.2.0/28")
        self.bind(self.foreign, "host", "till-1")
        self.assertEqual(self.outcome(name, rhost=OF_US), "WrongPlace")
        self.bind(self.here, "network", "192.0.2.0/24")
        self.assertEqual(self.outcome(name, rhost=OF_US), "Success")

    def test_R26_change_of_terminals_and_locations_counts_at_the_next_login(self):
        uid, name = self.member(self.here)
        self.location_call(self.here, "AddTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        self.assertEqual(self.outcome(name, rhost=OF_US), "Success")
        self.location_call(self.here, "RemoveTerminal", {"Kind": "network", "Value": "192.0.2.0/24"})
        self.assertEqual(self.outcome(name, rhost=OF_US), "WrongPlace")
        self.lift(uid)
        self.assertEqual(self.outcome(name, rhost=OF_US), "Success")

    def test_R34_batch_services_ignore_locations(self):
        _, name = self.member(self.here)
        for service in ("cron", "atd", "systemd-user", "nightly"):
            self.assertEqual(self.outcome(name, service), "Success", service)
        self.assertEqual(self.outcome(name, "sshd"), "WrongPlace")

    def test_R26_program_is_restricted_as_well(self):
        _, name = self.program(Customer=self.shop, Roles=["admin"], Locations=[self.here])
        self.bind(self.here, "network", "192.0.2.0/24")
        self.assertEqual(self.outcome(name, "door", rhost=OF_US), "Success")
        self.assertEqual(self.outcome(name, "door", rhost=OF_THEM), "WrongPlace")

    def test_R26_sudo_is_where_the_session_began(self):
        _, name = self.member(self.here)
        self.bind(self.here, "network", "192.0.2.0/24")
        self.bind(self.there, "host", "till-1")
        self.assertEqual(self.outcome(name, "sudo", tty="/dev/pts/3"), "WrongPlace")
        session = {"service": "sshd", "rhost": OF_US, "tty": "ssh"}
        self.talk("session", name, **session).skip()
        self.assertEqual(self.outcome(name, "sudo", tty="/dev/pts/3"), "Success")
        self.talk("session", name, close=True, **session).skip()
        self.assertEqual(self.outcome(name, "sudo", tty="/dev/pts/3"), "WrongPlace")

    def test_R26_su_is_where_the_session_of_who_runs_it_began(self):
        uid, name = self.member(self.here, Roles=["admin"])
        other, other_name = self.member()
        self.bind(self.here, "network", "192.0.2.0/24")
        self.bind(self.there, "network", "198.51.100.0/24")
        self.talk("session", name, service="sshd", rhost=OF_US, tty="ssh").skip()
        self.talk("session", other_name, service="sshd", rhost=OF_THEM, tty="ssh").skip()
        guarded = {"permission": "transactions.view", "tty": "/dev/pts/3"}
        for service in ("su", "su-l"):
            for caller, outcome, gate in ((uid, "Success", "Success"), (other, "WrongPlace", "NoPermission")):
                with self.subTest(service=service, caller=caller):
                    self.assertEqual(self.outcome(name, service, tty="/dev/pts/3", caller=caller), outcome)
                    self.assertEqual(self.auth(name, GOOD, service=service, caller=caller, **guarded)
                                     if caller == other else
                                     self.auth(name, service=service, caller=caller, **guarded), gate)

    def two_places(self):
        """(uid, name) of a member who may be at both, which are told by their networks."""
        self.bind(self.here, "network", "192.0.2.0/24")
        self.bind(self.there, "network", "198.51.100.0/24")
        return self.member(self.here, self.there)

    def session(self, name, rhost="", service="sshd"):
        return self.talk("session", name, service=service, rhost=rhost, tty="ssh").skip().outcome

    def test_R26_taking_a_location_away_ends_sessions_and_adding_one_does_not(self):
        uid, _ = self.member()
        self.restrict(uid, self.here)
        self.assertIn(uid, self.endings())
        other, _ = self.member(self.here)
        self.restrict(other, self.here, self.there)
        self.lift(other)
        self.assertNotIn(other, self.endings())
        third, _ = self.member(self.here, self.there)
        self.restrict(third, self.here)
        self.assertIn(third, self.endings())

    def test_R26_new_login_keeps_no_session_at_a_place_that_was_taken_away(self):
        uid, name = self.two_places()
        self.assertEqual(self.session(name, OF_US), "Success")
        self.restrict(uid, self.there)
        for rhost, service in ((OF_THEM, "sshd"), (OF_THEM, "sshd"), ("", "su-l")):
            self.assertEqual(self.session(name, rhost, service), "Busy")
            self.assertIn(uid, self.endings())
        self.daemon.pass_time(1)
        self.ended(uid, self.endings()[uid])
        self.assertEqual(self.session(name, OF_THEM), "Success")
        rows, _ = self.manager("ListSessions", "a{sv}su", {"Uid": ("u", uid), "Open": ("b", True)}, "", 9)
        self.assertEqual([row["Rhost"] for row in rows], [OF_THEM])

    def test_R26_who_is_disabled_and_enabled_keeps_no_session_at_a_place_that_was_taken_away(self):
        uid, name = self.two_places()
        self.restrict(uid, self.there)
        for options in ({"Customer": ("s", self.shop)}, {}):
            for verb in ("Disable", "Enable"):
                self.user(uid, verb, "a{sv}", options)
            self.assertEqual(self.session(name, OF_THEM), "Busy")

    def test_R26_login_under_way_opens_no_session_at_a_place_that_was_taken_away(self):
        uid, name = self.two_places()
        self.assertEqual(self.outcome(name, rhost=OF_US), "Success")
        self.restrict(uid, self.there)
        self.ended(uid, self.endings()[uid])  # while sshd waits for a second method
        self.assertEqual(self.session(name, OF_US), "WrongPlace")
        self.assertIn(f"{name} may not log in here (sshd)", self.daemon.said())
        self.assertEqual(self.session(name, OF_THEM), "Success")
        self.assertEqual(self.session(name, service="runuser"), "Success")  # root runs it


if __name__ == "__main__":
    main()
