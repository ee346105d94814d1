/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations: made and described by the operator, seen by members of their customer (R26, R28, R31).
 */
#include "bo-accountd/ops/location.h"
#include "bo-accountd/ops/customer.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <string.h>

static int check_name(struct op *op, const char *name)
{
        return name_is_line(name, LOCATION_NAME_SIZE - 1)
                       ? 0
                       : op_refuse(op, BO_ERR_BAD_VALUE,
                                   "Name: one line of 1 to %d bytes, no control character.",
                                   LOCATION_NAME_SIZE - 1);
}

/* As one types it: with or without a scheme, nothing behind a space. */
static int check_website(struct op *op, const char *website)
{
        bool good = website[0] == '\0' || (name_is_line(website, LOCATION_WEBSITE_SIZE - 1) &&
                                           strchr(website, '.') && !strpbrk(website, " \"<>\\"));

        return good ? 0
                    : op_refuse(op, BO_ERR_BAD_VALUE,
                                "Website: as www.shop.example/utrecht, at most %d bytes.",
                                LOCATION_WEBSITE_SIZE - 1);
}

static int check_new(struct op *op, const struct location_create *call)
{
        int r;

        if (!name_is_customer_id(call->id))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Id: 1 to 32 of a-z, 0-9 and '-', beginning with a letter, not "
                                 "ending with '-'.");
        r = check_name(op, call->name);
        return r != 0 ? r : check_website(op, call->website);
}

static int record(struct op *op, struct tx *tx, const char *event, const char *customer,
                  const char *id)
{
        char detail[64];

        snprintf(detail, sizeof(detail), "location=%s", id);
        return customer_record(op, tx, event, customer, detail);
}

int location_new_insert(struct op *op, struct tx *tx, const struct location_create *call)
{
        struct location location = {0};
        int r = check_new(op, call);

        if (r != 0)
                return r;
        snprintf(location.id, sizeof(location.id), "%s", call->id);
        snprintf(location.customer, sizeof(location.customer), "%.*s", CUSTOMER_ID_SIZE - 1,
                 name_is_customer_id(call->customer) ? call->customer : "");
        snprintf(location.name, sizeof(location.name), "%s", call->name);
        snprintf(location.website, sizeof(location.website), "%s", call->website);
        r = location_insert(tx, &location);
        if (r == BO_ERR_NO_SUCH_CUSTOMER)
                return op_refuse(op, r, "There is no customer \"%.64s\".", call->customer);
        return r == 0 ? record(op, tx, "location-created", location.customer, location.id) : r;
}

int op_location_create(struct op *op, const struct location_create *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct location location;
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = location_new_insert(op, &tx, call);
        if (r == 0)
                r = location_load(op->store, call->id, &location);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                location_tell(op, OP_LOCATION_ADDED, "location-created", &location);
        return r;
}

static int search_row(void *userdata, const struct location *location)
{
        struct location_search *call = userdata;

        call->locations[call->n++] = *location;
        return 0;
}

int op_location_search(struct op *op, struct location_search *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const char *customer = call->customer[0] ? call->customer : NULL;
        struct location_filter filter = {.customer = customer,
                                         .text = call->text,
                                         .after = call->after,
                                         .limit = call->limit};
        bool restricted = false;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_READ_CUSTOMER, NULL, customer);
        if (r == 0 && !actor_is_operator(op))
                r = member_is_restricted(op->store, op->actor_uid, customer, &restricted);
        if (r == 0 && call->text[0] && !name_is_line(call->text, LOCATION_SEARCH_MOST))
                r = op_refuse(op, BO_ERR_BAD_VALUE, "text: one line of at most %d bytes.",
                              LOCATION_SEARCH_MOST);
        if (r != 0)
                return r;
        filter.member_uid = restricted ? op->actor_uid : 0;
        call->locations = calloc(call->limit, sizeof(*call->locations));
        return call->locations ? location_search(op->store, &filter, search_row, call, &call->next)
                               : -ENOMEM;
}

/* Whoever may ask for nothing at all learns no more of what is not there. */
static int no_such_location(struct op *op, struct tx *tx)
{
        int r = authorise(op, tx, ACCESS_READ_SHARED, NULL, NULL);

        return r != 0 ? r : BO_ERR_NO_SUCH_LOCATION;
}

/* A restricted member sees his own alone (R26). */
static int hide_others(struct op *op, const struct location *location)
{
        bool may = false;
        int r;

        if (actor_is_operator(op))
                return 0;
        r = member_may_at(op->store, op->actor_uid, location->customer, location->id, &may);
        return r < 0 || may ? r : BO_ERR_NO_SUCH_LOCATION;
}

static int load_readable(struct op *op, struct tx *tx, const char *id,
                         struct location *ret_location)
{
        int r = location_load(op->store, id, ret_location);

        if (r == BO_ERR_NO_SUCH_LOCATION)
                return no_such_location(op, tx);
        if (r == 0)
                r = authorise(op, tx, ACCESS_READ_CUSTOMER, NULL, ret_location->customer);
        if (r == BO_ERR_NO_SUCH_CUSTOMER)
                return BO_ERR_NO_SUCH_LOCATION;
        return r == 0 ? hide_others(op, ret_location) : r;
}

static int view_terminal(void *userdata, const struct terminal *terminal)
{
        struct location_view *view = userdata;
        struct terminal *bigger =
                reallocarray(view->terminals, view->n_terminals + 1, sizeof(*bigger));

        if (!bigger)
                return -ENOMEM;
        view->terminals = bigger;
        bigger[view->n_terminals++] = *terminal;
        return 0;
}

int op_location_view(struct op *op, const char *id, struct location_view *ret_view)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = load_readable(op, &tx, id, &ret_view->location);
        return r == 0 ? terminal_list(op->store, id, view_terminal, ret_view) : r;
}

void location_view_clear(struct location_view *view)
{
        free(view->terminals);
}

int op_location_set_details(struct op *op, const struct location_details *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct location location;
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = location_load(op->store, call->id, &location);
        if (r == 0 && call->name)
                r = check_name(op, call->name);
        if (r == 0 && call->website)
                r = check_website(op, call->website);
        if (r == 0)
                r = location_set_details(&tx, location.id, call->name ? call->name : location.name,
                                         call->website ? call->website : location.website);
        if (r == 0)
                r = record(op, &tx, "location-changed", location.customer, location.id);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                location_tell(op, OP_LOCATION_CHANGED, "location-changed", &location);
        return r;
}
