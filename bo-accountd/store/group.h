/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unix groups of roles (bo-ROLE), customers (bo-c-ID) and locations (bo-l-ID), and what NSS must be
 * told anew. */
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
        char host[CUSTOMER_ID_SIZE]; /* the customer that the base was written for, or "" */
};
int nss_state(struct store *store, struct nss_state *ret_state);
/* The base now holds @generation, as a host sees it that is bound to customer @host (Customer=; "":
 * to none): forgets the notes up to it. */
int nss_base_written(struct tx *tx, uint64_t generation, const char *host);

struct nss_user {
        uint32_t uid;
        bool absent; /* not to be found on this host: no active member of its customer */
        const char *name, *gecos, *home, *shell;
        const char *const *retired_names; /* names he had before, now dead */
        size_t n_retired_names;
        const uint32_t *gids; /* of the customer that he acts for alone (R50) */
        size_t n_gids;
};
struct nss_group {
        uint32_t gid;
        const char *name;
        /* Those of whose gids this one is, so that who goes by names (pam_wheel) and who goes by
         * getgrouplist() agree; none if more than members_max hold it at all. */
        const char *const *members;
        size_t n_members;
};
/*
 * Everything (@since = 0), or what was noted after generation @since, in the order of numbers and
 * without holding it in memory. API users are in it as well: their files need an owner. Called
 * within a tx_begin_read(), users, groups and nss_state() are of one moment. @host: as above; then
 * there are no groups of other customers, and others are told as absent.
 */
int nss_each_user(struct store *store, uint64_t since, const char *host,
                  int (*each)(void *userdata, const struct nss_user *user), void *userdata);
int nss_each_group(struct store *store, uint64_t since, const char *host, uint32_t members_max,
                   int (*each)(void *userdata, const struct nss_group *group), void *userdata);
