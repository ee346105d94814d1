#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows what bo does, in a machine that is thrown away afterwards; --shell leaves you in it."""

import os
import pathlib
import re
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))

from server import Person, Server  # noqa: E402  (the path comes first)
from talk import PROMPT  # noqa: E402

ALICE = "alice@shop.example"


class Screen:
    """What a terminal of the machine shows, indented; sits where pexpect wants a log file."""

    def __init__(self):
        self.colour = sys.stdout.isatty()
        self.at_start = True

    def write(self, text):
        for piece in text.replace("\r", "").splitlines(keepends=True):
            if piece.strip("\n") or not self.at_start:
                sys.stdout.write(("  │ " if self.at_start else "") + piece)
                self.at_start = piece.endswith("\n")

    def flush(self):
        sys.stdout.flush()

    def fresh_line(self):
        if not self.at_start:
            sys.stdout.write("\n")
            self.at_start = True

    def paint(self, code, text):
        self.fresh_line()
        print(f"\033[{code}m{text}\033[0m" if self.colour else text, flush=True)

    def scene(self, text):
        print()
        self.paint("1;36", f"━━ {text}")

    def says(self, text):
        self.paint("33", f"  » {text}")


class Demo:
    def __init__(self, server, screen):
        self.server = server
        self.screen = screen
        self.alice = None

    def root(self, command):
        """A command of root, and what it prints."""
        self.screen.fresh_line()
        self.screen.write(f"root@shop:~# {command}\n")
        result = self.server.try_run(command)
        self.screen.write(result.stdout + result.stderr)
        return result.stdout

    def types(self, talk, text, shown):
        """At a terminal that echoes nothing: say what is typed."""
        talk.types(text)
        self.screen.write(f"‹{shown}›\n")

    def ends(self, talk, admitted):
        index = talk.sees_one_of(PROMPT, "Permission denied|Connection closed|incorrect|su: |sudo: ")
        talk.leave()
        self.screen.fresh_line()
        if (index == 0) != admitted:
            raise AssertionError(f"the demo expected {'a shell' if admitted else 'a refusal'}")
        self.screen.says("logged in" if admitted else "refused")

    def ssh(self, password, shown, admitted, *more):
        """`ssh alice@...`, keyboard-interactive; @more are (question, answer) after the password."""
        self.screen.fresh_line()
        self.screen.write(f"$ ssh -l {ALICE} shop\n")
        talk = self.alice.ssh().sees("Password: ")
        self.types(talk, password, shown)
        for question, answer, shown_answer in more:
            talk.sees(question)
            if shown_answer:
                self.types(talk, answer, shown_answer)
            else:
                talk.types(answer)
        self.ends(talk, admitted)

    def new_password(self, talk, password):
        talk.sees("New password: ")
        self.types(talk, password, "a new password")
        talk.sees("Repeat new password: ")
        self.types(talk, password, "the same again")

    def activation(self):
        self.screen.scene("An administrator makes a user, and hands the activation token over")
        shown = self.root(f"boctl user create {ALICE}")
        self.alice = Person(self.server, ALICE, re.search(r"^Token: (\S+)", shown, re.M)[1])
        self.root(f"boctl user show {ALICE}")
        self.root(f"getent passwd {ALICE}")
        self.screen.scene("The user types the token at the password prompt, and sets a password of her own (R24, R74)")
        self.screen.write(f"$ ssh -l {ALICE} shop\n")
        talk = self.alice.ssh().sees("Password: ")
        self.types(talk, self.alice.token, "the token")
        talk.sees("New password: ")
        self.types(talk, "secret12", "secret12")
        self.alice.password = self.server.new_password()
        self.new_password(talk, self.alice.password)
        talk.at_shell().types("id").at_shell()
        talk.leave()
        self.screen.says("logged in")

    def lockout(self):
        self.screen.scene("Guessing: six wrong passwords lock the login for 30 minutes (R38)")
        self.screen.says("time is moved for the daemon alone; the machine's own clock runs on")
        self.server.clock.freeze()
        for _ in range(6):
            self.ssh("wrong", "a wrong password", False)
        self.screen.says("now with the right password")
        self.ssh(self.alice.password, "the right password", False)
        self.server.clock.forward("29m59s")
        self.screen.says("29 minutes and 59 seconds later")
        self.ssh(self.alice.password, "the right password", False)
        self.server.clock.forward("1s")
        self.screen.says("one second later")
        self.ssh(self.alice.password, "the right password", True)
        self.server.clock.run_on()

    def expiry(self):
        self.screen.scene("80 days later, at the console: a warning with the offer to change it now (R3)")
        self.server.clock.forward("80d")
        talk = self.alice.console()
        talk.sees("Password: ")
        self.types(talk, self.alice.password, "the right password")
        talk.sees(r"\[y/N\] ").types("n")
        self.ends(talk, True)
        self.screen.scene("90 days: the password must be changed before anything else (R2, R46)")
        self.server.clock.forward("10d")
        talk = self.alice.console()
        talk.sees("Password: ")
        self.types(talk, self.alice.password, "the expired password")
        self.screen.says("she tries to keep it")
        talk.sees("New password: ")
        self.types(talk, self.alice.password, "the old password")
        if talk.sees_one_of("New password: ", "Repeat new password: ") == 1:
            self.types(talk, self.alice.password, "the same again")
            talk.sees("New password: ")
        self.alice.password = self.server.new_password()
        self.types(talk, self.alice.password, "a new password")
        talk.sees("Repeat new password: ")
        self.types(talk, self.alice.password, "the same again")
        self.ends(talk, True)

    def second_factor(self):
        self.screen.scene("A second factor, set up by herself (R54 to R56)")
        self.screen.write("$ boctl otp enable\n")
        self.alice.enable_otp()
        self.server.clock.forward("60s")
        self.screen.scene("From now on SSH asks for a code (R57)")
        self.server.clock.freeze()
        code = self.alice.code()
        self.ssh(self.alice.password, "the right password", True, ("One-time code: ", code, None))
        self.screen.says("the same code again")
        self.ssh(self.alice.password, "the right password", False, ("One-time code: ", code, None))
        self.server.clock.forward("60s")
        self.screen.says("no code at all")
        self.ssh(self.alice.password, "the right password", False, ("One-time code: ", "", None))
        self.screen.scene("sudo asks for it as well")
        self.screen.write("$ sudo id -un\n")
        talk = self.alice.sudo("-k id -un").sees("password for [^:]*: |Password: ")
        self.types(talk, self.alice.password, "the right password")
        talk.sees("One-time code: ").types(self.alice.code()).sees(r"(?<!\S)root\r?\n")
        talk.leave()
        self.server.clock.run_on()

    def idleness(self):
        self.screen.scene("90 days without a login: closed, also for an SSH key (R40)")
        self.alice.allow_key()
        self.server.clock.forward("90d")
        self.screen.write(f"$ ssh -i key -l {ALICE} shop\n")
        self.ends(self.alice.ssh("publickey"), False)
        self.screen.says("only an administrator opens it again: with a reset token, which asks for the code as well (R37, R60)")
        token = self.server.reset(self.alice)
        self.screen.write(f"$ ssh -l {ALICE} shop\n")
        talk = self.alice.ssh().sees("Password: ")
        self.types(talk, token, "the reset token")
        talk.sees("One-time code: ").types(self.alice.code())
        self.alice.password = self.server.new_password()
        self.new_password(talk, self.alice.password)
        self.ends(talk, True)

    def deactivation(self):
        self.screen.scene("Deactivated by an administrator: stopped at once, also with a key (R17)")
        self.root(f"boctl user disable {ALICE} --reason 'left the company'")
        self.screen.write(f"$ ssh -i key -l {ALICE} shop\n")
        self.ends(self.alice.ssh("publickey"), False)
        self.root(f"boctl user show {ALICE} | head -n 6")
        self.root(f"boctl user enable {ALICE}")

    def daemon_down(self):
        self.screen.scene("The daemon is down: names are known, root gets in, users of bo are refused at once")
        self.root("systemctl stop bo-accountd.socket bo-accountd.service")
        self.root(f"id {ALICE}")
        talk = self.server.talk("login").is_asked("login: ", "root").sees("Password: ")
        self.types(talk, self.server.root_password, "root's password")
        self.ends(talk, True)
        began = time.monotonic()
        talk = self.alice.ssh()
        if talk.sees_one_of("Password: ", "Permission denied|Connection closed") == 0:
            self.types(talk, self.alice.password, "the right password")
            talk.sees("Permission denied|Connection closed")
        talk.leave()
        self.screen.says(f"refused after {time.monotonic() - began:.1f} s")
        self.root("systemctl start bo-accountd.socket bo-accountd.service")

    def trail(self):
        self.screen.scene("All of it stands in the audit trail")
        self.root("boctl audit list --limit 30")
        self.root("boctl audit verify")

    def play(self):
        for scene in (self.activation, self.lockout, self.expiry, self.second_factor, self.idleness,
                      self.deactivation, self.daemon_down, self.trail):
            scene()


