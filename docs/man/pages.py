#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes manual pages of what documents itself: a page for each call of libbo from bo.h,
org.backoffice.Accounts1(5) from the introspection XML, and the options of boctl(1) from its table.

    pages.py calls FOLDER libbo/bo.h libbo/bo-errors.def      FOLDER/bo_*.3, bo_errors.3 among them
    pages.py interface FILE org.backoffice.Accounts1.*.xml    FILE
    pages.py command FILE boctl.1 boctl/args.c                FILE, with the options of single commands"""

import pathlib
import re
import sys

HEAD = '.\\" SPDX-License-Identifier: LGPL-2.1-or-later\n.TH {} {} "" "bo" "bo"\n.nh\n.ad l\n'
ERRNO = {
    "-ENOMEM": "Out of memory.",
    "-ETIMEDOUT": "The daemon does not answer.",
    "-ECONNRESET": "The daemon went away.",
    "-ECHILD": "The connection was made before fork(2).",
    "-EBADMSG": "The daemon says what this library does not understand; never taken for success.",
    "-ECONNREFUSED": "The daemon does not run.",
    "-ENOENT": "There is no such socket: the daemon does not run.",
    "-EPERM": "The server is neither root nor bo-accountd.",
    "-EMSGSIZE": "The answer is too long.",
}
COMMON = ["NOT_ALLOWED", "API_USER", "BUSY", "UNAVAILABLE", "-ENOMEM", "-ETIMEDOUT", "-ECONNRESET", "-ECHILD", "-EBADMSG"]
LOCAL = re.compile(r"_free$|^bo_(open|open_within|close|message|error_\w+)$")  # speak to nobody


def plain(text):
    """Text as roff: nothing of it is a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq").replace("^", "\\(ha")
    return text.replace("~", "\\(ti").replace('"', "\\(dq")


def words(text):
    """A paragraph as roff, with calls, pages, arguments and constants set off."""
    text = plain(" ".join(text.split()))
    text = re.sub(r"\b((?:bo_\w+|fork))\(\)", r"\\fB\1\\fR()", text)
    text = re.sub(r"([\w.]+(?:\\-\w+)*)\((\d)\)", r"\\fB\1\\fR(\2)", text)
    text = re.sub(r"@(\w+)", r"\\fI\1\\fR", text)
    text = re.sub(r"\b(BO_[A-Z_]+\b\*?)", r"\\fB\1\\fR", text)
    return "\\&" + text if text[:1] == "." else text


def code(text):
    return ".PP\n.nf\n" + "\n".join("\\&" + plain(line) for line in text.splitlines()) + "\n.fi\n"


# Calls of libbo

def comment_lines(comment):
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in comment.strip().splitlines()]


def call_parts(comment):
    """(title, [(arguments, text)], [paragraph], return) of a comment in bo.h."""
    title, arguments, paragraphs, answer = "", [], [], ""
    lines = comment_lines(comment)
    into = "title"
    for line in lines:
        argument = re.match(r"(@\w+(?:, @\w+)*):\s+(.*)", line)
        if line.startswith("Return:"):
            into, answer = "return", line[len("Return:"):]
        elif into == "return":
            answer += " " + line
        elif argument:
            into = "argument"
            arguments.append([argument[1], argument[2]])
        elif not line:
            into = "text"
            paragraphs.append("")
        elif into == "title":
            title += " " + line
        elif into == "argument":
            arguments[-1][1] += " " + line
        else:
            paragraphs[-1] += " " + line
    return title.split(" - ", 1)[1].strip(), arguments, [p for p in paragraphs if p.strip()], answer.strip()


def definitions(header):
    """{type: its definition, with the comment above it}."""
    found = {}
    for match in re.finditer(r"(/\*(?:(?!\*/).)*\*/\n)?((struct|enum) (bo_\w+) \{\n.*?^\};)", header, re.S | re.M):
        comment = match[1] if match[1] and not match[1].startswith("/**") else ""
        found[match[4]] = comment + match[2]
    return found


def types_of(text, types, seen):
    for name in re.findall(r"\b(?:struct|enum) (bo_\w+)", text):
        if name in types and name not in seen and name != "bo_error":
            seen.append(name)
            types_of(types[name], types, seen)
    return seen


def errors_of(name, prototype, answer, texts):
    """The errors of a call, with what each means."""
    of_daemon = not LOCAL.search(name)
    found = [error.removeprefix("BO_ERR_") for error in re.findall(r"BO_ERR_\w+|-E[A-Z]+", answer)]
    if of_daemon:
        found += (["NO_SUCH_USER"] if "uint32_t uid" in prototype else []) + COMMON
    for error in dict.fromkeys(found):
        if error in texts:
            yield "BO_ERR_" + error, texts[error]
        elif error in ERRNO:
            yield error, ERRNO[error]


