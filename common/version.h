/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version, written into each program, library and module: `boctl check` reads it out of the
 * file, as what(1) would, without loading it. */
#pragma once

#define VERSION_MARK "@(#)bo-version: "

/* Once in each object. */
#define VERSION_MARK_HERE                                                                          \
        __attribute__((used)) static const char version_mark[] = VERSION_MARK BO_VERSION
