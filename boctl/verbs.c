/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of verbs: what there is, what it takes, and which function does it. */
#include "boctl/boctl.h"

/* How many words follow a verb, and what they are called. */
#define ARGS(names, least, most) .args = (names), .min_args = (least), .max_args = (most)

/* Sorted, as the help shows them. One table however long it grows: help, look-up and "did you mean"
 * go through it from end to end. */
const struct verb verbs[] = {
        {
                .noun = "approval",
                .verb = "approve",
                ARGS("[ID]", 0, 1),
                .options = OPTION_BIT(TOKEN),
                .run = verb_approval_approve,
                .help = "Approve an address that another member asked for",
                .detail = "ID is the number of the request; --token asks for the token from the "
                          "mail\ninstead, or reads it from the standard input.",
        },
        {
                .noun = "approval",
                .verb = "list",
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(STATUS) | OPTION_BIT(LIMIT),
                .run = verb_approval_list,
                .help = "List the addresses of a customer, newest first",
                .detail = "--status: pending, approved, rejected, revoked or expired. Without\n"
                          "--customer: of the one that you act for; operators: of all.",
        },
        {
                .noun = "approval",
                .verb = "reject",
                ARGS("[ID]", 0, 1),
                .options = OPTION_BIT(REASON) | OPTION_BIT(TOKEN),
                .run = verb_approval_reject,
                .help = "Reject an address that another member asked for",
                .detail = "As `boctl approval approve`. Who asked reads the reason.",
        },
        {
                .noun = "approval",
                .verb = "request",
                ARGS("ADDRESS", 1, 1),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(COMMENT),
                .run = verb_approval_request,
                .help = "Ask for an address for the API of a customer",
                .detail = "ADDRESS is numeric, IPv4 or IPv6, or a range as 192.0.2.0/24. Another "
                          "member\nhas to approve it within 7 days.",
        },
        {
                .noun = "approval",
                .verb = "revoke",
                ARGS("ID", 1, 1),
                .options = OPTION_BIT(REASON),
                .run = verb_approval_revoke,
                .help = "Take an address off the list, or a request back",
                .detail = "Its token ends at once.",
        },
        {
                .noun = "approval",
                .verb = "show",
                ARGS("ID", 1, 1),
                .run = verb_approval_show,
                .help = "Show a request for an address",
        },
        {
                .noun = "approval",
                .verb = "token",
                ARGS("ID", 1, 1),
                .run = verb_approval_token,
                .help = "Show your token of an approved address, once",
        },
        {
                .noun = "audit",
                .verb = "export",
                ARGS("[FILE]", 0, 1),
                .options = OPTION_BIT(SINCE) | OPTION_BIT(UNTIL),
                .run = verb_audit_export,
                .help = "Write the audit trail as CSV, oldest first",
                .detail = "With its hashes, to FILE or the standard output. --json: an object a "
                          "line. Rows that\nare added meanwhile are of the next export.",
        },
        {
                .noun = "audit",
                .verb = "list",
                .options = OPTION_BIT(USER) | OPTION_BIT(EVENT) | OPTION_BIT(LIMIT),
                .run = verb_audit_list,
                .help = "Show the audit trail, newest first",
        },
        {
                .noun = "audit",
                .verb = "verify",
                .run = verb_audit_verify,
                .help = "Recompute the audit trail's chain of hashes",
        },
        {
                .noun = "backup",
                ARGS("FILE", 1, 1),
                .run = verb_backup,
                .help = "Copy the database into a file, while it is in use",
                .detail = "FILE is replaced as a whole, for your eyes alone; - is the standard "
                          "output. The copy is checked\nand sealed. The key is not in it: keep "
                          "that in another "
                          "place.",
        },
        {
                .noun = "can",
                ARGS("PERMISSION", 1, 1),
                .options = OPTION_BIT(USER) | OPTION_BIT(CUSTOMER) | OPTION_BIT(LOCATION),
                .run = verb_can,
                .help = "Tell whether somebody may do something, and why not",
                .detail = "Without --user: yourself; without --customer: at the customer that is\n"
                          "acted for.\nExit: 0 yes, 1 no, 3 no answer.",
        },
        {
                .noun = "check",
                .alone = true,
                .options = OPTION_BIT(FULL),
                .run = verb_check,
                .help = "Tell whether this host is well, and what to do where it is not",
                .detail = "Looks at units and socket, versions, settings, the state directory, the "
                          "disk, the "
                          "clock,\nPAM stacks, nsswitch, sshd, and at what the daemon finds "
                          "itself. With "
                          "--socket: at that\nalone. Runs without the daemon, too; as root it sees "
                          "all.\nExit: 0 no fault (there may be warnings), 1 a fault, 3 the daemon "
                          "is "
                          "away.",
        },
        {
                .noun = "check",
                .verb = "login",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(FROM) | OPTION_BIT(METHOD) | OPTION_BIT(PERMISSION) |
                           OPTION_BIT(SERVICE) | OPTION_BIT(TTY),
                .required = OPTION_BIT(SERVICE),
                .run = verb_check_login,
                .help = "Tell what would become of a login, and by which rule",
                .detail = "Without a password, and without a trace. --service is required: sshd, "
                          "sudo ...\n--method key: an SSH key; at a service of Class=api his API "
                          "key.\nExit: 0 let in, 1 not, 3 no answer.",
        },
        {
                .noun = "clock",
                .verb = "accept",
                .run = verb_clock_accept,
                .help = "Accept the present clock although it was set back",
                .detail = "Until then nothing that had ended while the clock was ahead counts as\n"
                          "open again.",
        },
        {
                .noun = "customer",
                .verb = "account",
                ARGS("ID FIELD=VALUE...", 2, 5),
                .run = verb_customer_account,
                .help = "Change the information of a customer",
                .detail = "Fields: contact-name contact-email phone website. FIELD= takes one "
                          "away.",
        },
        {
                .noun = "customer",
                .verb = "alias",
                ARGS("ID TEXT", 2, 2),
                .run = verb_customer_alias,
                .help = "Name a customer for its people",
                .detail = "All its users see it. An empty TEXT takes it away.",
        },
        {
                .noun = "customer",
                .verb = "billing",
                ARGS("ID FIELD=VALUE...", 2, 11),
                .run = verb_customer_billing,
                .help = "Change the billing data of a customer",
                .detail = "Fields: company street postcode city country kvk oin vat "
                          "invoice-email\nseparately-billed (yes or no). FIELD= takes one away; "
                          "what the account type\nrequires cannot be. Either all is changed or "
                          "nothing.",
        },
        {
                .noun = "customer",
                .verb = "create",
                ARGS("ID", 1, 1),
                .options = OPTION_BIT(ALIAS) | OPTION_BIT(SUBSCRIPTION) | OPTION_BIT(TYPE),
                .run = verb_customer_create,
                .help = "Make a customer",
                .detail = "ID is 1 to 32 of a-z, 0-9 and '-', and starts with a letter. The "
                          "account\ntypes and their subscriptions stand in "
                          "/etc/bo/account-types.conf.",
        },
        {
                .noun = "customer",
                .verb = "list",
                .options = OPTION_BIT(LIMIT),
                .run = verb_customer_list,
                .help = "List the customers that you may see",
        },
        {
                .noun = "customer",
                .verb = "show",
                ARGS("ID", 1, 1),
                .run = verb_customer_show,
                .help = "Show what you may see of a customer",
                .detail = "Subscription and billing data are for who may change them.",
        },
        {
                .noun = "customer",
                .verb = "subscription",
                ARGS("ID SUBSCRIPTION", 2, 2),
                .run = verb_customer_subscription,
                .help = "Choose the subscription of a customer",
                .detail = "`boctl customer show` lists those that its account type has.",
        },
        {
                .noun = "customer",
                .verb = "type",
                ARGS("ID TYPE [SUBSCRIPTION]", 2, 3),
                .run = verb_customer_type,
                .help = "Give a customer another account type",
                .detail = "Of /etc/bo/account-types.conf; an empty TYPE takes it away. Without\n"
                          "SUBSCRIPTION the present one stays, or it is the first of the type.",
        },
        {
                .noun = "customer",
                .verb = "types",
                .run = verb_customer_types,
                .help = "List the account types that a customer can have",
        },
        {
                .noun = "database",
                .verb = "accept",
                .run = verb_database_accept,
                .help = "Accept an old database that was put in place",
                .detail =
                        "After a restore: says that it was meant, and `boctl check` tells of it no "
                        "more.\nWhat was made void by it stays so.",
        },
        {
                .noun = "email",
                .verb = "change",
                ARGS("EMAIL", 1, 1),
                .run = verb_email_change,
                .help = "Ask for another address of your own",
                .detail = "You log in by your address: asks for your password, and for a code if "
                          "the\n"
                          "second factor is on. EMAIL gets a mail with a token.",
        },
        {
                .noun = "email",
                .verb = "confirm",
                .run = verb_email_confirm,
                .help = "Change your address, with the token mailed to it",
                .detail = "The old address opens nothing any more, and is never used again.",
        },
        {
                .noun = "export",
                ARGS("users|customers|locations [FILE]", 1, 2),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(FORMAT),
                .run = verb_export,
                .help = "Write all users, customers or locations to a file",
                .detail =
                        "All that `boctl import` takes, and no secret. FILE is replaced when all "
                        "is there;\nwithout one, or for -: standard output. --customer: its users "
                        "and their\nmembership there alone, or its locations. For operators; "
                        "recorded.",
        },
        {
                .noun = "import",
                ARGS("users|customers|locations FILE", 2, 2),
                .options = OPTION_BIT(FORMAT) | OPTION_BIT(DRY_RUN) | OPTION_BIT(MAIL) |
                           OPTION_BIT(MAX_ERRORS),
                .run = verb_import,
                .help = "Make users, customers or locations from a file",
                .detail =
                        "Each row is judged: one that is wrong is named with its line and left "
                        "out, one\nthat is there already as it says is passed over, so that an "
                        "import that was\nbroken off is simply begun again. Nothing that is there "
                        "is changed. Customers\ncome first, then locations, then users. No link "
                        "is made without --mail: see\n`boctl user resend`. FILE -: standard "
                        "input. boctl(1) lists the fields.\nExit: 1 if a row had an error.",
        },
        {
                .noun = "invitation",
                .verb = "accept",
                ARGS("CUSTOMER", 1, 1),
                .run = verb_invitation_accept,
                .help = "Become a member of a customer who invites you",
        },
        {
                .noun = "invitation",
                .verb = "decline",
                ARGS("CUSTOMER", 1, 1),
                .run = verb_invitation_decline,
                .help = "Decline the invitation of a customer",
                .detail = "Nobody is told; the administrator there may have it sent again.",
        },
        {
                .noun = "invitation",
                .verb = "list",
                .run = verb_invitation_list,
                .help = "List the customers who invite you",
                .detail =
                        "Those that were mailed to you. One that was handed over is accepted with\n"
                        "its token, at the password prompt of a login.",
        },
        {
                .noun = "key",
                .verb = "create",
                ARGS("[USER]", 0, 1),
                .run = verb_key_create,
                .help = "Make your API key, or that of a program",
                .detail = "Asks for your login password, and for a code if your second factor is "
                          "on. Each\nuser has one key, shown once; programs log in with it at "
                          "services of Class=api.\nUSER: an API user; then nothing is asked.",
        },
        {
                .noun = "key",
                .verb = "delete",
                ARGS("[USER]", 0, 1),
                .run = verb_key_delete,
                .help = "Delete your API key, or that of a program",
                .detail = "At once and for good. Then another can be made.",
        },
        {
                .noun = "key",
                .verb = "show",
                ARGS("[USER]", 0, 1),
                .run = verb_key_show,
                .help = "Tell of an API key: since when, and last used when",
                .detail = "The key itself is shown once, when it is made.",
        },
        {
                .noun = "key",
                .verb = "verify",
                .options = OPTION_BIT(ADDRESS) | OPTION_BIT(PERMISSION) | OPTION_BIT(SERVICE),
                .run = verb_key_verify,
                .help = "Tell whose API key one is, and what he may do",
                .detail = "As a program of the service --service would be told; it is required. "
                          "The key\nis asked for, or read from the standard input. For root and "
                          "for Callers= of the\nservice.",
        },
        {
                .noun = "location",
                .verb = "bind",
                ARGS("LOCATION KIND VALUE", 3, 3),
                .options = OPTION_BIT(HOST),
                .run = verb_location_bind,
                .help = "Bind a terminal to a location",
                .detail = "KIND network: an address or range, as 192.0.2.0/24; tty: a fixed line, "
                          "as tty1;\nservice: a PAM service; host: the Terminal= of a host. tty "
                          "and service are of\n--host. The first of them that is bound, in this "
                          "order, tells where a login is.",
        },
        {
                .noun = "location",
                .verb = "create",
                ARGS("ID", 1, 1),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(NAME) | OPTION_BIT(WEBSITE),
                .required = OPTION_BIT(CUSTOMER) | OPTION_BIT(NAME),
                .run = verb_location_create,
                .help = "Make a location of a customer",
                .detail = "--customer and --name are required. ID as for a customer.",
        },
        {
                .noun = "location",
                .verb = "edit",
                ARGS("LOCATION", 1, 1),
                .options = OPTION_BIT(NAME) | OPTION_BIT(WEBSITE),
                .run = verb_location_edit,
                .help = "Change name or website of a location",
        },
        {
                .noun = "location",
                .verb = "list",
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(LIMIT),
                .run = verb_location_list,
                .help = "List the locations of a customer; operators: of all",
                .detail = "Who is restricted to locations sees his own.",
        },
        {
                .noun = "location",
                .verb = "search",
                ARGS("TEXT", 1, 1),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(LIMIT),
                .run = verb_location_search,
                .help = "List the locations with TEXT in name or website",
                .detail = "Capitals or not. Of --customer; of all, for an operator.",
        },
        {
                .noun = "location",
                .verb = "show",
                ARGS("LOCATION", 1, 1),
                .run = verb_location_show,
                .help = "Show a location and its terminals",
        },
        {
                .noun = "location",
                .verb = "unbind",
                ARGS("LOCATION KIND VALUE", 3, 3),
                .options = OPTION_BIT(HOST),
                .run = verb_location_unbind,
                .help = "Take a terminal from a location",
                .detail = "KIND, VALUE and --host as for bind.",
        },
        {
                .noun = "mail",
                .verb = "list",
                .options = OPTION_BIT(LIMIT),
                .run = verb_mail_list,
                .help = "List the mails that are not delivered",
                .detail = "Those that wait, and those that were given up in the last 30 days. What "
                          "they\nsay is shown to nobody.",
        },
        {
                .noun = "metrics",
                .options = OPTION_BIT(OUTPUT),
                .alone = true,
                .run = verb_metrics,
                .help = "Show what the daemon counts, for Prometheus",
                .detail = "With --output the file is replaced as a whole, as the node exporter's\n"
                          "textfile directory wants it; while the daemon is away it says bo_up 0.",
        },
        {
                .noun = "otp",
                .verb = "enable",
                .run = verb_otp_enable,
                .help = "Set up your own second factor",
                .detail =
                        "Shows a QR code, and the same secret to type, for an authenticator app;\n"
                        "asks for a code of the app and for your login password. Keep the app\n"
                        "on another device than the one that you log in from.",
        },
        {
                .noun = "otp",
                .verb = "recovery",
                .run = verb_otp_recovery,
                .help = "Make ten new recovery codes for yourself",
                .detail = "Where the site has them. Asks for a code of the app and for your login\n"
                          "password; codes that were made before are void.",
        },
        {
                .noun = "otp",
                .verb = "reset",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(REASON),
                .required = OPTION_BIT(REASON),
                .run = verb_otp_reset,
                .help = "Take the second factor of a user away",
                .detail = "--reason is required, and is recorded.",
        },
        {
                .noun = "otp",
                .verb = "status",
                ARGS("[USER]", 0, 1),
                .run = verb_otp_status,
                .help = "Tell of the second factor and recovery codes left",
        },
        {
                .noun = "password",
                .options = OPTION_BIT(FORGOT),
                .run = verb_password,
                .help = "Change your own password, or have a link mailed",
                .detail =
                        "Asks for the present password, and twice for the new one. With --forgot\n"
                        "asks for nothing: if USER has a mailbox, and bo delivers mail here, a "
                        "link\nis sent to it.",
        },
        {
                .noun = "report",
                .verb = "pci",
                .options = OPTION_BIT(HTML),
                .run = verb_report_pci,
                .help = "Show what PCI DSS requirement 8 asks, and how this host is",
                .detail =
                        "Each item of PCI DSS v4.0.1 is met, partly met, not met, or yours: "
                        "outside "
                        "of bo.\nWith settings, counts and findings. Exit code 1: one is not met.",
        },
        {
                .noun = "restore",
                ARGS("FILE", 1, 1),
                .options = OPTION_BIT(YES),
                .alone = true,
                .run = verb_restore,
                .help = "Put a backup in the place of the database",
                .detail =
                        "As root. FILE, or - for the standard input, is looked at first, with the "
                        "key of this\nhost; what would be lost by it is shown, and you are asked. "
                        "The old database is kept\nbeside. Links, codes and mails of the backup "
                        "are void.",
        },
        {
                .noun = "roles",
                .options = OPTION_BIT(HTML),
                .run = verb_roles,
                .help = "Show which role permits what",
                .detail = "--html writes it as a page; a regular file of that name is replaced.",
        },
        {
                .noun = "sealing-key",
                .verb = "retire",
                .options = OPTION_BIT(YES),
                .run = verb_sealing_key_retire,
                .help = "Drop the older keys on which nothing hangs but passwords",
                .detail =
                        "They are shown, and you are asked. What verifies passwords and the audit "
                        "trail stays.\nBackups made before need a copy of the key file of that "
                        "time.",
        },
        {
                .noun = "sealing-key",
                .verb = "rotate",
                .args = "[PRESENT]",
                .max_args = 1,
                .options = OPTION_BIT(YES),
                .run = verb_sealing_key_rotate,
                .help = "Make a new key for what bo stores",
                .detail =
                        "Without a restart; you are asked first. What is under the older keys "
                        "stays "
                        "good, and\nmoves by being used. With PRESENT only if that is the present "
                        "key.",
        },
        {
                .noun = "sealing-key",
                .verb = "status",
                .run = verb_sealing_key_status,
                .help = "Show the keys, since when, and how much hangs on each",
        },
        {
                .noun = "session",
                .verb = "list",
                ARGS("[USER]", 0, 1),
                .options = OPTION_BIT(ALL) | OPTION_BIT(LIMIT),
                .run = verb_session_list,
                .help = "List sessions: who is in, and from where",
                .detail = "Without USER: everybody's for the operator, else your own. Jobs (cron)\n"
                          "have none. Sessions that have ended are kept for 90 days.",
        },
        {
                .noun = "switch",
                ARGS("[CUSTOMER]", 0, 1),
                .run = verb_switch,
                .help = "Act for another of your customers",
                .detail = "Without CUSTOMER: shows yours, and asks. At a terminal a login shell "
                          "follows,\nwith the groups and the environment of that customer; what "
                          "runs keeps its own.",
        },
        {
                .noun = "throttle",
                .verb = "clear",
                ARGS("SOURCE", 1, 1),
                .run = verb_throttle_clear,
                .help = "Forget the failed logins of a source",
                .detail = "SOURCE is an address, a range (0.0.0.0/0 and ::/0 are everybody), or "
                          "one\nas listed.",
        },
        {
                .noun = "throttle",
                .verb = "list",
                .run = verb_throttle_list,
                .help = "List the sources that are turned away",
                .detail = "From these too many logins failed of late (SourceAttempts= in "
                          "accountd.conf(5)).",
        },
        {
                .noun = "user",
                .verb = "create",
                ARGS("[EMAIL|NAME]", 0, 1),
                .options = OPTION_BIT(KIND) | OPTION_BIT(CUSTOMER) | OPTION_BIT(ROLE) |
                           OPTION_BIT(LOCATION) | OPTION_BIT(FULL_NAME) | OPTION_BIT(SHELL) |
                           OPTION_BIT(HOME) | OPTION_BIT(UNVERIFIED) |
                           OPTION_BIT(INITIAL_PASSWORD) | OPTION_BIT(PASSWORD_FD) |
                           OPTION_BIT(GENERATE),
                .run = verb_user_create,
                .help = "Make a user",
                .detail =
                        "A person logs in by a personal e-mail address, or with --unverified by a\n"
                        "name that bo makes. With --customer, a person who has a login with that\n"
                        "address is invited; until he accepts, nothing tells him from a new user.\n"
                        "Shows the activation token once, unless it is mailed: hand it to the "
                        "user.\n"
                        "With --initial-password the token asks for a password that you set here,\n"
                        "before the user sets one of his own; secondary users need that.\n"
                        "A program (--kind api) is named by the operator, or by bo. Its password "
                        "is\n"
                        "asked for twice, or taken from --password-fd, or made with --generate; "
                        "it\n"
                        "never stands in the command line, and never expires. In a --customer it "
                        "gets the\nrole admin if none is named; encoder allows neither refund nor "
                        "cancellation.",
        },
        {
                .noun = "user",
                .verb = "disable",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(REASON),
                .run = verb_user_disable,
                .help = "Deactivate a user; users are never deleted",
                .detail = "With --customer as a member of that one: others go on. Without it an\n"
                          "operator deactivates the user everywhere, an administrator at the one\n"
                          "customer of his that the user is a member of.",
        },
        {
                .noun = "user",
                .verb = "edit",
                .options = OPTION_BIT(FULL_NAME),
                .required = OPTION_BIT(FULL_NAME),
                .run = verb_user_edit,
                .help = "Change your own full name",
                .detail = "--full-name is required; an empty one takes it away. Nobody else "
                          "changes it.",
        },
        {
                .noun = "user",
                .verb = "enable",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(CUSTOMER),
                .run = verb_user_enable,
                .help = "End the deactivation of a user; opens no lock",
                .detail = "--customer as for disable. What the operator disabled, he enables.",
        },
        {
                .noun = "user",
                .verb = "list",
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(STATUS) | OPTION_BIT(ROLE) |
                           OPTION_BIT(KIND) | OPTION_BIT(SEARCH) | OPTION_BIT(SORT) |
                           OPTION_BIT(LIMIT),
                .run = verb_user_list,
                .help = "List users",
                .detail = "Without --customer all users are listed, for the operator alone.\n"
                          "A status is one of active, password-expired, locked-attempts,\n"
                          "locked-inactivity, activation-sent, deactivated.",
        },
        {
                .noun = "user",
                .verb = "locations",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(ALL) | OPTION_BIT(CUSTOMER) | OPTION_BIT(LOCATION),
                .required = OPTION_BIT(CUSTOMER),
                .run = verb_user_locations,
                .help = "Restrict a member to locations, or lift that",
                .detail = "--customer is required, and --location, once for each in place of those "
                          "before,\nor --all. Administrators and users with several customers are "
                          "never restricted.",
        },
        {
                .noun = "user",
                .verb = "password",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(PASSWORD_FD) | OPTION_BIT(GENERATE),
                .run = verb_user_password,
                .help = "Set the password of an API user",
                .detail = "A person's password is his alone: `boctl user reset` makes a token.",
        },
        {
                .noun = "user",
                .verb = "resend",
                ARGS("USER", 1, 1),
                .run = verb_user_resend,
                .help = "Make the activation link of a user anew",
                .detail =
                        "Tokens that were made before are dead. Where bo delivers mail, the link\n"
                        "of a verified user is mailed to him, else it is shown once.",
        },
        {
                .noun = "user",
                .verb = "reset",
                ARGS("USER", 1, 1),
                .run = verb_user_reset,
                .help = "Make a token with which the user sets a new password",
                .detail = "Tokens that were made before are dead. The status changes when the\n"
                          "token is used. Where bo delivers mail, the link of a verified user is\n"
                          "mailed to him, else it is shown once.",
        },
        {
                .noun = "user",
                .verb = "revoke",
                ARGS("USER", 1, 1),
                .run = verb_user_revoke,
                .help = "End all open tokens of a user",
        },
        {
                .noun = "user",
                .verb = "roles",
                ARGS("USER", 1, 1),
                .options = OPTION_BIT(CUSTOMER) | OPTION_BIT(ROLE),
                .required = OPTION_BIT(CUSTOMER),
                .run = verb_user_roles,
                .help = "Replace the roles of a user in a customer",
                .detail = "--customer is required. Without --role all roles there are taken away.",
        },
        {
                .noun = "user",
                .verb = "show",
                ARGS("[USER]", 0, 1),
                .run = verb_user_show,
                .help = "Show everything about a user but secrets",
                .detail = "Without USER: yourself.",
        },
        {
                .noun = "user",
                .verb = "upgrade",
                ARGS("USER EMAIL", 2, 2),
                .run = verb_user_upgrade,
                .help = "Make a verified user of an unverified one",
                .detail = "From then on the user logs in by the personal address EMAIL; the old\n"
                          "name is dead for ever. Uid, home, second factor and roles stay. The\n"
                          "user's sessions end; the next login needs the activation token.",
        },
};

_Static_assert(ELEMENTS(verbs) <= VERBS_MOST, "verb_find.c keeps that many names");

const size_t n_verbs = ELEMENTS(verbs);
