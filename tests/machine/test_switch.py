# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at two customers: groups, environment, sudo, sshd and files go with the one acted for (R50, R52, R53)."""

import re

from machine import wait_until
from scenario import Scenario

VARIABLES = "env | grep ^BO_ | sort"
CHOOSE = "Number or id of the customer: "


class Customers(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.try_run(["boctl", "customer", "create", "cafe", "--alias", "Café De Hoek"])  # once a machine
        cls.server.try_run(["boctl", "customer", "create", "shop", "--alias", "Shop BV"])

    def both(self):
        """An encoder at the café, for which he acts at first, and an admin at the shop."""
        person = self.person("both", "--customer", "cafe", "--role", "encoder")
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "shop", "--role", "admin"])
        return person

    def inside(self, person):
        """At the shell of a login over SSH."""
        talk = person.ssh().is_asked("Password: ", person.password).at_shell()
        self.addCleanup(talk.leave)
        return talk

    def groups_of(self, person):
        """As a new login would get them, without his own."""
        return set(self.server.run(["id", "-Gn", person.name]).split()) - {person.name}

    def groups_in(self, talk):
        return {word for word in talk.does("id -Gn")[1].split() if word.startswith("bo-")}

    def variables(self, talk):
        return dict(re.findall(r"^(BO_[A-Z_]+)=(.*)$", talk.does(VARIABLES)[1], re.MULTILINE))

    def reads(self, person, path):
        return self.server.try_run(["cat", path], user=person.name).stdout

    def switch_in(self, talk, customer):
        """In the shell that this is; a new one follows."""
        talk.types(f"boctl switch {customer}").sees("leads back").at_shell()

    def switch(self, person, customer):
        done = person.boctl("switch", customer)
        self.assertEqual(done.returncode, 0, done.stderr)


class Switching(Customers):
    def test_R50_login_has_groups_and_environment_of_one_customer(self):
        talk = self.inside(self.both())
        self.assertEqual(self.groups_in(talk), {"bo-c-cafe", "bo-encoder"})
        self.assertEqual(self.variables(talk), {
            "BO_CUSTOMER": "cafe", "BO_CUSTOMER_ALIAS": "Café De Hoek", "BO_ROLES": "encoder", "BO_LOCATIONS": "",
            "BO_FACTORS": "password"})

    def test_R50_boctl_switch_opens_a_shell_of_the_other(self):
        """R52: alias and id are shown when choosing; no password is asked for."""
        person = self.both()
        talk = self.inside(person)
        talk.types("boctl switch").sees(CHOOSE)
        self.assertRegex(talk.seen, r"1  Café De Hoek \(cafe\)  <- now\r\n +2  Shop BV \(shop\)\r\n")
        start = len(talk.seen)
        talk.types("2").sees("leads back").at_shell()
        self.assertIn("New logins act for Shop BV (shop)", talk.seen[start:])
        self.assertNotIn("Password", talk.seen[start:])
        self.assertEqual(self.groups_in(talk), {"bo-c-shop", "bo-admin"})
        self.assertEqual(self.variables(talk), {
            "BO_CUSTOMER": "shop", "BO_CUSTOMER_ALIAS": "Shop BV", "BO_ROLES": "admin", "BO_LOCATIONS": "",
            "BO_FACTORS": ""})
        self.assertEqual(talk.does("pwd")[1].strip(), f"/home/{person.name}")
        talk.types("exit").sees("logout").at_shell()  # what ran before keeps what it had
        self.assertEqual(self.groups_in(talk), {"bo-c-cafe", "bo-encoder"})
        self.assertEqual(self.variables(talk)["BO_CUSTOMER"], "cafe")

    def test_R50_new_login_follows_and_id_at_once(self):
        person = self.both()
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-encoder"})
        self.switch(person, "shop")
        self.assertEqual(self.groups_of(person), {"bo-c-shop", "bo-admin"})
        self.assertEqual(self.groups_in(self.inside(person)), {"bo-c-shop", "bo-admin"})

    def test_member_lists_say_the_same(self):
        """pam_wheel and its like go by them."""
        person = self.both()
        listed = lambda group: person.name in self.server.run(["getent", "group", group]).strip().split(":")[3].split(",")
        self.assertEqual([listed(group) for group in ("bo-c-cafe", "bo-encoder", "bo-c-shop", "bo-admin")],
                         [True, True, False, False])
        self.switch(person, "shop")
        self.assertEqual([listed(group) for group in ("bo-c-cafe", "bo-encoder", "bo-c-shop", "bo-admin")],
                         [False, False, True, True])

    def test_change_of_role_and_membership_shows_at_once(self):
        person = self.both()
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "cafe", "--role", "viewer"])
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-viewer"})
        self.server.run(["boctl", "user", "disable", person.name, "--customer", "cafe"])
        self.assertEqual(self.groups_of(person), {"bo-c-shop", "bo-admin"})
        self.server.run(["boctl", "user", "enable", person.name, "--customer", "cafe"])
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-viewer"})

    def test_R50_customers_are_listed_and_the_present_one_marked(self):
        person = self.both()
        self.switch(person, "shop")
        listed = person.boctl("customer", "list").stdout
        self.assertRegex(listed, r"(?m)^cafe +Café De Hoek +[^ ]+ *$")
        self.assertRegex(listed, r"(?m)^shop +Shop BV +[^ ]+ now *$")

    def test_foreign_customer_is_refused_and_nothing_changes(self):
        self.server.run("boctl customer create bakery 2>/dev/null || true")
        person = self.both()
        refused = person.boctl("switch", "bakery")
        self.assertEqual(refused.returncode, 5)
        self.assertIn("no active member", refused.stderr)
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-encoder"})

    def test_R52_greeting_tells_alias_and_R53_where_to_switch(self):
        person = self.both()
        self.assertIn("Acting for Café De Hoek (cafe). Other customers: `boctl switch`.", self.inside(person).seen)
        console = person.console().is_asked("Password: ", person.password).at_shell()
        self.addCleanup(console.leave)
        self.assertRegex(console.seen, r"Last login: [^\n]*\n(.*\n)*Acting for Café De Hoek \(cafe\)")


