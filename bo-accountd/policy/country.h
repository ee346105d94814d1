/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Countries by their two letters (ISO 3166-1 alpha-2). */
#pragma once

#include <stdbool.h>

/* Of two capital letters. */
bool country_is_known(const char *code);
