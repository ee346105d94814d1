#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The outbox: what is queued for whom, who may take it, and what becomes of it."""

import concurrent.futures
import json
import sqlite3

from world import *

NOBODY = 65534
BOCTL = os.path.join(BUILD, "boctl", "boctl")


class Outbox(Case):
    SETTINGS = SETTINGS + "Mail=yes\n" + SERVICES

    def setUp(self):
        self.empty()

    def empty(self):
        while mails := self.take():
            for mail in mails:
                self.mail("Delivered", "t", mail["Id"])

    def mail(self, member, signature="", *values, uid=0):
        return self.door(uid).call(ROOT, MAIL, member, signature, *values)

    def take(self, limit=64):
        return self.mail("Take", "u", limit)[0]

    def from_mail(self, kind, name):
        """The token that a mail brings, which is then delivered."""
        mail, = [mail for mail in self.take() if (mail["Kind"], mail["Recipient"]) == (kind, name)]
        self.mail("Delivered", "t", mail["Id"])
        return mail["Fields"]["token"]

    def create(self, *arguments, **options):
        uid, name, link = super().create(*arguments, **options)
        return uid, name, link or self.from_mail("activation", name)

    def changed(self):
        """A user whose password was changed: there is one mail to her."""
        uid, name = self.person()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        return uid, name

    def boctl(self, *words):
        done = subprocess.run([BOCTL, "--socket", self.daemon.socket, *words], capture_output=True, text=True,
                              timeout=WAIT, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_changed_password_is_told_to_the_user_and_the_first_one_is_not(self):
        uid, name = self.person(FullName="Ann Example")
        self.assertEqual(self.take(), [])
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        mail, = self.take()
        self.assertEqual((mail["Kind"], mail["Recipient"], mail["Attempts"]), ("password-changed", name, 0))
        self.assertEqual(mail["Fields"], {"user": name, "name": "Ann Example"})
        self.assertEqual(mail["Queued"], self.daemon.now * 10 ** 6)

    def test_reset_of_the_password_is_told(self):
        uid, name = self.person()
        self.assertEqual(self.reset(uid), "")
        self.assertEqual(self.auth(name, self.from_mail("reset", name), OTHER, OTHER), "Success")
        self.assertIn("password-changed", [mail["Kind"] for mail in self.take()])

    def test_R54_second_factor_that_was_set_up_is_told(self):
        uid, name = self.person()
        secret, _ = self.begin_otp(uid)
        self.assertEqual(self.take(), [])
        self.user(uid, "ConfirmOtp", "ayaya{sv}", self.code(secret).encode(), GOOD.encode(), {}, uid=uid)
        mail, = self.take()
        self.assertEqual((mail["Kind"], mail["Recipient"]), ("otp-set-up", name))
        self.empty()
        _, name = self.person()
        talk = self.talk("auth", name, service="vault").answer(GOOD)
        secret = talk.text.split("into it: ")[1].split()[0]
        self.assertEqual(self.take(), [])
        self.assertEqual(talk.answer(self.fresh_code(secret)).outcome, "Success")
        mail, = self.take()
        self.assertEqual((mail["Kind"], mail["Recipient"]), ("otp-set-up", name))

    def test_R62_reset_of_the_second_factor_is_told_with_its_reason(self):
        uid, name, _ = self.with_otp()
        self.empty()
        self.user(uid, "ResetOtp", "a{sv}", {"Reason": ("s", "telephone lost")})
        mail, = self.take()
        self.assertEqual((mail["Kind"], mail["Recipient"], mail["Fields"]["reason"]),
                         ("otp-reset", name, "telephone lost"))

    def test_who_has_no_address_gets_no_mail(self):
        uid, name = self.person(Name="walter")
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.wrong(name)
        self.assertEqual(self.take(), [])

    def test_R38_lock_is_told_once_however_many_try(self):
        _, name = self.person()
        self.wrong(name, 9)
        mail, = self.take()
        self.assertEqual((mail["Kind"], mail["Recipient"], mail["Fields"]["minutes"]), ("locked", name, "30"))
        self.daemon.pass_time(31 * MINUTE)
        self.wrong(name, 5)
        self.assertEqual(len(self.take()), 1)
        self.wrong(name, 3)
        self.assertEqual([mail["Kind"] for mail in self.take()], ["locked", "locked"])

    def test_R38_lock_by_many_at_once_is_told_once(self):
        _, name = self.person()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: self.auth(name, f"guess {n}"), range(16)))
        self.assertEqual([mail["Kind"] for mail in self.take()], ["locked"])

    def test_R38_lock_by_guesses_over_the_bus_is_told(self):
        uid, _ = self.person()
        for guess in range(6):
            self.refused("WrongCredentials", self.user, uid, "ChangePassword", "ayaya{sv}",
                         b"guess %d" % guess, OTHER.encode(), {}, uid=uid)
        self.assertEqual([mail["Kind"] for mail in self.take()], ["locked"])

    def test_lock_of_an_unknown_name_is_told_to_nobody(self):
        self.wrong("stranger@shop.example")
        self.assertEqual(self.take(), [])

    def test_mail_is_there_until_it_is_delivered(self):
        self.changed()
        first, = self.take()
        self.daemon.kill()
        self.daemon.start()
        again, = self.take()
        self.assertEqual(again, first)
        self.mail("Delivered", "t", first["Id"])
        self.mail("Delivered", "t", first["Id"])
        self.mail("Retry", "ts", first["Id"], "too late")
        self.mail("GiveUp", "ts", first["Id"], "too late")
        self.assertEqual(self.take(), [])
        self.assertEqual(self.manager("ListMail", "su", "", 0)[0], [])

    def test_message_ids_are_of_one_mail_and_one_store_each(self):
        for _ in range(3):
            self.changed()
        ids = [mail["MessageId"] for mail in self.take()]
        self.assertEqual(len(set(ids)), 3)
        store, = {ident.split(".")[1] for ident in ids}
        other = Daemon(SETTINGS + "Mail=yes\n" + SERVICES).start()
        self.addCleanup(other.clear)
        mine, self.daemon = self.daemon, other
        self.addCleanup(setattr, self, "daemon", mine)
        self.changed()
        self.assertNotEqual(self.take()[0]["MessageId"].split(".")[1], store)

    def test_retry_waits_longer_each_time_and_ends_after_three_days(self):
        uid, name = self.changed()
        begin, pauses, mail = self.daemon.now, [], self.take()[0]
        while True:
            self.mail("Retry", "ts", mail["Id"], "450 later\x1b[31m\nX-Bad: 1")
            none, wait = self.mail("Take", "u", 0)
            if wait == 0:
                break
            self.assertEqual(none, [])
            row, = self.manager("ListMail", "su", "", 0)[0]
            self.assertEqual(row["Problem"], "450 later?[31m?X-Bad: 1")
            self.assertEqual(row["Due"], self.daemon.now * 10 ** 6 + wait)
            pauses.append(wait // 10 ** 6)
            self.daemon.pass_time(wait // 10 ** 6 + 1)
            mail, = self.take()
            self.assertEqual(mail["Attempts"], len(pauses))
        for pause, expected in zip(pauses, (60, 120, 240, 480, 960, 1800, 1800, 1800, 1800, 1800)):
            self.assertTrue(expected <= pause <= expected * 9 / 8, pauses)
        self.assertAlmostEqual(self.daemon.now - begin, 3 * DAY, delta=120)
        row, = self.manager("ListMail", "su", "", 0)[0]
        self.assertEqual((row["GivenUp"], row["Due"], row["User"]), (self.daemon.now * 10 ** 6, 0, uid))
        entry = self.audit(Event="mail-given-up")[0]
        self.assertEqual(entry["Subject"], uid)
        self.assertRegex(entry["Detail"], rf"^mail=\d+ kind=password-changed recipient={name} attempts={len(pauses) + 1}$")
        self.assertIn("was given up: 450 later", self.daemon.said())

    def test_given_up_mail_is_forgotten_after_thirty_days_and_what_it_said_at_once(self):
        self.changed()
        mail, = self.take()
        self.mail("GiveUp", "ts", mail["Id"], "550 5.1.1 no such mailbox")
        self.assertEqual(self.take(), [])
        self.daemon.pass_time(30 * DAY - 60)
        self.daemon.restart()
        self.assertIn(mail["Id"], [row["Id"] for row in self.manager("ListMail", "su", "", 0)[0]])
        self.daemon.pass_time(120)
        self.daemon.restart()
        deadline = time.monotonic() + WAIT
        while mail["Id"] in [row["Id"] for row in self.manager("ListMail", "su", "", 0)[0]]:
            self.assertLess(time.monotonic(), deadline)

    def test_list_comes_in_pages(self):
        for _ in range(3):
            self.changed()
        seen, cursor = [], ""
        while True:
            rows, cursor = self.manager("ListMail", "su", cursor, 2)
            seen += [row["Id"] for row in rows]
            if not cursor:
                break
        self.assertEqual(seen, sorted(mail["Id"] for mail in self.take()))

    def test_limit_is_checked(self):
        self.refused("BadValue", self.take, 65)
        for _ in range(3):
            self.changed()
        self.assertEqual(len(self.take(2)), 2)

    def test_deliverer_is_told_of_new_mail_and_nobody_else_is(self):
        deliverer, other, user = self.client(), self.client(), self.client(NOBODY)
        self.refused("NotAllowed", user.call, ROOT, MAIL, "Take", "u", 0)
        deliverer.call(ROOT, MAIL, "Take", "u", 0)
        self.assertEqual(deliverer.signals, [("Queued",)])  # of what may have come meanwhile
        deliverer.signals.clear()
        deliverer.call(ROOT, MAIL, "Take", "u", 0)
        self.assertEqual(deliverer.signals, [])
        self.changed()
        self.changed()
        while not deliverer.signals:
            deliverer.receive()
        self.assertEqual(len(deliverer.call(ROOT, MAIL, "Take", "u", 0)[0]), 2)
        self.assertEqual(deliverer.signals, [("Queued",)])
        for client in (other, user):
            client.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")
            self.assertEqual(client.signals, [])

    def test_nobody_else_takes_mail_or_tells_of_it(self):
        shop = self.customer()
        admin, _ = self.person(Customer=shop, Roles=["admin"])
        self.changed()
        mail, = self.take()
        for uid in (admin, NOBODY, 1):
            for member, kinds, values in (("Take", "u", (0,)), ("Delivered", "t", (mail["Id"],)),
                                          ("Retry", "ts", (mail["Id"], "x")), ("GiveUp", "ts", (mail["Id"], "x"))):
                self.refused("NotAllowed", self.mail, member, kinds, *values, uid=uid)
            if uid != 1:  # who is in the group of operators here
                self.refused("NotAllowed", self.manager, "ListMail", "su", "", 0, uid=uid)
                self.refused("NotAllowed", self.manager, "Check", "a{sv}", {}, uid=uid)
        self.assertEqual([mail], self.take())

    def test_user_of_bo_by_the_name_of_the_deliverer_takes_no_mail(self):
        """One who was given that name before the package came."""
        uid, _, link = self.create("bo-maild")
        self.assertEqual(self.auth("bo-maild", link, GOOD, GOOD, service="loose"), "Success")
        self.refused("NotAllowed", self.mail, "Take", "u", 0, uid=uid)

    def test_what_was_sealed_for_another_mail_is_given_up(self):
        self.changed()
        self.changed()
        one, two = [mail["Id"] for mail in self.take()]
        self.daemon.stop()
        with sqlite3.connect(os.path.join(self.daemon.state, "accounts.db")) as store:
            store.execute("UPDATE mail SET sealed = (SELECT sealed FROM mail WHERE id = ?) WHERE id = ?", (one, two))
        store.close()
        self.daemon.start()
        self.assertEqual([mail["Id"] for mail in self.take()], [one])
        rows = {row["Id"]: row for row in self.manager("ListMail", "su", "", 0)[0]}
        self.assertGreater(rows[two]["GivenUp"], 0)

    def test_check_tells_of_what_is_wrong_and_else_that_all_is_well(self):
        self.daemon.pass_time(31 * DAY)  # what other tests have given up is forgotten
        self.daemon.restart()
        self.take()
        for uid, since in self.endings().items():  # of other tests
            self.ended(uid, since)
        deadline = time.monotonic() + WAIT
        while (said := self.boctl("check")) != (0, "ok       daemon\n\nAll is well.\n"):
            self.assertLess(time.monotonic(), deadline, said)
        self.assertEqual(json.loads(self.boctl("check", "--json")[1]),
                         {"parts": [{"part": "daemon", "result": "ok"}], "findings": []})
        self.changed()
        self.daemon.pass_time(5 * MINUTE)
        code, text = self.boctl("check")
        self.assertEqual(code, 1)
        self.assertRegex(text, r"FAULT    mail\n +Mail=yes, but nobody has asked for mail for 5 minutes\.\n"
                               r" +Remedy: `systemctl status bo-maild` tells why; ")
        self.daemon.pass_time(56 * MINUTE)
        mail, = self.take()
        code, text = self.boctl("check")
        self.assertEqual((code, text), (1, "ok       daemon\n"
                                           "FAULT    mail\n"
                                           "         1 mail has been waiting for more than an hour.\n"
                                           "         Remedy: `boctl mail list` shows what the mail server said.\n\n"
                                           "1 fault, 0 warnings.\n"))
        self.mail("GiveUp", "ts", mail["Id"], "550 unknown")
        code, text = self.boctl("check", "--json")
        self.assertEqual(code, 1)
        finding, = json.loads(text)["findings"]
        self.assertEqual((finding["severity"], finding["part"]), ("fault", "mail"))
        self.assertIn("1 mail could not be delivered and was given up", finding["text"])
        self.assertIn("boctl user resend", finding["remedy"])
        self.assertRegex(self.boctl("mail", "list")[1], r"^ *ID KIND .*\n *\d+ password-changed .* 550 unknown\n$")


class Off(Case):
    def test_without_mail_nothing_is_queued(self):
        uid, name = self.person()
        self.user(uid, "ChangePassword", "ayaya{sv}", GOOD.encode(), OTHER.encode(), {}, uid=uid)
        self.wrong(name)
        self.assertEqual(self.door().call(ROOT, MAIL, "Take", "u", 0), ([], 0))
        self.daemon.pass_time(HOUR)
        self.assertEqual(self.manager("Check", "a{sv}", {})[0], [])


if __name__ == "__main__":
    main()
