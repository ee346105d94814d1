#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every method and property for every kind of caller and target, as the table access.py says (R8 to R20)."""

import re
import xml.etree.ElementTree as tree

import access
from world import *

CONTRACT = os.path.join(SOURCE, "bo-accountd", "bus")
POLICY = os.path.join(SOURCE, "conf", NAME + ".conf")
BUS_ITSELF = "org.freedesktop.DBus."
OPERATOR, STRANGER, DELIVERER = 1, 65534, 60001  # daemon is in the group daemon, the operators' here
BUS_OPERATORS = 60002
USERS_MOST = 3000
STAFF_MOST = 8  # members of the operator group with an account
MISSING = {"user": 99999, "customer": "nowhere", "location": "nowhere", "approval": 99999}
ROLES_HERE = """
[Role onlooker]
Description=Looks at users
Permissions=users.view
"""
ROLE_OF = {"program": "merchant-administrator", "shut out": "merchant-administrator", "member": "viewer",
           "restricted": "viewer", "security": "security-manager", "owner": "business-owner",
           "secondary": "secondary", "onlooker": "onlooker", "primary": "primary",
           "administrator": "merchant-administrator", "staff": "merchant-administrator"}


class Names:
    """What NSS knows for a process: this host's users and groups, and bo-maild; @uids: users as well."""

    def __init__(self, folder):
        self.folder = folder

    def preload(self):
        wrapped = glob.glob("/usr/lib/*/libnss_wrapper.so")
        if not wrapped:
            raise unittest.SkipTest("needs libnss-wrapper")
        return wrapped[0]

    def environment(self):
        return {f"NSS_WRAPPER_{name.upper()}": os.path.join(self.folder, name) for name in ("passwd", "group")}

    def write(self, operators=(), uids=()):
        with open("/etc/passwd", encoding="utf-8") as file:
            users = file.read()
        with open("/etc/group", encoding="utf-8") as file:
            groups = file.read()
        users += f"bo-maild:x:{DELIVERER}:{DELIVERER}::/:/bin/false\n"
        users += "".join(f"user{uid}:x:{uid}:{uid}::/:/bin/sh\n" for uid in uids)
        groups += f"bo-operator:x:{BUS_OPERATORS}:\n"  # of the bus policy
        members = ",".join(operators)
        groups = "".join(line + (members if line.startswith("daemon:") else "") + "\n" for line in groups.splitlines())
        for name, text in (("passwd", users), ("group", groups)):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)
            later = time.time() + 60 * (len(operators) + 1)  # nss_wrapper reads anew when the time is another
            os.utime(os.path.join(self.folder, name), (later, later))


class AccessDaemon(Daemon):
    """A daemon for which NSS knows bo-maild, and some of bo's users are in the operator group."""

    def environment(self):
        names, given = Names(self.dir), super().environment()
        return given | names.environment() | {"LD_PRELOAD": " ".join([given["LD_PRELOAD"], names.preload()]),
                                              "NO_FAKE_STAT": "1"}  # or files would never change


def bus_that_knows_everybody(case):
    """dbus-daemon closes on whom NSS does not know; it is started before there is anybody."""
    folder = tempfile.mkdtemp(prefix="bo-names-")
    case.addClassCleanup(shutil.rmtree, folder)
    names = Names(folder)
    names.write(uids=range(70000, 70000 + USERS_MOST))
    return SystemBus(LD_PRELOAD=names.preload(), **names.environment())


class Caller:
    def __init__(self, kind, uid, name="", customers=(), foreign=None):
        self.kind, self.uid, self.name, self.customers = kind, uid, name, frozenset(customers)
        self.foreign = foreign  # the customer that is foreign to him, if it matters which


class Call:
    """One row for one caller and one target; what the row's functions are given."""

    def __init__(self, world, row, caller, relation):
        self.world, self.row, self.caller, self.relation = world, row, caller, relation
        self.uid, self.customers = caller.uid, caller.customers
        self.operates = caller.kind in ("operator", "staff", "root")
        self.expected = access.answer(row.kind, row.words[caller.kind], relation)
        self.target, self.name, self.customer = world.find_target(self)

    def new_name(self):
        return self.world.new_name()

    def new_customer(self):
        Case.count += 1
        return f"made-{Case.count}"

    def __str__(self):
        who = "/".join([self.caller.kind, *sorted(self.customers)])
        return f"{who} calls {self.row.member} {self.row.note} of {self.relation or 'nobody'}"


