/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R8 to R16, R62: every verb, for every kind of caller, on every kind of target. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/access.h"
#include "libbo/bo.h"

/*
 * The columns of the tables:
 *   S shared      R read a user   L list users    C read a customer   O operate
 *   A administer  N new user      I issue a link  W API password      P personal data
 *   B by a permission             Q ask for permissions               K API key
 * and what stands in them:
 *   + allowed          x NotAllowed    u NoSuchUser    c NoSuchCustomer
 *   s NotYourself      p PersonalData  a ApiUser
 */
static const enum access_verb columns[] = {
        ACCESS_READ_SHARED,      ACCESS_READ_USER,
        ACCESS_LIST_USERS,       ACCESS_READ_CUSTOMER,
        ACCESS_OPERATE,          ACCESS_ADMINISTER,
        ACCESS_CREATE_USER,      ACCESS_ADMINISTER_IDENTITY,
        ACCESS_SET_API_PASSWORD, ACCESS_PERSONAL,
        ACCESS_BY_PERMISSION,    ACCESS_ASK_PERMISSION,
        ACCESS_API_KEY,
};

static const char *const column_names[] = {
        "S", "R", "L", "C", "O", "A", "N", "I", "W", "P", "B", "Q", "K",
};

struct access_row {
        const char *name;
        struct access_facts facts;
        const char *expected; /* SRLCOANIWPBQK */
};

#define ROOT     .actor_is_operator = true
#define PERSON   .actor_is_bo_user = true, .actor_is_active = true
#define API      .actor_is_bo_user = true, .actor_is_active = true, .actor_is_api = true
#define INACTIVE .actor_is_bo_user = true

#define MEMBER  .shares_customer = true
#define VIEWER  MEMBER, .may_view = true
#define MANAGER VIEWER, .may_manage = true
#define WHOLE   MANAGER, .whole_target = true

#define PERMITTED .permitted = true
#define ASKER     .actor_may_ask = true

#define EXISTS  .target_exists = true
#define PROGRAM EXISTS, .target_is_api = true
#define SELF    EXISTS, .actor_is_target = true

