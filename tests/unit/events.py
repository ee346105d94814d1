#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each event that the sources write to the journal or to the audit trail has one message id (common/log.c), one
catalog text (systemd/bo.catalog) and one row in docs/events.md, and none of these is left over.

    events.py           the test, as TAP
    events.py --write   writes the table of docs/events.md anew"""

import pathlib
import re
import subprocess
import sys
import tempfile
import uuid
import xml.etree.ElementTree as tree

TOP = pathlib.Path(__file__).resolve().parents[2]
LOG, CATALOG, PAGE = TOP / "common/log.c", TOP / "systemd/bo.catalog", TOP / "docs/events.md"
MANAGER = TOP / "bo-accountd/bus/org.backoffice.Accounts1.Manager.xml"
FOLDERS = ("bo-accountd", "bo-maild", "bo-sessiond", "pam_bo", "common")
WORD = r'"([a-z]+(?:-[a-z]+)+)"'
ENTRY = r"struct audit_entry(?: \w+ = |\)){"
FIELDS = ("user", "customer", "service", "rhost", "detail")
BEGIN, END = "<!-- events.py --write -->\n", "<!-- end -->\n"


def closed(text, start):
    """What stands between the bracket at start and the one that closes it."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "({") - (text[at] in ")}")
        if depth == 0:
            return text[start + 1:at]
    return text[start + 1:]


def values(text, name):
    """What `.name =` of initialisers and `name =` of assignments are set to in C text, one expression each."""
    return re.findall(rf"[.\s]{name} =\s+([^,;}}]*)", text)


def strip(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


class Sources:
    """All C sources; which events they write, where, and with which fields."""

    def __init__(self):
        paths = [path for folder in FOLDERS for path in sorted((TOP / folder).rglob("*.c"))]
        self.text = {path: strip(path.read_text()) for path in paths if path != LOG}
        self.events, self.fields, self.dark = {}, {}, []
        for path, text in self.text.items():
            for call in re.finditer(r"\b(?:op_note|log_event)\(", text):
                self.take(path, closed(text, call.end() - 1))
            for entry in re.finditer(ENTRY, text):
                for event in self.meant(path, values(closed(text, entry.end() - 1), "event")):
                    self.events.setdefault(event, path)

    def take(self, path, call):
        given = re.search(r"\(struct log_event\){", call)
        if not given or "note->event" in call:   # op_write_notes(): what op_note() took
            return
        inside = closed(call, given.end() - 1)
        events = self.meant(path, values(" " + inside, "event"))
        if not events:
            self.dark.append(f"{path.relative_to(TOP)}: no event can be read from {inside!r:.60}")
        for event in events:
            self.events.setdefault(event, path)
            self.fields.setdefault(event, set()).update(
                field for field in FIELDS if re.search(rf"\.{field} =\s+(?!NULL)", inside))

    def meant(self, path, expressions, asked=()):
        """Words that the expressions stand for; a variable is what the file, or who calls it, gives."""
        words = set(re.findall(WORD, " ".join(expressions)))
        text = self.text[path]
        if "entry.event" in expressions:
            for entry in re.finditer(ENTRY, text):
                given = values(closed(text, entry.end() - 1), "event")
                words |= self.meant(path, [value for value in given if value != "entry.event"], asked)
        if "event" in expressions and path not in asked:
            words.update(re.findall(WORD, " ".join(re.findall(r"[\s*]event =\s+([^;]*);", text))))
            for name in set(re.findall(r"\b(\w+)\([^()]*const char \*event\b", text)):
                words |= self.given(path, name, (*asked, path))
        return words

    def given(self, path, name, asked):
        """What callers of the function name of path give it as event."""
        static = re.search(rf"\bstatic [^;(){{}}]*\b{name}\(", self.text[path])
        words = set()
        for caller, text in self.text.items():
            for call in re.finditer(rf"\b{name}\(", text) if caller == path or not static else ():
                arguments = closed(text, call.end() - 1)
                if "const char *event" in arguments:
                    continue
                words.update(re.findall(WORD, arguments))
                names = [argument.strip() for argument in arguments.split(",")]
                words |= self.meant(caller, [one for one in names if one in ("event", "entry.event")], asked)
        return words


def ids():
    return re.findall(rf'{{{WORD}, "([^"]*)"}}', LOG.read_text())


def catalog():
    """(id, subject, text) of each entry."""
    for part in re.split(r"^-- ", CATALOG.read_text(), flags=re.M)[1:]:
        head, _, text = part.partition("\n\n")
        yield head.split("\n")[0], (re.search(r"^Subject: (.*)$", head, re.M) or ["", ""])[1], head, text


def table(sources):
    known, subjects = dict(ids()), {number: subject for number, subject, _, _ in catalog()}
    yield "| event | what happened | fields | MESSAGE_ID |"
    yield "|---|---|---|---|"
    for event in sorted(known):
        fields = [f"`BO_{field.upper()}`" for field in FIELDS if field in sources.fields.get(event, ())]
        yield f"| `{event}` | {subjects.get(known[event], '')} | {' '.join(fields)} | `{known[event]}` |"


def page_with(rows):
    head, begin, rest = PAGE.read_text().partition(BEGIN)
    return head + begin + "\n" + "\n".join(rows) + "\n\n" + END + rest.partition(END)[2]


def compile_error():
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root, "usr/lib/systemd/catalog")
        folder.mkdir(parents=True)
        (folder / "bo.catalog").write_text(CATALOG.read_text())
        pathlib.Path(root, "var/lib/systemd/catalog").mkdir(parents=True)
        made = subprocess.run(["journalctl", "--update-catalog", f"--root={root}"], capture_output=True, text=True)
        shown = subprocess.run(["journalctl", f"--root={root}", "--list-catalog"], capture_output=True, text=True)
    if made.returncode != 0 or made.stderr.strip():
        return made.stderr or "journalctl --update-catalog failed"
    listed = {line.split(" ", 1)[0] for line in shown.stdout.splitlines()}
    missing = {number for number, _, _, _ in catalog()} - listed
    return f"journalctl --list-catalog does not show {sorted(missing)}" if missing else ""


