/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this actor do this verb to this target? One function for the whole of bo (R8 to R16). */
#include "bo-accountd/policy/access.h"

#include "libbo/bo.h"

/* What everybody must pass before any verb is looked at. */
static int actor_verdict(const struct access_facts *facts)
{
        if (facts->actor_is_bo_user && facts->actor_is_api)
                return BO_ERR_API_USER;
        if (facts->actor_is_bo_user)
                return facts->actor_is_active ? 0 : BO_ERR_NOT_ALLOWED;
        return facts->actor_is_operator ? 0 : BO_ERR_NOT_ALLOWED;
}

/* Root has no account here, so it is nobody's target. */
static bool is_self(const struct access_facts *facts)
{
        return facts->actor_is_bo_user && facts->actor_is_target;
}

static int user_visible(const struct access_facts *facts)
{
        if (is_self(facts))
                return 0;
        if (!facts->target_exists)
                return BO_ERR_NO_SUCH_USER;
        if (facts->actor_is_operator)
                return 0;
        if (facts->shares_customer && (facts->may_view || facts->may_manage))
                return 0;
        return BO_ERR_NO_SUCH_USER; /* the tenant fence, reads included (R10) */
}

static int customer_visible(const struct access_facts *facts)
{
        if (facts->actor_is_operator)
                return facts->target_exists ? 0 : BO_ERR_NO_SUCH_CUSTOMER;
        return facts->target_exists && facts->shares_customer ? 0 : BO_ERR_NO_SUCH_CUSTOMER;
}

/* In the customer of the request, with a permission there (R9). */
static int customer_verdict(const struct access_facts *facts, bool permitted)
{
        int verdict = customer_visible(facts);

        if (verdict != 0)
                return verdict;
        return facts->actor_is_operator || permitted ? 0 : BO_ERR_NOT_ALLOWED;
}

static int operate_verdict(const struct access_facts *facts)
{
        if (!facts->actor_is_operator)
                return BO_ERR_NOT_ALLOWED; /* the same for every target: tells nothing */
        if (is_self(facts))
                return BO_ERR_NOT_YOURSELF; /* nobody takes off his own second factor (R62) */
        return facts->target_exists ? 0 : BO_ERR_NO_SUCH_USER;
}

/* Changes another user: a membership, or, with @of_identity, what all his customers share. */
static int administer_verdict(const struct access_facts *facts, bool of_identity)
{
        int verdict = user_visible(facts);

        if (verdict != 0)
                return verdict;
        if (is_self(facts))
                return BO_ERR_NOT_YOURSELF; /* R13 */
        if (facts->actor_is_operator)
                return 0;
        if (facts->target_is_reserved)
                return BO_ERR_NOT_ALLOWED; /* who may reset an operator is one */
        if (!facts->may_manage || (of_identity && !facts->whole_target))
                return BO_ERR_NOT_ALLOWED;
        return 0;
}

static int api_password_verdict(const struct access_facts *facts)
{
        int verdict = administer_verdict(facts, true);

        if (verdict != 0)
                return verdict;
        return facts->target_is_api ? 0 : BO_ERR_PERSONAL_DATA; /* R7, R14 */
}

static int personal_verdict(const struct access_facts *facts)
{
        int verdict = user_visible(facts);

        if (verdict != 0)
                return verdict;
        return is_self(facts) ? 0 : BO_ERR_PERSONAL_DATA; /* R14: the operator's as well */
}

static int api_key_verdict(const struct access_facts *facts)
{
        return facts->target_exists && facts->target_is_api ? api_password_verdict(facts)
                                                            : personal_verdict(facts);
}

/*
 * What anybody may ask about himself is no administration: it changes nothing and tells him nothing
 * of others.
 */
static int ask_verdict(const struct access_facts *facts)
{
        struct access_facts asker = *facts;
        int verdict;

        if (is_self(facts))
                return 0;
        asker.actor_is_operator |= asker.actor_may_ask;
        verdict = actor_verdict(&asker);
        return verdict != 0 ? verdict : user_visible(&asker);
}

int access_verdict(enum access_verb verb, const struct access_facts *facts)
{
        int verdict = verb == ACCESS_ASK_PERMISSION ? 0 : actor_verdict(facts);

        if (verdict != 0)
                return verdict;

        switch (verb) {
        case ACCESS_READ_SHARED:
                return 0;
        case ACCESS_READ_USER:
                return user_visible(facts);
        case ACCESS_LIST_USERS:
                return customer_verdict(facts, facts->may_view || facts->may_manage);
        case ACCESS_READ_CUSTOMER:
                return customer_visible(facts);
        case ACCESS_OPERATE:
                return operate_verdict(facts);
        case ACCESS_ADMINISTER:
                return administer_verdict(facts, false);
        case ACCESS_CREATE_USER:
                return customer_verdict(facts, facts->may_manage);
        case ACCESS_ADMINISTER_IDENTITY:
                return administer_verdict(facts, true);
        case ACCESS_ISSUE_LINK:
                return administer_verdict(facts, !facts->link_is_mailed);
        case ACCESS_SET_API_PASSWORD:
                return api_password_verdict(facts);
        case ACCESS_API_KEY:
                return api_key_verdict(facts);
        case ACCESS_PERSONAL:
                return personal_verdict(facts);
        case ACCESS_ASK_PERMISSION:
                return ask_verdict(facts);
        case ACCESS_BY_PERMISSION:
                return customer_verdict(facts, facts->permitted);
        }
        return BO_ERR_NOT_ALLOWED;
}
