/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memberships as one text: what a row of users says of roles, locations and status at customers. */
#include "bo-accountd/ops/bulk_member.h"

#include <errno.h>
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

int bulk_members_parse(struct op *op, const char *text, struct bulk_members *ret_members)
{
        struct bulk_members *members = ret_members;
        char *words[BULK_MEMBERS_MOST];
        size_t n = 0;
        int r;

        members->text = strdup(text);
        if (!members->text)
                return -ENOMEM;
        r = bulk_words(op, members->text, words, BULK_MEMBERS_MOST, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                members->rows[i] = (struct bulk_member){0};
                r = parse_one(op, words[i], &members->rows[i]);
        }
        if (r != 0)
                return r;
        members->n = n;
        qsort(members->rows, n, sizeof(members->rows[0]), compare_members);
        for (size_t i = 1; i < n; i++)
                if (compare_members(&members->rows[i - 1], &members->rows[i]) == 0)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "has the customer %.32s twice.",
                                         members->rows[i].member.customer);
        return 0;
}

static int add_role(struct bulk_members *members, const struct member_role *row)
{
        struct bulk_member *last = members->n ? &members->rows[members->n - 1] : NULL;

        if (!last || strcmp(last->member.customer, row->customer) != 0) {
                if (members->n == BULK_MEMBERS_MOST)
                        return -E2BIG;
                last = &members->rows[members->n++];
                *last = (struct bulk_member){
                        .member.customer = row->customer,
                        .disabled = row->disabled,
                        .by_customer = row->disabled && !row->disabled_by_operator,
                };
                memcpy(last->reason, row->disabled_reason, sizeof(last->reason));
        }
        if (!row->role[0])
                return 0;
        if (last->member.n_roles == ROLES_MOST)
                return -E2BIG;
        last->member.roles[last->member.n_roles++] = row->role;
        return 0;
}

static int add_place(struct bulk_members *members, const struct member_location *row)
{
        for (size_t i = 0; i < members->n; i++) {
                struct new_member *member = &members->rows[i].member;

                if (strcmp(member->customer, row->customer) != 0)
                        continue;
                member->restricted = true;
                if (row->location[0] && member->n_locations == LOCATIONS_MOST)
                        return -E2BIG;
                if (row->location[0])
                        member->locations[member->n_locations++] = row->location;
        }
        return 0;
}

int bulk_members_load(struct op *op, uint32_t uid, const char *customer,
                      struct bulk_members *ret_members)
{
        struct bulk_members *members = ret_members;
        size_t n_roles = 0, n_places = 0;
        int r = member_roles(op->store, uid, &members->roles, &n_roles);

        if (r == 0)
                r = member_locations(op->store, uid, &members->places, &n_places);
        for (size_t i = 0; r == 0 && i < n_roles; i++)
                if (!customer || strcmp(members->roles[i].customer, customer) == 0)
                        r = add_role(members, &members->roles[i]);
        for (size_t i = 0; r == 0 && i < n_places; i++)
                r = add_place(members, &members->places[i]);
        return r;
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
                if (row->disabled)
                        (void)fputc(row->by_customer ? '~' : '!', stream);
                reason_print(stream, row->reason);
        }
        bulk_cell(stream, "");
}

void bulk_members_clear(struct bulk_members *members)
{
        free(members->text);
        free(members->roles);
        free(members->places);
        members->text = NULL;
        members->roles = NULL;
        members->places = NULL;
        members->n = 0;
}