class Privileges(Customers):
    """Rules by role and customer hold for one customer and not for the other."""

    def test_sudo_rule_by_role_group(self):
        self.server.write("/etc/sudoers.d/roles", "%bo-admin ALL=(root) NOPASSWD: /usr/bin/id\n", 0o440)
        self.addCleanup(self.server.run, "rm /etc/sudoers.d/roles")
        person = self.both()
        talk = self.inside(person)
        self.assertNotEqual(talk.does("sudo -n id -u")[0], 0)
        self.switch_in(talk, "shop")
        self.assertEqual(talk.does("sudo -n id -u"), (0, "0\n"))
        self.switch_in(talk, "cafe")
        self.assertNotEqual(talk.does("sudo -n id -u")[0], 0)
        # As root asks about him, by NSS alone.
        may = lambda: "/usr/bin/id" in self.server.run(["sudo", "-l", "-U", person.name])
        self.assertFalse(may())
        self.switch(person, "shop")
        self.assertTrue(may())

    def test_newgrp_gives_no_group_of_another_customer(self):
        """It goes by the member lists, and asks for a password that there is not."""
        person = self.both()
        talk = self.inside(person)
        talk.types("sg bo-admin -c 'id -gn'").is_asked("Password: ", "").sees("nvalid password|orry").at_shell()
        self.switch_in(talk, "shop")
        self.assertEqual(talk.does("sg bo-admin -c 'id -gn'"), (0, "bo-admin\n"))

    def test_sshd_lets_in_by_customer_group(self):
        self.server.write("/etc/ssh/sshd_config.d/aa-groups.conf", "AllowGroups root bo-c-shop\n")
        self.server.run("systemctl restart ssh")
        self.addCleanup(self.server.run, "rm /etc/ssh/sshd_config.d/aa-groups.conf; systemctl restart ssh")
        person = self.server.create(self.fresh_name(), "--customer", "cafe", "--role", "encoder")
        person.activate_at(person.console())
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "shop", "--role", "admin"])
        self.assertRefused(person.ssh().is_asked("Password: ", person.password), "Permission denied")
        self.switch(person, "shop")
        self.assertAdmitted(person.ssh().is_asked("Password: ", person.password))

    def test_files_of_a_customer_are_read_by_who_acts_for_it(self):
        self.server.run("""mkdir -p /srv/shop && echo till >/srv/shop/till
                           chgrp -R bo-c-shop /srv/shop && chmod 2750 /srv/shop && chmod 640 /srv/shop/till""")
        person = self.both()
        talk = self.inside(person)
        self.assertNotEqual(talk.does("cat /srv/shop/till")[0], 0)
        self.switch_in(talk, "shop")
        self.assertEqual(talk.does("cat /srv/shop/till"), (0, "till\n"))

    def busctl(self, *words):
        self.server.run(["busctl", "call", "org.backoffice.Accounts1", *words])

    def test_files_of_a_location_are_read_by_who_is_restricted_to_it(self):
        """R26: the group is there from the first restriction on, and shows at once."""
        root, interface = "/org/backoffice/Accounts1", "org.backoffice.Accounts1"
        self.busctl(root, f"{interface}.Manager", "CreateLocation", "a{sv}", "3", "Id", "s", "shop-north", "Customer", "s",
                    "shop", "Name", "s", "Shop North")
        person = self.person("clerk", "--customer", "shop", "--role", "encoder")
        self.inside(person).leave()  # makes the home
        self.assertEqual(self.groups_of(person), {"bo-c-shop", "bo-encoder"})
        self.busctl(f"{root}/user/_{self.server.show(person)['uid']}", f"{interface}.User", "SetLocations", "sasa{sv}",
                    "shop", "1", "shop-north", "0")
        self.assertEqual(self.groups_of(person), {"bo-c-shop", "bo-encoder", "bo-l-shop-north"})
        self.server.run("echo north >/srv/north && chgrp bo-l-shop-north /srv/north && chmod 640 /srv/north")
        self.assertEqual(self.reads(person, "/srv/north"), "north\n")
        self.assertEqual(self.reads(self.both(), "/srv/north"), "")

    def test_su_asks_nothing_of_oneself_and_everything_of_others(self):
        person, other = self.both(), self.both()
        talk = self.inside(person)
        start = len(talk.seen)
        talk.types(f"su -l {person.name}").at_shell()
        self.assertNotIn("Password", talk.seen[start:])
        talk.types(f"su -l {other.name}").is_asked("Password: ", "Zq7-wrong").sees("su: Authentication failure").at_shell()
        talk.types("su -l").is_asked("Password: ", "Zq7-wrong").sees("su: Authentication failure").at_shell()

    def test_who_was_deactivated_does_not_become_himself(self):
        person = self.both()
        self.server.disable(person)
        talk = self.server.talk(["su", "-l", person.name], user=person.name)
        self.assertRefused(talk.is_asked("Password: ", person.password), "su: ")


