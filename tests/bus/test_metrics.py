#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon counts, against logins and calls that were really made."""

import json
import os
import re
import subprocess

from world import *

BOCTL = os.path.join(BUILD, "boctl", "boctl")
NUMBER = r"(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|\+Inf|NaN)"
LABEL = r'[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"([a-z_:][a-z0-9_:]*)(?:\{{({LABEL}(?:,{LABEL})*)\}})? ({NUMBER})")


def lint(text):
    """The rules of the text format 0.0.4, and those of promtool check metrics: what is wrong."""
    wrong, types, helped, seen, last = [], {}, set(), set(), None
    if not text.endswith("\n"):
        wrong.append("no line break at the end")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, family, told = line.split(" ", 3)
            helped.add(family)
            if not told.endswith("."):
                wrong.append(f"{family}: help is no sentence")
        elif line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            if family in types:
                wrong.append(f"{family} comes twice")
            if kind not in ("counter", "gauge", "histogram"):
                wrong.append(f"{family} is a {kind}")
            if (kind == "counter") != family.endswith("_total"):
                wrong.append(f"{family}: _total is for counters")
            types[family], last = kind, family
        else:
            match = SAMPLE.fullmatch(line)
            if not match:
                wrong.append(f"no sample: {line}")
                continue
            name = match.group(1)
            base = re.sub("_(bucket|sum|count)$", "", name) if types.get(last) == "histogram" else name
            if base != last or base not in helped:
                wrong.append(f"{name} is not below its TYPE and HELP")
            if not name.startswith("bo_") or re.search("_(ms|msec|usec|minutes|hours|kb|milliseconds)(_|$)", name):
                wrong.append(f"{name}: prefix or unit")
            if match.group(1, 2) in seen:
                wrong.append(f"{line} comes twice")
            seen.add(match.group(1, 2))
    return wrong