def call_page(name, comment, prototype, types, texts):
    title, arguments, paragraphs, answer = call_parts(comment)
    page = HEAD.format(name.upper(), 3)
    page += f".SH NAME\n{plain(name)} \\- {plain(title)}\n"
    page += ".SH SYNOPSIS\n.nf\n.B #include <bo/bo.h>\n.PP\n"
    page += "".join(f"\\fB{plain(line)}\\fR\n" for line in prototype.splitlines()) + ".fi\n"
    if arguments or paragraphs:
        page += ".SH DESCRIPTION\n"
    for paragraph in paragraphs:
        page += ".PP\n" + words(paragraph) + "\n"
    for argument, text in arguments:
        page += ".TP\n" + words(argument) + "\n" + words(text if text.startswith("bo_") else text[:1].upper() + text[1:]) + ".\n"
    used = types_of(prototype, types, [])
    if used:
        page += ".SH TYPES\n" + "".join(code(types[each]) for each in used)
    page += ".SH RETURN VALUE\n" + words(answer) + "\n"
    errors = list(errors_of(name, prototype, answer, texts))
    if errors:
        page += ".SH ERRORS\n" + "".join(f".TP\n.B {plain(error)}\n{words(text)}\n" for error, text in errors)
    return page + ".SH SEE ALSO\n.BR libbo (3),\n.BR org.backoffice.Accounts1 (5)\n"


ERROR_ROW = re.compile(r'^BO_ERROR\((\w+), (\d+), "(\w+)", (\w+),\s+"(.*)"\)', re.M)


def errors_page(rows):
    page = HEAD.format("BO_ERRORS", 3)
    page += ".SH NAME\nbo_errors \\- the answers of bo that are not a plain \\(dqdone\\(dq\n"
    page += ".SH SYNOPSIS\n.nf\n.B #include <bo/bo.h>\n.fi\n.SH DESCRIPTION\n" + words(
        "Each is a constant in C, a D-Bus error org.backoffice.Accounts1.Error.NAME, a return value of PAM where a "
        "login ends with it, and a text for people. A value stays what it is. A negative value is an errno: no answer.")
    page += "\n"
    for constant, value, name, pam, text in rows:
        page += f".TP\n\\fB{plain('BO_ERR_' + constant)}\\fR ({value}), {name}, {pam}\n{words(text)}\n"
    return page + ".SH SEE ALSO\n.BR libbo (3),\n.BR bo_error_text (3),\n.BR pam_bo (8)\n"


def calls(folder, header_path, errors_path):
    header = pathlib.Path(header_path).read_text()
    rows = ERROR_ROW.findall(pathlib.Path(errors_path).read_text())
    texts = {row[0]: row[4] for row in rows}
    pathlib.Path(folder, "bo_errors.3").write_text(errors_page(rows))
    types = definitions(header)
    for comment, prototype in re.findall(r"/\*\*\n(.*?)\*/\n(.*?;)\n", header, re.S):
        name = re.search(r"\b(bo_\w+)\(", prototype)[1]
        pathlib.Path(folder, name + ".3").write_text(call_page(name, comment, prototype, types, texts))


# The D-Bus interface

TOKEN = re.compile(r"<!--(.*?)-->(\s*)|<interface name=\"([^\"]+)\"|<(method|signal|property) (.*?)(/>|>)(?=(.*))", re.S)


def attributes(text):
    return dict(re.findall(r'(\w+)="([^"]*)"', text))


def member_title(kind, facts, inner):
    arguments = [attributes(each) for each in re.findall(r"<arg (.*?)/>", inner)]
    said = {side: ", ".join(f"{each['type']} {each['name']}" for each in arguments if each.get("direction", "out") == side)
            for side in ("in", "out")}
    if kind == "property":
        return f"{facts['name']} {facts['type']}"
    if kind == "signal":
        return f"{facts['name']}({said['out']})"
    return f"{facts['name']}({said['in']})" + (f" \\(-> ({said['out']})" if said["out"] else "")


