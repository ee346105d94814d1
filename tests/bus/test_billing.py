#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Billing data: what is required, what is checked, and where invoices go (R80 to R82, R87)."""

import test_customer
from world import *

ADDRESS = {"Company": "Bakkerij Smit & Zn., Delft", "Street": "Markt 1", "Postcode": "2611 GP", "City": "Delft",
           "Country": "NL"}
KVK, OIN, VAT = "12345678", "00000001822477348000", "NL123456782B01"


def fields(**values):
    kinds = {bool: "b", str: "s"}
    return {name: (kinds[type(value)], value) for name, value in values.items()}


class Billing(test_customer.CustomerCase):
    def bill(self, uid=None, of=None, **values):
        return self.do("SetBilling", "a{sv}", fields(**values), uid=self.primary if uid is None else uid, of=of)

    def new_shop(self, kind="professional"):
        """(customer, its primary user)"""
        shop = self.customer(Type=kind) if kind else self.customer()
        return shop, self.person(Customer=shop, Roles=["primary"])

    def test_R80_primary_user_sets_billing_data(self):
        shop, (uid, _) = self.new_shop()
        self.bill(uid, shop, **ADDRESS, Kvk="1234.5678", Vat="nl 1234.56.782.b01", InvoiceEmail="Invoices@Shop.example")
        said = self.all(uid=uid, of=shop)
        self.assertEqual({name: said[name] for name in ADDRESS}, ADDRESS)
        self.assertEqual((said["Kvk"], said["Vat"], said["InvoiceEmail"]), (KVK, VAT, "invoices@shop.example"))
        self.assertEqual(said["MissingBilling"], [])
        self.bill(uid, shop, Street="Markt 2", Kvk="")
        said = self.all(uid=uid, of=shop)
        self.assertEqual((said["Street"], said["Kvk"], said["City"]), ("Markt 2", "", "Delft"))
        rows = self.audit(Event="customer-billing")
        self.assertEqual(rows[0]["Detail"], "fields=Street, Kvk")
        self.assertEqual((rows[0]["Customer"], rows[0]["Actor"]), (shop, uid))
        self.assertNotIn("Delft", str(rows))

    def test_R80_nobody_else_sets_billing_data(self):
        self.refused_to_all_but(["primary"], "SetBilling", "a{sv}", fields(**ADDRESS))

    def test_R80_operator_may(self):
        shop, _ = self.new_shop()
        for uid in (0, 1):
            self.bill(uid, shop, **ADDRESS)

    def test_R80_all_that_the_type_requires_is_named_at_once(self):
        for kind, missing in (("standard", ["Company"]), ("professional", list(ADDRESS)),
                              ("foreign", ["Company", "Street", "City", "Country", "Vat"]),
                              ("government", [*ADDRESS, "Oin"])):
            shop, (uid, _) = self.new_shop(kind)
            self.assertEqual(self.value("MissingBilling", uid=uid, of=shop), missing)
            text = self.refused("BillingIncomplete", self.bill, uid, shop, InvoiceEmail="invoices@shop.example")
            self.assertIn(", ".join(missing) + ".", text)
            self.assertIn(f'"{kind}"', text)
            self.assertEqual(self.value("InvoiceEmail", of=shop), "")
            whole = {**ADDRESS, "Vat": VAT, "Oin": OIN}
            self.bill(uid, shop, **{name: whole[name] for name in missing})
            self.assertEqual(self.value("MissingBilling", uid=uid, of=shop), [])
            text = self.refused("BillingIncomplete", self.bill, uid, shop, Company="", Kvk=KVK)
            self.assertIn("Company.", text)
            self.assertEqual((self.value("Company", of=shop), self.value("Kvk", of=shop)), (ADDRESS["Company"], ""))

    def test_R80_more_is_required_of_who_chooses_to_be_billed_separately(self):
        shop, (uid, _) = self.new_shop()
        self.bill(uid, shop, **ADDRESS)
        self.assertFalse(self.value("SeparatelyBilled", uid=uid, of=shop))
        text = self.refused("BillingIncomplete", self.bill, uid, shop, SeparatelyBilled=True)
        self.assertIn("Kvk, Vat.", text)
        self.assertIn("billed separately", text)
        self.assertFalse(self.value("SeparatelyBilled", uid=uid, of=shop))
        self.bill(uid, shop, SeparatelyBilled=True, Kvk=KVK, Vat=VAT)
        self.assertTrue(self.value("SeparatelyBilled", uid=uid, of=shop))
        self.assertEqual(self.audit(Event="customer-billing")[0]["Detail"], "fields=Kvk, Vat, SeparatelyBilled")
        self.refused("BillingIncomplete", self.bill, uid, shop, Vat="")
        self.bill(uid, shop, SeparatelyBilled=False, Vat="")

    def test_R80_where_the_type_decides_on_separate_billing_there_is_no_choice(self):
        for kind, separately in (("standard", False), ("government", True), (None, False)):
            shop, (uid, _) = self.new_shop(kind)
            self.assertEqual(self.value("SeparatelyBilled", uid=uid, of=shop), separately)
            whole = {**ADDRESS, "Oin": OIN}
            text = self.refused("BadValue", self.bill, uid, shop, SeparatelyBilled=not separately, **whole)
            self.assertIn("SeparatelyBilled", text)
            self.bill(uid, shop, SeparatelyBilled=separately, **whole)

    def test_R80_customer_without_a_type_is_asked_for_nothing(self):
        shop, (uid, _) = self.new_shop(None)
        self.assertEqual(self.value("MissingBilling", uid=uid, of=shop), [])
        self.bill(uid, shop, City="Delft")
        self.do("SetType", "sa{sv}", "standard", {}, of=shop)
        self.assertEqual(self.value("MissingBilling", uid=uid, of=shop), ["Company"])

    def test_R80_numbers_and_fields_are_checked_with_what_is_wrong_and_how_it_should_be(self):
        shop, (uid, _) = self.new_shop()
        self.bill(uid, shop, **ADDRESS)
        before = self.all(of=shop)
        for name, bad, told in (("Kvk", "1234567", "8 digits"), ("Kvk", "123456789012", "8 digits"),
                                ("Oin", "1234", "20 digits"), ("Oin", "00000001822477349000", "typing error"),
                                ("Vat", "NL123456783B01", "typing error"), ("Vat", "NL123456782", "NL and then #########B##"),
                                ("Vat", "123456782B01", "two letters"), ("Vat", "DE136695975", "typing error"),
                                ("Country", "Nederland", "ISO 3166-1"), ("Country", "EL", "GR"),
                                ("Postcode", "2611", "1012 JS"), ("Postcode", "2611 SS", "1012 JS"),
                                ("InvoiceEmail", "invoices", "e-mail address"), ("Company", "a\nb", "one line"),
                                ("City", "x" * 129, "128 bytes"), ("Street", "x" * 256, "255 bytes")):
            with self.subTest(name=name, bad=bad):
                text = self.refused("BadValue", self.bill, uid, shop, **{"Company": "Changed", name: bad})
                self.assertTrue(text.startswith(name), text)
                self.assertIn(told, text)
        self.refused("BadOption", self.bill, uid, shop)
        self.refused("BadOption", self.bill, uid, shop, Phone="112")
        self.refused("BadOption", self.bill, uid, shop, SeparatelyBilled="yes")
        self.assertEqual(self.all(of=shop), before)

    def test_R80_postcode_is_one_of_the_country(self):
        shop, (uid, _) = self.new_shop()
        self.bill(uid, shop, **{**ADDRESS, "Country": "gb", "Postcode": "sw1a 1aa"})
        self.assertEqual((self.value("Country", of=shop), self.value("Postcode", of=shop)), ("GB", "SW1A 1AA"))
        text = self.refused("BadValue", self.bill, uid, shop, Country="NL")
        self.assertTrue(text.startswith("Postcode"), text)
        self.bill(uid, shop, Country="NL", Postcode="1012js")
        self.assertEqual(self.value("Postcode", of=shop), "1012 JS")

    def test_R80_vat_numbers_of_other_countries_are_taken(self):
        shop, (uid, _) = self.new_shop(None)
        for number in ("BE0403019261", "DE136695976", "FR40303265045", "ATU13585627", "NL000099998B57"):
            self.bill(uid, shop, Vat=number.lower())
            self.assertEqual(self.value("Vat", of=shop), number)

    def test_R80_boctl_sets_billing_data_and_tells_what_is_missing(self):
        shop, (uid, name) = self.new_shop()
        told, warned = self.boctl("customer", "show", shop, uid=uid)
        self.assertRegex(told, r"(?m)^Missing +Company, Street, Postcode, City, Country$")
        self.assertRegex(told, rf"(?m)^Invoices go to +{name}$")
        self.assertIn("boctl customer billing", warned)
        self.assertIn("Street, Postcode, City, Country.",
                      self.boctl("customer", "billing", shop, "company=Smit", uid=uid, code=1)[1])
        self.boctl("customer", "billing", shop, "company=Smit", "street=Markt 1", "postcode=2611gp", "city=Delft",
                   "country=nl", "invoice-email=info@shop.example", "kvk=1234 5678", uid=uid)
        self.boctl("customer", "billing", shop, "Vat=nl 1234.56.782.b01", "separately-billed=yes", uid=uid)
        said = self.shown(shop, uid)
        self.assertEqual([said[key] for key in ("company", "postcode", "country", "kvk", "vat", "invoice_recipient",
                                                "peppol_recipient", "separately_billed", "missing_billing")],
                         ["Smit", "2611 GP", "NL", KVK, VAT, "info@shop.example", "0106:" + KVK, True, []])
        self.boctl("customer", "billing", shop, "separately-billed=no", "kvk=", uid=uid)
        self.assertIsNone(self.shown(shop, uid)["kvk"])
        self.assertIn("yes or no", self.boctl("customer", "billing", shop, "separately-billed=both", uid=uid, code=2)[1])
        self.assertIn("typing error", self.boctl("customer", "billing", shop, "vat=NL123456783B01", uid=uid, code=1)[1])

    # R81
    def test_R81_invoices_go_to_the_address_that_is_set_else_to_the_primary_user(self):
        shop, (uid, name) = self.new_shop(None)
        self.assertEqual(self.value("InvoiceRecipient", uid=uid, of=shop), name)
        self.bill(uid, shop, InvoiceEmail="info@shop.example")  # R87: a mailbox of several persons will do
        self.assertEqual(self.value("InvoiceRecipient", uid=uid, of=shop), "info@shop.example")
        self.bill(uid, shop, InvoiceEmail="")
        self.assertEqual(self.value("InvoiceRecipient", uid=uid, of=shop), name)

    def test_R81_of_several_primary_users_it_is_the_one_who_is_there_for_longest_and_active(self):
        shop, (uid, name) = self.new_shop(None)
        self.daemon.pass_time(60)
        second, other = self.person(name="aaa-" + self.new_name(), Customer=shop, Roles=["primary"])
        self.daemon.pass_time(60)
        self.create(name="aa-" + self.new_name(), Customer=shop, Roles=["primary"])  # has proven no mailbox
        self.person(name="a-" + self.new_name(), Customer=shop, Roles=["viewer"])
        self.assertEqual(self.value("InvoiceRecipient", of=shop), name)
        self.user(uid, "Disable", "a{sv}", {})
        self.assertEqual(self.value("InvoiceRecipient", of=shop), other)
        self.user(second, "SetRoles", "sasa{sv}", shop, ["viewer"], {})
        self.assertEqual(self.value("InvoiceRecipient", of=shop), "")

    # R82
    def test_R82_invoices_by_peppol_go_to_the_first_of_oin_kvk_and_vat(self):
        shop, (uid, _) = self.new_shop(None)
        self.assertEqual(self.value("PeppolRecipient", uid=uid, of=shop), "")
        for change, recipient in (({"Vat": VAT}, "9944:" + VAT), ({"Kvk": KVK}, "0106:" + KVK),
                                  ({"Oin": OIN}, "0190:" + OIN), ({"Kvk": ""}, "0190:" + OIN),
                                  ({"Oin": ""}, "9944:" + VAT), ({"Vat": "BE0403019261"}, "9925:BE0403019261"),
                                  ({"Vat": "SE123456789701"}, ""), ({"Vat": ""}, "")):
            self.bill(uid, shop, **change)
            self.assertEqual(self.value("PeppolRecipient", uid=uid, of=shop), recipient)


if __name__ == "__main__":
    main()
