/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists: page after page is fetched, and each is shown as it comes (R15). */
#include "boctl/listing.h"
#include "boctl/pager.h"

#define PAGE 1000

bool listing_row(struct listing *listing)
{
        if (listing->left == 0)
                return false;
        listing->left--;
        table_row(listing->table);
        return true;
}

int listing_next(struct listing *listing, char *next)
{
        free(listing->cursor);
        listing->cursor = next;
        return 0;
}

static int page_show(struct listing *listing)
{
        int r;

        listing->limit = listing->left < PAGE ? (uint32_t)listing->left : PAGE;
        r = listing->fetch(listing);
        if (r == BO_ERR_NO_SUCH_CUSTOMER && !listing->request->value[OPTION_CUSTOMER]) {
                fail("%s of all customers: only an operator may. Name one by --customer; "
                     "`boctl customer list` shows yours.",
                     listing->problem);
                return EXIT_NOT_ALLOWED;
        }
        if (r != 0)
                return fail_call(listing->request, r, "%s", listing->problem);
        pager_begin(listing->request);
        return table_flush(listing->table);
}

int listing_show(struct listing *listing)
{
        _cleanup_(table_freep) struct table *table =
                table_new(listing->request, listing->name, listing->columns, listing->n_columns);
        int r = limit_of(listing->request, UINT64_MAX, &listing->left);

        if (r != EXIT_DONE)
                return r;
        if (!table)
                return fail("Out of memory.");
        listing->table = table;
        do
                r = page_show(listing);
        while (r == EXIT_DONE && listing->cursor && listing->cursor[0] && listing->left > 0);
        listing->table = NULL;
        free(listing->cursor);
        listing->cursor = NULL;
        return r == EXIT_DONE ? table_end(table) : r;
}
