#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""boctl against a real bo-accountd on a private socket: every command, as root and as users of bo."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
import unittest

from boctl_case import BOCTL, Case
from world import GOOD, OTHER, SOURCE, WAIT, code, main


def totp(secret, steps=0):
    return code(secret, time.time() + 30 * steps)


class Users(Case):
    def test_R24_created_person_gets_a_token_once_and_is_active_after_using_it(self):
        said = self.boctl("user", "create", "alice@shop.example").stdout
        token = re.search(r"^Token: (\S+)$", said, re.M).group(1)
        self.assertIn("password", said)
        self.assertEqual(self.show("alice@shop.example")["status"], "activation-sent")
        self.assertNotIn(token, self.boctl("user", "show", "alice@shop.example").stdout)
        self.activate("alice@shop.example", token, GOOD)
        self.assertEqual(self.show("alice@shop.example")["status"], "active")

    def test_R16_show_tells_everything_but_secrets(self):
        self.boctl("customer", "create", "show", "--alias", "The Show")
        uid = self.person("bob@shop.example", "--full-name", "Bob B", "--customer", "show",
                          "--role", "viewer", "--role", "encoder", "--shell", "/bin/sh")
        user = self.show("bob@shop.example")
        self.assertEqual(user["uid"], uid)
        self.assertEqual((user["kind"], user["full_name"], user["shell"]), ("adm", "Bob B", "/bin/sh"))
        self.assertEqual(sorted(user["roles"]), ["show:encoder", "show:viewer"])
        self.assertEqual(user["customers"], ["show:The Show"])
        self.assertIs(user["otp_enabled"], False)
        self.assertRegex(user["password_changed"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        text = self.boctl("user", "show", "bob@shop.example").stdout
        self.assertRegex(text, r"(?m)^Roles +show:\w+, show:\w+$")

    def test_times_are_local_and_never_is_a_word_in_text_and_null_in_json(self):
        self.boctl("user", "create", "never@shop.example")
        zone = {"TZ": "XYZ-05:30"}
        user = self.show("never@shop.example", env=zone)
        self.assertIsNone(user["last_login"])
        self.assertTrue(user["created"].endswith("+05:30"), user["created"])
        self.assertRegex(self.boctl("user", "show", "never@shop.example").stdout,
                         r"(?m)^Last login +never$")

    def test_R10_a_user_sees_himself_and_nobody_else(self):
        uid = self.person("carol@shop.example")
        self.person("dave@shop.example")
        self.assertEqual(self.json("user", "show", uid=uid)[0]["username"], "carol@shop.example")
        stranger = self.boctl("user", "show", "dave@shop.example", uid=uid, code=5).stderr
        nobody = self.boctl("user", "show", "nobody@shop.example", uid=uid, code=5).stderr
        self.assertEqual(stranger.replace("dave", "nobody"), nobody)
        self.boctl("user", "list", uid=uid, code=4)

    def test_R13_nobody_disables_himself_or_gives_himself_roles(self):
        self.boctl("customer", "create", "self")
        uid = self.person("erin@shop.example", "--customer", "self", "--role",
                          "merchant-administrator")
        for verb in (["disable"], ["roles", "--customer", "self", "--role", "admin"], ["reset"]):
            self.boctl("user", verb[0], "erin@shop.example", *verb[1:], uid=uid, code=4)
        self.assertEqual(self.show("erin@shop.example")["roles"], ["self:merchant-administrator"])

    def test_R10_a_merchant_administrator_manages_his_customer_alone(self):
        self.boctl("customer", "create", "mine")
        self.boctl("customer", "create", "yours")
        uid = self.person("fay@shop.example", "--customer", "mine", "--role",
                          "merchant-administrator")
        self.boctl("user", "create", "gus@shop.example", "--customer", "mine", uid=uid)
        self.boctl("user", "create", "hal@shop.example", "--customer", "yours", uid=uid, code=5)
        names = [u["username"] for u in self.json("user", "list", "--customer", "mine", uid=uid)]
        self.assertEqual(names, ["fay@shop.example", "gus@shop.example"])
        self.boctl("user", "list", "--customer", "yours", uid=uid, code=5)
        for noun in ("user", "location"):
            self.assertIn("Name one by --customer", self.boctl(noun, "list", uid=uid, code=4).stderr)
        self.assertEqual([c["id"] for c in self.json("customer", "list", uid=uid)], ["mine"])

    def test_R17_disabled_users_stay_and_are_enabled_again(self):
        self.person("ian@shop.example")
        self.boctl("user", "disable", "ian@shop.example", "--reason", "left the shop")
        user = self.show("ian@shop.example")
        self.assertEqual(user["status"], "deactivated")
        self.assertIn("left the shop", user["status_reason"])
        self.assertEqual(self.converse("auth", "ian@shop.example", GOOD).returncode, 1)
        self.boctl("user", "enable", "ian@shop.example")
        self.assertEqual(self.show("ian@shop.example")["status"], "active")

    def test_R20_roles_are_replaced_and_taken_away(self):
        self.boctl("customer", "create", "roles")
        self.boctl("user", "create", "jo@shop.example", "--customer", "roles", "--role", "admin")
        self.boctl("user", "roles", "jo@shop.example", "--customer", "roles", "--role", "viewer",
                   "--role", "encoder")
        self.assertEqual(sorted(self.show("jo@shop.example")["roles"]),
                         ["roles:encoder", "roles:viewer"])
        self.boctl("user", "roles", "jo@shop.example", "--customer", "roles", "--role", "king", code=5)
        self.boctl("user", "roles", "jo@shop.example", "--customer", "roles")
        self.assertEqual(self.show("jo@shop.example")["roles"], [])
        self.boctl("user", "roles", "jo@shop.example", code=2)

    def test_R37_reset_token_changes_the_password_and_the_status_only_when_used(self):
        self.person("kim@shop.example")
        token = self.json("user", "reset", "kim@shop.example")[0]["token"]
        self.assertEqual(self.show("kim@shop.example")["status"], "active")
        self.assertEqual(self.converse("auth", "kim@shop.example", GOOD).returncode, 0)
        self.activate("kim@shop.example", token, OTHER)
        self.assertEqual(self.converse("auth", "kim@shop.example", GOOD).returncode, 1)
        self.assertEqual(self.converse("auth", "kim@shop.example", OTHER).returncode, 0)

    def test_names_are_refused_with_the_reason(self):
        self.boctl("user", "create", "lea@shop.example")
        self.assertIn("name", self.boctl("user", "create", "LEA@shop.example", code=6).stderr)
        self.boctl("user", "create", "root", code=6)
        self.boctl("user", "create", "two words", code=1)
        self.assertIn("nobody@", self.boctl("user", "enable", "nobody@x.example", code=5).stderr)


class Lists(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run = lambda *words: subprocess.run([BOCTL, "--socket", cls.daemon.socket, *words], check=True,
                                            stdout=subprocess.DEVNULL)
        run("customer", "create", "shop")
        run("customer", "create", "mall", "--alias", "The Mall")
        run("user", "create", "ann@shop.example", "--customer", "shop", "--role", "viewer",
            "--full-name", "Ann Archer")
        run("user", "create", "ben@shop.example", "--customer", "shop", "--role", "admin")
        run("user", "create", "cas@mall.example", "--customer", "mall", "--role", "viewer")
        run("user", "create", "feed", "--kind", "api", "--customer", "mall", "--generate")
        run("user", "disable", "ben@shop.example")

    def names(self, *arguments):
        return [user["username"] for user in self.json("user", "list", *arguments)]

    def test_R15_list_is_sorted_both_ways(self):
        names = ["ann@shop.example", "ben@shop.example", "cas@mall.example", "feed"]
        self.assertEqual(self.names(), names)
        self.assertEqual(self.names("--sort", "-name"), names[::-1])

    def test_R15_list_is_filtered(self):
        self.assertEqual(self.names("--customer", "shop"), ["ann@shop.example", "ben@shop.example"])
        self.assertEqual(self.names("--status", "deactivated"), ["ben@shop.example"])
        self.assertEqual(self.names("--kind", "api"), ["feed"])
        self.assertEqual(self.names("--customer", "mall", "--role", "viewer"), ["cas@mall.example"])
        self.assertEqual(self.names("--search", "archer"), ["ann@shop.example"])
        self.assertEqual(self.names("--search", "nothing like it"), [])
        self.assertEqual(self.names("--limit", "2"), ["ann@shop.example", "ben@shop.example"])

    def test_R15_list_shows_status_and_roles_under_one_heading(self):
        lines = self.boctl("user", "list").stdout.splitlines()
        self.assertEqual(len(lines), 5)
        self.assertRegex(lines[0], r"^NAME +UID +KIND +STATUS")
        self.assertRegex(lines[2], r"^ben@shop.example .* adm +deactivated .*shop:admin")

    def test_wrong_filters_are_named(self):
        self.boctl("user", "list", "--status", "sleepy", code=1)
        self.boctl("user", "list", "--sort", "uid", code=1)
        self.boctl("user", "list", "--customer", "nowhere", code=5)
        self.boctl("user", "list", "--limit", "0", code=2)
        self.boctl("user", "list", "--limit", "many", code=2)

    def test_customers_are_listed_with_their_alias(self):
        rows = self.json("customer", "list")
        self.assertEqual([(c["id"], c["alias"]) for c in rows], [("mall", "The Mall"), ("shop", None)])
        self.assertEqual(len(self.json("customer", "list", "--limit", "1")), 1)
        self.boctl("customer", "create", "shop", code=6)
        self.boctl("customer", "create", "Shop!", code=1)


class Switch(Case):
    """Without a terminal: the shell that follows at one is shown in a machine."""

    def test_R50_R52_switch_shows_the_customers_of_the_caller_and_takes_one(self):
        self.boctl("customer", "create", "cafe", "--alias", "The Cafe")
        self.boctl("customer", "create", "shop")
        uid = self.person("dora@shop.example", "--customer", "cafe", "--role", "viewer")
        self.boctl("user", "roles", "dora@shop.example", "--customer", "shop", "--role", "admin")
        acting = lambda: [row["id"] for row in self.json("customer", "list", uid=uid) if row["acting"]]
        self.assertEqual(self.boctl("switch", uid=uid, code=2).stdout, "  1  The Cafe (cafe)  <- now\n  2  shop\n")
        self.assertEqual(acting(), ["cafe"])
        self.assertEqual(self.boctl("switch", "shop", uid=uid).stdout, "New logins act for shop from now on.\n")
        self.assertEqual(acting(), ["shop"])
        self.assertEqual(self.boctl("switch", "cafe", "--json", uid=uid).stdout, "")
        self.assertEqual(acting(), ["cafe"])
        self.assertIn("no active member", self.boctl("switch", "nowhere", uid=uid, code=5).stderr)
        self.assertEqual(acting(), ["cafe"])

    def test_who_has_no_customer_is_told(self):
        uid = self.person("eve@shop.example")
        self.assertIn("no customer", self.boctl("switch", uid=uid, code=1).stderr)
        self.boctl("switch", "cafe", code=5)  # root is no user of bo


class Pages(Case):
    def test_R15_list_goes_on_over_pages_of_a_thousand(self):
        names = [f"user{i:04d}" for i in range(1003)]
        for i in range(0, len(names), 64):
            running = [subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "user", "create", name],
                                        stdout=subprocess.DEVNULL) for name in names[i:i + 64]]
            self.assertEqual([process.wait(60) for process in running], [0] * len(running))
        self.assertEqual([user["username"] for user in self.json("user", "list")], names)
        self.assertEqual([user["username"] for user in self.json("user", "list", "--limit", "1001")],
                         names[:1001])
        lines = self.boctl("user", "list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["NAME"] + names)
        self.assertEqual(len(self.json("audit", "list", "--event", self.json("audit", "list", "--limit",
                                                                             "1")[0]["event"])), 1003)


class Sessions(Case):
    def test_open_sessions_are_listed_and_with_all_those_that_ended(self):
        uid = self.person("in@shop.example")
        self.person("out@shop.example")
        self.assertEqual(self.converse("session", "in@shop.example").returncode, 0)
        row, = self.json("session", "list", "in@shop.example")
        self.assertEqual((row["user"], row["service"], row["closed"]), ("in@shop.example", "sshd", None))
        self.assertEqual(self.json("session", "list", "out@shop.example"), [])
        self.assertEqual(self.json("session", "list", uid=uid), [row])
        self.daemon.change("UPDATE session SET closed_usec = ?", int(time.time()) * 1000000)
        self.assertEqual(self.json("session", "list"), [])
        self.assertEqual(self.json("session", "list", "--all")[0]["id"], row["id"])
        said = self.boctl("session", "list", "--all").stdout
        self.assertRegex(said, r"(?m)^USER +SERVICE +FROM +TTY +FACTORS +OPENED +CLOSED +LEADER +ID$")

    def test_R10_sessions_of_others_do_not_exist(self):
        uid = self.person("one@shop.example")
        self.person("two@shop.example")
        stranger = self.boctl("session", "list", "two@shop.example", uid=uid, code=5).stderr
        nobody = self.boctl("session", "list", "nobody@shop.example", uid=uid, code=5).stderr
        self.assertEqual(stranger, nobody)


class Passwords(Case):
    def test_R4_R73_user_changes_his_password(self):
        uid = self.person("ann@shop.example")
        said = self.boctl("password", uid=uid, text=f"{GOOD}\n{OTHER}\n{OTHER}\n")
        self.assertNotIn(OTHER, said.stdout + said.stderr)
        self.assertEqual(self.converse("auth", "ann@shop.example", OTHER).returncode, 0)

    def test_R73_entries_that_differ_change_nothing(self):
        uid = self.person("ben@shop.example")
        self.boctl("password", uid=uid, text=f"{GOOD}\n{OTHER}\n{OTHER}x\n", code=1)
        self.boctl("password", uid=uid, text=f"{GOOD}\n{OTHER}\n", code=1)
        self.boctl("password", uid=uid, text=f"{GOOD}\n\n\n", code=1)
        self.assertEqual(self.converse("auth", "ben@shop.example", GOOD).returncode, 0)

    def test_R74_weak_R46_reused_and_wrong_ones_are_refused(self):
        uid = self.person("cas@shop.example")
        self.boctl("password", uid=uid, text=f"{GOOD}\nshort1\nshort1\n", code=1)
        self.boctl("password", uid=uid, text=f"{GOOD}\n{GOOD}\n{GOOD}\n", code=1)
        self.boctl("password", uid=uid, text=f"not {GOOD}\n{OTHER}\n{OTHER}\n", code=1)
        self.assertEqual(self.converse("auth", "cas@shop.example", GOOD).returncode, 0)

    def test_who_is_no_user_of_bo_is_told_before_he_types(self):
        for words in ["password"], ["otp", "enable"], ["user", "show"]:
            self.assertIn("Cannot find you (uid 0) among the users", self.boctl(*words, code=5).stderr)

    def test_R7_api_password_comes_over_a_descriptor(self):
        for end in "\n", "":
            self.set_by_fd(f"feed{len(end)}", GOOD + end)
        self.boctl("user", "create", "feed9", "--kind", "api", "--password-fd", "x", code=2)

    def set_by_fd(self, name, text):
        reader, writer = os.pipe()
        os.write(writer, text.encode())
        os.close(writer)
        said = self.boctl("user", "create", name, "--kind", "api", "--password-fd", str(reader),
                          fds=[reader])
        os.close(reader)
        self.assertNotIn(GOOD, said.stdout + said.stderr)
        self.assertEqual(self.show(name)["status"], "active")
        self.assertIsNotNone(self.show(name)["password_changed"])

    def test_R7_generated_api_password_is_shown_once(self):
        made = self.json("user", "create", "gen", "--kind", "api", "--generate")[0]
        self.assertRegex(made["password"], r"^(\w{5}-){4}\w{5}$")
        self.assertIsNone(made["token"])
        self.assertNotIn(made["password"], self.boctl("user", "show", "gen", "--json").stdout)
        changed = self.json("user", "password", "gen", "--generate")[0]
        self.assertNotEqual(changed["password"], made["password"])
        self.assertIn("Password: ", self.boctl("user", "password", "gen", "--generate").stdout)

    def test_R7_piped_api_password_is_asked_twice_and_nobody_is_made_by_a_slip(self):
        self.boctl("user", "create", "slip", "--kind", "api", text=f"{GOOD}\n{OTHER}\n", code=1)
        self.boctl("user", "show", "slip", code=5)
        self.boctl("user", "create", "slip", "--kind", "api", text=f"{GOOD}\n{GOOD}\n")
        self.boctl("user", "password", "slip", text=f"{OTHER}\n{OTHER}\n")

    def test_R14_password_of_a_person_is_his_alone(self):
        self.person("dan@shop.example")
        self.boctl("user", "password", "dan@shop.example", text=f"{OTHER}\n{OTHER}\n", code=4)
        self.boctl("user", "create", "eve@shop.example", "--generate", code=2)
        self.assertEqual(self.converse("auth", "dan@shop.example", GOOD).returncode, 0)

    def test_R8_api_user_may_not_administrate(self):
        made = self.json("user", "create", "prog", "--kind", "api", "--generate")[0]
        self.boctl("user", "create", "x@shop.example", uid=made["uid"], code=4)


class SecondFactor(Case):
    def enable(self, uid, password=GOOD):
        """Reads the secret, then answers: the secret."""
        process = subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "otp", "enable", "--json"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, user=uid, group=uid,
                                   extra_groups=[])
        text = ""
        while not text.endswith("}\n") or text.count("{") != text.count("}"):
            line = process.stdout.readline()
            self.assertTrue(line, process.stderr.read() if not line else "")
            text += line
        otp = json.loads(text)["otp"][0]
        self.assertIn(otp["secret"], otp["uri"])
        said, _ = process.communicate(f"{totp(otp['secret'])}\n{password}\n", timeout=60)
        self.assertEqual(process.returncode, 0 if password == GOOD else 1)
        self.recovery = [row["code"] for row in json.loads(said)["recovery_codes"]] if said else []
        return otp["secret"]

    def test_R54_R56_R57_set_up_takes_code_and_password_and_then_asks_at_login(self):
        uid = self.person("ann@shop.example")
        self.enable(uid, password="not it at all 1")
        self.assertIs(self.json("otp", "status", uid=uid)[0]["otp_enabled"], False)
        secret = self.enable(uid)
        self.assertRegex(self.boctl("otp", "status", "ann@shop.example").stdout, "(?m)^Second factor +yes$")
        said = self.converse("auth", "ann@shop.example", GOOD, "")
        self.assertEqual(said.returncode, 1)
        self.assertIn("visible", said.stdout)
        self.assertEqual(self.converse("auth", "ann@shop.example", GOOD, totp(secret, 1)).returncode, 0)
        self.boctl("otp", "enable", uid=uid, code=6)

    def test_R62_only_the_operator_resets_it_with_a_reason(self):
        uid = self.person("ben@shop.example")
        self.enable(uid)
        self.boctl("otp", "reset", "ben@shop.example", code=2)
        self.boctl("otp", "reset", "ben@shop.example", "--reason", "mine", uid=uid, code=4)
        self.boctl("otp", "reset", "ben@shop.example", "--reason", "telephone lost")
        self.assertIs(self.show("ben@shop.example")["otp_enabled"], False)
        self.assertIn("telephone lost", self.boctl("audit", "list").stdout)

    def test_R55_R63_set_up_shows_ascii_code_typed_secret_and_advice(self):
        uid = self.person("cas@shop.example")
        said = self.boctl("otp", "enable", uid=uid, text="000000\n", code=1,
                          env={"LC_ALL": "C.UTF-8"}).stdout
        self.assertIn("##############", said)
        self.assertRegex(said, r"(?m)^ +([A-Z2-7]{4} ){7}[A-Z2-7]{4}$")
        self.assertIn("separate devices", said)
        said.encode("ascii")

    def with_recovery_codes(self):
        path = os.path.join(self.daemon.config, "accountd.conf")
        with open(path) as file:
            before = file.read()

        def configure(text):
            self.daemon.stop()
            with open(path, "w") as file:
                file.write(text)
            self.daemon.start()
        self.addCleanup(configure, before)
        configure(before.replace("[Accounts]", "[Accounts]\nRecoveryCodes=yes"))

    def test_R62_recovery_codes_are_shown_once_and_counted(self):
        uid = self.person("rea@shop.example")
        self.boctl("otp", "recovery", uid=uid, text=f"000000\n{GOOD}\n", code=1)  # not offered here
        self.with_recovery_codes()
        secret = self.enable(uid)
        self.assertEqual(len(self.recovery), 10)
        self.assertEqual(self.json("otp", "status", uid=uid)[0]["recovery_codes_left"], 10)
        self.assertEqual(self.converse("auth", "rea@shop.example", GOOD, self.recovery[0]).returncode, 0)
        self.assertEqual(self.converse("auth", "rea@shop.example", GOOD, self.recovery[0]).returncode, 1)
        self.assertRegex(self.boctl("otp", "status", "rea@shop.example").stdout, "(?m)^Recovery codes +9$")
        said = self.boctl("otp", "recovery", uid=uid, text=f"{totp(secret, 1)}\n{GOOD}\n").stdout
        fresh = re.findall(r"(?m)^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}$", said)
        self.assertEqual(len(fresh), 10)
        self.assertEqual(self.converse("auth", "rea@shop.example", GOOD, self.recovery[1]).returncode, 1)
        self.assertEqual(self.converse("auth", "rea@shop.example", GOOD, fresh[0].lower()).returncode, 0)
        self.boctl("otp", "recovery", uid=uid, text=f"{fresh[1]}\n{GOOD}\n", code=1)


class Terminal(Case):
    def talk(self, uid, arguments, answers, locale="C.UTF-8"):
        """On a pty: answers prompts; the output and whether the echo was on at each prompt."""
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["LC_ALL"] = locale
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.execv(BOCTL, [BOCTL, "--socket", self.daemon.socket, *arguments])
        said, echo, answers = b"", [], list(answers)
        seen = 0
        while select.select([fd], [], [], WAIT)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            said += piece
            if re.search(rb"[A-Za-z]: $", said[seen:]) and answers:
                seen = len(said)
                echo.append(bool(termios.tcgetattr(fd)[3] & termios.ECHO))
                os.write(fd, answers.pop(0)(said).encode())
        os.close(fd)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.assertEqual(answers, [])
        return status, said.decode(), echo

    def test_passwords_are_typed_with_echo_off(self):
        uid = self.person("ann@shop.example")
        status, said, echo = self.talk(uid, ["password"], [lambda _: GOOD + "\n"] +
                                       [lambda _: OTHER + "\n"] * 2)
        self.assertEqual((status, echo), (0, [False] * 3))
        self.assertNotIn(OTHER, said)
        self.assertEqual(self.converse("auth", "ann@shop.example", OTHER).returncode, 0)

    def test_interrupt_ends_it_with_the_echo_on_again(self):
        uid = self.person("ben@shop.example")
        status, _, echo = self.talk(uid, ["password"], [lambda _: "\x03"])
        self.assertEqual((status, echo), (-signal.SIGINT, [False]))

    def test_R55_code_is_drawn_in_blocks_on_a_utf8_terminal_alone(self):
        uid = self.person("cas@shop.example")
        secret = lambda said: re.findall(rb"(?m)^ +((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\r?$", said)[-1]
        code = lambda said: totp(secret(said).replace(b" ", b"")) + "\n"
        status, said, echo = self.talk(uid, ["otp", "enable"],
                                       [lambda _: "000000\n", lambda _: GOOD + "\n", code,
                                        lambda _: GOOD + "\n"])
        self.assertEqual((status, echo), (0, [True, False] * 2), said)
        self.assertIn("\u2580", said)
        self.boctl("otp", "reset", "cas@shop.example", "--reason", "again")
        status, said, _ = self.talk(uid, ["otp", "enable"], [lambda _: "\x04"], locale="C")
        self.assertEqual(status, 1)
        self.assertIn("##############", said)
        self.assertNotIn("\u2580", said)


class Operation(Case):
    def test_audit_lists_newest_first_and_for_one_user(self):
        self.boctl("user", "create", "ann@shop.example")
        self.boctl("user", "create", "ben@shop.example")
        self.boctl("user", "disable", "ann@shop.example", "--reason", "why not")
        rows = self.json("audit", "list")
        self.assertEqual([r["sequence"] for r in rows], list(range(len(rows), 0, -1)))
        self.assertIn("why not", rows[0]["detail"])
        uid = self.show("ann@shop.example")["uid"]
        mine = self.json("audit", "list", "--user", "ann@shop.example")
        self.assertEqual({row["subject"] for row in mine}, {uid})
        self.assertEqual(len(self.json("audit", "list", "--limit", "1")), 1)
        self.assertRegex(self.boctl("audit", "list").stdout.splitlines()[0], "^ *SEQ TIME +EVENT +ACTOR")

    def test_operator_alone_reads_the_audit_trail(self):
        for words in (["audit", "list"], ["audit", "verify"], ["clock", "accept"],
                      ["customer", "create", "x"]):
            self.boctl(*words, uid=70123, code=4)

    def test_clock_is_accepted(self):
        self.boctl("clock", "accept")

    def test_status_tells_who_one_is_and_how_the_service_is(self):
        uid = self.person("cas@shop.example")
        mine = self.json(uid=uid)[0]
        self.assertEqual((mine["username"], mine["status"], mine["state"]),
                         ("cas@shop.example", "active", "ok"))
        self.assertIn("no user of bo", self.boctl().stdout)
        asleep = self.json("user", "create", "dan@shop.example")[0]["uid"]
        self.assertIn("no active user of bo", self.boctl(uid=asleep).stdout)

    def test_operator_sees_on_one_screen_how_bo_is(self):
        self.boctl("user", "create", "seen@shop.example")
        self.boctl("user", "disable", "seen@shop.example")
        said = self.boctl().stdout
        self.assertRegex(said, r"(?m)^Users .*\d+ activation-sent.*\d+ deactivated")
        self.assertRegex(said, r"(?m)^Findings .*boctl check$")
        self.assertLessEqual(len(said.splitlines()), 23)
        self.assertLessEqual(max(map(len, said.splitlines())), 100)
        service = json.loads(self.boctl("--json").stdout)["service"][0]
        self.assertEqual((service["deactivated"], service["sessions"], service["at_least"]),
                         (len(self.json("user", "list", "--status", "deactivated")), 0, False))

    def test_R10_others_see_of_the_service_that_it_works_and_no_more(self):
        uid = self.person("own@shop.example")
        self.assertNotIn("service", json.loads(self.boctl("--json", uid=uid).stdout))
        self.assertNotRegex(self.boctl(uid=uid).stdout, r"(?m)^(Users|Sessions|Findings)")

    def test_a_person_sees_what_waits_for_him(self):
        self.boctl("customer", "create", "wait")
        asks = self.person("asks@shop.example", "--customer", "wait", "--role", "security-manager")
        owns = self.person("owns@shop.example", "--customer", "wait", "--role", "business-owner")
        self.boctl("approval", "request", "192.0.2.0/24", uid=asks)
        self.assertRegex(self.boctl(uid=owns).stdout, r"(?m)^To approve +1$")
        self.assertNotIn("To approve", self.boctl(uid=asks).stdout)
        self.assertRegex(self.boctl().stdout, r"(?m)^Requests .*1 pending")

    def test_exit_codes_tell_scripts_what_happened(self):
        uid = self.person("exit@shop.example")
        self.boctl("customer", "create", "exit")
        for words, who, code in ((["user", "show", "exit@shop.example"], 0, 0),
                                 (["user", "create", "two words"], 0, 1),
                                 (["user", "shwo"], 0, 2),
                                 (["customer", "create", "new"], uid, 4),
                                 (["user", "show", "nobody@shop.example"], 0, 5),
                                 (["location", "show", "nowhere"], 0, 5),
                                 (["customer", "create", "exit"], 0, 6),
                                 (["user", "create", "exit@shop.example"], 0, 6)):
            self.boctl(*words, uid=who, code=code)

    def test_one_changes_his_own_full_name_alone(self):
        uid = self.person("name@shop.example")
        self.boctl("user", "edit", "--full-name", "Nina Name", uid=uid)
        self.assertEqual(self.show("name@shop.example")["full_name"], "Nina Name")
        self.boctl("user", "edit", "--full-name", "Root", code=5)

    def test_no_answer_is_exit_3(self):
        for path in "/nonexistent", os.path.join(self.daemon.dir, "log"):
            done = subprocess.run([BOCTL, "--socket", path, "user", "list"], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 3)
            self.assertIn("systemctl status", done.stderr)

    def test_daemon_that_has_much_to_do_is_waited_for(self):
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            waiting = subprocess.Popen([BOCTL, "--socket", self.daemon.socket, "roles"], stdout=subprocess.DEVNULL)
            with self.assertRaises(subprocess.TimeoutExpired):
                waiting.wait(2)  # twice as long as a login waits
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)
        self.assertEqual(waiting.wait(WAIT), 0)

    def test_full_output_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([BOCTL, "--socket", self.daemon.socket, "roles"], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)


