# SPDX-License-Identifier: LGPL-2.1-or-later
"""A booted Debian with its own init, bus and sshd, thrown away afterwards."""

import ctypes
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time

import pexpect

import cgroup
import image
from clock import Clock

# Everything lies on a tmpfs inside a private mount namespace: the last process takes it along.
BOOT = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/machine
mount -t tmpfs -o size="$DISK" tmpfs /run/machine
cd /run/machine
mkdir upper work root
mount -t overlay overlay -o lowerdir="$IMAGE",upperdir=upper,workdir=work root
echo "$NAME" > root/etc/hostname
printf '127.0.0.1 localhost %s\\n::1 localhost\\n' "$NAME" > root/etc/hosts
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_SECCOMP_LOG=0
exec systemd-nspawn -q -D root --boot --register=no --keep-unit --private-network \\
    --console=pipe --machine="$NAME" --resolv-conf=off --timezone=off \\
    --system-call-filter=@memlock
"""

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "LANG": "C.UTF-8", "TERM": "dumb", "HOME": "/root", "USER": "root"}

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class MachineError(Exception):
    pass


class CommandError(MachineError):
    def __init__(self, command, result):
        self.result = result
        super().__init__(f"{command!r} ended with {result.returncode} in the machine:\n"
                         f"{result.stdout}{result.stderr}")


def wait_until(check, deadline_sec=30, what="that", pause_sec=0.05):
    """Poll @check until it is true; its last value is returned."""
    end = time.monotonic() + deadline_sec
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise MachineError(f"waited {deadline_sec} s in vain for {what}")
        time.sleep(pause_sec)


def _die_with_parent():
    os.setsid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def _init_below(nspawn_pid):
    """The host's pid of the machine's process 1: the descendant that is 1 in a pid namespace."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines())
        except (OSError, ValueError):
            continue
        if status["NSpid"].split()[2:] == ["1"] and _parent(int(status["PPid"])) == nspawn_pid:
            return int(entry.name)
    return None


