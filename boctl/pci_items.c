/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The items of requirement 8 of PCI DSS v4.0.1: what each asks, what bo does, what is left. */
#include "boctl/pci.h"

#define RELOAD "then `systemctl reload bo-accountd`."

const struct pci_item pci_items[] = {
        {"8.1.1",
         "The rules for identifying and authenticating users are written, current, in use "
         "and known to whom they concern.",
         NULL, PCI_YOURS, NULL, NULL, "Write them, and keep this report with them each quarter."},
        {"8.1.2", "Who does what for this requirement is written down, assigned and understood.",
         NULL, PCI_YOURS, NULL, NULL,
         "Name who is operator, who administers each customer (`boctl user list --role ROLE`) and "
         "who looks after bo."},
        {"8.2.1", "Each user has an ID of his own before he gets at systems or card data.",
         pci_unique, PCI_MET, "A name and a uid belong to one user and are never given again.",
         "UidRange",
         "Give local users ids outside of UidRange=; `boctl check` as root names those within."},
        {"8.2.2",
         "Shared and generic accounts exist as exceptions only: justified, limited in "
         "time, approved, and each action can be traced to one person.",
         NULL, PCI_PARTLY, /* that two people share a password cannot be seen */
         "bo makes personal accounts alone and knows mailboxes of groups.", "GroupMailbox",
         "Set GroupMailbox=refuse in accountd.conf, " RELOAD
         " See to it that nobody shares a password, and keep root for emergencies."},
        {"8.2.3",
         "Service providers: who gets at premises of customers from afar shows other "
         "credentials for each customer.",
         NULL, PCI_YOURS, NULL, NULL,
         "Concerns service providers alone: give out no credential that opens two customers' "
         "systems."},
        {"8.2.4",
         "Users and their credentials are made, changed and deleted as was approved, with "
         "the rights that were approved.",
         NULL, PCI_PARTLY,
         "Each change is authorised and stands in the audit trail (`boctl audit export`).", NULL,
         "Keep the approvals, and hold the audit trail against them."},
        {"8.2.5", "Who leaves loses access at once.", pci_revoked, PCI_PARTLY,
         "A user who is disabled logs in nowhere, and his sessions are ended.", NULL,
         "See to it that somebody says `boctl user disable NAME` the same hour; `boctl check` "
         "tells of sessions that were not ended."},
        {"8.2.6", "Accounts not used for 90 days are removed or disabled.", pci_inactive, PCI_MET,
         "bo locks them; an administrator's link opens them again.", "InactivityMax",
         "Set InactivityMax=90d in accountd.conf, " RELOAD},
        {"8.2.7",
         "Accounts by which others get in from afar are on only while they are needed, "
         "and are watched.",
         NULL, PCI_YOURS, "`boctl user enable` and `boctl user disable`; each login is an event.",
         NULL, "Disable such users when the work is done, and look at `boctl session list`."},
        {"8.2.8", "After 15 minutes without activity a session asks for authentication again.",
         NULL, PCI_YOURS, NULL, NULL,
         "Set TMOUT=900 read-only in /etc/profile.d, or StopIdleSessionSec=15min in logind.conf, "
         "and lock screens."},
        {"8.3.1", "Everybody is authenticated by something that he knows, has or is.",
         pci_authenticated, PCI_MET,
         "Each login of a user of bo asks for a password, a code, a token or a key.", NULL,
         "`boctl check` as root names each service that is not in order, and the remedy."},
        {"8.3.2", "Passwords and the like cannot be read where they lie or pass.", pci_unreadable,
         PCI_PARTLY,
         "Passwords are hashed by Argon2id with a secret key; one-time-code secrets are sealed.",
         "HashMemory HashPasses LinkTemplate",
         "Set HashMemory=64M and HashPasses=2, and LinkTemplate= to https; see to TLS between "
         "users and each service but sshd."},
        {"8.3.3", "Who has a credential changed is known to be the user.", NULL, PCI_PARTLY,
         "Users show the old password, or a token that was sent to their own mailbox.", NULL,
         "Whoever says `boctl user reset` for somebody makes sure first that it is he."},
        {"8.3.4",
         "After at most ten failures an account is locked for 30 minutes at least, or "
         "until the user has shown who he is.",
         pci_attempts, PCI_MET, "Failures are counted before the password is tested.",
         "LockoutAttempts LockoutDuration SourceAttempts",
         "Set LockoutAttempts=6 and LockoutDuration=30min, " RELOAD},
        {"8.3.5",
         "First and reset passwords are different for each user and are changed at the "
         "first use.",
         NULL, PCI_MET,
         "There are none: a link that is good once has the user set his own; an initial password "
         "is changed at once.",
         "ActivationLifetime ResetLifetime", ""},
        {"8.3.6", "Passwords have at least 12 characters, letters and digits among them.",
         pci_strength, PCI_MET, NULL, "Profile PasswordMinLength PasswordLettersAndDigits",
         "Set PasswordMinLength=12 and PasswordLettersAndDigits=yes, " RELOAD},
        {"8.3.7", "None of the last four passwords is taken again.", pci_history, PCI_MET, NULL,
         "PasswordHistory PasswordReuseWindow", "Set PasswordHistory=4 or more, " RELOAD},
        {"8.3.8",
         "Users are told how to choose and keep credentials, not to take old ones again, "
         "and what to do if one got out.",
         NULL, PCI_YOURS, NULL, NULL, "Teach them, and record that you did."},
        {"8.3.9",
         "Where a password is the only factor, it is changed every 90 days, or how safe "
         "the account is gets judged all the time.",
         pci_age, PCI_MET, NULL, "Profile PasswordMaxAge PasswordWarn",
         "Set PasswordMaxAge=90d, " RELOAD " Or have all log in with two factors everywhere."},
        {"8.3.10",
         "Service providers: customers' users with a password alone are told to change it from "
         "time "
         "to time, and when. 8.3.10.1 is in its place since 2025-03-31.",
         NULL, PCI_YOURS, "Users are told at login when their password is about to expire.",
         "PasswordWarn", "Concerns service providers alone: tell customers in writing."},
        {"8.3.10.1",
         "Service providers: where a password is the only factor of customers' users, it is "
         "changed "
         "every 90 days, or how safe the account is gets judged all the time.",
         pci_age, PCI_MET, NULL, "Profile PasswordMaxAge PasswordWarn",
         "Concerns service providers alone. Set PasswordMaxAge=90d, " RELOAD
         " Or have all log in with two factors everywhere."},
        {"8.3.11", "Tokens, cards and certificates belong to one user, and only he can use them.",
         NULL, PCI_PARTLY,
         "One-time-code secrets are of one user; a code is good once, with the password.", NULL,
         "Give each person SSH keys of his own, with a passphrase or in hardware."},
        {"8.4.1", "Administrators who do not sit at the console show two factors.",
         pci_administrators, PCI_PARTLY, NULL, NULL,
         "Set Otp=require in [Service sshd], SecondFactor=yes for roles that administer, " RELOAD
         " root and local users are not bo's: PermitRootLogin no, and two factors of their own."},
        {"8.4.2",
         "Everybody who gets into the card data environment not by the console shows two "
         "factors.",
         pci_everybody, PCI_MET, NULL, NULL,
         "Set Otp=require in [Service sshd] and in other services of people, " RELOAD
         " `boctl check` as root tells whether PAM and sshd ask bo."},
        {"8.4.3",
         "Whoever comes from outside of the network, and could get at card data, shows "
         "two factors.",
         pci_everybody, PCI_MET, "A VPN in between is not bo's: this is about sshd.", NULL,
         "Set Otp=require in [Service sshd], " RELOAD
         " `boctl check` as root tells whether PAM and sshd ask bo. Ask for two factors at the VPN "
         "as "
         "well."},
        {"8.5.1",
         "Two factors of different kinds must both succeed, cannot be replayed, and "
         "nobody gets round them without an exception that was approved for a time.",
         pci_bypass, PCI_MET, "A code is good once and is tested together with the password.",
         "RecoveryCodes",
         "Take Otp=off from services of people, " RELOAD
         " `boctl check` as root names each service that does not ask bo, and the remedy."},
        {"8.6.1",
         "Accounts of programs are not used by people, but as an exception that is "
         "justified, approved, limited in time and traced.",
         pci_programs, PCI_MET, "API users get in at services of Class=api alone.", NULL,
         "Take Class=api from services of people, " RELOAD},
        {"8.6.2", "Passwords and keys of programs stand in no script, source or settings file.",
         NULL, PCI_YOURS, NULL, NULL,
         "Keep them in a credential of systemd (LoadCredentialEncrypted=) or a vault, and look "
         "through your sources."},
        {"8.6.3",
         "Passwords of programs are changed as often as a risk analysis says, and when "
         "they may have got out; they are as strong as that demands.",
         pci_program_secrets, PCI_PARTLY, NULL, "PasswordMinLength",
         "`boctl user password NAME` changes one; write down how often is enough. `boctl check` "
         "names those of 365 days."},
};

const size_t pci_items_size = ELEMENTS(pci_items);