def verbs():
    """(noun, verb) of each command of boctl."""
    text = "".join(path.read_text() for path in sorted((TOP / "boctl").glob("verbs*.c")))
    return {(noun, (re.search(r'\.verb = "([^"]*)"', rest) or ["", ""])[1])
            for noun, rest in re.findall(r'\.noun = "([^"]*)",(.*?)\n\s+},', text, re.S)}


def signals():
    """(name, types of the arguments) of each signal in the contract."""
    for signal in tree.parse(MANAGER).getroot().iter("signal"):
        yield signal.get("name"), " ".join(arg.get("type") for arg in signal.iter("arg"))


def described():
    """The same, of the page: `Name`, `Other` | `t` word, `s` word | when."""
    for line in PAGE.read_text().splitlines():
        cells = line.split("|")
        for name in re.findall(r"`([A-Z]\w+)`", cells[1]) if len(cells) == 5 else ():
            yield name, " ".join(re.findall(r"`(\w+)`", cells[2]))


def twice(words):
    return sorted({word for word in words if words.count(word) > 1})


def findings(sources):
    """(what must hold, [what does not])."""
    pairs, entries = ids(), list(catalog())
    known, numbers = dict(pairs), [entry[0] for entry in entries]
    names = {number: event for event, number in pairs}

    yield "each event of the sources can be read by this test", sources.dark
    yield "each event of the sources has a message id", [
        f'{path.relative_to(TOP)} writes "{event}": add {{"{event}", "{uuid.uuid4().hex}"}} to message_ids of '
        "common/log.c, its text to systemd/bo.catalog, and run tests/unit/events.py --write"
        for event, path in sorted(sources.events.items()) if event not in {**known, **SAME_AS}]
    yield "what is recorded in the audit trail is told to the journal as well", [
        f'{path.relative_to(TOP)} records "{event}" and no op_note() has it'
        for event, path in sorted(sources.events.items())
        if event not in sources.fields and event not in SAME_AS]
    yield "no message id is left over", [
        f"common/log.c: nobody writes {event}" for event in known if event not in sources.events]
    yield "no event and no id stands twice", twice([event for event, _ in pairs]) + twice(
        [number for _, number in pairs]) + twice(numbers)
    yield "each id is 32 hex digits", [number for _, number in pairs if not re.fullmatch("[0-9a-f]{32}", number)]
    yield "each id has a catalog text", [
        f"systemd/bo.catalog has no entry {number}, of {event}" for event, number in pairs if number not in numbers]
    yield "no catalog text is left over", [
        f"common/log.c has no id {number}" for number in numbers if number not in names]
    yield "each catalog text has a subject, says who speaks and where to read on, and what it means", [
        f"systemd/bo.catalog: {names.get(number, number)}" for number, subject, head, text in entries
        if not subject or "Defined-By: bo" not in head or "Support: man:" not in head or len(text) < 60]
    yield "each field that a catalog text names is sent by that event", [
        f"systemd/bo.catalog: {names.get(number, number)} has no @{field}@"
        for number, subject, _, text in entries for field in re.findall(r"@([A-Z_]+)@", subject + text)
        if field not in ("BO_EVENT", "MESSAGE")
        and field.removeprefix("BO_").lower() not in sources.fields.get(names.get(number), ())]
    yield "each command that a catalog text names is one of boctl's", [
        f"systemd/bo.catalog: {names.get(number, number)}: there is no boctl {noun} {verb}"
        for number, _, _, text in entries for noun, verb in re.findall(r"\bboctl\s+([a-z-]+)(?:\s+([a-z]+))?", text)
        if not {(noun, verb), (noun, "")} & verbs()]
    yield "journalctl takes the catalog", list(filter(None, [compile_error()]))
    yield "docs/events.md has each signal of the Manager, with the types of its arguments", [
        f"docs/events.md: {name} {types}" for name, types in signals() if (name, types) not in described()]
    yield "docs/events.md has the table of events", [] if page_with(table(sources)) == PAGE.read_text() else [
        "run tests/unit/events.py --write"]


# Told by another event of the same moment.
SAME_AS = {
    "invitation-closed": "invitation-accepted",
}


def main():
    sources = Sources()
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page_with(table(sources)))
        return 0
    found = list(findings(sources))
    print(f"1..{len(found)}")
    for number, (what, wrong) in enumerate(found, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} {what}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in found) or not sources.events


if __name__ == "__main__":
    sys.exit(main())
