/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every statement finds its rows by an index: cost does not grow with the number of users. */
#pragma once

#include "tests/store/fixture.h"

/* Fresh connections, reader and writer, whose statements are heard; what opening them took is none
 * of our business. */
void start_listening(struct fixture *fixture);

/* Of @n_expected statements at least: a test that heard none would prove nothing. */
void check_heard(struct fixture *fixture, size_t n_expected);

/* The same, where all members of a customer must not be walked through for one of them. */
void check_heard_for_one_member(struct fixture *fixture, size_t n_expected);

/* So many statements were heard, and no more. */
void check_heard_count(size_t n_expected);
/* They were run so many times at most, together. */
void check_heard_runs(size_t n_most);