class Elsewhere(Customers):
    """Sessions without a person at a prompt have the variables too."""

    def test_cron_job_has_them(self):
        person = self.both()
        self.server.run(["crontab", "-u", person.name, "-"], stdin=f"* * * * * {VARIABLES} >$HOME/told\n")
        self.addCleanup(self.server.run, ["crontab", "-u", person.name, "-r"])
        told = f"/home/{person.name}/told"
        self.inside(person)  # makes the home
        wait_until(lambda: self.server.try_run(["test", "-s", told]).returncode == 0, deadline_sec=90, what="the job of cron")
        self.assertIn("BO_CUSTOMER=cafe\n", self.server.read(told))
        self.assertIn("BO_ROLES=encoder\n", self.server.read(told))

    def test_sudo_to_a_user_has_that_users(self):
        person = self.both()
        self.assertIn("BO_CUSTOMER=cafe\n", self.server.run(["sudo", "-u", person.name, "env"]))

    def test_su_overwrites_what_its_caller_had(self):
        person = self.both()
        told = self.server.run(["env", "BO_CUSTOMER=forged", "BO_LOCATIONS=forged", "su", person.name, "-c", VARIABLES])
        self.assertIn("BO_CUSTOMER=cafe\n", told)
        self.assertNotIn("forged", told)

    def test_console_has_them(self):
        person = self.both()
        talk = person.console().is_asked("Password: ", person.password).at_shell()
        self.addCleanup(talk.leave)
        self.assertEqual(self.variables(talk)["BO_CUSTOMER"], "cafe")

    def test_sudo_to_root_drops_them_unless_the_site_keeps_them(self):
        talk = self.inside(self.both())
        self.server.write("/etc/sudoers.d/keep", "ALL ALL=(root) NOPASSWD: /usr/bin/env\n", 0o440)
        self.addCleanup(self.server.run, "rm /etc/sudoers.d/keep")
        self.assertNotIn("BO_CUSTOMER", talk.does("sudo -n env")[1])
        self.server.write("/etc/sudoers.d/keep", 'Defaults env_keep += "BO_CUSTOMER"\n'
                                                 "ALL ALL=(root) NOPASSWD: /usr/bin/env\n", 0o440)
        self.assertIn("BO_CUSTOMER=cafe", talk.does("sudo -n env")[1])


