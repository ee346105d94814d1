#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The life of an account as a table: each status, each road that leads on, and where it leads.

test_lifecycle.py walks all of it; docs/lifecycle.md is printed from it:

    tests/bus/lifecycle.py > docs/lifecycle.md
"""

ACTIVATION_SENT, ACTIVE = "activation-sent", "active"
LOCKED_ATTEMPTS, LOCKED_INACTIVITY = "locked-attempts", "locked-inactivity"
PASSWORD_EXPIRED, DEACTIVATED = "password-expired", "deactivated"

STATUSES = {
    ACTIVATION_SENT: "created, or upgraded; the link has not been used",
    ACTIVE: "may log in",
    LOCKED_ATTEMPTS: "too many failures, for 30 minutes (R38)",
    LOCKED_INACTIVITY: "not used for 90 days (R40)",
    PASSWORD_EXPIRED: "the next login demands a new password (R2)",
    DEACTIVATED: "disabled by an operator, or at every customer (R17)",
}

# A road that is closed: what was tried is refused, and the status stays.
REFUSED = "refused"

# road: (what happens, rules, {status before: status after}); a status that is not named stays as it
# is, and the road is open.
ROADS = {
    "login": ("the right password, at sshd", "R2, R38, R40", {
        ACTIVATION_SENT: REFUSED, LOCKED_ATTEMPTS: REFUSED, LOCKED_INACTIVITY: REFUSED,
        PASSWORD_EXPIRED: REFUSED, DEACTIVATED: REFUSED}),
    "activation": ("the activation link, followed to its end", "R24", {
        ACTIVATION_SENT: ACTIVE, ACTIVE: REFUSED, LOCKED_ATTEMPTS: REFUSED,
        LOCKED_INACTIVITY: REFUSED, PASSWORD_EXPIRED: REFUSED, DEACTIVATED: REFUSED}),
    "failures": ("six wrong passwords", "R38, R18", {
        ACTIVE: LOCKED_ATTEMPTS, PASSWORD_EXPIRED: LOCKED_ATTEMPTS}),
    "half-hour": ("30 minutes pass", "R38", {LOCKED_ATTEMPTS: ACTIVE}),
    "quarter": ("90 days pass, without a login", "R40, R18", {
        ACTIVE: LOCKED_INACTIVITY, LOCKED_ATTEMPTS: LOCKED_INACTIVITY,
        PASSWORD_EXPIRED: LOCKED_INACTIVITY}),
    "age": ("90 days pass, with a login on the way", "R2", {
        ACTIVE: PASSWORD_EXPIRED, LOCKED_ATTEMPTS: PASSWORD_EXPIRED}),
    "change": ("a new password by the old one (`passwd`, or forced at login)", "R2, R4", {
        ACTIVATION_SENT: REFUSED, LOCKED_ATTEMPTS: REFUSED, LOCKED_INACTIVITY: REFUSED,
        PASSWORD_EXPIRED: ACTIVE, DEACTIVATED: REFUSED}),
    "issue": ("an administrator makes a link", "R37", {}),
    "reset": ("an administrator's link, followed to its end", "R37, R39, R40", {
        ACTIVATION_SENT: ACTIVE, LOCKED_ATTEMPTS: ACTIVE, LOCKED_INACTIVITY: ACTIVE,
        PASSWORD_EXPIRED: ACTIVE, DEACTIVATED: REFUSED}),
    "ask": ("`forgot` is typed at the password prompt", "R37", {}),
    "own": ("the link that came of it, followed to its end", "R37, R39, R40", {
        ACTIVATION_SENT: ACTIVE, LOCKED_ATTEMPTS: ACTIVE, LOCKED_INACTIVITY: REFUSED,
        PASSWORD_EXPIRED: ACTIVE, DEACTIVATED: REFUSED}),
    "resend": ("an administrator has the activation link sent again", "R24", {
        ACTIVE: REFUSED, LOCKED_ATTEMPTS: REFUSED, LOCKED_INACTIVITY: REFUSED,
        PASSWORD_EXPIRED: REFUSED, DEACTIVATED: REFUSED}),
    "upgrade": ("an administrator makes an unverified user verified", "R42, R44", {
        ACTIVE: ACTIVATION_SENT, LOCKED_ATTEMPTS: ACTIVATION_SENT, LOCKED_INACTIVITY: ACTIVATION_SENT,
        PASSWORD_EXPIRED: ACTIVATION_SENT}),
    "disable": ("an administrator disables the user", "R17", {
        ACTIVATION_SENT: DEACTIVATED, ACTIVE: DEACTIVATED, LOCKED_ATTEMPTS: DEACTIVATED,
        LOCKED_INACTIVITY: DEACTIVATED, PASSWORD_EXPIRED: DEACTIVATED, DEACTIVATED: REFUSED}),
    "enable": ("an administrator enables the user", "R17", {
        ACTIVATION_SENT: REFUSED, ACTIVE: REFUSED, LOCKED_ATTEMPTS: REFUSED,
        LOCKED_INACTIVITY: REFUSED, PASSWORD_EXPIRED: REFUSED, DEACTIVATED: ACTIVE}),
    "leave": ("the one customer of the user disables him", "R17, R18", {
        ACTIVATION_SENT: DEACTIVATED, ACTIVE: DEACTIVATED, LOCKED_ATTEMPTS: DEACTIVATED,
        LOCKED_INACTIVITY: DEACTIVATED, PASSWORD_EXPIRED: DEACTIVATED}),
    "leave-one": ("one of his two customers disables him", "R17, R48", {}),
    "return": ("the one customer disables him, and enables him again", "R17, R18", {}),
}


def leads(road, status):
    """(is it open, the status after it)."""
    after = ROADS[road][2].get(status, status)
    return after != REFUSED, status if after == REFUSED else after


def cell(road, status):
    is_open, after = leads(road, status)
    return "refused" if not is_open else "stays" if after == status else f"**{after}**"


def mark(status):
    """A word that mermaid takes for one."""
    return status.replace("-", "_")


def diagram():
    yield "stateDiagram-v2"
    for status in STATUSES:
        yield f'    state "{status}" as {mark(status)}'
    yield f"    [*] --> {mark(ACTIVATION_SENT)}: created"
    arrows = {}
    for road, (_, _, table) in ROADS.items():
        for status in table:
            is_open, after = leads(road, status)
            if is_open and after != status:
                arrows.setdefault((status, after), []).append(road)
    for (status, after), roads in arrows.items():
        yield f"    {mark(status)} --> {mark(after)}: {', '.join(roads)}"


def page():
    yield "# The life of an account"
    yield ""
    yield "<!-- Printed by tests/bus/lifecycle.py, which the tests walk; do not edit here. -->"
    yield ""
    yield "Facts are stored, the status is derived from them (R18): of several that apply, the first of"
    yield "`deactivated`, `activation-sent`, `locked-inactivity`, `locked-attempts`, `password-expired`,"
    yield "`active`. What lies beneath stays: an enabled user is locked if he was, and a lock that ended lets"
    yield "an old password show as expired. An operator disables a user everywhere; an administrator of a"
    yield "customer there alone, and who has memberships but no active one left is deactivated."
    yield ""
    yield "| status | |"
    yield "|---|---|"
    for status, text in STATUSES.items():
        yield f"| {status} | {text} |"
    yield ""
    yield "```mermaid"
    yield from diagram()
    yield "```"
    yield ""
    yield "## Each road from each status"
    yield "Refused: the login does not open, or the act fails; the status stays."
    yield ""
    yield "| road | | rules | " + " | ".join(STATUSES) + " |"
    yield "|---" * (3 + len(STATUSES)) + "|"
    for road, (text, rules, _) in ROADS.items():
        yield f"| {road} | {text} | {rules} | " + " | ".join(cell(road, s) for s in STATUSES) + " |"


if __name__ == "__main__":
    print("\n".join(page()))
