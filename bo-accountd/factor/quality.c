/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libpwquality with the site's configuration, above bo's own rule (R74). */
#include "bo-accountd/factor/quality.h"

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/factor/token.h"
#include "common/text.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <pwquality.h>
#include <sodium.h>
#include <string.h>

/* cracklib reports a missing dictionary as if the password were bad: by this text alone. */
#define NO_DICTIONARY "error loading dictionary"

static pthread_mutex_t cracklib_mutex = PTHREAD_MUTEX_INITIALIZER;

static void pwquality_freep(pwquality_settings_t **quality)
{
        pwquality_free_settings(*quality);
}

/* The text belongs to the library and dies with @auxiliary; at the prompt it must do no harm. */
static void explain(char *why, size_t size, int error, void *auxiliary)
{
        char buffer[PWQ_MAX_ERROR_MESSAGE_LEN];

        text_clean(why, size, pwquality_strerror(buffer, sizeof(buffer), error, auxiliary), false);
}

static int raise_minimum(pwquality_settings_t *quality, uint32_t length)
{
        int wanted = length < INT_MAX ? (int)length : INT_MAX;
        int present = 0;

        if (pwquality_get_int_value(quality, PWQ_SETTING_MIN_LENGTH, &present) < 0)
                return -EINVAL;
        if (present >= wanted)
                return 0;
        return pwquality_set_int_value(quality, PWQ_SETTING_MIN_LENGTH, wanted) < 0 ? -EINVAL : 0;
}

/* The site's settings, with the minimum length raised to @rule's. */
static int settings_read(pwquality_settings_t **ret_quality, const struct password_rule *rule)
{
        _cleanup_(pwquality_freep) pwquality_settings_t *quality = pwquality_default_settings();
        char ignored[PWQ_MAX_ERROR_MESSAGE_LEN];
        void *auxiliary = NULL;

        if (!quality)
                return -ENOMEM;

        errno = 0;
        int error = pwquality_read_config(quality, NULL, &auxiliary);

        if (error < 0 && !(error == PWQ_ERROR_CFGFILE_OPEN && errno == ENOENT)) {
                /* Called for what it frees. */
                explain(ignored, sizeof(ignored), error, auxiliary);
                return error == PWQ_ERROR_MEM_ALLOC ? -ENOMEM : -EINVAL;
        }

        int r = raise_minimum(quality, rule->min_length);

        if (r < 0)
                return r;
        *ret_quality = TAKE_PTR(quality);
        return 0;
}

/* An error of the library, as quality_check() answers it. */
static int verdict_of(int error, void *auxiliary, char *why, size_t size)
{
        bool no_dictionary = error == PWQ_ERROR_CRACKLIB_CHECK && auxiliary &&
                             strcmp(auxiliary, NO_DICTIONARY) == 0;

        explain(why, size, error, auxiliary);
        if (error == PWQ_ERROR_MEM_ALLOC)
                return -ENOMEM;
        if (error == PWQ_ERROR_FATAL_FAILURE || no_dictionary)
                return -ENOENT;
        return 1;
}

static int library_check(const struct password_rule *rule, const struct secret *password,
                         const struct secret *old, const char *name, char *why, size_t size)
{
        _cleanup_(pwquality_freep) pwquality_settings_t *quality = NULL;
        void *auxiliary = NULL;
        int r = settings_read(&quality, rule);

        if (r < 0)
                return r;

        int score = pwquality_check(quality, password->bytes, old ? old->bytes : NULL, name,
                                    &auxiliary);

        return score < 0 ? verdict_of(score, auxiliary, why, size) : 0;
}

/* What the password prompt would take for something else. */
static const char *resembles(const struct secret *password)
{
        struct token token;
        struct api_key key;
        const char *what = NULL;

        if (token_parse(&token, password->bytes, password->size) != TOKEN_FORM_NONE)
                what = "It must not look like an activation or reset token.";
        else if (api_key_parse(&key, password->bytes, password->size) != TOKEN_FORM_NONE)
                what = "It must not look like an API key.";
        sodium_memzero(&token, sizeof(token));
        sodium_memzero(&key, sizeof(key));
        return what;
}

int quality_check(const struct password_rule *rule, const struct secret *password,
                  const struct secret *old, const char *name, char *why, size_t size)
{
        enum password_flaw flaw = password_rule_check(rule, password->bytes, password->size, name);
        const char *taken_for = resembles(password);

        password_flaw_text(flaw, rule, why, size);
        if (flaw != PASSWORD_FLAW_NONE)
                return 1;
        if (taken_for) {
                text_clean(why, size, taken_for, false);
                return 1;
        }

        /* Neither call can fail: the mutex is a plain one and is not held by this thread. */
        pthread_mutex_lock(&cracklib_mutex);
        int r = library_check(rule, password, old, name, why, size);
        pthread_mutex_unlock(&cracklib_mutex);
        return r;
}
