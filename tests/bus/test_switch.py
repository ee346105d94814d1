#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The customer that a user acts for: switching, environment, greeting, su to oneself, a host of one (R50, R52, R53)."""

import contextlib
import sqlite3

from test_access import AccessDaemon, Names
from world import *


class Customers(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("both")  # its helpers
        # In the order of their ids.
        cls.cafe, cls.shop = self.customer(Alias="Café 'De Hoek'"), self.customer(Alias="Shop BV")
        cls.barista = self.person(Customer=cls.cafe, Roles=["merchant-administrator"])[0]
        self.doCleanups()

    def both(self):
        """(uid, name) of an encoder at the café, an admin and viewer at the shop."""
        uid, name = self.person(Customer=self.cafe, Roles=["encoder"])
        self.user(uid, "SetRoles", "sasa{sv}", self.shop, ["viewer", "admin"], {})
        return uid, name

    def switch(self, uid, customer, actor=None):
        self.user(uid, "SwitchCustomer", "sa{sv}", customer, {}, uid=uid if actor is None else actor)

    def acting(self, uid, actor=None):
        return self.get(uid, "ActingCustomer", uid=uid if actor is None else actor)

    def open(self, name, service="sshd", **context):
        """The session phase of somebody who came by a key, as pam_bo speaks it."""
        return self.talk("session", name, service=service, environment=True, **context).skip()

    def environment(self, talk):
        """What the session was given, and in which place of the conversation."""
        (at, text), = [(at, text) for at, (kind, text) in enumerate(talk.texts) if kind == "environment"]
        self.assertEqual(at, 0)
        return dict(line.split("=", 1) for line in text.split("\n"))

    def info(self, talk):
        return [text for kind, text in talk.texts if kind == "info"]


class Switching(Customers):
    def test_R50_first_by_id_until_he_chooses(self):
        uid, _ = self.both()
        self.assertEqual(self.acting(uid), self.cafe)
        self.switch(uid, self.shop)
        self.assertEqual(self.acting(uid), self.shop)
        self.switch(uid, self.cafe)
        self.assertEqual(self.acting(uid), self.cafe)

    def test_choice_survives_a_restart(self):
        uid, _ = self.both()
        self.switch(uid, self.shop)
        self.daemon.restart()
        self.assertEqual(self.acting(uid), self.shop)

    def test_where_he_is_no_active_member_is_as_where_nothing_is(self):
        uid, _ = self.both()
        foreign = self.customer()
        texts = [self.refused("NoSuchCustomer", self.switch, uid, ident).replace(ident, "?")
                 for ident in (foreign, "nowhere", "x" * 40, "Shop BV")]
        self.assertEqual(len({text for text in texts[:2]}), 1)
        self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)})
        self.refused("NoSuchCustomer", self.switch, uid, self.shop)
        self.assertEqual(self.acting(uid), self.cafe)

    def test_R14_nobody_switches_for_another_not_even_root(self):
        uid, _ = self.both()
        for actor in (0, self.barista):
            self.refused("PersonalData", self.switch, uid, self.shop, actor=actor)
        self.assertEqual(self.acting(uid), self.cafe)

    def test_R8_program_does_not_switch(self):
        uid, _ = self.program(Customer=self.shop)
        self.refused("ApiUser", self.switch, uid, self.shop)

    def test_membership_that_is_disabled_gives_way_and_comes_back(self):
        uid, _ = self.both()
        self.switch(uid, self.shop)
        self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shop)})
        self.assertEqual(self.acting(uid), self.cafe)
        self.user(uid, "Enable", "a{sv}", {"Customer": ("s", self.shop)})
        self.assertEqual(self.acting(uid), self.shop)

    def test_each_change_is_recorded_once(self):
        uid, _ = self.both()
        for customer in (self.shop, self.shop, self.cafe):
            self.switch(uid, customer)
        rows = self.audit(Subject=uid, Event="customer-switched")
        self.assertEqual([(row["Actor"], row["Customer"]) for row in rows], [(uid, self.cafe), (uid, self.shop)])

    def test_R10_whom_he_acts_for_is_seen_where_the_membership_is(self):
        uid, _ = self.both()
        self.assertEqual((self.acting(uid, self.barista), self.acting(uid, 0)), (self.cafe, self.cafe))
        self.switch(uid, self.shop)
        self.assertEqual((self.acting(uid, self.barista), self.acting(uid, 0)), ("", self.shop))

    def test_who_has_no_customer_acts_for_none(self):
        uid, name = self.person()
        self.assertEqual(self.acting(uid), "")
        self.assertEqual(self.environment(self.open(name))["BO_CUSTOMER"], "")

    def test_R50_permission_checks_follow(self):
        uid, _ = self.both()
        check = lambda: self.manager("CheckPermission", "ssa{sv}", "", "transactions.refund", {}, uid=uid)[0]
        self.assertEqual(check(), False)
        self.switch(uid, self.shop)
        self.assertEqual(check(), True)