def leave_there(server, screen, alice):
    """With the real time, and without what the scenes left behind."""
    server.log = None
    server.clock.real()
    server.run("boctl clock accept")
    server.run(f"boctl otp reset {ALICE} --reason 'end of the scenes'")
    server.run(f"rm -rf /home/{ALICE}/.ssh")
    screen.says(f"you are root in the machine; {ALICE} has the password {alice.password}")
    screen.says("make users with `boctl user create NAME`, log in with `ssh NAME@localhost`; exit ends it all")
    child = server.spawn("bash -l", timeout=None)
    size = os.get_terminal_size()
    child.setwinsize(size.lines, size.columns)
    child.sendline(f"export TERM={os.environ.get('TERM', 'xterm')}; clear")
    child.interact()


def main():
    unknown = set(sys.argv[1:]) - {"--shell"}
    if unknown:
        sys.exit("usage: tools/demo [--shell]")
    if "--shell" in sys.argv[1:] and not sys.stdin.isatty():
        print("tools/demo: --shell needs a terminal", file=sys.stderr)
        sys.exit(2)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    screen = Screen()
    screen.says("booting a throw-away Debian 12 and installing bo in it")
    began = time.monotonic()
    with Server() as server:
        screen.says(f"up after {time.monotonic() - began:.1f} s")
        server.log = screen
        demo = Demo(server, screen)
        demo.play()
        if "--shell" in sys.argv[1:]:
            leave_there(server, screen, demo.alice)
    screen.says("the machine is gone")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
