# SPDX-License-Identifier: LGPL-2.1-or-later
"""README.md on a clean machine, word by word: its commands are taken from its text."""

import re
import shutil
import time

import postbox
from clean import CleanScenario, differences
from server import Person, TOP, packages

README = (TOP / "README.md").read_text()
INSTALL, DAILY, AFTERWARDS = "Install it on your own server", "Keep it well", "Undo it"
PROGRAMS, MAIL = "Programs", "Mail"
WORK_SEC = 300
ALICE = "alice@shop.example"

# What sits there until somebody stops it.
BY_HAND = ("busctl monitor",)

# An administrator at his editor: he knows the file, and what the text says goes into it.
EDITOR = f"""#!/bin/sh
test -s "$1" && cat >>"$1" <<'END'
{postbox.SETTINGS}END
"""


def section(heading, end=r"^##"):
    return re.search(rf"^##+ {re.escape(heading)}$(.*?)(?={end}|\Z)", README, re.M | re.S)[1]


def blocks(text):
    """The indented blocks, each a list of commands; a line that ends with a backslash goes on."""
    found, last = [], ""
    for line in text.splitlines():
        if line.startswith("    "):
            if not last.startswith("    "):
                found.append("")
            found[-1] += line[4:] + "\n"
        last = line
    return [block.replace("\\\n", " ").strip().split("\n") for block in found]


