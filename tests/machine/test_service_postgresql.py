# SPDX-License-Identifier: LGPL-2.1-or-later
"""PostgreSQL's method `pam`, set up as docs/services/postgresql.md says, with psql as the client (R8, R9, R76)."""

from foreign import ELSEWHERE, SHOP, SHOP6, AddressCases, ApiCases, ForeignScenario, commands
from machine import wait_until

LINK = "fe80::7%link0"
SOCKET = "/var/run/postgresql"
REFUSED = "(PAM|Peer) authentication failed|rejects connection|no password supplied|server closed"
WHO = "select session_user || ' from ' || coalesce(host(inet_client_addr()), 'here')"


class Postgresql(ApiCases, AddressCases, ForeignScenario):
    page = "postgresql"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run("ip link add link0 type veth peer name link1 && ip link set link0 up && ip link set link1 up && "
                       "ip addr add fe80::7/64 dev link0 nodad")

    @classmethod
    def tearDownClass(cls):
        cls.server.run("ip link del link0")
        super().tearDownClass()

    def owner(self, query):
        return self.server.run(["psql", "-AtXc", query], user="postgres")

    def role(self, name):
        self.server.try_run(["createuser", name], user="postgres")

    def psql(self, name, password, address=SHOP, query=WHO, sslmode="require"):
        # The password over a descriptor: it is in nobody's list of processes.
        words = ["sh", "-c", 'read -r PGPASSWORD; export PGPASSWORD; exec "$@"', "sh",
                 "psql", "-AtXw", f"host={address} user={name} dbname=postgres sslmode={sslmode}", "-c", query]
        return self.server.try_run(words, stdin=f"{password}\n")

    def admits(self, person, password, **options):
        self.role(person.name)
        result = self.psql(person.name, password, **options)
        if result.returncode != 0:
            self.assertRegex(result.stderr, REFUSED)
        return result.returncode == 0

    def test_client_is_told_by_its_address_whatever_its_form(self):
        robot = self.program()
        for host, address in ((SHOP, SHOP), (SHOP6, SHOP6), (f"::ffff:{SHOP}", SHOP), (SOCKET, ""),
                              (LINK, LINK.partition("%")[0])):
            self.assertTrue(self.admits(robot, robot.password, address=host), host)
            self.assertEqual(self.told(), address)

    def test_password_is_asked_for_over_tls_alone(self):
        robot = self.program()
        self.role(robot.name)
        result = self.psql(robot.name, robot.password, sslmode="disable")
        self.assertIn("no encryption", result.stderr)

    def test_owner_of_the_databases_is_let_in_from_his_own_processes_alone(self):
        self.assertEqual(self.owner("select session_user"), "postgres\n")
        for host in (SHOP, "127.0.0.1", SOCKET):
            self.assertFalse(self.admits(self.named("postgres", None), "Zq7-wrong", address=host), host)

    def test_shell_on_the_host_lets_nobody_in_by_the_socket(self):
        person = self.employee("admin")
        self.role(person.name)
        result = self.server.try_run(["psql", "-AtXw", "-h", SOCKET, "-d", "postgres", "-c", WHO], user=person.name)
        self.assertRegex(result.stderr, REFUSED)

    def test_user_without_a_role_is_let_in_nowhere(self):
        robot = self.program()
        result = self.psql(robot.name, robot.password)
        self.assertIn("does not exist", result.stderr)

    def test_client_that_gives_no_password_is_charged_with_nothing(self):
        """psql connects once to see whether it has to ask, and again with the answer."""
        robot = self.program()
        for _ in range(8):
            self.assertFalse(self.admits(robot, ""))
        self.lets_in(robot)

    def test_name_that_postgresql_cuts_off_is_nobodys(self):
        longest, longer = ("x" * n + "@shop.example" for n in (63 - 13, 63 - 12))
        for name, admitted in ((longest, True), (longer, False)):
            robot = self.server.robot(name)
            self.assertEqual(self.admits(robot, robot.password), admitted, name)

    def test_R70_socket_name_and_scope_are_no_approved_address(self):
        robot = self.program()
        self.settings("AddressRequired=yes")
        self.approve("192.0.2.0/29", "2001:db8:1::/48")
        try:
            for host in (SHOP, f"::ffff:{SHOP}", SHOP6):
                self.assertTrue(self.admits(robot, robot.password, address=host), host)
            for host in (SOCKET, LINK, ELSEWHERE, f"::ffff:{ELSEWHERE}", "localhost"):
                self.assertFalse(self.admits(robot, robot.password, address=host), host)
        finally:
            self.revoke_all()
            self.settings("")

    def test_only_who_is_named_may_ask(self):
        robot = self.program()
        self.settings("Callers=www-data")
        try:
            self.keeps_out(robot)
        finally:
            self.settings("")
        self.lets_in(robot)

    def test_R17_open_connection_of_who_is_disabled_is_ended_as_the_page_says(self):
        robot = self.program()
        self.role(robot.name)
        talk = self.server.talk(["psql", "-X", f"host={SHOP} user={robot.name} dbname=postgres sslmode=require"])
        talk.is_asked("Password for user [^:]*: ", robot.password).sees("postgres=> ")
        self.server.run(["sh", "-ec", commands(self.page, "What stays open").replace("feed@shop.example", robot.name)])
        wait_until(lambda: self.owner(f"select count(*) from pg_stat_activity where usename = '{robot.name}'") == "0\n",
                   what="the end of the connection")
        talk.types("select 1;").sees("server closed the connection|terminating connection").leave()
        self.keeps_out(robot)

    def test_role_gives_what_its_group_may(self):
        """The example of the page."""
        self.server.run(["sh", "-ec", commands(self.page, "Roles")])
        robot = self.server.robot("feed@shop.example")
        result = self.psql(robot.name, robot.password, query="select pg_has_role('till', 'member')")
        self.assertEqual(result.stdout, "t\n", result.stderr)
