/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R66 to R69: which ranges may be asked for, when a request is over, who may do what about one. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/approval.h"
#include "libbo/bo.h"

#include <errno.h>

static void R66_numeric_addresses_and_ranges_may_be_asked_for(void **unused)
{
        static const struct {
                const char *text, *stored; /* NULL: refused */
        } rows[] = {
                {"192.0.2.7", "192.0.2.7"},
                {"192.0.2.7/32", "192.0.2.7"},
                {"192.0.2.0/24", "192.0.2.0/24"},
                {"10.0.0.0/8", "10.0.0.0/8"},
                {"10.0.0.0/7", NULL},
                {"0.0.0.0/0", NULL},
                {"::ffff:192.0.2.7", "192.0.2.7"},
                {"::ffff:192.0.2.0/120", "192.0.2.0/24"},
                {"::ffff:0:0/96", NULL},
                {"2001:DB8::7", "2001:db8::7"},
                {"2001:db8::/32", "2001:db8::/32"},
                {"2001:db8::/31", NULL},
                {"::/0", NULL},
                {"127.0.0.1", "127.0.0.1"},
                {"127.0.0.0/8", "127.0.0.0/8"},
                {"::1", "::1"},
                /* bits behind the prefix */
                {"192.0.2.7/24", NULL},
                {"2001:db8::7/64", NULL},
                {"10.1.0.0/8", NULL},
                /* nobody's */
                {"0.0.0.0", NULL},
                {"0.1.2.3", NULL},
                {"::", NULL},
                {"::/96", NULL},
                {"224.0.0.1", NULL},
                {"239.255.255.255", NULL},
                {"255.255.255.255", NULL},
                {"ff02::1", NULL},
                {"169.254.1.1", NULL},
                {"169.254.0.0/16", NULL},
                {"169.0.0.0/8", NULL}, /* holds them */
                {"fe80::1", NULL},
                {"fe80::/64", NULL},
                {"::ffff:169.254.1.1", NULL},
                {"::ffff:0.0.0.0", NULL},
                /* no numbers */
                {"", NULL},
                {"shop.example", NULL},
                {"localhost", NULL},
                {"fe80::1%eth0", NULL},
                {"2001:db8::1%eth0", NULL},
                {"192.0.2", NULL},
                {"192.0.2.7 ", NULL},
                {"192.0.2.7/", NULL},
                {"192.0.2.7/33", NULL},
                {"192.0.2.7/032", NULL},
                {"192.0.2.7-192.0.2.9", NULL},
                {"192.0.2.0/255.255.255.0", NULL},
                {"0x7f000001", NULL},
                {"3221225991", NULL},
                {"[2001:db8::1]", NULL},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct network network;
                char why[256] = "", text[NETWORK_TEXT_SIZE];
                int r = approval_range(&network, rows[i].text, why, sizeof(why));

                ROW(rows[i].text);
                assert_int_equal(r, rows[i].stored ? 0 : -EINVAL);
                if (r != 0) {
                        assert_true(strncmp(why, "Address: ", 9) == 0);
                        continue;
                }
                network_text(text, &network);
                assert_string_equal(text, rows[i].stored);
        }
}

static void R66_a_range_that_was_meant_is_offered(void **unused)
{
        struct network network;
        char why[256];

        assert_int_equal(approval_range(&network, "192.0.2.7/24", why, sizeof(why)), -EINVAL);
        assert_non_null(strstr(why, "the range is 192.0.2.0/24"));
}

static void R68_only_a_pending_request_expires(void **unused)
{
        for (int i = 0; i < APPROVAL_STATUSES; i++) {
                enum approval_status stored = (enum approval_status)i;

                assert_int_equal(approval_status_at(stored, 100, 99), stored);
                assert_int_equal(approval_status_at(stored, 100, 100),
                                 stored == APPROVAL_PENDING ? APPROVAL_EXPIRED : stored);
        }
}

