# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the test cases of a script, those of its command line or all, and tells of each in a line of TAP."""

import sys
import unittest


class Tap(unittest.TextTestResult):
    """Tells of each test in a line of TAP; why it failed, behind '#'."""

    def __init__(self):
        super().__init__(unittest.runner._WritelnDecorator(sys.stderr), False, 0)
        self.told = {}

    def startTestRun(self):
        print("TAP version 13", flush=True)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.told[test.id()] = (self.failures + self.errors)[-1][1]

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.told[test.id()] = self.failures[-1][1]

    def addError(self, test, err):
        super().addError(test, err)
        self.told[test.id()] = self.errors[-1][1]
        if not isinstance(test, unittest.TestCase):  # before the first or after the last of a class
            self.line(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.line(test)

    def line(self, test):
        why, skipped = self.told.get(test.id()), dict((one.id(), reason) for one, reason in self.skipped)
        self.count = getattr(self, "count", 0) + 1
        name = test.id().replace("__main__.", "").replace("#", "")
        print(f"{'not ok' if why else 'ok'} {self.count} {name}"
              + (f" # SKIP {skipped[test.id()]}" if test.id() in skipped else ""), flush=True)
        if why:
            print("".join(f"# {line}\n" for line in why.splitlines()), end="", flush=True)


def main():
    loader, scene = unittest.defaultTestLoader, sys.modules["__main__"]
    names = sys.argv[1:]
    tests = loader.loadTestsFromNames(names, scene) if names else loader.loadTestsFromModule(scene)
    result = Tap()
    result.startTestRun()
    tests.run(result)
    print(f"1..{result.count}", flush=True)
    sys.exit(not result.wasSuccessful())
