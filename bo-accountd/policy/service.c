/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a PAM service asks for and whom it lets in (R8, R34, R57). */
#include "bo-accountd/policy/service.h"

bool service_admits(enum service_class class, bool is_api)
{
        switch (class) {
        case SERVICE_INTERACTIVE:
                return !is_api;
        case SERVICE_BATCH:
                return true;
        case SERVICE_API:
                return is_api;
        }
        return false;
}

enum service_factor service_factor_wanted(enum service_otp otp, enum service_class class,
                                          bool factor_on)
{
        if (class != SERVICE_INTERACTIVE)
                return SERVICE_FACTOR_NONE;

        switch (otp) {
        case SERVICE_OTP_OFF:
                return SERVICE_FACTOR_NONE;
        case SERVICE_OTP_APPEND:
                return factor_on ? SERVICE_FACTOR_APPENDED : SERVICE_FACTOR_NONE;
        case SERVICE_OTP_PROMPT:
                return factor_on ? SERVICE_FACTOR_ASK : SERVICE_FACTOR_NONE;
        case SERVICE_OTP_REQUIRE:
                break;
        }
        /* An unknown value demands the most. */
        return factor_on ? SERVICE_FACTOR_ASK : SERVICE_FACTOR_SET_UP;
}
