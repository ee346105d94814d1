/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memberships as one text: what a row of users says of roles, locations and status at customers. */
#include "bo-accountd/ops/bulk_member.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const void *a, const void *b)
{
        const char *const *one = a, *const *two = b;

        return strcmp(*one, *two);
}

static int compare_members(const void *a, const void *b)
{
        const struct bulk_member *one = a, *two = b;

        return strcmp(one->member.customer, two->member.customer);
}

static int hex(char digit)
{
        static const char digits[] = "0123456789ABCDEF";
        const char *found = digit ? strchr(digits, digit) : NULL;

        return found ? (int)(found - digits) : -1;
}

/* false: not well formed, or too long. */
static bool reason_decode(char out[ACCOUNT_TEXT_SIZE], const char *text)
{
        size_t n = 0;

        for (; *text; text++) {
                int high, low;

                if (n + 1 == ACCOUNT_TEXT_SIZE)
                        return false;
                out[n++] = *text;
                if (*text != '%')
                        continue;
                high = hex(text[1]);
                low = high < 0 ? -1 : hex(text[2]);
                if (low < 0 || (high == 0 && low == 0))
                        return false;
                out[n - 1] = (char)(high * 16 + low);
                text += 2;
        }
        out[n] = '\0';
        return true;
}

static void reason_print(FILE *stream, const char *reason)
{
        for (; *reason; reason++) {
                unsigned char byte = (unsigned char)*reason;

                if (byte > ' ' && byte < 0x7f && byte != '%')
                        (void)fputc(byte, stream); /* of memory, as bulk_cell() */
                else
                        (void)fprintf(stream, "%%%02X", byte);
        }
}

/* "a,b" into sorted words. */
static int split(struct op *op, char *text, const char **words, size_t most, size_t *ret_n)
{
        size_t n = 0;

        for (char *word; (word = strsep(&text, ",")) != NULL;) {
                if (!*word)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "has an empty name between commas.");
                if (n == most)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "has more than %zu names.", most);
                words[n++] = word;
        }
        qsort(words, n, sizeof(*words), compare_texts);
        for (size_t i = 1; i < n; i++)
                if (strcmp(words[i - 1], words[i]) == 0)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "has \"%.64s\" twice.", words[i]);
        *ret_n = n;
        return 0;
}

/* The rest of @text behind the first of @marks in it, which is cut off; NULL: there is none. */
static char *cut(char *text, const char *marks, char *ret_mark)
{
        char *at = strpbrk(text, marks);

        *ret_mark = at ? *at : '\0';
        if (at)
                *at++ = '\0';
        return at;
}

static int parse_one(struct op *op, char *text, struct bulk_member *member)
{
        struct new_member *to = &member->member;
        char mark, *reason = cut(text, "!~", &mark), none;
        char *locations = cut(text, "@", &none), *roles = cut(text, ":", &none);
        int r = 0;

        to->customer = text;
        member->disabled = reason != NULL;
        member->by_customer = mark == '~';
        if (reason && !reason_decode(member->reason, reason))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "the reason at %.32s: at most %d bytes, and %%XX for what is no "
                                 "plain letter.",
                                 text, ACCOUNT_TEXT_SIZE - 1);
        if (member->reason[0] && !name_is_gecos(member->reason))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "the reason at %.32s: no ':' ',' or control character.", text);
        if (roles)
                r = split(op, roles, to->roles, ROLES_MOST, &to->n_roles);
        to->restricted = locations != NULL;
        if (r == 0 && locations && *locations)
                r = split(op, locations, to->locations, LOCATIONS_MOST, &to->n_locations);
        return r;
}

/* By their customers, none of which may come twice. */
static int sort(struct op *op, struct bulk_members *members)
{
        if (members->n > 0)
                qsort(members->rows, members->n, sizeof(members->rows[0]), compare_members);
        for (size_t i = 1; i < members->n; i++)
                if (compare_members(&members->rows[i - 1], &members->rows[i]) == 0)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "has the customer %.32s twice.",
                                         members->rows[i].member.customer);
        return 0;
}

