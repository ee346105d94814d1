#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/requirements.md names only rules and tests that there are, each rule once."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "requirements.md"


def missing(cell):
    """What a cell of tests names and the tree does not have."""
    for line in cell.split("<br>"):
        path, *names = re.findall(r"`([^`]+)`", line)
        file = TOP / path
        if not file.is_file():
            yield f"no such file: {path}"
            continue
        text = file.read_text()
        yield from (f"no such test: {path}: {name}" for name in names
                    if not re.search(rf"\b{re.escape(name)}\b", text))


def main():
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if "`tests/" in line and line.startswith("|")]
    print(f"1..{len(rows)}")
    bad = 0
    for number, row in enumerate(rows, 1):
        absent = list(missing(row[-1]))
        absent += [f"{rule[0]}stands twice" for rule in rows[:number - 1] if rule[0] == row[0]]
        bad += bool(absent)
        print(f"{'not ok' if absent else 'ok'} {number} {row[0].strip()} is proven by tests that exist")
        for name in absent:
            print(f"# {name}")
    return bad > 0 or not rows


if __name__ == "__main__":
    sys.exit(main())
