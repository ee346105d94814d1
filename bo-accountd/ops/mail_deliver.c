/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox for who delivers it: mails are taken, and told of what became of them. */
#include "bo-accountd/ops/mail_deliver.h"

#include "bo-accountd/factor/seal.h"
#include "bo-accountd/policy/mail_retry.h"
#include "bo-accountd/store/audit.h"
#include "common/text.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#define DELIVERER "bo-maild"

static bool uid_of_deliverer(uid_t *ret_uid)
{
        struct passwd entry, *found = NULL;
        char strings[4096];

        if (getpwnam_r(DELIVERER, &entry, strings, sizeof(strings), &found) != 0 || !found)
                return false;
        *ret_uid = found->pw_uid;
        return true;
}

/* A user of bo is never the deliverer, not even one who was given that name before the package
 * came: he would read everybody's links. */
static int may_deliver(struct op *op, struct tx *tx)
{
        struct account account;
        uid_t uid = 0;
        int r;

        if (op->actor_uid == 0)
                return 0;
        if (!uid_of_deliverer(&uid) || uid != op->actor_uid)
                return BO_ERR_NOT_ALLOWED;
        r = account_by_uid(tx->store, op->actor_uid, &account);
        if (r == 0)
                return BO_ERR_NOT_ALLOWED;
        return r == BO_ERR_NO_SUCH_USER ? 0 : r;
}

int mail_fields_each(const struct secret *fields,
                     int (*each)(void *userdata, const char *name, const char *value),
                     void *userdata)
{
        const char *at = fields->bytes, *end = fields->bytes + fields->size;
        int r = 0;

        while (r == 0 && at < end) {
                const char *name = at, *value = name + strlen(name) + 1;

                if (value >= end)
                        return -EBADMSG;
                r = each(userdata, name, value);
                at = value + strlen(value) + 1;
        }
        return r;
}

/* Of the mail and of this store, whose key nobody else has. */
static void message_id(char out[MAIL_MESSAGE_ID_SIZE], int64_t id, const struct keys *keys)
{
        static const char of_mails[] = "Message-ID";
        unsigned char hash[KEYED_HASH_BYTES];

        keys_hash(hash, keys->cursor, of_mails, sizeof(of_mails));
        snprintf(out, MAIL_MESSAGE_ID_SIZE, "%" PRId64 ".%02x%02x%02x%02x%02x%02x%02x%02x", id,
                 hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
}

struct collection {
        struct op *op;
        struct mail_taking *call;
        int64_t spoilt[MAIL_TAKE_MOST]; /* what cannot be opened */
        size_t n_spoilt;
};

static int collect(void *userdata, const struct mail_row *row)
{
        struct collection *collection = userdata;
        struct mail_taking *call = collection->call;
        struct mail_taken *mail = &call->mails[call->n];
        int r = seal_open(&mail->fields, row->sealed, row->sealed_size,
                          SEAL_OWNER_MAIL | (uint64_t)row->id, collection->op->keys);

        if (r == -EBADMSG) {
                collection->spoilt[collection->n_spoilt++] = row->id;
                return 0;
        }
        if (r < 0)
                return r;
        call->n++;
        mail->id = row->id;
        mail->queued_usec = row->queued_usec;
        mail->attempts = row->attempts;
        snprintf(mail->kind, sizeof(mail->kind), "%s", row->kind);
        snprintf(mail->recipient, sizeof(mail->recipient), "%s", row->recipient);
        message_id(mail->message_id, row->id, collection->op->keys);
        return 0;
}

static int look(struct op *op, struct collection *collection)
{
        struct mail_taking *call = collection->call;
        _cleanup_(tx_end) struct tx tx = {0};
        uint64_t due_usec = 0;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = may_deliver(op, &tx);
        if (r == 0)
                r = mail_due(op->store, tx.now_usec, call->limit, collect, collection);
        if (r == 0 && call->n == 0)
                r = mail_next_due(op->store, &due_usec);
        if (r == 0)
                call->wait_usec = due_usec > tx.now_usec ? due_usec - tx.now_usec : 0;
        return r;
}

void mail_taking_clear(struct mail_taking *call)
{
        for (size_t i = 0; i < call->n; i++)
                secret_free(call->mails[i].fields);
        free(call->mails);
}

int op_mail_take(struct op *op, struct mail_taking *call)
{
        struct collection collection = {.op = op, .call = call};
        int r;

        call->mails = calloc(call->limit, sizeof(*call->mails));
        if (!call->mails)
                return -ENOMEM;
        r = look(op, &collection);
        for (size_t i = 0; r == 0 && i < collection.n_spoilt; i++)
                r = op_mail_give_up(op, (uint64_t)collection.spoilt[i],
                                    "The store was changed: it cannot be opened.");
        if (r == 0)
                mail_watch_taken(op);
        return r;
}

/* Neither the link nor anything else that was sealed is written down. */
static int give_up(struct op *op, struct tx *tx, const struct mail_row *mail, const char *problem)
{
        char detail[NAME_MAX_BYTES + 128];
        const struct audit_entry entry = {
                .event = "mail-given-up",
                .actor_uid = AUDIT_NOBODY,
                .subject_uid = mail->uid,
                .detail = detail,
        };
        int r = mail_give_up(tx, mail->id, problem);

        snprintf(detail, sizeof(detail), "mail=%" PRId64 " kind=%s recipient=%s attempts=%u",
                 mail->id, mail->kind, mail->recipient, mail->attempts + 1);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                op_note(op, LOG_WARNING,
                        &(struct log_event){.event = "mail-given-up",
                                            .user = mail->recipient,
                                            .detail = mail->kind},
                        "Mail %" PRId64 " (%s) to %.100s was given up: %s", mail->id, mail->kind,
                        mail->recipient, problem);
        return r;
}

static int retry(struct op *op, struct tx *tx, const struct mail_row *mail, const char *problem)
{
        const struct mail_retry_facts facts = {
                .id = (uint64_t)mail->id,
                .queued_usec = mail->queued_usec,
                .attempts = mail->attempts + 1,
        };
        uint64_t due_usec = mail_retry_due_usec(&facts, tx->now_usec);

        return due_usec > 0 ? mail_retry(tx, mail->id, due_usec, problem)
                            : give_up(op, tx, mail, problem);
}

static int delivered(struct op *op, struct tx *tx, const struct mail_row *mail, const char *problem)
{
        (void)op, (void)problem; /* the signature of an outcome */
        return mail_delivered(tx, mail->id);
}

static int conclude(struct op *op, uint64_t id, const char *problem,
                    int (*outcome)(struct op *op, struct tx *tx, const struct mail_row *mail,
                                   const char *problem))
{
        _cleanup_(tx_end) struct tx tx = {0};
        char clean[MAIL_PROBLEM_SIZE];
        struct mail_row mail;
        int r = op_begin_write(op, &tx);

        text_clean(clean, sizeof(clean), problem, false);
        if (r == 0)
                r = may_deliver(op, &tx);
        if (r == 0)
                r = mail_load(op->store, (int64_t)id, &mail);
        if (r == -ENODATA)
                return 0; /* told twice, because the first answer was lost */
        if (r == 0)
                r = outcome(op, &tx, &mail, clean);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_mail_delivered(struct op *op, uint64_t id)
{
        return conclude(op, id, "", delivered);
}

int op_mail_retry(struct op *op, uint64_t id, const char *problem)
{
        return conclude(op, id, problem, retry);
}

int op_mail_give_up(struct op *op, uint64_t id, const char *problem)
{
        return conclude(op, id, problem, give_up);
}