static const struct access_row rows[] = {
        {"root, a person", {ROOT, EXISTS}, "++++++++pp++p"},
        {"root, an API user", {ROOT, PROGRAM}, "+++++++++p+++"},
        {"root, nobody", {ROOT}, "+uccuucuuucuu"},
        {"operator with an account, a person", {ROOT, PERSON, EXISTS}, "++++++++pp++p"},
        {"operator with an account, an API user", {ROOT, PERSON, PROGRAM}, "+++++++++p+++"},
        {"operator with an account, himself", {ROOT, PERSON, SELF}, "++++ss+ss++++"},
        {"operator with an account, nobody", {ROOT, PERSON}, "+uccuucuuucuu"},
        {"operator, deactivated, a person", {ROOT, INACTIVE, EXISTS}, "xxxxxxxxxxxxx"},
        {"operator, deactivated, himself", {ROOT, INACTIVE, SELF}, "xxxxxxxxxxx+x"},
        {"operator, an API user, a person", {ROOT, API, EXISTS}, "aaaaaaaaaaaaa"},

        {"foreign uid, a person", {EXISTS}, "xxxxxxxxxxxxx"},
        {"foreign uid, nobody", {.target_exists = false}, "xxxxxxxxxxxxx"},
        {"foreign uid with impossible rights", {EXISTS, WHOLE}, "xxxxxxxxxxxxx"},
        {"API user, himself", {API, SELF}, "aaaaaaaaaaa+a"},
        {"API user with all rights, a person", {API, EXISTS, WHOLE}, "aaaaaaaaaaaaa"},
        {"inactive user, himself", {INACTIVE, SELF}, "xxxxxxxxxxx+x"},
        {"inactive user with all rights, a person", {INACTIVE, EXISTS, WHOLE}, "xxxxxxxxxxxxx"},

        {"plain member, himself", {PERSON, MEMBER, SELF}, "++x+xsxss+x++"},
        {"plain member, a colleague", {PERSON, MEMBER, EXISTS}, "+ux+xuxuuuxuu"},
        {"plain member, an API user there", {PERSON, MEMBER, PROGRAM}, "+ux+xuxuuuxuu"},
        {"user of no customer, himself", {PERSON, SELF}, "++ccxscss+c++"},
        {"user of no customer, a person", {PERSON, EXISTS}, "+uccxucuuucuu"},

        {"viewer, himself", {PERSON, VIEWER, SELF}, "++++xsxss+x++"},
        {"viewer, a colleague", {PERSON, VIEWER, EXISTS}, "++++xxxxxpx+p"},
        {"viewer, an API user there", {PERSON, VIEWER, PROGRAM}, "++++xxxxxpx+x"},
        {"viewer, a stranger", {PERSON, .may_view = true, EXISTS}, "+uccxucuuucuu"},
        {"viewer, nobody", {PERSON, .may_view = true}, "+uccxucuuucuu"},

        {"administrator, himself", {PERSON, WHOLE, SELF}, "++++xs+ss+x++"},
        {"administrator, a person wholly his", {PERSON, WHOLE, EXISTS}, "++++x+++ppx+p"},
        {"administrator, an API user wholly his", {PERSON, WHOLE, PROGRAM}, "++++x++++px++"},
        {"administrator, a person also elsewhere", {PERSON, MANAGER, EXISTS}, "++++x++xxpx+p"},
        {"administrator, an API user also elsewhere", {PERSON, MANAGER, PROGRAM}, "++++x++xxpx+x"},
        {"administrator without users.view",
         {PERSON, MEMBER, .may_manage = true, EXISTS},
         "++++x++xxpx+p"},
        {"administrator of another, a person", {PERSON, EXISTS}, "+uccxucuuucuu"},
        {"administrator of another, an API user", {PERSON, PROGRAM}, "+uccxucuuucuu"},
        {"administrator of another, nobody", {PERSON}, "+uccxucuuucuu"},
        /* Rights that were gathered for a customer that the two do not share count for nothing. */
        {"rights without a common customer",
         {PERSON, .may_view = true, .may_manage = true, .whole_target = true, EXISTS},
         "+uccxucuuucuu"},

        {"holder of the permission, a person",
         {PERSON, MEMBER, PERMITTED, EXISTS},
         "+ux+xuxuuu+uu"},
        {"holder of the permission elsewhere", {PERSON, PERMITTED, EXISTS}, "+uccxucuuucuu"},
        {"holder of the permission, inactive",
         {INACTIVE, MEMBER, PERMITTED, EXISTS},
         "xxxxxxxxxxxxx"},
        {"API user with the permission", {API, MEMBER, PERMITTED, EXISTS}, "aaaaaaaaaaaaa"},
        {"foreign uid with the permission", {MEMBER, PERMITTED, EXISTS}, "xxxxxxxxxxxxx"},

        {"foreign uid that may ask, a person", {ASKER, EXISTS}, "xxxxxxxxxxx+x"},
        {"foreign uid that may ask, nobody", {ASKER}, "xxxxxxxxxxxux"},
        {"person who may ask, a stranger", {ASKER, PERSON, EXISTS}, "+uccxucuuuc+u"},
        {"person who may ask, nobody", {ASKER, PERSON}, "+uccxucuuucuu"},
        {"API user that may ask, a person", {ASKER, API, EXISTS}, "aaaaaaaaaaaaa"},
        {"inactive user who may ask, a person", {ASKER, INACTIVE, EXISTS}, "xxxxxxxxxxxxx"},
};

static char letter_of(int verdict)
{
        switch (verdict) {
        case 0:
                return '+';
        case BO_ERR_NOT_ALLOWED:
                return 'x';
        case BO_ERR_NO_SUCH_USER:
                return 'u';
        case BO_ERR_NO_SUCH_CUSTOMER:
                return 'c';
        case BO_ERR_NOT_YOURSELF:
                return 's';
        case BO_ERR_PERSONAL_DATA:
                return 'p';
        case BO_ERR_API_USER:
                return 'a';
        default:
                return '?';
        }
}

static void each_caller_may_do_what_the_table_says(void **unused)
{
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char found[ELEMENTS(columns) + 1] = "";

                for (size_t j = 0; j < ELEMENTS(columns); j++)
                        found[j] = letter_of(access_verdict(columns[j], &rows[i].facts));
                if (strcmp(found, rows[i].expected) != 0)
                        fail_msg("%s: %s, not %s", rows[i].name, found, rows[i].expected);
        }
}

/* All 16384 sets of facts, one bit each. */
static struct access_facts facts_of(unsigned bits)
{
        return (struct access_facts){
                .actor_is_operator = bits & 1,
                .actor_is_bo_user = bits & 2,
                .actor_is_api = bits & 4,
                .actor_is_active = bits & 8,
                .actor_is_target = bits & 16,
                .target_is_api = bits & 32,
                .shares_customer = bits & 64,
                .may_view = bits & 128,
                .may_manage = bits & 256,
                .whole_target = bits & 512,
                .target_is_reserved = bits & 1024,
                .permitted = bits & 2048,
                .actor_may_ask = bits & 4096,
                .link_is_mailed = bits & 8192,
                .target_exists = true,
        };
}

