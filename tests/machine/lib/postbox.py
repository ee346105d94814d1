# SPDX-License-Identifier: LGPL-2.1-or-later
"""The base of scenarios with mail as it is in earnest: bo-maild, postfix with TLS and authentication, a mailbox."""

import email
import email.policy
import re

from machine import wait_until
from scenario import Scenario
from server import packages

WAIT = 30
PASSWORD = "mail server pass 9"
LETTERS = "/home/mailbox/Maildir/new"
MAIN = """compatibility_level = 3.6
myhostname = mx.shop.example
mydestination = localhost
inet_interfaces = loopback-only
alias_maps =
virtual_alias_domains = shop.example
virtual_alias_maps = static:mailbox@localhost
home_mailbox = Maildir/
smtpd_tls_cert_file = /etc/mx.crt
smtpd_tls_key_file = /etc/mx.key
smtpd_tls_security_level = encrypt
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_authenticated_header = yes
smtpd_sasl_local_domain = mx.shop.example
cyrus_sasl_config_path = /etc/postfix/sasl
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""
SASL = """pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
"""
SETTINGS = """[Mail]
Server=smtp://mx.shop.example:587
User=bo
CaFile=/etc/mx.crt
From=noreply@shop.example
FromName=The Shop
"""
# A certificate that nobody but itself vouches for; the password of the mail server's user.
SET_UP = f"""set -e
echo '127.0.0.1 mx.shop.example' >>/etc/hosts
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.shop.example \\
    -addext subjectAltName=DNS:mx.shop.example -keyout /etc/mx.key -out /etc/mx.crt 2>/dev/null
chmod 600 /etc/mx.key
useradd --create-home mailbox
echo '{PASSWORD}' | saslpasswd2 -p -c -u mx.shop.example bo
chown postfix /etc/sasldb2
sed -i 's/^smtp  *inet .*/587 inet n - n - - smtpd/' /etc/postfix/master.cf
install -d -m 700 /etc/credstore
"""
CREDENTIAL = f"(umask 077; echo '{PASSWORD}' >/etc/credstore/bo-maild.smtp-password)"


def open_server(server):
    """A mail server in @server, with the mailbox that all its mail goes to."""
    server.run(SET_UP)
    server.write("/etc/postfix/main.cf", MAIN)
    server.write("/etc/postfix/sasl/smtpd.conf", SASL)
    server.run("systemctl start postfix")


class Letters:
    """What a scenario with a mail server in its machine reads there."""

    def letters(self):
        """{address: [message]} of all that lies in the mailbox."""
        found = {}
        place = self.server.root / LETTERS.lstrip("/")
        for path in sorted(place.iterdir()) if place.exists() else []:
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found.setdefault(message["To"].addresses[0].addr_spec, []).append(message)
        return found

    def letter(self, name, kind):
        """The newest mail to @name whose subject has @kind in it."""
        def there():
            return [message for message in self.letters().get(name, []) if kind in message["Subject"]]
        return wait_until(there, WAIT, f"a mail to {name}: {kind}\n" + self.state())[-1]

    def state(self):
        return (self.server.journal("-u", "bo-maild", "-u", "postfix@-", "-n", "20", "-o", "cat")
                + self.server.try_run("boctl mail list").stdout)

    def token(self, message):
        return self.server.keep_secret(re.search(r"^    (\S+)\s*$", message.get_body(("plain",)).get_content(), re.M)[1])


class Mailbox(Letters, Scenario):
    @classmethod
    def setUpClass(cls):
        first = Scenario.server is None
        super().setUpClass()
        if not first:
            return
        server = cls.server
        open_server(server)
        server.run(CREDENTIAL)
        server.install([path for path in packages(mail=True) if path.name.startswith("bo-maild_")])
        server.write("/etc/bo/maild.conf.d/50-site.conf", SETTINGS)
        server.run("bo-maild --check-config && systemctl restart bo-maild")