def description(comment, names=()):
    """A comment of the XML: paragraphs, lists, and the words that it explains."""
    lines = comment.strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    lines = [lines[0].strip()] + [line[margin:] for line in lines[1:]]
    roff, text, hangs = [], [], False

    def flush():
        if text:
            roff.append(words(" ".join(text)))
            text.clear()

    for line in lines:
        if hangs and line[:1].strip():  # the end of what was explained
            flush()
            roff.append(".br")
        hangs = line[:1] == " "
        labelled = re.match(r"(\w+):\s+(.*)", line)
        if not line.strip() or "SPDX-License-Identifier" in line:
            flush()
            roff.append(".br")
        elif labelled and (labelled[1] in names or labelled[1] in ("Who", "Errors", "Options")):
            flush()
            roff.append(f".br\n\\fI{plain(labelled[1])}\\fR:")
            text.append(labelled[2])
        elif line.startswith("- "):
            flush()
            roff.append(".br\n\\(bu")
            text.append(line[2:])
        else:
            text.append(line.strip())
    flush()
    while roff and roff[0] == ".br":
        roff.pop(0)
    while roff and roff[-1] == ".br":
        roff.pop()
    return "\n".join(roff) + "\n"


def interface_page(path):
    text = pathlib.Path(path).read_text()
    name = re.search(r'<interface name="([^"]+)"', text)[1]
    where = re.search(r'<node name="([^"]+)"', text)[1]
    page, pending, kind_before = f".SH {plain(name.rsplit('.', 1)[1].upper())} INTERFACE\n", None, None
    page += f"\\fB{plain(name)}\\fR at {plain(where)}\n"
    for token in TOKEN.finditer(text):
        comment, gap, interface, kind, facts, end, rest = token.groups()
        if comment is not None:
            if "<node" in text[token.end():] or gap.count("\n") > 1 or text.startswith("<annotation", token.end()):
                page += ".PP\n" + description(comment)  # of the interface, or of what follows as a whole
            else:
                pending = comment
        elif kind:
            inner = "" if end == "/>" else rest[:rest.index(f"</{kind}>")]
            names = re.findall(r'<arg name="(\w+)"', inner)
            if kind != kind_before:
                page += f".SS {dict(method='Methods', signal='Signals', property='Properties')[kind]}\n"
                kind_before = kind
            title = member_title(kind, attributes(facts), inner)
            head, arrow, tail = title.partition(" \\(-> ")
            page += f".TP\n.B \"{plain(head)}" + (f" \\(-> {plain(tail)}" if arrow else "") + "\"\n"
            page += description(pending, names) if pending else "\\&\n"
            pending = None
    return page


def interface(file, *paths):
    order = ("Manager", "User", "Customer", "Location", "Approval", "Login", "Sessions", "Mail")
    paths = sorted(paths, key=lambda path: order.index(pathlib.Path(path).stem.rsplit(".", 1)[1]))
    page = HEAD.format("org.backoffice.Accounts1", 5)
    page += ".SH NAME\norg.backoffice.Accounts1 \\- the D\\-Bus interface of bo\\-accountd\n"
    page += ".SH SYNOPSIS\n.nf\n"
    page += ".B busctl introspect org.backoffice.Accounts1 /org/backoffice/Accounts1\n"
    page += ".B busctl \\-\\-address=unix:path=/run/bo\\-accountd/bus call org.backoffice.Accounts1 ...\n.fi\n"
    page += ".SH DESCRIPTION\n" + words(
        "The object tree of bo-accountd(8), on the system bus and, where secrets or descriptors pass, on the private "
        "socket alone. A type stands before the name of what it describes, as busctl(1) writes it. Error.X below is the "
        "D-Bus error org.backoffice.Accounts1.Error.X; R numbers are the rules of docs/requirements.md.") + "\n"
    page += "".join(interface_page(path) for path in paths)
    page += ".SH SEE ALSO\n.BR libbo (3),\n.BR boctl (1),\n.BR busctl (1),\n.BR bo\\-accountd (8)\n"
    pathlib.Path(file).write_text(page)


# boctl

OPTIONS_HERE = '.\\" pages.py: options\n'


def command(file, page_path, table_path):
    head, tail = pathlib.Path(page_path).read_text().split(OPTIONS_HERE)
    table = re.sub(r'"\s*\n\s*"', "", pathlib.Path(table_path).read_text())
    options = ""
    for name, value, text in re.findall(r'\[OPTION_\w+\] = \{\s*"([\w-]+)",\s*(?:NULL|"(.*?)"),\s*"(.*?)"\}', table):
        if f"\\-\\-{plain(name)}" not in head.split(".SH OPTIONS\n")[1]:  # those of all commands are told of there
            options += f".TP\n\\fB\\-\\-{plain(name)}\\fR" + (f" \\fI{plain(value)}\\fR" if value else "")
            options += f"\n{words(text[:1].upper() + text[1:])}.\n"
    pathlib.Path(file).write_text(head + options + tail)


if __name__ == "__main__":
    {"calls": calls, "interface": interface, "command": command}[sys.argv[1]](*sys.argv[2:])
