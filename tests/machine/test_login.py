# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who gets in, by SSH, at the console, through sudo and su (R1, R8, R17, R24, R25)."""

from scenario import Scenario
from talk import PROMPT
from ways import each_way, spread


@spread
class Login(Scenario):
    @each_way()
    def test_right_password_opens(self, way):
        person = self.person()
        self.assertTrue(way.admits(way.answer(person, person.password)))

    @each_way()
    def test_wrong_password_is_refused(self, way):
        person = self.person()
        self.assertFalse(way.admits(way.answer(person, self.server.new_password())))

    @each_way()
    def test_empty_password_is_refused(self, way):
        person = self.person()
        self.assertFalse(way.admits(way.answer(person, "")))

    @each_way("ssh_keyboard_interactive", "ssh_password", "console")
    def test_unknown_name_is_asked_and_refused_like_a_known_one(self, way):
        known, unknown = self.person(), self.nobody()
        self.assertFalse(way.admits(way.answer(known, "Zq7-not-the-right-one")))
        self.assertFalse(way.admits(way.answer(unknown, "Zq7-not-the-right-one")))

    @each_way()
    def test_deactivated_user_is_stopped(self, way):
        """R17, R18: also with the right password."""
        person = self.person()
        self.server.disable(person)
        self.assertFalse(way.admits(way.answer(person, person.password)))

    @each_way()
    def test_enabled_again_the_old_password_opens(self, way):
        person = self.person()
        self.server.run(["boctl", "user", "disable", person.name])
        self.server.run(["boctl", "user", "enable", person.name])
        self.assertTrue(way.admits(way.answer(person, person.password)))

    @each_way("ssh_keyboard_interactive", "ssh_password", "console")
    def test_api_user_is_refused(self, way):
        """R8: also with the right password."""
        robot = self.robot()
        self.assertFalse(way.admits(way.answer(robot, robot.password)))

    @each_way()
    def test_R8_R76_api_key_is_a_wrong_password(self, way):
        """Of a person and of a program, wherever people log in."""
        person, robot = self.person(), self.robot()
        for who, key in ((person, person.make_key()), (robot, robot.make_key(by_root=True))):
            self.assertFalse(way.admits(way.answer(who, key)))
        self.assertTrue(way.admits(way.answer(person, person.password)))

    @each_way()
    def test_R8_program_is_refused_as_if_its_password_were_wrong(self, way):
        robot = self.robot()
        said = []
        for password in (robot.password, robot.password[::-1]):
            talk = way.answer(robot, password)
            self.assertFalse(way.admits(talk))
            said.append(talk.seen.replace("\r", ""))
        self.assertEqual(*[text.split("\n")[:2] for text in said])

    def test_key_opens(self):
        person = self.person()
        person.allow_key()
        self.assertAdmitted(person.ssh("publickey"))

    def test_deactivated_user_is_stopped_with_a_key(self):
        person = self.person()
        person.allow_key()
        self.server.run(["boctl", "user", "disable", person.name])
        self.assertRefused(person.ssh("publickey"), r"Permission denied|Connection closed")

    def test_api_user_is_refused_with_a_key(self):
        """R8."""
        robot = self.robot()
        robot.allow_key()
        self.assertRefused(robot.ssh("publickey"), r"Permission denied|Connection closed")

    def test_user_without_activation_is_stopped_with_a_key(self):
        person = self.server.create(self.fresh_name())
        person.allow_key()
        self.assertRefused(person.ssh("publickey"), r"Permission denied|Connection closed")

    def test_name_is_folded_to_lower_case(self):
        """R25."""
        person = self.person()
        password = person.password
        person.name = person.name.upper()
        talk = person.ssh().is_asked("Password: ", password).at_shell()
        self.assertEqual(talk.does("id -un"), (0, person.name.lower() + "\n"))
        talk.leave()

    def test_generated_name_logs_in(self):
        """R23, R25: an unverified user logs in by a name, not an address."""
        person = self.server.person(self.fresh_name().split("@")[0])
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_home_is_made_and_private(self):
        person = self.person()
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.assertEqual(talk.does('stat -c "%U %a" "$HOME"'), (0, f"{person.name} 700\n"))
        talk.leave()

    def test_session_is_known_to_logind(self):
        person = self.person()
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.assertIn(person.name, self.server.run("loginctl list-sessions --no-legend"))
        talk.leave()

    def test_command_runs_without_a_terminal(self):
        person = self.person()
        person.allow_key()
        status, text = person.ssh("publickey", command=["echo", "out", "and", "done"]).ends()
        self.assertEqual((status, text.strip()), (0, "out and done"))

    def test_activation_token_works_once(self):
        """R24: setting the password uses it up."""
        person = self.person()
        self.assertRefused(person.ssh().is_asked("Password: ", person.token), "Permission denied")

    def test_looking_at_the_token_prompt_uses_nothing_up(self):
        """R24: leaving before the password is set leaves the token good."""
        person = self.server.create(self.fresh_name())
        person.ssh().is_asked("Password: ", person.token).sees("New password: ").leave()
        person.activate()

    def test_two_different_new_passwords_are_not_taken(self):
        """R73."""
        person = self.server.create(self.fresh_name())
        talk = person.ssh().is_asked("Password: ", person.token)
        talk.is_asked("New password: ", self.server.new_password())
        talk.is_asked("Repeat new password: ", self.server.new_password())
        self.assertNotEqual(talk.sees_one_of(PROMPT, "New password: ", "Permission denied"), 0)
        talk.leave()

    def test_weak_password_is_not_taken(self):
        """R74."""
        person = self.server.create(self.fresh_name())
        talk = person.ssh().is_asked("Password: ", person.token)
        talk.is_asked("New password: ", "abc123")
        self.assertNotEqual(talk.sees_one_of(PROMPT, "New password: ", "Repeat new password: ", "denied"), 0)
        talk.leave()

    def test_cron_job_of_a_user_runs(self):
        """Class=batch: nobody sits there, nothing is asked."""
        person = self.person()
        home = self.server.run(["getent", "passwd", person.name]).split(":")[5]
        self.server.run(f"mkdir -p '{home}' && chown '{person.name}:' '{home}'")
        status = self.server.try_run(["systemd-run", "-q", "--wait", "--pipe", "-p", "PAMName=cron", "-p",
                                      f"User={person.name}", "id", "-un"])
        self.assertEqual((status.returncode, status.stdout), (0, person.name + "\n"), status.stderr)
