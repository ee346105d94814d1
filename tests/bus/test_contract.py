#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon on both doors against the contract that is written in bo-accountd/bus/*.xml."""

import pathlib
import re
import sqlite3
import xml.etree.ElementTree as tree

from world import *

CONTRACT = pathlib.Path(SOURCE, "bo-accountd", "bus")
ERRORS = pathlib.Path(SOURCE, "libbo", "bo-errors.def")
SECRET = {(MANAGER, "Backup"), (MANAGER, "GetBackup"), (MANAGER, "ReadBackup"), (MANAGER, "CreateUser"), (USER, "IssueReset"), (USER, "ResendActivation"), (USER, "BecomeVerified"),
          (USER, "ChangePassword"), (USER, "SetApiPassword"), (USER, "RequestEmailChange"),
          (USER, "ConfirmEmailChange"), (USER, "BeginOtp"), (USER, "ConfirmOtp"), (USER, "CreateRecoveryCodes"),
          (USER, "CreateApiKey"), (MANAGER, "AnswerApproval"), (MANAGER, "VerifyKey"), (APPROVAL, "TakeToken"),
          *[(MANAGER, verb + what) for verb in ("Export", "Import") for what in ("Users", "Customers", "Locations")],
          (LOGIN, "Begin"), (LOGIN, "Step"), (LOGIN, "Cancel")}
FILL = {"s": "", "u": 0, "t": 0, "as": [], "aas": [], "b": False, "a{sv}": {}, "ay": b""}


def emits_changed(part, otherwise):
    """Whether clients may keep a property until PropertiesChanged; of an interface it counts for all of its own."""
    return {one.get("name"): one.get("value") for one in part.findall("annotation")}.get(
        "org.freedesktop.DBus.Property.EmitsChangedSignal", otherwise)


def members(interface):
    """All that an interface says of itself, as a set."""
    for method in interface.iter("method"):
        yield ("method", method.get("name"), *[(arg.get("direction", "in"), arg.get("type"), arg.get("name"))
                                               for arg in method.iter("arg")])
    emits = emits_changed(interface, "true")
    for part in interface.iter("property"):
        yield "property", part.get("name"), part.get("type"), part.get("access"), emits_changed(part, emits)
    for part in interface.iter("signal"):
        yield ("signal", part.get("name"), *[(arg.get("type"), arg.get("name")) for arg in part.iter("arg")])


def contract():
    return {interface.get("name"): interface for path in sorted(CONTRACT.glob("*.xml"))
            for interface in tree.parse(path).getroot().iter("interface")}


