# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine on which somebody has installed bo as README.md says, and the people who use it."""

import json
import os
import pathlib
import re
import secrets
import subprocess

import totp
from machine import Machine, wait_until
from talk import Talk

TOP = pathlib.Path(__file__).resolve().parents[3]

# What README.md has an administrator set; the rest lets root in by each way, and lets everybody use sudo.
SSHD = """KbdInteractiveAuthentication yes
PasswordAuthentication yes
PermitRootLogin yes
MaxStartups 100
"""
SUDOERS = """Defaults passwd_tries=1, !lecture, timestamp_timeout=0
ALL ALL=(root) ALL
"""
SSH = ["ssh", "-o", "NumberOfPasswordPrompts=1"]

# Whoever sits there knows the machine already, and has read its greeting.
FAMILIAR = """set -e
sed 's/^/localhost /' /etc/ssh/ssh_host_ed25519_key.pub >/etc/ssh/ssh_known_hosts
rm -f /etc/motd /etc/update-motd.d/*
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519 </dev/null
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
"""

DATABASE = "/var/lib/bo-accountd/accounts.db"
SOCKET = "/run/bo-accountd/bus"
NAME = "org.backoffice.Accounts1"


def packages(folder=None, mail=False):
    """The .deb files to install: from @folder, from BO_PACKAGES, or made now. With @mail also the one that
    turns mail on, after which no administrator sees a link."""
    folder = folder or os.environ.get("BO_PACKAGES") or str(TOP / "build" / "packages")
    if not os.environ.get("BO_PACKAGES"):
        subprocess.run([TOP / "tools" / "package", folder], check=True, stdout=subprocess.DEVNULL)
    return sorted(path for path in pathlib.Path(folder).glob("*.deb") if mail or not path.name.startswith("bo-maild_"))


class Server(Machine):
    def __init__(self, **options):
        super().__init__(**options)
        self.secrets = set()  # whatever must never be found anywhere

    def boot(self):
        super().boot()
        try:
            self.set_up()
        except BaseException:
            self.stop()
            raise
        return self

    def set_up(self):
        self.clock.take_over()
        self.install(packages())
        # All scenarios come from the same few addresses.
        self.write("/etc/bo/accountd.conf.d/10-machine.conf", "[Accounts]\nSourceAttempts=1000\n")
        self.run("systemctl reload bo-accountd.service")
        self.write("/etc/ssh/sshd_config.d/bo.conf", SSHD)
        self.write("/etc/sudoers.d/everybody", SUDOERS, 0o440)
        self.run("systemctl restart ssh")  # a reload answers before it is done
        self.root_at_home()

    def root_at_home(self):
        self.root_password = self.keep_secret(secrets.token_urlsafe(18))
        self.run("chpasswd", stdin=f"root:{self.root_password}\n")
        self.run(FAMILIAR)

    def keep_secret(self, text):
        self.secrets.add(text)
        return text

    def new_password(self):
        """One that every quality rule likes: cracklib calls those simplistic that run along the alphabet."""
        while True:
            text = "Zq7-" + secrets.token_urlsafe(15)
            if sum(abs(ord(one) - ord(other)) <= 1 for one, other in zip(text, text[1:])) <= 2:
                return self.keep_secret(text)

    def talk(self, command, user=None, **options):
        """Sit down at a terminal where @command runs as @user."""
        if user is not None:
            command = ["runuser", "-u", user, "--", *(["sh", "-c", command] if isinstance(command, str)
                                                      else command)]
        return Talk(self.spawn(command, **options))

    def disable(self, person):
        self.run(["boctl", "user", "disable", person.name])
        self.await_the_end(person)

    def await_the_end(self, person):
        """Until bo-sessiond has done its part: what runs as him after that is left alone."""
        uid = self.show(person)["uid"]
        wait_until(lambda: uid not in self.endings(), what="the end of his sessions")

    def endings(self):
        said = self.run(["busctl", "--json=short", f"--address=unix:path={SOCKET}", "call", NAME,
                         "/" + NAME.replace(".", "/"), NAME + ".Sessions", "ListEndings"])
        return [uid for uid, _ in json.loads(said)["data"][0]]

    def rows(self, *words):
        """What root gets from `boctl --json`: a list of objects under one name."""
        (rows,) = json.loads(self.run(["boctl", "--json", *words])).values()
        return rows

    def row(self, *words):
        (row,) = self.rows(*words)
        return row

    def create(self, name, *options):
        """`boctl user create`; the Person, with the activation token that root got."""
        return Person(self, name, self.row("user", "create", name, *options)["token"])

    def person(self, name, *options):
        """A person who is active, and has a password of his own."""
        person = self.create(name, *options)
        person.activate()
        return person

    def robot(self, name, *options):
        """An API user, with a password that root set (R7)."""
        made = self.row("user", "create", name, "--kind", "api", "--generate", *options)
        robot = Person(self, name)
        robot.password = self.keep_secret(made["password"])
        return robot

    def show(self, person):
        return self.row("user", "show", person.name)

    def reset(self, person):
        """`boctl user reset`; the token that root got."""
        return self.keep_secret(self.row("user", "reset", person.name)["token"])

    def daemon_pid(self):
        return int(self.run("systemctl show -P MainPID bo-accountd.service"))


