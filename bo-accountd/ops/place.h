/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* At which location of a customer somebody acts (R26, R27). */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/location.h"

/*
 * What is known of where a request comes from. The first kind of terminal that the customer has
 * bound decides: the network that holds the address (the narrowest), the line, the service, the
 * host. Texts are NULL or "" where they are not known.
 */
struct place_query {
        const char *customer;
        const char *rhost; /* PAM_RHOST; believed as a numeric address alone */
        bool remote;       /* from another host: then an address that cannot be read is nowhere */
        const char *tty;
        const char *service; /* whose Terminal= names the host, instead of that of [Accounts] */
        /*
         * Of services that ask somebody who is in already (sudo; who runs su), which have no
         * address: he is where his newest session on this host began, and where that is open
         * nothing else is asked. 0: not looked at.
         */
        uint32_t in_already_uid;
};

/* The location, or "" if none is known. In the transaction of the caller. */
int place_find(struct op *op, const struct place_query *query, char ret_location[LOCATION_ID_SIZE]);

/* What a login or session of a customer's member shows of its place. */
struct session;
struct place_query place_of_session(const char *customer, const struct session *session);

/*
 * May @uid act at the place of @query, as far as locations go (R26)? Who is not restricted may
 * everywhere. Where he is restricted at the customer and the place is not known, he may not. 0 or
 * BO_ERR_WRONG_PLACE.
 */
int place_admits(struct op *op, uint32_t uid, const struct place_query *query);
