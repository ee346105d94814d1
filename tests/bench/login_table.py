# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of tests/bench/run: a figure, what was measured, beside what, and whether it holds."""

import re
import statistics


class Sample:
    """Values of one thing: median, and the tenth and ninetieth percentile as its spread."""

    def __init__(self, values):
        self.values = sorted(values)

    def at(self, percent):
        return self.values[min(len(self.values) - 1, len(self.values) * percent // 100)]

    @property
    def median(self):
        return statistics.median(self.values)

    def text(self, unit):
        return f"{self.median:.2f} ({self.at(10):.2f}-{self.at(90):.2f}) {unit}"


def over(sample, floor):
    """What lies above a floor, with the spread of the sample."""
    return Sample([value - floor.median for value in sample.values])


class Table:
    HEADS = ("figure", "measured (p10-p90)", "peer or bound", "ratio", "")

    def __init__(self):
        self.rows = []

    def add(self, figure, measured, beside="", ratio=None, held=None):
        verdict = "" if held is None else "pass" if held else "OVER"
        row = (figure, measured, beside, "" if ratio is None else f"{ratio:.2f}", verdict)
        self.rows.append(row)
        print("  ".join(part for part in row if part), flush=True)

    def at_most(self, figure, sample, unit, bound):
        self.add(figure, sample.text(unit), f"at most {bound:g} {unit}", sample.median / bound,
                 sample.median <= bound)

    def beside(self, figure, sample, unit, peer, what, bound=None):
        """A ratio of medians, that a bound may be set for."""
        ratio = sample.median / peer.median
        beside = f"{what} {peer.text(unit)}" + (f", at most {bound:g} x" if bound else "")
        self.add(figure, sample.text(unit), beside, ratio, ratio <= bound if bound else None)

    def note(self, figure, sample, unit, what=""):
        self.add(figure, sample.text(unit), what)

    def add_nss(self, text):
        """The lines of bench-nss: name, users, nanoseconds of both modules, ratio, spread, bound."""
        line = re.compile(r"^(.{30}) +(\d+) +(\d+) +(\d+) +([\d.]+) \(([\d.]+)-([\d.]+)\)"
                          r"(?: +<= ([\d.]+) +(\w+))?")
        none = re.compile(r"^(.{30}) +(\d+) +none +(\w+)")
        for row in text.splitlines():
            found, absent = line.match(row), none.match(row)
            if found:
                what, users, empty, bo, ratio, low, high, bound, verdict = found.groups()
                self.add(f"nss: {what.strip()}, {users} users", f"{bo} ns ({low}-{high} x)",
                         f"empty module {empty} ns" + (f", at most {bound} x" if bound else ""),
                         float(ratio), verdict == "pass" if verdict else None)
            elif absent:
                self.add(f"nss: {absent[1].strip()}, {absent[2]} users", "none", "none", None,
                         absent[3] == "pass")

    def print(self):
        widths = [max(len(row[i]) for row in [self.HEADS, *self.rows])
                  for i in range(len(self.HEADS))]
        print()
        for row in [self.HEADS, tuple("-" * width for width in widths), *self.rows]:
            print("  ".join(part.ljust(width) for part, width in zip(row, widths)).rstrip())
