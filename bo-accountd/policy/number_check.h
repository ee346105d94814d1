/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Check digits of the VAT numbers of the EU's countries. */
#pragma once

#include <stdbool.h>

/* Of a number without the country's letters, which has the form of the country. */
bool vat_check_at(const char *number);
bool vat_check_be(const char *number);
bool vat_check_bg(const char *number);
bool vat_check_cy(const char *number);
bool vat_check_cz(const char *number);
bool vat_check_dk(const char *number);
bool vat_check_ee(const char *number);
bool vat_check_el(const char *number);
bool vat_check_es(const char *number);
bool vat_check_fi(const char *number);
bool vat_check_fr(const char *number);
bool vat_check_hu(const char *number);
bool vat_check_ie(const char *number);
bool vat_check_lt(const char *number);
bool vat_check_lu(const char *number);
bool vat_check_lv(const char *number);
bool vat_check_mt(const char *number);
bool vat_check_nl(const char *number);
bool vat_check_pl(const char *number);
bool vat_check_pt(const char *number);
bool vat_check_ro(const char *number);
bool vat_check_se(const char *number);
bool vat_check_si(const char *number);
bool vat_check_sk(const char *number);

/* Luhn's, of all digits of IT. */
bool vat_check_luhn(const char *number);

/* ISO/IEC 7064, MOD 11,10: DE and HR. */
bool vat_check_iso7064(const char *number);
