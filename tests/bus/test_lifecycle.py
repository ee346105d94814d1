#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Walks every road from every status of an account (lifecycle.py), and compares the printed page."""

import lifecycle
from outbox import mails, wait_until
from world import *

EARLY = calendar.timegm((1998, 3, 2, 9, 0, 0))  # the roads take decades together


class Lifecycle(Case):
    """Each test has a user of its own: it brings him to a status, and sends him along a road."""

    SETTINGS = SETTINGS + "Mail=yes\n" + SERVICES

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.SETTINGS)
        cls.daemon.set_clock(EARLY)
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)
        self = cls("mailed")  # its helpers
        cls.shop, cls.cafe = self.customer(), self.customer()

    # How a user gets to a status; each returns nothing, and leaves uid, name and link.
    def begin(self, status, unverified):
        self.uid, self.name, self.link = self.create(unverified and self.new_name().replace("@", "-at-"),
                                                     Customer=self.shop, Roles=["viewer"])
        self.link = self.link or self.mailed()[-1]
        if status != "activation-sent":
            self.assertEqual(self.auth(self.name, self.link, GOOD, GOOD), "Success")
        getattr(self, "become_" + status.replace("-", "_"))()
        self.assertEqual(self.get(self.uid, "Status"), status)

    def become_activation_sent(self):
        pass

    def become_active(self):
        pass

    def become_locked_attempts(self):
        self.wrong(self.name)

    def become_locked_inactivity(self):
        self.daemon.pass_time(90 * DAY)

    def become_password_expired(self):
        self.daemon.pass_time(60 * DAY)
        self.assertEqual(self.auth(self.name, GOOD), "Success")
        self.daemon.pass_time(30 * DAY)

    def become_deactivated(self):
        self.user(self.uid, "Disable", "a{sv}", {})

    def mailed(self):
        """The tokens that came to his mailbox."""
        return [fields["token"] for _, _, fields in mails(self.daemon, self.uid) if "token" in fields]

    # The roads; each tells whether it was open.
    def verb(self, member, **options):
        try:
            self.user(self.uid, member, "a{sv}", {key: ("s", value) for key, value in options.items()})
        except BusError as error:
            self.assertEqual(error.full_name, f"{NAME}.Error.WrongState")
            return False
        return True

    def go_login(self):
        return self.auth(self.name, GOOD) == "Success" and \
            self.talk("account", self.name).skip().outcome == "Success"

    def follow(self, link):
        """Until there is no question any more."""
        talk = self.talk("auth", self.name).answer(link)
        while talk.outcome is None:
            talk.answer(OTHER)
        return talk.outcome == "Success"

    def go_activation(self):
        return self.follow(self.link)

    def go_failures(self):
        self.assertNotIn("Success", self.wrong(self.name))
        return True

    def go_half_hour(self):
        self.daemon.pass_time(30 * MINUTE)
        return True

    def go_quarter(self):
        self.daemon.pass_time(90 * DAY)
        return True

    def go_age(self):
        self.daemon.pass_time(45 * DAY)
        self.auth(self.name, GOOD)
        self.daemon.pass_time(45 * DAY)
        return True

    def go_change(self):
        talk = self.talk("password", self.name).skip()
        while talk.outcome is None:
            talk.answer(GOOD if talk.text.startswith("Current") else OTHER)
        return talk.outcome == "Success"

    def go_issue(self):
        before = len(self.mailed())
        self.assertEqual(self.reset(self.uid), "")
        self.assertEqual(len(self.mailed()), before + 1)
        return True

    def go_reset(self):
        self.reset(self.uid)
        return self.follow(self.mailed()[-1])

    def go_ask(self):
        Case.count += 1
        return self.auth(self.name, "forgot", rhost=f"2001:db8:{Case.count:x}::1") == "ResetAsked"

    def go_own(self):
        before = len(self.mailed())
        self.assertTrue(self.go_ask())
        if self.get(self.uid, "Status") == "deactivated":
            self.pass_by(before)
            return False
        wait_until(lambda: len(self.mailed()) > before)
        self.assertTrue(self.follow(self.mailed()[-1]) or self.get(self.uid, "Status") != "active")
        return self.get(self.uid, "Status") == "active"

    def pass_by(self, before):
        """When another has got his link, the one that was asked for before had its time to come."""
        mine = self.uid, self.name
        self.begin("active", unverified=False)
        self.assertTrue(self.go_own())
        self.uid, self.name = mine
        self.assertEqual(len(self.mailed()), before)

    def go_resend(self):
        return self.verb("ResendActivation")

    def go_upgrade(self):
        self.user(self.uid, "BecomeVerified", "sa{sv}", self.new_name(), {})
        return True

    def go_disable(self):
        return self.verb("Disable")

    def go_enable(self):
        return self.verb("Enable")

    def go_leave(self):
        return self.verb("Disable", Customer=self.shop)

    def go_leave_one(self):
        self.user(self.uid, "SetRoles", "sasa{sv}", self.cafe, ["viewer"], {})
        return self.go_leave()

    def go_return(self):
        return self.go_leave() and self.verb("Enable", Customer=self.shop)


def walk(road, status):
    def test(self):
        self.begin(status, unverified=road == "upgrade")
        was_open = getattr(self, "go_" + road.replace("-", "_"))()
        self.assertEqual((was_open, self.get(self.uid, "Status")), lifecycle.leads(road, status))
    return test


for each_road, (_, rules, _) in lifecycle.ROADS.items():
    for each_status in lifecycle.STATUSES:
        rule = rules.split(",", maxsplit=1)[0]
        setattr(Lifecycle, f"test_{rule}_{each_road}_from_{each_status}".replace("-", "_"),
                walk(each_road, each_status))


class Page(unittest.TestCase):
    def test_R18_printed_page_is_the_table_that_was_walked(self):
        with open(os.path.join(SOURCE, "docs", "lifecycle.md"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "\n".join(lifecycle.page()) + "\n",
                             "print it anew: tests/bus/lifecycle.py > docs/lifecycle.md")


if __name__ == "__main__":
    main()
