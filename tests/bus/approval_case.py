# SPDX-License-Identifier: LGPL-2.1-or-later
"""A shop whose people ask for addresses and answer, for the tests of approvals."""

import re

from outbox import Mailed, mails
from world import *

WEEK = 7 * DAY
TOKEN = re.compile(r"bo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}")


class Roles(Case):
    """What a shop with its people needs; each test asks for addresses of its own."""

    def open_shops(self):
        cls = type(self)
        cls.shop, cls.cafe = self.customer(Alias="The Shop"), self.customer(Alias="The Cafe")
        cls.sam, cls.sam_name = self.member("security-manager")
        cls.ann, cls.ann_name = self.member("business-owner")
        cls.bob, cls.bob_name = self.member("business-owner")
        cls.both, cls.both_name = self.member("security-manager", "business-owner")

    def member(self, *roles, customer=None, **options):
        return self.person(Customer=customer or self.shop, Roles=list(roles), **options)

    def fresh(self):
        """An address that nobody has asked for; time passes, so that nobody asks too often."""
        Case.count += 1
        self.daemon.pass_time(5 * MINUTE)
        return f"203.0.{Case.count // 250}.{Case.count % 250 + 1}"

    def ask(self, uid=None, address=None, customer=None, **options):
        """The number of the request."""
        customer = (customer or self.shop).replace("-", "_2d")
        path, = self.door(self.sam if uid is None else uid).call(
            f"{ROOT}/customer/{customer}", CUSTOMER, "RequestAddress", "sa{sv}", self.fresh() if address is None else address,
            {key: ("s", value) for key, value in options.items()})
        return int(path.rsplit("_", 1)[1])

    def call(self, ident, member, *reason, uid=0, door=None):
        kinds = "sa{sv}" if reason else "a{sv}"
        return (door or self.door(uid)).call(approval_path(ident), APPROVAL, member, kinds, *reason, {})

    def approve(self, ident, uid=None):
        self.call(ident, "Approve", uid=self.ann if uid is None else uid)

    def reject(self, ident, reason="", uid=None):
        self.call(ident, "Reject", reason, uid=self.ann if uid is None else uid)

    def revoke(self, ident, reason="", uid=None):
        self.call(ident, "Revoke", reason, uid=self.ann if uid is None else uid)

    def take(self, ident, uid=None):
        return self.call(ident, "TakeToken", uid=self.sam if uid is None else uid)[0]

    def answer(self, token, approve=True, uid=None, **options):
        path, = self.manager("AnswerApproval", "ayba{sv}", token.encode(), approve,
                             {key: ("s", value) for key, value in options.items()}, uid=self.ann if uid is None else uid)
        return int(path.rsplit("_", 1)[1])

    def look(self, ident, name, uid=0):
        return self.door(uid).call(approval_path(ident), PROPERTIES, "Get", "ss", APPROVAL, name)[0]

    def status(self, ident):
        return self.look(ident, "Status")

    def list(self, uid=0, customer=None, limit=100, cursor="", **filters):
        return self.manager("ListApprovals", "sa{sv}su", self.shop if customer is None else customer,
                            {key: ("s", value) for key, value in filters.items()}, cursor, limit, uid=uid)

    def listed(self, uid=0, **filters):
        return [row["Id"] for row in self.list(uid, **filters)[0]]


class Shops(Roles, Mailed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("open_shops")  # its helpers
        self.open_shops()
        self.doCleanups()

    def told(self, uid, ident):
        """[(kind, fields)] of the mails to @uid about the request."""
        return [(kind, fields) for kind, _, fields in mails(self.daemon, uid) if fields.get("approval") == str(ident)]

    def token(self, uid, ident):
        """The one that was mailed to @uid, who may answer."""
        return next(fields["token"] for kind, fields in self.told(uid, ident) if kind == "approval-requested")

    def no_change(self, ident, status="pending"):
        self.assertEqual(self.status(ident), status)
        self.assertEqual(self.look(ident, "DecidedBy"), "")
