# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mail server for tests: it takes mail as it should, or fails in every way that one can."""

import base64
import email
import email.policy
import os
import socketserver
import ssl
import subprocess
import threading


class Mail:
    """One that the server has received."""

    def __init__(self, session, raw):
        self.sender, self.recipients = session.sender, list(session.recipients)
        self.helo, self.encrypted, self.user = session.helo, session.encrypted, session.user
        self.raw = raw
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content()


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    def setup(self):
        if self.server.tls == "implicit":
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()
        self.encrypted = self.server.tls == "implicit"
        self.user = None
        self.reset()

    def reset(self):
        self.sender, self.recipients = None, []

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def planned(self, stage):
        """What the test wants to happen here; True: the session goes on no further."""
        plan = self.server.plan(stage, self)
        if plan is None:
            return False
        if plan == "hang":
            self.server.hanging.set()
            self.server.released.wait()
            raise ConnectionError
        if plan == "drop":
            raise ConnectionError
        self.say(plan)
        return True

    def handle(self):
        self.server.connections += 1
        try:
            if not self.planned("greeting"):
                self.say("220 mail.example ESMTP")
            while line := self.rfile.readline():
                if not self.command(line.decode("utf-8", "replace").rstrip("\r\n")):
                    return
        except (ConnectionError, ssl.SSLError, ValueError):
            return

    def command(self, line):
        verb, self.line = line.split(" ")[0].upper(), line
        handler = getattr(self, "on_" + verb.lower(), None)
        if verb == "QUIT":
            self.say("221 bye")
            return False
        if handler is None:
            self.say("502 not known")
        elif not self.planned(verb.lower()):
            handler(line)
        return True

    def on_ehlo(self, line):
        self.helo = line.split(" ", 1)[1]
        words = ["mail.example"]
        if self.server.tls == "starttls" and not self.encrypted:
            words.append("STARTTLS")
        if self.server.password and (self.encrypted or not self.server.tls):
            words.append("AUTH PLAIN LOGIN")
        for word in words[:-1]:
            self.say("250-" + word)
        self.say("250 " + words[-1])

    def on_starttls(self, _):
        self.say("220 go")
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), socketserver._SocketWriter(self.request)
        self.encrypted = True

    def on_auth(self, line):
        words = line.split(" ")
        if words[1].upper() != "PLAIN":
            self.say("504 PLAIN alone")
            return
        if len(words) == 2:
            self.say("334 ")
            words.append(self.rfile.readline().decode().strip())
        _, user, password = base64.b64decode(words[2]).decode().split("\0")
        if (user, password) == (self.server.user, self.server.password):
            self.user = user
            self.say("235 2.7.0 welcome")
        else:
            self.say("535 5.7.8 wrong")

    def on_mail(self, line):
        if self.server.password and not self.user:
            self.say("530 5.7.0 authentication first")
            return
        self.reset()
        self.sender = line[10:].split(" ")[0]
        self.say("250 2.1.0 ok")

    def on_rcpt(self, line):
        self.recipients.append(line[8:].split(" ")[0])
        self.say("250 2.1.5 ok")

    def on_rset(self, _):
        self.reset()
        self.say("250 ok")

    def on_data(self, _):
        self.say("354 go on")
        if self.planned("354"):
            return
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = Mail(self, b"".join(lines))
        with self.server.lock:
            self.server.seen.append(mail)
        if self.planned("dot"):
            return
        with self.server.lock:
            self.server.mails.append(mail)
        self.say("250 2.0.0 queued")
        self.reset()


class Server(socketserver.ThreadingTCPServer):
    """@tls: None, "starttls" or "implicit". plan(stage, session) decides what goes wrong."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, directory, tls=None, user=None, password=None, port=0):
        super().__init__(("127.0.0.1", port), Session)
        self.tls, self.user, self.password = tls, user, password
        self.plan = lambda stage, session: None
        self.mails, self.seen, self.lock = [], [], threading.Lock()  # acknowledged; all that came
        self.hanging, self.released = threading.Event(), threading.Event()
        self.connections = 0
        self.port = self.server_address[1]
        self.certificate = os.path.join(directory, "server.crt")
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate(directory))
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        """What a client broke off is no news."""

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()


def certificate(directory, host="localhost"):
    """A certificate for @host that nobody but itself vouches for, and its key."""
    paths = os.path.join(directory, "server.crt"), os.path.join(directory, "server.key")
    if not os.path.exists(paths[0]):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "30", "-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host,
                        "-keyout", paths[1], "-out", paths[0]], check=True, capture_output=True)
    return paths