class Access(Case):
    @classmethod
    def setUpClass(cls):
        cls.bus = bus_that_knows_everybody(cls)
        cls.addClassCleanup(cls.bus.clear)
        cls.daemon = AccessDaemon(bus=cls.bus)
        cls.names = Names(cls.daemon.dir)
        cls.names.write()
        with open(cls.daemon.path("etc", "roles.conf"), "a", encoding="utf-8") as file:
            file.write(ROLES_HERE)
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)
        with cls.bus.client() as client:
            cls.bus.named(client)
        cls("populate").populate()

    def populate(self):
        """Three customers, A B C, and the callers; targets are made when they are needed."""
        cls = type(self)
        cls.targets, cls.system_doors = {}, {}
        cls.shops = [self.customer(Alias=f"Shop {letter}", Type="professional") for letter in "ABC"]
        cls.places = {shop: self.location(shop) for shop in cls.shops}
        cls.other_places = {shop: self.location(shop) for shop in cls.shops}
        for place in cls.places.values():
            self.location_call(place, "AddTerminal", {"Kind": "host", "Value": "till-1"})
        cls.pool = [self.person(Customer=shop, Roles=["merchant-administrator"])
                    for shop in cls.shops for _ in range(STAFF_MOST)]
        cls.names.write([name for _, name in cls.pool])
        cls.callers = [Caller("stranger", STRANGER), Caller("maild", DELIVERER), Caller("operator", OPERATOR),
                       Caller("root", 0)]
        first, other = cls.shops[:2]
        for kind in ROLE_OF:
            cls.callers.append(self.caller(kind, [first]))
        for shop in cls.shops:  # lists that are empty would show nothing
            self.approval(shop, self.asker(shop))
        cls.callers += [self.caller("administrator", [other]), self.caller("administrator", [first, other]),
                        self.who_left(other, first), self.who_is_invited(other, first),
                        self.caller("member", [first, other]), self.caller("member", [])]
        self.doCleanups()

    # Callers and targets
    def member_of(self, customers, role, **more):
        """(uid, name) of an active person. A secondary user is made of another one (R86)."""
        first = "viewer" if role == "secondary" else role
        given = {"Customer": customers[0], "Roles": [first]} if customers else {}
        uid, name = self.person(**given, **more)
        for customer in customers[first == role:]:
            self.user(uid, "SetRoles", "sasa{sv}", customer, [role], {})
        return uid, name

    def caller(self, kind, customers):
        role = ROLE_OF[kind]
        if kind == "staff":
            uid, name = next(one for one in self.pool if self.get(one[0], "Customers")[0][0] == customers[0])
            self.pool.remove((uid, name))
        elif kind == "program":
            uid, name = self.program(Customer=customers[0], Roles=[role])
        else:
            uid, name = self.member_of(customers, role)
        if kind == "shut out":
            self.user(uid, "Disable", "a{sv}", {})
        if kind == "restricted":
            self.user(uid, "SetLocations", "sasa{sv}", customers[0], [self.places[customers[0]]], {})
        return Caller(kind, uid, name, customers)

    def who_left(self, customer, former):
        """An administrator of both, until he was disabled at one."""
        caller = self.caller("administrator", [customer, former])
        self.user(caller.uid, "Disable", "a{sv}", {"Customer": ("s", former)})
        return Caller("administrator", caller.uid, caller.name, [customer], former)

    def who_is_invited(self, customer, host):
        """To be an administrator there as well, and he has not answered."""
        caller, boss = self.caller("administrator", [customer]), self.caller("administrator", [host])
        self.create(caller.name, uid=boss.uid, Customer=host, Roles=["merchant-administrator"])
        return Caller("administrator", caller.uid, caller.name, [customer], host)

    def shops_of(self, caller):
        """(customers of the caller, or such as if he had one, and one that is not his)."""
        own = sorted(caller.customers) or self.shops[:1]
        return own, caller.foreign or next(shop for shop in reversed(self.shops) if shop not in own)

    def find_target(self, call):
        """(target, its name, the customer that the call is about)."""
        own, foreign = self.shops_of(call.caller)
        if call.row.kind == "nothing":
            return None, "", own[0]
        if call.row.kind == "customer":
            ident = {"none": "", "own": own[0], "foreign": foreign, "missing": MISSING["customer"]}[call.relation]
            return ident, "", ident
        if call.row.kind == "location":
            places = {"own": self.places[own[0]], "elsewhere": self.other_places[own[0]], "foreign": self.places[foreign],
                      "missing": MISSING["location"]}
            return places[call.relation], "", foreign if call.relation == "foreign" else own[0]
        if call.row.kind == "approval":
            return self.find_approval(call, foreign if call.relation == "foreign" else own[0])
        if call.relation == "self":
            return call.uid, call.caller.name, own[0]
        if call.relation == "missing":
            return MISSING["user"], "missing@shop.example", own[0]
        key = call.relation, tuple(own), call.row.target
        if call.relation == "reserved":
            key = key[:2]
        if call.row.fresh and call.expected == access.YES or key not in self.targets:
            self.targets[key] = self.make_target(call, own, foreign)
        return *self.targets[key], foreign if call.relation == "foreign" else own[0]

    def find_approval(self, call, customer):
        """A request at the customer, of the caller himself or of another."""
        if call.relation == "missing":
            return MISSING["approval"], "", customer
        asker = call.uid if call.relation == "asked" else self.asker(customer)
        if call.row.fresh and call.expected == access.YES or ("approval", asker) not in self.targets:
            self.targets["approval", asker] = self.approval(customer, asker)
        ident = self.targets["approval", asker]
        if call.row.fresh and call.expected == access.YES:
            del self.targets["approval", asker]
        return ident, "", customer

    def amid_a_backup(self):
        """No options, while another connection has one: a caller who may is told that he has to wait."""
        if "backup" not in self.targets:
            self.targets["backup"] = self.daemon.client()
            self.targets["backup"].call(ROOT, MANAGER, "Backup", "a{sv}", {})
        return {}

    def asker(self, customer):
        if ("asker", customer) not in self.targets:
            self.targets["asker", customer] = self.person(Customer=customer, Roles=["security-manager"])[0]
        return self.targets["asker", customer]

    def make_target(self, call, own, foreign):
        if call.relation == "reserved":
            staff = self.caller("staff", own[:1])
            return staff.uid, staff.name
        customers = {"own": own[:1], "shared": [own[0], foreign], "foreign": [foreign]}[call.relation]
        return getattr(self, "make_" + call.row.target)(customers)

    def make_person(self, customers):
        return self.member_of(customers, "viewer")

    def make_program(self, customers):
        uid, name = self.program(Customer=customers[0], Roles=["admin"])
        for customer in customers[1:]:
            self.user(uid, "SetRoles", "sasa{sv}", customer, ["admin"], {})
        return uid, name

    def make_new(self, customers):
        uid, name, _ = self.create(Customer=customers[0], Roles=["viewer"])
        for customer in customers[1:]:
            self.user(uid, "SetRoles", "sasa{sv}", customer, ["viewer"], {})
        return uid, name

    def make_unverified(self, customers):
        Case.count += 1
        uid, name, _ = self.create(f"till{Case.count}", Customer=customers[0], Roles=["viewer"])
        for customer in customers[1:]:
            self.user(uid, "SetRoles", "sasa{sv}", customer, ["viewer"], {})
        return uid, name

    def make_disabled(self, customers):
        """By an administrator of his, not by the operator."""
        uid, name = self.member_of(customers[:1], "viewer")
        boss = next(one for one in self.callers if one.kind == "administrator" and one.customers == {customers[0]}) \
            if customers[0] in self.shops[:2] else self.caller("administrator", customers[:1])
        self.user(uid, "Disable", "a{sv}", {}, uid=boss.uid)
        for customer in customers[1:]:
            self.user(uid, "SetRoles", "sasa{sv}", customer, ["viewer"], {})
        return uid, name

    # Calls
    def cases(self, row):
        """Every caller with every target that there is for him."""
        for caller in self.callers:
            for relation in access.TARGETS[row.kind]:
                if row.interface == CUSTOMER and relation == "none":
                    continue  # an object is of somebody
                if row.only and relation not in row.only:
                    continue
                if relation == "self" and not caller.name:
                    continue  # who has no account is nobody's target
                if relation in ("own", "shared", "reserved", "elsewhere") and caller.name and not caller.customers:
                    continue
                if relation == "asked" and caller.kind != "security":
                    continue  # who may not ask has asked for nothing
                if relation == "reserved" and row.fresh and self.operates(caller):
                    continue  # one of his own kind, whom the others need
                who = caller
                served = access.answer(row.kind, row.words[caller.kind], relation) == access.YES
                if relation == "self" and row.fresh and served:
                    who = self.caller(caller.kind, sorted(caller.customers))
                yield Call(self, row, who, relation)

    def operates(self, caller):
        return caller.kind in ("operator", "staff", "root")

    def path(self, row, call):
        if row.interface in (USER, PROPERTIES):
            return f"{ROOT}/user/_{call.target}"
        if row.interface == CUSTOMER:
            return f"{ROOT}/customer/" + (call.target or "nowhere").replace("-", "_2d")
        if row.interface == LOCATION:
            return location_path(call.target)
        if row.interface == APPROVAL:
            return approval_path(call.target)
        return ROOT

    def attempt(self, door, *call):
        """(the name of the error, or "done"; the values or the text)"""
        try:
            return "done", door.call(*call)
        except BusError as error:
            return error.name if error.full_name.startswith(NAME) else error.full_name, error.text

    def system(self, uid):
        if uid not in self.system_doors:
            self.system_doors[uid] = self.bus.client(uid)
        return self.system_doors[uid]

    def wanted(self, call):
        return call.row.answer if call.expected == access.YES else call.expected

    def try_row(self, row):
        wrong = []
        for call in self.cases(row):
            message = self.path(row, call), row.interface, row.member, row.signature, *row.arguments(call)
            said, values = self.attempt(self.door(call.uid), *message)
            if said != self.wanted(call):
                wrong.append(f"{call}: wanted {self.wanted(call)}, got {said}: {values}")
            elif said == "done" and row.check and not row.check(call, values):
                wrong.append(f"{call}: was told {values}")
            wrong += self.on_the_system_bus(call, message)
        self.assertFalse(wrong, "\n".join(["", *wrong]))

    def on_the_system_bus(self, call, message):
        """The same answer, unless that would be the second of an answer that changes something."""
        if call.row.interface in access.PRIVATE or (call.row.fresh and call.expected == access.YES):
            return
        wanted = "PrivateSocketOnly" if call.row.secret else self.wanted(call)
        said, text = self.attempt(self.system(call.uid), *message)
        if said != wanted:
            yield f"{call}, on the system bus: wanted {wanted}, got {said}: {text}"

    def try_properties(self, interface, words, kind, names):
        """Get is refused for what a caller may not see; GetAll leaves that out."""
        wrong, whole = [], next(part[1] for part in access.PROPERTIES if part[0] == interface)
        for name in (*names, None):
            row = access.Row(interface, name or "GetAll", words, kind)
            get = ("Get", "ss", interface, name) if name else ("GetAll", "s", interface)
            for call in self.cases(row):
                if call.relation == "none":
                    continue
                message = self.path(row, call), PROPERTIES, *get
                seen = call.expected == access.YES
                if not name:
                    call.expected = access.answer(kind, whole[call.caller.kind], call.relation)
                said, text = self.attempt(self.door(call.uid), *message)
                if said != self.wanted(call):
                    wrong.append(f"{call}: wanted {self.wanted(call)}, got {said}: {text}")
                elif not name and said == "done" and {part in text[0] for part in names} != {seen}:
                    wrong.append(f"{call}: was told {text}")
                wrong += self.on_the_system_bus(call, message)
        self.assertFalse(wrong, "\n".join(["", *wrong]))

    # Customers that are named in a call
    def naming(self, customer, target):
        """(path, interface, member, signature, arguments) of each call that names a customer."""
        user, of = f"{ROOT}/user/_{target.uid}", access.options(Customer=customer)
        for member in ("Enable", "Disable"):
            yield user, USER, member, "a{sv}", of
        yield user, USER, "SetRoles", "sasa{sv}", customer, ["encoder"], {}
        yield user, USER, "SetLocations", "sasa{sv}", customer, ["place-1"], {}
        for member in ("AcceptMembership", "DeclineMembership", "SwitchCustomer"):
            yield user, USER, member, "sa{sv}", customer, {}
        yield ROOT, MANAGER, "CreateUser", "a{sv}", of | access.options(Name="somebody@shop.example")
        yield ROOT, MANAGER, "ListUsers", "sa{sv}su", customer, {}, "", 0
        yield ROOT, MANAGER, "SearchLocations", "sssu", customer, "", "", 0
        yield ROOT, MANAGER, "CheckPermission", "ssa{sv}", target.name, "transactions.view", of
        yield ROOT, MANAGER, "CheckPermission", "ssa{sv}", "", "transactions.view", of
        yield ROOT, MANAGER, "CreateLocation", "a{sv}", of | access.options(Id="some-place", Name="Here")
        for member, *values in (("SetAlias", "sa{sv}", "x", {}), ("SetAccount", "a{sv}", access.options(Phone="+31201234567")),
                                ("SetBilling", "a{sv}", access.options(**access.BILLING)), ("SetType", "sa{sv}", "professional", {}),
                                ("SetSubscription", "sa{sv}", "extended", {})):
            yield f"{ROOT}/customer/{customer.replace('-', '_2d')}", CUSTOMER, member, *values

    def test_R10_foreign_customer_in_a_call_is_one_that_does_not_exist(self):
        """Whoever calls, and about whom: himself, a user of his own, of both, of the other alone."""
        foreign = self.shops[2]
        others = [Caller("", *self.make_person(customers)) for customers in (self.shops[:1], [self.shops[0], foreign], [foreign])]
        for caller in self.callers:
            if self.operates(caller) or foreign in caller.customers:
                continue
            for target in ([caller] if caller.name else []) + others:
                calls = zip(self.naming(foreign, target), self.naming("nowhere", target), strict=True)
                for real, missing in calls:
                    said = [str(self.attempt(self.door(caller.uid), *call)).replace(name, "CUSTOMER")
                            for call, name in ((real, foreign), (missing, "nowhere"))]
                    self.assertEqual(*said, (caller.kind, sorted(caller.customers), target.kind, real))
                    self.assertNotIn("'done', ()", said[0], (caller.kind, real))

    # Invitations
    def invited_and_new(self, kind):
        """(uid, address) of an invitation, and of somebody who is new, both made by one administrator."""
        boss = next(one for one in self.callers if one.kind == "administrator" and one.customers == {self.shops[0]})
        known = self.person(Customer=self.shops[2], Roles=["viewer"], FullName="Alice Baker")[1]
        made = [self.create(name, uid=boss.uid, Customer=self.shops[0], Roles=["viewer"])[:2]
                for name in (known, self.new_name())]
        if kind == "disabled":
            for uid, _ in made:
                self.user(uid, "Disable", "a{sv}", {"Customer": ("s", self.shops[0])}, uid=boss.uid)
        return made

    def told(self, row, caller, uid, name, arguments=None):
        """What @caller is answered, with @uid and @name taken out, and the text of a link."""
        call = Call.__new__(Call)
        call.__dict__.update(world=self, row=row, caller=caller, relation="own", uid=caller.uid, target=uid, name=name,
                             customers=caller.customers, customer=self.shops[0], operates=False)
        message = self.path(row, call), row.interface, row.member, row.signature, *(arguments or row.arguments(call))
        said = self.attempt(self.door(caller.uid), *message)
        text = re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){6}", "LINK", str(said))
        return text.replace(str(uid), "UID").replace(name, "NAME")

    def test_R49_no_member_tells_an_invitation_from_a_new_user(self):
        """For everybody who could have made it, and everybody else; the operator may know."""
        rows = [row for row in access.METHODS if row.kind == "user" and row.interface != LOGIN]
        rows += [access.Row(PROPERTIES, "Get", {}, "user", "ss", lambda case, name=name: (USER, name))
                 for part in access.PROPERTIES if part[0] == USER for name in part[4]]
        for row in rows:
            row_of_user = access.Row(row.interface, row.member, row.words, "user", row.signature, row.arguments)
            for caller in self.callers:
                if self.operates(caller) or self.shops[2] in caller.customers or caller.foreign:
                    continue
                if row.fresh and caller.kind not in ("onlooker", "primary", "administrator"):
                    continue
                if row.fresh or "pair" not in self.targets:
                    self.targets["pair"] = self.invited_and_new(row.target)
                said = [self.told(row_of_user, caller, uid, name) for uid, name in self.targets["pair"]]
                if row.member == "BecomeVerified":
                    said = [re.sub(r"user\d+@", "user@", text) for text in said]
                self.assertEqual(*said, (caller.kind, row.member, row.arguments.__defaults__))
                if row.fresh:
                    del self.targets["pair"]

    def walk(self, uid, customer, limit, **filters):
        """([username], [next]) of all pages of a list of users."""
        names, cursors, cursor = [], [], ""
        while True:
            page, cursor = self.manager("ListUsers", "sa{sv}su", customer, access.options(**filters), cursor, limit, uid=uid)
            names += [row["Username"] for row in page]
            if not cursor:
                return names, cursors
            self.assertNotIn(cursor, cursors)
            cursors.append(cursor)

    def test_R49_lists_and_their_cursors_tell_no_invitation(self):
        shop = self.customer()
        boss = self.caller("administrator", [shop])
        known = [self.person(name=name, Customer=self.shops[2], Roles=["viewer"], FullName="Alice Baker")[1]
                 for name in ("alice@shop.example", "alice2@shop.example", "bert@shop.example")]
        made = [self.create(name, uid=boss.uid, Customer=shop, Roles=["viewer"])
                for name in (*known, "alan@shop.example", "berta@shop.example")]
        wanted = sorted([boss.name, *(name for _, name, _ in made)])
        for limit in (1, 2, 3, 100):
            for sort in ("name", "-name"):
                names, cursors = self.walk(boss.uid, shop, limit, Sort=sort)
                self.assertEqual(names, sorted(wanted, reverse=sort == "-name"))
                self.assertEqual([cursor for cursor in cursors if cursor not in wanted], [])
        for uid, name, _ in made:
            self.assertEqual(self.walk(boss.uid, shop, 9, Search=str(uid))[0], [])
            self.assertIn(name, self.walk(boss.uid, shop, 2, Search=name[:4].upper())[0])
        self.assertEqual(self.walk(boss.uid, shop, 9, Search="Alice Baker")[0], [])  # what he is elsewhere
        self.assertEqual(self.walk(boss.uid, shop, 1, Status="activation-sent")[0], sorted(name for _, name, _ in made))
        for filters in ({}, {"Sort": "-name"}, {"Role": "viewer"}, {"Search": "alice"}, {"Search": "al"}):
            whole = self.walk(0, "", 1000, **filters)[0]
            self.assertEqual(self.walk(0, "", 7, **filters)[0], whole)
            self.assertEqual(whole.count("alice@shop.example"), 1, filters)

    # Signals
    def heard(self, door):
        """What has come until now: a call's answer comes behind it."""
        door.call("/", BUS_ITSELF + "Peer", "Ping", destination=door.destination and BUS_ITSELF[:-1])
        said, door.signals = door.signals, []
        return {signal[0] for signal in said}

    def client_in_group(self, caller):
        """dbus-daemon takes the groups of the process that connects."""
        before = os.getgroups()
        os.setgroups([BUS_OPERATORS] if caller.kind == "operator" else [])
        try:
            return self.bus.client(caller.uid)
        finally:
            os.setgroups(before)

    def things_happen(self):
        """Each signal of the Manager, and somebody's sessions have to end."""
        uid, name = self.person()
        self.auth(name, "a wrong password 1")
        self.assertEqual(self.auth(name, GOOD), "Success")
        talk = self.talk("session", name)
        talk.skip()
        self.talk("session", name, close=True).skip()
        self.user(uid, "Disable", "a{sv}", {})
        shop = self.customer()
        self.door().call(f"{ROOT}/customer/{shop.replace('-', '_2d')}", CUSTOMER, "SetAlias", "sa{sv}", "Shop", {})
        self.location_call(self.location(shop), "SetDetails", {"Name": "There"})
        asker = self.asker(shop)
        self.door(asker).call(approval_path(self.approval(shop, asker)), APPROVAL, "Revoke", "sa{sv}", "", {})
        self.daemon.process.send_signal(signal.SIGHUP)

    def test_R10_signals_reach_those_alone_whom_the_table_names(self):
        callers = {caller.kind: caller for caller in self.callers}.values()
        system = {caller.kind: self.client_in_group(caller) for caller in callers}
        private = {caller.kind: self.client(caller.uid) for caller in callers}
        for door in system.values():
            self.addCleanup(door.close)
            door.call("/", BUS_ITSELF[:-1], "AddMatch", "s", "type='signal',path='" + ROOT + "'",
                      destination=BUS_ITSELF[:-1])
        for door in private.values():
            self.attempt(door, ROOT, SESSIONS, "ListEndings")
            self.attempt(door, ROOT, MAIL, "Take", "u", 1)
        self.things_happen()
        # One of them is of a daemon that starts: test_signals.py.
        hears = {"root": {name for interface, name in access.SIGNALS if interface == MANAGER} - {"DatabaseOlder"}}
        hears["operator"] = hears["root"]
        for kind, door in system.items():
            if kind in hears:  # the bus passes them on when it comes to it
                while len({signal[0] for signal in door.signals}) < len(hears[kind]):
                    door.receive()
            self.assertEqual(self.heard(door), hears.get(kind, set()), kind)
        for kind, door in private.items():
            wanted = {"root": {"EndingsDue", "Queued"}, "maild": {"Queued"}}.get(kind, set())
            self.assertEqual(self.heard(door), wanted, kind)

    # What D-Bus itself asks
    def objects(self):
        missing = f"{ROOT}/user/_{MISSING['user']}", f"{ROOT}/customer/{MISSING['customer']}"
        there = f"{ROOT}/user/_{self.callers[-1].uid}", f"{ROOT}/customer/" + self.shops[0].replace("-", "_2d")
        return zip(there, missing, strict=True)

    def introspect(self, door, path):
        return door.call(path, BUS_ITSELF + "Introspectable", "Introspect")[0]

    def test_R10_introspection_tells_the_same_whether_there_is_somebody(self):
        for caller in self.callers:
            for door in (self.door(caller.uid), self.system(caller.uid)):
                for there, missing in self.objects():
                    self.assertEqual(self.introspect(door, there), self.introspect(door, missing), caller.kind)
                for path in ("/", ROOT, ROOT + "/user", ROOT + "/customer", ROOT + "/user/_1/_2"):
                    nodes = {node.get("name") for node in tree.fromstring(self.introspect(door, path)).iter("node")}
                    self.assertLessEqual(nodes, {None, "org", "backoffice", "Accounts1", "org/backoffice",
                                                 "org/backoffice/Accounts1", "user", "customer", "location",
                                                 "approval"}, path)

    def test_R10_no_object_manager_lists_who_there_is(self):
        for path in ("/", ROOT, ROOT + "/user", ROOT + "/customer"):
            for uid in (0, STRANGER):
                said, _ = self.attempt(self.door(uid), path, BUS_ITSELF + "ObjectManager", "GetManagedObjects")
                self.assertIn(said.rsplit(".", 1)[-1], ("UnknownMethod", "UnknownObject", "UnknownInterface"), path)

    def test_R14_no_property_can_be_set_by_whomever(self):
        target, shop = self.callers[-1].uid, f"{ROOT}/customer/" + self.shops[0].replace("-", "_2d")
        for interface, _, _, _, names in access.PROPERTIES:
            path = {MANAGER: ROOT, USER: f"{ROOT}/user/_{target}", CUSTOMER: shop}.get(interface, ROOT)
            for name in names:
                for caller in self.callers:
                    said, _ = self.attempt(self.door(caller.uid), path, PROPERTIES, "Set", "ssv", interface, name, ("s", "x"))
                    self.assertNotEqual(said, "done", (caller.kind, name))
        self.assertEqual(self.attempt(self.system(0), shop, PROPERTIES, "Set", "ssv", CUSTOMER, "Alias", ("s", "x"))[0],
                         "org.freedesktop.DBus.Error.AccessDenied")

    def test_R10_get_all_without_an_interface_tells_what_it_tells_with_one(self):
        for interface, words, kind in {part[:1]: part[:3] for part in access.PROPERTIES}.values():
            row = access.Row(interface, "GetAll", words, kind)
            for call in self.cases(row):
                if call.relation != "none":
                    said = [self.attempt(self.door(call.uid), self.path(row, call), PROPERTIES, "GetAll", "s", name)
                            for name in (interface, "")]
                    self.assertEqual(*said, str(call))

    def test_R10_other_spellings_of_a_path_open_nothing(self):
        member = next(caller for caller in self.callers if caller.kind == "member")
        foreign = self.make_person(self.shops[1:2])[0]
        shop = self.shops[1]
        paths = [f"{ROOT}/user/{text}" for text in (f"_0{foreign}", f"__{foreign}", f"{foreign}", f"_{foreign}_",
                 f"_{foreign}/_{foreign}", f"_{member.uid}/_{foreign}", f"_{foreign + 2 ** 32}", f"_{foreign:x}h", f"_5f{foreign}")]
        paths += [f"{ROOT}/customer/{text}" for text in (shop.replace("-", "_2D"), "_73" + shop[1:].replace("-", "_2d"),
                  shop.replace("-", "_2d") + "_00", shop.replace("-", "_2d") + "/x", shop.replace("-", "__"))]
        for caller in self.callers:
            if self.operates(caller) or shop in caller.customers:
                continue
            for path in paths:
                for interface in (USER, CUSTOMER, ""):
                    said, values = self.attempt(self.door(caller.uid), path, PROPERTIES, "GetAll", "s", interface)
                    self.assertTrue(said != "done" or values[0] == {}, (caller.kind, path, values))
                said, _ = self.attempt(self.door(caller.uid), path, USER, "Enable", "a{sv}", {})
                self.assertNotEqual(said, "done", path)


