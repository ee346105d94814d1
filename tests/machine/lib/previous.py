# SPDX-License-Identifier: LGPL-2.1-or-later
"""The packages of an earlier state of the tree, to upgrade from: made once, kept in the cache."""

import fcntl
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import image
import server

# The last one before the product was made whole.
COMMIT = "6787333e40b3e09007ba93fed69551177726b1b2"


def _build(target):
    with tempfile.TemporaryDirectory(prefix="bo-previous-") as scratch:
        tree = pathlib.Path(scratch) / "tree"
        tree.mkdir()
        archive = subprocess.run(["git", "-C", server.TOP, "archive", COMMIT], check=True, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)
        subprocess.run([tree / "tools" / "package", target], check=True, stdout=subprocess.DEVNULL)


def _repack(target, deb):
    """The same package with a version below its own."""
    with tempfile.TemporaryDirectory(prefix="bo-previous-") as scratch:
        subprocess.run(["dpkg-deb", "-R", deb, scratch], check=True)
        control = pathlib.Path(scratch) / "DEBIAN" / "control"
        version = re.search(r"^Version: (.*)$", control.read_text(), re.M)[1]
        control.write_text(control.read_text().replace(version, version + "~previous"))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", scratch, target], check=True, stdout=subprocess.DEVNULL)


def packages():
    """Their .deb files, that of bo-maild too."""
    known = subprocess.run(["git", "-C", server.TOP, "cat-file", "-e", COMMIT], capture_output=True, check=False)
    if known.returncode != 0:
        print(f"# there is no commit {COMMIT[:12]} here: upgrading from the same packages with a lower version",
              file=sys.stderr, flush=True)
        target = pathlib.Path(tempfile.mkdtemp(prefix="bo-previous-"))
        for deb in server.packages(mail=True):
            _repack(target, deb)
        return sorted(target.glob("*.deb"))
    cache = image.cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"packages-{COMMIT[:16]}"
    with open(cache / "lock-previous", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            half_made = target.with_suffix(".part")
            shutil.rmtree(half_made, ignore_errors=True)
            _build(half_made)
            half_made.rename(target)
    return sorted(target.glob("*.deb"))
