#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may call what, as a table: each member of each interface, each kind of caller, each target.

test_access.py tries all of it, and what is missing here fails it; docs/access.md is printed from it:

    tests/bus/access.py > docs/access.md
"""

NAME = "org.backoffice.Accounts1"
MANAGER, LOGIN, MAIL, USER, CUSTOMER, LOCATION, APPROVAL, SESSIONS = (
    f"{NAME}.{part}" for part in ("Manager", "Login", "Mail", "User", "Customer", "Location", "Approval", "Sessions"))

# Who calls. test_access.py makes several of a kind where there are several ways to be one.
CALLERS = {
    "stranger": "has a uid on this host, and no account here",
    "maild": "the system user bo-maild",
    "program": "an API user, whatever its roles (R1, R8)",
    "shut out": "an administrator who was deactivated (R17)",
    "member": "holds `viewer`: nothing that concerns others",
    "restricted": "the same, and acts at one location alone (R26)",
    "secondary": "holds `secondary` (R84, R85)",
    "onlooker": "holds a role with `users.view`",
    "primary": "holds `primary` (R79)",
    "security": "holds `security-manager`: asks for addresses (R66)",
    "owner": "holds `business-owner`: answers (R67)",
    "administrator": "holds `merchant-administrator`: at this customer, at another, or at two; what he was "
                     "invited to, or disabled at, is foreign to him (R49)",
    "operator": "is in the operator group, and has no account here",
    "staff": "is in the operator group, and has an account here, as an administrator",
    "root": "",
}

# What is asked for, from where the caller stands.
TARGETS = {
    "user": {
        "self": "the caller himself",
        "own": "whoever belongs to customers of the caller alone",
        "shared": "belongs to a customer of the caller, and to another",
        "reserved": "belongs to a customer of the caller, and is in the operator group",
        "foreign": "belongs to other customers alone",
        "missing": "does not exist",
    },
    "customer": {
        "none": "no customer is named",
        "own": "a customer of the caller",
        "foreign": "another customer",
        "missing": "does not exist",
    },
    "location": {
        "own": "of a customer of the caller, and his if he is restricted",
        "elsewhere": "of a customer of the caller, and no place of his if he is restricted",
        "foreign": "of another customer",
        "missing": "does not exist",
    },
    "approval": {
        "own": "asked for by another member of a customer of the caller",
        "asked": "asked for by the caller himself",
        "foreign": "of another customer",
        "missing": "does not exist",
    },
    "nothing": {"": "the call names nobody"},
}

# The words of the tables: what each answers for each target. A word that is missing here is the name
# of the error that every target gets. The answer is the same for what does not exist and for what
# may not be seen (R10).
YES, REST = "yes", ""
WORDS = {
    "user": {
        YES: {"missing": "NoSuchUser", REST: YES},
        "himself": {"self": YES, REST: "NoSuchUser"},
        "his users": {"self": YES, "own": YES, "shared": YES, "reserved": YES, REST: "NoSuchUser"},
        "others": {"self": "NotYourself", "own": YES, "shared": YES, "reserved": "NotAllowed", REST: "NoSuchUser"},
        "own others": {"self": "NotYourself", "own": YES, "shared": "NotAllowed", "reserved": "NotAllowed",
                       REST: "NoSuchUser"},
        "no": {"self": "NotYourself", REST: "NoSuchUser"},
        "no, but sees": {"self": "NotYourself", "own": "NotAllowed", "shared": "NotAllowed", "reserved": "NotAllowed",
                         REST: "NoSuchUser"},
        "not himself": {"self": "NotYourself", "missing": "NoSuchUser", REST: YES},
        "own data": {"self": YES, "own": "PersonalData", "shared": "PersonalData", "reserved": "PersonalData",
                     REST: "NoSuchUser"},
        "his own data": {"self": YES, "missing": "NoSuchUser", REST: "PersonalData"},
        "persons' data": {"self": "NotYourself", "own": "PersonalData", "shared": "NotAllowed",
                          "reserved": "NotAllowed", REST: "NoSuchUser"},
        "all persons' data": {"self": "NotYourself", "missing": "NoSuchUser", REST: "PersonalData"},
        "himself alone": {"self": YES, REST: "NotAllowed"},
        "itself alone": {"self": YES, REST: "ApiUser"},
        "anybody": {REST: YES},
    },
    "customer": {
        YES: {"missing": "NoSuchCustomer", REST: YES},
        "his": {"own": YES, REST: "NoSuchCustomer"},
        "no": {"own": "NotAllowed", REST: "NoSuchCustomer"},
    },
    "location": {
        YES: {"missing": "NoSuchLocation", REST: YES},
        "his": {"own": YES, "elsewhere": YES, REST: "NoSuchLocation"},
        "his places": {"own": YES, REST: "NoSuchLocation"},
    },
    "approval": {
        YES: {"missing": "NoSuchApproval", REST: YES},
        "his": {"own": YES, "asked": YES, REST: "NoSuchApproval"},
        "others": {"own": YES, "asked": "NotYourself", REST: "NoSuchApproval"},
        "never his": {"own": "NotAllowed", "asked": "NotYourself", REST: "NoSuchApproval"},
        "his own": {"own": "NotAllowed", "asked": YES, REST: "NoSuchApproval"},
        "no": {"own": "NotAllowed", "asked": "NotAllowed", REST: "NoSuchApproval"},
        "no, but sees": {"missing": "NoSuchApproval", REST: "NotAllowed"},
        "nothing": {REST: "NoSuchApproval"},
    },
    "nothing": {YES: {REST: YES}},
}


def answer(kind, word, target):
    """What a caller with @word in his column gets: "yes", or the name of an error."""
    table = WORDS[kind].get(word, {REST: word})
    return table.get(target, table[REST])


def rule(people, operators, onlooker=None, managers=None, program="ApiUser", nobody="NotAllowed", **others):
    """The words of a row by caller; @people: whoever holds no right over others; @managers: whoever holds
    users.manage. Who is not given is one of the people."""
    words = dict.fromkeys(CALLERS, people)
    words |= {"stranger": nobody, "maild": nobody, "shut out": nobody, "program": program}
    words |= {"onlooker": onlooker or people}
    words |= dict.fromkeys(("primary", "administrator"), managers or onlooker or people)
    words |= dict.fromkeys(("operator", "staff", "root"), operators)
    return words | others


ALL = rule(YES, YES, program=YES, nobody=YES)
SHARED = rule(YES, YES)
OPERATORS = rule("NotAllowed", YES)
ROOT_ALONE = rule("NotAllowed", "NotAllowed", program="NotAllowed", root=YES)
DELIVERERS = ROOT_ALONE | {"maild": YES}
READ_USER = rule("himself", YES, "his users")
ADMINISTER = rule("no", YES, "no, but sees", "others", staff="not himself")
ADMINISTER_IDENTITY = rule("no", YES, "no, but sees", "own others", staff="not himself")
DATA_OF_PERSONS = rule("no", "all persons' data", "no, but sees", "persons' data")
PERSONAL = rule("himself", "his own data", "own data")
OPERATE = rule("NotAllowed", YES, staff="not himself")
CONVERSE = rule("himself alone", "NotAllowed", program="himself alone", root="anybody", staff="himself alone") \
    | {"shut out": "himself alone"}
ASK = rule("himself", YES, "his users", program="itself alone") | {"shut out": "himself alone"}
MEMBERS = rule("his", YES)
LOCATIONS = MEMBERS | {"restricted": "his places"}
LIST_USERS = rule("no", YES, "his")
CREATE_USER = rule("no", YES, "no", "his")
# By a permission that the role primary has, or merchant-administrator.
ACCOUNT = rule("no", YES, primary="his")
ALIAS = rule("no", YES, administrator="his")
# By the permissions of approved addresses; the operator is no owner (R67).
ADDRESSES = rule("no", YES, security="his", owner="his")
REQUEST = rule("no", "NotAllowed", security="his")
SEE_APPROVAL = rule("nothing", YES, security="his", owner="his")
APPROVE = rule("nothing", "no, but sees", security="never his", owner="others")
REJECT = rule("nothing", YES, security="never his", owner="others")
REVOKE = rule("nothing", YES, security="his own", owner="his")
TAKE = rule("nothing", "no, but sees", security="his own", owner="no")
BILLING = {"Company": "Corner shop", "Street": "Dam 1", "Postcode": "1012 JS", "City": "Amsterdam",
           "Country": "NL"}
# Who reads the trail, and that a change of it shows: no rule of bo's own.
AUDIT_READ, AUDIT_WHOLE = "PCI DSS 10.3.1", "PCI DSS 10.3.4"
OF_PROGRAMS = ("own", "shared", "foreign", "missing")
# Whoever names nobody gets what is his (ListSessions, ListCustomers).
OWN_THINGS = SHARED

GOOD, OTHER = "correct horse battery 9", "wholly different phrase 7"


class Row:
    """A member of an interface: who may (@words), of what (@kind of target), and a call that shows it.

    @arguments: of a method, made from the case (see Case in test_access.py); @answer: what the call gets
    behind the authorisation, the name of an error that comes from nowhere else, or "done"; @target: which
    target it needs (test_access.py: make); @fresh: it changes the target, so each call gets a new one;
    @only: the targets there are of that kind (the caller himself is no program); @check: holds the values of an answer against the case; @note: tells two rows of one member apart.
    """

    def __init__(self, interface, member, words, kind="nothing", signature="", arguments=lambda case: (), *,
                 answer="done", target="person", fresh=False, check=None, note="", secret=False, rules="", only=None):
        self.interface, self.member, self.words, self.kind, self.signature = interface, member, words, kind, signature
        self.arguments, self.answer, self.target, self.fresh, self.check = arguments, answer, target, fresh, check
        self.note, self.secret, self.rules, self.only = note, secret, rules, only


def options(**values):
    """An a{sv} of strings."""
    return {key: ("s", value) for key, value in values.items()}


def empty(_):
    return ({},)


def of_customer(case):
    return options(Customer=case.target) if case.target else {}


def page_of(*before):
    return (*before, {}, "", 0)


def own_customers(case, values):
    """The rows that were answered are of customers of the caller; of all for the operator."""
    seen = {row["Id"] for row in values[0]}
    return seen >= case.customers and (case.operates or seen == case.customers)


def own_locations(case, values):
    """Those of the customer that was asked for; of all for the operator."""
    seen = {row["Customer"] for row in values[0]}
    return seen == {case.target} if case.target else case.operates and seen >= case.customers


def own_sessions(case, values):
    return case.operates or {row["Uid"] for row in values[0]} <= {case.uid}


def own_users(case, values):
    """Everybody of the customer, and of nobody's customers but his."""
    seen = {customer for row in values[0] for customer, _ in row["Roles"]}
    return bool(seen) and (case.operates or seen <= case.customers)


