/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the list verbs share: page after page is fetched, and each is shown as it comes. */
#pragma once

#include "boctl/table.h"

struct listing {
        struct request *request;
        const char *name;    /* of the array of the rows in JSON */
        const char *problem; /* what is told when a page cannot be had */
        const struct column *columns;
        size_t n_columns;
        const void *filter;                    /* for fetch alone */
        int (*fetch)(struct listing *listing); /* adds the rows of a page; returns as libbo does */

        /* For fetch, set by listing_show(). */
        struct table *table;
        char *cursor;   /* NULL: the first page */
        uint32_t limit; /* rows of a page */
        uint64_t left;  /* rows that --limit still wants */
};

/*
 * Shows the list; EXIT_DONE, or told. A fetch reads:
 *
 *         _cleanup_(bo_mail_page_freep) struct bo_mail_page *page = NULL;
 *         int r = bo_mail_list(listing->request->bo, listing->cursor, listing->limit, &page);
 *
 *         for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++)
 *                 mail_cells(listing->table, &page->items[i]);
 *         return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
 */
int listing_show(struct listing *listing);

/* Begins a row; false: --limit wants no more. */
bool listing_row(struct listing *listing);

/* Takes the cursor of the next page, empty after the last one; returns 0. */
int listing_next(struct listing *listing, char *next);
