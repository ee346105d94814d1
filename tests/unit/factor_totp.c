/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R55 to R57: one-time codes, once each, and the secret on its way to the app and in the store. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <oath.h>

#include "bo-accountd/factor/totp.h"
#include "tests/unit/factor_world.h"

#define AT_SEC(seconds) ((seconds)*USEC_PER_SEC)

static struct secret *rfc_secret(void)
{
        struct secret *secret = secret_copy("12345678901234567890", 20);

        assert_non_null(secret);
        return secret;
}

/* RFC 6238, Appendix B, SHA-1; eight digits there, of which ours are the last six. */
static const struct {
        uint64_t time_sec;
        const char *code;
} rfc_6238[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

static void codes_of_RFC_6238_are_accepted(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();

        for (size_t i = 0; i < ELEMENTS(rfc_6238); i++) {
                uint64_t step = 0;

                assert_int_equal(totp_verify(secret, rfc_6238[i].code, 6,
                                             AT_SEC(rfc_6238[i].time_sec), 0, &step),
                                 1);
                assert_int_equal(step, rfc_6238[i].time_sec / 30);
        }
}

static void code_is_good_one_step_either_way_and_no_more(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        const uint64_t begin_usec = AT_SEC(UINT64_C(1111111080)), step_usec = AT_SEC(30);
        const struct {
                uint64_t now_usec;
                int verdict;
        } rows[] = {
                {begin_usec - step_usec - 1, 0},
                {begin_usec - step_usec, 1},
                {begin_usec, 1},
                {begin_usec + step_usec, 1},
                {begin_usec + 2 * step_usec - 1, 1},
                {begin_usec + 2 * step_usec, 0},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint64_t step = 0;

                assert_int_equal(totp_verify(secret, "081804", 6, rows[i].now_usec, 0, &step),
                                 rows[i].verdict);
                assert_int_equal(step, rows[i].verdict ? 37037036 : 0);
        }
}

static void same_and_older_steps_are_refused(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        const uint64_t now_usec = AT_SEC(UINT64_C(1111111109));
        uint64_t step = 7;

        assert_int_equal(totp_verify(secret, "081804", 6, now_usec, 37037035, &step), 1);
        step = 7;
        assert_int_equal(totp_verify(secret, "081804", 6, now_usec, 37037036, &step), 0);
        assert_int_equal(totp_verify(secret, "081804", 6, now_usec, 37037037, &step), 0);
        assert_int_equal(totp_verify(secret, "081804", 6, now_usec, UINT64_MAX, &step), 0);
        assert_int_equal(step, 7);
}

static void what_is_no_code_is_wrong(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        static const struct {
                const char *code;
                size_t size;
        } rows[] = {
                {"", 0},
                {"28708", 5},
                {"2870820", 7},
                {"94287082", 8},
                {"287083", 6},
                {"28708 ", 6},
                {" 28708", 6},
                {"+28708", 6},
                {"28708\n", 6},
                {"28708\0", 6},
                {"287082\0", 7},
                {"abcdef", 6},
                {"\xd9\xa1\xd9\xa2\xd9\xa3", 6},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint64_t step = 0;

                assert_int_equal(
                        totp_verify(secret, rows[i].code, rows[i].size, AT_SEC(59), 0, &step), 0);
        }
}

/* Two neighbouring steps of one secret with the same code: were the older one stored, the same
 * digits would open the door a second time. Found by search; the test looks that it is so. */
static void code_that_fits_two_steps_is_still_good_only_once(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        const uint64_t older = 910737;
        uint64_t step = 0;

        for (uint64_t i = older; i <= older + 1; i++) {
                char code[7];

                assert_int_equal(oath_hotp_generate(secret->bytes, secret->size, i, 6, false,
                                                    OATH_HOTP_DYNAMIC_TRUNCATION, code),
                                 0);
                assert_string_equal(code, "911617");
        }
        assert_int_equal(totp_verify(secret, "911617", 6, AT_SEC(30 * older), 0, &step), 1);
        assert_int_equal(step, older + 1);
        assert_int_equal(totp_verify(secret, "911617", 6, AT_SEC(30 * older), step, &step), 0);
}

static void first_seconds_of_1970_are_no_special_case(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        uint64_t step = 0;

        /* RFC 4226, Appendix D: counter 1 */
        assert_int_equal(totp_verify(secret, "287082", 6, 0, 0, &step), 1);
        assert_int_equal(step, 1);
}

static void secrets_are_20_random_bytes(void **unused)
{
        _cleanup_(secret_freep) struct secret *one = NULL, *other = NULL;

        assert_int_equal(totp_generate(&one), 0);
        assert_int_equal(totp_generate(&other), 0);
        assert_int_equal(one->size, 20);
        assert_false(secret_equal(one, other));
}

static void typed_secret_is_base32_without_padding(void **unused)
{
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        _cleanup_(secret_freep) struct secret *short_one = secret_copy("foob", 4);
        _cleanup_(secret_freep) struct secret *base32 = NULL, *padded = NULL;

        assert_int_equal(totp_base32(secret, &base32), 0);
        assert_string_equal(base32->bytes, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_int_equal(base32->size, 32);
        assert_int_equal(totp_base32(short_one, &padded), 0); /* RFC 4648, section 10 */
        assert_string_equal(padded->bytes, "MZXW6YQ");
}

static void uri_is_short_and_encoded(void **unused)
{
        static const struct {
                const char *issuer, *account, *uri;
        } rows[] = {
                {"bo", "alice@shop.example",
                 "otpauth://totp/alice@shop.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                 "&issuer=bo"},
                {"Pay & Go", "a+b",
                 "otpauth://totp/a%2Bb?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                 "&issuer=Pay%20%26%20Go"},
                {"b@\xc3\xb6", "a:/?#%=\xff",
                 "otpauth://totp/a%3A%2F%3F%23%25%3D%FF?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                 "&issuer=b%40%C3%B6"},
        };
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(secret_freep) struct secret *uri = NULL;

                assert_int_equal(totp_uri(secret, rows[i].issuer, rows[i].account, &uri), 0);
                assert_string_equal(uri->bytes, rows[i].uri);
                assert_int_equal(uri->size, strlen(rows[i].uri));
        }
}

static void sealed_secret_opens_for_its_user_and_key_alone(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        _cleanup_(secret_freep) struct secret *opened = NULL, *none = NULL;
        unsigned char sealed[TOTP_SEALED_BYTES], again[TOTP_SEALED_BYTES];
        struct keys other = *world->keys;

        assert_int_equal(totp_seal(sealed, secret, 70001, world->keys), 0);
        assert_int_equal(totp_seal(again, secret, 70001, world->keys), 0);
        assert_memory_not_equal(sealed, again, sizeof(sealed));
        assert_null(memmem(sealed, sizeof(sealed), secret->bytes, 4));

        assert_int_equal(totp_open(&opened, sealed, sizeof(sealed), 70001, world->keys), 0);
        assert_true(secret_equal(opened, secret));
        assert_int_equal(totp_open(&none, sealed, sizeof(sealed), 70002, world->keys), -EBADMSG);
        other.seal = world->keys->token;
        assert_int_equal(totp_open(&none, sealed, sizeof(sealed), 70001, &other), -EBADMSG);
        assert_int_equal(totp_open(&none, sealed, sizeof(sealed) - 1, 70001, world->keys),
                         -EBADMSG);
        assert_null(none);
}

static void every_changed_byte_of_a_sealed_secret_is_noticed(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *secret = rfc_secret();
        unsigned char sealed[TOTP_SEALED_BYTES];

        assert_int_equal(totp_seal(sealed, secret, 70001, world->keys), 0);
        for (size_t i = 0; i < sizeof(sealed); i++) {
                struct secret *none = NULL;

                sealed[i] ^= 1;
                assert_int_equal(totp_open(&none, sealed, sizeof(sealed), 70001, world->keys),
                                 -EBADMSG);
                sealed[i] ^= 1;
        }
}

static void secret_of_another_length_is_not_sealed(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *secret = secret_copy("short", 5);
        unsigned char sealed[TOTP_SEALED_BYTES];

        assert_int_equal(totp_seal(sealed, secret, 70001, world->keys), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(codes_of_RFC_6238_are_accepted),
                cmocka_unit_test(code_is_good_one_step_either_way_and_no_more),
                cmocka_unit_test(same_and_older_steps_are_refused),
                cmocka_unit_test(what_is_no_code_is_wrong),
                cmocka_unit_test(code_that_fits_two_steps_is_still_good_only_once),
                cmocka_unit_test(first_seconds_of_1970_are_no_special_case),
                cmocka_unit_test(secrets_are_20_random_bytes),
                cmocka_unit_test(typed_secret_is_base32_without_padding),
                cmocka_unit_test(uri_is_short_and_encoded),
                cmocka_unit_test(sealed_secret_opens_for_its_user_and_key_alone),
                cmocka_unit_test(every_changed_byte_of_a_sealed_secret_is_noticed),
                cmocka_unit_test(secret_of_another_length_is_not_sealed),
        };

        return cmocka_run_group_tests_name("one-time codes (R55, R56, R57)", tests,
                                           factor_world_setup, factor_world_teardown);
}
