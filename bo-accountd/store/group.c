/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unix groups: each name keeps its number for ever. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

static int load(struct tx *tx, const char *name, uint32_t *ret_gid)
{
        int64_t gid;
        int r = store_query_int(tx->store, &gid, "SELECT gid FROM unix_group WHERE name = $1",
                                SQL_VALUES(sql_text(name)));

        if (r == 0)
                *ret_gid = (uint32_t)gid;
        return r;
}

static int insert(struct tx *tx, const char *name, uint32_t gid)
{
        return store_done(store_run(tx->store, "INSERT INTO unix_group (gid, name) VALUES ($1, $2)",
                                    SQL_VALUES(sql_int(gid), sql_text(name))));
}

int group_ensure(struct tx *tx, const char *name, uint32_t gid_first, uint32_t gid_last,
                 uint32_t *ret_gid)
{
        uint32_t gid;
        int r;

        if (strlen(name) >= GROUP_NAME_SIZE)
                return -EINVAL;
        r = load(tx, name, ret_gid);
        if (r != -ENODATA)
                return r;
        r = counter_take(tx, "gid", gid_first, gid_last, &gid);
        if (r == 0)
                r = insert(tx, name, gid);
        if (r == 0)
                r = nss_touch_group(tx, gid);
        if (r != 0)
                return r;
        *ret_gid = gid;
        return 0;
}
