/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does an address look like the mailbox of a group rather than of a person? (R22) */
#pragma once

#include <stdbool.h>

/*
 * @email is a folded address. True if its local part, without what follows a '+' and without digits
 * at the end, is one of the words of the table, with or without '.', '-' and '_' in it, or begins
 * with one that is parted by one of these: info@, info2@, customer.service@, sales-nl@. A guess:
 * enough for a warning.
 */
bool mailbox_is_group(const char *email);