class Contract(BusCase):
    def system(self, uid=0):
        client = self.bus.client(uid)
        self.addCleanup(client.close)
        return client

    def doors(self):
        return ("private", self.client()), ("system", self.system())

    def objects(self):
        uid, _ = self.person()
        shop = self.customer()
        asked = approval_path(self.approval(shop, self.person(Customer=shop, Roles=["security-manager"])[0]))
        place, shop = location_path(self.location(shop)), shop.replace("-", "_2d")
        return {ROOT: {MANAGER, LOGIN, MAIL, SESSIONS}, f"{ROOT}/user/_{uid}": {USER},
                f"{ROOT}/customer/{shop}": {CUSTOMER}, place: {LOCATION}, asked: {APPROVAL}}

    def test_introspection_says_what_the_contract_says_on_both_doors(self):
        wanted, seen = contract(), set()
        for path, interfaces in self.objects().items():
            for door, client in self.doors():
                text, = client.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
                found = {part.get("name"): part for part in tree.fromstring(text).iter("interface")
                         if part.get("name").startswith(NAME)}
                self.assertEqual(set(found), interfaces, (door, path))
                for name in interfaces:
                    with self.subTest(door=door, interface=name):
                        self.assertEqual(set(members(found[name])), set(members(wanted[name])))
                        seen.add(name)
        self.assertEqual(seen, set(wanted))

    def test_every_property_has_the_type_that_the_contract_says(self):
        for path, interfaces in self.objects().items():
            for _, client in self.doors():
                for name in interfaces:
                    wanted = {part.get("name") for part in contract()[name].iter("property")}
                    found, = client.call(path, PROPERTIES, "GetAll", "s", name)
                    self.assertEqual(set(found), wanted)
                    for part in wanted:
                        self.assertEqual(client.call(path, PROPERTIES, "Get", "ss", name, part)[0], found[part])

    def test_no_property_promises_a_signal_that_does_not_come(self):
        for name, interface in contract().items():
            for kind, part, *_, emits in filter(lambda member: member[0] == "property", members(interface)):
                self.assertEqual(emits, "const" if part == "Version" else "false", (name, kind, part))

    def test_properties_cannot_be_set(self):
        uid, _ = self.person()
        for name, part, value in ((USER, "Status", ("s", "active")), (USER, "Kind", ("s", "api"))):
            with self.assertRaises(BusError):
                self.client().call(f"{ROOT}/user/_{uid}", PROPERTIES, "Set", "ssv", name, part, value)
        self.assertEqual(self.get(uid, "Kind"), "adm")

    def test_every_method_is_answered_by_name_and_secrets_on_the_private_socket_alone(self):
        for path, interfaces in self.objects().items():
            for name in interfaces:
                for method in contract()[name].iter("method"):
                    kinds = [arg.get("type") for arg in method.iter("arg") if arg.get("direction") == "in"]
                    call = path, name, method.get("name"), "".join(kinds), *[FILL[kind] for kind in kinds]
                    answer = self.answer(self.system(), call)
                    with self.subTest(call):
                        if name in (LOGIN, MAIL, SESSIONS):
                            self.assertEqual(answer, "org.freedesktop.DBus.Error.AccessDenied")
                        elif (name, method.get("name")) in SECRET:
                            self.assertEqual(answer, NAME + ".Error.PrivateSocketOnly")
                        else:
                            self.assertNotIn(answer, (NAME + ".Error.PrivateSocketOnly",
                                                      "org.freedesktop.DBus.Error.AccessDenied"))
                        answer = self.answer(self.client(), call)
                        self.assertTrue(answer == "done" or answer.startswith(NAME + ".Error."), answer)

    def answer(self, client, call):
        try:
            client.call(*call)
        except BusError as error:
            return error.full_name
        return "done"

    def test_login_is_not_reached_by_leaving_the_interface_out(self):
        for member, kinds, values in (("Begin", "sa{sv}", ("auth", {})), ("Step", "tay", (1, b"")),
                                      ("Cancel", "t", (1,)), ("Take", "u", (1,))):
            answer = self.answer(self.system(), (ROOT, None, member, kinds, *values))
            self.assertEqual(answer, "org.freedesktop.DBus.Error.AccessDenied")

    def test_bus_lets_nobody_but_the_daemon_have_its_name(self):
        with self.assertRaises(BusError) as caught:
            self.system(65534).call("/", "org.freedesktop.DBus", "RequestName", "su", NAME, 0,
                                    destination="org.freedesktop.DBus")
        self.assertEqual(caught.exception.name, "AccessDenied")

    def test_signals_reach_root_and_not_an_ordinary_user(self):
        root, user = self.system(), self.system(65534)
        for client in (root, user):
            client.call("/", "org.freedesktop.DBus", "AddMatch", "s", "type='signal',interface='" + MANAGER + "'",
                        destination="org.freedesktop.DBus")
        uid, name = self.person()
        self.auth(name, GOOD, rhost="192.0.2.9")
        self.auth(name, "a wrong password 1")
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "gone")})
        path = f"{ROOT}/user/_{uid}"
        wanted = [("UserAdded", path, name), ("UserChanged", path), ("UserChanged", path),
                  ("UserStatusChanged", name, "activation-sent", "active", "activated"),
                  ("LoginSucceeded", name, "loose", "", "token"),
                  ("LoginSucceeded", name, "sshd", "192.0.2.9", "password"),
                  ("LoginFailed", name, "sshd", "", "WrongCredentials"),
                  ("UserStatusChanged", name, "active", "deactivated", "gone")]
        while root.signals[-1:] != wanted[-1:]:
            root.receive()
        self.assertEqual(sorted(root.signals), sorted(wanted))
        user.call("/", "org.freedesktop.DBus", "GetId", destination="org.freedesktop.DBus")
        self.assertEqual(user.signals, [])

    def busctl(self, *words):
        return subprocess.run(["busctl", f"--address=unix:path={self.daemon.socket}", *words],
                              capture_output=True, text=True, timeout=WAIT, check=True).stdout

    def test_busctl_works_on_the_private_socket(self):
        uid, name = self.person()
        path = f"{ROOT}/user/_{uid}"
        self.assertEqual(self.busctl("call", NAME, ROOT, MANAGER, "GetUser", "s", name), f'o "{path}"\n')
        self.assertEqual(self.busctl("get-property", NAME, path, USER, "Username", "Uid"), f's "{name}"\nu {uid}\n')
        said = self.busctl("introspect", NAME, path)
        self.assertRegex(said, r"(?m)^\.Status +property +s +\"active\" ")
        self.assertRegex(self.busctl("call", NAME, path, USER, "IssueReset", "a{sv}", "0"), r'^s "\S{20,}"$')

    def test_state_and_version_are_told(self):
        self.assertEqual(self.busctl("get-property", NAME, ROOT, MANAGER, "State"), 's "ok"\n')
        self.assertRegex(self.busctl("get-property", NAME, ROOT, MANAGER, "Version"), r'^s "[0-9.]+"$')


