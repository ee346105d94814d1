/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users, customers and locations out and in as rows of texts, many in one call. */
#include <errno.h>

#include "libbo/internal.h"

DEFINE_CLEANUP(struct bo_rows *, bo_rows_free)
DEFINE_CLEANUP(struct bo_imported *, bo_imported_free)

/* Texts of an `as` behind those that are there; they stay in the message. */
static int texts_read(sd_bus_message *message, const char ***texts, size_t *n, size_t *room)
{
        const char *text;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        if (r <= 0)
                return r;
        while ((r = sd_bus_message_read_basic(message, 's', &text)) > 0) {
                if (*n == *room) {
                        size_t bigger = *room ? 2 * *room : 64;
                        const char **grown = reallocarray(*texts, bigger, sizeof(**texts));

                        if (!grown)
                                return -ENOMEM;
                        *texts = grown;
                        *room = bigger;
                }
                (*texts)[(*n)++] = text;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 1;
}

static int rows_read(sd_bus_message *message, struct bo_rows *rows)
{
        size_t room = 0, n = 0, cells = 0;
        int r = texts_read(message, &rows->fields, &rows->n_fields, &room);

        if (r > 0)
                r = sd_bus_message_enter_container(message, 'a', "as");
        room = 0;
        while (r > 0 && (r = sd_bus_message_at_end(message, false)) == 0) {
                r = texts_read(message, &rows->cells, &cells, &room);
                if (r > 0 && cells != ++n * rows->n_fields)
                        return -EBADMSG;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r >= 0)
                r = sd_bus_message_read_basic(message, 's', &rows->next);
        rows->n_rows = n;
        return r > 0 ? 0 : call_malformed(r);
}

int bo_export(bo *client, enum bo_bulk what, const char *customer, const char *cursor,
              uint32_t limit, struct bo_rows **ret_rows)
{
        static const char *const members[] = {
                [BO_USERS] = "ExportUsers",
                [BO_CUSTOMERS] = "ExportCustomers",
                [BO_LOCATIONS] = "ExportLocations",
        };
        const struct text_option options[] = {{"Customer", customer}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_rows_freep) struct bo_rows *rows = calloc(1, sizeof(*rows));
        int r = rows ? call_new(client, &call, BO_PATH, BO_MANAGER, members[what], false) : -ENOMEM;

        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        if (r >= 0)
                r = sd_bus_message_append(call, "su", cursor ? cursor : "", limit);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = rows_read(reply, rows);
        if (r < 0)
                return r;
        rows->reply = TAKE_PTR(reply);
        *ret_rows = TAKE_PTR(rows);
        return 0;
}

struct bo_rows *bo_rows_free(struct bo_rows *rows)
{
        if (!rows)
                return NULL;
        free(rows->fields);
        free(rows->cells);
        sd_bus_message_unref(rows->reply);
        free(rows);
        return NULL;
}

static int rows_append(sd_bus_message *call, const char *const *cells, size_t n_fields,
                       size_t n_rows)
{
        int r = sd_bus_message_open_container(call, 'a', "as");

        for (size_t row = 0; r >= 0 && row < n_rows; row++) {
                r = sd_bus_message_open_container(call, 'a', "s");
                for (size_t i = 0; r >= 0 && i < n_fields; i++)
                        r = sd_bus_message_append_basic(call, 's', *cells++);
                if (r >= 0)
                        r = sd_bus_message_close_container(call);
        }
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int fields_append(sd_bus_message *call, const char *const *fields, size_t n)
{
        int r = sd_bus_message_open_container(call, 'a', "s");

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append_basic(call, 's', fields[i]);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int flags_append(sd_bus_message *call, unsigned flags)
{
        static const struct {
                unsigned flag;
                const char *key;
        } keys[] = {
                {BO_IMPORT_DRY_RUN, "DryRun"}, {BO_IMPORT_MAIL, "Mail"}, {BO_IMPORT_MORE, "More"}};
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        for (size_t i = 0; r >= 0 && i < ELEMENTS(keys); i++)
                if (flags & keys[i].flag)
                        r = sd_bus_message_append(call, "{sv}", keys[i].key, "b", 1);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int remark_read(sd_bus_message *message, struct bo_imported *imported)
{
        const char *severity, *field, *text;
        struct bo_import_remark *remarks, *remark;
        uint32_t row;
        int r = sd_bus_message_read(message, "(usss)", &row, &severity, &field, &text);

        if (r <= 0)
                return r;
        remarks = reallocarray(imported->remarks, imported->n_remarks + 1, sizeof(*remarks));
        if (!remarks)
                return -ENOMEM;
        imported->remarks = remarks;
        remark = &remarks[imported->n_remarks++];
        *remark = (struct bo_import_remark){
                .row = row,
                .severity = text_cleaned(severity),
                .field = text_cleaned(field),
                .text = text_cleaned(text),
        };
        return remark->severity && remark->field && remark->text ? 1 : -ENOMEM;
}

static int imported_read(sd_bus_message *message, struct bo_imported *imported)
{
        int r = sd_bus_message_read(message, "uu", &imported->created, &imported->unchanged);

        if (r > 0)
                r = sd_bus_message_enter_container(message, 'a', "(usss)");
        if (r <= 0)
                return call_malformed(r);
        do
                r = remark_read(message, imported);
        while (r > 0);
        return r < 0 ? call_malformed(r) : 0;
}

int bo_import(bo *client, enum bo_bulk what, const char *const *fields, size_t n_fields,
              const char *const *cells, size_t n_rows, unsigned flags,
              struct bo_imported **ret_imported)
{
        static const char *const members[] = {
                [BO_USERS] = "ImportUsers",
                [BO_CUSTOMERS] = "ImportCustomers",
                [BO_LOCATIONS] = "ImportLocations",
        };
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_imported_freep) struct bo_imported *imported = calloc(1, sizeof(*imported));
        int r = imported ? call_new(client, &call, BO_PATH, BO_MANAGER, members[what], false)
                         : -ENOMEM;

        if (r >= 0)
                r = fields_append(call, fields, n_fields);
        if (r >= 0)
                r = rows_append(call, cells, n_fields, n_rows);
        if (r >= 0)
                r = flags_append(call, flags);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r == 0)
                r = imported_read(reply, imported);
        if (r != 0)
                return r;
        *ret_imported = TAKE_PTR(imported);
        return 0;
}

struct bo_imported *bo_imported_free(struct bo_imported *imported)
{
        if (!imported)
                return NULL;
        for (size_t i = 0; i < imported->n_remarks; i++) {
                free(imported->remarks[i].severity);
                free(imported->remarks[i].field);
                free(imported->remarks[i].text);
        }
        free(imported->remarks);
        free(imported);
        return NULL;
}
