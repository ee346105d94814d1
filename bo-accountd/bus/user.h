/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface, of which each file serves a part of the methods. */
#pragma once

#include "bo-accountd/bus/bus.h"

int user_on_key(sd_bus_message *message, void *userdata, sd_bus_error *error);
int user_on_invitation(sd_bus_message *message, void *userdata, sd_bus_error *error);
int user_on_email(sd_bus_message *message, void *userdata, sd_bus_error *error);
int user_on_locations(sd_bus_message *message, void *userdata, sd_bus_error *error);