class Environment(Customers):
    def test_R50_session_is_told_customer_alias_and_roles(self):
        uid, name = self.both()
        self.assertEqual(self.environment(self.open(name, rhost="192.0.2.9")), {
            "BO_CUSTOMER": self.cafe, "BO_CUSTOMER_ALIAS": "Café 'De Hoek'", "BO_ROLES": "encoder",
            "BO_LOCATIONS": "", "BO_FACTORS": "key"})
        self.switch(uid, self.shop)
        told = self.environment(self.open(name))
        self.assertEqual((told["BO_CUSTOMER"], told["BO_ROLES"]), (self.shop, "admin viewer"))

    def test_R26_R30_locations_are_told_to_who_is_restricted(self):
        """Everywhere is the empty list; restricted to nothing is not everywhere."""
        places = [self.location(self.shop, name) for name in ("North", "South")]
        uid, name = self.person(Customer=self.shop, Roles=["encoder"])
        self.assertEqual(self.environment(self.open(name, "cron"))["BO_LOCATIONS"], "")
        self.user(uid, "SetLocations", "sasa{sv}", self.shop, places, {})
        self.assertEqual(self.environment(self.open(name, "cron"))["BO_LOCATIONS"].split(" "), sorted(places))
        with contextlib.closing(sqlite3.connect(self.daemon.path("state", "accounts.db"))) as store, store:
            store.execute("DELETE FROM membership_location WHERE uid = ?", (uid,))
        self.assertEqual(self.environment(self.open(name, "cron"))["BO_LOCATIONS"], "-")

    def test_factors_are_those_of_the_login_that_it_belongs_to(self):
        uid, name = self.both()
        talk = self.talk("auth", name).answer(GOOD)
        self.assertEqual(self.environment(self.open(name, login=talk.login))["BO_FACTORS"], "password")
        self.assertEqual(self.environment(self.open(name, login=talk.login))["BO_FACTORS"], "")

    def test_jobs_and_programs_get_it_too(self):
        uid, name = self.both()
        self.assertEqual(self.environment(self.open(name, "cron"))["BO_CUSTOMER"], self.cafe)
        _, robot = self.program(Customer=self.shop, Roles=["admin"])
        told = self.environment(self.open(robot, "door"))
        self.assertEqual((told["BO_CUSTOMER"], told["BO_ROLES"]), (self.shop, "admin"))

    def test_module_that_does_not_know_it_is_not_sent_it(self):
        _, name = self.both()
        for service in ("sshd", "cron"):
            talk = self.talk("session", name, service=service).skip()
            self.assertNotIn("environment", [kind for kind, _ in talk.texts])
            self.assertEqual(talk.outcome, "Success")

    def test_it_costs_one_turn_and_the_greeting_none_of_its_own(self):
        _, name = self.both()
        for environment, kinds in ((True, ["environment", "info", "done"]), (False, ["info", "done"])):
            self.open(name)
            talk = self.talk("session", name, environment=environment).skip()
            self.assertEqual([kind for kind, _ in talk.texts], kinds)

    def test_no_other_phase_and_no_end_of_a_session_has_it(self):
        _, name = self.both()
        for phase, more in (("account", {}), ("session", {"close": True}), ("password", {"check": True})):
            talk = self.talk(phase, name, environment=True, **more).skip()
            self.assertNotIn("environment", [kind for kind, _ in talk.texts])

    def test_silence_is_about_lines_to_read_alone(self):
        _, name = self.both()
        talk = self.open(name, silent=True)
        self.environment(talk)
        self.assertEqual(self.info(talk), [])


class Greeting(Customers):
    def test_R52_alias_is_shown_to_who_logs_in_and_R53_where_to_switch(self):
        uid, name = self.both()
        self.switch(uid, self.shop)
        self.assertEqual(self.info(self.open(name)), [f"Acting for Shop BV ({self.shop}). Other customers: `boctl switch`."])
        _, single = self.person(Customer=self.shop)
        self.assertEqual(self.info(self.open(single)), [f"Acting for Shop BV ({self.shop})."])
        _, nameless = self.person(Customer=(bare := self.customer()))
        self.assertEqual(self.info(self.open(nameless)), [f"Acting for {bare}."])
        _, free = self.person()
        self.assertEqual(self.info(self.open(free)), [])

    def test_last_login_and_greeting_are_one_text(self):
        _, name = self.both()
        self.open(name)
        shown, = self.info(self.open(name))
        self.assertRegex(shown, r"\ALast login: [^\n]*\nActing for [^\n]*\Z")

    def test_who_is_in_already_is_not_greeted(self):
        _, name = self.both()
        for service in ("su", "su-l", "sudo", "cron"):
            self.assertEqual(self.info(self.open(name, service)), [], service)


