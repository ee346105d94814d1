/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The use cases of locations and terminals, and of members who are restricted to some. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/location.h"
#include "bo-accountd/store/terminal.h"

#define LOCATIONS_MOST 100 /* that one member can be restricted to */

/* Arguments point into memory of the request. Results are written on 0. */

struct location_create {
        const char *id, *customer, *name, *website;
};
int op_location_create(struct op *op, const struct location_create *call);

struct location_search {
        const char *customer; /* "": of all, for the operator */
        const char *text;     /* part of name or website; "": all */
        uint64_t after;
        uint32_t limit;
        struct location *locations; /* results */
        size_t n;
        uint64_t next; /* 0: the end */
};
int op_location_search(struct op *op, struct location_search *call);

struct location_view {
        struct location location;
        struct terminal *terminals;
        size_t n_terminals;
};
void location_view_clear(struct location_view *view);
int op_location_view(struct op *op, const char *id, struct location_view *ret_view);

struct location_details {
        const char *id;
        const char *name, *website; /* NULL: stays */
};
int op_location_set_details(struct op *op, const struct location_details *call);

struct location_terminal {
        const char *id, *kind, *value;
        const char *host; /* NULL: this one, where a kind has a host */
};
int op_location_add_terminal(struct op *op, const struct location_terminal *call);
int op_location_remove_terminal(struct op *op, const struct location_terminal *call);

struct user_locations {
        uint32_t uid;
        const char *customer;
        const char *locations[LOCATIONS_MOST];
        size_t n_locations;
        bool everywhere; /* the restriction is lifted */
};
int op_user_set_locations(struct op *op, const struct user_locations *call);

/*
 * Restricts a member in the open transaction: the locations must be the customer's, and he must be
 * somebody who can be restricted (R30, R32, R33). BO_ERR_NO_SUCH_LOCATION, BO_ERR_NEVER_RESTRICTED,
 * BO_ERR_BAD_VALUE for none.
 */
int member_restrict_checked(struct op *op, struct tx *tx, uint32_t uid, const char *customer,
                            const char *const *locations, size_t n);

/*
 * Would @roles in @customer (where he may be no member yet) go against a restriction that stands?
 * R32: an administrator is never restricted; R33: nor who has several customers. 0 or
 * BO_ERR_NEVER_RESTRICTED.
 */
int member_roles_fit(struct op *op, uint32_t uid, const char *customer, const char *const *roles,
                     size_t n);
/* The same for who becomes a member of one more customer, @restricted there or not. */
int member_joins_fit(struct op *op, uint32_t uid, const char *customer, bool restricted);
