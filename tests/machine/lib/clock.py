# SPDX-License-Identifier: LGPL-2.1-or-later
"""The time that bo-accountd sees; nothing else in the machine is moved."""

import datetime
import pathlib
import subprocess
import time

DROP_IN = "/etc/systemd/system/bo-accountd.service.d/clock.conf"
CLOCK_FILE = "/run/bo-clock"
TIMERS = "/usr/lib/bo-test-timers.so"

# The daemon looks into the file whenever it asks for the time; its timers keep to the real clock.
SETTINGS = f"""[Service]
Environment=LD_PRELOAD={TIMERS}:/usr/lib/%s/faketime/libfaketimeMT.so.1
Environment=FAKETIME_TIMESTAMP_FILE={CLOCK_FILE} FAKETIME_NO_CACHE=1
Environment=FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1
"""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text):
    """"90d" or "1h30m" as seconds; a number stays what it is."""
    if not isinstance(text, str):
        return text
    total, digits = 0, ""
    for letter in text:
        if letter.isdigit():
            digits += letter
        else:
            total, digits = total + int(digits) * UNITS[letter], ""
    return total


class Clock:
    """Runs with the real time until moved; frozen it shows one second for ever."""

    def __init__(self, machine):
        self._machine = machine
        self._offset_sec = 0
        self._frozen_at = None

    def take_over(self):
        """Before the daemon's first start: from then on its time comes from here."""
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(self._machine.root) + TIMERS,
                        str(pathlib.Path(__file__).parents[2] / "timerfd.c")], check=True)
        libraries = self._machine.run("dirname $(ls -d /usr/lib/*/faketime)").strip().rsplit("/", 1)[1]
        self._machine.run(f"mkdir -p {DROP_IN.rsplit('/', 1)[0]}")
        self._machine.write(DROP_IN, SETTINGS % libraries)
        self._show()
        self._machine.run("systemctl daemon-reload")

    def real(self):
        """As if it had never been moved."""
        self._offset_sec, self._frozen_at = 0, None
        self._show()

    def _show(self):
        if self._frozen_at is None:
            text = f"{self._offset_sec:+d}"
        else:
            text = datetime.datetime.utcfromtimestamp(self._frozen_at).strftime("%Y-%m-%d %H:%M:%S")
        self._machine.write(CLOCK_FILE, text)

    def now(self):
        """The daemon's time, in seconds since 1970."""
        return time.time() + self._offset_sec if self._frozen_at is None else self._frozen_at

    def forward(self, how_far):
        """Move on by "90d", "29m59s" or a number of seconds; frozen or running as before."""
        if self._frozen_at is None:
            self._offset_sec += seconds(how_far)
        else:
            self._frozen_at += seconds(how_far)
        self._show()

    def back(self, how_far):
        self.forward(-seconds(how_far))

    def freeze(self):
        """Stand still, on a whole second, for what must hold to the second."""
        if self._frozen_at is None:
            self._frozen_at = int(self.now()) + 1
            self._show()

    def run_on(self):
        """Run again, from where it stood; never backwards."""
        if self._frozen_at is not None:
            self._offset_sec = self._frozen_at - int(time.time()) + 1
            self._frozen_at = None
            self._show()