class Su(Customers):
    """Somebody who is in becomes himself: for the groups of another customer, without a password."""

    def test_R50_himself_is_asked_nothing(self):
        uid, name = self.both()
        for service in ("su", "su-l"):
            self.assertEqual(self.talk("auth", name, service=service, caller=uid).texts, [("done", "Success")])
            self.assertEqual(self.talk("account", name, service=service).outcome, "Success")

    def test_anybody_else_is_asked(self):
        uid, name = self.both()
        other, _ = self.both()
        for caller, service in ((other, "su"), (0, "su"), (uid + 1, "su-l"), (uid, "sudo"), (uid, "login"), (uid, "sshd"),
                                (uid, "su-"), (uid, "SU"), (uid, "door")):
            talk = self.talk("auth", name, service=service, caller=caller)
            self.assertEqual(talk.kind, "secret", (caller, service))
        self.assertEqual(self.talk("auth", name, service="su").kind, "secret")

    def test_only_roots_word_counts(self):
        """A user may hold conversations about himself: a locker must not open by what it says."""
        uid, name = self.both()
        talk = Talk(self.client(uid), "auth", name, service="su", caller=uid)
        self.assertEqual(talk.kind, "secret")

    def test_who_may_not_log_in_is_asked_and_refused(self):
        uid, name = self.both()
        self.user(uid, "Disable", "a{sv}", {})
        talk = self.talk("auth", name, service="su", caller=uid)
        self.assertEqual(talk.kind, "secret")
        self.assertNotEqual(talk.answer(GOOD).outcome, "Success")
        for uid, name in ((uid, name) for uid, name, _ in (self.create(),)):
            self.assertEqual(self.talk("auth", name, service="su", caller=uid).kind, "secret")
        uid, name = self.both()
        self.daemon.pass_time(91 * DAY)  # idle
        self.assertEqual(self.talk("auth", name, service="su", caller=uid).kind, "secret")

    def test_R8_program_is_asked(self):
        uid, name = self.program()
        self.assertEqual(self.talk("auth", name, service="su", caller=uid).kind, "secret")

    def test_nothing_was_proven_by_it(self):
        """No factor, no login that counts against idleness, no row that says so."""
        uid, name, secret = self.with_otp()
        before = self.get(uid, "LastLogin"), len(self.audit(Subject=uid, Event="login-succeeded"))
        self.daemon.pass_time(HOUR)
        talk = self.talk("auth", name, service="su-l", caller=uid)
        self.assertEqual(talk.outcome, "Success")
        self.assertEqual(self.environment(self.open(name, "su-l", login=talk.login))["BO_FACTORS"], "")
        self.assertEqual((self.get(uid, "LastLogin"), len(self.audit(Subject=uid, Event="login-succeeded"))), before)

    def test_it_clears_no_failures(self):
        uid, name = self.both()
        self.wrong(name, 5)
        self.talk("auth", name, service="su", caller=uid)
        self.wrong(name, 1)
        self.assertEqual(self.get(uid, "Status"), "locked-attempts")

    def test_expired_password_is_demanded_as_ever(self):
        uid, name = self.both()
        for _ in range(2):
            self.daemon.pass_time(46 * DAY)
            self.open(name, rhost="192.0.2.9")  # not idle
        self.assertEqual(self.talk("auth", name, service="su", caller=uid).outcome, "Success")
        self.assertEqual(self.talk("account", name, service="su").outcome, "PasswordExpired")


class Host(Customers):
    """One that can be given Customer=."""

    def bind(self, customer):
        self.daemon.configure(self.SETTINGS.replace("[Accounts]\n", f"[Accounts]\nCustomer={customer}\n"))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.bind, "")


