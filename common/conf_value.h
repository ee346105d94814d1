/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of settings: numbers, sizes, times, ranges, yes and no. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* All: 0, or -EINVAL with nothing written. Digits alone: no sign, no blank, nothing behind. */
int conf_number(const char *text, uint64_t *ret_number);

/* Bytes: a number, with K, M or G behind it for powers of 1024. */
int conf_size(const char *text, uint64_t *ret_bytes);

/* "90d", "1h 30min": numbers with units, added up (s sec min m h hour d day w week, plurals as
 * well). A number without a unit is refused: 90 what? */
int conf_duration(const char *text, uint64_t *ret_usec);

/* "70000-99999", the first not above the last. */
int conf_range(const char *text, uint32_t *ret_first, uint32_t *ret_last);

/* yes true on 1, no false off 0; in any case of letters. */
int conf_boolean(const char *text, bool *ret_yes);
