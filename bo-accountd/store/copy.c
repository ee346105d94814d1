/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies for backups, and what is asked of one that comes back. */
#include "bo-accountd/store/copy.h"

#include "bo-accountd/store/audit_chain.h"
#include "bo-accountd/store/migrate.h"
#include "common/clock.h"

#include <string.h>

int store_copy(struct store *store, const char *to, const struct copy_watch *watch,
               struct copy_facts *ret_facts)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct copy_facts facts = {0};
        struct audit_head head = {0};
        int r = tx_begin_read(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = store_schema(store, &facts.schema);
        if (r == 0)
                r = audit_head_load(store, &head);
        if (r > 0)
                r = -EIO;
        if (r == 0)
                r = store->sql->driver->copy(store->sql, to, watch);
        tx_end(&tx); /* the log grows as long as somebody reads what it was */
        if (r == 0)
                r = store->sql->driver->examine_copy(to, watch);
        if (r < 0)
                return r;
        facts.sequence = head.sequence;
        *ret_facts = facts;
        return 0;
}

int store_open_copy(struct store **ret_store, const char *path, const struct keys *keys)
{
        _cleanup_(store_closep) struct store *store = calloc(1, sizeof(*store));
        int r;

        if (!store)
                return -ENOMEM;
        store->keys = keys;
        r = access(path, F_OK) < 0 ? -errno : writer_ref(&store->writer, path);
        if (r == 0)
                r = sql_sqlite.open(&store->reader, path);
        if (r < 0)
                return r;
        store->sql = store->reader;
        store->in_tx = true; /* so it is never opened anew, which would bring it up to date */
        *ret_store = TAKE_PTR(store);
        return 0;
}

int store_examine(struct store *store)
{
        return store->sql->driver->examine(store->sql);
}

int store_schema(struct store *store, uint32_t *ret_schema)
{
        int64_t version;
        int r = store_query_int(store, &version, "SELECT version FROM schema", SQL_NONE);

        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        if (version < 1)
                return -EIO;
        if (version > migrate_newest())
                return -EPROTONOSUPPORT;
        *ret_schema = (uint32_t)version;
        return 0;
}

int audit_end_load(struct store *store, struct audit_end *ret_end)
{
        struct audit_head head;
        int r = audit_head_load(store, &head);

        if (r != 0)
                return r;
        ret_end->sequence = head.sequence;
        memcpy(ret_end->hash, head.hash, sizeof(head.hash));
        return 0;
}

int audit_holds(struct store *store, const struct audit_end *end, bool *ret_holds)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        unsigned char hash[KEYED_HASH_BYTES];
        int r = store_query(store, &rows, "SELECT hash FROM audit WHERE sequence = $1",
                            SQL_VALUES(sql_u64(end->sequence)));

        if (r == 0)
                r = sql_next(rows);
        if (r < 0)
                return r;
        *ret_holds =
                end->sequence == 0 || (r > 0 && sql_copy_blob(rows, 0, hash, sizeof(hash)) == 0 &&
                                       memcmp(hash, end->hash, sizeof(hash)) == 0);
        return 0;
}
