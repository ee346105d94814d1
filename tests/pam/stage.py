# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the suites of pam_bo stand on: a private namespace, an application, a fake daemon."""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

BUILD = os.environ.get("BO_BUILD", "")
HERE = os.path.join(BUILD, "tests", "pam")
MODULE = os.path.join(BUILD, "pam_bo", "pam_bo.so")
NSS_DIR = "/var/lib/bo-accountd/nss"

# <security/_pam_types.h>
CODES = {
    0: "SUCCESS", 3: "SERVICE_ERR", 4: "SYSTEM_ERR", 5: "BUF_ERR", 6: "PERM_DENIED", 7: "AUTH_ERR",
    9: "AUTHINFO_UNAVAIL", 10: "USER_UNKNOWN", 11: "MAXTRIES", 12: "NEW_AUTHTOK_REQD",
    13: "ACCT_EXPIRED", 14: "SESSION_ERR", 17: "CRED_ERR", 19: "CONV_ERR", 20: "AUTHTOK_ERR",
    25: "IGNORE",
}
SILENT, DISALLOW_NULL, CHANGE_EXPIRED = 0x8000, 0x1, 0x20
ESTABLISH_CRED, DELETE_CRED = 0x2, 0x4
PAM_USER, PAM_TTY, PAM_RHOST = 2, 3, 4

REFUSE, NULL, NOTHING = "refuse", "null", "nothing"


def enter_namespace():
    """Starts the suite anew where mounts are its own; without the right to, it is skipped."""
    if os.environ.get("BO_STAGE") != "in":
        how = ["unshare", "--mount", "--propagation", "private"]
        if os.geteuid() != 0:
            how += ["--user", "--map-root-user"]
        if subprocess.run(how + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
            print("skipped: needs root, or user namespaces, for files of /etc of its own")
            sys.exit(77)
        os.environ["BO_STAGE"] = "in"
        os.execvp(how[0], how + [sys.executable] + sys.argv)
    Stage.make()


class Stage:
    """/etc/passwd, /etc/nsswitch.conf, /var/lib and /etc/bo of the suite's own, services in a directory."""

    @classmethod
    def make(cls):
        # Kept when the mount goes with the namespace: the directory itself stays empty.
        cls.dir = tempfile.mkdtemp(prefix="bo-pam-")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "bo", cls.dir], check=True)
        for name in "pam.d", "varlib/bo-accountd/nss", "etc":
            os.makedirs(os.path.join(cls.dir, name))
        cls.write("passwd", open("/etc/passwd").read() +
                  "toor:*:0:0::/root:/bin/sh\nlocal:*:4711:4711::/nonexistent:/bin/sh\n")
        cls.write("nsswitch.conf", "passwd: files bo\ngroup: files bo\n")
        cls.write("pam.d/other", "auth required pam_deny.so\n")  # without it libpam complains
        cls.bind("passwd", "/etc/passwd")
        cls.bind("nsswitch.conf", "/etc/nsswitch.conf")
        cls.bind("varlib", "/var/lib")

    @classmethod
    def bind(cls, name, over):
        subprocess.run(["mount", "--bind", cls.path(name), over], check=True)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.dir, name)

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), "w") as file:
            file.write(text)
        return cls.path(name)

    @classmethod
    def clear(cls):
        """No mount outlives the namespace; the empty directory below it goes here."""
        subprocess.run(["umount", "-l", cls.dir], check=False)
        try:
            os.rmdir(cls.dir)
        except OSError:
            pass

    @classmethod
    def publish(cls, *users):
        """A snapshot with NAME:UID users, or with none at all."""
        shutil.rmtree(NSS_DIR, ignore_errors=True)
        os.makedirs(NSS_DIR)
        if users:
            subprocess.run([os.path.join(HERE, "publish"), NSS_DIR, *users], check=True)

    @classmethod
    def service(cls, name, *arguments, before="", after="", control="required"):
        """A service whose four stacks are pam_bo.so alone, with what is wanted before and after."""
        text = ""
        for kind in "auth", "account", "password", "session":
            if before and kind in ("auth", "password"):
                text += f"{kind} optional {HERE}/pam_before.so {before}\n"
            text += f"{kind} {control} {MODULE} {' '.join(arguments)}\n"
            if after and kind == "auth":
                text += f"{kind} required {HERE}/pam_before.so {after}\n"
        cls.write(os.path.join("pam.d", name), text)


def quote(text):
    if isinstance(text, str):
        text = text.encode()
    return urllib.parse.quote_from_bytes(text, safe="") if text not in (b"", b"-") else \
        ("-" if not text else "%2D")


