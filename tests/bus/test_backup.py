#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A backup is made while people log in, is told from what is none, and takes the place of the database whole."""

import contextlib
import csv
import fcntl
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import threading

from json import loads as ljson

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
END = 4096


class Hands(Case):
    """What is done to a daemon's database."""

    @property
    def database(self):
        return os.path.join(self.daemon.state, "accounts.db")

    def finding(self, client):
        text, = [row["Text"] for row in client.call(ROOT, MANAGER, "Check", "a{sv}", {})[0] if row["Part"] == "database"]
        return text

    def beside(self, ending):
        return self.database + "." + ending

    def boctl(self, *words, **more):
        return subprocess.run([BOCTL, "--socket=" + self.daemon.socket, *words], capture_output=True, timeout=60,
                              check=False, **more)

    def backup(self, name="backup"):
        path = self.daemon.path(name)
        made = self.boctl("backup", path)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(made.stdout.count(b"\n"), 3, made.stdout)  # one thing a line
        return path

    def check(self, path, key=None):
        """What boctl restore would be told; (is it sound, the text)."""
        shutil.copy(path, self.beside("incoming"))
        command = [DAEMON, "--check-restore", "--state=" + self.daemon.state]
        run = subprocess.run([*command, *(["--key=" + key] if key else [])], env=self.daemon.environment(), check=False,
                             capture_output=True)
        with open(self.beside("verdict"), encoding="utf-8") as file:
            word, text = file.read().split("\n", 1)
        self.assertEqual(run.returncode, 0 if word == "sound" else 1)
        self.assertEqual(os.path.exists(self.beside("checked")), word == "sound")
        return word == "sound", text

    def refuses(self, path, pattern, **more):
        sound, text = self.check(path, **more)
        self.assertFalse(sound)
        self.assertRegex(text, pattern)
        os.unlink(self.beside("incoming"))

    def restore(self, path):
        """As boctl does, without systemd."""
        self.assertTrue(self.check(path)[0])
        os.rename(self.beside("checked"), self.beside("restore"))
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()


