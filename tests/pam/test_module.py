#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What pam_bo.so is made of: exports, linkage, nothing that a module in a foreign process must not have."""

import re
import subprocess
import unittest

from stage import MODULE


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


class Module(unittest.TestCase):
    def test_exports_the_six_entry_points_and_nothing_else(self):
        exported = {line.split()[-1] for line in lines("nm", "-D", "--defined-only", MODULE)}
        self.assertEqual({name for name in exported if not name.startswith("__asan")}, {
            "pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_chauthtok",
            "pam_sm_open_session", "pam_sm_close_session"})

    def test_links_libbo_libpam_and_libc_alone(self):
        needed = {re.search(r"\[(.*)\]", line)[1]
                  for line in lines("readelf", "-d", MODULE) if "(NEEDED)" in line}
        self.assertEqual({name for name in needed if not re.match(r"lib(asan|ubsan)\.", name)},
                         {"libbo.so.1", "libpam.so.0", "libc.so.6"})

    def test_needs_no_crypto_and_no_sql_by_way_of_libbo(self):
        loaded = "\n".join(lines("ldd", MODULE))
        for library in "sodium", "sqlite", "oath", "libpq", "libcrypt.so", "pwquality", "qrencode":
            self.assertNotIn(library, loaded)
        self.assertIn("libbo.so.1", loaded)

    def test_neither_forks_nor_starts_threads_nor_handles_signals(self):
        used = {line.split()[-1].split("@")[0] for line in lines("nm", "-D", "-u", MODULE)}
        for name in ("fork", "vfork", "execve", "posix_spawn", "system", "popen", "pthread_create",
                     "signal", "sigaction", "alarm", "setenv", "putenv", "chdir", "umask", "exit",
                     "abort", "setuid", "seteuid", "setlocale"):
            self.assertNotIn(name, used)

    def test_keeps_no_static_state(self):
        """Only what the compiler and the linker add may be written to."""
        added = ("completed.", "__dso_handle", "__TMC_END__", "_edata", "_end", "__bss_start")
        rows = [re.search(r" (\.data|\.bss)\t\S+ +(?:\.hidden )?(\S+)$", line)
                for line in lines("objdump", "-t", MODULE)]
        own = [row[2] for row in rows if row and row[2] not in (".data", ".bss")
               and not row[2].startswith(added) and "san" not in row[2]]
        self.assertEqual(own, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