def unquote(text):
    return "" if text == "-" else urllib.parse.unquote(text)


class Talk:
    """One process of an application; remembers what it was asked and shown."""

    def __init__(self, service, name, user=None):
        env = dict(os.environ, LD_LIBRARY_PATH=os.path.join(BUILD, "nss_bo"),
                   UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
        self.process = subprocess.Popen([os.path.join(HERE, "talk"), Stage.path("pam.d")], env=env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, user=user)
        self.asked, self.shown, self.logged = [], [], []
        assert self.command("start", quote(service), quote(name)) == "SUCCESS"

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        status = self.process.wait(60)
        assert failed or status == 0, f"the application ended with {status}"

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline().decode()
        if not line:
            raise AssertionError(f"the application died: {self.process.wait(10)}")
        return line.rstrip("\n").split(" ")

    def command(self, *words, answers=()):
        """Gives a command; answers its questions in order. The name of a PAM code, or a value."""
        answers = list(answers)
        self.send(" ".join(str(word) for word in words))
        while True:
            line = self.read()
            if line[0] == "result":
                if answers:
                    raise AssertionError(f"never asked for {len(answers)} more; {self.asked}, {line}")
                return CODES.get(int(line[1]), line[1])
            if line[0] in ("value", "none"):
                return unquote(line[1]) if line[0] == "value" else None
            if line[0] == "log":
                self.logged.append(unquote(line[1]))
                continue
            if line[0] == "show":
                self.shown.append((line[1], unquote(line[2])))
                continue
            self.asked.append((line[1], unquote(line[2])))
            answer = answers.pop(0) if answers else REFUSE
            if answer in (REFUSE, NULL, NOTHING) or \
                    (isinstance(answer, tuple) and answer[0] == "refuse-with"):
                self.send(answer if isinstance(answer, str) else f"refuse-with {quote(answer[1])}")
            else:
                self.send("answer " + quote(answer))

    def auth(self, *answers, flags=0):
        return self.command("auth", flags, answers=answers)

    def account(self, *answers, flags=0):
        return self.command("account", flags, answers=answers)

    def password(self, *answers, flags=0):
        return self.command("password", flags, answers=answers)

    def setcred(self, flags=ESTABLISH_CRED):
        return self.command("setcred", flags)

    def open(self, flags=0):
        return self.command("open", flags)

    def close(self, flags=0):
        return self.command("close", flags)

    def env(self, name):
        return self.command("env", name)

    def item(self, number, text):
        return self.command("item", number, quote(text))

    def found_in_memory(self, text):
        return int(self.command("search", quote(bytes(b + 1 for b in text.encode()))))

    @property
    def log(self):
        return "\n".join(self.logged)

    @property
    def texts(self):
        return "\n".join(text for _, text in self.asked + self.shown)


class Fake:
    """A daemon that follows a script; self.calls() is what it was asked, once nobody speaks to it."""

    def __init__(self, *script, name="fake"):
        self.socket = Stage.path(name)
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        path = Stage.write(name + ".script", "".join(
            " ".join(quote(word) for word in line) + "\n" for line in script))
        self.process = subprocess.Popen([os.path.join(HERE, "fake-daemon"), self.socket, path],
                                        stdout=subprocess.PIPE, text=True)
        self.lines, self.queue = [], queue.Queue()
        self.reader = threading.Thread(target=self.gather)
        self.reader.start()
        assert self.queue.get(timeout=10) == "ready"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def gather(self):
        for line in self.process.stdout:
            self.queue.put(line.rstrip("\n"))
        self.queue.put(None)

    def until(self, wanted):
        """Reads until a line begins with `wanted`; that line."""
        while True:
            line = self.queue.get(timeout=10)
            assert line is not None, f"no {wanted} in {self.lines}"
            self.lines.append(line)
            if line.startswith(wanted):
                return line

    def calls(self):
        """Everything that it was asked; it ends with that."""
        self.process.kill()
        self.reader.join()
        while True:
            line = self.queue.get_nowait()
            if line is None:
                return [line for line in self.lines if line != "closed"]
            self.lines.append(line)


def fields(line):
    """begin a=1 b=x → {"a": "1", "b": "x"}"""
    return {word.split("=", 1)[0]: unquote(word.split("=", 1)[1])
            for word in line.split(" ")[1:]}


def within(seconds, condition):
    """Polls until true, or fails."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.02)


def main():
    enter_namespace()
    try:
        unittest.main(module="__main__", verbosity=2)
    finally:
        Stage.clear()
