# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing secret in the journal, the database, the memory of the daemon or on the system bus."""

import base64
import re
import subprocess

from machine import wait_until
from scenario import Scenario
from server import DATABASE


class Secrets(Scenario):
    """One busy hour first, then a search for all that was typed, shown or handed out in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        cls.bus_log = server.root / "tmp/bus"
        cls.monitor = server.start("exec dbus-monitor --system --binary >/tmp/bus")
        wait_until(lambda: cls.bus_log.exists() and cls.bus_log.stat().st_size > 0, 5, "the monitor of the bus")
        cls.busy_hour(cls)
        cls.needles = sorted({form for secret in server.secrets for form in cls.forms(secret)})
        # A reload closes nothing and frees nothing that a login held; idle is what comes after it.
        server.run("systemctl reload bo-accountd.service && boctl roles")

    @classmethod
    def tearDownClass(cls):
        cls.monitor.kill()
        cls.monitor.wait()

    @staticmethod
    def forms(secret):
        """As typed; tokens without their dashes; secrets of the factor as bytes."""
        yield secret.encode()
        if "-" in secret and len(secret) > 30:
            yield secret.replace("-", "").encode()
        if re.fullmatch(r"[A-Z2-7]{32}", secret):
            yield base64.b32decode(secret)

    def busy_hour(self):
        server, keep = self.server, self.server.keep_secret
        person = server.person("sue@shop.example")
        person.ssh().is_asked("Password: ", keep("Zq7-guess-at-ssh-1")).sees("Permission denied").leave()
        person.ssh("password").is_asked("password: ", keep("Zq7-guess-at-ssh-2")).sees("Permission denied").leave()
        person.console().is_asked("Password: ", keep("Zq7-guess-at-console")).sees("incorrect").leave()
        server.talk("login").is_asked("login: ", keep("Zq7-password-as-name")).is_asked("Password: ", keep(
            "Zq7-guess-for-nobody")).sees("incorrect").leave()
        new = server.new_password()
        talk = person.passwd().is_asked("Current password: ", person.password)
        talk.is_asked("New password: ", keep("Zq7-first-of-two-1")).is_asked("Repeat new password: ",
                                                                           keep("Zq7-second-of-two"))
        talk.leave()
        talk = person.passwd().is_asked("Current password: ", person.password)
        talk.is_asked("New password: ", new).is_asked("Repeat new password: ", new).ends()
        person.password = new
        person.enable_otp()
        server.clock.forward("60s")
        code = keep(person.code())
        person.ssh().is_asked("Password: ", new).is_asked("One-time code: ", code).at_shell().leave()
        token = server.reset(person)
        server.clock.forward("60s")
        third = server.new_password()
        talk = person.ssh().is_asked("Password: ", token).is_asked("One-time code: ", keep(person.code()))
        talk.is_asked("New password: ", third).is_asked("Repeat new password: ", third).at_shell().leave()
        person.password = third
        robot = server.robot("sync1")
        key = robot.make_key(by_root=True)
        robot.ssh("password").is_asked("password: ", key).sees("Permission denied").leave()
        robot.console().is_asked("Password: ", key).sees("incorrect").leave()
        server.run(["boctl", "key", "delete", robot.name])
        person.ssh("password").is_asked("password: ", Secrets.key_by_code(person)).sees("Permission denied").leave()
        server.create("never-activated@shop.example")

    @staticmethod
    def key_by_code(person):
        """With the factor on, a code is asked for as well (R72)."""
        person.server.clock.forward("60s")
        talk = person.server.talk("boctl key create", user=person.name).is_asked("Login password: ", person.password)
        talk.is_asked("One-time code: ", person.code())
        status, text = talk.ends()
        assert status == 0, text
        return person.server.keep_secret(re.search(r"bo_\w{8}_\w{38}", talk.seen + text)[0])

    def assertNothingIn(self, data, where):
        found = [needle for needle in self.needles if self.is_in(needle, data)]
        self.assertEqual(found, [], f"found in {where}")

    @staticmethod
    def is_in(needle, data):
        """Six digits turn up in any large heap of bytes: a code counts where a message shows it as a word."""
        if needle.isdigit():
            return re.search(rb"MESSAGE=.*(?<!\w)" + needle + rb"(?!\w)", data) is not None
        return needle in data

    def test_search_would_find_something(self):
        """The names, which are no secret, are in all of these places."""
        for data in (self.journal(), self.database(), self.memory(), self.bus_log.read_bytes()):
            self.assertIn(b"sue@shop.example", data)

    def journal(self):
        return self.server.run("journalctl -o export --no-pager").encode()

    def database(self):
        return b"".join((self.server.root / path.strip().lstrip("/")).read_bytes()
                        for path in self.server.run(f"ls {DATABASE}*").splitlines())

    def memory(self):
        """What a core file could hold and more: every page that is mapped, locked ones as well."""
        pid = self.server.host_pid(self.server.daemon_pid())
        pages = []
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "r" not in line.split()[1] or "[v" in line:
                    continue
                memory.seek(begin)
                try:
                    pages.append(memory.read(end - begin))
                except OSError:
                    continue
        return b"".join(pages)

    def test_journal(self):
        self.assertNothingIn(self.journal(), "the journal")

    def test_files_of_the_log(self):
        logs = b"".join(path.read_bytes() for path in (self.server.root / "var/log").iterdir() if path.is_file())
        self.assertNothingIn(logs, "/var/log")

    def test_database(self):
        self.assertNothingIn(self.database(), "the database")

    def test_snapshot(self):
        data = b"".join(path.read_bytes() for path in (self.server.root / "var/lib/bo-accountd/nss").iterdir())
        self.assertNothingIn(data, "the snapshot")

    def test_system_bus(self):
        self.assertNothingIn(self.bus_log.read_bytes(), "the messages on the system bus")

    def test_memory_of_the_daemon(self):
        self.assertNothingIn(self.memory(), "the daemon's memory")

    def test_core_file(self):
        """gcore writes what a crash would: readable mappings that are not marked as not to be dumped."""
        pid = self.server.host_pid(self.server.daemon_pid())
        core = self.server.root / "tmp/core"
        subprocess.run(["gdb", "-q", "-batch", "-p", str(pid), "-ex", f"generate-core-file {core}"], check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
        data = core.read_bytes()
        self.assertIn(b"sue@shop.example", data)
        self.assertNothingIn(data, "a core file")
