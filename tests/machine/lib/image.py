# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian roots that test machines boot from, one plain and one with more services: made once, kept in the cache."""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

SUITE = "bookworm"

# What a server has before bo comes: an init, a bus, sshd, a console, sudo, cron.
SYSTEM = """
    systemd systemd-sysv dbus libpam-systemd libpam-modules libpam-runtime login passwd sudo cron
    openssh-server openssh-client iproute2 procps util-linux-extra bsdutils
""".split()

# What apt would fetch with bo's packages; test machines have no network.
LIBRARIES = """
    libsystemd0 libsodium23 liboath0 libsqlite3-0 libqrencode4 libinih1 libpwquality1 libpwquality-common
    libcurl4 libcsv3 libjansson4 ca-certificates cracklib-runtime libcrack2 libsmartcols1 libcdb1 libpam0g
    init-system-helpers
""".split()

# What only the tests need: the clock of the daemon is moved from outside, mails arrive at a real server.
TESTING = ["libfaketime", "openssl", "postfix", "sasl2-bin", "libsasl2-modules"]

# Programs of others that log in with bo, and what their clients need: in an image of its own, so that machines
# of other scenarios stay lean. Each is started by the scenario that is about it.
SERVICES = """
    nginx libnginx-mod-http-auth-pam vsftpd lftp curl ssl-cert postgresql postgresql-client
    dovecot-imapd cockpit-ws cockpit-bridge cockpit-system
""".split()

# What debian/tests asks for beside bo itself: whoever writes a program that asks bo.
BUILDING = ["build-essential", "pkg-config"]
SERVICE_UNITS = """
    nginx.service vsftpd.service postgresql.service dovecot.service dovecot.socket cockpit.socket
""".split()

# Nobody reads a manual in a machine that lives for a minute.
MMDEBSTRAP = [
    "--quiet", "--mode=root", "--variant=minbase", "--format=directory",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    '--aptopt=Apt::Install-Recommends "false"',
    # The mail server runs where a test wants one.
    '--customize-hook=chroot "$1" systemctl --quiet disable postfix.service',
    # bo itself is installed whole.
    '--customize-hook=rm "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap',
]


def cache_dir():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "/var/cache") / "bo-test"


def host_sources():
    """The archive that this host itself installs Debian from, as sources.list lines."""
    wanted = ["apt-get", "indextargets", "Created-By: Packages", "Origin: Debian",
              "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)"]
    lines = set(subprocess.run(wanted, check=True, capture_output=True, text=True).stdout.splitlines())
    lines = sorted(line for line in lines if line.split()[2].split("-")[0] == SUITE)
    if not lines:
        raise RuntimeError(f"apt on this host knows no archive of Debian {SUITE}: run apt-get update, "
                           "or set BO_TEST_SOURCES to a sources.list file")
    return "\n".join(lines) + "\n"


def sources():
    path = os.environ.get("BO_TEST_SOURCES")
    return pathlib.Path(path).read_text() if path else host_sources()


def extras(services):
    """(packages, options of mmdebstrap) beside those of the plain image."""
    if not services:
        return [], []
    return SERVICES + BUILDING, ['--customize-hook=chroot "$1" systemctl --quiet disable ' + " ".join(SERVICE_UNITS)]


def key(services):
    """Changes whenever the image would come out differently."""
    packages, options = extras(services)
    recipe = [SUITE, os.uname().machine, *SYSTEM, *LIBRARIES, *TESTING, *packages, *MMDEBSTRAP, *options]
    return hashlib.sha256("\n".join(recipe).encode()).hexdigest()[:16]


def build(target, services, say):
    """Make the root beside its place and move it there: what bears the name is always whole."""
    half_made = target.with_suffix(".part")
    shutil.rmtree(half_made, ignore_errors=True)
    packages, options = extras(services)
    say(f"making the Debian image for test machines in {target} "
        f"(once, {'a minute or more' if services else 'about half a minute'})")
    command = ["mmdebstrap", *MMDEBSTRAP, *options,
               "--include=" + ",".join(SYSTEM + LIBRARIES + TESTING + packages), SUITE, str(half_made), "-"]
    made = subprocess.run(command, input=sources(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(half_made, ignore_errors=True)
        raise RuntimeError("mmdebstrap failed:\n" + made.stdout[-4000:])
    half_made.rename(target)


def ensure(services=False, say=lambda text: print(text, file=sys.stderr, flush=True)):
    """The path of the image, plain or with @services; makes it when it is not there. Safe when several ask at once."""
    cache = cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"image-{key(services)}"
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            build(target, services, say)
    return target


if __name__ == "__main__":
    print(ensure("services" in sys.argv[1:]))
