#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every method of the D-Bus interface has a verb of boctl, found by following the sources.

From each row of boctl/verbs.c its function is followed through boctl to calls of libbo, and those
through libbo to the methods that they call. So there is no list to keep: a method without a verb, and
a verb that asks for nothing, are found by themselves.
"""

import os
import re
import sys
import unittest
import xml.etree.ElementTree

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(SOURCE, "tests"))
import tap

INTERFACE = "org.backoffice.Accounts1."

# What other programs of bo speak, and no person.
OF_PROGRAMS = {
    "Login.Begin": "pam_bo", "Login.Step": "pam_bo", "Login.Cancel": "pam_bo",
    "Mail.Take": "bo-maild", "Mail.Delivered": "bo-maild", "Mail.Retry": "bo-maild", "Mail.GiveUp": "bo-maild",
    "Sessions.ListEndings": "bo-sessiond", "Sessions.Ended": "bo-sessiond",
}


def functions(folder):
    """Each function of the .c files there, as (file, name): its text. Static ones of a file hide others."""
    found = {}
    for file in sorted(os.listdir(os.path.join(SOURCE, folder))):
        if not file.endswith(".c"):
            continue
        with open(os.path.join(SOURCE, folder, file)) as stream:
            text = re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.S)
        for match in re.finditer(r"^(?:[a-z_][^\n;={}#]*?\W)(\w+)\([^;{}]*?\)\n\{\n(.*?)^\}", text, re.M | re.S):
            found[file, match.group(1)] = match.group(2)
    return found


def reached(found, file, name):
    """The texts of the function and of all that it names, itself or by a pointer."""
    by_name = {}
    for where, function in found:
        by_name.setdefault(function, where)
    seen, waiting = set(), [(file, name)]
    while waiting:
        key = waiting.pop()
        if key in seen or key not in found:
            continue
        seen.add(key)
        for word in set(re.findall(r"\b[a-z_]\w+\b", found[key])):
            here = (key[0], word)
            waiting.append(here if here in found else (by_name.get(word), word))
    return "\n".join(found[key] for key in seen)


def methods():
    folder = os.path.join(SOURCE, "bo-accountd", "bus")
    for file in sorted(os.listdir(folder)):
        if file.endswith(".xml"):
            for interface in xml.etree.ElementTree.parse(os.path.join(folder, file)).getroot().iter("interface"):
                name = interface.get("name")
                if name.startswith(INTERFACE):
                    yield from (f"{name[len(INTERFACE):]}.{method.get('name')}" for method in interface.iter("method"))


def verbs():
    """Noun and verb of each row, with the function that does it."""
    with open(os.path.join(SOURCE, "boctl", "verbs.c")) as stream:
        rows = re.findall(r"^        \{\n(.*?)^        \},", stream.read(), re.M | re.S)
    for row in rows:
        words = re.findall(r'\.(?:noun|verb) = "([^"]*)"', row)
        yield " ".join(words), re.search(r"\.run = (\w+)", row).group(1)


class Verbs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        client, library = functions("boctl"), functions("libbo")
        home = {name: file for file, name in client}
        public = {name: reached(library, file, name) for file, name in library if name.startswith("bo_")}
        cls.calls = {}
        for verb, function in verbs():
            text = reached(client, home.get(function), function)
            cls.calls[verb] = set(re.findall(r"\bbo_\w+", text)) & set(public)
        cls.strings = {verb: set(re.findall(r'"([A-Z]\w+)"', "".join(public[call] for call in calls)))
                       for verb, calls in cls.calls.items()}

    def test_every_method_has_a_verb(self):
        asked = set().union(*self.strings.values())
        names = list(methods())
        self.assertGreater(len(names), 60)
        for name in names:
            with self.subTest(name):
                self.assertEqual(name.split(".")[1] in asked, name not in OF_PROGRAMS,
                                 "each method has a verb in boctl/verbs.c, or is of a program named here")

    def test_every_verb_asks_for_something(self):
        self.assertGreater(len(self.calls), 60)
        for verb, calls in self.calls.items():
            with self.subTest(verb):
                self.assertTrue(calls, "it reaches no call of libbo")

    def test_verbs_are_sorted(self):
        names = [verb.split() for verb, _ in verbs()]
        self.assertEqual(names, sorted(names))

    def test_exit_codes_follow_the_names_of_the_errors(self):
        with open(os.path.join(SOURCE, "libbo", "bo-errors.def")) as stream:
            errors = re.findall(r"^BO_ERROR\((\w+)", stream.read(), re.M)
        body = functions("boctl")["exit_code.c", "exit_code"]
        groups = {group: set(re.findall(r"BO_ERR_(\w+)", cases))
                  for cases, group in re.findall(r"((?:case \w+:\s*)+)return (\w+)", body)}
        for error in errors:
            group = next((name for name, cases in groups.items() if error in cases), None)
            with self.subTest(error):
                if error.startswith("NO_SUCH_") and error != "NO_SUCH_LOGIN":
                    self.assertEqual(group, "EXIT_NO_SUCH")
                if re.search(r"(TAKEN|EXISTS|_ALREADY_ON|CONFLICT)$", error):
                    self.assertEqual(group, "EXIT_CONFLICT")
                if error.startswith(("NOT_ALLOWED", "NO_PERMISSION")):
                    self.assertEqual(group, "EXIT_NOT_ALLOWED")


if __name__ == "__main__":
    tap.main()
