/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names for new users and new names for old ones: made by bo, or wished and to be had or not. */
#include "bo-accountd/ops/new_name.h"

#include "bo-accountd/policy/generated_name.h"
#include "bo-accountd/policy/mailbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sodium.h>

#define NSS_TEXT_SIZE 16384
#define DRAWS_MOST    32 /* of 2^35 names: a second one is rare already */

/* What is too long to be told is there. */
static int verdict(int r, bool found)
{
        return r == ERANGE ? 1 : r == 0 || r == ENOENT || r == ESRCH ? found : -r;
}

int nss_knows_name(const char *name)
{
        char text[NSS_TEXT_SIZE];
        struct passwd passwd, *user = NULL;
        struct group group, *found = NULL;
        int r = getpwnam_r(name, &passwd, text, sizeof(text), &user);

        if (r == 0 && !user)
                r = getgrnam_r(name, &group, text, sizeof(text), &found);
        return verdict(r, user || found);
}

int nss_knows_id(uint32_t id)
{
        char text[NSS_TEXT_SIZE];
        struct passwd passwd, *user = NULL;
        struct group group, *found = NULL;
        int r = getpwuid_r(id, &passwd, text, sizeof(text), &user);

        if (r == 0 && !user)
                r = getgrgid_r(id, &group, text, sizeof(text), &found);
        return verdict(r, user || found);
}

int new_name_check(struct op *op, const char *name)
{
        int used = account_name_used(op->store, name);
        int known =
                nss_knows_name(name); /* as long for those in use: who asks may not know (R49) */

        if (used != 0)
                return used < 0 ? used : BO_ERR_NAME_TAKEN;
        return known > 0 ? BO_ERR_NAME_FOREIGN : known;
}

int new_name_generate(struct op *op, char out[NAME_MAX_BYTES + 1])
{
        int r = BO_ERR_NAME_TAKEN;

        _Static_assert(GENERATED_NAME_SIZE <= NAME_MAX_BYTES + 1, "it is a name");
        for (int i = 0; r > 0 && i < DRAWS_MOST; i++) {
                generated_name(out, randombytes_uniform);
                r = new_name_check(op, out);
        }
        return r;
}

int new_name_check_mailbox(struct op *op, const char *email)
{
        if (!op->settings->refuse_group_mailboxes || !mailbox_is_group(email))
                return 0;
        return op_refuse(op, BO_ERR_BAD_NAME,
                         "%.128s looks like the mailbox of a group; a login is one person's.",
                         email);
}
