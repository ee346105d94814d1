# SPDX-License-Identifier: LGPL-2.1-or-later
"""A control group of its own for each machine, so that several can run side by side."""

import os
import pathlib


def _hierarchies():
    """(mount point, our group in it) of cgroup v2 and of systemd's named v1 hierarchy."""
    mounts = {}
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        kind, _, options = right.split(" ", 2)
        if kind == "cgroup2":
            mounts[""] = left.split()[4]
        elif kind == "cgroup" and "name=systemd" in options.split(","):
            mounts["name=systemd"] = left.split()[4]
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in mounts:
            yield pathlib.Path(mounts[controllers]), path.lstrip("/")


def _remove(path):
    for folder, _, _ in os.walk(path, topdown=False):
        try:
            os.rmdir(folder)
        except OSError:
            continue


class Group:
    """Named after the process that made it: those of processes that were killed are swept away."""

    def __init__(self, name):
        self._paths = []
        for mount, ours in _hierarchies():
            path = mount / ours / f"bo-machine-{os.getpid()}-{name}"
            for old in path.parent.glob("bo-machine-*"):
                if not os.path.exists("/proc/" + old.name.split("-")[2]):
                    _remove(old)
            try:
                path.mkdir()
                self._paths.append(path)
            except OSError:
                continue  # read-only here: the machine then shares our group

    def enter(self):
        for path in self._paths:
            (path / "cgroup.procs").write_text(str(os.getpid()))

    def enter_payload(self):
        """Into the machine, as far as its own systemd and logind can see."""
        for path in self._paths:
            inside = path / "payload" / "tests"
            try:
                inside.mkdir(exist_ok=True)
                (inside / "cgroup.procs").write_text(str(os.getpid()))
            except OSError:
                continue

    def remove(self):
        for path in self._paths:
            _remove(path)
