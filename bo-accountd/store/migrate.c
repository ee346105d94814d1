/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brings the schema up to date, one numbered file at a time. */
#include "bo-accountd/store/migrate.h"

#include <string.h>

static const struct {
        const char *name, *script;
} migrations[] = {
#include "migrations.inc"
};

/* What SQL alone cannot do, after the script of that name. */
static const struct {
        const char *name;
        int (*complete)(struct store *store);
} completions[] = {
        {"0004-audit.sql", audit_found},
        {"0009-search.sql", account_index_found},
        {"0017-sealing-keys.sql", sealing_key_found},
};

int migrate_newest(void)
{
        return (int)ELEMENTS(migrations);
}

static int version_load(struct store *store, int *ret_version)
{
        int64_t version;
        int r = store_query_int(store, &version, "SELECT version FROM schema", SQL_NONE);

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_version = r < 0 ? 0 : (int)version;
        return 0;
}

static int version_save(struct store *store, int version)
{
        int r = store_run(store,
                          version == 1 ? "INSERT INTO schema (version) VALUES ($1)"
                                       : "UPDATE schema SET version = $1",
                          SQL_VALUES(sql_int(version)));

        return store_changed(r, -EIO);
}

static int apply(struct store *store, int index)
{
        int r = store->sql->driver->script(store->sql, migrations[index].script);

        for (size_t i = 0; r == 0 && i < ELEMENTS(completions); i++)
                if (strcmp(migrations[index].name, completions[i].name) == 0)
                        r = completions[i].complete(store);
        return r < 0 ? r : version_save(store, index + 1);
}

/* Looks again within the transaction: another worker or daemon may have been quicker. */
static int step(struct store *store, int from)
{
        const struct sql_driver *driver = store->sql->driver;
        int now, r = driver->begin(store->sql, SQL_WRITE);

        if (r < 0)
                return r;
        r = version_load(store, &now);
        if (r == 0 && now == from)
                r = apply(store, from);
        if (r == 0)
                r = driver->commit(store->sql);
        if (r < 0)
                driver->rollback(store->sql);
        return r;
}

int migrate_to(struct store *store, int version)
{
        int now, r = version_load(store, &now);

        while (r == 0 && now < version) {
                r = step(store, now);
                if (r == 0)
                        r = version_load(store, &now);
        }
        if (r < 0)
                return r;
        return now > migrate_newest() ? -EPROTONOSUPPORT : 0;
}

int store_migrate(struct store *store)
{
        /* Does nothing, and writes nothing, where it is there. */
        int r = store->sql->driver->script(
                store->sql, "CREATE TABLE IF NOT EXISTS schema (version {int} NOT NULL) {strict}");

        return r < 0 ? r : migrate_to(store, migrate_newest());
}
