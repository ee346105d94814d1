/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for addresses as the tests of the store make and answer them. */
#pragma once

#include "tests/store/fixture.h"

#include "bo-accountd/store/approval.h"

#define WEEK (UINT64_C(7) * 24 * 3600 * 1000000)

struct network range(const char *text);

/* Asked for by @uid: as the store answers, and at NOON, where it has to be taken. */
int request_at(struct store *store, uint64_t now_usec, uint32_t uid, const char *customer,
               const char *text, uint64_t *ret_id);
uint64_t request(struct fixture *fixture, uint32_t uid, const char *customer, const char *text);

struct approval load_at(struct store *store, uint64_t now_usec, uint64_t id);

/* What may be done with one at NOON, each in a transaction of its own. */
int answer(struct store *store, uint64_t id, bool yes, uint32_t by);
int end_it(struct store *store, uint64_t id, uint32_t by);
int take(struct store *store, uint64_t id);

/* @address is within the approved range @id of the customer; 0: within none. */
void assert_held(struct fixture *fixture, const char *customer, const char *address, uint64_t id);
