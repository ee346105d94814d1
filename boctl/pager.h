/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long tables on a terminal, shown page by page by another program. */
#pragma once

#include "boctl/boctl.h"

/*
 * From here on stdout goes through a pager, where it is a terminal and --no-pager is not given;
 * once more does nothing. Not for secrets: they would stay on the screen of the pager, and in what
 * it saves. For who is root it is less(1) in its secure mode whatever PAGER says, since sudo may
 * give boctl alone.
 */
void pager_begin(const struct request *request);

/* The exit code if the person ends the pager before all was shown: a verdict is none the less so.
 */
void pager_verdict(int code);

/* Ends what goes there, and waits until the person has read it. 0, or a negative errno. */
int pager_end(void);
