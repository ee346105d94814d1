/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reset that the user asks for himself: wished for by anybody, granted after the answer, so that
 * the answer tells nothing (R36, R37, R75). */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/policy/throttle.h"
#include "bo-accountd/store/throttle.h"
#include "common/clock.h"

#include <arpa/inet.h>
#include <string.h>

/* Three an hour for an account, then one an hour; ten for whoever asks, then one in six minutes. */
static const struct throttle_rule account_rule = {.room = 3, .drain_usec = USEC_PER_HOUR};
static const struct throttle_rule source_rule = {.room = 10, .drain_usec = 6 * USEC_PER_MIN};

/* Who asks: an IPv4 address, the network of an IPv6 one (a host has all of its /64), or a uid of
 * this host. */
static void source_text(char out[RESET_SOURCE_SIZE], const char *rhost, uid_t uid)
{
        char network[INET6_ADDRSTRLEN];
        struct in6_addr six;

        if (!rhost[0]) {
                snprintf(out, RESET_SOURCE_SIZE, "uid=%u", uid);
        } else if (inet_pton(AF_INET6, rhost, &six) == 1) {
                memset(&six.s6_addr[8], 0, 8);
                inet_ntop(AF_INET6, &six, network, sizeof(network));
                snprintf(out, RESET_SOURCE_SIZE, "rhost=%s/64", network);
        } else {
                snprintf(out, RESET_SOURCE_SIZE, "rhost=%s", rhost);
        }
}

void op_wish_reset(struct op *op, const char *name, const char *rhost, uint32_t actor_uid)
{
        struct reset_wish *wish = &op->wish;

        if (!op->settings->mail) {
                log_line(LOG_DEBUG, "A reset was asked for, but bo delivers no mail (Mail=no).");
                return;
        }
        *wish = (struct reset_wish){.wished = true, .actor_uid = actor_uid};
        /* A longer name is no name of bo's, and must not become one by being cut off. */
        if (strlen(name) > NAME_MAX_BYTES || name_fold(wish->name, name) < 0)
                snprintf(wish->name, sizeof(wish->name), "?%.*s", NAME_MAX_BYTES - 1, name);
        source_text(wish->source, rhost, op->actor_uid);
}

struct bucket {
        const struct throttle_rule *rule;
        char subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
};

static int bucket_load(struct op *op, struct tx *tx, struct bucket *bucket, char kind,
                       const char *whom, const struct throttle_rule *rule)
{
        bucket->rule = rule;
        throttle_subject(bucket->subject, kind, whom, op->keys);
        return throttle_load(tx->store, bucket->subject, &bucket->drained_usec);
}

static bool bucket_is_full(const struct bucket *bucket, uint64_t now_usec)
{
        uint64_t drained_usec = bucket->drained_usec;

        return !throttle_take(bucket->rule, &drained_usec, now_usec);
}

/* Charges a bucket; *room is false if it is full. */
static int take(struct op *op, struct tx *tx, struct bucket *bucket, bool *room)
{
        int r;

        *room = throttle_take(bucket->rule, &bucket->drained_usec, tx->now_usec);
        r = throttle_save(tx, bucket->subject, bucket->drained_usec);
        /* Told once, when it gets full: who asks for ever must not fill the journal. */
        if (r == 0 && *room && bucket_is_full(bucket, tx->now_usec))
                op_note(op, LOG_NOTICE,
                        &(struct log_event){.event = "reset-throttled", .detail = op->wish.source},
                        "Resets are asked for often; for some time no more mails are sent %s (%s).",
                        bucket->rule == &source_rule ? "for this source" : "to this account",
                        op->wish.source);
        return r;
}

/* The source first: whoever has asked too often takes nothing from an account any more. */
static int throttle(struct op *op, struct tx *tx, bool *room)
{
        struct bucket source, account;
        int r = bucket_load(op, tx, &source, 's', op->wish.source, &source_rule);

        if (r == 0)
                r = take(op, tx, &source, room);
        if (r == 0 && *room)
                r = bucket_load(op, tx, &account, 'a', op->wish.name, &account_rule);
        return r == 0 && *room ? take(op, tx, &account, room) : r;
}

/* Who asks for ever costs a look, but no wait for the disk. */
static int source_is_full(struct op *op, bool *ret_full)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct bucket source;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = bucket_load(op, &tx, &source, 's', op->wish.source, &source_rule);
        if (r == 0)
                *ret_full = bucket_is_full(&source, tx.now_usec);
        return r;
}

/* A deactivated user gets nothing: his link would open nothing (R37). Who has not been activated
 * gets his activation link anew. */
static bool may_have_link(const struct account *account)
{
        return account->verified && !account->is_api && !account_is_deactivated(account);
}

static int grant(struct op *op, struct tx *tx)
{
        struct account account;
        struct audit_entry entry = {
                .event = "reset-requested",
                .actor_uid = op->wish.actor_uid,
                .detail = op->wish.source,
        };
        bool here = false;
        int r = account_by_name(tx->store, op->wish.name, &account);

        if (r == 0)
                r = acting_here(op, &account, &here);
        if (r == BO_ERR_NO_SUCH_USER || (r == 0 && (!here || !may_have_link(&account))))
                return 0;
        entry.subject_uid = account.uid;
        if (r == 0)
                r = link_request(op, tx, &account);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                op_note(op, LOG_INFO,
                        &(struct log_event){.event = entry.event,
                                            .user = account.name,
                                            .detail = op->wish.source},
                        "A link that %s asked for is mailed (%s).", account.name, entry.detail);
        return r;
}

int op_grant_reset(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        bool full = false, room = false;
        int r = source_is_full(op, &full);

        if (r != 0 || full)
                return r;
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = throttle(op, &tx, &room);
        if (r == 0 && room)
                r = grant(op, &tx);
        return r == 0 ? tx_commit(&tx) : r;
}
