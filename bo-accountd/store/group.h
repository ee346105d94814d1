/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unix groups of roles (bo-ROLE) and customers (bo-c-ID), and what NSS must be told anew. */
#pragma once

#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store.h"

#define GROUP_NAME_SIZE 40

/* The group id of @name, made with the next free one of the range if there is none. Never reused.
 * BO_ERR_UIDS_EXHAUSTED. */
int group_ensure(struct tx *tx, const char *name, uint32_t gid_first, uint32_t gid_last,
                 uint32_t *ret_gid);

/*
 * What the NSS snapshot shows has changed: raises the generation (once a transaction), notes the
 * user and all groups he is in, or the group. The store does it itself for account_insert(),
 * account_set_full_name(), member_set_roles() (groups left and joined), customer_insert() and
 * group_ensure(); once more does no harm.
 */
int nss_touch_user(struct tx *tx, uint32_t uid);
int nss_touch_group(struct tx *tx, uint32_t gid);

struct nss_state {
        uint64_t generation; /* of the store */
        uint64_t base;       /* generation of the base file; 0: none written yet */
        uint64_t pending;    /* users and groups noted since the base; counted up to 65536 */
};
int nss_state(struct store *store, struct nss_state *ret_state);
/* The base now holds @generation: forgets the notes up to it. */
int nss_base_written(struct tx *tx, uint64_t generation);

struct nss_user {
        uint32_t uid;
        const char *name, *gecos, *home, *shell;
        const char *const *retired_names; /* names he had before, now dead */
        size_t n_retired_names;
        const uint32_t *gids;
        size_t n_gids;
};
struct nss_group {
        uint32_t gid;
        const char *name;
        const char *const *members; /* none if there are more than members_max */
        size_t n_members;
};
/*
 * Everything (@since = 0), or what was noted after generation @since, in the order of numbers and
 * without holding it in memory. API users are in it as well: their files need an owner. Called
 * within a tx_begin_read(), users, groups and nss_state() are of one moment.
 */
int nss_each_user(struct store *store, uint64_t since,
                  int (*each)(void *userdata, const struct nss_user *user), void *userdata);
int nss_each_group(struct store *store, uint64_t since, uint32_t members_max,
                   int (*each)(void *userdata, const struct nss_group *group), void *userdata);
