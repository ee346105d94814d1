# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is in, who was, and how a disabled user is put out (R13, R17, R62; PCI DSS v4.0.1 8.2.5, 8.2.6)."""

import re
import time

from machine import wait_until
from scenario import Scenario

TWO_SECONDS = 2


class Sessions(Scenario):
    def helper(self, name):
        return self.server.run(["systemctl", "show", "-P", name, "bo-sessiond.service"]).strip()

    def disable(self, person):
        self.server.run(["boctl", "user", "disable", person.name])

    def sessions(self, person, *options):
        return self.server.rows("session", "list", person.name, *options)

    def in_by_ssh(self, person):
        return person.ssh().is_asked("Password: ", person.password).at_shell()

    def in_at_console(self, person):
        return person.console().is_asked("Password: ", person.password).at_shell()

    def root_in(self):
        talk = self.server.talk(["ssh", "-tt", "-o", "PreferredAuthentications=publickey", "-l", "root", "localhost"])
        return talk.at_shell()

    def out_within_two_seconds(self, person, *talks):
        began = time.monotonic()
        self.disable(person)
        for talk in talks:
            talk.ends(timeout=10)
        self.assertLess(time.monotonic() - began, TWO_SECONDS)

    def processes_of(self, person):
        return self.server.try_run(["pgrep", "-U", person.name]).stdout.split()

    def stays(self, talk):
        self.assertEqual(talk.does("echo still here"), (0, "still here\n"))
        talk.leave()

    def test_disabled_user_is_out_of_ssh_within_two_seconds(self):
        person = self.person()
        self.out_within_two_seconds(person, self.in_by_ssh(person), self.in_by_ssh(person))
        self.assertEqual(self.processes_of(person), [])
        self.assertNotIn(person.name, self.server.run("loginctl list-sessions --no-legend"))

    def test_disabled_user_is_out_of_ssh_by_key_and_without_a_terminal(self):
        person = self.person()
        person.allow_key()
        talk = person.ssh("publickey", command=["sleep", "600"])
        wait_until(lambda: self.processes_of(person), 10, "the command")
        self.out_within_two_seconds(person, talk)

    def test_disabled_user_is_out_of_the_console(self):
        person = self.person()
        self.out_within_two_seconds(person, self.in_at_console(person))

    def test_shell_that_somebody_became_by_su_ends(self):
        person = self.person()
        talk = person.su().is_asked("Password: ", person.password).at_shell()
        self.disable(person)
        # su itself is of him who called it, and takes its time to say that the shell was terminated.
        wait_until(lambda: not self.processes_of(person), TWO_SECONDS, "the end of the shell")
        talk.ends()

    def test_programs_that_ignore_signals_and_jobs_end(self):
        person = self.person()
        talk = self.in_by_ssh(person)
        talk.types("trap '' TERM HUP; (trap '' TERM HUP; setsid sleep 600) & exec sleep 600")
        job = self.server.start(["systemd-run", "-q", "--wait", "-p", "PAMName=cron", "-p", f"User={person.name}",
                                 "sh", "-c", "trap '' TERM HUP; sleep 600"])
        wait_until(lambda: len(self.processes_of(person)) >= 5, 10, "the programs")
        self.out_within_two_seconds(person, talk)
        wait_until(lambda: not self.processes_of(person), TWO_SECONDS, "the end of the job")
        job.wait(10)

    def test_shell_of_root_by_sudo_ends_with_the_session_that_it_was_opened_in(self):
        person = self.person()
        talk = self.in_by_ssh(person)
        talk.types("sudo sh -c 'echo $$; trap \"\" TERM HUP; exec sleep 600'").is_asked(r"assword[^:]*: ", person.password)
        pid = re.search(r"(\d+)\r?\n$", talk.sees(r"\n\d+\r?\n").seen)[1]
        self.out_within_two_seconds(person, talk)
        wait_until(lambda: self.server.try_run(["kill", "-0", pid]).returncode != 0, 5, "the end of root's shell there")

    def test_root_and_other_users_stay(self):
        person, other = self.person(), self.person()
        root, talk = self.root_in(), self.in_by_ssh(other)
        self.out_within_two_seconds(person, self.in_by_ssh(person))
        self.stays(root)
        self.stays(talk)

    def test_R62_reset_of_the_factor_ends_the_session(self):
        person = self.person()
        person.enable_otp()
        self.server.clock.forward("30s")
        talk = person.ssh().is_asked("Password: ", person.password).is_asked("code", person.code()).at_shell()
        self.server.run(["boctl", "otp", "reset", person.name, "--reason", "lost the phone"])
        talk.ends(timeout=10)

    def test_helper_that_was_killed_makes_up_for_it(self):
        person = self.person()
        talk = self.in_by_ssh(person)
        self.server.run(["systemctl", "kill", "-s", "KILL", "bo-sessiond.service"])
        self.disable(person)
        talk.ends(timeout=10)
        wait_until(lambda: self.helper("ActiveState") == "active", 10, "the helper to be back")

    def test_daemon_that_was_killed_between_answer_and_end_makes_up_for_it(self):
        person = self.person()
        talk = self.in_by_ssh(person)
        self.server.run("systemctl stop bo-sessiond.service")
        try:
            self.disable(person)
            self.server.run(["kill", "-9", str(self.server.daemon_pid())])
            self.stays_open(talk)
        finally:
            self.server.run("systemctl start bo-sessiond.service")
        talk.ends(timeout=10)

    def stays_open(self, talk):
        self.assertEqual(talk.does("echo still here"), (0, "still here\n"))

    def state(self, unit):
        return self.server.run(["systemctl", "show", "-P", "ActiveState", unit]).strip()

    def test_helper_comes_and_goes_with_the_daemon_and_does_not_start_it(self):
        # Programs that close a session start the daemon by its socket, as they should.
        wait_until(lambda: not self.server.rows("session", "list"), 10, "the end of all sessions")
        self.server.run("systemctl stop 'user@7*.service'")  # which would close theirs ten seconds later
        self.server.run("systemctl stop bo-accountd.service")
        end = time.monotonic() + 1  # it used to try again after 0.1 s
        while time.monotonic() < end:
            self.assertEqual([self.state("bo-accountd.service"), self.state("bo-sessiond.service")], ["inactive"] * 2)
        self.server.run("boctl roles")  # starts the daemon by its socket
        wait_until(lambda: self.state("bo-sessiond.service") == "active", 10, "the helper")
        person = self.person()
        self.out_within_two_seconds(person, self.in_by_ssh(person))

    def test_list_shows_who_is_in_and_who_was(self):
        person = self.person()
        talk = self.in_by_ssh(person)
        row, = self.sessions(person)
        self.assertEqual((row["user"], row["service"], row["rhost"], row["factors"], row["closed"]),
                         (person.name, "sshd", "::1", "password", None))
        self.assertIn("sshd", self.server.run(["ps", "-o", "comm=", "-p", str(row["leader"])]))
        talk.types("exit").ends()
        wait_until(lambda: not self.sessions(person), 10, "the session to be closed")
        past = self.sessions(person, "--all")
        self.assertEqual([one["factors"] for one in past], ["password", "token"])
        self.assertNotIn(None, [one["closed"] for one in past])

    def test_console_su_and_sudo_are_listed_and_closed(self):
        person = self.person()
        talk = self.in_at_console(person)
        self.assertEqual([(one["service"], one["rhost"]) for one in self.sessions(person)], [("login", None)])
        talk.types("exit").ends()
        talk = person.su().is_asked("Password: ", person.password).at_shell()
        self.assertIn([one["service"] for one in self.sessions(person)], (["su"], ["su-l"]))
        talk.types("exit").ends()
        wait_until(lambda: not self.sessions(person), 10, "the sessions to be closed")

    def test_jobs_are_not_listed(self):
        person = self.person()
        self.server.run(["systemd-run", "-q", "--wait", "-p", "PAMName=cron", "-p", f"User={person.name}", "true"])
        self.assertEqual([one["service"] for one in self.sessions(person, "--all")], ["sshd"])

    def test_user_sees_his_own_sessions_and_no_others(self):
        person, other = self.person(), self.person()
        talk = self.in_by_ssh(person)
        said = person.boctl("session", "list")
        self.assertIn(person.name, said.stdout, said.stderr)
        self.assertNotIn(other.name, said.stdout)
        self.assertIn(person.boctl("session", "list", other.name).returncode, (4, 5))
        talk.leave()

    def last_login_told(self, talk):
        told = re.findall(r"Last login: [^\r\n]*", talk.seen)
        talk.leave()
        return told

    def test_last_login_is_told_over_ssh_and_at_the_console(self):
        person = self.person()
        first = self.in_by_ssh(person)
        self.assertTrue(any("from ::1" in line for line in self.last_login_told(first)), first.seen)
        console = self.in_at_console(person)
        self.assertTrue(any("from ::1" in line for line in self.last_login_told(console)), console.seen)
        again = self.in_by_ssh(person)
        self.assertRegex("\n".join(self.last_login_told(again)), r" on pts/\d+")

    def test_failures_since_the_last_login_are_told(self):
        person = self.person()
        person.ssh().is_asked("Password: ", self.server.new_password()).sees("Permission denied").leave()
        talk = self.in_by_ssh(person)
        self.assertIn("1 failed login attempt since then.", talk.seen)
        talk.leave()

    def test_nothing_is_told_to_programs_over_ssh(self):
        """scp, rsync and git would take it for their own data."""
        person = self.person()
        person.allow_key()
        status, text = person.ssh("publickey", command=["echo", "data"]).ends()
        self.assertEqual((status, text.strip()), (0, "data"))

    def test_helper_has_one_capability_and_no_network(self):
        wait_until(lambda: self.helper("ActiveState") == "active", 10, "the helper")
        status = self.server.read(f"/proc/{self.helper('MainPID')}/status")
        for kind in ("CapPrm", "CapEff", "CapBnd"):
            self.assertEqual(int(re.search(rf"^{kind}:\s+(\w+)$", status, re.M)[1], 16), 1 << 5, kind)  # CAP_KILL
        links = self.server.run(f"nsenter -t {self.helper('MainPID')} -n ip -brief link")
        self.assertEqual([line.split()[0] for line in links.splitlines()], ["lo"])

    def test_exposure_of_the_helper_is_low(self):
        text = self.server.run("systemd-analyze security --no-pager bo-sessiond.service")
        exposure = float(re.search(r"Overall exposure level for bo-sessiond.service: ([\d.]+)", text)[1])
        self.assertLessEqual(exposure, 2.0, text)
