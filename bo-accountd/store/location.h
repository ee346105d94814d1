/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations of customers, the search among them, and the members who are restricted to some. */
#pragma once

#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store.h"

#define LOCATION_ID_SIZE      33
#define LOCATION_NAME_SIZE    129
#define LOCATION_WEBSITE_SIZE 256

struct location {
        char id[LOCATION_ID_SIZE];
        char customer[CUSTOMER_ID_SIZE];
        char name[LOCATION_NAME_SIZE];
        char website[LOCATION_WEBSITE_SIZE];
        uint64_t created_usec;
        uint32_t gid;    /* of bo-l-ID; 0: nobody was ever restricted to it */
        uint64_t number; /* its place in lists: those of a customer are together */
};

/* Ignores created_usec, gid and number. BO_ERR_LOCATION_EXISTS (at whatever customer),
 * BO_ERR_NO_SUCH_CUSTOMER. */
int location_insert(struct tx *tx, const struct location *location);
/* BO_ERR_NO_SUCH_LOCATION */
int location_load(struct store *store, const char *id, struct location *ret_location);
int location_set_details(struct tx *tx, const char *id, const char *name, const char *website);

#define LOCATION_SEARCH_MOST 64 /* bytes of a text that is searched for */
/* Rows that one call looks at at most: a page may be shorter than its limit, and not the last. */
#define LOCATION_LOOKS_MOST 1024

/*
 * Locations whose name or website contains @text, in any case of letters (R28), in the order in
 * which customers and locations were made. Never by OFFSET: a page begins after the number of the
 * last row that was looked at.
 */
struct location_filter {
        const char *customer; /* NULL or "": of all */
        const char *text;     /* NULL or "": whatever they are called */
        uint32_t member_uid;  /* not 0: those alone that he is restricted to at @customer (R26) */
        uint64_t after;       /* 0: from the first */
        uint32_t limit;
};
/* *ret_next: where the next page begins; 0: there is none. BO_ERR_NO_SUCH_CUSTOMER. */
int location_search(struct store *store, const struct location_filter *filter,
                    int (*each)(void *userdata, const struct location *location), void *userdata,
                    uint64_t *ret_next);

/* At most @limit locations after the id @after, in the order of ids; of @customer alone if it is
 * not NULL. */
int location_walk(struct store *store, const char *customer, const char *after, uint32_t limit,
                  int (*each)(void *userdata, const struct location *location), void *userdata);

/* The group bo-l-ID, made when it is first needed. BO_ERR_NO_SUCH_LOCATION, BO_ERR_UIDS_EXHAUSTED.
 */
int location_ensure_group(struct tx *tx, const char *id, uint32_t gid_first, uint32_t gid_last);

/*
 * Restricts the member to @locations, and to nothing else (R26, R29); with none at all he is
 * restricted to nowhere. Their groups must exist. NSS is noted. BO_ERR_NO_SUCH_USER if he is no
 * member of @customer, BO_ERR_NO_SUCH_LOCATION for one of another customer.
 */
int member_restrict(struct tx *tx, uint32_t uid, const char *customer, const char *const *locations,
                    size_t n_locations);
/* He may act everywhere again, and his locations are forgotten. */
int member_unrestrict(struct tx *tx, uint32_t uid, const char *customer);
/* Of one who is no member: not. */
int member_is_restricted(struct store *store, uint32_t uid, const char *customer, bool *ret);

/* May he act at @location ("": none is known) as far as locations go? Who is not restricted may
 * everywhere; who is no member, nowhere. */
int member_may_at(struct store *store, uint32_t uid, const char *customer, const char *location,
                  bool *ret);

/* One (customer, location) of a restricted member; location "" if he is restricted to none. */
struct member_location {
        char customer[CUSTOMER_ID_SIZE];
        char location[LOCATION_ID_SIZE];
};
/* All of them, ordered; *ret_rows is malloc'd. */
int member_locations(struct store *store, uint32_t uid, struct member_location **ret_rows,
                     size_t *ret_n);
/* At how many customers he is a member, invited and disabled ones too. */
int member_count(struct store *store, uint32_t uid, uint32_t *ret_n);
