#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl export and import: rows of users, customers and locations, out of one bo and into another (R17, R21 to R23,
R26, R32, R33, R43, R80)."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import time

from boctl_case import BOCTL, Case, Daemon
from world import SOURCE, WAIT, main

CUSTOMERS = """id,alias,type,subscription,contact_name,contact_email,phone,company
shop,"The ""Shop"" NL",,,Mia,mia@shop.example,+31 20 1234567,=Shop & Sons
club,,,,,,,
"""
LOCATIONS = """id,customer,name,website,terminals
utrecht,shop,"Utrecht, Oudegracht",www.shop.example,host=till-1 tty=till-1/tty1 network=192.0.2.0/24 network=2001:db8::/48
amsterdam,shop,@Dam,,
"""
USERS = """name,kind,full_name,uid,home,shell,disabled,disabled_reason,memberships,former_names
mia@shop.example,adm,"=Mia ""M"" Ünal",70010,/srv/mia,/bin/sh,no,,shop:viewer@utrecht,mia m.old@shop.example
bob@shop.example,,-Bob,,,,yes,left us,shop:merchant-administrator club!too%20much,
robot,api,,70005,,,,,shop:admin~closed,
nobody@shop.example,,'quoted,,,,,,,
"""

csv.field_size_limit(1 << 20)
MANY = 2003  # a prime number: uids in no order


