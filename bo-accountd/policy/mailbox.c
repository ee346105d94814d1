/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does an address look like the mailbox of a group rather than of a person? (R22) */
#include "bo-accountd/policy/mailbox.h"

#include <stddef.h>
#include <string.h>

#include "common/cleanup.h"

#define LOCAL_MAX 64 /* RFC 5321 4.5.3.1.1 */
#define PARTING   "._-"

/* RFC 2142's names of services, and what offices call theirs, in English, Dutch and German. */
static const char *const words[] = {
        "abuse",
        "accounting",
        "accounts",
        "admin",
        "administratie",
        "administration",
        "administrator",
        "all",
        "anfrage",
        "backoffice",
        "balie",
        "bestellingen",
        "bestellung",
        "bestellungen",
        "billing",
        "boekhouding",
        "buchhaltung",
        "buero",
        "contact",
        "crediteuren",
        "customercare",
        "customerservice",
        "debiteuren",
        "directie",
        "donotreply",
        "empfang",
        "enquiries",
        "facturatie",
        "facturen",
        "finance",
        "financien",
        "ftp",
        "geschaeftsleitung",
        "group",
        "gruppe",
        "hallo",
        "hello",
        "help",
        "helpdesk",
        "hostmaster",
        "hr",
        "info",
        "information",
        "informatie",
        "inkoop",
        "invoice",
        "invoices",
        "it",
        "jobs",
        "kantoor",
        "kasse",
        "kassa",
        "klantenservice",
        "kontakt",
        "kundenservice",
        "list",
        "magazijn",
        "mail",
        "mailerdaemon",
        "marketing",
        "news",
        "noc",
        "noreply",
        "office",
        "operations",
        "ops",
        "order",
        "orders",
        "personalabteilung",
        "personeel",
        "personeelszaken",
        "post",
        "postmaster",
        "poststelle",
        "purchasing",
        "reception",
        "receptie",
        "rechnung",
        "rechnungen",
        "root",
        "sales",
        "secretariaat",
        "security",
        "sekretariat",
        "service",
        "servicedesk",
        "shop",
        "staff",
        "support",
        "team",
        "usenet",
        "uucp",
        "vertrieb",
        "verkauf",
        "verkoop",
        "verwaltung",
        "webmaster",
        "webshop",
        "welcome",
        "winkel",
        "www",
        "zentrale",
};

static bool is_listed(const char *word, size_t length)
{
        while (length > 0 && word[length - 1] >= '0' && word[length - 1] <= '9')
                length--;
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
                        return true;
        return false;
}

bool mailbox_is_group(const char *email)
{
        size_t length = strcspn(email, "+@"), joined_length = 0;
        char joined[LOCAL_MAX];

        if (length > sizeof(joined))
                return false;
        for (size_t i = 0; i < length; i++)
                if (!strchr(PARTING, email[i]))
                        joined[joined_length++] = email[i];
        return is_listed(joined, joined_length) || is_listed(email, strcspn(email, PARTING "+@"));
}
