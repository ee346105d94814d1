/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of recovery codes: made, shown once, stored as hashes (R62). */
#include "bo-accountd/ops/recovery.h"

#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/recovery.h"

#include <errno.h>
#include <string.h>

int recovery_set_make(struct recovery_set *ret_set)
{
        struct secret *text = secret_new(RECOVERY_CODES * RECOVERY_TEXT_SIZE);
        struct recovery_code code;

        if (!text)
                return -ENOMEM;
        for (size_t i = 0; i < RECOVERY_CODES; i++) {
                char *line = text->bytes + i * RECOVERY_TEXT_SIZE;

                recovery_generate(&code, line);
                line[RECOVERY_TEXT_SIZE - 1] = '\n';
        }
        explicit_bzero(&code, sizeof(code));
        ret_set->text = text;
        return 0;
}

void recovery_set_clear(struct recovery_set *set)
{
        set->text = secret_free(set->text);
}

static int insert(struct op *op, struct tx *tx, uint32_t uid, const char *line)
{
        unsigned char hash[KEYED_HASH_BYTES];
        struct recovery_code code;

        if (recovery_parse(&code, line, RECOVERY_TEXT_SIZE - 1) != TOKEN_FORM_GOOD)
                return -EBADMSG;
        recovery_hash(hash, &code, uid, op->keys);
        explicit_bzero(&code, sizeof(code));
        return recovery_insert(tx, uid, hash);
}

int recovery_set_store(struct op *op, struct tx *tx, const struct account *account,
                       const struct recovery_set *set)
{
        const struct audit_entry entry = {
                .event = "recovery-codes-made",
                .actor_uid = account->uid,
                .subject_uid = account->uid,
        };
        int r = recovery_delete(tx, account->uid);

        for (size_t i = 0; r == 0 && i < RECOVERY_CODES; i++)
                r = insert(op, tx, account->uid, set->text->bytes + i * RECOVERY_TEXT_SIZE);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, account);
        op_note(op, LOG_INFO,
                &(struct log_event){.event = "recovery-codes-made", .user = account->name},
                "%s has a new set of recovery codes.", account->name);
        return 0;
}
