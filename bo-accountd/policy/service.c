/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a PAM service asks for and whom it lets in (R8, R34, R57). */
#include "bo-accountd/policy/service.h"

#include <string.h>

#define CLASSES     3
#define CREDENTIALS 3

bool service_admits(enum service_class class, bool is_api, enum service_credential credential)
{
        /* class x kind (person, program) x credential (none, password, key) */
        static const bool admitted[CLASSES][2][CREDENTIALS] = {
                [SERVICE_INTERACTIVE] = {{true, true, false}, {false, false, false}},
                [SERVICE_BATCH] = {{true, true, false}, {true, true, false}},
                [SERVICE_API] = {{false, false, true}, {true, true, true}},
        };

        if ((unsigned)class >= CLASSES || (unsigned)credential >= CREDENTIALS)
                return false;
        return admitted[class][is_api][credential];
}

/* An unknown value demands the most. */
bool service_demands_factor(enum service_otp otp, enum service_class class, bool demanded)
{
        if (class != SERVICE_INTERACTIVE)
                return false;

        switch (otp) {
        case SERVICE_OTP_OFF:
                return false;
        case SERVICE_OTP_APPEND:
        case SERVICE_OTP_PROMPT:
                return demanded;
        case SERVICE_OTP_REQUIRE:
                break;
        }
        return true;
}

enum service_factor service_factor_wanted(enum service_otp otp, enum service_class class,
                                          bool factor_on, bool demanded)
{
        if (class != SERVICE_INTERACTIVE || otp == SERVICE_OTP_OFF)
                return SERVICE_FACTOR_NONE;
        if (factor_on)
                return otp == SERVICE_OTP_APPEND ? SERVICE_FACTOR_APPENDED : SERVICE_FACTOR_ASK;
        return service_demands_factor(otp, class, demanded) ? SERVICE_FACTOR_SET_UP
                                                            : SERVICE_FACTOR_NONE;
}

bool service_is_name(const char *name)
{
        size_t length = strnlen(name, SERVICE_NAME_MOST + 1);

        return length >= 1 && length <= SERVICE_NAME_MOST && name[0] != '.' &&
               strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.@+-") == length;
}