class Person:
    def __init__(self, server, name, token=None):
        self.server = server
        self.name = name
        self.token = token and server.keep_secret(token)
        self.password = None
        self.otp_secret = None

    # Ways in. Each returns the Talk before its first question is answered.

    def ssh(self, method="keyboard-interactive", *options, command=()):
        """method: keyboard-interactive, password or publickey."""
        words = [*SSH, "-tt" if not command else "-T", "-o", f"PreferredAuthentications={method}", *options,
                 "-l", self.name, "localhost", *command]
        return self.server.talk(words)

    def console(self):
        """`login` at a terminal, with the name typed in."""
        return self.server.talk("login").is_asked("login: ", self.name)

    def sudo(self, command="id -un"):
        return self.server.talk(f"sudo {command}", user=self.name)

    def su(self):
        """Somebody else becomes this person."""
        return self.server.talk(["su", "-", self.name], user="nobody")

    def passwd(self):
        return self.server.talk("passwd", user=self.name)

    def boctl(self, *words, stdin=""):
        return self.server.try_run(["boctl", *words], user=self.name, stdin=stdin)

    # What a person does there.

    def activate(self):
        """Type the token at the password prompt, set a password twice (R24)."""
        self.activate_at(self.ssh())

    def activate_at(self, talk):
        password = self.server.new_password()
        talk.is_asked("Password: ", self.token)
        talk.is_asked("New password: ", password).is_asked("Repeat new password: ", password).at_shell()
        talk.leave()
        self.password = password

    def code(self, steps=0):
        return totp.code(self.otp_secret, self.server.clock.now(), steps)

    @staticmethod
    def secret_shown(text):
        """The base32 secret to be typed into an app, which may be parted by blanks."""
        joined = re.sub(r"(?<=[A-Z2-7]{4}) (?=[A-Z2-7]{4})", "", text)
        return re.findall(r"(?<![A-Z2-7])[A-Z2-7]{32}(?![A-Z2-7])", joined)[-1]

    def enable_otp(self):
        """`boctl otp enable`: scan or type the secret, confirm with one code and the password (R56)."""
        talk = self.server.talk("boctl otp enable", user=self.name).sees("Code of the app: ")
        self.otp_secret = self.server.keep_secret(self.secret_shown(talk.seen))
        talk.types(self.code()).is_asked("Login password: ", self.password)
        status, text = talk.ends()
        assert status == 0, text
        return text

    def make_key(self, by_root=False):
        """`boctl key create`: an API key, by oneself or, of a program, by root (R72, R7)."""
        words = ["key", "create", "--json"]
        if by_root:
            said = self.server.try_run(["boctl", *words, self.name])
        else:
            said = self.boctl(*words, stdin=self.password + "\n")
        assert said.returncode == 0, said.stdout + said.stderr
        return self.server.keep_secret(re.search(r"bo_\w{8}_\w{38}", said.stdout)[0])

    def allow_key(self):
        """Root's key opens this person's SSH login as well."""
        home = self.server.run(["getent", "passwd", self.name]).split(":")[5]
        self.server.run(["sh", "-c", 'mkdir -p "$1/.ssh" && cp /root/.ssh/id_ed25519.pub "$1/.ssh/authorized_keys" '
                         '&& chown -R "$2:" "$1" && chmod 700 "$1/.ssh"', "sh", home, self.name])
