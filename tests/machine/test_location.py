# SPDX-License-Identifier: LGPL-2.1-or-later
"""Members who are restricted to locations, on terminals of theirs and of others (R26, R27, R31, R34)."""

from scenario import Scenario

HOST = "till-1"
SETTINGS = f"""[Accounts]
Terminal={HOST}
"""
# Addresses of this machine that stand for other places.
SHOP, OTHER, UNKNOWN, SHOP6, OTHER6 = "192.0.2.7", "198.51.100.7", "203.0.113.7", "2001:db8:1::7", "2001:db8:2::7"
BINDINGS = (("ams", "network", "192.0.2.0/24"), ("ams", "network", "2001:db8:1::/48"), ("ams", "tty", "ttyS7"),
            ("utr", "network", "198.51.100.0/24"), ("utr", "network", "2001:db8:2::/48"), ("utr", "tty", "ttyS8"),
            # Another merchant of this host: what is a place of the shop's is one of his as well.
            ("bar", "network", "198.51.100.0/24"))
REFUSED = "Permission denied|Connection closed|Connection to"
WHY = "restricted to other locations"


class Location(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run = cls.server.run
        cls.server.write("/etc/bo/accountd.conf.d/60-location.conf", SETTINGS)
        run("systemctl reload bo-accountd.service")
        for address in (SHOP, OTHER, UNKNOWN, SHOP6, OTHER6):
            run(["ip", "addr", "add", address, "dev", "lo", *(["nodad"] if ":" in address else [])])
        for shop, places in (("grocer", (("ams", "Grocer Amsterdam"), ("utr", "Grocer Utrecht"))),
                             ("barkeeper", (("bar", "Bar Utrecht"),))):
            run(["boctl", "customer", "create", shop])
            for ident, name in places:
                run(["boctl", "location", "create", ident, "--customer", shop, "--name", name])
        for binding in BINDINGS:
            run(["boctl", "location", "bind", *binding])

    @classmethod
    def tearDownClass(cls):
        cls.server.run("rm /etc/bo/accountd.conf.d/60-location.conf; systemctl reload bo-accountd.service")
        super().tearDownClass()

    def member(self, customer, *places):
        """Restricted once he has a password."""
        person = self.person("clerk", "--customer", customer, "--role", "viewer")
        self.restrict(person, customer, *places)
        return person

    def restrict(self, person, customer, *places):
        words = [word for place in places for word in ("--location", place)]
        self.server.run(["boctl", "user", "locations", person.name, "--customer", customer, *(words or ["--all"])])
        self.server.await_the_end(person)  # of sessions at a place that he lost: before, he opens none

    def ssh_from(self, person, address, method="keyboard-interactive"):
        talk = person.ssh(method, "-6" if ":" in address else "-4", "-b", address)
        return talk if method == "publickey" else talk.is_asked("Password: ", person.password)

    def line(self, person, name):
        """`login` at a terminal line of that name."""
        self.server.run(["sh", "-c", "umount -q /dev/$1; touch /dev/$1", "sh", name])
        inner = f"mount --bind $(tty) /dev/{name} && exec login </dev/{name} >/dev/{name} 2>&1"
        return self.server.talk(["script", "-qec", inner, "/dev/null"]).is_asked("login: ", person.name) \
            .is_asked("Password: ", person.password)

    def test_R26_password_over_ssh_from_two_networks(self):
        person = self.member("grocer", "ams")
        for address in (SHOP, SHOP6):
            self.assertAdmitted(self.ssh_from(person, address))
        for address in (OTHER, OTHER6, UNKNOWN):
            self.assertRefused(self.ssh_from(person, address), REFUSED)
        self.assertIn(f"{person.name} may not log in here (sshd)",
                      self.server.journal("-u", "bo-accountd", "-o", "cat"))

    def test_R26_key_does_not_get_around_it(self):
        person = self.member("grocer", "ams")
        person.allow_key()
        self.assertAdmitted(self.ssh_from(person, SHOP, "publickey"))
        self.assertRefused(self.ssh_from(person, OTHER, "publickey"), REFUSED)
        self.restrict(person, "grocer", "ams", "utr")
        self.assertAdmitted(self.ssh_from(person, OTHER, "publickey"))
        self.assertRefused(self.ssh_from(person, UNKNOWN, "publickey"), REFUSED)
        self.restrict(person, "grocer")
        self.assertAdmitted(self.ssh_from(person, UNKNOWN, "publickey"))

    def test_R26_R27_console_at_a_line_of_his_and_of_another_location(self):
        person = self.member("grocer", "ams")
        self.assertAdmitted(self.line(person, "ttyS7"))
        self.assertRefused(self.line(person, "ttyS8"), WHY)
        self.assertRefused(person.console().is_asked("Password: ", person.password), WHY)  # no line of a place

    def test_R27_host_is_a_place_of_its_own(self):
        person = self.member("grocer", "utr")
        self.server.run(["boctl", "location", "bind", "utr", "host", HOST])
        try:
            self.assertAdmitted(person.console().is_asked("Password: ", person.password))
            self.assertAdmitted(self.ssh_from(person, UNKNOWN))
            self.assertRefused(self.ssh_from(person, SHOP), REFUSED)
        finally:
            self.server.run(["boctl", "location", "unbind", "utr", "host", HOST])

    def test_R31_two_merchants_bind_the_same_network(self):
        clerk, waiter = self.member("grocer", "ams"), self.member("barkeeper", "bar")
        self.assertAdmitted(self.ssh_from(waiter, OTHER))
        self.assertRefused(self.ssh_from(waiter, SHOP), REFUSED)
        self.assertAdmitted(self.ssh_from(clerk, SHOP))
        self.assertRefused(self.ssh_from(clerk, OTHER), REFUSED)

    def test_R34_job_of_cron_runs_wherever_he_is_restricted_to(self):
        person = self.member("grocer", "utr")
        self.server.run(["sh", "-c", 'home=$(getent passwd "$1" | cut -d: -f6); mkdir -p "$home"; chown "$1:" "$home"',
                         "sh", person.name])
        done = self.server.try_run(["systemd-run", "-q", "--wait", "--pipe", "-p", "PAMName=cron", "-p",
                                    f"User={person.name}", "id", "-un"])
        self.assertEqual((done.returncode, done.stdout), (0, person.name + "\n"), done.stderr)

    def test_R26_he_sees_his_own_over_ssh_with_boctl_and_busctl(self):
        person = self.member("grocer", "ams")
        talk = self.ssh_from(person, SHOP).at_shell()
        status, seen = talk.does("boctl location list --customer grocer; id -Gn")
        self.assertEqual(status, 0, seen)
        self.assertIn("Grocer Amsterdam", seen)
        self.assertNotIn("Grocer Utrecht", seen)
        self.assertIn("bo-l-ams", seen)
        status, seen = talk.does("busctl call org.backoffice.Accounts1 /org/backoffice/Accounts1/location/utr "
                                 "org.freedesktop.DBus.Properties GetAll s org.backoffice.Accounts1.Location")
        self.assertNotEqual(status, 0)
        self.assertIn("no such location", seen)
        talk.leave()

    def test_R26_sudo_works_where_he_is_in_and_su_from_elsewhere_does_not(self):
        person = self.member("grocer", "ams")
        talk = self.ssh_from(person, SHOP).at_shell()
        talk.types("sudo -k id -un")
        talk.is_asked(r"password for [^:]*: |Password: ", person.password).sees(r"(?<!\S)root\r?\n")
        talk.leave()
        other = self.member("grocer", "ams")
        self.assertRefused(other.su().is_asked("Password: ", other.password), WHY)

    def test_R26_session_ends_when_its_location_is_taken_away(self):
        person = self.member("grocer", "ams")
        talk = self.ssh_from(person, SHOP).at_shell()
        self.restrict(person, "grocer", "utr")
        talk.sees("closed")
        talk.leave()
        self.assertRefused(self.ssh_from(person, SHOP), REFUSED)
        self.assertAdmitted(self.ssh_from(person, OTHER))