def method_test(row):
    return lambda self: self.try_row(row)


def properties_test(interface, words, kind, names):
    return lambda self: self.try_properties(interface, words, kind, names)


for each in access.METHODS:
    label = "_".join([*each.rules.split(", "), each.interface.rsplit(".", 1)[-1], each.member, *each.note.split()[:3]])
    label = "test_" + "".join(letter if letter.isalnum() else "_" for letter in label.strip("_"))
    setattr(Access, label, method_test(each))
for owner, who, what, rules, parts in access.PROPERTIES:
    label = "_".join(["test", *filter(None, rules.split(", ")), "properties_of", owner.rsplit(".", 1)[-1], str(len(parts))])
    setattr(Access, label, properties_test(owner, who, what, parts))


def contract():
    """All members of bo's interfaces: (kind, interface, name)."""
    for path in sorted(glob.glob(os.path.join(CONTRACT, "*.xml"))):
        yield from members(tree.parse(path).getroot())


def members(root):
    for interface in root.iter("interface"):
        if interface.get("name").startswith(NAME):
            for kind in ("method", "property", "signal"):
                yield from ((kind, interface.get("name"), part.get("name")) for part in interface.iter(kind))


def table():
    yield from (("method", row.interface, row.member) for row in access.METHODS)
    yield from (("property", part[0], name) for part in access.PROPERTIES for name in part[4])
    yield from (("signal", *signal) for signal in access.SIGNALS)


