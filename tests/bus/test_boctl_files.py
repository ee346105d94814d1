#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What boctl writes and reads: full disks, being broken off, and files that are not what they should be."""

import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import pexpect
from boctl_case import BOCTL, Case
from world import WAIT, main


def until(what):
    deadline = time.monotonic() + WAIT
    while not what() and time.monotonic() < deadline:
        select.select([], [], [], 0.005)


class Written(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bo-files-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def to_full(self, *arguments, output="/dev/full"):
        with open(output, "w", encoding="utf-8") as full:
            return subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=60)

    def test_a_full_disk_is_no_absence_of_the_daemon(self):
        for words in (["backup", "-"], ["audit", "export"], ["audit", "export", "--json"], ["export", "users"],
                      ["export", "users", "--format", "json"], ["metrics"], ["roles"], ["--help"],
                      ["report", "pci"], ["user", "list", "--json"]):
            done = self.to_full(*words)
            self.assertEqual(done.returncode, 1, words)
            if words != ["report", "pci"]:  # which has told its own verdict by then
                self.assertIn("to the standard output: No space left on device.", done.stderr, words)

    def test_a_folder_that_is_full_is_named_with_what_is_wrong(self):
        for words in (["backup"], ["audit", "export"], ["export", "users"], ["metrics", "--output"],
                      ["report", "pci", "--html"], ["roles", "--html"]):
            for path, why in (("/proc/none/file", "No such file"), ("/dev/full", "no regular file")):
                said = self.boctl(*words, path, code=1).stderr
                self.assertIn(path, said)
                self.assertIn(why, said)

    def relay(self, listener):
        """The daemon behind @listener, of which nothing more is heard once there is a file in the folder."""
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.daemon.socket)
        with listener, client, server:
            while True:
                for end in select.select([client, server], [], [], WAIT)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    if end is client:
                        server.sendall(data)
                    elif not os.listdir(self.folder):
                        client.sendall(data)

    def test_files_in_the_making_go_when_it_is_broken_off(self):
        for words in ["audit", "export"], ["export", "users"]:
            for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
                path = os.path.join(self.daemon.dir, f"relay-{words[0]}-{number}")
                listener = socket.socket(socket.AF_UNIX)
                listener.bind(path)
                listener.listen()
                relay = threading.Thread(target=self.relay, args=(listener,))
                relay.start()
                child = subprocess.Popen([BOCTL, "--socket", path, *words, f"{self.folder}/file"],
                                         preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # nohup(1)
                until(lambda: os.listdir(self.folder) or child.poll() is not None)
                self.assertEqual((child.poll(), len(os.listdir(self.folder))), (None, 1))
                child.send_signal(number)
                self.assertEqual(child.wait(WAIT), -number)
                relay.join(WAIT)
                self.assertEqual(os.listdir(self.folder), [])

    def test_metrics_that_are_refused_leave_no_old_file(self):
        uid = self.person("nosy@shop.example")
        path = os.path.join(self.folder, "bo.prom")
        os.chown(self.folder, uid, uid)
        with open(path, "w", encoding="utf-8") as file:
            file.write("bo_up 1\n")
        self.boctl("metrics", "--output", path, uid=uid, code=4)
        with open(path, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith("\nbo_up 0\n"))

    @unittest.skipUnless(os.path.exists("/usr/bin/less"), "less is not installed")
    def test_a_report_has_its_verdict_though_nobody_reads_to_its_end(self):
        self.assertEqual(self.daemon.stop(), 0, self.daemon.said())
        with open(os.path.join(self.daemon.config, "accountd.conf"), "a", encoding="utf-8") as file:
            file.write("Profile=nist\nInactivityMax=off\n")
        self.daemon.start()
        child = pexpect.spawn(BOCTL, ["--socket", self.daemon.socket, "report", "pci"], timeout=WAIT,
                              env={**os.environ, "TERM": "xterm"}, dimensions=(24, 100))
        child.expect("8.1.1")
        child.send("q")
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, 1)

    def test_times_that_are_none_are_told(self):
        for words in (["--since", "2026-02-31"], ["--since", "2026-13-01"], ["--since", "@"], ["--until", "soon"],
                      ["--since", "2026-03-02", "--until", "2026-03-01"]):
            self.boctl("audit", "export", *words, code=2)
        self.boctl("audit", "export", "--since", "2026-02-28T23:59", "--until", "@9999999999")

    def test_formulas_are_texts_in_every_csv(self):
        self.boctl("user", "create", "sheet@shop.example", "--full-name", "=1+1")
        self.boctl("user", "disable", "sheet@shop.example", "--reason", "=cmd|' /C calc'!A0")
        said = self.boctl("audit", "export").stdout
        self.assertIn("cmd|", said)
        self.assertNotRegex(said, r'(^|,|\n)"?[=+@-]')

    def test_formulas_behind_another_separator_are_texts_too(self):
        """A spreadsheet that parts by ';' finds no quote at the begin of a cell of ours, and so parts within it."""
        names = ["Mia;=cmd|' /C calc'!A0;x", ";+1", "a;'=b", "a;'b", "Eve; =1"]
        for n, name in enumerate(names):
            self.boctl("user", "create", f"sheet{n}@shop.example", "--full-name", name)
        said = self.boctl("export", "users", "--format", "csv").stdout
        self.assertIn("Mia;'=cmd|", said)
        self.assertNotRegex(said, r'(^|[,;\n])"?[=+@-]')
        told = json.loads(self.boctl("export", "users", "--format", "json").stdout)
        self.assertLessEqual(set(names), {user["full_name"] for user in told})
        with tempfile.TemporaryDirectory(prefix="bo-files-") as folder:
            path = os.path.join(folder, "users.csv")
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(said)
            # Read back they are as they were: a name that differed would be an error.
            self.assertIn(f"there already {len(told)}, with errors 0", self.boctl("import", "users", path).stdout)