class Bulk(Case):
    """Each test has a daemon of its own: what is there is what it imported."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.daemon = self.another()

    def another(self, settings=""):
        daemon = Daemon()
        self.addCleanup(daemon.clear)
        if settings:
            self.configure(daemon, settings)
        return daemon

    def configure(self, daemon, settings):
        self.assertEqual(daemon.stop(), 0, daemon.said())
        with open(os.path.join(daemon.config, "accountd.conf"), "a", encoding="utf-8") as file:
            file.write(settings)
        daemon.start()

    def file(self, name, text):
        path = os.path.join(self.daemon.dir, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def bring(self, what, text, *options, code=0, name="rows.csv", **more):
        return self.boctl("import", what, self.file(name, text), *options, code=code, **more)

    def bring_all(self):
        for what, text in (("customers", CUSTOMERS), ("locations", LOCATIONS), ("users", USERS)):
            self.bring(what, text)

    def refused(self, *arguments, **more):
        """What boctl says on its standard output all the same."""
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], capture_output=True, text=True,
                              timeout=60, check=False, **more)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("boctl: ", done.stderr)
        return done.stdout

    def export(self, what, *options):
        return self.boctl("export", what, *options).stdout

    def rows(self, what, *options):
        return {row[0]: row for row in csv.reader(io.StringIO(self.export(what, *options)))}

    def report(self, what, text, *options, code=1, **more):
        return json.loads(self.bring(what, text, "--json", *options, code=code, **more).stdout)

    def problems(self, report, word="line"):
        return {problem[word]: (problem["severity"], problem["field"]) for problem in report["problems"]}


class RoundTrip(Bulk):
    def carry(self, suffix):
        """Everything out of one bo, and into another that is empty: what that one exports."""
        out = {what: self.export(what, "--format", suffix) for what in ("customers", "locations", "users")}
        self.daemon = self.another()
        for what, text in out.items():
            self.bring(what, text, name="rows." + suffix)
        return out, {what: self.export(what, "--format", suffix) for what in out}

    def test_R17_R26_R43_what_csv_carries_to_an_empty_bo_is_exported_there_byte_for_byte(self):
        self.bring_all()
        out, back = self.carry("csv")
        self.assertEqual(back, out)
        self.assertIn("'=Mia", out["users"])
        for part in ("70010", "/srv/mia", "shop:viewer@utrecht", "m.old@shop.example mia", "left us", "shop:admin~closed",
                     "club!too%20much shop:merchant-administrator", "''quoted"):
            self.assertIn(part, out["users"])
        self.assertIn("network=192.0.2.0/24 network=2001:db8::/48 tty=till-1/tty1 host=till-1", out["locations"])

    def test_what_json_carries_to_an_empty_bo_is_exported_there_byte_for_byte(self):
        self.bring_all()
        out, back = self.carry("json")
        self.assertEqual(back, out)
        users = {user["name"]: user for user in json.loads(out["users"])}
        mia = users["mia@shop.example"]
        self.assertEqual((mia["uid"], mia["full_name"], mia["disabled"]), (70010, '=Mia "M" Ünal', False))
        self.assertEqual(mia["memberships"], ["shop:viewer@utrecht"])
        self.assertEqual(mia["former_names"], ["m.old@shop.example", "mia"])

    def test_users_made_one_by_one_are_carried_as_they_are(self):
        self.bring("customers", CUSTOMERS)
        self.boctl("location", "create", "utrecht", "--customer", "shop", "--name", "Utrecht")
        self.person("ann@shop.example", "--customer", "shop", "--role", "viewer", "--location", "utrecht",
                    "--full-name", "Ann")
        self.boctl("user", "create", "--unverified", "--customer", "club")
        self.boctl("user", "create", "eve", "--kind", "api", "--generate", "--customer", "shop")
        self.boctl("user", "disable", "eve", "--reason", "stolen & gone")
        generated = [row[0] for row in self.rows("users").values() if row[2] == "yes"]
        self.assertEqual(len(generated), 1)
        self.boctl("user", "upgrade", generated[0], "new@club.example")
        out, back = self.carry("csv")
        self.assertEqual(back, out)
        self.assertIn(generated[0], self.rows("users")["new@club.example"][-1])
        self.boctl("user", "create", generated[0], code=6)  # R43: dead here as well

    def test_R17_uids_go_on_behind_those_that_were_given_and_none_is_given_twice(self):
        self.bring("users", "name,uid\na@x.example,70020\nb@x.example,\nc@x.example,70007\n")
        rows = self.rows("users")
        self.assertEqual([rows[name + "@x.example"][4] for name in "abc"], ["70020", "70021", "70007"])
        report = self.report("users", "name,uid\nd@x.example,70007\ne@x.example,99\nf@x.example,70021\ng@x.example,70008\n")
        self.assertEqual(report["created"], 1)
        self.assertEqual(self.problems(report), {line: ("error", "uid") for line in (2, 3, 4)})

    def test_R20_R27_R43_a_row_is_as_long_as_what_is_stored(self):
        """Names that are dead, memberships and terminals have no bound, so no row of them ends an export."""
        n, many = 70, 1200
        self.bring("customers", "id\n" + "".join(f"shop-{i:04}\n" for i in range(n)))
        terminals = " ".join(f"tty=till-{i}/tty{i}" for i in range(many))
        self.bring("locations", f"id,customer,name,terminals\nbig,shop-0000,Big,{terminals}\n")
        members = " ".join(f"shop-{i:04}:viewer" for i in range(n))
        dead = " ".join(f"old-{i:04}@x.example" for i in range(n))
        users = f"name,memberships,former_names\nann@x.example,{members},{dead}\nbob@x.example,,\n"
        self.bring("users", users)
        self.assertEqual(self.rows("users")["ann@x.example"][-2:], [members, dead])
        self.assertEqual(len(self.rows("locations")["big"][-1].split()), many)
        self.assertEqual(self.report("users", users, code=0)["unchanged"], 2)
        report = self.report("users", users.replace("shop-0069:viewer", "shop-0069"))
        self.assertEqual(self.problems(report), {2: ("error", "memberships")})
        out, back = self.carry("csv")
        self.assertEqual(back, out)

    def test_an_export_of_long_rows_goes_in_pages_of_bounded_size(self):
        self.bring("customers", "id\nshop\n")
        terminals = {n: " ".join(f"service=till-{i:05}.{'h' * 50}/{'p' * 30}{n}" for i in range(6000)) for n in range(2)}
        self.bring("locations", "id,customer,name,terminals\n" +
                   "".join(f"big{n},shop,Big,{text}\n" for n, text in terminals.items()) + "small,shop,Small,\n")
        rows = self.rows("locations")
        self.assertEqual([rows["big0"][-1], rows["big1"][-1], rows["small"][-1]], [*terminals.values(), ""])
        told = [row["detail"] for row in self.json("audit", "list", "--event", "data-exported")]
        self.assertEqual(sorted(told), ["locations rows=1 after=big1", "locations rows=2 after="], told)

    def test_a_customer_alone_takes_no_membership_elsewhere_along(self):
        self.bring_all()
        rows = self.rows("users", "--customer", "club")
        self.assertEqual([row[-2] for name, row in rows.items() if name != "name"], ["club!too%20much"])
        self.assertEqual(set(self.rows("locations", "--customer", "club")), {"id"})
        self.assertEqual(self.refused("export", "users", "--customer", "none"), "")

    def test_R80_billing_data_is_judged_and_carried(self):
        for name in ("account-types.conf",):
            with open(os.path.join(SOURCE, "conf", name), encoding="utf-8") as file:
                text = file.read()
            with open(os.path.join(self.daemon.config, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.configure(self.daemon, "")
        report = self.report("customers", "id,kvk,country,vat\na,123,,\nb,68750110,NL,NL1234\nc,68750110,NL,\n")
        self.assertEqual(self.problems(report), {2: ("error", "kvk"), 3: ("error", "vat")})
        self.assertEqual(self.rows("customers")["c"][14], "68750110")


    def test_many_users_are_carried(self):
        """As many as take some seconds; tests/bench carries a million."""
        roles = ("shop:viewer", "shop:admin,viewer", "shop:viewer@utrecht", "club:viewer shop:merchant-administrator")
        settings = "UidRange=1000000-1999999\n"
        self.configure(self.daemon, settings)
        self.bring("customers", CUSTOMERS)
        self.bring("locations", LOCATIONS)
        with open(os.path.join(self.daemon.dir, "many.csv"), "w", encoding="utf-8") as file:
            file.write("name,full_name,uid,disabled,disabled_reason,memberships\n")
            for n in range(MANY):
                gone = "yes,left" if n % 50 == 0 else ","
                file.write(f'u{n}@x{n % 97}.example,Person {n},{1000000 + n * 7919 % MANY},{gone},"{roles[n % 4]}"\n')
        self.boctl("import", "users", file.name)
        out, first = {}, self.daemon
        self.daemon = self.another(settings)
        for what in ("customers", "locations", "users"):
            path = os.path.join(first.dir, what + ".json")
            subprocess.run([BOCTL, "--socket", first.socket, "export", what, path], check=True, capture_output=True)
            self.boctl("import", what, path)
            with open(path, encoding="utf-8") as file:
                out[what] = file.read()
            self.assertTrue(self.export(what, "--format", "json") == out[what], what)
        self.assertEqual(len(json.loads(out["users"])), MANY)
        self.boctl("audit", "verify")


class Rows(Bulk):
    def test_R22_R32_each_row_is_judged_for_itself_and_named_with_line_and_field(self):
        self.bring("customers", CUSTOMERS)
        self.bring("locations", LOCATIONS)
        rows = [
            ("good@x.example,adm,Good,shop:viewer", None),
            ("Not A Name,adm,,", ("error", "name")),
            ("two@x.example,boss,,", ("error", "kind")),
            ('three@x.example,adm,"a:b",', ("error", "full_name")),
            ("four@x.example,adm,,none:viewer", ("error", "memberships")),
            ("five@x.example,adm,,shop:captain", ("error", "memberships")),
            ("six@x.example,adm,,shop:merchant-administrator@utrecht", ("error", "memberships")),
            ("seven@x.example,adm,,shop:viewer@utrecht club", ("error", "memberships")),
            ("eight@x.example,adm,,shop:viewer@", ("error", "memberships")),
            ("nine@x.example,adm,,shop:viewer shop:admin", ("error", "memberships")),
            ("info@x.example,adm,,", ("warning", "name")),
            ("root,adm,,", ("error", "name")),
            ("GOOD@x.example,adm,Good,shop:viewer", ("error", "name")),
            ("short@x.example,adm", ("error", "")),
            (",adm,,", ("error", "name")),
            ('"two\nlines@x.example",adm,,', ("error", "name")),
            ("last@x.example,adm,Last,club:viewer", None),
        ]
        text = "name,kind,full_name,memberships\r\n" + "".join(row + "\r\n" for row, _ in rows)
        # The one in two lines moves the last one on.
        wanted = {line: problem for line, (_, problem) in enumerate(rows, 2) if problem}
        dry = self.report("users", text, "--dry-run")
        self.assertEqual(self.problems(dry), wanted)
        self.assertEqual((dry["created"], dry["dry_run"]), (3, True))
        self.assertEqual(list(self.rows("users")), ["name"])
        self.assertEqual(self.json("audit", "list", "--event", "user-created"), [])
        real = self.report("users", text)
        self.assertEqual({**real, "dry_run": True}, dry)
        self.assertEqual(set(self.rows("users")), {"name", "good@x.example", "info@x.example", "last@x.example"})
        self.assertEqual(len(self.json("audit", "list", "--event", "user-created")), 3)

    def test_what_a_file_has_twice_is_found_in_whichever_batch(self):
        """In a dry run as well, which the daemon judges batch by batch."""
        between = "".join(f"u{n}@x.example,,,\n" for n in range(400))
        text = ("name,uid,former_names,full_name\na@x.example,70500,old-a,\n" + between + "A@x.example,,,\nb@x.example,70500,,\n"
                "c@x.example,,d@x.example OLD-A,\nold-a,,,\nd@x.example,,,\n")
        wanted = {403: ("error", "name"), 404: ("error", "uid"), 405: ("error", "former_names"), 406: ("error", "name"),
                  407: ("error", "name")}
        for options in ["--dry-run"], []:
            report = self.report("users", text, *options)
            self.assertEqual((self.problems(report), report["created"]), (wanted, 401))
        self.bring("customers", CUSTOMERS)
        between = "".join(f"l{n},shop,L,\n" for n in range(300))
        text = ("id,customer,name,terminals\na,shop,A,host=till-1 host=till-2\n" + between +
                "b,shop,B,host=till-9 host=till-2\nc,club,C,host=till-2\n")
        for options in ["--dry-run"], []:
            self.assertEqual(self.problems(self.report("locations", text, *options)), {303: ("error", "terminals")})
        text = "id,customer,name,terminals\nd,shop,D,tty=till-1/ttyS0\ne,shop,E,tty=till-1/ttys0\n"
        self.assertEqual(self.problems(self.report("locations", text, code=0)), {})

    def test_what_is_there_is_passed_over_if_it_is_alike_and_never_changed(self):
        self.bring_all()
        before = {what: self.export(what) for what in ("customers", "locations", "users")}
        for what, text in (("customers", CUSTOMERS), ("locations", LOCATIONS), ("users", USERS)):
            report = self.report(what, text, code=0)
            self.assertEqual((report["created"], report["errors"]), (0, 0))
            self.assertEqual(report["unchanged"], len(before[what].splitlines()) - 1)
        report = self.report("users", USERS.replace("-Bob", "Robert").replace("shop:viewer@utrecht", "shop:viewer"))
        self.assertEqual(self.problems(report), {2: ("error", "memberships"), 3: ("error", "full_name")})
        self.assertIn('"-Bob"', str(report["problems"]))
        report = self.report("locations", LOCATIONS.replace("@Dam", "Dam"))
        self.assertEqual(self.problems(report), {3: ("error", "name")})
        report = self.report("customers", CUSTOMERS.replace("+31", "+32"))
        self.assertEqual(self.problems(report), {2: ("error", "phone")})
        self.assertEqual({what: self.export(what) for what in before}, before)

    def test_an_import_stops_after_as_many_errors_as_it_is_told(self):
        text = "name\n" + "".join(f"bad name {n}\n" for n in range(400)) + "good@x.example\n"
        report = self.report("users", text, "--max-errors", "100")
        self.assertGreaterEqual(report["errors"], 100)
        self.assertLess(report["errors"], 400)
        self.assertEqual(report["created"], 0)
        self.assertEqual(self.report("users", text)["created"], 1)

    def test_files_that_cannot_be_read_on_are_told_with_their_line(self):
        for text, line in (('name\na@x.example\n"b"c@x.example\n', 3), ('name\n"a@x.example\n', 2),
                           ("name\na@x\0.example\n", 2), ("", 0)):
            report = self.report("users", text)
            self.assertEqual([problem["line"] for problem in report["problems"]], [line], text)
        for text, row in (('{"name": "a@x.example"}', 0), ('[{"name": "c@x.example"} {}]', 1),
                          ('[{"name": "d@x.example"},', 2), ("[1]", 1), ('[{"name": 1.5}]', 1)):
            report = self.report("users", text, name="rows.json")
            self.assertEqual([problem["row"] for problem in report["problems"]], [row], text)

    def test_fields_that_are_not_known_end_the_import_and_names_of_fields_are_required(self):
        for text in ("name,shoe_size\na@x.example,42\n", "kind\nadm\n", "name,name\na@x.example,b@x.example\n"):
            self.assertIn("field", self.bring("users", text, code=1).stderr)
        self.assertEqual(list(self.rows("users")), ["name"])

    def test_spreadsheets_may_have_had_it_in_their_hands(self):
        report = self.report("users", "\ufeffname;full_name\r\na@x.example;'=cmd\r\n\r\nb@x.example;\"B; b\"\r\n", code=0)
        self.assertEqual(report["created"], 2)
        users = {user["name"]: user["full_name"] for user in json.loads(self.export("users", "--format", "json"))}
        self.assertEqual(users, {"a@x.example": "=cmd", "b@x.example": "B; b"})

    def test_what_is_no_utf_8_is_a_row_with_an_error(self):
        path = self.file("rows.csv", "")
        with open(path, "wb") as file:
            file.write("name,full_name\na@x.example,Andr\xe9\nb@x.example,Bo\n".encode("latin-1"))
        said = self.boctl("import", "users", path, code=1)
        self.assertIn("line 2: is no UTF-8", said.stderr)
        self.assertEqual(list(self.rows("users"))[1:], ["b@x.example"])
        with open(path, "wb") as file:
            file.write(b"name,\xff\n")
        self.assertIn("line 1: this is no UTF-8", self.boctl("import", "users", path, code=1).stderr)

    def test_json_objects_without_fields_are_rows_with_an_error(self):
        for text in "[{}]", '[{}, {"name": "a@x.example"}, {}]':
            report = self.report("users", text, name="rows.json")
            self.assertEqual(report["errors"], text.count("{}"))
        self.assertEqual(list(self.rows("users"))[1:], ["a@x.example"])

    def test_json_objects_may_each_have_fields_of_their_own(self):
        text = json.dumps([{"name": "a@x.example"}, {"uid": 70100, "name": "b@x.example", "disabled": True},
                           {"name": "c@x.example", "memberships": None}])
        self.assertEqual(self.report("users", text, code=0, name="rows.json")["created"], 3)
        self.assertEqual(self.rows("users")["b@x.example"][4:8:3], ["70100", "yes"])


class Doors(Bulk):
    def test_R9_only_the_operator_exports_and_imports_and_both_are_recorded(self):
        self.bring_all()
        self.boctl("user", "create", "boss@shop.example", "--customer", "shop", "--role", "merchant-administrator")
        boss = int(self.rows("users")["boss@shop.example"][4])
        path = self.file("rows.csv", "name\nx@x.example\n")
        os.chmod(path, 0o644)
        self.assertEqual(self.refused("export", "users", user=boss), "")
        self.refused("import", "users", path, user=boss)
        self.assertNotIn("x@x.example", self.rows("users"))
        told = [row["detail"] for row in self.json("audit", "list", "--event", "data-exported")]
        self.assertTrue(all(detail.startswith("users rows=") for detail in told), told)
        told = {row["detail"] for row in self.json("audit", "list", "--event", "data-imported")}
        self.assertEqual(told, {"customers created=2", "locations created=2", "users created=4"})

    def test_a_file_is_replaced_when_all_is_there_and_nobody_else_reads_it(self):
        self.bring_all()
        path = self.file("out.json", "old")
        self.boctl("export", "users", path)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(len(json.load(file)), 4)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.boctl("export", "users", "/none/there.csv", code=1)

    def test_who_was_imported_has_no_password_and_gets_in_by_a_link_alone(self):
        self.bring("users", "name\nann@x.example\n")
        self.assertEqual(self.show("ann@x.example")["status"], "activation-sent")
        token = self.json("user", "resend", "ann@x.example")[0]["token"]
        self.activate("ann@x.example", token, "correct horse battery 9")
        self.assertEqual(self.show("ann@x.example")["status"], "active")

    def test_R21_links_are_mailed_when_that_is_wished(self):
        self.configure(self.daemon, "Mail=yes\n")
        self.bring("users", "name,disabled\nann@x.example,\nbob@x.example,yes\nrobot,\n", "--mail")
        mails = self.json("mail", "list")
        self.assertEqual(len(mails), 1)
        self.assertIn("ann@x.example", mails[0].values())

    def test_progress_is_for_a_terminal(self):
        path = self.file("rows.csv", "name\n" + "".join(f"u{n}@x.example\n" for n in range(1500)))
        leader, follower = pty.openpty()
        done = subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "import", "users", path],
                                stdout=subprocess.DEVNULL, stderr=follower, start_new_session=True)
        os.close(follower)
        self.assertEqual(done.wait(60), 0)
        os.close(leader)
        self.assertEqual(self.boctl("import", "users", path).stderr, "")

    def test_an_import_that_was_killed_goes_on_when_it_is_begun_again(self):
        text = "name,memberships\n" + "".join(f"u{n:05}@x.example,shop:viewer\n" for n in range(4000))
        self.bring("customers", CUSTOMERS)
        path = self.file("rows.csv", text)
        child = subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "import", "users", path],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda: len(self.rows("users")) > 500)
        child.kill()
        child.wait(WAIT)
        self.assertLess(len(self.rows("users")), 4001)
        child = subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "import", "users", path],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = len(self.rows("users"))
        self.until(lambda: len(self.rows("users")) > min(before + 500, 4000))
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait(WAIT)
        child.wait(WAIT)
        self.daemon.start()
        report = self.report("users", text, code=0)
        self.assertEqual(report["created"] + report["unchanged"], 4000)
        self.assertGreater(report["unchanged"], 500)
        self.assertEqual(len(self.rows("users")), 4001)
        self.boctl("audit", "verify")

    def until(self, holds):
        deadline = time.monotonic() + WAIT
        while not holds():
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    main()
