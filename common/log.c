/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structured lines for the journal; on standard error as well when that is not the journal itself.
 */
#include "common/log.h"

#include "common/cleanup.h"
#include "common/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#define LOG_TEXT_SIZE   1024
#define LOG_FIELD_SIZE  320
#define LOG_FIELDS_MOST 8

/* The ids that systemd/bo.catalog explains; an event without one is still a line of its own. */
static const struct {
        const char *event;
        const char *id;
} message_ids[] = {
        {"login-succeeded", "ed0d14f1678d4be1a6a7a69f86463275"},
        {"login-failed", "ef32b767ce8c4f27a53a6b95d9d9f383"},
        {"login-locked", "18c7cb3acabd4d18add7e6d779440f07"},
        {"source-throttled", "f1794e98807a4bc08f1f450ca7e5b4fc"},
        {"password-changed", "8c92df6e4c114f2ea9de623bfe00db89"},
        {"user-created", "8dc7e9e192ec4b66a24ccbd239971bf9"},
        {"data-exported", "490201e907c84db98e4dda35bf2afc1c"},
        {"data-imported", "4c1aec91659e42f1b3c90915f1628db3"},
        {"user-disabled", "412ca2b2e54d49f5a9e4e516c0f142f4"},
        {"user-enabled", "44769a7e7a5649eaa4d8ea16a9ca160d"},
        {"user-upgraded", "44f3e535f8864583a7296fa2c00e2074"},
        {"email-changed", "3b68ba66fdfd48b6b1a18c5e73552482"},
        {"mail-given-up", "b0c7a4f1d2e84c5f9a3e6b7d8c901f25"},
        {"otp-enabled", "2657d5bf534a4624ac2d071710d517f4"},
        {"otp-reset", "7b8f4dd98550476ab104bcf0c88b3241"},
        {"api-key-created", "855b0c9c9fca424dbf86ffc38d4206f6"},
        {"api-key-refused", "bab549db74154b91a183cd1f63507e8e"},
        {"api-key-deleted", "cd5e6d918ab642ed8cebb31c02bee10f"},
        {"recovery-code-used", "283f70f31b7f4a7997e42a8c19b4a242"},
        {"permission-denied", "86aadd3fd14c48f3abd31c9bc76eb638"},
        {"address-not-approved", "3818122a614a4fa9ba6aecedb3aa19b8"},
        {"address-requested", "68b54da62bfd4ce496430f750b68e15b"},
        {"address-approved", "b35d2f4ac1694752858d930a50b40f14"},
        {"address-rejected", "e5e7c86a3c5142d696a2555499726387"},
        {"address-revoked", "2d49ab2265084da7be86d21a8e9c162a"},
        {"address-expired", "f7ef10f227274ac9935dccfd4860bfef"},
        {"address-token-taken", "ff1555921c644a2aa64646796dc54994"},
        {"address-refused", "9c1f7d52b8e3460a8f1d6e27c4ab5093"},
        {"store-unavailable", "3529dce05c804d64a41d9d4b0086dc97"},
        {"clock-set-back", "86d7c056bfe44164aa7f51fcb3639239"},
        {"snapshot-failed", "ac03098e82a248e9a43ac3fcc2e6b834"},
        {"activation-issued", "594dfe8d3dce4a1da25373ace488dfa2"},
        {"audit-broken", "fffcac16ba23470b9252472cd74495ee"},
        {"throttle-cleared", "da642f466f5b4284bd46e1d8b72c84de"},
        {"clock-accepted", "3d862003508f456fbd5d134beaa74e61"},
        {"customer-account", "b6ac37e8654d4eb0b53e10cbcd0274bc"},
        {"customer-alias", "3e9bbe9c8c204620882e9cb215b397ff"},
        {"customer-billing", "ba66784849254168a2b943dbbdddb2be"},
        {"customer-created", "3ea88fb3e0384fae85d10737609ab66a"},
        {"customer-subscription", "1ff133c9eefb445895393f994d8fd4ca"},
        {"customer-switched", "e7fe644106e345c083ded77e2e539060"},
        {"customer-type", "41ac55d66db54c1291d45dfe4493b600"},
        {"email-refused", "d3f692e9cec74744b23ddafca072ac73"},
        {"email-requested", "de0664e5bb9b487f8803a6deb64070e3"},
        {"events-lost", "022a997d55684ddc9dc47b6cfaf77d41"},
        {"invitation-accepted", "b1aa5353fecc42efb6dde49048a38dee"},
        {"invitation-declined", "d55d5bc264bd468fa976f2e7e1b3949e"},
        {"location-changed", "97b964cb4848468187c2ac82292d583d"},
        {"location-created", "1045ffbcf8034db58273bfa5f8d91142"},
        {"locations-changed", "39fe8108d53045dc832118ec2904cc40"},
        {"login-misplaced", "f8010e8c6c67427cb132c451a6554096"},
        {"password-refused", "0d8db5b8a8ea49c5b0c95c936c884f10"},
        {"profile-changed", "2db179a51d6b4b66b392f2148607a164"},
        {"recovery-codes-made", "af5be2dd7dc74e7fa299635f98a1a799"},
        {"reset-asked", "d1ce2a8fbc754863bbdcbdea641aa356"},
        {"reset-issued", "77b6b806b4d54028a7c7ba62ce7ccaec"},
        {"reset-requested", "415a511c6cc84f2f8fa709b904874125"},
        {"reset-throttled", "83c9f65a36a14f12982e2e5e05005e5a"},
        {"roles-changed", "f930f48f6d754f2fb294008661e1859e"},
        {"session-closed", "cbd42f80eeac4c8fa6b5ab9bf884c030"},
        {"session-opened", "79c1872bd6b34b8697589d7758d9d179"},
        {"sessions-ended", "2162f38c6b2240ddbb9740616555d76d"},
        {"sessions-not-ended", "a52e5ddffbc54f4c913a0c44346d11f4"},
        {"settings-refused", "8ba6a98e853d4e96b51812a0393956e5"},
        {"settings-reloaded", "6393acf16a7e47d5a464972b3ef23dfe"},
        {"signals-lost", "13da028c8026461cb37e0ca09cd7b666"},
        {"terminal-added", "55cc20f205ec4f1ca6234e66f81ccc38"},
        {"terminal-removed", "ba71b9ce05ef4e7fb5587c0a66cd099f"},
        {"tokens-revoked", "cd35740b23f942dd90c2abc6e6dbb131"},
        {"upgrade-refused", "b7bde8fa387146df8b22a68c9a123b2b"},
        {"user-idle", "e2045d495dbf4d1ab2b01ed04bd93b79"},
        {"backup-made", "2d57f26955a147e19166b90d838a19ed"},
        {"database-restored", "af991a590de5498bb1a9f90bc51b51c2"},
        {"database-older", "d75ed5be8959447da4c4837ec148041a"},
        {"database-accepted", "62b5eace1e374b87971fc1f3cd1aea85"},
        {"sealing-key-added", "61ddc5f8da2048e8a26af620c3996857"},
        {"sealing-key-in-force", "3e9dcbfe8d0f4042a0c21d12ff413c74"},
        {"sealing-key-retired", "91c626ffc8034b9d9f38ed65e26aa457"},
        {"sealing-key-unreadable", "40302545ddc84752a57c51b7d6eb0550"},
        {"user-invited", "cf00877ac3a84b90b8872baaccd3b3d1"},
};

