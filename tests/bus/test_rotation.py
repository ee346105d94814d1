#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Another sealing key while people log in: no login fails, and who is killed at any step goes on."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

import pexpect

from wire import Gone
from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
SITE = SETTINGS + "RecoveryCodes=yes\n" + SERVICES


class Rotation(Case):
    SETTINGS = SITE

    def setUp(self):
        """A daemon of its own: its ring has one key."""
        self.daemon = Daemon(SITE).start()
        self.addCleanup(self.daemon.clear)

    @property
    def key_file(self):
        return os.path.join(self.daemon.state, "key")

    def status(self):
        return self.manager("GetKeyStatus", "a{sv}", {})[0]

    def states(self):
        return [row["State"] for row in self.status()]

    def until(self, condition, what):
        end = time.monotonic() + WAIT
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: {self.status()}\n{self.daemon.said()}")
            os.sched_yield()

    def settled(self):
        """Nothing is coming, and nothing waits to be sealed anew."""
        self.until(lambda: "coming" not in self.states() and not any(
            row["OneTimeCodes"] or row["Mails"] for row in self.status()[1:]), "the rotation does not end")

    def rotate(self):
        new, = self.manager("RotateKey", "a{sv}", {})
        self.settled()
        self.assertEqual(self.status()[0]["Id"], new)
        return new

    def retire(self):
        """How many; somebody may still be busy with the keys of before."""
        retired = []

        def done():
            try:
                retired.extend(self.manager("RetireKeys", "a{sv}", {}))
            except BusError as error:
                self.assertEqual(error.name, "Busy")
            return retired
        self.until(done, "the keys are never settled")
        return retired[0]

    def whole(self):
        self.manager("VerifyAudit", "t", 0)

    def saved(self):
        with open(self.key_file, "rb") as file:
            return file.read()

    def put(self, ring):
        with open(self.key_file, "wb") as file:
            file.write(ring)

    def test_all_that_was_stored_stays_good_and_moves_with_its_use(self):
        uid, name, secret = self.with_otp()
        lost, lost_name = self.person()
        recovery, = self.user(uid, "CreateRecoveryCodes", "ayaya{sv}", self.fresh_code(secret).encode(), GOOD.encode(),
                              {}, uid=uid)
        robot, robot_name = self.program()
        key, = self.user(robot, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        link = self.reset(lost)
        before = self.status()[0]
        self.assertGreaterEqual(before["Passwords"], 3)
        self.assertEqual((before["ApiKeys"], before["Tokens"], before["OneTimeCodes"]), (1, 1, 1))
        new = self.rotate()
        old = self.status()[1]
        self.assertEqual(old["Id"], before["Id"])
        self.assertEqual((old["Passwords"], old["RecoveryCodes"], old["OneTimeCodes"]), (before["Passwords"], 10, 0))

        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")
        self.assertEqual(self.auth(name, GOOD, recovery.split()[0] if isinstance(recovery, str) else recovery[0],
                                   service="vault"), "Success")
        self.assertEqual(self.auth(robot_name, key, service="door"), "Success")
        self.assertEqual(self.auth(robot_name, GOOD, service="door"), "Success")
        self.assertEqual(self.auth(lost_name, link, OTHER, OTHER, service="loose"), "Success")
        moved = {row["Id"]: row for row in self.status()}
        self.assertEqual((moved[before["Id"]]["ApiKeys"], moved[before["Id"]]["Tokens"]), (0, 0))
        self.assertEqual(moved[before["Id"]]["Passwords"], before["Passwords"] - 3)
        self.assertEqual(moved[new]["Passwords"], 3)
        self.assertEqual(moved[new]["ApiKeys"], 1)
        self.assertEqual(moved[before["Id"]]["RecoveryCodes"], 9)
        # The password of before is remembered under the key of before (R46).
        self.refused("PasswordReused", self.user, lost, "ChangePassword", "ayaya{sv}", OTHER.encode(), GOOD.encode(), {},
                     uid=lost)
        self.assertEqual(self.auth(robot_name, key, service="door"), "Success")
        self.daemon.restart()
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")
        self.whole()

    def test_R38_no_lock_opens_or_closes_by_a_rotation(self):
        uid, name = self.person()
        stranger = self.new_name()
        for who in (name, stranger):
            self.wrong(who, 4)
        self.rotate()
        told = {who: [self.auth(who, f"guess {n}") for n in range(4)] for who in (name, stranger)}
        # What root is told of the first differs, here as ever; what a person is shown does not.
        self.assertEqual(told[name][1:], told[stranger][1:])
        self.assertEqual({told[name][0], told[stranger][0]}, {"WrongCredentials", "NoSuchUser"})
        self.assertEqual(told[name][1], "LockedAttempts")

    def logging_in(self, people, stop, outcomes):
        """All the time, by connections of its own."""
        def run(name):
            client = self.daemon.client()
            while not stop.is_set():
                outcomes.append(Talk(client, "auth", name).answer(GOOD).outcome)
            client.close()
        threads = [threading.Thread(target=run, args=(name,)) for name in people]
        for thread in threads:
            thread.start()
        return threads

    def test_no_login_fails_during_rotations(self):
        people = [self.person()[1] for _ in range(4)]
        stop, outcomes = threading.Event(), []
        threads = self.logging_in(people, stop, outcomes)
        try:
            for _ in range(5):
                seen = len(outcomes)
                self.rotate()
                self.until(lambda seen=seen: len(outcomes) >= seen + 8, "nobody logs in")
        finally:
            stop.set()
            for thread in threads:
                thread.join(WAIT)
        self.assertEqual(set(outcomes), {"Success"})
        self.assertEqual(len(self.status()), 6)
        self.whole()
        self.until(lambda: all(self.auth(name, GOOD) == "Success" for name in people), "")
        self.assertEqual(self.retire(), 5)
        self.assertEqual(self.states(), ["present", *["retired"] * 5])
        self.whole()
        self.daemon.restart()
        self.assertEqual({self.auth(name, GOOD) for name in people}, {"Success"})
        self.whole()

    def test_who_is_killed_at_any_moment_goes_on(self):
        uid, name, secret = self.with_otp()
        for step in range(12):
            client = self.daemon.client()
            kill = threading.Timer(step * 0.002, self.daemon.process.kill)
            kill.start()
            try:
                client.call(ROOT, MANAGER, "RotateKey", "a{sv}", {})
            except (BusError, Gone, OSError):
                pass
            kill.join()
            client.close()
            self.daemon.kill()
            self.daemon.start()
            self.settled()
            self.assertEqual(self.states().count("present"), 1)
            self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success", step)
            self.whole()
            if len(self.status()) >= 6:
                self.retire()

    def test_each_step_that_was_not_reached_is_made_by_the_next_start(self):
        uid, name = self.person()
        alone = self.saved()
        self.assertEqual(self.daemon.stop(), 0)
        # The key is in the file, and nothing else.
        subprocess.run([DAEMON, "--add-key=" + self.key_file], check=True, stdout=subprocess.PIPE)
        coming = self.saved()
        self.daemon.start()
        self.settled()
        self.assertEqual(self.states(), ["present", "older"])
        self.assertEqual(self.auth(name, GOOD), "Success")
        in_force = self.saved()
        self.assertNotEqual(in_force, coming)
        # It is in force in the store, and the file does not say so yet; another was being written.
        self.daemon.kill()
        self.put(coming)
        with open(self.key_file + ".new", "wb") as file:
            file.write(b"half")
        self.daemon.start()
        self.settled()
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.saved(), in_force)
        self.whole()
        # It is retired in the store, and in the file still.
        self.assertEqual(self.retire(), 1)
        self.daemon.kill()
        self.put(in_force)
        self.daemon.start()
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.retire(), 1)
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.whole()
        self.assertNotIn(alone, self.saved(), "the retired key itself is gone")

    def test_a_credential_of_systemd_is_rotated_by_hand(self):
        uid, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        credentials = self.daemon.path("credentials")
        os.mkdir(credentials)
        os.rename(self.key_file, os.path.join(credentials, "key"))
        environment = self.daemon.environment
        self.daemon.environment = lambda: dict(environment(), CREDENTIALS_DIRECTORY=credentials)
        self.daemon.start()
        self.assertIn("--add-key", self.refused("WrongState", self.manager, "RotateKey", "a{sv}", {}))
        self.refused("WrongState", self.manager, "RetireKeys", "a{sv}", {})
        self.assertEqual(self.daemon.stop(), 0)
        subprocess.run([DAEMON, "--add-key=" + os.path.join(credentials, "key")], check=True, stdout=subprocess.PIPE)
        for _ in range(2):
            self.daemon.start()
            self.until(lambda: self.states() == ["present", "older"], "it does not come in force")
            self.assertEqual(self.auth(name, GOOD), "Success")
            self.whole()
            self.daemon.stop()
        self.daemon.start()
        self.assertFalse(os.path.exists(self.key_file))
        self.turns_of_a_credential_by_hand(name, os.path.join(credentials, "key"))

    def turns_of_a_credential_by_hand(self, name, credential):
        """Another key, and older ones out of it: as `boctl check` and the program itself tell."""
        def by_hand(*arguments, code=0):
            done = subprocess.run([DAEMON, *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return done.stderr
        ids = lambda: [row["Id"] for row in self.status()]
        present, first = ids()
        self.assertIn("--present", by_hand("--add-key=" + credential, code=1))
        self.assertIn("newest key is not", by_hand("--add-key=" + credential, "--present=" + first, code=1))
        by_hand("--add-key=" + credential, "--present=" + present)
        self.daemon.stop()
        self.daemon.start()
        self.until(lambda: self.states() == ["present", "older", "older"], "it does not come in force")
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.until(lambda: len(self.key_findings()) == 2, "it does not move")
        self.assertIn("--present", by_hand("--retire-key=" + present, "--key=" + credential, code=1))
        for finding in self.key_findings():
            arguments = re.search("`bo-accountd ([^`]*) --key=FILE`", finding["Remedy"]).group(1).split()
            self.assertIn(arguments[0].partition("=")[2], finding["Text"])
            by_hand(*arguments, "--key=" + credential)
        self.assertIn("--key=FILE", by_hand("--retire-key=" + first, code=1))
        self.daemon.stop()
        self.daemon.start()
        self.until(lambda: self.states() == ["present", "retired", "retired"], "they are not retired")
        self.until(lambda: all(row["Retired"] for row in self.status()[1:]), "it is not noted")
        self.assertEqual(len(self.audit(Event="sealing-key-retired")), 2)
        self.assertEqual(self.key_findings(), [])
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.whole()

    def key_findings(self):
        return [row for row in self.manager("Check", "a{sv}", {})[0] if row["Part"] == "key"]

    def test_who_rotates_twice_by_mistake_is_told(self):
        first = self.status()[0]["Id"]
        self.manager("RotateKey", "a{sv}", {"Present": ("s", first)})
        self.settled()
        self.refused("WrongState", self.manager, "RotateKey", "a{sv}", {"Present": ("s", first)})
        for _ in range(6):
            self.rotate()
        self.assertIn("retire", self.refused("WrongState", self.manager, "RotateKey", "a{sv}", {}))
        self.assertEqual(len(self.status()), 8)
        for event in ("sealing-key-added", "sealing-key-in-force"):
            self.assertEqual(len(self.audit(Event=event)), 7, event)

    def test_a_backup_of_before_a_rotation_is_good_with_the_ring(self):
        uid, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(os.path.join(self.daemon.state, "accounts.db"), self.daemon.path("copy"))
        self.daemon.start()
        self.rotate()
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.daemon.stop(), 0)
        shutil.copy(self.daemon.path("copy"), os.path.join(self.daemon.state, "accounts.db"))
        self.daemon.start()
        self.settled()
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.states(), ["present", "older"])
        self.whole()

    # A disk that does not take it
    def on_small_disk(self):
        """The key file, alone on it; what fills it."""
        disk = tempfile.mkdtemp(prefix="bo-disk-")
        self.addCleanup(os.rmdir, disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64K,mode=755", "bo-test", disk], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("needs to mount")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        self.assertEqual(self.daemon.stop(), 0)
        key = shutil.copy2(self.key_file, os.path.join(disk, "key"))
        self.daemon.more = ["--key=" + key]
        return key, os.path.join(disk, "filler")

    def fill(self, filler):
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    def test_a_key_file_that_cannot_be_written_is_told_and_nothing_is_lost(self):
        key, filler = self.on_small_disk()
        self.daemon.start()
        _, name = self.person()
        with open(key, "rb") as file:
            ring = file.read()

        def fails(why):
            self.assertIn(f"{key}: {why}", self.refused("Unavailable", self.manager, "RotateKey", "a{sv}", {}))
            self.assertEqual(self.auth(name, GOOD), "Success")
            self.assertEqual(self.states(), ["present"])
            self.assertFalse(os.path.exists(key + ".new"))
            with open(key, "rb") as file:
                self.assertEqual(file.read(), ring)
        self.fill(filler)
        fails("No space left on device")
        os.unlink(filler)
        remount = ["mount", "-o", "remount,ro", os.path.dirname(key)]
        subprocess.run(remount, check=True)
        fails("Read-only file system")
        self.assertNotIn("could not be served", self.daemon.said(), "the store is as it was")
        subprocess.run([*remount[:2], "remount,rw", remount[3]], check=True)
        self.rotate()
        self.fill(filler)
        self.assertEqual(self.auth(name, GOOD), "Success")  # and so it moves
        text = ""

        def refused():
            nonlocal text
            text = self.refusal("RetireKeys")
            return "retired in the database" in text.lower()
        self.until(refused, "it is not told")
        os.unlink(filler)
        self.assertEqual(self.retire(), 1)
        self.assertEqual(self.states(), ["present", "retired"])
        self.whole()
        self.daemon.restart()
        self.assertEqual(self.auth(name, GOOD), "Success")

    def refusal(self, member):
        with self.assertRaises(BusError) as caught:
            self.manager(member, "a{sv}", {})
        return caught.exception.text

    def test_a_key_comes_in_force_though_the_file_cannot_say_so(self):
        key, filler = self.on_small_disk()
        self.daemon.start()
        _, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        subprocess.run([DAEMON, "--add-key=" + key], check=True, stdout=subprocess.PIPE)
        self.fill(filler)
        for _ in range(2):
            self.daemon.start()
            self.until(lambda: len(self.audit(Event="sealing-key-in-force")) == 1, "it does not come in force")
            self.until(lambda: "The key file cannot be written: No space" in self.daemon.said(), "nobody tells")
            self.assertEqual(self.auth(name, GOOD), "Success")
            self.whole()
            self.assertIn("under way", self.refusal("RetireKeys"))
            self.assertEqual(self.daemon.stop(), 0)
        os.unlink(filler)
        self.daemon.start()
        self.settled()
        self.assertEqual(self.states(), ["present", "older"])
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.whole()

    # At the command line
    def boctl(self, *words, code=0, uid=0):
        """Without a terminal."""
        said = subprocess.run([BOCTL, "--socket=" + self.daemon.socket, *words], capture_output=True, text=True, user=uid,
                              group=uid, extra_groups=[], timeout=60, check=False, start_new_session=True)
        self.assertEqual(said.returncode, code, said.stderr)
        return said.stdout + said.stderr

    def asked(self, answer, *words, code=0):
        """At a terminal, where the question is answered; all that was shown."""
        child = pexpect.spawn(BOCTL, ["--socket=" + self.daemon.socket, *words], encoding="utf-8", timeout=WAIT)
        child.expect("Type yes: ")
        shown = child.before
        child.sendline(answer)
        shown += child.read()
        child.close()
        self.assertEqual(child.exitstatus, code, shown)
        return shown

    def test_boctl_rotates_when_somebody_says_yes(self):
        uid, name = self.person()
        first = self.status()[0]["Id"]
        self.assertIn("say --yes", self.boctl("sealing-key", "rotate", code=1))
        for answer in ("no", "y", ""):
            self.assertIn("Nothing was changed", self.asked(answer, "sealing-key", "rotate", code=1))
        self.assertEqual(self.states(), ["present"])
        shown = self.asked("yes", "sealing-key", "rotate")
        second = self.status()[0]["Id"]
        self.assertNotEqual(first, second)
        self.assertIn(f"The sealing key {second} is in force", shown)
        said = json.loads(self.boctl("sealing-key", "rotate", second, "--yes", "--json"))["sealing-key"][0]
        self.assertEqual((said["in_force"], said["key"]), (True, self.status()[0]["Id"]))
        self.assertIn("somebody has rotated already", self.boctl("sealing-key", "rotate", second, "--yes", code=6))
        self.assertEqual(self.states(), ["present", "older", "older"])
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.boctl("sealing-key", "rotate", "--yes", code=4, uid=uid)

    def test_boctl_shows_what_hangs_on_each_key(self):
        uid, name, secret = self.with_otp()
        self.person()
        self.boctl("sealing-key", "rotate", "--yes")
        self.settled()
        self.assertEqual(self.auth(name, GOOD, self.fresh_code(secret), service="vault"), "Success")
        rows = json.loads(self.boctl("sealing-key", "status", "--json"))["keys"]
        self.assertEqual([(row["id"], row["state"], row["passwords"], row["one_time_codes"]) for row in rows],
                         [(row["Id"], row["State"], row["Passwords"], row["OneTimeCodes"]) for row in self.status()])
        self.assertEqual([(row["passwords"], row["one_time_codes"]) for row in rows], [(1, 1), (1, 0)])
        table = self.boctl("sealing-key", "status")
        for row in rows:
            self.assertRegex(table, rf"(?m)^{row['id']} +{row['state']} ")
        self.boctl("sealing-key", "status", code=4, uid=uid)

    def test_boctl_retires_what_it_names_when_somebody_says_yes(self):
        uid, name = self.person()
        robot, _ = self.program()
        self.user(robot, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        first = self.status()[0]["Id"]
        self.assertIn("there is no older sealing key", self.boctl("sealing-key", "retire"))
        self.boctl("sealing-key", "rotate", "--yes")
        self.settled()
        self.assertIn("None was retired: on each", self.boctl("sealing-key", "retire"), "nobody is asked for nothing")
        self.user(robot, "DeleteApiKey", "a{sv}", {})
        self.assertIn("say --yes", self.boctl("sealing-key", "retire", code=1))
        self.assertIn(f"Retire {first}", self.asked("no", "sealing-key", "retire", code=1))
        self.assertEqual(self.states(), ["present", "older"])
        for others in "0", first[:-1], first + "0", self.status()[0]["Id"]:
            self.assertEqual(self.manager("RetireKeys", "a{sv}", {"Keys": ("s", others)})[0], 0, "nobody was asked about it")
        self.assertEqual(self.states(), ["present", "older"])
        self.assertIn("1 sealing key was retired", self.asked("yes", "sealing-key", "retire"))
        self.assertEqual(self.states(), ["present", "retired"])
        self.assertIn("None was retired", self.boctl("sealing-key", "retire"))
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.boctl("sealing-key", "retire", code=4, uid=uid)

    def test_a_key_file_that_is_gone_or_another_is_told_while_it_can_be_mended(self):
        def said():
            return [row["Text"] for row in self.manager("Check", "a{sv}", {})[0] if row["Part"] == "key"]
        _, name = self.person()
        self.assertEqual(said(), [])
        ring = self.saved()
        for harm, text in ((b"x" * 31, "is damaged"), (b"x" * 32, "is not the one in use"), (None, "is gone")):
            if harm:
                self.put(harm)
            else:
                os.unlink(self.key_file)
            self.assertIn(text, said()[0])
            self.refused("Unavailable", self.manager, "RotateKey", "a{sv}", {})
            self.assertEqual(self.auth(name, GOOD), "Success", "with the keys in memory")
            self.put(ring)
            os.chmod(self.key_file, 0o600)
        self.assertEqual(said(), [])
        self.rotate()
        self.daemon.restart()
        self.assertEqual(self.auth(name, GOOD), "Success")

    def test_who_never_logs_in_keeps_no_key(self):
        """More often than there is room for keys, and his password is good at the end, and moves."""
        _, idle = self.person()
        _, robot = self.program()
        for _ in range(9):
            self.rotate()
            self.assertEqual(self.retire(), 1)
        oldest = self.status()[-1]
        self.assertEqual((oldest["State"], oldest["Passwords"]), ("retired", 2))
        self.daemon.restart()
        self.assertEqual(self.auth(idle, "a wrong guess"), "WrongCredentials")
        self.assertEqual(self.auth(idle, GOOD), "Success")
        self.assertEqual(self.auth(robot, GOOD, service="door"), "Success")
        self.assertEqual((self.status()[-1]["Passwords"], self.status()[0]["Passwords"]), (0, 2))
        self.whole()

    def test_an_old_key_and_one_on_which_nothing_hangs_are_told(self):
        def said():
            return [row["Text"] for row in self.manager("Check", "a{sv}", {})[0] if row["Part"] == "key"]
        self.person()
        self.assertEqual(said(), [])
        self.daemon.pass_time(366 * DAY)
        self.assertRegex(said()[0], "in force for 366 days")
        self.rotate()
        self.assertEqual(said(), [])
        self.daemon = Daemon(SITE).start()
        self.addCleanup(self.daemon.clear)
        self.rotate()
        self.assertRegex(said()[0], "Nothing hangs on the sealing key")
        self.assertEqual(self.retire(), 1)
        self.assertEqual(said(), [])


if __name__ == "__main__":
    main()
