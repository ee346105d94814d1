# SPDX-License-Identifier: LGPL-2.1-or-later
"""nginx with auth_pam, set up as docs/services/nginx.md says, with curl as the client (R8, R9, R34, R76)."""

from foreign import SHOP, SHOP6, AddressCases, ApiCases, ForeignScenario

# More addresses of this machine: nginx's, and that of a proxy before it.
SERVER, PROXY = "192.0.2.8", "192.0.2.10"
BEHIND = """server {
        listen 8080;
        listen [::]:8081 ipv6only=off;
        listen unix:/run/nginx-test.sock;
        root /var/www/html;
        set_real_ip_from 192.0.2.10;
        real_ip_header X-Forwarded-For;
        location /api/ { auth_pam "API"; auth_pam_service_name nginx; }
        location /other/ { auth_pam "other"; auth_pam_service_name nginx-other; }
}
"""


class Nginx(ApiCases, AddressCases, ForeignScenario):
    page = "nginx"
    addresses = (SERVER, PROXY)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.run("mkdir -p /var/www/html/api/page /var/www/html/other; "
                       "for f in api/status api/page/index.html other/status; do echo good > /var/www/html/$f; done; "
                       "cp /etc/pam.d/nginx /etc/pam.d/nginx-other; touch /etc/nginx/conf.d/behind.conf")
        cls.server.write("/etc/nginx/conf.d/behind.conf", BEHIND)
        cls.server.run("systemctl reload nginx")

    @classmethod
    def tearDownClass(cls):
        cls.server.run("rm /etc/nginx/conf.d/behind.conf")
        super().tearDownClass()

    def get(self, person, password, *options, url=f"https://{SERVER}/api/status"):
        """(status, body)"""
        login = f'user = "{person.name}:{password}"\n' if person else ""
        done = self.server.try_run(["curl", "-sSk", "-m", "10", "-w", "\n%{http_code}", "-K", "-", *options, url],
                                   stdin=login)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), body

    def admits(self, person, password, *options, address=None, **where):
        if address:
            options = ("--interface", address, *options)
            where["url"] = f"https://{f'[{address}]' if ':' in address else address}/api/status"
        status, body = self.get(person, password, *options, **where)
        self.assertIn(status, (200, 401))
        self.assertEqual(status == 200, "good" in body)
        return status == 200

    def test_nobody_without_a_name(self):
        self.assertEqual(self.get(None, None)[0], 401)

    def test_every_refusal_looks_the_same(self):
        locked, off = self.program(), self.program()
        for _ in range(6):
            self.admits(locked, "Zq7-wrong")
        self.server.disable(off)
        answers = {self.get(who, who.password or "Zq7-wrong", "-i")[1].partition("Date:")[0]
                   for who in (locked, off, self.nobody(), self.employee(), self.local_user())}
        self.assertEqual(len(answers), 1, answers)

    def test_page_of_a_directory_opens(self):
        robot = self.program()
        self.assertTrue(self.admits(robot, robot.password, url=f"https://{SERVER}/api/page/"))

    def test_address_is_the_peers_whatever_it_claims(self):
        for source, host in ((SHOP, SERVER), (SHOP6, f"[{SHOP6}]")):
            for claim in ((), ("-H", "X-Forwarded-For: 127.0.0.1"), ("-H", "X-Real-IP: 127.0.0.1"),
                          ("-H", "Forwarded: for=127.0.0.1")):
                self.assertEqual(self.rhost_of("--interface", source, *claim, url=f"https://{host}/api/status"), source)

    def rhost_of(self, *options, url=f"http://{SERVER}:8080/api/status"):
        self.assertFalse(self.admits(self.program(), "Zq7-wrong", *options, url=url))
        return self.told()

    def test_proxy_is_believed_and_nobody_else_is(self):
        claim = ("-H", "X-Forwarded-For: 198.51.100.1, 198.51.100.7")
        self.assertEqual(self.rhost_of("--interface", PROXY, *claim), "198.51.100.7")
        self.assertEqual(self.rhost_of("--interface", SHOP, *claim), SHOP)
        # What is no address is not taken: the proxy's own stays.
        for bad in ("localhost", "office.shop.example", "198.51.100.7%lo", "fe80::1%lo", "198.51.100.07.1", "0x7f000001",
                    "unknown", ""):
            self.assertIn(self.rhost_of("--interface", PROXY, "-H", f"X-Forwarded-For: {bad}"), (PROXY, ""), bad)

    def test_R71_no_header_makes_an_address_approved(self):
        robot = self.program()
        key = self.api_key(robot)
        self.approve("203.0.113.0/24")
        self.settings("AddressRequired=yes")
        try:
            url = f"http://{SERVER}:8080/api/status"
            claims = [f"{name}: {text}" for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "PAM_RHOST")
                      for text in ("203.0.113.7", "for=203.0.113.7", "::ffff:203.0.113.7")]
            for claim in claims:
                self.assertFalse(self.admits(robot, key, "--interface", SHOP, "-H", claim, url=url), claim)
            for text in ("203.0.113.7, 192.0.2.7", "203.0.113.7%lo", "203.0.113.0/24", "203.0.113", "0xcb007107",
                         "[203.0.113.7]x", "shop.example", "fe80::1%203.0.113.7", "::203.0.113.7", "203.0.113.7:x", '"203.0.113.7"'):
                self.assertFalse(self.admits(robot, key, "--interface", PROXY, "-H", f"X-Forwarded-For: {text}", url=url), text)
            for text in ("203.0.113.7", "192.0.2.7, 203.0.113.7", "::ffff:203.0.113.7"):  # the proxy's own word
                self.assertTrue(self.admits(robot, key, "--interface", PROXY, "-H", f"X-Forwarded-For: {text}", url=url), text)
            self.assertFalse(self.admits(robot, key, "--unix-socket", "/run/nginx-test.sock", url="http://x/api/status"))
        finally:
            self.revoke_all()
            self.settings("")

    def test_R71_ipv4_client_of_a_dual_stack_listener_has_his_own_address(self):
        robot = self.program()
        self.settings("AddressRequired=yes")
        try:
            url = f"http://{SERVER}:8081/api/status"
            self.assertFalse(self.admits(robot, robot.password, "--interface", SHOP, url=url))
            self.approve(SHOP)
            self.assertTrue(self.admits(robot, robot.password, "--interface", SHOP, url=url))
        finally:
            self.revoke_all()
            self.settings("")

    def test_R71_link_local_address_is_none(self):
        """Its scope is the host's; nginx leaves it out, and nobody can approve one."""
        robot = self.program()
        self.server.run("ip addr replace fe80::7/64 dev lo nodad")
        self.settings("AddressRequired=yes")
        self.approve("2001:db8:1::/48")
        try:
            self.assertFalse(self.admits(robot, robot.password, "-g", url="http://[fe80::7%25lo]:8081/api/status"))
        finally:
            self.revoke_all()
            self.settings("")

    def test_dual_stack_listener_and_unix_socket(self):
        self.assertIn(self.rhost_of("--interface", SHOP, url=f"http://{SERVER}:8081/api/status"), (SHOP, f"::ffff:{SHOP}"))
        self.assertNotRegex(self.rhost_of("--unix-socket", "/run/nginx-test.sock", url="http://x/api/status"), r"\d")

    def test_service_without_a_section_lets_nobody_in(self):
        """Callers= is of one service: www-data may not ask at another, which is interactive."""
        robot, person = self.program(), self.employee()
        for who in (robot, person):
            self.assertFalse(self.admits(who, who.password, url=f"http://{SERVER}:8080/other/status"))

    def test_workers_may_do_nothing_else(self):
        done = self.server.try_run(["boctl", "user", "list"], user="www-data")
        self.assertNotEqual(done.returncode, 0)