class Metrics(Case):
    def boctl(self, *arguments, code=0, uid=0):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *arguments], capture_output=True, text=True,
                              timeout=60, user=uid, group=uid, extra_groups=[], env=dict(os.environ))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def samples(self):
        return {row["Family"] + row["Suffix"] + "{" + row["Labels"] + "}": row["Value"]
                for row in self.manager("GetMetrics")[0]}

    def logins(self, outcome="Success", phase="auth", of="interactive"):
        return f'bo_logins_total{{phase="{phase}",class="{of}",outcome="{outcome}"}}'

    def grown(self, before):
        after = self.samples()
        return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}

    def test_logins_are_counted_by_class_and_outcome(self):
        _, name = self.person()
        _, robot = self.program()
        before = self.samples()
        for _ in range(3):
            self.assertEqual(self.auth(name, GOOD), "Success")
        for _ in range(2):
            self.assertEqual(self.auth(name, "a wrong guess"), "WrongCredentials")
        self.assertEqual(self.auth("nobody@shop.example", "a wrong guess"), "NoSuchUser")
        self.assertEqual(self.auth(robot, GOOD, service="door"), "Success")
        grown = self.grown(before)
        self.assertEqual(grown[self.logins()], 3)
        self.assertEqual(grown[self.logins("WrongCredentials")], 2)
        self.assertEqual(grown[self.logins("NoSuchUser")], 1)
        self.assertEqual(grown[self.logins(of="api")], 1)
        self.assertEqual(grown['bo_events_total{event="login-succeeded"}'], 4)
        self.assertEqual(grown['bo_events_total{event="login-failed"}'], 3)

    def test_R38_locks_are_counted(self):
        _, name = self.person()
        before = self.samples()
        self.wrong(name, 6)
        self.assertEqual(self.auth(name, GOOD), "LockedAttempts")
        grown = self.grown(before)
        self.assertEqual(grown['bo_events_total{event="login-locked"}'], 1)
        self.assertEqual(grown['bo_users{kind="adm",status="locked-attempts"}'], 1)
        self.assertGreaterEqual(grown[self.logins("LockedAttempts")], 1)

    def test_login_whose_peer_goes_away_is_abandoned(self):
        _, name = self.person()
        before = self.samples()
        client = self.daemon.client()
        Talk(client, "auth", name).skip()
        self.assertEqual(self.grown(before)["bo_connections{}"], 1)
        client.close()
        self.wait_for(lambda: self.grown(before).get(self.logins("Abandoned")) == 1)
        self.assertNotIn("bo_connections{}", self.grown(before))

    def test_one_whose_answer_is_being_worked_on_is_abandoned_as_well(self):
        _, name = self.person()
        before = self.samples()
        for _ in range(5):
            client = self.daemon.client()
            talk = Talk(client, "auth", name).skip()
            client.send(ROOT, LOGIN, "Step", "tay", talk.login, GOOD.encode())
            client.close()

        def ended():
            grown = self.grown(before)
            return grown.get(self.logins("Abandoned"), 0), grown.get(self.logins(), 0)
        # Each once, whichever is first: the end of the worker or that of the connection.
        self.wait_for(lambda: sum(ended()) == 5)
        self.assertGreater(ended()[0], 0)

    def wait_for(self, holds):
        deadline = time.monotonic() + WAIT
        while not holds():
            self.assertLess(time.monotonic(), deadline)

    def test_queues_jobs_and_commits_are_measured(self):
        _, name = self.person()
        before = self.samples()
        self.assertEqual(self.auth(name, GOOD), "Success")
        grown = self.grown(before)
        for queue in ("hash", "other"):
            self.assertGreaterEqual(grown[f'bo_run_seconds_count{{queue="{queue}"}}'], 1)
            self.assertGreater(grown[f'bo_run_seconds_sum{{queue="{queue}"}}'], 0)
            self.assertGreaterEqual(grown[f'bo_requests_total{{queue="{queue}",answer="answered"}}'], 1)
            self.assertEqual(before[f'bo_queue_waiting{{queue="{queue}"}}'], 0)
        self.assertGreaterEqual(grown["bo_commit_seconds_count{}"], 2)
        self.assertGreaterEqual(grown["bo_audit_rows_total{}"], 1)
        self.assertEqual(before['bo_queue_limit{queue="hash"}'], 256)

    def test_buckets_rise_to_the_count(self):
        samples = self.samples()
        for family in ("bo_wait_seconds", "bo_run_seconds"):
            values = [value for name, value in samples.items()
                      if name.startswith(family + '_bucket{queue="other"')]
            self.assertEqual(values, sorted(values))
            self.assertEqual(values[-1], samples[family + '_count{queue="other"}'])

    def test_users_sessions_and_keys_are_counted(self):
        before = self.samples()
        uid, name = self.person()
        self.create()
        robot, robot_name = self.program()
        key, = self.user(robot, "CreateApiKey", "ayaya{sv}", b"", b"", {})
        self.manager("VerifyKey", "ayssa{sv}", key.encode(), "door", "", {})
        self.refused("WrongCredentials", self.manager, "VerifyKey", "ayssa{sv}", b"no key", "door", "", {})
        grown = self.grown(before)
        self.assertEqual(grown['bo_users{kind="adm",status="active"}'], 1)
        self.assertEqual(grown['bo_users{kind="adm",status="activation-sent"}'], 1)
        self.assertEqual(grown['bo_users{kind="api",status="active"}'], 1)
        self.assertEqual(grown['bo_keys_verified_total{outcome="Success"}'], 1)
        self.assertEqual(grown['bo_keys_verified_total{outcome="WrongCredentials"}'], 1)

    def test_second_factors_are_counted(self):
        before = self.samples().get("bo_users_second_factor{}", 0)
        self.with_otp()
        self.assertEqual(self.samples()["bo_users_second_factor{}"], before + 1)

    def test_last_backup_is_told_by_its_time(self):
        self.assertEqual(self.samples()["bo_last_backup_timestamp_seconds{}"], 0)
        for _ in range(2):
            self.daemon.pass_time(HOUR)
            self.boctl("backup", self.daemon.path(f"backup-{self.daemon.now}"))
            self.assertAlmostEqual(self.samples()["bo_last_backup_timestamp_seconds{}"], self.daemon.now, delta=5)
        made = self.daemon.now
        self.daemon.pass_time(HOUR)
        self.daemon.restart()
        self.assertAlmostEqual(self.samples()["bo_last_backup_timestamp_seconds{}"], made, delta=5)

    def test_text_satisfies_prometheus(self):
        self.person()
        text = self.boctl("metrics")
        self.assertEqual(lint(text), [])
        self.assertIn("\nbo_up 1\n", text)
        self.assertRegex(text, r'\nbo_build_info\{version="[0-9.]+"\} 1\n')

    def test_no_name_of_a_user_is_told(self):
        _, name = self.person()
        self.assertEqual(self.auth(name, "a wrong guess"), "WrongCredentials")
        self.auth("stranger-xyz@shop.example", "a wrong guess")
        text = self.boctl("metrics")
        for word in (name, "shop.example", "stranger-xyz"):
            self.assertNotIn(word, text)

    def test_json_has_the_same_names(self):
        names = {row["name"] for row in json.loads(self.boctl("metrics", "--json"))["metrics"]}
        self.assertIn("bo_logins_total", names)
        self.assertIn("bo_run_seconds_bucket", names)

    def test_file_is_replaced_as_a_whole_and_can_be_read_by_all(self):
        path = self.daemon.path("bo.prom")
        self.boctl("metrics", "--output", path)
        first = os.stat(path)
        self.boctl("metrics", "--output", path)
        self.assertNotEqual(first.st_ino, os.stat(path).st_ino)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o644)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(lint(file.read()), [])
        self.assertEqual([name for name in os.listdir(self.daemon.dir) if name.startswith("bo.prom")], ["bo.prom"])

    def test_nobody_but_the_operator_may(self):
        uid, _ = self.person()
        self.refused("NotAllowed", self.manager, "GetMetrics", uid=uid)
        self.boctl("metrics", uid=uid, code=4)


class Away(Case):
    def test_file_says_when_the_daemon_is_away(self):
        path = self.daemon.path("bo.prom")
        done = subprocess.run([BOCTL, "--socket", self.daemon.path("none"), "metrics", "--output", path],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 3, done.stderr)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(lint(text), [])
        self.assertTrue(text.endswith("bo_up 0\n"))


if __name__ == "__main__":
    main()
