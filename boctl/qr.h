/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QR codes on a terminal. */
#pragma once

#include <stdbool.h>

/* Prints @text as a QR code on stdout. With @blocks in UTF-8 half blocks and colours, else in
 * ASCII. Return: 0, -1 if it cannot be made. */
int qr_print(const char *text, bool blocks);