static void statuses_have_names(void **unused)
{
        enum approval_status status;

        for (int i = 0; i < APPROVAL_STATUSES; i++) {
                assert_int_equal(approval_status_from_name(
                                         approval_status_name((enum approval_status)i), &status),
                                 0);
                assert_int_equal(status, i);
        }
        assert_int_equal(approval_status_from_name("perhaps", &status), -EINVAL);
}

#define OWNER    .permitted = true
#define STANDS   .requester_stands = true
#define HIS      .actor_is_requester = true
#define OPERATOR .actor_is_operator = true

static void R67_who_may_do_what_when(void **unused)
{
        static const struct {
                const char *name;
                struct approval_facts facts;
                int approve, reject, revoke, take;
        } rows[] = {
                {"owner", {OWNER, STANDS}, 0, 0, 0, BO_ERR_NOT_ALLOWED},
                {"owner, who asked is gone", {OWNER}, BO_ERR_WRONG_STATE, 0, 0, BO_ERR_NOT_ALLOWED},
                {"stranger",
                 {STANDS},
                 BO_ERR_NOT_ALLOWED,
                 BO_ERR_NOT_ALLOWED,
                 BO_ERR_NOT_ALLOWED,
                 BO_ERR_NOT_ALLOWED},
                {"operator", {OPERATOR, STANDS}, BO_ERR_NOT_ALLOWED, 0, 0, BO_ERR_NOT_ALLOWED},
                {"operator and owner", {OPERATOR, OWNER, STANDS}, 0, 0, 0, BO_ERR_NOT_ALLOWED},
                {"requester",
                 {HIS, STANDS},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 BO_ERR_WRONG_STATE},
                {"requester and owner",
                 {HIS, OWNER, STANDS},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 BO_ERR_WRONG_STATE},
                {"requester, owner and operator",
                 {HIS, OWNER, OPERATOR, STANDS},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 BO_ERR_WRONG_STATE},
                {"approved: owner",
                 {OWNER, STANDS, .status = APPROVAL_APPROVED},
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_APPROVAL_DECIDED,
                 0,
                 BO_ERR_NOT_ALLOWED},
                {"approved: requester",
                 {HIS, STANDS, .status = APPROVAL_APPROVED},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 0},
                {"approved: requester who may not ask any more",
                 {HIS, .status = APPROVAL_APPROVED},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 BO_ERR_NOT_ALLOWED},
                {"approved and shown: requester",
                 {HIS, STANDS, .status = APPROVAL_APPROVED, .taken = true},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 0,
                 BO_ERR_TOKEN_TAKEN},
                {"rejected: owner",
                 {OWNER, STANDS, .status = APPROVAL_REJECTED},
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_NOT_ALLOWED},
                {"revoked: requester",
                 {HIS, STANDS, .status = APPROVAL_REVOKED},
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_NOT_YOURSELF,
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_WRONG_STATE},
                {"expired: owner",
                 {OWNER, STANDS, .status = APPROVAL_EXPIRED},
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_APPROVAL_DECIDED,
                 BO_ERR_NOT_ALLOWED},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                ROW(rows[i].name);
                assert_int_equal(approval_verdict(APPROVAL_APPROVE, &rows[i].facts),
                                 rows[i].approve);
                assert_int_equal(approval_verdict(APPROVAL_REJECT, &rows[i].facts), rows[i].reject);
                assert_int_equal(approval_verdict(APPROVAL_REVOKE, &rows[i].facts), rows[i].revoke);
                assert_int_equal(approval_verdict(APPROVAL_TAKE, &rows[i].facts), rows[i].take);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(R66_numeric_addresses_and_ranges_may_be_asked_for),
                cmocka_unit_test(R66_a_range_that_was_meant_is_offered),
                cmocka_unit_test(R68_only_a_pending_request_expires),
                cmocka_unit_test(statuses_have_names),
                cmocka_unit_test(R67_who_may_do_what_when),
        };

        return cmocka_run_group_tests_name("approval (R66 to R69)", tests, NULL, NULL);
}