METHODS = (
    Row(MANAGER, "CreateUser", CREATE_USER, "customer", "a{sv}",
        lambda case: (options(Name=case.new_name()) | of_customer(case),), secret=True, rules="R9, R10"),
    Row(MANAGER, "GetUser", READ_USER, "user", "s", lambda case: (case.name,), rules="R10, R16"),
    Row(MANAGER, "GetUserByUid", READ_USER, "user", "u", lambda case: (case.target,), rules="R10, R16"),
    Row(MANAGER, "ListUsers", LIST_USERS, "customer", "sa{sv}su", lambda case: page_of(case.target),
        check=own_users, rules="R10, R15"),
    Row(MANAGER, "RequestPasswordReset", ALL, "nothing", "sa{sv}", lambda case: ("nobody@shop.example", {}),
        rules="R36, R75"),
    Row(MANAGER, "CreateCustomer", OPERATORS, "nothing", "a{sv}",
        lambda case: (options(Id=case.new_customer()),), fresh=True),
    Row(MANAGER, "ListCustomers", OWN_THINGS, "nothing", "a{sv}su", lambda case: page_of(), check=own_customers,
        rules="R10, R50"),
    Row(MANAGER, "CreateLocation", OPERATORS, "nothing", "a{sv}",
        lambda case: (options(Id=case.new_customer(), Customer=case.customer, Name="Here"),), fresh=True, rules="R31"),
    Row(MANAGER, "SearchLocations", MEMBERS, "customer", "sssu", lambda case: (case.target, "", "", 0),
        check=own_locations, rules="R26, R28"),
    Row(MANAGER, "ListAccountTypes", SHARED, rules="R79"),
    Row(MANAGER, "ListRoles", SHARED, rules="R19"),
    Row(MANAGER, "ListPermissions", SHARED, rules="R19"),
    Row(MANAGER, "CheckPermission", ASK, "user", "ssa{sv}",
        lambda case: (case.name, "transactions.view", options(Customer=case.customer)), rules="R9, R10"),
    Row(MANAGER, "CheckPermission", ASK, "user", "ssa{sv}", lambda case: (case.name, "transactions.view", {}),
        note="without a customer", rules="R9, R10"),
    Row(MANAGER, "VerifyKey", ROOT_ALONE, "nothing", "ayssa{sv}", lambda case: (b"no key", "door", "", {}),
        answer="WrongCredentials", secret=True, note="and whom Callers= of the service names", rules="R70, R76"),
    Row(MANAGER, "ListApprovals", ADDRESSES, "customer", "sa{sv}su", lambda case: page_of(case.target),
        check=own_locations, rules="R10, R68"),
    Row(MANAGER, "AnswerApproval", SHARED, "nothing", "ayba{sv}", lambda case: (b"nonsense", True, {}),
        answer="WrongCredentials", secret=True, rules="R67"),
    Row(MANAGER, "ExportUsers", OPERATORS, "nothing", "a{sv}su", lambda case: page_of(), secret=True, rules="R16"),
    Row(MANAGER, "ImportUsers", OPERATORS, "nothing", "asaasa{sv}",
        lambda case: (["name"], [], {}), secret=True, rules="R17"),
    Row(MANAGER, "ExportCustomers", OPERATORS, "nothing", "a{sv}su", lambda case: page_of(), secret=True),
    Row(MANAGER, "ImportCustomers", OPERATORS, "nothing", "asaasa{sv}",
        lambda case: (["id"], [], {}), secret=True),
    Row(MANAGER, "ExportLocations", OPERATORS, "nothing", "a{sv}su", lambda case: page_of(), secret=True),
    Row(MANAGER, "ImportLocations", OPERATORS, "nothing", "asaasa{sv}",
        lambda case: (["id"], [], {}), secret=True, rules="R31"),
    Row(MANAGER, "ListAudit", OPERATORS, "nothing", "a{sv}su", lambda case: page_of(), rules=AUDIT_READ),
    Row(MANAGER, "ExportAudit", OPERATORS, "nothing", "a{sv}su", lambda case: page_of(), rules=AUDIT_READ),
    Row(MANAGER, "ListSessions", READ_USER, "user", "a{sv}su",
        lambda case: ({"Uid": ("u", case.target)}, "", 0), rules="R10"),
    Row(MANAGER, "ListSessions", OWN_THINGS, "nothing", "a{sv}su", lambda case: page_of(), check=own_sessions,
        note="of nobody: one's own; of all for operators", rules="R10"),
    Row(MANAGER, "VerifyAudit", OPERATORS, "nothing", "t", lambda case: (0,), rules=AUDIT_WHOLE),
    Row(MANAGER, "AcceptClock", OPERATORS, "nothing", "a{sv}", empty),
    Row(MANAGER, "Backup", OPERATORS, "nothing", "a{sv}", lambda case: (case.world.amid_a_backup(),), secret=True,
        answer="Busy"),
    Row(MANAGER, "GetBackup", OPERATORS, "nothing", secret=True, answer="BadValue"),
    Row(MANAGER, "ReadBackup", OPERATORS, "nothing", "tu", lambda case: (0, 1), secret=True, answer="BadValue"),
    Row(MANAGER, "AcceptDatabase", OPERATORS, "nothing", "a{sv}", empty),
    Row(MANAGER, "RotateKey", OPERATORS, "nothing", "a{sv}", lambda case: (options(Present="0" * 16),),
        answer="WrongState"),
    Row(MANAGER, "GetKeyStatus", OPERATORS, "nothing", "a{sv}", empty),
    Row(MANAGER, "RetireKeys", OPERATORS, "nothing", "a{sv}", empty),
    Row(MANAGER, "ListMail", OPERATORS, "nothing", "su", lambda case: ("", 0)),
    Row(MANAGER, "ListThrottled", OPERATORS),
    Row(MANAGER, "ClearThrottle", OPERATORS, "nothing", "sa{sv}", lambda case: ("192.0.2.99", {})),
    Row(MANAGER, "ExplainLogin", OPERATORS, "nothing", "ssa{sv}",
        lambda case: ("somebody@shop.example", "sshd", {})),
    Row(MANAGER, "CheckStore", OPERATORS, "nothing", "sa{sv}", lambda case: ("", {})),
    Row(MANAGER, "GetMetrics", OPERATORS),
    Row(MANAGER, "GetSettings", OPERATORS),
    Row(MANAGER, "Check", OPERATORS, "nothing", "a{sv}", lambda case: ({},)),

    Row(USER, "Enable", ADMINISTER, "user", "a{sv}", lambda case: (options(Customer=case.customer),),
        target="disabled", fresh=True, rules="R13, R17"),
    Row(USER, "Disable", ADMINISTER, "user", "a{sv}", lambda case: (options(Customer=case.customer),), fresh=True,
        rules="R13, R17"),
    Row(USER, "SetRoles", ADMINISTER, "user", "sasa{sv}", lambda case: (case.customer, ["encoder"], {}), fresh=True,
        rules="R11, R13, R20"),
    Row(USER, "SetLocations", ADMINISTER, "user", "sasa{sv}",
        lambda case: (case.customer, [], {"Restricted": ("b", False)}), rules="R13, R26"),
    Row(USER, "IssueReset", ADMINISTER_IDENTITY, "user", "a{sv}", empty, fresh=True, secret=True,
        note="handed over (mailed: as SetRoles)", rules="R13, R35"),
    Row(USER, "ResendActivation", ADMINISTER_IDENTITY, "user", "a{sv}", empty, target="new", fresh=True, secret=True,
        rules="R13, R24"),
    Row(USER, "RevokeTokens", ADMINISTER_IDENTITY, "user", "a{sv}", empty, fresh=True, rules="R13"),
    Row(USER, "BecomeVerified", ADMINISTER_IDENTITY, "user", "sa{sv}", lambda case: (case.new_name(), {}),
        target="unverified", fresh=True, secret=True, rules="R13, R42"),
    Row(USER, "SetApiPassword", ADMINISTER_IDENTITY, "user", "aya{sv}", lambda case: (OTHER.encode(), {}),
        target="program", fresh=True, secret=True, note="of a program", rules="R7, R13"),
    Row(USER, "SetApiPassword", DATA_OF_PERSONS, "user", "aya{sv}", lambda case: (GOOD.encode(), {}), secret=True,
        note="of a person", rules="R7, R14"),
    Row(USER, "ChangePassword", PERSONAL, "user", "ayaya{sv}", lambda case: (GOOD.encode(), b"short", {}),
        answer="PasswordTooWeak", secret=True, rules="R4, R14"),
    Row(USER, "RequestEmailChange", PERSONAL, "user", "saya{sv}", lambda case: (case.new_name(), GOOD.encode(), {}),
        answer="WrongState", secret=True, rules="R14"),
    Row(USER, "ConfirmEmailChange", PERSONAL, "user", "aya{sv}", lambda case: (b"x", {}), answer="BadValue",
        secret=True, rules="R14"),
    Row(USER, "AcceptMembership", PERSONAL, "user", "sa{sv}", lambda case: ("nowhere", {}), answer="NoSuchInvitation",
        rules="R14, R49"),
    Row(USER, "DeclineMembership", PERSONAL, "user", "sa{sv}", lambda case: ("nowhere", {}), answer="NoSuchInvitation",
        rules="R14, R49"),
    Row(USER, "SetProfile", PERSONAL, "user", "a{sv}", lambda case: (options(FullName="Alice Baker"),), rules="R14"),
    Row(USER, "SwitchCustomer", PERSONAL, "user", "sa{sv}", lambda case: ("nowhere", {}), answer="NoSuchCustomer",
        rules="R14, R50"),
    Row(USER, "BeginOtp", PERSONAL, "user", "a{sv}", empty, fresh=True, secret=True, rules="R14, R54"),
    Row(USER, "ConfirmOtp", PERSONAL, "user", "ayaya{sv}", lambda case: (b"000000", GOOD.encode(), {}),
        answer="OtpNotBegun", secret=True, fresh=True, rules="R14, R56"),
    Row(USER, "CreateRecoveryCodes", PERSONAL, "user", "ayaya{sv}", lambda case: (b"000000", GOOD.encode(), {}),
        answer="RecoveryOff", secret=True, rules="R14, R62"),
    Row(USER, "CreateApiKey", PERSONAL, "user", "ayaya{sv}", lambda case: (b"no password of mine", b"", {}),
        answer="WrongCredentials", secret=True, fresh=True, note="of a person", rules="R14, R78"),
    Row(USER, "CreateApiKey", ADMINISTER_IDENTITY, "user", "ayaya{sv}", lambda case: (b"", b"", {}),
        target="program", fresh=True, secret=True, only=OF_PROGRAMS, note="of a program", rules="R7, R13"),
    Row(USER, "DeleteApiKey", PERSONAL, "user", "a{sv}", empty, answer="NoSuchKey", note="of a person",
        rules="R14, R78"),
    Row(USER, "DeleteApiKey", ADMINISTER_IDENTITY, "user", "a{sv}", empty, target="program", fresh=True,
        answer="NoSuchKey", only=OF_PROGRAMS, note="of a program", rules="R7, R13"),
    Row(USER, "ResetOtp", OPERATE, "user", "a{sv}", lambda case: (options(Reason="lost"),), answer="WrongState", rules="R62"),

    Row(CUSTOMER, "RequestAddress", REQUEST, "customer", "sa{sv}", lambda case: ("shop.example", {}), answer="BadValue",
        rules="R10, R66"),
    Row(CUSTOMER, "SetAccount", ACCOUNT, "customer", "a{sv}", lambda case: (options(Phone="+31201234567"),),
        rules="R10, R79"),
    Row(CUSTOMER, "SetAlias", ALIAS, "customer", "sa{sv}", lambda case: ("Corner shop", {}), rules="R10, R51"),
    Row(CUSTOMER, "SetBilling", ACCOUNT, "customer", "a{sv}", lambda case: (options(**BILLING),), rules="R10, R80"),
    Row(CUSTOMER, "SetSubscription", ACCOUNT, "customer", "sa{sv}", lambda case: ("extended", {}), rules="R10, R79"),
    Row(CUSTOMER, "SetType", OPERATORS, "customer", "sa{sv}", lambda case: ("professional", {}), rules="R79"),
    Row(LOCATION, "SetDetails", OPERATORS, "location", "a{sv}", empty, rules="R31"),
    Row(LOCATION, "AddTerminal", OPERATORS, "location", "a{sv}",
        lambda case: (options(Kind="host", Value="till-1"),), answer="TerminalTaken", rules="R31"),
    Row(LOCATION, "RemoveTerminal", OPERATORS, "location", "a{sv}",
        lambda case: (options(Kind="host", Value="till-2"),), answer="NoSuchTerminal", rules="R31"),

    Row(APPROVAL, "Approve", APPROVE, "approval", "a{sv}", empty, fresh=True, rules="R10, R67"),
    Row(APPROVAL, "Reject", REJECT, "approval", "sa{sv}", lambda case: ("", {}), fresh=True, rules="R10, R67, R68"),
    Row(APPROVAL, "Revoke", REVOKE, "approval", "sa{sv}", lambda case: ("", {}), fresh=True, rules="R10, R68"),
    Row(APPROVAL, "TakeToken", TAKE, "approval", "a{sv}", empty, answer="WrongState", secret=True, rules="R10, R69"),

    Row(LOGIN, "Begin", CONVERSE, "user", "sa{sv}", lambda case: ("auth", options(user=case.name, service="login")
        | {"protocol": ("u", 1)})),
    Row(LOGIN, "Step", ALL, "nothing", "tay", lambda case: (1, b""), answer="NoSuchLogin",
        note="of one's own connection"),
    Row(LOGIN, "Cancel", ALL, "nothing", "t", lambda case: (1,), answer="NoSuchLogin", note="of one's own connection"),

    Row(MAIL, "Take", DELIVERERS, "nothing", "u", lambda case: (1,)),
    Row(MAIL, "Delivered", DELIVERERS, "nothing", "t", lambda case: (99999,)),
    Row(MAIL, "Retry", DELIVERERS, "nothing", "ts", lambda case: (99999, "busy")),
    Row(MAIL, "GiveUp", DELIVERERS, "nothing", "ts", lambda case: (99999, "unknown")),

    Row(SESSIONS, "ListEndings", ROOT_ALONE),
    Row(SESSIONS, "Ended", ROOT_ALONE, "nothing", "ut", lambda case: (99999, 1)),
)

