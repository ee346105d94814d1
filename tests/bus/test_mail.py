#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bo-maild between a real bo-accountd and a mail server: every mail arrives, whatever goes wrong."""

import email.header
import random
import re
import threading

from smtp_server import Server
from world import *

MAILD = os.path.join(BUILD, "bo-maild", "bo-maild")
TEMPLATES = os.path.join(SOURCE, "conf", "mail")
LINK = "https://backoffice.example/activate#{token}"


class Maild:
    """bo-maild, for a daemon and a server."""

    def __init__(self, daemon):
        self.daemon, self.process = daemon, None
        self.config = daemon.path("maild")
        os.makedirs(os.path.join(self.config, "mail"), exist_ok=True)

    def configure(self, **settings):
        with open(os.path.join(self.config, "maild.conf"), "w", encoding="utf-8") as file:
            file.write("[Mail]\n" + "".join(f"{key}={value}\n" for key, value in settings.items()))

    def command(self, *more):
        return [MAILD, "--config=" + self.config, "--templates=" + TEMPLATES, "--socket=" + self.daemon.socket, *more]

    def start(self):
        with open(self.daemon.path("maild.log"), "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        return self

    def said(self):
        with open(self.daemon.path("maild.log"), errors="replace", encoding="utf-8") as file:
            return file.read()

    def hurry(self):
        """Look for mail now: the clock of bo-accountd was moved, not ours. Not before it listens to signals: it would
        end."""
        deadline = time.monotonic() + WAIT
        while not self.blocked() & 1 << signal.SIGHUP - 1:
            assert time.monotonic() < deadline, self.said()
        self.process.send_signal(signal.SIGHUP)

    def blocked(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"^SigBlk:\s*([0-9a-f]+)", file.read(), re.M)[1], 16)

    def kill(self):
        self.process.kill()
        self.process.wait(WAIT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(WAIT)
        return self.process.returncode if self.process else 0

    def clear(self):
        """At the end of a test: it must have ended well, or been killed (a sanitizer's finding is no good end)."""
        self.stop()
        if self.process:
            assert self.process.returncode in (0, 78, -signal.SIGKILL), self.process.returncode
            assert "runtime error:" not in self.said() and "Sanitizer" not in self.said(), self.said()


class Post(Case):
    SETTINGS = SETTINGS + f"Mail=yes\nLinkTemplate={LINK}\n" + SERVICES

    def setUp(self):
        self.forget()
        self.maild = Maild(self.daemon)
        self.addCleanup(self.maild.clear)

    def forget(self):
        """What other tests have left in the outbox."""
        while self.waiting():
            self.daemon.pass_time(5 * HOUR)
            for mail in self.door().call(ROOT, MAIL, "Take", "u", 64)[0]:
                self.door().call(ROOT, MAIL, "Delivered", "t", mail["Id"])
        if os.path.exists(self.daemon.path("maild.log")):
            os.unlink(self.daemon.path("maild.log"))

    def serve(self, start=True, settings=None, **options):
        self.server = Server(self.daemon.dir, **options)
        self.addCleanup(self.server.stop)
        scheme = "smtps" if options.get("tls") == "implicit" else "smtp"
        self.configured = {"Server": f"{scheme}://localhost:{self.server.port}", "From": "noreply@bo.example",
                           "Hostname": "host.bo.example", **(settings or {})}
        if options.get("tls"):
            self.configured.setdefault("CaFile", self.server.certificate)
        self.maild.configure(**self.configured)
        if start:
            self.maild.start()
        return self.server

    def until(self, condition, what):
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline, f"{what}\n{self.maild.said()}\n{self.rows()}"
            time.sleep(0.005)

    def rows(self):
        return self.manager("ListMail", "su", "", 0)[0]

    def waiting(self):
        return [row for row in self.rows() if not row["GivenUp"]]

    def invite(self, **options):
        """A new user, who is mailed a link."""
        uid, name, link = self.create(**options)
        self.assertEqual(link, "")
        return name

    def arrived(self, *names):
        """The mails of these users, once the server has them all and the outbox none."""
        self.until(lambda: set(names) <= {mail.message["To"].addresses[0].addr_spec for mail in self.server.mails}
                   and not self.waiting(), f"{names} did not arrive")
        return [next(mail for mail in self.server.mails if mail.message["To"].addresses[0].addr_spec == name)
                for name in names]

    def tried(self, name, attempts=1):
        """What an attempt met, once the daemon knows of it."""
        def row():
            return [row for row in self.rows() if row["Recipient"] == name and row["Attempts"] >= attempts]
        self.until(row, f"{name} was not tried {attempts} times")
        return row()[0]

    def pass_pause(self):
        """The daemon's clock is where the next attempt is due."""
        self.daemon.set_clock(max(row["Due"] for row in self.waiting()) // 10 ** 6 + 1)
        self.maild.hurry()


class Delivery(Post):
    def test_mail_arrives_at_once_and_is_as_it_should_be(self):
        self.serve(settings={"FromName": "Käsehaus, \"Back\" office", "ReplyTo": "help@bo.example"})
        uid, name, _ = self.create(FullName="Zoë Müller-Łukasz")
        mail, = self.arrived(name)
        message = mail.message
        self.assertEqual((mail.sender, mail.recipients, mail.helo), ("<noreply@bo.example>", [f"<{name}>"], "host.bo.example"))
        self.assertEqual(message["From"].addresses[0].display_name, 'Käsehaus, "Back" office')
        self.assertEqual(message["From"].addresses[0].addr_spec, "noreply@bo.example")
        self.assertEqual(message["To"].addresses[0].display_name, "Zoë Müller-Łukasz")
        self.assertEqual(message["Reply-To"], "help@bo.example")
        self.assertEqual(message["Subject"], "Activate your back-office login")
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertEqual(message["Date"].datetime.timestamp(), self.daemon.now)
        self.assertRegex(message["Message-ID"], r"^<\d+\.[0-9a-f]{16}@bo\.example>$")
        self.assertEqual([message.defects, message["MIME-Version"]], [[], "1.0"])
        self.assertIn("Hello Zoë Müller-Łukasz,", mail.text)
        token = find(r"#(\S+)", mail.text)
        self.assertEqual(mail.text.count(token), 2)
        self.assertLessEqual(max(map(len, mail.raw.split(b"\r\n"))), 998)
        self.assertEqual(self.auth(name, token, GOOD, GOOD, service="loose"), "Success")

    def test_mails_of_one_moment_go_over_one_connection(self):
        self.serve(start=False)
        names = [self.invite() for _ in range(5)]
        self.maild.start()
        self.arrived(*names)
        self.assertEqual(self.server.connections, 1)
        self.assertEqual(len(self.server.mails), 5)

    def test_language_is_that_of_the_settings_and_english_where_it_has_no_template(self):
        self.serve(settings={"Language": "nl"})
        name = self.invite()
        mail, = self.arrived(name)
        self.assertEqual((mail.message["Subject"], mail.message["Content-Language"]),
                         ("Activeer uw backoffice-account", "nl"))
        self.maild.configure(**{**self.configured, "Language": "fi"})
        self.maild.hurry()
        self.until(lambda: "were reloaded" in self.maild.said(), "not reloaded")
        mail, = self.arrived(self.invite())
        self.assertEqual(mail.message["Content-Language"], "en")

    def test_template_of_the_site_comes_first(self):
        self.serve()
        with open(os.path.join(self.maild.config, "mail", "activation.en.txt"), "w", encoding="utf-8") as file:
            file.write("Subject: Wilkommen, {name}\n\n.\n..dots\n{link}\n{token}\n")
        self.addCleanup(os.unlink, file.name)
        mail, = self.arrived(self.invite(FullName="Ann"))
        self.assertEqual(mail.message["Subject"], "Wilkommen, Ann")
        self.assertEqual(mail.text.replace("\r\n", "\n").split("\n")[:2], [".", "..dots"])

    def test_broken_template_keeps_the_mail_until_it_is_mended(self):
        self.serve()
        path = os.path.join(self.maild.config, "mail", "activation.en.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("Subject: x\n\n{lnk} {token}\n")
        name = self.invite()
        self.assertIn("activation.en.txt:3: {lnk} is not known; did you mean {link}?", self.tried(name)["Problem"])
        os.unlink(path)
        self.pass_pause()
        self.arrived(name)

    def test_service_ends_and_reloads_as_it_is_told(self):
        self.serve()
        self.arrived(self.invite())
        self.maild.configure(Sever="x")
        self.maild.hurry()
        self.until(lambda: "those in force stay" in self.maild.said(), "not reloaded")
        self.assertIn("maild.conf:2: Sever= is not known; did you mean Server=?", self.maild.said())
        self.arrived(self.invite())
        self.assertEqual(self.maild.stop(), 0)


class Safety(Post):
    def test_starttls_is_demanded_of_a_server_that_does_not_offer_it(self):
        server = self.serve(settings={"StartTls": "required"})
        name = self.invite()
        self.assertIn("cannot be used", self.tried(name)["Problem"])
        self.assertEqual(server.seen, [])

    def test_starttls_with_authentication(self):
        self.serve(tls="starttls", user="bo", password="s3cret words", start=False,
                   settings={"StartTls": "required", "User": "bo", "PasswordFile": self.daemon.path("password")})
        with open(self.daemon.path("password"), "w", encoding="utf-8") as file:
            file.write("s3cret words\n")
        os.chmod(self.daemon.path("password"), 0o600)
        self.maild.start()
        mail, = self.arrived(self.invite())
        self.assertEqual((mail.encrypted, mail.user), (True, "bo"))
        with open(f"/proc/{self.maild.process.pid}/cmdline", "rb") as file:
            self.assertNotIn(b"s3cret", file.read())

    def test_tls_from_the_beginning(self):
        self.serve(tls="implicit")
        mail, = self.arrived(self.invite())
        self.assertTrue(mail.encrypted)

    def test_certificate_that_nobody_vouches_for_is_refused(self):
        for tls, more in (("implicit", {}), ("starttls", {"StartTls": "required"}), ("starttls", {"StartTls": "try"})):
            with self.subTest(tls, **more):
                server = self.serve(tls=tls, settings={**more, "CaFile": "/etc/ssl/certs/ca-certificates.crt"
                                                       if os.path.exists("/etc/ssl/certs/ca-certificates.crt") else ""})
                name = self.invite()
                self.assertRegex(self.tried(name)["Problem"], "(?i)certificate|ssl")
                self.assertEqual(server.seen, [])
                self.maild.stop()

    def test_service_does_not_start_without_the_password_and_a_check_cannot_know(self):
        self.serve(start=False, tls="implicit", settings={"User": "bo"})
        self.assertEqual(subprocess.run(self.maild.command("--check-config"), capture_output=True, check=False).returncode, 0)
        self.maild.start()
        self.assertEqual(self.maild.process.wait(WAIT), 78)
        self.assertIn("User= is set, but there is no password", self.maild.said())

    def test_password_as_a_credential(self):
        os.mkdir(self.daemon.path("credentials"))
        with open(self.daemon.path("credentials", "smtp-password"), "w", encoding="utf-8") as file:
            file.write("s3cret")
        self.serve(start=False, tls="implicit", user="bo", password="s3cret", settings={"User": "bo"})
        os.environ["CREDENTIALS_DIRECTORY"] = self.daemon.path("credentials")
        try:
            self.maild.start()
        finally:
            del os.environ["CREDENTIALS_DIRECTORY"]
        mail, = self.arrived(self.invite())
        self.assertEqual(mail.user, "bo")

    def test_wrong_password_gives_nothing_up(self):
        self.serve(tls="implicit", user="bo", password="right", start=False,
                   settings={"User": "bo", "PasswordFile": self.daemon.path("wrong")})
        with open(self.daemon.path("wrong"), "w", encoding="utf-8") as file:
            file.write("not the one\n")
        os.chmod(self.daemon.path("wrong"), 0o600)
        self.maild.start()
        name = self.invite()
        row = self.tried(name)
        self.assertEqual((row["GivenUp"], "535" in row["Problem"] or "denied" in row["Problem"]), (0, True), row)
        self.assertNotIn("not the one", self.maild.said())

    def test_server_that_repeats_the_mail_in_its_answer_gives_no_link_away(self):
        server = self.serve()
        server.plan = lambda stage, session: "554 5.7.1 blocked: " + find(
            r"(https://\S+)", server.seen[-1].text) if stage == "dot" else None
        name = self.invite()
        row = self.tried(name)
        token = find(r"#(\S+)", server.seen[-1].text)
        self.assertEqual(row["Problem"], "The mail server did not take the mail: 554 5.7.1 ")
        for text in (self.maild.said(), self.daemon.said(), str(self.rows()), str(self.audit())):
            self.assertNotIn(token, text)

    def test_names_make_no_headers_of_their_own(self):
        self.serve()
        mail, = self.arrived(self.invite(FullName="=?UTF-8?B?Qmxh?= <evil@x.example>"))
        header = email.message_from_bytes(mail.raw)["To"]
        self.assertEqual(str(email.header.make_header(email.header.decode_header(header))),
                         f"=?UTF-8?B?Qmxh?= <evil@x.example> <{mail.recipients[0][1:-1]}>")
        self.assertEqual(len(mail.message["To"].addresses), 1)


class Trouble(Post):
    def test_recipient_that_does_not_exist_is_given_up_at_once(self):
        server = self.serve()
        server.plan = lambda stage, session: "550 5.1.1 no such mailbox" if stage == "rcpt" else None
        name = self.invite()
        row = self.tried(name)
        self.assertGreater(row["GivenUp"], 0)
        self.assertEqual(row["Problem"], "The mail server refused the recipient: 550 5.1.1 no such mailbox")
        self.assertIn(name, self.audit(Event="mail-given-up")[0]["Detail"])

    def test_one_bad_recipient_does_not_hold_up_the_others(self):
        server = self.serve(start=False)
        good, bad, last = self.invite(), self.invite(), self.invite()
        server.plan = lambda stage, session: "451 later" if stage == "rcpt" and bad in session.line else None
        self.maild.start()
        self.until(lambda: len(server.mails) >= 2, "the others did not arrive")
        self.tried(bad)

    def test_refusals_for_a_while_and_for_reasons_of_policy_wait(self):
        server = self.serve()
        for stage, answer in (("greeting", "554 no service"), ("ehlo", "421 busy"), ("mail", "550 5.1.8 bad sender"),
                              ("mail", "451 later"), ("rcpt", "450 4.2.1 later"), ("rcpt", "550 5.7.1 relaying denied"),
                              ("rcpt", "552 5.2.2 full"), ("data", "451 later"), ("dot", "554 spam"),
                              ("dot", "451 later")):
            with self.subTest(stage=stage, answer=answer):
                server.plan = lambda at, session, stage=stage, answer=answer: answer if at == stage else None
                name = self.invite()
                row = self.tried(name)
                self.assertEqual((row["GivenUp"], row["Attempts"]), (0, 1))
                server.plan = lambda stage, session: None
                self.pass_pause()
                self.arrived(name)

    def test_connection_that_breaks_off_anywhere_loses_no_mail(self):
        server = self.serve()
        for stage in ("greeting", "ehlo", "mail", "rcpt", "data", "354", "dot"):
            with self.subTest(stage):
                server.plan = lambda at, session, stage=stage: "drop" if at == stage else None
                name = self.invite()
                self.tried(name)
                server.plan = lambda stage, session: None
                self.pass_pause()
                self.arrived(name)

    def test_mail_that_was_taken_without_an_answer_comes_again_with_the_same_message_id(self):
        server = self.serve()
        server.plan = lambda stage, session: "drop" if stage == "dot" else None
        name = self.invite()
        self.tried(name)
        server.plan = lambda stage, session: None
        self.daemon.pass_time(HOUR)
        self.pass_pause()
        self.arrived(name)
        first, second = server.seen
        self.assertEqual(first.message["Message-ID"], second.message["Message-ID"])
        self.assertEqual(first.message["Date"], second.message["Date"])

    def test_server_that_hangs_is_left_after_the_timeout(self):
        server = self.serve(settings={"Timeout": "1s", "ConnectTimeout": "1s"})
        server.plan = lambda stage, session: "hang" if stage == "mail" else None
        name = self.invite()
        self.assertRegex(self.tried(name)["Problem"], "(?i)timed out|timeout")
        server.plan = lambda stage, session: None
        self.pass_pause()
        self.arrived(name)

    def test_hanging_server_does_not_hold_up_the_end(self):
        server = self.serve()
        server.plan = lambda stage, session: "hang" if stage == "mail" else None
        name = self.invite()
        self.assertTrue(server.hanging.wait(WAIT))
        begin = time.monotonic()
        self.assertEqual(self.maild.stop(), 0)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual([row["Attempts"] for row in self.waiting() if row["Recipient"] == name], [0])

    def test_server_that_is_away_is_asked_once_for_all_that_wait(self):
        self.serve(start=False)
        self.server.stop()
        names = [self.invite() for _ in range(4)]
        self.maild.start()
        for name in names:
            self.assertIn("cannot be used", self.tried(name)["Problem"])
        self.server = Server(self.daemon.dir, port=self.server.port)
        self.addCleanup(self.server.stop)
        self.pass_pause()
        self.arrived(*names)

    def test_mail_that_finds_no_server_for_three_days_is_given_up(self):
        self.serve(start=False)
        self.server.stop()
        name = self.invite()
        self.maild.start()
        attempts = 1
        while not (row := self.tried(name, attempts))["GivenUp"]:
            attempts = row["Attempts"] + 1
            self.pass_pause()
        self.assertGreater(attempts, 15)
        self.assertIn("mail-given-up", [entry["Event"] for entry in self.audit()])


class Kills(Post):
    def test_kills_of_mailer_and_daemon_at_any_moment_lose_no_mail(self):
        """With a server that fails now and then; each mail has one Message-ID, and no two share it."""
        server, chance, names = self.serve(), random.Random(7), []
        server.plan = lambda stage, session: chance.choice(
            [None] * 12 + ["drop", "451 later"]) if stage in ("mail", "rcpt", "354", "dot") else None
        for round_number in range(12):
            names += [self.invite() for _ in range(3)]
            killer = threading.Timer(chance.uniform(0, 0.06), self.maild.kill)
            killer.start()
            names += [self.invite() for _ in range(3)]
            killer.join()
            if round_number % 3 == 2:
                self.daemon.kill()
                self.maild.start()
                self.daemon.start()
            else:
                self.maild.start()
        server.plan = lambda stage, session: None
        deadline = time.monotonic() + WAIT
        while self.waiting():
            self.assertLess(time.monotonic(), deadline, self.maild.said())
            self.daemon.pass_time(5 * HOUR)
            self.maild.hurry()
            time.sleep(0.05)
        self.arrived(*names)
        ids = {}
        for mail in server.seen:
            ids.setdefault(mail.recipients[0], set()).add(mail.message["Message-ID"])
        self.assertTrue(all(len(of_one) == 1 for of_one in ids.values()), ids)
        self.assertEqual(len({next(iter(of_one)) for of_one in ids.values()}), len(names))

    def test_daemon_away_is_told_once_and_found_again(self):
        self.serve()
        self.arrived(self.invite())
        self.daemon.kill()
        self.until(lambda: "does not give out mail" in self.maild.said(), "not noticed")
        self.daemon.start()
        self.arrived(self.invite())
        self.assertEqual(self.maild.said().count("does not give out mail"), 1)

    def test_outcome_is_told_until_it_is_heard(self):
        """The daemon dies while a mail is delivered: afterwards it is not delivered a second time."""
        server = self.serve()
        server.plan = lambda stage, session: "hang" if stage == "dot" else None
        name = self.invite()
        self.assertTrue(server.hanging.wait(WAIT))
        self.daemon.kill()
        self.daemon.start()
        server.released.set()
        self.tried(name)
        server.plan = lambda stage, session: None
        self.pass_pause()
        self.arrived(name)


class Check(Post):
    def check(self, **settings):
        self.maild.configure(**settings)
        done = subprocess.run(self.maild.command("--check-config"), capture_output=True, text=True, timeout=WAIT,
                              check=False, env={"PATH": os.environ["PATH"]})
        return done.returncode, done.stdout + done.stderr

    def test_what_is_shipped_is_sound(self):
        with open(os.path.join(SOURCE, "conf", "maild.conf"), encoding="utf-8") as file:
            shipped = file.read()
        with open(os.path.join(self.maild.config, "maild.conf"), "w", encoding="utf-8") as file:
            file.write(shipped)
        done = subprocess.run(self.maild.command("--check-config"), capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_faults_are_told_with_file_and_line(self):
        path = os.path.join(self.maild.config, "mail", "rest.en.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("Subject: x\n\nx\n")
        self.addCleanup(os.unlink, path)
        code, text = self.check(Sever="smtp://x", From="nobody", Password="x")
        self.assertEqual(code, 78)
        self.assertIn("maild.conf:2: Sever= is not known; did you mean Server=?", text)
        self.assertIn("maild.conf:3: From=nobody is not valid; it takes an e-mail address", text)
        self.assertIn("maild.conf:4: Password= is not known: a password never stands here; see PasswordFile=", text)
        self.assertIn("mail/rest.en.txt: is of no kind; did you mean reset.en.txt?", text)


def find(pattern, text):
    return re.search(pattern, text)[1]


if __name__ == "__main__":
    main()