int bulk_members_parse(struct op *op, const char *text, struct bulk_members *ret_members)
{
        struct bulk_members *members = ret_members;
        _cleanup_(freep) char **words = NULL;
        size_t n = 0;
        int r;

        members->text = strdup(text);
        if (!members->text)
                return -ENOMEM;
        r = bulk_words(members->text, &words, &n);
        if (r == 0)
                members->rows = calloc(n + 1, sizeof(*members->rows));
        if (r == 0 && !members->rows)
                r = -ENOMEM;
        for (size_t i = 0; r == 0 && i < n; i++)
                r = parse_one(op, words[i], &members->rows[i]);
        if (r != 0)
                return r;
        members->n = n;
        return sort(op, members);
}

static void mark_print(FILE *stream, bool disabled, bool by_customer, const char *reason)
{
        if (disabled)
                (void)fputc(by_customer ? '~' : '!', stream); /* of memory, as bulk_cell() */
        reason_print(stream, reason);
}

static void names_print(FILE *stream, char mark, const char *const *names, size_t n)
{
        for (size_t i = 0; i < n; i++)
                (void)fprintf(stream, "%c%s", i ? ',' : mark, names[i]);
}

void bulk_members_print(FILE *stream, const struct bulk_members *members)
{
        for (size_t i = 0; i < members->n; i++) {
                const struct bulk_member *row = &members->rows[i];
                const struct new_member *member = &row->member;

                (void)fprintf(stream, "%s%s", i ? " " : "", member->customer);
                names_print(stream, ':', member->roles, member->n_roles);
                if (member->restricted && member->n_locations == 0)
                        (void)fputc('@', stream);
                names_print(stream, '@', member->locations, member->n_locations);
                mark_print(stream, row->disabled, row->by_customer, row->reason);
        }
        bulk_cell(stream, "");
}

/* What the store has of one user: a row for each role and for each place, in the order of
 * customers; at least one role, which may be empty, for each membership. */
struct stored {
        struct member_role *roles;
        struct member_location *places;
        size_t n_roles, n_places;
};

static void stored_clear(struct stored *stored)
{
        free(stored->roles);
        free(stored->places);
}

/* The places at @customer, from *@at on: that of an earlier customer are passed over. */
static void places_print(FILE *stream, const struct stored *stored, const char *customer,
                         size_t *at)
{
        char mark = '@';

        while (*at < stored->n_places && strcmp(stored->places[*at].customer, customer) < 0)
                (*at)++;
        for (; *at < stored->n_places && strcmp(stored->places[*at].customer, customer) == 0;
             (*at)++, mark = ',')
                (void)fprintf(stream, "%c%s", mark, stored->places[*at].location);
}

/* The membership of which @first is the first role; behind its last one is the next. */
static size_t stored_print_one(FILE *stream, const struct stored *stored, size_t first,
                               size_t *place)
{
        const struct member_role *row = &stored->roles[first];
        size_t i = first;
        char mark = ':';

        (void)fputs(row->customer, stream);
        for (; i < stored->n_roles && strcmp(stored->roles[i].customer, row->customer) == 0;
             i++, mark = ',')
                if (stored->roles[i].role[0])
                        (void)fprintf(stream, "%c%s", mark, stored->roles[i].role);
        places_print(stream, stored, row->customer, place);
        mark_print(stream, row->disabled, !row->disabled_by_operator, row->disabled_reason);
        return i;
}

static void stored_print(FILE *stream, const struct stored *stored, const char *customer)
{
        const char *between = "";
        size_t place = 0;

        for (size_t i = 0; i < stored->n_roles;) {
                if (customer && strcmp(stored->roles[i].customer, customer) != 0) {
                        i++;
                        continue;
                }
                (void)fputs(between, stream);
                i = stored_print_one(stream, stored, i, &place);
                between = " ";
        }
        bulk_cell(stream, "");
}

int bulk_members_print_stored(struct op *op, FILE *stream, uint32_t uid, const char *customer)
{
        _cleanup_(stored_clear) struct stored stored = {0};
        int r = member_roles(op->store, uid, &stored.roles, &stored.n_roles);

        if (r == 0)
                r = member_locations(op->store, uid, &stored.places, &stored.n_places);
        if (r == 0)
                stored_print(stream, &stored, customer);
        return r;
}

void bulk_members_clear(struct bulk_members *members)
{
        free(members->rows);
        free(members->text);
}
