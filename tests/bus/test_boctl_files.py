#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What boctl writes and reads: full disks, being broken off, and files that are not what they should be."""

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
        os.sched_yield()


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

    def relay(self, path):
        """The daemon behind @path, of which nothing more is heard once there is a file in the folder."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
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
                relay = threading.Thread(target=self.relay, args=(path,))
                relay.start()
                until(lambda: os.path.exists(path))
                child = subprocess.Popen([BOCTL, "--socket", path, *words, f"{self.folder}/file"])
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
