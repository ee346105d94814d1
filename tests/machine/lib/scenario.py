# SPDX-License-Identifier: LGPL-2.1-or-later
"""The base of all scenarios: one booted server for the tests of a file."""

import itertools
import unittest

from server import Person, Server

_numbers = itertools.count(1)


class Scenario(unittest.TestCase):
    server = None
    services = False

    @classmethod
    def setUpClass(cls):
        if Scenario.server is None:
            Scenario.server = Server(services=cls.services).boot()

    def setUp(self):
        self.server.clock.run_on()

    @staticmethod
    def fresh_name(first="alice"):
        """A name that no other test has used: names and locks are for ever."""
        return f"{first}{next(_numbers)}@shop.example"

    def person(self, first="alice", *options):
        return self.server.person(self.fresh_name(first), *options)

    def robot(self):
        return self.server.robot(self.fresh_name("robot"))

    def nobody(self):
        """Somebody whom bo does not know."""
        return Person(self.server, self.fresh_name("nobody"))

    def assertAdmitted(self, talk):
        talk.at_shell()
        talk.leave()

    def assertRefused(self, talk, text=r"Permission denied|incorrect|[Aa]uthentication failure|try again"):
        talk.sees(text)
        self.assertNotRegex(talk.seen, r"@shop:[^\n]*[$#] ")
        talk.leave()


def end():
    if Scenario.server is not None:
        Scenario.server.stop()
        Scenario.server = None