class Refusals(Case):
    def test_every_error_of_the_table_is_named_somewhere_in_these_suites(self):
        names = re.findall(r'^BO_ERROR\(\w+, \d+, "(\w+)"', ERRORS.read_text(), re.M)
        tests = "".join(path.read_text() for path in pathlib.Path(__file__).parent.glob("test_*.py"))
        self.assertGreater(len(names), 30)
        self.assertEqual([name for name in names if not re.search(rf'"{name}"', tests)], [])

    def option(self, member, options, *before, after=(), path=ROOT, interface=MANAGER, kinds="{}"):
        with self.daemon.client() as client:
            return client.call(path, interface, member, kinds.format("a{sv}"), *before, options, *after)

    def test_unknown_option_is_refused_by_name_everywhere(self):
        uid, name = self.person()
        path, bad = f"{ROOT}/user/_{uid}", {"Colour": ("s", "blue")}
        for call in ((("CreateUser", bad), {}), (("CreateCustomer", bad), {}), (("AcceptClock", bad), {}), (("RequestPasswordReset", bad, name), {"kinds": "s{}"}),
                     (("CheckPermission", bad, "", "a.b"), {"kinds": "ss{}"}),
                     (("ListUsers", bad, ""), {"after": ("", 0), "kinds": "s{}su"}),
                     (("ListCustomers", bad), {"after": ("", 0), "kinds": "{}su"}),
                     (("ListAudit", bad), {"after": ("", 0), "kinds": "{}su"}),
                     (("Begin", bad, "auth"), {"kinds": "s{}", "interface": LOGIN}),
                     *[((member, bad), {"path": path, "interface": USER})
                       for member in ("Enable", "Disable", "IssueReset", "ResendActivation", "RevokeTokens", "SetProfile", "BeginOtp", "ResetOtp",
                                      "DeleteApiKey")],
                     (("SetRoles", bad, "shop", []), {"path": path, "interface": USER, "kinds": "sas{}"}),
                     (("SetApiPassword", bad, b"x"), {"path": path, "interface": USER, "kinds": "ay{}"}),
                     (("ChangePassword", bad, b"x", b"y"), {"path": path, "interface": USER, "kinds": "ayay{}"}),
                     (("CreateApiKey", bad, b"x", b"y"), {"path": path, "interface": USER, "kinds": "ayay{}"}),
                     (("ConfirmOtp", bad, b"x", b"y"), {"path": path, "interface": USER, "kinds": "ayay{}"}),
                     (("CreateRecoveryCodes", bad, b"x", b"y"), {"path": path, "interface": USER, "kinds": "ayay{}"})):
            with self.subTest(call[0][0]):
                self.assertIn("Colour", self.refused("BadOption", self.option, *call[0], **call[1]))

    def test_option_of_a_wrong_type_is_refused_by_name_and_type(self):
        for options in ({"Name": ("u", 5)}, {"Name": ("as", ["x"])}, {"Name": ("v", ("s", "x"))}):
            text = self.refused("BadOption", self.option, "CreateUser", options)
            self.assertEqual(text, 'Name must be of type "s".')
        text = self.refused("BadOption", self.option, "CreateUser", {"Name": ("s", "x"), "Roles": ("s", "admin")})
        self.assertEqual(text, 'Roles must be of type "as".')

    def test_option_that_is_given_twice_is_refused(self):
        twice = [("Name", ("s", "one@shop.example")), ("Name", ("s", "two@shop.example"))]
        self.assertEqual(self.refused("BadOption", self.option, "CreateUser", twice), "Name is given twice.")

    def test_required_options_are_named(self):
        self.assertIn("Id", self.refused("BadOption", self.option, "CreateCustomer", {}))
        self.assertIn("Customer", self.refused("BadOption", self.create, Roles=["viewer"]))

    def test_values_are_checked(self):
        self.refused("BadValue", self.create, Kind="robot")
        for name in ("", "Ä@shop.example", "two words", "a" * 33, "x" * 250 + "@shop.example", "-rm", "a:b", "root\n"):
            self.refused("BadName", self.option, "CreateUser", {"Name": ("s", name)})
        self.refused("BadValue", self.create, FullName="a:b")
        self.refused("BadValue", self.create, FullName="line\nline")
        self.refused("BadValue", self.create, Home="relative")
        self.refused("BadValue", self.create, Shell="/bin/sh:x")
        for ident in ("", "Shop", "1shop", "a" * 33, "shop-", "../etc"):
            self.refused("BadValue", self.option, "CreateCustomer", {"Id": ("s", ident)})
        self.refused("CustomerExists", self.option, "CreateCustomer", {"Id": ("s", self.customer())})
        self.refused("NoSuchCustomer", self.create, Customer="nowhere")
        self.refused("NoSuchRole", self.create, Customer=self.customer(), Roles=["emperor"])

    def test_R17_names_are_never_used_again_nor_taken_from_others(self):
        name = self.create()[1]
        self.refused("NameTaken", self.create, name)
        self.refused("NameTaken", self.create, name.upper())
        self.refused("NameForeign", self.create, "root")
        self.refused("NameForeign", self.create, "daemon")

    def test_objects_that_do_not_exist(self):
        self.refused("NoSuchUser", self.manager, "GetUser", "s", "stranger@shop.example")
        self.refused("NoSuchUser", self.manager, "GetUser", "s", "not a name")
        self.refused("NoSuchUser", self.manager, "GetUserByUid", "u", 4294967295)
        self.refused("NoSuchUser", self.get, 99999, "Status")
        self.refused("NoSuchUser", self.user, 99999, "Enable", "a{sv}", {})
        for path in ("0", "x", "12", "_0", "_007", "_4294967296", "_1_2"):
            with self.subTest(path), self.assertRaises(BusError):
                self.client().call(f"{ROOT}/user/{path}", USER, "Enable", "a{sv}", {})

    def test_conversation_of_nobody_is_refused(self):
        client, other = self.client(), self.client()
        talk = Talk(client, "auth", "stranger@shop.example")
        for who, member, kinds, values in ((client, "Step", "tay", (talk.login ^ 2, b"")), (client, "Cancel", "t", (0,)),
                                           (other, "Step", "tay", (talk.login, b"")), (other, "Cancel", "t", (talk.login,))):
            self.refused("NoSuchLogin", who.call, ROOT, LOGIN, member, kinds, *values)
        talk.answer("x")
        self.refused("NoSuchLogin", talk.step, "x")

    def test_other_protocols_and_phases_are_refused(self):
        self.refused("Protocol", self.talk, "auth", "x", protocol=2)
        self.refused("BadValue", self.talk, "welcome", "x")
        for context in ({}, {"protocol": ("u", 1)}, {"protocol": ("u", 1), "user": ("s", "x")}):
            with self.assertRaises(BusError):
                self.client().call(ROOT, LOGIN, "Begin", "sa{sv}", "auth", context)

    def test_answers_are_bounded(self):
        talk = self.talk("auth", "stranger@shop.example")
        self.refused("BadValue", talk.step, b"x" * 513)
        self.assertEqual(talk.step(b"x" * 512).skip().outcome, "NoSuchUser")

    def test_uids_that_are_used_up_are_told(self):
        daemon = Daemon(SETTINGS + "UidRange=70000-70001\n").start()
        self.addCleanup(daemon.clear)
        with daemon.client() as client:
            for name in ("a1", "a2", "a3"):
                call = client.call, ROOT, MANAGER, "CreateUser", "a{sv}", {"Name": ("s", name + "@shop.example")}
                if name == "a3":
                    self.refused("UidsExhausted", *call)
                else:
                    call[0](*call[1:])

    def test_changed_audit_trail_is_told(self):
        daemon = Daemon().start()
        self.addCleanup(daemon.clear)
        with daemon.client() as client:
            client.call(ROOT, MANAGER, "CreateUser", "a{sv}", {"Name": ("s", "a@shop.example")})
            self.assertGreater(client.call(ROOT, MANAGER, "VerifyAudit", "t", 0)[0], 0)
        daemon.stop()
        store = sqlite3.connect(os.path.join(daemon.state, "accounts.db"))
        for trigger, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {trigger}")
        self.assertEqual(store.execute("UPDATE audit SET detail = 'kind=api' WHERE event = 'user-created'").rowcount, 1)
        store.commit()
        store.close()
        daemon.start()
        with daemon.client() as client:
            self.refused("AuditBroken", client.call, ROOT, MANAGER, "VerifyAudit", "t", 0)
        self.assertIn("The audit trail has been changed outside of bo", daemon.said())


