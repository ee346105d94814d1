/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of a dictionary a{sv} whose values have contents of their own. */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

/* Between the two the value is appended, of @type. */
int entry_open(sd_bus_message *reply, const char *key, const char *type);
int entry_close(sd_bus_message *reply);

/* A whole one, of type as. */
int entry_append_strings(sd_bus_message *reply, const char *key, const char *const *texts,
                         size_t n);
