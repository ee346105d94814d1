#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon bears: being killed, overrun, fed with rubbish, and robbed of its store."""

import random
import sqlite3

from wire import CALL, INTERFACE, MEMBER, PATH, message
from world import *


class Case(Case):
    """Each test has a daemon of its own."""

    @classmethod
    def setUpClass(cls):
        pass

    def begin(self, settings=SETTINGS + SERVICES, **more):
        self.daemon = Daemon(settings, **more).start()
        self.addCleanup(self.daemon.clear)
        return self.daemon

    def database(self):
        return os.path.join(self.daemon.state, "accounts.db")

    def until(self, what, holds):
        """Polls: the daemon tells of this by nothing else."""
        deadline = time.monotonic() + WAIT
        while not holds():
            self.assertLess(time.monotonic(), deadline, what)


class Crash(Case):
    def test_what_was_acknowledged_is_there_after_a_kill(self):
        self.begin()
        passwords, uids = {}, {}
        uid, name = self.person()
        passwords[name] = GOOD
        for round_number in range(20):
            self.daemon.pass_time(2 * DAY)
            wanted = f"{random.choice('abcdefgh')}nother phrase number {round_number}"
            path = f"{ROOT}/user/_{uid}"
            creator, changer = self.client(), self.client(uid)
            asked = [creator.send(ROOT, MANAGER, "CreateUser", "a{sv}", {"Name": ("s", self.new_name())})
                     for _ in range(30)]
            change = changer.send(path, USER, "ChangePassword", "ayaya{sv}", passwords[name].encode(),
                                  wanted.encode(), {})
            kill_at, changed = random.randrange(30), False
            if round_number % 2:
                changer.wait(change)
                changed = True
            try:
                for serial in asked[:kill_at]:
                    made, made_name, _ = creator.wait(serial)
                    uids[made_name] = int(made.rsplit("_", 1)[1])
            finally:
                self.daemon.kill()
            for client in (creator, changer):
                changed |= self.drain(client, change if client is changer else None, uids)
            self.daemon.start()
            for made_name, made in uids.items():
                self.assertEqual(self.manager("GetUser", "s", made_name), (f"{ROOT}/user/_{made}",))
            if changed:
                self.assertEqual(self.auth(name, wanted), "Success")
            elif self.auth(name, wanted) != "Success":  # not acknowledged: either is right
                wanted = passwords[name]
                self.assertEqual(self.auth(name, wanted), "Success")
            passwords[name] = wanted
        self.assertEqual(len(set(uids.values())), len(uids))
        self.assertGreater(self.manager("VerifyAudit", "t", 0)[0], len(uids))
        rows = self.audit(Event="user-created")
        self.assertLessEqual(set(uids.values()), {row["Subject"] for row in rows})

    def drain(self, client, change, uids):
        """Answers that were on their way when it died count as well."""
        try:
            while True:
                client.receive()
        except (Gone, ConnectionError):
            pass
        for error, values in client.replies.values():
            if not error and len(values) == 3:
                uids[values[1]] = int(values[0].rsplit("_", 1)[1])
        return change is not None and client.replies.get(change, ("x",))[0] is None

    def test_R38_charge_is_written_before_the_password_is_tested(self):
        self.begin()
        uid, name = self.person()
        for number in range(1, 7):
            talk = self.talk("auth", name)
            talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, b"a wrong guess 1")
            store = sqlite3.connect(self.database())
            self.until("the charge", lambda: store.execute(
                "SELECT COALESCE(SUM(failures), 0) FROM lockout").fetchone()[0] == number)
            store.close()
            self.daemon.kill()
            self.daemon.start()
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")

    def test_stop_finishes_what_was_accepted(self):
        self.begin(SETTINGS.replace("HashMemory=1M", "HashMemory=64M"))
        uid, name = self.person()
        talks = [self.talk("auth", name) for _ in range(4)]
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode()) for talk in talks]
        client = self.client()
        client.call(ROOT, MANAGER, "ListRoles")  # the steps were read before this
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual([talk.client.wait(serial) for talk, serial in zip(talks, serials)], [("done", "Success")] * 4)
        self.assertEqual(self.daemon.process.wait(WAIT), 0)
        self.daemon.notify.close()
        self.daemon.start()
        self.assertEqual(len(self.audit(Subject=uid, Event="login-succeeded")), 5)


