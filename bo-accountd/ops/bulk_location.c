/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations as rows, with the terminals that are bound to them. */
#include "bo-accountd/ops/bulk_private.h"
#include "bo-accountd/ops/customer.h"
#include "bo-accountd/store/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ID, CUSTOMER, NAME, WEBSITE, TERMINALS };

struct bulk_location {
        struct location_create call;
        struct terminal *terminals;
        size_t n, capacity;
};

static void bulk_location_clear(struct bulk_location *location)
{
        free(location->terminals);
}

/* As terminal_list() has them. */
static int compare_terminals(const void *a, const void *b)
{
        const struct terminal *one = a, *two = b;
        unsigned char key_one[NETWORK_KEY_SIZE], key_two[NETWORK_KEY_SIZE];
        int r = (one->kind > two->kind) - (one->kind < two->kind);

        if (r == 0)
                r = strcmp(one->host, two->host);
        if (r == 0 && one->kind == TERMINAL_NETWORK) {
                network_key(key_one, &one->network);
                network_key(key_two, &two->network);
                r = memcmp(key_one, key_two, sizeof(key_one));
        }
        return r == 0 ? strcmp(one->value, two->value) : r;
}

/* KIND=VALUE, or KIND=HOST/VALUE where a kind has a host. */
static int parse_terminal(struct op *op, char *word, struct terminal *ret_terminal)
{
        struct location_terminal call = {.kind = word};
        char *value = strchr(word, '='), *slash;

        if (!value)
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "\"%.64s\": network=RANGE, tty=HOST/LINE, service=HOST/NAME or "
                                 "host=HOST.",
                                 word);
        *value++ = '\0';
        slash = strcmp(word, "tty") == 0 || strcmp(word, "service") == 0 ? strchr(value, '/')
                                                                         : NULL;
        call.value = value;
        if (slash) {
                *slash = '\0';
                call.host = value;
                call.value = slash + 1;
        }
        return location_terminal_make(op, &call, ret_terminal);
}

static int parse_terminals(struct op *op, struct bulk_row *row, struct bulk_location *location)
{
        _cleanup_(freep) char *text = strdup(bulk_text(row, TERMINALS));
        _cleanup_(freep) char **words = NULL;
        int r = text ? bulk_words(text, &words, &location->n) : -ENOMEM;

        if (r == 0)
                location->terminals = calloc(location->n + 1, sizeof(*location->terminals));
        if (r == 0 && !location->terminals)
                r = -ENOMEM;
        for (size_t i = 0; r == 0 && i < location->n; i++)
                r = parse_terminal(op, words[i], &location->terminals[i]);
        if (r == 0)
                qsort(location->terminals, location->n, sizeof(location->terminals[0]),
                      compare_terminals);
        return r;
}

static int parse(struct op *op, struct bulk_row *row, struct bulk_location *location)
{
        struct location_create *call = &location->call;

        call->customer = bulk_text(row, CUSTOMER);
        call->name = bulk_text(row, NAME);
        call->website = bulk_text(row, WEBSITE);
        call->id = bulk_text(row, ID);
        return parse_terminals(op, row, location);
}

static void print(FILE *stream, const struct location_create *location,
                  const struct terminal *terminals, size_t n)
{
        bulk_cell(stream, location->id);
        bulk_cell(stream, location->customer);
        bulk_cell(stream, location->name);
        bulk_cell(stream, location->website);
        for (size_t i = 0; i < n; i++)
                (void)fprintf(stream, "%s%s=%s%s%s", i ? " " : "",
                              terminal_kind_name(terminals[i].kind), terminals[i].host,
                              terminals[i].host[0] ? "/" : "", terminals[i].value);
        bulk_cell(stream, "");
}

static int add_terminal(void *userdata, const struct terminal *terminal)
{
        struct bulk_location *location = userdata;
        int r = list_grow(&location->terminals, location->n, &location->capacity,
                          sizeof(*location->terminals));

        if (r == 0)
                location->terminals[location->n++] = *terminal;
        return r;
}