# (interface, words, kind of target, rules, properties): by Get each, and by GetAll together.
PROPERTIES = (
    (MANAGER, ALL, "nothing", "", ("Version", "State")),
    (USER, READ_USER, "user", "R10, R16", (
        "Uid", "Username", "Email", "FullName", "Verified", "Generated", "Warnings", "Kind", "Status", "StatusReason",
        "Roles", "Customers", "ActingCustomer", "Locations", "Restricted", "Invitations", "OtpEnabled",
        "RecoveryCodesLeft", "ApiKeyPrefix", "ApiKeyCreated", "ApiKeyUsed", "Home", "Shell", "Created", "Activated", "LastLogin",
        "PasswordChanged", "PasswordExpires", "LockedUntil")),
    (CUSTOMER, MEMBERS, "customer", "R10", ("Id", "Alias", "Created", "Type")),
    (CUSTOMER, ACCOUNT, "customer", "R10, R79, R80", (
        "Subscription", "SubscriptionChange", "Subscriptions", "SeparatelyBilled", "ContactName", "ContactEmail", "Phone",
        "Website", "Company", "Street", "Postcode", "City", "Country", "Kvk", "Oin", "Vat", "InvoiceEmail",
        "InvoiceRecipient", "PeppolRecipient", "MissingBilling")),
    (APPROVAL, SEE_APPROVAL, "approval", "R10, R68", (
        "Id", "Customer", "Address", "Comment", "Requester", "Status", "Requested", "Expires", "Decided", "DecidedBy",
        "Revoked", "RevokedBy", "Reason", "TokenTaken", "TokenUsed")),
    (LOCATION, LOCATIONS, "location", "R10, R26", ("Id", "Customer", "Name", "Website", "Created", "Terminals")),
)

