#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual pages: groff has nothing to say against them, they name whatever the program knows, and what they
name exists. What there is to name is read from the program's own tables."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(TOP / "tests"))
import tap

BUILD = pathlib.Path(os.environ["BO_BUILD"])
OURS = r"(?:bo|boctl|libbo|libnss_bo|pam_bo|bo[-_][\w-]+|[\w-]+\.conf|org\.backoffice\.\w+)"
# Pages of others that look like one of ours, and files that come about while bo runs or are an administrator's own.
FOREIGN_PAGES = {"nsswitch.conf(5)", "pam.conf(5)", "pwquality.conf(5)", "journald.conf(5)", "limits.conf(5)",
                 "system.conf(5)", "sudo.conf(5)", "login.conf(5)", "group.conf(5)", "resolv.conf(5)"}
MADE_LATER = re.compile(r"/etc/bo/(\S+\.d|mail)(/|$)|/etc/bo$")


def source(path):
    return (TOP / path).read_text()


def installed():
    """{where it is installed: where it lies in the tree or build}."""
    said = subprocess.run(["meson", "introspect", "--installed", BUILD], check=True, capture_output=True, text=True)
    return {where: pathlib.Path(lies) for lies, where in json.loads(said.stdout).items()}


def shown(page):
    """The text of a page as it is read, without hyphenation or formatting."""
    text = pathlib.Path(page).read_text()
    text = re.sub(r"\\f[BIR]", "", text)
    text = re.sub(r'^\.(?:B|I|BR|RB|BI|IB|IR|RI|TP|SS|SH)\b ?', "", text, flags=re.M)
    return text.replace("\\-", "-").replace("\\&", "").replace('"', "")


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.installed = installed()
        cls.pages = {pathlib.Path(where).name: lies for where, lies in cls.installed.items() if "/man/man" in where}
        cls.text = {name: shown(lies) for name, lies in cls.pages.items()}

    def named(self, page, wanted):
        """All of @wanted stand in @page as words of their own."""
        self.assertTrue(wanted)
        joined = re.sub(r"\s+", " ", self.text[page])
        missing = [each for each in sorted(wanted) if not re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", joined)]
        self.assertEqual(missing, [], f"not in {page}")

    @unittest.skipUnless(shutil.which("man"), "needs man-db")
    def test_groff_warns_of_nothing(self):
        said = {}
        for name, page in self.pages.items():
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page], capture_output=True, text=True,
                                  env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8", MANROFFSEQ=""), check=False)
            if done.stderr or done.returncode:
                said[name] = done.stderr
        self.assertEqual(said, {})

    def test_every_page_has_its_parts(self):
        for name, text in self.text.items():
            with self.subTest(page=name):
                for part in ("NAME", "SEE ALSO"):
                    self.assertRegex(text, rf"(?m)^{part}$")
                self.assertRegex(text, r"(?m)^NAME\n.+ \\?- .+")

    def test_every_call_of_libbo_has_a_page(self):
        calls = re.findall(r"^\s+(bo_\w+);", source("libbo/libbo.sym"), re.M)
        self.assertEqual([call for call in calls if call + ".3" not in self.pages], [])
        self.named("libbo.3", {call for call in calls if not call.endswith("_free")})

    def test_every_error_is_told_of(self):
        errors = re.findall(r'^BO_ERROR\((\w+), \d+, "(\w+)"', source("libbo/bo-errors.def"), re.M)
        self.named("bo_errors.3", {"BO_ERR_" + constant for constant, _ in errors} | {name for _, name in errors})

    def test_every_member_of_the_interface_is_told_of(self):
        members = set()
        for path in (TOP / "bo-accountd/bus").glob("*.xml"):
            members |= set(re.findall(r'<(?:method|signal|property) name="(\w+)"', path.read_text()))
        self.named("org.backoffice.Accounts1.5", members)

    def test_every_setting_of_the_daemon_is_told_of(self):
        keys = re.findall(r'^\s+\{"([A-Z]\w+)",', source("bo-accountd/settings_table.c"), re.M)
        service = re.search(r"key_names\[\] = \{(.*?)\}", source("bo-accountd/settings_service.c"), re.S)[1]
        self.named("accountd.conf.5", {key + "=" for key in keys + re.findall(r'"(\w+)"', service)})

    def test_every_key_of_roles_and_account_types_is_told_of(self):
        for page, files in (("roles.conf.5", ("roles.c", "permissions.c")), ("account-types.conf.5", ("account_types.c",))):
            keys = [re.findall(r'^\s+\{"([A-Z]\w+)", \w+_take\}', source("bo-accountd/" + file), re.M) for file in files]
            self.named(page, {key + "=" for key in sum(keys, [])})

    def test_every_setting_of_mail_is_told_of(self):
        keys = re.findall(r'^\s+\{"([A-Z]\w+)",', source("bo-maild/settings_table.c"), re.M)
        self.named("maild.conf.5", {key + "=" for key in keys})

    def test_every_verb_of_boctl_is_told_of(self):
        rows = re.findall(r'\.noun = "([\w-]+)",\s+(?:\.verb = "([\w-]+)")?', source("boctl/verbs.c"))
        self.named("boctl.1", {f"{noun} {verb}".strip() for noun, verb in rows})

    def test_every_option_of_boctl_is_told_of(self):
        options = re.findall(r'\[OPTION_\w+\] = \{"([\w-]+)"', source("boctl/args.c"))
        self.named("boctl.1", {"--" + option for option in options})

    def test_every_option_of_the_daemons_is_told_of(self):
        for program in ("bo-accountd", "bo-maild", "bo-sessiond"):
            options = re.findall(r'^\s+\{"([a-z][\w-]+)", \.(?:flag|value)', source(program + "/main.c"), re.M)
            self.named(program + ".8", {"--" + option for option in options + ["version", "help"]})

    def test_every_argument_of_the_module_is_told_of(self):
        text = source("pam_bo/arguments.c")
        words = re.findall(r'\{"([\w=]+)", offsetof', text) + re.findall(r'value_of\(text, "(\w+=)"\)', text)
        self.named("pam_bo.8", words)

    def test_every_variable_of_a_session_is_told_of(self):
        names = re.findall(r'"(BO_[A-Z_]+)[="]', source("bo-accountd/ops/environment.c") + source("pam_bo/environment.c"))
        self.named("pam_bo.8", set(names))

    def test_pages_that_are_named_exist(self):
        missing = set()
        for name, text in self.text.items():
            for page, section in re.findall(rf"(?<![\w./-])({OURS}) ?\((\d)\)", text):
                if f"{page}.{section}" not in self.pages and f"{page}({section})" not in FOREIGN_PAGES:
                    missing.add(f"{name}: {page}({section})")
        self.assertEqual(sorted(missing), [])

    def test_files_that_are_named_exist(self):
        folders = {str(parent) for where in self.installed for parent in pathlib.Path(where).parents}
        missing = set()
        for name, text in self.text.items():
            for path in re.findall(r"(?<![\w/])(/(?:usr/(?:share|libexec|include|lib)/(?:doc/)?(?:lib)?bo|usr/share/pam-configs|etc/bo)[\w./@-]*)", text):
                path = path.rstrip("./")
                if path not in self.installed and path not in folders and not MADE_LATER.search(path):
                    missing.add(f"{name}: {path}")
        self.assertEqual(sorted(missing), [])


if __name__ == "__main__":
    tap.main()