static int print_stored(struct op *op, FILE *stream, const struct location *location)
{
        _cleanup_(bulk_location_clear) struct bulk_location there = {0};
        int r = terminal_list(op->store, location->id, add_terminal, &there);

        there.call = (struct location_create){.id = location->id,
                                              .customer = location->customer,
                                              .name = location->name,
                                              .website = location->website};
        if (r == 0)
                print(stream, &there.call, there.terminals, there.n);
        return r;
}

static int compare(struct op *op, struct bulk_row *row, const struct location *is,
                   const struct bulk_location *wanted)
{
        _cleanup_(bulk_cells_clear) struct bulk_cells there = {0}, wants = {0};
        int r = bulk_cells_begin(&there);

        if (r == 0)
                r = bulk_cells_begin(&wants);
        if (r == 0)
                r = print_stored(op, there.stream, is);
        if (r != 0)
                return r;
        print(wants.stream, &wanted->call, wanted->terminals, wanted->n);
        r = bulk_cells_end(&there);
        if (r == 0)
                r = bulk_cells_end(&wants);
        return r == 0 ? bulk_compare(op, row, &there, &wants) : r;
}

/* Which of the fields that are judged together a refusal is about. */
static const char *field_of(const struct op *op, int r)
{
        return r == BO_ERR_NO_SUCH_CUSTOMER               ? "customer"
               : strncmp(op->message, "Name:", 5) == 0    ? "name"
               : strncmp(op->message, "Website:", 8) == 0 ? "website"
                                                          : "id";
}

static int create(struct op *op, struct tx *tx, struct bulk_row *row,
                  const struct bulk_location *location)
{
        struct op_signal *signal;
        struct location fresh;
        int r = location_new_insert(op, tx, &location->call);

        if (r != 0) {
                row->field = field_of(op, r);
                return r;
        }
        (void)bulk_text(row, TERMINALS); /* what is looked at */
        r = location_load(op->store, location->call.id, &fresh);
        for (size_t i = 0; r == 0 && i < location->n; i++)
                r = location_terminal_change(op, tx, &fresh, &location->terminals[i], true);
        if (r != 0)
                return r;
        signal = op_signal(op, OP_LOCATION_ADDED, NULL);
        snprintf(signal->one, sizeof(signal->one), "%s", fresh.customer);
        snprintf(signal->two, sizeof(signal->two), "%s", fresh.id);
        return 0;
}

static int put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        _cleanup_(bulk_location_clear) struct bulk_location location = {0};
        struct location is;
        int r = parse(op, row, &location);

        if (r == 0)
                r = location_load(op->store, location.call.id, &is);
        if (r == 0)
                return compare(op, row, &is, &location);
        return r == BO_ERR_NO_SUCH_LOCATION ? create(op, tx, row, &location) : r;
}

struct reading {
        struct op *op;
        struct bulk_export *call;
};

static int read_one(void *userdata, const struct location *location)
{
        struct reading *reading = userdata;
        struct bulk_export *call = reading->call;
        bool full = ++call->n_rows == call->limit;
        int r = print_stored(reading->op, call->stream, location);

        full |= bulk_page_is_full(call);
        if (full)
                snprintf(call->next, sizeof(call->next), "%s", location->id);
        return r == 0 && full ? 1 : r;
}

static int read_page(struct op *op, struct bulk_export *call)
{
        struct reading reading = {.op = op, .call = call};

        int r = location_walk(op->store, call->customer, call->cursor, call->limit, read_one,
                              &reading);

        return r < 0 ? r : 0; /* 1: the page is full */
}

static const char *const fields[] = {
        [ID] = "id",           [CUSTOMER] = "customer",   [NAME] = "name",
        [WEBSITE] = "website", [TERMINALS] = "terminals",
};

const struct bulk_kind bulk_locations = {
        .name = "locations",
        .fields = fields,
        .n_fields = ELEMENTS(fields),
        .read = read_page,
        .put = put,
};
