# SPDX-License-Identifier: LGPL-2.1-or-later
"""sudo, su and cron: set up as docs/services/sudo.md, su.md and cron.md say (R8, R17, R38, R40)."""

from foreign import ATTEMPTS, ByHand
from machine import wait_until
from scenario import Scenario
from ways import WAYS

ASKED = r"password for [^:]*: |Password: "
JOB_DEADLINE_SEC = 100  # cron looks once a minute


class Stacks(ByHand, Scenario):
    by_hand = ("sudo", "su", "cron")

    def lock(self, person):
        way = next(way for way in WAYS if way.name == "su")
        for _ in range(ATTEMPTS):
            self.assertFalse(way.admits(way.answer(person, "Zq7-wrong")))

    def people_by_status(self):
        """Who is refused with the right password, by the reason."""
        idle = self.person("idle")
        self.server.clock.forward("90d")
        people = {"idle": idle, "deactivated": self.person("deactivated"), "locked": self.person("locked")}
        self.server.disable(people["deactivated"])
        self.lock(people["locked"])
        self.assertEqual({why: self.server.show(person)["status"] for why, person in people.items()},
                         {"idle": "locked-inactivity", "deactivated": "deactivated", "locked": "locked-attempts"})
        return people


class Sudo(Stacks):
    def sudo(self, person, password, words="-k id -un"):
        return person.sudo(words).is_asked(ASKED, password).ends()

    def test_person_becomes_root_with_his_password_and_by_sudo_i_too(self):
        person = self.person()
        for words in ("-k id -un", "-k -i id -un"):
            status, seen = self.sudo(person, person.password, words)
            self.assertEqual(status, 0, seen)
            self.assertIn("root", seen.split())
        status, seen = self.sudo(person, "Zq7-wrong")
        self.assertNotEqual(status, 0, seen)

    def test_code_is_asked_for(self):
        person = self.person()
        person.enable_otp()
        status, seen = person.sudo("-k id -un").is_asked(ASKED, person.password) \
            .is_asked("One-time code: ", person.code(1)).ends()
        self.assertEqual(status, 0, seen)
        status, seen = person.sudo("-k id -un").is_asked(ASKED, person.password).is_asked("One-time code: ", "000000").ends()
        self.assertNotEqual(status, 0, seen)

    def test_R8_api_user_becomes_nobody_and_nobody_becomes_him(self):
        robot = self.robot()
        status, seen = self.sudo(robot, robot.password)
        self.assertNotEqual(status, 0, seen)
        self.assertIn("incorrect password attempt", seen)
        status, seen = robot.su().is_asked("Password: ", robot.password).ends()
        self.assertNotEqual(status, 0, seen)
        # Root is asked nothing, and refused all the same: account is.
        self.assertNotEqual(self.server.try_run(["su", robot.name, "-c", "id -un"]).returncode, 0)

    def test_who_may_not_log_in_becomes_nobody(self):
        for why, person in self.people_by_status().items():
            with self.subTest(why):
                status, seen = self.sudo(person, person.password)
                self.assertNotEqual(status, 0, seen)
                self.assertNotRegex(seen, r"(?<!\S)root\r?\n")

    def test_expired_password_is_changed_at_the_prompt(self):
        person = self.person()
        person.allow_key()
        self.server.clock.forward("60d")
        self.assertAdmitted(person.console().is_asked("Password: ", person.password))  # or he would be idle
        self.server.clock.forward("30d")
        new = self.server.new_password()
        status, seen = person.sudo("-k id -un").is_asked(ASKED, person.password).is_asked("New password: ", new) \
            .is_asked("Repeat new password: ", new).ends()
        self.assertEqual(status, 0, seen)

    def test_R61_root_and_local_users_pass_by(self):
        self.server.run("useradd -m local 2>/dev/null; echo local:Zq7-local-password | chpasswd")
        self.assertEqual(self.server.run("sudo id -un"), "root\n")
        status, seen = self.server.talk("sudo -k id -un", user="local").is_asked(ASKED, "Zq7-local-password").ends()
        self.assertEqual(status, 0, seen)
        self.assertEqual(self.server.run(["su", "-", "local", "-c", "id -un"]), "local\n")


class Su(Stacks):
    def su(self, person, password):
        return self.server.talk(["su", "-", person.name, "-c", "id -un"], user="nobody").is_asked("Password: ", password).ends()

    def test_somebody_becomes_a_person_with_that_persons_password(self):
        person = self.person()
        status, seen = self.su(person, person.password)
        self.assertEqual(status, 0, seen)
        self.assertIn(person.name, seen)
        self.assertNotEqual(self.su(person, "Zq7-wrong")[0], 0)
        # su itself says so of names that nobody has, and asks nothing.
        self.assertNotEqual(self.server.talk(["su", "-", self.nobody().name], user="nobody").sees("does not exist").ends()[0], 0)

    def test_who_may_not_log_in_is_nobodys_to_become(self):
        for why, person in self.people_by_status().items():
            with self.subTest(why):
                self.assertNotEqual(self.su(person, person.password)[0], 0)
                if why != "locked":
                    # Root is asked for no password; account is asked all the same.
                    self.assertNotEqual(self.server.try_run(["su", person.name, "-c", "true"]).returncode, 0)


class Cron(Stacks):
    def test_jobs_of_who_may_log_in_and_of_the_locked_run_and_no_others(self):
        """All in one pass of cron: whoever's job has not run when the others' have, has none."""
        people = {why: self.person(why) for why in ("active", "locked", "deactivated")}
        idle = self.person("idle")
        self.server.clock.forward("60d")
        for why, person in people.items():
            self.assertAdmitted(person.console().is_asked("Password: ", person.password))
        self.server.clock.forward("30d")
        people.update(idle=idle, robot=self.robot())
        self.lock(people["locked"])
        self.server.disable(people["deactivated"])
        statuses = {why: self.server.show(person)["status"] for why, person in people.items()}
        self.assertEqual(statuses, {"active": "password-expired", "locked": "locked-attempts", "robot": "active",
                                    "deactivated": "deactivated", "idle": "locked-inactivity"})
        self.addCleanup(self.server.run, "rm -rf /etc/cron.d/services /var/tmp/jobs")
        self.server.run("mkdir -m 1777 /var/tmp/jobs")
        jobs = "".join(f"* * * * * {person.name} id -un >/var/tmp/jobs/{why}\n" for why, person in people.items())
        self.server.write("/etc/cron.d/services", jobs + "* * * * * root touch /var/tmp/jobs/root\n")
        ran = lambda: set(self.server.run("find /var/tmp/jobs -type f -printf '%f\\n'").split())
        wait_until(lambda: {"active", "locked", "robot", "root"} <= ran(), JOB_DEADLINE_SEC, "the jobs of cron", 1)
        journal = lambda: self.server.journal("-t", "CRON", "-t", "cron", "-o", "cat")
        for why in ("deactivated", "idle"):
            wait_until(lambda: f"account check of {people[why].name}: " in journal(), 10, f"the refusal of {why}")
        self.assertEqual(ran(), {"active", "locked", "robot", "root"})
        self.assertEqual(self.server.read("/var/tmp/jobs/robot"), people["robot"].name + "\n")