class Read(Case):
    """Whatever is in a file, an import ends by itself, tells the line and what is wrong, and never with 3."""

    HEAD = b"name,full_name\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bo-files-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def bring(self, data, *more, name="rows.csv", code=1):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        said = self.boctl("import", "users", path, *more, code=code)
        self.assertNotIn("\x1b", said.stdout + said.stderr)
        return said.stdout + said.stderr

    def problems(self, data, name="rows.csv"):
        """The same told as JSON."""
        return json.loads(self.bring(data, "--json", name=name))["problems"]

    def test_odd_csv(self):
        for data, told in ((b"", "line 0: the file is empty"), (b"\n\r\n\n", "the file is empty"),
                           (b"\xef\xbb\xbf", "the file is empty"),
                           (self.HEAD + b'a@x.example,"', "a quoted text has no end"),
                           (self.HEAD + b'a@x.example,"b"c\n', "line 2: a quote stands where none may"),
                           (self.HEAD + b"a@x.example,\0\n", "line 2: there is a zero byte"),
                           ("name\n".encode("utf-16"), "this is no text in UTF-8"),
                           (self.HEAD + b"a@x.example\n", "line 2: has 1 cells"),
                           (self.HEAD + b"a@x.example,b,c\n", "line 2: has 3 cells"),
                           (b"name,uid\ra@x.example,70900\rb@x.example,70901\r", "CR alone"),
                           (self.HEAD + b"a@x.example,\xff\xfe\n", "line 2: is no UTF-8"),
                           (b",".join([b"name"] * 65) + b"\n", "too many names"),
                           (b"name,name\na@x.example,b@x.example\n", "field"),
                           (b"name,n\x1b[31mo\n" + b"a@x.example,b\n", "field"),
                           (b"\n\nname\nsp ace\n", "line 4: name:")):
            self.assertIn(told, self.bring(data), data)
        self.assertIn("Created 0", self.bring(self.HEAD, code=0))

    def test_odd_json(self):
        deep = b'[{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}]"
        for data, told in ((b"", "no JSON array"), (b"{}", "no JSON array"), (b"\xef\xbb[]", "no JSON array"),
                           (b"[", "row 1: "), (b"[1]", "row 1: "), (b"[[]]", "row 1: is no object"),
                           (b'[{"name": "a@x.example"}', "row 1: the file ends behind it"),
                           (b"[] []", "behind the last"), (deep, "row 1: "), (b'[{"name": "\\u0000"}]', "row 1: "),
                           (b'[{"name": "\xff"}]', "row 1: "), (b'[{"name": "a", "name": "b"}]', "row 1: "),
                           (b'[{"name": {"a": 1}}]', "row 1: name: a text, a whole number"),
                           (b'[{"uid": 1e3, "name": "a@x.example"}]', "uid: a text, a whole number"),
                           (b'[{"uid": 99999999999999999999, "name": "a@x.example"}]', "row 1: "),
                           (b'[{"uid": "many", "name": "a@x.example"}]', "row 1: uid"),
                           (b'[{"memberships": ["a b"], "name": "a@x.example"}]', "list of texts without spaces"),
                           (b'[{"memberships": [1], "name": "a@x.example"}]', "list of texts without spaces"),
                           (b'[{"n\\u001b[31m": "x", "name": "a@x.example"}]', "field")):
            self.assertIn(told, self.bring(data, name="rows.json"), data[:80])
        self.assertIn("Created 0", self.bring(b"\xef\xbb\xbf []\n", name="rows.json", code=0))

    def test_what_cannot_be_opened_is_named(self):
        for path, why in (self.folder, "Is a directory"), (self.folder + "/none", "No such file"):
            for name in "csv", "json":
                said = self.boctl("import", "users", path, "--format", name, code=1).stderr
                self.assertIn(path, said)
                self.assertIn(why, said)

    def test_a_file_without_an_end_is_left_with_little_memory(self):
        quoted = self.HEAD + b'a@x.example,"' + b"x" * (17 << 20)
        self.assertIn("more than 16 MiB", self.bring(quoted))
        self.assertIn("more than 16 MiB", self.bring(b'[{"name": "' + b"x" * (17 << 20), name="rows.json"))
        self.assertIn("zero byte", self.boctl("import", "users", "/dev/zero", code=1).stderr)

    def test_problems_are_json_whatever_the_file_has_in_it(self):
        key = ("a" * 63 + "\u00e9" * 40).encode()
        for data in b'[{"' + key + b'": 1.5}]', b'[{"name": "\xc3\xa9' + b"\xc3" * 300 + b'"}]':
            problem, = self.problems(data, name="rows.json")
            self.assertEqual(problem["row"], 1)
        name = ("a" * 63 + "\u00e9").encode()
        self.assertEqual(sorted(problem["line"] for problem in self.problems(b"name\n" + name + b"\n" + name + b"\n")),
                         [2, 3])

    def test_who_ends_early_tells_so(self):
        rows = b"name\n" + b"bad name\n" * 3 + b"good@early.example\n"
        said = self.bring(rows, "--max-errors", "1")
        self.assertIn("It ended early", said)
        self.assertFalse(json.loads(self.bring(rows, "--max-errors", "1", "--json"))["whole"])
        self.assertTrue(json.loads(self.bring(rows, "--json"))["whole"])


class Words(Case):
    def test_options_that_are_none_are_told_as_they_were_typed(self):
        for words, told in ((["-xy"], "There is no option -x."), (["--json=1"], "--json takes no value."),
                            (["--js=1"], "--json takes no value."), (["-hH"], "-H wants a value."),
                            (["user", "list", "--limit"], "--limit wants a value."),
                            (["--jsno"], "There is no option --jsno. Did you mean --json?")):
            said = subprocess.run([BOCTL, *words], capture_output=True, text=True, timeout=60)
            self.assertEqual((said.returncode, said.stderr.splitlines()[0]), (2, "boctl: " + told))

    def test_a_completion_behind_an_option_without_value_is_empty(self):
        for last in "--json=", "--json=x", "--all=":
            said = subprocess.run([BOCTL, "__complete", "zsh", "user", "list", last], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual((said.returncode, said.stdout), (0, ""))


if __name__ == "__main__":
    main()