#define ALL_FACTS 16384

static void nobody_can_tell_a_stranger_from_nobody(void **unused)
{
        for (unsigned bits = 0; bits < ALL_FACTS; bits++)
                for (size_t j = 0; j < ELEMENTS(columns); j++) {
                        struct access_facts stranger = facts_of(bits);
                        struct access_facts nobody = stranger;

                        if (stranger.actor_is_operator || stranger.actor_is_target ||
                            stranger.shares_customer)
                                continue;
                        if (columns[j] == ACCESS_ASK_PERMISSION && stranger.actor_may_ask)
                                continue;
                        nobody.target_exists = false;
                        assert_int_equal(access_verdict(columns[j], &stranger),
                                         access_verdict(columns[j], &nobody));
                }
}

static bool is_admitted(const struct access_facts *facts)
{
        if (facts->actor_is_bo_user)
                return facts->actor_is_active && !facts->actor_is_api;
        return facts->actor_is_operator;
}

static bool is_himself(const struct access_facts *facts)
{
        return facts->actor_is_bo_user && facts->actor_is_target;
}

/* Written from the rules, without a look at how access.c goes about it. */
static bool may_be_allowed(enum access_verb verb, const struct access_facts *facts)
{
        bool operates = facts->actor_is_operator;
        bool manages = operates || (facts->shares_customer && facts->may_manage);
        bool reaches = operates || !facts->target_is_reserved;

        if (verb == ACCESS_ASK_PERMISSION) {
                bool asks = operates || facts->actor_may_ask;
                bool sees = facts->shares_customer && (facts->may_view || facts->may_manage);

                if (is_himself(facts))
                        return true;
                if (facts->actor_is_bo_user)
                        return facts->actor_is_active && !facts->actor_is_api && (asks || sees);
                return asks;
        }
        if (!is_admitted(facts))
                return false;
        if (verb == ACCESS_BY_PERMISSION)
                return operates || (facts->shares_customer && facts->permitted);
        if (verb == ACCESS_OPERATE)
                return operates && !is_himself(facts);
        if (verb == ACCESS_PERSONAL)
                return is_himself(facts);
        if (verb == ACCESS_CREATE_USER)
                return manages;
        if (verb == ACCESS_ADMINISTER)
                return manages && reaches && !is_himself(facts);
        if (verb == ACCESS_ADMINISTER_IDENTITY)
                return manages && reaches && !is_himself(facts) &&
                       (operates || facts->whole_target);
        if (verb == ACCESS_SET_API_PASSWORD)
                return manages && reaches && !is_himself(facts) &&
                       (operates || facts->whole_target) && facts->target_is_api;
        return true;
}

static void nothing_is_allowed_beyond_the_rules_in_any_set_of_facts(void **unused)
{
        for (unsigned bits = 0; bits < ALL_FACTS; bits++)
                for (size_t j = 0; j < ELEMENTS(columns); j++) {
                        struct access_facts facts = facts_of(bits);
                        int verdict = access_verdict(columns[j], &facts);

                        assert_true(verdict >= 0);
                        if (verdict == 0 && !may_be_allowed(columns[j], &facts))
                                fail_msg("%s is allowed for facts %#x", column_names[j], bits);
                }
}

/* R35, R36: mailed, it goes to the person alone, and one of his customers may ask for it. */
static void a_link_is_of_the_membership_if_it_is_mailed_else_of_the_identity(void **unused)
{
        for (unsigned bits = 0; bits < ALL_FACTS; bits++) {
                struct access_facts facts = facts_of(bits);

                assert_int_equal(access_verdict(ACCESS_ISSUE_LINK, &facts),
                                 access_verdict(facts.link_is_mailed ? ACCESS_ADMINISTER
                                                                     : ACCESS_ADMINISTER_IDENTITY,
                                                &facts));
        }
}

static void unknown_verb_is_refused_to_everybody(void **unused)
{
        for (unsigned bits = 0; bits < ALL_FACTS; bits++) {
                struct access_facts facts = facts_of(bits);

                assert_true(access_verdict((enum access_verb)999, &facts) > 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_caller_may_do_what_the_table_says),
                cmocka_unit_test(nobody_can_tell_a_stranger_from_nobody),
                cmocka_unit_test(nothing_is_allowed_beyond_the_rules_in_any_set_of_facts),
                cmocka_unit_test(a_link_is_of_the_membership_if_it_is_mailed_else_of_the_identity),
                cmocka_unit_test(unknown_verb_is_refused_to_everybody),
        };

        return cmocka_run_group_tests_name("access (R8 to R16, R62)", tests, NULL, NULL);
}