class Outside(Case):
    """What is seen of a store that was changed from outside."""

    def test_R5_old_api_password_is_warned_of_from_365_days(self):
        self.boctl("user", "create", "old", "--kind", "api", "--generate")
        for days, old in ((364, False), (365, True)):
            self.daemon.change("UPDATE account SET password_changed_usec = ? WHERE name = 'old'",
                               int((time.time() - days * 86400 - 60) * 1e6))
            said = self.boctl("user", "show", "old", "--json")
            user = json.loads(said.stdout)["user"][0]
            self.assertEqual((user["password_age_days"], user["password_old"]), (days, old))
            self.assertEqual("Warning" in said.stderr, old)
            self.assertEqual(user["status"], "active")

    def test_audit_verify_finds_a_row_that_was_changed_outside_of_bo(self):
        for name in "ann", "ben", "cas":
            self.boctl("user", "create", f"{name}@shop.example")
        self.assertEqual(self.json("audit", "verify")[0]["rows"], len(self.json("audit", "list")))
        self.daemon.change("UPDATE audit SET detail = ? WHERE sequence = 2", "never mind")
        self.assertIn("2", self.boctl("audit", "verify", code=1).stderr)


class CommandLine(unittest.TestCase):
    """What needs no daemon."""

    def boctl(self, *arguments, code=0):
        done = subprocess.run([BOCTL, *arguments], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def commands(self):
        text = self.boctl("--help").stdout.split("Commands:\n")[1].split("\n\n")[0]
        return [words.split() for words in re.findall(r"(?m)^  ((?:[a-z][a-z-]* ?)+)", text)]

    def test_help_fits_80_columns(self):
        helps = [["--help"], *(words[:n] + ["--help"] for words in self.commands() for n in (1, len(words)))]
        for words in helps:
            for line in self.boctl(*words).stdout.splitlines():
                self.assertLessEqual(len(line), 80, words)

    def test_every_command_has_help_and_stands_in_the_manual(self):
        with open(os.path.join(SOURCE, "docs", "man", "boctl.1")) as file:
            manual = file.read()
        commands = self.commands()
        self.assertGreater(len(commands), 15)
        for words in commands:
            self.assertIn("Options:", self.boctl(*words, "--help").stdout)
            self.assertRegex(manual, rf'(?m)^\.B[IR]? "?{" ".join(words)}'.replace("-", r"\\?-"))
            self.assertIn(words[0], self.boctl(words[0], "--help").stdout)
            self.assertEqual(self.boctl("help", *words).stdout, self.boctl(*words, "--help").stdout)
        self.assertEqual(self.boctl("help").stdout, self.boctl("--help").stdout)

    def test_mistakes_name_the_nearest_word_and_are_exit_2(self):
        for words, near in ((["usr", "list"], "'user'"), (["user", "lits"], "'user list'"),
                            (["user", "list", "--cutsomer", "x"], "--customer"),
                            (["passwrod"], "'password'")):
            self.assertIn(f"Did you mean {near}?", self.boctl(*words, code=2).stderr)
        self.assertNotIn("Did you mean", self.boctl("customer", "nope", code=2).stderr)

    def test_what_a_command_does_not_take_is_exit_2(self):
        for words in (["user"], ["user", "enable"], ["user", "enable", "a", "b"], ["xyzzy"],
                      ["roles", "--kind", "adm"], ["user", "list", "--limit"],
                      ["user", "list", "--sort", "name", "--sort", "-name"], ["otp", "reset", "a"]):
            self.assertTrue(self.boctl(*words, code=2).stderr.startswith("boctl: "), words)

    def test_R7_no_option_takes_a_password(self):
        for words in self.commands():
            self.assertNotRegex(self.boctl(*words, "--help").stdout, r"--(password|token|secret|code) [A-Z]")

    def test_help_may_be_asked_for_many_times(self):
        self.assertEqual(self.boctl("-" + "h" * 5000).stdout, self.boctl("--help").stdout)

    def test_version_is_told(self):
        self.assertRegex(self.boctl("--version").stdout, r"^boctl \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    main()
