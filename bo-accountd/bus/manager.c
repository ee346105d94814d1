/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: its vtable and its properties. The contract is in the XML beside this
 * file. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/bus.h"

#include <string.h>

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)bus, (void)path, (void)interface, (void)property, (void)userdata;
        (void)error; /* sd-bus's signature */
        return sd_bus_message_append(reply, "s", BO_VERSION);
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;
        int store_error = bus_daemon(connection->owner)->store_error;
        char text[128] = "ok";

        (void)bus, (void)path, (void)interface, (void)property;
        (void)error; /* sd-bus's signature */
        if (store_error < 0)
                snprintf(text, sizeof(text), "unavailable: %s", strerror(-store_error));
        return sd_bus_message_append(reply, "s", text);
}

#define OPEN SD_BUS_VTABLE_UNPRIVILEGED /* who may is decided by authorise(), not by sd-bus */

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("CreateUser", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("o", user, "s", username, "s", link),
                                manager_on_users, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("GetUser", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", user),
                                manager_on_users, OPEN),
        SD_BUS_METHOD_WITH_ARGS("GetUserByUid", SD_BUS_ARGS("u", uid), SD_BUS_RESULT("o", user),
                                manager_on_users, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "ListUsers", SD_BUS_ARGS("s", customer, "a{sv}", filter, "s", cursor, "u", limit),
                SD_BUS_RESULT("aa{sv}", users, "s", next), manager_on_users, OPEN),
        SD_BUS_METHOD_WITH_ARGS("RequestPasswordReset",
                                SD_BUS_ARGS("s", username, "a{sv}", options), SD_BUS_NO_RESULT,
                                manager_on_reset, OPEN),
        SD_BUS_METHOD_WITH_ARGS("CreateCustomer", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("o", customer), manager_on_customers, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "ListCustomers", SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                SD_BUS_RESULT("aa{sv}", customers, "s", next), manager_on_customers, OPEN),
        SD_BUS_METHOD_WITH_ARGS("CreateLocation", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("o", location), manager_on_locations, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "SearchLocations", SD_BUS_ARGS("s", customer, "s", text, "s", cursor, "u", limit),
                SD_BUS_RESULT("aa{sv}", locations, "s", next), manager_on_locations, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListAccountTypes", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", types),
                                manager_on_account_types, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListRoles", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", roles),
                                manager_on_permission, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListPermissions", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("aa{sv}", permissions), manager_on_permission, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "VerifyKey", SD_BUS_ARGS("ay", key, "s", service, "s", address, "a{sv}", options),
                SD_BUS_RESULT("a{sv}", owner), manager_on_key, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS(
                "CheckPermission", SD_BUS_ARGS("s", user, "s", permission, "a{sv}", context),
                SD_BUS_RESULT("b", allowed, "s", reason), manager_on_permission, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "ListApprovals",
                SD_BUS_ARGS("s", customer, "a{sv}", filter, "s", cursor, "u", limit),
                SD_BUS_RESULT("aa{sv}", approvals, "s", next), manager_on_approvals, OPEN),
        SD_BUS_METHOD_WITH_ARGS(
                "AnswerApproval", SD_BUS_ARGS("ay", token, "b", approve, "a{sv}", options),
                SD_BUS_RESULT("o", approval), manager_on_approvals, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ExportUsers",
                                SD_BUS_ARGS("a{sv}", options, "s", cursor, "u", limit),
                                SD_BUS_RESULT("as", fields, "aas", rows, "s", next),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ImportUsers",
                                SD_BUS_ARGS("as", fields, "aas", rows, "a{sv}", options),
                                SD_BUS_RESULT("u", created, "u", unchanged, "a(usss)", remarks),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ExportCustomers",
                                SD_BUS_ARGS("a{sv}", options, "s", cursor, "u", limit),
                                SD_BUS_RESULT("as", fields, "aas", rows, "s", next),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ImportCustomers",
                                SD_BUS_ARGS("as", fields, "aas", rows, "a{sv}", options),
                                SD_BUS_RESULT("u", created, "u", unchanged, "a(usss)", remarks),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ExportLocations",
                                SD_BUS_ARGS("a{sv}", options, "s", cursor, "u", limit),
                                SD_BUS_RESULT("as", fields, "aas", rows, "s", next),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ImportLocations",
                                SD_BUS_ARGS("as", fields, "aas", rows, "a{sv}", options),
                                SD_BUS_RESULT("u", created, "u", unchanged, "a(usss)", remarks),
                                manager_on_bulk, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ListAudit", SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), manager_on_record, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ExportAudit",
                                SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), manager_on_export, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListSessions",
                                SD_BUS_ARGS("a{sv}", filter, "s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", sessions, "s", next), manager_on_sessions,
                                OPEN),
        SD_BUS_METHOD_WITH_ARGS("VerifyAudit", SD_BUS_ARGS("t", after),
                                SD_BUS_RESULT("t", to, "t", end), manager_on_record, OPEN),
        SD_BUS_METHOD_WITH_ARGS("AcceptClock", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                manager_on_record, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Backup", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                manager_on_backup, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("GetBackup", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", state),
                                manager_on_backup, OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ReadBackup", SD_BUS_ARGS("t", offset, "u", limit),
                                SD_BUS_RESULT("ay", piece), manager_on_backup,
                                OPEN | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("AcceptDatabase", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                manager_on_record, OPEN),
        SD_BUS_METHOD_WITH_ARGS("RotateKey", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("s", key),
                                manager_on_sealing, OPEN),
        SD_BUS_METHOD_WITH_ARGS("GetKeyStatus", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", keys), manager_on_sealing, OPEN),
        SD_BUS_METHOD_WITH_ARGS("RetireKeys", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("u", retired), manager_on_sealing, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListMail", SD_BUS_ARGS("s", cursor, "u", limit),
                                SD_BUS_RESULT("aa{sv}", mails, "s", next), manager_on_mail, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ListThrottled", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", sources),
                                manager_on_sources, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ClearThrottle", SD_BUS_ARGS("s", source, "a{sv}", options),
                                SD_BUS_RESULT("u", cleared), manager_on_sources, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ExplainLogin",
                                SD_BUS_ARGS("s", user, "s", service, "a{sv}", context),
                                SD_BUS_RESULT("s", outcome, "s", pam, "s", shown, "aa{sv}", steps),
                                manager_on_explain, OPEN),
        SD_BUS_METHOD_WITH_ARGS("GetMetrics", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", samples),
                                manager_on_metrics, OPEN),
        SD_BUS_METHOD_WITH_ARGS("GetSettings", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", settings),
                                manager_on_metrics, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Check", SD_BUS_ARGS("a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", findings), manager_on_check, OPEN),
        SD_BUS_METHOD_WITH_ARGS("CheckStore", SD_BUS_ARGS("s", cursor, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", findings, "s", next, "t", done, "t", total),
                                manager_on_check, OPEN),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_state, 0, 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserAdded", SD_BUS_ARGS("o", user, "s", username), 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserChanged", SD_BUS_ARGS("o", user), 0),
        SD_BUS_SIGNAL_WITH_ARGS("UserStatusChanged",
                                SD_BUS_ARGS("s", user, "s", old, "s", new, "s", reason), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LoginFailed",
                                SD_BUS_ARGS("s", user, "s", service, "s", rhost, "s", outcome), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LoginSucceeded",
                                SD_BUS_ARGS("s", user, "s", service, "s", rhost, "s", factors), 0),
        SD_BUS_SIGNAL_WITH_ARGS("SessionOpened",
                                SD_BUS_ARGS("t", id, "s", user, "s", service, "s", rhost), 0),
        SD_BUS_SIGNAL_WITH_ARGS("SessionClosed",
                                SD_BUS_ARGS("t", id, "s", user, "s", service, "s", rhost), 0),
        SD_BUS_SIGNAL_WITH_ARGS("CustomerAdded", SD_BUS_ARGS("o", customer), 0),
        SD_BUS_SIGNAL_WITH_ARGS("CustomerChanged", SD_BUS_ARGS("o", customer), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LocationAdded", SD_BUS_ARGS("o", location, "o", customer), 0),
        SD_BUS_SIGNAL_WITH_ARGS("LocationChanged", SD_BUS_ARGS("o", location, "o", customer), 0),
        SD_BUS_SIGNAL_WITH_ARGS("SettingsReloaded", SD_BUS_NO_ARGS, 0),
        SD_BUS_SIGNAL_WITH_ARGS("ApprovalRequested",
                                SD_BUS_ARGS("o", approval, "s", customer, "s", address), 0),
        SD_BUS_SIGNAL_WITH_ARGS(
                "ApprovalDecided",
                SD_BUS_ARGS("o", approval, "s", customer, "s", address, "s", status), 0),
        SD_BUS_SIGNAL_WITH_ARGS("DatabaseOlder", SD_BUS_ARGS("s", reason, "t", lost), 0),
        SD_BUS_VTABLE_END,
};

int manager_add(struct connection *connection)
{
        return sd_bus_add_object_vtable(connection->bus, NULL, BUS_ROOT, BUS_NAME ".Manager",
                                        vtable, connection);
}
