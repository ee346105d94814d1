#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No password, token, key or code in the files, in the log, or on the system bus, whatever was done."""

from world import *


class Secrets(Case):
    @classmethod
    def setUpClass(cls):
        cls.bus = SystemBus()
        cls.addClassCleanup(cls.bus.clear)
        cls.daemon = Daemon(SETTINGS + "RecoveryCodes=yes\n" + SERVICES, bus=cls.bus).start()
        cls.addClassCleanup(cls.daemon.clear)
        cls.capture = cls.daemon.path("capture")
        with open(cls.capture, "wb") as file:
            cls.monitor = subprocess.Popen(
                ["dbus-monitor", "--binary", "--address", f"unix:path={cls.bus.socket}"],
                stdout=file, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.end_monitor)
        cls.live = cls("remember")
        cls.secrets = set()
        with cls.bus.client() as client:
            cls.bus.named(client)
        cls.wait_for(b"NameHasOwner", cls.live.ping)
        cls.live.run_through()
        cls.live.doCleanups()
        cls.wait_for(b"the-last-word", lambda: cls.live.ping("the-last-word"))

    @classmethod
    def end_monitor(cls):
        cls.monitor.terminate()
        cls.monitor.wait(WAIT)

    @classmethod
    def wait_for(cls, word, provoke):
        """Polls until the capture holds @word: the monitor writes when it likes."""
        deadline = time.monotonic() + WAIT
        while True:
            provoke()
            with open(cls.capture, "rb") as file:
                if word in file.read():
                    return
            assert time.monotonic() < deadline, "the monitor sees nothing"

    def ping(self, name="nobody"):
        with self.bus.client() as client:
            client.call("/", "org.freedesktop.DBus", "NameHasOwner", "s", "org.none",
                        destination="org.freedesktop.DBus")
            try:
                client.call(ROOT, MANAGER, "GetUser", "s", name)
            except BusError:
                pass

    def remember(self, *secrets):
        for secret in secrets:
            data = secret if isinstance(secret, bytes) else secret.encode()
            self.secrets.update((data, data.lower(), data.replace(b"-", b"")))

    def run_through(self):
        """Everything that handles a secret, well and badly."""
        self.remember(GOOD, OTHER, "a mistyped Password 5", "hunter2 as a user name")
        self.named = self.new_name()
        uid, name, link = self.create(self.named, FullName="Alice Baker")
        self.remember(link)
        self.auth(name, link, GOOD, GOOD)
        reset = self.reset(uid)
        self.remember(reset)
        self.auth(name, reset, "short", GOOD, GOOD, OTHER, OTHER)
        self.auth(name, "a mistyped Password 5")
        self.auth("hunter2 as a user name", "a mistyped Password 5")
        secret, _ = self.begin_otp(uid)
        self.remember(secret, base64.b32decode(secret), base64.b32decode(secret).hex())
        codes = [self.code(secret)]
        for password in ("a mistyped Password 5", OTHER):
            try:
                self.user(uid, "ConfirmOtp", "ayaya{sv}", codes[0].encode(), password.encode(), {}, uid=uid)
            except BusError as error:
                assert error.name == "WrongCredentials", error
        codes.append(self.fresh_code(secret))
        self.auth(name, OTHER, codes[1])
        self.auth(name, OTHER, codes[1])
        codes.append(self.fresh_code(secret))
        self.auth(name, OTHER + codes[2], service="gate")
        codes.append(self.fresh_code(secret))
        self.remember(*codes)
        recovery, = self.user(uid, "CreateRecoveryCodes", "ayaya{sv}", codes[3].encode(), OTHER.encode(), {}, uid=uid)
        self.remember(*recovery)
        for _ in range(2):
            self.auth(name, OTHER, recovery[0])
        self.auth(name, OTHER + recovery[1], service="gate")
        at_prompt = self.person()[1]
        talk = self.talk("auth", at_prompt, service="vault").answer(GOOD)
        typed = talk.text.split("into it: ")[1].split()[0]
        talk.answer(self.fresh_code(typed))
        self.remember(typed, *[line for line in talk.text.split("\n") if line.startswith("R")])
        talk.answer("")
        self.user(uid, "ChangePassword", "ayaya{sv}", OTHER.encode(), b"brought in at 5 o'clock", {}, uid=uid)
        self.remember(b"brought in at 5 o'clock")
        self.program("for robots alone 66")
        self.remember("for robots alone 66")
        self.keys()
        with self.bus.client() as client:  # somebody takes the wrong door
            self.refused("PrivateSocketOnly", client.call, ROOT, MANAGER, "CreateUser", "a{sv}", {})
            client.call(f"{ROOT}/user/_{uid}", PROPERTIES, "GetAll", "s", USER)
        self.refused("Unavailable", self.broken)

    def keys(self):
        """R78: made by a person and for a program, typed where they are right, where they are wrong, and cut off."""
        (alice, person), (robot, program) = self.person(), self.program()
        for uid, name, actor in ((alice, person, alice), (robot, program, 0)):
            key, = self.user(uid, "CreateApiKey", "ayaya{sv}", GOOD.encode(), b"", {}, uid=actor)
            self.remember(key, key[12:44])
            for service, answer in (("door", key), ("door", key), ("sshd", key), ("door", key[:-1] + "0"),
                                    ("door", key[:30])):
                self.auth(name, answer, service=service)
            self.auth(key, key, service="door")  # in the place of the name
            self.user(uid, "DeleteApiKey", "a{sv}", {}, uid=actor)

    def broken(self):
        """The daemon speaks of its errors as well: a login while the store is damaged."""
        self.daemon.stop()
        shutil.copytree(self.daemon.state, self.daemon.path("whole"))
        with open(os.path.join(self.daemon.state, "accounts.db"), "r+b") as file:
            file.write(b"nothing" * 2000)
        self.daemon.start()
        try:
            self.talk("auth", self.named)
        finally:
            self.daemon.stop()
            shutil.rmtree(self.daemon.state)
            os.rename(self.daemon.path("whole"), self.daemon.state)
            self.daemon.start()

    def search(self, path, *known):
        """@known must be found, else it would be no wonder that nothing else is."""
        with open(path, "rb") as file:
            content = file.read()
        for word in known:
            self.assertTrue(word.encode() in content, f"no {word} in {path}")
        self.assertGreater(len(self.secrets), 15)
        for secret in self.secrets:
            if len(secret) == 6 and secret.isdigit():  # a code: only where it is no part of something else
                self.assertNotRegex(content, rb"(?<![0-9])" + secret + rb"(?![0-9])", path)
            else:
                self.assertFalse(secret in content, f"{secret} in {path}")

    def test_none_in_the_files_of_the_store(self):
        files = [os.path.join(folder, name) for folder, _, names in os.walk(self.daemon.state) for name in names
                 if not name.endswith(".new")]  # which is there for a moment, before it is renamed
        self.assertGreaterEqual({os.path.basename(path) for path in files}, {"accounts.db", "key"})
        for path in files:
            self.search(path)
        store = b""
        for path in files:
            with open(path, "rb") as file:
                store += file.read()
        self.assertTrue(self.live.named.encode() in store, "the user is not in the store")

    def test_none_in_the_log(self):
        self.search(self.daemon.path("log"), self.live.named, "refused")

    def test_none_on_the_system_bus(self):
        self.search(self.capture, self.live.named, "LoginFailed", "Alice Baker")

    def test_none_in_the_audit_trail(self):
        self.assertTrue(self.audit(Event="otp-enabled"))
        said = repr(self.audit()).encode()
        for secret in self.secrets:
            self.assertNotIn(secret, said)

    def test_files_of_the_store_are_the_daemons_alone(self):
        for name in ("accounts.db", "key"):
            self.assertEqual(os.stat(os.path.join(self.daemon.state, name)).st_mode & 0o777, 0o600, name)


if __name__ == "__main__":
    main()