class Table(Case):
    def test_R10_no_member_is_missing_in_the_table_and_none_is_left_over(self):
        self.assertEqual(sorted(set(contract())), sorted(set(table())), "add it to tests/bus/access.py")

    def test_R10_daemon_has_no_member_beside_those_of_the_table(self):
        uid, shop = self.person()[0], self.customer()
        place, shop = location_path(self.location(shop)), shop.replace("-", "_2d")
        found = set()
        for path in (ROOT, f"{ROOT}/user/_{uid}", f"{ROOT}/customer/{shop}", place, approval_path(1)):
            text, = self.client().call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
            found |= set(members(tree.fromstring(text)))
        self.assertEqual(sorted(found), sorted(set(table())))

    def test_R10_printed_page_is_the_table_that_was_tried(self):
        with open(os.path.join(SOURCE, "docs", "access.md"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "\n".join(access.page()) + "\n",
                             "print it anew: tests/bus/access.py > docs/access.md")

    def test_R10_bus_policy_lets_through_by_name_what_the_table_has_for_the_system_bus(self):
        allowed = {(rule.get("send_interface"), rule.get("send_member"))
                   for rule in tree.parse(POLICY).getroot().iter("allow") if rule.get("send_destination")}
        ours = {(interface, member) for interface, member in allowed if interface.startswith(NAME)}
        self.assertEqual(ours, {(row.interface, row.member) for row in access.METHODS
                                if row.interface not in access.PRIVATE})
        self.assertEqual(allowed - ours, {(BUS_ITSELF + "Introspectable", "Introspect"),
                                          (BUS_ITSELF + "Peer", "GetMachineId"), (BUS_ITSELF + "Peer", "Ping"),
                                          (BUS_ITSELF + "Properties", "Get"), (BUS_ITSELF + "Properties", "GetAll")})


if __name__ == "__main__":
    main()