class Backups(Hands):
    def setUp(self):
        if self.daemon.process.poll() is not None:
            self.daemon.start()
        self.manager("AcceptDatabase", "a{sv}", {})

    # Made
    def test_it_is_whole_for_ones_own_eyes_and_recorded(self):
        _, name = self.person()
        path = self.backup()
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertFalse(os.path.exists(self.beside("backup")))
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as copy:  # of use without bo
            self.assertEqual(copy.execute("SELECT COUNT(*) FROM account WHERE name = ?", (name,)).fetchone(), (1,))
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        with open(path, "rb") as file:
            file.seek(-END, os.SEEK_END)
            self.assertRegex(file.read(), rb"^\nbo backup 1\nversion 0.1.0\nschema \d+\nmade \d+\naudit \d+\nbytes \d+\n"
                             rb"key [0-9a-f]{16}\nsealed ")
        row = self.manager("ListAudit", "a{sv}su", {"Event": ("s", "backup-made")}, "", 1)[0][0]
        self.assertEqual(row["Detail"], f"bytes={os.path.getsize(path)}")

    def test_it_goes_to_the_standard_output_as_well(self):
        self.person()
        made = self.boctl("backup", "-")
        self.assertEqual(made.returncode, 0, made.stderr)
        with open(self.daemon.path("out"), "wb") as file:
            file.write(made.stdout)
        self.assertTrue(self.check(self.daemon.path("out"))[0])

    def test_one_at_a_time_and_none_for_others(self):
        uid, _ = self.person()
        one, other = self.client(), self.client()
        one.call(ROOT, MANAGER, "Backup", "a{sv}", {})
        self.refused("Busy", other.call, ROOT, MANAGER, "Backup", "a{sv}", {})
        self.refused("BadValue", other.call, ROOT, MANAGER, "GetBackup")
        self.refused("NotAllowed", self.manager, "Backup", "a{sv}", {}, uid=uid)
        one.close()
        while True:  # it ends with its connection
            try:
                other.call(ROOT, MANAGER, "Backup", "a{sv}", {})
                break
            except BusError as error:
                self.assertIn("Busy", error.full_name)

    def test_no_byte_of_it_is_handed_out_unrecorded(self):
        self.person()
        before = len(self.manager("ListAudit", "a{sv}su", {"Event": ("s", "backup-made")}, "", 100)[0])
        client = self.client()
        client.call(ROOT, MANAGER, "Backup", "a{sv}", {})
        deadline, piece = time.monotonic() + WAIT, None
        while piece is None:  # it never asks how far it is
            try:
                piece, = client.call(ROOT, MANAGER, "ReadBackup", "tu", 0, 100)
            except BusError as error:
                self.assertIn("BadValue", error.full_name)
                self.assertLess(time.monotonic(), deadline)
        self.assertTrue(bytes(piece).startswith(b"SQLite format 3"))
        rows = self.manager("ListAudit", "a{sv}su", {"Event": ("s", "backup-made")}, "", 100)[0]
        self.assertEqual(len(rows), before + 1)
        client.call(ROOT, MANAGER, "ReadBackup", "tu", 100, 100)
        client.call(ROOT, MANAGER, "GetBackup")
        rows = self.manager("ListAudit", "a{sv}su", {"Event": ("s", "backup-made")}, "", 100)[0]
        self.assertEqual(len(rows), before + 1, "once")

    def test_who_logs_in_meanwhile_gets_in_and_the_copy_is_of_one_moment(self):
        people = [self.person()[1] for _ in range(3)]
        failed, stop = [], threading.Event()

        def storm(name):
            client = self.daemon.client()
            while not stop.is_set():
                if Talk(client, "auth", name).answer(GOOD).outcome != "Success":
                    failed.append(name)
            client.close()
        threads = [threading.Thread(target=storm, args=(name,)) for name in people]
        for thread in threads:
            thread.start()
        try:
            paths = [self.backup(f"storm{n}") for n in range(3)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failed, [])
        for path in paths:
            sound, text = self.check(path)
            self.assertTrue(sound, text)
            self.assertRegex(text, r"rows of the audit trail came since")

    # The audit trail, whole
    def export(self, *words, json=True):
        said = self.boctl("audit", "export", *words, *(["--json"] if json else []))
        self.assertEqual(said.returncode, 0, said.stderr)
        lines = said.stdout.decode().splitlines()
        return [ljson(line) for line in lines] if json else list(csv.reader(lines))

    def test_the_trail_is_exported_whole_and_in_order_while_rows_are_added(self):
        people = [self.person()[1] for _ in range(2)]
        stop = threading.Event()

        def storm():
            client = self.daemon.client()
            while not stop.is_set():
                Talk(client, "auth", people[0]).answer("wrong guess 1")
                Talk(client, "auth", people[1]).answer(GOOD)
            client.close()
        thread = threading.Thread(target=storm)
        thread.start()
        try:
            exports = [self.export() for _ in range(5)]
        finally:
            stop.set()
            thread.join()
        for rows in exports:
            self.assertEqual([row["sequence"] for row in rows], list(range(1, len(rows) + 1)))
        for row in self.manager("ListAudit", "a{sv}su", {}, "", 1000)[0]:
            if row["Sequence"] <= len(exports[-1]):
                said = exports[-1][row["Sequence"] - 1]
                self.assertEqual((said["event"], said["detail"]), (row["Event"], row["Detail"]))
        self.assertEqual({len(row["hash"]) for row in exports[-1]}, {64})
        self.assertEqual(len({row["hash"] for row in exports[-1]}), len(exports[-1]))

    def test_csv_says_the_same_and_times_choose(self):
        self.person()
        at = self.daemon.now + 3600
        self.daemon.set_clock(at)
        uid, _ = self.person()
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", 'he said "x" and "y"')})
        rows, table = self.export(), self.export(json=False)
        self.assertEqual(table[0], ["sequence", "time", "event", "actor", "subject", "customer", "detail", "hash"])
        self.assertEqual([[row["sequence"], row["time"], row["event"], row["detail"], row["hash"]] for row in rows],
                         [[int(row[0]), row[1], row[2], row[6], row[7]] for row in table[1:]])
        late = self.export("--since", f"@{at}")
        self.assertEqual(late, [row for row in rows if row["sequence"] >= late[0]["sequence"]])
        self.assertEqual(late[0]["event"], "user-created")
        early = self.export("--until", f"@{at}")
        self.assertEqual(early + late, rows)
        path = self.daemon.path("trail.csv")
        self.assertEqual(self.boctl("audit", "export", path).returncode, 0)
        with open(path, newline="", encoding="utf-8") as file:
            self.assertEqual(list(csv.reader(file)), table)
        self.assertEqual(self.boctl("audit", "export", "--since", "some day").returncode, 2)

    def test_nobody_else_reads_the_file_of_an_export(self):
        self.person()
        path = self.daemon.path("trail.csv")
        self.assertEqual(self.boctl("audit", "export", path, umask=0).returncode, 0)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_a_row_that_is_missing_is_no_gap_in_an_export(self):
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.database, self.daemon.path("before"))
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("DELETE FROM audit WHERE sequence = 2")
            database.commit()
        self.daemon.start()
        said = self.boctl("audit", "export", "--json")
        self.assertEqual(said.returncode, 1)
        self.assertIn(b"audit trail", said.stderr)
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.daemon.path("before"), self.database)
        os.unlink(self.beside("mark"))
        self.daemon.start()

    # Looked at
    def test_what_is_no_sound_backup_is_refused(self):
        self.person()
        path, other = self.backup(), self.daemon.path("other")

        def changed(at, what):
            shutil.copy(path, other)
            with open(other, "r+b") as file:
                file.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
                file.write(what)
            return other
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            whole = file.read()
        for length in (0, 100, END, size // 2, size - END, size - 1):
            with open(other, "wb") as file:
                file.write(whole[:length])
            self.refuses(other, "not copied whole")
        shutil.copy(self.database, other)
        self.refuses(other, "no backup of bo")
        self.refuses(changed(size // 2, b"\xa5" * 64), "changed or damaged")
        audit = whole.rindex(b"\naudit ") + 7
        self.refuses(changed(audit, b"8" if whole[audit] == b"9"[0] else b"9"), "changed or damaged")
        self.refuses(changed(whole.rindex(b"sealed ") + 9, b"00000"), "no key here opens it")
        with open(self.daemon.path("key"), "wb") as file:
            file.write(os.urandom(32))
        os.chmod(self.daemon.path("key"), 0o600)
        self.refuses(path, "no key here opens it", key=self.daemon.path("key"))
        self.refuses(path, "no key here", key=self.daemon.path("nokey"))

    def test_a_log_that_a_killed_look_has_left_changes_nothing_behind_the_seal(self):
        path = self.backup()
        self.daemon.kill()
        self.daemon.start()
        _, name = self.person()
        self.daemon.kill()  # with a log that knows him
        shutil.copy(self.database + "-wal", self.daemon.path("wal"))
        self.daemon.start()
        for ending in "-wal", "-journal":
            shutil.copy(self.daemon.path("wal"), self.beside("incoming" + ending))
        sound, text = self.check(path)
        self.assertTrue(sound, text)
        with contextlib.closing(sqlite3.connect(self.beside("checked"))) as database:
            self.assertEqual(database.execute("SELECT COUNT(*) FROM account WHERE name = ?", (name,)).fetchone(), (0,))
        os.unlink(self.beside("checked"))

    def test_only_what_was_sealed_is_found_sound(self):
        """Another boctl restore, after the first was ended and its look was not."""
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        with contextlib.closing(sqlite3.connect(self.database)) as database:  # so that it takes its time
            database.execute("CREATE TABLE pad (bytes BLOB)")
            database.execute("INSERT INTO pad VALUES (zeroblob(30000000))")
            database.commit()
        self.daemon.start()
        path, forged = self.backup(), self.daemon.path("forged")
        shutil.copy(path, forged)
        with contextlib.closing(sqlite3.connect(forged)) as database:
            database.execute("UPDATE account SET password_hash = ''")
            database.commit()
        shutil.copy(path, self.beside("incoming"))
        look = subprocess.Popen([DAEMON, "--check-restore", "--state=" + self.daemon.state], env=self.daemon.environment())
        deadline, opened = time.monotonic() + WAIT, set()
        while self.beside("incoming") not in opened:
            self.assertLess(time.monotonic(), deadline)
            with contextlib.suppress(OSError):
                opened = {os.readlink(entry.path) for entry in os.scandir(f"/proc/{look.pid}/fd")}
        os.rename(forged, self.beside("incoming"))
        self.assertEqual(look.wait(WAIT), 1)
        with open(self.beside("verdict"), encoding="utf-8") as file:
            self.assertRegex(file.read(), "^refused\nAnother one was put in its place")
        self.assertFalse(os.path.exists(self.beside("checked")))
        os.unlink(self.beside("incoming"))
        self.assertEqual(self.daemon.stop(), 0)
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("DROP TABLE pad")
            database.execute("VACUUM")
        self.daemon.start()

    # Put in place
    def test_restored_it_is_as_it_was_and_an_old_copy(self):
        uid, name = self.person()
        path = self.backup()
        late, late_name = self.person()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.user(uid, "Disable", "a{sv}", {"Reason": ("s", "left")})
        sound, text = self.check(path)
        self.assertTrue(sound)
        self.assertRegex(text, rf"user-disabled  {name}\n")
        self.assertRegex(text, rf"password-changed  {name}\n")
        self.assertNotEqual(self.auth(name, OTHER), "Success")
        self.restore(path)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertNotEqual(self.auth(late_name, GOOD), "Success")
        self.assertGreater(self.person()[0], late)
        found = [row for row in self.manager("Check", "a{sv}", {})[0] if row["Part"] == "database"]
        self.assertEqual(len(found), 1)
        self.assertTrue(os.path.exists(self.beside("replaced-1")))
        self.manager("VerifyAudit", "t", 0)

    def test_one_with_a_broken_trail_is_refused_but_goes_by_hand(self):
        """As docs/backup.md has it."""
        _, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.database, self.daemon.path("before"))
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("UPDATE audit SET detail = 'never mind' WHERE sequence = 2")
            database.commit()
        self.daemon.start()
        path = self.backup()
        self.refuses(path, "audit trail in it is not whole.*docs/backup.md")
        subprocess.run(["sh", "-c", f"head -c -4096 {path} > {self.beside('restore')}"], check=True)
        self.daemon.restart()
        self.assertFalse(os.path.exists(self.beside("restore")))
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.refused("AuditBroken", self.manager, "VerifyAudit", "t", 0)
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.daemon.path("before"), self.database)
        os.unlink(self.beside("mark"))
        self.daemon.start()

    def test_of_the_same_moment_it_is_no_old_copy(self):
        self.person()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        path = self.backup()
        # Nothing is older: the row that records the backup came behind it, and is lost with it.
        self.restore(path)
        text = self.finding(self.door())
        self.assertIn("(1 rows of the audit trail are lost)", text)

    def test_a_kill_at_any_step_leaves_the_old_or_the_new_one_whole(self):
        """Each state that a kill can leave between two steps, then a start."""
        uid, name = self.person()
        path = self.backup()
        late, late_name = self.person()
        wal = self.database + "-wal"
        for step in range(4):
            self.daemon.kill()  # with a log that is not moved into the database
            self.assertTrue(os.path.exists(wal))
            shutil.copy(path, self.beside("incoming"))
            subprocess.run([DAEMON, "--check-restore", "--state=" + self.daemon.state], check=True,
                           env=self.daemon.environment())
            if step == 0:  # looked at, no more: the old one stays
                os.unlink(self.beside("checked"))
                self.daemon.start()
                self.assertEqual(self.auth(late_name, GOOD), "Success")
                continue
            os.rename(self.beside("checked"), self.beside("restore"))
            kept = self.beside(f"replaced-{max(self.kept(), default=0) + 1}")
            if step >= 2:
                os.link(self.database, kept)
            if step == 3 and os.path.exists(wal):
                os.rename(wal, kept + "-wal")
            before = self.kept()
            self.daemon.start()
            self.assertEqual(len(self.kept()), len(before) + (step == 1), "kept once")
            self.assertEqual(self.auth(name, GOOD), "Success")
            self.assertNotEqual(self.auth(late_name, GOOD), "Success")
            self.manager("VerifyAudit", "t", 0)
            late, late_name = self.person()

    def test_a_kill_in_the_midst_of_a_backup_leaves_nothing_of_it(self):
        _, name = self.person()
        for _ in range(20):
            client = self.daemon.client()
            client.call(ROOT, MANAGER, "Backup", "a{sv}", {})
            self.daemon.kill()
            client.close()
            left = os.path.exists(self.beside("backup"))
            self.daemon.start()
            self.assertFalse(os.path.exists(self.beside("backup")))
            self.assertEqual(self.auth(name, GOOD), "Success")
            if left:
                break
        self.assertTrue(left, "never was it killed in the midst")
        self.assertTrue(self.check(self.backup())[0])

    def test_what_a_killed_restore_has_left_is_gone_with_the_next_start(self):
        path, copies = self.backup(), ("incoming", "incoming-wal", "checked", "verdict")

        def left():
            return [name for name in copies if os.path.exists(self.beside(name))]
        for name in copies:
            shutil.copy(path, self.beside(name))
        directory = os.open(self.daemon.state, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)  # as boctl restore does while it is at work
            self.daemon.restart()
            self.assertEqual(left(), list(copies))
        finally:
            os.close(directory)
        self.daemon.restart()
        self.assertEqual(left(), [])

    def kept(self):
        return [int(name.rsplit("-", 1)[1]) for name in os.listdir(self.daemon.state)
                if name.startswith("accounts.db.replaced-") and name.rsplit("-", 1)[1].isdigit()]

    def test_it_helps_where_the_database_is_damaged_or_gone(self):
        _, name = self.person()
        path = self.backup()
        for harm in (lambda: os.truncate(self.database, 5000), lambda: os.unlink(self.database)):
            self.assertEqual(self.daemon.stop(), 0)
            harm()
            self.assertTrue(self.check(path)[0])
            os.rename(self.beside("checked"), self.beside("restore"))
            self.daemon.start()
            self.assertEqual(self.auth(name, GOOD), "Success")

    def test_on_another_host_with_the_key_it_opens_but_nothing_of_it_is_open(self):
        uid, name = self.person()
        _, other, link = self.create()
        path = self.backup()
        there = Daemon()
        try:
            there.start()
            there.stop()
            shutil.copy(os.path.join(self.daemon.state, "key"), os.path.join(there.state, "key"))
            shutil.copy(path, os.path.join(there.state, "accounts.db.incoming"))
            subprocess.run([DAEMON, "--check-restore", "--state=" + there.state], check=True, env=there.environment())
            os.rename(os.path.join(there.state, "accounts.db.checked"), os.path.join(there.state, "accounts.db.restore"))
            there.start()
            client = there.client()
            self.assertEqual(Talk(client, "auth", name).answer(GOOD).outcome, "Success")
            self.assertNotEqual(Talk(client, "auth", other).answer(link).outcome, "Success")
            self.assertRegex(self.finding(client), "mark beside the database")
            client.close()
        finally:
            there.clear()


class FullDisk(Hands):
    """A state directory on a small disk."""

    def setUp(self):
        disk = tempfile.mkdtemp(prefix="bo-disk-")
        self.addCleanup(os.rmdir, disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40M,mode=755", "bo-test", disk], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("needs to mount")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        self.daemon, self.filler = Daemon(state=os.path.join(disk, "state")).start(), os.path.join(disk, "filler")
        self.addCleanup(self.daemon.clear)

    def leave(self, left):
        """So many bytes of the disk."""
        disk = os.statvfs(self.daemon.state)
        with open(self.filler, "ab") as file:
            os.posix_fallocate(file.fileno(), 0, file.tell() + disk.f_bavail * disk.f_frsize - left)

    def test_a_backup_leaves_room_for_logins(self):
        _, name = self.person()
        os.sync()
        self.leave((20 << 20) + 4096)  # there is room for the copy, but then not for much else
        said = self.boctl("backup", self.daemon.path("copy"))
        self.assertEqual(said.returncode, 3)
        self.assertIn(b"There is no room for a copy beside the database", said.stderr)
        self.assertFalse(os.path.exists(self.beside("backup")))
        self.assertFalse(os.path.exists(self.daemon.path("copy")))
        self.assertEqual(self.auth(name, GOOD), "Success")
        os.unlink(self.filler)
        self.assertTrue(self.check(self.backup())[0])

    def test_a_file_that_cannot_be_written_is_told_as_what_it_is(self):
        self.person()
        self.leave(24 << 20)
        small = os.path.join(os.path.dirname(self.filler), "copy")
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
        said = self.boctl("backup", small, preexec_fn=limit, restore_signals=False)
        self.assertEqual(said.returncode, 1)
        self.assertIn(f"Cannot write {small}: File too large".encode(), said.stderr)
        self.assertEqual([name for name in os.listdir(os.path.dirname(small)) if name.startswith("copy")], [])
        with open("/dev/full", "wb") as full:
            said = subprocess.run([BOCTL, "--socket=" + self.daemon.socket, "backup", "-"], stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(said.returncode, 1)
        self.assertIn(b"No space left on device", said.stderr)


class Keys(Hands):
    """Backups beside rotations of the sealing key."""

    def setUp(self):
        """A daemon of its own: its ring has one key."""
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.clear)

    def key_file(self, name):
        """A copy of it, as an operator keeps one."""
        path = self.daemon.path(name)
        shutil.copy(os.path.join(self.daemon.state, "key"), path)
        return path

    def present(self):
        return self.manager("GetKeyStatus", "a{sv}", {})[0][0]["Id"]

    def rotate(self):
        self.assertEqual(self.boctl("sealing-key", "rotate", "--yes").returncode, 0)

    def retire(self):
        end = time.monotonic() + WAIT
        while self.boctl("sealing-key", "retire", "--yes").stdout.find(b"1 sealing key was retired") < 0:
            self.assertLess(time.monotonic(), end)

    def test_of_before_a_rotation_it_is_restored_after_it(self):
        uid, name, secret = self.with_otp()
        robot, robot_name = self.program()
        key, = self.user(robot, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        path = self.backup()
        self.rotate()
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")
        self.restore(path)
        self.daemon.pass_time(120)  # codes up to now count as used
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")
        self.assertEqual(self.auth(robot_name, key, service="door"), "Success")
        self.manager("VerifyAudit", "t", 0)
        self.assertTrue(self.check(self.backup("next"))[0])

    def test_of_before_a_retirement_it_needs_the_key_file_of_then(self):
        _, name = self.person()
        robot, robot_name = self.program()
        key, = self.user(robot, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        first, before, ring_before = self.present(), self.backup("before"), self.key_file("one")
        self.rotate()
        between, ring_between = self.backup("between"), self.key_file("two")  # the API key has not moved
        self.assertEqual(self.auth(robot_name, key, service="door"), "Success")
        for who in (name, robot_name):
            self.assertEqual(self.auth(who, GOOD, service="loose" if who == name else "door"), "Success")
        moved = self.backup("moved")
        self.retire()
        for path in (before, between):
            self.refuses(path, f"needs the sealing key {first}, which was retired here since. Put the key file of that "
                               "time in place first")
        self.assertTrue(self.check(moved)[0])
        for path, ring in ((before, ring_before), (between, ring_between)):
            self.assertTrue(self.check(path, key=ring)[0])
        # As it says: the key file of then first, then the backup.
        self.assertEqual(self.daemon.stop(), 0)
        os.replace(ring_between, os.path.join(self.daemon.state, "key"))
        self.assertTrue(self.check(between)[0])
        os.rename(self.beside("checked"), self.beside("restore"))
        self.daemon.start()
        self.assertEqual(self.auth(robot_name, key, service="door"), "Success")
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.manager("VerifyAudit", "t", 0)


if __name__ == "__main__":
    main()
