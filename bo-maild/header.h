/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header fields of a mail: encoded (RFC 2047), folded (RFC 5322), and never more than one. */
#pragma once

#include <stddef.h>

#define HEADER_SIZE 2048

/*
 * "NAME: text", without the line break at its end. Whatever stands in @text makes no second
 * header: control characters and what reorders text become '?'. What is not plain ASCII, or could
 * not be folded, is written as encoded words. -EMSGSIZE.
 */
int header_text(char out[HEADER_SIZE], const char *name, const char *text);

/* "NAME: Display Name <address>"; without a display name the address alone. -EINVAL for an address
 * that could end before it should. */
int header_mailbox(char out[HEADER_SIZE], const char *name, const char *display,
                   const char *address);

/* May it stand between < and > of a header or of an SMTP command? */
int address_check(const char *address);