# Signals: who hears them. Those of the Manager go over the system bus, and no other way.
OPERATORS_HEAR = "root and the group `bo-operator`, on the system bus"
SIGNALS = {
    (MANAGER, "UserAdded"): OPERATORS_HEAR,
    (MANAGER, "UserChanged"): OPERATORS_HEAR,
    (MANAGER, "UserStatusChanged"): OPERATORS_HEAR,
    (MANAGER, "LoginFailed"): OPERATORS_HEAR,
    (MANAGER, "LoginSucceeded"): OPERATORS_HEAR,
    (MANAGER, "SessionOpened"): OPERATORS_HEAR,
    (MANAGER, "ApprovalRequested"): OPERATORS_HEAR,
    (MANAGER, "ApprovalDecided"): OPERATORS_HEAR,
    (MANAGER, "SessionClosed"): OPERATORS_HEAR,
    (MANAGER, "CustomerAdded"): OPERATORS_HEAR,
    (MANAGER, "CustomerChanged"): OPERATORS_HEAR,
    (MANAGER, "LocationAdded"): OPERATORS_HEAR,
    (MANAGER, "LocationChanged"): OPERATORS_HEAR,
    (MANAGER, "SettingsReloaded"): OPERATORS_HEAR,
    (MANAGER, "DatabaseOlder"): OPERATORS_HEAR,
    (MAIL, "Queued"): "the private connection that has called `Take`",
    (SESSIONS, "EndingsDue"): "the private connection that has called `ListEndings`",
}
# On the private socket alone; the rest of the bus cannot even address them.
PRIVATE = (LOGIN, MAIL, SESSIONS)


