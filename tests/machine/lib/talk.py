# SPDX-License-Identifier: LGPL-2.1-or-later
"""A conversation at a terminal of the machine, as a person has it."""

import pexpect

PROMPT = r"[$#] $"


class Talk:
    def __init__(self, child):
        self.child = child
        self.seen = ""  # everything that the terminal showed so far

    def _take(self):
        before = self.child.before if isinstance(self.child.before, str) else ""
        after = self.child.after if isinstance(self.child.after, str) else ""
        self.seen += before + after
        return before

    def sees_one_of(self, *patterns, timeout=-1):
        """Wait for the first of @patterns to appear; its index."""
        try:
            index = self.child.expect(list(patterns), timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            self._take()
            raise AssertionError(f"the terminal never showed {' or '.join(map(repr, patterns))} "
                                 f"({type(error).__name__}); it showed:\n{self.seen}") from None
        self._take()
        return index

    def sees(self, pattern, timeout=-1):
        self.sees_one_of(pattern, timeout=timeout)
        return self

    def types(self, text):
        self.child.sendline(text)
        return self

    def is_asked(self, question, answer):
        return self.sees(question).types(answer)

    def at_shell(self, timeout=-1):
        return self.sees(PROMPT, timeout=timeout)

    def does(self, command):
        """Run @command in the shell that this is; (exit status, output)."""
        self.types(f'{command}; echo "<$?>"')
        start = len(self.seen)
        self.sees(r"<\d+>\r?\n")
        text = self.seen[start:].replace("\r", "")
        output, status = text.rsplit("<", 1)
        return int(status.split(">")[0]), output.partition("\n")[2]

    def ends(self, timeout=-1):
        """Wait for the end; (exit status, everything it ever showed)."""
        try:
            self.child.expect(pexpect.EOF, timeout=timeout)
        except pexpect.TIMEOUT:
            self._take()
            raise AssertionError(f"the terminal did not close; it showed:\n{self.seen}") from None
        self._take()
        self.child.close()
        return self.child.exitstatus, self.seen

    def leave(self):
        self.child.close(force=True)
