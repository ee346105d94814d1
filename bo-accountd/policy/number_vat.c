/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VAT numbers of the EU's countries: the form of each, and its scheme in Peppol (R80, R82). */
#include "bo-accountd/policy/number.h"

#include "bo-accountd/policy/number_check.h"
#include "common/cleanup.h"

#include <stdio.h>
#include <string.h>

/*
 * In a form '#' is a digit, '@' a letter, '?' either; blanks part several forms. The schemes are
 * those of the list that Peppol keeps (EAS); where a country's VAT number has none there, NULL.
 */
static const struct vat_country {
        char letters[3];
        const char *forms;
        bool (*check)(const char *number); /* NULL: no check digit that is sure */
        const char *scheme;
        const char *takes; /* NULL: the forms tell it */
} countries[] = {
        {"AT", "U########", vat_check_at, "9914"},
        {"BE", "0######### 1#########", vat_check_be, "9925"},
        {"BG", "######### ##########", vat_check_bg, "9926"},
        {"CY", "########@", vat_check_cy, "9928"},
        {"CZ", "######## ######### ##########", vat_check_cz, "9929"},
        {"DE", "#########", vat_check_iso7064, "9930"},
        {"DK", "########", vat_check_dk, "0198"},
        {"EE", "#########", vat_check_ee, "9931"},
        {"EL", "#########", vat_check_el, "9933"},
        {"ES", "@#######? ########@", vat_check_es, "9920"},
        {"FI", "########", vat_check_fi, "0213"},
        {"FR", "??#########", vat_check_fr, "9957"},
        {"HR", "###########", vat_check_iso7064, "9934"},
        {"HU", "########", vat_check_hu, "9910"},
        {"IE", "#######@ #######@@ #@#####@", vat_check_ie, "9935"},
        {"IT", "###########", vat_check_luhn, "0211"},
        {"LT", "######### ############", vat_check_lt, "9937"},
        {"LU", "########", vat_check_lu, "9938"},
        {"LV", "###########", vat_check_lv, "9939"},
        {"MT", "########", vat_check_mt, "9943"},
        {"NL", "#########B##", vat_check_nl, "9944"},
        {"PL", "##########", vat_check_pl, "9945"},
        {"PT", "#########", vat_check_pt, "9946"},
        {"RO", "## ### #### ##### ###### ####### ######## ######### ##########", vat_check_ro,
         "9947", "2 to 10 digits"},
        {"SE", "############", vat_check_se, NULL},
        {"SI", "########", vat_check_si, "9949"},
        {"SK", "##########", vat_check_sk, "9950"},
        {"XI", "######### ############ GD### HA###", NULL, NULL}, /* Northern Ireland */
};

static const struct vat_country *country_of(const char *number)
{
        for (size_t i = 0; i < ELEMENTS(countries); i++)
                if (strncmp(countries[i].letters, number, 2) == 0)
                        return &countries[i];
        return NULL;
}

static bool fits_one(const char *form, size_t length, const char *number)
{
        if (strlen(number) != length)
                return false;
        for (size_t i = 0; i < length; i++) {
                bool is_digit = number[i] >= '0' && number[i] <= '9';

                if (form[i] == '#'   ? !is_digit
                    : form[i] == '@' ? is_digit
                                     : form[i] != '?' && form[i] != number[i])
                        return false;
        }
        return true;
}

static bool fits(const char *forms, const char *number)
{
        for (size_t length; *forms; forms += length + strspn(forms + length, " ")) {
                length = strcspn(forms, " ");
                if (fits_one(forms, length, number))
                        return true;
        }
        return false;
}

/* "NL and then #########B##", several forms with "or" between them. */
static void explain_form(const struct vat_country *country, char why[NUMBER_WHY])
{
        char forms[96] = "";

        if (country->takes) {
                snprintf(why, NUMBER_WHY, "must be %s and then %s", country->letters,
                         country->takes);
                return;
        }
        for (const char *c = country->forms; *c; c++) {
                size_t used = strlen(forms);

                snprintf(forms + used, sizeof(forms) - used, "%.*s", *c == ' ' ? 4 : 1,
                         *c == ' ' ? " or " : c);
        }
        snprintf(why, NUMBER_WHY, "must be %s and then %s, where # is a digit%s%s",
                 country->letters, forms, strchr(forms, '@') ? ", @ a letter" : "",
                 strchr(forms, '?') ? ", ? a digit or a letter" : "");
}

bool number_vat(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY])
{
        const struct vat_country *country =
                number_compact(out, text) && strlen(out) > 2 ? country_of(out) : NULL;

        if (!country)
                snprintf(why, NUMBER_WHY,
                         "must begin with the two letters of a country of the EU (Greece: EL), as "
                         "NL123456782B01");
        else if (!fits(country->forms, out + 2))
                explain_form(country, why);
        else if (country->check && !country->check(out + 2))
                snprintf(why, NUMBER_WHY,
                         "has a typing error: its check digits do not fit the rest of it");
        else
                return true;
        return false;
}

const char *number_vat_scheme(const char *vat)
{
        const struct vat_country *country = country_of(vat);

        return country ? country->scheme : NULL;
}