class Bound(Host):
    def base(self):
        name, = [name for name in os.listdir(self.daemon.path("state", "nss")) if name.startswith("base-")]
        return name

    def test_member_acts_for_it_whatever_he_chose(self):
        uid, name = self.both()
        self.switch(uid, self.shop)
        self.bind(self.cafe)
        self.assertEqual(self.acting(uid), self.cafe)
        talk = self.open(name)
        self.assertEqual(self.environment(talk)["BO_CUSTOMER"], self.cafe)
        self.assertEqual(self.info(talk)[0].split("\n")[-1], f"Acting for Café 'De Hoek' ({self.cafe}).")
        self.assertIn("On this host", self.refused("WrongState", self.switch, uid, self.shop))
        self.bind("")
        self.assertEqual(self.acting(uid), self.shop)

    def test_others_are_answered_like_nobody(self):
        _, name = self.person(Customer=self.shop)
        disabled, gone = self.both()
        self.user(disabled, "Disable", "a{sv}", {"Customer": ("s", self.cafe)})
        _, free = self.person()
        self.bind(self.cafe)
        nobody = self.new_name()
        talks = [self.talk("auth", one).answer(GOOD) for one in (nobody, name, gone, free)]
        self.assertEqual({tuple(talk.texts) for talk in talks}, {tuple(talks[0].texts)})
        self.assertEqual(talks[0].outcome, "NoSuchUser")
        for phase in ("account", "session"):
            self.assertEqual({self.talk(phase, one).outcome for one in (nobody, name, gone, free)}, {"NoSuchUser"})

    def test_their_failures_lock_the_bare_name_alone(self):
        uid, name = self.person(Customer=self.shop)
        self.bind(self.cafe)
        self.assertEqual(self.wrong(name)[-1], "LockedAttempts")
        self.assertEqual(self.get(uid, "Status"), "active")

    def test_their_uids_have_no_say(self):
        uid, _ = self.person(Customer=self.shop, Roles=["merchant-administrator"])
        self.manager("ListUsers", "sa{sv}su", self.shop, {}, "", 10, uid=uid)
        self.bind(self.cafe)
        self.refused("NotAllowed", self.manager, "ListUsers", "sa{sv}su", self.shop, {}, "", 10, uid=uid)

    def test_operator_sees_and_manages_all(self):
        uid, name = self.person(Customer=self.shop)
        self.bind(self.cafe)
        self.assertEqual(self.get(uid, "Username"), name)
        self.user(uid, "Disable", "a{sv}", {})

    def test_base_of_the_snapshot_is_written_anew_for_another_binding(self):
        self.both()
        bases = [self.base()]
        self.bind(self.cafe)
        bases.append(self.base())
        self.daemon.restart()  # still bound
        self.assertEqual(self.base(), bases[-1])
        self.daemon.configure(self.SETTINGS)
        self.daemon.restart()
        bases.append(self.base())
        self.assertEqual(len(set(bases)), 3)

    def test_who_has_left_closes_the_session_that_he_had(self):
        uid, name = self.both()
        self.bind(self.cafe)
        self.open(name)
        self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.cafe)})
        self.assertEqual(self.open(name).outcome, "NoSuchUser")
        self.assertEqual(self.talk("session", name, close=True).outcome, "Success")
        rows, _ = self.manager("ListSessions", "a{sv}su", {"Uid": ("u", uid), "Open": ("b", True)}, "", 10)
        self.assertEqual(rows, [])

    def test_customer_that_is_none_is_told_by_check(self):
        self.bind("nowhere")
        self.assertIn("Customer=nowhere", str(self.manager("Check", "a{sv}", {})))
        self.bind(self.cafe)
        self.assertNotIn("Customer=", str(self.manager("Check", "a{sv}", {})))

    def test_setting_takes_the_id_of_a_customer(self):
        self.daemon.configure(self.SETTINGS.replace("[Accounts]\n", "[Accounts]\nCustomer=Shop BV\n"))
        done = subprocess.run([DAEMON, "--config=" + self.daemon.path("etc"), "--check-config"], capture_output=True,
                              text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the id of a customer", done.stdout + done.stderr)


class BoundOperators(Host):
    """Users of bo in the operator group, on a host with Customer=."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = AccessDaemon(cls.SETTINGS)
        cls.names = Names(cls.daemon.dir)
        cls.names.write()
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)
        self = cls("customer")  # its helpers
        cls.shop, cls.cafe, cls.operators = self.customer(), self.customer(), []
        self.doCleanups()

    def setUp(self):
        super().setUp()
        self.people = [self.person(), self.person(Customer=self.shop), self.person(Customer=self.cafe)]
        self.operators += [name for _, name in self.people]
        self.names.write(self.operators)

    def listing(self, uid):
        return self.manager("ListUsers", "sa{sv}su", "", {}, "", 1, uid=uid)

    def test_R50_operator_who_is_no_member_has_no_say_there(self):
        (free, _), (elsewhere, _), (member, _) = self.people
        for uid, _ in self.people:
            self.listing(uid)
        self.bind(self.cafe)
        self.listing(member)
        for uid in (free, elsewhere):
            self.refused("NotAllowed", self.listing, uid)

    def test_R17_operator_who_was_disabled_is_none_there_either(self):
        for uid, _ in self.people:
            self.user(uid, "Disable", "a{sv}", {})
            self.refused("NotAllowed", self.listing, uid)
        self.bind(self.cafe)
        for uid, _ in self.people:
            self.refused("NotAllowed", self.listing, uid)


if __name__ == "__main__":
    main()
