/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the Customer interface share. */
#pragma once

#include <systemd/sd-bus.h>

/* Serves Get and GetAll; 0 if @message is neither. */
int customer_on_properties(sd_bus_message *message, void *connection, sd_bus_error *error);
