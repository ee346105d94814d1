/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes mails into the outbox. */
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/factor/seal.h"
#include "bo-accountd/store/mail.h"

#include <errno.h>
#include <string.h>

#define FIELDS_MOST 16

bool mail_reaches(const struct op *op, const struct account *account)
{
        return op->settings->mail && account->email[0];
}

/* Name and value, each with its terminating zero: what mail_fields_each() reads. */
static int put(char *out, size_t size, size_t *used, const char *name, const char *value)
{
        size_t name_size = strlen(name) + 1, value_size = value ? strlen(value) + 1 : 0;

        if (!value)
                return 0;
        if (name_size + value_size > size - *used)
                return -EMSGSIZE;
        memcpy(out + *used, name, name_size);
        memcpy(out + *used + name_size, value, value_size);
        *used += name_size + value_size;
        return 0;
}

static int encode(const struct account *account, const struct mail_fields *fields,
                  struct secret *plain, size_t *ret_used)
{
        const struct {
                const char *name, *value;
        } all[] = {
                {"user", account->name},        {"name", account->full_name},
                {"link", fields->link},         {"token", fields->token},
                {"expires", fields->expires},   {"days", fields->days},
                {"minutes", fields->minutes},   {"reason", fields->reason},
                {"address", fields->address},   {"customer", fields->customer},
                {"approval", fields->approval}, {"requester", fields->requester},
                {"approved", fields->approved}, {"rejected", fields->rejected},
                {"revoked", fields->revoked},   {"key", fields->key},
        };
        size_t used = 0;
        int r = 0;

        _Static_assert(ELEMENTS(all) <= FIELDS_MOST, "a reader knows how many there can be");
        for (size_t i = 0; r == 0 && i < ELEMENTS(all); i++)
                r = put(plain->bytes, plain->size, &used, all[i].name, all[i].value);
        *ret_used = used;
        return r;
}

int mail_queue(struct op *op, struct tx *tx, const struct account *account, enum mail_kind kind,
               const struct mail_fields *fields)
{
        static const struct mail_fields nothing = {0};
        _cleanup_(secret_freep) struct secret *plain = NULL;
        struct mail_row row = {.uid = account->uid};
        size_t used = 0;
        int r;

        if (!fields)
                fields = &nothing;
        if (!mail_reaches(op, account) && !(op->settings->mail && fields->to))
                return 0;
        plain = secret_new(MAIL_SEALED_MAX - SEAL_BYTES);
        if (!plain)
                return -ENOMEM;
        snprintf(row.kind, sizeof(row.kind), "%s", mail_kind_name(kind));
        snprintf(row.recipient, sizeof(row.recipient), "%s",
                 fields->to ? fields->to : account->email);
        r = mail_take_id(tx, &row.id);
        if (r == 0)
                r = encode(account, fields, plain, &used);
        if (r == 0)
                r = seal_close(row.sealed, plain->bytes, used, SEAL_OWNER_MAIL | (uint64_t)row.id,
                               op->keys);
        row.sealed_size = used + SEAL_BYTES;
        op->mail_queued = true;
        return r == 0 ? mail_insert(tx, &row) : r;
}
