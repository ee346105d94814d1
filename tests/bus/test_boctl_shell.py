#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl at a person's terminal: completion in real shells, pager, colours, and other hosts by ssh."""

import contextlib
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

import pexpect

from boctl_case import BOCTL, Case
from world import GOOD, SOURCE, WAIT, main

COMPLETION = os.path.join(SOURCE, "conf", "completion")
HOSTILE = ["a b", "it's", '"', "$(touch /tmp/bo-pwned)", "`touch /tmp/bo-pwned`", "; touch /tmp/bo-pwned #", "&& id",
           "a\nb", "*", "~", "\\", "-oProxyCommand=id", "--", "", "'; touch /tmp/bo-pwned; '", "!!", "é", "%h", "\\'; touch /tmp/bo-pwned; '\\", "a\\\\b\\'"]


# bo lets none of them in (R22); but what comes from a store is not to be trusted with a shell.
ODD = [f"{chr(97 + i)}x{odd}@odd.example" for i, odd in enumerate(
    ["o'brien", "a&b", "p|q", "d$HOME", "x*y", "b`id`", "t!t", "h#h", "c{a,b}", "e=e", "w+w", "s p", 'd"q', "b\\s",
     "~t", "$(id)", ";id", "é", "co:lon", "[a]", "a\\"])]
UNSEEN = ["zz\nid@odd.example", "zz\x1b[2J@odd.example", "zz\tx", "zz\u202ex"]


class Shell:
    """An interactive shell with the completion loaded. What a line came to is shown by the words that the shell
    makes of it: printf is put before it."""

    def __init__(self, *command, env, begin):
        self.child = pexpect.spawn(command[0], list(command[1:]), env=env, encoding="utf-8", timeout=WAIT, echo=False,
                                   dimensions=(50, 500))
        for line in begin:
            self.child.sendline(line)
        self.child.sendline("echo rea''dy")
        self.child.expect("ready\r?\n")

    def words(self, line):
        self.child.send(line + "\t")
        # The shell takes the next key after the tab when it has done what that asks for.
        self.child.send("\x01printf '<%s>' END \x05 END\r")
        self.child.expect(r"<END>((?:<[^\r\n]*>)*?)<END>")
        return re.findall(r"<([^>]*)>", self.child.match.group(1))

    def close(self):
        self.child.close(force=True)


