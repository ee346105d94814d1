/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a PAM service asks for and whom it lets in (R8, R34, R57). */
#pragma once

#include <stdbool.h>

enum service_class {
        SERVICE_INTERACTIVE, /* people: sshd, login, sudo, su */
        SERVICE_BATCH,       /* cron, systemd-user: nobody is there to be asked */
        SERVICE_API,         /* programs */
};

enum service_otp {
        SERVICE_OTP_PROMPT,  /* a question of its own, if the factor is on */
        SERVICE_OTP_APPEND,  /* the last digits of the password answer, if the factor is on */
        SERVICE_OTP_OFF,     /* not asked for, whatever the user's roles demand */
        SERVICE_OTP_REQUIRE, /* as prompt; who has none sets it up at the prompt */
};

/* What somebody shows of himself. */
enum service_credential {
        SERVICE_CREDENTIAL_NONE, /* nothing to bo: an SSH key, a job, who is in already */
        SERVICE_CREDENTIAL_PASSWORD,
        SERVICE_CREDENTIAL_KEY, /* an API key */
};

/*
 * May a user of this kind come in to this class by this? R8: API users only to api and batch. R76:
 * an API key opens api alone, and is all that opens it to a person. The answer to whom it is not
 * for is that to a wrong password.
 */
bool service_admits(enum service_class class, bool is_api, enum service_credential credential);

enum service_factor {
        SERVICE_FACTOR_NONE,
        SERVICE_FACTOR_ASK,
        SERVICE_FACTOR_APPENDED,
        SERVICE_FACTOR_SET_UP,
};

/*
 * What to do about the second factor; @demanded: by a role of the user (R54). Batch and api never
 * ask: no person is there to answer.
 */
enum service_factor service_factor_wanted(enum service_otp otp, enum service_class class,
                                          bool factor_on, bool demanded);

/* Must who came over the network have shown the factor on his way in? An SSH key skips the
 * question. */
bool service_demands_factor(enum service_otp otp, enum service_class class, bool demanded);

#define SERVICE_NAME_MOST 63

/* As PAM names services: it folds them to lower case, and looks them up as a file. */
bool service_is_name(const char *name);
