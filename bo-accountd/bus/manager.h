/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface by subject: each handler serves the methods of its file. */
#pragma once

#include <systemd/sd-bus.h>

int manager_on_users(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_customers(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_locations(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_sessions(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_sources(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_metrics(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_mail(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_reset(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_permission(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_key(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_account_types(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_approvals(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_explain(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_check(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_backup(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_bulk(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_export(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_sealing(sd_bus_message *message, void *userdata, sd_bus_error *error);
int manager_on_record(sd_bus_message *message, void *userdata, sd_bus_error *error);