class Completion:
    """Of one shell, against a daemon with names that a shell would take for something else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for words in (["customer", "create", "corner-shop", "--alias", "The $(id) 'Corner'"],
                      ["customer", "create", "mall"],
                      ["location", "create", "kiosk-1", "--customer", "mall", "--name", "Kiosk"],
                      ["user", "create", "ann@odd.example", "--customer", "mall", "--role", "viewer"]):
            subprocess.run([BOCTL, "--socket", cls.daemon.socket, *words], check=True, capture_output=True, timeout=WAIT)
        for name in range(len(ODD + UNSEEN)):
            subprocess.run([BOCTL, "--socket", cls.daemon.socket, "user", "create", f"plain{name}@odd.example"], check=True,
                           capture_output=True, timeout=WAIT)
        cls.daemon.stop()
        with contextlib.closing(sqlite3.connect(os.path.join(cls.daemon.state, "accounts.db"))) as store, store:
            for number, name in enumerate(ODD + UNSEEN):
                store.execute("UPDATE account SET name = ? WHERE name = ?", (name, f"plain{number}@odd.example"))
        cls.daemon.start()
        env = dict(os.environ, PATH=os.path.dirname(BOCTL) + ":" + os.environ["PATH"], TERM="dumb", PS1="> ",
                   HISTFILE="", LC_ALL="C.UTF-8")
        cls.shell = cls.start(env)
        cls.addClassCleanup(cls.shell.close)

    def completes(self, line, *expected):
        self.assertEqual(self.shell.words("boctl " + line)[1:], list(expected), line)

    def test_commands_and_options_come_from_the_table(self):
        self.completes("cust", "customer")
        self.completes("user resen", "user", "resend")
        self.completes("help user upgr", "help", "user", "upgrade")
        self.completes("user create --unver", "user", "create", "--unverified")
        self.completes("user list --stat", "user", "list", "--status")
        self.completes("user list --status deac", "user", "list", "--status", "deactivated")
        self.completes("user create --kind ap", "user", "create", "--kind", "api")
        self.completes("--color=al", "--color=always")
        self.completes("location bind kiosk netw", "location", "bind", "kiosk", "network")
        self.completes("nosuch thing ", "nosuch", "thing")

    def test_every_command_is_completed(self):
        helps = subprocess.run([BOCTL, "--help"], capture_output=True, text=True, timeout=WAIT).stdout
        commands = [words.split() for words in
                    re.findall(r"(?m)^  ((?:[a-z][a-z-]*(?: |$))+)", helps.split("Commands:\n")[1].split("\n\n")[0])]
        self.assertGreater(len(commands), 60)
        for words in commands:
            said = subprocess.run([BOCTL, "__complete", "zsh", *words], capture_output=True, text=True, timeout=WAIT)
            self.assertIn(words[-1], [line.split("\t")[0] for line in said.stdout.splitlines()], words)

    def test_names_come_from_the_daemon(self):
        socket = self.daemon.socket
        for line, word in (("customer show cor", "corner-shop"), ("user list --customer mal", "mall"),
                           ("user list --customer=mal", "--customer=mall"), ("user create --role vie", "viewer"),
                           ("location show kio", "kiosk-1"), ("can transactions.ref", "transactions.refund")):
            self.completes(f"--socket {socket} {line}", "--socket", socket, *line.split()[:-1], word)

    def test_odd_names_stay_one_word_that_is_the_name(self):
        for name in ODD:
            with self.subTest(name):
                self.completes(f"--socket {self.daemon.socket} user disable {name[:2]}", "--socket", self.daemon.socket,
                               "user", "disable", name)

    def test_names_that_no_line_can_hold_are_not_offered(self):
        self.completes(f"--socket {self.daemon.socket} user disable zz", "--socket", self.daemon.socket, "user",
                       "disable", "zz")

    def test_words_go_on_behind_an_at_sign(self):
        self.completes(f"--socket {self.daemon.socket} user show ann@od", "--socket", self.daemon.socket, "user",
                       "show", "ann@odd.example")

    def test_open_quotes_are_kept(self):
        for quote in "'\"":
            self.completes(f"--socket {self.daemon.socket} user show {quote}ann@od", "--socket", self.daemon.socket,
                           "user", "show", "ann@odd.example")

    def test_nothing_is_said_where_the_daemon_is_away(self):
        self.completes("--socket /nonexistent user show an", "--socket", "/nonexistent", "user", "show", "an")

    def test_what_is_typed_is_never_run(self):
        place = os.path.join(self.daemon.dir, "ran")
        for word in (f"$(touch {place})", f"`touch {place}`"):
            said = subprocess.run([BOCTL, "__complete", "bash", f"boctl user show {word}", word], capture_output=True,
                                  timeout=WAIT)
            self.assertEqual((said.returncode, said.stderr), (0, b""))
        self.assertFalse(os.path.exists(place))


class Bash(Completion, Case):
    @staticmethod
    def start(env):
        return Shell("bash", "--norc", "--noprofile", env=env,
                     begin=["set +H", "bind 'set bell-style none'", "bind 'set enable-bracketed-paste off'",
                            f". {shlex.quote(os.path.join(COMPLETION, 'boctl.bash'))}"])


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class Zsh(Completion, Case):
    @staticmethod
    def start(env):
        return Shell("zsh", "-f", env=env,
                     begin=["unsetopt zle_bracketed_paste BANG_HIST PROMPT_CR PROMPT_SP", "bindkey -e",
                            f"fpath=({shlex.quote(COMPLETION)} $fpath)", "autoload -Uz compinit", "compinit -u -D",
                            "setopt no_auto_menu no_always_last_prompt", "LISTMAX=-1"])


class Screen(Case):
    """What a terminal sees."""

    def run_on_terminal(self, *arguments, uid=None, lines=24, **env):
        env = {**{name: value for name, value in os.environ.items() if name not in ("PAGER", "LESS", "NO_COLOR")},
               "TERM": "xterm", **env}
        command = [BOCTL, "--socket", self.daemon.socket, *arguments]
        if uid is not None:
            command = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *command]
        child = pexpect.spawn(command[0], command[1:], env=env, encoding="utf-8", timeout=WAIT, dimensions=(lines, 100))
        said = child.read()
        child.close()
        return said, child.exitstatus

    def test_colours_are_for_a_terminal_alone(self):
        self.boctl("user", "create", "col@shop.example")
        self.boctl("user", "disable", "col@shop.example")
        show = ["user", "show", "col@shop.example"]
        self.assertIn("\x1b[1;31mdeactivated\x1b[0m", self.run_on_terminal(*show)[0])
        self.assertIn("\x1b[1;31mdeactivated\x1b[0m", self.run_on_terminal("user", "list", "--no-pager")[0])
        for more, env in (([], {"NO_COLOR": "1"}), (["--color=never"], {}), ([], {"TERM": "dumb"}), (["--json"], {})):
            self.assertNotIn("\x1b", self.run_on_terminal(*show, *more, **env)[0])
        self.assertRegex(self.run_on_terminal("check")[0], "\x1b")
        self.assertNotIn("\x1b", self.boctl(*show).stdout + self.boctl("user", "list").stdout)
        self.assertIn("\x1b", self.boctl(*show, "--color=always").stdout)
        json.loads(self.boctl(*show, "--color=always", "--json").stdout)
        self.boctl(*show, "--color=perhaps", code=2)

    def test_lists_go_through_the_pager_of_the_person(self):
        uid = self.person("pat@shop.example")
        for wanted in "sed 's/^/paged:/'", "tac | sed 's/^/paged:/'":
            said, code = self.run_on_terminal("roles", uid=uid, PAGER=wanted)
            self.assertEqual(code, 0)
            self.assertTrue(all(line.startswith("paged:") for line in said.splitlines()), said)
        for more, env in ((["--no-pager"], {"PAGER": "sed s/^/paged:/"}), ([], {"PAGER": ""}), ([], {"PAGER": "cat"}),
                          ([], {"PAGER": "sed s/^/paged:/", "TERM": "dumb"})):
            self.assertNotIn("paged:", self.run_on_terminal("roles", *more, uid=uid, **env)[0])
        self.assertNotIn("paged:", self.boctl("roles", env={"PAGER": "sed s/^/paged:/"}).stdout)

    def test_a_rule_of_sudo_for_boctl_is_none_for_a_pager(self):
        uid = self.person("rule@shop.example")
        for name in "SUDO_UID", "DOAS_USER", "PKEXEC_UID":
            # On one screen less(1) ends by itself.
            said, code = self.run_on_terminal("roles", uid=uid, lines=200, PAGER="sed s/^/paged:/", **{name: "1000"})
            self.assertEqual((code, "paged:" in said, "viewer" in said), (0, False, True))

    def test_no_secret_goes_through_a_pager(self):
        said, code = self.run_on_terminal("user", "create", "sec@shop.example", PAGER="sed s/^/paged:/")
        self.assertEqual((code, "paged:" in said, "Token:" in said), (0, False, True))

    def test_a_pager_that_ends_early_is_no_failure(self):
        uid = self.person("quit@shop.example")
        self.assertEqual(self.run_on_terminal("roles", uid=uid, PAGER="head -1")[1], 0)

    @unittest.skipUnless(os.path.exists("/usr/bin/less"), "less is not installed")
    def test_root_gets_no_program_out_of_the_pager(self):
        marker = os.path.join(self.daemon.dir, "by-pager")
        env = {**os.environ, "TERM": "xterm", "PAGER": f"touch {marker}", "LESS": "", "LESSSECURE": "0",
               "LESSOPEN": f"|touch {marker}", "LESSSECURE_ALLOW": "shell", "LESSEDIT": f"touch {marker}",
               "TERMCAP": "x", "HOME": "/tmp"}
        child = pexpect.spawn(BOCTL, ["--socket", self.daemon.socket, "roles"], env=env, encoding="utf-8", timeout=WAIT,
                              dimensions=(8, 100))
        child.expect(":")
        with open(f"/proc/{child.pid}/task/{child.pid}/children", encoding="ascii") as file:
            pager, = file.read().split()
        with open(f"/proc/{pager}/environ", encoding="utf-8") as file:
            given = dict(line.split("=", 1) for line in file.read().split("\0") if line)
        self.assertLessEqual(given.keys(), {"TERM", "LANG", "LC_ALL", "LC_CTYPE", "LINES", "COLUMNS", "LESS", "LESSSECURE",
                                            "LESSHISTFILE"})
        self.assertEqual((given["LESSSECURE"], given["LESS"]), ("1", "FRSX"))
        child.send("!")
        child.expect("(?i)not available")
        child.send("\rq")
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual((child.exitstatus, os.path.exists(marker)), (0, False))


class Remote(unittest.TestCase):
    """-H, with an ssh that hands its command to a shell as sshd does, and a boctl there that tells its words."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="boctl-remote-")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.script("ssh", 'import os, sys, json, subprocess\n'
                          f'json.dump(sys.argv[1:], open("{cls.dir}/ssh.json", "w"))\n'
                          'if sys.argv[-2] == "away": sys.exit(255)\n'
                          'os.execvp(os.environ["THERE"], [os.environ["THERE"], "-c", sys.argv[-1]])\n')
        cls.script("boctl", 'import sys, json\n'
                            f'json.dump(sys.argv[1:], open("{cls.dir}/there.json", "w"))\n'
                            'sys.exit(5 if "gone" in sys.argv else 0)\n')

    @classmethod
    def script(cls, name, text):
        path = os.path.join(cls.dir, name)
        with open(path, "w") as file:
            file.write("#!/usr/bin/python3\n" + text)
        os.chmod(path, 0o755)

    def boctl(self, *arguments, code=0, shell="sh", **more):
        done = subprocess.run([BOCTL, *arguments], capture_output=True, text=True, timeout=WAIT,
                              env=dict(os.environ, PATH=f"{self.dir}:/usr/bin:/bin", THERE=shell), **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def told(self, name):
        with open(os.path.join(self.dir, name + ".json")) as file:
            return json.load(file)

    def test_each_word_arrives_as_it_was(self):
        for shell in "sh", "bash", *(["zsh"] if shutil.which("zsh") else []):
            for word in HOSTILE:
                with self.subTest(word, shell=shell):
                    self.boctl("-H", "ann@host.example", "--reason", word, "--customer=" + word, "user", "disable", "--",
                               word, shell=shell)
                    self.assertEqual(self.told("there"), [f"--reason={word}", f"--customer={word}", "--", "user",
                                                          "disable", word])
                    # fish takes \' and \\ within '' for ' and \.
                    within = re.findall(r"'([^']*)'", re.sub(r'"[^"]*"', "", self.told("ssh")[-1]))
                    self.assertFalse([text for text in within if "\\" in text])
        self.assertFalse(os.path.exists("/tmp/bo-pwned"))

    def test_a_host_cannot_be_an_option_or_a_command(self):
        for host in ("-oProxyCommand=id", "ann@-oProxyCommand=id", "a b", "$(id)", "a;id", "`id`", "a'b", "", "@", "a@",
                     "a\nb", "a|b", "%h"):
            with self.subTest(host):
                self.boctl(f"--remote={host}", "roles", code=2)
        self.boctl("-H", "ann@shop.example@[2001:db8::7]", "roles")
        self.assertEqual(self.told("ssh")[-3:-1], ["--", "ann@shop.example@[2001:db8::7]"])

    def test_colours_that_are_not_wanted_here_are_not_there(self):
        env = dict(os.environ, PATH=f"{self.dir}:/usr/bin:/bin", THERE="sh", NO_COLOR="1")
        subprocess.run([BOCTL, "-H", "host", "roles"], check=True, timeout=WAIT, env=env)
        self.assertEqual(self.told("there"), ["--color=never", "--", "roles"])

    def test_exit_codes_come_back_and_no_way_is_3(self):
        self.boctl("-H", "host", "user", "show", "gone", code=5)
        self.assertIn("ssh", self.boctl("-H", "away", "roles", code=3).stderr)

    def test_R7_a_descriptor_of_this_host_is_refused_and_input_goes_through(self):
        self.boctl("-H", "host", "user", "password", "feed", "--password-fd", "3", code=2)
        self.boctl("-H", "host", "user", "password", "feed", input="secret\n")
        self.assertNotIn("secret", json.dumps(self.told("ssh")))

    def test_a_terminal_there_only_with_one_on_both_sides_here(self):
        self.boctl("-H", "host", "roles")
        self.assertIn("-T", self.told("ssh"))
        env = dict(os.environ, PATH=f"{self.dir}:/usr/bin:/bin", THERE="sh")
        child = pexpect.spawn(BOCTL, ["-H", "host", "roles"], env=env, timeout=WAIT)
        child.read()
        child.close()
        self.assertIn("-t", self.told("ssh"))
        # With the output elsewhere nothing that is typed goes there, so no secret is typed visibly.
        child = pexpect.spawn("/bin/sh", ["-c", f"{BOCTL} -H host roles > /dev/null"], env=env, timeout=WAIT)
        child.read()
        child.close()
        self.assertIn("-T", self.told("ssh"))


if __name__ == "__main__":
    main()
