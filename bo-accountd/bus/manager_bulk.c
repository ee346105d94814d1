/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: users, customers and locations out and in as rows of texts. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/bulk.h"

#include <errno.h>
#include <string.h>

static int export_parse(struct request *request, struct bulk_export *call, sd_bus_message *message,
                        const struct bulk_kind *kind)
{
        const struct option options[] = {{"Customer", 's', &call->customer}};
        bool by_customer = kind != &bulk_customers;
        int r = options_read(request, message, options, by_customer ? 1 : 0);

        call->kind = kind;
        if (r == 0)
                r = sd_bus_message_read(message, "su", &call->cursor, &call->limit) < 0 ? -EINVAL
                                                                                        : 0;
        if (r == 0 && strlen(call->cursor) > NAME_MAX_BYTES)
                return BO_ERR_BAD_CURSOR;
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int export_users_parse(struct request *request, void *call, sd_bus_message *message)
{
        return export_parse(request, call, message, &bulk_users);
}

static int export_customers_parse(struct request *request, void *call, sd_bus_message *message)
{
        return export_parse(request, call, message, &bulk_customers);
}

static int export_locations_parse(struct request *request, void *call, sd_bus_message *message)
{
        return export_parse(request, call, message, &bulk_locations);
}

static int export_run(struct op *op, void *call)
{
        return op_bulk_export(op, call);
}

static int append_cells(sd_bus_message *reply, const struct bulk_export *call, size_t n_fields)
{
        const char *cell = call->cells;
        int r = sd_bus_message_open_container(reply, 'a', "as");

        for (size_t row = 0; r >= 0 && row < call->n_rows; row++) {
                r = sd_bus_message_open_container(reply, 'a', "s");
                for (size_t i = 0; r >= 0 && i < n_fields; i++, cell += strlen(cell) + 1)
                        r = sd_bus_message_append_basic(reply, 's', cell);
                if (r >= 0)
                        r = sd_bus_message_close_container(reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int export_reply(void *userdata, sd_bus_message *reply)
{
        const struct bulk_export *call = userdata;
        const char *const *fields;
        size_t n_fields = bulk_fields(call->kind, &fields);
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < n_fields; i++)
                r = sd_bus_message_append_basic(reply, 's', fields[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = append_cells(reply, call, n_fields);
        return r < 0 ? r : sd_bus_message_append(reply, "s", call->next);
}

static void export_clear(void *call)
{
        bulk_export_clear(call);
}

/* One row: 1, 0 at the end, < 0. @ret_bad: it has more or fewer texts than there are fields. */
static int read_row(struct bulk_import *call, sd_bus_message *message, const char **cells,
                    bool *ret_bad)
{
        size_t n = 0;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        if (r <= 0)
                return r;
        for (const char *cell; (r = sd_bus_message_read_basic(message, 's', &cell)) > 0; n++)
                if (n < call->n_fields)
                        cells[n] = cell;
        *ret_bad = n != call->n_fields;
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 1;
}

static int read_rows(struct request *request, struct bulk_import *call, sd_bus_message *message)
{
        bool bad = false;
        int r;

        call->cells = calloc(BULK_ROWS_MOST * call->n_fields + 1, sizeof(*call->cells));
        if (!call->cells)
                return -ENOMEM;
        r = sd_bus_message_enter_container(message, 'a', "as");
        while (r > 0 && !bad && sd_bus_message_at_end(message, false) == 0) {
                if (call->n_rows == BULK_ROWS_MOST)
                        return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                         "rows: at most %d in a call.", BULK_ROWS_MOST);
                r = read_row(call, message, call->cells + call->n_rows * call->n_fields, &bad);
                call->n_rows++;
        }
        if (bad)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "rows: each has as many texts as there are fields.");
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 0;
}

static int import_parse(struct request *request, struct bulk_import *call, sd_bus_message *message,
                        const struct bulk_kind *kind)
{
        const struct option options[] = {{"DryRun", 'b', &call->dry_run},
                                         {"More", 'b', &call->more},
                                         {"Mail", 'b', &call->mail}};
        int r = strings_read(request, message, call->fields, BULK_FIELDS_MOST, &call->n_fields);

        call->kind = kind;
        if (r == 0 && call->n_fields == 0)
                r = op_refuse(&request->op, BO_ERR_BAD_VALUE, "fields: name what the rows have.");
        if (r == 0)
                r = read_rows(request, call, message);
        return r == 0 ? options_read(request, message, options, kind == &bulk_users ? 3 : 2) : r;
}

static int import_users_parse(struct request *request, void *call, sd_bus_message *message)
{
        return import_parse(request, call, message, &bulk_users);
}

static int import_customers_parse(struct request *request, void *call, sd_bus_message *message)
{
        return import_parse(request, call, message, &bulk_customers);
}

static int import_locations_parse(struct request *request, void *call, sd_bus_message *message)
{
        return import_parse(request, call, message, &bulk_locations);
}

static int import_run(struct op *op, void *call)
{
        return op_bulk_import(op, call);
}

static int import_reply(void *userdata, sd_bus_message *reply)
{
        const struct bulk_import *call = userdata;
        int r = sd_bus_message_append(reply, "uu", call->created, call->unchanged);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(usss)");
        for (size_t i = 0; r >= 0 && i < call->n_remarks; i++) {
                const struct bulk_remark *remark = &call->remarks[i];

                r = sd_bus_message_append(reply, "(usss)", remark->row,
                                          remark->warning ? "warning" : "error", remark->field,
                                          remark->text);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void import_clear(void *call)
{
        bulk_import_clear(call);
}

#define EXPORT(name, parse)                                                                        \
        {                                                                                          \
                name, QUEUE_OTHER, true, sizeof(struct bulk_export), parse, export_run,            \
                        export_reply, export_clear                                                 \
        }
#define IMPORT(name, parse)                                                                        \
        {                                                                                          \
                name, QUEUE_OTHER, true, sizeof(struct bulk_import), parse, import_run,            \
                        import_reply, import_clear                                                 \
        }

static const struct method methods[] = {
        EXPORT("ExportUsers", export_users_parse),
        EXPORT("ExportCustomers", export_customers_parse),
        EXPORT("ExportLocations", export_locations_parse),
        IMPORT("ImportUsers", import_users_parse),
        IMPORT("ImportCustomers", import_customers_parse),
        IMPORT("ImportLocations", import_locations_parse),
};

int manager_on_bulk(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
