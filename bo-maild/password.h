/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The password for the mail server: a systemd credential, or a file that nobody else may read. */
#pragma once

#include "common/conf.h"
#include "common/secret.h"

/*
 * The credential smtp-password comes before @file (may be empty); with neither there is no
 * password. What is wrong is complained about. 0 or -ENOMEM.
 */
int password_read(struct secret **ret_password, const char *file, struct conf_report *report);