class Bound(Customers):
    """A host with Customer=."""

    def bind(self, customer):
        self.server.write("/etc/bo/accountd.conf.d/host.conf", f"[Accounts]\nCustomer={customer}\n")
        self.addCleanup(self.server.run, "rm -f /etc/bo/accountd.conf.d/host.conf; "
                                         "systemctl reload bo-accountd.service")
        self.server.run("systemctl reload bo-accountd.service")

    def test_member_of_another_customer_does_not_exist(self):
        person = self.person("shopper", "--customer", "shop", "--role", "admin")
        uid = self.server.show(person)["uid"]
        self.bind("cafe")
        for command in (["getent", "passwd", person.name], ["getent", "passwd", str(uid)], ["id", person.name],
                        ["getent", "group", "bo-c-shop"], ["getent", "group", person.name]):
            self.assertNotEqual(self.server.try_run(command).returncode, 0, command)
        self.assertRefused(person.ssh().is_asked("Password: ", person.password), "Permission denied")
        console = person.console().is_asked("Password: ", person.password)
        self.assertRefused(console, "Login incorrect")
        self.assertEqual(self.server.show(person)["status"], "active")  # root sees him, and nothing was charged

    def test_member_acts_for_it_whatever_he_chose(self):
        person = self.both()
        self.switch(person, "shop")
        self.bind("cafe")
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-encoder"})
        talk = self.inside(person)
        self.assertEqual(self.groups_in(talk), {"bo-c-cafe", "bo-encoder"})
        self.assertNotIn("boctl switch", talk.seen)
        self.assertIn("On this host", person.boctl("switch", "shop").stderr)

    def test_binding_outlives_a_restart_and_ends_with_the_setting(self):
        person = self.person("shopper", "--customer", "shop", "--role", "admin")
        self.bind("cafe")
        self.server.run("systemctl restart bo-accountd.service")
        self.assertNotEqual(self.server.try_run(["id", person.name]).returncode, 0)
        self.server.run("rm /etc/bo/accountd.conf.d/host.conf; systemctl restart bo-accountd.service")
        self.assertEqual(self.groups_of(person), {"bo-c-shop", "bo-admin"})

    def test_R17_session_of_who_is_a_member_no_more_ends(self):
        """He has left NSS with his membership; that must not keep his session."""
        person = self.both()
        self.bind("cafe")
        talk = self.inside(person)
        self.server.run(["boctl", "user", "disable", person.name, "--customer", "cafe"])
        talk.ends()

    def test_who_becomes_a_member_is_there_at_once(self):
        person = self.person("shopper", "--customer", "shop", "--role", "admin")
        self.bind("cafe")
        self.server.run(["boctl", "user", "roles", person.name, "--customer", "cafe", "--role", "viewer"])
        self.assertEqual(self.groups_of(person), {"bo-c-cafe", "bo-viewer"})
        self.server.run(["boctl", "user", "disable", person.name, "--customer", "cafe"])
        self.assertNotEqual(self.server.try_run(["id", person.name]).returncode, 0)
