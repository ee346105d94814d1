#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call that imports many rows, beside others who write, on a disk that gets full, and with a directory that is slow
or silent (R17)."""

import os
import subprocess
import tempfile
import time

from world import BUILD, MANAGER, ROOT, SERVICES, SETTINGS, WAIT, Case, Daemon, main

MANY = 300
FOREIGN = 1000777  # the uid that directory.c knows
CUSTOMERS = 10
UIDS = "UidRange=1000000-1999999\n"


class Import(Case):
    SETTINGS = SETTINGS + UIDS + SERVICES

    def bring(self, fields, rows, what="Users", client=None, **options):
        created, unchanged, remarks = (client or self.door()).call(
            ROOT, MANAGER, "Import" + what, "asaasa{sv}", fields, rows,
            {name: ("b", value) for name, value in options.items()})
        return created, unchanged, {row: (severity, field, text) for row, severity, field, text in remarks}

    def begin(self, fields, rows, client):
        return client.send(ROOT, MANAGER, "ImportUsers", "asaasa{sv}", fields, rows, {})

    def customers(self):
        """One row of users takes its time when it is a member of all."""
        self.bring(["id"], [[f"shop-{n}"] for n in range(CUSTOMERS)], "Customers")
        return " ".join(f"shop-{n}:viewer" for n in range(CUSTOMERS))

    def pending(self, client, serial):
        """Is there no answer yet? Takes what has come."""
        client.socket.settimeout(0.02)
        try:
            while serial not in client.replies:
                client.receive()
        except TimeoutError:
            return True
        finally:
            client.socket.settimeout(WAIT)
        return False

    def audited(self, event):
        rows, _ = self.manager("ListAudit", "a{sv}su", {"Event": ("s", event)}, "", 100)
        return rows


class Slices(Import):
    def test_a_dry_run_judges_all_rows_of_a_call_against_each_other(self):
        """However many slices an import would take."""
        members = self.customers()
        rows = [[f"dry{n}", "", members] for n in range(MANY)]
        rows[0][1] = "1500000"
        rows[-2] = ["last", "1500000", ""]
        rows[-1] = ["dry0", "", ""]
        wanted = {MANY - 2: ("error", "uid"), MANY - 1: ("error", "memberships")}
        for dry in True, False:
            created, unchanged, remarks = self.bring(["name", "uid", "memberships"], rows, DryRun=dry)
            self.assertEqual((created, unchanged), (MANY - 2, 0))
            self.assertEqual({row: remark[:2] for row, remark in remarks.items()}, wanted)

    def test_each_slice_reads_the_clock(self):
        """Others write meanwhile, later by the clock: it was not set back."""
        members, client = self.customers(), self.client()
        serial = self.begin(["name", "memberships"], [[f"clock{n}", members] for n in range(MANY)], client)
        n = 0
        while self.pending(client, serial):
            self.daemon.pass_time(61)
            self.bring(["id"], [[f"later-{n}"]], "Customers")
            n += 1
        self.assertEqual(client.wait(serial)[:2], (MANY, 0))
        self.assertEqual(self.audited("clock-set-back"), [])


class Directory(Import):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.SETTINGS)
        given = cls.daemon.environment
        module = os.path.join(BUILD, "tests", "bus", "libdirectory.so")
        cls.daemon.environment = lambda: given() | {"LD_PRELOAD": given()["LD_PRELOAD"] + " " + module}
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.clear)

    def test_others_write_while_a_directory_is_asked(self):
        client = self.client()
        serial = self.begin(["name"], [["one"], ["slow"], ["two"]], client)
        n, longest = 0, 0
        while self.pending(client, serial):
            begun = time.monotonic()
            self.bring(["id"], [[f"beside-{n}"]], "Customers")
            longest, n = max(longest, time.monotonic() - begun), n + 1
        self.assertEqual(client.wait(serial), (3, 0, []))
        self.assertGreater(n, 3)
        self.assertLess(longest, 1.5)

    def test_R17_what_a_directory_has_is_not_created_and_a_silent_one_keeps_back_its_row_alone(self):
        rows = [["foreign1", ""], ["a1", str(FOREIGN)], ["silent1", ""], ["large1", ""], ["a2", str(FOREIGN - 1)], ["a3", ""],
                ["a4", ""]]
        for dry in True, False:
            created, _, remarks = self.bring(["name", "uid"], rows, DryRun=dry)
            self.assertEqual({row: remark[:2] for row, remark in remarks.items()},
                             {0: ("error", "name"), 1: ("error", "uid"), 2: ("error", "name"), 3: ("error", "name")})
            self.assertIn("do not answer", remarks[2][2])
            self.assertEqual(created, 3)
        self.assertEqual(self.manager("ExportUsers", "a{sv}su", {}, str(FOREIGN - 2), 10)[1][1][4], str(FOREIGN + 1))

    def test_a_silent_directory_is_not_asked_for_ever(self):
        created, _, remarks = self.bring(["name"], [[f"silent-{n}"] for n in range(4)] + [["b1"]])
        self.assertEqual((created, set(remarks)), (0, {0, 1, 2, 3, 4}))
        self.assertEqual(self.bring(["name"], [["b1"]])[0], 1)


class FullDisk(Import):
    """A state directory on a small disk."""

    def setUp(self):
        disk = tempfile.mkdtemp(prefix="bo-disk-")
        self.addCleanup(os.rmdir, disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40M,mode=755", "bo-test", disk], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("needs to mount")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        self.daemon, self.filler = Daemon(self.SETTINGS, state=os.path.join(disk, "state")).start(), os.path.join(disk, "filler")
        self.addCleanup(self.daemon.clear)

    def leave(self, left):
        """So many bytes of the disk."""
        disk = os.statvfs(self.daemon.state)
        with open(self.filler, "ab") as file:
            os.posix_fallocate(file.fileno(), 0, file.tell() + disk.f_bavail * disk.f_frsize - left)

    def test_what_is_there_is_told_when_the_rest_fails(self):
        members, many = self.customers(), 1000
        rows = [[f"u{n}", members] for n in range(many)]
        self.leave(4 << 20)
        created, unchanged, remarks = self.bring(["name", "memberships"], rows)
        self.assertLess(0, created)
        self.assertEqual((unchanged, list(remarks)), (0, list(range(created, many))))
        self.assertTrue(all(remark[:2] == ("error", "name") and "was not taken" in remark[2] for remark in remarks.values()))
        os.unlink(self.filler)
        deadline = time.monotonic() + 10 * WAIT
        while remarks:
            self.assertLess(time.monotonic(), deadline)
            fresh, unchanged, remarks = self.bring(["name", "memberships"], rows)
            self.assertEqual(unchanged, created)
            created += fresh
        self.assertEqual(created, many)


if __name__ == "__main__":
    main()
