#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each call has an answer that can be read, whatever text it is about."""

import sqlite3

from world import *

CUT = "a" * 63 + "\u00e9" + "b" * 20  # cut at 64 bytes, half a letter is left


class Answers(Case):
    SETTINGS = SETTINGS + SERVICES + "[Service guarded]\nPermission=transactions.view\n"

    def test_a_refusal_is_cut_at_a_letter(self):
        told = self.refused("NoSuchRole", self.manager, "CreateUser", "a{sv}", {
            "Name": ("s", self.new_name()), "Customer": ("s", self.customer()), "Roles": ("as", [CUT])})
        self.assertIn("a" * 63, told)
        self.refused("BadOption", self.manager, "Check", "a{sv}", {CUT: ("s", "")})
        # Longer than a message: the rest of its sentence is cut off as well.
        self.refused("BadValue", self.manager, "CreateUser", "a{sv}", {
            "Name": ("s", self.new_name()), "Kind": ("s", "\u00e9" * 400)})

    def test_a_permission_that_is_too_long_is_told_cut_at_a_letter(self):
        _, name = self.person()
        for permission in ("\u00e9" * 40, "x" + "\u00e9" * 40, "pan.\n\u202edecrypt"):
            talk = Talk(self.daemon.client(), "auth", name, "loose", permission=permission).answer(GOOD)
            self.assertEqual(talk.outcome, "NoPermission", talk.texts)
            outcome, *_, steps = self.manager("ExplainLogin", "ssa{sv}", name, "loose",
                                              {"Permission": ("s", permission)})
            self.assertEqual(outcome, "NoPermission")
            self.assertTrue([step for step in steps if step["Result"] == "stop"])

    def test_what_a_caller_said_leaves_an_audit_row_that_can_be_read(self):
        shop = self.customer()
        uid, _ = self.person(Customer=shop, Roles=["viewer"])
        cases = [("ExportCustomers", "a{sv}su", {}, CUT, 1), ("ExportLocations", "a{sv}su", {}, CUT, 1),
                 ("ExportUsers", "a{sv}su", {"Customer": ("s", shop)}, CUT, 1)]
        for call in cases:
            try:
                self.manager(*call)
            except BusError as error:
                self.assertEqual(error.name, "BadCursor")
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "\u00e9" * 64)})
        rows, _ = self.manager("ListAudit", "a{sv}su", {}, "", 100)
        self.assertIn("reason=" + "\u00e9" * 64, [row["Detail"] for row in rows])

    def test_an_answer_that_cannot_be_made_is_an_error_and_no_silence(self):
        """Somebody wrote into the database what is no text."""
        uid, name = self.person()
        path = os.path.join(self.daemon.state, "accounts.db")

        def put(value):
            with sqlite3.connect(path, timeout=WAIT) as database:
                database.execute("UPDATE account SET full_name = CAST(? AS TEXT) WHERE uid = ?", (value, uid))
            database.close()
        put(b"A\xff")
        self.addCleanup(put, b"")
        told = self.refused("Unavailable", self.manager, "ListUsers", "sa{sv}su", "", {}, "", 100)
        self.assertIn("answer", told)
        self.refused("Unavailable", self.get, uid, "FullName")
        self.assertIn("The answer to ListUsers could not be sent", self.daemon.said())
        self.assertEqual(self.auth(name, GOOD), "Success")


if __name__ == "__main__":
    main()