class Readme(postbox.Letters, CleanScenario):
    """In the order of the text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        postbox.open_server(cls.server)
        cls.server.write("/usr/local/bin/editor", EDITOR, 0o755)
        for way in cls.server.ways():  # whoever logs in for the first time leaves traces of others
            way()
        cls.etc_before, cls.before = cls.server.etc(), cls.server.state()
        cls.began = time.monotonic()
        cls.blocks = blocks(section(INSTALL))
        # cp of what the first line of the first block has made elsewhere: no network here.
        cls.made, cls.blocks[0] = cls.blocks[0][0], cls.blocks[0][1:]
        place = cls.server.root / "tmp" / "bo"
        place.mkdir()
        for path in packages(mail=True):
            shutil.copy(path, place)
        cls.desk = cls.server.talk(["bash", "--norc"], timeout=60)
        cls.desk.at_shell()

    def does(self, command):
        """At root's shell; whoever is asked whether to go on says yes."""
        start = len(self.desk.seen)
        self.desk.types(command)
        while self.desk.sees_one_of(r"bash-[0-9.]+# $", r"\[Y/n\] ?$", r"\(yes/no[^)]*\)\? ?$") != 0:
            self.desk.types("yes")
        text = self.desk.seen[start:].replace("\r", "")
        self.desk.types('echo "<$?>"').sees(r"<\d+>\r?\n")
        status = int(re.findall(r"<(\d+)>", self.desk.seen)[-1])
        self.desk.at_shell()
        return status, text

    def follow(self, commands):
        """Each of @commands does what it should; what they all said."""
        said = ""
        for command in commands:
            if command.startswith(BY_HAND):
                continue
            with self.subTest(command):
                status, text = self.does(command)
                if "if she has" in command:
                    self.assertIn("has no second factor", text)
                    continue
                self.assertEqual(status, 0, text)
                said += text
        return said

    def block(self, sign):
        """The block that has a command with @sign."""
        (found,) = (block for block in self.blocks if any(sign in command for command in block))
        return found

    def test_1_working_login_in_less_than_five_minutes(self):
        self.assertRegex(self.made, r"tools/package /tmp/bo\b")
        first_user = next(i for i, block in enumerate(self.blocks) if any("user create" in word for word in block))
        said = "".join(self.follow(block) for block in self.blocks[:first_user + 1])
        token = self.server.keep_secret(re.search(r"\b[0-9A-Za-z_-]{20,}\b", said[said.rindex("user create"):])[0])
        command = re.search(r"\(`(ssh " + re.escape(ALICE) + r"@server)`\)", section(INSTALL))[1]
        type(self).password = self.server.new_password()
        self.assertNotIn("alice", self.server.read("/etc/passwd"))
        talk = self.server.talk(command)
        talk.is_asked(r"\(yes/no[^)]*\)\? ", "yes").is_asked("Password: ", token)
        talk.is_asked("New password: ", self.password).is_asked("Repeat new password: ", self.password).at_shell()
        self.assertEqual(talk.does("id -un"), (0, ALICE + "\n"))
        talk.leave()
        talk = self.server.talk(command).is_asked("Password: ", self.password).at_shell()
        talk.leave()
        self.assertLess(time.monotonic() - self.began, WORK_SEC)
        for way in self.server.ways():
            way()

    def test_2_what_an_operator_does_from_day_to_day(self):
        block = self.block("boctl user list")
        made = next(i for i, command in enumerate(block) if "--unverified" in command)
        self.follow(block[:made])
        said = self.follow([block[made]])
        name = re.findall(r"\b(?:[a-z][aeiou]){4}[2-9]{4}\b", said)[-1]  # the text has one of its own before
        self.follow([re.sub(r"\b([a-z][aeiou]){4}[2-9]{4}\b", name, command) for command in block[made + 1:]])

    def test_3_what_a_merchant_needs(self):
        self.follow(self.block("boctl location create"))

    def test_4_the_same_with_busctl(self):
        self.follow(self.block("busctl introspect"))
        self.follow(self.block("busctl --address="))

    def test_5_alice_herself(self):
        self.server.await_the_end(Person(self.server, ALICE))  # of what was before she was disabled
        talk = self.server.talk(f"ssh {ALICE}@server").is_asked("Password: ", self.password).at_shell()
        for command in self.block("boctl otp enable"):
            word = command.split("#")[0].strip()
            with self.subTest(word):
                if word in ("boctl", "boctl session list"):
                    self.assertEqual(talk.does(word)[0], 0, talk.seen)
                elif word == "boctl can transactions.refund":
                    self.assertLessEqual(talk.does(word)[0], 1, talk.seen)
        talk.leave()

    def test_6_programs_and_the_addresses_that_two_agree_on(self):
        program, approval = blocks(section(PROGRAMS))
        said = self.follow(program)
        self.server.keep_secret(re.search(r"\bbo_\w{8}_\w{38}\b", said)[0])
        self.follow([re.search(r"`(boctl key delete [^`]*)`", " ".join(program))[1]])
        people, said = {}, ""
        for command in approval:
            if "user create" in command:
                name = re.search(r"(\S+)@shop.example", command)
                token = self.server.keep_secret(re.search(r"\b[0-9A-Za-z_-]{20,}\b", self.follow([command]).split("\n", 1)[1])[0])
                people[name[1]] = Person(self.server, name[0], token)
                people[name[1]].activate()
            else:
                done = self.server.try_run(command, user=people[re.search("# (sam|bea)", command)[1]].name)
                self.assertEqual(done.returncode, 0, command + done.stdout + done.stderr)
                said += done.stdout
        self.assertEqual(set(people), {"sam", "bea"})
        self.server.keep_secret(re.search(r"\bbo_\w{8}_\w{38}\b", said)[0])
        talk = self.server.talk(f"ssh {ALICE}@server").is_asked("Password: ", self.password).at_shell()
        talk.types(re.search(r"`(boctl key create)`, as Alice", section(PROGRAMS))[1])
        talk.is_asked(r"[Pp]assword: ", self.password).sees(r"bo_\w{8}_\w{38}").at_shell()
        talk.leave()

    def test_7_mail(self):
        text = section(MAIL)
        install, edit, check, reset, listing = blocks(text)[0]
        self.follow([install, edit])
        path, mode = re.search(r"password of `User=` goes into `([^`]*)` \(mode (\d+), of root\)", text).groups()
        self.server.run(["install", "-D", "-m", mode, "/dev/stdin", path], stdin=postbox.PASSWORD + "\n")
        self.follow([check])
        said = self.follow([reset])
        token = self.token(self.letter(ALICE, "new password"))
        self.assertNotIn(token, said)
        self.server.talk(f"ssh {ALICE}@server").is_asked("Password: ", self.password).at_shell().leave()  # nothing changed
        self.assertNotIn("@", self.follow([listing]).split(listing)[1])
        self.follow([re.search(r"`(boctl password --forgot) NAME`", section(INSTALL))[1] + " " + ALICE])
        password = self.server.new_password()
        talk = self.server.talk(f"ssh {ALICE}@server").is_asked("Password: ", token)
        talk.is_asked("New password: ", password).is_asked("Repeat new password: ", password).at_shell().leave()
        type(self).password = password
        self.letter(ALICE, "was changed")

    def test_8_settings_are_checked_and_read(self):
        command = re.search(r"`(bo-accountd --check-config && [^`]*)`", section(INSTALL))[1]
        self.follow([command])

    def test_8_what_keeps_it_well(self):
        said = self.follow(blocks(section(DAILY))[0])
        self.assertIn(f"there already {len(self.server.rows('user', 'list'))}", said)

    def test_9_undone_the_machine_is_as_it_was_but_for_what_is_named(self):
        """What stays is in the text, and nothing else."""
        text = section(AFTERWARDS)
        self.follow(blocks(text)[0])
        stays = re.findall(r"`([^`]+)`", text[text.index("What stays"):])
        users = {name for name in stays if name.startswith("bo-")}
        self.assertEqual(users, {"bo-accountd", "bo-maild", "bo-operator"})
        changed = differences(self.etc_before, self.server.etc())
        files = {name for name in stays if name.startswith("/etc/credstore/")}
        self.assertLessEqual(set(changed), {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", *files}, changed)
        after = self.server.state()
        for what, before in self.before.items():
            came = {line.split(":")[0] for line in after[what] - before}
            left = {line for line in came if not line.startswith("/var/lib/bo-accountd")}
            self.assertEqual((left - users - files - {"/tmp/bo"} - {line for line in left if line.startswith("/tmp/bo/")},
                              before - after[what]), (set(), set()), what)
        self.server.run("test -s /var/lib/bo-accountd/accounts.db")
        for way in self.server.ways():
            way()