class Reload(Case):
    def reload(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.told("READY=1")

    def test_hangup_takes_new_settings(self):
        self.begin()
        uid, name = self.person()
        self.daemon.configure(SETTINGS + "LockoutAttempts=3\n")
        self.reload()
        self.assertEqual(self.wrong(name, 3), ["WrongCredentials"] * 2 + ["LockedAttempts"])

    def test_bad_settings_keep_the_old_ones_and_are_told(self):
        self.begin(SETTINGS + "LockoutAttempts=3\n")
        uid, name = self.person()
        self.daemon.configure(SETTINGS + "LockoutAttempts=4\nLockoutDurations=1h\n")
        self.reload()
        self.assertIn("LockoutDurations", self.daemon.said())
        self.assertIn("LockoutDuration", self.daemon.said())
        self.assertEqual(self.wrong(name, 3), ["WrongCredentials"] * 2 + ["LockedAttempts"])
        os.unlink(self.daemon.path("etc", "roles.conf"))
        self.reload()
        self.assertIn("viewer", [role["Name"] for role in self.manager("ListRoles")[0]])

    def test_conversation_goes_on_across_a_reload(self):
        self.begin()
        _, name = self.person()
        talk = self.talk("auth", name)
        self.reload()
        self.assertEqual(talk.answer(GOOD).outcome, "Success")


class Load(Case):
    def test_full_queue_answers_busy_and_drops_nothing(self):
        self.begin(SETTINGS.replace("HashMemory=1M", "HashMemory=64M") + "HashQueue=16\nHashWorkers=1\n")
        uid, name = self.person()
        talks = [self.talk("auth", name) for _ in range(40)]
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode()) for talk in talks]
        answers, busy = [], []
        for talk, serial in zip(talks, serials):
            try:
                answers.append(talk.client.wait(serial))
            except BusError as error:
                self.assertEqual(error.name, "Busy")
                busy.append(talk)
        self.assertEqual(set(answers), {("done", "Success")})
        self.assertGreaterEqual(len(answers), 4)  # a quarter of the queue: they are of one source
        self.assertTrue(busy)
        for talk in busy:  # nothing was lost: the same answer may be given again
            self.assertEqual(talk.answer(GOOD).outcome, "Success")

    def test_busy_hashing_does_not_delay_look_ups(self):
        self.begin(SETTINGS.replace("HashMemory=1M", "HashMemory=64M").replace("Passes=1", "Passes=20")
                   + "HashWorkers=1\n")
        uid, name = self.person()
        talks = [self.talk("auth", name) for _ in range(4)]
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode()) for talk in talks]
        client = self.client()
        for _ in range(20):
            client.call(ROOT, MANAGER, "GetUser", "s", name)
        self.assertEqual(Talk(client, "account", name).outcome, "Success")
        talks[3].client.socket.setblocking(False)
        with self.assertRaises(BlockingIOError):
            talks[3].client.receive()
        talks[3].client.socket.settimeout(WAIT)
        for talk, serial in zip(talks, serials):
            self.assertEqual(talk.client.wait(serial), ("done", "Success"))

    def test_client_that_vanishes_in_mid_request_harms_nobody(self):
        self.begin()
        uid, name = self.person()
        for number in range(60):
            client = self.daemon.client()
            talk = Talk(client, "auth", name)
            client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode())
            if number % 2:
                client.send(ROOT, MANAGER, "ListUsers", "sa{sv}su", "", {}, "", 1000)
                client.send(f"{ROOT}/user/_{uid}", PROPERTIES, "GetAll", "s", USER)
            client.close()
        self.assertEqual(self.auth(name, GOOD), "Success")
        with self.daemon.client(uid) as client:
            client.send(f"{ROOT}/user/_{uid}", USER, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {})
        self.until("what a vanished client asked for is done", lambda: "by the user" == self.audit(
            Event="password-changed", Subject=uid)[0]["Detail"])
        self.assertEqual(self.auth(name, OTHER), "Success")

    def test_connections_of_one_user_are_bounded_and_root_is_still_served(self):
        self.begin()
        kept, refused = [], 0
        for _ in range(300):
            try:
                kept.append(self.daemon.client(65534))
            except Gone:
                refused += 1
        self.addCleanup(lambda: [client.close() for client in kept])
        self.assertEqual(len(kept) + refused, 300)
        self.assertIn(len(kept), range(4, 65))
        self.assertEqual(self.auth(self.person()[1], GOOD), "Success")
        kept.pop().close()
        self.until("a place gets free", self.admitted)

    def admitted(self):
        try:
            self.daemon.client(65534).close()
        except Gone:
            return False
        return True

    def test_conversations_of_one_connection_are_bounded(self):
        self.begin()
        client = self.client()
        talks = [Talk(client, "auth", "stranger@shop.example") for _ in range(8)]
        self.refused("Busy", Talk, client, "auth", "stranger@shop.example")
        talks[0].cancel()
        Talk(client, "auth", "stranger@shop.example")
        self.assertEqual(self.auth("stranger@shop.example", "x"), "NoSuchUser")

    def test_second_answer_before_the_first_is_judged_is_refused(self):
        self.begin(SETTINGS.replace("HashMemory=1M", "HashMemory=64M"))
        talk = self.talk("auth", "stranger@shop.example")
        serials = [talk.client.send(ROOT, LOGIN, "Step", "tay", talk.login, b"guess") for _ in range(2)]
        self.refused("Busy", talk.client.wait, serials[1])
        self.assertEqual(talk.client.wait(serials[0]), ("done", "NoSuchUser"))