/* Of each, the lines that were sent. */
static _Atomic uint64_t counts[ELEMENTS(message_ids)];

struct log_fields {
        char text[LOG_FIELDS_MOST][LOG_FIELD_SIZE];
        struct iovec parts[LOG_FIELDS_MOST + 1];
        int n;
};

static void fields_add(struct log_fields *fields, const char *key, const char *value)
{
        char clean[LOG_FIELD_SIZE];

        if (fields->n >= LOG_FIELDS_MOST)
                return;
        text_clean(clean, sizeof(clean), value ? value : "", false);

        char *text = fields->text[fields->n];
        int length = snprintf(text, LOG_FIELD_SIZE, "%s=%s", key, clean);

        if (length < 0)
                return;
        if (length >= LOG_FIELD_SIZE)
                length = LOG_FIELD_SIZE - 1;
        fields->parts[fields->n++] = (struct iovec){text, (size_t)length};
}

__attribute__((format(printf, 3, 0))) static void log_send(int priority, struct log_fields *fields,
                                                           const char *format, va_list arguments)
{
        char line[LOG_TEXT_SIZE] = "MESSAGE=", text[LOG_TEXT_SIZE];
        char number[16];
        size_t head = strlen(line);

        vsnprintf(text, sizeof(text), format, arguments);
        text_clean(line + head, sizeof(line) - head, text, false);
        snprintf(number, sizeof(number), "%d", priority);
        fields_add(fields, "PRIORITY", number);
        fields->parts[fields->n++] = (struct iovec){line, strlen(line)};
        /* Without a journal (tests, a shell) the line goes to standard error. */
        if (sd_journal_sendv(fields->parts, fields->n) < 0 || !getenv("JOURNAL_STREAM"))
                fprintf(stderr, "%s\n", line + head);
}

void log_line(int priority, const char *format, ...)
{
        struct log_fields fields = {.n = 0};
        va_list arguments;

        va_start(arguments, format);
        log_send(priority, &fields, format, arguments);
        va_end(arguments);
}

void log_event(int priority, const struct log_event *event, const char *format, ...)
{
        struct log_fields fields = {.n = 0};
        va_list arguments;

        for (size_t i = 0; event->event && i < ELEMENTS(message_ids); i++)
                if (strcmp(message_ids[i].event, event->event) == 0) {
                        fields_add(&fields, "MESSAGE_ID", message_ids[i].id);
                        atomic_fetch_add_explicit(&counts[i], 1, memory_order_relaxed);
                }
        fields_add(&fields, "BO_EVENT", event->event);
        fields_add(&fields, "BO_USER", event->user);
        fields_add(&fields, "BO_CUSTOMER", event->customer);
        fields_add(&fields, "BO_SERVICE", event->service);
        fields_add(&fields, "BO_RHOST", event->rhost);
        fields_add(&fields, "BO_DETAIL", event->detail);
        va_start(arguments, format);
        log_send(priority, &fields, format, arguments);
        va_end(arguments);
}

bool log_counted(size_t i, const char **ret_event, uint64_t *ret_n)
{
        if (i >= ELEMENTS(message_ids))
                return false;
        *ret_event = message_ids[i].event;
        *ret_n = atomic_load_explicit(&counts[i], memory_order_relaxed);
        return true;
}