class Machine:
    """Boot with boot() or a with statement. Commands run as root inside unless told otherwise."""

    def __init__(self, name="shop", disk="1g", log=None, services=False):
        self.name = name
        self.services = services  # boot from the image that has the programs of others
        self.disk = disk
        self.log = log
        self.clock = Clock(self)
        self.init_pid = None
        self._nspawn = None
        self._cgroup = None
        self._console = None
        self._children = []

    def __enter__(self):
        return self.boot()

    def __exit__(self, *_):
        self.stop()

    def boot(self):
        environment = {**os.environ, "IMAGE": str(image.ensure(self.services)), "NAME": self.name, "DISK": self.disk}
        self._cgroup = cgroup.Group(f"{id(self):x}")
        # A file, not a pipe: nobody reads the console while the machine runs.
        self._console = open(f"/tmp/.bo-console-{os.getpid()}-{id(self):x}", "w+")
        os.unlink(self._console.name)
        try:
            self._nspawn = subprocess.Popen(
                # A namespace of processes around it: whoever dies, nothing of the machine stays.
                ["unshare", "-m", "-p", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
                 "sh", "-c", BOOT], env=environment,
                stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT,
                preexec_fn=lambda: (self._cgroup.enter(), _die_with_parent()))
            self.init_pid = wait_until(self._find_init, 30, "the machine's init")
            wait_until(lambda: self._state() == "running", 60, "the machine to be up", 0.1)
        except BaseException:
            self.stop()
            raise
        return self

    def _find_init(self):
        if self._nspawn.poll() is not None:
            raise MachineError("the machine did not boot:\n" + self.console())
        return _init_below(self._nspawn.pid)

    def _state(self):
        state = self.try_run("systemctl is-system-running").stdout.strip()
        if state == "degraded":
            raise MachineError("units failed at boot:\n" + self.run("systemctl --failed --no-legend"))
        return state

    def stop(self):
        """End it at once: nothing in it is worth a clean shutdown."""
        for child in self._children:
            child.close(force=True)
        self._children = []
        if self.init_pid is not None:
            try:
                os.kill(self.init_pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.init_pid = None
        if self._nspawn is not None:
            try:
                self._nspawn.wait(10)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()
            self._nspawn = None
        if self._cgroup is not None:
            self._cgroup.remove()
            self._cgroup = None

    def console(self):
        """What the machine's console showed so far."""
        self._console.seek(0)
        return self._console.read()

    @property
    def root(self):
        """The machine's root directory, seen from the host."""
        return pathlib.Path(f"/proc/{self.init_pid}/root")

    def _inside(self, command, user=None):
        words = ["sh", "-c", command] if isinstance(command, str) else list(command)
        if user is not None:
            words = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", *words]
        # Each namespace by name: nsenter -a would leave out those that it takes for its own.
        return ["nsenter", "-t", str(self.init_pid), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w",
                "--", *words]

    def try_run(self, command, stdin="", user=None, timeout=60):
        """Run to the end; the CompletedProcess, whatever its exit status."""
        return subprocess.run(self._inside(command, user), input=stdin, capture_output=True, text=True,
                              errors="replace", timeout=timeout, check=False, env=ENVIRONMENT, cwd="/",
                              preexec_fn=self._cgroup.enter_payload)

    def run(self, command, stdin="", user=None, timeout=60):
        """Run to the end; its output. Raises CommandError when it fails."""
        result = self.try_run(command, stdin, user, timeout)
        if result.returncode != 0:
            raise CommandError(command, result)
        return result.stdout

    def start(self, command, **options):
        """Start in the background; the Popen."""
        return subprocess.Popen(self._inside(command), env=ENVIRONMENT, cwd="/", text=True,
                                stdin=subprocess.DEVNULL, preexec_fn=self._cgroup.enter_payload, **options)

    def spawn(self, command, timeout=20, **options):
        """Start on a terminal of the machine; the pexpect child that sits at it."""
        text = command if isinstance(command, str) else shlex.join(command)
        words = self._inside(["script", "-qefc", text, "/dev/null"])
        child = pexpect.spawn(words[0], words[1:], env=ENVIRONMENT, cwd="/", timeout=timeout,
                              encoding="utf-8", codec_errors="replace", dimensions=(50, 132),
                              preexec_fn=self._cgroup.enter_payload, **options)
        child.delaybeforesend = None
        child.logfile_read = self.log
        self._children.append(child)
        return child

    def install(self, packages, reinstall=False):
        """Install .deb files as their user would; what they need beside must be in the image."""
        place = self.root / "var/tmp/packages"
        place.mkdir()
        for package in packages:
            shutil.copy(package, place)
        again = "--reinstall" if reinstall else ""
        self.run(f"apt-get -y -q {again} install /var/tmp/packages/*.deb </dev/null", timeout=180)
        shutil.rmtree(place)

    def write(self, path, text, mode=0o644):
        """Write a file in the machine, by rename."""
        self.run(["sh", "-c", 'cat >"$1.new" && chmod "$2" "$1.new" && mv -T "$1.new" "$1"', "sh", path,
                  f"{mode:o}"], stdin=text)

    def read(self, path):
        return self.run(["cat", path])

    def journal(self, *matches):
        """The journal, as text; @matches are options of journalctl."""
        return self.run(["journalctl", "--no-pager", "-q", *matches])

    def host_pid(self, pid):
        """The host's pid of process @pid of the machine."""
        namespace = os.stat(f"/proc/{self.init_pid}/ns/pid").st_ino
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.stat(entry / "ns/pid").st_ino == namespace:
                    status = (entry / "status").read_text()
                    if status.split("NSpid:")[1].split("\n")[0].split()[-1] == str(pid):
                        return int(entry.name)
            except OSError:
                continue
        raise MachineError(f"the machine has no process {pid}")
