#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns the numbered migrations into C string literals, in order: embed.py OUTPUT FILE..."""
import json
import os
import sys

output, *files = sys.argv[1:]
with open(output, "w", encoding="ascii") as out:
    for number, path in enumerate(sorted(files, key=os.path.basename), 1):
        name = os.path.basename(path)
        if not name.startswith(f"{number:04}-"):
            sys.exit(f"{name}: number {number:04} is expected here")
        with open(path, encoding="ascii") as sql:
            lines = "\n".join(json.dumps(line) for line in sql)
        out.write(f'{{"{name}",\n{lines}}},\n')