def line(*cells):
    return "| " + " | ".join(cells) + " |"


def heading(*cells):
    return line(*cells) + "\n" + "|---" * len(cells) + "|"


def shown(word):
    if word == "NotAllowed":
        return "-"
    return word if any(word in words for words in WORDS.values()) else f"*{word}*"


def rows(interface):
    for row in METHODS:
        if row.interface == interface:
            proof = "" if row.answer == "done" else f" {row.answer}"
            name = f"**{row.member}**" + (f" {row.note}" if row.note else "") + (" 🔒" if row.secret else "")
            yield line(name, row.rules, *map(shown, row.words.values()), proof.strip())
    for owner, words, _, rules, names in PROPERTIES:
        if owner == interface:
            yield line(", ".join(names), rules, *map(shown, words.values()), "")


def interfaces():
    return dict.fromkeys([row.interface for row in METHODS] + [part[0] for part in PROPERTIES])


def page():
    yield "# Who may call what"
    yield ""
    yield "<!-- Printed by tests/bus/access.py, which test_access.py tries; do not edit here. -->"
    yield ""
    yield "Every member of every interface, and what each kind of caller is answered. A test calls each as each"
    yield "caller, for each target, on both doors; a member that is not here fails it. What decides is one"
    yield "function, `bo-accountd/policy/access.c`. Whom a caller may not see does not exist for him: the answer"
    yield "is the same, word by word."
    yield ""
    yield heading("caller", "")
    for name, text in CALLERS.items():
        yield line(name, text)
    yield ""
    yield "A row is a member, a cell says which targets the caller is served for, in words that are told below. `-`"
    yield "is *NotAllowed* for every target; a word in *italics* is the error that every target gets. 🔒: on the"
    yield "private socket alone, elsewhere *PrivateSocketOnly*. The last column: by what error the tests see that"
    yield "they were let in, where they do not let the call succeed."
    for kind, targets in TARGETS.items():
        if kind != "nothing":
            yield from legend(kind, targets)
    for interface in interfaces():
        yield ""
        yield f"## {interface.rsplit('.', 1)[-1]}"
        if interface in PRIVATE:
            yield "On the private socket alone; on the system bus nobody can address it."
            yield ""
        yield heading("", "rules", *CALLERS, "seen by")
        yield from rows(interface)
    yield ""
    yield "## Signals"
    yield heading("signal", "who hears it")
    for (interface, name), who in SIGNALS.items():
        yield line(f"{interface.rsplit('.', 1)[-1]}.{name}", who)
    yield ""
    yield "## What D-Bus itself asks"
    yield "`Introspect`, `Ping` and `GetMachineId` are for everybody, and tell the same whether an object exists."
    yield "No property can be set. There is no ObjectManager, and introspection lists no user and no customer."


def legend(kind, targets):
    yield ""
    yield f"### Targets: {kind}s"
    yield heading("word", *targets)
    for word, answers in WORDS[kind].items():
        yield line(word, *[answers.get(target, answers[REST]) for target in targets])
    yield ""
    for target, text in targets.items():
        yield f"- {target}: {text}"


if __name__ == "__main__":
    print("\n".join(page()))
