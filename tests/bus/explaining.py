# SPDX-License-Identifier: LGPL-2.1-or-later
"""Explains a login, then really tries it: both must come to the same."""

import re
import sqlite3
from dataclasses import dataclass, field

from world import *

WEB = 33
HERE, THERE = "192.0.2.7", "198.51.100.7"
EXPLAINED = SETTINGS + SERVICES + f"""
[Service web]
Callers={WEB}
[Service guarded]
Permission=transactions.view
[Service fenced]
AddressRequired=yes
[Service apis]
Class=api
Callers={WEB}
Permission=settings.api
"""
API = ("door", "apis")
BATCH = ("cron",)
NO_KEY = 50 * "0"
# The hour that the clock has shown, and that there is a mark: flushed and written by the passes at start and when it
# got quiet, whoever calls then.
OWN_ROWS = r'INSERT INTO "(clock_epoch|generation)" '


@dataclass
class Who:
    """Somebody with what he would answer."""
    name: str
    uid: int = 0
    password: str = GOOD
    secret: str = ""
    key: str = ""
    context: dict = field(default_factory=dict)


class Explaining(Case):
    SETTINGS = EXPLAINED

    def explain(self, who, service, method="password", asker=0, **context):
        """(outcome, pam, shown, steps)"""
        options = {key.capitalize(): ("s", value) for key, value in context.items() if key != "caller"}
        if "caller" in context:
            options["Caller"] = ("u", context["caller"])
        if asker:
            options["Asker"] = ("u", asker)
        return self.manager("ExplainLogin", "ssa{sv}", who.name, service, options | {"Method": ("s", method)})

    def written(self):
        """All that is stored, but for what the daemon writes of itself at any time, and all that was said."""
        path = os.path.join(self.daemon.state, "accounts.db")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return [row for row in database.iterdump() if not re.match(OWN_ROWS, row)], self.daemon.said()
        finally:
            database.close()

    def reply(self, talk, who, service, method):
        """The right answer to what is asked, or none where it is an offer."""
        if talk.kind == "secret":
            if method == "key":
                return who.key or NO_KEY
            return who.password + (self.code(who.secret) if service == "gate" and who.secret else "")
        typed = re.search(r"type this secret into it: (\S+)", talk.text)
        if typed:
            who.secret = typed[1]
        return self.code(who.secret) if "One-time code" in talk.text and who.secret else ""

    def phase(self, client, phase, who, service, method, **context):
        """(how it ended, what was shown as an error, its id)"""
        talk = Talk(client, phase, who.name, service=service, **context)
        while talk.kind != "done":
            talk.step(self.reply(talk, who, service, method) if talk.kind in ("secret", "visible") else "")
        errors = [text for kind, text in talk.texts if kind == "error"]
        return talk.outcome, errors[-1] if errors else "", talk.login

    def attempt(self, who, service, method="password", asker=0, **context):
        """(outcome, shown) of what sshd and its like would do: auth, account, session."""
        try:
            with self.daemon.client(asker) as client:
                return self.phases(client, who, service, method, asker, **context)
        except BusError as error:
            return error.name, error.text

    def phases(self, client, who, service, method, asker, **context):
        login = {}
        if method == "password" or service in API:
            outcome, shown, ident = self.phase(client, "auth", who, service, method, **context)
            login = {"login": ident}
            if outcome != "Success":
                return outcome, shown
        outcome, shown, _ = self.phase(client, "account", who, service, method, **context)
        if outcome != "Success" or asker or service in API + BATCH:
            return outcome, shown
        context.pop("permission", None)
        return self.phase(client, "session", who, service, method, **login, **context)[:2]

    def same(self, who, service, method="password", **context):
        """The outcome, if the explanation and the attempt agree and the explanation left no trace."""
        if who.secret:
            self.daemon.pass_time(30)
        context = who.context | context
        before = self.written()
        outcome, pam, shown, steps = self.explain(who, service, method, **context)
        self.assertEqual(self.written(), before)
        with self.subTest(who=who.name, service=service, method=method, **context):
            real, seen = self.attempt(who, service, method, **context)
            self.assertEqual(outcome, real, steps)
            if outcome not in ("Success", "NotAllowed"):
                self.assertEqual(shown, seen)
            stops = [step["Step"] for step in steps if step["Result"] == "stop"]
            self.assertLessEqual(len(stops), 1, steps)
            self.assertFalse(outcome == "Success" and stops, steps)
            self.assertEqual(outcome == "Success", pam == "PAM_SUCCESS")
        return outcome

    def stop(self, who, service, method="password", **context):
        """The step at which it ends, and its rule."""
        return next(((step["Step"], step["Rule"]) for step in self.explain(who, service, method, **context)[3]
                     if step["Result"] == "stop"), None)
