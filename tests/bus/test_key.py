#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""API keys: one a user, shown once, good for programs alone (R72, R76 to R78)."""

import pathlib
import re

from world import *

ERRORS = pathlib.Path(SOURCE, "libbo", "bo-errors.def")


class Texts(Case):
    def test_R77_R78_refusals_say_what_to_do_next(self):
        texts = dict(re.findall(r'^BO_ERROR\(\w+, \d+, "(\w+)", \w+, "(.*)"\)', ERRORS.read_text(), re.M))
        self.assertIn("boctl key delete", texts["KeyExists"])
        self.assertIn("boctl key create", texts["NoSuchKey"])


if __name__ == "__main__":
    main()