class Lists(Case):
    def pages(self, member, *arguments, limit, kinds):
        """All rows by pages of @limit."""
        rows, cursor = [], ""
        while True:
            page, cursor = self.manager(member, kinds, *arguments, cursor, limit)
            self.assertLessEqual(len(page), limit)
            rows += page
            if not cursor:
                return rows

    def test_R15_users_come_in_pages_filtered_and_sorted(self):
        shop = self.customer()
        made = sorted(self.create(Customer=shop, Roles=["viewer"])[1] for _ in range(7))
        _, robot = self.program(Customer=shop, Roles=["admin"])

        def names(limit=100, **filters):
            rows = self.pages("ListUsers", shop, {key: ("s", value) for key, value in filters.items()},
                              limit=limit, kinds="sa{sv}su")
            return [row["Username"] for row in rows]

        for limit in (1, 2, 3, 7, 8, 9):
            self.assertEqual(names(limit), sorted(made + [robot]))
            self.assertEqual(names(limit, Sort="-name"), sorted(made + [robot], reverse=True))
            self.assertEqual(names(limit, Status="activation-sent"), made)
        self.assertEqual(names(Kind="api"), [robot])
        self.assertEqual(names(Role="viewer"), made)
        self.assertEqual(names(Search=made[3].split("@")[0]), [made[3]])
        self.assertEqual(names(Search="%"), [])
        self.assertEqual(names(Status="deactivated"), [])

    def test_R15_rows_hold_status_and_roles(self):
        shop = self.customer()
        uid, name = self.person(Customer=shop, Roles=["viewer", "encoder"])
        row, = self.manager("ListUsers", "sa{sv}su", shop, {}, "", 0)[0]
        self.assertEqual({key: row[key] for key in ("Uid", "Username", "Email", "Kind", "Status", "Roles")},
                         {"Uid": uid, "Username": name, "Email": name, "Kind": "adm", "Status": "active",
                          "Roles": [(shop, "encoder"), (shop, "viewer")]})

    def test_R15_page_that_has_to_look_at_too_many_is_short_and_the_next_goes_on(self):
        made = [self.create()[1] for _ in range(650)]
        last = sorted(made)[-1]
        uid = self.manager("GetUser", "s", last)[0].rsplit("_", 1)[1]
        self.user(uid, "Disable", "a{sv}", {})
        filters = {"Status": ("s", "deactivated"), "Search": ("s", "us")}
        page, cursor = self.manager("ListUsers", "sa{sv}su", "", filters, "", 10)
        self.assertEqual(page, [])
        self.assertTrue(cursor)
        self.assertIn(last, [row["Username"] for row in self.pages("ListUsers", "", filters, limit=10, kinds="sa{sv}su")])
        said = subprocess.run([os.path.join(BUILD, "boctl", "boctl"), "--socket=" + self.daemon.socket, "user", "list",
                               "--status=deactivated", "--limit=9"], capture_output=True, text=True, check=True).stdout
        self.assertIn(last, said)
        self.assertEqual(self.manager("ListUsers", "sa{sv}su", "", {"Search": ("s", last.upper())}, "", 10)[1], "")

    def test_limits_and_cursors_are_checked(self):
        for member, before, kinds in (("ListUsers", ("", {}), "sa{sv}su"), ("ListCustomers", ({},), "a{sv}su"),
                                      ("ListAudit", ({},), "a{sv}su"), ("ListMail", (), "su")):
            self.refused("BadValue", self.manager, member, kinds, *before, "", 1001)
            self.refused("BadCursor", self.manager, member, kinds, *before, "no cursor !", 10)
            self.manager(member, kinds, *before, "", 1000)
        self.refused("BadValue", self.manager, "ListUsers", "sa{sv}su", "", {"Status": ("s", "asleep")}, "", 0)
        self.refused("BadValue", self.manager, "ListUsers", "sa{sv}su", "", {"Sort": ("s", "uid")}, "", 0)
        self.refused("NoSuchRole", self.manager, "ListUsers", "sa{sv}su", "", {"Role": ("s", "emperor")}, "", 0)
        self.refused("NoSuchCustomer", self.manager, "ListUsers", "sa{sv}su", "nowhere", {}, "", 0)

    def test_audit_trail_comes_in_pages_newest_first_and_whole(self):
        for _ in range(3):
            self.person()
        for limit in (1, 4, 1000):
            numbers = [row["Sequence"] for row in self.pages("ListAudit", {}, limit=limit, kinds="a{sv}su")]
            self.assertEqual(numbers, list(range(len(numbers), 0, -1)))

    def test_customers_come_in_pages_by_id(self):
        made = {self.customer(Alias=f"Shop {number}") for number in range(5)}
        for limit in (1, 2, 5, 1000):
            rows = [row["Id"] for row in self.pages("ListCustomers", {}, limit=limit, kinds="a{sv}su")]
            self.assertEqual(rows, sorted(set(rows)))
            self.assertLessEqual(made, set(rows))


if __name__ == "__main__":
    main()
