/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reset that the user asks for himself: wished for by anybody, granted after the answer, so that
 * the answer tells nothing (R36, R37, R75). */
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

/* Charges a bucket; *room is false if it is full. */
static int take(struct op *op, struct tx *tx, char kind, const char *whom,
                const struct throttle_rule *rule, bool *room)
{
        char subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
        int r;

        throttle_subject(subject, kind, whom, op->keys);
        r = throttle_load(tx->store, subject, &drained_usec);
        if (r != 0)
                return r;
        *room = throttle_take(rule, &drained_usec, tx->now_usec);
        return throttle_save(tx, subject, drained_usec);
}

/* The source first: whoever has asked too often takes nothing from an account any more. */
static int throttle(struct op *op, struct tx *tx, bool *room)
{
        int r = take(op, tx, 's', op->wish.source, &source_rule, room);

        return r == 0 && *room ? take(op, tx, 'a', op->wish.name, &account_rule, room) : r;
}

/* A deactivated user gets nothing: his link would open nothing (R37). Who has not been activated
 * gets his activation link anew. */
static bool may_have_link(const struct account *account)
{
        return account->verified && !account->is_api && account->deactivated_usec == 0;
}

static int grant(struct op *op, struct tx *tx)
{
        struct account account;
        struct audit_entry entry = {
                .event = "reset-requested",
                .actor_uid = op->wish.actor_uid,
                .detail = op->wish.source,
        };
        int r = account_by_name(tx->store, op->wish.name, &account);

        if (r == BO_ERR_NO_SUCH_USER || (r == 0 && !may_have_link(&account)))
                return 0;
        entry.subject_uid = account.uid;
        if (r == 0)
                r = link_request(op, tx, &account);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                op_note(op, LOG_INFO,
                        &(struct log_event){.event = entry.event, .user = account.name},
                        "A link that %s asked for is mailed (%s).", account.name, entry.detail);
        return r;
}

int op_grant_reset(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        bool room = false;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = throttle(op, &tx, &room);
        if (r == 0 && room)
                r = grant(op, &tx);
        else if (r == 0)
                op_note(op, LOG_NOTICE, &(struct log_event){.event = "reset-throttled"},
                        "Resets are asked for too often; no mail is sent (%s).", op->wish.source);
        return r == 0 ? tx_commit(&tx) : r;
}
