# SPDX-License-Identifier: LGPL-2.1-or-later
"""The life of the packages on a machine that had no bo: whatever is done to them, and wherever it is broken off, root
and local users log in meanwhile, and what goes leaves nothing behind."""

import fcntl
import os
import re
import shutil
import subprocess

import postbox
import previous
from clean import LOCAL, CleanScenario, differences
from server import Person, packages

ALL = "bo-accountd bo-doc bo-maild bo-tools libbo-dev libbo1 libnss-bo libpam-bo"
UNITS = "bo-accountd.socket bo-accountd.service bo-sessiond.service"
MAIL = "bo-maild.service"
MAIL_SETTINGS = "/etc/bo/maild.conf.d/50-site.conf"

# What README says that stays: users, their group, the state.
STAYS_IN_ETC = {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"}
STAYS = {"users": {"bo-accountd", "bo-maild"}, "groups": {"bo-accountd", "bo-maild", "bo-operator"},
         "places": {"/var/lib/bo-accountd"}}


class Lifecycle(postbox.Letters, CleanScenario):
    """In the order of their numbers: each goes on where the one before has left the machine."""
    long = True  # minutes: it begins before the others do

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        postbox.open_server(cls.server)
        cls.server.run(postbox.CREDENTIAL)
        for way in cls.server.ways():  # whoever logs in for the first time leaves traces of others
            way()
        cls.etc_before, cls.before = cls.server.etc(), cls.server.state()
        cls.place("new", packages(mail=True))
        cls.place("old", previous.packages())

    @classmethod
    def place(cls, name, files):
        """The packages, where an administrator would have put them."""
        folder = cls.server.root / "root" / name
        folder.mkdir()
        for path in files:
            shutil.copy(path, folder)

    def apt(self, words, **options):
        return self.server.run(f"apt-get -y -q {words} </dev/null", timeout=180, **options)

    @staticmethod
    def files(folder="new", leave_out="nothing"):
        return f"$(ls /root/{folder}/*.deb | grep -v {leave_out})"

    def purge(self):
        self.server.run(f"dpkg --purge {ALL}", timeout=60)

    def watched(self, operation):
        """Somebody is logged in all the time, and stays so."""
        super().watched(operation)
        if self.inside is not None:
            self.assertEqual(self.inside.does("id -u"), (0, self.alice_uid() + "\n"))

    def assertWell(self, units=f"{UNITS} {MAIL}"):
        """All there and at work; a user of bo logs in."""
        self.assertEqual(self.server.run(f"systemctl is-active {units}").split(), ["active"] * len(units.split()))
        self.assertEqual(self.server.run("dpkg --audit"), "")
        if self.alice is not None:
            self.assertAdmitted(self.alice.console().is_asked("Password: ", self.alice.password))

    def assertNothingLeft(self):
        """But what README names."""
        changed = differences(self.etc_before, self.server.etc())
        self.assertLessEqual(set(changed), STAYS_IN_ETC, changed)
        self.assertEqual([line for line in self.server.run("cat /etc/passwd /etc/group").splitlines()
                          if re.search(r"\bbo-", line) and not re.match(r"bo-(accountd|maild|operator):", line)], [])
        after = self.server.state()
        for what, before in self.before.items():
            came = {line.split(":")[0] for line in after[what] - before}
            place = {line for line in came if line.startswith("/var/lib/bo-accountd/")}
            self.assertEqual((came - place - STAYS.get(what, set()), before - after[what]), (set(), set()), what)

    alice = inside = None

    def waiting_mail(self):
        """Whose link nobody has sent yet."""
        self.server.run(f"systemctl stop {MAIL}")
        name = self.fresh_name("mia")
        made = self.server.row("user", "create", name)
        self.assertFalse(made.get("token"), made)
        return name

    def assertMailed(self, name):
        """It was sent, and whoever has it logs in."""
        person = Person(self.server, name, self.token(self.letter(name, "Activate")))
        person.activate_at(person.console())

    def test_01_previous_build_is_installed(self):
        self.watched(lambda: self.apt(f"install {self.files('old', leave_out='bo-maild')}"))
        type(self).alice = self.server.create(self.fresh_name())
        self.alice.activate_at(self.alice.console())
        type(self).inside = self.alice.console().is_asked("Password: ", self.alice.password).at_shell()
        self.apt("install /root/old/bo-maild_*.deb")
        self.server.write(MAIL_SETTINGS, postbox.SETTINGS)
        self.server.run(f"systemctl restart {MAIL}")
        self.assertWell()

    def test_02_upgrade_from_the_previous_build_with_somebody_logged_in(self):
        name = self.waiting_mail()
        old = self.server.run("dpkg-query -W -f '${Version}' bo-accountd")
        self.watched(lambda: self.apt(f"install {self.files()}"))
        new = self.server.run("dpkg-query -W -f '${Version}' bo-accountd")
        self.server.run(["dpkg", "--compare-versions", new, "gt", old])
        self.assertWell()
        self.assertMailed(name)
        self.server.run("systemctl enable --now bo-metrics.timer")
        for unit in ("bo-accountd", "bo-sessiond", "bo-maild"):  # none of the programs that went runs on
            pid = self.server.run(f"systemctl show -P MainPID {unit}.service").strip()
            self.assertNotIn("deleted", self.server.run(f"readlink /proc/{pid}/exe"))

    def test_03_an_older_build_is_refused_and_forced_it_harms_no_local_login(self):
        refused = self.server.try_run(f"apt-get -y -q install {self.files('old')} </dev/null", timeout=120)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("downgrade", refused.stdout + refused.stderr)
        self.watched(lambda: self.server.try_run(f"dpkg -i --force-downgrade {self.files('old')}", timeout=120))
        self.apt(f"install --reinstall --fix-broken {self.files()}")
        self.assertWell()

    def test_04_upgrade_and_removal_with_the_daemon_away(self):
        before = self.waiting_mail()
        self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
        self.watched(lambda: self.apt(f"install --reinstall {self.files()}"))
        self.server.run("systemctl start bo-accountd.socket bo-accountd.service")
        self.assertWell()
        self.assertMailed(before)
        self.server.run("systemctl is-active bo-metrics.timer")
        before = self.waiting_mail()
        self.server.run("systemctl stop bo-accountd.socket bo-accountd.service")
        self.watched(lambda: self.apt("remove libpam-bo libnss-bo bo-accountd"))
        self.watched(lambda: self.apt(f"install {self.files()}"))
        self.assertWell()
        self.assertMailed(before)

    def kill_dpkg_at(self, moment, words):
        """dpkg with @words, killed with all that it has started when it tells of @moment."""
        # A pipe that holds one line: dpkg cannot run ahead of who reads it by more than the next.
        reader, writer = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        dpkg = self.server.start(f"exec setsid dpkg --status-fd 1 {words}", stdout=writer, stderr=subprocess.DEVNULL)
        os.close(writer)
        try:
            self.assertTrue(any(f"status: {moment}".encode() in line for line in iter(lambda: os.read(reader, 4096), b"")),
                            f"dpkg never told of {moment}")
            # setsid made it the leader of a session of its own: everything in it dies.
            self.server.run("pkill -9 -s $(pgrep -x -o dpkg) .")
        finally:
            os.close(reader)
            dpkg.wait(20)

    def broken_off(self, words, *moments):
        """At each of the @moments all get in; the same command once more, and all is well."""
        architecture = self.server.run("dpkg --print-architecture").strip()
        for moment in moments:
            with self.subTest(moment):
                self.kill_dpkg_at(moment.replace("ARCH", architecture), words)
                self.assertAllGetIn()
                self.watched(lambda: self.server.run(f"dpkg -i {self.files()} </dev/null", timeout=60))
                self.assertWell()

    def test_05_an_upgrade_that_is_killed_anywhere_locks_nobody_out(self):
        name = self.waiting_mail()
        self.broken_off(f"-i {self.files()}", "libpam-bo:ARCH: half-installed", "libpam-bo:ARCH: unpacked",
                        "libbo1:ARCH: half-installed", "bo-maild: unpacked", "bo-accountd: half-configured")
        self.assertMailed(name)

    def test_05_then_a_removal_that_is_killed_anywhere_locks_nobody_out(self):
        self.broken_off("--remove libpam-bo libnss-bo", "libpam-bo:ARCH: half-configured",
                        "libpam-bo:ARCH: half-installed", "libnss-bo:ARCH: half-installed")

    PROFILE = "/etc/pam.d/common-auth"

    def test_06_the_module_goes_and_the_daemon_stays_and_the_other_way_round(self):
        before = self.server.read(self.PROFILE)
        # Changed by hand, so that pam-auth-update leaves it alone: its line of bo stays without a module.
        self.server.write(self.PROFILE, before.replace("# end of pam-auth", "auth optional pam_warn.so\n# end of pam-auth"))
        said = []
        self.watched(lambda: said.append(self.said("remove libpam-bo")))
        self.assertRegex(said[0], f"take it out of them: .*{self.PROFILE} ")
        self.assertRefused(self.alice.console())
        self.server.write(self.PROFILE, before)
        self.apt(f"install {self.files()}")
        self.watched(lambda: self.apt("remove bo-accountd"))
        self.assertRefused(self.alice.console())
        self.apt(f"install {self.files()}")
        self.assertWell()

    def said(self, words):
        done = self.server.try_run(f"apt-get -y -q {words} </dev/null", timeout=180)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_07_purged_with_somebody_logged_in_it_leaves_nothing(self):
        self.server.run(f"rm {MAIL_SETTINGS}")  # README says that these stay
        self.server.run("mkdir -p /var/lib/prometheus/node-exporter; systemctl start bo-metrics.service")
        self.server.run("test -s /var/lib/prometheus/node-exporter/bo.prom")
        self.watched(self.purge)
        self.inside.leave()
        type(self).inside = None
        self.server.run("rmdir -p --ignore-fail-on-non-empty /var/lib/prometheus/node-exporter")
        self.server.run("test ! -e /var/lib/prometheus/node-exporter")
        self.assertNothingLeft()
        self.assertEqual(self.server.try_run("systemctl is-active bo-metrics.timer").stdout, "inactive\n")

    def alice_uid(self):
        return self.server.run(["stat", "-c", "%u", f"/home/{self.alice.name}"]).strip()

    def test_08_unpacked_alone_nothing_is_in_force_and_nothing_stays(self):
        self.watched(lambda: self.server.run(f"dpkg --unpack {self.files()}", timeout=60))
        self.assertEqual(self.server.try_run("grep -rl pam_bo /etc/pam.d").stdout, "")
        self.watched(self.purge)
        self.assertNothingLeft()

    def test_08_what_apt_could_not_finish_locks_nobody_out(self):
        """One of the files is damaged: apt gives up with others unpacked."""
        self.server.run("cp -r /root/new /root/damaged && truncate -s -2000 /root/damaged/libpam-bo_*.deb")

        def install():
            failed = self.server.try_run("apt-get -y -q install /root/damaged/*.deb </dev/null", timeout=120)
            self.assertNotEqual(failed.returncode, 0)

        self.watched(install)
        self.watched(lambda: self.server.run(f"dpkg -i {self.files()} </dev/null", timeout=60))  # as README says
        self.assertWell(UNITS)
        self.watched(self.purge)
        self.assertNothingLeft()

    def test_09_each_package_is_installed_alone(self):
        for name in ALL.split():
            with self.subTest(name):
                folder = f"/root/alone-{name}"
                self.server.run(f"mkdir {folder} && cp /root/new/libbo1_*.deb /root/new/libnss-bo_*.deb "
                                f"/root/new/{name}_*.deb {folder}")
                wanted = {"bo-doc": "bo-doc", "libnss-bo": "libnss-bo", "libbo1": "libbo1"}.get(name)
                if name == "bo-maild":
                    self.server.run(f"cp /root/new/bo-accountd_*.deb {folder}")
                files = f"{folder}/{wanted}_*.deb" if wanted else f"{folder}/*.deb"
                self.watched(lambda: self.apt(f"--no-install-recommends install {files}"))
                self.assertEqual(self.server.run("dpkg --audit"), "")
                self.purge()
                self.assertNothingLeft()

    def test_10_nsswitch_of_an_administrator_is_as_before(self):
        path, admin = "/etc/nsswitch.conf", "files\tsystemd   # ours\n"
        before = self.server.read(path)
        mine = re.sub(r"(?m)^(passwd:\s*).*\n", r"\g<1>" + admin, before)
        self.server.write(path, mine)
        self.apt(f"install {self.files()}")
        self.assertRegex(self.server.read(path), r"(?m)^passwd:\s+files\tsystemd +bo +# ours$")
        self.assertEqual(self.server.run(["getent", "passwd", self.alice.name]).split(":")[0], self.alice.name)
        self.purge()
        self.assertEqual(re.sub(r" +#", " #", self.server.read(path)), re.sub(r" +#", " #", mine))
        # Changed while bo is there: that stays, bo goes.
        self.server.write(path, before)
        self.apt(f"install {self.files()}")
        self.server.run(f"sed -i 's/^\\(passwd:.*\\) bo$/\\1 bo [NOTFOUND=return] mine/' {path}")
        self.purge()
        self.assertEqual(self.server.read(path), re.sub(r"(?m)^(passwd:.*)$", r"\1 mine", before))
        self.server.write(path, before)

    def test_11_reinstalled_after_the_purge_accounts_are_there(self):
        """R17."""
        self.watched(lambda: self.apt(f"install {self.files()}"))
        self.assertWell(UNITS)
        self.watched(self.purge)
        self.assertNothingLeft()

    def test_12_no_job_of_cron_was_refused_all_the_time(self):
        for name in ("root", LOCAL):
            times = self.server.minutes_of_jobs(name)
            self.assertGreater(len(times), 1)
            self.assertLess(max(later - earlier for earlier, later in zip(times, times[1:])), 115, times)
        self.assertNotRegex(self.server.journal("-u", "cron", "-o", "cat"), "(?i)denied|fail|error")
