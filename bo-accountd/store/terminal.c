/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which location a terminal is bound to (R27, R31). */
#include "bo-accountd/store/terminal.h"

#include "bo-accountd/store/store_private.h"

static int insert(struct tx *tx, const struct location *location, const struct terminal *terminal)
{
        unsigned char key[NETWORK_KEY_SIZE];
        bool network = terminal->kind == TERMINAL_NETWORK;
        int r;

        network_key(key, &terminal->network);
        r = store_run(tx->store,
                      "INSERT INTO terminal (customer, kind, host, value, location, network)"
                      " VALUES ($1, $2, $3, $4, $5, $6)"
                      " ON CONFLICT (customer, kind, host, value) DO NOTHING",
                      SQL_VALUES(sql_text(location->customer), sql_int(terminal->kind),
                                 sql_text(terminal->host), sql_text(terminal->value),
                                 sql_text(location->id), sql_blob(key, network ? sizeof(key) : 0)));
        return store_changed(r, BO_ERR_TERMINAL_TAKEN);
}

int terminal_bind(struct tx *tx, const char *location, const struct terminal *terminal)
{
        struct location found;
        int r = location_load(tx->store, location, &found);

        return r != 0 ? r : insert(tx, &found, terminal);
}

static int delete (struct tx *tx, const struct location *location, const struct terminal *terminal)
{
        int r = store_run(tx->store,
                          "DELETE FROM terminal WHERE customer = $1 AND kind = $2 AND host = $3"
                          " AND value = $4 AND location = $5",
                          SQL_VALUES(sql_text(location->customer), sql_int(terminal->kind),
                                     sql_text(terminal->host), sql_text(terminal->value),
                                     sql_text(location->id)));

        return store_changed(r, BO_ERR_NO_SUCH_TERMINAL);
}

int terminal_unbind(struct tx *tx, const char *location, const struct terminal *terminal)
{
        struct location found;
        int r = location_load(tx->store, location, &found);

        return r != 0 ? r : delete (tx, &found, terminal);
}

int terminal_list(struct store *store, const char *location,
                  int (*each)(void *userdata, const struct terminal *terminal), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT kind, host, value FROM terminal WHERE location = $1"
                            " ORDER BY kind, host, network, value",
                            SQL_VALUES(sql_text(location)));

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct terminal terminal = {.kind = (enum terminal_kind)sql_get_int(rows, 0)};

                sql_copy_text(rows, 1, terminal.host, sizeof(terminal.host));
                sql_copy_text(rows, 2, terminal.value, sizeof(terminal.value));
                r = each(userdata, &terminal);
        }
        return r;
}

static int find_exact(struct store *store, const char *customer, const struct terminal *terminal,
                      char ret_location[LOCATION_ID_SIZE])
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT location FROM terminal WHERE customer = $1 AND kind = $2"
                            " AND host = $3 AND value = $4",
                            SQL_VALUES(sql_text(customer), sql_int(terminal->kind),
                                       sql_text(terminal->host), sql_text(terminal->value)));

        if (r == 0)
                r = sql_next(rows);
        if (r > 0)
                sql_copy_text(rows, 0, ret_location, LOCATION_ID_SIZE);
        return r < 0 ? r : 0;
}

/* The last range at or before @network in their order: 1 and its location, 0 if there is none. */
static int find_before(struct store *store, const char *customer, const struct network *network,
                       struct network *ret_found, char ret_location[LOCATION_ID_SIZE])
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        unsigned char key[NETWORK_KEY_SIZE];
        int r;

        network_key(key, network);
        r = store_query(store, &rows,
                        "SELECT network, location FROM terminal WHERE customer = $1 AND kind = $2"
                        " AND network <= $3 ORDER BY network DESC LIMIT 1",
                        SQL_VALUES(sql_text(customer), sql_int(TERMINAL_NETWORK),
                                   sql_blob(key, sizeof(key))));
        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r;
        r = sql_copy_blob(rows, 0, key, sizeof(key));
        if (r < 0 || !network_from_key(ret_found, key, sizeof(key)))
                return -EIO;
        sql_copy_text(rows, 1, ret_location, LOCATION_ID_SIZE);
        return 1;
}

/*
 * Whatever holds @network stands before it in the order, the narrowest last. If the one before it
 * does not hold it, what does holds both: the search goes on from the narrowest range that would.
 */
static int find_network(struct store *store, const char *customer, const struct network *network,
                        char ret_location[LOCATION_ID_SIZE])
{
        struct network from = *network, found;
        int r;

        while ((r = find_before(store, customer, &from, &found, ret_location)) > 0) {
                if (network_contains(&found, network))
                        return 0;
                if (!network_common(&from, network, &found))
                        break; /* another family */
        }
        ret_location[0] = '\0';
        return r < 0 ? r : 0;
}

int terminal_find(struct store *store, const char *customer, const struct terminal *terminal,
                  char ret_location[LOCATION_ID_SIZE])
{
        ret_location[0] = '\0';
        return terminal->kind == TERMINAL_NETWORK
                       ? find_network(store, customer, &terminal->network, ret_location)
                       : find_exact(store, customer, terminal, ret_location);
}