class Rubbish(Case):
    def serves(self):
        self.assertGreater(len(self.manager("ListRoles")[0]), 3)

    def test_calls_that_come_together_with_the_greeting_are_answered(self):
        self.begin()
        for number in (1, 2, 30):
            client = Client.__new__(Client)
            Client.greet, greet = lambda *_: None, Client.greet
            try:
                client.__init__(self.daemon.socket)
            finally:
                Client.greet = greet
            self.addCleanup(client.close)
            client.socket.sendall(b"\0AUTH EXTERNAL 30\r\n")
            self.assertTrue(client.socket.recv(256).startswith(b"OK "))
            client.socket.sendall(b"BEGIN\r\n" + b"".join(
                message(CALL, serial, {PATH: ROOT, INTERFACE: MANAGER, MEMBER: "ListRoles"})
                for serial in range(1, number + 1)))
            for serial in range(1, number + 1):
                self.assertGreater(len(client.wait(serial)[0]), 3)

    def test_uid_of_a_client_is_what_the_kernel_says(self):
        self.begin()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(WAIT)
            os.seteuid(65534)
            try:
                client.connect(self.daemon.socket)
            finally:
                os.seteuid(0)
            client.sendall(b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n")
            self.assertFalse(client.recv(256).startswith(b"OK "))

    def test_rubbish_in_the_place_of_a_greeting_or_a_message_is_dropped(self):
        self.begin()
        source = random.Random(7)
        for number in range(60):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(self.daemon.socket)
                junk = source.randbytes(source.randrange(1, 3000))
                try:
                    client.sendall((b"" if number % 3 else b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n") + junk)
                except ConnectionError:
                    pass
        self.serves()

    def test_damaged_messages_are_refused_and_nobody_else_notices(self):
        self.begin()
        whole = message(CALL, 1, {PATH: ROOT, INTERFACE: LOGIN, MEMBER: "Begin"}, "sa{sv}", (
            "auth", {"protocol": ("u", 1), "user": ("s", "x"), "service": ("s", "sshd")}))
        for at in range(len(whole)):
            client = self.daemon.client()
            damaged = bytearray(whole)
            damaged[at] ^= 0xff
            client.socket.sendall(damaged)
            client.close()
        self.serves()

    def test_message_that_is_too_long_is_not_waited_for(self):
        self.begin()
        client = self.client()
        client.socket.sendall(struct.pack("<BBBBII", ord("l"), CALL, 0, 1, 1 << 30, 1) + bytes(16))
        with self.assertRaises((Gone, ConnectionError)):
            client.receive()
        self.serves()

    def test_wrong_signatures_are_refused(self):
        self.begin()
        client = self.client()
        for member, kinds, values in (("GetUser", "u", (1,)), ("GetUser", "", ()), ("CreateUser", "s", ("x",)),
                                      ("ListUsers", "s", ("x",)), ("GetUser", "ss", ("x", "y"))):
            with self.assertRaises(BusError) as caught:
                client.call(ROOT, MANAGER, member, kinds, *values)
            self.assertEqual(caught.exception.name, "InvalidArgs")
        with self.assertRaises(BusError) as caught:
            client.call(ROOT, MANAGER, "DropAllUsers")
        self.assertEqual(caught.exception.name, "UnknownMethod")

    def test_answers_of_half_a_megabyte_are_refused_and_not_kept(self):
        self.begin()
        talk = self.talk("auth", "stranger@shop.example")
        self.refused("BadValue", talk.step, b"x" * 500000)
        self.assertEqual(talk.step(b"\0" * 512).skip().outcome, "NoSuchUser")

    def test_texts_of_a_context_are_cut_and_cleaned(self):
        self.begin()
        self.auth("stranger@shop.example", "x", service="ss\nhd\x1b[2J" + "x" * 5000, rhost="evil\nhost",
                  tty="\x07" * 300)
        row = self.audit(Event="login-failed")[0]
        self.assertTrue(row["Detail"].isprintable(), row)
        self.assertNotIn("evil", row["Detail"])
        self.assertLess(len(row["Detail"]), 300)


class Store(Case):
    def unavailable(self, name):
        """Every way in is refused at once, and says why."""
        with self.daemon.client() as client:
            self.refused("Unavailable", Talk, client, "auth", name)
            self.refused("Unavailable", client.call, ROOT, MANAGER, "GetUser", "s", name)
            self.refused("Unavailable", client.call, ROOT, MANAGER, "CreateUser", "a{sv}", {"Name": ("s", "x@y.example")})
            state, = client.call(ROOT, PROPERTIES, "Get", "ss", MANAGER, "State")
        self.assertTrue(state.startswith("unavailable: "), state)

    def test_damaged_database_is_unavailable_and_served_again_when_mended(self):
        self.begin()
        _, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        with open(self.database(), "rb") as file:
            whole = file.read()
        for damaged in (b"This is no database." * 500, whole[:100] + bytes(4000) + whole[4100:]):
            with open(self.database(), "wb") as file:
                file.write(damaged)
            self.daemon.start()
            self.unavailable(name)
            with open(self.database(), "wb") as file:
                file.write(whole)
            self.until("it serves again", lambda: self.served(name))
            self.assertEqual(self.auth(name, GOOD), "Success")
            self.assertEqual(self.daemon.stop(), 0)
            with open(self.database(), "rb") as file:
                whole = file.read()
        self.daemon.start()

    def served(self, name):
        try:
            self.manager("GetUser", "s", name)
        except BusError as error:
            self.assertEqual(error.name, "Unavailable")
            return False
        return True

    def test_newer_schema_is_refused_and_left_alone(self):
        self.begin()
        _, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        store = sqlite3.connect(self.database())
        self.assertEqual(store.execute("UPDATE schema SET version = version + 1").rowcount, 1)
        store.commit()
        store.close()
        self.daemon.start()
        self.unavailable(name)

    def on_small_disk(self):
        """A state folder on a file system of its own, in this process's own mount namespace."""
        folder = tempfile.mkdtemp(prefix="bo-disk-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0711", "tmpfs", folder],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("tmpfs may not be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def test_full_disk_is_unavailable_and_served_again_when_there_is_room(self):
        folder = self.on_small_disk()
        self.begin(state=folder)
        uid, name = self.person()
        filler = os.path.join(folder, "filler")
        with open(filler, "wb", buffering=0) as file, self.assertRaises(OSError):
            while True:
                file.write(bytes(65536))
        with open(filler, "ab", buffering=0) as file, self.assertRaises(OSError):
            while True:
                file.write(bytes(512))
        refusals = 0
        for _ in range(400):  # until what room its files have is used up
            try:
                self.create()
            except BusError as error:
                self.assertEqual(error.name, "Unavailable")
                refusals += 1
                if refusals > 3:
                    break
        self.assertGreater(refusals, 3)
        verdicts = [self.attempt(name) for _ in range(4)]
        self.assertLessEqual(set(verdicts), {"Unavailable", "WrongCredentials"})
        os.unlink(filler)
        # What cannot be counted is not tested.
        self.assertEqual(len(self.audit(Subject=uid, Event="login-failed")), verdicts.count("WrongCredentials"))
        self.assertEqual(self.auth(name, GOOD), "Success")
        self.assertEqual(self.get(uid, "Status"), "active")
        self.assertGreater(self.manager("VerifyAudit", "t", 0)[0], 0)

    def attempt(self, name):
        try:
            return self.auth(name, "a wrong guess 1")
        except BusError as error:
            return error.name

    def test_read_only_disk_refuses_logins_and_serves_again(self):
        folder = self.on_small_disk()
        self.begin(state=folder)
        _, name = self.person()
        self.assertEqual(self.daemon.stop(), 0)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        self.daemon.start()
        self.refused("Unavailable", self.create)
        try:
            talk = self.talk("auth", name)
        except BusError as error:
            self.assertEqual(error.name, "Unavailable")
        else:
            self.refused("Unavailable", talk.step, GOOD)
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        self.until("it serves again", lambda: self.served(name))
        self.assertEqual(self.auth(name, GOOD), "Success")


if __name__ == "__main__":
    main()
