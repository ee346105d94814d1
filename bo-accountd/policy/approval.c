/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for approved addresses: which ranges, what became of one, who may do what (R66 to R69).
 */
#include "bo-accountd/policy/approval.h"

#include "common/cleanup.h"
#include "libbo/bo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const names[APPROVAL_STATUSES] = {
        [APPROVAL_PENDING] = "pending",   [APPROVAL_APPROVED] = "approved",
        [APPROVAL_REJECTED] = "rejected", [APPROVAL_REVOKED] = "revoked",
        [APPROVAL_EXPIRED] = "expired",
};

const char *approval_status_name(enum approval_status status)
{
        return names[status];
}

int approval_status_from_name(const char *name, enum approval_status *ret_status)
{
        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (strcmp(names[i], name) == 0) {
                        *ret_status = (enum approval_status)i;
                        return 0;
                }
        return -EINVAL;
}

enum approval_status approval_status_at(enum approval_status stored, uint64_t expires_usec,
                                        uint64_t latest_usec)
{
        return stored == APPROVAL_PENDING && latest_usec >= expires_usec ? APPROVAL_EXPIRED
                                                                         : stored;
}

/* Addresses that no peer has, or that say nothing of where he is. */
static const struct {
        const char *range, *what;
} nobodys[] = {
        {"0.0.0.0/8", "unspecified"},                            /* RFC 1122 3.2.1.3 */
        {"169.254.0.0/16", "link-local"},                        /* RFC 3927 */
        {"224.0.0.0/4", "multicast"},                            /* RFC 5771 */
        {"255.255.255.255", "broadcast"}, {"::", "unspecified"}, /* RFC 4291 2.5.2 */
        {"fe80::/10", "link-local"},      {"ff00::/8", "multicast"},
};

static const char *nobodys_within(const struct network *network)
{
        for (size_t i = 0; i < ELEMENTS(nobodys); i++) {
                struct network other;

                if (network_parse(&other, nobodys[i].range) == 0 &&
                    (network_contains(&other, network) || network_contains(network, &other)))
                        return nobodys[i].what;
        }
        return NULL;
}

static int check_range(const struct network *network, char *why, size_t why_size)
{
        unsigned widest = network->family == 4 ? 8 : 32;
        const char *what = nobodys_within(network);
        char text[NETWORK_TEXT_SIZE];

        network_text(text, network);
        if (network->prefix < widest)
                snprintf(why, why_size, "Address: %s is too wide; a /%u is the widest range.", text,
                         widest);
        else if (what)
                snprintf(why, why_size, "Address: %s holds %s addresses, which are nobody's.", text,
                         what);
        else
                return 0;
        return -EINVAL;
}

int approval_range(struct network *ret_network, const char *text, char *why, size_t why_size)
{
        struct network network;
        char range[NETWORK_TEXT_SIZE];
        int r = network_parse(&network, text);

        if (r == -EINVAL)
                snprintf(why, why_size,
                         "Address: this is no numeric address or range, as 192.0.2.7, 192.0.2.0/24 "
                         "or 2001:db8::/48. Names are not looked up.");
        if (r == -EDOM) {
                network_text(range, &network);
                snprintf(why, why_size, "Address: bits are set behind the prefix; the range is %s.",
                         range);
        }
        if (r == 0)
                r = check_range(&network, why, why_size);
        if (r != 0)
                return -EINVAL;
        *ret_network = network;
        return 0;
}

/* Approve and reject: never the requester, whatever roles he holds by whatever membership (R67). */
static int answer_verdict(bool yes, const struct approval_facts *facts)
{
        if (facts->actor_is_requester)
                return BO_ERR_NOT_YOURSELF;
        if (!facts->permitted && (yes || !facts->actor_is_operator))
                return BO_ERR_NOT_ALLOWED;
        if (facts->status != APPROVAL_PENDING)
                return BO_ERR_APPROVAL_DECIDED;
        return !yes || facts->requester_stands ? 0 : BO_ERR_WRONG_STATE;
}

static int revoke_verdict(const struct approval_facts *facts)
{
        if (!facts->permitted && !facts->actor_is_requester && !facts->actor_is_operator)
                return BO_ERR_NOT_ALLOWED;
        return facts->status <= APPROVAL_APPROVED ? 0 : BO_ERR_APPROVAL_DECIDED;
}

static int take_verdict(const struct approval_facts *facts)
{
        if (!facts->actor_is_requester)
                return BO_ERR_NOT_ALLOWED;
        if (!facts->requester_stands)
                return BO_ERR_NOT_ALLOWED;
        if (facts->status != APPROVAL_APPROVED)
                return BO_ERR_WRONG_STATE;
        return facts->taken ? BO_ERR_TOKEN_TAKEN : 0;
}

int approval_verdict(enum approval_act act, const struct approval_facts *facts)
{
        switch (act) {
        case APPROVAL_APPROVE:
                return answer_verdict(true, facts);
        case APPROVAL_REJECT:
                return answer_verdict(false, facts);
        case APPROVAL_REVOKE:
                return revoke_verdict(facts);
        case APPROVAL_TAKE:
                return take_verdict(facts);
        }
        return BO_ERR_NOT_ALLOWED;
}
